//! Contracts of the journey tables.

use crate::table::{ColumnSpec, Kind, TableSpec};

const STATE: &str = "a touchpoint, with what came of it where that is told apart (`call: unresolved`); `purchase`: the orders of a day; `other`: touches too rare for a state of their own";
const EXPERIENCE: &str = "human, mechanical or functional: the kind of most of its touches, `unknown` where the source does not tell; empty for no touch";

/// Which touch follows which.
pub const JOURNEY_TRANSITIONS: TableSpec = TableSpec {
    name: "journey_transitions",
    row: "a state and the one that follows it",
    about: "From where to where customers go, one step at a time. `start` is before the first event; `silence` follows the last event of those who have lapsed or are lost, of whom touches later than `within_days` after the last purchase are left out, because the silence had begun. The last event of the others leads nowhere yet. Made when the pipeline has a section [journey] and a source of interactions.",
    columns: &[
        ColumnSpec::new("from_state", Kind::Category, "", STATE),
        ColumnSpec::new("from_experience", Kind::Category, "", EXPERIENCE).nullable(),
        ColumnSpec::new("to_state", Kind::Category, "", "the state that follows, named alike"),
        ColumnSpec::new("to_experience", Kind::Category, "", EXPERIENCE).nullable(),
        ColumnSpec::new("transitions", Kind::Count, "", "how often"),
        ColumnSpec::new("customers", Kind::Count, "", "by how many customers at least once"),
        ColumnSpec::new(
            "probability",
            Kind::Real,
            "share",
            "transitions ÷ all from that state; they add up to 1 for each state",
        ),
    ],
    example: "SELECT from_state, transitions, round(probability, 3) FROM 'out/latest/journey_transitions.parquet' WHERE to_state = 'silence' ORDER BY probability DESC",
};

/// How far customers get.
pub const JOURNEY_FUNNEL: TableSpec = TableSpec {
    name: "journey_funnel",
    row: "a step",
    about: "How many customers pass the steps of `[journey] funnel` in their order, other events between them allowed, and how long they take. Without the option: a touch that the customer began, a purchase, another purchase. Intervals are Wilson's at 95 %. Made when the pipeline has a section [journey] and a source of interactions.",
    columns: &[
        ColumnSpec::new("step", Kind::Count, "", "its number, from 1"),
        ColumnSpec::new(
            "step_name",
            Kind::Text,
            "",
            "a touchpoint, a touchpoint with its outcome, `touch` for any, `inbound` for any that customers begin, `purchase`",
        ),
        ColumnSpec::new(
            "customers_before",
            Kind::Count,
            "",
            "customers who reached the step before; all for the first",
        ),
        ColumnSpec::new("customers", Kind::Count, "", "customers who reached it"),
        ColumnSpec::new("conversion", Kind::Real, "share", "customers ÷ customers_before; empty when there were none")
            .nullable(),
        ColumnSpec::new("conversion_lower", Kind::Real, "share", "lower end of its interval").nullable(),
        ColumnSpec::new("conversion_upper", Kind::Real, "share", "upper end of its interval").nullable(),
        ColumnSpec::new("conversion_from_first", Kind::Real, "share", "customers ÷ those of the first step").nullable(),
        ColumnSpec::new(
            "days_lower_quartile",
            Kind::Real,
            "days",
            "a quarter of the customers came from the step before within this time; empty for the first step",
        )
        .nullable(),
        ColumnSpec::new("days_median", Kind::Real, "days", "half of them did").nullable(),
        ColumnSpec::new("days_upper_quartile", Kind::Real, "days", "three quarters of them did").nullable(),
    ],
    example: "SELECT step, step_name, customers, round(conversion, 3), round(days_median, 1) FROM 'out/latest/journey_funnel.parquet' ORDER BY step",
};

/// What came before.
pub const JOURNEY_PATHS: TableSpec = TableSpec {
    name: "journey_paths",
    row: "an event and a path before it",
    about: "The last touches before a first purchase, before a repeat and before silence, the most frequent first, against the same paths where the event did not follow. Before a purchase: touches in the `within_days` before it; the contrast are touches that nothing follows for so long. Before silence: touches in the `within_days` after a purchase that no other follows within `silence_days`; the contrast are purchases that another follows later than `within_days` and within `silence_days`. Moments whose outcome is still to come are left out. Made when the pipeline has a section [journey] and a source of interactions.",
    columns: &[
        ColumnSpec::new("before", Kind::Category, "", "the event: first purchase, repeat purchase, silence"),
        ColumnSpec::new(
            "path",
            Kind::Text,
            "",
            "states, the oldest first, joined by ` → `; `no touch` when there was none",
        ),
        ColumnSpec::new("touches", Kind::Count, "", "how many"),
        ColumnSpec::new("cases", Kind::Count, "", "how often the event followed; a first purchase once per customer"),
        ColumnSpec::new("controls", Kind::Count, "", "how often it did not"),
        ColumnSpec::new("case_share", Kind::Real, "share", "cases ÷ all cases that have a path"),
        ColumnSpec::new("control_share", Kind::Real, "share", "controls ÷ all controls"),
        ColumnSpec::new("lift", Kind::Real, "", "case_share ÷ control_share; empty when no control has the path")
            .nullable(),
        ColumnSpec::new("lift_lower", Kind::Real, "", "lower end of its interval at 95 % (Katz et al. 1978)")
            .nullable(),
        ColumnSpec::new("lift_upper", Kind::Real, "", "upper end of it").nullable(),
        ColumnSpec::new("case_rate", Kind::Real, "share", "cases ÷ (cases + controls) of this path").nullable(),
        ColumnSpec::new("case_rate_lower", Kind::Real, "share", "lower end of Wilson's interval at 95 %").nullable(),
        ColumnSpec::new("case_rate_upper", Kind::Real, "share", "upper end of it").nullable(),
    ],
    example: "SELECT path, cases, round(lift, 1), round(case_rate, 2) FROM 'out/latest/journey_paths.parquet' WHERE before = 'silence' AND lift_lower > 1 ORDER BY lift DESC LIMIT 10",
};

/// Who shares the purchases.
pub const JOURNEY_ATTRIBUTION: TableSpec = TableSpec {
    name: "journey_attribution",
    row: "a state and a method",
    about: "Which touches share the purchases, by five methods. Descriptive, not causal: it says what buyers passed on their way, not what would not have been bought otherwise; for effects, use control groups. Touches in the `within_days` before a purchase count, back to the purchase before. Each method's purchases and revenue add up to all purchases and all revenue. Made when the pipeline has a section [journey] and a source of interactions.",
    columns: &[
        ColumnSpec::new(
            "state",
            Kind::Category,
            "",
            "a touchpoint, with what came of it where that is told apart; `no touch` for purchases without one",
        ),
        ColumnSpec::new("experience", Kind::Category, "", EXPERIENCE).nullable(),
        ColumnSpec::new(
            "method",
            Kind::Category,
            "",
            "who gets a purchase: the last touch; the first; all alike (linear); 40 % the first, 40 % the last, 20 % those between (position); in proportion to removal effects (markov; Anderl et al. 2016)",
        ),
        ColumnSpec::new("purchases", Kind::Real, "", "purchase days credited"),
        ColumnSpec::new("share", Kind::Real, "share", "of all purchase days"),
        ColumnSpec::new("revenue", Kind::Money, "currency", "their money; empty when the log has none").nullable(),
        ColumnSpec::new(
            "removal_effect",
            Kind::Real,
            "share",
            "share of the purchases that the Markov chain loses without the state; only of the method markov",
        )
        .nullable(),
    ],
    example: "PIVOT (SELECT state, method, round(purchases, 1) AS n FROM 'out/latest/journey_attribution.parquet') ON method USING first(n)",
};

/// With what customers have to do.
pub const JOURNEY_EXPERIENCE: TableSpec = TableSpec {
    name: "journey_experience",
    row: "a moment and a kind of experience",
    about: "Human, mechanical and functional experiences (Berry, Wall & Carbone 2006) among all touches, before purchases and before silence, as each row of the interactions says. Made when the pipeline has a section [journey] and a source of interactions.",
    columns: &[
        ColumnSpec::new(
            "moment",
            Kind::Category,
            "",
            "which touches: all; in the `within_days` before a first or repeat purchase; in the `within_days` after the last purchase of a customer who has lapsed or is lost (before silence), or after a purchase that another followed later than that (before no silence)",
        ),
        ColumnSpec::new("experience", Kind::Category, "", "human, mechanical, functional, or unknown"),
        ColumnSpec::new("touches", Kind::Count, "", "how many"),
        ColumnSpec::new("share", Kind::Real, "share", "of the touches of the moment; empty when there are none")
            .nullable(),
        ColumnSpec::new(
            "answers",
            Kind::Count,
            "",
            "touches that an answer with a scale followed within 14 days, complaints left out; empty without feedback",
        )
        .nullable(),
        ColumnSpec::new(
            "satisfaction_mean",
            Kind::Real,
            "share",
            "mean of these answers as a share of their scales, 0 worst, 1 best; empty without an answer",
        )
        .nullable(),
    ],
    example: "SELECT moment, experience, round(share, 2), round(satisfaction_mean, 2) FROM 'out/latest/journey_experience.parquet' WHERE moment LIKE '%silence'",
};

/// Where two groups differ.
pub const JOURNEY_DIFFERENCES: TableSpec = TableSpec {
    name: "journey_differences",
    row: "a state or a transition",
    about: "Where the journeys of two groups differ: customers who have it at least once, as a share of each group; differences that are clear first (q_value at most 0.05), the largest first. The groups are those of `[journey] compare`, by their whole journeys; customers of both are in neither. Without the option, those who have lapsed or are lost against those who are active, by what followed a purchase within `within_days`: the last one that is so old. Who is in a group may explain a difference as well as what they went through. Made when the pipeline has a section [journey] and a source of interactions.",
    columns: &[
        ColumnSpec::new("group_a", Kind::Category, "", "first group"),
        ColumnSpec::new("group_b", Kind::Category, "", "second group"),
        ColumnSpec::new("kind", Kind::Category, "", "state or transition"),
        ColumnSpec::new("what", Kind::Text, "", "the state, or two states joined by ` → `"),
        ColumnSpec::new("customers_a", Kind::Count, "", "customers of the first group who have it"),
        ColumnSpec::new("customers_b", Kind::Count, "", "customers of the second group who have it"),
        ColumnSpec::new("share_a", Kind::Real, "share", "of the first group"),
        ColumnSpec::new("share_b", Kind::Real, "share", "of the second group"),
        ColumnSpec::new("difference", Kind::Real, "share", "share_a − share_b"),
        ColumnSpec::new("difference_lower", Kind::Real, "share", "lower end of its interval at 95 % (Newcombe 1998)"),
        ColumnSpec::new("difference_upper", Kind::Real, "share", "upper end of it"),
        ColumnSpec::new(
            "q_value",
            Kind::Real,
            "share",
            "least false discovery rate at which it would be called a difference (Benjamini & Hochberg 1995)",
        ),
    ],
    example: "SELECT what, round(share_a, 3), round(share_b, 3), round(difference, 3), q_value FROM 'out/latest/journey_differences.parquet' LIMIT 15",
};
