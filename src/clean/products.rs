//! The assortment: category and cost by product id.

use crate::source::Batch;

use super::counts::SourceCounts;
use super::error::CleanError;
use super::ids::Interner;
use super::reject::Reason;
use super::transactions::value_of;
use super::values::{Ids, shown};
use super::view::{FileView, Refused, series};

/// Products by id.
#[derive(Debug, Default)]
pub(super) struct Products {
    ids: Interner,
    categories: Vec<Option<String>>,
    costs: Vec<Option<i64>>,
}

impl Products {
    /// The number of a known product.
    pub(super) fn find(&self, id: &str) -> Option<usize> {
        self.ids.find(id).map(|n| n as usize)
    }

    /// Category of a product.
    pub(super) fn category(&self, product: usize) -> Option<&str> {
        self.categories[product].as_deref()
    }

    /// Cost of one piece, in ten-thousandths.
    pub(super) fn cost(&self, product: usize) -> Option<i64> {
        self.costs[product]
    }

    /// Takes a batch of the products source. A product named twice keeps, per column, the smallest value given, so
    /// that the order of rows doesn't matter; the second row counts as merged.
    pub(super) fn take(
        &mut self,
        batch: &Batch,
        view: &FileView<'_>,
        counts: &mut SourceCounts,
    ) -> Result<Vec<Refused>, CleanError> {
        let frame = &batch.frame;
        let product_ids = view.ids(frame, "product_id")?.map(|repaired| repaired.ids);
        let categories = view.ids(frame, "category")?.map(|repaired| repaired.ids);
        let costs = view.amounts(frame, "cost")?;
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
            let category = categories.as_ref().and_then(|c| cell(c, row));
            let cost = costs.as_ref().and_then(|c| value_of(c, row));
            if number == self.categories.len() {
                counts.accepted.add(0);
                self.categories.push(category);
                self.costs.push(cost);
            } else {
                counts.merged.add(0);
                self.categories[number] = smaller(self.categories[number].take(), category);
                self.costs[number] = smaller(self.costs[number], cost);
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

fn smaller<T: Ord>(a: Option<T>, b: Option<T>) -> Option<T> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}
