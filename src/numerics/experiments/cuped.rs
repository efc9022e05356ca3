//! The effect with the noise of the time before taken out.

use crate::numerics::surveys::inference::Confidence;

use super::difference::MeanTest;
use super::{Moments, Unmeasured};

/// A difference of means adjusted by a covariate from before the start.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cuped {
    /// Slope of the outcome on the covariate, over both groups together.
    pub theta: f64,
    /// Adjusted mean of the treated less that of the control group.
    pub effect: f64,
    /// Share of the variance that is gone: 0 when the covariate says nothing, towards 1 when it says all.
    pub variance_removed: f64,
    /// Interval and test of the adjusted effect.
    pub test: MeanTest,
}

/// Adjusts outcomes by a covariate that the campaign can't have changed.
///
/// # Formula
/// `y − θ (x − x̄)` with `θ = cov(y, x) / var(x)` over both groups, then Welch's difference of means (Deng, Xu, Kohavi & Walker
/// 2013, "Improving the sensitivity of online controlled experiments by utilizing pre-experiment data", WSDM, eq. 4). The
/// covariate may differ between the groups by chance only, so the adjusted effect estimates the same quantity.
///
/// # Errors
/// An empty group or one of a single customer, a covariate that doesn't vary, a value that isn't finite, columns of different
/// length.
pub fn cuped(
    treated: (&[f64], &[f64]),
    control: (&[f64], &[f64]),
    confidence: Confidence,
) -> Result<Cuped, Unmeasured> {
    if treated.0.len() != treated.1.len() || control.0.len() != control.1.len() {
        return Err(Unmeasured::OutOfRange);
    }
    let count = (treated.0.len() + control.0.len()) as f64;
    let mean = |first: &[f64], second: &[f64]| (first.iter().sum::<f64>() + second.iter().sum::<f64>()) / count;
    let (mean_y, mean_x) = (mean(treated.0, control.0), mean(treated.1, control.1));
    let (mut cross, mut spread, mut total) = (0.0, 0.0, 0.0);
    for (y, x) in treated.0.iter().zip(treated.1).chain(control.0.iter().zip(control.1)) {
        cross += (y - mean_y) * (x - mean_x);
        spread += (x - mean_x) * (x - mean_x);
        total += (y - mean_y) * (y - mean_y);
    }
    if count > 0.0 && !(cross.is_finite() && spread.is_finite() && total.is_finite()) {
        return Err(Unmeasured::NotFinite);
    }
    if count > 0.0 && !(spread > 0.0) {
        return Err(Unmeasured::FlatCovariate);
    }
    let theta = cross / spread;
    let adjusted = |(y, x): (&[f64], &[f64])| {
        let values = y.iter().zip(x).map(|(y, x)| y - theta * (x - mean_x)).collect::<Vec<_>>();
        Moments::of(&values)
    };
    let (first, second) = match (adjusted(treated)?, adjusted(control)?) {
        (Some(first), Some(second)) => (first, second),
        (None, None) => return Err(Unmeasured::NoCustomers),
        (None, _) => return Err(Unmeasured::NoTreatment),
        (_, None) => return Err(Unmeasured::NoControl),
    };
    let effect = first.mean - second.mean;
    let test = MeanTest::of(effect, &first, &second, confidence)?;
    let variance_removed = if total > 0.0 { (cross * cross / (spread * total)).clamp(0.0, 1.0) } else { 0.0 };
    Ok(Cuped { theta, effect, variance_removed, test })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_covariate_that_says_all_but_the_effect_leaves_no_doubt() {
        let before = [1.0, 2.0, 3.0, 4.0];
        let control = [2.0, 4.0, 6.0, 8.0];
        let treated = [2.6, 4.4, 6.6, 8.4];
        let found = cuped((&treated, &before), (&control, &before), Confidence::default()).unwrap();
        assert!((found.effect - 0.5).abs() < 1e-12, "{found:?}");
        assert!(found.test.standard_error < 0.1 && found.variance_removed > 0.98, "{found:?}");
    }

    #[test]
    fn what_cannot_be_adjusted_has_its_reason() {
        let some = [1.0, 2.0];
        let adjusted = |t: (&[f64], &[f64]), c: (&[f64], &[f64])| cuped(t, c, Confidence::default()).unwrap_err();
        assert_eq!(adjusted((&some, &[3.0, 3.0]), (&some, &[3.0, 3.0])), Unmeasured::FlatCovariate);
        assert_eq!(adjusted((&some, &some), (&[], &[])), Unmeasured::NoControl);
        assert_eq!(adjusted((&[], &[]), (&some, &some)), Unmeasured::NoTreatment);
        assert_eq!(adjusted((&[], &[]), (&[], &[])), Unmeasured::NoCustomers);
        assert_eq!(adjusted((&some, &[1.0]), (&some, &some)), Unmeasured::OutOfRange);
        assert_eq!(adjusted((&some, &[1.0, f64::NAN]), (&some, &some)), Unmeasured::NotFinite);
        assert_eq!(adjusted((&[1.0], &[2.0]), (&some, &some)), Unmeasured::OneCustomer);
    }
}
