//! Scores 1..=n for one measure of a customer, n being the best.
//!
//! What a score is: the number of the quantile bin in which the *mid-rank* of
//! a value falls. Among `N` values, a value with `worse` values below it and
//! `ties` values equal to it (itself included) has the mid-rank
//!
//! ```text
//! q = (worse + ties / 2) / N          0 < q < 1
//! score = 1 + floor(n q)              n bins of equal width
//! ```
//!
//! and the best value that occurs always gets `n`, however many customers
//! share it. "Worse" means smaller for a measure of which more is better
//! (orders, money) and larger for one of which less is better (days since the
//! last purchase): see [`Direction`]. The mid-rank is the usual average rank
//! of tied values (Kendall 1945, "The treatment of ties in ranking problems",
//! Biometrika 33, p. 239) moved by one half so that it lies symmetrically in
//! the unit interval (Hazen's plotting position).
//!
//! What follows from the rule, and is tested:
//!
//! - equal values get equal scores, whatever the order of the rows;
//! - a better value never gets a lower score;
//! - bins that nobody falls in stay empty: with 80 % one-time buyers their
//!   common mid-rank is 0.4, so all of them score 3 of 5, and the rest 5;
//! - every scoring is a set of cut points ([`CutPoints`]), which can be
//!   published and applied to other customers on another night.
//!
//! Measures are whole numbers (`i64`: days, counts, money in its smallest
//! stored unit), so no comparison depends on rounding.

mod cuts;
mod nested;
mod ranks;

pub use cuts::{CutPoints, Direction};
pub use nested::{NestedCuts, NestedScores, score_nested};

use std::ops::RangeInclusive;

/// The numbers of bins that may be asked for.
pub const BINS: RangeInclusive<u8> = 2..=10;

/// The number of bins used when nothing else is asked for.
pub const DEFAULT_BINS: u8 = 5;

/// Why a column could not be scored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScoreError {
    /// The number of bins is outside [`BINS`].
    #[error("`{setting}`: {bins} bins asked for, allowed are 2 to 10")]
    Bins {
        /// The setting that holds the number.
        setting: String,
        /// The number found there.
        bins: u8,
    },
    /// A list of cut points doesn't fit the number of scores.
    #[error("`{setting}`: {found} cut points given, {bins} scores need {needed}")]
    CutCount {
        /// The setting that holds the cut points.
        setting: String,
        /// The number of scores.
        bins: u8,
        /// The number of cut points found.
        found: usize,
        /// The number of cut points needed.
        needed: usize,
    },
    /// Cut points don't rise from one to the next.
    #[error("`{setting}`: cut points must rise, but {next} follows {previous} (position {position})")]
    CutOrder {
        /// The setting that holds the cut points.
        setting: String,
        /// Position of the offending cut point, counted from 1.
        position: usize,
        /// The cut point before it.
        previous: i64,
        /// The offending cut point.
        next: i64,
    },
    /// There is no value to take quantiles of.
    #[error("`{setting}`: no customer to score, at least 1 is needed")]
    Empty {
        /// The setting the scoring belongs to.
        setting: String,
    },
    /// A value can't be scored because no cut point could lie above it.
    #[error("`{setting}`: the value {value} is too large, allowed are values below {value}")]
    TooLarge {
        /// The setting the scoring belongs to.
        setting: String,
        /// The value, which is the largest whole number of 64 bits.
        value: i64,
    },
    /// Columns that describe the same customers differ in length.
    #[error("`{setting}`: {found} values for {expected} customers")]
    Length {
        /// The setting the scoring belongs to.
        setting: String,
        /// Number of values found.
        found: usize,
        /// Number of customers.
        expected: usize,
    },
}

/// The scores of one column and the cut points that produce them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scored {
    /// One score per value, in the order of the values.
    pub scores: Vec<u8>,
    /// The cut points; applied to the same values they give `scores` again.
    pub cuts: CutPoints,
}

impl Scored {
    /// Number of customers per score; entry 0 belongs to score 1.
    #[must_use]
    pub fn counts(&self) -> Vec<usize> {
        let mut counts = vec![0; usize::from(self.cuts.bins())];
        for &score in &self.scores {
            counts[usize::from(score) - 1] += 1;
        }
        counts
    }
}

/// Scores `values` by the quantile of their mid-rank (module documentation).
///
/// `setting` is the name errors speak of, such as `rfm.frequency`.
///
/// # Example
///
/// ```
/// use acrm::numerics::scores::{Direction, score_quantile};
///
/// let days_since_last = [1, 30, 90, 200, 387];
/// let scored = score_quantile("rfm.r", &days_since_last, 5, Direction::LowerIsBetter)?;
/// assert_eq!(scored.scores, [5, 4, 3, 2, 1]);
/// assert_eq!(scored.cuts.cuts(), [30, 90, 200, 387]);
/// assert_eq!(scored.cuts.score(45), 4);
/// # Ok::<(), acrm::numerics::scores::ScoreError>(())
/// ```
///
/// # Errors
///
/// [`ScoreError::Bins`] unless `bins` lies in [`BINS`]; [`ScoreError::Empty`]
/// without values; [`ScoreError::TooLarge`] if a value is `i64::MAX`.
pub fn score_quantile(setting: &str, values: &[i64], bins: u8, direction: Direction) -> Result<Scored, ScoreError> {
    let cuts = quantile_cuts(setting, values, bins, direction)?;
    let scores = cuts.score_all(values);
    Ok(Scored { scores, cuts })
}

/// The cut points that [`score_quantile`] uses, without the scores.
///
/// # Errors
///
/// As [`score_quantile`].
pub fn quantile_cuts(setting: &str, values: &[i64], bins: u8, direction: Direction) -> Result<CutPoints, ScoreError> {
    check_bins(setting, bins)?;
    let Some(&largest) = values.iter().max() else {
        return Err(ScoreError::Empty { setting: setting.to_owned() });
    };
    if largest == i64::MAX {
        return Err(ScoreError::TooLarge { setting: setting.to_owned(), value: largest });
    }
    let mut builder = cuts::CutBuilder::new(values.len(), bins, direction);
    ranks::for_each_distinct(values, |value, below, ties| builder.push(value, below, ties));
    Ok(builder.finish(largest))
}

/// Checks the number of bins against [`BINS`].
fn check_bins(setting: &str, bins: u8) -> Result<(), ScoreError> {
    if BINS.contains(&bins) { Ok(()) } else { Err(ScoreError::Bins { setting: setting.to_owned(), bins }) }
}

#[cfg(test)]
mod tests;
