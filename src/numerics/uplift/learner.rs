//! What uplift models are put together from: learners of a mean from features.

use ndarray::Array2;

use crate::numerics::classify::{ClassifyError, ForestOptions, Linear, Scorer, fit_forest, fit_logistic, fit_ridge};

use super::penalty::choose_penalty;

/// A learner of means.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum BaseLearner {
    /// The chance of a yes/no outcome by logistic regression with a penalty; 0 is maximum likelihood.
    Logistic {
        /// Weight of the penalty.
        ridge: f64,
    },
    /// The chance of a yes/no outcome by a forest of trees.
    Forest(ForestOptions),
    /// A number by linear regression, whose penalty is chosen by generalised cross-validation.
    Line,
    /// A number that is mostly 0: the chance that it isn't by a forest, times what it then is by linear regression (the
    /// two-part model of Duan et al. 1983, "A comparison of alternative models for the demand for medical care", Journal of
    /// Business & Economic Statistics 1).
    TwoPart(ForestOptions),
}

/// What was learned.
#[derive(Debug, Clone, PartialEq)]
pub enum BaseModel {
    /// The same for everybody.
    Constant(f64),
    /// A chance.
    Chance(Scorer),
    /// A number.
    Number(Linear),
    /// A chance and a number.
    Product(Scorer, Linear),
}

impl BaseLearner {
    /// Learns the targets of the rows of a matrix. Where all targets are the same there is nothing to learn, and it stays
    /// that for everybody.
    ///
    /// # Errors
    /// When there are no rows or the learner fails.
    pub fn fit(&self, features: &Array2<f64>, targets: &[f64]) -> Result<BaseModel, ClassifyError> {
        let Some(first) = targets.first() else { return Err(ClassifyError::OneClass { rows: 0 }) };
        if targets.iter().all(|target| target == first) {
            return Ok(BaseModel::Constant(*first));
        }
        let present = || targets.iter().map(|target| *target != 0.0).collect::<Vec<_>>();
        match self {
            Self::Logistic { ridge } => {
                fit_logistic(features, &present(), *ridge).map(|fit| BaseModel::Chance(Scorer::Logistic(fit)))
            }
            Self::Forest(options) => {
                fit_forest(features, &present(), options).map(|fit| BaseModel::Chance(Scorer::Forest(fit)))
            }
            Self::Line => line(features, targets).map(BaseModel::Number),
            Self::TwoPart(options) => {
                let rows = (0..targets.len()).filter(|row| targets[*row] != 0.0).collect::<Vec<_>>();
                let amounts = rows.iter().map(|row| targets[*row]).collect::<Vec<_>>();
                let amount = line(&features.select(ndarray::Axis(0), &rows), &amounts)?;
                if rows.len() == targets.len() {
                    return Ok(BaseModel::Number(amount));
                }
                let chance = fit_forest(features, &present(), options)?;
                Ok(BaseModel::Product(Scorer::Forest(chance), amount))
            }
        }
    }
}

fn line(features: &Array2<f64>, targets: &[f64]) -> Result<Linear, ClassifyError> {
    fit_ridge(features, targets, None, choose_penalty(features, targets))
}

impl BaseModel {
    /// The mean that it expects for each row of a matrix.
    pub fn predict(&self, features: &Array2<f64>) -> Vec<f64> {
        match self {
            Self::Constant(value) => vec![*value; features.nrows()],
            Self::Chance(scorer) => scorer.probabilities(features),
            Self::Number(line) => line.predict(features),
            Self::Product(scorer, line) => {
                let amounts = line.predict(features);
                scorer
                    .probabilities(features)
                    .into_iter()
                    .zip(amounts)
                    .map(|(chance, amount)| chance * amount)
                    .collect()
            }
        }
    }
}
