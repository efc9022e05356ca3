//! Segments of the members of a study, known before its start.

use std::collections::BTreeMap;

use crate::numerics::experiments::RecencyBands;
use crate::numerics::rfm_segments::RfmSegment;
use crate::table::{Column, Kind, Table, TableError, display_real};

use super::options::{BY_RFM, CampaignsOptions};
use super::study::Study;

/// Segment of those who had not bought yet.
const NO_PURCHASE: &str = "no purchase before";

/// Segment of those with an empty cell.
const NOT_KNOWN: &str = "not known";

/// Segment of those in none of the largest.
const OTHERS: &str = "others";

/// More segments than this say nothing.
const MOST_SEGMENTS: usize = 40;

/// Numbers with more distinct values than this are put into four bands.
const MOST_NUMBERS: usize = 12;

/// The segments of the members of a study.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Grouping {
    pub(super) name: String,
    pub(super) labels: Vec<String>,
    /// Per member: number of the label.
    pub(super) codes: Vec<u32>,
}

/// All groupings that can be made, and the names of those that can't, with the reason.
pub(super) fn groupings(
    study: &Study,
    customers: &Table,
    options: &CampaignsOptions,
) -> Result<(Vec<Grouping>, Vec<(String, &'static str)>), TableError> {
    let (mut made, mut refused) = (Vec::new(), Vec::new());
    for name in &options.segments_by {
        let grouping = match name.as_str() {
            BY_RFM => Ok(by_rfm(study)),
            RecencyBands::COLUMN => Ok(by_days(study, &options.bands())),
            _ => by_attribute(study, name, customers.column(name)?).map(Some),
        };
        match grouping {
            Ok(grouping) => made.extend(grouping),
            Err(reason) => refused.push((name.clone(), reason)),
        }
    }
    Ok((made, refused))
}

fn by_rfm(study: &Study) -> Option<Grouping> {
    let labels = RfmSegment::ALL.iter().map(|segment| segment.name());
    let codes = study.rfm_before.iter().map(|segment| segment.map_or(RfmSegment::ALL.len() as u32, u32::from));
    numbered(BY_RFM, labels, codes.collect())
}

fn by_days(study: &Study, bands: &RecencyBands) -> Option<Grouping> {
    let labels = bands.labels();
    let none = labels.len() as u32;
    let codes = study.days_before.iter().map(|days| days.map_or(none, |days| bands.number(i64::from(days)) as u32));
    numbered(RecencyBands::COLUMN, labels.iter().map(String::as_str), codes.collect())
}

/// A grouping whose last label is for those who had not bought; none without transactions.
fn numbered<'a>(name: &str, labels: impl Iterator<Item = &'a str>, codes: Vec<u32>) -> Option<Grouping> {
    let labels = labels.chain([NO_PURCHASE]).map(str::to_owned).collect();
    (!codes.is_empty()).then(|| Grouping { name: name.to_owned(), labels, codes })
}

fn by_attribute(study: &Study, name: &str, column: &Column) -> Result<Grouping, &'static str> {
    let words: Vec<Option<String>> = match column.kind() {
        Kind::Category | Kind::Flag => words(study, column, Column::display),
        Kind::Count | Kind::Score | Kind::Real | Kind::Money => numbers(study, column),
        Kind::Text => return Err("a text with a different value for nearly everybody makes no segments"),
        Kind::Day | Kind::Days => return Err("days make no segments"),
    };
    Ok(largest(name, &words))
}

fn words(study: &Study, column: &Column, show: impl Fn(&Column, usize) -> String) -> Vec<Option<String>> {
    let word = |row: Option<u32>| {
        let row = row? as usize;
        (!column.is_null(row)).then(|| show(column, row))
    };
    study.members.iter().map(|member| word(member.row)).collect()
}

/// Few distinct numbers stay as they are, many are put into quarters of the members.
fn numbers(study: &Study, column: &Column) -> Vec<Option<String>> {
    let own: Vec<Option<f64>> =
        study.members.iter().map(|member| column.number(member.row? as usize).filter(|n| n.is_finite())).collect();
    let mut sorted: Vec<f64> = own.iter().flatten().copied().collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let mut distinct = sorted.clone();
    distinct.dedup();
    if distinct.len() <= MOST_NUMBERS {
        return words(study, column, Column::display);
    }
    let mut ends: Vec<f64> = [1, 2, 3].map(|quarter| sorted[quarter * sorted.len() / 4]).to_vec();
    ends.dedup();
    let label = |number: f64| {
        let at = ends.partition_point(|end| *end < number);
        match (at.checked_sub(1).map(|below| ends[below]), ends.get(at)) {
            (None, Some(end)) => format!("up to {}", display_real(*end)),
            (Some(below), Some(end)) => format!("over {} to {}", display_real(below), display_real(*end)),
            (Some(below), None) => format!("over {}", display_real(below)),
            (None, None) => NOT_KNOWN.to_owned(),
        }
    };
    own.into_iter().map(|number| number.map(label)).collect()
}

/// The words as segments in byte order; of very many only the largest have one of their own.
fn largest(name: &str, words: &[Option<String>]) -> Grouping {
    let word = |word: &Option<String>| word.as_deref().unwrap_or(NOT_KNOWN).to_owned();
    let mut sizes: BTreeMap<String, u64> = BTreeMap::new();
    for own in words {
        *sizes.entry(word(own)).or_default() += 1;
    }
    if sizes.len() > MOST_SEGMENTS {
        let mut order: Vec<(String, u64)> = sizes.into_iter().collect();
        order.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        order.truncate(MOST_SEGMENTS - 1);
        order.push((OTHERS.to_owned(), 0));
        sizes = order.into_iter().collect();
    }
    let labels: Vec<String> = sizes.into_keys().collect();
    let others = labels.binary_search_by(|label| label.as_str().cmp(OTHERS)).unwrap_or_default() as u32;
    let code = |own: &Option<String>| labels.binary_search(&word(own)).map_or(others, |at| at as u32);
    let codes = words.iter().map(code).collect();
    Grouping { name: name.to_owned(), labels, codes }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_words_the_largest_stay() {
        let mut words: Vec<Option<String>> = (0..100).map(|at| Some(format!("w{at:03}"))).collect();
        words.extend((0..50).map(|_| Some("w007".to_owned())));
        words.push(None);
        let found = largest("city", &words);
        assert_eq!(found.labels.len(), MOST_SEGMENTS);
        let label = |at: usize| found.labels[found.codes[at] as usize].as_str();
        assert_eq!((label(7), label(100), label(99)), ("w007", "w007", OTHERS));
        assert_eq!(label(150), NOT_KNOWN);
    }
}
