//! Fit on some rows, calibrate on others, test on others still; the winner is fitted again on all of them.

use crate::numerics::classify::{
    Calibrator, ClassifyError, EncodeOptions, Encoder, Evaluation, Feature, ForestOptions, Learner, Scorer, evaluate,
};

use super::baselines::{Baseline, baselines};
use super::rows::Learning;
use super::task::Task;

/// Fewest rows of the rarer outcome to learn from.
pub(super) const MIN_RARER: usize = 20;

/// Parts that customers are dealt into.
const FOLDS: usize = 5;

/// Weight of the penalty of the logistic regression, in standardised columns.
const RIDGE: f64 = 1.0;

/// The learners that are tried, the simplest first.
fn learners() -> [Learner; 2] {
    [Learner::Logistic { ridge: RIDGE }, Learner::Forest(ForestOptions::default())]
}

/// Which rows serve what.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Split {
    pub(super) train: Vec<usize>,
    pub(super) calibrate: Vec<usize>,
    pub(super) test: Vec<usize>,
}

/// How a learner did.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) learner: Learner,
    /// The curve of the first split.
    pub(super) calibration: &'static str,
    /// On the training rows of the first split.
    pub(super) train: Evaluation,
    /// On the test rows of all splits.
    pub(super) test: Evaluation,
    /// Scores and probabilities of the test rows.
    scores: Vec<f64>,
    pub(super) probabilities: Vec<f64>,
    /// The fit of the first split.
    pub(super) scorer: Scorer,
}

/// Everything that came of learning.
#[derive(Debug)]
pub(super) struct Learned {
    pub(super) candidates: Vec<Candidate>,
    /// The learners that failed, and why.
    pub(super) failed: Vec<(&'static str, ClassifyError)>,
    /// Place of the candidate that is used.
    pub(super) used: usize,
    pub(super) baselines: Vec<Baseline>,
    /// Whether the test came after the training.
    pub(super) is_out_of_time: bool,
    /// The test rows of all splits and their outcomes.
    pub(super) test_outcomes: Vec<bool>,
    /// The encoding and the test rows of the first split.
    pub(super) encoder: Encoder,
    pub(super) test_rows: Vec<usize>,
    /// The fit on all rows, with its encoding and curve.
    pub(super) all_encoder: Encoder,
    pub(super) all_scorer: Scorer,
    pub(super) calibrator: Calibrator,
    /// Rows learned from, and those with the outcome.
    pub(super) rows: usize,
    pub(super) positives: usize,
}

impl Learned {
    /// The candidate that is used.
    pub(super) fn chosen(&self) -> &Candidate {
        &self.candidates[self.used]
    }
}

/// Rows of the newest cut are the test, customers of the older ones are dealt into training and calibration. Without two
/// cuts customers are dealt into five parts with the same share of the outcome, each of which is the test once.
pub(super) fn splits(outcomes: &[bool], cuts: &[u8], hashes: &[u64]) -> (Vec<Split>, bool) {
    let is_out_of_time = cuts.iter().any(|cut| *cut > 0) && cuts.contains(&0);
    let rows = 0..outcomes.len();
    if is_out_of_time {
        let part = |keep: &dyn Fn(usize) -> bool| rows.clone().filter(|row| keep(*row)).collect::<Vec<_>>();
        let is_fold = |row: usize| hashes[row].is_multiple_of(FOLDS as u64);
        let split = Split {
            train: part(&|row| cuts[row] > 0 && !is_fold(row)),
            calibrate: part(&|row| cuts[row] > 0 && is_fold(row)),
            test: part(&|row| cuts[row] == 0),
        };
        return (vec![split], true);
    }
    let mut fold_of = vec![0; outcomes.len()];
    for outcome in [false, true] {
        let mut own = rows.clone().filter(|row| outcomes[*row] == outcome).collect::<Vec<_>>();
        own.sort_by_key(|row| (hashes[*row], *row));
        own.iter().enumerate().for_each(|(at, row)| fold_of[*row] = at % FOLDS);
    }
    let split = |fold: usize| {
        let in_fold = |wanted: usize| rows.clone().filter(|row| fold_of[*row] == wanted).collect::<Vec<_>>();
        let next = (fold + 1) % FOLDS;
        let train = rows.clone().filter(|row| fold_of[*row] != fold && fold_of[*row] != next).collect();
        Split { train, calibrate: in_fold(next), test: in_fold(fold) }
    };
    ((0..FOLDS).map(split).collect(), false)
}

/// Learns; none when no learner could be fitted.
pub(super) fn learn(task: &Task, learning: &Learning<'_>) -> Result<Learned, Vec<(&'static str, ClassifyError)>> {
    let all = (0..learning.source.len()).collect::<Vec<_>>();
    let columns = learning.source.columns(&all);
    let features = columns.features();
    let (splits, is_out_of_time) = splits(&learning.outcomes, &learning.cuts, &learning.hashes);
    let encoders = splits.iter().map(|s| Encoder::fit(&features, &s.train, EncodeOptions::default()));
    let mut encoders = encoders.collect::<Vec<_>>();
    let mut candidates = Vec::new();
    let mut failed = Vec::new();
    for learner in learners() {
        match candidate(learner, learning, &features, &splits, &encoders) {
            Ok(candidate) => candidates.push(candidate),
            Err(error) => failed.push((learner.name(), error)),
        }
    }
    let losses = candidates.iter().map(|c| c.test.log_loss.value).collect::<Vec<_>>();
    let best = (0..candidates.len()).min_by(|a, b| losses[*a].total_cmp(&losses[*b]).then(a.cmp(b)));
    let Some(used) = best else { return Err(failed) };
    let test_rows = splits.iter().flat_map(|split| split.test.iter().copied()).collect::<Vec<_>>();
    let test_outcomes = test_rows.iter().map(|row| learning.outcomes[*row]).collect::<Vec<_>>();
    let all_encoder = Encoder::fit(&features, &all, EncodeOptions::default());
    let fitted = candidates[used].learner.fit(&all_encoder.matrix(&features, &all), &learning.outcomes);
    let all_scorer = fitted.map_err(|error| vec![(candidates[used].learner.name(), error)])?;
    let halves = halves(learning, &test_rows);
    let calibrator = Calibrator::choose(&candidates[used].scores, &test_outcomes, &halves);
    Ok(Learned {
        baselines: baselines(task, learning, &splits),
        encoder: encoders.swap_remove(0),
        test_rows: splits[0].test.clone(),
        candidates,
        failed,
        used,
        is_out_of_time,
        test_outcomes,
        all_encoder,
        all_scorer,
        calibrator,
        rows: all.len(),
        positives: learning.outcomes.iter().filter(|o| **o).count(),
    })
}

fn candidate(
    learner: Learner,
    learning: &Learning<'_>,
    features: &[Feature<'_>],
    splits: &[Split],
    encoders: &[Encoder],
) -> Result<Candidate, ClassifyError> {
    let outcomes = |rows: &[usize]| rows.iter().map(|row| learning.outcomes[*row]).collect::<Vec<_>>();
    let (mut scores, mut probabilities, mut test) = (Vec::new(), Vec::new(), Vec::new());
    let mut first = None;
    for (split, encoder) in splits.iter().zip(encoders) {
        let x = encoder.matrix(features, &split.train);
        let scorer = learner.fit(&x, &outcomes(&split.train))?;
        let calibrate = scorer.probabilities(&encoder.matrix(features, &split.calibrate));
        let halves = halves(learning, &split.calibrate);
        let curve = Calibrator::choose(&calibrate, &outcomes(&split.calibrate), &halves);
        let own = scorer.probabilities(&encoder.matrix(features, &split.test));
        probabilities.extend(own.iter().map(|score| curve.apply(*score)));
        scores.extend(own);
        test.extend(outcomes(&split.test));
        if first.is_none() {
            let train = scorer.probabilities(&x).into_iter().map(|score| curve.apply(score)).collect::<Vec<_>>();
            first = Some((evaluate(&train, &outcomes(&split.train)), curve.name(), scorer));
        }
    }
    let (Some((Some(train), calibration, scorer)), Some(test)) = (first, evaluate(&probabilities, &test)) else {
        return Err(ClassifyError::OneClass { rows: 0 });
    };
    Ok(Candidate { learner, calibration, train, test, scores, probabilities, scorer })
}

/// Deals rows into two halves by their customer.
fn halves(learning: &Learning<'_>, rows: &[usize]) -> Vec<bool> {
    rows.iter().map(|row| (learning.hashes[*row] / FOLDS as u64).is_multiple_of(2)).collect()
}
