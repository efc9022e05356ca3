//! Ridge regression of a number, such as revenue, by linfa-linear.
//!
//! # Formula
//! β minimises `Σ wᵢ (yᵢ − β₀ − β·xᵢ)² + ridge · β·β` (Hoerl & Kennard 1970, "Ridge regression", Technometrics 12). It is
//! the least-squares solution of the centred rows times `√wᵢ`, with a row `√ridge` per column and 0 for its target below.

use linfa::DatasetBase;
use linfa::traits::Fit;
use linfa_linear::LinearRegression;
use ndarray::{Array1, Array2, ArrayView1, ShapeBuilder};

use super::error::ClassifyError;

/// Least penalty: columns that repeat each other have no solution without one.
const LEAST_RIDGE: f64 = 1e-9;

/// A fitted linear regression.
#[derive(Debug, Clone, PartialEq)]
pub struct Linear {
    /// β₀.
    pub intercept: f64,
    /// β, one per column.
    pub coefficients: Vec<f64>,
}

impl Linear {
    /// The expected number per row.
    pub fn predict(&self, x: &Array2<f64>) -> Vec<f64> {
        let beta = ArrayView1::from(&self.coefficients);
        x.dot(&beta).iter().map(|y| y + self.intercept).collect()
    }
}

/// Fits a ridge regression to a matrix (rows × columns) and a number per row; `weights` are non-negative, one per row, 1
/// when not given.
///
/// # Errors
/// When lengths differ, something is not finite, or the solver fails.
pub fn fit_ridge(
    x: &Array2<f64>,
    targets: &[f64],
    weights: Option<&[f64]>,
    ridge: f64,
) -> Result<Linear, ClassifyError> {
    let (rows, columns) = x.dim();
    let weight = |row: usize| weights.map_or(1.0, |w| w[row]);
    for found in [Some(targets.len()), weights.map(<[f64]>::len)].into_iter().flatten() {
        if found != rows {
            return Err(ClassifyError::Length { found, expected: rows });
        }
    }
    if !x.iter().chain(targets).chain(weights.unwrap_or(&[])).all(|v| v.is_finite()) {
        return Err(ClassifyError::NotFinite);
    }
    let total: f64 = (0..rows).map(weight).sum();
    if !(total > 0.0) {
        return Ok(Linear { intercept: 0.0, coefficients: vec![0.0; columns] });
    }
    let mean_y = (0..rows).map(|row| weight(row) * targets[row]).sum::<f64>() / total;
    let shares = (0..rows).map(|row| weight(row) / total).collect::<Array1<f64>>();
    let means = x.t().dot(&shares);
    // column by column, as the solver goes through it
    let mut design = Array2::zeros((rows + columns, columns).f());
    let mut aims = Array1::zeros(rows + columns);
    for row in 0..rows {
        aims[row] = weight(row).sqrt() * (targets[row] - mean_y);
    }
    for column in 0..columns {
        for row in 0..rows {
            design[[row, column]] = weight(row).sqrt() * (x[[row, column]] - means[column]);
        }
    }
    for column in 0..columns {
        design[[rows + column, column]] = ridge.max(LEAST_RIDGE * total).sqrt();
    }
    if columns == 0 {
        return Ok(Linear { intercept: mean_y, coefficients: Vec::new() });
    }
    let fitted = LinearRegression::new().with_intercept(false).fit(&DatasetBase::new(design, aims));
    let fitted = fitted.map_err(|e| ClassifyError::Solver { reason: e.to_string() })?;
    let coefficients = fitted.params().to_vec();
    let intercept = mean_y - coefficients.iter().zip(&means).map(|(b, m)| b * m).sum::<f64>();
    Ok(Linear { intercept, coefficients })
}
