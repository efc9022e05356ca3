//! The earliest way in which a customer's history holds a pattern, and the days in it.

use super::projected::Projected;
use std::ops::Range;

/// Room for the search, kept from pattern to pattern.
#[derive(Debug, Default)]
pub(super) struct Embedding {
    /// Element of the history at each level, that is for each element of the pattern.
    places: Vec<u32>,
    /// The element behind the last one tried at each level.
    tried: Vec<u32>,
    /// Days from each level to the next, per customer.
    gaps: Vec<Vec<u32>>,
}

impl Embedding {
    /// Median days between successive elements of a pattern, over the customers
    /// who have it; `ends` lists elements of each of these.
    pub(super) fn median_gaps(&mut self, data: &Projected, pattern: &[Vec<u32>], ends: &[u32]) -> Vec<f64> {
        if pattern.len() < 2 {
            return Vec::new();
        }
        self.gaps.resize(self.gaps.len().max(pattern.len() - 1), Vec::new());
        self.gaps.iter_mut().for_each(Vec::clear);
        for ends in ends.chunk_by(|a, b| data.same_customer(*a, *b)) {
            for room in [&mut self.places, &mut self.tried] {
                room.clear();
                room.resize(pattern.len(), 0);
            }
            if self.place(data, pattern, 0, data.history_of(ends[0])) {
                for (gaps, places) in self.gaps.iter_mut().zip(self.places.windows(2)) {
                    gaps.push(data.days_between(places[0], places[1]));
                }
            }
        }
        self.gaps.iter_mut().take(pattern.len() - 1).map(|gaps| median(gaps)).collect()
    }

    /// Places the levels from `level` on, the first of them in the earliest
    /// element of a range from which the rest can be placed.
    ///
    /// What was tried before led nowhere. As later elements have no earlier
    /// followers it needn't be tried again, and each element is tried once
    /// per level.
    fn place(&mut self, data: &Projected, pattern: &[Vec<u32>], level: usize, range: Range<u32>) -> bool {
        for element in range.start.max(self.tried[level])..range.end {
            self.tried[level] = element + 1;
            if holds(data.items_of(element), &pattern[level]) {
                self.places[level] = element;
                if level + 1 == pattern.len() || self.place(data, pattern, level + 1, data.followers(element)) {
                    return true;
                }
            }
        }
        false
    }
}

/// Whether a set holds a part, both in rising order.
fn holds(set: &[u32], part: &[u32]) -> bool {
    let mut rest = set.iter();
    part.iter().all(|item| rest.any(|other| other == item))
}

/// Median of days, the mean of the middle two of an even number; 0 of none.
fn median(days: &mut [u32]) -> f64 {
    if days.is_empty() {
        return 0.0;
    }
    let (middle, even) = (days.len() / 2, days.len().is_multiple_of(2));
    let (below, upper, _) = days.select_nth_unstable(middle);
    match below.iter().max() {
        Some(lower) if even => (f64::from(*lower) + f64::from(*upper)) / 2.0,
        _ => f64::from(*upper),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn median_of_odd_even_and_no_days() {
        assert_eq!(median(&mut [7, 1, 3]).to_bits(), 3.0_f64.to_bits());
        assert_eq!(median(&mut [8, 1, 3, 4]).to_bits(), 3.5_f64.to_bits());
        assert_eq!(median(&mut []).to_bits(), 0.0_f64.to_bits());
    }

    #[test]
    fn a_set_holds_its_parts_only() {
        assert!(holds(&[1, 4, 9], &[]) && holds(&[1, 4, 9], &[1, 9]) && holds(&[1, 4, 9], &[4]));
        assert!(!holds(&[1, 4, 9], &[2]) && !holds(&[1, 4, 9], &[4, 9, 10]) && !holds(&[], &[1]));
    }
}
