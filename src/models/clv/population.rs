//! Customers as the purchase models see them at the end of one day.

use arrow::array::{Array, Int64Array};

use crate::table::{Table, TableError};

use super::past::mean_spend;
use super::period::Period;

/// Customers with a purchase day, one entry per customer in every column.
#[derive(Debug, Clone)]
pub(super) struct Population {
    /// End of observation; days since 1970-01-01.
    pub(super) day: i32,
    /// Repeat purchase days.
    pub(super) x: Vec<u32>,
    /// Days from the first purchase to the last.
    pub(super) t_x: Vec<u32>,
    /// Days from the first purchase to the end of observation.
    pub(super) tenure: Vec<u32>,
    /// Mean spend per repeat day (or opportunity used); NaN where there is none.
    pub(super) spend: Vec<f64>,
    pub(super) has_money: bool,
    /// Sum of the logarithms of the gaps between purchase days, in weeks; 0 when it was not asked for.
    pub(super) ln_gaps: f64,
    /// For the discrete-time model.
    pub(super) opportunities: Option<Opportunities>,
}

/// Opportunities used, one entry per customer.
#[derive(Debug, Clone)]
pub(super) struct Opportunities {
    pub(super) period: Period,
    /// Opportunities used.
    pub(super) x: Vec<u32>,
    /// The last one used, counted from the first purchase.
    pub(super) t_x: Vec<u32>,
    /// Opportunities since the first purchase.
    pub(super) n: Vec<u32>,
}

impl Population {
    /// The purchase histories of a run.
    pub(super) fn of_table(table: &Table, as_of: i32) -> Result<Self, TableError> {
        let days = |column: &str| -> Result<Vec<u32>, TableError> {
            Ok(table.integers(column)?.values().iter().map(|v| *v as u32).collect())
        };
        let x = days("x")?;
        let repeat = table.integers("repeat_spend")?;
        Ok(Self {
            day: as_of,
            spend: spend_means(&x, repeat),
            x,
            t_x: days("t_x")?,
            tenure: days("tenure_days")?,
            has_money: repeat.null_count() == 0,
            ln_gaps: 0.0,
            opportunities: None,
        })
    }

    pub(super) fn len(&self) -> usize {
        self.x.len()
    }

    /// Repeats as the chosen kind of model counts them: purchase days, or opportunities used.
    pub(super) fn repeats(&self) -> &[u32] {
        self.opportunities.as_ref().map_or(&self.x, |o| &o.x)
    }

    /// Time observed in the unit that repeats are counted in: days, or opportunities.
    pub(super) fn observed(&self) -> &[u32] {
        self.opportunities.as_ref().map_or(&self.tenure, |o| &o.n)
    }
}

fn spend_means(x: &[u32], repeat: &Int64Array) -> Vec<f64> {
    if repeat.null_count() > 0 {
        return vec![f64::NAN; x.len()];
    }
    x.iter().zip(repeat.values()).map(|(x, total)| mean_spend(*total, *x)).collect()
}
