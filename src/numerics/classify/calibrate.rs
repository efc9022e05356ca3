//! Putting probabilities right: a monotone curve from scores to what came of them, fitted on rows that the learner did not
//! see.

use ndarray::Array2;

use super::logistic::fit_logistic;
use super::metrics::log_losses;
use crate::numerics::special::logistic;

/// Fewest rows of the rarer outcome for the isotonic curve; it has many parameters.
const MIN_ISOTONIC: usize = 200;

/// Fewest rows of the rarer outcome for any curve.
const MIN_PLATT: usize = 20;

/// Scores are kept this far from 0 and 1 where their log-odds are taken.
const NEAREST_TO_CERTAIN: f64 = 1e-9;

/// A curve from scores to probabilities.
#[derive(Debug, Clone, PartialEq)]
pub enum Calibrator {
    /// The scores are right as they are.
    Identity,
    /// Log-odds times a slope, plus a shift (Platt 1999, "Probabilistic outputs for support vector machines").
    Platt {
        /// The slope; 1 when the scores are as spread as they should be.
        slope: f64,
        /// The shift; 0 when they are right on the whole.
        shift: f64,
    },
    /// Straight lines between points, rising (Zadrozny & Elkan 2002, "Transforming classifier scores into accurate
    /// multiclass probability estimates").
    Isotonic {
        /// Scores and their probabilities.
        points: Vec<(f64, f64)>,
    },
}

impl Calibrator {
    /// Its name in tables.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Identity => "none",
            Self::Platt { .. } => "platt",
            Self::Isotonic { .. } => "isotonic",
        }
    }

    /// The probability of a score.
    pub fn apply(&self, score: f64) -> f64 {
        match self {
            Self::Identity => score,
            Self::Platt { slope, shift } => logistic(slope * log_odds(score) + shift),
            Self::Isotonic { points } => between(points, score),
        }
    }

    /// The curve that does best on half of the rows when it is fitted on the other half, both ways round; then fitted on
    /// all of them. `halves` says which half a row is in. A curve must beat the simpler ones; few rows get none.
    pub fn choose(scores: &[f64], outcomes: &[bool], halves: &[bool]) -> Self {
        let rarer = rarer(outcomes);
        if rarer < MIN_PLATT {
            return Self::Identity;
        }
        let mut kinds: Vec<fn(&[f64], &[bool]) -> Self> = vec![|_, _| Self::Identity, Self::platt];
        if rarer >= MIN_ISOTONIC {
            kinds.push(Self::isotonic);
        }
        let loss = |kind: &fn(&[f64], &[bool]) -> Self| {
            let mut sum = 0.0;
            for half in [false, true] {
                let part = |wanted: bool| {
                    let rows = (0..scores.len()).filter(|row| halves[*row] == wanted);
                    rows.map(|row| (scores[row], outcomes[row])).unzip::<_, _, Vec<_>, Vec<_>>()
                };
                let (fit, judge) = (part(half), part(!half));
                let curve = kind(&fit.0, &fit.1);
                let probabilities = judge.0.iter().map(|score| curve.apply(*score)).collect::<Vec<_>>();
                sum += log_losses(&probabilities, &judge.1).iter().sum::<f64>();
            }
            sum
        };
        let losses = kinds.iter().map(loss).collect::<Vec<_>>();
        let best = (0..kinds.len()).min_by(|a, b| losses[*a].total_cmp(&losses[*b]).then(a.cmp(b)));
        best.map_or(Self::Identity, |best| kinds[best](scores, outcomes))
    }

    /// A slope and a shift of the log-odds, by maximum likelihood; none when that fails or the slope would not rise.
    pub fn platt(scores: &[f64], outcomes: &[bool]) -> Self {
        let odds = scores.iter().map(|score| log_odds(*score)).collect::<Vec<_>>();
        let Ok(x) = Array2::from_shape_vec((odds.len(), 1), odds) else { return Self::Identity };
        match fit_logistic(&x, outcomes, 1e-6) {
            Ok(fit) if fit.coefficients[0] > 0.0 => Self::Platt { slope: fit.coefficients[0], shift: fit.intercept },
            _ => Self::Identity,
        }
    }

    /// Isotonic regression of the outcomes on the scores. The level of each block stands at the block's mean score. Ends at
    /// 0 or 1 are drawn in to what a block of its size can tell, `(k + ½) ÷ (n + 1)`.
    pub fn isotonic(scores: &[f64], outcomes: &[bool]) -> Self {
        let mut order = (0..scores.len()).collect::<Vec<_>>();
        order.sort_unstable_by(|a, b| scores[*a].total_cmp(&scores[*b]));
        // rows of equal score are one
        let mut groups: Vec<(f64, f64, f64)> = Vec::new();
        for row in order {
            let y = f64::from(u8::from(outcomes[row]));
            match groups.last_mut().filter(|group| group.0 == scores[row]) {
                Some(group) => {
                    group.1 += y;
                    group.2 += 1.0;
                }
                None => groups.push((scores[row], y, 1.0)),
            }
        }
        let levels = groups.iter().map(|g| g.1 / g.2).collect::<Vec<_>>();
        let weights = groups.iter().map(|g| g.2).collect::<Vec<_>>();
        let pooled = pool_adjacent_violators(&levels, &weights);
        let mut points = Vec::new();
        let mut start = 0;
        while start < groups.len() {
            let mut end = start + 1;
            while end < groups.len() && pooled[end] == pooled[start] {
                end += 1;
            }
            let block = &groups[start..end];
            let n = block.iter().map(|g| g.2).sum::<f64>();
            let k = block.iter().map(|g| g.1).sum::<f64>();
            let middle = block.iter().map(|g| g.0 * g.2).sum::<f64>() / n;
            let level = if k == 0.0 || k == n { (k + 0.5) / (n + 1.0) } else { k / n };
            points.push((middle, level));
            start = end;
        }
        // drawing the ends in must not turn the order of the last two levels around
        for at in 1..points.len() {
            points[at].1 = points[at].1.max(points[at - 1].1);
        }
        if points.is_empty() { Self::Identity } else { Self::Isotonic { points } }
    }
}

/// The rising levels nearest to the given ones in weighted squares (Ayer et al. 1955, "An empirical distribution function
/// for sampling with incomplete information", Annals of Mathematical Statistics 26).
pub fn pool_adjacent_violators(levels: &[f64], weights: &[f64]) -> Vec<f64> {
    // level, weight and length of each block
    let mut blocks: Vec<(f64, f64, usize)> = Vec::new();
    for (level, weight) in levels.iter().zip(weights) {
        let mut block = (*level, *weight, 1);
        while let Some(last) = blocks.last().filter(|last| last.0 >= block.0) {
            let weight = last.1 + block.1;
            block = ((last.0 * last.1 + block.0 * block.1) / weight, weight, last.2 + block.2);
            blocks.pop();
        }
        blocks.push(block);
    }
    blocks.into_iter().flat_map(|(level, _, length)| std::iter::repeat_n(level, length)).collect()
}

fn rarer(outcomes: &[bool]) -> usize {
    let positives = outcomes.iter().filter(|o| **o).count();
    positives.min(outcomes.len() - positives)
}

fn log_odds(probability: f64) -> f64 {
    let p = probability.clamp(NEAREST_TO_CERTAIN, 1.0 - NEAREST_TO_CERTAIN);
    (p / (1.0 - p)).ln()
}

/// The line between the points on both sides; level beyond the ends.
fn between(points: &[(f64, f64)], score: f64) -> f64 {
    let after = points.partition_point(|(at, _)| *at < score);
    match (after.checked_sub(1).and_then(|at| points.get(at)), points.get(after)) {
        (Some((x0, y0)), Some((x1, y1))) => y0 + (y1 - y0) * (score - x0) / (x1 - x0),
        (Some((_, y)), None) | (None, Some((_, y))) => *y,
        (None, None) => score,
    }
}
