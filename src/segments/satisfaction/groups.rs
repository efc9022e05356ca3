//! NPS, CSAT and CES of groups of customers.

use std::collections::BTreeMap;

use crate::clean::Instrument;
use crate::numerics::surveys::inference::Confidence;
use crate::numerics::surveys::{Direction, NpsCounts, Scale, mean_score, top_box};
use crate::table::{Categories, Table, TableBuilder, TableError};

use super::answers::Answers;
use super::contract::SATISFACTION_GROUPS;

/// Instruments with figures of their own.
const INSTRUMENTS: [Instrument; 3] = [Instrument::Nps, Instrument::Csat, Instrument::Ces];

/// Scale that means of CES are shown on.
const CES: (f64, f64) = (1.0, 7.0);

/// A figure of a group with its interval.
#[derive(Debug, Clone, Copy)]
struct Figure {
    answers: u64,
    score: f64,
    lower: f64,
    upper: f64,
}

/// The table: for each grouping, each segment and each instrument with an answer.
pub(super) fn groups(
    answers: &Answers,
    groupings: &[(&'static str, Option<Categories>)],
    since: i32,
) -> Result<Table, TableError> {
    let mut rows: Vec<(usize, Option<String>, Instrument, Figure)> = Vec::new();
    for (number, (_, words)) in groupings.iter().enumerate() {
        let mut own: BTreeMap<(Option<&str>, Instrument), Vec<(f64, f64)>> = BTreeMap::new();
        for row in 0..answers.rows() {
            for instrument in INSTRUMENTS {
                let newest = answers.of_row(row).iter().rev().find(|a| a.instrument == instrument && a.day() >= since);
                if let Some(answer) = newest {
                    let segment = words.as_ref().and_then(|words| words.get(row));
                    own.entry((segment, instrument)).or_default().push((answer.score, answer.index));
                }
            }
        }
        let shown = own.into_iter().filter_map(|((segment, instrument), scores)| {
            Some((number, segment.map(str::to_owned), instrument, figure(instrument, &scores)?))
        });
        rows.extend(shown);
    }
    table(groupings, &rows)
}

/// The figure of an instrument; `scores` with their index on 0..100.
fn figure(instrument: Instrument, scores: &[(f64, f64)]) -> Option<Figure> {
    let confidence = Confidence::default();
    let index = scores.iter().map(|(_, index)| *index).collect::<Vec<_>>();
    match instrument {
        Instrument::Nps => {
            let summary = scores.iter().map(|(score, _)| *score).collect::<NpsCounts>().summary(confidence)?;
            Some(Figure { answers: summary.answers, score: summary.nps, lower: summary.lower, upper: summary.upper })
        }
        Instrument::Ces => {
            let (low, high) = CES;
            let scale = Scale::new(low, high, Direction::HighIsGood)?;
            let points = index.iter().map(|index| low + index / 100.0 * (high - low)).collect::<Vec<_>>();
            let mean = mean_score(&points, &scale, confidence)?;
            Some(Figure { answers: mean.answers, score: mean.mean, lower: mean.lower, upper: mean.upper })
        }
        _ => {
            // three quarters up the scale are 4 and 5 of five
            let top = top_box(&index, 75.0, confidence)?;
            Some(Figure { answers: top.trials, score: top.share, lower: top.lower, upper: top.upper })
        }
    }
}

fn table(
    groupings: &[(&'static str, Option<Categories>)],
    rows: &[(usize, Option<String>, Instrument, Figure)],
) -> Result<Table, TableError> {
    let names = groupings.iter().map(|(name, _)| (*name).to_owned()).collect::<Vec<_>>();
    let segments = rows.iter().map(|(_, segment, ..)| segment.as_deref()).collect::<Vec<_>>();
    let instruments = rows.iter().map(|(_, _, instrument, _)| Some(instrument.name())).collect::<Vec<_>>();
    let real = |value: fn(&Figure) -> f64| rows.iter().map(|(.., figure)| value(figure)).collect::<Vec<_>>();
    TableBuilder::new(&SATISFACTION_GROUPS)
        .category("grouping", Categories::from_codes(rows.iter().map(|(n, ..)| *n as i32).collect(), names))
        .category("segment", Categories::from_words(&segments))
        .category("instrument", Categories::from_words(&instruments))
        .count("answers", rows.iter().map(|(.., figure)| figure.answers as i64).collect::<Vec<_>>())
        .real("score", real(|figure| figure.score))
        .real("lower", real(|figure| figure.lower))
        .real("upper", real(|figure| figure.upper))
        .build()
}
