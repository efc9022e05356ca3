//! How well the areas below the curves are known.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};
use rayon::prelude::*;

use crate::numerics::surveys::inference::Confidence;

use super::curve::{Areas, Order};
use super::error::UpliftError;
use super::trial::Trial;

/// Draws of a bootstrap that is asked for nothing else. The standard error is then known to about 4 %.
pub const BOOTSTRAP_DRAWS: u32 = 300;

/// Seed of a bootstrap that is asked for nothing else.
pub const BOOTSTRAP_SEED: u64 = 0x5150_1907;

/// An estimate with its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The estimate.
    pub estimate: f64,
    /// Its standard error.
    pub std_error: f64,
    /// Lower end.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
}

impl Interval {
    /// `estimate ± z · std_error`.
    pub fn normal(estimate: f64, std_error: f64, confidence: Confidence) -> Self {
        let half = confidence.z() * std_error;
        Self { estimate, std_error, lower: estimate - half, upper: estimate + half }
    }
}

/// The figures of an order with their intervals.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderQuality {
    /// Qini coefficient, outcome per person.
    pub qini: Interval,
    /// AUUC, outcome per person.
    pub auuc: Interval,
    /// Qini over random, where the effect is above 0.
    pub qini_over_random: Option<f64>,
    /// Qini coefficient of each draw.
    drawn: Vec<f64>,
}

impl OrderQuality {
    /// Qini coefficient and AUUC of an order, with normal intervals whose standard errors come from the bootstrap. Every
    /// draw gives each person a Poisson number of copies with mean 1, all rows of a person alike; the scores stay as
    /// they are. The same whatever the number of threads.
    ///
    /// # Reference
    /// Efron & Tibshirani (1993), *An Introduction to the Bootstrap*, sections 6 and 12.2; Chamandy, Muralidharan, Najmi
    /// & Naidu (2012), "Estimating uncertainty for massive data streams", section 3, for the Poisson copies.
    ///
    /// # Errors
    /// Outcomes that are all the same; arms too small to be drawn again.
    pub fn of(
        trial: &Trial<'_>,
        order: &Order,
        draws: u32,
        seed: u64,
        confidence: Confidence,
    ) -> Result<Self, UpliftError> {
        trial.check_outcomes_vary()?;
        let own = Areas::of(trial, order, |_| 1.0);
        let draw = |number: u32| -> Option<(f64, f64)> {
            let copies = copies(trial.people(), seed.wrapping_add(u64::from(number)));
            let areas = Areas::of(trial, order, |row| f64::from(copies[trial.person(row)]));
            let has = |arm: bool| {
                let rows = trial.treated().iter().enumerate().filter(|(_, treated)| **treated == arm);
                rows.into_iter().any(|(row, _)| copies[trial.person(row)] > 0)
            };
            (has(true) && has(false)).then(|| (areas.qini_coefficient(), areas.auuc()))
        };
        let drawn: Vec<_> = (0..draws).into_par_iter().filter_map(draw).collect();
        if drawn.len() < 2 {
            let (treated, control) = trial.sizes();
            let arm = if treated < control { "treated" } else { "control" };
            return Err(UpliftError::TooFew { arm, found: treated.min(control), least: 2 });
        }
        let qini = deviation(drawn.iter().map(|(qini, _)| *qini));
        let auuc = deviation(drawn.iter().map(|(_, auuc)| *auuc));
        Ok(Self {
            qini: Interval::normal(own.qini_coefficient(), qini, confidence),
            auuc: Interval::normal(own.auuc(), auuc, confidence),
            qini_over_random: own.qini_over_random(),
            drawn: drawn.into_iter().map(|(qini, _)| qini).collect(),
        })
    }

    /// By how much the Qini coefficient exceeds that of another order of the same trial, with a normal interval. Both orders
    /// have seen the same draws, so what moves both alike cancels: draws and seed must have been the same.
    pub fn qini_lead(&self, other: &Self, confidence: Confidence) -> Interval {
        let leads = self.drawn.iter().zip(&other.drawn).map(|(own, other)| own - other);
        Interval::normal(self.qini.estimate - other.qini.estimate, deviation(leads), confidence)
    }
}

/// Standard deviation, divisor n − 1.
fn deviation(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let n = values.clone().count() as f64;
    let mean = values.clone().sum::<f64>() / n;
    (values.map(|v| (v - mean) * (v - mean)).sum::<f64>() / (n - 1.0)).sqrt()
}

/// Cumulated probabilities of a Poisson number with mean 1, in parts of 2³²; the last is certain.
const POISSON: [u32; 10] = [
    1_580_030_168,
    3_160_060_337,
    3_950_075_421,
    4_213_413_783,
    4_279_248_373,
    4_292_415_291,
    4_294_609_778,
    4_294_923_276,
    4_294_962_463,
    4_294_966_817,
];

/// Poisson numbers with mean 1.
fn copies(people: usize, seed: u64) -> Vec<u8> {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let number = |lot: u32| POISSON.iter().take_while(|below| lot >= **below).count() as u8;
    let mut drawn = Vec::with_capacity(people + 1);
    while drawn.len() < people {
        let lots = random.next_u64();
        drawn.push(number(lots as u32));
        drawn.push(number((lots >> 32) as u32));
    }
    drawn.truncate(people);
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_that_of_the_poisson_distribution() {
        let (mut chance, mut sum) = ((-1.0_f64).exp(), 0.0);
        for (k, below) in POISSON.iter().enumerate() {
            sum += chance;
            chance /= (k + 1) as f64;
            assert!((f64::from(*below) - sum * 2_f64.powi(32)).abs() < 2.0, "{k}: {}", sum * 2_f64.powi(32));
        }
        let drawn = copies(200_001, 7);
        let mean = drawn.iter().map(|c| f64::from(*c)).sum::<f64>() / drawn.len() as f64;
        assert!((mean - 1.0).abs() < 0.01 && drawn.len() == 200_001, "{mean}");
        assert_ne!(copies(10, 1), copies(10, 2));
    }
}
