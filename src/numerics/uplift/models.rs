//! Models of uplift over any base learner.
//!
//! With the mean outcomes `μ₁(x)` of the treated and `μ₀(x)` of the control, and e the chance to be treated:
//!
//! - **interactions**: one model of both arms, in which only those features change the effect that prove it
//!   ([`super::Interactions`]; Lo 2002).
//! - **two models**: `τ(x) = μ₁(x) − μ₀(x)`, each learned on its own arm (the T-learner of Künzel et al., equation 2).
//! - **class transformation**: for yes/no outcomes. `z = y` of the treated and `1 − y` of the control; where both arms are
//!   equally likely, `τ(x) = 2 P(z = 1 | x) − 1` (Jaskowski & Jaroszewicz 2012, "Uplift modeling for clinical trial data",
//!   ICML workshop, equation 6). Where they are not, rows of the rarer arm are repeated until they are: each as often as
//!   its inverse chance says, the fraction by lot with a fixed seed.
//! - **X-learner**: `d = y − μ₀(x)` of the treated and `μ₁(x) − y` of the control are learned into `τ₁(x)` and `τ₀(x)`; then
//!   `τ(x) = e τ₀(x) + (1 − e) τ₁(x)` (Künzel, Sekhon, Bickel & Yu 2019, "Metalearners for estimating heterogeneous
//!   treatment effects using machine learning", PNAS 116, equations 7 to 9).

use ndarray::Axis;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};

use super::amount::Amount;
use super::covariates::{Covariates, EffectColumn};
use super::error::UpliftError;
use super::interactions::{Interactions, Term};
use super::learner::{BaseLearner, BaseModel};
use super::trial::{Trial, same_length};
use crate::numerics::classify::ClassifyError;

/// Seed of the lots that repeat rows.
const REPEAT_SEED: u64 = 0x2012;

/// Fewest rows of an arm to learn from.
pub const LEAST_ROWS: usize = 20;

/// Most rows to learn from; of more, as many are taken in even steps.
pub const MOST_ROWS: usize = 200_000;

/// A way to learn uplift.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum UpliftKind {
    /// A model of both arms with few features that change the effect.
    Interactions,
    /// A model for each arm.
    TwoModel,
    /// One model of a transformed yes/no outcome.
    ClassTransformation,
    /// Effects imputed by the other arm's model, then learned.
    XLearner,
}

impl UpliftKind {
    /// All of them, the simplest first.
    pub const ALL: [Self; 4] = [Self::Interactions, Self::TwoModel, Self::ClassTransformation, Self::XLearner];

    /// Its name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Interactions => "interactions",
            Self::TwoModel => "two_model",
            Self::ClassTransformation => "class_transformation",
            Self::XLearner => "x_learner",
        }
    }
}

/// The base learners of the parts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Learners {
    /// Of outcomes, and of transformed yes/no outcomes.
    pub outcome: BaseLearner,
    /// Of effects: differences of outcomes.
    pub effect: BaseLearner,
}

/// A fitted model of uplift.
#[derive(Debug, Clone, PartialEq)]
pub enum FittedUplift {
    /// Interactions: the effect on the chance of an outcome other than 0, times what that is, less the cost of a treatment.
    Interactions {
        /// Of the chance.
        chance: Interactions,
        /// Of the amount; `None` where it is 1.
        amount: Option<Amount>,
        /// Mean cost of a treatment that is in the outcomes.
        cost: f64,
    },
    /// Two models.
    TwoModel {
        /// Of the outcomes of the treated.
        treated: BaseModel,
        /// Of the outcomes of the control.
        control: BaseModel,
    },
    /// Class transformation: the chance that arm and outcome agree.
    ClassTransformation(BaseModel),
    /// X-learner.
    XLearner {
        /// Of the effects on the treated (τ₁).
        treated: BaseModel,
        /// Of the effects on the control (τ₀).
        control: BaseModel,
        /// Chance to be treated (e).
        share: f64,
    },
}

impl FittedUplift {
    /// What changes the effect, the clearest first, each with what it adds to the log-odds ratio of treated and control; empty
    /// for models that don't tell.
    pub fn drivers(&self) -> &[(Term, f64)] {
        match self {
            Self::Interactions { chance, .. } => chance.chosen(),
            _ => &[],
        }
    }

    /// The effect that it expects for each person.
    pub fn predict(&self, people: &Covariates) -> Vec<f64> {
        let features = people.features();
        let both = |a: &BaseModel, b: &BaseModel, mix: &dyn Fn(f64, f64) -> f64| {
            let (a, b) = (a.predict(features), b.predict(features));
            a.into_iter().zip(b).map(|(a, b)| mix(a, b)).collect()
        };
        match self {
            Self::Interactions { chance, amount, cost } => {
                chance.predict(people, amount.as_ref()).into_iter().map(|effect| effect - cost).collect()
            }
            Self::TwoModel { treated, control } => both(treated, control, &|treated, control| treated - control),
            Self::ClassTransformation(chance) => chance.predict(features).into_iter().map(|p| 2.0 * p - 1.0).collect(),
            Self::XLearner { treated, control, share } => {
                both(treated, control, &|treated, control| share * control + (1.0 - share) * treated)
            }
        }
    }
}

/// Fits the asked models to some rows of a trial, each with its own outcome; the models of the arms are shared.
pub fn fit_uplift(
    kinds: &[UpliftKind],
    people: &Covariates,
    trial: &Trial<'_>,
    rows: &[u32],
    learners: Learners,
) -> Vec<Result<FittedUplift, UpliftError>> {
    let rows = thinned(rows);
    let fit = Fit { people, trial, rows: &rows, learners };
    let needs_arms = kinds.iter().any(|kind| matches!(kind, UpliftKind::TwoModel | UpliftKind::XLearner));
    let arms = needs_arms.then(|| fit.arms());
    let one = |kind: &UpliftKind| match (kind, &arms) {
        (UpliftKind::Interactions, _) => fit.interactions(people.effect_columns()),
        (UpliftKind::ClassTransformation, _) | (_, None) => fit.transformed(),
        (_, Some(Err(error))) => Err(error.clone()),
        (UpliftKind::TwoModel, Some(Ok([control, treated]))) => {
            Ok(FittedUplift::TwoModel { treated: treated.clone(), control: control.clone() })
        }
        (UpliftKind::XLearner, Some(Ok(arms))) => fit.imputed(arms),
    };
    kinds.iter().map(one).collect()
}

/// The regression of both arms in which a treatment moves the log-odds of everybody alike, fitted to all rows of a trial: what is
/// assumed of people where no model orders them better than chance. Whoever does it anyway or never gains little by it, and
/// amounts differ.
///
/// # Errors
/// As [`UpliftKind::Interactions`].
pub fn fit_common_push(people: &Covariates, trial: &Trial<'_>) -> Result<FittedUplift, UpliftError> {
    let rows = thinned(&(0..trial.len() as u32).collect::<Vec<_>>());
    let learners = Learners { outcome: BaseLearner::Line, effect: BaseLearner::Line };
    Fit { people, trial, rows: &rows, learners }.interactions(&[])
}

/// Parts of a fit.
struct Fit<'a> {
    people: &'a Covariates,
    trial: &'a Trial<'a>,
    rows: &'a [u32],
    learners: Learners,
}

/// The models of the outcomes of the control and of the treated.
type Arms = [BaseModel; 2];

impl Fit<'_> {
    fn rows_of(&self, treated: bool) -> Result<Vec<u32>, UpliftError> {
        same_length("features", self.people.rows(), self.trial.len())?;
        let own = self.rows.iter().copied().filter(|row| self.trial.treated()[*row as usize] == treated);
        let own = own.collect::<Vec<_>>();
        if own.len() < LEAST_ROWS {
            let arm = if treated { "treated" } else { "control" };
            return Err(UpliftError::TooFew { arm, found: own.len(), least: LEAST_ROWS });
        }
        Ok(own)
    }

    fn learn(
        &self,
        learner: BaseLearner,
        part: &'static str,
        rows: &[u32],
        targets: &[f64],
    ) -> Result<BaseModel, UpliftError> {
        let fitted = learner.fit(&self.people.features().select(Axis(0), &places(rows)), targets);
        fitted.map_err(|reason| UpliftError::Learner { part, reason: reason.to_string() })
    }

    fn outcomes(&self, rows: &[u32]) -> Vec<f64> {
        rows.iter().map(|row| self.trial.outcomes()[*row as usize]).collect()
    }

    fn arms(&self) -> Result<Arms, UpliftError> {
        let (treated, control) = (self.rows_of(true)?, self.rows_of(false)?);
        let learner = self.learners.outcome;
        let treated = self.learn(learner, "outcomes of the treated", &treated, &self.outcomes(&treated))?;
        let control = self.learn(learner, "outcomes of the control", &control, &self.outcomes(&control))?;
        Ok([control, treated])
    }

    fn interactions(&self, effect_columns: &[EffectColumn]) -> Result<FittedUplift, UpliftError> {
        for treated in [true, false] {
            self.rows_of(treated)?;
        }
        let row = |row: &u32| *row as usize;
        let amounts = self.rows.iter().map(|at| self.trial.gross(row(at))).collect::<Vec<_>>();
        let happened = amounts.iter().map(|amount| *amount != 0.0).collect::<Vec<_>>();
        let count = happened.iter().filter(|happened| **happened).count();
        for (found, what) in [(count, "other than 0"), (happened.len() - count, "0")] {
            if found < LEAST_ROWS {
                return Err(UpliftError::TooFewOutcomes { what, found, least: LEAST_ROWS });
            }
        }
        let failed =
            |part: &'static str| move |reason: ClassifyError| UpliftError::Learner { part, reason: reason.to_string() };
        let arm = |at: &u32| f64::from(u8::from(self.trial.treated()[row(at)])) - self.trial.propensity(row(at));
        let arms = self.rows.iter().map(arm).collect::<Vec<_>>();
        let people = self.people.select(&places(self.rows)).with_effect_columns(effect_columns);
        let chance = Interactions::fit(people, &arms, &happened, self.trial.treated_share());
        let chance = chance.map_err(failed("interactions"))?;
        let with = (0..amounts.len()).filter(|at| happened[*at]).collect::<Vec<_>>();
        let of = |values: &[f64]| with.iter().map(|at| values[*at]).collect::<Vec<_>>();
        let (amounts, arms) = (of(&amounts), of(&arms));
        let rows = with.iter().map(|at| self.rows[*at] as usize).collect::<Vec<_>>();
        let amount = amounts.iter().any(|amount| *amount != 1.0);
        let amount = amount.then(|| Amount::fit(&self.people.features().select(Axis(0), &rows), &amounts, &arms));
        let amount = amount.transpose().map_err(failed("amounts"))?;
        Ok(FittedUplift::Interactions { chance, amount, cost: self.trial.mean_cost() })
    }

    fn imputed(&self, arms: &Arms) -> Result<FittedUplift, UpliftError> {
        let [control, treated] = arms;
        let (own, others) = (self.rows_of(true)?, self.rows_of(false)?);
        // outcome less what the other arm's model expects
        let beyond = |rows: &[u32], arm: &BaseModel| {
            let expected = arm.predict(&self.people.features().select(Axis(0), &places(rows)));
            self.outcomes(rows).into_iter().zip(expected).map(|(outcome, expected)| outcome - expected)
        };
        let gained = beyond(&own, control).collect::<Vec<_>>();
        let missed = beyond(&others, treated).map(|beyond| -beyond).collect::<Vec<_>>();
        let learner = self.learners.effect;
        Ok(FittedUplift::XLearner {
            treated: self.learn(learner, "effects on the treated", &own, &gained)?,
            control: self.learn(learner, "effects on the control", &others, &missed)?,
            share: own.len() as f64 / self.rows.len() as f64,
        })
    }

    fn transformed(&self) -> Result<FittedUplift, UpliftError> {
        let outcomes = self.trial.outcomes();
        let other = self.rows.iter().find(|row| outcomes[**row as usize] != 0.0 && outcomes[**row as usize] != 1.0);
        if let Some(row) = other {
            let row = *row as usize;
            return Err(UpliftError::NotYesNo { method: "class transformation", row, outcome: outcomes[row] });
        }
        self.rows_of(true)?;
        self.rows_of(false)?;
        let agrees = |row: &u32| {
            let outcome = outcomes[*row as usize];
            if self.trial.treated()[*row as usize] { outcome } else { 1.0 - outcome }
        };
        let rows = self.balanced();
        let targets = rows.iter().map(agrees).collect::<Vec<_>>();
        let chance = self.learn(self.learners.outcome, "transformed outcome", &rows, &targets)?;
        Ok(FittedUplift::ClassTransformation(chance))
    }

    /// The rows, those of the rarer arm repeated so that both arms are equally likely everywhere.
    fn balanced(&self) -> Vec<u32> {
        let inverse = |row: u32| {
            let chance = self.trial.propensity(row as usize);
            1.0 / if self.trial.treated()[row as usize] { chance } else { 1.0 - chance }
        };
        let least = self.rows.iter().map(|row| inverse(*row)).fold(f64::INFINITY, f64::min);
        let mut lots = Xoshiro256PlusPlus::seed_from_u64(REPEAT_SEED);
        let mut all = Vec::with_capacity(self.rows.len());
        for row in self.rows {
            let times = inverse(*row) / least;
            let lot = (lots.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
            let copies = times.floor() as usize + usize::from(lot < times.fract());
            all.extend(std::iter::repeat_n(*row, copies));
        }
        all
    }
}

/// The rows, in even steps where there are very many.
fn thinned(rows: &[u32]) -> Vec<u32> {
    let n = rows.len();
    if n <= MOST_ROWS { rows.to_vec() } else { (0..MOST_ROWS).map(|at| rows[at * n / MOST_ROWS]).collect() }
}

/// Row numbers as places.
pub(super) fn places(rows: &[u32]) -> Vec<usize> {
    rows.iter().map(|row| *row as usize).collect()
}
