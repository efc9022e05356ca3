//! Contract of the `clv` table.

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
            "expected discounted margin of the H days after as_of; never past spend; empty without money",
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
            "value_to_date",
            Kind::Money,
            "currency",
            "spend_net so far, for comparison; not part of the value to come",
        )
        .nullable(),
    ],
    example: "SELECT customer_id, p_alive, clv_365d FROM 'out/latest/clv.parquet' ORDER BY clv_365d DESC LIMIT 10",
};
