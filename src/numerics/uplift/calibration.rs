//! From scores to effects: a line through the measured average effect.
//!
//! # Formula
//!
//! Scores S of people whom the model has not seen, arms T with chances e, weights 1/(e(1 − e)):
//!
//! ```text
//! y = α + β₁ (T − e) + β₂ (T − e)(S − S̄) + ε
//! ```
//!
//! β₂ is 1 where the scores are effects, below 1 where they spread too much, 0 where they say nothing (Chernozhukov,
//! Demirer, Duflo & Fernández-Val 2018, "Generic machine learning inference on heterogeneous treatment effects in
//! randomized experiments", equation 2.1: the best linear predictor). The calibrated effect of a person is
//!
//! ```text
//! average effect + min(max(β₂, 0), 1) (S − S̄)
//! ```
//!
//! so that predictions are drawn towards the average, never away from it, and their mean is the measured average.

use crate::numerics::optimize::inverse_positive;
use crate::numerics::surveys::inference::Confidence;

use super::effect::Effect;
use super::error::UpliftError;
use super::trial::{Trial, finite, range, same_length};

/// How scores become effects.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Calibration {
    /// The measured average effect.
    pub average: Effect,
    /// β₂.
    pub slope: f64,
    /// Its standard error (robust to unequal variances; White 1980).
    pub slope_std_error: f64,
}

impl Calibration {
    /// The line for scores of people whom the model has not seen.
    ///
    /// # Errors
    /// Scores of another length, that are not finite, or (nearly) all the same.
    pub fn of(trial: &Trial<'_>, scores: &[f64], confidence: Confidence) -> Result<Self, UpliftError> {
        same_length("scores", scores.len(), trial.len())?;
        finite("scores", scores)?;
        let alike = UpliftError::ScoresAlike { rows: scores.len() };
        let spread = Standard::of(scores).ok_or(alike.clone())?;
        let row = |row: usize| {
            let chance = trial.propensity(row);
            let arm = f64::from(u8::from(trial.treated()[row])) - chance;
            ([1.0, arm, arm * spread.apply(scores[row])], 1.0 / (chance * (1.0 - chance)))
        };
        let (mut gram, mut moments) = (vec![vec![0.0; 3]; 3], [0.0; 3]);
        for at in 0..trial.len() {
            let (x, weight) = row(at);
            for i in 0..3 {
                moments[i] += weight * x[i] * trial.outcomes()[at];
                for j in 0..3 {
                    gram[i][j] += weight * x[i] * x[j];
                }
            }
        }
        let inverse = inverse_positive(&gram).ok_or(alike)?;
        let beta: Vec<f64> = inverse.iter().map(|line| line.iter().zip(moments).map(|(a, b)| a * b).sum()).collect();
        let mut variance = 0.0;
        for at in 0..trial.len() {
            let (x, weight) = row(at);
            let fitted: f64 = x.iter().zip(&beta).map(|(a, b)| a * b).sum();
            let leverage: f64 = inverse[2].iter().zip(x).map(|(a, b)| a * b).sum();
            variance += (weight * leverage * (trial.outcomes()[at] - fitted)).powi(2);
        }
        Ok(Self {
            average: Effect::average(trial, confidence)?,
            slope: beta[2] / spread.deviation,
            slope_std_error: variance.sqrt() / spread.deviation,
        })
    }

    /// Share of the spread of the scores that is kept: the slope, at least 0 and at most 1.
    pub fn kept(&self) -> f64 {
        self.slope.clamp(0.0, 1.0)
    }

    /// The effect of each score. The mean over `reference`, the scores of the trial's people by the same model, becomes the
    /// average effect; a score outside their range counts as the nearest in it.
    pub fn effects(&self, reference: &[f64], scores: &[f64]) -> Vec<f64> {
        let n = reference.len().max(1) as f64;
        let mean = reference.iter().sum::<f64>() / n;
        let (least, most) = range(reference.iter().copied());
        let kept = self.kept();
        let effect = |score: &f64| {
            let score = if least <= most { score.clamp(least, most) } else { mean };
            self.average.effect + kept * (score - mean)
        };
        scores.iter().map(effect).collect()
    }
}

/// Mean and standard deviation of scores; `None` when they hardly vary for their size.
struct Standard {
    mean: f64,
    deviation: f64,
}

impl Standard {
    fn of(values: &[f64]) -> Option<Self> {
        /// Spread below this part of the greatest score is rounding.
        const ROUNDING: f64 = 1e-12;
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let deviation = (values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / n).sqrt();
        let most = values.iter().fold(0.0_f64, |most, v| most.max(v.abs()));
        (deviation > ROUNDING * most).then_some(Self { mean, deviation })
    }

    fn apply(&self, value: f64) -> f64 {
        (value - self.mean) / self.deviation
    }
}
