//! What treating the best of an order is worth.
//!
//! # Formula
//!
//! A policy π treats the first n of an order and nobody else. With e the chance of each row to be treated in the trial and
//! p = e where π treats and 1 − e where it doesn't, rows whose arm is the one that π gives tell its value:
//!
//! ```text
//! Horvitz & Thompson   V(π) = (1/N) Σ 1{arm = π} y / p
//! Hájek                V(π) = Σ 1{arm = π} y / p  ÷  Σ 1{arm = π} / p
//! ```
//!
//! (Horvitz & Thompson 1952, "A generalization of sampling without replacement from a finite universe", JASA 47; Hájek
//! 1971; for uplift Zhao, Fang & Simchi-Levi 2017, "Uplift modeling with multiple treatments and general response types",
//! SDM, section 4.)

use crate::numerics::surveys::inference::Confidence;

use super::curve::Order;
use super::effect::{Effect, rows_of_share};
use super::error::UpliftError;
use super::trial::Trial;

/// What a policy is worth, in the unit of the outcome per person of the trial.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PolicyValue {
    /// Share of the people who are treated.
    pub share: f64,
    /// Value by Horvitz & Thompson.
    pub horvitz_thompson: f64,
    /// Value by Hájek.
    pub hajek: f64,
    /// More than treating nobody: the share times the effect on the treated part (Hájek's means within it).
    pub gain: f64,
    /// Lower end of the interval of the gain; `None` where an arm has a single row.
    pub gain_lower: Option<f64>,
    /// Upper end of the interval of the gain.
    pub gain_upper: Option<f64>,
}

impl PolicyValue {
    /// The value of treating the first `share` of an order; the number of rows is rounded down.
    ///
    /// # Errors
    /// A share that is none; an arm without a row among the treated part.
    pub fn of(trial: &Trial<'_>, order: &Order, share: f64, confidence: Confidence) -> Result<Self, UpliftError> {
        let first = rows_of_share(share, trial.len())?;
        let effect = Effect::of_top(trial, order, share, confidence)?;
        let (mut sum, mut weights) = (0.0, 0.0);
        for (place, row) in order.rows().enumerate() {
            let treats = place < first;
            if trial.treated()[row] == treats {
                let chance = trial.propensity(row);
                let weight = 1.0 / if treats { chance } else { 1.0 - chance };
                sum += weight * trial.outcomes()[row];
                weights += weight;
            }
        }
        let part = first as f64 / trial.len() as f64;
        Ok(Self {
            share: part,
            horvitz_thompson: sum / trial.len() as f64,
            hajek: sum / weights,
            gain: part * effect.effect,
            gain_lower: effect.lower.map(|lower| part * lower),
            gain_upper: effect.upper.map(|upper| part * upper),
        })
    }

    /// The gain less what treating costs, per person of the trial.
    pub fn net(&self, cost: f64) -> f64 {
        self.gain - self.share * cost
    }

    /// The best of the policies that treat one, two, … ten tenths, when treating a person costs `cost`; the smallest
    /// share among equals. `None` when none is worth more than treating nobody.
    pub fn best(trial: &Trial<'_>, order: &Order, cost: f64, confidence: Confidence) -> Option<Self> {
        let values = (1..=10).filter_map(|k| Self::of(trial, order, f64::from(k) / 10.0, confidence).ok());
        let best = values.reduce(|best, next| if next.net(cost) > best.net(cost) { next } else { best })?;
        (best.net(cost) > 0.0).then_some(best)
    }
}
