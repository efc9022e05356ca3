//! Rows to learn from and to score, whatever they come from.

use std::sync::Arc;

use crate::numerics::btyd::DayHistory;
use crate::numerics::classify::{Feature, Values};

/// A column of features.
#[derive(Debug, Clone)]
pub(super) enum Cells {
    /// Numbers; NaN is missing.
    Numbers(Vec<f64>),
    /// Places among names; negative is missing.
    Words(Vec<i32>, Arc<[String]>),
}

/// Features of some rows, column by column.
#[derive(Debug, Clone, Default)]
pub(super) struct Columns(pub(super) Vec<(String, Cells)>);

impl Columns {
    /// As the numerics take them.
    pub(super) fn features(&self) -> Vec<Feature<'_>> {
        self.0
            .iter()
            .map(|(name, cells)| Feature {
                name,
                values: match cells {
                    Cells::Numbers(numbers) => Values::Numbers(numbers),
                    Cells::Words(codes, names) => Values::Words { codes, names },
                },
            })
            .collect()
    }
}

/// Where rows come from.
pub(super) trait RowSource: Sync {
    /// How many rows there are.
    fn len(&self) -> usize;

    /// The features of some rows.
    fn columns(&self, rows: &[usize]) -> Columns;

    /// Days since the last purchase of some rows, NaN without one; none where there are no purchases.
    fn days_since_last(&self, _rows: &[usize]) -> Option<Vec<f64>> {
        None
    }

    /// Purchase histories of some rows; none where there are no purchases, or a row has none.
    fn histories(&self, _rows: &[usize]) -> Option<Vec<DayHistory>> {
        None
    }
}

/// Rows whose outcome is known.
pub(super) struct Learning<'a> {
    pub(super) source: &'a dyn RowSource,
    pub(super) outcomes: Vec<bool>,
    /// Cut of each row, 0 the newest.
    pub(super) cuts: Vec<u8>,
    /// Hash of the id of each row's customer.
    pub(super) hashes: Vec<u64>,
}

impl Learning<'_> {
    /// Rows of the outcome that comes less often.
    pub(super) fn rarer(&self) -> usize {
        let positives = self.outcomes.iter().filter(|o| **o).count();
        positives.min(self.outcomes.len() - positives)
    }
}

/// Who was looked at on a day, and who was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CutCount {
    /// Last day that the features know.
    pub(super) cut: i32,
    /// First and last day of the outcome.
    pub(super) outcome: Option<(i32, i32)>,
    pub(super) purpose: &'static str,
    pub(super) customers: i64,
    pub(super) positives: Option<i64>,
    pub(super) too_new: i64,
    pub(super) not_active: i64,
    pub(super) ended: i64,
    pub(super) orders_before: i64,
    pub(super) orders_after: Option<i64>,
}
