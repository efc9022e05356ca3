//! Measures by hand and as laws; models on planted effects.

#![expect(clippy::float_cmp, reason = "figures that are exact by construction are compared exactly")]

use ndarray::Array2;
use proptest::prelude::*;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};

use super::*;
use crate::numerics::classify::ForestOptions;
use crate::numerics::surveys::inference::Confidence;

pub(super) fn close(got: f64, want: f64, tolerance: f64) {
    assert!((got - want).abs() <= tolerance, "{got} against {want}");
}

/// Four people: treated with 1, control with 0, treated with 0, control with 1.
const ARMS: [bool; 4] = [true, false, true, false];
const OUTCOMES: [f64; 4] = [1.0, 0.0, 0.0, 1.0];

#[test]
fn curves_by_hand() {
    let trial = Trial::new(&ARMS, &OUTCOMES).unwrap();
    let curves = Curves::of(&[4.0, 3.0, 2.0, 1.0], &trial, Ties::AsGiven).unwrap();
    // Q: 1, 1, 1, 1 - 2/2 = 0; U: 1·1, 1·2, 1/2·3, (1/2 - 1/2)·4
    for (rows, qini, uplift) in [(0.0, 0.0, 0.0), (1.0, 1.0, 1.0), (2.0, 1.0, 2.0), (3.0, 1.0, 1.5), (4.0, 0.0, 0.0)] {
        assert_eq!((curves.qini_at(rows), curves.uplift_at(rows)), (qini, uplift), "{rows}");
    }
    assert_eq!(curves.qini_at(3.5), 0.5);
    let areas = curves.areas();
    assert_eq!((areas.qini, areas.qini_end, areas.uplift, areas.uplift_end), (3.0, 0.0, 4.5, 0.0));
    assert_eq!((areas.random(), areas.qini_coefficient(), areas.auuc()), (0.0, 3.0 / 16.0, 4.5 / 16.0));
    assert_eq!(areas.qini_over_random(), None);
    assert_eq!(qini_of_perfect(&[4.0, 2.0, 2.0, 1.0], &trial, Ties::Merged).unwrap(), 1.0);
}

#[test]
fn ties_are_as_given_or_merged() {
    let trial = Trial::new(&ARMS, &OUTCOMES).unwrap();
    let scores = [2.0, 2.0, 1.0, 1.0];
    let given = Curves::of(&scores, &trial, Ties::AsGiven).unwrap();
    let merged = Curves::of(&scores, &trial, Ties::Merged).unwrap();
    assert_eq!((given.qini_at(1.0), merged.qini_at(1.0)), (1.0, 0.5));
    assert_eq!((given.qini_at(2.0), merged.qini_at(2.0)), (1.0, 1.0));
    assert_eq!(
        Curves::of(&[0.0, -0.0, 0.0, 0.0], &trial, Ties::Merged).unwrap_err(),
        UpliftError::ScoresAlike { rows: 4 }
    );
}

#[test]
fn what_tells_nothing_has_a_reason() {
    let trial = Trial::new(&ARMS, &[0.0; 4]).unwrap();
    let scores = [4.0, 3.0, 2.0, 1.0];
    let none = UpliftError::OutcomesAlike { rows: 4, outcome: 0.0 };
    assert_eq!(Curves::of(&scores, &trial, Ties::AsGiven).unwrap_err(), none);
    let order = Order::of(&scores, &trial, Ties::AsGiven).unwrap();
    let confidence = Confidence::default();
    assert_eq!(OrderQuality::of(&trial, &order, 10, 1, confidence).unwrap_err(), none);
    assert_eq!(Effect::of_top(&trial, &order, 0.25, confidence).unwrap_err(), UpliftError::EmptyArm { arm: "control" });
    assert_eq!(PolicyValue::of(&trial, &order, 1.5, confidence).unwrap_err(), UpliftError::Share { share: 1.5 });
    assert_eq!(Calibration::of(&trial, &[1.0; 4], confidence).unwrap_err(), UpliftError::ScoresAlike { rows: 4 });
    assert_eq!(
        Order::of(&[1.0, f64::NAN, 2.0, 3.0], &trial, Ties::AsGiven).unwrap_err(),
        UpliftError::NotFinite { column: "scores", row: 1 }
    );
    let money = Trial::new(&ARMS, &[2.5, 0.0, 0.0, 1.0]).unwrap();
    assert!(matches!(qini_of_perfect(&scores, &money, Ties::AsGiven), Err(UpliftError::NotYesNo { row: 0, .. })));
    // one of each arm: an effect, but no interval
    let pair = Trial::new(&[true, false], &[1.0, 0.0]).unwrap();
    let effect = Effect::average(&pair, confidence).unwrap();
    assert_eq!((effect.effect, effect.std_error, effect.lower), (1.0, None, None));
}

/// Two arms of the textbook: 5 ± 95 % by Welch's t, from R's `t.test(c(1,2,3,10), c(0,1,0,1,2))`.
#[test]
fn effects_are_those_of_a_welch_test() {
    let treated = [true, true, true, true, false, false, false, false, false];
    let outcomes = [1.0, 2.0, 3.0, 10.0, 0.0, 1.0, 0.0, 1.0, 2.0];
    let effect = Effect::average(&Trial::new(&treated, &outcomes).unwrap(), Confidence::default()).unwrap();
    assert_eq!((effect.treated, effect.control, effect.treated_mean, effect.control_mean), (4, 5, 4.0, 0.8));
    close(effect.effect, 3.2, 1e-12);
    close(effect.std_error.unwrap(), (50.0_f64 / 3.0 / 4.0 + 0.7 / 5.0).sqrt(), 1e-12);
    close(effect.lower.unwrap() + effect.upper.unwrap(), 6.4, 1e-12);
}

pub(super) fn uniform(random: &mut Xoshiro256PlusPlus) -> f64 {
    (random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
}

/// A trial whose effect is 2 + 3x for x in −1..1, with outcomes of much noise; the rest of the features is noise too.
pub(super) struct Planted {
    pub(super) people: Covariates,
    pub(super) treated: Vec<bool>,
    pub(super) outcomes: Vec<f64>,
    pub(super) effects: Vec<f64>,
    pub(super) parts: Vec<u32>,
}

fn planted(rows: usize, share: f64, slope: f64, seed: u64) -> Planted {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let features = Array2::from_shape_fn((rows, 4), |_| 2.0 * uniform(&mut random) - 1.0);
    let treated: Vec<bool> = (0..rows).map(|_| uniform(&mut random) < share).collect();
    let effects: Vec<f64> = features.rows().into_iter().map(|x| 2.0 + slope * x[0]).collect();
    let noise = |random: &mut Xoshiro256PlusPlus| (0..12).map(|_| uniform(random)).sum::<f64>() - 6.0;
    let outcome = |row: usize, random: &mut Xoshiro256PlusPlus| {
        let base = 5.0 - 4.0 * features[(row, 0)] + 2.0 * features[(row, 1)];
        base + if treated[row] { effects[row] } else { 0.0 } + 6.0 * noise(random)
    };
    let outcomes = (0..rows).map(|row| outcome(row, &mut random)).collect();
    let parts = (0..rows as u32).map(|row| row % 5).collect();
    Planted { people: Covariates::new(features), treated, outcomes, effects, parts }
}

pub(super) const LINES: Learners = Learners { outcome: BaseLearner::Line, effect: BaseLearner::Line };

#[test]
fn planted_effects_are_found_and_their_size_is_right() {
    for (share, seed) in [(0.5, 1), (0.8, 2), (0.2, 3)] {
        let shop = planted(6_000, share, 3.0, seed);
        let trial = Trial::new(&shop.treated, &shop.outcomes).unwrap();
        let kinds = [UpliftKind::TwoModel, UpliftKind::XLearner, UpliftKind::ClassTransformation];
        let mut found = cross_fit(&kinds, &shop.people, &trial, &shop.parts, LINES);
        let last = found.pop().unwrap();
        assert!(matches!(last, Err(UpliftError::NotYesNo { .. })), "money is no yes/no outcome");
        for scores in found {
            let scores = scores.unwrap();
            let order = Order::of(&scores, &trial, Ties::AsGiven).unwrap();
            let quality =
                OrderQuality::of(&trial, &order, BOOTSTRAP_DRAWS, BOOTSTRAP_SEED, Confidence::default()).unwrap();
            assert!(quality.qini.lower > 0.0, "{share}: {quality:?}");
            let calibration = Calibration::of(&trial, &scores, Confidence::default()).unwrap();
            let off = (calibration.slope - 1.0).abs();
            assert!(off < 3.5 * calibration.slope_std_error && off < 0.5, "{share}: {calibration:?}");
            let effects = calibration.effects(&scores, &scores);
            let mean = effects.iter().sum::<f64>() / effects.len() as f64;
            close(mean, calibration.average.effect, 1e-9);
            // the best half by the scores is the better half in truth
            let truth = |rows: &mut dyn Iterator<Item = usize>| rows.map(|row| shop.effects[row]).sum::<f64>();
            let best = truth(&mut order.rows().take(3_000));
            assert!(best > 0.6 * truth(&mut order.rows()), "{share}: {best}");
            let policy = PolicyValue::of(&trial, &order, 0.5, Confidence::default()).unwrap();
            let want = best / 6_000.0;
            // 3.5 standard errors: it is asked often
            let half = 3.5 / 1.96 * (policy.gain_upper.unwrap() - policy.gain);
            assert!((policy.gain - want).abs() < half, "{policy:?}, {want}");
            let groups = uplift_groups(&trial, &order, &effects, 10, Confidence::default());
            assert_eq!(groups.iter().map(|group| group.rows).sum::<usize>(), 6_000);
            assert!(groups[0].predicted_mean > groups[9].predicted_mean);
        }
    }
}

/// Where the effect is the same for everybody, a model's order beats chance as seldom as the interval says.
#[test]
fn no_order_where_there_is_none() {
    let mut above = 0;
    for seed in 0..60 {
        let shop = planted(400, 0.5, 0.0, 100 + seed);
        let trial = Trial::new(&shop.treated, &shop.outcomes).unwrap();
        let found = cross_fit(&[UpliftKind::TwoModel], &shop.people, &trial, &shop.parts, LINES);
        let order = Order::of(found[0].as_ref().unwrap(), &trial, Ties::AsGiven).unwrap();
        let quality = OrderQuality::of(&trial, &order, 100, 1, Confidence::default()).unwrap();
        above += u32::from(quality.qini.lower > 0.0);
    }
    assert!(above <= 5, "{above} above of 60");
}

/// The interval holds the Qini coefficient of the truth about as often as it says.
#[test]
fn intervals_cover() {
    let truth = {
        let shop = planted(400_000, 0.5, 3.0, 7);
        let trial = Trial::new(&shop.treated, &shop.outcomes).unwrap();
        Curves::of(&shop.effects, &trial, Ties::AsGiven).unwrap().areas().qini_coefficient()
    };
    let covers = |seed: u64| {
        let shop = planted(500, 0.5, 3.0, 1_000 + seed);
        let trial = Trial::new(&shop.treated, &shop.outcomes).unwrap();
        let order = Order::of(&shop.effects, &trial, Ties::AsGiven).unwrap();
        let qini = OrderQuality::of(&trial, &order, 200, seed, Confidence::default()).unwrap().qini;
        qini.lower <= truth && truth <= qini.upper
    };
    let covered = (0..200).filter(|seed| covers(*seed)).count();
    assert!((180..=199).contains(&covered), "{covered} of 200 hold {truth}");
}

#[test]
fn copies_of_a_person_widen_the_interval() {
    let shop = planted(1_000, 0.5, 3.0, 9);
    let twice = |values: &[f64]| values.iter().chain(values).copied().collect::<Vec<f64>>();
    let (outcomes, scores) = (twice(&shop.outcomes), twice(&shop.effects));
    let treated: Vec<bool> = shop.treated.iter().chain(&shop.treated).copied().collect();
    let people: Vec<u32> = (0..1_000).chain(0..1_000).collect();
    let width = |trial: &Trial<'_>, scores: &[f64]| {
        let order = Order::of(scores, trial, Ties::Merged).unwrap();
        OrderQuality::of(trial, &order, 400, 3, Confidence::default()).unwrap().qini.std_error
    };
    let once = width(&Trial::new(&shop.treated, &shop.outcomes).unwrap(), &shop.effects);
    let naive = width(&Trial::new(&treated, &outcomes).unwrap(), &scores);
    let fair = width(&Trial::new(&treated, &outcomes).unwrap().with_people(&people).unwrap(), &scores);
    assert!((fair / once - 1.0).abs() < 0.15 && naive < 0.8 * once, "{once} {naive} {fair}");
}

/// Two campaigns in which opposite kinds of people were treated more: without weights the effect is wrong.
#[test]
fn campaigns_with_different_shares_are_put_together_rightly() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(4);
    let campaigns: Vec<u32> = (0..40_000).map(|row| row % 2).collect();
    let shares = [0.8, 0.3];
    let treated: Vec<bool> = campaigns.iter().map(|c| uniform(&mut random) < shares[*c as usize]).collect();
    let outcome = |(campaign, treated): (&u32, &bool)| f64::from(*campaign) * 10.0 + f64::from(u8::from(*treated));
    let outcomes: Vec<f64> = campaigns.iter().zip(&treated).map(outcome).collect();
    let plain = Trial::new(&treated, &outcomes).unwrap();
    let fair = Trial::new(&treated, &outcomes).unwrap().with_campaigns(&campaigns).unwrap();
    let effect = |trial: &Trial<'_>| Effect::average(trial, Confidence::default()).unwrap().effect;
    assert!((effect(&plain) - 1.0).abs() > 1.0, "{}", effect(&plain));
    close(effect(&fair), 1.0, 1e-9);
    let scores: Vec<f64> = (0..40_000).map(|_| uniform(&mut random)).collect();
    let end = Curves::of(&scores, &fair, Ties::AsGiven).unwrap().areas().uplift_end;
    close(end / 40_000.0, 1.0, 1e-9);
}

#[test]
fn penalties_are_small_where_there_is_a_line_and_great_where_there_is_none() {
    let shop = planted(5_000, 0.5, 3.0, 11);
    let exact: Vec<f64> = shop.people.features().rows().into_iter().map(|x| 1.0 + 2.0 * x[0] - 0.5 * x[3]).collect();
    let BaseModel::Number(fit) = BaseLearner::Line.fit(shop.people.features(), &exact).unwrap() else {
        panic!("a line")
    };
    close(fit.intercept, 1.0, 1e-3);
    for (got, want) in fit.coefficients.iter().zip([2.0, 0.0, 0.0, -0.5]) {
        close(*got, want, 1e-3);
    }
    let noise: Vec<f64> = (0..5_000).map(|row| f64::from((row * 7_919) % 101)).collect();
    let BaseModel::Number(fit) = BaseLearner::Line.fit(shop.people.features(), &noise).unwrap() else {
        panic!("a line")
    };
    assert!(fit.coefficients.iter().all(|c| c.abs() < 2.0), "{fit:?}");
    // a column twice, and one that never changes
    let wide = Array2::from_shape_fn(
        (5_000, 3),
        |(row, column)| if column == 2 { 1.0 } else { shop.people.features()[(row, 0)] },
    );
    let BaseModel::Number(fit) = BaseLearner::Line.fit(&wide, &exact).unwrap() else { panic!("a line") };
    close(fit.coefficients[0], fit.coefficients[1], 1e-6);
    assert!((fit.coefficients[0] - 1.0).abs() < 0.05, "{fit:?}");
    assert_eq!(BaseLearner::Line.fit(shop.people.features(), &vec![3.0; 5_000]).unwrap(), BaseModel::Constant(3.0));
}

/// Yes/no outcomes whose chance rises with x for the treated only; arms of unequal size.
#[test]
fn models_of_yes_no_outcomes_find_who_is_moved() {
    let forest = ForestOptions { trees: 16, ..ForestOptions::default() };
    let logistic = BaseLearner::Logistic { ridge: 1.0 };
    for (share, seed, outcome) in
        [(0.5, 1, logistic), (0.85, 2, logistic), (0.25, 3, logistic), (0.5, 4, BaseLearner::Forest(forest))]
    {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
        let rows = 8_000;
        let features = Array2::from_shape_fn((rows, 3), |_| 2.0 * uniform(&mut random) - 1.0);
        let treated: Vec<bool> = (0..rows).map(|_| uniform(&mut random) < share).collect();
        let effect = |row: usize| 0.15 + 0.15 * features[(row, 0)];
        let outcomes: Vec<f64> = (0..rows)
            .map(|row| {
                let chance = 0.3 + 0.2 * features[(row, 1)] + if treated[row] { effect(row) } else { 0.0 };
                f64::from(u8::from(uniform(&mut random) < chance))
            })
            .collect();
        let parts: Vec<u32> = (0..rows as u32).map(|row| row % 5).collect();
        let trial = Trial::new(&treated, &outcomes).unwrap();
        let learners = Learners { outcome, effect: BaseLearner::Line };
        let people = Covariates::new(features.clone());
        let found = cross_fit(&UpliftKind::ALL, &people, &trial, &parts, learners);
        for (kind, scores) in UpliftKind::ALL.iter().zip(found) {
            let scores = scores.unwrap();
            let mean = scores.iter().sum::<f64>() / rows as f64;
            assert!((mean - 0.15).abs() < 0.05, "{kind:?} {share}: mean {mean}");
            let order = Order::of(&scores, &trial, Ties::AsGiven).unwrap();
            let best = order.rows().take(rows / 2).map(effect).sum::<f64>() / (rows / 2) as f64;
            // 0.15 at random, 0.225 at best
            assert!(best > 0.195, "{kind:?} {share} {outcome:?}: {best}");
        }
    }
}

/// An order that is better is ahead, one that is not is not, and one is never ahead of itself.
#[test]
fn leads_are_differences_of_the_same_draws() {
    let shop = planted(4_000, 0.5, 3.0, 12);
    let trial = Trial::new(&shop.treated, &shop.outcomes).unwrap();
    let order = |scores: &[f64]| Order::of(scores, &trial, Ties::Merged).unwrap();
    let noise = |column: usize| order(&shop.people.features().column(column).to_vec());
    let (truth, one, other) = (order(&shop.effects), noise(2), noise(3));
    let quality = |order: &Order| OrderQuality::of(&trial, order, 200, 1, Confidence::default()).unwrap();
    let lead = |[one, other]: [&Order; 2]| quality(one).qini_lead(&quality(other), Confidence::default());
    let (ahead, behind, level) = (lead([&truth, &one]), lead([&one, &truth]), lead([&one, &other]));
    assert!(ahead.lower > 0.0 && behind.upper < 0.0 && level.lower < 0.0 && level.upper > 0.0, "{ahead:?} {level:?}");
    close(ahead.estimate, -behind.estimate, 1e-12);
    let itself = lead([&truth, &truth]);
    assert_eq!((itself.estimate, itself.std_error), (0.0, 0.0));
    close(ahead.estimate, quality(&truth).qini.estimate - quality(&one).qini.estimate, 1e-12);
}

proptest! {
    #[test]
    fn laws_of_the_curves(
        rows in prop::collection::vec((any::<bool>(), 0_u32..4, 0_u32..6), 2..60),
        seed in any::<u64>(),
    ) {
        let mut rows = rows;
        (rows[0].0, rows[1].0) = (true, false);
        (rows[0].1, rows[1].1) = (1, 0);
        (rows[0].2, rows[1].2) = (1, 0);
        let treated: Vec<bool> = rows.iter().map(|r| r.0).collect();
        let outcomes: Vec<f64> = rows.iter().map(|r| f64::from(r.1)).collect();
        let scores: Vec<f64> = rows.iter().map(|r| f64::from(r.2)).collect();
        let trial = Trial::new(&treated, &outcomes).unwrap();
        let n = rows.len() as f64;
        let average = Effect::average(&trial, Confidence::default()).unwrap();
        for ties in [Ties::AsGiven, Ties::Merged] {
            let curves = Curves::of(&scores, &trial, ties).unwrap();
            let areas = *curves.areas();
            // both curves end in the effect on all
            prop_assert!((areas.qini_end - average.treated as f64 * average.effect).abs() < 1e-9);
            prop_assert!((areas.uplift_end - n * average.effect).abs() < 1e-9);
            prop_assert!(areas.qini_coefficient().is_finite() && areas.auuc().is_finite());
            // only the order of the scores counts
            let other: Vec<f64> = scores.iter().map(|s| s.exp() - 7.0).collect();
            let again = *Curves::of(&other, &trial, ties).unwrap().areas();
            prop_assert_eq!(again, areas);
            // campaigns with one lot are one
            let same = trial.clone().with_campaigns(&vec![0; rows.len()]).unwrap();
            let weighted = *Curves::of(&scores, &same, ties).unwrap().areas();
            prop_assert!((weighted.qini - areas.qini).abs() < 1e-9 * (1.0 + areas.qini.abs()));
        }
        // merged ties don't know the order of rows
        let merged = Curves::of(&scores, &trial, Ties::Merged).unwrap().areas().qini;
        let mut order: Vec<usize> = (0..rows.len()).collect();
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
        for at in (1..order.len()).rev() {
            order.swap(at, (random.next_u64() % (at as u64 + 1)) as usize);
        }
        let pick = |values: &[f64]| order.iter().map(|at| values[*at]).collect::<Vec<_>>();
        let arms: Vec<bool> = order.iter().map(|at| treated[*at]).collect();
        let (outcomes, mixed) = (pick(&outcomes), pick(&scores));
        let shuffled = Trial::new(&arms, &outcomes).unwrap();
        let again = Curves::of(&mixed, &shuffled, Ties::Merged).unwrap().areas().qini;
        prop_assert!((again - merged).abs() < 1e-9 * (1.0 + merged.abs()));
        // treating everybody is worth the mean of the treated
        let order = Order::of(&scores, &trial, Ties::AsGiven).unwrap();
        let all = PolicyValue::of(&trial, &order, 1.0, Confidence::default()).unwrap();
        prop_assert!((all.hajek - average.treated_mean).abs() < 1e-9 && (all.gain - average.effect).abs() < 1e-9);
        prop_assert!((all.horvitz_thompson - all.hajek).abs() < 1e-9);
    }
}
