//! From spend to profit: margins, and what customers cost.

use arrow::array::Array;

use crate::stage::StageError;
use crate::table::{Column, Table, Tables, align};

use super::options::{ClvOptions, Margin, MarginWord};

/// What a unit of a customer's future spend leaves, and what the customer has left so far.
#[derive(Debug, Clone)]
pub(super) struct Profit {
    /// Margin per unit of spend, one entry per customer.
    pub(super) margin_ratio: Vec<f64>,
    /// Cost to serve per purchase day, one entry per customer; empty when no cost is known.
    pub(super) service_cost: Vec<f64>,
    /// Margin so far, less service and acquisition cost, one entry per customer; empty when nothing is known of them.
    pub(super) to_date: Vec<f64>,
    pub(super) basis: Basis,
    is_known: bool,
}

/// Where the margins come from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Basis {
    /// The same share of all spend.
    Share(f64),
    /// Own margins with this credibility: the spend at which a customer's own margin counts as much as everybody's.
    Lines {
        /// Margin over spend of all customers.
        overall: f64,
        /// In currency; infinite when customers don't differ.
        half_weight_spend: f64,
    },
}

/// Columns of customers as numbers, empty cells 0.
struct Costs {
    margin: Option<Vec<f64>>,
    service: Option<Vec<f64>>,
    acquisition: Option<Vec<f64>>,
}

impl Profit {
    /// Margins and costs of the customers of a purchase history.
    pub(super) fn of(tables: &Tables, history: &Table, options: &ClvOptions) -> Result<Self, StageError> {
        let costs = Costs::read(tables, history)?;
        let spend = money(history.column("value_to_date")?);
        let with_margin = history.column("spend_with_margin")?;
        let known = if costs.margin.is_some() { money(with_margin) } else { Vec::new() };
        let basis = match (options.margin, &costs.margin) {
            (Some(Margin::Share(share)), _) => Basis::Share(share),
            (Some(Margin::Word(MarginWord::Lines)), None) => {
                let hint = "give a cost or margin column, product costs, or margin = 0.35";
                return Err(StageError::Data(format!("margin = \"lines\", but no source tells margins; {hint}")));
            }
            (None, None) => Basis::Share(1.0),
            (_, Some(margin)) => Basis::lines(margin, &known),
        };
        let ratio = |row: usize| match (basis, &costs.margin) {
            (Basis::Share(share), _) => share,
            (Basis::Lines { overall, half_weight_spend }, Some(margin)) if half_weight_spend.is_finite() => {
                (margin[row] + overall * half_weight_spend) / (known[row].max(0.0) + half_weight_spend)
            }
            (Basis::Lines { overall, .. }, _) => overall,
        };
        let margin_ratio: Vec<f64> = (0..spend.len()).map(ratio).collect();
        let service_cost = match &costs.service {
            Some(service) => {
                let days: Vec<f64> = history.column("x")?.numbers().iter().map(|x| x + 1.0).collect();
                per_purchase(service, &days)
            }
            None => Vec::new(),
        };
        let so_far = |row: usize| {
            let margin = match (basis, &costs.margin) {
                (Basis::Lines { .. }, Some(margin)) => margin[row] + margin_ratio[row] * (spend[row] - known[row]),
                _ => margin_ratio[row] * spend[row],
            };
            let cost = |column: &Option<Vec<f64>>| column.as_ref().map_or(0.0, |column| column[row]);
            margin - cost(&costs.service) - cost(&costs.acquisition)
        };
        let is_known = costs.service.is_some()
            || costs.acquisition.is_some()
            || options.margin.is_some()
            || matches!(basis, Basis::Lines { .. });
        let to_date = if is_known { (0..spend.len()).map(so_far).collect() } else { Vec::new() };
        Ok(Self { margin_ratio, service_cost, to_date, basis, is_known })
    }

    /// Whether one share holds for everybody.
    pub(super) fn is_even(&self) -> bool {
        matches!(self.basis, Basis::Share(_)) && self.service_cost.is_empty()
    }

    /// Whether more is known than what was spent: a margin, or a cost.
    pub(super) fn is_known(&self) -> bool {
        self.is_known
    }

    /// What a unit of spend leaves of a customer who spends so much per purchase day: margin less cost to serve.
    pub(super) fn net_ratio(&self, row: usize, spend_per_purchase: f64) -> f64 {
        let cost = self.service_cost.get(row).copied().unwrap_or(0.0);
        let served = if cost > 0.0 && spend_per_purchase > 0.0 { cost / spend_per_purchase } else { 0.0 };
        self.margin_ratio[row] - served
    }
}

impl Basis {
    /// Credibility of a customer's own margin ratio by the method of moments: with ratio rᵢ on spend sᵢ,
    /// E(rᵢ − ρ)² = a + v/sᵢ, so that own experience weighs sᵢ/(sᵢ + v/a) (Bühlmann & Straub 1970, ASTIN Bulletin
    /// 5(3), with the variance within a customer read off the decline over sᵢ).
    fn lines(margin: &[f64], spend: &[f64]) -> Self {
        let rows: Vec<(f64, f64)> =
            margin.iter().zip(spend).filter(|(_, s)| **s > 0.0).map(|(m, s)| (m / s, *s)).collect();
        let total: f64 = rows.iter().map(|(_, s)| s).sum();
        let overall = if total > 0.0 { rows.iter().map(|(r, s)| r * s).sum::<f64>() / total } else { 1.0 };
        // least squares of (rᵢ − ρ)² on 1/sᵢ, weighted by sᵢ so that small customers don't decide
        let square = |r: f64| (r - overall) * (r - overall);
        let n = rows.len() as f64;
        let mean_inverse = n / total.max(f64::MIN_POSITIVE);
        let mean_square = rows.iter().map(|(r, s)| s * square(*r)).sum::<f64>() / total.max(f64::MIN_POSITIVE);
        let (mut up, mut down) = (0.0, 0.0);
        for (r, s) in &rows {
            let off = 1.0 / s - mean_inverse;
            up += s * off * (square(*r) - mean_square);
            down += s * off * off;
        }
        let within = if down > 0.0 { (up / down).max(0.0) } else { 0.0 };
        let between = mean_square - within * mean_inverse;
        let half_weight_spend = match (within > 0.0, between > 0.0) {
            (_, false) => f64::INFINITY,
            (true, true) => within / between,
            (false, true) => total / n * 1e-6,
        };
        Self::Lines { overall, half_weight_spend }
    }
}

impl Costs {
    fn read(tables: &Tables, history: &Table) -> Result<Self, StageError> {
        let customers = tables.get("customers")?;
        let rows = (customers.rows() != history.rows())
            .then(|| Ok::<_, StageError>(align(history.text("customer_id")?, customers.text("customer_id")?)));
        let rows = rows.transpose()?;
        let column = |name: &str| {
            let column = customers.column(name).ok()?;
            let column = rows.as_ref().map_or_else(|| column.clone(), |rows| column.take(rows));
            (column.null_count() < column.len()).then(|| money(&column))
        };
        let service = match (column("service_cost"), column("interaction_cost")) {
            (Some(known), Some(interactions)) => {
                Some(known.iter().zip(interactions).map(|(known, cost)| known + cost).collect())
            }
            (known, interactions) => known.or(interactions),
        };
        Ok(Self { margin: column("margin"), service, acquisition: column("acquisition_cost") })
    }
}

/// Amounts in currency; empty cells count as 0.
fn money(column: &Column) -> Vec<f64> {
    match column {
        Column::Money(amounts) if amounts.null_count() == 0 => {
            amounts.values().iter().map(|m| *m as f64 / 10_000.0).collect()
        }
        column => (0..column.len()).map(|row| column.number(row).filter(|v| v.is_finite()).unwrap_or(0.0)).collect(),
    }
}

/// Cost to serve per purchase day, as if everybody's mean had been seen on one day more.
fn per_purchase(cost: &[f64], days: &[f64]) -> Vec<f64> {
    let overall = cost.iter().sum::<f64>() / days.iter().sum::<f64>().max(1.0);
    cost.iter().zip(days).map(|(cost, days)| (cost + overall) / (days + 1.0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Customers whose own margins spread by `between` around 0.3, seen on spend `s` with noise of variance v/s.
    fn seen(between: f64, noise: f64) -> (Vec<f64>, Vec<f64>) {
        let wave = |i: u32, step: u32| (f64::from(i * step % 997) / 997.0 - 0.5) * 12_f64.sqrt();
        let spend: Vec<f64> = (0..4000).map(|i| 20.0 + f64::from(i % 50) * 40.0).collect();
        let ratio = |(i, s): (u32, &f64)| 0.3 + between * wave(i, 389) + (noise / s).sqrt() * wave(i, 613);
        let margin = (0..4000).zip(&spend).map(|(i, s)| ratio((i, s)) * s).collect();
        (margin, spend)
    }

    #[test]
    fn credibility_is_recovered() {
        let (margin, spend) = seen(0.1, 4.0);
        let Basis::Lines { overall, half_weight_spend } = Basis::lines(&margin, &spend) else { panic!("lines") };
        assert!((overall - 0.3).abs() < 0.01, "{overall}");
        assert!((half_weight_spend / 400.0 - 1.0).abs() < 0.25, "{half_weight_spend}");
    }

    #[test]
    fn customers_who_do_not_differ_get_the_overall_margin() {
        let (margin, spend) = seen(0.0, 4.0);
        let Basis::Lines { half_weight_spend, .. } = Basis::lines(&margin, &spend) else { panic!("lines") };
        assert!(half_weight_spend > 5000.0, "{half_weight_spend}");
    }

    #[test]
    fn margins_without_noise_are_taken_as_they_are() {
        let (margin, spend) = seen(0.1, 0.0);
        let Basis::Lines { half_weight_spend, .. } = Basis::lines(&margin, &spend) else { panic!("lines") };
        assert!(half_weight_spend < 50.0, "{half_weight_spend}");
    }

    #[test]
    fn cost_to_serve_is_pulled_to_the_mean() {
        let found = per_purchase(&[0.0, 9.0], &[1.0, 8.0]);
        assert_eq!(found, [0.5, 10.0 / 9.0]);
    }
}
