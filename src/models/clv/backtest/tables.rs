//! The tables of a backtest.

use arrow::array::{BooleanArray, Date32Array, Float64Array};

use crate::numerics::accuracy::deciles;
use crate::table::{Categories, Column, Table, TableBuilder, TableError};

use super::super::covariates::Design;
use super::super::evidence::Evaluated;
use super::super::forecast::Expectation;
use super::super::past::Past;
use super::contract::{CLV_CALIBRATION, CLV_DECILES, CLV_HOLDOUT, CLV_TRACKING};

/// Repeat purchases from which on customers are taken together.
const MANY_REPEATS: u32 = 7;

/// Actual and expected mean by repeats before the cut: (x, customers, actual, expected), rows without customers left out.
pub(super) fn calibration(past: &Past, expected: &[f64]) -> Vec<(u32, u64, f64, f64)> {
    let mut sums = [(0_u64, 0.0, 0.0); MANY_REPEATS as usize + 1];
    for ((x, made), expected) in past.population.repeats().iter().zip(&past.made).zip(expected) {
        let cell = &mut sums[(*x).min(MANY_REPEATS) as usize];
        cell.0 += 1;
        cell.1 += f64::from(*made);
        cell.2 += expected;
    }
    let rows = sums.iter().enumerate().filter(|(_, (n, ..))| *n > 0);
    rows.map(|(x, (n, actual, expected))| (x as u32, *n, actual / *n as f64, expected / *n as f64)).collect()
}

/// A week of the tracking: last day, repeat purchases made and expected until its end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Week {
    pub(super) end: i32,
    pub(super) actual: f64,
    pub(super) expected: f64,
}

/// Week by week from the first purchase of all to the end of the holdout; none for baselines.
pub(super) fn tracking(past: &Past, evaluated: &Evaluated, design: Option<&Design>) -> Vec<Week> {
    let Some(purchases) = &evaluated.purchases else { return Vec::new() };
    let Some(expectation) = Expectation::of(purchases, design, past) else { return Vec::new() };
    let first = past.calendar.first_day;
    let mut actual = 0.0;
    let mut next = 0;
    let ends = (1..).map(|week| first + 7 * week - 1).take_while(|end| *end <= past.cut.end());
    let week = |end: i32| {
        let until = ((end - first + 1) as usize).min(past.calendar.repeats.len());
        actual += past.calendar.repeats[next..until].iter().sum::<f64>();
        next = until;
        Week { end, actual, expected: expectation.cumulative(&past.calendar, end) }
    };
    ends.map(week).collect()
}

pub(super) fn calibration_table(past: &Past, evaluated: &[Evaluated]) -> Result<Table, TableError> {
    let rows: Vec<_> = evaluated
        .iter()
        .flat_map(|e| calibration(past, &e.expected).into_iter().map(move |row| (e.name, row)))
        .collect();
    TableBuilder::new(&CLV_CALIBRATION)
        .category("model", Categories::from_words(&rows.iter().map(|(name, _)| Some(*name)).collect::<Vec<_>>()))
        .score("x", rows.iter().map(|(_, row)| row.0 as i32).collect::<Vec<_>>())
        .count("customers", rows.iter().map(|(_, row)| row.1 as i64).collect::<Vec<_>>())
        .real("actual_mean", rows.iter().map(|(_, row)| row.2).collect::<Vec<_>>())
        .real("expected_mean", rows.iter().map(|(_, row)| row.3).collect::<Vec<_>>())
        .build()
}

pub(super) fn decile_table(past: &Past, evaluated: &[Evaluated]) -> Result<Table, TableError> {
    let made: Vec<f64> = past.made.iter().map(|n| f64::from(*n)).collect();
    let total: f64 = made.iter().sum();
    let mean = total / made.len().max(1) as f64;
    let mut names = Vec::new();
    let (mut numbers, mut customers) = (Vec::new(), Vec::new());
    let (mut expected, mut actual, mut lift, mut share) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for e in evaluated {
        let mut until = 0.0;
        for (at, tenth) in deciles(&e.expected, &made).into_iter().enumerate() {
            until += tenth.actual;
            names.push(Some(e.name));
            numbers.push(at as i32 + 1);
            customers.push(tenth.customers as i64);
            expected.push(tenth.expected);
            actual.push(tenth.actual);
            let own = tenth.actual / tenth.customers.max(1) as f64;
            lift.push((mean > 0.0).then(|| own / mean));
            share.push((total > 0.0).then(|| until / total));
        }
    }
    TableBuilder::new(&CLV_DECILES)
        .category("model", Categories::from_words(&names))
        .score("decile", numbers)
        .count("customers", customers)
        .real("expected_purchases", expected)
        .real("actual_purchases", actual)
        .real("lift", Float64Array::from(lift))
        .real("cumulative_share", Float64Array::from(share))
        .build()
}

pub(super) fn tracking_table(past: &Past, weeks: &[(&'static str, Vec<Week>)]) -> Result<Table, TableError> {
    let mut rows = Vec::new();
    for (name, weeks) in weeks {
        let mut before = (0.0, 0.0);
        for (at, week) in weeks.iter().enumerate() {
            rows.push((*name, at as i64 + 1, *week, week.actual - before.0, week.expected - before.1));
            before = (week.actual, week.expected);
        }
    }
    let real = |value: fn(&(&'static str, i64, Week, f64, f64)) -> f64| rows.iter().map(value).collect::<Vec<f64>>();
    let count = |value: fn(&(&'static str, i64, Week, f64, f64)) -> i64| rows.iter().map(value).collect::<Vec<i64>>();
    let held_out: BooleanArray = rows.iter().map(|row| Some(row.2.end > past.cut.day)).collect();
    TableBuilder::new(&CLV_TRACKING)
        .category("model", Categories::from_words(&rows.iter().map(|row| Some(row.0)).collect::<Vec<_>>()))
        .count("week", count(|row| row.1))
        .day("week_end", Date32Array::from_iter_values(rows.iter().map(|row| row.2.end)))
        .with("is_holdout", Column::Flag(held_out))
        .count("actual_cumulative", count(|row| row.2.actual as i64))
        .real("expected_cumulative", real(|row| row.2.expected))
        .count("actual", count(|row| row.3 as i64))
        .real("expected", real(|row| row.4))
        .build()
}

pub(super) fn holdout_table(past: &Past, evaluated: &[Evaluated]) -> Result<Table, TableError> {
    let count = |column: &[u32]| column.iter().map(|n| i64::from(*n)).collect::<Vec<i64>>();
    let spend = if past.population.has_money {
        Float64Array::from(past.made_spend.clone())
    } else {
        Float64Array::new_null(past.made.len())
    };
    let mut builder = TableBuilder::new(&CLV_HOLDOUT)
        .text("customer_id", past.ids.clone())
        .count("x", count(&past.population.x))
        .count("t_x", count(&past.population.t_x))
        .count("tenure_days", count(&past.population.tenure))
        .count("purchases", count(&past.made))
        .real("spend", spend);
    for e in evaluated {
        builder = builder.real(&format!("expected_{}", e.name), e.expected.clone());
    }
    builder.build()
}
