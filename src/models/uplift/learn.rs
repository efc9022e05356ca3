//! Models of a trial, judged on people that they had not seen; the simplest of the best, if one beats chance.

use crate::numerics::classify::ForestOptions;
use crate::numerics::surveys::inference::Confidence;
use crate::numerics::uplift::{
    BOOTSTRAP_DRAWS, BOOTSTRAP_SEED, BaseLearner, Calibration, Covariates, Curves, Effect, FittedUplift, Interval,
    Learners, Order, OrderQuality, PolicyValue, Term, Ties, Trial, UpliftError, UpliftGroup, UpliftKind, cross_fit,
    fit_common_push, fit_uplift, uplift_groups,
};

use super::options::LearnerChoice;

/// Weight of the squares of the coefficients of logistic regressions: about what four hundred contacts with a chance of one half
/// tell of a coefficient. Differences of two chances are easily drowned in the noise of their models.
const RIDGE: f64 = 100.0;

/// Trees of a forest.
const TREES: usize = 64;

/// Groups of equal size in `uplift_deciles`.
const TENTHS: usize = 10;

/// The base learners of an outcome, and the name of the one that was taken.
pub(super) fn learners(choice: Option<LearnerChoice>, is_yes_no: bool) -> (Learners, LearnerChoice) {
    let forest = ForestOptions { trees: TREES, ..ForestOptions::default() };
    let (outcome, taken) = match (choice, is_yes_no) {
        (Some(LearnerChoice::Forest), true) => (BaseLearner::Forest(forest), LearnerChoice::Forest),
        (Some(LearnerChoice::Forest), false) => (BaseLearner::TwoPart(forest), LearnerChoice::Forest),
        (None | Some(LearnerChoice::Logistic), true) => {
            (BaseLearner::Logistic { ridge: RIDGE }, LearnerChoice::Logistic)
        }
        _ => (BaseLearner::Line, LearnerChoice::Linear),
    };
    (Learners { outcome, effect: BaseLearner::Line }, taken)
}

/// A model on people that it had not seen.
#[derive(Debug)]
pub(super) struct Judged {
    pub(super) curves: Curves,
    pub(super) quality: OrderQuality,
    pub(super) calibration: Calibration,
    /// The best share to treat; none when treating nobody is best.
    pub(super) policy: Option<PolicyValue>,
    pub(super) tenths: Vec<UpliftGroup>,
}

impl Judged {
    fn of(trial: &Trial<'_>, scores: &[f64], cost: f64) -> Result<Self, UpliftError> {
        let confidence = Confidence::default();
        let order = Order::of(scores, trial, Ties::Merged)?;
        let calibration = Calibration::of(trial, scores, confidence)?;
        let effects = calibration.effects(scores, scores);
        Ok(Self {
            curves: Curves::in_order(trial, &order)?,
            quality: OrderQuality::of(trial, &order, BOOTSTRAP_DRAWS, BOOTSTRAP_SEED, confidence)?,
            policy: PolicyValue::best(trial, &order, cost, confidence),
            tenths: uplift_groups(trial, &order, &effects, TENTHS, confidence),
            calibration,
        })
    }

    /// Whether another model is clearly better than this one: the interval of the difference of their Qini coefficients lies
    /// above 0.
    fn is_behind(&self, other: &Self) -> bool {
        other.quality.qini_lead(&self.quality, Confidence::default()).lower > 0.0
    }
}

/// What a trial taught.
#[derive(Debug)]
pub(super) struct Learned {
    pub(super) average: Effect,
    pub(super) models: Vec<(UpliftKind, Result<Judged, UpliftError>)>,
    /// Place of the chosen model, or else of the one with the highest Qini coefficient.
    pub(super) best: Option<usize>,
    /// The same, if a model beats chance and it could be fitted to all.
    pub(super) chosen: Option<(usize, Taught)>,
    /// What is assumed where none was chosen and a contact adds something on average: that it moves the odds of everybody alike.
    pub(super) assumed: Option<Taught>,
}

impl Learned {
    /// What tells the effects on people: the chosen model, or what is assumed; none where everybody gets the average.
    pub(super) fn taught(&self) -> Option<&Taught> {
        self.chosen.as_ref().map(|(_, taught)| taught).or(self.assumed.as_ref())
    }

    /// What customers get where no model was chosen, in words.
    pub(super) fn instead_of_an_order(&self) -> &'static str {
        match self.assumed {
            Some(_) => "it is assumed that a contact moves everybody's odds alike",
            None => "everybody gets the average effect",
        }
    }

    /// The model whose Qini coefficient has the highest lower end.
    pub(super) fn clearest(&self) -> Option<(UpliftKind, &Judged)> {
        let judged = self.models.iter().filter_map(|(kind, judged)| Some((*kind, judged.as_ref().ok()?)));
        let lower = |judged: &Judged| judged.quality.qini.lower;
        judged.reduce(|best, next| if lower(next.1) > lower(best.1) { next } else { best })
    }
}

/// The chosen model, fitted to the whole trial.
#[derive(Debug)]
pub(super) struct Taught {
    model: FittedUplift,
    calibration: Calibration,
    /// Its scores of the people of the trial.
    reference: Vec<f64>,
}

impl Taught {
    /// What changes the effect, with the change, where the model tells.
    pub(super) fn drivers(&self) -> &[(Term, f64)] {
        self.model.drivers()
    }

    /// The expected effects on people.
    pub(super) fn effects(&self, people: &Covariates) -> Vec<f64> {
        self.calibration.effects(&self.reference, &self.model.predict(people))
    }
}

/// The model that is used, if any beats chance, and the one to show.
///
/// The simplest that the best of those that beat chance doesn't clearly beat, not the best itself: of several noisy figures the
/// highest is the luckiest. Models stand in the order of their simplicity; `is_behind` tells whether the first is clearly
/// worse than the second.
fn choose(found: &[Option<Interval>], is_behind: impl Fn(usize, usize) -> bool) -> (Option<usize>, Option<usize>) {
    let best = |beats: &dyn Fn(&Interval) -> bool| {
        let known = found.iter().enumerate().filter_map(|(at, qini)| Some((at, (*qini)?)));
        let better = |best: (usize, Interval), next: (usize, Interval)| {
            if next.1.estimate > best.1.estimate { next } else { best }
        };
        let best = known.filter(|(_, qini)| beats(qini)).reduce(better).map(|(at, _)| at)?;
        (0..=best).find(|at| *at == best || found[*at].is_some() && !is_behind(*at, best))
    };
    let winner = best(&|qini| qini.lower > 0.0);
    (winner, winner.or_else(|| best(&|_| true)))
}

/// Learns from a trial and what was known of its people; `parts` are left out in turn.
///
/// # Errors
/// When not even the average effect can be measured.
pub(super) fn learn(
    trial: &Trial<'_>,
    people: &Covariates,
    parts: &[u32],
    kinds: &[UpliftKind],
    learners: Learners,
    cost: f64,
) -> Result<Learned, UpliftError> {
    let average = Effect::average(trial, Confidence::default())?;
    let scored = cross_fit(kinds, people, trial, parts, learners);
    let judge = |(kind, scores): (&UpliftKind, Result<Vec<f64>, UpliftError>)| {
        (*kind, scores.and_then(|scores| Judged::of(trial, &scores, cost)))
    };
    let models = kinds.iter().zip(scored).map(judge).collect::<Vec<_>>();
    let found = |at: &usize| models[*at].1.as_ref().ok().map(|judged| judged.quality.qini);
    let is_behind = |one: usize, other: usize| match (&models[one].1, &models[other].1) {
        (Ok(one), Ok(other)) => one.is_behind(other),
        _ => false,
    };
    let (winner, best) = choose(&(0..models.len()).map(|at| found(&at)).collect::<Vec<_>>(), is_behind);
    let all = (0..trial.len() as u32).collect::<Vec<_>>();
    let chosen = winner.and_then(|at| {
        let model = fit_uplift(&[models[at].0], people, trial, &all, learners).pop()?.ok()?;
        let calibration = models[at].1.as_ref().ok()?.calibration;
        let reference = model.predict(people);
        Some((at, Taught { model, calibration, reference }))
    });
    let assumed = (chosen.is_none() && average.effect > 0.0).then(|| assume(trial, people, average)).flatten();
    Ok(Learned { average, models, best, chosen, assumed })
}

/// The same push for everybody, if it is one towards the outcome; scores are moved to the measured average, not drawn to it.
fn assume(trial: &Trial<'_>, people: &Covariates, average: Effect) -> Option<Taught> {
    let model = fit_common_push(people, trial).ok()?;
    let reference = model.predict(people);
    let calibration = Calibration { average, slope: 1.0, slope_std_error: 0.0 };
    (reference.iter().sum::<f64>() > 0.0).then_some(Taught { model, calibration, reference })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_simplest_that_is_not_clearly_worse_is_chosen() {
        let qini = |estimate: f64, std_error: f64| Some(Interval::normal(estimate, std_error, Confidence::default()));
        // the first is clearly worse where it is behind by more than 2
        let two = |a: Option<Interval>, b: Option<Interval>| {
            choose(&[a, b], |_, _| a.zip(b).is_some_and(|(a, b)| b.estimate - a.estimate > 2.0))
        };
        // the second beats chance; the first is as good, or not
        assert_eq!(two(qini(3.3, 2.0), qini(4.4, 2.0)), (Some(0), Some(0)));
        assert_eq!(two(qini(2.0, 2.0), qini(4.4, 2.0)), (Some(1), Some(1)));
        assert_eq!(two(qini(5.0, 1.0), qini(4.4, 1.0)), (Some(0), Some(0)));
        assert_eq!(two(None, qini(4.4, 1.0)), (Some(1), Some(1)));
        // a higher figure that is no better than chance
        assert_eq!(two(qini(1.0, 0.2), qini(4.4, 4.0)), (Some(0), Some(0)));
        assert_eq!(two(qini(1.0, 2.0), qini(4.4, 4.0)), (None, Some(1)));
        assert_eq!(two(None, None), (None, None));
    }
}
