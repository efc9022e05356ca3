//! One logistic regression for both arms, in which the effect depends on few features: those that prove it.
//!
//! # Formula
//!
//! With the arm T (1 treated, 0 control), the chance e to be treated, features x, the chosen terms z and the attenuation a of
//! a person ([`Covariates::with_attenuation`]):
//!
//! ```text
//! logit P(y = 1 | x, T) = β₀ + β·x + (T − e) a (γ₀ + γ·z)
//! τ(x) = P(y = 1 | x, 1) − P(y = 1 | x, 0)
//! ```
//!
//! (Lo 2002, "The true lift model: a novel data mining approach to response modeling in database marketing", SIGKDD
//! Explorations 4(2), equation 4.) All features tell the outcome; each further term has to pay for itself. It is a feature, or
//! a step: 1 where a feature is above one of its quantiles, as offers often work from some age or silence on. Starting with
//! none, the term joins whose score test exceeds its price by most: ln n, as the Bayesian information criterion has it (Schwarz
//! 1978, "Estimating the dimension of a model", Annals of Statistics 6), and 2 ln k for a step that could have been at k places
//! or one of k levels of a word (Chen & Chen 2008, "Extended Bayesian information criteria for model selection with large model
//! spaces", Biometrika 95).
//! What the other features say about the effect is noise to an order of customers, and is left out.
//!
//! For amounts that are mostly 0, τ is the difference of chance times amount ([`Amount`]; the two parts of Duan et al. 1983)
//! between the arms, less the cost of a treatment.

use std::ops::Range;

use ndarray::{Array1, Array2, ArrayView1, Axis, concatenate};

use super::amount::Amount;
use super::covariates::{Covariates, EffectColumn};
use crate::numerics::classify::{ClassifyError, Logistic, fit_logistic, refit_logistic, score_tests};
use crate::numerics::special::logistic;

/// Weight of the squares of the coefficients: about what four rows with a chance of one half tell of one.
const RIDGE: f64 = 1.0;

/// Places of steps: the quantiles at so many equal distances.
const QUANTILES: usize = 20;

/// Smallest share of the rows above a step.
const LEAST_ABOVE: f64 = 0.025;

/// What changes an effect.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Term {
    /// A column, in proportion.
    Slope(usize),
    /// A step: 1 where a column is above a value.
    Step(usize, f64),
}

impl Term {
    fn of(self, row: ArrayView1<'_, f64>) -> f64 {
        match self {
            Self::Slope(column) => row[column],
            Self::Step(column, value) => f64::from(u8::from(row[column] > value)),
        }
    }
}

/// The terms that may change the effect, each with its price.
fn candidates(people: &Covariates) -> Vec<(Term, f64)> {
    let terms = |one: &EffectColumn| {
        let price = (people.rows() as f64).ln() + one_of(one.alternatives);
        let places = places(people.features().column(one.column));
        let own = price + one_of(places.len());
        let steps = places.into_iter().map(move |place| (Term::Step(one.column, place), own));
        std::iter::once((Term::Slope(one.column), price)).chain(steps).collect::<Vec<_>>()
    };
    people.effect_columns().iter().flat_map(terms).collect()
}

/// What it costs to be the best of so many.
fn one_of(count: usize) -> f64 {
    2.0 * (count.max(1) as f64).ln()
}

/// The places at which a column may have a step. Of one with two values a step is the column itself.
fn places(column: ArrayView1<'_, f64>) -> Vec<f64> {
    let mut values = column.to_vec();
    values.sort_unstable_by(f64::total_cmp);
    let n = values.len();
    if values.iter().all(|value| *value == values[0] || *value == values[n - 1]) {
        return Vec::new();
    }
    let mut places = (1..QUANTILES).map(|at| values[at * n / QUANTILES]).collect::<Vec<_>>();
    places.dedup();
    let above = |place: &f64| n - values.partition_point(|value| value <= place);
    places.retain(|place| above(place) as f64 >= LEAST_ABOVE * n as f64);
    places
}

/// A fitted regression.
#[derive(Debug, Clone, PartialEq)]
pub struct Interactions {
    /// β₀ and β.
    outcome: Logistic,
    /// γ₀.
    average: f64,
    /// z with their γ, in the order in which they were chosen.
    chosen: Vec<(Term, f64)>,
    /// Chance to be treated (e).
    share: f64,
}

/// What kept a regression from being fitted or a column from being tried is the learner's error.
type Fitted<T> = Result<T, ClassifyError>;

impl Interactions {
    /// Fits it to people; `arms` holds T − e of each. Without effect columns a treatment moves the log-odds of everybody alike.
    pub(super) fn fit(people: Covariates, arms: &[f64], outcomes: &[bool], share: f64) -> Fitted<Self> {
        let (terms, prices): (Vec<_>, Vec<_>) = candidates(&people).into_iter().unzip();
        let pushes = arms.iter().enumerate().map(|(row, arm)| arm * people.attenuation(row)).collect::<Array1<f64>>();
        let width = people.features().ncols();
        let mut design = joined(&people.into_features(), &pushes.clone().insert_axis(Axis(1)))?;
        let mut fitted = fit_logistic(&design, outcomes, RIDGE)?;
        let mut chosen: Vec<Term> = Vec::new();
        while chosen.len() < terms.len().min(width) {
            let gains = score_tests(&design, outcomes, RIDGE, &fitted, |rows| pushed(&design, &pushes, rows, &terms))?;
            let worth = |at: &usize| gains[*at] - prices[*at];
            let free = (0..terms.len()).filter(|at| !chosen.contains(&terms[*at]));
            let best = free.reduce(|best, next| if worth(&next) > worth(&best) { next } else { best });
            let Some(best) = best.filter(|at| worth(at) > 0.0) else { break };
            chosen.push(terms[best]);
            design = joined(&design, &pushed(&design, &pushes, 0..arms.len(), &terms[best..=best]))?;
            let start = [&fitted.coefficients[..], &[0.0]].concat();
            fitted = refit_logistic(&design, outcomes, RIDGE, &start, fitted.intercept)?;
        }
        if !fitted.is_converged {
            return Err(ClassifyError::Solver { reason: "the regression did not converge".to_owned() });
        }
        let effects = fitted.coefficients.split_off(width);
        let (average, gammas) = effects.split_first().map_or((0.0, &[][..]), |(first, rest)| (*first, rest));
        Ok(Self { outcome: fitted, average, chosen: chosen.into_iter().zip(gammas.iter().copied()).collect(), share })
    }

    /// The effect on each person: on the chance, or on chance times amount.
    pub(super) fn predict(&self, people: &Covariates, amount: Option<&Amount>) -> Vec<f64> {
        let amounts = amount.map(|amount| amount.predict(people.features()));
        // of those in an arm: T − e
        let control = -self.share;
        let treated = 1.0 + control;
        let log_odds = self.outcome.log_odds(people.features());
        let one = |(row, base): (usize, &f64)| {
            let cells = people.features().row(row);
            let effect = self.chosen.iter().fold(self.average, |sum, (term, gamma)| sum + gamma * term.of(cells));
            let push = effect * people.attenuation(row);
            let mean = |arm: f64| {
                let usual = amounts.as_ref().map_or(1.0, |amounts| amounts[row]);
                logistic(base + arm * push) * usual * amount.map_or(1.0, |amount| amount.factor(arm))
            };
            mean(treated) - mean(control)
        };
        log_odds.iter().enumerate().map(one).collect()
    }

    /// What changes the effect, the clearest first, each with what it adds to the log-odds ratio of treated and control (γ).
    pub fn chosen(&self) -> &[(Term, f64)] {
        &self.chosen
    }
}

/// Terms of some rows of a design, whose first columns are the features, each times the push of its row.
fn pushed(design: &Array2<f64>, pushes: &Array1<f64>, rows: Range<usize>, terms: &[Term]) -> Array2<f64> {
    let mut block = Array2::zeros((rows.len(), terms.len()));
    for (row, mut cells) in rows.zip(block.rows_mut()) {
        let known = design.row(row);
        cells.iter_mut().zip(terms).for_each(|(cell, term)| *cell = pushes[row] * term.of(known));
    }
    block
}

fn joined(left: &Array2<f64>, right: &Array2<f64>) -> Fitted<Array2<f64>> {
    let found = right.nrows();
    concatenate(Axis(1), &[left.view(), right.view()])
        .map_err(|_| ClassifyError::Length { found, expected: left.nrows() })
}
