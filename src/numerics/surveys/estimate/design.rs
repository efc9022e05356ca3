//! The features, standardised over the customers who answered.

use rayon::prelude::*;

use super::super::error::SurveyError;
use super::super::index::MAX_MAGNITUDE;
use super::MIN_ANSWERED;
use super::moments::{Line, Moments};

/// Customers whose products are summed before the sums are added up, always in the same order.
const CHUNK: usize = 4096;

/// Features with what standardises them. The numbers of [`super::moments`] are those of the standardised features and
/// of the index less its mean.
#[derive(Debug)]
pub(super) struct Design<'a> {
    columns: &'a [&'a [f64]],
    index: &'a [Option<f64>],
    ids: &'a [u64],
    answered: Vec<usize>,
    means: Vec<f64>,
    inverse_deviations: Vec<f64>,
    index_mean: f64,
}

impl<'a> Design<'a> {
    /// Checks the input and finds means and standard deviations.
    pub(super) fn new(columns: &'a [&'a [f64]], index: &'a [Option<f64>], ids: &'a [u64]) -> Result<Self, SurveyError> {
        check(columns, index, ids)?;
        let answered: Vec<usize> = (0..index.len()).filter(|row| index[*row].is_some()).collect();
        if answered.len() < MIN_ANSWERED {
            return Err(SurveyError::TooFewAnswers { answered: answered.len(), needed: MIN_ANSWERED });
        }
        let index_mean = index.iter().flatten().sum::<f64>() / answered.len() as f64;
        let scaling = |column: &&[f64]| scaling(answered.iter().map(|row| column[*row]).filter(|x| !x.is_nan()));
        let (means, inverse_deviations) = columns.par_iter().map(scaling).unzip();
        Ok(Self { columns, index, ids, answered, means, inverse_deviations, index_mean })
    }

    /// Rows of those who answered.
    pub(super) fn answered(&self) -> &[usize] {
        &self.answered
    }

    /// Id of a row.
    pub(super) fn id(&self, row: usize) -> u64 {
        self.ids[row]
    }

    /// Number of features.
    pub(super) fn features(&self) -> usize {
        self.columns.len()
    }

    /// One over a feature's standard deviation; 0 for one that doesn't vary.
    pub(super) fn inverse_deviation(&self, feature: usize) -> f64 {
        self.inverse_deviations[feature]
    }

    /// A customer's answer less the mean of all.
    pub(super) fn target(&self, row: usize) -> f64 {
        self.index[row].unwrap_or(self.index_mean) - self.index_mean
    }

    /// What a deviation from the mean index is on the scale, 0..100.
    pub(super) fn on_scale(&self, deviation: f64) -> f64 {
        (self.index_mean + deviation).clamp(0.0, 100.0)
    }

    /// Index that a line gives a customer.
    pub(super) fn predict(&self, line: &Line, row: usize) -> f64 {
        let parts = line.slopes.iter().enumerate().map(|(feature, slope)| slope * self.standardised(feature, row));
        self.on_scale(line.intercept + parts.sum::<f64>())
    }

    /// Index of a customer all of whose features are 0.
    pub(super) fn intercept(&self, line: &Line) -> f64 {
        let shift =
            line.slopes.iter().enumerate().map(|(at, slope)| slope * self.means[at] * self.inverse_deviations[at]);
        self.index_mean + line.intercept - shift.sum::<f64>()
    }

    /// Sums of the customers of each fold; `folds` holds the number of each who answered.
    pub(super) fn moments(&self, folds: &[usize]) -> Vec<Moments> {
        let count = folds.iter().max().map_or(0, |last| last + 1);
        let dims = self.features() + 1;
        let sums = |(rows, folds): (&[usize], &[usize])| {
            let mut sums = vec![Moments::new(dims); count];
            let mut values = vec![0.0; dims];
            for (row, fold) in rows.iter().zip(folds) {
                (0..self.features()).for_each(|feature| values[feature] = self.standardised(feature, *row));
                values[dims - 1] = self.target(*row);
                sums[*fold].add(&values);
            }
            sums
        };
        let chunks: Vec<Vec<Moments>> =
            self.answered.par_chunks(CHUNK).zip(folds.par_chunks(CHUNK)).map(sums).collect();
        let mut merged = vec![Moments::new(dims); count];
        for chunk in &chunks {
            merged.iter_mut().zip(chunk).for_each(|(sum, part)| sum.merge(part));
        }
        merged
    }

    fn standardised(&self, feature: usize, row: usize) -> f64 {
        let value = self.columns[feature][row];
        if value.is_nan() { 0.0 } else { (value - self.means[feature]) * self.inverse_deviations[feature] }
    }
}

/// Mean and one over the standard deviation; 0 instead of the latter where nothing varies.
fn scaling(values: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let (n, sum) = values.clone().fold((0.0, 0.0), |(n, sum), value| (n + 1.0, sum + value));
    if n <= 0.0 {
        return (0.0, 0.0);
    }
    let mean: f64 = sum / n;
    let variance = values.map(|value| (value - mean) * (value - mean)).sum::<f64>() / n;
    // Below this the deviations are the rounding of equal numbers.
    let rounding = 1e-14 * mean.abs();
    let varies = variance > rounding * rounding;
    (mean, if varies { 1.0 / variance.sqrt() } else { 0.0 })
}

fn check(columns: &[&[f64]], index: &[Option<f64>], ids: &[u64]) -> Result<(), SurveyError> {
    let expected = index.len();
    if ids.len() != expected {
        return Err(SurveyError::Length { column: "ids", found: ids.len(), expected });
    }
    if let Some(found) = columns.iter().map(|column| column.len()).find(|rows| *rows != expected) {
        return Err(SurveyError::Length { column: "feature", found, expected });
    }
    let off = |answer: &Option<f64>| answer.is_some_and(|answer| !(0.0..=100.0).contains(&answer));
    if let Some(row) = index.iter().position(off) {
        let value = index[row].unwrap_or_default();
        return Err(SurveyError::Value { column: "index", row, value, allowed: "0 to 100" });
    }
    let huge = |column: &&[f64]| {
        let row = column.iter().position(|value| value.abs() > MAX_MAGNITUDE)?;
        Some(SurveyError::Value {
            column: "feature",
            row,
            value: column[row],
            allowed: "a magnitude up to 1e100, or NaN",
        })
    };
    columns.iter().find_map(huge).map_or(Ok(()), Err)
}
