//! Cut points: the stored form of a scoring.

use super::{ScoreError, check_bins};

/// Most cut points a scoring can have: one fewer than the most bins.
const MAX_CUTS: usize = 9;

/// Which end of a measure is the good one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// More is better: orders, purchase days, money.
    HigherIsBetter,
    /// Less is better: days since the last purchase.
    LowerIsBetter,
}

/// `n − 1` cut points that turn a value into a score 1..=n.
///
/// The cut points stand in rising order of the *value*, whatever the
/// direction, and a value equal to a cut point lies on its upper side:
/// band `b` holds the values `v` with `cuts[b − 1] <= v < cuts[b]`. So
///
/// ```text
/// b     = number of cut points <= v           0..=n-1
/// score = 1 + b      if higher is better
/// score = n − b      if lower is better
/// ```
///
/// Own cut points rise strictly. Those taken from data may repeat: a score
/// between two equal cut points is one that nobody got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CutPoints {
    direction: Direction,
    cuts: Vec<i64>,
}

impl CutPoints {
    /// Cut points a user wrote down; they must rise strictly.
    ///
    /// # Errors
    ///
    /// [`ScoreError::Bins`], [`ScoreError::CutCount`] unless there are
    /// `bins − 1` of them, [`ScoreError::CutOrder`] unless they rise.
    pub fn fixed(setting: &str, cuts: &[i64], bins: u8, direction: Direction) -> Result<Self, ScoreError> {
        Self::checked(setting, cuts, bins, direction, |previous, next| previous < next)
    }

    /// Cut points that an earlier scoring published; equal ones are allowed.
    ///
    /// # Errors
    ///
    /// As [`CutPoints::fixed`], but only falling cut points are refused.
    pub fn pinned(setting: &str, cuts: &[i64], bins: u8, direction: Direction) -> Result<Self, ScoreError> {
        Self::checked(setting, cuts, bins, direction, |previous, next| previous <= next)
    }

    /// Cut points of the right number and order.
    fn checked(
        setting: &str,
        cuts: &[i64],
        bins: u8,
        direction: Direction,
        in_order: impl Fn(i64, i64) -> bool,
    ) -> Result<Self, ScoreError> {
        check_bins(setting, bins)?;
        let needed = usize::from(bins) - 1;
        if cuts.len() != needed {
            return Err(ScoreError::CutCount { setting: setting.to_owned(), bins, found: cuts.len(), needed });
        }
        if let Some(at) = cuts.windows(2).position(|pair| !in_order(pair[0], pair[1])) {
            return Err(ScoreError::CutOrder {
                setting: setting.to_owned(),
                position: at + 2,
                previous: cuts[at],
                next: cuts[at + 1],
            });
        }
        Ok(Self { direction, cuts: cuts.to_vec() })
    }

    /// Number of scores, `n`.
    #[must_use]
    pub fn bins(&self) -> u8 {
        count_u8(self.cuts.len()) + 1
    }

    /// Which end of the measure is the good one.
    #[must_use]
    pub fn direction(&self) -> Direction {
        self.direction
    }

    /// The `n − 1` cut points in rising order of the value.
    #[must_use]
    pub fn cuts(&self) -> &[i64] {
        &self.cuts
    }

    /// The score of one value, 1..=n.
    #[must_use]
    pub fn score(&self, value: i64) -> u8 {
        let band = count_u8(self.cuts.iter().filter(|&&cut| cut <= value).count());
        self.score_of_band(band)
    }

    /// The scores of many values.
    #[must_use]
    pub fn score_all(&self, values: &[i64]) -> Vec<u8> {
        let (first, step) = match self.direction {
            Direction::HigherIsBetter => (1_i64, 1_i64),
            Direction::LowerIsBetter => (i64::from(self.bins()), -1),
        };
        // A loop over a fixed array has no branch that depends on the data.
        let mut cuts = [0_i64; MAX_CUTS];
        cuts[..self.cuts.len()].copy_from_slice(&self.cuts);
        let count = self.cuts.len();
        let band = |value: i64| match count {
            4 => cuts[..4].iter().map(|&cut| i64::from(cut <= value)).sum::<i64>(),
            _ => cuts[..count].iter().map(|&cut| i64::from(cut <= value)).sum(),
        };
        values.iter().map(|&value| to_u8(first + step * band(value))).collect()
    }

    /// Bands count upwards with the value, scores with the merit.
    fn score_of_band(&self, band: u8) -> u8 {
        match self.direction {
            Direction::HigherIsBetter => 1 + band,
            Direction::LowerIsBetter => self.bins() - band,
        }
    }
}

/// Collects cut points from the distinct values of a column, in rising order.
#[derive(Debug)]
pub(super) struct CutBuilder {
    total: u64,
    bins: u8,
    direction: Direction,
    cuts: Vec<i64>,
}

impl CutBuilder {
    pub(super) fn new(total: usize, bins: u8, direction: Direction) -> Self {
        let cuts = Vec::with_capacity(usize::from(bins) - 1);
        Self { total: total as u64, bins, direction, cuts }
    }

    /// Takes the next larger distinct `value`, which has `below` smaller and
    /// `ties` equal values, itself included.
    pub(super) fn push(&mut self, value: i64, below: u64, ties: u64) {
        let above = self.total - below - ties;
        let band = match self.direction {
            Direction::HigherIsBetter => self.score(below, ties, above) - 1,
            Direction::LowerIsBetter => u64::from(self.bins) - self.score(above, ties, below),
        };
        // Every band up to this one starts here at the latest.
        while (self.cuts.len() as u64) < band {
            self.cuts.push(value);
        }
    }

    /// score = 1 + floor(n (worse + ties/2) / N), in whole numbers.
    fn score(&self, worse: u64, ties: u64, better: u64) -> u64 {
        if better == 0 {
            return u64::from(self.bins);
        }
        1 + u64::from(self.bins) * (2 * worse + ties) / (2 * self.total)
    }

    /// Bands above the largest value, whose scores nobody got, start right
    /// after it. That happens only where less is better.
    pub(super) fn finish(mut self, largest: i64) -> CutPoints {
        let bands = usize::from(self.bins) - 1;
        self.cuts.resize(bands, largest.saturating_add(1));
        CutPoints { direction: self.direction, cuts: self.cuts }
    }
}

/// A number of cut points, which is at most [`MAX_CUTS`].
fn count_u8(count: usize) -> u8 {
    u8::try_from(count).unwrap_or(u8::MAX)
}

/// A score, which lies in 1..=10.
fn to_u8(score: i64) -> u8 {
    score as u8
}
