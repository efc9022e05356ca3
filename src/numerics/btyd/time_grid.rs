//! A grid of times between which what the models say is interpolated.
//!
//! Under a clock of hours customers have tens of thousands of different T, and what
//! a model says of those alive with one x is a smooth function of ln(1 + T/c), c the
//! least of the times that it adds to T. So it is computed on an even grid of that
//! logarithm and interpolated by polynomials through six points.

/// Points of one polynomial.
pub(crate) const POINTS: usize = 6;

/// Inverse products of the distances of each point to the others.
const INVERSE: [f64; POINTS] = [-1.0 / 120.0, 1.0 / 24.0, -1.0 / 12.0, 1.0 / 12.0, -1.0 / 24.0, 1.0 / 120.0];

/// Even spacing in ln(1 + t/c).
#[derive(Debug, Clone, Copy)]
pub(crate) struct TimeGrid {
    offset: f64,
    first: f64,
    step: f64,
    count: usize,
}

impl TimeGrid {
    /// A grid over ascending `times`, at most `widest` apart; `None` where it would not
    /// have far fewer points than there are times.
    pub(crate) fn over(times: &[f64], offset: f64, widest: f64) -> Option<Self> {
        let (first, last) = (times.first()?, times.last()?);
        let (first, last) = ((first / offset).ln_1p(), (last / offset).ln_1p());
        let steps = ((last - first) / widest).ceil().max((POINTS - 1) as f64);
        let worthwhile = last > first && 2.0 * (steps + 1.0) < times.len() as f64;
        worthwhile.then(|| Self { offset, first, step: (last - first) / steps, count: steps as usize + 1 })
    }

    /// The times of the grid, ascending.
    pub(crate) fn times(&self) -> Vec<f64> {
        (0..self.count).map(|k| self.offset * (self.first + self.step * k as f64).exp_m1()).collect()
    }

    /// The first of the six points about `t`, and their weights (Lagrange; Abramowitz &
    /// Stegun 25.2.2); the weights sum to 1.
    pub(crate) fn place(&self, t: f64) -> (usize, [f64; POINTS]) {
        let at = ((t / self.offset).ln_1p() - self.first) / self.step;
        let before = (at.max(0.0) as usize).saturating_sub(POINTS / 2 - 1);
        let start = before.min(self.count - POINTS);
        let u = at - start as f64;
        // Products of the distances to the points before and after each.
        let (mut left, mut right) = ([1.0; POINTS], [1.0; POINTS]);
        for k in 1..POINTS {
            left[k] = left[k - 1] * (u - (k - 1) as f64);
            right[POINTS - 1 - k] = right[POINTS - k] * (u - (POINTS - k) as f64);
        }
        (start, std::array::from_fn(|k| INVERSE[k] * left[k] * right[k]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn smooth_functions_are_interpolated_everywhere() {
        let times: Vec<f64> = (0..3000).map(|h| 1.0 + f64::from(h) / 168.0).collect();
        let grid = TimeGrid::over(&times, 4.0, 0.025).expect("many times");
        let points = grid.times();
        assert!(points.len() < 100);
        for of in [|t: f64| (4.0 + t).powf(-3.5), |t: f64| (5.0 / (4.0 + t)).exp()] {
            let known: Vec<f64> = points.iter().map(|t| of(*t)).collect();
            for t in &times {
                let (start, weights) = grid.place(*t);
                let got: f64 = weights.iter().zip(&known[start..]).map(|(w, v)| w * v).sum();
                assert!((got / of(*t) - 1.0).abs() < 2e-8, "{t}: {got}");
            }
        }
    }

    #[test]
    fn few_times_have_no_grid() {
        assert!(TimeGrid::over(&[], 4.0, 0.025).is_none());
        assert!(TimeGrid::over(&[3.0; 100], 4.0, 0.025).is_none());
        assert!(TimeGrid::over(&[1.0, 2.0, 30.0], 4.0, 0.025).is_none());
    }
}
