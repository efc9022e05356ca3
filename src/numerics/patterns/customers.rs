//! How many customers stand behind an itemset: one who has it in ten baskets counts once.

use super::{Baskets, Itemsets, PatternError};
use rayon::prelude::*;
use std::ops::Range;

/// Baskets looked at together; their bitsets of some hundred items fit in a
/// processor's cache.
const CHUNK: usize = 1 << 15;

/// Number of customers with at least one basket that holds all items, for each of the itemsets.
///
/// `customers` is the customer of each basket, in rising order. Baskets are
/// taken in chunks: each item of a chunk is a bitset of its baskets, and an
/// itemset is the bitset of all but its last item and that of the last.
///
/// # Errors
///
/// [`PatternError::Length`] unless there is one customer per basket,
/// [`PatternError::Order`] if they aren't in rising order.
pub fn count_customers(
    baskets: &Baskets<'_>,
    customers: &[u32],
    itemsets: &Itemsets,
) -> Result<Vec<u32>, PatternError> {
    if customers.len() != baskets.len() {
        let (what, per) = ("customers", "baskets");
        return Err(PatternError::Length { what, found: customers.len(), per, expected: baskets.len() });
    }
    if let Some(row) = customers.windows(2).position(|w| w[1] < w[0]) {
        let (what, rise) = ("customer", "come no earlier than that of the basket before");
        return Err(PatternError::Order { what, row: row + 1, rise });
    }
    let search = Search::new(itemsets);
    let none = || vec![0; itemsets.sets().len()];
    let counts = chunks(customers)
        .into_par_iter()
        .fold(none, |mut counts, range| {
            search.count(baskets, customers, range, &mut counts);
            counts
        })
        .reduce(none, |mut a, b| {
            a.iter_mut().zip(b).for_each(|(a, b)| *a += b);
            a
        });
    Ok(counts)
}

/// Runs of about [`CHUNK`] baskets that keep each customer together.
fn chunks(customers: &[u32]) -> Vec<Range<usize>> {
    let (mut chunks, mut start) = (Vec::new(), 0);
    while start < customers.len() {
        let last = customers[(start + CHUNK).min(customers.len()) - 1];
        let end = start + customers[start..].partition_point(|c| *c <= last);
        chunks.push(start..end);
        start = end;
    }
    chunks
}

/// The itemsets in the order in which each shares the most with the one before.
struct Search<'a> {
    itemsets: &'a Itemsets,
    order: Vec<usize>,
    /// Bitset of each item id, `u32::MAX` if it is in no itemset.
    places: Vec<u32>,
    bitsets: usize,
}

impl<'a> Search<'a> {
    fn new(itemsets: &'a Itemsets) -> Self {
        let sets = itemsets.sets();
        let mut order: Vec<usize> = (0..sets.len()).collect();
        order.sort_unstable_by(|a, b| sets[*a].items.cmp(&sets[*b].items));
        let singles = || sets.iter().take_while(|set| set.items.len() == 1).map(|set| set.items[0]);
        let mut places = vec![u32::MAX; singles().last().map_or(0, |item| item as usize + 1)];
        for (item, place) in singles().zip(0..) {
            places[item as usize] = place;
        }
        Self { itemsets, order, places, bitsets: singles().count() }
    }

    /// Adds the customers of a run of baskets.
    fn count(&self, baskets: &Baskets<'_>, customers: &[u32], range: Range<usize>, counts: &mut [u32]) {
        let words = range.len().div_ceil(64);
        let bits = self.bitsets(baskets, range.clone(), words);
        let of_item = |item: u32| {
            let start = self.places[item as usize] as usize * words;
            &bits[start..start + words]
        };
        // The bitset of each beginning of the itemset at hand.
        let mut stack: Vec<Vec<u64>> = Vec::new();
        let mut previous: &[u32] = &[];
        for place in &self.order {
            let items = self.itemsets.sets()[*place].items.as_slice();
            let common = previous.iter().zip(items).take_while(|(a, b)| a == b).count();
            for (depth, item) in items.iter().enumerate().skip(common) {
                if stack.len() == depth {
                    stack.push(Vec::new());
                }
                let (before, rest) = stack.split_at_mut(depth);
                let set = &mut rest[0];
                set.clear();
                match before.last() {
                    None => set.extend_from_slice(of_item(*item)),
                    Some(prefix) => set.extend(prefix.iter().zip(of_item(*item)).map(|(a, b)| a & b)),
                }
            }
            counts[*place] += distinct(&stack[items.len() - 1], &customers[range.clone()]);
            previous = items;
        }
    }

    /// The baskets of a run that hold each item, one bitset per item.
    fn bitsets(&self, baskets: &Baskets<'_>, range: Range<usize>, words: usize) -> Vec<u64> {
        let mut bits = vec![0_u64; words * self.bitsets];
        for (row, basket) in baskets.range(range).enumerate() {
            for item in basket {
                let place = self.places.get(*item as usize).copied().unwrap_or(u32::MAX);
                if place != u32::MAX {
                    bits[place as usize * words + row / 64] |= 1 << (row % 64);
                }
            }
        }
        bits
    }
}

/// Number of distinct customers of the rows set.
fn distinct(set: &[u64], customers: &[u32]) -> u32 {
    let (mut count, mut last) = (0, None);
    for (word, base) in set.iter().zip((0..).step_by(64)) {
        let mut rest = *word;
        while rest != 0 {
            let customer = Some(customers[base + rest.trailing_zeros() as usize]);
            count += u32::from(customer != last);
            last = customer;
            rest &= rest - 1;
        }
    }
    count
}
