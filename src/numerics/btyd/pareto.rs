//! Pareto/NBD: purchases at a gamma-distributed Poisson rate, until a lifetime
//! that is exponential at a gamma-distributed rate ends.
//!
//! | letter | meaning |
//! |---|---|
//! | r, α | shape and rate of the gamma distribution of purchase rates λ |
//! | s, β | shape and rate of the gamma distribution of dropout rates μ |
//!
//! # References
//! Schmittlein, Morrison & Colombo (1987), Management Science 33(1); Fader &
//! Hardie (2005), *A Note on Deriving the Pareto/NBD Model and Related
//! Expressions*, and (2007) *Computing DERT in the Pareto/NBD*, brucehardie.com.

use super::lomax::{Lomax, discounted_survival_for_ever};
use super::lomax_moments::{Moments, moments_at};
use super::model::{AlivePart, Dropout, History, TransactionModel};
use super::negative_binomial::NegativeBinomial;
use super::quadrature::{integrate_scaled, scaled_nodes};
use super::quantile::gamma_nodes;
use crate::numerics::special::{expm1_ratio, ln_gamma_ratio, logistic, softplus};
use serde::{Deserialize, Serialize};

/// Parameters of Pareto/NBD, all positive; `alpha` and `beta` in units of time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ParetoNbd {
    /// Shape of the purchase rates.
    pub r: f64,
    /// Rate parameter of the purchase rates, in units of time.
    pub alpha: f64,
    /// Shape of the dropout rates.
    pub s: f64,
    /// Rate parameter of the dropout rates, in units of time.
    pub beta: f64,
}

impl ParetoNbd {
    /// Log-odds of having dropped out by T:
    /// `ln[((α+T)/(α+t_x))^{r+x} ((β+T)/(β+t_x))^s I(T − t_x)]`, I the weight of a dropout within the silence.
    pub fn log_odds_gone(&self, x: u32, t_x: f64, t: f64) -> f64 {
        let power = self.r + f64::from(x);
        let silence = t - t_x;
        let (alpha, beta) = (self.alpha + t_x, self.beta + t_x);
        let raised = power * (silence / alpha).ln_1p() + self.s * (silence / beta).ln_1p();
        raised + Lomax { power, alpha, s: self.s, beta }.ln_within(silence)
    }

    /// `ln A₀` of Fader & Hardie (2005), the factor that the odds are made of.
    pub fn ln_a0(&self, x: u32, t_x: f64, t: f64) -> f64 {
        let power = self.r + f64::from(x);
        self.log_odds_gone(x, t_x, t) + ((power + self.s) / self.s).ln()
            - power * (self.alpha + t).ln()
            - self.s * (self.beta + t).ln()
    }

    /// Probability of having dropped out by T, exact where it is tiny.
    pub fn p_gone(&self, x: u32, t_x: f64, t: f64) -> f64 {
        logistic(self.log_odds_gone(x, t_x, t))
    }

    /// The time on which something happens to a customer alive at T.
    fn scale(&self, h: &History) -> f64 {
        1.0 / ((self.r + f64::from(h.x) + 1.0) / (self.alpha + h.t) + (self.s + 1.0) / (self.beta + h.t))
    }
}

impl TransactionModel for ParetoNbd {
    fn parameters(&self) -> Vec<f64> {
        vec![self.r, self.alpha, self.s, self.beta]
    }

    fn with_parameters(&self, p: &[f64]) -> Box<dyn TransactionModel> {
        Box::new(Self { r: p[0], alpha: p[1], s: p[2], beta: p[3] })
    }

    /// Fader & Hardie (2005), eq. (17) and (18).
    fn log_likelihood(&self, h: &History) -> f64 {
        let n = f64::from(h.x);
        ln_gamma_ratio(self.r, n)
            - self.r * (h.t / self.alpha).ln_1p()
            - n * (self.alpha + h.t).ln()
            - self.s * (h.t / self.beta).ln_1p()
            + softplus(self.log_odds_gone(h.x, h.t_x, h.t))
    }

    fn p_alive(&self, h: &History) -> f64 {
        logistic(-self.log_odds_gone(h.x, h.t_x, h.t))
    }

    fn alive_parts(&self, x: u32, times: &[f64]) -> Option<Vec<AlivePart>> {
        let base = Lomax { power: self.r + f64::from(x), alpha: self.alpha, s: self.s, beta: self.beta };
        let part = |(t, m): (&f64, Moments)| {
            let level = -base.power * (t / self.alpha).ln_1p() - self.s * (t / self.beta).ln_1p();
            AlivePart { level, gone: level + m.ln_gone, kept: m.ln_kept.exp() }
        };
        Some(times.iter().zip(moments_at(times, &base)).map(part).collect())
    }

    fn time_offset(&self) -> f64 {
        self.alpha.min(self.beta)
    }

    fn survival_if_alive(&self, h: &History, later: f64) -> f64 {
        (-self.s * (later / (self.beta + h.t)).ln_1p()).exp()
    }

    /// # Formula
    /// Fader & Hardie (2005), eq. (41) without P(alive):
    /// `(r+x)(β+T)/((α+T)(s−1)) · [1 − ((β+T)/(β+T+h))^{s−1}]`, written with
    /// `(1 − e^{−u})/u` so that s = 1 is no pole.
    fn expected_if_alive(&self, h: &History, horizon: f64) -> f64 {
        let beta = self.beta + h.t;
        let span = (horizon / beta).ln_1p();
        (self.r + f64::from(h.x)) / (self.alpha + h.t) * beta * span * expm1_ratio((self.s - 1.0) * span)
    }

    /// # Formula
    /// `(r+x)/(α+T) ∫_0^h e^{−δτ} ((β+T)/(β+T+τ))^s dτ`; for an infinite horizon this
    /// is DERT (Fader & Hardie 2007).
    fn discounted_if_alive(&self, h: &History, horizon: f64, delta: f64) -> f64 {
        if delta == 0.0 {
            return self.expected_if_alive(h, horizon);
        }
        let (rate, beta) = ((self.r + f64::from(h.x)) / (self.alpha + h.t), self.beta + h.t);
        if horizon.is_infinite() {
            return rate * discounted_survival_for_ever(beta, self.s, delta);
        }
        let ratio = |tau: f64| (-delta * tau - self.s * (tau / beta).ln_1p()).exp();
        rate * integrate_scaled(horizon, 1.0 / (delta + (1.0 + self.s) / beta), ratio)
    }

    /// # Formula
    /// Alive at `from`; purchases until dropout at u or until the end:
    /// `∫_0^τ f(u) P(N(u) = n) du + S(τ) P(N(τ) = n)`, u from `from`, with Lomax
    /// lifetimes and negative binomial counts (Fader & Hardie 2005, section 3).
    fn counts_if_alive(&self, h: &History, from: f64, to: f64, most: usize) -> Vec<f64> {
        let (shape, scale) = self.rate_if_alive(h);
        let reached = self.survival_if_alive(h, from);
        let (beta, length) = (self.beta + h.t + from, to - from);
        let survives = (-self.s * (length / beta).ln_1p()).exp();
        let mut counts = NegativeBinomial::new(shape, length / scale).probabilities(most);
        for c in &mut counts {
            *c *= survives;
        }
        let dying = |u: f64| self.s / beta * (-(self.s + 1.0) * (u / beta).ln_1p()).exp();
        let mut dead = vec![0.0; most + 1];
        for (u, weight) in scaled_nodes(length, self.scale(h)) {
            let at = NegativeBinomial::new(shape, u / scale).probabilities(most);
            dead.iter_mut().zip(at).for_each(|(c, p)| *c += weight * dying(u) * p);
        }
        counts.iter_mut().zip(dead).for_each(|(c, d)| *c = (*c + d) * reached);
        counts[0] += 1.0 - reached;
        counts
    }

    fn expected_new(&self, t: f64) -> f64 {
        self.expected_if_alive(&History::new(0, 0.0, 0.0), t)
    }

    fn new_counts(&self, t: f64, most: usize) -> Vec<f64> {
        self.counts_if_alive(&History::new(0, 0.0, 0.0), 0.0, t, most)
    }

    fn rate_if_alive(&self, h: &History) -> (f64, f64) {
        (self.r + f64::from(h.x), self.alpha + h.t)
    }

    fn dropout_if_alive(&self, h: &History, n: usize) -> Vec<Dropout> {
        gamma_nodes(self.s, self.beta + h.t, n).into_iter().map(Dropout::PerTime).collect()
    }

    /// # Formula
    /// `∫_0^h E[λ e^{−λu}] E[e^{−μu}] du`: the first purchase comes at u.
    fn p_purchase_if_alive(&self, h: &History, horizon: f64) -> f64 {
        let ((shape, alpha), beta) = (self.rate_if_alive(h), self.beta + h.t);
        let first = |u: f64| (-(shape + 1.0) * (u / alpha).ln_1p() - self.s * (u / beta).ln_1p()).exp();
        shape / alpha * integrate_scaled(horizon, self.scale(h), first)
    }
}
