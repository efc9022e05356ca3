//! Itemsets found, in order, and which of them say something their supersets don't.

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use std::cmp::Ordering;

/// A set of items and the number of baskets that hold all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Itemset {
    /// Item ids in rising order.
    pub items: Vec<u32>,
    /// Number of baskets that hold all of them.
    pub count: u32,
    /// Whether no larger itemset found has the same count.
    pub closed: bool,
    /// Whether no larger itemset found holds it.
    pub maximal: bool,
}

/// Frequent itemsets, by length and then by items.
///
/// Whatever part of an itemset is frequent too, so all parts are there.
///
/// An itemset shorter than the maximum length is closed exactly if no superset
/// has its count, and maximal exactly if no superset is frequent: one more
/// item is enough to tell, and those are all found. An itemset of the maximum
/// length counts as closed and maximal, for nothing longer was looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Itemsets {
    baskets: u32,
    sets: Vec<Itemset>,
}

/// Where each itemset stands.
pub(super) type Positions<'a> = HashMap<&'a [u32], usize, FixedState>;

impl Itemsets {
    /// Takes all frequent itemsets of a number of baskets, in any order.
    pub(super) fn new(baskets: u32, mut sets: Vec<Itemset>) -> Self {
        sets.sort_unstable_by(|a, b| by_length(&a.items, &b.items));
        let mut found = Self { baskets, sets };
        found.mark();
        found
    }

    /// Number of baskets looked at, the empty ones among them.
    pub fn baskets(&self) -> u32 {
        self.baskets
    }

    /// The itemsets, by length and then by items.
    pub fn sets(&self) -> &[Itemset] {
        &self.sets
    }

    /// Place of an itemset, its items in rising order, among [`Self::sets`].
    pub fn position(&self, items: &[u32]) -> Option<usize> {
        self.sets.binary_search_by(|set| by_length(&set.items, items)).ok()
    }

    /// Places of all itemsets.
    pub(super) fn positions(&self) -> Positions<'_> {
        self.sets.iter().enumerate().map(|(place, set)| (set.items.as_slice(), place)).collect()
    }

    /// Marks what has a superset: each itemset tells its parts of one item less.
    fn mark(&mut self) {
        let (mut inside, mut same) = (vec![false; self.sets.len()], vec![false; self.sets.len()]);
        let positions = self.positions();
        let mut part = Vec::new();
        for set in self.sets.iter().filter(|set| set.items.len() > 1) {
            for left_out in 0..set.items.len() {
                part.clear();
                part.extend_from_slice(&set.items[..left_out]);
                part.extend_from_slice(&set.items[left_out + 1..]);
                if let Some(place) = positions.get(part.as_slice()) {
                    inside[*place] = true;
                    same[*place] |= self.sets[*place].count == set.count;
                }
            }
        }
        drop(positions);
        for (set, (inside, same)) in self.sets.iter_mut().zip(inside.into_iter().zip(same)) {
            set.maximal = !inside;
            set.closed = !same;
        }
    }
}

fn by_length(a: &[u32], b: &[u32]) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}
