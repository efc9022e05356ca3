//! Expected purchases of a customer who is alive, without poles.
//!
//! # Formula
//! Given alive at T, λ ~ Gamma(s, β) and p ~ Beta(a, b′) are independent, with
//! s = r + x, β = α + T and b′ = b + coins tossed. The expected purchases in
//! the next h are
//!
//! `E(h) = E_p[(1 − (1 + p h/β)^{−s}) / p]`
//!
//! which Fader, Hardie & Lee (2005), eq. (10), write as
//! `(a+b′−1)/(a−1) · [1 − (β/(β+h))^s ₂F₁(s, b′; a+b′−1; h/(β+h))]`: a difference
//! with a pole at a = 1 and a third argument that may be negative. Expanding
//! under the expectation in y = h/(β+h) gives a series of positive terms,
//!
//! `E(h) = (1−y)^s Σ_n (s)_n/n! · yⁿ · S_n`,  `S_n = Σ_{i<n} (b′)_i/(a+b′)_i`,
//!
//! which has neither, and whose weights and `S_n` depend on x alone, so that they
//! are shared by all customers with the same x.

use super::quadrature::{beta_rule, expected_by_trapezoid, gauss_legendre};

/// The series is left for the trapezoid rule when it needs more terms.
const MAX_TERMS: f64 = 60_000.0;

/// Terms below this part of the sum end the series.
const NEGLIGIBLE: f64 = 1e-17;

/// A sum above this is scaled down, so that nothing overflows.
const RESCALE_AT: f64 = 1e200;

/// The series of one x, growing its table of terms as needed.
#[derive(Debug, Clone)]
pub struct AliveSeries {
    shape: f64,
    a: f64,
    b: f64,
    /// (s+n)/(n+1): the step from one weight to the next.
    steps: Vec<f64>,
    /// `S_n`
    sums: Vec<f64>,
    /// `(b′)_i/(a+b′)_i` for the next i.
    next: f64,
}

impl AliveSeries {
    /// Series for λ ~ Gamma(shape, ·) and p ~ Beta(a, b).
    pub fn new(shape: f64, a: f64, b: f64) -> Self {
        Self { shape, a, b, steps: Vec::new(), sums: vec![0.0], next: 1.0 }
    }

    /// Expected purchases in the next `horizon` where β = `scale`.
    pub fn expected(&mut self, scale: f64, horizon: f64) -> f64 {
        if horizon <= 0.0 {
            return 0.0;
        }
        if (horizon / scale).is_nan() {
            return f64::NAN;
        }
        if horizon.is_infinite() {
            return self.expected_for_ever();
        }
        let y = horizon / (scale + horizon);
        if self.terms_needed(horizon / scale) > MAX_TERMS {
            return expected_by_trapezoid(self.shape, self.a, self.b, horizon / scale);
        }
        self.sum(y)
    }

    /// `E[1/p]`, the limit for an infinite horizon: infinite unless a > 1.
    fn expected_for_ever(&self) -> f64 {
        if self.a > 1.0 { (self.a + self.b - 1.0) / (self.a - 1.0) } else { f64::INFINITY }
    }

    /// Terms until the negative binomial weights have died away.
    fn terms_needed(&self, z: f64) -> f64 {
        let mean = self.shape * z;
        mean + 9.0 * (mean * (1.0 + z)).sqrt() + 42.0 * (1.0 + z)
    }

    /// Probability of being alive `later` after now, `E_p[(1 + p·later/β)^{−s}]`: the
    /// same expansion with `(b′)_n/(a+b′)_n` in the place of `S_n`.
    pub fn survival(&mut self, scale: f64, later: f64) -> f64 {
        if later <= 0.0 {
            return 1.0;
        }
        let z = later / scale;
        if z.is_nan() {
            return f64::NAN;
        }
        if self.terms_needed(z) > MAX_TERMS {
            let at = |p: f64| (-self.shape * (p * z).ln_1p()).exp();
            return beta_rule(self.a, self.b).iter().map(|(p, _, weight)| weight * at(*p)).sum();
        }
        let (mut weight, mut kept, mut weights, mut total) = (1.0, 1.0, 1.0, 1.0);
        let y = later / (scale + later);
        let mut n = 0.0;
        loop {
            let ratio = (self.shape + n) / (n + 1.0) * y;
            weight *= ratio;
            kept *= (self.b + n) / (self.a + self.b + n);
            weights += weight;
            total += weight * kept;
            n += 1.0;
            if ratio < 1.0 && weight <= NEGLIGIBLE * weights * (1.0 - ratio) {
                return total / weights;
            }
            if weights > RESCALE_AT {
                weight /= RESCALE_AT;
                weights /= RESCALE_AT;
                total /= RESCALE_AT;
            }
        }
    }

    fn sum(&mut self, y: f64) -> f64 {
        let mut weight = 1.0;
        let (mut weights, mut total) = (1.0, 0.0);
        let mut n = 0;
        loop {
            self.grow(n + 8);
            for k in n..n + 8 {
                weight *= self.steps[k] * y;
                weights += weight;
                total += weight * self.sums[k + 1];
            }
            n += 8;
            let ratio = self.steps[n - 1] * y * (1.0 + 1.0 / n as f64);
            if ratio < 1.0 && weight * self.sums[n] <= NEGLIGIBLE * total * (1.0 - ratio) {
                return total / weights;
            }
            if weights.max(total) > RESCALE_AT {
                weight /= RESCALE_AT;
                weights /= RESCALE_AT;
                total /= RESCALE_AT;
            }
        }
    }

    fn grow(&mut self, terms: usize) {
        while self.steps.len() < terms {
            let n = self.steps.len() as f64;
            self.steps.push((self.shape + n) / (n + 1.0));
            let sum = self.sums[self.sums.len() - 1] + self.next;
            self.sums.push(sum);
            self.next *= (self.b + n) / (self.a + self.b + n);
        }
    }

    /// Expected discounted purchases in the next `horizon`, β = `scale`, at the
    /// continuous rate `delta`.
    ///
    /// # Formula
    /// By parts, `∫ e^{−δτ} dE(τ) = e^{−δh} E(h) + δ ∫_0^h e^{−δτ} E(τ) dτ`, by
    /// Gauss–Legendre in u = ln(1 + τ/β), in which E is smooth.
    pub fn discounted(&mut self, scale: f64, horizon: f64, delta: f64) -> f64 {
        if horizon.is_infinite() && delta > 0.0 {
            // e^{−δτ} is below the last digit from here on.
            return self.discounted(scale, 45.0 / delta, delta);
        }
        let plain = self.expected(scale, horizon);
        self.discounted_from(plain, scale, horizon, delta)
    }

    /// As [`AliveSeries::discounted`], with `E(horizon)` already at hand.
    pub(crate) fn discounted_from(&mut self, plain: f64, scale: f64, horizon: f64, delta: f64) -> f64 {
        if delta == 0.0 || horizon <= 0.0 {
            return plain;
        }
        let width = (horizon / scale).ln_1p();
        let mut area = 0.0;
        for (node, weight) in gauss_legendre(panel_nodes(width)) {
            let u = 0.5 * width * (1.0 + node);
            let tau = scale * u.exp_m1();
            area += weight * (u - delta * tau).exp() * self.expected(scale, tau);
        }
        (-delta * horizon).exp() * plain + delta * scale * 0.5 * width * area
    }
}

/// Nodes that keep the quadrature error below 1e-10 of the result.
fn panel_nodes(width: f64) -> usize {
    if width < 1.0 {
        8
    } else if width < 3.0 {
        16
    } else {
        48
    }
}
