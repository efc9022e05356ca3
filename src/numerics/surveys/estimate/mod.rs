//! An estimate of the satisfaction of customers who never answered, by ridge regression on what else is known of them.
//!
//! How it is made: features are standardised over those who answered, a missing value counts as the column's mean, and
//! the coefficients β solve `(R + λI) β = r` with the features' correlations R and their covariances r with the index
//! (Hoerl & Kennard 1970, "Ridge regression", Technometrics 12, eq. 2.1). The penalty λ is chosen from [`PENALTIES`] by
//! cross-validation.
//!
//! How good it is: every customer who answered is predicted by a model that saw neither them nor any customer of their
//! fold, its penalty chosen among the other folds alone (nested cross-validation; Varma & Simon 2006, "Bias in error
//! estimation when using cross-validation for model selection", BMC Bioinformatics 7:91). The yardstick is the mean
//! index of those other folds. Whether a customer falls into a fold depends on their id only.
//!
//! All of that needs the sums of squares and products of each fold once, so the many regressions cost no further pass
//! over the customers; each is solved by the Cholesky factorisation of `linfa-linalg`.
//!
//! What it can't know: whether those who never answer are alike to those who do. [`FeatureShift`] says how far they
//! differ in what is known.

mod design;
mod holdout;
mod moments;
mod shift;

pub use shift::{FeatureShift, NOTABLE_SHIFT};

use super::error::SurveyError;
use design::Design;
use holdout::{assign_folds, choose_penalty, skill};
use moments::{Line, total};
use rayon::prelude::*;

/// Fewest customers who must have answered.
pub const MIN_ANSWERED: usize = 30;

/// Penalties to choose from, relative to the features' variance of 1.
pub const PENALTIES: [f64; 12] = [1e-8, 1e-6, 1e-4, 1e-3, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 100.0];

/// How the holdout is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EstimateOptions {
    /// Number of folds, at least 3.
    pub folds: usize,
    /// Changes which customers share a fold.
    pub seed: u64,
}

impl Default for EstimateOptions {
    fn default() -> Self {
        Self { folds: 5, seed: 0 }
    }
}

/// What one feature does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coefficient {
    /// Number of the feature, in the order given.
    pub feature: usize,
    /// Points of the index per unit of the feature; 0 for one that doesn't vary.
    pub per_unit: f64,
    /// Points of the index per standard deviation of the feature among those who answered.
    pub per_deviation: f64,
}

/// How well customers were predicted by models that had not seen them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Skill {
    /// Share of the squared error of the mean that the model takes away, at most 1; `None` if everyone answered the
    /// same.
    pub r2: Option<f64>,
    /// Mean absolute error in points of the index.
    pub mae: f64,
    /// The same of the mean.
    pub baseline_mae: f64,
}

/// Whether an estimate is worth more than the mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Holdout R² above 0.
    Skill,
    /// Holdout R² of 0 or less: take the mean of those who answered.
    NoSkill,
}

/// A fitted estimate.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    /// Index of a customer all of whose features are 0.
    pub intercept: f64,
    /// The drivers of satisfaction: one entry per feature, the largest effect per standard deviation first.
    pub coefficients: Vec<Coefficient>,
    /// The penalty chosen with all who answered.
    pub penalty: f64,
    /// Customers who answered.
    pub answered: usize,
    /// Holdout skill.
    pub skill: Skill,
    /// What the skill comes to.
    pub verdict: Verdict,
    /// Estimated index of every customer in the order given, 0..100, also of those who answered.
    pub predictions: Vec<f64>,
    /// How those who answered differ from those who never did, per feature in the order given.
    pub shift: Vec<FeatureShift>,
}

/// Learns the index of those who answered and estimates everyone's.
///
/// `features` holds one column per feature with a number per customer, NaN where it is unknown; `index` the answers,
/// 0..100; `ids` a number per customer that stays theirs from night to night. Rows with equal ids share a fold.
///
/// # Errors
///
/// [`SurveyError::Length`] on columns of different lengths, [`SurveyError::Value`] on infinite or huge features and
/// answers outside 0..100, [`SurveyError::Option`] on fewer than 3 folds, [`SurveyError::TooFewAnswers`] below
/// [`MIN_ANSWERED`], [`SurveyError::Folds`] if those who answered fall into fewer than 3 folds,
/// [`SurveyError::Unsolvable`] if the solver gives up.
pub fn estimate(
    features: &[&[f64]],
    index: &[Option<f64>],
    ids: &[u64],
    options: EstimateOptions,
) -> Result<Estimate, SurveyError> {
    let design = Design::new(features, index, ids)?;
    let folds = assign_folds(&design, options)?;
    let moments = design.moments(&folds);
    let skill = skill(&design, &folds, &moments)?;
    let all: Vec<_> = moments.iter().collect();
    let penalty = choose_penalty(&all)?;
    let line = total(&all).ridge(penalty)?;
    Ok(Estimate {
        intercept: design.intercept(&line),
        coefficients: coefficients(&design, &line),
        penalty,
        answered: design.answered().len(),
        verdict: if skill.r2.is_some_and(|r2| r2 > 0.0) { Verdict::Skill } else { Verdict::NoSkill },
        skill,
        predictions: (0..index.len()).into_par_iter().map(|row| design.predict(&line, row)).collect(),
        shift: shift::shifts(features, index),
    })
}

fn coefficients(design: &Design<'_>, line: &Line) -> Vec<Coefficient> {
    let mut found: Vec<Coefficient> = (0..design.features())
        .map(|feature| Coefficient {
            feature,
            per_unit: line.slopes[feature] * design.inverse_deviation(feature),
            per_deviation: line.slopes[feature],
        })
        .collect();
    found.sort_by(|a, b| b.per_deviation.abs().total_cmp(&a.per_deviation.abs()).then(a.feature.cmp(&b.feature)));
    found
}

#[cfg(test)]
mod tests;
