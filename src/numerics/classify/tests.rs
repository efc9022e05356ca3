//! Laws and figures worked out by hand.

use ndarray::{Array2, Axis, array};
use proptest::prelude::*;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};

use super::*;
use crate::numerics::special::logistic;

fn close(got: f64, want: f64, by: f64) {
    assert!((got - want).abs() <= by, "got {got}, want {want}");
}

/// Uniform numbers from 0 to 1.
struct Dice(Xoshiro256PlusPlus);

impl Dice {
    fn new(seed: u64) -> Self {
        Self(Xoshiro256PlusPlus::seed_from_u64(seed))
    }

    fn next(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Rows of two uniform columns whose log-odds are `a + b·x + c·z`.
fn planted(rows: usize, (a, b, c): (f64, f64, f64)) -> (Array2<f64>, Vec<bool>) {
    let mut dice = Dice::new(7);
    let mut x = Array2::zeros((rows, 2));
    let mut outcomes = Vec::new();
    for row in 0..rows {
        x[[row, 0]] = 2.0 * dice.next() - 1.0;
        x[[row, 1]] = 2.0 * dice.next() - 1.0;
        outcomes.push(dice.next() < logistic(a + b * x[[row, 0]] + c * x[[row, 1]]));
    }
    (x, outcomes)
}

#[test]
fn logistic_regression_finds_planted_coefficients_whichever_class_is_larger() {
    for planted_at in [(-1.0, 2.0, -0.5), (1.0, -1.0, 0.7)] {
        let (x, outcomes) = planted(20_000, planted_at);
        let fit = fit_logistic(&x, &outcomes, 0.0).expect("fits");
        assert!(fit.is_converged);
        close(fit.intercept, planted_at.0, 0.08);
        close(fit.coefficients[0], planted_at.1, 0.12);
        close(fit.coefficients[1], planted_at.2, 0.12);
        let mean = fit.probabilities(&x).iter().sum::<f64>();
        // at the optimum the probabilities add up to the outcomes
        close(mean, outcomes.iter().filter(|o| **o).count() as f64, 1e-2);
    }
}

#[test]
fn ridge_draws_coefficients_in_and_separable_rows_stay_finite() {
    let x = array![[-1.0], [-0.5], [0.5], [1.0]];
    let outcomes = [false, false, true, true];
    let strong = fit_logistic(&x, &outcomes, 10.0).expect("fits");
    let weak = fit_logistic(&x, &outcomes, 0.1).expect("fits");
    assert!(0.0 < strong.coefficients[0] && strong.coefficients[0] < weak.coefficients[0]);
    let none = fit_logistic(&x, &outcomes, 0.0).expect("ends");
    assert!(none.probabilities(&x).iter().all(|p| p.is_finite()) && !none.is_converged);
    assert!(strong.is_converged && weak.is_converged);
}

/// A score test tells about what twice the gain in log-likelihood does, and nothing of what the regression has already.
#[test]
fn score_tests_agree_with_the_likelihood() {
    let (x, outcomes) = planted(20_000, (-1.0, 0.6, 0.12));
    let (small, whole) = (x.select(Axis(1), &[0]), fit_logistic(&x, &outcomes, 0.0).expect("fits"));
    let fit = fit_logistic(&small, &outcomes, 0.0).expect("fits");
    let tests =
        score_tests(&small, &outcomes, 0.0, &fit, |rows| x.slice_axis(Axis(0), rows.into()).to_owned()).expect("tests");
    assert!(tests[0] == 0.0, "{tests:?}");
    close(tests[1], 2.0 * (whole.log_likelihood - fit.log_likelihood), 0.05);
    assert!(tests[1] > 10.0);
    let again = refit_logistic(&x, &outcomes, 0.0, &[fit.coefficients[0], 0.0], fit.intercept).expect("fits");
    assert!(again.is_converged);
    for (one, other) in again.coefficients.iter().zip(&whole.coefficients) {
        close(*one, *other, 1e-7);
    }
    assert!(refit_logistic(&x, &outcomes, 0.0, &[0.0], 0.0).is_err());
    assert!(score_tests(&small, &outcomes, 0.0, &fit, |_| Array2::zeros((1, 1))).is_err());
}

#[test]
fn what_cannot_be_learned_is_refused() {
    let x = array![[1.0], [2.0]];
    for learner in [Learner::Logistic { ridge: 1.0 }, Learner::Forest(ForestOptions::default())] {
        assert_eq!(learner.fit(&x, &[true, true]), Err(ClassifyError::OneClass { rows: 2 }));
        assert_eq!(learner.fit(&x, &[true]), Err(ClassifyError::Length { found: 1, expected: 2 }));
        assert_eq!(learner.fit(&array![[f64::NAN], [1.0]], &[true, false]), Err(ClassifyError::NotFinite));
        let nothing = learner.fit(&Array2::zeros((4, 0)), &[true, false, false, false]).expect("fits");
        nothing.probabilities(&Array2::zeros((3, 0))).iter().for_each(|p| close(*p, 0.25, 1e-4));
    }
}

#[test]
fn a_forest_learns_what_a_line_cannot_and_is_the_same_every_time() {
    let mut dice = Dice::new(3);
    let mut x = Array2::zeros((6000, 2));
    let mut outcomes = Vec::new();
    for row in 0..6000 {
        x[[row, 0]] = dice.next() - 0.5;
        x[[row, 1]] = dice.next() - 0.5;
        let crossed = x[[row, 0]] * x[[row, 1]] > 0.0;
        outcomes.push(dice.next() < if crossed { 0.15 } else { 0.02 });
    }
    let options = ForestOptions { trees: 24, column_share: 1.0, ..ForestOptions::default() };
    let forest = fit_forest(&x, &outcomes, &options).expect("grows");
    let line = fit_logistic(&x, &outcomes, 1.0).expect("fits");
    let area = |p: &[f64]| auc(p, &outcomes).expect("both outcomes");
    assert!(area(&forest.probabilities(&x)) > 0.7, "{}", area(&forest.probabilities(&x)));
    assert!(area(&line.probabilities(&x)) < 0.56);
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool");
    assert_eq!(one.install(|| fit_forest(&x, &outcomes, &options)).expect("grows"), forest);
    // a rare outcome keeps its share
    let mean = forest.probabilities(&x).iter().sum::<f64>() / 6000.0;
    close(mean, outcomes.iter().filter(|o| **o).count() as f64 / 6000.0, 0.01);
}

#[test]
fn contributions_add_up_to_the_score() {
    let (x, outcomes) = planted(3000, (-2.0, 2.0, 1.0));
    let means = [x.column(0).sum() / 3000.0, x.column(1).sum() / 3000.0];
    let mut parts = [0.0; 2];
    let forest = fit_forest(&x, &outcomes, &ForestOptions { trees: 8, ..ForestOptions::default() }).expect("grows");
    let share = outcomes.iter().filter(|o| **o).count() as f64 / 3000.0;
    let probabilities = forest.probabilities(&x);
    for row in [0, 17, 2999] {
        Scorer::Forest(forest.clone()).contributions(x.row(row), &means, &mut parts);
        close(share + parts[0] + parts[1], probabilities[row], 1e-9);
    }
    let line = fit_logistic(&x, &outcomes, 1.0).expect("fits");
    Scorer::Logistic(line.clone()).contributions(x.row(5), &means, &mut parts);
    let average = line.intercept + line.coefficients[0] * means[0] + line.coefficients[1] * means[1];
    close(average + parts[0] + parts[1], line.log_odds(&x)[5], 1e-9);
}

#[test]
fn ridge_regression_weighs_rows() {
    let x = array![[0.0], [1.0], [2.0], [5.0]];
    let exact = fit_ridge(&x, &[1.0, 3.0, 5.0, 11.0], None, 0.0).expect("fits");
    close(exact.intercept, 1.0, 1e-6);
    close(exact.coefficients[0], 2.0, 1e-6);
    let without_last = fit_ridge(&x, &[1.0, 3.0, 5.0, 99.0], Some(&[1.0, 1.0, 1.0, 0.0]), 0.0).expect("fits");
    close(without_last.coefficients[0], 2.0, 1e-6);
    // columns that repeat each other share the slope
    let twice = array![[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]];
    let shared = fit_ridge(&twice, &[1.0, 3.0, 5.0], None, 1e-6).expect("fits");
    close(shared.coefficients[0], 1.0, 1e-3);
    assert_eq!(fit_ridge(&array![[1.0]], &[], None, 0.0), Err(ClassifyError::Length { found: 0, expected: 1 }));
}

#[test]
fn encoding_is_learned_from_the_training_rows_alone() {
    let names = ["a".to_owned(), "b".to_owned(), "rare".to_owned()];
    let numbers = [1.0, 2.0, 3.0, f64::NAN, 1000.0];
    let codes = [0, 0, 1, -1, 2];
    let features = [
        Feature { name: "n", values: Values::Numbers(&numbers) },
        Feature { name: "w", values: Values::Words { codes: &codes, names: &names } },
        Feature { name: "same", values: Values::Numbers(&[4.0; 5]) },
    ];
    let options = EncodeOptions { rare_rows: 1, ..EncodeOptions::default() };
    let encoder = Encoder::fit(&features, &[0, 1, 2, 3], options);
    let kinds = encoder.columns().iter().map(|(_, c)| c.clone()).collect::<Vec<_>>();
    let level = EncodedColumn::Level("b".to_owned());
    assert_eq!(kinds, [EncodedColumn::Number, EncodedColumn::Missing, level, EncodedColumn::Missing]);
    let x = encoder.matrix(&features, &[0, 1, 2, 3, 4]);
    close(x[[0, 0]] + x[[1, 0]] + x[[2, 0]], 0.0, 1e-12);
    assert_eq!([x[[3, 0]], x[[3, 1]], x[[3, 2]], x[[3, 3]]], [0.0, 1.0, 0.0, 1.0]);
    // a word that training never saw counts as the most frequent one where no words stood together
    assert_eq!([x[[4, 2]], x[[4, 3]]], [0.0, 0.0]);
    assert!(x[[4, 0]] > 100.0 && encoder.columns_of(2).is_empty());
    let nothing = Encoder::fit(&features, &[], options);
    assert_eq!(nothing.matrix(&features, &[0]).dim(), (1, 0));
}

#[test]
fn auc_and_its_interval_by_hand() {
    let scores = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4];
    let outcomes = [true, true, false, true, false, false];
    close(auc(&scores, &outcomes).expect("both"), 8.0 / 9.0, 1e-12);
    // placements 1, 1, 2/3 and 2/3, 1, 1: each variance 1/27, so Var = 2/81
    let found = auc_interval(&scores, &outcomes).expect("both");
    close(found.value - found.lower, 1.959_963_984_540_054 * (2.0_f64 / 81.0).sqrt(), 1e-12);
    close(found.upper, 1.0, 1e-12);
    assert_eq!(auc(&scores, &[true; 6]), None);
    assert_eq!(auc(&[0.5; 4], &[true, false, true, false]), Some(0.5));
}

#[test]
fn figures_by_hand() {
    let found = evaluate(&[0.9, 0.6, 0.6, 0.1], &[true, false, true, false]).expect("rows");
    let losses = [-(0.9_f64.ln()), -(0.4_f64.ln()), -(0.6_f64.ln()), -(0.9_f64.ln())];
    close(found.log_loss.value, losses.iter().sum::<f64>() / 4.0, 1e-12);
    close(found.brier, (0.01 + 0.36 + 0.16 + 0.01) / 4.0, 1e-12);
    close(found.ks.expect("both"), 0.5, 1e-12);
    close(found.average_precision.expect("some"), 0.5 + 0.5 * 2.0 / 3.0, 1e-12);
    close(found.lift_top_decile.expect("some"), 2.0, 1e-12);
    assert!(evaluate(&[], &[]).is_none());
    let alone = evaluate(&[0.3], &[false]).expect("a row");
    assert!(alone.auc.is_none() && alone.ks.is_none() && alone.log_loss.value.is_finite());
    let table = bins(&[0.9, 0.6, 0.6, 0.1], &[true, false, true, false], 2);
    assert_eq!(
        table.iter().map(|b| (b.rows, b.positives, b.captured)).collect::<Vec<_>>(),
        [(2, 1, Some(0.5)), (2, 1, Some(1.0))]
    );
}

#[test]
fn a_contact_pays_from_the_threshold_on() {
    let offer = Offer { benefit: 50.0, contact_cost: 2.0, success_share: 0.2 };
    close(offer.threshold(), 0.2, 1e-12);
    close(offer.expected(0.2), 0.0, 1e-12);
    let probabilities = [0.9, 0.5, 0.3, 0.1];
    let outcomes = [true, true, false, false];
    let best = best_cutoff(&probabilities, &outcomes, &offer);
    assert_eq!((best.cutoff, best.contacted), (0.5, 0.5));
    close(best.profit_per_row, 2.0 * 8.0 / 4.0, 1e-12);
    let all = ProfitPoint::at(0.0, &probabilities, &outcomes, &offer);
    close(all.profit_per_row, (2.0 * 8.0 - 2.0 * 2.0) / 4.0, 1e-12);
    let never = Offer { benefit: 0.0, ..offer };
    assert!(never.threshold().is_infinite() && best_cutoff(&probabilities, &outcomes, &never).cutoff.is_infinite());
}

#[test]
fn a_feature_that_gives_the_outcome_away_is_seen() {
    let outcomes = (0..200).map(|row| row % 4 == 0).collect::<Vec<_>>();
    let rows = (0..200).collect::<Vec<_>>();
    let apart = |values: Values<'_>| separation(&Feature { name: "f", values }, &rows, &outcomes).expect("both");
    let only_when = outcomes.iter().map(|y| if *y { 1.0 } else { f64::NAN }).collect::<Vec<_>>();
    assert!(apart(Values::Numbers(&only_when)) > 0.99);
    let falling = outcomes.iter().map(|y| -f64::from(u8::from(*y))).collect::<Vec<_>>();
    assert!(apart(Values::Numbers(&falling)) > 0.99);
    let names = ["cancelled".to_owned(), "active".to_owned()];
    let codes = outcomes.iter().map(|y| i32::from(!*y)).collect::<Vec<_>>();
    assert!(apart(Values::Words { codes: &codes, names: &names }) > 0.99);
    // a word of its own for every row tells nothing
    let own = (0..200).map(|row: i32| row.to_string()).collect::<Vec<_>>();
    let codes = (0..200).collect::<Vec<_>>();
    close(apart(Values::Words { codes: &codes, names: &own }), 0.5, 1e-12);
}

/// A contract that ends after the cut is running at it, for the days until then; one that starts later is not there.
#[test]
fn contracts_are_seen_as_they_stood() {
    let at = |start, end| Spell::at(start, end, 100).map(|s| (s.duration_days, s.has_ended));
    assert_eq!(at(70, Some(80)), Some((10, true)));
    assert_eq!(at(74, Some(120)), Some((26, false)));
    assert_eq!(at(89, None), Some((11, false)));
    assert_eq!(at(102, None), None);
    assert_eq!(at(79, Some(100)), Some((21, true)));
    assert_eq!(at(100, Some(100)), Some((0, true)));
}

#[test]
fn calibration_mends_scores_that_are_too_bold() {
    let (x, outcomes) = planted(8000, (-1.0, 1.5, 0.0));
    let honest = (0..8000).map(|row| logistic(-1.0 + 1.5 * x[[row, 0]])).collect::<Vec<_>>();
    let bold = (0..8000).map(|row| logistic(2.0 * (-1.0 + 1.5 * x[[row, 0]]) + 0.8)).collect::<Vec<_>>();
    let halves = (0..8000).map(|row| row % 2 == 0).collect::<Vec<_>>();
    let curve = Calibrator::choose(&bold, &outcomes, &halves);
    assert_ne!(curve, Calibrator::Identity);
    let mended = bold.iter().map(|s| curve.apply(*s)).collect::<Vec<_>>();
    let loss = |p: &[f64]| evaluate(p, &outcomes).expect("rows").log_loss.value;
    assert!(loss(&mended) < loss(&honest) + 0.002 && loss(&bold) > loss(&honest) + 0.02);
    assert_eq!(Calibrator::choose(&[0.5; 30], &[false; 30], &[true; 30]), Calibrator::Identity);
}

#[test]
fn importance_is_with_the_feature_that_matters() {
    let (x, outcomes) = planted(4000, (0.0, 3.0, 0.0));
    let scorer = Learner::Logistic { ridge: 1.0 }.fit(&x, &outcomes).expect("fits");
    let found = permutation_importance(&|x| scorer.probabilities(x), &x, &outcomes, &[0..1, 1..2, 2..2], 1);
    assert!(found[0].auc_drop > 0.2 && found[1].auc_drop.abs() < 0.01);
    assert_eq!((found[2].auc_drop, found[2].log_loss_rise), (0.0, 0.0));
}

#[test]
fn reasons_are_in_words() {
    let names = ["monthly".to_owned(), "yearly".to_owned()];
    let codes = (0..400).map(|row| i32::from(row % 4 == 0)).collect::<Vec<_>>();
    let days = (0..400).map(f64::from).collect::<Vec<_>>();
    let features = [
        Feature { name: "contract", values: Values::Words { codes: &codes, names: &names } },
        Feature { name: "days", values: Values::Numbers(&days) },
    ];
    let outcomes = (0..400).map(|row| (row % 4 != 0 && row % 3 != 0) || row > 390).collect::<Vec<_>>();
    let rows = (0..400).collect::<Vec<_>>();
    let encoder = Encoder::fit(&features, &rows, EncodeOptions::default());
    let x = encoder.matrix(&features, &rows);
    let scorer = Learner::Logistic { ridge: 1.0 }.fit(&x, &outcomes).expect("fits");
    let reasons = strongest_reasons(&scorer, &encoder, &x, 3);
    assert_eq!(reasons[0][0].text(&encoder), "contract is yearly: less likely");
    assert_eq!(reasons[1][0].text(&encoder), "contract is monthly: more likely");
    assert!(reasons.iter().all(|r| r.len() == 2));
    assert!(reasons[0][1].text(&encoder).starts_with("days is very low: "));
}

proptest! {
    /// Scores in any increasing disguise rank alike.
    #[test]
    fn auc_sees_only_the_order(scores in prop::collection::vec(-5.0_f64..5.0, 4..40), shift in -3.0_f64..3.0) {
        let outcomes = (0..scores.len()).map(|row| row % 3 == 0).collect::<Vec<_>>();
        let moved = scores.iter().map(|s| (s + shift).exp()).collect::<Vec<_>>();
        let mirrored = scores.iter().map(|s| -s).collect::<Vec<_>>();
        let area = auc(&scores, &outcomes).expect("both");
        prop_assert!((area - auc(&moved, &outcomes).expect("both")).abs() < 1e-12);
        prop_assert!((area + auc(&mirrored, &outcomes).expect("both") - 1.0).abs() < 1e-12);
    }

    /// Pooled levels rise, keep the mean, and leave rising levels alone.
    #[test]
    fn pooling_keeps_the_mean(levels in prop::collection::vec(0.0_f64..1.0, 1..40)) {
        let weights = (0..levels.len()).map(|at| 1.0 + (at % 3) as f64).collect::<Vec<_>>();
        let pooled = pool_adjacent_violators(&levels, &weights);
        prop_assert!(pooled.windows(2).all(|pair| pair[0] <= pair[1]));
        let mean = |values: &[f64]| values.iter().zip(&weights).map(|(v, w)| v * w).sum::<f64>();
        prop_assert!((mean(&levels) - mean(&pooled)).abs() < 1e-9);
        let again = pool_adjacent_violators(&pooled, &weights);
        prop_assert!(again.iter().zip(&pooled).all(|(a, b)| (a - b).abs() < 1e-12));
    }

    /// A calibration curve never turns the order of two scores around and gives probabilities.
    #[test]
    fn isotonic_curves_rise(scores in prop::collection::vec(0.0_f64..1.0, 2..60)) {
        let outcomes = scores.iter().enumerate().map(|(at, s)| (s * 10.0) as usize % 2 == at % 2).collect::<Vec<_>>();
        let curve = Calibrator::isotonic(&scores, &outcomes);
        let mut sorted = scores.clone();
        sorted.sort_by(f64::total_cmp);
        let found = sorted.iter().map(|s| curve.apply(*s)).collect::<Vec<_>>();
        prop_assert!(found.windows(2).all(|pair| pair[0] <= pair[1] + 1e-12));
        prop_assert!(found.iter().all(|p| (0.0..=1.0).contains(p)));
    }
}
