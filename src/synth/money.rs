//! What a customer spends: gamma-gamma per purchase day, in whole cents.
//!
//! Reference: Fader & Hardie (2013), "The Gamma-Gamma model of monetary value", section 2: the rate ν is gamma (q, γ), each purchase
//! day's spend is gamma (p, ν).

use libm::{exp, lgamma, log, round};

use super::params::SpendModel;
use super::random::Stream;

/// The least that a purchase day can cost, in cents; without effect in all but one of some ten thousand days.
pub(super) const LEAST_CENTS: i64 = 100;

/// A customer's own spend distribution.
#[derive(Debug, Clone, Copy)]
pub(super) struct Purse {
    shape: f64,
    /// Mean spend per purchase day, in currency units.
    pub(super) mean: f64,
}

impl Purse {
    /// Draws the customer's mean.
    pub(super) fn draw(model: &SpendModel, stream: &mut Stream) -> Self {
        let rate = stream.gamma(model.q) / model.gamma;
        Self { shape: model.p, mean: model.p / rate }
    }

    /// Draws one purchase day's spend in cents.
    pub(super) fn day_cents(self, stream: &mut Stream) -> i64 {
        let units = stream.gamma(self.shape) / self.shape * self.mean;
        (round(units * 100.0) as i64).max(LEAST_CENTS)
    }

    /// Whether a day's spend is above the customer's mean.
    pub(super) fn is_large(self, cents: i64) -> bool {
        cents as f64 > self.mean * 100.0
    }
}

/// How a purchase day's spend splits at the customer's mean.
#[derive(Debug, Clone, Copy)]
pub(super) struct LargeSmall {
    /// Chance that a day's spend is above the mean.
    pub(super) large_share: f64,
    /// Mean of those above, in units of the mean.
    pub(super) large_mean: f64,
    /// Mean of the others, in units of the mean.
    pub(super) small_mean: f64,
}

impl LargeSmall {
    /// The split for a shape p: P(Z > p) with Z gamma (p), and E[Z; Z > p] / p = P(Z' > p) with Z' gamma (p + 1).
    pub(super) fn new(shape: f64) -> Self {
        let large_share = 1.0 - gamma_below(shape, shape);
        let large_part = 1.0 - gamma_below(shape + 1.0, shape);
        Self { large_share, large_mean: large_part / large_share, small_mean: (1.0 - large_part) / (1.0 - large_share) }
    }
}

/// Regularised lower incomplete gamma by its power series (DLMF 8.11.4).
fn gamma_below(shape: f64, x: f64) -> f64 {
    let mut term = 1.0 / shape;
    let mut sum = term;
    let mut n = shape;
    while term > sum * 1e-16 {
        n += 1.0;
        term *= x / n;
        sum += term;
    }
    sum * exp(shape * log(x) - x - lgamma(shape))
}
