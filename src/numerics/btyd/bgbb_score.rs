//! Scoring many customers under BG/BB, with intervals.
//!
//! Customers with the same (x, `t_x`, n) have the same future, so everything but the spend is computed once per distinct
//! history. Given that a customer is alive after n opportunities, p is Beta(α + x, β + n − x) and θ is
//! Beta(γ, δ + n), independent of each other (Fader, Hardie & Shang 2010, eqs. 4 and 7): their own expectation over
//! the next h opportunities is `p Σ_{m≤h} (1−θ)^m`.

use std::collections::BTreeMap;

use super::bgbb::{BgBb, Opportunities};
use super::fit::Fit;
use super::gamma_gamma::GammaGamma;
use super::quantile::{beta_nodes, gamma_nodes};
use super::score::Intervals;
use super::scores::{HorizonScores, Scores};
use rayon::prelude::*;

/// Equally likely values that stand for each of p, θ and the spend.
const NODES: usize = 40;

/// Nodes of the product of p and θ that are combined with those of the spend.
const COMBINED: usize = 100;

/// Step on the log scale for derivatives by parameters.
const LOG_STEP: f64 = 1e-4;

/// Customers to score, one entry per customer in every column.
#[derive(Debug, Clone, Copy)]
pub struct OpportunityCustomers<'a> {
    /// Opportunities used.
    pub x: &'a [u32],
    /// The last one used; 0 where x = 0.
    pub t_x: &'a [u32],
    /// Opportunities so far.
    pub n: &'a [u32],
    /// Mean spend per opportunity used; ignored where x = 0 or where it is not positive.
    pub spend_mean_repeat: &'a [f64],
}

/// What to predict.
#[derive(Debug, Clone, PartialEq)]
pub struct OpportunityScoreOptions {
    /// Horizons in opportunities after the last one; between whole numbers, predictions lie on a straight line.
    pub horizons: Vec<f64>,
    /// Discount rate per opportunity: the j-th to come counts `(1+d)^−j`.
    pub discount_per_opportunity: f64,
    /// Probability that an interval is to hold, between 0 and 1.
    pub interval_level: f64,
    /// Which intervals to give.
    pub intervals: Intervals,
}

/// Scores customers under a fitted BG/BB.
///
/// P(alive) is that at the end of the last opportunity. Intervals hold the customer's own (latent) expectation with the
/// probability asked for, parameter uncertainty included; where the chance of having dropped out exceeds the lower tail
/// they start at 0, and where it exceeds the level itself they reach just to the expectation. The result does not depend
/// on the number of threads.
pub fn score_bgbb(
    fit: &Fit<BgBb>,
    spend: Option<&Fit<GammaGamma>>,
    customers: &OpportunityCustomers<'_>,
    options: &OpportunityScoreOptions,
) -> Scores {
    let rows = customers.x.len();
    let usable = |row: usize| customers.spend_mean_repeat.get(row).is_some_and(|z| *z > 0.0 && z.is_finite());
    let history = |row: usize| {
        let seen = Opportunities { x: customers.x[row], t_x: customers.t_x[row], n: customers.n[row] };
        // without usable spend the customer counts as new to the spend model
        (seen, if usable(row) { seen.x } else { 0 })
    };
    let mut cells: BTreeMap<(Opportunities, u32), usize> = (0..rows).map(|row| (history(row), 0)).collect();
    cells.values_mut().enumerate().for_each(|(place, cell)| *cell = place);
    let keys: Vec<(Opportunities, u32)> = cells.keys().copied().collect();
    let futures: Vec<Cell> = keys.par_iter().map(|(seen, x)| Cell::of(fit, spend, seen, *x, options)).collect();
    let mut scores = Scores::zeroed(rows, options.horizons.len(), options.intervals);
    for row in 0..rows {
        let key = history(row);
        let cell = &futures[cells[&key]];
        let money = Money::of(spend.map(|s| &s.model), key.1, customers.spend_mean_repeat.get(row).copied());
        scores.infinite_spend += u64::from(money.infinite);
        cell.write(&mut scores, row, &money, options.intervals);
    }
    scores
}

/// Expected spend of one customer; 1 without a spend model.
struct Money {
    mean: f64,
    harmonic: f64,
    infinite: bool,
}

impl Money {
    fn of(model: Option<&GammaGamma>, x: u32, observed: Option<f64>) -> Self {
        let Some(model) = model else { return Self { mean: 1.0, harmonic: 1.0, infinite: false } };
        let z = if x > 0 { observed.unwrap_or(0.0) } else { 0.0 };
        let harmonic = model.harmonic_mean(x, z);
        let expected = model.expected_mean(x, z);
        Self { mean: expected.unwrap_or(harmonic), harmonic, infinite: expected.is_none() }
    }
}

/// Both ends of an interval.
#[derive(Debug, Clone, Copy, Default)]
struct Range {
    lower: f64,
    upper: f64,
}

/// One horizon of customers with the same history.
#[derive(Debug, Clone, Copy, Default)]
struct Ahead {
    purchases: f64,
    any: f64,
    discounted: f64,
    own: Range,
    /// Own discounted expectation times spend over its harmonic mean.
    worth: Range,
}

/// What customers with the same history share.
struct Cell {
    p_alive: f64,
    /// Spend over its harmonic mean.
    spend: Range,
    ahead: Vec<Ahead>,
}

impl Cell {
    fn of(
        fit: &Fit<BgBb>,
        spend: Option<&Fit<GammaGamma>>,
        seen: &Opportunities,
        spend_x: u32,
        options: &OpportunityScoreOptions,
    ) -> Self {
        let model = &fit.model;
        let p_alive = model.p_alive(seen);
        let (alpha, beta) = (model.alpha + f64::from(seen.x), model.beta + f64::from(seen.n - seen.x));
        let uses = beta_nodes(alpha, beta, NODES);
        let leaves = beta_nodes(model.gamma, model.delta + f64::from(seen.n), NODES);
        let ratios = spend.map_or_else(Vec::new, |spend| {
            let shape = spend.model.shape(spend_x);
            gamma_nodes(shape, shape, NODES).iter().map(|g| 1.0 / g.max(1e-300)).collect()
        });
        let tail = 0.5 * (1.0 - options.interval_level);
        let spend_range = if ratios.is_empty() {
            Range { lower: 1.0, upper: 1.0 }
        } else {
            let all = sorted(ratios.clone());
            Range { lower: quantile(&all, tail), upper: quantile(&all, 1.0 - tail) }
        };
        let noise = parameter_noise(fit, seen, options);
        let ahead = options.horizons.iter().zip(noise).map(|(horizon, noise)| {
            let one = |d: f64| combine(*horizon, |h| model.discounted_purchases(seen, h, d));
            let purchases = one(0.0);
            let discounted = one(options.discount_per_opportunity);
            let none = combine(*horizon, |h| model.p_no_purchase(seen, 0, h));
            let nodes = |d: f64| {
                let lives = leaves.iter().map(|theta| lifetime(*theta, *horizon, d)).collect::<Vec<f64>>();
                sorted(uses.iter().flat_map(|p| lives.iter().map(move |life| p * life)).collect())
            };
            let own = nodes(0.0);
            let worth = if ratios.is_empty() {
                nodes(options.discount_per_opportunity)
            } else {
                let thinned = thin(&nodes(options.discount_per_opportunity));
                sorted(thinned.iter().flat_map(|n| ratios.iter().map(move |z| n * z)).collect())
            };
            Ahead {
                purchases,
                any: (1.0 - none).clamp(0.0, 1.0),
                discounted,
                own: range(&own, p_alive, options.interval_level, noise),
                worth: range(&worth, p_alive, options.interval_level, noise),
            }
        });
        Self { p_alive, spend: spend_range, ahead: ahead.collect() }
    }

    fn write(&self, scores: &mut Scores, row: usize, money: &Money, intervals: Intervals) {
        scores.p_alive[row] = self.p_alive;
        scores.spend[row] = money.mean;
        let all = intervals == Intervals::All;
        if all {
            scores.spend_lower[row] = (money.harmonic * self.spend.lower).min(money.mean);
            scores.spend_upper[row] = (money.harmonic * self.spend.upper).max(money.mean);
        }
        for (horizon, ahead) in scores.horizons.iter_mut().zip(&self.ahead) {
            let HorizonScores {
                purchases,
                purchases_lower,
                purchases_upper,
                p_purchase,
                value,
                value_lower,
                value_upper,
            } = horizon;
            purchases[row] = ahead.purchases;
            if all {
                purchases_lower[row] = ahead.own.lower.min(ahead.purchases);
                purchases_upper[row] = ahead.own.upper.max(ahead.purchases);
            }
            p_purchase[row] = ahead.any;
            value[row] = ahead.discounted * money.mean;
            if intervals != Intervals::None {
                value_lower[row] = (ahead.worth.lower * money.harmonic).min(value[row]);
                value_upper[row] = (ahead.worth.upper * money.harmonic).max(value[row]);
            }
        }
    }
}

/// A function of whole horizons at a horizon between them.
fn combine(horizon: f64, of: impl Fn(u32) -> f64) -> f64 {
    let whole = horizon.max(0.0).floor();
    let part = horizon.max(0.0) - whole;
    let low = of(whole as u32);
    if part > 0.0 { low + part * (of(whole as u32 + 1) - low) } else { low }
}

/// `Σ_{m≤h} ((1−θ)/(1+d))^m`, expected opportunities alive of a customer who leaves with probability θ at each.
fn lifetime(theta: f64, horizon: f64, d: f64) -> f64 {
    let kept = (1.0 - theta) / (1.0 + d);
    let sum = |h: u32| {
        if kept >= 1.0 { f64::from(h) } else { kept * (1.0 - kept.powi(h.min(i32::MAX as u32) as i32)) / (1.0 - kept) }
    };
    combine(horizon, sum)
}

fn sorted(mut values: Vec<f64>) -> Vec<f64> {
    values.sort_by(f64::total_cmp);
    values
}

/// Equally spaced quantiles of many sorted values.
fn thin(values: &[f64]) -> Vec<f64> {
    (0..COMBINED).map(|i| quantile(values, (i as f64 + 0.5) / COMBINED as f64)).collect()
}

/// Quantile of sorted, equally likely values.
fn quantile(values: &[f64], level: f64) -> f64 {
    let place = (level * values.len() as f64 - 0.5).clamp(0.0, values.len() as f64 - 1.0);
    let low = place.floor() as usize;
    let high = (low + 1).min(values.len() - 1);
    values[low] + (place - low as f64) * (values[high] - values[low])
}

/// The interval of an expectation that is 0 with probability 1 − P(alive) and else as `alive`, whose logarithm spreads
/// more by the variance that parameter uncertainty adds.
fn range(alive: &[f64], p_alive: f64, level: f64, noise: f64) -> Range {
    let (gone, tail) = (1.0 - p_alive, 0.5 * (1.0 - level));
    let median = quantile(alive, 0.5).max(1e-300).ln();
    let spread = (quantile(alive, 0.9).max(1e-300).ln() - quantile(alive, 0.1).max(1e-300).ln()) / 2.563;
    let stretch = (1.0 + noise / spread.powi(2).max(1e-12)).sqrt();
    let at = |mass: f64| {
        if mass <= 0.0 {
            return 0.0;
        }
        let value = quantile(alive, (mass / p_alive).min(1.0)).max(1e-300).ln();
        (median + stretch * (value - median)).exp()
    };
    if gone < tail {
        Range { lower: at(tail - gone), upper: at(1.0 - tail - gone) }
    } else {
        Range { lower: 0.0, upper: at(level - gone) }
    }
}

/// Variance of the logarithm of the expected purchases of those alive, per horizon, by the delta method from the
/// covariance of the logarithms of the parameters.
fn parameter_noise(fit: &Fit<BgBb>, seen: &Opportunities, options: &OpportunityScoreOptions) -> Vec<f64> {
    let Some(covariance) = &fit.log_covariance else { return vec![0.0; options.horizons.len()] };
    let at = [fit.model.alpha, fit.model.beta, fit.model.gamma, fit.model.delta];
    let logs = |k: usize, step: f64| -> Vec<f64> {
        let mut p = at;
        p[k] *= step.exp();
        let model = BgBb { alpha: p[0], beta: p[1], gamma: p[2], delta: p[3] };
        let alive = model.p_alive(seen).max(1e-300);
        let each = options.horizons.iter().map(|h| combine(*h, |h| model.expected_purchases(seen, h)));
        each.map(|expected| (expected / alive).max(1e-300).ln()).collect()
    };
    let slopes: Vec<Vec<f64>> = (0..4)
        .map(|k| logs(k, LOG_STEP).iter().zip(logs(k, -LOG_STEP)).map(|(u, d)| (u - d) / (2.0 * LOG_STEP)).collect())
        .collect();
    let variance = |h: usize| {
        let sum: f64 = (0..4)
            .flat_map(|i| (0..4).map(move |j| (i, j)))
            .map(|(i, j)| slopes[i][h] * covariance[i][j] * slopes[j][h])
            .sum();
        sum.max(0.0)
    };
    (0..options.horizons.len()).map(variance).collect()
}
