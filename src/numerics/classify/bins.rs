//! Tenths of the rows by score: what was predicted, what came.

use super::auc::Z_95;
use super::metrics::{Interval, falling};

/// One part of the rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Bin {
    /// From 1, the highest scores first.
    pub number: usize,
    /// Rows in it.
    pub rows: usize,
    /// Rows with the outcome.
    pub positives: usize,
    /// Lowest probability in it.
    pub lowest: f64,
    /// Highest probability in it.
    pub highest: f64,
    /// Mean probability.
    pub predicted: f64,
    /// Share with the outcome, with its 95 % interval (Wilson 1927, JASA 22).
    pub observed: Interval,
    /// The share ÷ the share among all; none when the outcome never comes.
    pub lift: Option<f64>,
    /// Rows with the outcome in this and all higher parts ÷ all of them.
    pub captured: Option<f64>,
}

/// Cuts the rows into `count` parts of equal size (± 1) by falling probability; fewer rows give fewer parts.
pub fn bins(probabilities: &[f64], outcomes: &[bool], count: usize) -> Vec<Bin> {
    let order = falling(probabilities);
    let rows = order.len();
    let all = outcomes.iter().filter(|o| **o).count();
    let mut found = Vec::new();
    let mut captured = 0;
    for number in 0..count {
        let part = &order[rows * number / count..rows * (number + 1) / count];
        let (Some(first), Some(last)) = (part.first(), part.last()) else { continue };
        let positives = part.iter().filter(|row| outcomes[**row]).count();
        captured += positives;
        let n = part.len() as f64;
        let observed = wilson(positives, part.len());
        found.push(Bin {
            number: found.len() + 1,
            rows: part.len(),
            positives,
            lowest: probabilities[*last],
            highest: probabilities[*first],
            predicted: part.iter().map(|row| probabilities[*row]).sum::<f64>() / n,
            observed,
            lift: (all > 0).then(|| observed.value / (all as f64 / rows as f64)),
            captured: (all > 0).then(|| captured as f64 / all as f64),
        });
    }
    found
}

/// A share with its score interval (Wilson 1927).
fn wilson(positives: usize, rows: usize) -> Interval {
    let (n, value) = (rows as f64, positives as f64 / rows as f64);
    let z2 = Z_95 * Z_95;
    let centre = (value + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = Z_95 / (1.0 + z2 / n) * (value * (1.0 - value) / n + z2 / (4.0 * n * n)).sqrt();
    Interval { value, lower: (centre - half).clamp(0.0, value), upper: (centre + half).clamp(value, 1.0) }
}
