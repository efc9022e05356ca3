//! Net promoter score: the share of promoters less that of detractors.

use super::inference::Confidence;

/// What an answer of 0 to 10 counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NpsClass {
    /// 9 or 10.
    Promoter,
    /// 7 or 8.
    Passive,
    /// 0 to 6.
    Detractor,
}

impl NpsClass {
    /// Class of a whole score from 0 to 10; `None` for anything else, which is no answer to this question.
    pub fn of(score: f64) -> Option<Self> {
        if !(0.0..=10.0).contains(&score) || score.fract() != 0.0 {
            return None;
        }
        Some(if score >= 9.0 {
            Self::Promoter
        } else if score >= 7.0 {
            Self::Passive
        } else {
            Self::Detractor
        })
    }
}

/// How many answered what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NpsCounts {
    /// Answers of 9 and 10.
    pub promoters: u64,
    /// Answers of 7 and 8.
    pub passives: u64,
    /// Answers of 0 to 6.
    pub detractors: u64,
    /// Values that are no whole number from 0 to 10; in no other count.
    pub refused: u64,
}

impl FromIterator<f64> for NpsCounts {
    fn from_iter<T: IntoIterator<Item = f64>>(scores: T) -> Self {
        let mut counts = Self::default();
        scores.into_iter().for_each(|score| counts.add(score));
        counts
    }
}

/// A net promoter score and how sure it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NpsSummary {
    /// Share of promoters less share of detractors, times 100: −100..100.
    pub nps: f64,
    /// Standard error of the score, in its points, from the variance of the trinomial; 0 when all are of one class.
    pub standard_error: f64,
    /// Lower end of the interval, −100..100.
    pub lower: f64,
    /// Upper end of the interval, −100..100.
    pub upper: f64,
    /// Number of answers.
    pub answers: u64,
}

impl NpsCounts {
    /// Counts one answer.
    pub fn add(&mut self, score: f64) {
        match NpsClass::of(score) {
            Some(NpsClass::Promoter) => self.promoters += 1,
            Some(NpsClass::Passive) => self.passives += 1,
            Some(NpsClass::Detractor) => self.detractors += 1,
            None => self.refused += 1,
        }
    }

    /// Adds the counts of other answers.
    pub fn merge(&mut self, other: &Self) {
        self.promoters += other.promoters;
        self.passives += other.passives;
        self.detractors += other.detractors;
        self.refused += other.refused;
    }

    /// Answers counted.
    pub fn answers(&self) -> u64 {
        self.promoters + self.passives + self.detractors
    }

    /// The score with its interval; `None` without an answer.
    ///
    /// # Formula
    /// With shares p and d of n answers the variance of p − d is `(p + d − (p − d)²)/n`. The interval is the adjusted
    /// Wald one: the same, around its own centre, after three more answers, ¾ of them promoters, ¾ detractors and the
    /// rest passives (Rocks 2016, "Interval estimation for the net promoter score", The American Statistician 70, p.
    /// 365, after Bonett & Price 2012). It keeps its coverage for a handful of answers and never has width 0. Where it
    /// would miss the score itself (all of a few answers alike) it is widened to hold it.
    pub fn summary(&self, confidence: Confidence) -> Option<NpsSummary> {
        let answers = self.answers();
        if answers == 0 {
            return None;
        }
        let score = |promoters: f64, detractors: f64, n: f64| {
            let net = (promoters - detractors) / n;
            (100.0 * net, 100.0 * (((promoters + detractors) / n - net * net).max(0.0) / n).sqrt())
        };
        let (promoters, detractors, n) = (self.promoters as f64, self.detractors as f64, answers as f64);
        let (nps, standard_error) = score(promoters, detractors, n);
        let (centre, error) = score(promoters + 0.75, detractors + 0.75, n + 3.0);
        Some(NpsSummary {
            nps,
            standard_error,
            lower: (centre - confidence.z() * error).clamp(-100.0, nps),
            upper: (centre + confidence.z() * error).clamp(nps, 100.0),
            answers,
        })
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::float_cmp, reason = "figures that are exact by construction are compared exactly")]
    use super::*;
    use proptest::prelude::*;

    fn summary(scores: &[f64]) -> Option<NpsSummary> {
        scores.iter().copied().collect::<NpsCounts>().summary(Confidence::default())
    }

    #[test]
    fn zero_is_a_detractor_and_eleven_is_no_answer() {
        let counts: NpsCounts = [3.0, 9.0, 0.0, 7.0, 8.0, 6.0, 11.0, 9.5, f64::NAN, -1.0].into_iter().collect();
        assert_eq!(counts, NpsCounts { promoters: 1, passives: 2, detractors: 3, refused: 4 });
        let found = counts.summary(Confidence::default()).unwrap();
        assert!((found.nps + 100.0 / 3.0).abs() < 1e-12, "{found:?}");
    }

    #[test]
    fn standard_error_is_that_of_the_trinomial() {
        // 50 promoters, 30 passives, 20 detractors: (0.7 − 0.09)/100.
        let counts = NpsCounts { promoters: 50, passives: 30, detractors: 20, refused: 0 };
        let found = counts.summary(Confidence::default()).unwrap();
        assert_eq!((found.nps, found.answers), (30.0, 100));
        assert!((found.standard_error - 0.61f64.sqrt() * 10.0).abs() < 1e-12);
        // (50.75 − 20.75)/103 = 0.291262; (71.5/103 − 0.291262²)/103 = 0.0059158.
        assert!((found.lower - (29.126_214 - 1.959_964 * 7.691_407)).abs() < 1e-3, "{found:?}");
        assert!((found.upper - (29.126_214 + 1.959_964 * 7.691_407)).abs() < 1e-3, "{found:?}");
    }

    #[test]
    fn none_gives_nothing_and_one_gives_a_wide_interval() {
        assert_eq!(summary(&[]), None);
        assert_eq!(summary(&[12.0]), None);
        let one = summary(&[10.0]).unwrap();
        assert_eq!((one.nps, one.upper), (100.0, 100.0));
        assert!(one.upper - one.lower > 100.0, "{one:?}");
        let alike = summary(&[10.0; 1000]).unwrap();
        assert!(alike.lower > 99.0 && alike.lower < 100.0, "{alike:?}");
    }

    proptest! {
        #[test]
        fn score_lies_in_its_interval_and_both_on_the_scale(scores in prop::collection::vec(0u8..=10, 1..60)) {
            let scores: Vec<f64> = scores.into_iter().map(f64::from).collect();
            let found = summary(&scores).unwrap();
            prop_assert!(-100.0 <= found.lower && found.lower <= found.nps);
            prop_assert!(found.nps <= found.upper && found.upper <= 100.0);
            prop_assert!(found.lower < found.upper);
        }

        /// Mirrored, 0 and 1 become promoters and 9 and 10 detractors; only with 2 to 8 absent are the classes mirrored
        /// too.
        #[test]
        fn mirrored_extremes_give_the_negative_score(scores in prop::collection::vec(prop::sample::select(vec![0.0, 1.0, 9.0, 10.0]), 1..40)) {
            let mirrored: Vec<f64> = scores.iter().map(|score| 10.0 - score).collect();
            let (found, other) = (summary(&scores).unwrap(), summary(&mirrored).unwrap());
            prop_assert_eq!(found.nps, -other.nps);
            prop_assert!((found.lower + other.upper).abs() < 1e-12);
            let middle: Vec<f64> = vec![4.0; scores.len()];
            prop_assert_eq!(summary(&middle).unwrap().nps, -100.0);
        }

        #[test]
        fn merging_equals_counting_together(a in prop::collection::vec(0.0..12.0f64, 0..20), b in prop::collection::vec(0.0..12.0f64, 0..20)) {
            let round = |scores: &[f64]| scores.iter().map(|score| score.floor()).collect::<NpsCounts>();
            let mut merged = round(&a);
            merged.merge(&round(&b));
            prop_assert_eq!(merged, round(&[a, b].concat()));
        }
    }
}
