//! The orders of all customers in flat form.

use crate::clean::{Cleaned, DAY_MINUTES, NO_NAME};
use crate::purchases::{Item, Names, Purchases, baskets};

/// What items are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    Category,
    Product,
}

impl Level {
    pub(super) const NAMES: [&'static str; 2] = ["category", "product"];

    fn item(self, item: &Item) -> u32 {
        match self {
            Self::Category => item.category,
            Self::Product => item.product,
        }
    }

    /// Its items by number.
    pub(super) fn items(self, names: &Names) -> &[String] {
        match self {
            Self::Category => &names.categories,
            Self::Product => &names.products,
        }
    }
}

/// The orders and days of all customers, those of one customer in a row.
#[derive(Debug, Default)]
pub(super) struct Histories {
    /// Items of each order, each once, ascending.
    pub(super) items: Vec<u32>,
    /// Where each order begins, and the end.
    pub(super) orders: Vec<u32>,
    /// The customer of each order, by number.
    pub(super) customers: Vec<u32>,
    /// Items of each day, each once, ascending.
    pub(super) day_items: Vec<u32>,
    /// Where each day begins, and the end.
    pub(super) day_starts: Vec<u32>,
    /// The item of most money of each day.
    pub(super) main_items: Vec<u32>,
    /// The days.
    pub(super) days: Vec<i32>,
    /// Where the days of each customer begin, and the end.
    pub(super) customer_days: Vec<u32>,
}

impl Histories {
    /// Number of customers.
    pub(super) fn len(&self) -> u32 {
        self.customer_days.len().saturating_sub(1) as u32
    }

    fn add(&mut self, purchases: Purchases<'_>, level: Level) {
        let number = self.len();
        let known = |item: &&Item| level.item(item) != NO_NAME;
        for basket in purchases.baskets {
            let start = self.items.len();
            self.items.extend(purchases.items_of(basket).iter().filter(known).map(|item| level.item(item)));
            sort_once(&mut self.items, start);
            self.orders.push(self.items.len() as u32);
            self.customers.push(number);
        }
        let day = |minute: i32| minute.div_euclid(DAY_MINUTES);
        for own in purchases.baskets.chunk_by(|a, b| day(a.minute) == day(b.minute)) {
            let lines = || own.iter().flat_map(|basket| purchases.items_of(basket)).filter(known);
            let start = self.day_items.len();
            self.day_items.extend(lines().map(|item| level.item(item)));
            sort_once(&mut self.day_items, start);
            if self.day_items.len() == start {
                continue;
            }
            let money = |wanted: u32| {
                let own = lines().filter(|item| level.item(item) == wanted);
                own.fold(0_i64, |sum, item| sum.saturating_add(item.amount))
            };
            let main =
                self.day_items[start..].iter().copied().max_by_key(|item| (money(*item), std::cmp::Reverse(*item)));
            self.main_items.extend(main);
            self.day_starts.push(self.day_items.len() as u32);
            self.days.push(day(own[0].minute));
        }
        self.customer_days.push(self.days.len() as u32);
    }
}

/// Sorts what stands behind `start` and keeps each value once.
fn sort_once(values: &mut Vec<u32>, start: usize) {
    values[start..].sort_unstable();
    let mut kept = start;
    for at in start..values.len() {
        if at == start || values[at] != values[kept - 1] {
            values[kept] = values[at];
            kept += 1;
        }
    }
    values.truncate(kept);
}

/// The histories of all customers.
///
/// # Errors
/// When temporary files can't be read.
pub(super) fn histories(cleaned: &Cleaned, names: &Names, level: Level) -> std::io::Result<Histories> {
    let parts = baskets(cleaned, names, |purchases| {
        let mut own =
            Histories { orders: vec![0], day_starts: vec![0], customer_days: vec![0], ..Histories::default() };
        own.add(purchases, level);
        Some(own)
    })?;
    let mut all = Histories { orders: vec![0], day_starts: vec![0], customer_days: vec![0], ..Histories::default() };
    for part in parts {
        let number = all.len();
        let shifted = |starts: &[u32], by: usize| starts[1..].iter().map(|at| at + by as u32).collect::<Vec<_>>();
        all.orders.extend(shifted(&part.orders, all.items.len()));
        all.day_starts.extend(shifted(&part.day_starts, all.day_items.len()));
        all.customer_days.extend(shifted(&part.customer_days, all.days.len()));
        all.customers.extend(part.customers.iter().map(|_| number));
        all.items.extend(part.items);
        all.day_items.extend(part.day_items);
        all.main_items.extend(part.main_items);
        all.days.extend(part.days);
    }
    Ok(all)
}
