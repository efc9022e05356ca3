//! What folding goes by, from the cleaned sources.

use crate::clean::{Cleaned, Duplicates, ZeroAmount};

use super::one::FoldRules;

/// The rules with the tables they point into.
#[derive(Debug)]
pub(super) struct Rules {
    zero_amount: ZeroAmount,
    merge_duplicates: bool,
    has_money: bool,
    category_ranks: Vec<u32>,
    channel_ranks: Vec<u32>,
    store_ranks: Vec<u32>,
    brand_of: Vec<u32>,
}

impl Rules {
    pub(super) fn of(cleaned: &Cleaned) -> Self {
        Self {
            zero_amount: cleaned.options.zero_amount,
            merge_duplicates: cleaned.options.duplicates != Duplicates::Keep,
            has_money: cleaned.has_money,
            category_ranks: cleaned.categories.ranks().1,
            channel_ranks: cleaned.channels.ranks().1,
            store_ranks: cleaned.stores.ranks().1,
            brand_of: brands(cleaned).1,
        }
    }

    pub(super) fn fold(&self) -> FoldRules<'_> {
        FoldRules {
            zero_amount: self.zero_amount,
            merge_duplicates: self.merge_duplicates,
            has_money: self.has_money,
            category_ranks: &self.category_ranks,
            channel_ranks: &self.channel_ranks,
            store_ranks: &self.store_ranks,
            brand_of: &self.brand_of,
        }
    }
}

/// Brands in byte order, and the place of its brand for each product; `u32::MAX` for none.
pub(crate) fn brands(cleaned: &Cleaned) -> (Vec<String>, Vec<u32>) {
    let products = &cleaned.products;
    let brand = |number: u32| products.brand(number);
    let numbers = 0..products.ids().len() as u32;
    let mut names = numbers.clone().filter_map(brand).collect::<Vec<_>>();
    names.sort_unstable();
    names.dedup();
    let place = |name: &str| names.binary_search(&name).map_or(u32::MAX, |at| at as u32);
    let places = numbers.map(|number| brand(number).map_or(u32::MAX, place)).collect();
    (names.into_iter().map(str::to_owned).collect(), places)
}
