//! Which categories win and lose buyers.

use std::collections::BTreeMap;

use arrow::array::Int64Array;

use crate::clean::{DAY_MINUTES, NO_NAME};
use crate::purchases::{Names, Purchases};
use crate::table::{Categories, Table, TableBuilder, TableError};

use super::contract::CATEGORY_MOVES;

/// Days of a window.
const WINDOW_DAYS: i32 = 180;

/// Buyers of a category: before, now, kept, gained from others, gained new, lost to others, lost silent.
type Counts = [i64; 7];

/// Counts and money (before, now) by the number of the category.
#[derive(Debug, Default)]
pub(super) struct CategoryMoves(BTreeMap<u32, (Counts, [i64; 2])>);

/// One customer: their categories with the money of the window before and of the last.
fn windows(purchases: Purchases<'_>, as_of: i32) -> BTreeMap<u32, [Option<i64>; 2]> {
    let mut found: BTreeMap<u32, [Option<i64>; 2]> = BTreeMap::new();
    for basket in purchases.baskets {
        let ago = as_of - basket.minute.div_euclid(DAY_MINUTES);
        let window = match ago {
            0..WINDOW_DAYS => 1,
            ago if (WINDOW_DAYS..2 * WINDOW_DAYS).contains(&ago) => 0,
            _ => continue,
        };
        for item in purchases.items_of(basket).iter().filter(|item| item.category != NO_NAME) {
            let sum = &mut found.entry(item.category).or_default()[window];
            *sum = Some(sum.unwrap_or_default().saturating_add(item.amount));
        }
    }
    found
}

impl CategoryMoves {
    /// Counts the moves of one customer.
    pub(super) fn add(&mut self, purchases: Purchases<'_>, as_of: i32) {
        let own = windows(purchases, as_of);
        let bought = |window: usize| own.values().any(|sums| sums[window].is_some());
        let (before, now) = (bought(0), bought(1));
        for (category, sums) in own {
            let [was, is] = sums.map(|sum| sum.is_some());
            let facts = [
                was,
                is,
                was && is,
                is && !was && before,
                is && !was && !before,
                was && !is && now,
                was && !is && !now,
            ];
            self.count(category, facts.map(i64::from), sums.map(Option::unwrap_or_default));
        }
    }

    /// Adds those of other customers.
    pub(super) fn join(&mut self, others: Self) {
        others.0.into_iter().for_each(|(category, (counts, money))| self.count(category, counts, money));
    }

    fn count(&mut self, category: u32, more: Counts, more_money: [i64; 2]) {
        let (counts, money) = self.0.entry(category).or_default();
        counts.iter_mut().zip(more).for_each(|(count, more)| *count += more);
        money.iter_mut().zip(more_money).for_each(|(total, more)| *total = total.saturating_add(more));
    }
}

/// The table.
pub(super) fn moves_table(moves: &CategoryMoves, names: &Names, has_money: bool) -> Result<Table, TableError> {
    let count = |at: usize| moves.0.values().map(|(counts, _)| counts[at]).collect::<Vec<_>>();
    let money = |at: usize| moves.0.values().map(|(_, sums)| has_money.then_some(sums[at])).collect::<Int64Array>();
    let categories = moves.0.keys().map(|category| *category as i32).collect();
    TableBuilder::new(&CATEGORY_MOVES)
        .category("category", Categories::from_codes(categories, names.categories.clone()))
        .count("buyers_before", count(0))
        .count("buyers", count(1))
        .count("kept", count(2))
        .count("gained_from_others", count(3))
        .count("gained_new", count(4))
        .count("lost_to_others", count(5))
        .count("lost_silent", count(6))
        .money("revenue_before", money(0))
        .money("revenue", money(1))
        .build()
}
