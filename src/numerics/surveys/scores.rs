//! Customer satisfaction (share of the top boxes) and customer effort (mean score).

use super::index::Scale;
use super::inference::{Confidence, Proportion};

/// Share of the scores that are at least `threshold`, with Wilson's interval; `None` without a score.
///
/// The CSAT convention is the two best of five; [`Scale::top_box_from`] gives the like of any scale. Scores that are
/// not finite are left out.
pub fn top_box(scores: &[f64], threshold: f64, confidence: Confidence) -> Option<Proportion> {
    let answers = scores.iter().filter(|score| score.is_finite());
    let (top, all) = answers.fold((0, 0), |(top, all), score| (top + u64::from(*score >= threshold), all + 1));
    Proportion::of(top, all, confidence)
}

/// A mean score and how sure it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MeanScore {
    /// Mean on the scale of the scores.
    pub mean: f64,
    /// Lower end of the interval, on the scale.
    pub lower: f64,
    /// Upper end of the interval, on the scale.
    pub upper: f64,
    /// Number of answers.
    pub answers: u64,
}

/// Mean of scores with Student's interval; `None` without a score on the scale.
///
/// Scores off the scale are left out. One answer says nothing about the spread, so its interval is the whole scale.
/// Answers that are all alike have an interval of width 0: judge it by their number.
///
/// # Formula
/// `x̄ ± t_{n−1} s/√n` (Student 1908), cut off at the ends of the scale.
pub fn mean_score(scores: &[f64], scale: &Scale, confidence: Confidence) -> Option<MeanScore> {
    let (low, high) = (scale.low(), scale.high());
    let inside = || scores.iter().copied().filter(|score| *score >= low && *score <= high);
    let answers = inside().count() as u64;
    if answers == 0 {
        return None;
    }
    let n = answers as f64;
    let mean = (inside().sum::<f64>() / n).clamp(low, high);
    let squares: f64 = inside().map(|score| (score - mean) * (score - mean)).sum();
    let half = confidence.t(n - 1.0).map_or(f64::INFINITY, |t| t * (squares / (n - 1.0) / n).sqrt());
    Some(MeanScore { mean, lower: (mean - half).max(low), upper: (mean + half).min(high), answers })
}

#[cfg(test)]
mod tests {
    use super::super::index::Instrument;
    use super::*;
    use proptest::prelude::*;

    fn effort() -> Scale {
        Instrument::Ces.default_scale().unwrap()
    }

    #[test]
    fn fours_and_fives_are_satisfied() {
        let found = top_box(&[5.0, 4.0, 3.0, 1.0, f64::NAN], 4.0, Confidence::default()).unwrap();
        assert_eq!((found.successes, found.trials, found.share), (2, 4, 0.5));
        assert_eq!(top_box(&[], 4.0, Confidence::default()), None);
        assert_eq!(top_box(&[f64::NAN], 4.0, Confidence::default()), None);
        let one = top_box(&[5.0], 4.0, Confidence::default()).unwrap();
        assert!(one.lower < 0.21 && one.upper >= 1.0, "{one:?}");
    }

    #[test]
    fn mean_has_students_interval() {
        // Mean 5, s² = 5/2, n = 5, t₄ = 2.776445: half-width 1.963243.
        let found = mean_score(&[3.0, 4.0, 5.0, 6.0, 7.0, 9.0], &effort(), Confidence::default()).unwrap();
        assert_eq!((found.mean, found.answers), (5.0, 5));
        assert!((found.lower - 3.036_757).abs() < 1e-5, "{found:?}");
        assert!((found.upper - 6.963_243).abs() < 1e-5, "{found:?}");
    }

    #[test]
    fn one_answer_could_be_anything_and_none_is_nothing() {
        let one = mean_score(&[6.0], &effort(), Confidence::default()).unwrap();
        assert_eq!((one.mean, one.lower, one.upper), (6.0, 1.0, 7.0));
        assert_eq!(mean_score(&[f64::NAN, 0.0], &effort(), Confidence::default()), None);
        let alike = mean_score(&[6.0; 9], &effort(), Confidence::default()).unwrap();
        assert_eq!((alike.lower, alike.upper), (6.0, 6.0));
    }

    proptest! {
        #[test]
        fn mean_lies_in_its_interval_on_the_scale(scores in prop::collection::vec(0.0..8.0f64, 1..50)) {
            if let Some(found) = mean_score(&scores, &effort(), Confidence::default()) {
                prop_assert!(1.0 <= found.lower && found.lower <= found.mean);
                prop_assert!(found.mean <= found.upper && found.upper <= 7.0);
            }
        }
    }
}
