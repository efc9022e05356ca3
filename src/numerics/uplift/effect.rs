//! The effect on a group: the difference of the means of its arms.

use crate::numerics::experiments::{Difference, Moments, Unmeasured};
use crate::numerics::surveys::inference::Confidence;

use super::curve::Order;
use super::error::UpliftError;
use super::trial::Trial;

/// A difference of means with its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Effect {
    /// Treated rows.
    pub treated: usize,
    /// Control rows.
    pub control: usize,
    /// Mean outcome of the treated.
    pub treated_mean: f64,
    /// Mean outcome of the control.
    pub control_mean: f64,
    /// Treated less control, in the unit of the outcome per person.
    pub effect: f64,
    /// Its standard error; `None` where an arm has a single row.
    pub std_error: Option<f64>,
    /// Lower end of the interval.
    pub lower: Option<f64>,
    /// Upper end of the interval.
    pub upper: Option<f64>,
}

/// Moments of an arm; of weighted rows those whose mean has the same standard error. `None` of no row.
fn moments(trial: &Trial<'_>, rows: impl Iterator<Item = usize> + Clone, treated: bool) -> Option<Moments> {
    let own = || rows.clone().filter(|row| trial.treated()[*row] == treated);
    let (count, weight, sum) = own().fold((0_u64, 0.0, 0.0), |(count, weight, sum), row| {
        let w = trial.weight(row);
        (count + 1, weight + w, sum + w * trial.outcomes()[row])
    });
    if count == 0 {
        return None;
    }
    let mean = sum / weight;
    let scale = count as f64 / weight;
    let squares = own().map(|row| (scale * trial.weight(row) * (trial.outcomes()[row] - mean)).powi(2)).sum();
    Some(Moments { customers: count, mean, squares, cubes: 0.0 })
}

impl Effect {
    /// The effect on the given rows of a trial.
    ///
    /// # Formula
    /// The difference of the means with Welch's interval, as [`Difference`]. With weights w the means are Hájek's, `Σwy/Σw`,
    /// and the variance of each is `Σw²(y − ȳ)²/(Σw)² · n/(n − 1)`. Rows count as independent.
    ///
    /// # Errors
    /// [`UpliftError::EmptyArm`].
    pub fn of(
        trial: &Trial<'_>,
        rows: impl Iterator<Item = usize> + Clone,
        confidence: Confidence,
    ) -> Result<Self, UpliftError> {
        let treated = moments(trial, rows.clone(), true).ok_or(UpliftError::EmptyArm { arm: "treated" })?;
        let control = moments(trial, rows, false).ok_or(UpliftError::EmptyArm { arm: "control" })?;
        let effect = treated.mean - control.mean;
        let test = Difference::of(Some(&treated), Some(&control), confidence).and_then(|found| found.test);
        let (std_error, lower, upper) = match test {
            Ok(test) => (Some(test.standard_error), Some(test.lower), Some(test.upper)),
            // arms without variation differ for sure, as far as they tell
            Err(Unmeasured::NoVariance) => (Some(0.0), Some(effect), Some(effect)),
            Err(_) => (None, None, None),
        };
        Ok(Self {
            treated: treated.customers as usize,
            control: control.customers as usize,
            treated_mean: treated.mean,
            control_mean: control.mean,
            effect,
            std_error,
            lower,
            upper,
        })
    }

    /// The effect on everybody.
    ///
    /// # Errors
    /// None for a checked trial.
    pub fn average(trial: &Trial<'_>, confidence: Confidence) -> Result<Self, UpliftError> {
        Self::of(trial, 0..trial.len(), confidence)
    }

    /// The effect on the first of an order: `share` of all rows, rounded down.
    ///
    /// # Errors
    /// [`UpliftError::EmptyArm`], or a share that is none.
    pub fn of_top(trial: &Trial<'_>, order: &Order, share: f64, confidence: Confidence) -> Result<Self, UpliftError> {
        let rows = rows_of_share(share, trial.len())?;
        Self::of(trial, order.rows[..rows].iter().map(|row| *row as usize), confidence)
    }
}

/// How many rows a share is, rounded down.
pub(super) fn rows_of_share(share: f64, rows: usize) -> Result<usize, UpliftError> {
    const ROUNDING: f64 = 1e-9;
    if !(share > 0.0 && share <= 1.0) {
        return Err(UpliftError::Share { share });
    }
    Ok(((share * rows as f64 + ROUNDING).floor() as usize).min(rows))
}

/// A part of the rows, those with high scores first.
#[derive(Debug, Clone, PartialEq)]
pub struct UpliftGroup {
    /// Rows of it.
    pub rows: usize,
    /// Those that were treated.
    pub treated: usize,
    /// Those that were not.
    pub control: usize,
    /// Mean of the predictions.
    pub predicted_mean: f64,
    /// What was measured; why not, where an arm is empty.
    pub measured: Result<Effect, UpliftError>,
}

/// Cuts an order into groups of equal size: ten of them are deciles. Rows of equal score stay in the order given.
pub fn uplift_groups(
    trial: &Trial<'_>,
    order: &Order,
    predictions: &[f64],
    groups: usize,
    confidence: Confidence,
) -> Vec<UpliftGroup> {
    let n = order.rows.len();
    let group = |k: usize| {
        let rows = &order.rows[n * k / groups..n * (k + 1) / groups];
        let own = rows.iter().map(|row| *row as usize);
        let treated = own.clone().filter(|row| trial.treated()[*row]).count();
        let sum: f64 = own.clone().map(|row| predictions.get(row).copied().unwrap_or_default()).sum();
        UpliftGroup {
            rows: rows.len(),
            treated,
            control: rows.len() - treated,
            predicted_mean: sum / (rows.len().max(1)) as f64,
            measured: Effect::of(trial, own, confidence),
        }
    };
    (0..groups).map(group).collect()
}
