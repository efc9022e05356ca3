//! `models/clv.json`: parameters, errors, unit, grain, policies, window and diagnostics.

use serde_json::{Value, json};

use crate::numerics::btyd::{Coefficient, Fit, GammaGamma};
use crate::stage::{ModelFile, StageInputs};
use crate::table::format_day;

use super::covariates::Design;
use super::options::ClvOptions;
use super::profit::{Basis, Profit};
use super::purchases::{Fitted, Purchases};
use super::season::Clock;
use super::step::{Fits, Spend, zero_amount_name};

/// What a purchase is in the model file.
pub(super) const GRAIN: &str = "purchase day";

/// Unit of time in the model file.
pub(super) const UNIT: &str = "week";

/// The model file of a run.
pub(super) fn model_file(
    options: &ClvOptions,
    fits: &Fits,
    profit: Option<&Profit>,
    inputs: &StageInputs<'_>,
) -> ModelFile {
    let run = inputs.run;
    let choice = fits.choice.as_ref().map(|choice| {
        json!({ "model": choice.model.name(), "why": choice.why, "holdout_error_over_baseline": choice.error_ratio })
    });
    let margin = profit.map(|profit| match profit.basis {
        Basis::Share(share) => json!(share),
        Basis::Lines { overall, half_weight_spend } => json!({
            "basis": "lines",
            "overall": overall,
            "half_weight_spend": half_weight_spend.is_finite().then_some(half_weight_spend),
        }),
    });
    let content = json!({
        "acrm_version": env!("CARGO_PKG_VERSION"),
        "purchases": purchases(&fits.purchases, fits.design.as_ref()),
        "choice": choice,
        "spend": fits.spend.as_ref().map(spend),
        "currency": run.currency,
        "policy": {
            "zero_amount": zero_amount_name(inputs.cleaned.options.zero_amount),
            "refunds": "net, never a purchase",
        },
        "data_window": { "as_of": format_day(run.as_of) },
        "horizons_days": options.horizons_days,
        "discount_rate_annual": options.discount_rate_annual,
        "margin": margin,
        "interval_level": options.interval_level,
    });
    ModelFile { name: "clv", content }
}

fn purchases(purchases: &Purchases, design: Option<&Design>) -> Value {
    let names = purchases.model.parameter_names();
    let by_name = |values: &[f64]| -> Value {
        names.iter().zip(values).map(|(name, value)| ((*name).to_owned(), json!(value))).collect()
    };
    let opportunity = match &purchases.fitted {
        Fitted::Opportunities(_, period) => Some(period.name()),
        _ => None,
    };
    let season = match &purchases.clock {
        Clock::Plain => None,
        Clock::Seasonal(seasons) => Some(json!({ "by": seasons.by.name(), "index": seasons.index })),
    };
    let bootstrap = purchases.bootstrap.as_ref().map(|b| {
        json!({
            "samples": b.draws_used,
            "at_bound": b.at_bound,
            "lower_5_percent": by_name(&b.lower),
            "upper_95_percent": by_name(&b.upper),
        })
    });
    let (customers, evaluations, starts) = match &purchases.fitted {
        Fitted::Plain(fit) => (Some(fit.customers), Some(fit.evaluations), Some(&fit.starts)),
        Fitted::Opportunities(fit, _) => (Some(fit.customers), Some(fit.evaluations), Some(&fit.starts)),
        Fitted::Covariates(_) => (design.map(|d| d.group_of.len() as f64), None, None),
    };
    json!({
        "model": purchases.model.name(),
        "unit": if opportunity.is_some() { "opportunity" } else { UNIT },
        "grain": opportunity.unwrap_or(GRAIN),
        "parameters": by_name(&purchases.parameters()),
        "regularity": purchases.regularity(),
        "standard_errors": purchases.std_errors().map(|errors| by_name(&errors)),
        "log_covariance": purchases.log_covariance(),
        "covariates": coefficients(purchases, design),
        "season": season,
        "bootstrap": bootstrap,
        "log_likelihood": purchases.log_likelihood(),
        "status": purchases.status().to_string(),
        "customers": customers.map(|n| n as u64),
        "evaluations": evaluations,
        "starts": starts,
    })
}

/// The coefficients of the covariates: their name, what they act on, estimate and significance.
fn coefficients(purchases: &Purchases, design: Option<&Design>) -> Option<Value> {
    let (Fitted::Covariates(fit), Some(design)) = (&purchases.fitted, design) else { return None };
    let line = |on: &'static str| {
        move |(name, c): (&String, &Coefficient)| {
            json!({
                "name": name,
                "on": on,
                "estimate": c.estimate,
                "standard_error": c.std_error,
                "z": c.z(),
                "p_value": c.p_value(),
            })
        }
    };
    let purchase = design.purchase_terms.iter().zip(&fit.purchase).map(line("purchase"));
    let dropout = design.dropout_terms.iter().zip(&fit.dropout).map(line("dropout"));
    Some(purchase.chain(dropout).collect())
}

fn spend(spend: &Spend) -> Value {
    let fit = spend.fit();
    let GammaGamma { p, q, v } = fit.model;
    let (left_out, correlation) = match spend {
        Spend::Fitted(spend) => (Some(spend.left_out), spend.correlation),
        Spend::Pinned(_) => (None, None),
    };
    json!({
        "model": "gamma_gamma",
        "source": "Fader & Hardie 2013, note 025",
        "parameters": { "p": p, "q": q, "gamma": v },
        "standard_errors": errors(fit),
        "log_covariance": fit.log_covariance,
        "log_likelihood": fit.log_likelihood,
        "status": fit.status.to_string(),
        "customers": fit.customers,
        "left_out": left_out,
        "frequency_spend_correlation": correlation.map(|c| json!({ "pearson": c.pearson, "spearman": c.spearman })),
    })
}

fn errors(fit: &Fit<GammaGamma>) -> Value {
    let errors = fit.std_errors.as_ref();
    errors
        .map_or(Value::Null, |e| ["p", "q", "gamma"].iter().zip(e).map(|(n, e)| ((*n).to_owned(), json!(e))).collect())
}
