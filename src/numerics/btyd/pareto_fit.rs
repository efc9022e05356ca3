//! Fitting Pareto/NBD.

use super::fit::{Fit, FitStatus, Found, Likelihood, Limit, NO_DROPOUT_SHAPE, Prior, SAME_LIKELIHOOD, Search};
use super::geometric_fit::MIN_REPEAT_BUYERS;
use super::histories::Histories;
use super::nbd;
use super::pareto::ParetoNbd;
use super::pareto_likelihood::ParetoLikelihood;

/// With more distinct rows than this the starts are compared on a sample.
const SAMPLE_ABOVE: usize = 40_000;

/// Rows of that sample.
const SAMPLE_ROWS: usize = 8_000;

/// A shape beyond this stands for "no spread", one below its inverse for
/// "unlimited spread".
const HUGE: f64 = 1e3;

/// Fits Pareto/NBD by maximum likelihood; `alpha` and `beta` come in the unit of
/// `histories`. Never fails, as [`super::fit_bg_nbd`].
///
/// # Reference
/// Fader & Hardie (2005), *A Note on Deriving the Pareto/NBD Model*, eq. (17).
pub fn fit_pareto_nbd(histories: &Histories) -> Fit<ParetoNbd> {
    fit_from(histories, None)
}

/// The fit from several starts, or from the parameters of `near` alone.
pub(crate) fn fit_from(histories: &Histories, near: Option<&ParetoNbd>) -> Fit<ParetoNbd> {
    let full = ParetoLikelihood::new(histories);
    let rate = nbd::mean_rate(histories);
    let span = (histories.exposure() / histories.customers().max(1.0)).max(1e-3 / rate);
    let repeat_buyers = histories.repeat_buyers() as u64;
    let short = repeat_buyers < MIN_REPEAT_BUYERS;
    let large = near.is_none() && histories.rows() > SAMPLE_ABOVE;
    let thin = large.then(|| histories.thinned(histories.rows() / SAMPLE_ROWS));
    let sample = thin.as_ref().map(ParetoLikelihood::new);
    let search = Search {
        full: &full,
        sample: sample.as_ref().map(|s| s as &dyn Likelihood),
        starts: near.map_or_else(|| starts(rate, span), |m| vec![vec![m.r, m.alpha, m.s, m.beta]]),
        bounds: vec![(1e-6, 1e6), (1e-9 / rate, 1e9 / rate), (1e-6, 1e7), (1e-9 * span, 1e13 * span)],
        prior: short.then(|| weak_prior(rate, span)),
    };
    let mut found = search.run();
    let mut limit = if short { None } else { limit_of(&found) };
    if !short {
        let without = nbd::search(histories);
        if found.log_likelihood <= without.log_likelihood + SAME_LIKELIHOOD {
            found = without.without_dropout([NO_DROPOUT_SHAPE, span], &full);
            limit = Some(Limit::NoDropout);
        }
    }
    let p = &found.parameters;
    let model = ParetoNbd { r: p[0], alpha: p[1], s: p[2], beta: p[3] };
    let mut fit = found.into_fit(model, limit, histories.customers());
    if short {
        fit.status = FitStatus::TooFewRepeatBuyers { repeat_buyers, needed: MIN_REPEAT_BUYERS };
    }
    fit
}

/// Log-likelihood of a whole table.
pub fn pareto_log_likelihood(histories: &Histories, model: &ParetoNbd) -> f64 {
    ParetoLikelihood::new(histories).evaluate(&[model.r, model.alpha, model.s, model.beta]).value
}

/// Gradient of the log-likelihood of a whole table by (r, α, s, β).
pub fn pareto_gradient(histories: &Histories, model: &ParetoNbd) -> Vec<f64> {
    ParetoLikelihood::new(histories).evaluate(&[model.r, model.alpha, model.s, model.beta]).gradient
}

/// Starts over shapes of purchasing and dropout; scales from the mean rate and
/// the mean time observed.
fn starts(rate: f64, span: f64) -> Vec<Vec<f64>> {
    [(0.6, 0.6, 0.3), (1.5, 0.4, 0.8), (0.8, 2.0, 4.0)]
        .iter()
        .map(|(r, s, beta)| vec![*r, 0.7 * r / rate, *s, beta * span])
        .collect()
}

/// What is believed of a shop before its data are seen.
fn weak_prior(rate: f64, span: f64) -> Prior {
    let strength = 1.0 / (1.2 * 1.2);
    let centre = [0.6, 0.6 / rate, 0.6, span];
    Prior { terms: centre.iter().map(|c: &f64| (c.ln(), strength)).collect() }
}

/// The simpler model that explains the data as well, if any.
fn limit_of(found: &Found) -> Option<Limit> {
    let p = &found.parameters;
    if p[2] > HUGE {
        return Some(Limit::HomogeneousDropout);
    }
    if p[2] < 1.0 / HUGE {
        return Some(Limit::AllOrNothingDropout);
    }
    if p[0] > HUGE {
        return Some(Limit::HomogeneousPurchasing);
    }
    if p[0] < 1.0 / HUGE {
        return Some(Limit::ExtremePurchasing);
    }
    found.at_bound.iter().any(|side| *side != 0).then_some(Limit::AllOrNothingDropout)
}
