//! Contracts of the campaign tables.

use crate::table::{ColumnSpec, Kind, TableSpec};

const CAMPAIGN: &str = "id of the campaign as in the sources";
const VARIANT: &str = "the treatment, as its arm is written; `all treatments` is all of them together";
const SEGMENT_BY: &str = "what segments are made by, as of the day before the start; empty for all customers";
const OUTCOME: &str = "conversion (bought in the window), orders, revenue, profit (margin less cost of contact), response, or a column that `[campaigns] outcomes` names; per customer assigned, contacted or not";

/// What each campaign did.
pub const CAMPAIGN_RESULTS: TableSpec = TableSpec {
    name: "campaign_results",
    row: "a campaign × treatment × segment × outcome",
    about: "Every campaign against its control group, by intention to treat: all who were assigned count. An effect is empty where a group is empty, with the reason in `note`. Campaigns that the sources no longer hold keep the rows of the run before. Made when there is a contacts source.",
    columns: &[
        ColumnSpec::new("campaign_id", Kind::Text, "", CAMPAIGN),
        ColumnSpec::new("offer", Kind::Category, "", "what was offered").nullable(),
        ColumnSpec::new("channel", Kind::Category, "", "how customers were reached").nullable(),
        ColumnSpec::new("variant", Kind::Category, "", VARIANT),
        ColumnSpec::new("segment_by", Kind::Category, "", SEGMENT_BY).nullable(),
        ColumnSpec::new("segment", Kind::Category, "", "the segment; empty with `segment_by` for the mean over the segments that have both groups, weighted by their treated").nullable(),
        ColumnSpec::new("outcome", Kind::Category, "", OUTCOME),
        ColumnSpec::new("start", Kind::Day, "", "first day of the window; empty when not known").nullable(),
        ColumnSpec::new("window_end", Kind::Day, "", "last day of the window").nullable(),
        ColumnSpec::new("window_days", Kind::Count, "days", "length of the window").nullable(),
        ColumnSpec::new("is_final", Kind::Flag, "", "whether the window was over at as_of; other rows change from night to night"),
        ColumnSpec::new("treated", Kind::Count, "customers", "customers assigned to the treatment"),
        ColumnSpec::new("control", Kind::Count, "customers", "customers assigned to the control group"),
        ColumnSpec::new("mean_treated", Kind::Real, "outcome", "mean of the treated; empty without any").nullable(),
        ColumnSpec::new("mean_control", Kind::Real, "outcome", "mean of the control group; empty without any").nullable(),
        ColumnSpec::new("effect", Kind::Real, "outcome", "mean_treated − mean_control; empty when a group is empty").nullable(),
        ColumnSpec::new("standard_error", Kind::Real, "outcome", "√(s₁²/n₁ + s₂²/n₂); empty without variation").nullable(),
        ColumnSpec::new("degrees_of_freedom", Kind::Real, "", "Welch's (1947)").nullable(),
        ColumnSpec::new("lower", Kind::Real, "outcome", "lower end of Welch's interval; Newcombe's (1998) for a yes-no outcome with fewer than five cases expected in a group").nullable(),
        ColumnSpec::new("upper", Kind::Real, "outcome", "its upper end").nullable(),
        ColumnSpec::new("bootstrap_lower", Kind::Real, "outcome", "lower end of the bootstrap interval (BCa, 1,000 replicates)").nullable(),
        ColumnSpec::new("bootstrap_upper", Kind::Real, "outcome", "its upper end").nullable(),
        ColumnSpec::new("p_value", Kind::Real, "probability", "of an effect as large either way if there were none: Welch's t; for yes-no outcomes the pooled z, or Fisher's exact test where an expected count is below five").nullable(),
        ColumnSpec::new("p_value_adjusted", Kind::Real, "probability", "corrected for the segments of the same treatment and outcome, or for the treatments of the campaign (Holm 1979)").nullable(),
        ColumnSpec::new("z_pooled", Kind::Real, "", "of yes-no outcomes: z with the pooled share; empty when nobody or everybody has it").nullable(),
        ColumnSpec::new("p_value_pooled", Kind::Real, "probability", "its two-sided p").nullable(),
        ColumnSpec::new("p_value_exact", Kind::Real, "probability", "of yes-no outcomes: Fisher's exact test; empty in large tables").nullable(),
        ColumnSpec::new("relative_lift", Kind::Real, "share", "effect ÷ mean_control; empty when that is not above zero").nullable(),
        ColumnSpec::new("cuped_theta", Kind::Real, "", "slope of the outcome on the covariate (CUPED; Deng et al. 2013)").nullable(),
        ColumnSpec::new("cuped_effect", Kind::Real, "outcome", "effect with the noise of the time before taken out; the more exact one where there is a covariate").nullable(),
        ColumnSpec::new("cuped_standard_error", Kind::Real, "outcome", "its standard error").nullable(),
        ColumnSpec::new("cuped_lower", Kind::Real, "outcome", "lower end of its interval").nullable(),
        ColumnSpec::new("cuped_upper", Kind::Real, "outcome", "upper end of its interval").nullable(),
        ColumnSpec::new("minimum_detectable_effect", Kind::Real, "outcome", "the smallest effect that such groups find in four cases of five").nullable(),
        ColumnSpec::new("customers_needed", Kind::Count, "customers", "customers of both groups together to find an effect of the measured size in four cases of five").nullable(),
        ColumnSpec::new("contact_cost", Kind::Real, "currency", "of `profit`: cost of all contacts of the treated").nullable(),
        ColumnSpec::new("incremental_profit", Kind::Real, "currency", "of `profit`: effect × treated, cost taken off").nullable(),
        ColumnSpec::new("roi", Kind::Real, "", "of `profit`: incremental_profit ÷ contact_cost").nullable(),
        ColumnSpec::new("is_tiny", Kind::Flag, "", "a group has fewer than 30 customers, or a yes-no outcome fewer than five expected: intervals are rough"),
        ColumnSpec::new("note", Kind::Text, "", "why a figure is missing, what was left out, whether the row is final"),
    ],
    example: "SELECT campaign_id, variant, outcome, treated, control, effect, lower, upper, p_value FROM 'out/latest/campaign_results.parquet' WHERE segment_by IS NULL ORDER BY ALL",
};

/// What could spoil a comparison.
pub const CAMPAIGN_CHECKS: TableSpec = TableSpec {
    name: "campaign_checks",
    row: "a check of a campaign",
    about: "Whether a campaign's figures can be trusted: sizes of the groups, customers in both, contacted controls, other campaigns at the same time, balance before the start, windows that are not over. Made when there is a contacts source.",
    columns: &[
        ColumnSpec::new("campaign_id", Kind::Text, "", CAMPAIGN),
        ColumnSpec::new("check", Kind::Category, "", "what was checked"),
        ColumnSpec::new(
            "measured",
            Kind::Real,
            "",
            "what was found; empty when it can't be checked, the note says why",
        )
        .nullable(),
        ColumnSpec::new("limit", Kind::Real, "", "what it is held against; empty when it is only counted").nullable(),
        ColumnSpec::new("ok", Kind::Flag, "", "whether it is on the right side of the limit; true where there is none"),
        ColumnSpec::new("note", Kind::Text, "", "unit and meaning"),
    ],
    example: "SELECT * FROM 'out/latest/campaign_checks.parquet' WHERE NOT ok",
};

/// Effects over time.
pub const CAMPAIGN_WEEKS: TableSpec = TableSpec {
    name: "campaign_weeks",
    row: "a campaign × treatment × outcome × week since the start",
    about: "Whether an effect wears off, and whether purchases were only brought forward: weeks after the window show what came later. Made when there is a contacts source and the transactions reach past the start.",
    columns: &[
        ColumnSpec::new("campaign_id", Kind::Text, "", CAMPAIGN),
        ColumnSpec::new("variant", Kind::Category, "", VARIANT),
        ColumnSpec::new(
            "outcome",
            Kind::Category,
            "",
            "conversion (bought in the week) or revenue, per customer assigned",
        ),
        ColumnSpec::new("week", Kind::Count, "weeks", "1 is the week that begins on the first day of the window"),
        ColumnSpec::new("first_day", Kind::Day, "", "its first day"),
        ColumnSpec::new("last_day", Kind::Day, "", "its last day"),
        ColumnSpec::new("is_in_window", Kind::Flag, "", "whether it ends within the window"),
        ColumnSpec::new("treated", Kind::Count, "customers", "customers assigned to the treatment"),
        ColumnSpec::new("control", Kind::Count, "customers", "customers assigned to the control group"),
        ColumnSpec::new("mean_treated", Kind::Real, "outcome", "mean of the treated").nullable(),
        ColumnSpec::new("mean_control", Kind::Real, "outcome", "mean of the control group").nullable(),
        ColumnSpec::new("effect", Kind::Real, "outcome", "mean_treated − mean_control").nullable(),
        ColumnSpec::new("standard_error", Kind::Real, "outcome", "its standard error").nullable(),
        ColumnSpec::new("lower", Kind::Real, "outcome", "lower end of Welch's interval").nullable(),
        ColumnSpec::new("upper", Kind::Real, "outcome", "upper end of Welch's interval").nullable(),
        ColumnSpec::new("effect_so_far", Kind::Real, "outcome", "sum of the effects up to and with this week")
            .nullable(),
    ],
    example: "SELECT week, effect, lower, upper FROM 'out/latest/campaign_weeks.parquet' WHERE outcome = 'revenue' ORDER BY campaign_id, variant, week",
};

/// What the next campaign may expect.
pub const CAMPAIGN_LIFTS: TableSpec = TableSpec {
    name: "campaign_lifts",
    row: "an offer × channel × segment",
    about: "Measured effects of finished campaigns, put together over campaigns of the same offer and channel (DerSimonian & Laird 1986) and drawn to their mean where they say little themselves (Efron & Morris 1975). An empty offer, channel or segment stands for all together. Made when there is a contacts source.",
    columns: &[
        ColumnSpec::new("offer", Kind::Category, "", "what was offered; empty for all, or when campaigns don't say")
            .nullable(),
        ColumnSpec::new(
            "channel",
            Kind::Category,
            "",
            "how customers were reached; empty for all, or when campaigns don't say",
        )
        .nullable(),
        ColumnSpec::new("segment_by", Kind::Category, "", "a column of the customer tables; empty for all customers")
            .nullable(),
        ColumnSpec::new(
            "segment",
            Kind::Category,
            "",
            "its value before the start; days in bands such as `31-90 days`",
        )
        .nullable(),
        ColumnSpec::new("campaigns", Kind::Count, "", "campaigns whose effect is in it"),
        ColumnSpec::new("treated", Kind::Count, "customers", "their treated customers"),
        ColumnSpec::new("control", Kind::Count, "customers", "their control customers"),
        ColumnSpec::new(
            "window_days",
            Kind::Count,
            "days",
            "their window; the mean by treated customers when they differ",
        )
        .nullable(),
        ColumnSpec::new("conversion_effect", Kind::Real, "share", "measured effect on conversion").nullable(),
        ColumnSpec::new("conversion_effect_se", Kind::Real, "share", "its standard error").nullable(),
        ColumnSpec::new(
            "revenue_effect",
            Kind::Real,
            "currency",
            "measured effect on revenue per contacted customer within the window",
        )
        .nullable(),
        ColumnSpec::new("revenue_effect_se", Kind::Real, "currency", "its standard error").nullable(),
        ColumnSpec::new("conversion_effect_shrunk", Kind::Real, "share", "the one to go by").nullable(),
        ColumnSpec::new("revenue_effect_shrunk", Kind::Real, "currency", "the one to go by").nullable(),
        ColumnSpec::new(
            "evidence_weight",
            Kind::Real,
            "share",
            "weight of the own figure against the mean it is drawn to (of revenue, of conversion without money)",
        ),
        ColumnSpec::new("note", Kind::Text, "", "what the mean is, and what to mind"),
    ],
    example: "SELECT offer, channel, segment, revenue_effect_shrunk, evidence_weight FROM 'out/latest/campaign_lifts.parquet' WHERE segment_by = 'rfm_segment' ORDER BY revenue_effect_shrunk DESC",
};
