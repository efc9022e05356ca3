//! The difference of two means.

use crate::numerics::surveys::inference::{Confidence, normal_p, student_p};

use super::{Moments, Unmeasured};

/// Treated less control.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Difference {
    /// Mean of the treated less mean of the control group.
    pub effect: f64,
    /// Interval and test, or why there are none.
    pub test: Result<MeanTest, Unmeasured>,
}

/// How sure a difference of means is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MeanTest {
    /// Standard error of the difference.
    pub standard_error: f64,
    /// Welch's degrees of freedom.
    pub degrees: f64,
    /// Lower end of the interval with Student's t.
    pub lower: f64,
    /// Upper end of the interval with Student's t.
    pub upper: f64,
    /// Ends of the interval with the normal distribution.
    pub normal: super::Interval,
    /// Difference over its standard error.
    pub z: f64,
    /// Chance of a difference as large in either direction if there were none, with the normal distribution.
    pub p_normal: f64,
    /// The same with Student's t.
    pub p: f64,
}

impl Difference {
    /// Compares two groups.
    ///
    /// # Formula
    /// `d ± t_ν √(s₁²/n₁ + s₂²/n₂)` with `ν = (s₁²/n₁ + s₂²/n₂)² / ((s₁²/n₁)²/(n₁−1) + (s₂²/n₂)²/(n₂−1))` (Welch 1947, "The
    /// generalization of Student's problem when several different population variances are involved", Biometrika 34,
    /// p. 28).
    ///
    /// # Errors
    /// When a group is empty: there is no difference then.
    pub fn of(
        treated: Option<&Moments>,
        control: Option<&Moments>,
        confidence: Confidence,
    ) -> Result<Self, Unmeasured> {
        let (treated, control) = match (treated, control) {
            (Some(treated), Some(control)) => (treated, control),
            (None, None) => return Err(Unmeasured::NoCustomers),
            (None, _) => return Err(Unmeasured::NoTreatment),
            (_, None) => return Err(Unmeasured::NoControl),
        };
        let effect = treated.mean - control.mean;
        Ok(Self { effect, test: MeanTest::of(effect, treated, control, confidence) })
    }
}

impl MeanTest {
    pub(super) fn of(
        effect: f64,
        treated: &Moments,
        control: &Moments,
        confidence: Confidence,
    ) -> Result<Self, Unmeasured> {
        let (Some(first), Some(second)) = (treated.squared_error(), control.squared_error()) else {
            return Err(Unmeasured::OneCustomer);
        };
        let error = first + second;
        if !(error > 0.0) {
            return Err(Unmeasured::NoVariance);
        }
        // shares of the error, so that nothing overflows when squared
        let (first, second) = (first / error, second / error);
        let parts = first * first / (treated.customers - 1) as f64 + second * second / (control.customers - 1) as f64;
        let (standard_error, degrees) = (error.sqrt(), 1.0 / parts);
        let z = effect / standard_error;
        let t = confidence.t(degrees).ok_or(Unmeasured::NotFinite)?;
        let p = student_p(z, degrees).ok_or(Unmeasured::NotFinite)?;
        let normal = confidence.z() * standard_error;
        Ok(Self {
            standard_error,
            degrees,
            lower: effect - t * standard_error,
            upper: effect + t * standard_error,
            normal: super::Interval { lower: effect - normal, upper: effect + normal },
            z,
            p_normal: normal_p(z),
            p,
        })
    }
}

/// Effect ÷ mean of the control group; `None` unless that mean is above zero.
#[must_use]
pub fn relative_lift(effect: f64, mean_control: f64) -> Option<f64> {
    (mean_control > 0.0).then(|| effect / mean_control).filter(|lift| lift.is_finite())
}

/// Incremental profit after cost ÷ cost; `None` unless there was a cost.
#[must_use]
pub fn return_on_cost(incremental_profit: f64, cost: f64) -> Option<f64> {
    (cost > 0.0).then(|| incremental_profit / cost).filter(|ratio| ratio.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moments(values: &[f64]) -> Option<Moments> {
        Moments::of(values).unwrap()
    }

    fn compare(treated: &[f64], control: &[f64]) -> Result<Difference, Unmeasured> {
        Difference::of(moments(treated).as_ref(), moments(control).as_ref(), Confidence::default())
    }

    /// R: t.test(extra ~ group, sleep): t = -1.8608, df = 17.776, p = 0.07939, interval −3.3654832 to 0.2054832.
    #[test]
    fn welch_on_students_sleep_data() {
        let first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
        let second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
        let found = compare(&first, &second).unwrap();
        let test = found.test.unwrap();
        for (got, want, tolerance) in [
            (found.effect, -1.58, 1e-12),
            (test.z, -1.860_813_467_486_75, 1e-9),
            (test.degrees, 17.776_473_516_178_2, 1e-9),
            (test.p, 0.079_394_14, 1e-7),
            (test.lower, -3.365_483_2, 1e-6),
            (test.upper, 0.205_483_2, 1e-6),
        ] {
            assert!((got - want).abs() < tolerance, "{got} against {want}");
        }
    }

    #[test]
    fn what_cannot_be_said_has_its_reason() {
        assert_eq!(compare(&[], &[]), Err(Unmeasured::NoCustomers));
        assert_eq!(compare(&[], &[1.0]), Err(Unmeasured::NoTreatment));
        assert_eq!(compare(&[1.0, 0.0], &[]), Err(Unmeasured::NoControl));
        let one = compare(&[5.0], &[1.0, 2.0]).unwrap();
        assert_eq!((one.effect, one.test), (3.5, Err(Unmeasured::OneCustomer)));
        let alike = compare(&[1.0, 1.0], &[0.0, 0.0]).unwrap();
        assert_eq!((alike.effect, alike.test), (1.0, Err(Unmeasured::NoVariance)));
        // one group alike is enough variation for an interval
        assert!(compare(&[1.0, 1.0], &[0.0, 1.0]).unwrap().test.is_ok());
    }

    #[test]
    fn ratios_need_something_to_divide_by() {
        assert_eq!(relative_lift(1.0, 4.0), Some(0.25));
        assert_eq!(relative_lift(1.0, 0.0), None);
        assert_eq!(return_on_cost(30.0, 10.0), Some(3.0));
        assert_eq!(return_on_cost(30.0, 0.0), None);
    }
}
