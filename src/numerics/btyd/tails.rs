//! Sums over customers of `ln Γ(y + n) − ln Γ(y)` and
//! `ln B(a, b + n) − ln B(a, b)` with derivatives, for whole counts n.
//!
//! Both are sums over i < n, so over all customers they are one sum over i,
//! weighted by how many customers have a count above i: no gamma function per
//! customer, and nothing that cancels.

use super::histories::Group;
use crate::numerics::special::{digamma, ln_beta_shift, ln_gamma_ratio, trigamma};

/// Runs longer than this are summed in closed form.
const DIRECT_RUN: u64 = 64;

/// Steps i in `start..end` all have the same number of customers above them.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Run {
    start: u64,
    end: u64,
    weight: f64,
}

/// How many customers have a count above i, for every i.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tails(Vec<Run>);

/// A weighted sum with its first and second derivative.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Sum1 {
    pub value: f64,
    pub first: f64,
    pub second: f64,
}

/// A weighted sum of two parameters with its derivatives.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Sum2 {
    pub value: f64,
    pub a: f64,
    pub b: f64,
    pub aa: f64,
    pub ab: f64,
    pub bb: f64,
}

impl Tails {
    /// Tails of the counts `scale·x + offset` over the groups of x.
    pub(crate) fn new(groups: &[Group], scale: u64, offset: u64) -> Self {
        let counts = groups.iter().map(|g| (scale * u64::from(g.x) + offset, g.weight));
        Self::of_counts(counts)
    }

    /// Tails of ascending counts with their weights.
    pub(crate) fn of_counts(counts: impl Iterator<Item = (u64, f64)>) -> Self {
        let counts: Vec<(u64, f64)> = counts.collect();
        let mut runs = Vec::with_capacity(counts.len());
        let mut above = 0.0;
        for (i, (count, weight)) in counts.iter().enumerate().rev() {
            above += weight;
            let start = if i == 0 { 0 } else { counts[i - 1].0 };
            if *count > start {
                runs.push(Run { start, end: *count, weight: above });
            }
        }
        runs.reverse();
        Self(runs)
    }

    /// `Σ [ln Γ(y + n) − ln Γ(y)]` over customers, derivatives by y.
    pub(crate) fn ln_rising(&self, y: f64) -> Sum1 {
        let mut total = Sum1::default();
        for run in &self.0 {
            let part = run.rising(y);
            total.value += run.weight * part.value;
            total.first += run.weight * part.first;
            total.second += run.weight * part.second;
        }
        total
    }

    /// `Σ [ln B(a, b + n) − ln B(a, b)]` over customers, derivatives by a and b.
    pub(crate) fn ln_beta(&self, a: f64, b: f64) -> Sum2 {
        let mut total = Sum2::default();
        for run in &self.0 {
            let part = run.beta(a, b);
            total.value += run.weight * part.value;
            total.a += run.weight * part.a;
            total.b += run.weight * part.b;
            total.aa += run.weight * part.aa;
            total.ab += run.weight * part.ab;
            total.bb += run.weight * part.bb;
        }
        total
    }
}

impl Run {
    fn steps(self) -> impl Iterator<Item = f64> {
        (self.start..self.end).map(|i| i as f64)
    }

    fn rising(self, y: f64) -> Sum1 {
        if self.end - self.start > DIRECT_RUN {
            let (low, high) = (y + self.start as f64, y + self.end as f64);
            return Sum1 {
                value: ln_gamma_ratio(low, high - low),
                first: digamma(high) - digamma(low),
                second: trigamma(high) - trigamma(low),
            };
        }
        self.steps().fold(Sum1::default(), |sum, i| {
            let inverse = 1.0 / (y + i);
            Sum1 { value: sum.value + (y + i).ln(), first: sum.first + inverse, second: sum.second - inverse * inverse }
        })
    }

    fn beta(self, a: f64, b: f64) -> Sum2 {
        if self.end - self.start > DIRECT_RUN {
            return self.beta_closed(a, b);
        }
        self.steps().fold(Sum2::default(), |sum, i| {
            let (lower, upper) = (1.0 / (b + i), 1.0 / (a + b + i));
            Sum2 {
                value: sum.value - (a * lower).ln_1p(),
                a: sum.a - upper,
                b: sum.b + a * lower * upper,
                aa: sum.aa + upper * upper,
                ab: sum.ab + upper * upper,
                bb: sum.bb - a * lower * upper * (lower + upper),
            }
        })
    }

    fn beta_closed(self, a: f64, b: f64) -> Sum2 {
        let (low, n) = (b + self.start as f64, (self.end - self.start) as f64);
        let first = |y: f64| digamma(y + n) - digamma(y);
        let second = |y: f64| trigamma(y + n) - trigamma(y);
        let (upper, upper2) = (first(a + low), second(a + low));
        Sum2 {
            value: ln_beta_shift(a, low, n),
            a: -upper,
            b: first(low) - upper,
            aa: -upper2,
            ab: -upper2,
            bb: second(low) - upper2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numerics::special::{ln_beta, ln_gamma};

    #[test]
    fn sums_over_tails_equal_sums_over_customers() {
        let counts = [(0u64, 3.0), (1, 2.0), (4, 1.0), (300, 2.0)];
        let tails = Tails::of_counts(counts.into_iter());
        let (y, a, b) = (0.7, 0.9, 2.3);
        let rising: f64 = counts.iter().map(|(n, w)| w * (ln_gamma(y + *n as f64) - ln_gamma(y))).sum();
        let beta: f64 = counts.iter().map(|(n, w)| w * (ln_beta(a, b + *n as f64) - ln_beta(a, b))).sum();
        assert!((tails.ln_rising(y).value - rising).abs() < 1e-10 * rising.abs());
        assert!((tails.ln_beta(a, b).value - beta).abs() < 1e-11 * beta.abs());
    }

    #[test]
    fn derivatives_equal_differences() {
        let tails = Tails::of_counts([(2u64, 3.0), (5, 1.5), (90, 2.0)].into_iter());
        let h = 1e-5;
        let s = tails.ln_rising(0.7);
        let (up, down) = (tails.ln_rising(0.7 + h), tails.ln_rising(0.7 - h));
        assert!(((up.value - down.value) / (2.0 * h) - s.first).abs() < 1e-6 * s.first.abs());
        assert!(((up.first - down.first) / (2.0 * h) - s.second).abs() < 1e-6 * s.second.abs());
        let t = tails.ln_beta(0.9, 2.3);
        let (up, down) = (tails.ln_beta(0.9 + h, 2.3), tails.ln_beta(0.9 - h, 2.3));
        assert!(((up.value - down.value) / (2.0 * h) - t.a).abs() < 1e-7);
        assert!(((up.a - down.a) / (2.0 * h) - t.aa).abs() < 1e-7);
        assert!(((up.b - down.b) / (2.0 * h) - t.ab).abs() < 1e-7);
        let (up, down) = (tails.ln_beta(0.9, 2.3 + h), tails.ln_beta(0.9, 2.3 - h));
        assert!(((up.value - down.value) / (2.0 * h) - t.b).abs() < 1e-7);
        assert!(((up.b - down.b) / (2.0 * h) - t.bb).abs() < 1e-7);
    }
}
