//! Expectation and maximisation for mixtures of normal distributions, in
//! logarithms.
//!
//! # Formula
//!
//! ```text
//! r_ic = w_c N(x_i; μ_c, Σ_c) / Σ_d w_d N(x_i; μ_d, Σ_d)             E
//! n_c  = Σ_i r_ic,  w_c = n_c / n,  μ_c = Σ_i r_ic x_i / n_c         M
//! Σ_c  = Σ_i r_ic (x_i − μ_c)(x_i − μ_c)ᵀ / n_c + floor · I
//! ```
//!
//! Category columns are independent of everything else within a component: their
//! levels have the shares `θ_c`, and `N` is multiplied by the share of the row's
//! level (Hunt & Jorgensen 1999, "Mixture model clustering using the MULTIMIX
//! program", Aust. N. Z. J. Stat. 41, section 2). `θ_c` are the `r_ic`-weighted
//! counts, and one row more with everyone's shares, to which each level adds
//! one row, so that none is 0.
//!
//! (Dempster, Laird & Rubin 1977, "Maximum likelihood from incomplete data via
//! the EM algorithm", J. R. Stat. Soc. B 39, section 4.3.) `N` is worked out
//! from the Cholesky factor of `Σ`, and sums of densities from the largest
//! logarithm downwards, so that nothing underflows.

use crate::numerics::clusters::Points;
use crate::numerics::clusters::points::to_f64;
use linfa_linalg::cholesky::CholeskyInplace;
use ndarray::Array2;

/// EM ends once the mean log-likelihood of a row rises by less than this.
const TOLERANCE: f64 = 1e-6;

/// A component that holds less than this many rows is dropped.
const EMPTY: f64 = 1e-6;

/// Largest squared distance to a component, in its own standard deviations, so
/// that sums over many rows stay finite.
const MAX_SQUARED: f64 = 1e290;

/// The parameters of a mixture, component after component.
#[derive(Debug, Clone)]
pub(super) struct Components {
    pub(super) weights: Vec<f64>,
    pub(super) means: Vec<f64>,
    /// Row after row of each covariance matrix, the floor included.
    pub(super) covariances: Vec<f64>,
    /// Share of each level of each category.
    pub(super) shares: Vec<f64>,
    /// Number of columns that are numbers; the levels come behind them.
    pub(super) dims: usize,
    /// Number of levels of each category.
    pub(super) widths: Vec<usize>,
}

/// A mixture that EM has settled, and its log-likelihood.
#[derive(Debug, Clone)]
pub(super) struct Settled {
    pub(super) components: Components,
    /// Of all points it was fitted on.
    pub(super) log_likelihood: f64,
}

impl Components {
    /// The components that hold the rows of each label.
    ///
    /// Nothing if no row has a label.
    pub(super) fn of_labels(points: &Points, widths: &[usize], labels: &[u16], k: usize, floor: f64) -> Option<Self> {
        let mut responsibilities = vec![0.0; points.len() * k];
        for (row, &label) in responsibilities.chunks_exact_mut(k).zip(labels) {
            row[usize::from(label)] = 1.0;
        }
        Self::maximise(points, widths, &responsibilities, k, floor)
    }

    /// Number of components.
    pub(super) fn k(&self) -> usize {
        self.weights.len()
    }

    /// The covariance matrix of a component, row after row.
    pub(super) fn covariance(&self, component: usize) -> &[f64] {
        let size = self.dims * self.dims;
        &self.covariances[component * size..(component + 1) * size]
    }

    /// The shares of all levels in a component.
    pub(super) fn shares_of(&self, component: usize) -> &[f64] {
        let all = self.widths.iter().sum::<usize>();
        &self.shares[component * all..(component + 1) * all]
    }

    /// Whether all numbers are.
    pub(super) fn is_finite(&self) -> bool {
        [&self.weights, &self.means, &self.covariances].into_iter().flatten().all(|value| value.is_finite())
    }

    /// Repeats E and M until the log-likelihood settles, at most so often.
    ///
    /// Nothing if a covariance isn't positive definite in floating point.
    pub(super) fn refine(self, points: &Points, floor: f64, iterations: usize) -> Option<Settled> {
        let mut components = self;
        let mut reached = f64::NEG_INFINITY;
        let mut responsibilities = Vec::new();
        for _ in 0..iterations {
            let densities = Densities::new(&components)?;
            let k = components.k();
            responsibilities.clear();
            responsibilities.resize(points.len() * k, 0.0);
            let rows = points.rows().zip(responsibilities.chunks_exact_mut(k));
            let log_likelihood: f64 = rows.map(|(row, own)| densities.memberships(row, own)).sum();
            if (log_likelihood - reached) / to_f64(points.len()) < TOLERANCE {
                return Some(Settled { components, log_likelihood });
            }
            reached = log_likelihood;
            components = Self::maximise(points, &components.widths, &responsibilities, k, floor)?;
        }
        let densities = Densities::new(&components)?;
        let mut own = vec![0.0; components.k()];
        let log_likelihood = points.rows().map(|row| densities.memberships(row, &mut own)).sum();
        Some(Settled { components, log_likelihood })
    }

    /// The component of the largest membership per row.
    ///
    /// Nothing if a covariance isn't positive definite in floating point.
    pub(super) fn labels(&self, points: &Points) -> Option<Vec<u16>> {
        let densities = Densities::new(self)?;
        let mut own = vec![0.0; self.k()];
        let label = |row: &[f64]| {
            densities.memberships(row, &mut own);
            super::largest(&own)
        };
        Some(points.rows().map(label).collect())
    }

    /// The M step. Components that hold nothing are left out; nothing if all
    /// do.
    fn maximise(points: &Points, widths: &[usize], responsibilities: &[f64], k: usize, floor: f64) -> Option<Self> {
        let dims = points.dims() - widths.len();
        let mut sums = vec![0.0; k];
        let mut means = vec![0.0; k * dims];
        for (row, own) in points.rows().zip(responsibilities.chunks_exact(k)) {
            for ((&share, sum), mean) in own.iter().zip(&mut sums).zip(means.chunks_exact_mut(dims)) {
                *sum += share;
                mean.iter_mut().zip(row).for_each(|(mean, value)| *mean += share * value);
            }
        }
        for (mean, &sum) in means.chunks_exact_mut(dims).zip(&sums) {
            divide(mean, sum.max(EMPTY));
        }
        let mut covariances = scatter(points, dims, responsibilities, &means);
        for (covariance, &sum) in covariances.chunks_exact_mut(dims * dims).zip(&sums) {
            divide(covariance, sum.max(EMPTY));
            covariance.iter_mut().step_by(dims + 1).for_each(|variance| *variance += floor);
        }
        let held: Vec<usize> = (0..k).filter(|&component| sums[component] > EMPTY).collect();
        let total: f64 = held.iter().map(|&component| sums[component]).sum();
        let take = |values: &[f64], size: usize| -> Vec<f64> {
            held.iter().flat_map(|&at| &values[at * size..(at + 1) * size]).copied().collect()
        };
        (!held.is_empty()).then(|| Self {
            weights: held.iter().map(|&component| sums[component] / total).collect(),
            means: take(&means, dims),
            covariances: take(&covariances, dims * dims),
            shares: take(&level_shares(points, widths, responsibilities, k), widths.iter().sum()),
            dims,
            widths: widths.to_vec(),
        })
    }
}

/// Places of the levels of a row among those of all categories; a negative
/// level is unknown and has none.
fn places<'a>(levels: &'a [f64], widths: &'a [usize]) -> impl Iterator<Item = usize> + 'a {
    let mut from = 0;
    levels.iter().zip(widths).filter_map(move |(level, width)| {
        let start = from;
        from += width;
        (*level >= 0.0).then(|| start + *level as usize)
    })
}

/// The shares of the levels in every component.
fn level_shares(points: &Points, widths: &[usize], responsibilities: &[f64], k: usize) -> Vec<f64> {
    let all: usize = widths.iter().sum();
    let mut everyone = vec![1.0; all];
    let mut shares = vec![0.0; k * all];
    if all == 0 {
        return shares;
    }
    let dims = points.dims() - widths.len();
    for (row, own) in points.rows().zip(responsibilities.chunks_exact(k)) {
        for place in places(&row[dims..], widths) {
            everyone[place] += 1.0;
            own.iter().zip(shares.chunks_exact_mut(all)).for_each(|(share, counts)| counts[place] += share);
        }
    }
    let mut from = 0;
    for width in widths {
        let levels = from..from + width;
        let total = everyone[levels.clone()].iter().sum::<f64>();
        divide(&mut everyone[levels.clone()], total);
        for counts in shares.chunks_exact_mut(all) {
            let counts = &mut counts[levels.clone()];
            counts.iter_mut().zip(&everyone[levels.clone()]).for_each(|(count, share)| *count += share);
            let sum = counts.iter().sum();
            divide(counts, sum);
        }
        from += width;
    }
    shares
}

/// `Σ_i r_ic (x_i − μ_c)(x_i − μ_c)ᵀ` of every component, over the first `dims`
/// columns.
fn scatter(points: &Points, dims: usize, responsibilities: &[f64], means: &[f64]) -> Vec<f64> {
    let k = means.len() / dims;
    let mut scatter = vec![0.0; k * dims * dims];
    let mut differences = vec![0.0; dims];
    for (row, own) in points.rows().zip(responsibilities.chunks_exact(k)) {
        let components = own.iter().zip(means.chunks_exact(dims)).zip(scatter.chunks_exact_mut(dims * dims));
        for ((&share, mean), matrix) in components.filter(|((share, _), _)| **share > 0.0) {
            for (difference, (value, mean)) in differences.iter_mut().zip(row.iter().zip(mean)) {
                *difference = value - mean;
            }
            for (a, line) in matrix.chunks_exact_mut(dims).enumerate() {
                let weighted = share * differences[a];
                line[..=a].iter_mut().zip(&differences).for_each(|(cell, other)| *cell += weighted * other);
            }
        }
    }
    for matrix in scatter.chunks_exact_mut(dims * dims) {
        for a in 0..dims {
            for b in 0..a {
                matrix[b * dims + a] = matrix[a * dims + b];
            }
        }
    }
    scatter
}

/// The lower Cholesky factor of a symmetric matrix given row after row.
///
/// Nothing unless it is positive definite and finite.
pub(super) fn cholesky(matrix: &[f64], dims: usize) -> Option<Vec<f64>> {
    if !matrix.iter().all(|value| value.is_finite()) {
        return None;
    }
    let matrix = Array2::from_shape_vec((dims, dims), matrix.to_vec()).ok()?;
    let factor: Vec<f64> = matrix.cholesky_into().ok()?.iter().copied().collect();
    factor.iter().all(|value| value.is_finite()).then_some(factor)
}

/// What is needed to work out densities quickly.
#[derive(Debug)]
pub(super) struct Densities {
    means: Vec<f64>,
    /// Inverses of the lower Cholesky factors, row after row.
    inverses: Vec<f64>,
    /// `ln w − d/2 ln 2π − 1/2 ln |Σ|`.
    constants: Vec<f64>,
    /// Logarithms of the shares of the levels.
    log_shares: Vec<f64>,
    dims: usize,
    widths: Vec<usize>,
}

impl Densities {
    /// Nothing unless all covariances are positive definite.
    pub(super) fn new(components: &Components) -> Option<Self> {
        let dims = components.dims;
        let mut inverses = Vec::with_capacity(components.covariances.len());
        let mut constants = Vec::with_capacity(components.k());
        for (component, weight) in components.weights.iter().enumerate() {
            let factor = cholesky(components.covariance(component), dims)?;
            let half_log_determinant: f64 = factor.iter().step_by(dims + 1).map(|pivot| pivot.ln()).sum();
            constants.push(weight.ln() - 0.5 * to_f64(dims) * std::f64::consts::TAU.ln() - half_log_determinant);
            inverses.extend(inverse_of_lower(&factor, dims));
        }
        let log_shares = components.shares.iter().map(|share| share.ln()).collect();
        Some(Self {
            means: components.means.clone(),
            inverses,
            constants,
            log_shares,
            dims,
            widths: components.widths.clone(),
        })
    }

    /// Writes the probability that `row` belongs to each component and returns
    /// the logarithm of the density at `row`.
    pub(super) fn memberships(&self, row: &[f64], memberships: &mut [f64]) -> f64 {
        let dims = self.dims;
        let means = self.means.chunks_exact(dims);
        let inverses = self.inverses.chunks_exact(dims * dims);
        let parameters = self.constants.iter().zip(means).zip(inverses);
        let (numbers, levels) = row.split_at(dims);
        for (log, ((constant, mean), inverse)) in memberships.iter_mut().zip(parameters) {
            *log = constant - 0.5 * squared_distance(numbers, mean, inverse);
        }
        let all = self.log_shares.len() / memberships.len().max(1);
        for place in places(levels, &self.widths) {
            let shares = self.log_shares.chunks_exact(all);
            memberships.iter_mut().zip(shares).for_each(|(log, shares)| *log += shares[place]);
        }
        let largest = memberships.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let mut sum = 0.0;
        for value in memberships.iter_mut() {
            *value = (*value - largest).exp();
            sum += *value;
        }
        divide(memberships, sum);
        largest + sum.ln()
    }
}

/// `‖L⁻¹ (x − μ)‖²`, at most [`MAX_SQUARED`].
#[inline]
fn squared_distance(row: &[f64], mean: &[f64], inverse: &[f64]) -> f64 {
    let mut squared = 0.0;
    for (line, length) in inverse.chunks_exact(row.len()).zip(1..) {
        let terms = line[..length].iter().zip(row.iter().zip(mean));
        let projected: f64 = terms.map(|(factor, (value, mean))| factor * (value - mean)).sum();
        squared += projected * projected;
    }
    // `min` also turns a NaN from ∞ − ∞ into the largest distance.
    squared.min(MAX_SQUARED)
}

/// Divides all values.
fn divide(values: &mut [f64], by: f64) {
    for value in values {
        *value /= by;
    }
}

/// The inverse of a lower triangular matrix, by forward substitution.
fn inverse_of_lower(factor: &[f64], dims: usize) -> Vec<f64> {
    let mut inverse = vec![0.0; dims * dims];
    for column in 0..dims {
        for line in column..dims {
            let unit = if line == column { 1.0 } else { 0.0 };
            let known: f64 = (column..line).map(|at| factor[line * dims + at] * inverse[at * dims + column]).sum();
            inverse[line * dims + column] = (unit - known) / factor[line * dims + line];
        }
    }
    inverse
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn densities_by_hand() {
        // Σ = [4 2; 2 5] has determinant 16; at (2, 1) from the mean the
        // squared distance is (5·4 − 2·2·2 + 4·1) / 16 = 1.
        let components = Components {
            weights: vec![1.0],
            means: vec![1.0, 1.0],
            covariances: vec![4.0, 2.0, 2.0, 5.0],
            shares: vec![],
            dims: 2,
            widths: vec![],
        };
        let mut own = [0.0];
        let found = Densities::new(&components).unwrap().memberships(&[3.0, 2.0], &mut own);
        let expected = -std::f64::consts::TAU.ln() - 0.5 * 16.0_f64.ln() - 0.5;
        assert!((found - expected).abs() < 1e-12, "{found} instead of {expected}");
        assert!((own[0] - 1.0).abs() < 1e-15);
    }

    #[test]
    fn far_rows_have_memberships_that_add_up() {
        let components = Components {
            weights: vec![0.3, 0.7],
            means: vec![0.0, 1.0],
            covariances: vec![1e-3, 1e-3],
            shares: vec![],
            dims: 1,
            widths: vec![],
        };
        let densities = Densities::new(&components).unwrap();
        for far in [60.0, -1e5, 1e140, f64::MAX] {
            let mut own = [0.0; 2];
            assert!(densities.memberships(&[far], &mut own).is_finite());
            assert!((own.iter().sum::<f64>() - 1.0).abs() < 1e-15, "{far}: {own:?}");
        }
    }

    #[test]
    fn em_never_lowers_the_likelihood() {
        let points = Points::new((0..300).map(|i| f64::from(i * i % 97)).collect(), 2).unwrap();
        let labels: Vec<u16> = (0..150).map(|i| i % 3).collect();
        let start = Components::of_labels(&points, &[], &labels, 3, 1e-3).unwrap();
        let densities = Densities::new(&start).unwrap();
        let mut own = [0.0; 3];
        let before: f64 = points.rows().map(|row| densities.memberships(row, &mut own)).sum();
        let settled = start.refine(&points, 1e-3, 50).unwrap();
        assert!(settled.log_likelihood >= before);
        assert!((settled.components.weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn levels_by_hand() {
        // Two levels; component 0 holds levels 0, 0, 1 and component 1 level 1. Everyone's shares are a half.
        let points = Points::new(vec![0.0, 0.0, 1.0, 0.0, 2.0, 1.0, 9.0, 1.0], 2).unwrap();
        let found = Components::of_labels(&points, &[2], &[0, 0, 0, 1], 2, 1e-3).unwrap();
        assert_eq!(found.shares, [2.5 / 4.0, 1.5 / 4.0, 0.5 / 2.0, 1.5 / 2.0]);
        let densities = Densities::new(&found).unwrap();
        let (mut known, mut unknown) = ([0.0; 2], [0.0; 2]);
        let with = densities.memberships(&[1.0, 1.0], &mut known);
        let without = densities.memberships(&[1.0, -1.0], &mut unknown);
        assert!((known[0] - 1.0).abs() < 1e-9 && (with - without - (1.5_f64 / 4.0).ln()).abs() < 1e-9);
    }

    #[test]
    fn matrices_that_are_not_positive_definite_are_refused() {
        assert!(cholesky(&[1.0, 1.0, 1.0, 1.0], 2).is_none());
        assert!(cholesky(&[f64::NAN], 1).is_none());
        assert_eq!(cholesky(&[4.0], 1), Some(vec![2.0]));
    }
}
