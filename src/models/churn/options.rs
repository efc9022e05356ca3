//! The options of `[churn]` and `[[propensity]]`.

use schemars::JsonSchema;
use serde::Deserialize;

/// What a customer may do within the horizon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeWord {
    /// No purchase within the horizon; with `ended`, the end of the contract.
    Lapse,
    /// At least one purchase.
    Purchase,
    /// A purchase of `category`.
    Category,
    /// A response to a campaign, of those who are contacted.
    Respond,
}

impl OutcomeWord {
    /// Its name in the pipeline file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Lapse => "lapse",
            Self::Purchase => "purchase",
            Self::Category => "category",
            Self::Respond => "respond",
        }
    }
}

/// What is predicted, from what, and what a contact is worth.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct OutcomeOptions {
    /// What may happen: `lapse` (no purchase within the horizon; with `ended`, the end of the contract), `purchase`, `category`
    /// (a purchase of `category`) or `respond` (to a campaign, of those who are contacted). Default `lapse` in `[churn]`,
    /// `purchase` in `[[propensity]]`.
    pub outcome: Option<OutcomeWord>,
    /// Days within which it may happen; default 90. The cuts are as far apart.
    pub horizon_days: u32,
    /// Most past days that customers are looked at, the newest one being the test; default 4, fewer where the log is short.
    pub cuts: u32,
    /// Days that a customer must be known for, from the first purchase or `started`; default 30. Newer ones are left out and
    /// counted.
    pub min_tenure_days: u32,
    /// Only customers with a purchase within this many days before the cut; no limit by default.
    pub active_within_days: Option<u32>,
    /// The category of `outcome = "category"`.
    pub category: Option<String>,
    /// A yes/no column of the customers table that is the outcome, instead of what happens within the horizon.
    pub label: Option<String>,
    /// What means yes in `label`; default yes, true, y and 1.
    pub positive: Option<String>,
    /// A column of days on which customers' contracts start: who starts after a cut is not there yet.
    pub started: Option<String>,
    /// A column of days on which contracts end, empty while they run: who has ended is no longer there, and an end within the
    /// horizon is the lapse.
    pub ended: Option<String>,
    /// Features to use. Default: the built-in ones and the attributes that stand still (gender, birth_date, city, region,
    /// country, acquired_at, acquisition_channel, acquisition_cost); with `label`, all other attributes.
    pub features: Option<Vec<String>>,
    /// Features to leave out, such as what is known only after the outcome.
    pub exclude: Vec<String>,
    /// Money that a contact costs; default 0.
    pub contact_cost: f64,
    /// Money that a success is worth; without it there is no threshold.
    pub benefit: Option<f64>,
    /// Share of the contacted customers with the outcome among whom the contact succeeds; default 1.
    pub success_share: f64,
    /// Most rows to learn from; default 200,000. Where there are more, customers are drawn by a hash of their id.
    pub max_rows: u32,
}

impl Default for OutcomeOptions {
    fn default() -> Self {
        Self {
            outcome: None,
            horizon_days: 90,
            cuts: 4,
            min_tenure_days: 30,
            active_within_days: None,
            category: None,
            label: None,
            positive: None,
            started: None,
            ended: None,
            features: None,
            exclude: Vec::new(),
            contact_cost: 0.0,
            benefit: None,
            success_share: 1.0,
            max_rows: 200_000,
        }
    }
}

/// A named outcome.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct PropensityOptions {
    /// Its name; becomes part of column names.
    pub name: String,
    /// The rest is as in `[churn]`.
    #[serde(flatten)]
    pub outcome: OutcomeOptions,
}
