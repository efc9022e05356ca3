//! Frequent itemsets by FP-growth: every itemset grows from the most seldom of its items.
//!
//! Source: Han, Pei & Yin (2000), "Mining frequent patterns without candidate
//! generation", SIGMOD, algorithm 2. Items are ranked by falling count, ties
//! by id. An itemset is found at its last rank; the lower ranks that are
//! frequent beside it are counted, and their conditional tree is searched in
//! the same way. The ranks of the whole tree are searched in parallel.

use super::fp_tree::{FpTree, Paths};
use super::itemsets::{Itemset, Itemsets};
use super::{Baskets, PatternError};
use rayon::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ItemsetOptions {
    /// Fewest baskets that must hold an itemset; at least 1
    /// ([`min_count`](super::min_count) makes it from a share).
    pub min_count: u32,
    /// Most items of an itemset; at least 1.
    pub max_length: usize,
    /// Most itemsets; more are an error.
    pub most: usize,
}

/// All itemsets of up to `max_length` items that at least `min_count` baskets hold, with exact counts.
///
/// # Example
///
/// ```
/// use acrm::numerics::patterns::{Baskets, ItemsetOptions, frequent_itemsets};
///
/// let baskets = Baskets::new(&[1, 2, 1, 2, 3, 2], &[0, 2, 5, 6])?;
/// let options = ItemsetOptions { min_count: 2, max_length: 4, most: 1000 };
/// let found = frequent_itemsets(&baskets, &options)?;
/// let counts: Vec<_> = found.sets().iter().map(|s| (s.items.as_slice(), s.count)).collect();
/// assert_eq!(counts, [(&[1][..], 2), (&[2], 3), (&[1, 2], 2)]);
/// # Ok::<(), acrm::numerics::patterns::PatternError>(())
/// ```
///
/// # Errors
///
/// [`PatternError::Zero`] for a minimum count or maximum length of 0,
/// [`PatternError::TooMany`] if there are more than `most`.
pub fn frequent_itemsets(baskets: &Baskets<'_>, options: &ItemsetOptions) -> Result<Itemsets, PatternError> {
    if options.min_count == 0 {
        return Err(PatternError::Zero { option: "min_count" });
    }
    if options.max_length == 0 {
        return Err(PatternError::Zero { option: "max_length" });
    }
    let ranking = Ranking::new(&baskets.counts(), options.min_count);
    let size = ranking.items.len();
    // The tree is not needed for single items.
    let tree = if options.max_length > 1 { ranking.tree(baskets) } else { FpTree::new(Paths::default(), 0, false) };
    let search = Search { items: &ranking.items, options, found: AtomicUsize::new(0) };
    let sets: Result<Vec<Vec<Itemset>>, PatternError> = (0..size as u32)
        .into_par_iter()
        .with_max_len(1)
        .map_init(
            || vec![0; size],
            |counts, rank| {
                let mut branch = Branch { search: &search, counts, set: Vec::new(), found: Vec::new() };
                branch.emit(rank, ranking.counts[rank as usize], |branch| {
                    let ranks: Vec<u32> = (0..rank).collect();
                    branch.grow(&tree, rank, &ranks)
                })?;
                Ok(branch.found)
            },
        )
        .collect();
    Ok(Itemsets::new(baskets.len() as u32, sets?.into_iter().flatten().collect()))
}

/// Baskets that wait before equal ones are put together.
const UNPACKED: usize = 1 << 18;

/// The frequent items by falling count, ties by id.
struct Ranking {
    items: Vec<u32>,
    counts: Vec<u32>,
    /// Rank of each item id, `u32::MAX` if not frequent.
    ranks: Vec<u32>,
}

impl Ranking {
    fn new(counts: &[u32], min_count: u32) -> Self {
        let mut items: Vec<u32> = (0..counts.len() as u32).filter(|i| counts[*i as usize] >= min_count).collect();
        items.sort_by_key(|i| std::cmp::Reverse(counts[*i as usize]));
        let mut ranks = vec![u32::MAX; counts.len()];
        for (item, rank) in items.iter().zip(0..) {
            ranks[*item as usize] = rank;
        }
        let counts = items.iter().map(|i| counts[*i as usize]).collect();
        Self { items, counts, ranks }
    }

    fn tree(&self, baskets: &Baskets<'_>) -> FpTree {
        let (mut paths, mut kept, mut most) = (Paths::default(), Vec::new(), UNPACKED);
        for basket in baskets.iter() {
            kept.clear();
            kept.extend(basket.iter().map(|item| self.ranks[*item as usize]).filter(|rank| *rank != u32::MAX));
            kept.sort_unstable();
            kept.dedup();
            paths.push(kept.iter().copied(), 1);
            if paths.len() == most {
                paths.pack();
                most = UNPACKED.max(2 * paths.len());
            }
        }
        FpTree::new(paths, self.items.len() as u32, true)
    }
}

/// What all branches share.
struct Search<'a> {
    items: &'a [u32],
    options: &'a ItemsetOptions,
    found: AtomicUsize,
}

/// The search below one item.
struct Branch<'a> {
    search: &'a Search<'a>,
    /// Counts by rank, all 0 between uses.
    counts: &'a mut [u32],
    /// Item ids of the itemset at hand.
    set: Vec<u32>,
    found: Vec<Itemset>,
}

impl Branch<'_> {
    /// Notes the itemset at hand with one more item, and searches on with it.
    fn emit(
        &mut self,
        rank: u32,
        count: u32,
        then: impl FnOnce(&mut Self) -> Result<(), PatternError>,
    ) -> Result<(), PatternError> {
        let most = self.search.options.most;
        if self.search.found.fetch_add(1, Ordering::Relaxed) >= most {
            return Err(PatternError::TooMany { what: "frequent itemsets", most, remedy: "support" });
        }
        self.set.push(self.search.items[rank as usize]);
        let mut items = self.set.clone();
        items.sort_unstable();
        self.found.push(Itemset { items, count, closed: true, maximal: true });
        let done = if self.set.len() < self.search.options.max_length { then(self) } else { Ok(()) };
        self.set.pop();
        done
    }

    /// Searches the itemsets that hold what is at hand, whose last rank in
    /// `tree` is `rank`. `ranks` translates those of the tree below `rank`
    /// into those of the whole.
    fn grow(&mut self, tree: &FpTree, rank: u32, ranks: &[u32]) -> Result<(), PatternError> {
        tree.count_with(rank, self.counts);
        let (mut kept, mut renumbered) = (Vec::new(), vec![u32::MAX; rank as usize]);
        for lower in 0..rank as usize {
            let count = std::mem::take(&mut self.counts[lower]);
            if count >= self.search.options.min_count {
                renumbered[lower] = kept.len() as u32;
                kept.push((ranks[lower], count));
            }
        }
        let whole: Vec<u32> = kept.iter().map(|k| k.0).collect();
        // Two more items are needed for anything to be searched below.
        let deeper = kept.len() > 1 && self.set.len() + 1 < self.search.options.max_length;
        let conditional = deeper.then(|| tree.conditional(rank, &renumbered, whole.len() as u32));
        for (new, (old, count)) in (0_u32..).zip(kept) {
            self.emit(old, count, |branch| match &conditional {
                Some(conditional) if new > 0 => branch.grow(conditional, new, &whole),
                _ => Ok(()),
            })?;
        }
        Ok(())
    }
}
