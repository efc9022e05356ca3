//! The distribution of a customer's purchases over a horizon, for many customers:
//! what a log score, or an interval for the purchases that will actually be made,
//! needs.

use super::alive_table::AliveTable;
use super::histories::DAYS_PER_WEEK;
use super::model::{History, TransactionModel};
use super::ranks::Pairs;
use super::time_grid::TimeGrid;
use rayon::prelude::*;

/// A probability below this counts as this in a log score, so that one impossible
/// event does not decide it.
const LEAST: f64 = 1e-300;

/// Widest spacing, in ln(1 + T/c), of the times between which probabilities are
/// interpolated under a clock finer than days.
const GRID_STEP: f64 = 0.025;

/// Spacing in standard deviations of ln λ, by which the distribution moves.
const GRID_STEP_IN_DEVIATIONS: f64 = 0.125;

/// P(0), …, P(most) by phase.
type ByPhase = Vec<Vec<f64>>;

/// Distributions of the customers with one x who are alive.
#[derive(Debug)]
enum Counts {
    /// One per T; the first belongs to the pair of this index.
    Each(usize, Vec<ByPhase>),
    /// At the times of a grid.
    Between(TimeGrid, Vec<ByPhase>),
}

/// Distributions of counts by (x, T) and phase, for customers alive.
#[derive(Debug)]
pub struct CountForecast<'a> {
    model: &'a dyn TransactionModel,
    alive: AliveTable,
    units_per_week: f64,
    pairs: Pairs,
    /// By rank of x.
    counts: Vec<Counts>,
    most: usize,
}

impl<'a> CountForecast<'a> {
    /// Tabulates the counts 0, …, `most` of the customers in the columns over the
    /// `horizon_weeks` after the end of observation. Times are in whole units of a clock
    /// that has `units_per_week` (7 for days); `model` is in weeks.
    pub fn new(
        model: &'a dyn TransactionModel,
        x: &[u32],
        t_x: &[u32],
        t: &[u32],
        units_per_week: f64,
        horizon_weeks: f64,
        most: usize,
    ) -> Self {
        let pairs = Pairs::new(x, t);
        let of = |x: &u32| {
            let ends: Vec<f64> = pairs.seconds_of(*x).iter().map(|t| f64::from(*t) / units_per_week).collect();
            let at = |times: &[f64]| times.iter().map(|t| model.counts_by_phase(*x, *t, horizon_weeks, most)).collect();
            let (shape, _) = model.rate_if_alive(&History::alive_at(*x, 0.0));
            let step = GRID_STEP.min(GRID_STEP_IN_DEVIATIONS / shape.sqrt());
            let fine = units_per_week > DAYS_PER_WEEK;
            match TimeGrid::over(&ends, model.time_offset(), step).filter(|_| fine) {
                Some(grid) => Counts::Between(grid, at(&grid.times())),
                None => Counts::Each(pairs.start_of(*x), at(&ends)),
            }
        };
        let counts = pairs.firsts().par_iter().map(of).collect();
        let alive = AliveTable::new(model, x, t_x, t, units_per_week);
        Self { model, alive, units_per_week, pairs, counts, most }
    }

    /// P(0), …, P(most) of one of the customers in the columns.
    pub fn distribution(&self, x: u32, t_x: u32, t: u32) -> Vec<f64> {
        let p_alive = self.alive.p_alive(self.model, x, t_x, t);
        let weeks = |time: u32| f64::from(time) / self.units_per_week;
        let phases = if self.model.phases() == 1 {
            vec![1.0]
        } else {
            self.model.phase_weights(&History::new(x, weeks(t_x), weeks(t)))
        };
        let mut sum = vec![0.0; self.most + 1];
        let mut add = |times: f64, counts: &ByPhase| {
            for (weight, counts) in phases.iter().zip(counts) {
                sum.iter_mut().zip(counts).for_each(|(total, p)| *total += times * weight * p);
            }
        };
        let (rank, pair) = self.pairs.of(x, t);
        match &self.counts[rank] {
            Counts::Each(first, rows) => add(p_alive, &rows[pair - first]),
            Counts::Between(grid, rows) => {
                let (start, weights) = grid.place(weeks(t));
                weights.iter().zip(&rows[start..]).for_each(|(w, row)| add(p_alive * w, row));
                for p in &mut sum {
                    *p = p.max(0.0);
                }
            }
        }
        sum[0] += 1.0 - p_alive;
        sum
    }

    /// Logarithm of the probability, by the [`distribution`](Self::distribution) of a customer, of the purchases that
    /// were made; more than `most` count as `most` or more.
    pub fn ln_probability(p: &[f64], made: u32) -> f64 {
        let made = made as usize;
        let chance = if made + 1 < p.len() { p[made] } else { 1.0 - p[..p.len() - 1].iter().sum::<f64>() };
        chance.max(LEAST).ln()
    }

    /// The shortest run of counts that starts at or above the lower `(1 − level)/2`
    /// quantile and reaches the upper one: it holds the purchases that will be made
    /// with at least the probability `level`. `p` is the distribution of a customer.
    pub fn interval(p: &[f64], level: f64) -> (u32, u32) {
        let tail = 0.5 * (1.0 - level);
        let quantile = |u: f64| {
            let mut sum = 0.0;
            let found = p.iter().position(|p| {
                sum += p;
                sum >= u
            });
            u32::try_from(found.unwrap_or(p.len() - 1)).unwrap_or(u32::MAX)
        };
        (quantile(tail), quantile(1.0 - tail))
    }
}

#[cfg(test)]
mod tests {
    use super::super::simulation::{Law, Population};
    use super::super::{BetaGeometric, FirstCoin, ParetoNbd, Regular};
    use super::*;

    /// What was made in the year after the cut, by customers simulated across it.
    fn simulated(population: &Population, n: usize) -> Vec<(u32, u32, u32, u32)> {
        let day = |weeks: f64| (weeks * 7.0).round() as u32;
        let whole = population.customers(n, 21, 104.0, 156.0);
        let gaps = |c: &super::super::simulation::Truth| (c.x, c.t);
        whole
            .iter()
            .map(|c| {
                let (all, end) = gaps(c);
                let before: Vec<f64> = c.times.iter().copied().filter(|t| *t <= end - 52.0).collect();
                let x = before.len() as u32;
                (x, day(before.last().copied().unwrap_or(0.0)), day(end - 52.0), all - x)
            })
            .collect()
    }

    #[test]
    fn intervals_hold_what_is_then_bought() {
        let bg = Population::bg(0.9, 5.0, 0.8, 6.0);
        let regular = Regular { k: 2, r: 0.9, alpha: 2.5, a: 0.8, b: 6.0, coin: FirstCoin::Spared };
        let members: [(&str, Population, Box<dyn TransactionModel>); 3] = [
            ("bg", bg, Box::new(BetaGeometric::bg_nbd(0.9, 5.0, 0.8, 6.0))),
            (
                "pareto",
                Population { law: Law::Lifetime(0.8, 40.0), ..bg },
                Box::new(ParetoNbd { r: 0.9, alpha: 5.0, s: 0.8, beta: 40.0 }),
            ),
            ("regular", Population { k: 2, alpha: 2.5, ..bg }, Box::new(regular)),
        ];
        for (name, population, model) in members {
            let seen = simulated(&population, 6000);
            let column = |f: fn(&(u32, u32, u32, u32)) -> u32| seen.iter().map(f).collect::<Vec<_>>();
            let (x, t_x, t) = (column(|s| s.0), column(|s| s.1), column(|s| s.2));
            let forecast = CountForecast::new(model.as_ref(), &x, &t_x, &t, 7.0, 52.0, 200);
            let (mut held, mut promised, mut score, mut entropy) = (0.0, 0.0, 0.0, 0.0);
            for (x, t_x, t, made) in &seen {
                let p = forecast.distribution(*x, *t_x, *t);
                let (low, high) = CountForecast::interval(&p, 0.8);
                held += f64::from(u8::from((low..=high).contains(made)));
                promised += p[low as usize..=high as usize].iter().sum::<f64>();
                score += CountForecast::ln_probability(&p, *made);
                entropy += p.iter().filter(|p| **p > 0.0).map(|p| p * p.ln()).sum::<f64>();
            }
            let n = seen.len() as f64;
            let (held, promised) = (held / n, promised / n);
            assert!(promised >= 0.8 && (held - promised).abs() < 0.015, "{name}: {held} of {promised}");
            // The log score of the true model is minus its entropy, on average.
            assert!((score / entropy - 1.0).abs() < 0.03, "{name}: {score} {entropy}");
        }
    }
}
