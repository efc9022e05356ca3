//! How far coefficients are drawn towards 0: as far as helps to predict.
//!
//! # Formula
//!
//! With centred columns X, targets y and `w(λ) = (XᵀX + λI)⁻¹ Xᵀy`, λ is the one of a grid that minimises the generalised
//! cross-validation
//!
//! ```text
//! GCV(λ) = n ‖y − X w(λ)‖² / (n − 1 − tr X(XᵀX + λI)⁻¹Xᵀ)²
//! ```
//!
//! (Golub, Heath & Wahba 1979, "Generalized cross-validation as a method for choosing a good ridge parameter",
//! Technometrics 21, equation 1.4.) All of it follows from the eigenvectors of XᵀX.

use ndarray::{Array1, Array2, Axis};

use crate::numerics::optimize::eigen;

/// Penalties that are tried, per row; columns are taken to be on the scale of their standard deviations.
const PENALTIES: [f64; 12] = [1e-5, 1e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1, 1.0, 3.0, 10.0, 100.0];

/// Eigenvalues below this part of the largest belong to columns that follow from others.
const FLAT: f64 = 1e-10;

/// The weight of the squares of the coefficients; the greatest among equals.
pub(super) fn choose_penalty(features: &Array2<f64>, targets: &[f64]) -> f64 {
    let n = targets.len().max(1) as f64;
    let mean = targets.iter().sum::<f64>() / n;
    let residuals: Array1<f64> = targets.iter().map(|target| target - mean).collect();
    let means = features.mean_axis(Axis(0)).unwrap_or_else(|| Array1::zeros(features.ncols()));
    // moments of centred columns: the means are small, the columns are standardised
    let mut gram = features.t().dot(features);
    for (i, mut row) in gram.rows_mut().into_iter().enumerate() {
        row.iter_mut().enumerate().for_each(|(j, cell)| *cell -= n * means[i] * means[j]);
    }
    let products = features.t().dot(&residuals);
    let gram = gram.rows().into_iter().map(|row| row.to_vec()).collect::<Vec<_>>();
    let (values, vectors) = eigen(&gram);
    let most = values.iter().copied().fold(0.0, f64::max);
    let along = |k: usize| products.iter().enumerate().map(|(j, product)| vectors[j][k] * product).sum::<f64>();
    let usable = (0..values.len()).filter(|k| values[*k] > FLAT * most).map(|k| (values[k], along(k)));
    let usable = usable.collect::<Vec<_>>();
    let squares = residuals.dot(&residuals);
    let score = |penalty: f64| {
        let (mut left, mut freedom) = (squares, 1.0);
        for (value, along) in &usable {
            let shrunk = along / (value + n * penalty);
            left += shrunk * (value * shrunk - 2.0 * along);
            freedom += value / (value + n * penalty);
        }
        left.max(0.0) / (n - freedom).max(0.5).powi(2)
    };
    let tried = PENALTIES.iter().rev().map(|penalty| (*penalty, score(*penalty)));
    let best = tried.reduce(|best, next| if next.1 < best.1 { next } else { best });
    n * best.map_or(1.0, |(penalty, _)| penalty)
}
