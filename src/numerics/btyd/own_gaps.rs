//! Purchases of a customer whose regular gaps are known in distribution.
//!
//! # Formula
//! A gap has k phases at rate λ; j of the running one are behind, with probabilities
//! `∝ (λs)^j/j!` after a silence s. The n-th purchase comes when `nk − j` more are done,
//! and counts if the coin let the customer pass n − 1 times:
//!
//! `E(h) = Σ_n (1−p)^{n−1} a_n`, `a_n = Σ_j P(j) P(M ≥ nk − j)`, M ~ Poisson(λh).

use super::model::Dropout;

/// More purchases than this in the horizon are as good as a steady flow; the phase
/// shifts them by half a purchase at most.
const MANY: f64 = 50.0;

/// More phases than this are not counted one by one.
const MANY_PHASES: f64 = 600.0;

/// A chance below this ends the sum.
const NEGLIGIBLE: f64 = 1e-12;

/// `a_n` of one customer over one horizon.
#[derive(Debug)]
pub(crate) struct OwnGaps {
    /// Purchases per unit of time, λ/k.
    rate: f64,
    horizon: f64,
    /// `a_1`, `a_2`, …; `None` where purchases flow.
    chances: Option<Vec<f64>>,
}

impl OwnGaps {
    /// Of a customer who makes `rate` purchases per unit of time.
    pub(crate) fn new(k: u32, rate: f64, silence: f64, horizon: f64) -> Self {
        let lambda = f64::from(k) * rate;
        let mean = lambda * horizon;
        if mean.is_nan() || mean > MANY_PHASES || rate * horizon > MANY {
            return Self { rate, horizon, chances: None };
        }
        let behind = phases_behind(k as usize, lambda * silence);
        let done = tails(mean);
        let nth = |n: usize| -> f64 {
            let chance = |j: usize| done.get(n * behind.len() - j).copied().unwrap_or(0.0);
            behind.iter().enumerate().map(|(j, weight)| weight * chance(j)).sum()
        };
        let chances = (1..=done.len()).map(nth).take_while(|a| *a > NEGLIGIBLE).collect();
        Self { rate, horizon, chances: Some(chances) }
    }

    /// Expected purchases, plain and discounted at the rate `delta` as a steady flow
    /// would be.
    pub(crate) fn purchases(&self, dropout: Dropout, delta: f64) -> (f64, f64) {
        let flow = |delta: f64| dropout.purchases(self.rate, self.horizon, delta);
        let even = flow(0.0);
        let discounted = if delta == 0.0 { even } else { flow(delta) };
        let (Some(chances), Dropout::PerPurchase(p)) = (&self.chances, dropout) else { return (even, discounted) };
        let plain = chances.iter().rev().fold(0.0, |sum, a| a + (1.0 - p) * sum);
        (plain, plain * discounted / even.max(f64::MIN_POSITIVE))
    }
}

/// `P(j) ∝ mean^j/j!` for j < k.
fn phases_behind(k: usize, mean: f64) -> Vec<f64> {
    // Divided by the largest on the way, so that nothing overflows.
    let mut weights = vec![1.0];
    for j in 1..k {
        let step = mean / j as f64;
        if step > 1.0 {
            for w in &mut weights {
                *w /= step;
            }
            weights.push(weights[j - 1] * step);
        } else {
            weights.push(weights[j - 1] * step);
        }
    }
    let total: f64 = weights.iter().sum();
    weights.iter().map(|w| w / total).collect()
}

/// P(M ≥ 0), P(M ≥ 1), … of a Poisson variable, until they are negligible.
fn tails(mean: f64) -> Vec<f64> {
    let last = (mean + 8.0 * mean.sqrt() + 20.0) as usize;
    let mut p = (-mean).exp();
    let mut tails: Vec<f64> = (0..=last)
        .map(|n| {
            let now = p;
            p *= mean / (n as f64 + 1.0);
            now
        })
        .collect();
    for n in (0..last).rev() {
        tails[n] += tails[n + 1];
    }
    tails
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One phase per gap is a Poisson process, whatever the silence.
    #[test]
    fn a_single_phase_has_no_memory() {
        for (rate, p, horizon) in [(0.3, 0.2, 13.0), (2.0, 0.01, 52.0), (0.01, 0.6, 4.0)] {
            let want = Dropout::PerPurchase(p).purchases(rate, horizon, 0.0);
            let got = OwnGaps::new(1, rate, 9.0, horizon).purchases(Dropout::PerPurchase(p), 0.0).0;
            assert!((got / want - 1.0).abs() < 1e-9, "{got} {want}");
        }
    }

    /// Who has been silent is nearer the next purchase; in the long run only by a part
    /// of one.
    #[test]
    fn silence_brings_the_next_purchase_nearer() {
        let at = |silence: f64| OwnGaps::new(3, 0.2, silence, 26.0).purchases(Dropout::PerPurchase(0.0), 0.0).0;
        assert!(at(0.0) < at(2.0) && at(2.0) < at(20.0));
        // a renewal process falls short of the flow by (k−1)/2k after a purchase
        assert!((at(0.0) - (5.2 - 1.0 / 3.0)).abs() < 1e-3, "{}", at(0.0));
        assert!((at(1e12) - (5.2 + 1.0 / 3.0)).abs() < 1e-3, "{}", at(1e12));
    }

    #[test]
    fn a_flow_joins_on_smoothly() {
        let at = |rate: f64| OwnGaps::new(2, rate, 1.0, 52.0).purchases(Dropout::PerPurchase(0.05), 0.002).1;
        let (below, above) = (at(49.99 / 52.0), at(50.01 / 52.0));
        assert!((above / below - 1.0).abs() < 0.02, "{below} {above}");
    }
}
