//! How well models and baselines predict the holdout.

use rayon::prelude::*;

use crate::numerics::accuracy::Accuracy;
use crate::numerics::btyd::{AnyModel, CountForecast, Intervals, Opportunities, TransactionModel};
use crate::stage::StageError;

use super::baselines::Baseline;
use super::covariates::Design;
use super::forecast::Expectation;
use super::options::{ClvOptions, PurchaseModel};
use super::past::Past;
use super::purchases::{Aids, Ask, Fitted, Purchases};
use super::spend::SpendFit;

/// Larger counts are taken together.
const MOST_COUNTS: usize = 400;

/// Probability that the interval of the purchases to be made is to hold.
const COUNT_INTERVAL: f64 = 0.8;

/// A model or a baseline against the holdout.
#[derive(Debug, Clone)]
pub(super) struct Evaluated {
    pub(super) name: &'static str,
    /// The fit; none for a baseline.
    pub(super) purchases: Option<Purchases>,
    /// Expected purchases per customer.
    pub(super) expected: Vec<f64>,
    pub(super) accuracy: Accuracy,
    /// Mean logarithm of the probability of what was bought.
    pub(super) log_score: f64,
    /// Share of customers whose purchases lie in their 80 % interval; none for a baseline.
    pub(super) coverage: Option<f64>,
    /// Spend of the holdout against what was expected; none without money.
    pub(super) spend: Option<Accuracy>,
    /// Expected repeat purchases of those born after the cut; none for a baseline and in the discrete-time model.
    pub(super) newcomers: Option<f64>,
}

impl Evaluated {
    /// The model, for those that are one.
    pub(super) fn model(&self) -> Option<PurchaseModel> {
        self.purchases.as_ref().map(|p| p.model)
    }

    /// Whether it is a model of regular purchases that found them as irregular as chance: then it is the plain model.
    pub(super) fn is_plain_again(&self) -> bool {
        self.purchases.as_ref().and_then(Purchases::regularity) == Some(1)
    }
}

/// Length of the holdout in the unit that repeats are counted in: days, or opportunities.
pub(super) fn holdout_length(past: &Past) -> f64 {
    match &past.population.opportunities {
        None => f64::from(past.cut.holdout_days),
        Some(seen) => {
            let ahead = seen.period.ahead(seen.period.last_whole(past.cut.day), past.cut.end());
            f64::from((ahead.end() - ahead.start() + 1).max(0))
        }
    }
}

/// Fits every model before the cut and holds all of them, and the baselines, against what came after it.
pub(super) fn evaluate(
    past: &Past,
    models: &[PurchaseModel],
    options: &ClvOptions,
    design: Option<&Design>,
) -> Result<Vec<Evaluated>, StageError> {
    let spend = past.population.has_money.then(|| SpendFit::of(&past.population));
    let aids = Aids { calendar: Some(&past.calendar), design, furthest_day: past.cut.end() };
    let fitted = models.par_iter().map(|model| {
        let purchases = Purchases::fit(*model, &past.population, options, aids)?;
        Ok(evaluate_model(past, purchases, design, spend.as_ref()))
    });
    let mut found = fitted.collect::<Result<Vec<Evaluated>, StageError>>()?;
    found.extend(Baseline::ALL.iter().map(|baseline| evaluate_baseline(past, *baseline)));
    Ok(found)
}

fn evaluate_model(past: &Past, purchases: Purchases, design: Option<&Design>, spend: Option<&SpendFit>) -> Evaluated {
    let ask = Ask {
        horizons_days: vec![past.cut.holdout_days],
        discount_rate_annual: 0.0,
        interval_level: COUNT_INTERVAL,
        intervals: Intervals::None,
    };
    let mut scores = purchases.score(&past.population, design, spend.map(|s| &s.fit), &ask);
    let expected = scores.horizons.pop().map(|h| h.purchases).unwrap_or_default();
    let made: Vec<f64> = past.made.iter().map(|n| f64::from(*n)).collect();
    let counts = counts(past, &purchases, design);
    let held = counts.iter().filter(|(_, held)| *held).count() as f64;
    let customers = past.made.len().max(1) as f64;
    let values: Vec<f64> = expected.iter().zip(&scores.spend).map(|(n, z)| n * z).collect();
    Evaluated {
        name: purchases.model.name(),
        accuracy: Accuracy::of(&expected, &made),
        log_score: counts.iter().map(|(ln, _)| ln).sum::<f64>() / customers,
        coverage: Some(held / customers),
        spend: spend.map(|_| Accuracy::of(&values, &past.made_spend)),
        newcomers: Expectation::of(&purchases, design, past).map(|e| e.newcomers(past)),
        purchases: Some(purchases),
        expected,
    }
}

fn evaluate_baseline(past: &Past, baseline: Baseline) -> Evaluated {
    let length = holdout_length(past);
    let expected = baseline.expected(past, length);
    let made: Vec<f64> = past.made.iter().map(|n| f64::from(*n)).collect();
    let customers = past.made.len().max(1) as f64;
    let log_score = baseline.ln_probabilities(past, length, &expected).iter().sum::<f64>() / customers;
    let known: Vec<f64> = past.population.spend.iter().copied().filter(|z| z.is_finite()).collect();
    let mean = known.iter().sum::<f64>() / known.len().max(1) as f64;
    let spend = |(n, z): (&f64, &f64)| n * if z.is_finite() { *z } else { mean };
    let values: Vec<f64> = expected.iter().zip(&past.population.spend).map(spend).collect();
    Evaluated {
        name: baseline.name(),
        purchases: None,
        accuracy: Accuracy::of(&expected, &made),
        log_score,
        coverage: None,
        spend: past.population.has_money.then(|| Accuracy::of(&values, &past.made_spend)),
        newcomers: None,
        expected,
    }
}

/// Per customer: the logarithm of the probability of what was bought, and whether its interval holds it.
fn counts(past: &Past, purchases: &Purchases, design: Option<&Design>) -> Vec<(f64, bool)> {
    let most = past.made.iter().max().map_or(1, |n| *n as usize + 1).min(MOST_COUNTS);
    match (&purchases.fitted, design) {
        (Fitted::Plain(fit), _) => {
            let all: Vec<u32> = (0..past.made.len() as u32).collect();
            continuous(past, purchases, fit.model.as_model(), &all, most)
        }
        (Fitted::Covariates(fit), Some(design)) => {
            let mut members = vec![Vec::new(); design.groups.len()];
            design.group_of.iter().enumerate().for_each(|(at, group)| members[*group as usize].push(at as u32));
            let per_group = members.par_iter().zip(&design.groups).map(|(members, (purchase, dropout))| {
                let model: AnyModel = fit.model(purchase, dropout);
                continuous(past, purchases, model.as_model(), members, most)
            });
            let mut found = vec![(0.0, false); past.made.len()];
            for (members, counts) in members.iter().zip(per_group.collect::<Vec<_>>()) {
                members.iter().zip(counts).for_each(|(at, count)| found[*at as usize] = count);
            }
            found
        }
        (Fitted::Opportunities(fit, _), _) => {
            let Some(seen) = &past.population.opportunities else { return Vec::new() };
            let length = holdout_length(past) as u32;
            let of = |at: usize| {
                let history = Opportunities { x: seen.x[at], t_x: seen.t_x[at], n: seen.n[at] };
                let chances = fit.model.counts(&history, 0, length, most);
                let made = past.made[at] as usize;
                let ln = chances.get(made).copied().unwrap_or(0.0).max(f64::MIN_POSITIVE).ln();
                (ln, held(&chances, made))
            };
            (0..past.made.len()).into_par_iter().map(of).collect()
        }
        (Fitted::Covariates(_), None) => Vec::new(),
    }
}

fn continuous(
    past: &Past,
    purchases: &Purchases,
    model: &dyn TransactionModel,
    members: &[u32],
    most: usize,
) -> Vec<(f64, bool)> {
    let (t_x, t) = purchases.clock.times(&past.population);
    let of = |column: &[u32]| members.iter().map(|at| column[*at as usize]).collect::<Vec<u32>>();
    let (x, t_x, t) = (of(&past.population.x), of(&t_x), of(&t));
    let weeks = purchases.clock.weeks_after(past.cut.day, past.cut.holdout_days);
    let forecast = CountForecast::new(model, &x, &t_x, &t, purchases.clock.units_per_week(), weeks, most);
    let rows = members.par_iter().enumerate().map(|(row, at)| {
        let made = past.made[*at as usize];
        let chances = forecast.distribution(x[row], t_x[row], t[row]);
        let (lower, upper) = CountForecast::interval(&chances, COUNT_INTERVAL);
        (CountForecast::ln_probability(&chances, made), (lower..=upper).contains(&made))
    });
    rows.collect()
}

/// Whether a count lies between the quantiles of its distribution.
fn held(chances: &[f64], made: usize) -> bool {
    let tail = 0.5 * (1.0 - COUNT_INTERVAL);
    let below: f64 = chances.iter().take(made).sum();
    let until = below + chances.get(made).copied().unwrap_or(0.0);
    until >= tail && below < 1.0 - tail
}
