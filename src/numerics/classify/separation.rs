//! How well a single feature tells the outcomes apart: one that does so nearly perfectly is mostly a consequence of the
//! outcome, known only after it.

use super::auc::auc;
use super::encode::{Feature, Values};

/// Fewest rows of a word that is looked at on its own.
pub const MIN_LEVEL_ROWS: usize = 10;

/// The largest area under the ROC curve that the feature alone gives, in either direction: by its value, by whether it is
/// missing, or by the outcome's share per word (rare words together). 0.5 is chance; `None` when an outcome never comes.
pub fn separation(feature: &Feature<'_>, rows: &[usize], outcomes: &[bool]) -> Option<f64> {
    let best = |scores: &[f64]| auc(scores, outcomes).map(|area| area.max(1.0 - area));
    match feature.values {
        Values::Numbers(values) => {
            let missing = rows.iter().map(|row| f64::from(u8::from(values[*row].is_nan()))).collect::<Vec<_>>();
            let known = rows.iter().zip(outcomes).filter(|(row, _)| !values[**row].is_nan());
            let (scores, own): (Vec<f64>, Vec<bool>) = known.map(|(row, y)| (values[*row], *y)).unzip();
            let by_value = auc(&scores, &own).map_or(0.5, |area| area.max(1.0 - area));
            // where most values are missing, what the others tell concerns few
            let weight = own.len() as f64 / rows.len().max(1) as f64;
            Some(best(&missing)?.max(0.5 + (by_value - 0.5) * weight))
        }
        Values::Words { codes, names } => {
            let mut counts = vec![(0_usize, 0_usize); names.len() + 2];
            let place = |row: &usize| usize::try_from(codes[*row]).map_or(names.len(), |code| code.min(names.len()));
            for (row, outcome) in rows.iter().zip(outcomes) {
                counts[place(row)].0 += usize::from(*outcome);
                counts[place(row)].1 += 1;
            }
            let rest = counts.iter().filter(|c| c.1 < MIN_LEVEL_ROWS).fold((0, 0), |a, c| (a.0 + c.0, a.1 + c.1));
            let share = |(with, all): (usize, usize)| with as f64 / all.max(1) as f64;
            let score = |row: &usize| {
                let own = counts[place(row)];
                share(if own.1 < MIN_LEVEL_ROWS { rest } else { own })
            };
            best(&rows.iter().map(score).collect::<Vec<_>>())
        }
    }
}
