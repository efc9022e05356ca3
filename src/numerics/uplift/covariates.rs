//! What models of uplift know of people.

use ndarray::{Array2, Axis};

use super::error::UpliftError;
use super::trial::same_length;

/// A column that may change the effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EffectColumn {
    /// Its place in the matrix.
    pub column: usize,
    /// Columns that it is one of, such as those of the levels of a word: the best of many is more often luck.
    pub alternatives: usize,
}

/// People as rows of numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Covariates {
    features: Array2<f64>,
    effect_columns: Vec<EffectColumn>,
    attenuation: Option<Vec<f64>>,
}

impl Covariates {
    /// Features (people × columns), each of which may tell the outcome and change the effect.
    pub fn new(features: Array2<f64>) -> Self {
        let effect_columns = (0..features.ncols()).map(|column| EffectColumn { column, alternatives: 1 }).collect();
        Self { effect_columns, features, attenuation: None }
    }

    /// Only these columns may change the effect; the others, such as squares of them, tell the outcome.
    #[must_use]
    pub fn with_effect_columns(mut self, columns: &[EffectColumn]) -> Self {
        self.effect_columns = columns.iter().copied().filter(|one| one.column < self.features.ncols()).collect();
        self
    }

    /// How far a push shows in each person's mean outcome, 0..1: `E[p (1 − p)] ÷ (p̄ (1 − p̄))` with the person's own chance p,
    /// which is not known, and its mean p̄. Whoever may have left for good, or buys nearly for sure or hardly ever and we don't
    /// know which, is moved less than a chance of p̄ lets expect: to first order, a log-odds ratio of the mean chance is that of
    /// the own chances times this (Neuhaus, Kalbfleisch & Hauck 1991, "A comparison of cluster-specific and population-averaged
    /// approaches for analyzing correlated binary data", International Statistical Review 59). 1 for everybody where it is not
    /// said.
    ///
    /// # Errors
    /// When there isn't one for each person.
    pub fn with_attenuation(mut self, attenuation: Vec<f64>) -> Result<Self, UpliftError> {
        same_length("attenuation", attenuation.len(), self.rows())?;
        self.attenuation = Some(attenuation);
        Ok(self)
    }

    /// Features, people × columns.
    pub fn features(&self) -> &Array2<f64> {
        &self.features
    }

    /// The features alone.
    pub fn into_features(self) -> Array2<f64> {
        self.features
    }

    /// Number of people.
    pub fn rows(&self) -> usize {
        self.features.nrows()
    }

    /// Columns that may change the effect.
    pub fn effect_columns(&self) -> &[EffectColumn] {
        &self.effect_columns
    }

    /// How far a push shows in the mean outcome of a person.
    pub fn attenuation(&self, row: usize) -> f64 {
        self.attenuation.as_ref().map_or(1.0, |all| all[row])
    }

    /// Some of the people.
    #[must_use]
    pub fn select(&self, rows: &[usize]) -> Self {
        Self {
            features: self.features.select(Axis(0), rows),
            effect_columns: self.effect_columns.clone(),
            attenuation: self.attenuation.as_ref().map(|all| rows.iter().map(|row| all[*row]).collect()),
        }
    }
}
