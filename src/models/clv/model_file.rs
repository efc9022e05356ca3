//! `models/clv.json`: parameters, errors, unit, grain, policies, window and diagnostics.

use serde_json::{Value, json};

use crate::clean::CleanOptions;
use crate::numerics::btyd::Fit;
use crate::stage::{ModelFile, RunInfo};
use crate::table::format_day;

use super::options::ClvOptions;
use super::step::{Fits, SpendFit};

/// The model file of a fit.
pub(super) fn model_file(
    options: &ClvOptions,
    fits: &Fits,
    run: &RunInfo,
    customers: usize,
    clean: &CleanOptions,
) -> ModelFile {
    let purchases = &fits.purchases;
    let names = options.model.kind().parameter_names();
    let values = purchases.model.as_model().parameters();
    let parameters: Value = names.iter().zip(values).map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    let spend = fits.spend.as_ref().map(|SpendFit { fit, left_out, correlation }| {
        let correlation = correlation.map(|c| json!({ "pearson": c.pearson, "spearman": c.spearman }));
        json!({
            "model": "gamma_gamma",
            "source": "Fader & Hardie 2013, note 025",
            "parameters": { "p": fit.model.p, "q": fit.model.q, "gamma": fit.model.v },
            "standard_errors": errors(&["p", "q", "gamma"], fit),
            "log_likelihood": fit.log_likelihood,
            "status": fit.status.to_string(),
            "customers": fit.customers,
            "left_out": left_out,
            "frequency_spend_correlation": correlation,
        })
    });
    let content = json!({
        "acrm_version": env!("CARGO_PKG_VERSION"),
        "purchases": {
            "model": options.model.name(),
            "unit": "week",
            "grain": "purchase day",
            "parameters": parameters,
            "standard_errors": errors(&names, purchases),
            "log_covariance": purchases.log_covariance,
            "log_likelihood": purchases.log_likelihood,
            "status": purchases.status.to_string(),
            "customers": customers,
            "evaluations": purchases.evaluations,
            "starts": purchases.starts,
        },
        "spend": spend,
        "currency": run.currency,
        "policy": { "zero_amount": format!("{:?}", clean.zero_amount).to_lowercase(), "refunds": "net, never a purchase" },
        "data_window": { "as_of": format_day(run.as_of) },
        "horizons_days": options.horizons_days,
        "discount_rate_annual": options.discount_rate_annual,
        "margin": options.margin,
        "interval_level": options.interval_level,
    });
    ModelFile { name: "clv", content }
}

fn errors<M>(names: &[&str], fit: &Fit<M>) -> Value {
    let errors = fit.std_errors.as_ref();
    errors.map_or(Value::Null, |errors| names.iter().zip(errors).map(|(n, e)| ((*n).to_owned(), json!(e))).collect())
}
