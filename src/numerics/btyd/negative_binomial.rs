//! Counts of a Poisson process whose rate is gamma-distributed.

use crate::numerics::special::{ln_gamma, ln_gamma_ratio};

/// Counts below this are not skipped even if they hardly occur.
const SKIP_FROM: f64 = 500.0;

/// Negative binomial distribution of the purchases in a stretch of time:
/// rates Gamma(shape, β), stretch z·β long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NegativeBinomial {
    shape: f64,
    z: f64,
}

impl NegativeBinomial {
    pub(crate) fn new(shape: f64, z: f64) -> Self {
        Self { shape, z }
    }

    /// P(N = 0), …, P(N = most):
    /// `(1+z)^{−s} (s)_n/n! (z/(1+z))ⁿ`, in logs so that a tiny first term does
    /// not wipe out the rest.
    pub(crate) fn probabilities(self, most: usize) -> Vec<f64> {
        let mut ln_p = -self.shape * self.z.ln_1p();
        let ln_y = self.z.ln() - self.z.ln_1p();
        let mut all = Vec::with_capacity(most + 1);
        if ln_p > -700.0 {
            let (mut p, y) = (ln_p.exp(), ln_y.exp());
            for n in 0..=most {
                all.push(p);
                p *= (self.shape + n as f64) / (n as f64 + 1.0) * y;
            }
            return all;
        }
        for n in 0..=most {
            all.push(ln_p.exp());
            ln_p += ((self.shape + n as f64) / (n as f64 + 1.0)).ln() + ln_y;
        }
        all
    }

    /// A count beyond which the probabilities are below 1e-17.
    pub(crate) fn enough(self) -> usize {
        let mean = self.shape * self.z;
        (mean + 9.0 * (mean * (1.0 + self.z)).sqrt() + 42.0 * (1.0 + self.z)).min(2e6) as usize
    }

    /// Standard deviations and tail, roughly: how many counts matter.
    pub(crate) fn spread(self) -> f64 {
        18.0 * (self.shape * self.z * (1.0 + self.z)).sqrt() + 42.0 * (1.0 + self.z)
    }

    /// The probabilities continued to real counts.
    pub(crate) fn density(self, n: f64) -> f64 {
        let ln_y = self.z.ln() - self.z.ln_1p();
        (ln_gamma_ratio(self.shape, n) - ln_gamma(n + 1.0) + n * ln_y - self.shape * self.z.ln_1p()).exp()
    }

    /// The counts that matter: the first one, and the probabilities from it on. What
    /// is left out at either side is below 1e-17.
    pub(crate) fn window(self) -> (usize, Vec<f64>) {
        let mean = self.shape * self.z;
        let first = mean - 12.0 * (mean * (1.0 + self.z)).sqrt();
        if first < SKIP_FROM {
            return (0, self.probabilities(self.enough()));
        }
        let first = first.floor();
        let ln_y = self.z.ln() - self.z.ln_1p();
        let ln_p =
            ln_gamma_ratio(self.shape, first) - ln_gamma(first + 1.0) + first * ln_y - self.shape * self.z.ln_1p();
        let (mut p, y) = (ln_p.exp(), ln_y.exp());
        let start = first as usize;
        let probabilities = (start..=self.enough().max(start))
            .map(|n| {
                let now = p;
                p *= (self.shape + n as f64) / (n as f64 + 1.0) * y;
                now
            })
            .collect();
        (start, probabilities)
    }

    /// P(N ≥ 0), …, P(N ≥ most), summed from the far end so that small tails keep
    /// their digits.
    pub(crate) fn tails(self, most: usize) -> Vec<f64> {
        let p = self.probabilities(most.max(self.enough()));
        let mut tails = vec![0.0; p.len()];
        let mut sum = 0.0;
        for (tail, p) in tails.iter_mut().zip(&p).rev() {
            sum += p;
            *tail = sum;
        }
        tails.truncate(most + 1);
        tails
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_holds_everything() {
        for (shape, z) in [(0.25, 8.0), (3000.0, 1.5), (120_000.0, 0.33)] {
            let (first, p) = NegativeBinomial::new(shape, z).window();
            let mean: f64 = p.iter().enumerate().map(|(n, p)| (first + n) as f64 * p).sum();
            assert!((p.iter().sum::<f64>() - 1.0).abs() < 1e-9, "{shape} {z}: {}", p.iter().sum::<f64>());
            assert!((mean - shape * z).abs() < 1e-9 * (1.0 + mean), "{shape} {z}: {mean}");
        }
    }

    #[test]
    fn probabilities_sum_to_one_and_have_the_mean() {
        for (shape, z) in [(0.25, 8.0), (3.0, 0.1), (900.0, 1.3)] {
            let p = NegativeBinomial::new(shape, z).probabilities(4000);
            let mean: f64 = p.iter().enumerate().map(|(n, p)| n as f64 * p).sum();
            assert!((p.iter().sum::<f64>() - 1.0).abs() < 1e-11, "{shape} {z}");
            assert!((mean - shape * z).abs() < 1e-9 * (1.0 + mean), "{shape} {z}: {mean}");
        }
    }
}
