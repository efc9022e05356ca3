//! Mean spends as the Gamma-Gamma likelihood sees them, and how they go with
//! frequency.

use super::histories::poisson;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Above this absolute correlation of frequency and mean spend the assumption
/// behind Gamma-Gamma fails and its values are inflated; the literature finds
/// about 0.1 harmless (Fader, Hardie & Lee 2005b: 0.11 in CDNOW).
pub const CORRELATION_LIMIT: f64 = 0.3;

/// From this many rows on, sorting runs on all threads; the result is the same.
const PARALLEL_FROM: usize = 200_000;

/// Customers that the spend model leaves out, by reason.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpendExclusions {
    /// No repeat purchase (x = 0): there is no repeat spend.
    pub no_repeat: u64,
    /// Mean repeat spend zero or negative.
    pub not_positive: u64,
    /// Mean repeat spend missing or not finite.
    pub not_finite: u64,
}

/// Correlation of the number of repeat days with the mean spend on them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Correlation {
    /// Product-moment correlation; 0 where either does not vary.
    pub pearson: f64,
    /// Rank correlation with mean ranks for ties; 0 where either does not vary.
    pub spearman: f64,
}

impl Correlation {
    /// Whether the independence assumption of Gamma-Gamma fails
    /// (either coefficient beyond [`CORRELATION_LIMIT`]).
    pub fn is_too_strong(&self) -> bool {
        self.pearson.abs() > CORRELATION_LIMIT || self.spearman.abs() > CORRELATION_LIMIT
    }
}

/// Rows of one x.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct SpendGroup {
    pub x: u32,
    pub start: usize,
    pub end: usize,
}

/// Mean spends of customers with `x ≥ 1` and `z > 0`, sorted by (x, z).
#[derive(Debug, Clone, PartialEq)]
pub struct SpendTable {
    pub(crate) groups: Vec<SpendGroup>,
    pub(crate) z: Vec<f64>,
    excluded: SpendExclusions,
}

impl SpendTable {
    /// From one entry per customer; entries beyond the shorter column are ignored.
    pub fn new(x: &[u32], z: &[f64]) -> Self {
        let mut excluded = SpendExclusions::default();
        let mut rows: Vec<u128> = Vec::with_capacity(x.len());
        for (x, z) in x.iter().zip(z) {
            match (*x, *z) {
                (0, _) => excluded.no_repeat += 1,
                (_, z) if !z.is_finite() => excluded.not_finite += 1,
                (_, z) if z <= 0.0 => excluded.not_positive += 1,
                (x, z) => rows.push(pair(u64::from(x), z.to_bits())),
            }
        }
        sort(&mut rows);
        Self::from_sorted(rows.iter().map(|row| ((row >> 64) as u32, f64::from_bits(*row as u64))), excluded)
    }

    fn from_sorted(rows: impl Iterator<Item = (u32, f64)>, excluded: SpendExclusions) -> Self {
        let mut groups: Vec<SpendGroup> = Vec::new();
        let mut spends = Vec::with_capacity(rows.size_hint().0);
        for (i, (x, z)) in rows.enumerate() {
            match groups.last_mut() {
                Some(g) if g.x == x => g.end = i + 1,
                _ => groups.push(SpendGroup { x, start: i, end: i + 1 }),
            }
            spends.push(z);
        }
        Self { groups, z: spends, excluded }
    }

    /// Customers in the table.
    pub fn customers(&self) -> usize {
        self.z.len()
    }

    /// Customers left out, by reason.
    pub fn excluded(&self) -> SpendExclusions {
        self.excluded
    }

    /// Mean of the mean spends; 0 for an empty table.
    pub fn mean(&self) -> f64 {
        if self.z.is_empty() { 0.0 } else { self.z.iter().sum::<f64>() / self.z.len() as f64 }
    }

    /// A bootstrap sample, as [`Histories::resampled`](super::Histories::resampled).
    #[must_use]
    pub fn resampled(&self, seed: u64) -> Self {
        let mut state = seed;
        let rows = self.rows().flat_map(|row| std::iter::repeat_n(row, poisson(1.0, &mut state) as usize));
        Self::from_sorted(rows, self.excluded)
    }

    /// Every `step`-th row.
    pub(crate) fn thinned(&self, step: usize) -> Self {
        let rows = self.rows().enumerate().filter(|(i, _)| i % step == step / 2).map(|(_, row)| row);
        Self::from_sorted(rows, self.excluded)
    }

    /// All rows (x, z) in order.
    pub(crate) fn rows(&self) -> impl Iterator<Item = (u32, f64)> + Clone + '_ {
        self.groups.iter().flat_map(|g| self.z[g.start..g.end].iter().map(|z| (g.x, *z)))
    }

    /// Correlation of x and z over the customers in the table; `None` for
    /// fewer than two of them.
    pub fn correlation(&self) -> Option<Correlation> {
        if self.customers() < 2 {
            return None;
        }
        let pearson = correlation_of(self.rows().map(|(x, z)| (f64::from(x), z)));
        // Rows ordered by spend; each row carries the mean rank of its x.
        let mut by_spend: Vec<u128> = Vec::with_capacity(self.customers());
        for g in &self.groups {
            by_spend.extend(self.z[g.start..g.end].iter().map(|z| pair(z.to_bits(), (g.start + g.end) as u64)));
        }
        sort(&mut by_spend);
        let mut ranks = Vec::with_capacity(by_spend.len());
        let mut start = 0;
        for run in by_spend.chunk_by(|a, b| a >> 64 == b >> 64) {
            let twice_rank = (2 * start + run.len()) as f64;
            ranks.extend(run.iter().map(|row| (*row as u64 as f64, twice_rank)));
            start += run.len();
        }
        Some(Correlation { pearson, spearman: correlation_of(ranks.iter().copied()) })
    }
}

/// Two numbers as one, which sorts without a branch per comparison; positive floats order as their bits do.
fn pair(first: u64, second: u64) -> u128 {
    u128::from(first) << 64 | u128::from(second)
}

fn sort(keys: &mut [u128]) {
    if keys.len() >= PARALLEL_FROM {
        keys.par_sort_unstable();
    } else {
        keys.sort_unstable();
    }
}

/// Product-moment correlation in two passes; 0 where either side is constant.
fn correlation_of(pairs: impl Iterator<Item = (f64, f64)> + Clone) -> f64 {
    let (n, sx, sy) = pairs.clone().fold((0u64, 0.0, 0.0), |(n, sx, sy), (x, y)| (n + 1, sx + x, sy + y));
    let (mx, my) = (sx / n as f64, sy / n as f64);
    let (xx, yy, xy) = pairs.fold((0.0, 0.0, 0.0), |(xx, yy, xy), (x, y)| {
        let (dx, dy) = (x - mx, y - my);
        (xx + dx * dx, yy + dy * dy, xy + dx * dy)
    });
    let scale = (xx * yy).sqrt();
    if scale > 0.0 { (xy / scale).clamp(-1.0, 1.0) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn customers_left_out_are_counted_with_the_reason() {
        let table = SpendTable::new(&[0, 1, 2, 3, 1], &[9.0, 0.0, -3.0, f64::NAN, 5.0]);
        assert_eq!(table.customers(), 1);
        assert_eq!(table.excluded(), SpendExclusions { no_repeat: 1, not_positive: 2, not_finite: 1 });
    }

    /// Twelve customers whose mean spend rises with frequency; two of them
    /// never came back and must not count.
    #[test]
    fn spend_that_rises_with_frequency_is_noticed() {
        let x = [1, 1, 2, 2, 3, 3, 4, 5, 6, 8, 0, 0];
        let z = [11.0, 9.5, 14.0, 16.5, 21.0, 19.0, 30.0, 34.0, 47.0, 61.0, 0.0, 0.0];
        let found = SpendTable::new(&x, &z).correlation().expect("ten customers");
        assert!((found.pearson - 0.990_163).abs() < 1e-6, "{found:?}");
        assert!((found.spearman - 0.990_867).abs() < 1e-6, "{found:?}");
        assert!(found.is_too_strong());
    }

    #[test]
    fn a_constant_has_no_correlation() {
        let found = SpendTable::new(&[1, 2, 3], &[5.0, 5.0, 5.0]).correlation().expect("three customers");
        assert_eq!(found, Correlation { pearson: 0.0, spearman: 0.0 });
        assert_eq!(SpendTable::new(&[1], &[5.0]).correlation(), None);
    }
}
