//! What there is to offer on a level, and what may not be offered.

use crate::clean::{Cleaned, NO_NAME};
use crate::purchases::Names;
use crate::table::Money;

use super::collect::Collected;
use super::options::{Level, OffersOptions};

/// The items of a level by their place among its names.
#[derive(Debug)]
pub(super) struct Assortment<'a> {
    pub(super) level: Level,
    /// Ids.
    pub(super) ids: &'a [String],
    /// Names.
    pub(super) names: Vec<&'a str>,
    /// Whether it is neither excluded nor missing in the products source.
    pub(super) is_allowed: Vec<bool>,
    /// Whether it can be sold today.
    pub(super) is_available: Vec<bool>,
    /// Whether it may be offered again after a time.
    pub(super) is_repeatable: Vec<bool>,
    /// Mean margin of an order of it; none when no margin is known.
    pub(super) margins: Option<Vec<f64>>,
    /// Items bought that the products source doesn't name.
    pub(super) unlisted: usize,
}

impl<'a> Assortment<'a> {
    /// The assortment of a level.
    pub(super) fn of(
        level: Level,
        names: &'a Names,
        cleaned: &'a Cleaned,
        collected: &Collected,
        options: &OffersOptions,
    ) -> Self {
        let catalogue = Catalogue::of(names, cleaned, collected);
        let totals = &collected.totals[level as usize];
        let has = |list: &[String], name: &str| list.iter().any(|known| known == name);
        let is_out = |category: Option<&str>| category.is_some_and(|name| has(&options.exclude_categories, name));
        let repeats = |category: Option<&str>| {
            options.repeat_after_days.is_some()
                && (options.repeat_categories.is_empty()
                    || category.is_some_and(|name| has(&options.repeat_categories, name)))
        };
        match level {
            Level::Category => {
                let ids = names.categories.as_slice();
                let available = catalogue.available_categories(ids, names);
                Self {
                    level,
                    ids,
                    names: ids.iter().map(String::as_str).collect(),
                    is_allowed: ids.iter().map(|id| !is_out(Some(id))).collect(),
                    is_available: available,
                    is_repeatable: ids.iter().map(|id| repeats(Some(id))).collect(),
                    margins: margins(totals.iter().map(|total| mean(total.margin, total.orders)).collect()),
                    unlisted: 0,
                }
            }
            Level::Product => {
                let ids = names.products.as_slice();
                let places = || 0..ids.len();
                let shown = |place: usize| catalogue.name(place).unwrap_or(&ids[place]);
                let listed = |place: usize| catalogue.is_listed(place);
                let allowed = |place: usize| {
                    listed(place) && !has(&options.exclude_products, &ids[place]) && !is_out(catalogue.category(place))
                };
                let margin = |place: usize| {
                    mean(totals[place].margin, totals[place].orders).or_else(|| catalogue.unit_margin(place))
                };
                let bought = collected.histories[level as usize].pairs().iter().map(|pair| pair.item as usize);
                let mut missing = bought.filter(|place| !listed(*place)).collect::<Vec<_>>();
                missing.sort_unstable();
                missing.dedup();
                Self {
                    level,
                    ids,
                    names: places().map(shown).collect(),
                    is_allowed: places().map(allowed).collect(),
                    is_available: places().map(|place| catalogue.is_available(place)).collect(),
                    is_repeatable: places().map(|place| repeats(catalogue.category(place))).collect(),
                    margins: margins(places().map(margin).collect()),
                    unlisted: missing.len(),
                }
            }
        }
    }
}

/// The products source by the places of the product names.
struct Catalogue<'a> {
    cleaned: &'a Cleaned,
    numbers: Vec<Option<u32>>,
    categories: Vec<Option<&'a str>>,
}

impl<'a> Catalogue<'a> {
    fn of(names: &'a Names, cleaned: &'a Cleaned, collected: &Collected) -> Self {
        let numbers = names.products.iter().map(|id| cleaned.products.ids().find(id)).collect::<Vec<_>>();
        let of_lines = |place: usize| {
            let category = collected.line_categories[place];
            (category != NO_NAME).then(|| names.categories[category as usize].as_str())
        };
        let told = |number: &Option<u32>| number.and_then(|number| cleaned.products.category(number));
        let categories = numbers.iter().enumerate().map(|(place, number)| told(number).or_else(|| of_lines(place)));
        Self { cleaned, categories: categories.collect(), numbers }
    }

    fn name(&self, place: usize) -> Option<&'a str> {
        self.numbers[place].and_then(|number| self.cleaned.products.name(number))
    }

    fn category(&self, place: usize) -> Option<&'a str> {
        self.categories[place]
    }

    /// Whether it is in the products source, if there is one.
    fn is_listed(&self, place: usize) -> bool {
        let products = &self.cleaned.products;
        !products.is_listed_anywhere() || self.numbers[place].is_some_and(|number| products.is_listed(number))
    }

    fn is_available(&self, place: usize) -> bool {
        self.numbers[place].is_none_or(|number| self.cleaned.products.is_available(number))
    }

    fn unit_margin(&self, place: usize) -> Option<f64> {
        let (products, number) = (&self.cleaned.products, self.numbers[place]?);
        Some(Money(products.price(number)?.saturating_sub(products.cost(number)?)).to_f64())
    }

    /// A category is available unless it has products in the source and none of them is.
    fn available_categories(&self, ids: &[String], names: &Names) -> Vec<bool> {
        let (mut listed, mut available) = (vec![false; ids.len()], vec![false; ids.len()]);
        for place in 0..names.products.len() {
            let category =
                self.categories[place].and_then(|name| ids.binary_search_by(|id| id.as_str().cmp(name)).ok());
            let Some(category) = category.filter(|_| self.cleaned.products.is_listed_anywhere()) else { continue };
            if self.is_listed(place) {
                listed[category] = true;
                available[category] |= self.is_available(place);
            }
        }
        listed.iter().zip(&available).map(|(listed, available)| !listed || *available).collect()
    }
}

fn mean(margin: i64, orders: u32) -> Option<f64> {
    (orders > 0).then(|| Money(margin).to_f64() / f64::from(orders))
}

/// Margins with the mean of the others where one is not known; nothing when none is.
fn margins(known: Vec<Option<f64>>) -> Option<Vec<f64>> {
    let count = known.iter().flatten().count();
    let mean = known.iter().flatten().sum::<f64>() / count as f64;
    (count > 0).then(|| known.into_iter().map(|margin| margin.unwrap_or(mean)).collect())
}
