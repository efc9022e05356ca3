//! The `[[targets]]` sections and the `[targeting]` section.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

/// A target list.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TargetOptions {
    /// Name in snake case.
    pub name: String,
    /// SQL condition over the columns of the customer tables.
    #[serde(rename = "where")]
    pub condition: String,
    /// Channel of the contact, or a column of the customer tables that names each customer's own (`"best_channel"`).
    /// Only customers who gave their consent are listed: those with a true attribute `consent_CHANNEL`; when the
    /// customers source tells consent for other channels only, nobody is. A list without a channel is not activated.
    pub channel: Option<String>,
    /// What to offer, or a column of the customer tables that names each customer's own (`"next_category"`).
    pub offer: Option<String>,
    /// Cost of one contact; default 0.
    pub cost_per_contact: f64,
    /// Most money for the list; default no limit. Control customers cost nothing.
    pub budget: Option<f64>,
    /// Fewest customers on the list, control included; default 0. A list that can't reach it is made without it and
    /// a line of `run_quality` says so.
    pub min_customers: u64,
    /// Most customers on the list, control included; default no limit.
    pub max_customers: Option<u64>,
    /// Share of the list that is not contacted, so that the effect can be measured; default 0.1.
    pub control_share: f64,
    /// What the control group is drawn by, besides the pipeline's name and the customer; default the list's name. Keeps
    /// the group when a list is renamed.
    pub salt: Option<String>,
    /// Column to rank by, larger first; default the expected profit, or expected purchases without money. With
    /// `[targeting]` lists are ranked by expected profit and this is only the value that `assumed_uplift` is a share of.
    pub rank_by: Option<String>,
    /// Where the expected effect of a contact comes from. `auto` (default): measured in earlier campaigns where there is
    /// a figure, else assumed. `assumed`: `assumed_uplift` of the customer's value. `measured`: earlier campaigns only;
    /// who has no figure is not listed. A numeric column of the customer tables, such as `uplift_win_back`: expected
    /// incremental revenue of a contact, as a model gives it (with margin = 1 when it is profit already); measured or
    /// assumed where it is empty.
    pub uplift: String,
    /// Money per conversion, an amount or a column such as `expected_spend`: for an `uplift` column that counts conversions,
    /// and for measured lifts, whose effect on conversion then counts instead of that on revenue.
    pub uplift_value: Option<UpliftValue>,
    /// Share of the customer's value that a contact is assumed to add where nothing is measured or modelled; default 0.05.
    pub assumed_uplift: f64,
    /// Share of incremental revenue that is margin; default the customer's own as `clv` has it, else `[clv] margin`. An
    /// assumed uplift is a share of a value that is margin already.
    pub margin: Option<f64>,
    /// Days without any contact before this list may contact a customer; default 0. The larger of this and
    /// `[targeting] cooldown_days` holds.
    pub cooldown_days: u32,
    /// SQL condition: who matches is not listed.
    pub suppress_where: Option<String>,
}

impl Default for TargetOptions {
    fn default() -> Self {
        Self {
            name: String::new(),
            condition: String::new(),
            channel: None,
            offer: None,
            cost_per_contact: 0.0,
            budget: None,
            min_customers: 0,
            max_customers: None,
            control_share: 0.1,
            salt: None,
            rank_by: None,
            uplift: "auto".into(),
            uplift_value: None,
            assumed_uplift: 0.05,
            margin: None,
            cooldown_days: 0,
            suppress_where: None,
        }
    }
}

/// Money per conversion.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum UpliftValue {
    /// The same for everybody.
    Amount(f64),
    /// A numeric column of the customer tables.
    Column(String),
}

/// What holds for all target lists together.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TargetingOptions {
    /// Most money for all lists of a night; default no limit.
    pub budget: Option<f64>,
    /// Most contacts of a night by channel, such as `{ email = 50000, call = 300 }`; default no limit.
    pub capacity: BTreeMap<String, u64>,
    /// Most lists of one customer; default 1.
    pub max_contacts: u8,
    /// Most contacts of a customer within `window_days`, those of tonight included; default no limit.
    pub contacts_per_window: Option<u32>,
    /// Days of that window, the as-of day included; default 30. A campaign without an end counts as running for so long.
    pub window_days: u32,
    /// Days without any contact before the next; default 0.
    pub cooldown_days: u32,
    /// Touchpoints of outbound interactions that are contacts, such as `["email", "sms"]`; default all of them. Rows of
    /// the contacts source always are, unless their arm is control.
    pub contact_touchpoints: Vec<String>,
    /// Whether customers in a campaign that is still running are left alone; default false.
    pub block_running: bool,
    /// Share of all customers that no list ever contacts, so that the effect of all contacts together can be measured;
    /// default 0. Drawn by the pipeline's name and the customer.
    pub global_holdout_share: f64,
    /// Columns whose values are strata: the control share holds in each of them, to within one customer.
    pub strata: Vec<String>,
    /// Whether a customer in a control group is on no other list and, while their campaign runs, on none of a later
    /// night; default true.
    pub exclusive_controls: bool,
    /// SQL condition: who matches is on no list.
    pub suppress_where: Option<String>,
    /// Attributes that keep a customer off every list unless they are empty or clearly say no. `do_not_contact`,
    /// `unsubscribed`, `opted_out`, `opt_out`, `suppressed` and `deceased` always do, and so do these with `_CHANNEL`
    /// behind them for lists of that channel.
    pub suppression: Vec<String>,
    /// Text files for the tools that send: one per channel, `activation/CHANNEL.csv`. Default none.
    pub activation: Option<ActivationOptions>,
    /// Whether `target_budgets` shows what other budgets would earn; default true.
    pub what_if: bool,
}

impl Default for TargetingOptions {
    fn default() -> Self {
        Self {
            budget: None,
            capacity: BTreeMap::new(),
            max_contacts: 1,
            contacts_per_window: None,
            window_days: 30,
            cooldown_days: 0,
            contact_touchpoints: Vec::new(),
            block_running: false,
            global_holdout_share: 0.0,
            strata: Vec::new(),
            exclusive_controls: true,
            suppress_where: None,
            suppression: Vec::new(),
            activation: None,
            what_if: true,
        }
    }
}

/// Files for the tools that send.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ActivationOptions {
    /// Whether control customers are in the files too, with a column `arm`; default false.
    pub show_arm: bool,
    /// Columns of the customer tables to add to what the channel needs.
    pub columns: Vec<String>,
}
