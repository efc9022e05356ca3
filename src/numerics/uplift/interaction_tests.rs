//! Interactions on planted effects: few, right, in steps, and no more than a customer can be moved.

use ndarray::{Array2, Axis};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

use super::tests::{LINES, Planted, close, uniform};
use super::*;
use crate::numerics::special::logistic;

/// A trial whose chance of a purchase, on the scale of log-odds, rises with the second of eight features, and by 0.3 + 0.6 x
/// with a treatment, x the first feature; what is bought costs 20 on average, more with the third.
fn moved(rows: usize, share: f64, slope: f64, seed: u64) -> Planted {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let features = Array2::from_shape_fn((rows, 8), |_| 3.4 * uniform(&mut random) - 1.7);
    let treated: Vec<bool> = (0..rows).map(|_| uniform(&mut random) < share).collect();
    let chance = |row: usize, treated: bool| {
        let arm = f64::from(u8::from(treated)) - share;
        1.0 / (1.0 + (1.5 - features[(row, 1)] - arm * (0.3 + slope * features[(row, 0)])).exp())
    };
    let amount = |row: usize| 20.0 + 8.0 * features[(row, 2)];
    let outcome = |row: usize| {
        let buys = uniform(&mut random) < chance(row, treated[row]);
        f64::from(u8::from(buys)) * amount(row) * (0.5 + uniform(&mut random))
    };
    let outcomes = (0..rows).map(outcome).collect();
    let effects = (0..rows).map(|row| amount(row) * (chance(row, true) - chance(row, false))).collect();
    Planted {
        people: Covariates::new(features),
        treated,
        outcomes,
        effects,
        parts: (0..rows as u32).map(|row| row % 5).collect(),
    }
}

/// Of eight features the one that changes the effect is found, with its size, and no other; none where none does.
#[test]
fn interactions_are_few_and_right() {
    for (share, slope, seed) in [(0.5, 0.6, 21), (0.8, 0.6, 22), (0.5, -0.6, 23), (0.5, 0.0, 24), (0.25, 0.0, 25)] {
        let shop = moved(20_000, share, slope, seed);
        let bought: Vec<f64> = shop.outcomes.iter().map(|y| f64::from(u8::from(*y > 0.0))).collect();
        let trial = Trial::new(&shop.treated, &bought).unwrap();
        let rows = (0..20_000).collect::<Vec<_>>();
        let fitted = fit_uplift(&[UpliftKind::Interactions], &shop.people, &trial, &rows, LINES).remove(0).unwrap();
        let FittedUplift::Interactions { amount: None, cost: 0.0, .. } = fitted else { panic!("{fitted:?}") };
        let drivers = fitted.drivers();
        if slope == 0.0 {
            assert!(drivers.is_empty(), "{share} {drivers:?}");
        } else {
            assert!(drivers.len() == 1 && drivers[0].0 == Term::Slope(0), "{share} {drivers:?}");
            close(drivers[0].1, slope, 0.15);
        }
    }
}

/// Where a treatment works from some place of a feature on, a step is found near that place; a square of a feature may only
/// tell the outcome.
#[test]
fn steps_are_found_where_they_are() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(41);
    let rows = 30_000;
    let first = Array2::from_shape_fn((rows, 3), |_| 2.0 * uniform(&mut random) - 1.0);
    let features = ndarray::concatenate![Axis(1), first, first.mapv(|x| x * x)];
    let treated: Vec<bool> = (0..rows).map(|_| uniform(&mut random) < 0.5).collect();
    let outcome = |row: usize| {
        let arm = f64::from(u8::from(treated[row])) - 0.5;
        let effect = if features[(row, 1)] > 0.2 { 1.0 } else { 0.1 };
        let log_odds = -1.0 + features[(row, 3)] + features[(row, 1)] + arm * effect;
        f64::from(u8::from(uniform(&mut random) < logistic(log_odds)))
    };
    let outcomes: Vec<f64> = (0..rows).map(outcome).collect();
    let trial = Trial::new(&treated, &outcomes).unwrap();
    let people = Covariates::new(features)
        .with_effect_columns(&[0, 1, 2].map(|column| EffectColumn { column, alternatives: 1 }));
    let all = (0..rows as u32).collect::<Vec<_>>();
    let fitted = fit_uplift(&[UpliftKind::Interactions], &people, &trial, &all, LINES).remove(0).unwrap();
    let [(Term::Step(1, place), height)] = fitted.drivers() else { panic!("{:?}", fitted.drivers()) };
    assert!((0.1..0.31).contains(place), "{place}");
    close(*height, 0.9, 0.25);
    // of few people it is no proof where the column is one of very many, such as the levels of a word
    let few = (0..5_000).collect::<Vec<_>>();
    for (alternatives, found) in [(1, 1), (usize::MAX, 0)] {
        let people = people.clone().with_effect_columns(&[EffectColumn { column: 1, alternatives }]);
        let fitted = fit_uplift(&[UpliftKind::Interactions], &people, &trial, &few, LINES).remove(0).unwrap();
        assert_eq!(fitted.drivers().len(), found, "{alternatives}");
    }
    assert!(fit_common_push(&people, &trial).unwrap().drivers().is_empty());
}

/// People of whom only a part can be moved, and nobody knows who: the push that is said is that of the part, and whom to
/// choose is found without a feature for it.
#[test]
fn who_may_have_left_is_moved_less() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(43);
    let rows = 40_000;
    let there: Vec<f64> = (0..rows).map(|_| 0.05 + 0.95 * uniform(&mut random)).collect();
    let own = 0.5;
    let treated: Vec<bool> = (0..rows).map(|_| uniform(&mut random) < 0.5).collect();
    let outcome = |row: usize| {
        let arm = f64::from(u8::from(treated[row])) - 0.5;
        let buys = uniform(&mut random) < there[row] && uniform(&mut random) < logistic(arm * 0.8);
        f64::from(u8::from(buys))
    };
    let outcomes: Vec<f64> = (0..rows).map(outcome).collect();
    let mean: Vec<f64> = there.iter().map(|there| there * own).collect();
    let features = Array2::from_shape_fn((rows, 1), |(row, _)| (mean[row] / (1.0 - mean[row])).ln());
    let attenuation = mean.iter().map(|mean| mean * (1.0 - own) / (mean * (1.0 - mean))).collect();
    let people = Covariates::new(features).with_attenuation(attenuation).unwrap();
    let trial = Trial::new(&treated, &outcomes).unwrap();
    let all = (0..rows as u32).collect::<Vec<_>>();
    let fitted = fit_uplift(&[UpliftKind::Interactions], &people, &trial, &all, LINES).remove(0).unwrap();
    assert!(fitted.drivers().is_empty(), "{:?}", fitted.drivers());
    let truth = |row: usize| there[row] * (logistic(0.4) - logistic(-0.4));
    let worst = fitted.predict(&people).into_iter().enumerate().map(|(row, effect)| (effect - truth(row)).abs());
    let worst = worst.fold(0.0, f64::max);
    assert!(worst < 0.02, "{worst}");
    assert!(people.clone().with_attenuation(vec![1.0]).is_err());
}

/// Amounts are chance times amount; a cost that was taken from the outcomes is taken from the effects, too.
#[test]
fn interactions_of_amounts_rank_by_money() {
    let shop = moved(20_000, 0.6, 0.6, 31);
    let trial = Trial::new(&shop.treated, &shop.outcomes).unwrap();
    let scores =
        |trial: &Trial<'_>, kind| cross_fit(&[kind], &shop.people, trial, &shop.parts, LINES).remove(0).unwrap();
    let found = scores(&trial, UpliftKind::Interactions);
    let best = |scores: &[f64]| {
        let order = Order::of(scores, &trial, Ties::AsGiven).unwrap();
        order.rows().take(6_000).map(|row| shop.effects[row]).sum::<f64>()
    };
    let oracle = best(&shop.effects);
    assert!(best(&found) > 0.97 * oracle, "{} of {oracle}", best(&found));
    assert!(best(&scores(&trial, UpliftKind::TwoModel)) < best(&found));
    let costs: Vec<f64> = (0..20_000).map(|row| if row % 2 == 0 { 0.5 } else { 1.5 }).collect();
    let net = |row: usize| shop.outcomes[row] - if shop.treated[row] { costs[row] } else { 0.0 };
    let net: Vec<f64> = (0..20_000).map(net).collect();
    let after = Trial::new(&shop.treated, &net).unwrap().with_costs(&costs).unwrap();
    let after = scores(&after, UpliftKind::Interactions);
    for (before, after) in found.iter().zip(after) {
        close(before - after, 1.0, 0.02);
    }
    assert!(Trial::new(&shop.treated, &net).unwrap().with_costs(&[1.0]).is_err());
}

#[test]
fn interactions_need_outcomes_of_both_kinds() {
    let treated: Vec<bool> = (0..200).map(|row| row % 2 == 0).collect();
    let features = Array2::from_shape_fn((200, 2), |(row, column)| f64::from((row * (column + 3) % 17) as u8));
    let people = Covariates::new(features);
    let rows = (0..200).collect::<Vec<_>>();
    for (outcomes, what) in [(vec![0.0; 200], "other than 0"), (vec![2.5; 200], "0")] {
        let trial = Trial::new(&treated, &outcomes).unwrap();
        let fitted = fit_uplift(&[UpliftKind::Interactions], &people, &trial, &rows, LINES).remove(0);
        assert_eq!(fitted.unwrap_err(), UpliftError::TooFewOutcomes { what, found: 0, least: LEAST_ROWS });
    }
}
