//! Distributions given by their quantiles at fixed levels, and mixtures of them.

use super::quantile::interpolate;
use crate::numerics::special::logistic;

/// Logit levels −6.5, −6, …, 6.5.
pub(crate) const LEVELS: usize = 27;
const FIRST_LEVEL: f64 = -6.5;
const LEVEL_STEP: f64 = 0.5;

/// Points at which the distribution function of a mixture is taken.
const POINTS: usize = 49;

/// Growth of the logarithm of a quantile per unit of logit level beyond the table.
const STEEPEST_TAIL: f64 = 0.5;

/// Quantiles of one variable at the logit levels, as logarithms.
pub(crate) type Curve = [f64; LEVELS];

pub(crate) fn levels() -> Curve {
    std::array::from_fn(|k| FIRST_LEVEL + k as f64 * LEVEL_STEP)
}

/// A probability, as a place between two tabulated levels.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Level {
    index: usize,
    part: f64,
}

impl Level {
    /// The level of probability `u`, clamped to 0.0015 … 0.9985.
    pub(crate) fn of(u: f64) -> Self {
        let logit = (u.max(1e-12) / (1.0 - u).max(1e-12)).ln();
        let at = ((logit - FIRST_LEVEL) / LEVEL_STEP).clamp(0.0, (LEVELS - 1) as f64);
        let index = (at as usize).min(LEVELS - 2);
        Self { index, part: at - index as f64 }
    }

    /// The quantile at this level.
    pub(crate) fn on(self, curve: &Curve) -> f64 {
        curve[self.index] + self.part * (curve[self.index + 1] - curve[self.index])
    }
}

/// Quantiles of the mixture of distributions given by their quantiles; the weights
/// need not sum to 1.
///
/// The distribution function of the mixture is taken at points spread evenly over
/// all quantiles of all parts, so that narrow parts far apart are seen as well.
pub(crate) fn mixture(parts: &[Curve], weights: &[f64]) -> Curve {
    let levels = levels();
    let mut pooled: Vec<f64> = parts.iter().flatten().copied().collect();
    pooled.sort_by(f64::total_cmp);
    let last = pooled.len() - 1;
    let points: [f64; POINTS] = std::array::from_fn(|i| pooled[i * last / (POINTS - 1)]);
    let mut below = [0.0; POINTS];
    for (part, weight) in parts.iter().zip(weights) {
        add_distribution((part, *weight), &levels, &points, &mut below);
    }
    let count: f64 = weights.iter().sum();
    let known = below.map(|u| (u.max(1e-12) / (count - u).max(1e-12)).ln());
    levels.map(|level| {
        let (low, high) = (known[0], known[POINTS - 1]);
        if level >= high {
            // Beyond all that is known: on as steeply as the steepest tail in use.
            points[POINTS - 1] + STEEPEST_TAIL * (level - high)
        } else if level <= low {
            points[0] + (levels[1] - levels[0]).recip() * (points[1] - points[0]).max(0.0) * (level - low)
        } else {
            interpolate(&known, &points, level)
        }
    })
}

/// Adds the distribution function of one part, `weight` times, at ascending points.
fn add_distribution((part, weight): (&Curve, f64), levels: &Curve, points: &[f64; POINTS], below: &mut [f64; POINTS]) {
    let mut k = 1;
    for (sum, point) in below.iter_mut().zip(points) {
        while k < LEVELS - 1 && part[k] <= *point {
            k += 1;
        }
        let width = part[k] - part[k - 1];
        let level = if width > 0.0 {
            levels[k - 1] + LEVEL_STEP * (point - part[k - 1]) / width
        } else if *point < part[k] {
            f64::NEG_INFINITY
        } else {
            levels[k]
        };
        *sum += weight * logistic(level);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mixing_equal_parts_changes_nothing() {
        let part: Curve = levels().map(|l| 0.3 * l - 1.0);
        for (a, b) in mixture(&[part, part, part], &[0.2, 1.0, 3.0]).iter().zip(&part) {
            assert!((a - b).abs() < 1e-9, "{a} {b}");
        }
    }

    /// At the median of a mixture of two narrow parts far apart lies the jump.
    #[test]
    fn weights_say_where_the_parts_lie() {
        let about = |centre: f64| -> Curve { levels().map(|l| centre + 0.01 * l) };
        let mixed = mixture(&[about(-1.0), about(1.0)], &[1.0, 3.0]);
        let at = |u: f64| Level::of(u).on(&mixed);
        assert!(at(0.15) < -0.8 && at(0.3) > 0.8 && at(0.9) > 0.9, "{mixed:?}");
    }
}
