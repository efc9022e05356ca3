//! What customers said, as it is kept.

use crate::notation::digits::plain;
use crate::notation::null_words;
use crate::table::Money;

use super::by_customer::{ByCustomer, OfCustomer};
use super::ids::Interner;
use super::interactions::ranked;

/// Ten-thousandths in one.
const UNIT: i64 = 10_000;

/// What a score was asked with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Instrument {
    /// Net Promoter question, 0 to 10 (Reichheld 2003).
    Nps,
    /// Satisfaction question.
    Csat,
    /// Effort question.
    Ces,
    /// A complaint.
    Complaint,
    /// A public review.
    Review,
    /// Anything else.
    Other,
}

impl Instrument {
    /// All instruments, in their order.
    pub const ALL: [Self; 6] = [Self::Nps, Self::Csat, Self::Ces, Self::Complaint, Self::Review, Self::Other];

    /// Its name in the tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Nps => "nps",
            Self::Csat => "csat",
            Self::Ces => "ces",
            Self::Complaint => "complaint",
            Self::Review => "review",
            Self::Other => "other",
        }
    }

    /// The instrument that a text names.
    pub(super) fn of(text: &str) -> Self {
        let text = text.trim().to_lowercase();
        Self::ALL.into_iter().find(|known| known.name() == text).unwrap_or(Self::Other)
    }

    /// Worst and best score where the rows don't say, in ten-thousandths.
    pub fn usual_scale(self) -> Option<(i64, i64)> {
        match self {
            Self::Nps => Some((0, 10 * UNIT)),
            Self::Csat | Self::Complaint | Self::Review => Some((UNIT, 5 * UNIT)),
            Self::Ces => Some((UNIT, 7 * UNIT)),
            Self::Other => None,
        }
    }
}

/// An answer of a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Answer {
    /// Key of the customer.
    pub customer: u64,
    /// Minutes since 1970-01-01 00:00 business time.
    pub minute: i32,
    /// What was asked.
    pub instrument: Instrument,
    /// The score in ten-thousandths.
    pub score: i64,
    /// Worst and best score of its scale in ten-thousandths, where known.
    pub scale: Option<(i64, i64)>,
    /// Place of what it is about among [`Feedback::topics`], or `u32::MAX`.
    pub topic: u32,
}

impl OfCustomer for Answer {
    fn customer(&self) -> u64 {
        self.customer
    }

    fn given_to(self, customer: u64) -> Self {
        Self { customer, ..self }
    }
}

/// All feedback until the as-of day.
#[derive(Debug, Default)]
pub struct Feedback {
    /// Whether there is such a source.
    pub known: bool,
    /// The rows.
    pub answers: ByCustomer<Answer>,
    /// Topics in byte order.
    pub topics: Vec<String>,
}

/// Collects answers; topics are numbered as they come.
#[derive(Debug, Default)]
pub(super) struct AnswerCollector {
    pub(super) answers: Vec<Answer>,
    pub(super) topics: Interner,
}

impl AnswerCollector {
    /// Puts the topics in order, so that nothing depends on the order of the rows.
    pub(super) fn finish(self, known: bool) -> Feedback {
        let (topics, ranks) = self.topics.ranks();
        let mut answers = self.answers;
        answers.iter_mut().for_each(|answer| answer.topic = ranked(&ranks, answer.topic));
        Feedback { known, answers: ByCustomer::new(answers), topics }
    }
}

/// Worst and best score of a scale as it is written: `1-5`, `0..10`, `/10`, or the best score alone.
pub(super) fn scale_of(text: &str, instrument: Instrument) -> Option<(i64, i64)> {
    let is_mark = |c: char| !c.is_ascii_digit() && c != '.';
    let text = text.replace("..", "-");
    let numbers = text.split(is_mark).filter_map(|part| part.parse::<f64>().ok()).map(|n| (n * UNIT as f64) as i64);
    let numbers = numbers.collect::<Vec<_>>();
    match numbers[..] {
        [low, best] if low < best => Some((low, best)),
        [best] if best > 0 => {
            let from_zero = instrument == Instrument::Nps || best >= 10 * UNIT;
            Some((if from_zero { 0 } else { UNIT.min(best - 1) }, best))
        }
        _ => None,
    }
}

/// The number at the start of an answer that carries its label (`10 - extremely likely`, `4 (good)`, `9/10`), in
/// ten-thousandths.
pub(super) fn leading_score(text: &str) -> Option<i64> {
    let text = plain(text);
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, label) = text.split_at(end);
    let is_apart = label.starts_with(|c: char| !c.is_alphanumeric());
    let is_label = label.starts_with('/') || label.contains(char::is_alphabetic);
    if is_apart && is_label { Money::parse(number, b'.').map(|score| score.0) } else { None }
}

/// Whether a cell of scores holds a blank or a word for nothing: not asked, or not answered.
pub(super) fn is_no_answer(text: &str) -> bool {
    null_words::is_blank(text) || null_words::KNOWN.contains(&text.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_before_a_label_counts() {
        let cases = [
            ("10 - extremely likely", Some(10)),
            ("0: never", Some(0)),
            ("۴ (خوب)", Some(4)),
            ("9/10", Some(9)),
            ("7", None),
            ("7-9", None),
            ("1st", None),
            ("very", None),
            ("", None),
        ];
        for (text, score) in cases {
            assert_eq!(leading_score(text).map(|s| s / UNIT), score, "{text:?}");
        }
        assert!(is_no_answer(" ") && is_no_answer("n/a") && !is_no_answer("0"));
    }

    #[test]
    fn scales_are_read_as_people_write_them() {
        let read = |text: &str| scale_of(text, Instrument::Csat).map(|(low, best)| (low / UNIT, best / UNIT));
        assert_eq!(read("1-5"), Some((1, 5)));
        assert_eq!(read("0..10"), Some((0, 10)));
        assert_eq!(read("1 to 7"), Some((1, 7)));
        assert_eq!(read("/10"), Some((0, 10)));
        assert_eq!(read("5.0"), Some((1, 5)));
        assert_eq!(read("100"), Some((0, 100)));
        assert_eq!(read("stars"), None);
        assert_eq!(read("5-1"), None);
    }
}
