//! Contract of the `rfm` table.

use crate::table::{ColumnSpec, Kind, TableSpec};

/// Scores and named segments.
pub const RFM: TableSpec = TableSpec {
    name: "rfm",
    row: "a customer",
    about: "Customers with an order, scored by recency, frequency and money; 1 is the worst score, n the best.",
    columns: &[
        ColumnSpec::new("customer_id", Kind::Text, "", "id as in the sources"),
        ColumnSpec::new("r", Kind::Score, "score", "recency of the last order; n is the most recent"),
        ColumnSpec::new("f", Kind::Score, "score", "number of orders; n is the most"),
        ColumnSpec::new("m", Kind::Score, "score", "net money; n is the most; empty when the log has no money")
            .nullable(),
        ColumnSpec::new("rfm", Kind::Category, "", "the three scores, as in 5-4-3; two when the log has no money"),
        ColumnSpec::new("rfm_segment", Kind::Category, "", "the name of the code; every code has exactly one"),
    ],
    example: "SELECT rfm_segment, count(*) FROM 'out/latest/rfm.parquet' GROUP BY ALL ORDER BY 2 DESC",
};
