//! One scale from 0 to 100 for every instrument.

/// Largest magnitude of a score: sums of squares then stay finite.
pub(super) const MAX_MAGNITUDE: f64 = 1e100;

/// What kind of question a score answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Instrument {
    /// Would you recommend us: 0 to 10.
    Nps,
    /// How satisfied are you: 1 to 5 unless said otherwise.
    Csat,
    /// How easy was it: 1 to 7 unless said otherwise.
    Ces,
    /// A complaint; its score, if any, is how grave it is by some other scale.
    Complaint,
    /// Stars: 1 to 5 unless said otherwise.
    Review,
}

/// Which end of a scale is the good one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// The high end.
    HighIsGood,
    /// The low end, as where customer effort is asked as "how much effort".
    LowIsGood,
}

/// The scale of a question.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    low: f64,
    high: f64,
    direction: Direction,
}

impl Scale {
    /// A scale from `low` to `high`; `None` unless `low < high` and both have a magnitude up to 1e100.
    pub fn new(low: f64, high: f64, direction: Direction) -> Option<Self> {
        (low < high && low.abs() <= MAX_MAGNITUDE && high.abs() <= MAX_MAGNITUDE).then_some(Self {
            low,
            high,
            direction,
        })
    }

    /// Lowest score.
    pub fn low(&self) -> f64 {
        self.low
    }

    /// Highest score.
    pub fn high(&self) -> f64 {
        self.high
    }

    /// Position of a score between the bad end (0) and the good end (100); `None` off the scale.
    pub fn index(&self, score: f64) -> Option<f64> {
        if !(score >= self.low && score <= self.high) {
            return None;
        }
        let part = match self.direction {
            Direction::HighIsGood => score - self.low,
            Direction::LowIsGood => self.high - score,
        };
        Some((100.0 * part / (self.high - self.low)).clamp(0.0, 100.0))
    }

    /// Score from which on an answer is in the top boxes of a scale on which high is good: three quarters up, which is
    /// 4 of 1 to 5 (the CSAT convention), 6 of 1 to 7 (5.5 rounds up), 75 of 0 to 100.
    pub fn top_box_from(&self) -> f64 {
        self.low + 0.75 * (self.high - self.low)
    }
}

impl Instrument {
    /// The scale when none is stated; `None` for complaints, which have none.
    pub fn default_scale(self) -> Option<Scale> {
        let (low, high) = match self {
            Self::Nps => (0.0, 10.0),
            Self::Csat | Self::Review => (1.0, 5.0),
            Self::Ces => (1.0, 7.0),
            Self::Complaint => return None,
        };
        Some(Scale { low, high, direction: Direction::HighIsGood })
    }
}

/// Index of a complaint when nothing else is asked for.
///
/// Whoever complains is dissatisfied, whatever number the complaint form holds; but they still talk to the shop, so it
/// is not 0. 10 is what the lowest but one answer of an NPS question gives.
pub const DEFAULT_COMPLAINT_INDEX: f64 = 10.0;

/// Brings a score to the scale from 0 (bad) to 100 (good); `None` if it is not on its scale.
///
/// Linear between the ends of `scale`, or of the instrument's own scale if `None`: NPS 0 to 10 is times ten, 1 to 5
/// stars are 0, 25, 50, 75 and 100. A complaint is `complaint_index` whatever its score. NPS answers must be whole
/// numbers.
pub fn satisfaction_index(
    instrument: Instrument,
    score: f64,
    scale: Option<Scale>,
    complaint_index: f64,
) -> Option<f64> {
    match instrument {
        Instrument::Complaint => Some(complaint_index).filter(|index| (0.0..=100.0).contains(index)),
        Instrument::Nps if score.fract() != 0.0 => None,
        _ => scale.or(instrument.default_scale())?.index(score),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn plain(instrument: Instrument, score: f64) -> Option<f64> {
        satisfaction_index(instrument, score, None, DEFAULT_COMPLAINT_INDEX)
    }

    #[test]
    fn every_instrument_ends_at_0_and_100() {
        assert_eq!(plain(Instrument::Nps, 7.0), Some(70.0));
        assert_eq!(plain(Instrument::Csat, 4.0), Some(75.0));
        assert_eq!(plain(Instrument::Review, 1.0), Some(0.0));
        assert_eq!(plain(Instrument::Ces, 7.0), Some(100.0));
        assert_eq!(plain(Instrument::Complaint, 3.0), Some(10.0));
        assert_eq!(plain(Instrument::Complaint, f64::NAN), Some(10.0));
        assert_eq!(satisfaction_index(Instrument::Complaint, 1.0, None, 25.0), Some(25.0));
        assert_eq!(satisfaction_index(Instrument::Complaint, 1.0, None, 120.0), None);
    }

    #[test]
    fn scores_off_the_scale_are_refused() {
        for (instrument, score) in [
            (Instrument::Nps, 11.0),
            (Instrument::Nps, 9.5),
            (Instrument::Nps, f64::NAN),
            (Instrument::Csat, 0.0),
            (Instrument::Ces, 8.0),
            (Instrument::Review, f64::INFINITY),
        ] {
            assert_eq!(plain(instrument, score), None, "{instrument:?} {score}");
        }
        for (low, high) in [(5.0, 1.0), (1.0, 1.0), (f64::NAN, 1.0), (0.0, f64::INFINITY)] {
            assert_eq!(Scale::new(low, high, Direction::HighIsGood), None);
        }
    }

    #[test]
    fn effort_can_be_good_when_low() {
        let scale = Scale::new(1.0, 7.0, Direction::LowIsGood);
        assert_eq!(satisfaction_index(Instrument::Ces, 1.0, scale, 10.0), Some(100.0));
        assert_eq!(satisfaction_index(Instrument::Ces, 7.0, scale, 10.0), Some(0.0));
    }

    #[test]
    fn top_boxes_are_three_quarters_up() {
        let from = |low, high| Scale::new(low, high, Direction::HighIsGood).unwrap().top_box_from();
        assert_eq!((from(1.0, 5.0), from(1.0, 7.0), from(0.0, 100.0)), (4.0, 5.5, 75.0));
    }

    proptest! {
        #[test]
        fn index_is_on_its_scale_and_directions_mirror(low in -100.0..100.0f64, width in 0.1..100.0f64, part in 0.0..=1.0f64) {
            let score = (low + part * width).min(low + width);
            let up = Scale::new(low, low + width, Direction::HighIsGood).unwrap().index(score).unwrap();
            let down = Scale::new(low, low + width, Direction::LowIsGood).unwrap().index(score).unwrap();
            prop_assert!((0.0..=100.0).contains(&up));
            prop_assert!((up + down - 100.0).abs() < 1e-9);
        }
    }
}
