//! Columns to cluster by, and which of their rows can be used.

use super::ClusterError;

/// From here on ln(1 + a) is exact enough without `ln_1p`, which is slower.
const LN_1P_BELOW: f64 = 1.0;

/// What is done to a value before standardising.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Transform {
    /// Nothing.
    Identity,
    /// Natural logarithm; rows with a zero or negative value are refused.
    Log,
    /// `sign(v) ln(1 + |v|)`, for any finite value.
    #[default]
    SignedLog1p,
}

impl Transform {
    /// Applies the transform. `Log` of a value that isn't positive is NaN or −∞.
    #[must_use]
    pub fn apply(self, value: f64) -> f64 {
        match self {
            Self::Identity => value,
            Self::Log => value.ln(),
            Self::SignedLog1p => {
                let size = value.abs();
                let log = if size < LN_1P_BELOW { size.ln_1p() } else { (1.0 + size).ln() };
                log.copysign(value)
            }
        }
    }

    /// The value that [`Transform::apply`] brings to `transformed`.
    #[must_use]
    pub fn invert(self, transformed: f64) -> f64 {
        match self {
            Self::Identity => transformed,
            Self::Log => transformed.exp(),
            Self::SignedLog1p => transformed.abs().exp_m1().copysign(transformed),
        }
    }

    /// Why a value can't be used, if so.
    fn refuses(self, value: f64) -> Option<Refusal> {
        if value.is_nan() {
            Some(Refusal::Missing)
        } else if value.is_infinite() {
            Some(Refusal::Infinite)
        } else if self == Self::Log && value <= 0.0 {
            Some(Refusal::NotPositive)
        } else {
            None
        }
    }
}

/// A column to cluster by.
#[derive(Debug, Clone, Copy)]
pub struct Feature<'a> {
    /// Name of the column.
    pub name: &'a str,
    /// One value per customer; NaN where it is missing.
    pub values: &'a [f64],
    /// What is done before standardising.
    pub transform: Transform,
}

impl<'a> Feature<'a> {
    /// A column with the default transform, the signed logarithm.
    #[must_use]
    pub fn new(name: &'a str, values: &'a [f64]) -> Self {
        Self { name, values, transform: Transform::default() }
    }
}

/// Why a cell keeps its row out of the clustering.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// There is no value (NaN).
    Missing,
    /// The value is infinite.
    Infinite,
    /// The plain logarithm of a zero or negative value was asked for.
    NotPositive,
}

impl Refusal {
    /// The reason as text.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Infinite => "infinite",
            Self::NotPositive => "zero or negative, no logarithm",
        }
    }
}

/// A cell that keeps its row out of the clustering.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefusedCell {
    /// Row, counted from 0.
    pub row: usize,
    /// Position of the column among the features.
    pub column: usize,
    /// What is wrong with it.
    pub reason: Refusal,
}

/// Position of the feature called `name`.
pub(super) fn find(features: &[Feature<'_>], name: &str) -> Result<usize, ClusterError> {
    features.iter().position(|feature| feature.name == name).ok_or_else(|| {
        let names: Vec<&str> = features.iter().map(|feature| feature.name).collect();
        ClusterError::UnknownColumn { name: name.to_owned(), available: names.join(", ") }
    })
}

/// Checks that columns have one length and different names; returns the length.
pub(super) fn check_table(features: &[Feature<'_>]) -> Result<usize, ClusterError> {
    let expected = features.first().ok_or(ClusterError::NoFeatures)?.values.len();
    for (at, feature) in features.iter().enumerate() {
        let (column, found) = (feature.name.to_owned(), feature.values.len());
        if found != expected {
            return Err(ClusterError::Length { column, found, expected });
        }
        if features[..at].iter().any(|earlier| earlier.name == feature.name) {
            return Err(ClusterError::DuplicateColumn { column });
        }
    }
    match u32::try_from(expected) {
        Ok(_) => Ok(expected),
        Err(_) => Err(ClusterError::TooManyRows { rows: expected, limit: u32::MAX as usize }),
    }
}

/// The rows without a refused cell, and the refused cells.
pub(super) fn usable_rows(
    features: &[Feature<'_>],
    transforms: &[Transform],
    total_rows: usize,
) -> (Vec<u32>, Vec<RefusedCell>) {
    let columns: Vec<(usize, &[f64], Transform)> = features
        .iter()
        .zip(transforms)
        .enumerate()
        .map(|(column, (feature, &transform))| (column, feature.values, transform))
        .filter(|(_, values, transform)| values.iter().any(|&v| transform.refuses(v).is_some()))
        .collect();
    let mut rows = Vec::with_capacity(total_rows);
    let mut refused = Vec::new();
    for (row, number) in (0..total_rows).zip(0_u32..) {
        let before = refused.len();
        for &(column, values, transform) in &columns {
            if let Some(reason) = transform.refuses(values[row]) {
                refused.push(RefusedCell { row, column, reason });
            }
        }
        if refused.len() == before {
            rows.push(number);
        }
    }
    (rows, refused)
}
