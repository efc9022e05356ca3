//! The earliest way in which a customer's history holds a pattern, and the days in it.

use super::projected::Projected;
use std::ops::Range;

/// No element.
const NONE: u32 = u32::MAX;

/// Room for the search, kept from pattern to pattern.
#[derive(Debug, Default)]
pub(super) struct Embedding {
    /// Per element of the pattern and of the customer, the first from there on
    /// in which the rest of the pattern can begin.
    next: Vec<u32>,
    /// Days from each element of the pattern to the next, per customer.
    gaps: Vec<Vec<i64>>,
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
            let history = data.history_of(ends[0]);
            if !self.walk_ahead(data, pattern, history.clone()) {
                self.prepare(data, pattern, history.clone());
                self.walk(data, pattern.len(), history);
            }
        }
        self.gaps.iter_mut().take(pattern.len() - 1).map(|gaps| median(gaps)).collect()
    }

    /// Takes the earliest element at each level without looking further, and
    /// notes the days between. `false`, and nothing noted, where that leads
    /// beyond a gap.
    fn walk_ahead(&mut self, data: &Projected, pattern: &[Vec<u32>], history: Range<u32>) -> bool {
        let (mut range, mut last) = (history, None);
        for (level, items) in pattern.iter().enumerate() {
            let Some(element) = range.into_iter().find(|element| holds(data.items_of(*element), items)) else {
                for gaps in self.gaps.iter_mut().take(level.saturating_sub(1)) {
                    gaps.pop();
                }
                return false;
            };
            if let Some(last) = last {
                self.gaps[level - 1].push(data.days_between(last, element));
            }
            range = data.followers(element);
            last = Some(element);
        }
        true
    }

    /// From the last element of the pattern to the first: where each can lie
    /// so that the rest still fits behind it.
    fn prepare(&mut self, data: &Projected, pattern: &[Vec<u32>], history: Range<u32>) {
        let size = history.len() + 1;
        self.next.clear();
        self.next.resize(size * pattern.len(), NONE);
        for level in (0..pattern.len()).rev() {
            for element in history.clone().rev() {
                let place = level * size + (element - history.start) as usize;
                let fits = holds(data.items_of(element), &pattern[level])
                    && (level + 1 == pattern.len() || self.follower(data, level, element, &history) != NONE);
                self.next[place] = if fits { element } else { self.next[place + 1] };
            }
        }
    }

    /// The first element behind `element` for the level after `level`.
    fn follower(&self, data: &Projected, level: usize, element: u32, history: &Range<u32>) -> u32 {
        let followers = data.followers(element);
        let start = (level + 1) * (history.len() + 1) + (followers.start - history.start) as usize;
        if followers.is_empty() || self.next[start] >= followers.end { NONE } else { self.next[start] }
    }

    /// Takes the earliest element at each level and notes the days between.
    fn walk(&mut self, data: &Projected, levels: usize, history: Range<u32>) {
        let mut element = self.next[0];
        for level in 0..levels - 1 {
            if element == NONE {
                return;
            }
            let next = self.follower(data, level, element, &history);
            if next != NONE {
                self.gaps[level].push(data.days_between(element, next));
            }
            element = next;
        }
    }
}

/// Whether a set holds a part, both in rising order.
fn holds(set: &[u32], part: &[u32]) -> bool {
    let mut rest = set.iter();
    part.iter().all(|item| rest.any(|other| other == item))
}

/// Median of days, the mean of the middle two of an even number; 0 of none.
fn median(days: &mut [i64]) -> f64 {
    if days.is_empty() {
        return 0.0;
    }
    let (middle, even) = (days.len() / 2, days.len().is_multiple_of(2));
    let (below, upper, _) = days.select_nth_unstable(middle);
    match below.iter().max() {
        Some(lower) if even => (*lower + *upper) as f64 / 2.0,
        _ => *upper as f64,
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
