//! Baskets and what is frequent in them alone: one scan for the counts of single items.

use super::PatternError;

/// Largest item id. Counts are kept in a table by id, so ids are to be numbers
/// from 0; at this limit the table has 256 MiB.
pub const MAX_ITEM: u32 = (1 << 26) - 1;

/// Baskets of items: basket `i` holds `items[offsets[i]..offsets[i + 1]]`.
///
/// The items of a basket may come in any order; one that comes twice counts once.
#[derive(Debug, Clone, Copy)]
pub struct Baskets<'a> {
    items: &'a [u32],
    offsets: &'a [u32],
}

impl<'a> Baskets<'a> {
    /// Takes items and the offsets of the baskets in them, one more than there
    /// are baskets. No offsets at all are no baskets.
    ///
    /// # Errors
    ///
    /// [`PatternError::Offsets`] unless they rise from 0 to the number of
    /// items, [`PatternError::ItemId`] above [`MAX_ITEM`].
    pub fn new(items: &'a [u32], offsets: &'a [u32]) -> Result<Self, PatternError> {
        check_offsets(offsets, items.len(), "baskets", "items")?;
        check_items(items)?;
        Ok(Self { items, offsets })
    }

    /// Number of baskets, the empty ones among them.
    pub fn len(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    /// Whether there is no basket.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The baskets in order, items as given.
    pub fn iter(&self) -> impl Iterator<Item = &'a [u32]> {
        let items = self.items;
        self.offsets.windows(2).map(move |w| &items[w[0] as usize..w[1] as usize])
    }

    /// The baskets of a range, items as given.
    pub(super) fn range(&self, range: std::ops::Range<usize>) -> impl Iterator<Item = &'a [u32]> {
        let items = self.items;
        self.offsets[range.start..=range.end].windows(2).map(move |w| &items[w[0] as usize..w[1] as usize])
    }

    /// Number of baskets that hold each item, by id.
    pub(super) fn counts(&self) -> Vec<u32> {
        let size = self.items.iter().max().map_or(0, |m| *m as usize + 1);
        let (mut counts, mut seen) = (vec![0; size], vec![0; size]);
        for (basket, number) in self.iter().zip(1_u32..) {
            for item in basket {
                let item = *item as usize;
                counts[item] += u32::from(seen[item] != number);
                seen[item] = number;
            }
        }
        counts
    }
}

/// Smallest count that reaches a share of `of`, and at least 1.
///
/// It is the smallest c with c / of ≥ share as floats compare, so that 0.1 of
/// 30 is 3 although 0.1 · 30 > 3 in floating point.
pub fn min_count(share: f64, of: u32) -> u32 {
    let reaches = |count: u32| f64::from(count) / f64::from(of) >= share;
    let mut count = (share * f64::from(of)).ceil() as u32;
    while count > 1 && reaches(count - 1) {
        count -= 1;
    }
    while count < of && !reaches(count) {
        count += 1;
    }
    count.max(1)
}

/// Checks that offsets rise from 0 to `end`.
pub(super) fn check_offsets(
    offsets: &[u32],
    end: usize,
    what: &'static str,
    cut: &'static str,
) -> Result<(), PatternError> {
    let (first, last) = (offsets.first().copied().unwrap_or(0), offsets.last().copied().unwrap_or(0));
    if first == 0 && last as usize == end && offsets.is_sorted() {
        Ok(())
    } else {
        Err(PatternError::Offsets { what, cut, end })
    }
}

/// Checks that ids can be counted in a table.
pub(super) fn check_items(items: &[u32]) -> Result<(), PatternError> {
    match items.iter().max() {
        Some(found) if *found > MAX_ITEM => Err(PatternError::ItemId { found: *found, limit: MAX_ITEM }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_bought_twice_counts_once_and_an_empty_basket_counts() {
        let baskets = Baskets::new(&[3, 1, 3, 1], &[0, 3, 3, 4]).unwrap();
        assert_eq!(baskets.len(), 3);
        assert_eq!(baskets.counts(), [0, 2, 0, 1]);
        assert!(Baskets::new(&[], &[]).unwrap().is_empty());
        assert!(Baskets::new(&[], &[]).unwrap().counts().is_empty());
    }

    #[test]
    fn offsets_and_ids_are_checked() {
        for offsets in [&[0, 2][..], &[1, 3], &[0, 2, 1, 3], &[]] {
            let error = Baskets::new(&[1, 2, 3], offsets).unwrap_err();
            assert_eq!(error.to_string(), "offsets of baskets must rise from 0 to 3, the number of items");
        }
        let error = Baskets::new(&[MAX_ITEM + 1], &[0, 1]).unwrap_err();
        assert!(matches!(error, PatternError::ItemId { found, .. } if found == MAX_ITEM + 1));
    }

    #[test]
    fn the_minimum_count_reaches_the_share_and_one_less_does_not() {
        assert_eq!((min_count(0.1, 30), min_count(0.02, 12_699), min_count(0.0, 9), min_count(1.0, 9)), (3, 254, 1, 9));
        assert_eq!(min_count(0.5, 0), 1);
        for of in 1..200_u32 {
            for hundredth in 1..=100 {
                let (share, got) = (f64::from(hundredth) / 100.0, min_count(f64::from(hundredth) / 100.0, of));
                assert!(f64::from(got) / f64::from(of) >= share);
                assert!(got == 1 || f64::from(got - 1) / f64::from(of) < share);
            }
        }
    }
}
