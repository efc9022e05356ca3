//! The purchases of customers with what was in them.

use rayon::prelude::*;

use crate::clean::{Cleaned, DAY_MINUTES, Extra, Line, NO_MARGIN, NO_NAME, PARTITIONS, PartitionLines};

use super::days::{Sample, each_partition};
use super::fold::Groups;
use super::one::Workspace;
use super::rules::Rules;

/// Names of what items are, in byte order; items hold their places.
#[derive(Debug)]
pub struct Names {
    /// Product ids.
    pub products: Vec<String>,
    /// Categories.
    pub categories: Vec<String>,
    /// Channels.
    pub channels: Vec<String>,
    /// Stores.
    pub stores: Vec<String>,
    product_ranks: Vec<u32>,
    category_ranks: Vec<u32>,
    channel_ranks: Vec<u32>,
    store_ranks: Vec<u32>,
}

impl Names {
    /// The names that the transactions use.
    pub fn of(cleaned: &Cleaned) -> Self {
        let (products, product_ranks) = cleaned.products.ids().ranks();
        let (categories, category_ranks) = cleaned.categories.ranks();
        let (channels, channel_ranks) = cleaned.channels.ranks();
        let (stores, store_ranks) = cleaned.stores.ranks();
        Self { products, categories, channels, stores, product_ranks, category_ranks, channel_ranks, store_ranks }
    }

    fn item(&self, line: &Line, extra: Option<&Extra>) -> Item {
        let place = |ranks: &[u32], number: u32| ranks.get(number as usize).copied().unwrap_or(NO_NAME);
        Item {
            product: extra.map_or(NO_NAME, |e| place(&self.product_ranks, e.product)),
            category: extra.map_or(NO_NAME, |e| place(&self.category_ranks, e.category)),
            store: extra.map_or(NO_NAME, |e| place(&self.store_ranks, e.store)),
            amount: line.amount,
            margin: extra.map_or(NO_MARGIN, |e| e.margin),
            quantity: extra.map_or(0, |e| e.quantity),
            discount: extra.map_or(0, |e| e.discount),
        }
    }
}

/// An order with a positive amount. Money in ten-thousandths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Basket {
    /// Minutes since 1970-01-01 00:00 business time.
    pub minute: i32,
    /// What is left of its money after refunds that name it.
    pub amount: i64,
    /// Place of its channel, or [`NO_NAME`].
    pub channel: u32,
    /// Where its items stand among those of the customer.
    pub items: std::ops::Range<usize>,
}

/// A line of an order that is no refund. Money and pieces in ten-thousandths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Item {
    /// Place of the product, or [`NO_NAME`].
    pub product: u32,
    /// Place of its category, or [`NO_NAME`].
    pub category: u32,
    /// Place of the store, or [`NO_NAME`].
    pub store: u32,
    /// Money.
    pub amount: i64,
    /// Margin, or [`NO_MARGIN`].
    pub margin: i64,
    /// Pieces; zero when not told.
    pub quantity: i64,
    /// Money taken off; zero when not told.
    pub discount: i64,
}

/// The purchases of one customer in time order.
#[derive(Debug, Clone, Copy)]
pub struct Purchases<'a> {
    /// Key of the customer.
    pub customer: u64,
    /// The orders.
    pub baskets: &'a [Basket],
    /// The items of all orders.
    pub items: &'a [Item],
}

impl<'a> Purchases<'a> {
    /// The items of an order.
    pub fn items_of(&self, basket: &Basket) -> &'a [Item] {
        &self.items[basket.items.clone()]
    }
}

/// Gives the purchases of each customer who has one to `each`. The results come in no particular order.
///
/// # Errors
/// When temporary files can't be read.
pub fn baskets<T: Send>(
    cleaned: &Cleaned,
    names: &Names,
    each: impl Fn(Purchases<'_>) -> Option<T> + Sync,
) -> std::io::Result<Vec<T>> {
    let rules = Rules::of(cleaned);
    each_partition(cleaned, &Sample::All, |partition| {
        let mut found = Vec::new();
        each_customer(partition, &rules, names, |purchases| found.extend(each(purchases)));
        found
    })
}

/// Partitions that are folded before their results are joined, per thread.
const PARTITIONS_A_THREAD: usize = 8;

/// Adds the purchases of each customer who has one to a value per partition, and gives these values to `join`, some at a
/// time, so that they are never all there. Customers come in no particular order.
///
/// # Errors
/// When temporary files can't be read.
pub fn fold_baskets<T: Default + Send>(
    cleaned: &Cleaned,
    names: &Names,
    add: impl Fn(&mut T, Purchases<'_>) + Sync,
    mut join: impl FnMut(T),
) -> std::io::Result<()> {
    let rules = Rules::of(cleaned);
    let numbers = (0..PARTITIONS).collect::<Vec<_>>();
    for numbers in numbers.chunks(PARTITIONS_A_THREAD * rayon::current_num_threads()) {
        let parts = numbers.par_iter().map(|number| {
            let mut part = T::default();
            each_customer(&cleaned.ledger.partition(*number)?, &rules, names, |purchases| add(&mut part, purchases));
            Ok(part)
        });
        parts.collect::<std::io::Result<Vec<T>>>()?.into_iter().for_each(&mut join);
    }
    Ok(())
}

/// Gives the purchases of each customer of a partition who has one to `each`.
fn each_customer(partition: &PartitionLines<'_>, rules: &Rules, names: &Names, mut each: impl FnMut(Purchases<'_>)) {
    let mut workspace = Workspace::default();
    let (mut rows, mut by_order, mut own) = (Vec::new(), Vec::new(), Own::default());
    for (lines, extras) in Groups::of(partition).iter() {
        rows.clear();
        rows.extend(0..lines.len() as u32);
        own.fill(&mut workspace, (lines, extras), (&mut rows, &mut by_order), rules, names);
        if !own.baskets.is_empty() {
            each(own.purchases(lines[0].customer));
        }
    }
}

/// Gives the purchases of each customer to `each` as they stood at the end of each of some days: what was not known by
/// then, later refunds included, has changed nothing. The list is in the order of `days`, and empty of orders where the
/// customer had none yet. The results come in no particular order.
///
/// # Errors
/// When temporary files can't be read.
pub fn baskets_at<T: Send>(
    cleaned: &Cleaned,
    names: &Names,
    days: &[i32],
    sample: &Sample,
    each: impl Fn(u64, &[Purchases<'_>]) -> Option<T> + Sync,
) -> std::io::Result<Vec<T>> {
    let rules = Rules::of(cleaned);
    each_partition(cleaned, sample, |partition| {
        let mut workspace = Workspace::default();
        let (mut rows, mut by_order) = (Vec::new(), Vec::new());
        let mut states = days.iter().map(|_| Own::default()).collect::<Vec<_>>();
        let groups = Groups::of(partition);
        let customers = groups.iter().filter_map(|(lines, extras)| {
            for (day, own) in days.iter().zip(&mut states) {
                let end = i64::from(DAY_MINUTES) * (i64::from(*day) + 1);
                rows.clear();
                rows.extend((0..lines.len() as u32).filter(|row| i64::from(lines[*row as usize].minute) < end));
                if rows.is_empty() {
                    own.clear();
                } else {
                    own.fill(&mut workspace, (lines, extras), (&mut rows, &mut by_order), &rules, names);
                }
            }
            let customer = lines[0].customer;
            let purchases = states.iter().map(|own| own.purchases(customer)).collect::<Vec<_>>();
            each(customer, &purchases)
        });
        customers.collect()
    })
}

/// The orders of one customer while they are put together.
#[derive(Debug, Default)]
struct Own {
    baskets: Vec<Basket>,
    items: Vec<Item>,
}

impl Own {
    fn clear(&mut self) {
        self.baskets.clear();
        self.items.clear();
    }

    fn purchases(&self, customer: u64) -> Purchases<'_> {
        Purchases { customer, baskets: &self.baskets, items: &self.items }
    }

    /// The orders that some rows of a customer's lines make.
    fn fill(
        &mut self,
        workspace: &mut Workspace,
        (lines, extras): (&[Line], &[Extra]),
        (rows, by_order): (&mut Vec<u32>, &mut Vec<(u64, u32)>),
        rules: &Rules,
        names: &Names,
    ) {
        workspace.fold(lines, extras, rows, rules.fold());
        self.clear();
        by_order.clear();
        by_order.extend(rows.iter().map(|row| (lines[*row as usize].order, *row)));
        by_order.sort_unstable();
        let Self { baskets, items } = self;
        workspace.each_purchase(rules.fold(), |order| {
            let start = items.len();
            for row in order.rows(by_order) {
                let line = &lines[row];
                if order.holds(line) {
                    items.push(names.item(line, extras.get(row)));
                }
            }
            items[start..].sort_unstable();
            let channel = names.channel_ranks.get(order.channel() as usize).copied().unwrap_or(NO_NAME);
            let (minute, amount) = (order.minute(), order.amount());
            baskets.push(Basket { minute, amount, channel, items: start..items.len() });
        });
        // of one minute, the order of rows must not matter
        baskets.sort_by(|a, b| {
            let key = |basket: &Basket| (basket.minute, basket.amount, basket.channel);
            key(a).cmp(&key(b)).then_with(|| items[a.items.clone()].cmp(&items[b.items.clone()]))
        });
    }
}
