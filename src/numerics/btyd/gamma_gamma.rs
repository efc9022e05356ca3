//! Gamma-Gamma: how much a customer spends per purchase day.
//!
//! | letter | meaning |
//! |---|---|
//! | p, ν | shape and rate of the gamma distribution of the single spends; the mean spend is ζ = p/ν |
//! | q, v | shape and rate of the gamma distribution of ν over customers; v in money |
//! | x, z | number of repeat purchase days and mean spend on them |
//!
//! The model assumes that spend and frequency are unrelated; see
//! [`super::spend::SpendTable::correlation`].
//!
//! # Reference
//! Fader & Hardie (2013), *The Gamma-Gamma Model of Monetary Value*, note 025
//! at brucehardie.com, equations (1a) and (5).

use crate::numerics::special::ln_beta;
use serde::{Deserialize, Serialize};

/// Parameters of the Gamma-Gamma model, all positive; `v` in money.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct GammaGamma {
    /// Shape of the spends of one customer.
    pub p: f64,
    /// Shape of the rates over customers.
    pub q: f64,
    /// Rate parameter over customers, in money.
    pub v: f64,
}

impl GammaGamma {
    /// Log-likelihood of a mean spend `z > 0` over `x ≥ 1` days.
    ///
    /// # Formula
    /// Note 025, eq. (1a), with the powers gathered so that nothing cancels:
    /// `−ln B(px, q) − ln z − px ln(1 + v/(xz)) − q ln(1 + xz/v)`.
    pub fn log_likelihood(&self, x: u32, z: f64) -> f64 {
        let n = f64::from(x);
        let (shape, total) = (self.p * n, n * z);
        -ln_beta(shape, self.q) - z.ln() - shape * (self.v / total).ln_1p() - self.q * (total / self.v).ln_1p()
    }

    /// Expected mean spend per purchase day, given `x` days with mean `z`;
    /// the mean of the population for `x = 0`. `None` where it is infinite
    /// (`px + q ≤ 1`).
    ///
    /// # Formula
    /// Note 025, eq. (5): `p(v + xz)/(px + q − 1)`.
    pub fn expected_mean(&self, x: u32, z: f64) -> Option<f64> {
        let shape = self.shape(x);
        (shape > 1.0).then(|| self.scale(x, z) / (shape - 1.0))
    }

    /// As [`GammaGamma::expected_mean`], with the harmonic mean
    /// `p(v + xz)/(px + q)` in the place of an infinite expectation.
    pub fn finite_mean(&self, x: u32, z: f64) -> f64 {
        self.expected_mean(x, z).unwrap_or_else(|| self.harmonic_mean(x, z))
    }

    /// `1/E[1/ζ] = p(v + xz)/(px + q)`: finite for all parameters.
    pub fn harmonic_mean(&self, x: u32, z: f64) -> f64 {
        self.scale(x, z) / self.shape(x)
    }

    /// Shape of the inverse-gamma posterior of ζ, `px + q`.
    pub fn shape(&self, x: u32) -> f64 {
        self.p * f64::from(x) + self.q
    }

    /// Scale of the inverse-gamma posterior of ζ, `p(v + xz)`.
    pub fn scale(&self, x: u32, z: f64) -> f64 {
        self.p * (self.v + f64::from(x) * if x == 0 { 0.0 } else { z })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_history_gives_the_population_mean() {
        let model = GammaGamma { p: 6.25, q: 3.74, v: 15.44 };
        let mean = model.expected_mean(0, f64::NAN).expect("q > 1");
        assert!((mean - 6.25 * 15.44 / 2.74).abs() < 1e-12);
    }

    #[test]
    fn an_infinite_mean_is_said_and_replaced() {
        let model = GammaGamma { p: 0.3, q: 0.5, v: 10.0 };
        assert_eq!(model.expected_mean(1, 20.0), None);
        assert!(model.finite_mean(1, 20.0).is_finite());
        assert!(model.expected_mean(2, 20.0).is_some());
    }

    #[test]
    fn long_histories_pull_the_mean_to_the_observed_one() {
        let model = GammaGamma { p: 6.25, q: 3.74, v: 15.44 };
        assert!((model.finite_mean(10_000, 50.0) - 50.0).abs() < 0.01);
    }
}
