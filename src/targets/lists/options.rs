//! A `[[targets]]` section.

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
    /// Channel of the contact. With a customer attribute `consent_CHANNEL`, only customers who gave consent are listed.
    pub channel: Option<String>,
    /// What to offer.
    pub offer: Option<String>,
    /// Cost of one contact; default 0.
    pub cost_per_contact: f64,
    /// Most money for the list; default no limit. Control customers cost nothing.
    pub budget: Option<f64>,
    /// Most customers on the list, control included; default no limit.
    pub max_customers: Option<u64>,
    /// Share of the list that is not contacted, so that the effect can be measured; default 0.1.
    pub control_share: f64,
    /// Column to rank by, larger first; default the value of the longest horizon, or expected purchases without money.
    pub rank_by: Option<String>,
    /// Share of the `rank_by` value that a contact is assumed to add; default 0.05. For `expected_profit` only.
    pub assumed_uplift: f64,
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
            max_customers: None,
            control_share: 0.1,
            rank_by: None,
            assumed_uplift: 0.05,
        }
    }
}
