//! DBSCAN on small sets, equal rows, and samples.

#![expect(clippy::float_cmp, reason = "figures that are exact by construction are compared exactly")]

use super::*;
use crate::numerics::clusters::points::draw;
use proptest::prelude::*;

fn unit(seed: u64, number: u64) -> f64 {
    (draw(seed, number) >> 11) as f64 / (1_u64 << 53) as f64
}

/// Two squares of side 1, 10 apart, and one row far from both.
fn squares(per: u64) -> Points {
    let row = |i: u64| [unit(1, i) + 10.0 * (i % 2) as f64, unit(2, i)];
    Points::new((0..2 * per).flat_map(row).chain([5.0, 50.0]).collect(), 2).unwrap()
}

fn with(eps: f64, min_points: usize) -> DensityOptions {
    DensityOptions { eps: Some(eps), min_points: Some(min_points) }
}

/// The definition, by comparing everything with everything.
fn by_definition(points: &Points, eps: f64, min_points: usize) -> (Vec<bool>, Vec<bool>) {
    let near = |a: usize, b: usize| {
        let squared: f64 = points.row(a).iter().zip(points.row(b)).map(|(a, b)| (a - b) * (a - b)).sum();
        squared <= eps * eps
    };
    let rows = 0..points.len();
    let core: Vec<bool> = rows.clone().map(|a| rows.clone().filter(|&b| near(a, b)).count() >= min_points).collect();
    let noise = rows.clone().map(|a| !rows.clone().any(|b| core[b] && near(a, b))).collect();
    (core, noise)
}

#[test]
fn two_squares_and_an_outlier() {
    let found = dbscan(&squares(60), &DensityOptions::default()).unwrap();
    assert_eq!((found.clusters, found.min_points, found.fitted_rows), (2, 4, 121));
    assert_eq!(found.labels[120], None);
    assert_eq!((found.labels[0], found.labels[1]), (Some(0), Some(1)));
    assert!(found.outliers <= 6, "{found:?}");
    assert!(found.eps > 0.05 && found.eps < 2.0, "{}", found.eps);
}

#[test]
fn a_row_at_the_distance_eps_is_a_neighbour() {
    let points = Points::new(vec![0.0, 1.0, 2.0, 3.5], 1).unwrap();
    let labels = dbscan(&points, &with(1.0, 3)).unwrap().labels;
    assert_eq!(labels, [Some(0), Some(0), Some(0), None]);
}

#[test]
fn equal_rows_are_dense_and_cost_little() {
    let mut values = vec![0.0; 20_000 - 2];
    values.extend([5.0, 5.0]);
    let found = dbscan(&Points::new(values, 2).unwrap(), &with(0.5, 4)).unwrap();
    assert_eq!((found.outliers, found.clusters), (1, 1));
    assert_eq!(found.labels[9_999], None);
    let same = dbscan(&Points::new(vec![3.0; 80], 2).unwrap(), &DensityOptions::default()).unwrap();
    assert_eq!((same.outliers, same.clusters, same.eps), (0, 1, DEFAULT_EPS));
}

#[test]
fn fewer_rows_than_a_neighbourhood_are_outliers() {
    let found = dbscan(&Points::new(vec![1.0, 1.0, 1.0], 1).unwrap(), &with(2.0, 4)).unwrap();
    assert_eq!((found.labels, found.clusters, found.outliers), (vec![None; 3], 0, 3));
    let one = dbscan(&Points::new(vec![1.0], 1).unwrap(), &DensityOptions::default()).unwrap();
    assert_eq!((one.outliers, one.eps), (1, DEFAULT_EPS));
}

#[test]
fn the_knee_is_where_the_curve_turns() {
    let mut distances: Vec<f64> = (0..90).map(|i| 1.0 + f64::from(i) / 900.0).collect();
    distances.extend((1..=10).map(|i| 1.1 + f64::from(i)));
    distances.reverse();
    let knee = |distances: &[f64]| knee(distances.iter().copied());
    assert!((knee(&distances) - 1.0989).abs() < 0.01, "{}", knee(&distances));
    assert_eq!(knee(&[0.0, 0.0, f64::INFINITY]), DEFAULT_EPS);
    assert_eq!(knee(&[2.0]), 2.0);
    assert_eq!(knee(&[2.0, 2.0, 0.0]), 2.0);
}

#[test]
fn samples_give_the_outliers_of_all() {
    let per = DENSITY_ROWS as u64;
    let points = squares(per);
    let found = dbscan(&points, &with(0.3, 4)).unwrap();
    assert_eq!((found.fitted_rows, found.labels.len(), found.clusters), (DENSITY_ROWS, points.len(), 2));
    assert_eq!((found.outliers, found.labels[points.len() - 1]), (1, None));
    let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let again = |threads| pool(threads).install(|| dbscan(&points, &DensityOptions::default()).unwrap());
    assert_eq!(again(1), again(4));
}

#[test]
fn wrong_neighbourhoods_are_errors() {
    let points = squares(5);
    for (eps, min_points) in [(0.0, 3), (-1.0, 3), (f64::NAN, 3), (f64::INFINITY, 3), (1.0, 1), (1.0, 0)] {
        let error = dbscan(&points, &with(eps, min_points)).unwrap_err();
        assert!(matches!(error, ClusterError::Neighbourhood { .. }));
    }
    assert!(matches!(
        dbscan(&Points::new(vec![], 2).unwrap(), &DensityOptions::default()),
        Err(ClusterError::NoRows { .. })
    ));
}

proptest! {
    #[test]
    fn agrees_with_the_definition(
        cells in prop::collection::vec((0_u8..12, 0_u8..12), 1..60),
        eps in 1_u8..4,
        min_points in 2_usize..6,
    ) {
        let values = cells.iter().flat_map(|&(a, b)| [f64::from(a), f64::from(b)]).collect();
        let points = Points::new(values, 2).unwrap();
        let eps = f64::from(eps);
        let found = dbscan(&points, &with(eps, min_points)).unwrap();
        let (core, noise) = by_definition(&points, eps, min_points);
        for row in 0..points.len() {
            prop_assert_eq!(found.labels[row].is_none(), noise[row]);
            for other in 0..row {
                let squared: f64 =
                    points.row(row).iter().zip(points.row(other)).map(|(a, b)| (a - b) * (a - b)).sum();
                if core[row] && core[other] && squared <= eps * eps {
                    prop_assert_eq!(found.labels[row], found.labels[other]);
                }
            }
        }
        // Clusters are numbered without gaps by their first core points.
        let mut next = 0;
        for row in (0..points.len()).filter(|&row| core[row]) {
            let label = found.labels[row].unwrap();
            prop_assert!(label <= next);
            next = next.max(label + 1);
        }
        prop_assert_eq!(usize::from(next), found.clusters);
    }
}
