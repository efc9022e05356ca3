//! Purchase histories as the likelihoods see them: distinct rows
//! (x, `t_x`, T) with how many customers share each, in one canonical order.
//!
//! The order of the customers is gone after this step, so that everything
//! computed from here on is the same to the bit however they came. Times are
//! kept once each, in a table, because every logarithm that a likelihood takes
//! is of a parameter plus one of these times.

use super::ranks::Ranks;
use rayon::prelude::*;
use thiserror::Error;

/// Days in the unit of time of the published parameters.
pub const DAYS_PER_WEEK: f64 = 7.0;

/// From this many customers on, sorting runs on all threads; the result is
/// the same.
const PARALLEL_FROM: usize = 200_000;

/// A table of customers that is not one.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum HistoryError {
    /// The columns differ in length.
    #[error("columns x, t_x and T have {x}, {t_x} and {t} rows; they must have the same number")]
    Lengths {
        /// Rows of x.
        x: usize,
        /// Rows of `t_x`.
        t_x: usize,
        /// Rows of T.
        t: usize,
    },
    /// A time is negative, not finite, or later than the end of observation.
    #[error("row {row}: t_x = {t_x} and T = {t} break 0 <= t_x <= T < infinity (x = {x}; t_x must be 0 where x is 0)")]
    Times {
        /// Row, counted from 0.
        row: usize,
        /// Repeat purchases.
        x: u32,
        /// Time of the last purchase.
        t_x: f64,
        /// End of observation.
        t: f64,
    },
    /// The unit of time is not positive.
    #[error("days_per_unit = {0} must be positive and finite")]
    Unit(f64),
}

/// Rows of one repeat count x, as a range of the row columns.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Group {
    /// Repeat purchases of every row in the range.
    pub x: u32,
    /// First row.
    pub start: usize,
    /// One past the last row.
    pub end: usize,
    /// Customers in the range.
    pub weight: f64,
}

/// Distinct purchase histories with their number of customers.
#[derive(Debug, Clone, PartialEq)]
pub struct Histories {
    days_per_unit: f64,
    customers: f64,
    pub(crate) groups: Vec<Group>,
    /// Index of `t_x` in `times`, per row.
    pub(crate) t_x: Vec<u32>,
    /// Index of T in `times`, per row.
    pub(crate) t: Vec<u32>,
    /// Customers, per row.
    pub(crate) weight: Vec<f64>,
    /// Distinct times, ascending, in units.
    pub(crate) times: Vec<f64>,
    /// Customers with T at each time.
    pub(crate) ends: Vec<f64>,
    /// Repeat purchases of the customers with T at each time.
    pub(crate) end_purchases: Vec<f64>,
}

impl Histories {
    /// From whole days, one entry per customer; the unit becomes the week.
    ///
    /// # Errors
    /// Columns of different length, `t_x > T`, or `t_x > 0` where `x = 0`.
    pub fn from_days(x: &[u32], t_x_days: &[u32], t_days: &[u32]) -> Result<Self, HistoryError> {
        check_lengths(x.len(), t_x_days.len(), t_days.len())?;
        let bad = (0..x.len()).find(|&i| t_x_days[i] > t_days[i] || (x[i] == 0 && t_x_days[i] > 0));
        if let Some(row) = bad {
            let (t_x, t) = (f64::from(t_x_days[row]), f64::from(t_days[row]));
            return Err(HistoryError::Times { row, x: x[row], t_x, t });
        }
        let days = Ranks::new(t_x_days.iter().chain(t_days).copied());
        let mut rows = Rows::default();
        for ((x, t_x, t), weight) in distinct_days(x, t_x_days, t_days, &days) {
            rows.push(x, t_x, t, weight);
        }
        let times = days.distinct.iter().map(|d| f64::from(*d) / DAYS_PER_WEEK).collect();
        Ok(Self::from_rows(rows, DAYS_PER_WEEK, times))
    }

    /// From times in any unit, `days_per_unit` days long, one entry per customer.
    ///
    /// # Errors
    /// As [`Histories::from_days`], or times or a unit that are not finite.
    pub fn from_values(x: &[u32], t_x: &[f64], t: &[f64], days_per_unit: f64) -> Result<Self, HistoryError> {
        check_lengths(x.len(), t_x.len(), t.len())?;
        if !(days_per_unit > 0.0 && days_per_unit.is_finite()) {
            return Err(HistoryError::Unit(days_per_unit));
        }
        let fine = |i: usize| t_x[i] >= 0.0 && t_x[i] <= t[i] && t[i].is_finite() && (x[i] > 0 || t_x[i] == 0.0);
        if let Some(row) = (0..x.len()).find(|&i| !fine(i)) {
            return Err(HistoryError::Times { row, x: x[row], t_x: t_x[row], t: t[row] });
        }
        // Non-negative floats order as their bits do; adding 0 removes the sign of -0.
        let mut keys: Vec<(u32, u64, u64)> =
            (0..x.len()).map(|i| (x[i], (t_x[i] + 0.0).to_bits(), (t[i] + 0.0).to_bits())).collect();
        keys.sort_unstable();
        let mut bits: Vec<u64> = keys.iter().flat_map(|(_, t_x, t)| [*t_x, *t]).collect();
        bits.sort_unstable();
        bits.dedup();
        let place = |key: u64| u32::try_from(bits.partition_point(|b| *b < key)).unwrap_or(u32::MAX);
        let mut rows = Rows::default();
        for ((x, t_x, t), weight) in runs(&keys) {
            rows.push(x, place(t_x), place(t), weight);
        }
        let times = bits.iter().map(|b| f64::from_bits(*b)).collect();
        Ok(Self::from_rows(rows, days_per_unit, times))
    }

    /// From distinct rows in order.
    fn from_rows(rows: Rows, days_per_unit: f64, times: Vec<f64>) -> Self {
        let mut ends = vec![0.0; times.len()];
        let mut end_purchases = vec![0.0; times.len()];
        for g in &rows.groups {
            let x = f64::from(g.x);
            for (end, weight) in rows.t[g.start..g.end].iter().zip(&rows.weight[g.start..g.end]) {
                ends[*end as usize] += weight;
                end_purchases[*end as usize] += weight * x;
            }
        }
        Self {
            days_per_unit,
            customers: rows.weight.iter().sum(),
            groups: rows.groups,
            t_x: rows.t_x,
            t: rows.t,
            weight: rows.weight,
            times,
            ends,
            end_purchases,
        }
    }

    /// Days in one unit of time.
    pub fn days_per_unit(&self) -> f64 {
        self.days_per_unit
    }

    /// Number of customers.
    pub fn customers(&self) -> f64 {
        self.customers
    }

    /// Number of distinct rows.
    pub fn rows(&self) -> usize {
        self.weight.len()
    }

    /// Customers with at least one repeat purchase.
    pub fn repeat_buyers(&self) -> f64 {
        self.groups.iter().filter(|g| g.x > 0).map(|g| g.weight).sum()
    }

    /// Repeat purchases of all customers.
    pub fn repeat_purchases(&self) -> f64 {
        self.groups.iter().map(|g| g.weight * f64::from(g.x)).sum()
    }

    /// Observed time of all customers, in units.
    pub fn exposure(&self) -> f64 {
        self.times.iter().zip(&self.ends).map(|(t, w)| t * w).sum()
    }

    /// Every distinct row as (x, `t_x`, T, customers), times in units.
    pub fn iter(&self) -> impl Iterator<Item = (u32, f64, f64, f64)> + '_ {
        self.groups.iter().flat_map(move |g| {
            (g.start..g.end)
                .map(move |i| (g.x, self.times[self.t_x[i] as usize], self.times[self.t[i] as usize], self.weight[i]))
        })
    }

    /// A bootstrap sample: every customer counts as often as a Poisson variable of
    /// mean 1 says, so a row of w customers counts Poisson(w) times (Hanley &
    /// `MacGibbon` 2006). The same seed gives the same sample.
    #[must_use]
    pub fn resampled(&self, seed: u64) -> Self {
        let mut state = seed;
        let mut rows = Rows::default();
        for g in &self.groups {
            for i in g.start..g.end {
                let weight = poisson(self.weight[i], &mut state);
                if weight > 0.0 {
                    rows.push(g.x, self.t_x[i], self.t[i], weight);
                }
            }
        }
        Self::from_rows(rows, self.days_per_unit, self.times.clone())
    }

    /// Every `step`-th row with its weight scaled up by `step`: a sample
    /// stratified by (x, `t_x`, T), since the rows are in that order.
    pub(crate) fn thinned(&self, step: usize) -> Self {
        let kept: Vec<usize> = (step / 2..self.rows()).step_by(step).collect();
        let factor = self.customers / kept.iter().map(|&i| self.weight[i]).sum::<f64>();
        let mut rows = Rows::default();
        for g in &self.groups {
            let first = kept.partition_point(|i| *i < g.start);
            for &i in kept[first..].iter().take_while(|i| **i < g.end) {
                rows.push(g.x, self.t_x[i], self.t[i], factor * self.weight[i]);
            }
        }
        Self::from_rows(rows, self.days_per_unit, self.times.clone())
    }
}

/// Columns of distinct rows under way.
#[derive(Default)]
struct Rows {
    groups: Vec<Group>,
    t_x: Vec<u32>,
    t: Vec<u32>,
    weight: Vec<f64>,
}

impl Rows {
    /// Adds the next row in order; times are places in the table of times.
    fn push(&mut self, x: u32, t_x: u32, t: u32, weight: f64) {
        let row = self.t.len();
        match self.groups.last_mut() {
            Some(g) if g.x == x => {
                g.end = row + 1;
                g.weight += weight;
            }
            _ => self.groups.push(Group { x, start: row, end: row + 1, weight }),
        }
        self.t_x.push(t_x);
        self.t.push(t);
        self.weight.push(weight);
    }
}

/// The next number of `SplitMix64` (Steele, Lea & Flood 2014) in (0, 1).
fn uniform(state: &mut u64) -> f64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64 + f64::EPSILON / 4.0
}

/// A Poisson variable, by counting exponential gaps in stretches of mean 30.
pub(crate) fn poisson(mean: f64, state: &mut u64) -> f64 {
    let (mut left, mut count) = (mean, 0.0);
    while left > 0.0 {
        let stretch = left.min(30.0);
        left -= stretch;
        let floor = (-stretch).exp();
        let mut product = uniform(state);
        while product > floor {
            count += 1.0;
            product *= uniform(state);
        }
    }
    count
}

fn check_lengths(x: usize, t_x: usize, t: usize) -> Result<(), HistoryError> {
    if x == t_x && x == t { Ok(()) } else { Err(HistoryError::Lengths { x, t_x, t }) }
}

/// Distinct (x, `t_x`, T), times as ranks, in order; packed into one word each, as x
/// takes at most 32 bits and there are fewer than 2^16 distinct days in practice.
fn distinct_days(x: &[u32], t_x: &[u32], t: &[u32], days: &Ranks) -> Vec<((u32, u32, u32), f64)> {
    let width = |max: u64| 64 - max.leading_zeros();
    let (wide, bits) = (u64::from(x.iter().copied().max().unwrap_or(0)), width(days.distinct.len() as u64));
    let rank = |day: u32| days.of(day) as u64;
    let part = |word: u64| u32::try_from(word).unwrap_or(u32::MAX);
    if width(wide) + 2 * bits > 64 {
        let mut keys: Vec<(u32, u32, u32)> =
            (0..x.len()).map(|i| (x[i], part(rank(t_x[i])), part(rank(t[i])))).collect();
        keys.sort_unstable();
        return runs(&keys).collect();
    }
    let pack = |i: usize| (u64::from(x[i]) << (2 * bits)) | (rank(t_x[i]) << bits) | rank(t[i]);
    let mut keys: Vec<u64> = (0..x.len()).map(pack).collect();
    if keys.len() >= PARALLEL_FROM {
        keys.par_sort_unstable();
    } else {
        keys.sort_unstable();
    }
    let mask = (1u64 << bits) - 1;
    runs(&keys)
        .map(|(key, weight)| ((part(key >> (2 * bits)), part((key >> bits) & mask), part(key & mask)), weight))
        .collect()
}

/// Distinct values of a sorted slice with how often each occurs.
fn runs<K: Copy + PartialEq>(sorted: &[K]) -> impl Iterator<Item = (K, f64)> + '_ {
    sorted.chunk_by(|a, b| a == b).map(|run| (run[0], run.len() as f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_customers_become_one_weighted_row_in_any_order() {
        let a = Histories::from_days(&[1, 0, 1, 2], &[7, 0, 7, 3], &[14, 9, 14, 9]).expect("valid");
        let b = Histories::from_days(&[2, 1, 1, 0], &[3, 7, 7, 0], &[9, 14, 14, 9]).expect("valid");
        assert_eq!(a, b);
        assert_eq!(a.rows(), 3);
        assert_eq!(a.iter().nth(1), Some((1, 1.0, 2.0, 2.0)));
        assert_eq!((a.customers(), a.repeat_buyers(), a.repeat_purchases()), (4.0, 3.0, 4.0));
    }

    #[test]
    fn huge_days_and_counts_fit_too() {
        let h = Histories::from_days(&[u32::MAX, 1], &[u32::MAX, 1], &[u32::MAX, 1]).expect("valid");
        assert_eq!(h.iter().map(|r| r.0).collect::<Vec<_>>(), vec![1, u32::MAX]);
    }

    #[test]
    fn days_and_weeks_hold_the_same_rows() {
        let days = Histories::from_days(&[1, 0], &[7, 0], &[14, 21]).expect("valid");
        let weeks = Histories::from_values(&[1, 0], &[1.0, 0.0], &[2.0, 3.0], 7.0).expect("valid");
        assert_eq!(days, weeks);
    }

    #[test]
    fn impossible_histories_are_refused() {
        assert!(matches!(Histories::from_days(&[1], &[8], &[7]), Err(HistoryError::Times { row: 0, .. })));
        assert!(Histories::from_days(&[0], &[1], &[7]).is_err());
        assert!(matches!(Histories::from_days(&[0], &[], &[7]), Err(HistoryError::Lengths { .. })));
        assert!(Histories::from_values(&[1], &[f64::NAN], &[1.0], 7.0).is_err());
        assert!(Histories::from_values(&[1], &[1.0], &[1.0], 0.0).is_err());
    }

    #[test]
    fn bootstrap_samples_have_the_right_spread() {
        let h = Histories::from_days(&[0; 400], &[0; 400], &[70; 400]).expect("valid");
        let sizes: Vec<f64> = (0..200).map(|seed| h.resampled(seed).customers()).collect();
        let mean = sizes.iter().sum::<f64>() / 200.0;
        let variance = sizes.iter().map(|s| (s - mean).powi(2)).sum::<f64>() / 199.0;
        assert!((mean - 400.0).abs() < 6.0, "{mean}");
        assert!((variance / 400.0 - 1.0).abs() < 0.35, "{variance}");
        assert_eq!(h.resampled(3), h.resampled(3));
    }

    #[test]
    fn thinning_keeps_the_number_of_customers() {
        let x: Vec<u32> = (0..1000).map(|i| i % 5).collect();
        let t_x: Vec<u32> =
            x.iter().enumerate().map(|(i, x)| if *x == 0 { 0 } else { 1 + (i as u32 * 7) % 50 }).collect();
        let t: Vec<u32> = (0..1000).map(|i| 60 + i % 31).collect();
        let h = Histories::from_days(&x, &t_x, &t).expect("valid");
        let thin = h.thinned(10);
        assert!((thin.customers() - 1000.0).abs() < 1e-9 && thin.rows() < h.rows() / 9);
    }
}
