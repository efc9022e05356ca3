//! One logistic regression for both arms, in which the effect depends on few features: those that prove it.
//!
//! # Formula
//!
//! With the arm T (1 treated, 0 control), the chance e to be treated, features x and the chosen ones among them z:
//!
//! ```text
//! logit P(y = 1 | x, T) = β₀ + β·x + (T − e)(γ₀ + γ·z)
//! τ(x) = P(y = 1 | x, 1) − P(y = 1 | x, 0)
//! ```
//!
//! (Lo 2002, "The true lift model: a novel data mining approach to response modeling in database marketing", SIGKDD
//! Explorations 4(2), equation 4.) All features tell the outcome; each further column z has to pay for itself. Starting with
//! none, the column with the highest score test joins while its χ² is above ln n, which is what a coefficient costs by the
//! Bayesian information criterion (Schwarz 1978, "Estimating the dimension of a model", Annals of Statistics 6). What the
//! other features say about the effect is noise to an order of customers, and is left out.
//!
//! For amounts that are mostly 0, τ is the effect on the chance of any amount, times the amount that is expected then (the
//! two parts of Duan et al. 1983), less the cost of a treatment.

use ndarray::{Array1, Array2, ArrayView1, Axis, concatenate};

use super::learner::{BaseLearner, BaseModel};
use super::trial::range;
use crate::numerics::classify::{ClassifyError, Logistic, fit_logistic, refit_logistic, score_tests};
use crate::numerics::special::logistic;

/// Weight of the squares of the coefficients: about what four rows with a chance of one half tell of one.
const RIDGE: f64 = 1.0;

/// A fitted regression.
#[derive(Debug, Clone, PartialEq)]
pub struct Interactions {
    /// β₀ and β.
    outcome: Logistic,
    /// γ₀.
    average: f64,
    /// Columns of z with their γ, in the order in which they were chosen.
    chosen: Vec<(usize, f64)>,
    /// Chance to be treated (e).
    share: f64,
}

/// What kept a regression from being fitted or a column from being tried is the learner's error.
type Fitted<T> = Result<T, ClassifyError>;

impl Interactions {
    /// Fits it to rows of features; `arms` holds T − e of each.
    pub(super) fn fit(features: &Array2<f64>, arms: &[f64], outcomes: &[bool], share: f64) -> Fitted<Self> {
        let arm = Array1::from_vec(arms.to_vec()).insert_axis(Axis(1));
        let mut design = joined(features, &arm)?;
        let mut fitted = fit_logistic(&design, outcomes, RIDGE)?;
        let mut chosen: Vec<usize> = Vec::new();
        let price = (outcomes.len() as f64).ln();
        while chosen.len() < features.ncols() {
            let gains = score_tests(&design, outcomes, RIDGE, &fitted, features, arms)?;
            let free = (0..gains.len()).filter(|column| !chosen.contains(column));
            let best = free.reduce(|best, next| if gains[next] > gains[best] { next } else { best });
            let Some(best) = best.filter(|column| gains[*column] > price) else { break };
            chosen.push(best);
            design = joined(&design, &(&arm * &features.column(best).insert_axis(Axis(1))))?;
            let start = [&fitted.coefficients[..], &[0.0]].concat();
            fitted = refit_logistic(&design, outcomes, RIDGE, &start, fitted.intercept)?;
        }
        if !fitted.is_converged {
            return Err(ClassifyError::Solver { reason: "the regression did not converge".to_owned() });
        }
        let effects = fitted.coefficients.split_off(features.ncols());
        let (average, gammas) = effects.split_first().map_or((0.0, &[][..]), |(first, rest)| (*first, rest));
        Ok(Self { outcome: fitted, average, chosen: chosen.into_iter().zip(gammas.iter().copied()).collect(), share })
    }

    /// The effect on the chance of each row of a matrix.
    pub(super) fn predict(&self, features: &Array2<f64>) -> Vec<f64> {
        let shift = |row: ArrayView1<'_, f64>| {
            self.chosen.iter().fold(self.average, |sum, (column, gamma)| sum + gamma * row[*column])
        };
        let log_odds = self.outcome.log_odds(features);
        let rows = features.rows().into_iter().zip(log_odds);
        rows.map(|(row, base)| {
            let shift = shift(row);
            logistic(base + (1.0 - self.share) * shift) - logistic(base - self.share * shift)
        })
        .collect()
    }

    /// Columns of the matrix that change the effect, the clearest first, each with what it adds to the log-odds ratio of
    /// treated and control (γ).
    pub fn chosen(&self) -> &[(usize, f64)] {
        &self.chosen
    }
}

fn joined(left: &Array2<f64>, right: &Array2<f64>) -> Fitted<Array2<f64>> {
    let found = right.nrows();
    concatenate(Axis(1), &[left.view(), right.view()])
        .map_err(|_| ClassifyError::Length { found, expected: left.nrows() })
}

/// An amount where there is one.
#[derive(Debug, Clone, PartialEq)]
pub struct Amount {
    model: BaseModel,
    /// Least and greatest amount that was seen: what lies beyond is taken as these.
    range: (f64, f64),
}

impl Amount {
    /// Learns the amounts of rows that have one.
    pub(super) fn fit(features: &Array2<f64>, amounts: &[f64]) -> Fitted<Self> {
        let model = BaseLearner::Line.fit(features, amounts)?;
        Ok(Self { model, range: range(amounts.iter().copied()) })
    }

    /// The expected amount of each row of a matrix.
    pub(super) fn predict(&self, features: &Array2<f64>) -> Vec<f64> {
        let amounts = self.model.predict(features).into_iter();
        amounts.map(|amount| amount.max(self.range.0).min(self.range.1)).collect()
    }
}
