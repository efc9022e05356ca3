//! Contracts of the `clv` table and of the models behind it.

use crate::table::{ColumnSpec, Kind, TableSpec};

/// Customer lifetime value.
pub const CLV: TableSpec = TableSpec {
    name: "clv",
    row: "a customer",
    about: "Customers with a purchase day: whether they are still there, and what to expect of them over each horizon after the as-of day.",
    columns: &[
        ColumnSpec::new("customer_id", Kind::Text, "", "id as in the sources"),
        ColumnSpec::new("x", Kind::Count, "days", "repeat purchase days: purchase_days − 1"),
        ColumnSpec::new("t_x", Kind::Count, "days", "last − first purchase day"),
        ColumnSpec::new("tenure_days", Kind::Count, "days", "as_of − first purchase day (T)"),
        ColumnSpec::new(
            "spend_mean_repeat",
            Kind::Real,
            "currency",
            "mean spend per repeat day (z of Gamma-Gamma); empty when x = 0 or without money",
        )
        .nullable(),
        ColumnSpec::new(
            "p_alive",
            Kind::Real,
            "probability",
            "probability of still being a customer; 1 for one-time buyers under BG/NBD, by construction",
        ),
        ColumnSpec::new(
            "expected_purchases_{H}d",
            Kind::Real,
            "days",
            "expected purchase days in the H days after as_of",
        )
        .per_horizon(),
        ColumnSpec::new(
            "expected_purchases_{H}d_lower",
            Kind::Real,
            "days",
            "lower end of the interval of the customer's own expected purchase days; empty unless `intervals = \"all\"`",
        )
        .nullable()
        .per_horizon(),
        ColumnSpec::new("expected_purchases_{H}d_upper", Kind::Real, "days", "upper end of that interval")
            .nullable()
            .per_horizon(),
        ColumnSpec::new(
            "p_purchase_{H}d",
            Kind::Real,
            "probability",
            "probability of at least one purchase in the H days after as_of",
        )
        .per_horizon(),
        ColumnSpec::new(
            "clv_{H}d",
            Kind::Real,
            "currency",
            "expected discounted margin of the H days after as_of, less cost to serve; never past spend; empty without money",
        )
        .nullable()
        .per_horizon(),
        ColumnSpec::new(
            "clv_{H}d_lower",
            Kind::Real,
            "currency",
            "lower end of the interval of the customer's own expected value",
        )
        .nullable()
        .per_horizon(),
        ColumnSpec::new("clv_{H}d_upper", Kind::Real, "currency", "upper end of that interval")
            .nullable()
            .per_horizon(),
        ColumnSpec::new(
            "expected_spend",
            Kind::Real,
            "currency",
            "expected spend per purchase day (Gamma-Gamma); empty without money",
        )
        .nullable(),
        ColumnSpec::new(
            "expected_spend_lower",
            Kind::Real,
            "currency",
            "lower end of the interval of the customer's own mean spend; empty unless `intervals = \"all\"`",
        )
        .nullable(),
        ColumnSpec::new("expected_spend_upper", Kind::Real, "currency", "upper end of that interval").nullable(),
        ColumnSpec::new(
            "net_margin_ratio",
            Kind::Real,
            "share",
            "what a unit of the customer's spend leaves: margin less cost to serve; empty when one share holds for all",
        )
        .nullable(),
        ColumnSpec::new(
            "value_to_date",
            Kind::Money,
            "currency",
            "spend_net so far, for comparison; not part of the value to come",
        )
        .nullable(),
        ColumnSpec::new(
            "profit_to_date",
            Kind::Real,
            "currency",
            "margin so far, less the costs to serve and to acquire that the tables give; empty when none of them is known",
        )
        .nullable(),
    ],
    example: "SELECT customer_id, p_alive, clv_365d FROM 'out/latest/clv.parquet' ORDER BY clv_365d DESC LIMIT 10",
};

/// The models of purchases and what speaks for each.
pub const CLV_MODELS: TableSpec = TableSpec {
    name: "clv_models",
    row: "a model or baseline",
    about: "What each model of purchases and each naive baseline predicted of the time held out, and which model is used. \
            Without a holdout (a named model, or too little history) it holds the fitted model alone.",
    columns: &[
        ColumnSpec::new("model", Kind::Category, "", "name of the model or baseline"),
        ColumnSpec::new("kind", Kind::Category, "", "`model` or `baseline`"),
        ColumnSpec::new("is_used", Kind::Flag, "", "whether `clv` comes from it"),
        ColumnSpec::new("cut", Kind::Day, "", "last day that the fit saw").nullable(),
        ColumnSpec::new("holdout_days", Kind::Count, "days", "days after the cut that were predicted").nullable(),
        ColumnSpec::new("customers", Kind::Count, "customers", "customers known at the cut").nullable(),
        ColumnSpec::new("actual_purchases", Kind::Count, "days", "their purchase days in the holdout").nullable(),
        ColumnSpec::new("expected_purchases", Kind::Real, "days", "what was expected of them").nullable(),
        ColumnSpec::new("bias", Kind::Real, "share", "expected over actual, less one").nullable(),
        ColumnSpec::new("mae", Kind::Real, "days", "mean absolute error per customer").nullable(),
        ColumnSpec::new("rmse", Kind::Real, "days", "root of the mean squared error per customer").nullable(),
        ColumnSpec::new("correlation", Kind::Real, "", "of expected and actual purchases (Pearson)").nullable(),
        ColumnSpec::new(
            "log_score",
            Kind::Real,
            "nats",
            "mean logarithm of the probability given to what each customer bought; higher is better",
        )
        .nullable(),
        ColumnSpec::new(
            "interval_coverage",
            Kind::Real,
            "share",
            "customers whose purchases lie in the 80 % interval of their count; counts are whole, so more than 0.8",
        )
        .nullable(),
        ColumnSpec::new(
            "top_decile_share",
            Kind::Real,
            "share",
            "part of all purchases made by the tenth of the customers with the highest expectation",
        )
        .nullable(),
        ColumnSpec::new("actual_spend", Kind::Real, "currency", "their spend in the holdout").nullable(),
        ColumnSpec::new("expected_spend", Kind::Real, "currency", "what was expected of it, undiscounted").nullable(),
        ColumnSpec::new("spend_mae", Kind::Real, "currency", "mean absolute error of spend per customer").nullable(),
        ColumnSpec::new("new_customers", Kind::Count, "customers", "customers born after the cut").nullable(),
        ColumnSpec::new("new_repeat_purchases", Kind::Count, "days", "their repeat purchase days").nullable(),
        ColumnSpec::new("expected_new_repeat_purchases", Kind::Real, "days", "what was expected of those").nullable(),
        ColumnSpec::new("log_likelihood", Kind::Real, "nats", "of the fit, times in weeks").nullable(),
        ColumnSpec::new("fit", Kind::Text, "", "how the fit ended").nullable(),
    ],
    example: "SELECT model, mae, log_score, is_used FROM 'out/latest/clv_models.parquet' ORDER BY mae",
};

/// What a unit of spend leaves, for later analyses; not published on its own.
pub(super) const CLV_MARGINS: TableSpec = TableSpec {
    name: "clv_margins",
    row: "a customer with a purchase day",
    about: "The margin per unit of spend that the customer values rest on.",
    columns: &[
        ColumnSpec::new("customer_id", Kind::Text, "", "id as in the sources"),
        ColumnSpec::new("margin_rate", Kind::Real, "share", "margin per unit of the customer's spend"),
        ColumnSpec::new("overall_margin_rate", Kind::Real, "share", "that of all customers together"),
    ],
    example: "",
};
