//! From columns to points: transform, winsorise, standardise.
//!
//! # Formula
//!
//! ```text
//! v' = min(max(v, lower), upper)                 winsorising
//! t  = v',  ln v',  or  sign(v') ln(1 + |v'|)    transform
//! s  = (t − mean t) / sd t                       population sd
//! ```
//!
//! with limits, mean and standard deviation taken over the rows used. The
//! limits are values that occur: of `n` values the ones of rank
//! `floor(p (n − 1))` and `ceil(q (n − 1))`, counted from 0, for the fractions
//! `p` and `q`. So at most the given share is moved on either side, and up to
//! a hundred rows nothing is moved by the default of 1 % and 99 %. Because
//! every transform rises, it makes no difference whether limits apply before
//! or after it.
//!
//! A column without variance becomes 0 for everyone and is reported.

use super::features::{check_table, find, usable_rows};
use super::points::to_f64;
use super::{ClusterError, Feature, Points, RefusedCell, Transform, order_statistics};

/// Rows that are transformed column by column before the next ones.
const BLOCK_ROWS: usize = 512;

/// Largest magnitude of a scaled value; a new value that lies farther out than
/// any fitted one could otherwise overflow.
const SCALED_LIMIT: f64 = 1e100;

/// How columns are scaled.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScalingOptions {
    /// Fractions below and above which values are moved to the limit.
    pub winsorise: Option<(f64, f64)>,
}

impl Default for ScalingOptions {
    fn default() -> Self {
        Self { winsorise: Some((0.01, 0.99)) }
    }
}

/// Why a column has no influence on the clusters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DropReason {
    /// All rows used have the same value.
    Constant,
    /// All rows used have the same value once winsorised.
    ConstantWhenWinsorised,
}

/// How one column is scaled; with [`Transform`] everything needed to scale
/// another night's values alike.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnScaling {
    /// Name of the column.
    pub name: String,
    /// What is done before standardising.
    pub transform: Transform,
    /// Smallest and largest value that isn't moved, in the column's unit.
    pub limits: Option<(f64, f64)>,
    /// Mean of the transformed values.
    pub mean: f64,
    /// Their population standard deviation.
    pub sd: f64,
    /// Why the column is 0 for everyone, if it is.
    pub dropped: Option<DropReason>,
}

impl ColumnScaling {
    /// The scaled value; 0 if the column is dropped.
    #[must_use]
    pub fn scale(&self, value: f64) -> f64 {
        self.standardise(self.transformed(value))
    }

    /// The value in the column's unit that is scaled to `scaled`; for a dropped column the one everyone has. A mean of scaled
    /// values becomes a mean in the sense of the transform: for amounts about the geometric one.
    #[must_use]
    pub fn unscale(&self, scaled: f64) -> f64 {
        let transformed = if self.dropped.is_some() { self.mean } else { self.mean + self.sd * scaled };
        self.transform.invert(transformed)
    }

    fn transformed(&self, value: f64) -> f64 {
        let value = match self.limits {
            Some((lower, upper)) => value.max(lower).min(upper),
            None => value,
        };
        self.transform.apply(value)
    }

    fn standardise(&self, transformed: f64) -> f64 {
        if self.dropped.is_some() {
            return 0.0;
        }
        ((transformed - self.mean) / self.sd).clamp(-SCALED_LIMIT, SCALED_LIMIT)
    }
}

/// The scaling of all columns, fitted once and applied as often as needed.
#[derive(Debug, Clone, PartialEq)]
pub struct Scaling {
    /// One entry per feature, in their order.
    pub columns: Vec<ColumnScaling>,
}

/// Points made of the rows that can be used.
#[derive(Debug, Clone, PartialEq)]
pub struct Prepared {
    /// The points, in the order of the rows.
    pub points: Points,
    /// The row each point comes from, rising.
    pub rows: Vec<u32>,
    /// The cells that kept other rows out, by row and column.
    pub refused: Vec<RefusedCell>,
    /// Number of rows there were.
    pub total_rows: usize,
}

impl Scaling {
    /// Fits the scaling to the rows of `features` that can be used, and scales
    /// them.
    ///
    /// # Errors
    ///
    /// [`ClusterError::NoFeatures`], [`ClusterError::Length`],
    /// [`ClusterError::DuplicateColumn`] and [`ClusterError::TooManyRows`] for
    /// columns that make no table; [`ClusterError::Percentiles`] for wrong
    /// options; [`ClusterError::NoRows`] if no row can be used;
    /// [`ClusterError::Overflow`] if a mean is beyond the largest float.
    pub fn fit(features: &[Feature<'_>], options: ScalingOptions) -> Result<(Self, Prepared), ClusterError> {
        let total_rows = check_table(features)?;
        check_percentiles(options.winsorise)?;
        let transforms: Vec<Transform> = features.iter().map(|f| f.transform).collect();
        let (rows, refused) = usable_rows(features, &transforms, total_rows);
        if rows.is_empty() {
            return Err(ClusterError::NoRows { rows: total_rows, refused: total_rows });
        }
        let mut columns: Vec<ColumnScaling> =
            features.iter().map(|feature| unscaled(feature, &rows, options.winsorise)).collect();
        let mut values = transformed_rows(features, &columns, &rows);
        measure(&mut columns, features, &rows, &values)?;
        for row in values.chunks_exact_mut(columns.len()) {
            for (value, column) in row.iter_mut().zip(&columns) {
                *value = column.standardise(*value);
            }
        }
        let points = Points::new(values, columns.len())?;
        Ok((Self { columns }, Prepared { points, rows, refused, total_rows }))
    }

    /// Scales other rows with the fitted limits, means and deviations. The
    /// transforms are the fitted ones; columns are found by name.
    ///
    /// # Errors
    ///
    /// As [`Scaling::fit`] for columns that make no table, and
    /// [`ClusterError::UnknownColumn`] if one is missing.
    pub fn apply(&self, features: &[Feature<'_>]) -> Result<Prepared, ClusterError> {
        let total_rows = check_table(features)?;
        let features = self
            .columns
            .iter()
            .map(|column| find(features, &column.name).map(|at| features[at]))
            .collect::<Result<Vec<_>, _>>()?;
        let transforms: Vec<Transform> = self.columns.iter().map(|c| c.transform).collect();
        let (rows, refused) = usable_rows(&features, &transforms, total_rows);
        let mut values = transformed_rows(&features, &self.columns, &rows);
        for row in values.chunks_exact_mut(self.columns.len()) {
            for (value, column) in row.iter_mut().zip(&self.columns) {
                *value = column.standardise(*value);
            }
        }
        let points = Points::new(values, self.columns.len())?;
        Ok(Prepared { points, rows, refused, total_rows })
    }
}

/// Checks that winsorising fractions rise within 0..=1; NaN doesn't.
fn check_percentiles(winsorise: Option<(f64, f64)>) -> Result<(), ClusterError> {
    match winsorise {
        Some((lower, upper)) if !(0.0 <= lower && lower < upper && upper <= 1.0) => {
            Err(ClusterError::Percentiles { lower, upper })
        }
        _ => Ok(()),
    }
}

/// The scaling of a column before mean and deviation are known.
fn unscaled(feature: &Feature<'_>, rows: &[u32], winsorise: Option<(f64, f64)>) -> ColumnScaling {
    let limits = winsorise.map(|(lower, upper)| {
        let last = to_f64(rows.len() - 1);
        let ranks = [to_rank((lower * last).floor()), to_rank((upper * last).ceil())];
        let values = rows.iter().map(|&row| feature.values[row as usize]);
        let [lower, upper] = order_statistics::at_ranks(values, ranks);
        (lower, upper)
    });
    ColumnScaling {
        name: feature.name.to_owned(),
        transform: feature.transform,
        limits,
        mean: 0.0,
        sd: 0.0,
        dropped: None,
    }
}

/// The used rows, winsorised and transformed, row after row.
fn transformed_rows(features: &[Feature<'_>], columns: &[ColumnScaling], rows: &[u32]) -> Vec<f64> {
    let dims = columns.len();
    let mut values = vec![0.0; rows.len() * dims];
    let blocks = values.chunks_mut(BLOCK_ROWS * dims).zip(rows.chunks(BLOCK_ROWS));
    for (block, rows) in blocks {
        for (dim, (feature, column)) in features.iter().zip(columns).enumerate() {
            let cells = block.iter_mut().skip(dim).step_by(dims);
            for (cell, &row) in cells.zip(rows) {
                *cell = column.transformed(feature.values[row as usize]);
            }
        }
    }
    values
}

/// Fills in mean, standard deviation and reason to drop of every column from
/// the transformed rows.
fn measure(
    columns: &mut [ColumnScaling],
    features: &[Feature<'_>],
    rows: &[u32],
    values: &[f64],
) -> Result<(), ClusterError> {
    let dims = columns.len();
    let count = to_f64(rows.len());
    let (sums, varies) = sums_and_variation(values, dims);
    for (column, sum) in columns.iter_mut().zip(&sums) {
        column.mean = sum / count;
    }
    let mut squares = vec![0.0; dims];
    for row in values.chunks_exact(dims) {
        for ((square, value), column) in squares.iter_mut().zip(row).zip(columns.iter()) {
            let deviation = value - column.mean;
            *square += deviation * deviation;
        }
    }
    for (dim, (column, feature)) in columns.iter_mut().zip(features).enumerate() {
        column.sd = (squares[dim] / count).sqrt();
        if !(column.mean.is_finite() && column.sd.is_finite()) {
            return Err(ClusterError::Overflow { column: column.name.clone() });
        }
        if !varies[dim] || column.sd <= 0.0 {
            column.sd = 0.0;
            column.dropped = Some(drop_reason(feature, rows));
        }
    }
    Ok(())
}

/// Sum of every column and whether it holds more than one value.
#[expect(clippy::float_cmp, reason = "a column without variance repeats one value exactly")]
fn sums_and_variation(values: &[f64], dims: usize) -> (Vec<f64>, Vec<bool>) {
    let mut sums = vec![0.0; dims];
    let mut varies = vec![false; dims];
    let first = &values[..dims];
    for row in values.chunks_exact(dims) {
        for dim in 0..dims {
            sums[dim] += row[dim];
            varies[dim] |= row[dim] != first[dim];
        }
    }
    (sums, varies)
}

/// Why a column that is constant now is so.
fn drop_reason(feature: &Feature<'_>, rows: &[u32]) -> DropReason {
    let mut values = rows.iter().map(|&row| feature.values[row as usize]);
    let first = values.next();
    if values.all(|value| Some(value) == first) { DropReason::Constant } else { DropReason::ConstantWhenWinsorised }
}

/// A rank, which is a whole number from 0 to the number of rows.
fn to_rank(rank: f64) -> usize {
    rank as usize
}
