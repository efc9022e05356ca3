//! Contracts of the lifecycle tables.

use crate::table::{ColumnSpec, Kind, TableSpec};

/// Where every customer stands.
pub const LIFECYCLE: TableSpec = TableSpec {
    name: "lifecycle",
    row: "a customer",
    about: "The stage of each customer: prospect, first purchase, repeat, loyal, advocate; or, silent for longer than their own rhythm allows: slipping, lapsed, lost. Days of entry follow from the purchases themselves, whenever runs were made.",
    columns: &[
        ColumnSpec::new("customer_id", Kind::Text, "", "id as in the sources"),
        ColumnSpec::new("lifecycle", Kind::Category, "", "stage on the evening of as_of"),
        ColumnSpec::new("lifecycle_since", Kind::Day, "", "day on which it was entered; empty for prospects").nullable(),
        ColumnSpec::new("lifecycle_from", Kind::Category, "", "stage before; empty when there was none").nullable(),
        ColumnSpec::new(
            "lifecycle_reason",
            Kind::Category,
            "",
            "why it was entered: first purchase, next purchase, return after silence, silence, good answer, poor answer",
        ),
        ColumnSpec::new(
            "rhythm_days",
            Kind::Real,
            "days",
            "own rhythm: geometric mean of the days between purchase days, drawn towards that of all customers; empty for prospects",
        )
        .nullable(),
        ColumnSpec::new(
            "silence_rhythms",
            Kind::Real,
            "rhythms",
            "days since the last purchase day ÷ rhythm_days; empty for prospects",
        )
        .nullable(),
    ],
    example: "SELECT lifecycle, count(*), avg(silence_rhythms) FROM 'out/latest/lifecycle.parquet' GROUP BY ALL",
};

/// Who went where, month by month.
pub const LIFECYCLE_MOVES: TableSpec = TableSpec {
    name: "lifecycle_moves",
    row: "a month, a stage at its beginning and a stage at its end",
    about: "Migration matrix of the last twelve months, those who stayed included, as it follows from the purchases: the customers of a stage at the end of a month are those at the beginning of the next. The last month ends on as_of.",
    columns: &[
        ColumnSpec::new("month_end", Kind::Day, "", "last day of the month, or as_of"),
        ColumnSpec::new("from_stage", Kind::Category, "", "stage at the end of the month before; empty for new buyers")
            .nullable(),
        ColumnSpec::new("to_stage", Kind::Category, "", "stage at the end of this month"),
        ColumnSpec::new("customers", Kind::Count, "", "how many"),
    ],
    example: "PIVOT 'out/latest/lifecycle_moves.parquet' ON to_stage USING sum(customers) GROUP BY month_end, from_stage ORDER BY ALL",
};
