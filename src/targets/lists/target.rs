//! Checked lists and the checked policy.

use crate::stage::Rule;

/// A word of the pipeline file, the same for everybody or each customer's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Words {
    /// Not said.
    None,
    /// The same for everybody.
    Same(String),
    /// A column of the customer tables.
    Column(String),
}

/// Where the effect of a contact comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum UpliftChoice {
    /// Measured, else assumed.
    Auto,
    /// Assumed.
    Assumed,
    /// Measured or not at all.
    Measured,
    /// A column; else measured, else assumed.
    Column(String),
}

/// Money per conversion.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum ConversionValue {
    /// The same for everybody.
    Amount(f64),
    /// A column of the customer tables.
    Column(String),
}

/// A checked target list.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) name: String,
    pub(super) rule: Rule,
    pub(super) suppress: Option<Rule>,
    pub(super) channel: Words,
    pub(super) offer: Words,
    /// In ten-thousandths.
    pub(super) cost: i64,
    /// In ten-thousandths.
    pub(super) budget: Option<i64>,
    pub(super) min_customers: u64,
    pub(super) max_customers: Option<u64>,
    pub(super) control_share: f64,
    /// What the control group is drawn by.
    pub(super) salt: String,
    pub(super) rank_by: String,
    /// Whether the pipeline file says what to rank by.
    pub(super) is_ranked: bool,
    /// The column that `assumed_uplift` is a share of: money to come; none when there is no such column.
    pub(super) value: Option<String>,
    pub(super) assumed_uplift: f64,
    pub(super) uplift: UpliftChoice,
    pub(super) conversion_value: Option<ConversionValue>,
    pub(super) margin: Option<f64>,
    pub(super) cooldown_days: u32,
}

impl Target {
    /// Cost of a contact in currency.
    pub(super) fn contact_cost(&self) -> f64 {
        crate::table::Money(self.cost).to_f64()
    }
}

/// The checked `[targeting]` section.
#[derive(Debug)]
pub(super) struct Policy {
    /// In ten-thousandths.
    pub(super) budget: Option<i64>,
    /// By the key of the channel's name.
    pub(super) capacity: Vec<(String, u64)>,
    pub(super) max_contacts: usize,
    pub(super) contacts_per_window: Option<u32>,
    pub(super) window_days: u32,
    pub(super) cooldown_days: u32,
    pub(super) touchpoints: Vec<String>,
    pub(super) block_running: bool,
    pub(super) global_holdout_share: f64,
    pub(super) strata: Vec<String>,
    pub(super) exclusive_controls: bool,
    pub(super) suppress: Option<Rule>,
    pub(super) suppression: Vec<String>,
    pub(super) activation: Option<Activation>,
    pub(super) what_if: bool,
}

/// Files for the tools that send.
#[derive(Debug)]
pub(super) struct Activation {
    pub(super) show_arm: bool,
    pub(super) columns: Vec<String>,
}
