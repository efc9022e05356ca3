//! What had happened between the last purchase and the answer.

use std::collections::BTreeMap;

use arrow::array::{Float64Array, StringArray};

use crate::clean::{Cleaned, DAY_MINUTES, Direction, Instrument, NO_NAME};
use crate::numerics::surveys::inference::Confidence;
use crate::numerics::surveys::{Driver, SurveyError, drivers};
use crate::table::{Table, TableBuilder, TableError};

use super::answers::Answers;
use super::contract::SATISFACTION_DRIVERS;

/// Answers that must have an attribute for it to be looked at.
const FEWEST_ANSWERS: usize = 20;

/// Most attributes looked at, those of most answers.
const MOST_ATTRIBUTES: usize = 200;

/// Days before the answer that are looked at when the customer has not bought within them.
const MOST_DAYS: i32 = 60;

/// Drivers with their names.
pub(super) struct Found {
    names: Vec<String>,
    drivers: Vec<Driver>,
}

/// Compares the answers to surveys and reviews by what had happened since the purchase before; `days` are the purchase
/// days of each row.
pub(super) fn found(answers: &Answers, cleaned: &Cleaned, days: &[&[i32]]) -> Result<Found, SurveyError> {
    let mut scores = Vec::new();
    let mut having: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for (row, key) in answers.keys.iter().enumerate() {
        for answer in answers.of_row(row).iter().filter(|a| a.instrument != Instrument::Complaint) {
            let number = scores.len() as u32;
            scores.push(answer.index);
            let mut note = |name: String| {
                let own = having.entry(name).or_default();
                if own.last() != Some(&number) {
                    own.push(number);
                }
            };
            if answer.topic != NO_NAME {
                note(format!("topic: {}", cleaned.feedback.topics[answer.topic as usize]));
            }
            let last = days[row].partition_point(|day| *day <= answer.day()).checked_sub(1).map(|at| days[row][at]);
            let since = last.unwrap_or(i32::MIN).max(answer.day() - MOST_DAYS);
            let touches = key.map_or(&[][..], |key| cleaned.interactions.touches.of(key));
            let from = touches.partition_point(|touch| touch.minute.div_euclid(DAY_MINUTES) < since);
            for touch in touches[from..].iter().take_while(|touch| touch.minute <= answer.minute) {
                // a message that was only sent has not happened to anyone
                if touch.direction == Direction::Outbound && touch.outcome == NO_NAME {
                    continue;
                }
                let touchpoint = &cleaned.interactions.touchpoints[touch.touchpoint as usize];
                let outcome = cleaned.interactions.outcomes.get(touch.outcome as usize);
                note(outcome.map_or_else(|| touchpoint.clone(), |outcome| format!("{touchpoint}: {outcome}")));
            }
        }
    }
    let mut kept = having.into_iter().filter(|(_, own)| own.len() >= FEWEST_ANSWERS).collect::<Vec<_>>();
    kept.sort_by(|(a, x), (b, y)| y.len().cmp(&x.len()).then_with(|| a.cmp(b)));
    kept.truncate(MOST_ATTRIBUTES);
    let flags = kept.iter().map(|(_, own)| {
        let mut flags = vec![false; scores.len()];
        own.iter().for_each(|at| flags[*at as usize] = true);
        flags
    });
    let flags = flags.collect::<Vec<_>>();
    let columns = flags.iter().map(Vec::as_slice).collect::<Vec<_>>();
    let drivers = drivers(&scores, &columns, Confidence::default())?;
    Ok(Found { names: kept.into_iter().map(|(name, _)| name).collect(), drivers })
}

impl Found {
    /// The table.
    pub(super) fn table(&self) -> Result<Table, TableError> {
        let rows = &self.drivers;
        let real = |value: fn(&Driver) -> f64| rows.iter().map(value).collect::<Vec<_>>();
        let test = |value: fn(&Driver) -> Option<f64>| rows.iter().map(value).collect::<Float64Array>();
        TableBuilder::new(&SATISFACTION_DRIVERS)
            .text("driver", StringArray::from_iter_values(rows.iter().map(|driver| &self.names[driver.attribute])))
            .count("answers_with", rows.iter().map(|driver| driver.with as i64).collect::<Vec<_>>())
            .count("answers_without", rows.iter().map(|driver| driver.without as i64).collect::<Vec<_>>())
            .real("mean_with", real(|driver| driver.mean_with))
            .real("mean_without", real(|driver| driver.mean_without))
            .real("effect", real(|driver| driver.effect))
            .real("lower", test(|driver| driver.test.map(|test| test.lower)))
            .real("upper", test(|driver| driver.test.map(|test| test.upper)))
            .real("q_value", test(|driver| driver.test.map(|test| test.q)))
            .build()
    }
}
