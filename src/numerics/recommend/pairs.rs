//! How many customers have both items of each pair.

use rayon::prelude::*;

use super::{Holdings, RecommendError};

/// Most items that pairs are counted for; the counts of so many take 200 MB.
pub const MOST_ITEMS: usize = 10_000;

/// Most pairs of items that are looked at, over all customers; beyond it every second, third, ... customer is.
pub const MOST_PAIRS: u64 = 2_000_000_000;

/// Customers by pair of items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairCounts {
    /// For each item the counts with the items after it, one after the other.
    counts: Vec<u32>,
    buyers: Vec<u32>,
    customers: u32,
    stride: usize,
}

impl PairCounts {
    /// Number of items.
    pub fn items(&self) -> usize {
        self.buyers.len()
    }

    /// Customers counted who have an item at all.
    pub fn customers(&self) -> u32 {
        self.customers
    }

    /// Every how many-th customer was counted; 1 is all.
    pub fn stride(&self) -> usize {
        self.stride
    }

    /// Customers counted who have an item.
    pub fn buyers(&self, item: usize) -> u32 {
        self.buyers[item]
    }

    /// Customers counted who have both of two items; for an item and itself, its buyers.
    pub fn both(&self, a: usize, b: usize) -> u32 {
        match a.cmp(&b) {
            std::cmp::Ordering::Less => self.counts[self.place(a, b)],
            std::cmp::Ordering::Equal => self.buyers[a],
            std::cmp::Ordering::Greater => self.counts[self.place(b, a)],
        }
    }

    /// Where the count of an item and one after it stands.
    fn place(&self, low: usize, high: usize) -> usize {
        low * (2 * self.items() - low - 1) / 2 + high - low - 1
    }

    /// Share of an item's buyers who have another item too; 0 where it has none.
    pub fn share(&self, of: usize, also: usize) -> f64 {
        let buyers = self.buyers[of];
        if buyers == 0 { 0.0 } else { f64::from(self.both(of, also)) / f64::from(buyers) }
    }
}

/// Counts the customers of every pair of items. When the customers have more than `most_pairs` pairs between them, an
/// even part of them is counted.
///
/// # Errors
/// [`RecommendError::TooManyItems`] above [`MOST_ITEMS`].
pub fn count_pairs(holdings: &Holdings, most_pairs: u64) -> Result<PairCounts, RecommendError> {
    let items = holdings.item_count();
    if items > MOST_ITEMS {
        return Err(RecommendError::TooManyItems { found: items, most: MOST_ITEMS });
    }
    let squares = |customer: usize| (holdings.of(customer).len() as u64).pow(2) / 2;
    let total = (0..holdings.customers()).map(squares).fold(0, u64::saturating_add);
    let stride = total.div_ceil(most_pairs.max(1)).max(1) as usize;
    let (starts, customers) = holdings.by_item(stride);
    let buyers = starts.windows(2).map(|own| (own[1] - own[0]) as u32).collect();
    let count_row = |(item, row): (usize, &mut [u32])| {
        for customer in &customers[starts[item]..starts[item + 1]] {
            let own = holdings.of(*customer as usize);
            let after = own.partition_point(|other| *other as usize <= item);
            for other in &own[after..] {
                row[*other as usize - item - 1] += 1;
            }
        }
    };
    let mut counts = vec![0; items * items.saturating_sub(1) / 2];
    let (mut rows, mut rest) = (Vec::with_capacity(items), counts.as_mut_slice());
    for item in 0..items {
        let (row, after) = rest.split_at_mut(items - item - 1);
        rows.push((item, row));
        rest = after;
    }
    rows.into_par_iter().with_max_len(16).for_each(count_row);
    let counted = (0..holdings.customers()).step_by(stride);
    let customers = counted.filter(|customer| !holdings.of(*customer).is_empty()).count() as u32;
    Ok(PairCounts { counts, buyers, customers, stride })
}
