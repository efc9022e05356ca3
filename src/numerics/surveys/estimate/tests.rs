//! Laws of the estimate.

use proptest::prelude::*;

use super::*;

/// A number in −1..1 that depends on its place alone.
fn noise(row: usize, salt: u64) -> f64 {
    let mut state = (row as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ salt.wrapping_mul(0xD1B5_4A32_D192_ED03);
    state = (state ^ (state >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    state = (state ^ (state >> 32)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((state ^ (state >> 31)) >> 11) as f64 / (1u64 << 52) as f64 - 1.0
}

fn column(rows: usize, salt: u64) -> Vec<f64> {
    (0..rows).map(|row| noise(row, salt)).collect()
}

fn ids(rows: usize) -> Vec<u64> {
    (0..rows as u64).collect()
}

fn run(features: &[&[f64]], index: &[Option<f64>]) -> Result<Estimate, SurveyError> {
    estimate(features, index, &ids(index.len()), EstimateOptions::default())
}

/// Every second customer answers `50 + 20 a − 8 b` plus noise of the given size.
fn sample(rows: usize, size: f64) -> (Vec<f64>, Vec<f64>, Vec<Option<f64>>) {
    let (a, b) = (column(rows, 1), column(rows, 2));
    let answer = |row: usize| 50.0 + 20.0 * a[row] - 8.0 * b[row] + size * noise(row, 3);
    let index = (0..rows).map(|row| (row % 2 == 0).then(|| answer(row))).collect();
    (a, b, index)
}

#[test]
fn a_line_without_noise_is_recovered() {
    let (a, b, index) = sample(400, 0.0);
    let shifted: Vec<f64> = b.iter().map(|x| 1e6 + 1000.0 * x).collect();
    let found = run(&[&a, &shifted], &index).unwrap();
    assert!((found.coefficients[0].per_unit - 20.0).abs() < 1e-4, "{:?}", found.coefficients);
    assert!((found.coefficients[1].per_unit + 0.008).abs() < 1e-7, "{:?}", found.coefficients);
    assert!((found.intercept - 8050.0).abs() < 0.1, "{}", found.intercept);
    for row in 0..400 {
        assert!((found.predictions[row] - (50.0 + 20.0 * a[row] - 8.0 * b[row])).abs() < 1e-4);
    }
    assert!(found.skill.r2.unwrap() > 0.999_999 && found.skill.mae < 1e-4);
    assert_eq!((found.verdict, found.answered, found.penalty), (Verdict::Skill, 200, PENALTIES[0]));
    assert_eq!(found.coefficients.iter().map(|c| c.feature).collect::<Vec<_>>(), [0, 1]);
}

#[test]
fn skill_is_what_the_noise_leaves() {
    // Uniform numbers: the signal's variance is (400 + 64)/3, the noise's 400/3.
    let (a, b, index) = sample(20_000, 20.0);
    let found = run(&[&a, &b], &index).unwrap();
    let r2 = found.skill.r2.unwrap();
    assert!((r2 - 464.0 / 864.0).abs() < 0.02, "{r2}");
    assert!((found.skill.mae - 10.0).abs() < 0.3 && found.skill.baseline_mae > 12.0, "{:?}", found.skill);
}

#[test]
fn noise_alone_has_no_skill() {
    let rows = 300;
    let columns: Vec<Vec<f64>> = (10..40).map(|salt| column(rows, salt)).collect();
    let features: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let index: Vec<Option<f64>> = (0..rows).map(|row| (row % 3 == 0).then(|| 50.0 + 30.0 * noise(row, 99))).collect();
    let found = run(&features, &index).unwrap();
    assert!(found.skill.r2.unwrap() < 0.05, "{:?}", found.skill);
    assert_eq!(found.verdict == Verdict::NoSkill, found.skill.r2.unwrap() <= 0.0);
    assert!(found.penalty >= 1.0, "{}", found.penalty);
}

#[test]
fn alike_answers_and_constant_features_are_survived() {
    let (a, _, _) = sample(100, 0.0);
    let (flat, unknown) = (vec![0.1; 100], vec![f64::NAN; 100]);
    let alike: Vec<Option<f64>> = vec![Some(70.0); 100];
    let found = run(&[&a, &flat, &unknown], &alike).unwrap();
    assert_eq!((found.skill.r2, found.verdict), (None, Verdict::NoSkill));
    assert!(found.predictions.iter().all(|index| (index - 70.0).abs() < 1e-9));
    assert!(found.coefficients.iter().all(|coefficient| coefficient.per_unit.abs() < 1e-12));
    assert_eq!(found.shift[0].mean_unanswered, None);
    assert_eq!(found.shift[2].mean_answered, None);
    let without = run(&[], &alike).unwrap();
    assert!(without.coefficients.is_empty() && without.predictions.len() == 100);
}

#[test]
fn a_doubled_feature_shares_its_effect() {
    let (a, b, index) = sample(400, 5.0);
    let found = run(&[&a, &b, &a], &index).unwrap();
    let of = |feature: usize| found.coefficients.iter().find(|c| c.feature == feature).unwrap().per_unit;
    assert!((of(0) - of(2)).abs() < 1e-3 && (of(0) + of(2) - 20.0).abs() < 2.0, "{:?}", found.coefficients);
}

#[test]
fn a_missing_value_says_nothing() {
    let (mut a, b, index) = sample(400, 1.0);
    a[7] = f64::NAN;
    let found = run(&[&a, &b], &index).unwrap();
    let known: Vec<f64> = (0..400).step_by(2).map(|row| a[row]).collect();
    let mean = known.iter().sum::<f64>() / known.len() as f64;
    let slope = |feature: usize| found.coefficients.iter().find(|c| c.feature == feature).unwrap().per_unit;
    let want = found.intercept + slope(0) * mean + slope(1) * b[7];
    assert!((found.predictions[7] - want).abs() < 1e-9);
}

#[test]
fn a_shift_between_the_groups_is_seen() {
    let (a, _, index) = sample(1000, 1.0);
    let moved: Vec<f64> = (0..1000).map(|row| a[row] + if row % 2 == 0 { 1.0 } else { 0.0 }).collect();
    let found = run(&[&a, &moved], &index).unwrap();
    assert!(!found.shift[0].is_notable() && found.shift[1].is_notable(), "{:?}", found.shift);
    assert!((found.shift[1].standardised.unwrap() - 3f64.sqrt()).abs() < 0.2, "{:?}", found.shift);
}

#[test]
fn wrong_input_is_named() {
    let (a, _, index) = sample(100, 1.0);
    let options = EstimateOptions::default();
    assert!(matches!(run(&[&a[..5]], &index), Err(SurveyError::Length { column: "feature", .. })));
    assert!(matches!(estimate(&[], &index, &[1], options), Err(SurveyError::Length { column: "ids", .. })));
    let infinite = vec![f64::INFINITY; 100];
    assert!(matches!(run(&[&infinite], &index), Err(SurveyError::Value { column: "feature", row: 0, .. })));
    let off = vec![Some(101.0); 100];
    assert!(matches!(run(&[], &off), Err(SurveyError::Value { column: "index", .. })));
    let few = vec![None; 100];
    assert!(matches!(run(&[], &few), Err(SurveyError::TooFewAnswers { answered: 0, needed: MIN_ANSWERED })));
    let same = vec![3; 100];
    assert!(matches!(estimate(&[&a], &index, &same, options), Err(SurveyError::Folds { found: 1, .. })));
    let two = EstimateOptions { folds: 2, ..options };
    assert!(matches!(estimate(&[&a], &index, &ids(100), two), Err(SurveyError::Option { option: "folds", .. })));
}

#[test]
fn rows_of_one_customer_never_judge_each_other() {
    // Each of 60 customers answers eight times what only their own rows could tell.
    let own = |row: usize| noise(row / 8, 5);
    let feature: Vec<f64> = (0..480).map(|row| noise(row / 8, 6)).collect();
    let index: Vec<Option<f64>> = (0..480).map(|row| Some(50.0 + 40.0 * own(row))).collect();
    let ids: Vec<u64> = (0..480).map(|row| row / 8).collect();
    let found = estimate(&[&feature], &index, &ids, EstimateOptions::default()).unwrap();
    assert!(found.skill.r2.unwrap() < 0.1, "{:?}", found.skill);
}

#[test]
fn threads_change_no_bit() {
    let (a, b, index) = sample(20_000, 10.0);
    let of = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| run(&[&a, &b], &index)).unwrap()
    };
    assert_eq!(of(1), of(3));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn units_of_features_do_not_matter(scale in 0.001..1000.0f64, shift in -1000.0..1000.0f64) {
        let (a, b, index) = sample(200, 5.0);
        let other: Vec<f64> = a.iter().map(|x| shift + scale * x).collect();
        let (found, moved) = (run(&[&a, &b], &index).unwrap(), run(&[&other, &b], &index).unwrap());
        for row in 0..200 {
            prop_assert!((found.predictions[row] - moved.predictions[row]).abs() < 1e-6);
        }
    }

    #[test]
    fn estimates_are_on_the_scale(salt in any::<u64>(), spread in 0.0..1e6f64) {
        let rows = 120;
        let a: Vec<f64> = (0..rows).map(|row| spread * noise(row, salt)).collect();
        let index: Vec<Option<f64>> = (0..rows).map(|row| (row < 60).then(|| 50.0 + 50.0 * noise(row, salt ^ 7))).collect();
        let found = run(&[&a], &index).unwrap();
        prop_assert!(found.predictions.iter().all(|index| (0.0..=100.0).contains(index)));
        prop_assert!(found.skill.r2.is_none_or(|r2| r2 <= 1.0) && found.skill.mae.is_finite());
    }
}
