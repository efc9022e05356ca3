//! Rows of a source that are kept, those of one customer together in time order.

use hashbrown::HashMap;

/// A row that belongs to a customer. Its order is by customer first, then by time.
pub trait OfCustomer: Copy + Ord {
    /// Key of the customer.
    fn customer(&self) -> u64;
    /// The same row of another customer.
    #[must_use]
    fn given_to(self, customer: u64) -> Self;
}

/// Rows by customer.
#[derive(Debug)]
pub struct ByCustomer<T> {
    rows: Vec<T>,
    places: HashMap<u64, (u32, u32)>,
}

impl<T> Default for ByCustomer<T> {
    fn default() -> Self {
        Self { rows: Vec::new(), places: HashMap::new() }
    }
}

impl<T: OfCustomer> ByCustomer<T> {
    /// Sorts rows that came in any order.
    pub fn new(mut rows: Vec<T>) -> Self {
        rows.sort_unstable();
        rows.shrink_to_fit();
        let mut places = HashMap::new();
        let mut start = 0;
        for own in rows.chunk_by(|a, b| a.customer() == b.customer()) {
            places.insert(own[0].customer(), (start, own.len() as u32));
            start += own.len() as u32;
        }
        Self { rows, places }
    }

    /// The rows of a customer, in time order.
    pub fn of(&self, customer: u64) -> &[T] {
        let (start, length) = self.places.get(&customer).copied().unwrap_or_default();
        &self.rows[start as usize..(start + length) as usize]
    }

    /// All rows, by customer key and time.
    pub fn rows(&self) -> &[T] {
        &self.rows
    }

    /// The customers with a row, in no particular order.
    pub fn customers(&self) -> impl Iterator<Item = u64> {
        self.places.keys().copied()
    }

    /// The same rows under other customers.
    #[must_use]
    pub(super) fn rekeyed(self, key: impl Fn(u64) -> u64) -> Self {
        Self::new(self.rows.into_iter().map(|row| row.given_to(key(row.customer()))).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl OfCustomer for (u64, i32) {
        fn customer(&self) -> u64 {
            self.0
        }

        fn given_to(self, customer: u64) -> Self {
            (customer, self.1)
        }
    }

    #[test]
    fn rows_of_a_customer_stand_together_in_time_order() {
        let kept = ByCustomer::new(vec![(7, 3), (2, 9), (7, 1)]);
        assert_eq!(kept.of(7), [(7, 1), (7, 3)]);
        assert_eq!(kept.of(2), [(2, 9)]);
        assert_eq!(kept.of(5), []);
        let one = kept.rekeyed(|_| 4);
        assert_eq!(one.of(4), [(4, 1), (4, 3), (4, 9)]);
        assert_eq!(one.customers().collect::<Vec<_>>(), [4]);
    }
}
