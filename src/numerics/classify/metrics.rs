//! How good probabilities are.

use super::auc::{Z_95, auc_interval, variance};

/// Probabilities are kept this far from 0 and 1 where their logarithm is taken.
const NEAREST_TO_CERTAIN: f64 = 1e-12;

/// A figure with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The figure.
    pub value: f64,
    /// Lower end.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
}

/// What probabilities were worth on rows whose outcome is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Evaluation {
    /// Rows.
    pub rows: usize,
    /// Rows with the outcome.
    pub positives: usize,
    /// Area under the ROC curve (interval by DeLong); none when an outcome never comes.
    pub auc: Option<Interval>,
    /// Mean of −ln of the probability given to what came (interval by the normal distribution of the mean).
    pub log_loss: Interval,
    /// Mean squared difference of probability and outcome (Brier 1950).
    pub brier: f64,
    /// Largest difference between the shares of both outcomes above a score (Kolmogorov–Smirnov).
    pub ks: Option<f64>,
    /// Mean precision over the rows with the outcome, from the highest score down; equal scores count together.
    pub average_precision: Option<f64>,
    /// Share of the outcome in the tenth of the rows with the highest scores ÷ its share among all.
    pub lift_top_decile: Option<f64>,
}

/// Judges probabilities; `None` without rows.
pub fn evaluate(probabilities: &[f64], outcomes: &[bool]) -> Option<Evaluation> {
    let rows = outcomes.len();
    if rows == 0 {
        return None;
    }
    let n = rows as f64;
    let positives = outcomes.iter().filter(|o| **o).count();
    let losses = log_losses(probabilities, outcomes);
    let loss = losses.iter().sum::<f64>() / n;
    let half = variance(&losses).map_or(0.0, |v| Z_95 * (v / n).sqrt());
    let squares = probabilities.iter().zip(outcomes).map(|(p, y)| (p - f64::from(u8::from(*y))).powi(2));
    let both = positives > 0 && positives < rows;
    let steps = steps(probabilities, outcomes);
    Some(Evaluation {
        rows,
        positives,
        auc: auc_interval(probabilities, outcomes),
        log_loss: Interval { value: loss, lower: (loss - half).max(0.0), upper: loss + half },
        brier: squares.sum::<f64>() / n,
        ks: both.then(|| ks(&steps)),
        average_precision: (positives > 0).then(|| average_precision(&steps)),
        lift_top_decile: (positives > 0).then(|| top_decile(probabilities, outcomes) / (positives as f64 / n)),
    })
}

/// −ln of the probability given to what came, per row.
pub fn log_losses(probabilities: &[f64], outcomes: &[bool]) -> Vec<f64> {
    let loss = |(p, y): (&f64, &bool)| {
        let given = if *y { *p } else { 1.0 - p };
        -given.clamp(NEAREST_TO_CERTAIN, 1.0).ln()
    };
    probabilities.iter().zip(outcomes).map(loss).collect()
}

/// Rows in the order of falling scores, equal ones by their number.
pub(super) fn falling(scores: &[f64]) -> Vec<usize> {
    let mut order = (0..scores.len()).collect::<Vec<_>>();
    order.sort_unstable_by(|a, b| scores[*b].total_cmp(&scores[*a]).then(a.cmp(b)));
    order
}

/// Rows with and without the outcome from the highest score down to each distinct one.
fn steps(scores: &[f64], outcomes: &[bool]) -> Vec<(f64, f64)> {
    let order = falling(scores);
    let mut steps: Vec<(f64, f64)> = Vec::new();
    let mut last = f64::NAN;
    let (mut with, mut without) = (0.0, 0.0);
    for row in order {
        if outcomes[row] {
            with += 1.0
        } else {
            without += 1.0
        }
        if scores[row] == last {
            steps.pop();
        }
        last = scores[row];
        steps.push((with, without));
    }
    steps
}

fn ks(steps: &[(f64, f64)]) -> f64 {
    let Some((m, n)) = steps.last().copied() else { return 0.0 };
    steps.iter().map(|(with, without)| (with / m - without / n).abs()).fold(0.0, f64::max)
}

fn average_precision(steps: &[(f64, f64)]) -> f64 {
    let all = steps.last().map_or(1.0, |last| last.0);
    let mut before = 0.0;
    let mut sum = 0.0;
    for (with, without) in steps {
        sum += (with - before) / all * (with / (with + without));
        before = *with;
    }
    sum
}

/// Share of the outcome in the first tenth, rounded up.
fn top_decile(scores: &[f64], outcomes: &[bool]) -> f64 {
    let most = outcomes.len().div_ceil(10);
    let found = falling(scores).into_iter().take(most).filter(|row| outcomes[*row]).count();
    found as f64 / most as f64
}
