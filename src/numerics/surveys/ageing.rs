//! The level and the trend of a customer's answers, the newer counting more.

use rayon::prelude::*;

use super::error::SurveyError;
use super::index::MAX_MAGNITUDE;

/// How answers age.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AgeingOptions {
    /// Days after which an answer counts half.
    pub half_life_days: f64,
    /// Days that the first and last answer must be apart for a trend.
    pub trend_min_days: f64,
}

impl Default for AgeingOptions {
    fn default() -> Self {
        Self { half_life_days: 180.0, trend_min_days: TREND_DAYS }
    }
}

/// A trend is the change over so many days.
const TREND_DAYS: f64 = 90.0;

/// What a customer's answers come to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ageing {
    /// The newest answer; the mean of several of the same age.
    pub latest: f64,
    /// Mean of all answers, each weighted by its age.
    pub level: f64,
    /// Change of the level over 90 days; `None` if the answers are too close together to tell.
    pub trend_per_90_days: Option<f64>,
    /// Number of answers.
    pub answers: u32,
    /// Age of the newest answer in days.
    pub newest_age_days: f64,
}

/// Level and trend per customer; `None` for a customer without an answer.
///
/// Customer i has the answers `offsets[i]..offsets[i + 1]` of `index` (on one scale) and `age_days`, in any order.
///
/// # Formula
/// Weights `w = 2^(−(age − newest age)/half-life)`; the level is `Σ w s/Σ w`; the trend is the slope of the weighted
/// least squares line of s on time, times 90 days.
///
/// The slope was chosen over the difference between recent and older answers because it needs no cut point, uses every
/// answer and has the same unit whenever the questions were asked. It is given only if the answers span at least
/// `trend_min_days`: a line through two answers of one week says nothing of a quarter.
///
/// # Errors
///
/// [`SurveyError::Length`], [`SurveyError::Offsets`], [`SurveyError::Value`] on an index that isn't finite (or above
/// 1e100) or an age that is negative or not finite, [`SurveyError::Option`] on days that aren't positive.
pub fn age(
    offsets: &[usize],
    index: &[f64],
    age_days: &[f64],
    options: AgeingOptions,
) -> Result<Vec<Option<Ageing>>, SurveyError> {
    check(offsets, index, age_days, options)?;
    let one = |bounds: &[usize]| {
        let rows = bounds[0]..bounds[1];
        of_customer(&index[rows.clone()], &age_days[rows], options)
    };
    Ok(offsets.par_windows(2).map(one).collect())
}

fn check(offsets: &[usize], index: &[f64], age_days: &[f64], options: AgeingOptions) -> Result<(), SurveyError> {
    let answers = index.len();
    if age_days.len() != answers {
        return Err(SurveyError::Length { column: "age_days", found: age_days.len(), expected: answers });
    }
    let rising = |at: &usize| offsets[*at] >= if *at == 0 { 0 } else { offsets[at - 1] };
    let wrong = (0..offsets.len()).find(|at| !rising(at) || (*at == 0 && offsets[0] != 0));
    let end = (offsets.last().copied().unwrap_or(0) != answers).then_some(offsets.len().saturating_sub(1));
    if let Some(position) = wrong.or(end) {
        return Err(SurveyError::Offsets { position, answers });
    }
    if let Some(row) = index.iter().position(|value| value.is_nan() || value.abs() > MAX_MAGNITUDE) {
        return Err(SurveyError::Value { column: "index", row, value: index[row], allowed: "a magnitude up to 1e100" });
    }
    if let Some(row) = age_days.iter().position(|age| !(0.0..=MAX_MAGNITUDE).contains(age)) {
        return Err(SurveyError::Value { column: "age_days", row, value: age_days[row], allowed: "0 to 1e100" });
    }
    for (option, value) in [("half_life_days", options.half_life_days), ("trend_min_days", options.trend_min_days)] {
        if !(value > 0.0 && value.is_finite()) {
            return Err(SurveyError::Option { option, value, allowed: "a positive number" });
        }
    }
    Ok(())
}

fn of_customer(index: &[f64], ages: &[f64], options: AgeingOptions) -> Option<Ageing> {
    let newest = ages.iter().copied().min_by(f64::total_cmp)?;
    let oldest = ages.iter().copied().fold(newest, f64::max);
    let weighted = || {
        index.iter().zip(ages).map(move |(score, age)| {
            let since = age - newest;
            (libm::exp2(-since / options.half_life_days), *score, since)
        })
    };
    let (total, scores, since) = weighted()
        .fold((0.0, 0.0, 0.0), |(w, s, a), (weight, score, age)| (w + weight, s + weight * score, a + weight * age));
    // rounding must not take a mean out of the range of its answers
    let (least, most) = index.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), s| (a.min(*s), b.max(*s)));
    let (level, centre) = ((scores / total).clamp(least, most), since / total);
    let (covariance, variance) = weighted().fold((0.0, 0.0), |(xy, xx), (weight, score, age)| {
        (xy + weight * (age - centre) * (score - level), xx + weight * (age - centre) * (age - centre))
    });
    let tells = oldest - newest >= options.trend_min_days && variance > 0.0;
    let (last, lasts) =
        weighted().filter(|(_, _, since)| *since <= 0.0).fold((0.0, 0.0), |(s, n), (_, score, _)| (s + score, n + 1.0));
    Some(Ageing {
        latest: (last / lasts).clamp(least, most),
        level,
        trend_per_90_days: tells.then(|| -TREND_DAYS * covariance / variance),
        answers: u32::try_from(index.len()).unwrap_or(u32::MAX),
        newest_age_days: newest,
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::float_cmp, reason = "figures that are exact by construction are compared exactly")]
    use super::*;
    use proptest::prelude::*;

    fn one(answers: &[(f64, f64)]) -> Option<Ageing> {
        let (index, ages): (Vec<f64>, Vec<f64>) = answers.iter().copied().unzip();
        age(&[0, answers.len()], &index, &ages, AgeingOptions::default()).unwrap()[0]
    }

    #[test]
    fn answers_that_are_alike_are_their_own_level() {
        for ages in 1..60 {
            let answers = (0..ages).map(|age| (100.0, 7.3 * f64::from(age))).collect::<Vec<_>>();
            let found = one(&answers).unwrap();
            assert_eq!((found.level, found.latest), (100.0, 100.0));
        }
    }

    #[test]
    fn an_answer_of_one_half_life_ago_counts_half() {
        let found = one(&[(90.0, 10.0), (30.0, 190.0)]).unwrap();
        assert!((found.level - (90.0 + 0.5 * 30.0) / 1.5).abs() < 1e-12, "{found:?}");
        assert_eq!((found.latest, found.answers, found.newest_age_days), (90.0, 2, 10.0));
        assert!((found.trend_per_90_days.unwrap() - 30.0).abs() < 1e-12, "{found:?}");
    }

    #[test]
    fn close_answers_have_no_trend() {
        assert_eq!(one(&[(90.0, 10.0), (30.0, 17.0)]).unwrap().trend_per_90_days, None);
        assert_eq!(one(&[(90.0, 5.0), (30.0, 5.0)]).unwrap().latest, 60.0);
    }

    #[test]
    fn nobody_and_no_answer_give_nothing() {
        assert_eq!(age(&[], &[], &[], AgeingOptions::default()), Ok(Vec::new()));
        assert_eq!(age(&[0, 0, 0], &[], &[], AgeingOptions::default()), Ok(vec![None, None]));
        let found = age(&[0, 0, 1], &[50.0], &[1e9], AgeingOptions::default()).unwrap();
        assert_eq!((found[0], found[1].unwrap().level), (None, 50.0));
    }

    #[test]
    fn ages_beyond_every_half_life_still_weigh() {
        let found = one(&[(20.0, 1e7), (60.0, 1e7 + 180.0)]).unwrap();
        assert!((found.level - 100.0 / 3.0).abs() < 1e-9, "{found:?}");
        let far = one(&[(20.0, 0.0), (60.0, 1e12)]).unwrap();
        assert_eq!((far.level, far.trend_per_90_days), (20.0, None));
    }

    #[test]
    fn wrong_input_is_named() {
        let options = AgeingOptions::default();
        let of = |offsets: &[usize], index: &[f64], ages: &[f64]| age(offsets, index, ages, options).unwrap_err();
        assert!(matches!(of(&[0, 1], &[1.0], &[]), SurveyError::Length { .. }));
        assert!(matches!(of(&[0, 2], &[1.0], &[1.0]), SurveyError::Offsets { position: 1, .. }));
        assert!(matches!(of(&[0, 2, 1], &[1.0], &[1.0]), SurveyError::Offsets { position: 2, .. }));
        assert!(matches!(of(&[1, 1], &[1.0], &[1.0]), SurveyError::Offsets { position: 0, .. }));
        assert!(matches!(of(&[], &[1.0], &[1.0]), SurveyError::Offsets { .. }));
        assert!(matches!(of(&[0, 1], &[f64::NAN], &[1.0]), SurveyError::Value { column: "index", .. }));
        assert!(matches!(of(&[0, 1], &[1.0], &[-1.0]), SurveyError::Value { column: "age_days", .. }));
        let zero = AgeingOptions { half_life_days: 0.0, ..options };
        assert!(matches!(age(&[0], &[], &[], zero), Err(SurveyError::Option { option: "half_life_days", .. })));
    }

    proptest! {
        #[test]
        fn one_answer_is_its_own_level(score in 0.0..100.0f64, days in 0.0..4000.0f64) {
            let found = one(&[(score, days)]).unwrap();
            prop_assert_eq!((found.level, found.latest, found.trend_per_90_days), (score, score, None));
        }

        #[test]
        fn level_lies_between_the_answers_and_lines_are_found(
            answers in prop::collection::vec((0.0..100.0f64, 0.0..2000.0f64), 1..12), start in 0.0..100.0f64, slope in -1.0..1.0f64,
        ) {
            let found = one(&answers).unwrap();
            let low = answers.iter().map(|(score, _)| *score).fold(f64::INFINITY, f64::min);
            let high = answers.iter().map(|(score, _)| *score).fold(0.0, f64::max);
            prop_assert!(found.level >= low - 1e-9 && found.level <= high + 1e-9);
            let line: Vec<(f64, f64)> = answers.iter().map(|(_, days)| (start - slope * days, *days)).collect();
            if let Some(trend) = one(&line).unwrap().trend_per_90_days {
                prop_assert!((trend - 90.0 * slope).abs() < 1e-6 * (1.0 + 90.0 * slope.abs()), "{} {}", trend, 90.0 * slope);
            }
        }
    }
}
