//! Human, mechanical and functional experiences near purchases and silence.

use arrow::array::{Float64Array, Int64Array};

use crate::clean::{Answer, DAY_MINUTES, Experience, Feedback, Instrument};
use crate::table::{Categories, Table, TableBuilder, TableError};

use super::contract::JOURNEY_EXPERIENCE;
use super::events::Purchase;
use super::paths::experiences;
use super::touches::Encounter;

/// Days after a touch in which an answer may be about it.
const ANSWER_DAYS: i32 = 14;

/// Ten-thousandths in one.
const UNIT: i128 = 10_000;

/// Which touches are counted.
const MOMENTS: [&str; 5] =
    ["all", "before first purchase", "before repeat purchase", "before silence", "before no silence"];

/// Places in [`MOMENTS`].
const ALL: usize = 0;
const FIRST: usize = 1;
const REPEAT: usize = 2;
const SILENCE: usize = 3;
const NO_SILENCE: usize = 4;

#[derive(Debug, Clone, Copy, Default)]
struct Cell {
    touches: i64,
    answers: i64,
    /// Shares of their scales, in ten-thousandths.
    satisfaction: i64,
}

/// Touches by moment and kind of experience.
pub(super) struct Tally<'a> {
    feedback: &'a Feedback,
    within: i32,
    cells: [[Cell; Experience::ALL.len()]; MOMENTS.len()],
}

impl<'a> Tally<'a> {
    /// Nothing counted; `within` are the minutes before and after a purchase.
    pub(super) fn new(feedback: &'a Feedback, within: i32) -> Self {
        Self { feedback, within, cells: Default::default() }
    }

    /// Counts the touches of a customer.
    pub(super) fn add(&mut self, customer: u64, touches: &[Encounter], purchases: &[Purchase], silent: bool) {
        let answers = self.feedback.answers.of(customer);
        let answers = answers.iter().filter_map(|answer| Some((answer.minute, satisfaction(answer)?)));
        let answers = answers.collect::<Vec<_>>();
        let place = |minute: i32| touches.partition_point(|touch| touch.minute <= minute);
        self.count(ALL, touches, &answers);
        for (at, purchase) in purchases.iter().enumerate() {
            let before = place(purchase.minute);
            let previous = at.checked_sub(1).map_or(0, |previous| place(purchases[previous].minute));
            let start = place(purchase.minute.saturating_sub(self.within).saturating_sub(1)).max(previous);
            self.count(if at == 0 { FIRST } else { REPEAT }, &touches[start..before], &answers);
            let end = purchase.minute.saturating_add(self.within);
            let moment = match purchases.get(at + 1) {
                Some(next) if next.minute > end => NO_SILENCE,
                None if silent => SILENCE,
                _ => continue,
            };
            self.count(moment, &touches[before..place(end)], &answers);
        }
    }

    fn count(&mut self, moment: usize, touches: &[Encounter], answers: &[(i32, i64)]) {
        for touch in touches {
            let cell = &mut self.cells[moment][touch.experience as usize];
            cell.touches += 1;
            let next = answers.get(answers.partition_point(|(minute, _)| *minute < touch.minute));
            let near = next.filter(|(minute, _)| minute - touch.minute <= ANSWER_DAYS * DAY_MINUTES);
            if let Some((_, share)) = near {
                cell.answers += 1;
                cell.satisfaction += share;
            }
        }
    }

    /// The table.
    pub(super) fn table(&self) -> Result<Table, TableError> {
        let moments = MOMENTS.iter().enumerate().map(|(at, _)| at);
        let rows = moments.flat_map(|at| Experience::ALL.map(|kind| (at, kind))).collect::<Vec<_>>();
        let cell = |(at, kind): &(usize, Experience)| self.cells[*at][*kind as usize];
        let total = |at: usize| self.cells[at].iter().map(|cell| cell.touches).sum::<i64>();
        let share = |row: &(usize, Experience)| {
            let total = total(row.0);
            (total > 0).then(|| cell(row).touches as f64 / total as f64)
        };
        let satisfaction = |row: &(usize, Experience)| {
            let cell = cell(row);
            (cell.answers > 0).then(|| cell.satisfaction as f64 / UNIT as f64 / cell.answers as f64)
        };
        let known = self.feedback.known;
        let moments = rows.iter().map(|(at, _)| *at as i32).collect();
        TableBuilder::new(&JOURNEY_EXPERIENCE)
            .category("moment", Categories::from_codes(moments, MOMENTS.map(str::to_owned).to_vec()))
            .category("experience", experiences(rows.iter().map(|(_, kind)| Some(*kind))))
            .count("touches", rows.iter().map(|row| cell(row).touches).collect::<Vec<_>>())
            .real("share", rows.iter().map(share).collect::<Float64Array>())
            .count("answers", rows.iter().map(|row| known.then(|| cell(row).answers)).collect::<Int64Array>())
            .real("satisfaction_mean", rows.iter().map(satisfaction).collect::<Float64Array>())
            .build()
    }
}

/// The share of its scale that an answer reaches, in ten-thousandths; complaints are no answers.
fn satisfaction(answer: &Answer) -> Option<i64> {
    let (low, best) = answer.scale.filter(|_| answer.instrument != Instrument::Complaint)?;
    let share = i128::from(answer.score - low) * UNIT / i128::from(best - low);
    i64::try_from(share.clamp(0, UNIT)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clean::{ByCustomer, Direction, NO_NAME};

    fn touch(day: i32, experience: Experience) -> Encounter {
        let direction = Direction::Inbound;
        Encounter { minute: day * DAY_MINUTES, touchpoint: 0, outcome: NO_NAME, experience, direction }
    }

    fn bought(day: i32) -> Purchase {
        Purchase { minute: day * DAY_MINUTES, value: 1 }
    }

    #[test]
    fn touches_belong_to_the_purchases_near_them() {
        let score = 8 * 10_000;
        let answer = |day: i32, instrument| Answer {
            customer: 1,
            minute: day * DAY_MINUTES,
            instrument,
            score,
            scale: Some((0, 100_000)),
            topic: NO_NAME,
        };
        let answers = ByCustomer::new(vec![answer(71, Instrument::Complaint), answer(73, Instrument::Nps)]);
        let feedback = Feedback { known: true, answers, topics: Vec::new() };
        let mut tally = Tally::new(&feedback, 5 * DAY_MINUTES);
        let [human, mechanical] = [Experience::Human, Experience::Mechanical];
        let touches =
            [touch(1, mechanical), touch(9, mechanical), touch(12, human), touch(70, human), touch(90, human)];
        tally.add(1, &touches, &[bought(10), bought(68)], true);
        let touched = |moment: usize, kind: Experience| tally.cells[moment][kind as usize].touches;
        assert_eq!((touched(ALL, human), touched(ALL, mechanical)), (3, 2));
        assert_eq!((touched(FIRST, human), touched(FIRST, mechanical)), (0, 1), "day 1 is too early");
        assert_eq!((touched(REPEAT, human), touched(REPEAT, mechanical)), (0, 0));
        assert_eq!((touched(SILENCE, human), touched(NO_SILENCE, human)), (1, 1));
        let near = tally.cells[SILENCE][human as usize];
        assert_eq!((near.answers, near.satisfaction), (1, 8_000));
    }
}
