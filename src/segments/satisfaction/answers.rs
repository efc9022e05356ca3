//! The answers of customers on one scale.

use arrow::array::{Array, StringArray};

use crate::clean::{Answer, Cleaned, DAY_MINUTES, Instrument};
use crate::numerics::surveys::{self, Direction, Scale, satisfaction_index};

use super::analysis::SatisfactionOptions;

/// An answer on the scale from 0 to 100.
#[derive(Debug, Clone, Copy)]
pub(super) struct Indexed {
    pub(super) minute: i32,
    pub(super) instrument: Instrument,
    /// Score on its own scale.
    pub(super) score: f64,
    pub(super) index: f64,
    pub(super) topic: u32,
}

impl Indexed {
    pub(super) fn day(&self) -> i32 {
        self.minute.div_euclid(DAY_MINUTES)
    }
}

/// The answers of each customer of a table, in time order; of those on no known scale only the number is kept.
pub(super) struct Answers {
    /// Keys of the customers by row; none for one without a key.
    pub(super) keys: Vec<Option<u64>>,
    /// Where the answers of each row begin, and the end.
    pub(super) offsets: Vec<usize>,
    pub(super) answers: Vec<Indexed>,
    pub(super) without_scale: u64,
}

impl Answers {
    pub(super) fn of(ids: &StringArray, cleaned: &Cleaned, options: &SatisfactionOptions) -> Self {
        let keys = (0..ids.len()).map(|row| cleaned.customers.find(ids.value(row))).collect::<Vec<_>>();
        let mut found = Self { keys, offsets: vec![0], answers: Vec::new(), without_scale: 0 };
        for key in &found.keys {
            for answer in key.map_or(&[][..], |key| cleaned.feedback.answers.of(key)) {
                match indexed(answer, options) {
                    Some(answer) => found.answers.push(answer),
                    None => found.without_scale += 1,
                }
            }
            found.offsets.push(found.answers.len());
        }
        found
    }

    pub(super) fn of_row(&self, row: usize) -> &[Indexed] {
        &self.answers[self.offsets[row]..self.offsets[row + 1]]
    }

    pub(super) fn rows(&self) -> usize {
        self.keys.len()
    }
}

fn indexed(answer: &Answer, options: &SatisfactionOptions) -> Option<Indexed> {
    let units = |value: i64| value as f64 / 10_000.0;
    let instrument = match answer.instrument {
        Instrument::Nps => surveys::Instrument::Nps,
        // what else there is has a scale or is left out
        Instrument::Csat | Instrument::Other => surveys::Instrument::Csat,
        Instrument::Ces => surveys::Instrument::Ces,
        Instrument::Complaint => surveys::Instrument::Complaint,
        Instrument::Review => surveys::Instrument::Review,
    };
    let low_is_good = answer.instrument == Instrument::Ces && options.ces_low_is_good;
    let direction = if low_is_good { Direction::LowIsGood } else { Direction::HighIsGood };
    let (low, best) = answer.scale?;
    let scale = Scale::new(units(low), units(best), direction);
    let score = units(answer.score);
    let index = satisfaction_index(instrument, score, scale, options.complaint_index)?;
    // promoters and detractors are defined on 0 to 10 only
    let is_on_another_scale = answer.instrument == Instrument::Nps && answer.scale != Instrument::Nps.usual_scale();
    let instrument = if is_on_another_scale { Instrument::Other } else { answer.instrument };
    Some(Indexed { minute: answer.minute, instrument, score, index, topic: answer.topic })
}
