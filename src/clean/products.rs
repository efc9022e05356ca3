//! The assortment: what is known of each product.

use crate::source::Batch;

use super::counts::SourceCounts;
use super::error::CleanError;
use super::ids::Interner;
use super::reject::Reason;
use super::transactions::value_of;
use super::values::{Ids, Parsed, shown};
use super::view::{FileView, Refused, series};

/// Products by id: those of the products source, and those that were bought besides.
#[derive(Debug, Default)]
pub struct Products {
    ids: Interner,
    known: Vec<Product>,
}

/// What the products source says of a product.
#[derive(Debug, Clone, Default)]
struct Product {
    category: Option<String>,
    name: Option<String>,
    brand: Option<String>,
    cost: Option<i64>,
    price: Option<i64>,
    /// Whether it is out of the assortment, as far as a status says.
    is_gone: Option<bool>,
    /// Whether there is none left, as far as a stock says.
    is_out: Option<bool>,
}

/// States of a product that is not sold any more, or not now; in any case, blanks and underscores alike.
const GONE: &[&str] = &[
    "discontinued",
    "inactive",
    "retired",
    "delisted",
    "archived",
    "obsolete",
    "deleted",
    "disabled",
    "blocked",
    "unavailable",
    "not available",
    "end of life",
    "out of stock",
    "sold out",
    "no",
    "false",
    "0",
];

/// A word for a state as [`GONE`] writes it.
fn plain(text: &str) -> String {
    text.trim().to_lowercase().replace(['_', '-'], " ")
}

/// Whether a stock says that nothing is left: a number not above zero, or words that say so.
fn is_out(text: &str) -> bool {
    text.trim().parse::<f64>().map_or_else(|_| GONE.contains(&plain(text).as_str()), |pieces| !(pieces > 0.0))
}

impl Products {
    /// The number of a product, new or known.
    pub(super) fn number(&mut self, id: &str) -> u32 {
        self.ids.intern(id)
    }

    fn known(&self, product: u32) -> Option<&Product> {
        self.known.get(product as usize)
    }

    /// All products by number.
    pub fn ids(&self) -> &Interner {
        &self.ids
    }

    /// Category of a product.
    pub fn category(&self, product: u32) -> Option<&str> {
        self.known(product)?.category.as_deref()
    }

    /// What people call it.
    pub fn name(&self, product: u32) -> Option<&str> {
        self.known(product)?.name.as_deref()
    }

    /// Its brand.
    pub fn brand(&self, product: u32) -> Option<&str> {
        self.known(product)?.brand.as_deref()
    }

    /// Cost of one piece, in ten-thousandths.
    pub fn cost(&self, product: u32) -> Option<i64> {
        self.known(product)?.cost
    }

    /// Price of one piece, in ten-thousandths.
    pub fn price(&self, product: u32) -> Option<i64> {
        self.known(product)?.price
    }

    /// Whether there is a products source.
    pub fn is_listed_anywhere(&self) -> bool {
        !self.known.is_empty()
    }

    /// Whether the products source names it.
    pub fn is_listed(&self, product: u32) -> bool {
        self.known(product).is_some()
    }

    /// Whether it can be sold, as far as the products source says: neither discontinued nor out of stock.
    pub fn is_available(&self, product: u32) -> bool {
        self.known(product).is_none_or(|p| p.is_gone != Some(true) && p.is_out != Some(true))
    }

    /// Takes a batch of the products source. A product named twice keeps, per column, the smallest value given, so
    /// that the order of rows doesn't matter; it is gone if one row says so, and in stock if one row (of one warehouse)
    /// has some. The second row counts as merged.
    pub(super) fn take(
        &mut self,
        batch: &Batch,
        view: &FileView<'_>,
        counts: &mut SourceCounts,
    ) -> Result<Vec<Refused>, CleanError> {
        let frame = &batch.frame;
        let product_ids = view.ids(frame, "product_id")?.map(|repaired| repaired.ids);
        let text = |name: &'static str| view.ids(frame, name).map(|found| found.map(|repaired| repaired.ids));
        let (categories, names, brands) = (text("category")?, text("name")?, text("brand")?);
        let (states, stocks) = (text("status")?, text("stock")?);
        let (costs, prices) = (view.amounts(frame, "cost")?, view.amounts(frame, "price")?);
        let mut refused = Vec::new();
        for row in 0..frame.height() {
            counts.read.add(0);
            let Some(id) = product_ids.as_ref().and_then(|ids| cell(ids, row)) else {
                let reason = Reason::MissingProductId;
                counts.refuse(reason, 0);
                let value = series(frame, "product_id").map(|s| shown(&s, row)).unwrap_or_default();
                let column = view.origin("product_id").column.to_owned();
                refused.push(Refused { line: batch.lines.of(row), column, value, reason });
                continue;
            };
            let number = self.ids.intern(&id) as usize;
            let text = |column: &Option<Ids>| column.as_ref().and_then(|c| cell(c, row));
            let money = |column: &Option<Parsed<i64>>| column.as_ref().and_then(|c| value_of(c, row));
            let told = Product {
                category: text(&categories),
                name: text(&names),
                brand: text(&brands),
                cost: money(&costs),
                price: money(&prices),
                is_gone: text(&states).map(|state| GONE.contains(&plain(&state).as_str())),
                is_out: text(&stocks).map(|stock| is_out(&stock)),
            };
            if number == self.known.len() {
                counts.accepted.add(0);
                self.known.push(told);
            } else {
                counts.merged.add(0);
                let known = std::mem::take(&mut self.known[number]);
                self.known[number] = Product {
                    category: smaller(known.category, told.category),
                    name: smaller(known.name, told.name),
                    brand: smaller(known.brand, told.brand),
                    cost: smaller(known.cost, told.cost),
                    price: smaller(known.price, told.price),
                    is_gone: larger(known.is_gone, told.is_gone),
                    is_out: smaller(known.is_out, told.is_out),
                };
            }
        }
        Ok(refused)
    }
}

fn cell(ids: &Ids, row: usize) -> Option<String> {
    match ids {
        Ids::Whole(values) => values.get(row).map(|v| v.to_string()),
        Ids::Text(values) => values.get(row).map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned),
    }
}

fn larger<T: Ord>(a: Option<T>, b: Option<T>) -> Option<T> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.max(b)),
        (a, b) => a.or(b),
    }
}

fn smaller<T: Ord>(a: Option<T>, b: Option<T>) -> Option<T> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_gone_is_told_by_numbers_and_words() {
        for stock in ["0", "-3", "0.0", "out of stock", "Out_of_stock", "FALSE", "nan"] {
            assert!(is_out(stock), "{stock}");
        }
        for stock in ["1", "0.5", "in stock", "plenty", "true"] {
            assert!(!is_out(stock), "{stock}");
        }
        assert!(GONE.contains(&plain(" Sold-Out ").as_str()));
        assert!(!GONE.contains(&plain("active").as_str()));
    }
}
