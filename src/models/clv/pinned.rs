//! A pinned model file: an earlier run's parameters, checked against the data they are used on.

use std::collections::BTreeMap;
use std::path::Path;

use arrow::array::StringArray;
use serde::Deserialize;

use crate::numerics::btyd::{
    AnyModel, BetaGeometric, BgBb, Coefficient, CovariateFit, FirstCoin, Fit, FitStatus, GammaGamma, ParetoNbd, Regular,
};
use crate::stage::{Diagnostic, Section, StageError, StageInputs};
use crate::table::{Quality, parse_day};

use super::covariates::Design;
use super::model_file::{GRAIN, UNIT};
use super::options::{ClvOptions, PurchaseModel};
use super::period::Period;
use super::population::Population;
use super::purchases::{Aids, Fitted, Purchases};
use super::season::{Clock, Season};
use super::selection::design;
use super::step::zero_amount_name;

/// Repeat purchases further than this from those that the model expects mean that it is out of date.
const DRIFT_LIMIT: f64 = 0.25;

/// What is read of a model file.
#[derive(Debug, Clone, Deserialize)]
struct File {
    purchases: PurchasePart,
    spend: Option<SpendPart>,
    #[serde(default)]
    currency: String,
    policy: Policy,
    data_window: Window,
}

#[derive(Debug, Clone, Deserialize)]
struct PurchasePart {
    model: PurchaseModel,
    unit: String,
    grain: String,
    parameters: BTreeMap<String, f64>,
    regularity: Option<u32>,
    log_covariance: Option<Vec<Vec<f64>>>,
    covariates: Option<Vec<CoefficientPart>>,
    season: Option<SeasonPart>,
    #[serde(default)]
    customers: Option<f64>,
    log_likelihood: f64,
}

#[derive(Debug, Clone, Deserialize)]
struct CoefficientPart {
    name: String,
    on: String,
    estimate: f64,
    standard_error: Option<f64>,
}

#[derive(Debug, Clone, Deserialize)]
struct SeasonPart {
    by: Season,
    index: Vec<f64>,
}

#[derive(Debug, Clone, Deserialize)]
struct SpendPart {
    parameters: BTreeMap<String, f64>,
    log_covariance: Option<Vec<Vec<f64>>>,
    log_likelihood: f64,
    #[serde(default)]
    customers: f64,
}

#[derive(Debug, Clone, Deserialize)]
struct Policy {
    zero_amount: String,
}

#[derive(Debug, Clone, Deserialize)]
struct Window {
    as_of: String,
}

/// A model file that was read and understood.
#[derive(Debug, Clone)]
pub(super) struct Pinned {
    pub(super) model: PurchaseModel,
    pub(super) spend: Option<Fit<GammaGamma>>,
    file: File,
    options: ClvOptions,
    shown: String,
}

impl Pinned {
    /// Reads the file that `[clv] model_file` names.
    pub(super) fn read(options: &ClvOptions, section: &Section<'_>, base: &Path) -> Result<Option<Self>, Diagnostic> {
        let Some(name) = &options.model_file else { return Ok(None) };
        let wrong = |message: String, hint: &str| Diagnostic::new(section.value_span("model_file"), message).hint(hint);
        let hint = "name the models/clv.json of an earlier run, relative to the pipeline file";
        let text = std::fs::read_to_string(base.join(name)).map_err(|e| wrong(format!("`{name}`: {e}"), hint))?;
        let file: File =
            serde_json::from_str(&text).map_err(|e| wrong(format!("`{name}` is no model file: {e}"), hint))?;
        let part = &file.purchases;
        let grain = if part.model == PurchaseModel::BgBb { part.grain.as_str() } else { GRAIN };
        let unit = if part.model == PurchaseModel::BgBb { "opportunity" } else { UNIT };
        if part.unit != unit || part.grain != grain {
            let message =
                format!("`{name}` counts {} by the {}; {grain}s by the {unit} are needed", part.grain, part.unit);
            return Err(wrong(message, "fit it anew with this program"));
        }
        if let Some(named) = options.model.named().filter(|named| *named != part.model) {
            let message = format!("`{name}` holds {}, `model` says {}", part.model.name(), named.name());
            return Err(wrong(message, "leave `model` out, or pin another file"));
        }
        let spend = match &file.spend {
            None => None,
            Some(spend) => {
                let [p, q, v] = positive(&spend.parameters, ["p", "q", "gamma"]).map_err(|e| wrong(e, hint))?;
                let fit = fitted(GammaGamma { p, q, v }, spend.log_likelihood, spend.customers);
                Some(Fit { log_covariance: spend.log_covariance.clone(), ..fit })
            }
        };
        positive(&part.parameters, part.model.parameter_names()).map_err(|e| wrong(e, hint))?;
        let model = part.model;
        Ok(Some(Self { model, spend, file, options: options.clone(), shown: name.clone() }))
    }

    /// Seasons of the file's clock.
    pub(super) fn season(&self) -> Season {
        self.file.purchases.season.as_ref().map_or(Season::None, |season| season.by)
    }

    /// The period of a discrete-time model.
    pub(super) fn opportunity(&self, otherwise: Period) -> Period {
        Period::of_name(&self.file.purchases.grain).unwrap_or(otherwise)
    }

    /// Refuses a file that was made of other data: currency, money, and what counts as a purchase must be the same.
    pub(super) fn check_data(&self, inputs: &StageInputs<'_>, has_money: bool) -> Result<(), StageError> {
        let policy = zero_amount_name(inputs.cleaned.options.zero_amount);
        let run = inputs.run;
        let name = &self.shown;
        let wrong = if self.file.currency != run.currency {
            format!("is in `{}`, this run in `{}`", self.file.currency, run.currency)
        } else if self.file.policy.zero_amount != policy {
            format!("was fitted with zero_amount = \"{}\", this run has \"{policy}\"", self.file.policy.zero_amount)
        } else if self.spend.is_none() && has_money {
            "holds no spend model, this run's transactions carry money".to_owned()
        } else {
            return Ok(());
        };
        Err(StageError::Data(format!("model file `{name}` {wrong}; fit it anew by leaving `model_file` out once")))
    }

    /// The coded attributes, with the terms that the file's coefficients were estimated for.
    pub(super) fn design(&self, inputs: &StageInputs<'_>, ids: &StringArray) -> Result<Option<Design>, StageError> {
        let Some(coefficients) = &self.file.purchases.covariates else { return Ok(None) };
        let found = design(inputs, &self.options, ids)?;
        let names = |on: &str| coefficients.iter().filter(|c| c.on == on).map(|c| &c.name).collect::<Vec<_>>();
        let same = |design: &Design| {
            design.purchase_terms.iter().eq(names("purchase")) && design.dropout_terms.iter().eq(names("dropout"))
        };
        if found.as_ref().is_some_and(same) {
            return Ok(found);
        }
        let coded = found.map(|d| [d.purchase_terms, d.dropout_terms].concat().join(", ")).unwrap_or_default();
        let known = coefficients.iter().map(|c| c.name.as_str()).collect::<Vec<_>>().join(", ");
        Err(StageError::Data(format!(
            "model file `{}` has coefficients of {known}; this run's attributes give {coded}; fit it anew",
            self.shown
        )))
    }

    /// The model with the file's parameters.
    pub(super) fn purchases(&self, population: &Population, aids: Aids<'_>) -> Result<Purchases, StageError> {
        let part = &self.file.purchases;
        let parameters = positive(&part.parameters, self.model.parameter_names())
            .map_err(|e| StageError::Data(format!("model file `{}`: {e}", self.shown)))?;
        let clock = match &part.season {
            None => Clock::Plain,
            Some(season) => {
                let oldest = population.tenure.iter().max().copied().unwrap_or(0) as i32;
                Clock::of_index(season.by, &season.index, population.day - oldest, aids.furthest_day)
            }
        };
        let customers = part.customers.unwrap_or(0.0);
        let fitted = match (&part.covariates, self.model.with_covariates()) {
            (Some(coefficients), Some(model)) => {
                let on = |on: &str| {
                    let own = coefficients.iter().filter(|c| c.on == on);
                    own.map(|c| Coefficient { estimate: c.estimate, std_error: c.standard_error }).collect()
                };
                Fitted::Covariates(Box::new(CovariateFit {
                    model,
                    base: parameters,
                    std_errors: None,
                    purchase: on("purchase"),
                    dropout: on("dropout"),
                    covariance: part.log_covariance.clone(),
                    log_likelihood: part.log_likelihood,
                    status: FitStatus::Converged,
                }))
            }
            _ => self.plain(parameters, customers),
        };
        Ok(Purchases { model: self.model, fitted, clock, bootstrap: None })
    }

    fn plain(&self, [r, alpha, a, b]: [f64; 4], customers: f64) -> Fitted {
        let part = &self.file.purchases;
        let k = part.regularity.unwrap_or(1);
        let model = match self.model {
            PurchaseModel::BgNbd => AnyModel::BetaGeometric(BetaGeometric::bg_nbd(r, alpha, a, b)),
            PurchaseModel::MbgNbd => AnyModel::BetaGeometric(BetaGeometric::mbg_nbd(r, alpha, a, b)),
            PurchaseModel::ParetoNbd => AnyModel::ParetoNbd(ParetoNbd { r, alpha, s: a, beta: b }),
            PurchaseModel::BgCnbdK => AnyModel::Regular(Regular { k, r, alpha, a, b, coin: FirstCoin::Spared }),
            PurchaseModel::MbgCnbdK => AnyModel::Regular(Regular { k, r, alpha, a, b, coin: FirstCoin::Tossed }),
            PurchaseModel::BgBb => {
                let model = BgBb { alpha: r, beta: alpha, gamma: a, delta: b };
                let fit = fitted(model, part.log_likelihood, customers);
                let fit = Fit { log_covariance: part.log_covariance.clone(), ..fit };
                return Fitted::Opportunities(fit, self.opportunity(Period::default()));
            }
        };
        let fit = fitted(model, part.log_likelihood, customers);
        Fitted::Plain(Fit { log_covariance: part.log_covariance.clone(), ..fit })
    }

    /// How far this run's customers are from what the model expects of them, and whether it has seen their future.
    pub(super) fn drift(&self, purchases: &Purchases, population: &Population, as_of: i32) -> Vec<Quality> {
        let mut lines = Vec::new();
        let file_day = parse_day(&self.file.data_window.as_of);
        let later = file_day.map_or(0, |day| (day - as_of).max(0));
        let note = "days that the pinned model file is younger than this run: it knows what was still to come";
        lines.push(Quality::at_most("clv", "model_file_from_later_days", f64::from(later), 0.0, note));
        if let Some(expected) = purchases.expected_so_far(population).filter(|expected| *expected > 0.0) {
            let made = population.repeats().iter().map(|x| f64::from(*x)).sum::<f64>();
            let note = format!(
                "repeat purchases so far over the {expected:.0} that the pinned model expects, less one; past the limit fit it anew"
            );
            lines.push(Quality::at_most("clv", "model_file_drift", (made / expected - 1.0).abs(), DRIFT_LIMIT, note));
        }
        lines
    }
}

/// The named parameters, all of them there and positive.
fn positive<const N: usize>(found: &BTreeMap<String, f64>, names: [&str; N]) -> Result<[f64; N], String> {
    let mut values = [0.0; N];
    for (value, name) in values.iter_mut().zip(names) {
        match found.get(name) {
            Some(found) if *found > 0.0 && found.is_finite() => *value = *found,
            Some(found) => return Err(format!("parameter `{name}` is {found}, it must be positive")),
            None => return Err(format!("parameter `{name}` is missing")),
        }
    }
    Ok(values)
}

/// A fit that was made elsewhere.
fn fitted<M>(model: M, log_likelihood: f64, customers: f64) -> Fit<M> {
    Fit {
        model,
        log_likelihood,
        std_errors: None,
        log_covariance: None,
        status: FitStatus::Converged,
        customers,
        evaluations: 0,
        starts: Vec::new(),
    }
}
