//! Contracts of the satisfaction tables.

use crate::table::{ColumnSpec, Kind, TableSpec};

/// How satisfied each customer is.
pub const SATISFACTION: TableSpec = TableSpec {
    name: "satisfaction",
    row: "a customer",
    about: "Answers of each customer on one scale from 0 to 100, newer ones counting more, and for those who never answered an estimate that is marked as such. Made when there is a feedback source.",
    columns: &[
        ColumnSpec::new("customer_id", Kind::Text, "", "id as in the sources"),
        ColumnSpec::new("answers", Kind::Count, "", "answers on a known scale, complaints included"),
        ColumnSpec::new(
            "satisfaction_latest",
            Kind::Real,
            "0..100",
            "newest answer: NPS 0..10, CSAT and reviews 1..5, CES 1..7 brought to 0..100; a complaint is `complaint_index`",
        )
        .nullable(),
        ColumnSpec::new(
            "satisfaction_level",
            Kind::Real,
            "0..100",
            "mean of all answers, each counting half after `half_life_days`",
        )
        .nullable(),
        ColumnSpec::new(
            "satisfaction_trend_90d",
            Kind::Real,
            "points",
            "change over 90 days by weighted least squares; empty when the answers span less than 90 days",
        )
        .nullable(),
        ColumnSpec::new("answer_age_days", Kind::Count, "days", "age of the newest answer").nullable(),
        ColumnSpec::new("nps_latest", Kind::Score, "0..10", "newest answer to the NPS question").nullable(),
        ColumnSpec::new(
            "satisfaction_estimate",
            Kind::Real,
            "0..100",
            "what a ridge regression on behaviour and contacts expects; empty when it has no skill on customers it had not seen (models/satisfaction.json), or too few answered",
        )
        .nullable(),
        ColumnSpec::new(
            "satisfaction",
            Kind::Real,
            "0..100",
            "satisfaction_level, or the estimate for those who never answered",
        )
        .nullable(),
        ColumnSpec::new("is_estimated", Kind::Flag, "", "whether `satisfaction` is the estimate"),
    ],
    example: "SELECT is_estimated, count(*), avg(satisfaction) FROM 'out/latest/satisfaction.parquet' GROUP BY ALL",
};

const GROUPING: &str = "all, rfm_segment, lifecycle, favourite_channel";

/// NPS, CSAT and CES by segment.
pub const SATISFACTION_GROUPS: TableSpec = TableSpec {
    name: "satisfaction_groups",
    row: "an instrument in a group of customers",
    about: "NPS, CSAT and CES of groups, from the newest answer of each customer within `window_days`, with intervals that hold for few answers too. Made when there is a feedback source.",
    columns: &[
        ColumnSpec::new("grouping", Kind::Category, "", GROUPING),
        ColumnSpec::new("segment", Kind::Category, "", "group; empty for all, and for customers in none").nullable(),
        ColumnSpec::new("instrument", Kind::Category, "", "nps, csat or ces"),
        ColumnSpec::new("answers", Kind::Count, "", "customers who answered"),
        ColumnSpec::new(
            "score",
            Kind::Real,
            "",
            "nps: promoters − detractors in % (−100..100); csat: share of the top boxes (0..1; 4 and 5 of 5); ces: mean on 1..7",
        ),
        ColumnSpec::new(
            "lower",
            Kind::Real,
            "",
            "95 % interval: nps by Rocks (2016), csat by Wilson (1927), ces by Student",
        ),
        ColumnSpec::new("upper", Kind::Real, "", "its upper end"),
    ],
    example: "SELECT segment, answers, round(score), round(lower), round(upper) FROM 'out/latest/satisfaction_groups.parquet' WHERE instrument = 'nps' AND grouping = 'lifecycle'",
};

/// What goes with good and bad answers.
pub const SATISFACTION_DRIVERS: TableSpec = TableSpec {
    name: "satisfaction_drivers",
    row: "something that happened between the order and the answer",
    about: "Answers after which something had happened since the customer's last purchase, against answers without it; differences of means by Welch (1947). Descriptive: what goes along with it counts too. Made when there is a feedback source.",
    columns: &[
        ColumnSpec::new("driver", Kind::Text, "", "touchpoint and outcome, or `topic: ` and the topic of the answer"),
        ColumnSpec::new("answers_with", Kind::Count, "", "answers with it"),
        ColumnSpec::new("answers_without", Kind::Count, "", "answers without"),
        ColumnSpec::new("mean_with", Kind::Real, "0..100", "mean of the answers with it"),
        ColumnSpec::new("mean_without", Kind::Real, "0..100", "mean of the others"),
        ColumnSpec::new("effect", Kind::Real, "points", "mean_with − mean_without"),
        ColumnSpec::new("lower", Kind::Real, "points", "95 % interval; empty with fewer than two answers on a side")
            .nullable(),
        ColumnSpec::new("upper", Kind::Real, "points", "its upper end").nullable(),
        ColumnSpec::new(
            "q_value",
            Kind::Real,
            "probability",
            "false discovery rate at which it would still be called (Benjamini & Hochberg 1995)",
        )
        .nullable(),
    ],
    example: "SELECT driver, answers_with, round(effect, 1) FROM 'out/latest/satisfaction_drivers.parquet' WHERE q_value < 0.05 ORDER BY effect LIMIT 10",
};

/// Valuable, unhappy and overdue.
pub const SILENT_DETRACTORS: TableSpec = TableSpec {
    name: "silent_detractors",
    row: "a customer to call",
    about: "Customers of high value who are unhappy, said or estimated, and silent for longer than their own rhythm allows; the most valuable first. Made when there is a feedback source.",
    columns: &[
        ColumnSpec::new("rank", Kind::Count, "", "1 is the most valuable"),
        ColumnSpec::new("customer_id", Kind::Text, "", "id as in the sources"),
        ColumnSpec::new("value_to_date", Kind::Real, "currency", "spend_net so far"),
        ColumnSpec::new("satisfaction", Kind::Real, "0..100", "as in `satisfaction`"),
        ColumnSpec::new("is_estimated", Kind::Flag, "", "whether it is an estimate"),
        ColumnSpec::new("lifecycle", Kind::Category, "", "slipping, lapsed or lost"),
        ColumnSpec::new("days_since_last", Kind::Count, "days", "days since the last purchase"),
    ],
    example: "SELECT * FROM 'out/latest/silent_detractors.parquet' WHERE lifecycle = 'slipping' LIMIT 50",
};
