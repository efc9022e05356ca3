//! The `[clv]` section.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::numerics::btyd::ModelKind;
use crate::stage::{Diagnostic, Section};

/// Models of repeat purchases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PurchaseModel {
    /// BG/NBD: customers may leave after each repeat purchase.
    #[default]
    BgNbd,
    /// MBG/NBD: customers may also leave after their first purchase.
    MbgNbd,
    /// Pareto/NBD: customers may leave at any time.
    ParetoNbd,
}

impl PurchaseModel {
    /// The model in the numerics.
    pub(super) fn kind(self) -> ModelKind {
        match self {
            Self::BgNbd => ModelKind::BgNbd,
            Self::MbgNbd => ModelKind::MbgNbd,
            Self::ParetoNbd => ModelKind::ParetoNbd,
        }
    }

    /// Name in the pipeline file and the model file.
    pub fn name(self) -> &'static str {
        match self {
            Self::BgNbd => "bg_nbd",
            Self::MbgNbd => "mbg_nbd",
            Self::ParetoNbd => "pareto_nbd",
        }
    }
}

/// How customer lifetime value is computed.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ClvOptions {
    /// Model of repeat purchases: `bg_nbd` (default), `mbg_nbd` or `pareto_nbd`.
    pub model: PurchaseModel,
    /// Horizons in days after the as-of day; default `[90, 365]`.
    pub horizons_days: Vec<u32>,
    /// Discount rate per year; default 0.1.
    pub discount_rate_annual: f64,
    /// Share of spend that is margin; default 1.0.
    pub margin: f64,
    /// Probability that the interval around a customer's value is to hold; default 0.8.
    pub interval_level: f64,
}

impl Default for ClvOptions {
    fn default() -> Self {
        Self {
            model: PurchaseModel::default(),
            horizons_days: vec![90, 365],
            discount_rate_annual: 0.1,
            margin: 1.0,
            interval_level: 0.8,
        }
    }
}

/// Longest horizon: thirty years.
const LONGEST_HORIZON_DAYS: u32 = 10_958;

impl ClvOptions {
    /// What is wrong with the values.
    pub(super) fn check(&self, section: &Section<'_>) -> Vec<Diagnostic> {
        let mut wrong = Vec::new();
        let mut require = |holds: bool, key: &str, message: String, hint: &str| {
            if !holds {
                wrong.push(Diagnostic::new(section.value_span(key), message).hint(hint));
            }
        };
        let days = &self.horizons_days;
        let sensible = !days.is_empty() && days.iter().all(|d| (1..=LONGEST_HORIZON_DAYS).contains(d));
        require(
            sensible,
            "horizons_days",
            format!("`horizons_days` is {days:?}"),
            "one or more days between 1 and 10958",
        );
        let mut distinct = days.clone();
        distinct.sort_unstable();
        distinct.dedup();
        require(
            distinct.len() == days.len(),
            "horizons_days",
            "a horizon stands twice".into(),
            "name each horizon once",
        );
        let rate = self.discount_rate_annual;
        let message = format!("`discount_rate_annual` is {rate}");
        require((0.0..=10.0).contains(&rate), "discount_rate_annual", message, "0.1 is ten per cent a year");
        let margin = self.margin;
        require((0.0..=10.0).contains(&margin), "margin", format!("`margin` is {margin}"), "0.35 is 35 % of spend");
        let level = self.interval_level;
        let message = format!("`interval_level` is {level}");
        require(level > 0.0 && level < 1.0, "interval_level", message, "a probability such as 0.8");
        wrong
    }
}
