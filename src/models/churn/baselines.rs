//! What a model must beat: the share of the outcome, the days since the last purchase, and P(alive).

use crate::numerics::btyd::{DayHistory, Outlook};
use crate::numerics::classify::{EncodeOptions, Encoder, Evaluation, Feature, Learner, Scorer, Values, evaluate};

use super::learn::Split;
use super::rows::Learning;
use super::task::{Outcome, Task};

/// A baseline with what it was worth on the test rows.
#[derive(Debug, Clone)]
pub(super) struct Baseline {
    pub(super) name: &'static str,
    pub(super) test: Evaluation,
    pub(super) is_converged: Option<bool>,
}

/// Logistic regression on the days since the last purchase alone.
#[derive(Debug, Clone)]
pub(super) struct ByDays {
    encoder: Encoder,
    scorer: Scorer,
}

impl ByDays {
    /// Fits it; none when there are no purchases, or both outcomes don't come.
    pub(super) fn fit(learning: &Learning<'_>, rows: &[usize]) -> Option<Self> {
        let days = learning.source.days_since_last(rows)?;
        let outcomes = rows.iter().map(|row| learning.outcomes[*row]).collect::<Vec<_>>();
        let all = (0..days.len()).collect::<Vec<_>>();
        let features = [Feature { name: "days_since_last", values: Values::Numbers(&days) }];
        let encoder = Encoder::fit(&features, &all, EncodeOptions::default());
        let scorer = Learner::Logistic { ridge: 1.0 }.fit(&encoder.matrix(&features, &all), &outcomes).ok()?;
        Some(Self { encoder, scorer })
    }

    /// Probabilities by the days since the last purchase.
    pub(super) fn probabilities(&self, days: &[f64]) -> Vec<f64> {
        let all = (0..days.len()).collect::<Vec<_>>();
        let features = [Feature { name: "days_since_last", values: Values::Numbers(days) }];
        self.scorer.probabilities(&self.encoder.matrix(&features, &all))
    }
}

/// All baselines that the task allows.
pub(super) fn baselines(task: &Task, learning: &Learning<'_>, splits: &[Split]) -> Vec<Baseline> {
    let outcomes = |rows: &[usize]| rows.iter().map(|row| learning.outcomes[*row]).collect::<Vec<_>>();
    let test = splits.iter().flat_map(|split| outcomes(&split.test)).collect::<Vec<_>>();
    let judged = |name, probabilities: Vec<f64>, is_converged| {
        evaluate(&probabilities, &test).map(|test| Baseline { name, test, is_converged })
    };
    let mut found = Vec::new();
    let alive = splits.iter().map(|split| p_alive(task, learning, &split.test)).collect::<Option<Vec<_>>>();
    if let Some(alive) = alive {
        let is_converged = alive.iter().all(|(_, is_converged)| *is_converged);
        let probabilities = alive.into_iter().flat_map(|(p, _)| p).collect();
        found.extend(judged("p_alive", probabilities, Some(is_converged)));
    }
    let by_days = splits.iter().map(|split| {
        let fit = ByDays::fit(learning, &split.train)?;
        Some(fit.probabilities(&learning.source.days_since_last(&split.test)?))
    });
    if let Some(by_days) = by_days.collect::<Option<Vec<_>>>() {
        found.extend(judged("days_since_last", by_days.concat(), None));
    }
    let share = |split: &Split| {
        let known = outcomes(&split.train);
        let share = known.iter().filter(|o| **o).count() as f64 / known.len().max(1) as f64;
        vec![share; split.test.len()]
    };
    found.extend(judged("base_rate", splits.iter().flat_map(share).collect(), None));
    found
}

/// Probability of the outcome by the more likely of BG/NBD and MBG/NBD ([`Outlook`]), fitted to the histories of the rows until
/// their cut, which hold nothing of what is predicted. Whether the fit converged stands beside it.
fn p_alive(task: &Task, learning: &Learning<'_>, rows: &[usize]) -> Option<(Vec<f64>, bool)> {
    let buys = match task.outcome {
        Outcome::Lapse if task.ended.is_none() => false,
        Outcome::Purchase => true,
        _ => return None,
    };
    let known = learning.source.histories(rows)?;
    let outlook = Outlook::fit(&known, task.horizon_days)?;
    let chance = |history: &DayHistory| {
        let purchase = outlook.p_purchase(*history);
        if buys { purchase } else { 1.0 - purchase }
    };
    Some((known.iter().map(chance).collect(), outlook.is_converged))
}
