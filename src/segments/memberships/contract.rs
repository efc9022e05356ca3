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
        ColumnSpec::new("lifecycle", Kind::Category, "", "stage of the customer's life"),
        ColumnSpec::new(
            "lifecycle_since",
            Kind::Day,
            "",
            "day on which it was entered, as the purchases tell; empty for prospects",
        )
        .nullable(),
        ColumnSpec::new("lifecycle_from", Kind::Category, "", "stage before that; empty when there was none")
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

/// Who moved since the run before.
pub const SEGMENT_MOVES: TableSpec = TableSpec {
    name: "segment_moves",
    row: "a customer and a grouping in which they moved",
    about: "Who entered or left which segment since the run before, in every grouping. Empty on the first run, and for a grouping that the run before did not know.",
    columns: &[
        ColumnSpec::new("customer_id", Kind::Text, "", "id as in the sources"),
        ColumnSpec::new(
            "grouping",
            Kind::Category,
            "",
            "column of `segments`: rfm_segment, cluster_name, lifecycle, in_NAME",
        ),
        ColumnSpec::new("from_segment", Kind::Category, "", "segment before; empty when there was none").nullable(),
        ColumnSpec::new("to_segment", Kind::Category, "", "segment now; empty when there is none").nullable(),
        ColumnSpec::new(
            "reason",
            Kind::Category,
            "",
            "what is new of the customer: new customer, bought, money changed (refunds, corrections), nothing bought (time passed, cut points or attributes changed), no longer known",
        ),
        ColumnSpec::new("previous_as_of", Kind::Day, "", "as-of day of the run before"),
    ],
    example: "SELECT from_segment, to_segment, reason, count(*) FROM 'out/latest/segment_moves.parquet' WHERE grouping = 'rfm_segment' GROUP BY ALL ORDER BY 4 DESC",
};

/// Whether yesterday and today agree.
pub const SEGMENT_FLOWS: TableSpec = TableSpec {
    name: "segment_flows",
    row: "a segment of a grouping",
    about: "How many customers each segment had in the run before, how many entered and left, and how many it has: customers_before + entered − left = customers.",
    columns: &[
        ColumnSpec::new(
            "grouping",
            Kind::Category,
            "",
            "column of `segments`: rfm_segment, cluster_name, lifecycle, in_NAME",
        ),
        ColumnSpec::new("segment", Kind::Category, "", "segment; `in` for the members of a rule segment"),
        ColumnSpec::new("customers_before", Kind::Count, "", "customers in the run before; 0 on the first run"),
        ColumnSpec::new("entered", Kind::Count, "", "who are in it now and were not"),
        ColumnSpec::new("left", Kind::Count, "", "who were in it and are not now"),
        ColumnSpec::new("customers", Kind::Count, "", "customers now"),
        ColumnSpec::new("previous_as_of", Kind::Day, "", "as-of day of the run before; empty on the first run")
            .nullable(),
    ],
    example: "SELECT as_of, segment, entered, \"left\" FROM read_parquet('out/as_of=*/segment_flows.parquet', hive_partitioning = true) WHERE grouping = 'lifecycle' ORDER BY ALL",
};
