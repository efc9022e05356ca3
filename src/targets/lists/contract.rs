//! Contracts of the tables of targeting.

use crate::table::{ColumnSpec, Kind, TableSpec};

/// Who is contacted, in rank order.
pub const TARGETS: TableSpec = TableSpec {
    name: "targets",
    row: "a customer × target list",
    about: "The target lists, best customers first. Rows with arm `control` are not to be contacted: they show what happens without.",
    columns: &[
        ColumnSpec::new("target", Kind::Category, "", "name of the list"),
        ColumnSpec::new("rank", Kind::Count, "", "place on the list from 1, by expected profit or as `rank_by` says"),
        ColumnSpec::new("customer_id", Kind::Text, "", "id as in the sources"),
        ColumnSpec::new("offer", Kind::Category, "", "what to offer, as the pipeline says").nullable(),
        ColumnSpec::new("channel", Kind::Category, "", "channel of the contact").nullable(),
        ColumnSpec::new("send_window", Kind::Category, "", "the customer's own weekday and hours, business time")
            .nullable(),
        ColumnSpec::new(
            "expected_profit",
            Kind::Real,
            "currency",
            "expected_revenue × margin − cost of a contact; empty when no money is expected to come of the list",
        )
        .nullable(),
        ColumnSpec::new("cost", Kind::Money, "currency", "cost of the contact; zero in the control group"),
        ColumnSpec::new("arm", Kind::Category, "", "treatment or control, by a hash of pipeline, list and customer"),
        ColumnSpec::new("why", Kind::Text, "", "the customer's values of the columns in the rule"),
        ColumnSpec::new(
            "uplift",
            Kind::Real,
            "",
            "what a contact adds: money or conversions when measured or modelled, a share of the value when assumed",
        )
        .nullable(),
        ColumnSpec::new("uplift_source", Kind::Category, "", "measured, modelled or assumed").nullable(),
        ColumnSpec::new("uplift_from", Kind::Category, "", "the campaigns, column or assumption that it comes from")
            .nullable(),
        ColumnSpec::new("expected_revenue", Kind::Real, "currency", "money that a contact is expected to add")
            .nullable(),
        ColumnSpec::new("margin", Kind::Real, "share", "part of it that is margin; 1 when the value is margin already")
            .nullable(),
        ColumnSpec::new(
            "evidence",
            Kind::Real,
            "share",
            "weight of the campaigns' own figure against the mean it is drawn to, 0..1; empty unless measured",
        )
        .nullable(),
    ],
    example: "SELECT customer_id FROM 'out/latest/targets.parquet' WHERE target = 'win_back' AND arm = 'treatment' ORDER BY rank",
};

/// Every customer that a rule matches, and what became of them.
pub const TARGET_CANDIDATES: TableSpec = TableSpec {
    name: "target_candidates",
    row: "a customer × target list whose rule they match",
    about: "What became of every customer that a list's rule matches, and what a contact was expected to bring. Made when there is a target list.",
    columns: &[
        ColumnSpec::new("customer_id", Kind::Text, "", "id as in the sources"),
        ColumnSpec::new("target", Kind::Category, "", "name of the list"),
        ColumnSpec::new(
            "outcome",
            Kind::Category,
            "",
            "treatment, control, or the first reason that kept the customer off the list; see target_exclusions",
        ),
        ColumnSpec::new("offer", Kind::Category, "", "what would be offered").nullable(),
        ColumnSpec::new("channel", Kind::Category, "", "channel of the contact").nullable(),
        ColumnSpec::new("uplift", Kind::Real, "", "as in targets").nullable(),
        ColumnSpec::new("uplift_source", Kind::Category, "", "measured, modelled or assumed").nullable(),
        ColumnSpec::new("uplift_from", Kind::Category, "", "the campaigns, column or assumption that it comes from")
            .nullable(),
        ColumnSpec::new("expected_revenue", Kind::Real, "currency", "money that a contact is expected to add")
            .nullable(),
        ColumnSpec::new("margin", Kind::Real, "share", "part of it that is margin").nullable(),
        ColumnSpec::new("contact_cost", Kind::Money, "currency", "cost of a contact"),
        ColumnSpec::new("expected_profit", Kind::Real, "currency", "expected_revenue × margin − contact_cost")
            .nullable(),
    ],
    example: "SELECT outcome, count(*), sum(expected_profit) FROM 'out/latest/target_candidates.parquet' WHERE target = 'win_back' GROUP BY ALL",
};

/// Where the customers of each rule went.
pub const TARGET_EXCLUSIONS: TableSpec = TableSpec {
    name: "target_exclusions",
    row: "a target list × outcome",
    about: "Where the customers went that a list's rule matches: the rows of a list add up to `matched`. Each customer is counted once, under the first reason that applies.",
    columns: &[
        ColumnSpec::new("target", Kind::Category, "", "name of the list"),
        ColumnSpec::new("step", Kind::Count, "", "order in which the reasons are looked at, from 1"),
        ColumnSpec::new("outcome", Kind::Category, "", "treatment, control, or why not listed"),
        ColumnSpec::new("customers", Kind::Count, "customers", "how many"),
        ColumnSpec::new("matched", Kind::Count, "customers", "all that the list's rule matches"),
        ColumnSpec::new("meaning", Kind::Text, "", "what the outcome means"),
    ],
    example: "SELECT target, outcome, customers FROM 'out/latest/target_exclusions.parquet' ORDER BY target, step",
};

/// What other budgets would earn.
pub const TARGET_BUDGETS: TableSpec = TableSpec {
    name: "target_budgets",
    row: "a budget that might be",
    about: "What the lists would earn with other budgets, by the same optimisation; smallest list sizes are left out. Without a budget the present cost stands for it. Made when `[targeting]` is written.",
    columns: &[
        ColumnSpec::new("scope", Kind::Category, "", "the list whose budget is varied; `all lists` for the common one"),
        ColumnSpec::new("factor", Kind::Real, "", "part of the present budget"),
        ColumnSpec::new("budget", Kind::Real, "currency", "the budget"),
        ColumnSpec::new("expected_cost", Kind::Real, "currency", "what would be spent on all lists"),
        ColumnSpec::new("customers", Kind::Count, "customers", "customers on lists, control included"),
        ColumnSpec::new("expected_profit", Kind::Real, "currency", "expected profit of those contacted"),
        ColumnSpec::new("shadow_price", Kind::Real, "currency", "expected profit of one unit of budget more"),
        ColumnSpec::new("gap", Kind::Real, "share", "how far the plan may be from the best possible, 0..1"),
    ],
    example: "SELECT factor, budget, expected_profit, shadow_price FROM 'out/latest/target_budgets.parquet' WHERE scope = 'all lists'",
};

/// What each list can show.
pub const TARGET_DESIGN: TableSpec = TableSpec {
    name: "target_design",
    row: "a target list",
    about: "What the control group of each list can show before anything is sent: the smallest effect on the share of buyers that it finds with a chance of 80 % at 95 % confidence, and the customers needed for the effect that is hoped for. Made when there is a target list.",
    columns: &[
        ColumnSpec::new("target", Kind::Category, "", "name of the list"),
        ColumnSpec::new("treatment", Kind::Count, "customers", "to be contacted"),
        ColumnSpec::new("control", Kind::Count, "customers", "held back"),
        ColumnSpec::new("expected_profit", Kind::Real, "currency", "expected profit of those contacted").nullable(),
        ColumnSpec::new("cost", Kind::Money, "currency", "cost of the contacts"),
        ColumnSpec::new(
            "window_days",
            Kind::Count,
            "days",
            "time in which a purchase counts: the campaigns' own, else the shortest horizon of `clv`",
        )
        .nullable(),
        ColumnSpec::new(
            "baseline",
            Kind::Real,
            "share",
            "expected share of buyers without a contact, by the purchase model",
        )
        .nullable(),
        ColumnSpec::new("hoped_effect", Kind::Real, "share", "difference in the share of buyers that is expected")
            .nullable(),
        ColumnSpec::new("minimum_detectable", Kind::Real, "share", "smallest difference that the groups can show")
            .nullable(),
        ColumnSpec::new(
            "needed_customers",
            Kind::Count,
            "customers",
            "both groups together, at the same shares, for the hoped effect",
        )
        .nullable(),
        ColumnSpec::new("needed_campaigns", Kind::Count, "", "campaigns of this size that would show it together")
            .nullable(),
        ColumnSpec::new(
            "can_show",
            Kind::Flag,
            "",
            "whether the hoped effect is at least the smallest that can be shown",
        )
        .nullable(),
        ColumnSpec::new("note", Kind::Text, "", "in plain words"),
    ],
    example: "SELECT target, hoped_effect, minimum_detectable, note FROM 'out/latest/target_design.parquet' WHERE NOT can_show",
};

/// Whom the contact policy leaves alone.
pub const CONTACT_POLICY: TableSpec = TableSpec {
    name: "contact_policy",
    row: "a customer",
    about: "What keeps a customer from being contacted, whatever the list, and the contacts so far. Made when `[targeting]` is written.",
    columns: &[
        ColumnSpec::new("customer_id", Kind::Text, "", "id as in the sources"),
        ColumnSpec::new("global_holdout", Kind::Flag, "", "whether no list ever contacts the customer"),
        ColumnSpec::new("suppressed_by", Kind::Category, "", "attribute or rule that suppresses the customer")
            .nullable(),
        ColumnSpec::new("contacts_in_window", Kind::Count, "", "contacts within `window_days`").nullable(),
        ColumnSpec::new("last_contact", Kind::Day, "", "day of the last contact; empty without one").nullable(),
        ColumnSpec::new(
            "running_campaign",
            Kind::Category,
            "",
            "arm in a campaign that is still running: treatment or control",
        )
        .nullable(),
    ],
    example: "SELECT count(*) FROM 'out/latest/contact_policy.parquet' WHERE global_holdout",
};
