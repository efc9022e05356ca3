//! The tables of a run that finds persons.

use crate::table::{ColumnSpec, Kind, TableSpec};

/// Contract of the table of records and their persons.
pub const IDENTITIES: TableSpec = TableSpec {
    name: "identities",
    row: "a customer id of the sources",
    about: "Which customer ids are one person, with `[clean.identity]`. The next run reads it, so that persons keep their ids; \
            ids that left the exports stay in it.",
    columns: &[
        ColumnSpec::new("source_customer_id", Kind::Text, "", "id as in the sources"),
        ColumnSpec::new("person_id", Kind::Text, "", "the person; `customer_id` of every other table"),
        ColumnSpec::new("household_id", Kind::Text, "", "their household, when these are asked for").nullable(),
        ColumnSpec::new("first_seen", Kind::Day, "", "as-of day of the first run with this id"),
        ColumnSpec::new(
            "fingerprint",
            Kind::Text,
            "",
            "hash of what was compared: a record with another is compared anew",
        ),
    ],
    example: "SELECT person_id, list(source_customer_id) FROM 'out/latest/identities.parquet' GROUP BY 1 HAVING count(*) > 1",
};

/// Contract of the log of persons.
pub const IDENTITY_LOG: TableSpec = TableSpec {
    name: "identity_log",
    row: "a change of a person",
    about: "Which persons joined, merged or split this run, by which record, and why. New persons with one record are not \
            listed.",
    columns: &[
        ColumnSpec::new("day", Kind::Day, "", "as-of day of the run"),
        ColumnSpec::new("change", Kind::Category, "", "created, joined, merged or split"),
        ColumnSpec::new("person_id", Kind::Text, "", "whom it happened to"),
        ColumnSpec::new("other_person_id", Kind::Text, "", "who went into the person, or whom records came from")
            .nullable(),
        ColumnSpec::new("source_customer_id", Kind::Text, "", "the id that made it happen"),
        ColumnSpec::new("linked_with", Kind::Text, "", "the id it was linked with").nullable(),
        ColumnSpec::new("reason", Kind::Category, "", "the rule of the link, or `model`").nullable(),
        ColumnSpec::new("probability", Kind::Real, "probability", "that both ids are one person, by the model")
            .nullable(),
    ],
    example: "SELECT * FROM 'out/as_of=*/identity_log.parquet' WHERE change = 'merged' ORDER BY day",
};

/// Contract of the pairs to look at.
pub const IDENTITY_REVIEW: TableSpec = TableSpec {
    name: "identity_review",
    row: "two customer ids that may be one person",
    about: "The doubtful middle: pairs that are likely enough to look at and not certain enough to merge, the likeliest first.",
    columns: &[
        ColumnSpec::new("left_customer_id", Kind::Text, "", "id as in the sources"),
        ColumnSpec::new("right_customer_id", Kind::Text, "", "id as in the sources"),
        ColumnSpec::new("probability", Kind::Real, "probability", "that both are one person (Fellegi & Sunter 1969)"),
        ColumnSpec::new("match_weight", Kind::Real, "bits", "log2 of the likelihood ratio"),
        ColumnSpec::new(
            "reason",
            Kind::Category,
            "",
            "doubtful; contradiction: probable, but a given name or birth date speaks against it; chain: it would join \
             groups that hold two different people",
        ),
        ColumnSpec::new("agreement", Kind::Text, "", "what agrees, field by field"),
    ],
    example: "SELECT * FROM 'out/latest/identity_review.parquet' LIMIT 20",
};
