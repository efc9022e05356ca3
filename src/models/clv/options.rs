//! The `[clv]` section.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::numerics::btyd::{CovariateModel, MAX_REGULARITY, ModelKind};
use crate::stage::{CheckContext, Diagnostic, Section};

use super::period::Period;
use super::season::Season;

/// Models of repeat purchases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PurchaseModel {
    /// BG/NBD: customers may leave after each repeat purchase.
    BgNbd,
    /// MBG/NBD: customers may also leave after their first purchase.
    MbgNbd,
    /// Pareto/NBD: customers may leave at any time.
    ParetoNbd,
    /// BG/CNBD-k: as BG/NBD, with purchases more regular than chance; k is estimated.
    BgCnbdK,
    /// MBG/CNBD-k: as MBG/NBD, with purchases more regular than chance; k is estimated.
    MbgCnbdK,
    /// BG/BB: one opportunity to buy per period.
    BgBb,
}

impl PurchaseModel {
    /// Those whose purchases come at any time, simplest first; the ones that `auto` chooses from.
    pub(super) const CONTINUOUS: [Self; 5] =
        [Self::BgNbd, Self::MbgNbd, Self::ParetoNbd, Self::BgCnbdK, Self::MbgCnbdK];

    /// The model in the numerics; none for the discrete-time model.
    pub(super) fn kind(self) -> Option<ModelKind> {
        match self {
            Self::BgNbd => Some(ModelKind::BgNbd),
            Self::MbgNbd => Some(ModelKind::MbgNbd),
            Self::ParetoNbd => Some(ModelKind::ParetoNbd),
            Self::BgCnbdK => Some(ModelKind::BgCnbdK),
            Self::MbgCnbdK => Some(ModelKind::MbgCnbdK),
            Self::BgBb => None,
        }
    }

    /// The model that covariates can act on.
    pub(super) fn with_covariates(self) -> Option<CovariateModel> {
        match self {
            Self::BgNbd => Some(CovariateModel::BgNbd),
            Self::MbgNbd => Some(CovariateModel::MbgNbd),
            Self::ParetoNbd => Some(CovariateModel::ParetoNbd),
            Self::BgCnbdK | Self::MbgCnbdK | Self::BgBb => None,
        }
    }

    /// Names of the parameters in their published order.
    pub(super) fn parameter_names(self) -> [&'static str; 4] {
        self.kind().map_or(["alpha", "beta", "gamma", "delta"], ModelKind::parameter_names)
    }

    /// Name in the pipeline file and the model file.
    pub fn name(self) -> &'static str {
        match self {
            Self::BgNbd => "bg_nbd",
            Self::MbgNbd => "mbg_nbd",
            Self::ParetoNbd => "pareto_nbd",
            Self::BgCnbdK => "bg_cnbd_k",
            Self::MbgCnbdK => "mbg_cnbd_k",
            Self::BgBb => "bg_bb",
        }
    }
}

/// Which model of repeat purchases to use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ModelChoice {
    /// The one that predicts the most recent past best.
    #[default]
    Auto,
    /// BG/NBD: customers may leave after each repeat purchase.
    BgNbd,
    /// MBG/NBD: customers may also leave after their first purchase.
    MbgNbd,
    /// Pareto/NBD: customers may leave at any time.
    ParetoNbd,
    /// BG/CNBD-k: as BG/NBD, with purchases more regular than chance; k is estimated.
    BgCnbdK,
    /// MBG/CNBD-k: as MBG/NBD, with purchases more regular than chance; k is estimated.
    MbgCnbdK,
    /// BG/BB: one opportunity to buy per `opportunity`.
    BgBb,
}

impl ModelChoice {
    /// The model named; none for `auto`.
    pub(super) fn named(self) -> Option<PurchaseModel> {
        match self {
            Self::Auto => None,
            Self::BgNbd => Some(PurchaseModel::BgNbd),
            Self::MbgNbd => Some(PurchaseModel::MbgNbd),
            Self::ParetoNbd => Some(PurchaseModel::ParetoNbd),
            Self::BgCnbdK => Some(PurchaseModel::BgCnbdK),
            Self::MbgCnbdK => Some(PurchaseModel::MbgCnbdK),
            Self::BgBb => Some(PurchaseModel::BgBb),
        }
    }
}

/// What part of spend is margin.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Margin {
    /// The same share of all spend.
    Share(f64),
    /// `"lines"`.
    Word(MarginWord),
}

/// Where margins come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MarginWord {
    /// Each customer's own margins: of the transaction lines, pulled towards everybody's by how little is known.
    Lines,
}

/// Which intervals to publish.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IntervalColumns {
    /// Of expected purchases, expected spend and customer lifetime value.
    All,
    /// Of customer lifetime value.
    #[default]
    Value,
}

/// How customer lifetime value is computed.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ClvOptions {
    /// Model of repeat purchases. `auto` (default): the history is cut, every model is fitted before the cut, and the one
    /// that predicts best what came after is used.
    pub model: ModelChoice,
    /// Horizons in days after the as-of day; default `[90, 365]`.
    pub horizons_days: Vec<u32>,
    /// Discount rate per year; default 0.1.
    pub discount_rate_annual: f64,
    /// Share of spend that is margin (0.35 is 35 %), or `"lines"`: each customer's own, from cost or margin of the
    /// transaction lines. Default: `"lines"` when the sources tell margins, else 1.0.
    pub margin: Option<Margin>,
    /// Probability that the interval around a customer's value is to hold; default 0.8.
    pub interval_level: f64,
    /// Intervals in the table: of the value (`value`, default) or of purchases, spend and value (`all`).
    pub intervals: IntervalColumns,
    /// Attributes of the customers source that shift how fast customers buy.
    pub purchase_covariates: Vec<String>,
    /// Attributes of the customers source that shift how easily customers leave.
    pub dropout_covariates: Vec<String>,
    /// Strength of the ridge penalty on the coefficients of the covariates; default 0.
    pub covariate_ridge: f64,
    /// Seasonal index of purchases: `none` (default), `month` or `week`.
    pub season: Season,
    /// Opportunities to buy of `bg_bb`: `day`, `week`, `month` (default), `quarter` or `year`.
    pub opportunity: Period,
    /// Regularity k of purchases in `bg_cnbd_k` and `mbg_cnbd_k`; default: the one of the highest likelihood.
    pub regularity: Option<u32>,
    /// Bootstrap samples for errors and intervals; default 0: from the curvature of the likelihood.
    pub bootstrap_samples: u32,
    /// Days held out by `auto`; default: the longest horizon, at most half of the days observed.
    pub holdout_days: Option<u32>,
    /// A model file of an earlier run, relative to the pipeline file: its parameters are used, nothing is fitted.
    pub model_file: Option<String>,
}

impl Default for ClvOptions {
    fn default() -> Self {
        Self {
            model: ModelChoice::default(),
            horizons_days: vec![90, 365],
            discount_rate_annual: 0.1,
            margin: None,
            interval_level: 0.8,
            intervals: IntervalColumns::default(),
            purchase_covariates: Vec::new(),
            dropout_covariates: Vec::new(),
            covariate_ridge: 0.0,
            season: Season::default(),
            opportunity: Period::default(),
            regularity: None,
            bootstrap_samples: 0,
            holdout_days: None,
            model_file: None,
        }
    }
}

/// Longest horizon: thirty years.
const LONGEST_HORIZON_DAYS: u32 = 10_958;

impl ClvOptions {
    /// Whether attributes shift the rates.
    pub(super) fn has_covariates(&self) -> bool {
        !self.purchase_covariates.is_empty() || !self.dropout_covariates.is_empty()
    }

    /// The models that `auto` chooses from.
    pub(super) fn candidates(&self) -> Vec<PurchaseModel> {
        let fits = |model: &PurchaseModel| {
            model.with_covariates().is_some() || (!self.has_covariates() && self.season == Season::None)
        };
        PurchaseModel::CONTINUOUS.into_iter().filter(fits).collect()
    }

    /// What is wrong with the values.
    pub(super) fn check(&self, section: &Section<'_>, context: &CheckContext<'_>) -> Vec<Diagnostic> {
        let mut wrong = Vec::new();
        let mut require = |holds: bool, key: &str, message: String, hint: &str| {
            if !holds {
                wrong.push(Diagnostic::new(section.value_span(key), message).hint(hint));
            }
        };
        let days = &self.horizons_days;
        let sensible = !days.is_empty() && days.iter().all(|d| (1..=LONGEST_HORIZON_DAYS).contains(d));
        let hint = "one or more days between 1 and 10958";
        require(sensible, "horizons_days", format!("`horizons_days` is {days:?}"), hint);
        let mut distinct = days.clone();
        distinct.sort_unstable();
        distinct.dedup();
        let once = distinct.len() == days.len();
        require(once, "horizons_days", "a horizon stands twice".into(), "name each horizon once");
        let rate = self.discount_rate_annual;
        let message = format!("`discount_rate_annual` is {rate}");
        require((0.0..=10.0).contains(&rate), "discount_rate_annual", message, "0.1 is ten per cent a year");
        if let Some(Margin::Share(margin)) = self.margin {
            let message = format!("`margin` is {margin}");
            require((-10.0..=10.0).contains(&margin), "margin", message, "0.35 is 35 % of spend");
        }
        let level = self.interval_level;
        let message = format!("`interval_level` is {level}");
        require(level > 0.0 && level < 1.0, "interval_level", message, "a probability such as 0.8");
        let ridge = self.covariate_ridge;
        let message = format!("`covariate_ridge` is {ridge}");
        require(
            (0.0..=1e9).contains(&ridge),
            "covariate_ridge",
            message,
            "0 for no penalty; 1 pulls weak effects to 0",
        );
        let samples = self.bootstrap_samples;
        let message = format!("`bootstrap_samples` is {samples}");
        require(samples == 0 || (20..=10_000).contains(&samples), "bootstrap_samples", message, "0, or 20 to 10000");
        let k = self.regularity;
        let message = format!("`regularity` is {}", k.unwrap_or_default());
        require(
            k.is_none_or(|k| (1..=MAX_REGULARITY).contains(&k)),
            "regularity",
            message,
            "1 (chance) to 12 (clockwork)",
        );
        let holdout = self.holdout_days;
        let message = format!("`holdout_days` is {}", holdout.unwrap_or_default());
        require(holdout.is_none_or(|d| d >= 7), "holdout_days", message, "a week at least, such as 180");
        self.check_combinations(&mut require);
        for (key, names) in
            [("purchase_covariates", &self.purchase_covariates), ("dropout_covariates", &self.dropout_covariates)]
        {
            for name in names.iter().filter(|name| !context.attributes.contains(*name)) {
                let message = format!("no attribute `{name}` in the customers source");
                let found = Diagnostic::new(section.value_span(key), message);
                wrong.push(found.suggest(name, context.attributes.iter().map(String::as_str)));
            }
        }
        wrong
    }

    /// Options that can't stand together.
    fn check_combinations(&self, require: &mut impl FnMut(bool, &str, String, &str)) {
        let Some(model) = self.model.named() else { return };
        let plain = model.with_covariates().is_some();
        let hint = "use bg_nbd, mbg_nbd, pareto_nbd or auto";
        let message = |what: &str| format!("`{}` takes no {what}", model.name());
        require(plain || !self.has_covariates(), "model", message("covariates"), hint);
        require(plain || self.season == Season::None, "model", message("season"), hint);
    }
}
