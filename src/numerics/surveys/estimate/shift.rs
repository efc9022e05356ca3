//! How those who answered differ from those who never did.

use rayon::prelude::*;

/// Standardised difference from which on two groups are taken as different (Austin 2009, "Balance diagnostics for
/// comparing the distribution of baseline covariates", Statistics in Medicine 28, p. 3083).
pub const NOTABLE_SHIFT: f64 = 0.1;

/// One feature among those who answered and among the others. Unknown values are left out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FeatureShift {
    /// Mean of those who answered; `None` if it is known of nobody.
    pub mean_answered: Option<f64>,
    /// Mean of those who never did.
    pub mean_unanswered: Option<f64>,
    /// Difference of the means over the root of the mean variance; `None` if there is none or nothing varies.
    pub standardised: Option<f64>,
}

impl FeatureShift {
    /// Whether the groups differ by more than [`NOTABLE_SHIFT`], so that the estimate leans on the line beyond where it
    /// was learnt.
    pub fn is_notable(&self) -> bool {
        self.standardised.is_some_and(|shift| shift.abs() > NOTABLE_SHIFT)
    }
}

/// The shift of each feature.
pub(super) fn shifts(features: &[&[f64]], index: &[Option<f64>]) -> Vec<FeatureShift> {
    let shift = |column: &&[f64]| {
        let side = |answered: bool| {
            let rows = column.iter().zip(index).filter(move |(x, answer)| !x.is_nan() && answer.is_some() == answered);
            mean_and_variance(rows.map(|(x, _)| *x))
        };
        let (with, without) = (side(true), side(false));
        let standardised = with.zip(without).and_then(|((a, v), (b, w))| {
            let deviation = (0.5 * (v + w)).sqrt();
            (deviation > 0.0).then(|| (a - b) / deviation)
        });
        FeatureShift {
            mean_answered: with.map(|(mean, _)| mean),
            mean_unanswered: without.map(|(mean, _)| mean),
            standardised: standardised.filter(|shift| shift.is_finite()),
        }
    };
    features.par_iter().map(shift).collect()
}

fn mean_and_variance(values: impl Iterator<Item = f64> + Clone) -> Option<(f64, f64)> {
    let (n, sum) = values.clone().fold((0.0, 0.0), |(n, sum), value| (n + 1.0, sum + value));
    let mean: f64 = sum / n;
    (n > 0.0).then(|| (mean, values.map(|value| (value - mean) * (value - mean)).sum::<f64>() / n))
}
