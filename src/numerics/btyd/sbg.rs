//! Shifted beta-geometric: how long subscribers stay.
//!
//! A subscriber does not renew with probability θ ~ Beta(α, β), at every renewal.
//!
//! # References
//! Fader & Hardie (2007), *How to Project Customer Retention*, J. of Interactive
//! Marketing 21(1); Fader & Hardie (2010), *Customer-Base Valuation in a
//! Contractual Setting*, Marketing Science 29(1).

use super::fit::{Fit, FitStatus, Likelihood, Limit, Prior, Search};
use super::tails::{Sum2, Tails};
use crate::numerics::optimize::Evaluation;
use crate::numerics::special::{hyp2f1_unit, ln_beta_shift};
use serde::{Deserialize, Serialize};

/// Fewer cancellations than this carry no information on their spread.
const MIN_LOST: u64 = 2;

/// A sum of shapes beyond this stands for "no spread".
const HUGE: f64 = 1e4;

/// Parameters of the shifted beta-geometric model, both positive.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ShiftedBetaGeometric {
    /// First parameter of the chance not to renew.
    pub alpha: f64,
    /// Second parameter of the chance not to renew.
    pub beta: f64,
}

impl ShiftedBetaGeometric {
    /// Share of a cohort still there after `t` renewals, `B(α, β+t)/B(α, β)`; 2007, eq. (6).
    pub fn survival(&self, t: u32) -> f64 {
        ln_beta_shift(self.alpha, self.beta, f64::from(t)).exp()
    }

    /// Share of those there who renew for the t-th time (t ≥ 1),
    /// `(β+t−1)/(α+β+t−1)`; 2007, eq. (8). 1 for t = 0.
    pub fn retention(&self, t: u32) -> f64 {
        let done = f64::from(t) - 1.0;
        if t == 0 { 1.0 } else { (self.beta + done) / (self.alpha + self.beta + done) }
    }

    /// Share of a cohort lost at the t-th renewal (t ≥ 1); 2007, eq. (5).
    pub fn lost(&self, t: u32) -> f64 {
        if t == 0 { 0.0 } else { self.survival(t - 1) * (1.0 - self.retention(t)) }
    }

    /// Discounted expected lifetime of a new subscriber, in periods, the first paid
    /// now: `Σ_{t≥0} S(t)/(1+d)^t`; 2010, eq. (3). For d = 0 it is infinite unless α > 1.
    pub fn discounted_lifetime(&self, d: f64) -> f64 {
        self.ever(self.beta, d)
    }

    /// Discounted expected residual lifetime of a subscriber who has renewed
    /// `renewals` times and whose next renewal is due now:
    /// `Σ_{t>renewals} S(t)/S(renewals)/(1+d)^{t−renewals−1}`; 2010, eq. (6).
    pub fn discounted_residual_lifetime(&self, renewals: u32, d: f64) -> f64 {
        let beta = self.beta + f64::from(renewals);
        beta / (self.alpha + beta) * self.ever(beta + 1.0, d)
    }

    fn ever(&self, beta: f64, d: f64) -> f64 {
        if d > 0.0 {
            hyp2f1_unit(beta, self.alpha + beta, 1.0 / (1.0 + d))
        } else if self.alpha > 1.0 {
            (self.alpha + beta - 1.0) / (self.alpha - 1.0)
        } else {
            f64::INFINITY
        }
    }
}

/// Subscribers by how they ended: losses at renewal t and those still there.
#[derive(Debug, Clone)]
pub(crate) struct Cohort {
    /// Times (β, renewals passed) of everybody, and number lost.
    passed: Tails,
    lost: Vec<(f64, f64)>,
    total_lost: f64,
}

impl Likelihood for Cohort {
    /// Lost at t: `B(α+1, β+t−1)/B(α, β) = α/(α+β+t−1) · B(α, β+t−1)/B(α, β)`.
    fn evaluate(&self, p: &[f64]) -> Evaluation {
        let (alpha, beta) = (p[0], p[1]);
        let mut sum: Sum2 = self.passed.ln_beta(alpha, beta);
        sum.value += self.total_lost * alpha.ln();
        sum.a += self.total_lost / alpha;
        sum.aa -= self.total_lost / (alpha * alpha);
        for (passed, lost) in &self.lost {
            let inverse = 1.0 / (alpha + beta + passed);
            sum.value += lost * inverse.ln();
            sum.a -= lost * inverse;
            sum.b -= lost * inverse;
            let curved = lost * inverse * inverse;
            sum.aa += curved;
            sum.ab += curved;
            sum.bb += curved;
        }
        Evaluation {
            value: sum.value,
            gradient: vec![sum.a, sum.b],
            hessian: vec![vec![sum.aa, sum.ab], vec![sum.ab, sum.bb]],
        }
    }
}

/// Fits the model to a cohort: `survivors[t]` subscribers were left after t
/// renewals, `survivors[0]` at the start. A number above its predecessor counts as
/// no loss.
///
/// # Reference
/// Fader & Hardie (2007), eq. (B3).
pub fn fit_sbg(survivors: &[f64]) -> Fit<ShiftedBetaGeometric> {
    let cohort = Cohort::new(survivors);
    let start = survivors.first().copied().unwrap_or(0.0);
    let lost = cohort.total_lost as u64;
    let short = lost < MIN_LOST || survivors.len() < 3;
    let search = Search {
        full: &cohort,
        sample: None,
        starts: vec![vec![1.0, 1.0], vec![0.5, 4.0], vec![5.0, 20.0]],
        bounds: vec![(1e-7, 1e7); 2],
        prior: short.then(|| Prior { terms: vec![(0.0, 0.7), (1.0, 0.7)] }),
    };
    let found = search.run();
    let (alpha, beta) = (found.parameters[0], found.parameters[1]);
    let limit = if short {
        None
    } else if alpha + beta > HUGE {
        Some(Limit::HomogeneousDropout)
    } else {
        (alpha + beta < 1.0 / HUGE).then_some(Limit::AllOrNothingDropout)
    };
    let mut fit = found.into_fit(ShiftedBetaGeometric { alpha, beta }, limit, start);
    if short {
        fit.status = FitStatus::TooFewRepeatBuyers { repeat_buyers: lost, needed: MIN_LOST };
    }
    fit
}

impl Cohort {
    pub(crate) fn new(survivors: &[f64]) -> Self {
        let falls = survivors.windows(2).enumerate().map(|(t, w)| (t, (w[0] - w[1]).max(0.0)));
        let lost: Vec<(f64, f64)> = falls.map(|(t, lost)| (t as f64, lost)).collect();
        let left = survivors.last().copied().unwrap_or(0.0);
        let last = survivors.len().saturating_sub(1) as u64;
        let counts = lost.iter().enumerate().map(|(t, (_, lost))| (t as u64, *lost)).chain([(last, left)]);
        Self { passed: Tails::of_counts(counts), total_lost: lost.iter().map(|l| l.1).sum(), lost }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn losses_and_survivors_make_one() {
        let model = ShiftedBetaGeometric { alpha: 0.7, beta: 1.2 };
        let lost: f64 = (1..=40).map(|t| model.lost(t)).sum();
        assert!((lost + model.survival(40) - 1.0).abs() < 1e-13);
        let chain: f64 = (1..=40).map(|t| model.retention(t)).product();
        assert!((chain - model.survival(40)).abs() < 1e-13);
    }

    #[test]
    fn nobody_lost_is_flagged_and_finite() {
        let fit = fit_sbg(&[50.0, 50.0, 50.0, 50.0]);
        assert!(!fit.status.is_converged());
        assert!(fit.model.survival(10) > 0.5);
        assert!(fit_sbg(&[]).model.survival(3).is_finite());
        assert!(!fit_sbg(&[100.0, 40.0]).status.is_converged());
    }

    #[test]
    fn lifetimes_are_sums() {
        let model = ShiftedBetaGeometric { alpha: 0.7, beta: 1.2 };
        let sum: f64 = (0..3000).map(|t| model.survival(t) / 1.1f64.powi(t as i32)).sum();
        assert!((model.discounted_lifetime(0.1) - sum).abs() < 1e-11 * sum);
        let rest: f64 = (4..3000).map(|t| model.survival(t) / model.survival(3) / 1.1f64.powi(t as i32 - 4)).sum();
        assert!((model.discounted_residual_lifetime(3, 0.1) - rest).abs() < 1e-11 * rest);
        assert!(model.discounted_lifetime(0.0).is_infinite());
    }
}
