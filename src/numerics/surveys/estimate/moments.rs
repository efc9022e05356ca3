//! Sums of squares and products, and the ridge regression that needs nothing else.

use linfa_linalg::cholesky::SolveCInplace;
use ndarray::Array2;

use super::super::error::SurveyError;

/// Variance, against 1 among all, below which a feature is taken as constant among some.
const CONSTANT: f64 = 1e-12;

/// Number, sums, and sums of products of rows of values, the last of which is what is to be learnt.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Moments {
    count: f64,
    sums: Vec<f64>,
    /// Upper triangle, row after row.
    products: Vec<f64>,
}

/// `intercept + Σ slope · value`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    pub(super) intercept: f64,
    pub(super) slopes: Vec<f64>,
}

/// The sums of several parts together, added up in order.
pub(super) fn total(parts: &[&Moments]) -> Moments {
    let mut sum = Moments::new(parts.first().map_or(1, |part| part.sums.len()));
    for part in parts {
        sum.merge(part);
    }
    sum
}

impl Moments {
    /// No rows of `dims` values.
    pub(super) fn new(dims: usize) -> Self {
        Self { count: 0.0, sums: vec![0.0; dims], products: vec![0.0; dims * (dims + 1) / 2] }
    }

    /// Adds a row.
    pub(super) fn add(&mut self, values: &[f64]) {
        self.count += 1.0;
        self.sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
        let mut products = self.products.iter_mut();
        for (at, left) in values.iter().enumerate() {
            values[at..].iter().zip(products.by_ref()).for_each(|(right, product)| *product += left * right);
        }
    }

    /// Adds the rows of others.
    pub(super) fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.sums.iter_mut().zip(&other.sums).for_each(|(sum, part)| *sum += part);
        self.products.iter_mut().zip(&other.products).for_each(|(sum, part)| *sum += part);
    }

    /// Mean of what is to be learnt.
    pub(super) fn mean_target(&self) -> f64 {
        self.mean(self.sums.len() - 1)
    }

    fn mean(&self, at: usize) -> f64 {
        self.sums[at] / self.count
    }

    fn product(&self, a: usize, b: usize) -> f64 {
        let (low, high) = (a.min(b), a.max(b));
        self.products[low * self.sums.len() - low * low.saturating_sub(1) / 2 - low + high]
    }

    fn covariance(&self, a: usize, b: usize) -> f64 {
        self.product(a, b) / self.count - self.mean(a) * self.mean(b)
    }

    /// The line of least squared error with a penalty on the slopes per standard deviation: `(R + λI) β = r`.
    pub(super) fn ridge(&self, penalty: f64) -> Result<Line, SurveyError> {
        let target = self.sums.len() - 1;
        let used: Vec<usize> = (0..target).filter(|at| self.covariance(*at, *at) > CONSTANT).collect();
        let deviations: Vec<f64> = used.iter().map(|at| self.covariance(*at, *at).sqrt()).collect();
        let mut slopes = vec![0.0; target];
        if !used.is_empty() {
            let mut matrix = Array2::from_shape_fn((used.len(), used.len()), |(i, j)| {
                if i == j { 1.0 + penalty } else { self.covariance(used[i], used[j]) / (deviations[i] * deviations[j]) }
            });
            let mut solution =
                Array2::from_shape_fn((used.len(), 1), |(i, _)| self.covariance(used[i], target) / deviations[i]);
            let failed =
                |reason: linfa_linalg::LinalgError| SurveyError::Unsolvable { penalty, reason: reason.to_string() };
            matrix.solvec_inplace(&mut solution).map_err(failed)?;
            for (at, (feature, deviation)) in used.iter().zip(&deviations).enumerate() {
                slopes[*feature] = solution[(at, 0)] / deviation;
            }
        }
        let moved: f64 = slopes.iter().enumerate().map(|(at, slope)| slope * self.mean(at)).sum();
        Ok(Line { intercept: self.mean(target) - moved, slopes })
    }

    /// Sum of the squared errors of a line over these rows.
    pub(super) fn squared_error(&self, line: &Line) -> f64 {
        let target = self.sums.len() - 1;
        let weight = |at: usize| if at == target { 1.0 } else { -line.slopes[at] };
        let mean: f64 = (0..=target).map(|at| weight(at) * self.mean(at)).sum::<f64>() - line.intercept;
        let mut spread = 0.0;
        for a in 0..=target {
            spread += weight(a) * (0..=target).map(|b| weight(b) * self.covariance(a, b)).sum::<f64>();
        }
        self.count * (mean * mean + spread.max(0.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moments(rows: &[[f64; 3]]) -> Moments {
        let mut sums = Moments::new(3);
        for row in rows {
            sums.add(row);
        }
        sums
    }

    const ROWS: [[f64; 3]; 5] =
        [[1.0, 2.0, 3.0], [2.0, -1.0, 0.5], [4.0, 0.0, 1.0], [-3.0, 5.0, 2.0], [0.5, 0.5, -4.0]];

    #[test]
    fn covariances_are_those_of_the_rows() {
        let sums = moments(&ROWS);
        for a in 0..3 {
            for b in 0..3 {
                let mean = |at: usize| ROWS.iter().map(|row| row[at]).sum::<f64>() / 5.0;
                let want = ROWS.iter().map(|row| (row[a] - mean(a)) * (row[b] - mean(b))).sum::<f64>() / 5.0;
                assert!((sums.covariance(a, b) - want).abs() < 1e-12, "{a} {b}");
            }
        }
    }

    #[test]
    fn squared_error_is_that_of_the_rows() {
        let line = Line { intercept: 0.7, slopes: vec![-0.4, 1.3] };
        let want: f64 = ROWS.iter().map(|row| (row[2] - 0.7 + 0.4 * row[0] - 1.3 * row[1]).powi(2)).sum();
        assert!((moments(&ROWS).squared_error(&line) - want).abs() < 1e-10);
    }

    #[test]
    fn ridge_satisfies_its_normal_equations() {
        // The gradient of Σ(y − a − bx)²/n + λ Σ (s b)² vanishes.
        let (sums, penalty) = (moments(&ROWS), 0.3);
        let line = sums.ridge(penalty).unwrap();
        for at in 0..2 {
            let fit: f64 = (0..2).map(|other| sums.covariance(at, other) * line.slopes[other]).sum();
            let gradient = fit + penalty * sums.covariance(at, at) * line.slopes[at] - sums.covariance(at, 2);
            assert!(gradient.abs() < 1e-12, "{at}: {gradient}");
        }
    }

    #[test]
    fn merging_equals_adding_all() {
        let (left, right) = (moments(&ROWS[..2]), moments(&ROWS[2..]));
        let (merged, all) = (total(&[&left, &right]), moments(&ROWS));
        let line = Line { intercept: 0.0, slopes: vec![1.0, 1.0] };
        assert!((merged.squared_error(&line) - all.squared_error(&line)).abs() < 1e-10);
        assert!((merged.mean_target() - all.mean_target()).abs() < 1e-15);
    }
}
