//! Contract of the `targets` table.

use crate::table::{ColumnSpec, Kind, TableSpec};

/// Who is contacted, in rank order.
pub const TARGETS: TableSpec = TableSpec {
    name: "targets",
    row: "a customer × target list",
    about: "The target lists, best customers first. Rows with arm `control` are not to be contacted: they show what happens without.",
    columns: &[
        ColumnSpec::new("target", Kind::Category, "", "name of the list"),
        ColumnSpec::new("rank", Kind::Count, "", "place on the list from 1, by expected profit"),
        ColumnSpec::new("customer_id", Kind::Text, "", "id as in the sources"),
        ColumnSpec::new("offer", Kind::Category, "", "what to offer, as the pipeline says").nullable(),
        ColumnSpec::new("channel", Kind::Category, "", "channel of the list").nullable(),
        ColumnSpec::new(
            "send_window",
            Kind::Category,
            "",
            "the customer's own weekday and hours of buying, business time",
        )
        .nullable(),
        ColumnSpec::new(
            "expected_profit",
            Kind::Real,
            "currency",
            "assumed_uplift × value of rank_by − cost; the uplift is an assumption, not a measurement",
        )
        .nullable(),
        ColumnSpec::new("cost", Kind::Money, "currency", "cost of the contact; zero in the control group"),
        ColumnSpec::new("arm", Kind::Category, "", "treatment or control, by a hash of pipeline, list and customer"),
        ColumnSpec::new("why", Kind::Text, "", "the customer's values of the columns in the rule"),
    ],
    example: "SELECT customer_id FROM 'out/latest/targets.parquet' WHERE target = 'win_back' AND arm = 'treatment' ORDER BY rank",
};
