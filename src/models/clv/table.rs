//! Scores to the `clv` table.

use arrow::array::{Array, Float64Array};

use crate::numerics::btyd::Scores;
use crate::table::{Table, TableBuilder, TableError};

use super::contract::{CLV, CLV_MARGINS};
use super::options::{ClvOptions, IntervalColumns};
use super::population::Population;
use super::profit::{Basis, Profit};

/// The table; `seen` are the histories in purchase days, whatever the model counts.
pub(super) fn clv_table(
    options: &ClvOptions,
    history: &Table,
    seen: &Population,
    scores: Scores,
    profit: Option<&Profit>,
) -> Result<Table, TableError> {
    let rows = seen.len();
    let whole = |column: &str| history.integers(column).cloned();
    let nothing = || Float64Array::new_null(rows);
    let all = options.intervals == IntervalColumns::All;
    let ratios: Option<Vec<f64>> =
        profit.filter(|p| !p.is_even()).map(|p| (0..rows).map(|row| p.net_ratio(row, scores.spend[row])).collect());
    let even = match profit.map(|p| p.basis) {
        Some(Basis::Share(share)) => share,
        _ => 1.0,
    };
    let ratio = |row: usize| ratios.as_ref().map_or(even, |ratios| ratios[row]);
    let plain = ratios.is_none() && (even - 1.0).abs() < f64::EPSILON;
    let value = |mut column: Vec<f64>| -> Float64Array {
        if !plain {
            column.iter_mut().enumerate().for_each(|(row, v)| *v *= ratio(row));
        }
        column.into()
    };
    let optional = |wanted: bool, column: Vec<f64>| if wanted { Float64Array::from(column) } else { nothing() };
    let money = profit.is_some();
    let mut builder = TableBuilder::new(&CLV)
        .text("customer_id", history.text("customer_id")?.clone())
        .count("x", whole("x")?)
        .count("t_x", whole("t_x")?)
        .count("tenure_days", whole("tenure_days")?)
        .real("spend_mean_repeat", finite(&seen.spend))
        .real("p_alive", scores.p_alive)
        .money("value_to_date", whole("value_to_date")?)
        .real("expected_spend", optional(money, scores.spend))
        .real("expected_spend_lower", optional(money && all, scores.spend_lower))
        .real("expected_spend_upper", optional(money && all, scores.spend_upper))
        .real("net_margin_ratio", ratios.as_ref().map_or_else(nothing, |r| r.clone().into()))
        .real("profit_to_date", profit.filter(|p| p.is_known()).map_or_else(nothing, |p| p.to_date.clone().into()));
    for (days, horizon) in options.horizons_days.iter().zip(scores.horizons) {
        builder = builder
            .real(&format!("expected_purchases_{days}d"), horizon.purchases)
            .real(&format!("p_purchase_{days}d"), horizon.p_purchase);
        if all {
            builder = builder
                .real(&format!("expected_purchases_{days}d_lower"), horizon.purchases_lower)
                .real(&format!("expected_purchases_{days}d_upper"), horizon.purchases_upper);
        }
        let names = [format!("clv_{days}d"), format!("clv_{days}d_lower"), format!("clv_{days}d_upper")];
        if !money {
            for name in &names {
                builder = builder.real(name, nothing());
            }
            continue;
        }
        // where a customer costs more than they bring, the ends of the interval change places
        let (mut lower, mut upper) = (horizon.value_lower, horizon.value_upper);
        for row in (0..rows).filter(|_| !plain) {
            if ratio(row) < 0.0 {
                std::mem::swap(&mut lower[row], &mut upper[row]);
            }
        }
        builder =
            builder.real(&names[0], value(horizon.value)).real(&names[1], value(lower)).real(&names[2], value(upper));
    }
    builder.build()
}

/// A column with empty cells where there is no number.
fn finite(values: &[f64]) -> Float64Array {
    if values.iter().all(|v| v.is_finite()) {
        return Float64Array::from(values.to_vec());
    }
    values.iter().map(|v| Some(*v).filter(|v| v.is_finite())).collect()
}

/// What a unit of each customer's spend leaves; nobody without money.
pub(super) fn margins_table(history: &Table, profit: Option<Profit>) -> Result<Table, TableError> {
    let ids = history.text("customer_id")?;
    let builder = TableBuilder::new(&CLV_MARGINS);
    let Some(profit) = profit else {
        return builder
            .text("customer_id", ids.slice(0, 0))
            .real("margin_rate", Vec::<f64>::new())
            .real("overall_margin_rate", Vec::<f64>::new())
            .build();
    };
    let overall = match profit.basis {
        Basis::Share(share) => share,
        Basis::Lines { overall, .. } => overall,
    };
    builder
        .text("customer_id", ids.clone())
        .real("margin_rate", profit.margin_ratio)
        .real("overall_margin_rate", vec![overall; ids.len()])
        .build()
}
