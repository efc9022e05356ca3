//! What an analyst without a model would predict; a model has to beat it.

use crate::numerics::accuracy::ln_poisson;

use super::past::Past;

/// A prediction without a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Baseline {
    /// Everybody goes on at their own rate so far: x / T.
    SameRate,
    /// Everybody repeats their last stretch of the holdout's length.
    LastRepeated,
    /// Everybody buys at the mean rate of all.
    EveryoneMean,
}

impl Baseline {
    pub(super) const ALL: [Self; 3] = [Self::SameRate, Self::LastRepeated, Self::EveryoneMean];

    /// Name in the tables.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::SameRate => "same_rate",
            Self::LastRepeated => "last_repeated",
            Self::EveryoneMean => "everyone_mean",
        }
    }

    /// What it is, for plots and the console.
    pub(super) fn about(self) -> &'static str {
        match self {
            Self::SameRate => "same rate as so far",
            Self::LastRepeated => "last stretch repeated",
            Self::EveryoneMean => "everyone the mean",
        }
    }

    /// Expected purchases of each customer over a holdout of `length` (in the unit that the customers were observed in).
    pub(super) fn expected(self, past: &Past, length: f64) -> Vec<f64> {
        let (repeats, observed) = (past.population.repeats(), past.population.observed());
        let sum = |column: &[u32]| column.iter().map(|v| u64::from(*v)).sum::<u64>() as f64;
        match self {
            Self::SameRate => repeats.iter().zip(observed).map(|(x, t)| rate(f64::from(*x), *t) * length).collect(),
            Self::LastRepeated => past.recent.iter().map(|n| f64::from(*n)).collect(),
            Self::EveryoneMean => vec![sum(repeats) / sum(observed).max(1.0) * length; repeats.len()],
        }
    }

    /// Logarithms of the probabilities of what was bought, as Poisson counts. A customer expected to buy nothing counts
    /// as half a purchase in the time that the expectation rests on, since nothing is impossible.
    pub(super) fn ln_probabilities(self, past: &Past, length: f64, expected: &[f64]) -> Vec<f64> {
        let least = |observed: u32| match self {
            Self::LastRepeated => 0.5,
            _ => rate(0.5, observed) * length,
        };
        let rows = past.made.iter().zip(expected).zip(past.population.observed());
        rows.map(|((made, expected), observed)| ln_poisson(expected.max(least(*observed)), *made)).collect()
    }
}

/// Events per unit of time; a customer of the last day counts as observed for one.
fn rate(events: f64, observed: u32) -> f64 {
    events / f64::from(observed.max(1))
}
