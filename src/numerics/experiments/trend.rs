//! Whether an effect wears off.

use crate::numerics::surveys::inference::normal_p;

use super::Estimate;

/// A line through effects over time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trend {
    /// Change of the effect from one period to the next.
    pub slope: f64,
    /// Its standard error, if the effects are independent.
    pub standard_error: f64,
    /// Chance of a slope as steep in either direction if there were none.
    pub p: f64,
}

/// The slope of effects by period, weighted by their precision; `None` with fewer than three that have an error above zero.
///
/// # Formula
/// Weighted least squares with `w = 1/s²`: `Σ w (t − t̄) y / Σ w (t − t̄)²`, standard error `(Σ w (t − t̄)²)^−½`.
#[must_use]
pub fn trend(effects: &[(f64, Estimate)]) -> Option<Trend> {
    let used = effects.iter().filter(|(at, e)| {
        at.is_finite() && e.effect.is_finite() && e.standard_error > 0.0 && e.standard_error.is_finite()
    });
    let weight = |e: &Estimate| e.standard_error.powi(-2);
    if used.clone().count() < 3 {
        return None;
    }
    let total: f64 = used.clone().map(|(_, e)| weight(e)).sum();
    let centre = used.clone().map(|(at, e)| weight(e) * at).sum::<f64>() / total;
    let spread: f64 = used.clone().map(|(at, e)| weight(e) * (at - centre).powi(2)).sum();
    let slope = used.map(|(at, e)| weight(e) * (at - centre) * e.effect).sum::<f64>() / spread;
    let standard_error = spread.powf(-0.5);
    (slope.is_finite() && standard_error.is_finite()).then(|| Trend {
        slope,
        standard_error,
        p: normal_p(slope / standard_error),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_straight_line_is_found_whatever_the_weights() {
        let point = |at: f64, error: f64| (at, Estimate { effect: 3.0 - 0.5 * at, standard_error: error });
        let found = trend(&[point(1.0, 0.1), point(2.0, 0.4), point(3.0, 0.2), point(4.0, 9.0)]).unwrap();
        assert!((found.slope + 0.5).abs() < 1e-12, "{found:?}");
        assert!(found.p < 0.01);
    }

    #[test]
    fn too_few_weeks_have_no_trend() {
        let point = |at: f64, error: f64| (at, Estimate { effect: 1.0, standard_error: error });
        assert_eq!(trend(&[point(1.0, 0.1), point(2.0, 0.1), point(3.0, 0.0)]), None);
        assert_eq!(trend(&[point(1.0, 0.1), point(1.0, 0.1), point(1.0, 0.1)]), None);
        assert_eq!(trend(&[]), None);
    }
}
