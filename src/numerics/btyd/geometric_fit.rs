//! Fitting BG/NBD and MBG/NBD.

use super::fit::{Fit, FitStatus, Found, Likelihood, Limit, NO_DROPOUT_SHAPE, Prior, SAME_LIKELIHOOD, Search};
use super::geometric::{BetaGeometric, FirstCoin};
use super::geometric_likelihood::GeometricLikelihood;
use super::histories::Histories;
use super::nbd;
use crate::numerics::optimize::Evaluation;

/// Fewer repeat buyers than this carry no information on dropout.
pub const MIN_REPEAT_BUYERS: u64 = 5;

/// With more distinct rows than this the starts are compared on a sample.
const SAMPLE_ABOVE: usize = 40_000;

/// Rows of that sample.
const SAMPLE_ROWS: usize = 8_000;

/// A shape or sum of shapes beyond this stands for "no spread".
const HUGE: f64 = 1e4;

/// A shape below this stands for "unlimited spread".
const TINY: f64 = 1e-4;

/// A share of dropouts below this is compared with none.
const RARE_DROPOUT: f64 = 1e-2;

impl Likelihood for GeometricLikelihood<'_> {
    fn evaluate(&self, parameters: &[f64]) -> Evaluation {
        GeometricLikelihood::evaluate(self, parameters)
    }
}

/// Fits BG/NBD by maximum likelihood; `alpha` comes in the unit of `histories`.
///
/// Never fails: data that cannot carry the four parameters give a flagged fit
/// whose predictions are finite and modest.
///
/// # Reference
/// Fader, Hardie & Lee (2005), eq. (6).
pub fn fit_bg_nbd(histories: &Histories) -> Fit<BetaGeometric> {
    fit_from(histories, FirstCoin::Spared, None)
}

/// Fits MBG/NBD by maximum likelihood, as [`fit_bg_nbd`].
pub fn fit_mbg_nbd(histories: &Histories) -> Fit<BetaGeometric> {
    fit_from(histories, FirstCoin::Tossed, None)
}

/// Log-likelihood of a whole table.
pub fn table_log_likelihood(histories: &Histories, model: &BetaGeometric) -> f64 {
    GeometricLikelihood::new(histories, model.coin).evaluate(&natural(model)).value
}

/// Gradient of the log-likelihood of a whole table by (r, α, a, b).
pub fn table_gradient(histories: &Histories, model: &BetaGeometric) -> Vec<f64> {
    GeometricLikelihood::new(histories, model.coin).evaluate(&natural(model)).gradient
}

fn natural(model: &BetaGeometric) -> [f64; 4] {
    [model.r, model.alpha, model.a, model.b]
}

/// The fit from several starts, or from the parameters of `near` alone.
pub(crate) fn fit_from(histories: &Histories, coin: FirstCoin, near: Option<&BetaGeometric>) -> Fit<BetaGeometric> {
    let full = GeometricLikelihood::new(histories, coin);
    let rate = nbd::mean_rate(histories);
    let repeat_buyers = histories.repeat_buyers() as u64;
    let short = repeat_buyers < MIN_REPEAT_BUYERS;
    let large = near.is_none() && histories.rows() > SAMPLE_ABOVE;
    let thin = large.then(|| histories.thinned(histories.rows() / SAMPLE_ROWS));
    let sample = thin.as_ref().map(|h| GeometricLikelihood::new(h, coin));
    let search = Search {
        full: &full,
        sample: sample.as_ref().map(|s| s as &dyn Likelihood),
        starts: near.map_or_else(|| starts(rate), |m| vec![natural(m).to_vec()]),
        bounds: bounds(rate),
        prior: short.then(|| weak_prior(rate)),
    };
    let mut found = search.run();
    let mut limit = if short { None } else { limit_of(&found) };
    if !short && found.parameters[2] / (found.parameters[2] + found.parameters[3]) < RARE_DROPOUT {
        let without = nbd::search(histories);
        if found.log_likelihood <= without.log_likelihood + SAME_LIKELIHOOD {
            found = without.without_dropout([NO_DROPOUT_SHAPE, 1.0], &full);
            limit = Some(Limit::NoDropout);
        }
    }
    let p = &found.parameters;
    let model = BetaGeometric { r: p[0], alpha: p[1], a: p[2], b: p[3], coin };
    let mut fit = found.into_fit(model, limit, histories.customers());
    if short {
        fit.status = FitStatus::TooFewRepeatBuyers { repeat_buyers, needed: MIN_REPEAT_BUYERS };
    }
    fit
}

/// Starts over shapes of purchasing and dropout; α from the mean rate.
fn starts(rate: f64) -> Vec<Vec<f64>> {
    [(0.3, 0.8, 2.5), (1.0, 0.5, 1.0), (0.8, 0.05, 3.0), (3.0, 1.5, 12.0)]
        .iter()
        .map(|(r, a, b)| vec![*r, r / (rate * (1.0 + a / b)), *a, *b])
        .collect()
}

/// Wide bounds; α relative to the mean time between purchases.
fn bounds(rate: f64) -> Vec<(f64, f64)> {
    let span = 1.0 / rate;
    vec![(1e-6, 1e6), (1e-9 * span, 1e9 * span), (1e-9, 1e7), (1e-6, 1e9)]
}

/// What is believed of a shop before its data are seen: rates around the
/// observed one, a dropout chance near 1 in 4, all within factors of some ten.
fn weak_prior(rate: f64) -> Prior {
    let strength = 1.0 / (1.2 * 1.2);
    let centre = [0.5, 0.5 / rate, 0.8, 2.4];
    Prior { terms: centre.iter().map(|c: &f64| (c.ln(), strength)).collect() }
}

/// The simpler model that the likelihood tends to, if any.
fn limit_of(found: &Found) -> Option<Limit> {
    let p = &found.parameters;
    if p[2] + p[3] > HUGE {
        return Some(Limit::HomogeneousDropout);
    }
    if p[2] + p[3] < TINY {
        return Some(Limit::AllOrNothingDropout);
    }
    if p[0] > HUGE {
        return Some(Limit::HomogeneousPurchasing);
    }
    if p[0] < TINY {
        return Some(Limit::ExtremePurchasing);
    }
    match (found.at_bound[2], found.at_bound[3]) {
        (-1, _) => Some(Limit::NoDropout),
        (_, -1) => Some(Limit::AllOrNothingDropout),
        _ => None,
    }
}
