//! Who bought what until when, before and after the time split.

/// The day of what never was.
pub(super) const NEVER: i32 = i32::MIN;

/// What a customer bought of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pair {
    /// The item by its place among the names of its level.
    pub(super) item: u32,
    /// Last day with it until the time split, or [`NEVER`].
    before: i32,
    /// Last day with it after the split, or [`NEVER`].
    after: i32,
    /// Days with it until the split.
    days_before: u16,
    /// Days with it after the split.
    days_after: u16,
}

/// As of when something is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    /// The last day before the time split.
    Cut,
    /// The as-of day.
    Now,
}

impl Pair {
    /// From the days with one item, `(item, day)` rising.
    pub(super) fn of(days: &[(u32, i32)], cut: i32) -> Self {
        let until = days.partition_point(|(_, day)| *day <= cut);
        let last = |days: &[(u32, i32)]| days.last().map_or(NEVER, |(_, day)| *day);
        let count = |days: &[(u32, i32)]| u16::try_from(days.len()).unwrap_or(u16::MAX);
        let (before, after) = days.split_at(until);
        Self {
            item: days.first().map_or(u32::MAX, |(item, _)| *item),
            before: last(before),
            after: last(after),
            days_before: count(before),
            days_after: count(after),
        }
    }

    /// Last day with the item and number of days with it; nothing when it wasn't bought yet.
    pub(super) fn held(self, when: When) -> Option<(i32, u32)> {
        let found = match when {
            When::Cut => (self.before, u32::from(self.days_before)),
            When::Now => (self.before.max(self.after), u32::from(self.days_before) + u32::from(self.days_after)),
        };
        (found.0 != NEVER).then_some(found)
    }

    /// Whether it was bought after the split.
    pub(super) fn is_bought_after(self) -> bool {
        self.after != NEVER
    }
}

/// The purchases of all customers on a level, by their rows in the customers table.
#[derive(Debug)]
pub(super) struct History {
    starts: Vec<usize>,
    pairs: Vec<Pair>,
    /// Items of the orders, where rules want them.
    pub(super) order_items: Vec<u32>,
    /// Where each order ends among them, and its day.
    pub(super) order_ends: Vec<(u32, i32)>,
}

impl History {
    /// No customer yet, and room for so many pairs, items of orders and orders.
    pub(super) fn with_room([pairs, items, orders]: [usize; 3]) -> Self {
        Self {
            starts: vec![0],
            pairs: Vec::with_capacity(pairs),
            order_items: Vec::with_capacity(items),
            order_ends: Vec::with_capacity(orders),
        }
    }

    /// Adds purchases of the customer at hand.
    pub(super) fn add(&mut self, pairs: &[Pair], orders: &[u32], ends: &[(u32, i32)]) {
        self.pairs.extend_from_slice(pairs);
        let base = self.order_items.len() as u32;
        self.order_items.extend_from_slice(orders);
        self.order_ends.extend(ends.iter().map(|(end, day)| (base + end, *day)));
    }

    /// Ends the customer at hand.
    pub(super) fn end_customer(&mut self) {
        self.starts.push(self.pairs.len());
    }

    /// Number of customers.
    pub(super) fn customers(&self) -> usize {
        self.starts.len() - 1
    }

    /// The items of a customer, rising.
    pub(super) fn of(&self, row: usize) -> &[Pair] {
        &self.pairs[self.starts[row]..self.starts[row + 1]]
    }

    /// All pairs, customer by customer.
    pub(super) fn pairs(&self) -> &[Pair] {
        &self.pairs
    }
}
