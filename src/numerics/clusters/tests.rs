//! The promises of the module, and the inputs that other tools got wrong.

#![expect(clippy::float_cmp, reason = "figures that are exact by construction are compared exactly")]

use super::*;

const NAN: f64 = f64::NAN;

/// Missing, infinite, zero and negative cells among nine customers.
const RECENCY: [f64; 9] = [12.0, 30.0, 9.0, NAN, 320.0, 4.0, 44.0, 15.0, 150.0];
const FREQUENCY: [f64; 9] = [4.0, 1.0, 3.0, 2.0, 1.0, 9.0, 2.0, NAN, 1.0];
const MONETARY: [f64; 9] = [150.0, 0.0, -48.0, 60.0, f64::INFINITY, 700.0, 75.0, 90.0, 22.0];

fn broken_cells(transform: Transform) -> [Feature<'static>; 3] {
    [("recency", &RECENCY), ("frequency", &FREQUENCY), ("monetary", &MONETARY)].map(|(name, values)| Feature {
        name,
        values,
        transform,
    })
}

/// Ten customers in three groups.
const TEN: [[f64; 10]; 3] = [
    [3.0, 4.0, 6.0, 51.0, 55.0, 48.0, 240.0, 260.0, 230.0, 60.0],
    [15.0, 14.0, 16.0, 6.0, 5.0, 7.0, 1.0, 2.0, 1.0, 6.0],
    [1200.0, 1100.0, 1250.0, 400.0, 380.0, 420.0, 30.0, 45.0, 25.0, 390.0],
];

fn ten() -> [Feature<'static>; 3] {
    std::array::from_fn(|at| Feature {
        name: ["days_since_last", "orders", "spend_net"][at],
        values: &TEN[at],
        transform: Transform::Identity,
    })
}

fn fixed(k: usize) -> ClusterOptions<'static> {
    ClusterOptions { k: KSelection::Fixed(k), ..ClusterOptions::default() }
}

/// Three columns of many uneven rows.
fn shop(rows: u32) -> [Vec<f64>; 3] {
    let noise = |i: u32, salt: u32| {
        let mixed = (i ^ salt).wrapping_mul(2_654_435_761).rotate_left(13).wrapping_mul(40_503);
        f64::from(mixed >> 8) / f64::from(1_u32 << 24)
    };
    let days = (0..rows).map(|i| (noise(i, 1) * 700.0).floor()).collect();
    let orders: Vec<f64> = (0..rows).map(|i| (1.0 / (0.02 + noise(i, 2))).ceil()).collect();
    let spend = (0..rows).zip(&orders).map(|(i, o)| o * 20.0 * (0.3 + noise(i, 3))).collect();
    [days, orders, spend]
}

fn shop_features(columns: &[Vec<f64>; 3]) -> [Feature<'_>; 3] {
    std::array::from_fn(|at| Feature::new(["days_since_last", "orders", "spend_net"][at], &columns[at]))
}

#[test]
fn unusable_rows_are_listed_and_get_no_cluster() {
    let features = broken_cells(Transform::SignedLog1p);
    let clustering = cluster_customers(&features, &fixed(2)).unwrap();
    let refused: Vec<_> = clustering.placement.refused.iter().map(|c| (c.row, c.column, c.reason)).collect();
    assert_eq!(refused, [(3, 0, Refusal::Missing), (4, 2, Refusal::Infinite), (7, 1, Refusal::Missing)]);
    for row in 0..9 {
        let placed = ![3, 4, 7].contains(&row);
        assert_eq!(clustering.placement.clusters[row].is_some(), placed);
        assert_eq!(clustering.placement.distances[row].is_some(), placed);
    }
    assert_eq!(clustering.placed_rows, 6);
    assert_all_finite(&clustering);
}

#[test]
fn the_plain_log_refuses_zero_and_negative() {
    let (_, prepared) = Scaling::fit(&broken_cells(Transform::Log), ScalingOptions::default()).unwrap();
    assert_eq!(prepared.rows, [0, 5, 6, 8]);
    let not_positive: Vec<_> = prepared.refused.iter().filter(|c| c.reason == Refusal::NotPositive).collect();
    assert_eq!(not_positive.iter().map(|c| c.row).collect::<Vec<_>>(), [1, 2]);
    assert!(not_positive.iter().all(|c| c.column == 2));
}

#[test]
fn signed_log_values() {
    let expected = [(0, 5.017_280), (1, 0.0), (2, -3.891_820), (5, 6.552_508), (6, 4.330_733), (8, 3.135_494)];
    for (row, value) in expected {
        assert!((Transform::SignedLog1p.apply(MONETARY[row]) - value).abs() < 1e-6);
    }
}

#[test]
fn statistics_come_from_the_rows_used() {
    let (scaling, prepared) = Scaling::fit(&broken_cells(Transform::Identity), ScalingOptions::default()).unwrap();
    assert_eq!(prepared.rows, [0, 1, 2, 5, 6, 8]);
    let monetary = &scaling.columns[2];
    assert!((monetary.mean - 149.833_333).abs() < 1e-6);
    assert!((monetary.sd - 253.710_082).abs() < 1e-6);
}

#[test]
fn reaches_the_best_partition_from_any_seed() {
    for seed in 0..40 {
        let options = ClusterOptions { number_by: Some("spend_net"), seed, ..fixed(3) };
        let clustering = cluster_customers(&ten(), &options).unwrap();
        assert!((clustering.inertia - 0.274_566).abs() < 1e-6, "{}", clustering.inertia);
        let clusters: Vec<_> = clustering.placement.clusters.iter().map(|c| c.unwrap()).collect();
        assert_eq!(clusters, [0, 0, 0, 1, 1, 1, 2, 2, 2, 1]);
    }
}

#[test]
fn row_order_changes_neither_groups_nor_numbers() {
    let columns = shop(600);
    let sorted = cluster_customers(&shop_features(&columns), &fixed(3)).unwrap();
    let backwards = columns.clone().map(|column| column.into_iter().rev().collect::<Vec<_>>());
    let mut turned = cluster_customers(&shop_features(&backwards), &fixed(3)).unwrap();
    turned.placement.clusters.reverse();
    assert_eq!(turned.placement.clusters, sorted.placement.clusters);
    assert_eq!(cluster_customers(&shop_features(&columns), &fixed(3)).unwrap(), sorted);
}

#[test]
fn clusters_are_numbered_by_falling_mean_in_own_units() {
    let columns = shop(700);
    for name in ["days_since_last", "orders", "spend_net"] {
        let options = ClusterOptions { number_by: Some(name), ..fixed(6) };
        let clustering = cluster_customers(&shop_features(&columns), &options).unwrap();
        let means: Vec<f64> =
            clustering.profiles.iter().map(|p| p.features.iter().find(|f| f.name == name).unwrap().mean).collect();
        assert!(means.windows(2).all(|pair| pair[0] >= pair[1]), "{name}: {means:?}");
    }
}

#[test]
fn profiles_add_up_and_have_different_names() {
    let columns = shop(700);
    let clustering = cluster_customers(&shop_features(&columns), &fixed(8)).unwrap();
    let profiles = &clustering.profiles;
    assert_eq!(profiles.iter().map(|p| p.size).sum::<usize>(), 700);
    assert!((profiles.iter().map(|p| p.share).sum::<f64>() - 1.0).abs() < 1e-12);
    let mut names: Vec<&str> = profiles.iter().map(|p| p.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), 8);
    for profile in profiles {
        let members: Vec<usize> =
            (0..700).filter(|&row| clustering.placement.clusters[row] == Some(profile.cluster)).collect();
        assert_eq!(members.len(), profile.size);
        for (column, feature) in columns.iter().zip(&profile.features) {
            let mean = members.iter().map(|&row| column[row]).sum::<f64>() / members.len() as f64;
            assert!((feature.mean - mean).abs() < 1e-9 * mean.abs());
        }
        assert!(profile.apart()[0].deviation.abs() >= profile.apart()[2].deviation.abs());
    }
    for column in 0..3 {
        let balance: f64 = profiles.iter().map(|p| p.share * p.features[column].deviation).sum();
        assert!(balance.abs() < 1e-9);
    }
}

#[test]
fn a_fitted_clustering_places_the_same_customers_alike() {
    let columns = shop(600);
    let features = shop_features(&columns);
    let clustering = cluster_customers(&features, &fixed(5)).unwrap();
    assert_eq!(clustering.fitted.assign(&features).unwrap(), clustering.placement);
    // Columns are found by name, and rows stand for themselves.
    let some: Vec<Vec<f64>> = columns.iter().rev().map(|c| c[100..200].to_vec()).collect();
    let turned: Vec<Feature<'_>> = ["spend_net", "orders", "days_since_last"]
        .iter()
        .zip(&some)
        .map(|(name, values)| Feature::new(name, values))
        .collect();
    let placement = clustering.fitted.assign(&turned).unwrap();
    assert_eq!(placement.clusters, clustering.placement.clusters[100..200]);
    let error = clustering.fitted.assign(&turned[..2]).unwrap_err().to_string();
    assert!(error.contains("days_since_last") && error.contains("spend_net, orders"), "{error}");
}

#[test]
fn placing_nobody_and_placing_bad_rows() {
    let columns = shop(500);
    let fitted = cluster_customers(&shop_features(&columns), &fixed(3)).unwrap().fitted;
    let empty = fitted.assign(&shop_features(&[vec![], vec![], vec![]])).unwrap();
    assert!(empty.clusters.is_empty());
    let far = [vec![f64::MAX], vec![f64::MIN], vec![f64::MAX]];
    assert!(fitted.assign(&shop_features(&far)).unwrap().clusters[0].is_some());
    let bad = [vec![NAN, 5.0], vec![1.0, 2.0], vec![3.0, f64::NEG_INFINITY]];
    let placement = fitted.assign(&shop_features(&bad)).unwrap();
    assert_eq!(placement.clusters, [None, None]);
    assert_eq!(placement.refused.len(), 2);
}

#[test]
fn a_unit_change_moves_nobody() {
    let columns = shop(500);
    let cents = columns.clone().map(|c| c.iter().map(|v| v * 128.0).collect::<Vec<_>>());
    let labels = |columns: &[Vec<f64>; 3]| {
        let features = shop_features(columns).map(|feature| Feature { transform: Transform::Identity, ..feature });
        cluster_customers(&features, &fixed(4)).unwrap().placement
    };
    assert_eq!(labels(&cents), labels(&columns));
}

#[test]
fn winsorising_moves_at_most_its_share_to_values_that_occur() {
    let mut values: Vec<f64> = (0..1_001).map(f64::from).collect();
    values[1_000] = 1e12;
    let feature = Feature { transform: Transform::Identity, ..Feature::new("spend", &values) };
    let (scaling, prepared) = Scaling::fit(&[feature], ScalingOptions::default()).unwrap();
    assert_eq!(scaling.columns[0].limits, Some((10.0, 990.0)));
    let largest = prepared.points.values().iter().copied().fold(0.0, f64::max);
    assert!(largest < 2.0);
    assert_eq!(scaling.columns[0].scale(-7.0), scaling.columns[0].scale(10.0));
    let off = ScalingOptions { winsorise: None };
    let (scaling, _) = Scaling::fit(&[feature], off).unwrap();
    assert_eq!(scaling.columns[0].limits, None);
}

#[test]
fn columns_without_variance_become_zero_and_are_reported() {
    let columns = shop(500);
    let same = vec![0.1; 500];
    let mut rare = vec![0.0; 500];
    rare[7] = 99.0;
    let features = [Feature::new("a", &same), Feature::new("b", &columns[0]), Feature::new("c", &rare)];
    let (scaling, prepared) = Scaling::fit(&features, ScalingOptions::default()).unwrap();
    let dropped: Vec<_> = scaling.columns.iter().map(|c| c.dropped).collect();
    assert_eq!(dropped, [Some(DropReason::Constant), None, Some(DropReason::ConstantWhenWinsorised)]);
    assert!(prepared.points.rows().all(|row| row[0] == 0.0 && row[2] == 0.0));
    let clustering = cluster_customers(&features, &fixed(3)).unwrap();
    assert!(clustering.profiles.iter().all(|p| p.features[0].deviation == 0.0));
    assert_all_finite(&clustering);
}

#[test]
fn standardised_columns_have_mean_zero_and_sd_one() {
    let columns = shop(5_000);
    let (_, prepared) = Scaling::fit(&shop_features(&columns), ScalingOptions::default()).unwrap();
    for column in 0..3 {
        let values: Vec<f64> = prepared.points.rows().map(|row| row[column]).collect();
        let mean = values.iter().sum::<f64>() / 5_000.0;
        let variance = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / 5_000.0;
        assert!(mean.abs() < 1e-12 && (variance - 1.0).abs() < 1e-12);
    }
}

#[test]
fn signed_log_is_odd_rising_and_joins_without_a_step() {
    let log = |v: f64| Transform::SignedLog1p.apply(v);
    let ladder = [0.0, 1e-300, 1e-9, 0.5, 1.0 - 1e-15, 1.0, 1.0 + 1e-15, 2.0, 1e6, 1e300];
    assert!(ladder.windows(2).all(|pair| log(pair[0]) <= log(pair[1])));
    assert!(ladder.iter().all(|&v| log(-v) == -log(v)));
    assert!((log(1.0) - 2.0_f64.ln()).abs() < 1e-15);
    assert!((log(1e-9) - 1e-9).abs() < 1e-17);
}

#[test]
fn the_number_of_clusters_can_be_chosen() {
    let columns = shop(500);
    let options = ClusterOptions::default();
    let clustering = cluster_customers(&shop_features(&columns), &options).unwrap();
    let choice = clustering.choice.as_ref().unwrap();
    assert_eq!(clustering.profiles.len(), choice.k);
    assert_eq!(choice.candidates.len(), 9);
    let fixed = cluster_customers(&shop_features(&columns), &fixed(choice.k)).unwrap();
    assert_eq!(fixed.placement, clustering.placement);
    let small = cluster_customers(&ten(), &options).unwrap();
    assert_eq!(small.choice.unwrap().k, 3);
}

#[test]
fn many_rows_are_fitted_on_a_sample_and_all_are_placed() {
    let columns = shop(60_000);
    let clustering = cluster_customers(&shop_features(&columns), &fixed(3)).unwrap();
    assert_eq!((clustering.placed_rows, clustering.fitted_rows), (60_000, kmeans::SAMPLE_ROWS));
    assert!(clustering.placement.clusters.iter().all(Option::is_some));
    let (_, prepared) = Scaling::fit(&shop_features(&columns), ScalingOptions::default()).unwrap();
    let centres = clustering.fitted.centres.points().values().to_vec();
    let settled = lloyd::Partition::refine(&prepared.points, centres, 300);
    assert!(clustering.inertia < settled.inertia * 1.002, "{} {}", clustering.inertia, settled.inertia);
}

#[test]
fn groups_of_equal_rows_in_original_units() {
    let columns = [
        [vec![12.0; 5], vec![220.0; 3], vec![35.0; 3], vec![4.0; 2]].concat(),
        [vec![1.0; 8], vec![7.0; 3], vec![14.0; 2]].concat(),
        [vec![45.0; 5], vec![15.0; 3], vec![320.0; 3], vec![800.0; 2]].concat(),
    ];
    let options = |k| ClusterOptions { number_by: Some("spend_net"), ..fixed(k) };
    let six = cluster_customers(&shop_features(&columns), &options(6)).unwrap();
    assert_eq!(six.profiles.iter().map(|p| p.size).collect::<Vec<_>>(), [2, 3, 5, 3]);
    assert_eq!(six.shortfall.as_deref(), Some("4 distinct points, 6 clusters asked for"));
    assert_eq!(six.inertia, 0.0);
    let one = cluster_customers(&shop_features(&columns), &options(1)).unwrap();
    let means: Vec<f64> = one.profiles[0].features.iter().map(|f| f.mean).collect();
    for (mean, expected) in means.iter().zip([64.076_923, 4.384_615, 217.692_308]) {
        assert!((mean - expected).abs() < 1e-6);
    }
    assert_eq!(one.profiles[0].name, "Everyone");
    let error = cluster_customers(&shop_features(&columns), &options(14)).unwrap_err();
    assert!(error.to_string().contains("k = 14 clusters asked for 13 customers"), "{error}");
}

#[test]
fn edges() {
    let one = [vec![3.0], vec![1.0], vec![9.0]];
    let clustering = cluster_customers(&shop_features(&one), &fixed(1)).unwrap();
    assert_eq!(clustering.placement.clusters, [Some(0)]);
    assert_eq!(clustering.placement.distances, [Some(0.0)]);
    assert_all_finite(&clustering);
    let auto = cluster_customers(&shop_features(&one), &ClusterOptions::default()).unwrap();
    assert_eq!(auto.profiles.len(), 1);
    let same = [vec![3.0; 50], vec![1.0; 50], vec![9.0; 50]];
    let auto = cluster_customers(&shop_features(&same), &ClusterOptions::default()).unwrap();
    assert_eq!((auto.profiles.len(), auto.inertia), (1, 0.0));
    let wide = [vec![-1e9, 1e9, 0.0], vec![1e-300, 0.0, 1.0], vec![1e300, -1e300, 0.0]];
    assert_all_finite(&cluster_customers(&shop_features(&wide), &fixed(2)).unwrap());
}

#[test]
fn tables_that_cannot_be_clustered_are_errors() {
    let fit = |features: &[Feature<'_>]| cluster_customers(features, &fixed(2)).unwrap_err();
    assert_eq!(fit(&[]), ClusterError::NoFeatures);
    let (three, two) = ([1.0, 2.0, 3.0], [1.0, 2.0]);
    let uneven = [Feature::new("a", &three), Feature::new("b", &two)];
    assert!(fit(&uneven).to_string().contains("`b` has 2 rows, the others have 3"));
    let twice = [Feature::new("a", &three), Feature::new("a", &three)];
    assert!(matches!(fit(&twice), ClusterError::DuplicateColumn { .. }));
    let none = [NAN, NAN];
    let error = fit(&[Feature::new("a", &none)]);
    assert_eq!(error, ClusterError::NoRows { rows: 2, refused: 2 });
    assert!(matches!(fit(&[Feature::new("a", &[])]), ClusterError::NoRows { .. }));
    let huge = [f64::MAX, f64::MIN, f64::MAX];
    let huge = Feature { transform: Transform::Identity, ..Feature::new("a", &huge) };
    assert!(matches!(fit(&[huge]), ClusterError::Overflow { .. }));
    for winsorise in [(0.5, 0.5), (-0.1, 0.9), (0.1, 1.1), (NAN, 0.9)] {
        let options = ScalingOptions { winsorise: Some(winsorise) };
        let error = Scaling::fit(&[Feature::new("a", &three)], options).unwrap_err();
        assert!(matches!(error, ClusterError::Percentiles { .. }));
    }
    let options = ClusterOptions { number_by: Some("spend"), ..fixed(2) };
    let error = cluster_customers(&[Feature::new("a", &three)], &options).unwrap_err();
    assert_eq!(error.to_string(), "no feature is called `spend`, there are: a");
}

fn assert_all_finite(clustering: &Clustering) {
    assert!(clustering.inertia.is_finite());
    assert!(clustering.placement.distances.iter().flatten().all(|d| d.is_finite()));
    assert!(clustering.fitted.centres.points().values().iter().all(|v| v.is_finite()));
    for column in &clustering.fitted.scaling.columns {
        assert!(column.mean.is_finite() && column.sd.is_finite());
    }
    for profile in &clustering.profiles {
        for feature in &profile.features {
            let figures = [feature.mean, feature.median, feature.deviation];
            assert!(figures.iter().all(|v| v.is_finite()), "{feature:?}");
        }
    }
}

/// `per` points around each of `k` corners of a large polygon.
pub(super) fn blobs(k: u32, per: u32) -> Points {
    let values = (0..k * per)
        .flat_map(|i| {
            let angle = f64::from(i % k) * std::f64::consts::TAU / f64::from(k);
            let (dx, dy) = (f64::from(i * 37 % 11) / 11.0, f64::from(i * 53 % 13) / 13.0);
            [30.0 * angle.cos() + dx, 30.0 * angle.sin() + dy]
        })
        .collect();
    Points::new(values, 2).unwrap()
}
