//! Contracts of the knowledge tables.

use crate::table::{ColumnSpec, Kind, TableSpec};

const STATE: &str = "held, stale (older than `stale_after_days`) or missing";

/// How well each customer is known.
pub const KNOWLEDGE: TableSpec = TableSpec {
    name: "knowledge",
    row: "a customer",
    about: "Which knowledge is held of each customer and how old it is. Made when there is a source of customers, interactions or feedback.",
    columns: &[
        ColumnSpec::new("customer_id", Kind::Text, "", "id as in the sources"),
        ColumnSpec::new("knows_identity", Kind::Category, "", "a name: held or missing"),
        ColumnSpec::new("knows_contact", Kind::Category, "", "an e-mail address or phone number: held or missing"),
        ColumnSpec::new("knows_consent", Kind::Category, "", "a consent attribute, whether yes or no: held or missing"),
        ColumnSpec::new("knows_demographics", Kind::Category, "", "birth date, age or gender: held or missing"),
        ColumnSpec::new("knows_behaviour", Kind::Category, "", STATE),
        ColumnSpec::new("knows_feedback", Kind::Category, "", STATE),
        ColumnSpec::new("knows_service", Kind::Category, "", STATE),
        ColumnSpec::new("behaviour_age_days", Kind::Count, "days", "days since the last purchase").nullable(),
        ColumnSpec::new("feedback_age_days", Kind::Count, "days", "days since the newest answer").nullable(),
        ColumnSpec::new("service_age_days", Kind::Count, "days", "days since the newest contact with people").nullable(),
        ColumnSpec::new(
            "knowledge_coverage",
            Kind::Real,
            "share",
            "kinds of knowledge that are held and not stale ÷ kinds that are collected at all",
        ),
        ColumnSpec::new(
            "value_at_stake",
            Kind::Real,
            "currency",
            "CLV over the longest horizon, or spend_net without one; 0 where neither is known",
        ),
        ColumnSpec::new(
            "most_wanted",
            Kind::Category,
            "",
            "what to learn first: of the kinds that are collected and missing or stale here, the one whose known customers are worth most on average; empty when nothing is missing",
        )
        .nullable(),
    ],
    example: "SELECT knows_contact, count(*), sum(value_at_stake) FROM 'out/latest/knowledge.parquet' GROUP BY ALL",
};

/// What is missing where.
pub const KNOWLEDGE_GAPS: TableSpec = TableSpec {
    name: "knowledge_gaps",
    row: "a kind of knowledge in an RFM segment",
    about: "How many customers of each RFM segment lack which knowledge and what value is at stake, the greatest first. A kind that no source collects stands as such.",
    columns: &[
        ColumnSpec::new(
            "knowledge",
            Kind::Category,
            "",
            "identity, contact, consent, demographics, behaviour, feedback, service",
        ),
        ColumnSpec::new("rfm_segment", Kind::Category, "", "RFM segment; empty for those without an order").nullable(),
        ColumnSpec::new("is_collected", Kind::Flag, "", "whether any source brings it"),
        ColumnSpec::new("customers", Kind::Count, "", "customers of the segment"),
        ColumnSpec::new("missing", Kind::Count, "", "of whom it is missing"),
        ColumnSpec::new("stale", Kind::Count, "", "of whom it is stale"),
        ColumnSpec::new(
            "value_at_stake",
            Kind::Real,
            "currency",
            "value of the customers of whom it is missing or stale",
        ),
        ColumnSpec::new("value_share", Kind::Real, "share", "their part of the value of the segment"),
    ],
    example: "SELECT * FROM 'out/latest/knowledge_gaps.parquet' WHERE is_collected ORDER BY value_at_stake DESC LIMIT 10",
};

/// What a team can work through.
pub const KNOWLEDGE_TODO: TableSpec = TableSpec {
    name: "knowledge_todo",
    row: "a customer and what to learn of them",
    about: "The most valuable customers of whom something is missing, with what to do; as many as `[knowledge] todo_customers` says.",
    columns: &[
        ColumnSpec::new("rank", Kind::Count, "", "1 is the most valuable"),
        ColumnSpec::new("customer_id", Kind::Text, "", "id as in the sources"),
        ColumnSpec::new("knowledge", Kind::Category, "", "what is missing or stale"),
        ColumnSpec::new("state", Kind::Category, "", "missing or stale"),
        ColumnSpec::new("action", Kind::Category, "", "what would fill the gap"),
        ColumnSpec::new("value_at_stake", Kind::Real, "currency", "as in `knowledge`"),
    ],
    example: "SELECT * FROM 'out/latest/knowledge_todo.parquet' ORDER BY rank LIMIT 50",
};
