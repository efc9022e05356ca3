//! Contracts of the tables of a backtest; the figures by model are in `clv_models`.

use crate::table::{ColumnSpec, Kind, TableSpec};

/// Actual and expected purchases by repeat purchases before the cut.
pub const CLV_CALIBRATION: TableSpec = TableSpec {
    name: "clv_calibration",
    row: "a model × number of repeat purchases before the cut",
    about: "Whether customers who bought so often before the cut went on as expected.",
    columns: &[
        ColumnSpec::new("model", Kind::Category, "", "name of the model or baseline"),
        ColumnSpec::new("x", Kind::Score, "days", "repeat purchase days before the cut; 7 stands for 7 and more"),
        ColumnSpec::new("customers", Kind::Count, "customers", "customers with so many"),
        ColumnSpec::new("actual_mean", Kind::Real, "days", "mean purchase days in the holdout"),
        ColumnSpec::new("expected_mean", Kind::Real, "days", "mean of what was expected"),
    ],
    example: "SELECT * FROM 'out/backtest/latest/clv_calibration.parquet' ORDER BY model, x",
};

/// Tenths of the customers by expectation.
pub const CLV_DECILES: TableSpec = TableSpec {
    name: "clv_deciles",
    row: "a model × tenth of the customers",
    about: "How well a model finds the best customers: tenths by expected purchases, the highest first.",
    columns: &[
        ColumnSpec::new("model", Kind::Category, "", "name of the model or baseline"),
        ColumnSpec::new("decile", Kind::Score, "", "1 holds the customers with the highest expectation"),
        ColumnSpec::new("customers", Kind::Count, "customers", "customers in it"),
        ColumnSpec::new("expected_purchases", Kind::Real, "days", "what was expected of them"),
        ColumnSpec::new("actual_purchases", Kind::Real, "days", "purchase days in the holdout; ties share theirs"),
        ColumnSpec::new("lift", Kind::Real, "", "their mean purchases over those of all customers").nullable(),
        ColumnSpec::new(
            "cumulative_share",
            Kind::Real,
            "share",
            "part of all purchases that this and the higher tenths made",
        )
        .nullable(),
    ],
    example: "SELECT * FROM 'out/backtest/latest/clv_deciles.parquet' WHERE decile = 1 ORDER BY lift DESC",
};

/// Cumulative repeat purchases by week.
pub const CLV_TRACKING: TableSpec = TableSpec {
    name: "clv_tracking",
    row: "a model × week",
    about: "Repeat purchases of all customers known at the cut, week by week from the first purchase of all: made, and \
            expected from the day of each customer's first purchase on (Fader, Hardie & Lee 2005, fig. 3).",
    columns: &[
        ColumnSpec::new("model", Kind::Category, "", "name of the model"),
        ColumnSpec::new("week", Kind::Count, "weeks", "counted from the first day of the log"),
        ColumnSpec::new("week_end", Kind::Day, "", "last day of the week"),
        ColumnSpec::new("is_holdout", Kind::Flag, "", "whether the week ends after the cut"),
        ColumnSpec::new("actual_cumulative", Kind::Count, "days", "repeat purchase days until then"),
        ColumnSpec::new("expected_cumulative", Kind::Real, "days", "what was expected until then"),
        ColumnSpec::new("actual", Kind::Count, "days", "repeat purchase days of the week"),
        ColumnSpec::new("expected", Kind::Real, "days", "what was expected of the week"),
    ],
    example: "SELECT week_end, actual_cumulative, expected_cumulative FROM 'out/backtest/latest/clv_tracking.parquet'",
};

/// Every customer known at the cut.
pub const CLV_HOLDOUT: TableSpec = TableSpec {
    name: "clv_holdout",
    row: "a customer known at the cut",
    about: "What was seen of each customer until the cut, what they did after it, and what each model expected.",
    columns: &[
        ColumnSpec::new("customer_id", Kind::Text, "", "id as in the sources"),
        ColumnSpec::new("x", Kind::Count, "days", "repeat purchase days until the cut"),
        ColumnSpec::new("t_x", Kind::Count, "days", "last − first purchase day until the cut"),
        ColumnSpec::new("tenure_days", Kind::Count, "days", "cut − first purchase day"),
        ColumnSpec::new("purchases", Kind::Count, "days", "purchase days in the holdout"),
        ColumnSpec::new("spend", Kind::Real, "currency", "spend in the holdout; empty without money").nullable(),
        ColumnSpec::new("expected_{name}", Kind::Real, "days", "purchase days that the model or baseline expected")
            .per_name(),
    ],
    example: "SELECT * FROM 'out/backtest/latest/clv_holdout.parquet' ORDER BY purchases DESC LIMIT 10",
};
