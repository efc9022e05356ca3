//! The orders, or the purchase days, of all customers in flat form, cut to the items that are bought often enough.

use crate::clean::{Cleaned, DAY_MINUTES, NO_NAME};
use crate::purchases::{Item, Names, Purchases, fold_baskets};

/// What items are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    Category,
    Product,
}

impl Level {
    pub(super) const NAMES: [&'static str; 2] = ["category", "product"];

    pub(super) fn item(self, item: &Item) -> u32 {
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

/// Which items of a level to keep.
pub(super) struct Kept<'a> {
    pub(super) level: Level,
    /// How often each is bought, by its number.
    pub(super) counts: &'a [u32],
    /// The fewest times.
    pub(super) least: u32,
}

impl Kept<'_> {
    fn has(&self, item: u32) -> bool {
        self.counts.get(item as usize).is_some_and(|count| *count >= self.least)
    }
}

/// The orders of all customers, those of one customer in a row.
#[derive(Debug, Default)]
pub(super) struct Orders {
    /// Items of each order, each once, ascending.
    pub(super) items: Vec<u32>,
    /// Where each order begins, and the end.
    pub(super) starts: Vec<u32>,
    /// The customer of each order, by number.
    pub(super) customers: Vec<u32>,
}

impl Orders {
    /// All orders; those that are left without an item are there too. `orders` is their number.
    ///
    /// # Errors
    /// When temporary files can't be read.
    pub(super) fn of(cleaned: &Cleaned, names: &Names, kept: &Kept<'_>, orders: u32) -> std::io::Result<Self> {
        let mut all = Self {
            items: Vec::with_capacity(most_items(cleaned)),
            starts: Vec::with_capacity(orders as usize + 1),
            customers: Vec::with_capacity(orders as usize),
        };
        all.starts.push(0);
        let mut customers = 0;
        fold_baskets(
            cleaned,
            names,
            |part: &mut Self, purchases| part.add(purchases, kept),
            |part| {
                all.starts.extend(shifted(&part.starts, all.items.len()));
                all.items.extend(part.items);
                all.customers.extend(part.customers.iter().map(|customer| customer + customers));
                customers = all.customers.last().map_or(0, |last| last + 1);
            },
        )?;
        Ok(all)
    }

    fn add(&mut self, purchases: Purchases<'_>, kept: &Kept<'_>) {
        let number = self.customers.last().map_or(0, |last| last + 1);
        for basket in purchases.baskets {
            let start = self.items.len();
            let items = purchases.items_of(basket).iter().map(|item| kept.level.item(item));
            self.items.extend(items.filter(|item| kept.has(*item)));
            sort_once(&mut self.items, start);
            self.starts.push(self.items.len() as u32);
            self.customers.push(number);
        }
    }
}

/// The days with a known item of all customers, those of one customer in a row.
#[derive(Debug, Default)]
pub(super) struct Days {
    /// Items of each day, each once, ascending.
    pub(super) items: Vec<u32>,
    /// Where each day begins, and the end.
    pub(super) starts: Vec<u32>,
    /// The item of most money of each day, whether it is kept or not.
    pub(super) main_items: Vec<u32>,
    /// The days.
    pub(super) days: Vec<i32>,
    /// Where the days of each customer begin, and the end.
    pub(super) customer_starts: Vec<u32>,
}

impl Days {
    /// All days; those that are left without an item are there too. `orders` and `customers` are how many there are.
    ///
    /// # Errors
    /// When temporary files can't be read.
    pub(super) fn of(
        cleaned: &Cleaned,
        names: &Names,
        kept: &Kept<'_>,
        [orders, customers]: [u32; 2],
    ) -> std::io::Result<Self> {
        let mut all = Self {
            items: Vec::with_capacity(most_items(cleaned)),
            starts: Vec::with_capacity(orders as usize + 1),
            main_items: Vec::with_capacity(orders as usize),
            days: Vec::with_capacity(orders as usize),
            customer_starts: Vec::with_capacity(customers as usize + 1),
        };
        all.starts.push(0);
        all.customer_starts.push(0);
        fold_baskets(
            cleaned,
            names,
            |part: &mut Self, purchases| part.add(purchases, kept),
            |part| {
                all.starts.extend(shifted(&part.starts, all.items.len()));
                all.customer_starts.extend(shifted(&part.customer_starts, all.days.len()));
                all.items.extend(part.items);
                all.main_items.extend(part.main_items);
                all.days.extend(part.days);
            },
        )?;
        Ok(all)
    }

    fn add(&mut self, purchases: Purchases<'_>, kept: &Kept<'_>) {
        let item_of = |item: &Item| kept.level.item(item);
        let day = |minute: i32| minute.div_euclid(DAY_MINUTES);
        let mut all = Vec::new();
        for own in purchases.baskets.chunk_by(|a, b| day(a.minute) == day(b.minute)) {
            let lines = || own.iter().flat_map(|basket| purchases.items_of(basket));
            all.clear();
            all.extend(lines().map(item_of).filter(|item| *item != NO_NAME));
            sort_once(&mut all, 0);
            let money = |wanted: u32| {
                let own = lines().filter(|item| item_of(item) == wanted);
                own.fold(0_i64, |sum, item| sum.saturating_add(item.amount))
            };
            let Some(main) = all.iter().copied().max_by_key(|item| (money(*item), std::cmp::Reverse(*item))) else {
                continue;
            };
            self.main_items.push(main);
            self.items.extend(all.iter().filter(|item| kept.has(**item)));
            self.starts.push(self.items.len() as u32);
            self.days.push(day(own[0].minute));
        }
        self.customer_starts.push(self.days.len() as u32);
    }
}

/// There are no more items than lines; what room they don't take is never touched.
fn most_items(cleaned: &Cleaned) -> usize {
    cleaned.ledger.lines() as usize
}

fn shifted(ends: &[u32], by: usize) -> impl Iterator<Item = u32> {
    ends.iter().map(move |end| end + by as u32)
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
