//! What the models rest on, by rows that they had not seen.

use crate::numerics::classify::{EncodedColumn, Encoder, Feature, Importance, Scorer, Values, permutation_importance};

use super::learn::Learned;
use super::rows::Learning;

/// Most rows that importance is measured on.
const MOST_ROWS: usize = 5000;

/// Seed of the deals.
const SEED: u64 = 20_011_045;

/// Fewest rows of a word that is named.
const MIN_LEVEL_ROWS: usize = 20;

/// What a feature is worth to a model.
#[derive(Debug, Clone)]
pub(super) struct Driver {
    pub(super) model: &'static str,
    pub(super) feature: String,
    pub(super) importance: Importance,
    pub(super) direction: String,
    pub(super) coefficient: Option<f64>,
}

/// The drivers of every candidate, the most important first.
pub(super) fn drivers(learned: &Learned, learning: &Learning<'_>) -> Vec<Driver> {
    let step = learned.test_rows.len().div_ceil(MOST_ROWS).max(1);
    let rows = learned.test_rows.iter().copied().step_by(step).collect::<Vec<_>>();
    let columns = learning.source.columns(&rows);
    let features = columns.features();
    let all = (0..rows.len()).collect::<Vec<_>>();
    let encoder = &learned.encoder;
    let x = encoder.matrix(&features, &all);
    let outcomes = rows.iter().map(|row| learning.outcomes[*row]).collect::<Vec<_>>();
    let places = (0..features.len()).map(|feature| encoder.columns_of(feature)).collect::<Vec<_>>();
    let mut found = Vec::new();
    for candidate in &learned.candidates {
        let scorer = &candidate.scorer;
        let probabilities = scorer.probabilities(&x);
        let importance = permutation_importance(&|x| scorer.probabilities(x), &x, &outcomes, &places, SEED);
        let driver = |(feature, importance): (usize, Importance)| Driver {
            model: candidate.learner.name(),
            feature: features[feature].name.to_owned(),
            importance,
            direction: direction(&features[feature], &probabilities),
            coefficient: coefficient(scorer, encoder, feature),
        };
        let varies = |(feature, _): &(usize, Importance)| !places[*feature].is_empty();
        let mut own = importance.into_iter().enumerate().filter(varies).map(driver).collect::<Vec<_>>();
        own.sort_by(|a, b| {
            let rise = |d: &Driver| d.importance.log_loss_rise;
            rise(b).total_cmp(&rise(a)).then_with(|| a.feature.cmp(&b.feature))
        });
        found.extend(own);
    }
    found
}

/// The coefficient of a number in a logistic regression.
fn coefficient(scorer: &Scorer, encoder: &Encoder, feature: usize) -> Option<f64> {
    let Scorer::Logistic(model) = scorer else { return None };
    let column = encoder.columns_of(feature).find(|c| encoder.columns()[*c].1 == EncodedColumn::Number)?;
    Some(model.coefficients[column])
}

/// Mean probability where a number is in its lowest and highest third, or of the words where it is lowest and highest.
fn direction(feature: &Feature<'_>, probabilities: &[f64]) -> String {
    let mean = |rows: &[usize]| rows.iter().map(|row| probabilities[*row]).sum::<f64>() / rows.len().max(1) as f64;
    match feature.values {
        Values::Numbers(values) => {
            let mut known = (0..values.len()).filter(|row| !values[*row].is_nan()).collect::<Vec<_>>();
            known.sort_by(|a, b| values[*a].total_cmp(&values[*b]).then(a.cmp(b)));
            let (Some(first), Some(last)) = (known.first(), known.last()) else { return String::new() };
            if values[*first] == values[*last] {
                return String::new();
            }
            // equal values belong to one side
            let low = values[known[known.len() / 3]];
            let high = values[known[known.len() * 2 / 3]];
            let part =
                |keep: &dyn Fn(f64) -> bool| known.iter().copied().filter(|row| keep(values[*row])).collect::<Vec<_>>();
            let highest = values[*last];
            let (lower, upper) = if low < high {
                (part(&|v| v <= low), part(&|v| v >= high))
            } else if low < highest {
                (part(&|v| v <= low), part(&|v| v > low))
            } else {
                (part(&|v| v < low), part(&|v| v >= low))
            };
            format!("low {:.3}, high {:.3}", mean(&lower), mean(&upper))
        }
        Values::Words { codes, names } => {
            let mut rows_of = vec![Vec::new(); names.len()];
            for (row, code) in codes.iter().enumerate() {
                if let Some(rows) = usize::try_from(*code).ok().and_then(|code| rows_of.get_mut(code)) {
                    rows.push(row);
                }
            }
            let named = rows_of.iter().zip(names).filter(|(rows, _)| rows.len() >= MIN_LEVEL_ROWS);
            let mut named = named.map(|(rows, name)| (mean(rows), name)).collect::<Vec<_>>();
            named.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.cmp(b.1)));
            match (named.first(), named.last()) {
                (Some(low), Some(high)) if named.len() > 1 => {
                    format!("{} {:.3}, {} {:.3}", low.1, low.0, high.1, high.0)
                }
                _ => String::new(),
            }
        }
    }
}
