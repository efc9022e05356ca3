//! Features of customers, to be put into groups: as many as there are, with holes, in another order, all alike.

use std::path::PathBuf;

use acrm::numerics::clusters::{
    ClusterOptions, Clustering, Feature, KSelection, MixtureOptions, Points, Scaling, ScalingOptions, Transform,
    cluster_customers, fit_mixture,
};

use crate::support::{close, shared};

use super::Csv;

/// The columns recency, frequency and monetary of a case; an empty cell is no number.
fn features(file: &str) -> Option<[Vec<f64>; 3]> {
    let path: PathBuf = shared(&format!("cases/{file}"))?;
    let csv = Csv::read(&path);
    Some(["recency", "frequency", "monetary"].map(|name| {
        csv.column(name)
            .into_iter()
            .map(|cell| if cell.is_empty() { f64::NAN } else { cell.parse().expect("a number") })
            .collect()
    }))
}

fn named(columns: &[Vec<f64>; 3], transform: Transform) -> [Feature<'_>; 3] {
    let names = ["days_since_last", "orders", "spend_net"];
    std::array::from_fn(|at| Feature { name: names[at], values: &columns[at], transform })
}

fn grouped(columns: &[Vec<f64>; 3], k: usize) -> Result<Clustering, String> {
    let options = ClusterOptions {
        k: KSelection::Fixed(k),
        number_by: Some("spend_net"),
        scaling: ScalingOptions { winsorise: None },
        ..ClusterOptions::default()
    };
    cluster_customers(&named(columns, Transform::Identity), &options).map_err(|e| e.to_string())
}

#[test]
fn more_groups_than_distinct_customers() {
    let Some(columns) = features("62-kmeans-more-clusters-than-points/features.csv") else { return };
    let four = grouped(&columns, 4).expect("groups");
    let mut sizes = four.profiles.iter().map(|p| p.size).collect::<Vec<_>>();
    sizes.sort_unstable();
    assert!(four.inertia < 1e-20 && sizes == [2, 3, 3, 4], "{sizes:?}");
    let six = grouped(&columns, 6).expect("groups");
    assert_eq!(six.profiles.len(), 4);
    assert!(six.profiles.iter().all(|p| p.size > 0));
    assert_eq!(six.shortfall.as_deref(), Some("4 distinct points, 6 clusters asked for"));
    let said = grouped(&columns, 13).expect_err("too many");
    assert!(said.contains("13") && said.contains("12"), "{said}");
    let one = grouped(&columns, 1).expect("a group");
    for (feature, mean) in one.profiles[0].features.iter().zip([61.666_667, 4.083_333, 246.666_667]) {
        close(&feature.name, feature.mean, mean, 1e-6);
    }
}

#[test]
fn cells_that_are_no_numbers() {
    let Some(columns) = features("63-kmeans-bad-values/features.csv") else { return };
    let found = grouped(&columns, 2).expect("groups");
    let rows = found.placement.refused.iter().map(|cell| cell.row).collect::<Vec<_>>();
    assert_eq!(rows, [3, 4, 7], "rows 5, 6 and 9 of the file");
    let placed = found.placement.clusters.iter().map(Option::is_some).collect::<Vec<_>>();
    assert_eq!(placed.iter().filter(|placed| **placed).count(), 6);
    assert!(found.placement.distances.iter().flatten().all(|d| d.is_finite()));
    let money = &found.fitted.scaling.columns[2];
    close("mean", money.mean, 185.0, 1e-9);
    close("standard deviation", money.sd, 345.591_281, 1e-6);
    let (_, plain) = Scaling::fit(&named(&columns, Transform::Log), ScalingOptions::default()).expect("fits");
    assert!(plain.refused.iter().any(|c| (c.row, c.column) == (1, 2)) && plain.refused.iter().any(|c| c.row == 2));
    for (row, value) in [(0, 4.795_791), (1, 0.0), (2, -3.583_519), (5, 6.857_514), (6, 4.110_874), (8, 2.772_589)] {
        assert!((Transform::SignedLog1p.apply(columns[2][row]) - value).abs() < 1e-6, "row {row}");
    }
}

#[test]
fn two_orders_of_the_same_customers() {
    let [Some(one), Some(other)] = ["a", "b"].map(|file| features(&format!("64-kmeans-row-order/features_{file}.csv")))
    else {
        return;
    };
    let ids = ["a", "b"].map(|file| {
        let path = shared(&format!("cases/64-kmeans-row-order/features_{file}.csv")).expect("it was there");
        Csv::read(&path).column("customer_id").into_iter().map(str::to_owned).collect::<Vec<_>>()
    });
    let by_id = [one, other].into_iter().zip(ids).map(|(columns, ids)| {
        let found = grouped(&columns, 3).expect("groups");
        close("inertia", found.inertia, 0.306_583, 1e-6 / 0.306);
        let mut labels = ids.into_iter().zip(found.placement.clusters).collect::<Vec<_>>();
        labels.sort();
        labels
    });
    let by_id = by_id.collect::<Vec<_>>();
    assert_eq!(by_id[0], by_id[1]);
    let labels = by_id[0].iter().map(|(_, label)| label.expect("placed")).collect::<Vec<_>>();
    assert_eq!(labels, [0, 0, 0, 1, 1, 1, 2, 2, 2, 1], "numbered by falling mean");
}

#[test]
fn a_mixture_on_equal_rows() {
    let Some(columns) = features("66-mixture-collapsed-points/features.csv") else { return };
    let (_, prepared) =
        Scaling::fit(&named(&columns, Transform::Identity), ScalingOptions { winsorise: None }).expect("fits");
    let points: &Points = &prepared.points;
    let two = fit_mixture(points, 2, &MixtureOptions::default()).expect("fits");
    let labels = &two.memberships.labels;
    assert!(
        labels[..7].iter().all(|l| *l == labels[0]) && labels[7..].iter().all(|l| *l == labels[9] && *l != labels[0])
    );
    for row in 0..10 {
        assert!(two.memberships.row(row).iter().copied().fold(0.0, f64::max) > 0.999);
    }
    assert!(two.memberships.log_likelihood.is_finite());
    assert!(two.notes().iter().any(|note| note.contains("variance floor")), "{:?}", two.notes());
    let four = fit_mixture(points, 4, &MixtureOptions::default()).expect("fits");
    for row in 0..10 {
        let sum: f64 = four.memberships.row(row).iter().sum();
        assert!((sum - 1.0).abs() < 1e-9, "row {row}: {sum}");
    }
    assert!(four.memberships.log_likelihood.is_finite());
}
