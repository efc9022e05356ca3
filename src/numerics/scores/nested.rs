//! Nested scoring: frequency within groups of recency, money within both.
//!
//! Each recency score gets its own frequency quantiles, and each pair of
//! recency and frequency scores its own money quantiles, so that the 125
//! cells fill more evenly. A score then compares a customer with those like
//! them, not with everyone.

use super::{CutPoints, Direction, ScoreError, quantile_cuts};

/// Scores of the three measures and the cut points that produce them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NestedScores {
    /// Recency scores, 1..=n, one per customer.
    pub r: Vec<u8>,
    /// Frequency scores, 1..=n.
    pub f: Vec<u8>,
    /// Monetary scores, 1..=n.
    pub m: Vec<u8>,
    /// The cut points of every group.
    pub cuts: NestedCuts,
}

/// The cut points of a nested scoring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NestedCuts {
    /// Of recency, for everyone.
    pub r: CutPoints,
    /// Of frequency, `n` entries: entry `r − 1` is for recency score `r`.
    pub f: Vec<CutPoints>,
    /// Of money, `n²` entries: entry `(r − 1) n + f − 1` is for the scores `r`
    /// and `f`.
    pub m: Vec<CutPoints>,
}

impl NestedCuts {
    /// Scores one customer, 1..=n each.
    #[must_use]
    pub fn score(&self, days_since_last: i64, frequency: i64, monetary: i64) -> (u8, u8, u8) {
        let r = self.r.score(days_since_last);
        let f = self.f[usize::from(r) - 1].score(frequency);
        let group = (usize::from(r) - 1) * usize::from(self.r.bins()) + usize::from(f) - 1;
        (r, f, self.m[group].score(monetary))
    }
}

/// Scores days since the last purchase, then frequency within each recency
/// score, then money within each pair of scores.
///
/// A group that holds no customer gets the cut points of everyone, so that a
/// customer who falls into it on a later night is scored too.
///
/// # Errors
///
/// Those of [`quantile_cuts`], and [`ScoreError::Length`] if the columns
/// differ in length.
pub fn score_nested(
    setting: &str,
    days_since_last: &[i64],
    frequency: &[i64],
    monetary: &[i64],
    bins: u8,
) -> Result<NestedScores, ScoreError> {
    let expected = days_since_last.len();
    for column in [frequency, monetary] {
        if column.len() != expected {
            return Err(ScoreError::Length { setting: setting.to_owned(), found: column.len(), expected });
        }
    }
    let cuts_r = quantile_cuts(setting, days_since_last, bins, Direction::LowerIsBetter)?;
    let r = cuts_r.score_all(days_since_last);
    let width = usize::from(bins);

    let groups: Vec<usize> = r.iter().map(|&r| usize::from(r) - 1).collect();
    let (f, cuts_f) = score_within(setting, frequency, &groups, width, bins)?;

    let groups: Vec<usize> = groups.iter().zip(&f).map(|(&r, &f)| r * width + usize::from(f) - 1).collect();
    let (m, cuts_m) = score_within(setting, monetary, &groups, width * width, bins)?;

    Ok(NestedScores { r, f, m, cuts: NestedCuts { r: cuts_r, f: cuts_f, m: cuts_m } })
}

/// Quantile scores within each of `group_count` groups, more being better.
fn score_within(
    setting: &str,
    values: &[i64],
    groups: &[usize],
    group_count: usize,
    bins: u8,
) -> Result<(Vec<u8>, Vec<CutPoints>), ScoreError> {
    let mut members = vec![Vec::new(); group_count];
    for (&group, &value) in groups.iter().zip(values) {
        members[group].push(value);
    }
    let direction = Direction::HigherIsBetter;
    let everyone = quantile_cuts(setting, values, bins, direction)?;
    let cuts = members
        .iter()
        .map(
            |values| {
                if values.is_empty() { Ok(everyone.clone()) } else { quantile_cuts(setting, values, bins, direction) }
            },
        )
        .collect::<Result<Vec<_>, _>>()?;
    let scores = groups.iter().zip(values).map(|(&group, &value)| cuts[group].score(value)).collect();
    Ok((scores, cuts))
}
