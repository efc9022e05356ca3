//! The purchases of all customers, read once: who bought what when, in which orders, with which margin.

use std::sync::{Mutex, PoisonError};

use hashbrown::HashMap;

use crate::clean::{Cleaned, DAY_MINUTES, NO_MARGIN, NO_NAME};
use crate::purchases::{Item, Names, Purchases, baskets};

use super::histories::{History, Pair};
use super::options::Level;
use super::timing::slot;

/// What is known of an item over all customers.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ItemTotals {
    /// Margin of its lines, in ten-thousandths.
    pub(super) margin: i64,
    /// Orders that this margin is of.
    pub(super) orders: u32,
}

/// Everything that offers are made from, customers by their rows in the customers table.
#[derive(Debug)]
pub(super) struct Collected {
    /// By level.
    pub(super) histories: [History; 2],
    /// Items by level.
    pub(super) totals: [Vec<ItemTotals>; 2],
    /// Category of each product by its lines; the first by name among several, or [`NO_NAME`].
    pub(super) line_categories: Vec<u32>,
    /// Hours of the week of the orders, those of one customer together.
    pub(super) slots: Vec<u8>,
    /// Where those of each customer begin, and the end.
    pub(super) slot_starts: Vec<usize>,
}

/// The purchases of one customer; small, as there is one for everyone at a time.
struct Own {
    row: u32,
    /// Pairs of the first level before this place, of the second from it on.
    second: u32,
    pairs: Vec<Pair>,
    slots: Vec<u8>,
    orders: Option<Box<[Orders; 2]>>,
}

/// The orders of a customer on a level.
#[derive(Default)]
struct Orders {
    items: Vec<u32>,
    /// Where each order ends among these items, and its day.
    ends: Vec<(u32, i32)>,
}

/// Sums over customers, in whole numbers so that their order doesn't matter.
struct Sums {
    totals: [Vec<ItemTotals>; 2],
    line_categories: Vec<u32>,
}

/// What is read of the purchases.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    /// Last day before the time split.
    pub(super) cut: i32,
    /// By level.
    pub(super) levels: [bool; 2],
    /// Whether the orders are kept, for rules.
    pub(super) orders: bool,
}

/// The item of a line on a level.
fn item_on(level: Level, item: &Item) -> u32 {
    match level {
        Level::Category => item.category,
        Level::Product => item.product,
    }
}

/// Reads the purchases; `rows` gives the row of each customer key.
///
/// # Errors
/// When temporary files can't be read.
pub(super) fn collect(
    cleaned: &Cleaned,
    names: &Names,
    rows: &HashMap<u64, u32>,
    customers: usize,
    wanted: Wanted,
) -> std::io::Result<Collected> {
    let sums = Mutex::new(Sums {
        totals: [names.categories.len(), names.products.len()].map(|items| vec![ItemTotals::default(); items]),
        line_categories: vec![NO_NAME; names.products.len()],
    });
    let mut found = baskets(cleaned, names, |purchases| {
        sums.lock().unwrap_or_else(PoisonError::into_inner).add(purchases);
        rows.get(&purchases.customer).map(|row| own(*row, purchases, wanted))
    })?;
    found.sort_unstable_by_key(|own| own.row);
    let sums = sums.into_inner().unwrap_or_else(PoisonError::into_inner);
    let mut all = Collected {
        histories: Level::ALL.map(|level| History::with_room(sizes(&found, level))),
        totals: sums.totals,
        line_categories: sums.line_categories,
        slots: Vec::with_capacity(found.iter().map(|own| own.slots.len()).sum()),
        slot_starts: Vec::with_capacity(customers + 1),
    };
    all.slot_starts.push(0);
    let mut next = found.into_iter().peekable();
    for row in 0..customers as u32 {
        if let Some(own) = next.next_if(|own| own.row == row) {
            let (first, second) = own.pairs.split_at(own.second as usize);
            let orders = own.orders.map_or_else(Default::default, |orders| *orders);
            for ((history, pairs), orders) in all.histories.iter_mut().zip([first, second]).zip(orders) {
                history.add(pairs, &orders.items, &orders.ends);
            }
            all.slots.extend_from_slice(&own.slots);
        }
        all.histories.iter_mut().for_each(History::end_customer);
        all.slot_starts.push(all.slots.len());
    }
    Ok(all)
}

/// Pairs, items of orders and orders of all customers on a level: what grows on the way is there twice.
fn sizes(found: &[Own], level: Level) -> [usize; 3] {
    found.iter().fold([0; 3], |[pairs, items, orders], own| {
        let first = own.second as usize;
        let own_pairs = if level == Level::ALL[0] { first } else { own.pairs.len() - first };
        let of = own.orders.as_ref().map(|orders| &orders[level as usize]);
        let (own_items, own_orders) = of.map_or((0, 0), |own| (own.items.len(), own.ends.len()));
        [pairs + own_pairs, items + own_items, orders + own_orders]
    })
}

fn own(row: u32, purchases: Purchases<'_>, wanted: Wanted) -> Own {
    let day = |minute: i32| minute.div_euclid(DAY_MINUTES);
    let slots = purchases.baskets.iter().map(|basket| slot(basket.minute)).collect();
    let mut own = Own { row, second: 0, pairs: Vec::new(), slots, orders: None };
    let mut orders: [Orders; 2] = Default::default();
    let mut bought = Vec::with_capacity(purchases.items.len());
    for level in Level::ALL.into_iter().filter(|level| wanted.levels[*level as usize]) {
        let orders = &mut orders[level as usize];
        bought.clear();
        for basket in purchases.baskets {
            let items = purchases.items_of(basket).iter().map(|item| item_on(level, item));
            let items = items.filter(|item| *item != NO_NAME);
            bought.extend(items.clone().map(|item| (item, day(basket.minute))));
            if wanted.orders {
                let start = orders.items.len();
                orders.items.extend(items);
                if orders.items.len() > start {
                    orders.ends.push((orders.items.len() as u32, day(basket.minute)));
                }
            }
        }
        bought.sort_unstable();
        bought.dedup();
        own.pairs.extend(bought.chunk_by(|a, b| a.0 == b.0).map(|days| Pair::of(days, wanted.cut)));
        if level == Level::ALL[0] {
            own.second = own.pairs.len() as u32;
        }
    }
    own.pairs.shrink_to_fit();
    for orders in &mut orders {
        orders.items.shrink_to_fit();
        orders.ends.shrink_to_fit();
    }
    own.orders = wanted.orders.then(|| Box::new(orders));
    own
}

impl Sums {
    fn add(&mut self, purchases: Purchases<'_>) {
        for basket in purchases.baskets {
            let items = purchases.items_of(basket);
            for item in items.iter().filter(|item| item.product != NO_NAME) {
                let category = &mut self.line_categories[item.product as usize];
                *category = (*category).min(item.category);
            }
            for level in Level::ALL {
                let known = items.iter().filter(|item| item_on(level, item) != NO_NAME && item.margin != NO_MARGIN);
                let mut margins = known.map(|item| (item_on(level, item), item.margin)).collect::<Vec<_>>();
                margins.sort_unstable();
                for own in margins.chunk_by(|a, b| a.0 == b.0) {
                    let total = &mut self.totals[level as usize][own[0].0 as usize];
                    total.orders += 1;
                    total.margin = own.iter().fold(total.margin, |sum, (_, margin)| sum.saturating_add(*margin));
                }
            }
        }
    }
}
