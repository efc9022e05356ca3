//! The whale curve in ten parts, and figures of how unevenly things are spread.

use arrow::array::{Float64Array, Int64Array, StringArray};

use crate::numerics::concentration::Concentration;
use crate::table::{Categories, Money, Table, TableBuilder, TableError};

use super::contract::{PROFIT_CONCENTRATION, PROFIT_DECILES};

/// Parts of the whale curve.
const PARTS: usize = 10;

/// Points of the Lorenz curve, from the largest customer on.
const POINTS: [f64; 13] = [0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0];

/// Share of the total that few customers bring (Pareto 1896).
const MOST: f64 = 0.8;

/// What is counted of a customer, in the order of the table.
const MEASURES: [&str; 2] = ["revenue", "contribution"];

/// A money in ten-thousandths that may have left 64 bits in a sum.
fn narrow(sum: i128) -> i64 {
    i64::try_from(sum).unwrap_or(if sum > 0 { i64::MAX } else { i64::MIN })
}

/// One part of the whale curve.
struct Part {
    customers: usize,
    revenue: i128,
    contribution: i128,
    highest: i64,
    lowest: i64,
}

/// The table of tenths; `order` are the rows from the highest contribution to the lowest.
pub(super) fn deciles_table(order: &[u32], revenues: &[i64], contributions: &[i64]) -> Result<Table, TableError> {
    let n = order.len();
    let sum = |rows: &[u32], of: &[i64]| rows.iter().map(|row| i128::from(of[*row as usize])).sum::<i128>();
    let part = |number: usize| {
        let rows = &order[number * n / PARTS..(number + 1) * n / PARTS];
        let [first, .., last] = rows else {
            return rows.first().map(|row| (number, one(*row, revenues, contributions)));
        };
        let part = Part {
            customers: rows.len(),
            revenue: sum(rows, revenues),
            contribution: sum(rows, contributions),
            highest: contributions[*first as usize],
            lowest: contributions[*last as usize],
        };
        Some((number, part))
    };
    let parts: Vec<(usize, Part)> = (0..PARTS).filter_map(part).collect();
    let (all_revenue, all_contribution) = (sum(order, revenues), sum(order, contributions));
    let running = |value: fn(&Part) -> i128| {
        let mut sum = 0;
        let add = |(_, part): &(usize, Part)| {
            sum += value(part);
            sum
        };
        parts.iter().map(add).collect::<Vec<i128>>()
    };
    let share = |sums: &[i128], all: i128| -> Float64Array {
        sums.iter().map(|sum| (all > 0).then(|| *sum as f64 / all as f64)).collect()
    };
    let (customers, revenue, contribution) =
        (running(|p| p.customers as i128), running(|p| p.revenue), running(|p| p.contribution));
    let money = |value: fn(&Part) -> i64| parts.iter().map(|(_, part)| value(part)).collect::<Vec<_>>();
    TableBuilder::new(&PROFIT_DECILES)
        .count("decile", parts.iter().map(|(number, _)| *number as i64 + 1).collect::<Vec<_>>())
        .count("customers", parts.iter().map(|(_, part)| part.customers as i64).collect::<Vec<_>>())
        .money("revenue", money(|part| narrow(part.revenue)))
        .money("contribution", money(|part| narrow(part.contribution)))
        .money("contribution_highest", money(|part| part.highest))
        .money("contribution_lowest", money(|part| part.lowest))
        .real("cumulative_customers_share", share(&customers, n as i128))
        .real("cumulative_revenue_share", share(&revenue, all_revenue))
        .money("cumulative_contribution", contribution.iter().map(|sum| narrow(*sum)).collect::<Vec<_>>())
        .real("cumulative_contribution_share", share(&contribution, all_contribution))
        .build()
}

fn one(row: u32, revenues: &[i64], contributions: &[i64]) -> Part {
    let (revenue, contribution) = (revenues[row as usize], contributions[row as usize]);
    Part {
        customers: 1,
        revenue: i128::from(revenue),
        contribution: i128::from(contribution),
        highest: contribution,
        lowest: contribution,
    }
}

/// A row of the figures.
struct Figure {
    measure: usize,
    figure: &'static str,
    customers_share: Option<f64>,
    amount: Option<i64>,
    value: Option<f64>,
    note: String,
}

/// The table of figures; nobody has none.
pub(super) fn concentration_table(revenue: &Concentration, contribution: &Concentration) -> Result<Table, TableError> {
    let figures: Vec<Figure> = [revenue, contribution]
        .into_iter()
        .enumerate()
        .filter(|(_, curve)| !curve.is_empty())
        .flat_map(|(measure, curve)| figures(measure, curve))
        .collect();
    let names = MEASURES.map(str::to_owned).to_vec();
    let kinds = figures.iter().map(|f| Some(f.figure)).collect::<Vec<_>>();
    TableBuilder::new(&PROFIT_CONCENTRATION)
        .category("measure", Categories::from_codes(figures.iter().map(|f| f.measure as i32).collect(), names))
        .category("figure", Categories::from_words(&kinds))
        .real("customers_share", figures.iter().map(|f| f.customers_share).collect::<Float64Array>())
        .money("amount", figures.iter().map(|f| f.amount).collect::<Int64Array>())
        .real("value", figures.iter().map(|f| f.value).collect::<Float64Array>())
        .text("note", StringArray::from_iter_values(figures.iter().map(|f| f.note.as_str())))
        .build()
}

/// A share as people say it.
pub(super) fn percent(share: f64) -> String {
    let percent = 100.0 * share;
    let is_whole = (percent - percent.round()).abs() < 0.05;
    if percent.abs() < 9.95 && !is_whole { format!("{percent:.1} %") } else { format!("{percent:.0} %") }
}

const NO_TOTAL: &str = "the total is not positive, so a share of it means nothing";

fn figures(measure: usize, curve: &Concentration) -> Vec<Figure> {
    let name = MEASURES[measure];
    let all = curve.len() as f64;
    let row =
        |figure, customers_share, amount, value, note| Figure { measure, figure, customers_share, amount, value, note };
    let mut found: Vec<Figure> = POINTS
        .into_iter()
        .map(|share| {
            let value = curve.top_share(share);
            let note = value.map_or_else(
                || NO_TOTAL.to_owned(),
                |value| format!("the first {} of customers bring {} of {name}", percent(share), percent(value)),
            );
            let amount = Money::from_f64(curve.top(share) / 10_000.0).map_or(0, |amount| amount.0);
            row("lorenz", Some(share), Some(amount), value, note)
        })
        .collect();
    let gini = curve.gini();
    let note = match gini {
        Some(_) => "0 all alike, 1 all in one hand",
        None => "one customer, or nothing at all, is spread in no way",
    };
    found.push(row("gini", None, None, gini, note.to_owned()));
    let few = curve.count_for(MOST);
    let share = few.map(|count| count as f64 / all);
    let note = share.map_or_else(
        || NO_TOTAL.to_owned(),
        |share| format!("{} of customers bring {} of {name}", percent(share), percent(MOST)),
    );
    let amount = few.map(|count| narrow(curve.sum_of(count)));
    found.push(row("pareto", share, amount, share.and_then(|share| curve.top_share(share)), note));
    let peak = curve.peak();
    let share = peak.count as f64 / all;
    let value = (curve.total() > 0).then(|| peak.amount as f64 / curve.total() as f64);
    let note = value.map_or_else(
        || NO_TOTAL.to_owned(),
        |value| format!("the {} of customers with a positive {name} bring {} of it", percent(share), percent(value)),
    );
    found.push(row("peak", Some(share), Some(narrow(peak.amount)), value, note));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_hold_everybody_whatever_their_number() {
        for n in [0, 1, 7, 10, 23] {
            let contributions: Vec<i64> = (0..n).map(|row| 60_000 - 10_000 * row).collect();
            let order: Vec<u32> = (0..n as u32).collect();
            let table = deciles_table(&order, &contributions, &contributions).unwrap();
            let counts: i64 = table.integers("customers").unwrap().values().iter().sum();
            assert_eq!(counts, n);
            let sums = table.integers("cumulative_contribution").unwrap();
            if n > 0 {
                assert_eq!(sums.value(sums.len() - 1), contributions.iter().sum::<i64>());
            }
        }
    }

    #[test]
    fn figures_are_told_in_words() {
        let curve = Concentration::of(&[800_000, 100_000, 90_000, 60_000, -50_000]);
        let notes = figures(1, &curve).into_iter().map(|f| f.note).collect::<Vec<_>>();
        assert!(notes.contains(&"the first 20 % of customers bring 80 % of contribution".to_owned()), "{notes:?}");
        assert!(notes.contains(&"20 % of customers bring 80 % of contribution".to_owned()), "{notes:?}");
        let peak = "the 80 % of customers with a positive contribution bring 105 % of it".to_owned();
        assert!(notes.contains(&peak), "{notes:?}");
        let losses = figures(0, &Concentration::of(&[-1, -2]));
        assert!(losses.iter().all(|f| f.figure == "gini" || (f.value.is_none() && f.note == NO_TOTAL)));
    }
}
