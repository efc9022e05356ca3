//! Why a row scores as it does, in few words that many rows share.

use super::encode::{EncodedColumn, Encoder};
use super::learner::Scorer;
use ndarray::Array2;

/// Standard deviations from the mean from which a number is very high or very low.
const FAR: f64 = 1.0;

/// Where a value stands among the training rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Band {
    /// More than a standard deviation below the mean.
    VeryLow,
    /// Below the mean.
    Low,
    /// At or above the mean.
    High,
    /// More than a standard deviation above it.
    VeryHigh,
    /// Not known.
    Missing,
    /// The word whose column this is.
    Level(usize),
    /// The word that the others are compared with.
    Reference,
}

/// A feature that moves the score of a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reason {
    /// Number of the feature.
    pub feature: usize,
    /// Its value.
    pub band: Band,
    /// By how much it moves the score against an average row: log-odds or probability, as the scorer has it.
    pub effect: f64,
}

impl Reason {
    /// In words: `days_since_last is very high: more likely`.
    pub fn text(&self, encoder: &Encoder) -> String {
        let name = &encoder.names()[self.feature];
        let word = |column: &EncodedColumn| match column {
            EncodedColumn::Level(level) => level.clone(),
            EncodedColumn::Missing => "not known".to_owned(),
            EncodedColumn::Other | EncodedColumn::Number => "another".to_owned(),
        };
        let value = match self.band {
            Band::VeryLow => "very low".to_owned(),
            Band::Low => "low".to_owned(),
            Band::High => "high".to_owned(),
            Band::VeryHigh => "very high".to_owned(),
            Band::Missing => "not known".to_owned(),
            Band::Level(column) => word(&encoder.columns()[column].1),
            Band::Reference => encoder.reference_of(self.feature).map_or_else(String::new, word),
        };
        let direction = if self.effect > 0.0 { "more likely" } else { "less likely" };
        format!("{name} is {value}: {direction}")
    }
}

/// The `count` strongest reasons of each row, the strongest first; features that move nothing are none.
pub fn strongest_reasons(scorer: &Scorer, encoder: &Encoder, x: &Array2<f64>, count: usize) -> Vec<Vec<Reason>> {
    let mut by_column = vec![0.0; x.ncols()];
    let one = |row: ndarray::ArrayView1<'_, f64>| {
        scorer.contributions(row, encoder.means(), &mut by_column);
        let effect = |feature: usize| encoder.columns_of(feature).map(|c| by_column[c]).sum::<f64>();
        let reasons = (0..encoder.names().len()).map(|feature| (feature, effect(feature)));
        let mut reasons = reasons.filter(|(_, effect)| *effect != 0.0).collect::<Vec<_>>();
        reasons.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()).then(a.0.cmp(&b.0)));
        reasons.truncate(count);
        let named = |(feature, effect)| Reason { feature, band: band(encoder, feature, row), effect };
        reasons.into_iter().map(named).collect::<Vec<_>>()
    };
    x.rows().into_iter().map(one).collect()
}

fn band(encoder: &Encoder, feature: usize, row: ndarray::ArrayView1<'_, f64>) -> Band {
    let columns = encoder.columns_of(feature);
    let set = columns.clone().find(|c| encoder.columns()[*c].1 != EncodedColumn::Number && row[*c] == 1.0);
    match set {
        Some(column) if encoder.columns()[column].1 == EncodedColumn::Missing => Band::Missing,
        Some(column) => Band::Level(column),
        None => match columns.into_iter().find(|c| encoder.columns()[*c].1 == EncodedColumn::Number) {
            None => Band::Reference,
            Some(column) => match row[column] {
                v if v < -FAR => Band::VeryLow,
                v if v < 0.0 => Band::Low,
                v if v > FAR => Band::VeryHigh,
                _ => Band::High,
            },
        },
    }
}
