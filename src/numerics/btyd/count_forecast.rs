//! The distribution of a customer's purchases over a horizon, for many customers:
//! what a log score, or an interval for the purchases that will actually be made,
//! needs.

use super::alive_table::AliveTable;
use super::histories::DAYS_PER_WEEK;
use super::model::{History, TransactionModel};
use super::ranks::Pairs;
use rayon::prelude::*;

/// A probability below this counts as this in a log score, so that one impossible
/// event does not decide it.
const LEAST: f64 = 1e-300;

/// Distributions of counts per distinct (x, T) and phase, for customers alive.
#[derive(Debug)]
pub struct CountForecast<'a> {
    model: &'a dyn TransactionModel,
    alive: AliveTable,
    pairs: Pairs,
    /// Per pair, per phase: P(0), …, P(most).
    counts: Vec<Vec<Vec<f64>>>,
}

impl<'a> CountForecast<'a> {
    /// Tabulates the counts 0, …, `most` of the customers in the columns over the
    /// `horizon_days` after the end of observation; `model` is in weeks.
    pub fn new(
        model: &'a dyn TransactionModel,
        x: &[u32],
        t_x_days: &[u32],
        t_days: &[u32],
        horizon_days: u32,
        most: usize,
    ) -> Self {
        let pairs = Pairs::new(x, t_days);
        let horizon = f64::from(horizon_days) / DAYS_PER_WEEK;
        let of = |x: &u32| -> Vec<Vec<Vec<f64>>> {
            let ends = pairs.seconds_of(*x).iter().map(|d| f64::from(*d) / DAYS_PER_WEEK);
            ends.map(|t| model.counts_by_phase(*x, t, horizon, most)).collect()
        };
        let counts = pairs.firsts().par_iter().map(of).collect::<Vec<_>>().into_iter().flatten().collect();
        Self { model, alive: AliveTable::new(model, x, t_x_days, t_days), pairs, counts }
    }

    /// P(0), …, P(most) of one of the customers in the columns.
    pub fn distribution(&self, x: u32, t_x_days: u32, t_days: u32) -> Vec<f64> {
        let p_alive = self.alive.p_alive(self.model, x, t_x_days, t_days);
        let phases = &self.counts[self.pairs.of(x, t_days).1];
        let mut sum = vec![0.0; phases[0].len()];
        let weights = if phases.len() == 1 {
            vec![1.0]
        } else {
            let weeks = |days: u32| f64::from(days) / DAYS_PER_WEEK;
            self.model.phase_weights(&History::new(x, weeks(t_x_days), weeks(t_days)))
        };
        for (weight, counts) in weights.iter().zip(phases) {
            for (total, p) in sum.iter_mut().zip(counts) {
                *total += p_alive * weight * p;
            }
        }
        sum[0] += 1.0 - p_alive;
        sum
    }

    /// Logarithm of the probability of the purchases that were made; more than
    /// `most` count as `most` or more.
    pub fn ln_probability(&self, x: u32, t_x_days: u32, t_days: u32, made: u32) -> f64 {
        let p = self.distribution(x, t_x_days, t_days);
        let made = made as usize;
        let chance = if made + 1 < p.len() { p[made] } else { 1.0 - p[..p.len() - 1].iter().sum::<f64>() };
        chance.max(LEAST).ln()
    }

    /// The shortest run of counts that starts at or above the lower `(1 − level)/2`
    /// quantile and reaches the upper one: it holds the purchases that will be made
    /// with at least the probability `level`.
    pub fn interval(&self, x: u32, t_x_days: u32, t_days: u32, level: f64) -> (u32, u32) {
        let p = self.distribution(x, t_x_days, t_days);
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
            let forecast = CountForecast::new(model.as_ref(), &x, &t_x, &t, 364, 200);
            let (mut held, mut promised, mut score, mut entropy) = (0.0, 0.0, 0.0, 0.0);
            for (x, t_x, t, made) in &seen {
                let (low, high) = forecast.interval(*x, *t_x, *t, 0.8);
                held += f64::from(u8::from((low..=high).contains(made)));
                let p = forecast.distribution(*x, *t_x, *t);
                promised += p[low as usize..=high as usize].iter().sum::<f64>();
                score += forecast.ln_probability(*x, *t_x, *t, *made);
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
