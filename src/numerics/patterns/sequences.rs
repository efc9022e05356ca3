//! Sequences: what each customer bought, one element after the other.

use super::PatternError;
use super::baskets::{check_items, check_offsets};
use std::ops::Range;

/// One sequence per customer: customer `c` has the elements
/// `customers[c]..customers[c + 1]`, element `e` the items
/// `items[elements[e]..elements[e + 1]]` and the day `days[e]`.
#[derive(Debug, Clone, Copy)]
pub struct Sequences<'a> {
    items: &'a [u32],
    elements: &'a [u32],
    customers: &'a [u32],
    days: &'a [i32],
}

impl<'a> Sequences<'a> {
    /// Takes items, the offsets of elements in them, the offsets of customers
    /// in the elements, and the day of each element.
    ///
    /// Items rise strictly within an element and days rise, or stay, within a
    /// customer. An empty element is an element nothing can match.
    ///
    /// # Errors
    ///
    /// [`PatternError::Offsets`], [`PatternError::Length`] or
    /// [`PatternError::Order`] if that isn't so, [`PatternError::ItemId`] above
    /// [`MAX_ITEM`](super::MAX_ITEM).
    pub fn new(
        items: &'a [u32],
        elements: &'a [u32],
        customers: &'a [u32],
        days: &'a [i32],
    ) -> Result<Self, PatternError> {
        check_offsets(elements, items.len(), "elements", "items")?;
        let expected = elements.len().saturating_sub(1);
        check_offsets(customers, expected, "customers", "elements")?;
        if days.len() != expected {
            return Err(PatternError::Length { what: "days", found: days.len(), per: "elements", expected });
        }
        check_items(items)?;
        let sequences = Self { items, elements, customers, days };
        for element in 0..expected {
            let range = sequences.range(element);
            if let Some(place) = items[range.clone()].windows(2).position(|w| w[1] <= w[0]) {
                let rise = "be greater than the one before it in the same element";
                return Err(PatternError::Order { what: "item", row: range.start + place + 1, rise });
            }
        }
        for customer in 0..sequences.len() {
            let range = sequences.elements_of(customer);
            if let Some(place) = days[range.clone()].windows(2).position(|w| w[1] < w[0]) {
                let rise = "come no earlier than that of the customer's element before";
                return Err(PatternError::Order { what: "day", row: range.start + place + 1, rise });
            }
        }
        Ok(sequences)
    }

    /// Number of customers, those without an element among them.
    pub fn len(&self) -> usize {
        self.customers.len().saturating_sub(1)
    }

    /// Whether there is no customer.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of elements and of items.
    pub(super) fn sizes(&self) -> [usize; 2] {
        [self.days.len(), self.items.len()]
    }

    /// Elements of a customer.
    pub(super) fn elements_of(&self, customer: usize) -> Range<usize> {
        self.customers[customer] as usize..self.customers[customer + 1] as usize
    }

    /// Items of an element.
    pub(super) fn items_of(&self, element: usize) -> &'a [u32] {
        &self.items[self.range(element)]
    }

    fn range(&self, element: usize) -> Range<usize> {
        self.elements[element] as usize..self.elements[element + 1] as usize
    }

    /// Day of an element.
    pub(super) fn day(&self, element: usize) -> i32 {
        self.days[element]
    }

    /// One more than the largest item id.
    pub(super) fn items_end(&self) -> usize {
        self.items.iter().max().map_or(0, |item| *item as usize + 1)
    }
}

/// How far apart successive elements of a pattern may lie.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Gaps {
    /// Fewest days between two; 0 allows the same day, 1 doesn't.
    pub min_days: u32,
    /// Most days between two.
    pub max_days: Option<u32>,
    /// Most elements from one to the next; 1 allows neighbours only.
    pub max_elements: Option<u32>,
}

impl Gaps {
    /// Whether an upper limit is set: a pattern may then be rarer without one
    /// of its middle elements.
    pub(super) fn limited(&self) -> bool {
        self.max_days.is_some() || self.max_elements.is_some()
    }
}
