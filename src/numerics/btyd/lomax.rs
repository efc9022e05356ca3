//! The integral behind Pareto/NBD, by a rule that is exact to the last digits
//! for all parameters.
//!
//! # Formula
//! `I(Δ) = (s/β₁) ∫_0^Δ (1 + τ/α₁)^{−A} (1 + τ/β₁)^{−(s+1)} dτ`,
//! the probability of dropping out within Δ after t, weighed by the chance to
//! have made no purchase until then (A = r + x, α₁ = α + t, β₁ = β + t). It is
//! the A₀ of Fader & Hardie (2005), *A Note on Deriving the Pareto/NBD Model*,
//! without the difference of two ₂F₁ that loses its digits.
//!
//! In w = ln τ (or ln(τ/(Δ−τ)) for a finite Δ) the integrand is analytic in a
//! strip of half-width at least π/2 and falls off exponentially on both sides;
//! the trapezoid rule with step h then errs by about e^{−π²/h}. What lies
//! beyond the ends is a geometric series.

use crate::numerics::special::softplus;

/// Step of the exact rule: an error of e^{−39}.
const FINE: f64 = 0.25;

/// Distance below the slowest scale at which the integrand is e^w to 1e-17.
const LEFT: f64 = 20.0;

/// Parameters of the integrand.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lomax {
    /// A = r + x
    pub power: f64,
    /// α + t
    pub alpha: f64,
    /// s
    pub s: f64,
    /// β + t
    pub beta: f64,
}

impl Lomax {
    /// `ln I(Δ)` for 0 < Δ; −∞ for Δ = 0.
    pub(crate) fn ln_within(&self, delta: f64) -> f64 {
        if delta <= 0.0 {
            return f64::NEG_INFINITY;
        }
        let start = self.start().min(delta.ln() - LEFT);
        // w = ln(τ/(Δ−τ)); τ = Δ/(1+e^{−w}), dτ = τ(Δ−τ)/Δ dw.
        let first = start - delta.ln();
        let ln_term = |w: f64| {
            let ln_tau = delta.ln() - softplus(-w);
            ln_tau - softplus(w) + self.ln_decay(ln_tau.exp())
        };
        self.prefix() + trapezoid(&ln_term, first, FINE, (1.0, 1.0), 38.0)
    }

    /// `ln I(∞)`: the weight of dropping out at all.
    #[cfg(test)]
    pub(crate) fn ln_ever(&self) -> f64 {
        let (first, last) = self.range();
        let ln_term = |w: f64| w + self.ln_decay(w.exp());
        self.prefix() + trapezoid(&ln_term, first, FINE, (1.0, self.power + self.s), last)
    }

    /// Where the integrand, in w = ln τ, starts to differ from e^w and where
    /// its power-law tail has set in.
    pub(crate) fn range(&self) -> (f64, f64) {
        let reach = 39.0 / (1.0 + self.power + self.s);
        let tail = self.alpha.max(self.beta).ln() + 39.0_f64.min(reach.max(0.5));
        (self.start(), tail.max(self.start() + 1.0))
    }

    fn start(&self) -> f64 {
        -(self.power / self.alpha + (self.s + 1.0) / self.beta).ln() - LEFT
    }

    fn prefix(&self) -> f64 {
        self.s.ln() - self.beta.ln()
    }

    fn ln_decay(&self, tau: f64) -> f64 {
        -self.power * (tau / self.alpha).ln_1p() - (self.s + 1.0) * (tau / self.beta).ln_1p()
    }
}

/// Logarithm of the integral of `e^{ln_term(w)}` over the real line, from nodes
/// `first`, `first + step`, … to `last` and geometric tails that fall at the
/// rates `decay` (left, right).
fn trapezoid(ln_term: &dyn Fn(f64) -> f64, first: f64, step: f64, decay: (f64, f64), last: f64) -> f64 {
    let nodes = ((last - first) / step).ceil().max(1.0);
    let mut terms = Vec::new();
    let mut i = 0.0;
    while i <= nodes {
        terms.push(ln_term(first + i * step));
        i += 1.0;
    }
    let top = terms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = terms.iter().map(|t| (t - top).exp()).sum();
    let left = (terms[0] - top).exp() / (decay.0 * step).exp_m1();
    let right = (terms[terms.len() - 1] - top).exp() / (decay.1 * step).exp_m1();
    top + (step * (sum + left + right)).ln()
}

/// `∫_0^∞ e^{−δτ} (1 + τ/β)^{−s} dτ` for δ > 0, by the same rule.
pub(crate) fn discounted_survival_for_ever(beta: f64, s: f64, delta: f64) -> f64 {
    let first = -(delta + s / beta).ln() - LEFT;
    let last = (45.0 / delta).ln();
    let ln_term = |w: f64| {
        let tau = w.exp();
        w - delta * tau - s * (tau / beta).ln_1p()
    };
    trapezoid(&ln_term, first, 0.5 * FINE, (1.0, 40.0), last).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_scales_have_a_closed_form() {
        // α = β: I(∞) = s/(A+s), I(Δ) = s/(A+s) (1 − (1+Δ/β)^{−(A+s)}).
        for (power, s, scale) in [(0.8, 0.5, 10.0), (5000.0, 0.3, 1e-6), (0.01, 0.01, 1.0), (3.0, 4.8e5, 5.7e8)] {
            let at = Lomax { power, alpha: scale, s, beta: scale };
            assert!((at.ln_ever() - (s / (power + s)).ln()).abs() < 1e-13, "{power} {s}: {}", at.ln_ever());
            for delta in [1e-9 * scale, 0.3 * scale, 1e5 * scale] {
                let kept = -(-(power + s) * (delta / scale).ln_1p()).exp_m1();
                let want = (s / (power + s)).ln() + kept.ln();
                assert!(
                    (at.ln_within(delta) - want).abs() < 1e-12,
                    "{power} {s} {delta}: {} {want}",
                    at.ln_within(delta)
                );
            }
        }
    }

    #[test]
    fn within_grows_to_ever() {
        for at in [
            Lomax { power: 0.6, alpha: 40.0, s: 0.6, beta: 11.0 },
            Lomax { power: 50.0, alpha: 5e4, s: 0.4, beta: 3.0 },
            Lomax { power: 1.4, alpha: 1.4, s: 4.8e5, beta: 5.7e8 },
        ] {
            assert!(
                (at.ln_within(1e30) - at.ln_ever()).abs() < 1e-12,
                "{at:?}: {} {}",
                at.ln_within(1e30),
                at.ln_ever()
            );
        }
    }

    #[test]
    fn discounting_without_dropout_is_a_perpetuity() {
        assert!((discounted_survival_for_ever(10.0, 1e-12, 0.003) * 0.003 - 1.0).abs() < 1e-10);
    }
}
