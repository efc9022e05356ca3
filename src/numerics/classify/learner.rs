//! The learners behind one enum, and what they give: a scorer of probabilities.

use ndarray::{Array2, ArrayView1};

use super::error::ClassifyError;
use super::forest::{Forest, ForestOptions, fit_forest};
use super::logistic::{Logistic, fit_logistic};

/// A way to learn probabilities.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Learner {
    /// Logistic regression, the squares of its coefficients weighted by `ridge / 2`; 0 is maximum likelihood.
    Logistic {
        /// Weight of the penalty.
        ridge: f64,
    },
    /// A forest of classification trees.
    Forest(ForestOptions),
}

impl Learner {
    /// Its name in tables.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Logistic { .. } => "logistic",
            Self::Forest(_) => "forest",
        }
    }

    /// Fits it to a matrix (rows × columns) and the outcomes of the rows.
    ///
    /// # Errors
    /// When the outcomes are all the same, a cell is not finite, or the solver gives up.
    pub fn fit(&self, x: &Array2<f64>, outcomes: &[bool]) -> Result<Scorer, ClassifyError> {
        match self {
            Self::Logistic { ridge } => fit_logistic(x, outcomes, *ridge).map(Scorer::Logistic),
            Self::Forest(options) => fit_forest(x, outcomes, options).map(Scorer::Forest),
        }
    }
}

/// A fitted learner.
#[derive(Debug, Clone, PartialEq)]
pub enum Scorer {
    /// Logistic regression.
    Logistic(Logistic),
    /// A forest.
    Forest(Forest),
}

impl Scorer {
    /// Probability of the outcome per row.
    pub fn probabilities(&self, x: &Array2<f64>) -> Vec<f64> {
        match self {
            Self::Logistic(model) => model.probabilities(x),
            Self::Forest(model) => model.probabilities(x),
        }
    }

    /// What each column adds to the score of a row, against a row that is average in it (`means`): log-odds for the
    /// logistic regression, probability for the forest.
    pub fn contributions(&self, row: ArrayView1<'_, f64>, means: &[f64], out: &mut [f64]) {
        match self {
            Self::Logistic(model) => model.contributions(row, means, out),
            Self::Forest(model) => model.contributions(row, out),
        }
    }
}

/// Checks what every learner needs.
pub(super) fn check(x: &Array2<f64>, outcomes: &[bool]) -> Result<(), ClassifyError> {
    if x.nrows() != outcomes.len() {
        return Err(ClassifyError::Length { found: outcomes.len(), expected: x.nrows() });
    }
    if !x.iter().all(|v| v.is_finite()) {
        return Err(ClassifyError::NotFinite);
    }
    let positives = outcomes.iter().filter(|o| **o).count();
    if positives == 0 || positives == outcomes.len() {
        return Err(ClassifyError::OneClass { rows: outcomes.len() });
    }
    Ok(())
}
