//! Which customer has which items: a sparse matrix of customers by items that holds ones only.

use super::RecommendError;

/// The items of each customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holdings {
    starts: Vec<usize>,
    items: Vec<u32>,
    item_count: usize,
}

impl Holdings {
    /// Takes the items of all customers one after the other: customer `c` has `items[starts[c]..starts[c + 1]]`, rising,
    /// each once. Items are numbers below `item_count`. No starts at all are no customers.
    ///
    /// # Errors
    /// [`RecommendError::Offsets`] unless the starts rise from 0 to the number of items held, [`RecommendError::Items`]
    /// when those of a customer don't rise or are unknown.
    pub fn new(starts: Vec<usize>, items: Vec<u32>, item_count: usize) -> Result<Self, RecommendError> {
        let (first, last) = (starts.first().copied().unwrap_or(0), starts.last().copied().unwrap_or(0));
        if first != 0 || last != items.len() || !starts.is_sorted() {
            return Err(RecommendError::Offsets { end: items.len() });
        }
        let found = Self { starts, items, item_count };
        let is_right = |own: &[u32]| {
            own.windows(2).all(|pair| pair[0] < pair[1]) && own.last().is_none_or(|item| (*item as usize) < item_count)
        };
        match (0..found.customers()).find(|customer| !is_right(found.of(*customer))) {
            Some(customer) => Err(RecommendError::Items { customer, items: item_count }),
            None => Ok(found),
        }
    }

    /// Number of customers, those without an item among them.
    pub fn customers(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Number of items there are.
    pub fn item_count(&self) -> usize {
        self.item_count
    }

    /// Number of pairs of a customer and an item.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether nobody has anything.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Items of a customer, rising.
    pub fn of(&self, customer: usize) -> &[u32] {
        &self.items[self.starts[customer]..self.starts[customer + 1]]
    }

    /// Customers with at least one item.
    pub fn holders(&self) -> usize {
        self.starts.windows(2).filter(|own| own[1] > own[0]).count()
    }

    /// Number of customers who have each item.
    pub fn buyers(&self) -> Vec<u32> {
        let mut buyers = vec![0; self.item_count];
        for item in &self.items {
            buyers[*item as usize] += 1;
        }
        buyers
    }

    /// The customers of each item, rising: every `stride`-th customer from the first on is looked at.
    pub(super) fn by_item(&self, stride: usize) -> (Vec<usize>, Vec<u32>) {
        let some = || (0..self.customers()).step_by(stride.max(1));
        let mut starts = vec![0; self.item_count + 1];
        for item in some().flat_map(|customer| self.of(customer)) {
            starts[*item as usize + 1] += 1;
        }
        for at in 0..self.item_count {
            starts[at + 1] += starts[at];
        }
        let mut next = starts.clone();
        let mut customers = vec![0; starts[self.item_count]];
        for customer in some() {
            for item in self.of(customer) {
                let free = &mut next[*item as usize];
                customers[*free] = customer as u32;
                *free += 1;
            }
        }
        (starts, customers)
    }
}
