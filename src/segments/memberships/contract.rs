//! Contract of the `segments` table.

use crate::table::{ColumnSpec, Kind, TableSpec};

/// Every grouping side by side.
pub const SEGMENTS: TableSpec = TableSpec {
    name: "segments",
    row: "a customer",
    about: "Every customer with every grouping side by side. `_since` is the day of the run in which the customer entered, `_from` where they were before; both follow the runs kept in the output folder.",
    columns: &[
        ColumnSpec::new("customer_id", Kind::Text, "", "id as in the sources"),
        ColumnSpec::new("rfm_segment", Kind::Category, "", "named RFM segment; empty without an order").nullable(),
        ColumnSpec::new("rfm_segment_since", Kind::Day, "", "as-of day on which the customer entered it").nullable(),
        ColumnSpec::new("rfm_segment_from", Kind::Category, "", "segment before that; empty when there was none")
            .nullable(),
        ColumnSpec::new("cluster_name", Kind::Category, "", "cluster; empty when not placed").nullable(),
        ColumnSpec::new("cluster_name_since", Kind::Day, "", "as-of day on which the customer entered it").nullable(),
        ColumnSpec::new("cluster_name_from", Kind::Category, "", "cluster before that; empty when there was none")
            .nullable(),
        ColumnSpec::new("in_{name}", Kind::Flag, "", "whether the customer is in this rule segment").per_name(),
        ColumnSpec::new(
            "in_{name}_since",
            Kind::Day,
            "",
            "as-of day on which the customer entered the rule segment; empty outside it",
        )
        .nullable()
        .per_name(),
    ],
    example: "SELECT as_of, rfm_segment, count(*) FROM read_parquet('out/as_of=*/segments.parquet', hive_partitioning = true) GROUP BY ALL ORDER BY ALL",
};
