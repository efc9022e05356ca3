//! Mixtures of simulated, collapsed and broken points.

#![expect(clippy::float_cmp, reason = "figures that are exact by construction are compared exactly")]

use super::*;
use crate::numerics::clusters::points::draw;

/// A number drawn evenly from 0..1.
fn uniform(seed: u64, number: u64) -> f64 {
    (draw(seed, number) >> 11) as f64 / (1_u64 << 53) as f64
}

/// A standard normal number, by Box and Muller.
fn normal(seed: u64, number: u64) -> f64 {
    let (a, b) = (uniform(seed, 2 * number), uniform(seed, 2 * number + 1));
    (-2.0 * (1.0 - a).ln()).sqrt() * (std::f64::consts::TAU * b).cos()
}

/// Rows of two groups: 1 in 4 around (4, 4) with correlated columns, the
/// others around 0.
fn two_groups(rows: u64) -> Points {
    let row = |i: u64| {
        let (a, b) = (normal(7, 2 * i), normal(7, 2 * i + 1));
        if i.is_multiple_of(4) { [4.0 + a, 4.0 + 0.8 * a + 0.6 * b] } else { [a, 0.5 * b] }
    };
    Points::new((0..rows).flat_map(row).collect(), 2).unwrap()
}

/// Six equal rows and one near them, three far away; the second column is
/// constant in the first group.
fn collapsed() -> Points {
    let mut rows = vec![[1.1, -0.6, -0.7]; 6];
    rows.extend([[1.2, -0.6, -0.69], [-0.9, 1.4, 1.3], [-0.8, 1.6, 1.4], [-1.0, 1.2, 1.2]]);
    Points::new(rows.concat(), 3).unwrap()
}

fn assert_sound(fit: &MixtureFit) {
    assert!(fit.bic.is_finite() && fit.memberships.log_likelihood.is_finite() && fit.floor > 0.0);
    assert!((fit.mixture.weights.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    assert!(fit.mixture.covariances.iter().flatten().all(|value| value.is_finite()));
    for row in 0..fit.memberships.labels.len() {
        let own = fit.memberships.row(row);
        assert!((own.iter().sum::<f64>() - 1.0).abs() < 1e-9 && own.iter().all(|p| (0.0..=1.0).contains(p)));
        let best = own.iter().copied().fold(0.0, f64::max);
        assert!(own[usize::from(fit.memberships.labels[row])] >= best);
    }
}

#[test]
fn two_components_part_a_collapsed_group_from_another() {
    let fit = fit_mixture(&collapsed(), 2, &MixtureOptions::default()).unwrap();
    assert_sound(&fit);
    assert_eq!(fit.memberships.labels, [0, 0, 0, 0, 0, 0, 0, 1, 1, 1]);
    for row in 0..10 {
        assert!(fit.memberships.row(row).iter().copied().fold(0.0, f64::max) > 0.999);
    }
    assert!(fit.notes().iter().any(|note| note.contains("variance floor")), "{:?}", fit.notes());
}

#[test]
fn more_components_than_a_collapsed_group_can_hold() {
    for k in 1..=10 {
        let fit = fit_mixture(&collapsed(), k, &MixtureOptions::default()).unwrap();
        assert_sound(&fit);
        let found = fit.mixture.weights.len();
        assert!(found <= k.min(5), "{found} of {k}");
        assert_eq!(fit.notes().iter().any(|note| note.contains("asked for")), found < k);
    }
    let error = fit_mixture(&collapsed(), 11, &MixtureOptions::default()).unwrap_err();
    assert!(error.to_string().contains("11 clusters asked for 10 customers"), "{error}");
}

#[test]
fn simulated_groups_are_recovered() {
    let fit = fit_mixture(&two_groups(4_000), 2, &MixtureOptions::default()).unwrap();
    assert_sound(&fit);
    assert!((fit.mixture.weights[0] - 0.25).abs() < 0.01, "{:?}", fit.mixture.weights);
    for (found, expected) in fit.mixture.means.values().iter().zip([4.0, 4.0, 0.0, 0.0]) {
        assert!((found - expected).abs() < 0.08, "{found} instead of {expected}");
    }
    let points = two_groups(4_000);
    let members = points.rows().step_by(4).flatten().copied().collect();
    let alone = fit_mixture(&Points::new(members, 2).unwrap(), 1, &MixtureOptions::default()).unwrap();
    for (found, expected) in fit.mixture.covariances[0].iter().zip(&alone.mixture.covariances[0]) {
        assert!((found - expected).abs() < 0.05, "{found} instead of {expected}");
    }
    assert!(fit.floored.is_empty() && fit.notes().is_empty());
}

#[test]
fn bic_finds_the_number_of_groups() {
    let choice = choose_mixture(&two_groups(2_000), 1, 5, &MixtureOptions::default()).unwrap();
    assert_eq!(choice.best.mixture.weights.len(), 2);
    assert_eq!(choice.candidates.iter().map(|c| c.k).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
    let smallest = choice.candidates.iter().min_by(|a, b| a.bic.total_cmp(&b.bic)).unwrap();
    assert!((smallest.bic - choice.best.bic).abs() < 1e-6, "all rows were fitted");
    let one = &choice.candidates[0];
    assert!((one.bic - (5.0 * 2_000.0_f64.ln() - 2.0 * one.log_likelihood)).abs() < 1e-9);
}

#[test]
fn one_component_is_mean_and_covariance() {
    let points = Points::new(vec![0.0, 0.0, 2.0, 2.0, 4.0, 1.0], 2).unwrap();
    let fit = fit_mixture(&points, 1, &MixtureOptions::default()).unwrap();
    let expected = [8.0 / 3.0, 2.0 / 3.0, 2.0 / 3.0, 2.0 / 3.0];
    for (at, (found, expected)) in fit.mixture.covariances[0].iter().zip(expected).enumerate() {
        let floor = if at % 3 == 0 { fit.floor } else { 0.0 };
        assert!((found - expected - floor).abs() < 1e-12);
    }
    assert_eq!(fit.mixture.means.values(), [2.0, 1.0]);
}

#[test]
fn columns_without_variance_change_nothing() {
    let points = two_groups(500);
    let widened = points.rows().flat_map(|row| [row[0], 3.5, row[1]]).collect();
    let plain = fit_mixture(&points, 2, &MixtureOptions::default()).unwrap();
    let wide = fit_mixture(&Points::new(widened, 3).unwrap(), 2, &MixtureOptions::default()).unwrap();
    assert_eq!(wide.memberships, plain.memberships);
    assert_eq!((wide.bic, wide.mixture.columns), (plain.bic, vec![0, 2]));
    assert_eq!(wide.mixture.means.row(0)[1], 3.5);
}

#[test]
fn a_unit_change_changes_no_membership() {
    let points = two_groups(600);
    let scaled = Points::new(points.values().iter().map(|value| value * 1_024.0).collect(), 2).unwrap();
    let (a, b) = (&points, &scaled);
    let fit = |points: &Points| fit_mixture(points, 3, &MixtureOptions::default()).unwrap();
    for (p, q) in fit(a).memberships.probabilities.iter().zip(fit(b).memberships.probabilities) {
        assert!((p - q).abs() < 1e-6);
    }
}

#[test]
fn a_heavy_tail_that_ends_linfas_fit_does_not_end_this_one() {
    let mut values: Vec<f64> = (0..5_000).map(|i| 0.001 * normal(3, i)).collect();
    values.push(50.0);
    let points = Points::new(values, 1).unwrap();
    assert!(start::linfa_mixture(&points, 1, 1e-6, 1).is_none_or(|c| !c.is_finite()), "linfa copes by now");
    let options = MixtureOptions { regularisation: 1e-9, ..MixtureOptions::default() };
    for k in 1..4 {
        assert_sound(&fit_mixture(&points, k, &options).unwrap());
    }
}

#[test]
fn degenerate_points_never_give_nan() {
    let lone = Points::new(vec![3.0, 4.0], 2).unwrap();
    let same = Points::new(vec![0.1; 90], 3).unwrap();
    let line = Points::new((0..60).flat_map(|i| [f64::from(i), f64::from(i)]).collect(), 2).unwrap();
    let huge = Points::new(vec![-1e140, -9e139, 0.0, 1e139, 1e140, 1e140], 1).unwrap();
    let tiny = Points::new((0..50).map(|i| f64::from(i % 7) * 1e-150).collect(), 1).unwrap();
    for points in [&lone, &same, &line, &huge, &tiny] {
        for k in 1..=points.len().min(4) {
            assert_sound(&fit_mixture(points, k, &MixtureOptions::default()).unwrap());
        }
    }
    assert_eq!(fit_mixture(&same, 3, &MixtureOptions::default()).unwrap().mixture.weights, [1.0]);
    let tight = MixtureOptions { regularisation: 1e-300, ..MixtureOptions::default() };
    let raised = fit_mixture(&line, 2, &tight).unwrap();
    assert!(raised.floor_raised && !raised.floored.is_empty());
    assert_sound(&raised);
}

#[test]
fn stored_mixtures_score_new_rows() {
    let points = two_groups(800);
    let fit = fit_mixture(&points, 2, &MixtureOptions::default()).unwrap();
    assert_eq!(fit.mixture.memberships(&points).unwrap(), fit.memberships);
    let far = Points::new(vec![1e140, -1e140], 2).unwrap();
    assert!((fit.mixture.memberships(&far).unwrap().row(0).iter().sum::<f64>() - 1.0).abs() < 1e-9);
    let none = Points::new(vec![], 2).unwrap();
    assert!(fit.mixture.memberships(&none).unwrap().labels.is_empty());
    assert!(matches!(
        fit.mixture.memberships(&Points::new(vec![1.0], 1).unwrap()),
        Err(ClusterError::Dimensions { .. })
    ));
}

#[test]
fn many_rows_are_fitted_on_a_sample_and_all_are_scored() {
    let points = two_groups(MIXTURE_ROWS as u64 + 5_000);
    let fit = fit_mixture(&points, 2, &MixtureOptions::default()).unwrap();
    assert_eq!((fit.fitted_rows, fit.memberships.labels.len()), (MIXTURE_ROWS, points.len()));
    assert_eq!(fit, fit_mixture(&points, 2, &MixtureOptions::default()).unwrap());
}

#[test]
fn repeats_itself_whatever_the_threads() {
    let points = two_groups(600);
    let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let choose = || choose_mixture(&points, 1, 4, &MixtureOptions::default()).unwrap();
    assert_eq!(pool(1).install(choose), pool(4).install(choose));
}

#[test]
fn components_are_ordered_by_falling_mean() {
    for order_by in 0..2 {
        let options = MixtureOptions { order_by, ..MixtureOptions::default() };
        let means = fit_mixture(&two_groups(900), 4, &options).unwrap().mixture.means;
        assert!(means.rows().zip(means.rows().skip(1)).all(|(a, b)| a[order_by] >= b[order_by]));
    }
}

#[test]
fn row_order_makes_no_difference() {
    let points = two_groups(700);
    let backwards = Points::new(points.values().chunks(2).rev().flatten().copied().collect(), 2).unwrap();
    let fit = |points: &Points| fit_mixture(points, 2, &MixtureOptions::default()).unwrap().memberships;
    let (forward, mut turned) = (fit(&points), fit(&backwards).labels);
    turned.reverse();
    assert_eq!(forward.labels, turned);
}

#[test]
fn wrong_options_are_errors() {
    let points = two_groups(50);
    for regularisation in [0.0, -1.0, 1.5, f64::NAN] {
        let options = MixtureOptions { regularisation, ..MixtureOptions::default() };
        assert!(matches!(fit_mixture(&points, 2, &options), Err(ClusterError::Regularisation { .. })));
    }
    let options = MixtureOptions { order_by: 2, ..MixtureOptions::default() };
    assert!(matches!(fit_mixture(&points, 2, &options), Err(ClusterError::Dimensions { .. })));
    let none = Points::new(vec![], 2).unwrap();
    assert!(matches!(fit_mixture(&none, 1, &MixtureOptions::default()), Err(ClusterError::NoRows { .. })));
    assert!(matches!(choose_mixture(&points, 3, 2, &MixtureOptions::default()), Err(ClusterError::KRange { .. })));
}
