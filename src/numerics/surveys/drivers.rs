//! What goes with good and bad answers: per topic, touchpoint or other attribute, how far the scores are apart.

use rayon::prelude::*;

use super::error::SurveyError;
use super::index::MAX_MAGNITUDE;
use super::inference::{Confidence, q_values, student_p};

/// One attribute and the scores of the answers with and without it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Driver {
    /// Number of the attribute, in the order given.
    pub attribute: usize,
    /// Answers with it.
    pub with: u64,
    /// Answers without it.
    pub without: u64,
    /// Mean score with it.
    pub mean_with: f64,
    /// Mean score without it.
    pub mean_without: f64,
    /// Mean with it less mean without it.
    pub effect: f64,
    /// Interval and test of the effect; `None` if either side has fewer than two answers or neither side varies.
    pub test: Option<DriverTest>,
}

/// How sure an effect is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DriverTest {
    /// Lower end of the effect's interval.
    pub lower: f64,
    /// Upper end of the effect's interval.
    pub upper: f64,
    /// Chance of an effect as large in either direction if there were none.
    pub p: f64,
    /// Benjamini and Hochberg's q-value among all attributes with a test.
    pub q: f64,
}

/// Compares the scores of the answers with and without each attribute; those with a q-value of at most 1 − level come
/// first, then the others, each by size.
///
/// An attribute that all answers have, or none, is left out. Effects are differences of means: what goes along with an
/// attribute counts as its effect, for effects side by side see the coefficients of [`super::estimate`]. An answer must
/// be matched to what it is about: attributes of some other order water its effect down. Answers are taken as
/// independent; with many answers per customer the intervals are too narrow, so give one answer per customer where that
/// matters.
///
/// # Formula
/// `d ± t_ν √(s₁²/n₁ + s₂²/n₂)` with Welch's degrees of freedom `ν = (s₁²/n₁ + s₂²/n₂)² / ((s₁²/n₁)²/(n₁−1) +
/// (s₂²/n₂)²/(n₂−1))` (Welch 1947, "The generalization of Student's problem when several different population variances
/// are involved", Biometrika 34, p. 28).
///
/// # Errors
///
/// [`SurveyError::Length`] if an attribute has another number of rows than the scores, [`SurveyError::Value`] on a
/// score that isn't finite (or above 1e100).
pub fn drivers(scores: &[f64], attributes: &[&[bool]], confidence: Confidence) -> Result<Vec<Driver>, SurveyError> {
    if let Some(row) = scores.iter().position(|score| score.is_nan() || score.abs() > MAX_MAGNITUDE) {
        return Err(SurveyError::Value {
            column: "scores",
            row,
            value: scores[row],
            allowed: "a magnitude up to 1e100",
        });
    }
    if let Some(found) = attributes.iter().map(|column| column.len()).find(|rows| *rows != scores.len()) {
        return Err(SurveyError::Length { column: "attribute", found, expected: scores.len() });
    }
    let mut found: Vec<Driver> = attributes
        .par_iter()
        .enumerate()
        .filter_map(|(attribute, column)| compare(attribute, scores, column, confidence))
        .collect();
    let p: Vec<f64> = found.iter().filter_map(|driver| driver.test.map(|test| test.p)).collect();
    let tests = found.iter_mut().filter_map(|driver| driver.test.as_mut());
    tests.zip(q_values(&p)).for_each(|(test, q)| test.q = q);
    let called = |driver: &Driver| driver.test.is_some_and(|test| test.q <= 1.0 - confidence.level());
    found.sort_by(|a, b| {
        let sure = called(b).cmp(&called(a));
        sure.then(b.effect.abs().total_cmp(&a.effect.abs())).then(a.attribute.cmp(&b.attribute))
    });
    Ok(found)
}

/// Count, mean and sum of squared deviations.
fn moments(scores: impl Iterator<Item = f64> + Clone) -> (f64, f64, f64) {
    let (n, sum) = scores.clone().fold((0.0, 0.0), |(n, sum), score| (n + 1.0, sum + score));
    let mean = sum / n;
    (n, mean, scores.map(|score| (score - mean) * (score - mean)).sum())
}

fn compare(attribute: usize, scores: &[f64], column: &[bool], confidence: Confidence) -> Option<Driver> {
    let side = |wanted: bool| {
        let rows = scores.iter().zip(column).filter(move |(_, has)| **has == wanted);
        moments(rows.map(|(score, _)| *score))
    };
    let with = column.iter().filter(|has| **has).count();
    if with == 0 || with == column.len() {
        return None;
    }
    let ((n, mean_with, spread), (m, mean_without, rest)) = (side(true), side(false));
    let effect = mean_with - mean_without;
    Some(Driver {
        attribute,
        with: with as u64,
        without: (column.len() - with) as u64,
        mean_with,
        mean_without,
        effect,
        test: welch(effect, (n, spread), (m, rest), confidence),
    })
}

fn welch(effect: f64, (n, spread): (f64, f64), (m, rest): (f64, f64), confidence: Confidence) -> Option<DriverTest> {
    if n < 2.0 || m < 2.0 {
        return None;
    }
    let (a, b) = (spread / (n - 1.0) / n, rest / (m - 1.0) / m);
    let error = (a + b).sqrt();
    if error <= 0.0 {
        return None;
    }
    let (a, b) = (a / (a + b), b / (a + b));
    let degrees = 1.0 / (a * a / (n - 1.0) + b * b / (m - 1.0));
    let half = confidence.t(degrees)? * error;
    let p = student_p(effect / error, degrees)?;
    Some(DriverTest { lower: effect - half, upper: effect + half, p, q: p })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::float_cmp, reason = "figures that are exact by construction are compared exactly")]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn welch_of_two_small_samples() {
        // scipy.stats.ttest_ind(..., equal_var=False): t = −3.460638 with 7.543979 degrees.
        let with = [19.8, 20.4, 19.6, 22.0, 22.3];
        let without = [23.7, 21.7, 26.2, 24.4, 23.9];
        let scores = [with, without].concat();
        let column: Vec<bool> = (0..10).map(|row| row < 5).collect();
        let found = drivers(&scores, &[&column], Confidence::default()).unwrap();
        assert!((found[0].effect + 3.16).abs() < 1e-12, "{found:?}");
        let test = found[0].test.unwrap();
        assert!((test.lower + 5.288_036_153_8).abs() < 1e-8, "{test:?}");
        assert!((test.upper + 1.031_963_846_2).abs() < 1e-8, "{test:?}");
        assert!((test.p - 0.009_374_129_672_5).abs() < 1e-10 && test.q == test.p, "{test:?}");
    }

    #[test]
    fn sure_and_large_effects_come_first() {
        let scores: Vec<f64> =
            (0..400).map(|row| f64::from(row % 7) + if row % 4 == 0 { -30.0 } else { 0.0 }).collect();
        let real: Vec<bool> = (0..400).map(|row| row % 4 == 0).collect();
        let idle: Vec<bool> = (0..400).map(|row| row % 5 == 0).collect();
        let single: Vec<bool> = (0..400).map(|row| row == 4).collect();
        let all = vec![true; 400];
        let found = drivers(&scores, &[&idle, &single, &real, &all], Confidence::default()).unwrap();
        assert_eq!(found.iter().map(|driver| driver.attribute).collect::<Vec<_>>(), [2, 1, 0]);
        assert!((found[0].effect + 30.0).abs() < 1.0, "{found:?}");
        assert_eq!((found[1].with, found[1].test), (1, None));
        assert!(found[2].test.unwrap().q > 0.05, "{found:?}");
    }

    #[test]
    fn alike_answers_have_no_test() {
        let found = drivers(&[5.0; 4], &[&[true, true, false, false]], Confidence::default()).unwrap();
        assert_eq!((found[0].effect, found[0].test), (0.0, None));
        assert_eq!(drivers(&[], &[&[]], Confidence::default()), Ok(Vec::new()));
    }

    #[test]
    fn wrong_input_is_named() {
        let short = drivers(&[1.0, 2.0], &[&[true]], Confidence::default());
        assert!(matches!(short, Err(SurveyError::Length { found: 1, expected: 2, .. })));
        let nan = drivers(&[f64::NAN], &[], Confidence::default());
        assert!(matches!(nan, Err(SurveyError::Value { row: 0, .. })));
    }

    proptest! {
        #[test]
        fn without_is_the_negative_of_with(rows in prop::collection::vec((0.0..100.0f64, any::<bool>()), 2..40)) {
            let (scores, column): (Vec<f64>, Vec<bool>) = rows.into_iter().unzip();
            let other: Vec<bool> = column.iter().map(|has| !has).collect();
            let found = drivers(&scores, &[&column], Confidence::default()).unwrap();
            let mirrored = drivers(&scores, &[&other], Confidence::default()).unwrap();
            prop_assert_eq!(found.len(), mirrored.len());
            for (a, b) in found.iter().zip(&mirrored) {
                prop_assert_eq!(a.effect, -b.effect);
                if let (Some(a), Some(b)) = (a.test, b.test) {
                    prop_assert!((a.lower + b.upper).abs() < 1e-9 && (0.0..=1.0).contains(&a.p));
                }
            }
        }
    }
}
