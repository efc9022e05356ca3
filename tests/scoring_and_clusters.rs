//! Scores and clusters against reference tables.
//!
//! The tables lie beside the project and not in it; where they are missing the
//! tests say so and pass.

#![expect(clippy::print_stdout, reason = "tests say what they skipped and how close they came")]

use acrm::numerics::clusters::{
    ClusterOptions, DEFAULT_SEED, Feature, KSelection, Points, Scaling, ScalingOptions, calinski_harabasz, choose_k,
    cluster_customers, davies_bouldin, kmeans, silhouettes,
};
use acrm::numerics::scores::{CutPoints, Direction, score_quantile};
use std::path::Path;

/// Accepted inertia, as a multiple of the best known one.
const INERTIA_FACTOR: f64 = 1.001;

/// Index values of the same partition agree to this many parts of one.
const INDEX_TOLERANCE: f64 = 1e-9;

/// A table read as text, by column name.
struct Table {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// Reads a table of the reference folder, or says that it isn't there.
    fn reference(name: &str) -> Option<Self> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/reference/mining").join(name);
        let Ok(text) = std::fs::read_to_string(&path) else {
            println!("skipped: no reference table {name}");
            return None;
        };
        let split = |line: &str| line.split(',').map(str::to_owned).collect::<Vec<_>>();
        let mut lines = text.lines();
        let header = split(lines.next()?);
        Some(Self { header, rows: lines.map(split).collect() })
    }

    fn column(&self, name: &str) -> Vec<&str> {
        let at = self.header.iter().position(|column| column == name).expect("column exists");
        self.rows.iter().map(|row| row[at].as_str()).collect()
    }

    fn numbers(&self, name: &str) -> Vec<f64> {
        self.column(name).iter().map(|cell| cell.parse().expect("a number")).collect()
    }
}

/// The reference features of a data set as points, rows in customer order.
fn points(table: &Table, columns: &[&str]) -> Points {
    let columns: Vec<Vec<f64>> = columns.iter().map(|name| table.numbers(name)).collect();
    let rows = columns[0].len();
    let values = (0..rows).flat_map(|row| columns.iter().map(move |c| c[row])).collect();
    Points::new(values, columns.len()).expect("finite features")
}

const CDNOW: [&str; 3] = ["z_log1p_recency_days", "z_log1p_frequency", "z_log1p_monetary"];

/// The reference row of a data set and k, as (inertia, silhouette, CH, DB).
fn summary(dataset: &str) -> Option<Vec<(usize, [f64; 4])>> {
    let table = Table::reference("kmeans_summary.csv")?;
    let names = table.column("dataset");
    let columns =
        ["inertia_best_known", "silhouette", "calinski_harabasz", "davies_bouldin"].map(|name| table.numbers(name));
    let k = table.numbers("k");
    let rows = (0..names.len()).filter(|&row| names[row] == dataset);
    Some(rows.map(|row| (k[row] as usize, columns.each_ref().map(|c| c[row]))).collect())
}

fn check_inertia(dataset: &str, points: &Points) {
    let Some(rows) = summary(dataset) else { return };
    for (k, [best, ..]) in rows {
        let found = kmeans::fit(points, k, DEFAULT_SEED).expect("fits").assignment.inertia;
        println!("{dataset} k {k}: {:.6} of best known", found / best);
        assert!(found <= best * INERTIA_FACTOR, "{dataset} k = {k}: {found}, best {best}");
    }
}

#[test]
fn inertia_reaches_the_best_known_on_cdnow() {
    let Some(table) = Table::reference("kmeans_cdnow_features_labels.csv") else { return };
    check_inertia("cdnow", &points(&table, &CDNOW));
}

#[test]
fn inertia_reaches_the_best_known_on_grocery() {
    let Some(table) = Table::reference("kmeans_grocery_features_labels.csv") else { return };
    let features: Vec<String> = table.header.iter().filter(|name| name.starts_with("z_")).cloned().collect();
    let features: Vec<&str> = features.iter().map(String::as_str).collect();
    check_inertia("grocery", &points(&table, &features));
}

#[test]
fn indices_of_the_reference_labels() {
    let Some(table) = Table::reference("kmeans_cdnow_features_labels.csv") else { return };
    let Some(rows) = summary("cdnow") else { return };
    let points = points(&table, &CDNOW);
    let labels: Vec<Vec<u16>> =
        rows.iter().map(|(k, _)| table.numbers(&format!("k{k}")).iter().map(|&label| label as u16).collect()).collect();
    let partitions: Vec<&[u16]> = labels.iter().map(Vec::as_slice).collect();
    let silhouettes = silhouettes(&points, &partitions);
    for ((labels, found), (k, [_, silhouette, calinski, davies])) in labels.iter().zip(silhouettes).zip(rows) {
        let found = [found, calinski_harabasz(&points, labels), davies_bouldin(&points, labels)];
        for (found, expected) in found.iter().zip([silhouette, calinski, davies]) {
            let found = found.expect("more than one cluster");
            assert!((found / expected - 1.0).abs() < INDEX_TOLERANCE, "k = {k}: {found}");
        }
    }
}

#[test]
fn all_indices_choose_two_clusters_on_cdnow() {
    let Some(table) = Table::reference("kmeans_cdnow_features_labels.csv") else { return };
    let choice = choose_k(&points(&table, &CDNOW), 2, 10, 1).expect("chooses");
    assert_eq!((choice.k, choice.votes()), (2, 3));
    let Some(rows) = summary("cdnow") else { return };
    for (score, (k, [_, silhouette, calinski, davies])) in choice.candidates.iter().zip(rows) {
        assert_eq!(score.k, k);
        // Candidates are fitted with little effort: near the best partition,
        // not always at it.
        for (found, expected) in score.values.iter().zip([silhouette, calinski, davies]) {
            assert!((found / expected - 1.0).abs() < 0.05, "k = {k}: {found}");
        }
    }
}

#[test]
fn scaling_of_the_raw_columns_gives_the_reference_features() {
    let Some(table) = Table::reference("kmeans_cdnow_features_labels.csv") else { return };
    let raw = ["recency_days", "frequency", "monetary"].map(|name| table.numbers(name));
    let features: Vec<Feature<'_>> = ["recency_days", "frequency", "monetary"]
        .iter()
        .zip(&raw)
        .map(|(name, values)| Feature::new(name, values))
        .collect();
    let (_, prepared) = Scaling::fit(&features, ScalingOptions { winsorise: None }).expect("scales");
    let expected = points(&table, &CDNOW);
    for (found, expected) in prepared.points.values().iter().zip(expected.values()) {
        assert!((found - expected).abs() < 1e-9, "{found} instead of {expected}");
    }
    let options = ClusterOptions { k: KSelection::Fixed(5), number_by: Some("monetary"), ..ClusterOptions::default() };
    let clustering = cluster_customers(&features, &options).expect("clusters");
    for profile in &clustering.profiles {
        println!("{} {} {:.3} {}", profile.cluster, profile.size, profile.share, profile.name);
    }
}

#[test]
fn quintiles_on_cdnow_agree_with_the_mid_rank_rule() {
    let Some(table) = Table::reference("rfm_quintiles_cdnow.csv") else { return };
    let measures = [
        ("recency_days", Direction::LowerIsBetter, "R_B_rank"),
        ("frequency", Direction::HigherIsBetter, "F_B_rank"),
        ("monetary", Direction::HigherIsBetter, "M_B_rank"),
    ];
    for (name, direction, reference) in measures {
        let values: Vec<i64> = table.numbers(name).iter().map(|v| (v * 10_000.0).round() as i64).collect();
        let scored = score_quantile(name, &values, 5, direction).expect("scores");
        println!("{name}: {:?} cuts {:?}", scored.counts(), scored.cuts.cuts());
        let pinned = CutPoints::pinned(name, scored.cuts.cuts(), 5, direction).expect("pinned");
        assert_eq!(pinned.score_all(&values), scored.scores);
        // Ranking row by row cuts through groups of ties; the mean of a group's
        // scores there can't lie more than one score from the mid-rank score.
        let by_rank = table.numbers(reference);
        for value in values.iter().copied().collect::<std::collections::BTreeSet<i64>>() {
            let members: Vec<usize> = (0..values.len()).filter(|&i| values[i] == value).collect();
            let mean = members.iter().map(|&i| by_rank[i]).sum::<f64>() / members.len() as f64;
            let own = f64::from(scored.scores[members[0]]);
            assert!((mean - own).abs() <= 1.0, "{name} {value}: {own}, by rank {mean}");
        }
    }
}
