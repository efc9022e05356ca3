//! The plot: how many of those who began together come back.

use std::collections::BTreeMap;

use crate::stage::{Content, Emphasis, Plot, Series};
use crate::table::{Column, Table, TableError};

/// Cohorts with a line of their own, the newest.
const SHOWN: usize = 6;

/// Periods that a cohort must have been followed for.
const FOLLOWED: usize = 3;

/// Retention by age of the newest cohorts by calendar period, and of all of them; from the table `cohorts`. None when no
/// cohort has been followed long enough.
pub(super) fn retention(cohorts: &Table, period: &str) -> Result<Option<Plot>, TableError> {
    let (kinds, names) = (cohorts.categories("cohort_by")?, cohorts.categories("cohort")?);
    let (ages, complete) = (cohorts.integers("period")?, cohorts.column("is_complete")?);
    let [active, observed] = ["active", "customers_observed"].map(|name| cohorts.column(name));
    let (active, observed) = (active?, observed?);
    let is_whole = |row: usize| matches!(complete, Column::Flag(_)) && complete.number(row) == Some(1.0);
    let mut lines: BTreeMap<&str, Vec<(f64, f64)>> = BTreeMap::new();
    let mut all: BTreeMap<i64, (f64, f64)> = BTreeMap::new();
    for row in (0..cohorts.rows()).filter(|row| kinds.get(*row) == Some("first_purchase") && is_whole(*row)) {
        let (Some(name), Some(active), Some(observed)) = (names.get(row), active.number(row), observed.number(row))
        else {
            continue;
        };
        // everyone buys in the first period
        if ages.value(row) == 0 || observed <= 0.0 {
            continue;
        }
        lines.entry(name).or_default().push((ages.value(row) as f64, active / observed));
        let sum = all.entry(ages.value(row)).or_default();
        *sum = (sum.0 + active, sum.1 + observed);
    }
    lines.retain(|_, points| points.len() >= FOLLOWED);
    if lines.is_empty() {
        return Ok(None);
    }
    let mean = all.into_iter().map(|(age, (active, observed))| (age as f64, active / observed)).collect();
    let mut series = vec![Series { name: "all".into(), points: mean, emphasis: Emphasis::Actual }];
    let newest = lines.into_iter().rev().take(SHOWN);
    series.extend(newest.map(|(name, points)| Series { name: name.to_owned(), points, emphasis: Emphasis::Other }));
    Ok(Some(Plot {
        name: "cohort_retention".into(),
        title: "Who comes back, by age of the cohort".into(),
        note: format!("the newest cohorts by {period} of the first purchase; whole {period}s only"),
        x_title: format!("age, {period}s"),
        y_title: "share who bought".into(),
        content: Content::Lines { series },
    }))
}
