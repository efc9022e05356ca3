//! Options of `[[uplift]]`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::numerics::uplift::UpliftKind;

/// A model of uplift.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct UpliftOptions {
    /// Name: the column is called `uplift_{name}`.
    pub name: String,
    /// Ids of the campaigns to learn from, put together when there are several. Default: all campaigns of `offer` and
    /// `channel`; where these are not given either, of the offer and channel with most contacts.
    pub campaigns: Vec<String>,
    /// Only campaigns of this offer.
    pub offer: Option<String>,
    /// Only campaigns of this channel.
    pub channel: Option<String>,
    /// The treatment arm to look at, where there are several; default all treatments.
    pub variant: Option<String>,
    /// What a contact should bring: `conversion` (whether the customer bought in the window), `revenue` (money of the
    /// purchases in it, the default with money), `profit` (their margin less the cost of the contact), or a column of the
    /// customers table with a number or a yes/no.
    pub outcome: Option<String>,
    /// Days from the start of a campaign whose purchases count; default to the end of the campaign, 28 where it has none.
    pub window_days: Option<u32>,
    /// Names of the features to learn from: `days_since_last`, `tenure_days`, `orders`, `orders_365d`, `spend`, `spend_365d`,
    /// `spend_mean`, `gap_mean_days`, `gaps_since_last`, `purchase_log_odds` (of a purchase in the window, by the BG/NBD or
    /// MBG/NBD model of all these purchases, which also says how far each customer can be moved; each as of the start of the
    /// campaign), and attributes of the customers source. Default all.
    pub features: Option<Vec<String>>,
    /// Names of features not to learn from: whatever was not known before the campaign.
    pub exclude: Vec<String>,
    /// `auto` (default: the simplest that the one with the highest Qini coefficient on customers not seen does not clearly beat), `interactions` (one regression in which few features
    /// change the effect; outcomes that are 0 for some), `two_model`, `class_transformation` (yes/no outcomes only) or `x_learner`.
    pub model: ModelChoice,
    /// What models other than `interactions` are put together from: `logistic` (logistic regression, the default for yes/no
    /// outcomes), `linear` (linear regression, the default for others) or `forest`.
    pub learner: Option<LearnerChoice>,
    /// Part of the revenue that remains as margin, for `profit`, where the transactions don't tell; default: that of the lines
    /// that tell, 1 without any.
    pub margin: Option<f64>,
}

impl Default for UpliftOptions {
    fn default() -> Self {
        Self {
            name: String::new(),
            campaigns: Vec::new(),
            offer: None,
            channel: None,
            variant: None,
            outcome: None,
            window_days: None,
            features: None,
            exclude: Vec::new(),
            model: ModelChoice::Auto,
            learner: None,
            margin: None,
        }
    }
}

/// Which model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ModelChoice {
    /// The simplest of the best by the Qini coefficient on customers not seen.
    #[default]
    Auto,
    /// One model in which few features change the effect.
    Interactions,
    /// A model for each arm.
    TwoModel,
    /// One model of a transformed yes/no outcome.
    ClassTransformation,
    /// Effects imputed by the other arm's model, then learned.
    XLearner,
}

impl ModelChoice {
    /// The models to try.
    pub(super) fn kinds(self) -> Vec<UpliftKind> {
        match self {
            Self::Auto => UpliftKind::ALL.to_vec(),
            Self::Interactions => vec![UpliftKind::Interactions],
            Self::TwoModel => vec![UpliftKind::TwoModel],
            Self::ClassTransformation => vec![UpliftKind::ClassTransformation],
            Self::XLearner => vec![UpliftKind::XLearner],
        }
    }
}

/// Which base learner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LearnerChoice {
    /// Logistic regression.
    Logistic,
    /// Linear regression.
    Linear,
    /// A forest of trees.
    Forest,
}

impl LearnerChoice {
    /// Its name in tables.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Logistic => "logistic",
            Self::Linear => "linear",
            Self::Forest => "forest",
        }
    }
}
