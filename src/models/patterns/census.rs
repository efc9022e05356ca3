//! One look at all orders: how often each item is bought, which categories win and lose buyers, and when the trade is.

use crate::clean::{Cleaned, NO_NAME};
use crate::purchases::{Names, Purchases, fold_baskets};

use super::collect::Level;
use super::moves::CategoryMoves;
use super::seasons::Seasons;

/// Counts of all customers, or of some.
#[derive(Debug, Default)]
pub(super) struct Census {
    /// Orders.
    pub(super) orders: u32,
    /// Customers with an order.
    pub(super) customers: u32,
    /// Orders and customers of each item, by level.
    items: [ItemCounts; 2],
    /// Buyers of categories then and now.
    pub(super) moves: CategoryMoves,
    /// Orders by month, weekday and hour.
    pub(super) seasons: Seasons,
}

/// By the number of the item; shorter than there are items where the last ones were not bought.
#[derive(Debug, Default)]
struct ItemCounts {
    orders: Vec<u32>,
    customers: Vec<u32>,
}

impl Census {
    /// Counts all orders.
    ///
    /// # Errors
    /// When temporary files can't be read.
    pub(super) fn of(cleaned: &Cleaned, names: &Names, as_of: i32) -> std::io::Result<Self> {
        let mut all = Self::default();
        fold_baskets(cleaned, names, |part: &mut Self, purchases| part.add(purchases, as_of), |part| all.join(part))?;
        Ok(all)
    }

    /// Orders with each item of a level, by its number.
    pub(super) fn orders_of(&self, level: Level) -> &[u32] {
        &self.items[level as usize].orders
    }

    /// Customers with each item of a level, by its number.
    pub(super) fn customers_of(&self, level: Level) -> &[u32] {
        &self.items[level as usize].customers
    }

    fn add(&mut self, purchases: Purchases<'_>, as_of: i32) {
        self.orders += purchases.baskets.len() as u32;
        self.customers += 1;
        for (level, counts) in [Level::Category, Level::Product].into_iter().zip(&mut self.items) {
            let mut own = Vec::new();
            for basket in purchases.baskets {
                let start = own.len();
                let items = purchases.items_of(basket).iter().map(|item| level.item(item));
                own.extend(items.filter(|item| *item != NO_NAME));
                own[start..].sort_unstable();
                own[start..].chunk_by(|a, b| a == b).for_each(|same| count(&mut counts.orders, same[0], 1));
            }
            own.sort_unstable();
            own.chunk_by(|a, b| a == b).for_each(|same| count(&mut counts.customers, same[0], 1));
        }
        self.moves.add(purchases, as_of);
        self.seasons.add(purchases);
    }

    fn join(&mut self, part: Self) {
        self.orders += part.orders;
        self.customers += part.customers;
        for (all, own) in self.items.iter_mut().zip(part.items) {
            for (all, own) in [(&mut all.orders, own.orders), (&mut all.customers, own.customers)] {
                own.into_iter().zip(0..).for_each(|(more, item)| count(all, item, more));
            }
        }
        self.moves.join(part.moves);
        self.seasons.join(part.seasons);
    }
}

fn count(counts: &mut Vec<u32>, item: u32, more: u32) {
    let item = item as usize;
    if counts.len() <= item {
        counts.resize(item + 1, 0);
    }
    counts[item] += more;
}
