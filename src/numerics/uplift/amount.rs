//! The amount where there is one: the second of the two parts of an outcome that is mostly 0.
//!
//! # Formula
//!
//! ```text
//! E[amount | x, T] = s exp(α₀ + α·x + (T − e) δ)
//! ```
//!
//! A linear regression of the logarithms (Duan, Manning, Morris & Newhouse 1983, "A comparison of alternative models for the
//! demand for medical care", Journal of Business & Economic Statistics 1, section 2.4), with the factor s that gives the
//! amounts their mean: few large amounts don't decide everything. δ is the difference of the arms in what the regression
//! leaves over, which a lot makes independent of x, drawn towards 0 by its evidence: `δ̂ max(0, 1 − (se ÷ δ̂)²)` (the empirical
//! Bayes rule of Efron & Morris 1973, "Stein's estimation rule and its competitors", JASA 68, for one effect).
//!
//! Amounts of which some are negative have no logarithms: the regression is of the amounts themselves, and δ is 0.

use ndarray::Array2;

use super::learner::{BaseLearner, BaseModel};
use super::trial::range;
use crate::numerics::classify::ClassifyError;

/// An amount where there is one.
#[derive(Debug, Clone, PartialEq)]
pub struct Amount {
    model: BaseModel,
    /// s of a regression of logarithms; none of one of amounts.
    scale: Option<f64>,
    /// Least and greatest target that was seen: what lies beyond is taken as these.
    range: (f64, f64),
    /// δ.
    effect: f64,
}

impl Amount {
    /// Learns the amounts of rows that have one; `arms` holds T − e of each.
    pub(super) fn fit(features: &Array2<f64>, amounts: &[f64], arms: &[f64]) -> Result<Self, ClassifyError> {
        let has_logs = amounts.iter().all(|amount| *amount > 0.0);
        let targets = amounts.iter().map(|amount| if has_logs { amount.ln() } else { *amount }).collect::<Vec<_>>();
        let model = BaseLearner::Line.fit(features, &targets)?;
        let mut fitted = Self { model, scale: None, range: range(targets.iter().copied()), effect: 0.0 };
        if has_logs {
            let expected = fitted.targets(features).collect::<Vec<_>>();
            let sum = amounts.iter().sum::<f64>();
            fitted.scale = Some(sum / expected.iter().map(|log| log.exp()).sum::<f64>());
            fitted.effect = shrunk(targets.iter().zip(&expected).map(|(target, log)| target - log), arms);
        }
        Ok(fitted)
    }

    fn targets(&self, features: &Array2<f64>) -> impl Iterator<Item = f64> {
        let (least, most) = self.range;
        self.model.predict(features).into_iter().map(move |target| target.max(least).min(most))
    }

    /// The expected amount of each row of a matrix, on the average of both arms.
    pub(super) fn predict(&self, features: &Array2<f64>) -> Vec<f64> {
        let amount = |target: f64| self.scale.map_or(target, |scale| scale * target.exp());
        self.targets(features).map(amount).collect()
    }

    /// What the amount is multiplied with in an arm, T − e.
    pub(super) fn factor(&self, arm: f64) -> f64 {
        (arm * self.effect).exp()
    }
}

/// The slope of what is left over by arm, drawn towards 0 by its standard error, which holds for any variances (White 1980, "A
/// heteroskedasticity-consistent covariance matrix estimator and a direct test for heteroskedasticity", Econometrica 48).
fn shrunk(left: impl Iterator<Item = f64>, arms: &[f64]) -> f64 {
    let left = left.collect::<Vec<_>>();
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (arm_mean, left_mean) = (mean(arms), mean(&left));
    let pairs = || arms.iter().zip(&left).map(|(arm, left)| (arm - arm_mean, left - left_mean));
    let spread = pairs().map(|(arm, _)| arm * arm).sum::<f64>();
    if spread <= 0.0 {
        return 0.0;
    }
    let slope = pairs().map(|(arm, left)| arm * left).sum::<f64>() / spread;
    let beyond = pairs().map(|(arm, left)| (arm * (left - slope * arm)).powi(2)).sum::<f64>();
    let variance = beyond / (spread * spread);
    if slope * slope > variance { slope * (1.0 - variance / (slope * slope)) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Amounts that a treatment raises by a tenth, and such that it leaves alone.
    #[test]
    fn what_a_treatment_adds_to_amounts_is_found() {
        for (effect, found) in [(0.1, 0.08..0.12), (0.0, -0.01..0.01)] {
            let rows = 20_000;
            let features = Array2::from_shape_fn((rows, 1), |(row, _)| (row % 7) as f64 / 3.0 - 1.0);
            let arms = (0..rows).map(|row| if row / 7 % 2 == 0 { 0.5 } else { -0.5 }).collect::<Vec<_>>();
            // the same noise in both arms, and spread over the feature
            let noise = |row: usize| ((row / 14 * 37 % 101) as f64 / 50.0 - 1.0) * 0.8;
            let amount = |row: usize| (3.0 + 0.5 * features[(row, 0)] + effect * arms[row] + noise(row)).exp();
            let amounts = (0..rows).map(amount).collect::<Vec<_>>();
            let fitted = Amount::fit(&features, &amounts, &arms).unwrap();
            assert!(found.contains(&fitted.effect), "{effect}: {}", fitted.effect);
            let expected = fitted.predict(&features);
            let ratio = expected.iter().sum::<f64>() / amounts.iter().sum::<f64>();
            assert!((ratio - 1.0).abs() < 1e-9, "{ratio}");
            assert!((expected[6] / expected[0] - 1.0_f64.exp()).abs() < 0.03, "{} {}", expected[0], expected[6]);
            assert!(((fitted.factor(0.5) / fitted.factor(-0.5)).ln() - fitted.effect).abs() < 1e-12);
        }
    }

    #[test]
    fn amounts_below_zero_have_no_logarithm() {
        let features = Array2::from_shape_fn((60, 1), |(row, _)| (row % 3) as f64 - 1.0);
        let amounts = (0..60).map(|row| 2.0 + 3.0 * ((row % 3) as f64 - 1.0)).collect::<Vec<_>>();
        let arms = (0..60).map(|row| if row < 30 { 0.5 } else { -0.5 }).collect::<Vec<_>>();
        let fitted = Amount::fit(&features, &amounts, &arms).unwrap();
        for (got, want) in fitted.predict(&features).into_iter().zip(amounts) {
            assert!((got - want).abs() < 0.01, "{got} {want}");
        }
        assert!((fitted.factor(0.5) - 1.0).abs() < 1e-12);
        // nobody in one of the arms
        assert!(shrunk([1.0, 2.0].into_iter(), &[0.5, 0.5]).abs() < 1e-12);
    }
}
