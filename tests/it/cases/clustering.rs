//! Clusters of few, equal, broken and shuffled customers.

use acrm::numerics::clusters::{
    ClusterOptions, Clustering, Feature, KSelection, Points, Refusal, ScalingOptions, Transform, cluster_customers,
    kmeans,
};

use super::{HEAD, SOURCE, run_case, upside_down};
use crate::support::{ByCustomer, acrm, close, day_of_2024, folder, numbers, same_files, table, table_bytes, texts};

fn plain<'a>(names: [&'a str; 3], columns: &'a [Vec<f64>; 3]) -> [Feature<'a>; 3] {
    std::array::from_fn(|at| Feature { name: names[at], values: &columns[at], transform: Transform::Identity })
}

fn cluster(columns: &[Vec<f64>; 3], k: usize) -> Clustering {
    let options = ClusterOptions {
        k: KSelection::Fixed(k),
        number_by: Some("spend"),
        scaling: ScalingOptions { winsorise: None },
        ..ClusterOptions::default()
    };
    cluster_customers(&plain(["days", "orders", "spend"], columns), &options).expect("clusters")
}

/// Eleven customers in four kinds, as orders: 5, 3, 2 and 1 of them.
fn four_kinds() -> String {
    let mut text = String::from("customer_id,timestamp,amount\n");
    let kinds = [(5, 1, 300, 20), (3, 2, 170, 55), (2, 4, 90, 80), (1, 9, 5, 100)];
    let mut customer = 0;
    for (people, orders, last, amount) in kinds {
        for _ in 0..people {
            for order in 0..orders {
                text.push_str(&format!("k{customer:02},{},{amount}\n", day_of_2024(365 - last - order)));
            }
            customer += 1;
        }
    }
    text
}

#[test]
fn as_many_clusters_as_distinct_customers() {
    let (_keep, run) = run_case("2024-12-31", &four_kinds(), "[clusters]\nk = 4\n");
    let profiles = table(&run, "cluster_profiles");
    assert_eq!(numbers(&profiles, "size"), [1.0, 2.0, 3.0, 5.0], "the largest mean spend first");
    assert_eq!(numbers(&profiles, "spend_net_mean"), [900.0, 320.0, 110.0, 20.0]);
    let distances = numbers(&table(&run, "clusters"), "distance");
    assert!(distances.iter().all(|d| *d < 1e-9), "everybody stands on a centre: {distances:?}");
}

/// More asked than there are: four clusters and a message with both numbers; no empty ones, no gaps.
#[test]
fn more_clusters_asked_than_distinct_customers() {
    let (keep, run) = run_case("2024-12-31", &four_kinds(), "[clusters]\nk = 7\n");
    let profiles = table(&run, "cluster_profiles");
    assert_eq!(numbers(&profiles, "cluster"), [0.0, 1.0, 2.0, 3.0]);
    assert_eq!(numbers(&profiles, "size"), [1.0, 2.0, 3.0, 5.0]);
    let placed = numbers(&table(&run, "clusters"), "cluster");
    assert!(placed.iter().all(|c| (0.0..4.0).contains(c)), "{placed:?}");
    let said = texts(&table(&run, "run_quality"), "note").join("\n");
    assert!(said.contains("4 distinct points, 7 clusters asked for"), "{said}");
    let ended = crate::support::run_ok(keep.path(), &["run", "p.toml"]);
    assert!(ended.stderr.contains("4 distinct points"), "and it is a warning: {}", ended.stderr);
}

#[test]
fn more_clusters_asked_than_customers() {
    let pipeline = format!("{HEAD}{SOURCE}[clusters]\nk = 12\n");
    let folder = folder(&[("orders.csv", &four_kinds()), ("p.toml", &pipeline)]);
    let ended = acrm(folder.path(), &["run", "p.toml"]);
    assert_eq!(ended.code, 3, "{}", ended.stderr);
    assert!(ended.stderr.contains("k = 12") && ended.stderr.contains("11 customers"), "{}", ended.stderr);
    assert!(!folder.path().join("out/latest").exists(), "nothing is published");
}

#[test]
fn one_cluster_is_everybody() {
    let (_keep, run) = run_case("2024-12-31", &four_kinds(), "[clusters]\nk = 1\n");
    let profiles = table(&run, "cluster_profiles");
    let mean = |name: &str| numbers(&profiles, &format!("{name}_mean"))[0];
    assert_eq!(numbers(&profiles, "size"), [11.0]);
    close("orders", mean("orders"), 28.0 / 11.0, 1e-12);
    close("spend", mean("spend_net"), (5.0 * 20.0 + 3.0 * 110.0 + 2.0 * 320.0 + 900.0) / 11.0, 1e-12);
}

/// A missing feature keeps a customer out of the clusters, and only him.
#[test]
fn a_customer_without_a_feature_has_no_cluster() {
    let orders = four_kinds();
    let people: String = (0..11)
        .map(|n| format!("k{n:02},{}\n", if n == 3 || n == 8 { String::new() } else { format!("{}", 20 + 3 * n) }))
        .collect();
    let pipeline = format!(
        "{HEAD}as_of = \"2024-12-31\"\n{SOURCE}[sources.customers]\npath = \"people.csv\"\n\
         [clusters]\nfeatures = [\"orders\", \"age\", \"spend_net\"]\nk = 2\n"
    );
    let people = format!("customer_id,age\n{people}");
    let folder = folder(&[("orders.csv", &orders), ("people.csv", &people), ("p.toml", &pipeline)]);
    crate::support::run_ok(folder.path(), &["run", "p.toml"]);
    let run = folder.path().join("out/latest");
    let clusters = ByCustomer::read(&run, "clusters");
    for n in 0..11 {
        let id = format!("k{n:02}");
        let placed = ["cluster", "cluster_name", "distance"].map(|c| !clusters.text(&id, c).is_empty());
        assert_eq!(placed, [n != 3 && n != 8; 3], "{id}");
    }
    let sizes: f64 = numbers(&table(&run, "cluster_profiles"), "size").iter().sum();
    assert_eq!(sizes, 9.0);
    let segments = ByCustomer::read(&run, "segments");
    assert_eq!(segments.line("k03", &["cluster_name", "cluster_name_since"]), " ");
}

/// Missing, infinite, zero and negative features: set aside by place, or used by the documented rule.
#[test]
fn broken_features_are_set_aside_by_place() {
    let nan = f64::NAN;
    let columns = [
        vec![12.0, 30.0, 9.0, nan, 320.0, 4.0, 44.0, 15.0, 150.0],
        vec![4.0, 1.0, 3.0, 2.0, 1.0, 9.0, 2.0, nan, 1.0],
        vec![150.0, 0.0, -48.0, 60.0, f64::NEG_INFINITY, 700.0, 75.0, 90.0, 22.0],
    ];
    let clustering = cluster(&columns, 2);
    let refused: Vec<_> = clustering.placement.refused.iter().map(|c| (c.row, c.column, c.reason)).collect();
    assert_eq!(refused, [(3, 0, Refusal::Missing), (4, 2, Refusal::Infinite), (7, 1, Refusal::Missing)]);
    let placed: Vec<bool> = clustering.placement.clusters.iter().map(Option::is_some).collect();
    assert_eq!(placed, [true, true, true, false, false, true, true, false, true]);
    assert!(clustering.placement.distances.iter().flatten().all(|d| d.is_finite()));
    // (150 + 0 − 48 + 700 + 75 + 22) / 6, over the rows used only
    let spend = &clustering.fitted.scaling.columns[2];
    close("mean", spend.mean, 899.0 / 6.0, 1e-12);
    let used = [150.0, 0.0, -48.0, 700.0, 75.0, 22.0];
    let variance = used.iter().map(|v| (v - 899.0 / 6.0_f64).powi(2)).sum::<f64>() / 6.0;
    close("standard deviation", spend.sd, variance.sqrt(), 1e-12);
    let logs = used.map(|v| Transform::SignedLog1p.apply(v));
    for (log, by_hand) in
        logs.into_iter().zip([151.0_f64.ln(), 0.0, -(49.0_f64.ln()), 701.0_f64.ln(), 76.0_f64.ln(), 23.0_f64.ln()])
    {
        assert!((log - by_hand).abs() < 1e-12, "{log} {by_hand}");
    }
}

/// Eleven customers, three obvious groups.
const ELEVEN: [[f64; 11]; 3] = [
    [3.0, 4.0, 6.0, 51.0, 55.0, 48.0, 60.0, 240.0, 260.0, 230.0, 5.0],
    [15.0, 14.0, 16.0, 6.0, 5.0, 7.0, 6.0, 1.0, 2.0, 1.0, 13.0],
    [1200.0, 1100.0, 1250.0, 400.0, 380.0, 420.0, 390.0, 30.0, 45.0, 25.0, 1150.0],
];

/// The smallest sum of squares over all ways of putting the points into three groups.
fn best_of_all_partitions(points: &[Vec<f64>]) -> (f64, Vec<usize>) {
    let n = points.len();
    let mut best = (f64::INFINITY, Vec::new());
    for code in 0..3_usize.pow(n as u32 - 1) {
        let labels: Vec<usize> =
            (0..n).map(|at| if at == 0 { 0 } else { code / 3_usize.pow(at as u32 - 1) % 3 }).collect();
        let mut total = 0.0;
        for group in 0..3 {
            let members: Vec<&Vec<f64>> = (0..n).filter(|at| labels[*at] == group).map(|at| &points[at]).collect();
            for dim in 0..points[0].len() {
                let sum: f64 = members.iter().map(|p| p[dim]).sum();
                let squares: f64 = members.iter().map(|p| p[dim] * p[dim]).sum();
                total += if members.is_empty() { 0.0 } else { squares - sum * sum / members.len() as f64 };
            }
        }
        if total < best.0 {
            best = (total, labels);
        }
    }
    best
}

/// The partition is the best of all 3^10, from any seed and in any order of rows, with the same numbers.
#[test]
fn the_best_of_all_partitions_is_found() {
    let columns = ELEVEN.map(|c| c.to_vec());
    let clustering = cluster(&columns, 3);
    let scaled: Vec<Vec<f64>> = (0..11)
        .map(|row| clustering.fitted.scaling.columns.iter().zip(&columns).map(|(s, c)| s.scale(c[row])).collect())
        .collect();
    let (best, _) = best_of_all_partitions(&scaled);
    close("inertia", clustering.inertia, best, 1e-9);
    let groups: Vec<u16> = clustering.placement.clusters.iter().map(|c| c.expect("placed")).collect();
    assert_eq!(groups, [0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 0]);
    let points = Points::new(scaled.concat(), 3).expect("finite");
    for seed in 0..25 {
        let inertia = kmeans::fit(&points, 3, seed).expect("fits").assignment.inertia;
        close("inertia from another seed", inertia, best, 1e-9);
    }
    let order = [7, 10, 2, 5, 0, 9, 4, 1, 8, 3, 6];
    let shuffled = cluster(&columns.map(|c| order.map(|at| c[at]).to_vec()), 3);
    for (place, at) in order.iter().enumerate() {
        assert_eq!(shuffled.placement.clusters[place], Some(groups[*at]), "row {at} in another place");
    }
}

/// The same customers in another order of rows: byte-identical tables.
#[test]
fn clusters_do_not_depend_on_the_order_of_rows() {
    let rows: String = (0..80_u32)
        .flat_map(|n| {
            (0..1 + (n * 7) % 6)
                .map(move |k| format!("n{n:02},{},{}\n", day_of_2024((n * 13) % 200 + 20 * k), 5 + (n * 31 + k) % 90))
        })
        .collect();
    let text = format!("customer_id,timestamp,amount\n{rows}");
    let section = "[clusters]\nk = \"auto\"\n";
    let (_keep, run) = run_case("2024-12-31", &text, section);
    let (_keep, turned) = run_case("2024-12-31", &upside_down(&text), section);
    same_files("rows upside down", &table_bytes(&run, &[]), &table_bytes(&turned, &[]));
    let choice = table(&run, "cluster_choice");
    let chosen = texts(&choice, "chosen").iter().filter(|c| *c == "true").count();
    // with few distinct customers fewer candidates leave something to measure
    let candidates: Vec<f64> = (2..2 + choice.height()).map(|k| k as f64).collect();
    assert_eq!(numbers(&choice, "k"), candidates);
    assert!((4..=9).contains(&candidates.len()) && chosen == 1, "candidates from 2 on, one taken");
    assert_eq!(numbers(&choice, "votes").iter().sum::<f64>(), 3.0, "three indices have a say");
}

/// Six customers alike, one nearly, and a group far off: groups as one would draw them, whatever k, and no NaN from a
/// feature that is constant within a group.
#[test]
fn customers_who_are_all_alike() {
    let columns = [
        vec![40.0, 40.0, 40.0, 40.0, 40.0, 40.0, 41.0, 6.0, 7.0, 5.0],
        vec![1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 8.0, 9.0, 7.0],
        vec![30.0, 30.0, 30.0, 30.0, 30.0, 30.0, 31.0, 500.0, 520.0, 480.0],
    ];
    let groups =
        |k: usize| cluster(&columns, k).placement.clusters.iter().map(|c| c.expect("placed")).collect::<Vec<_>>();
    assert_eq!(groups(2), [1, 1, 1, 1, 1, 1, 1, 0, 0, 0]);
    for k in 1..=10 {
        let clustering = cluster(&columns, k);
        assert_eq!(clustering.profiles.len(), k.min(5), "five distinct customers");
        assert_eq!(clustering.shortfall.is_some(), k > 5, "{:?}", clustering.shortfall);
        let labels = groups(k);
        assert!(labels[..6].iter().all(|l| *l == labels[0]), "equal customers stay together: {labels:?}");
        assert!(clustering.inertia.is_finite() && (k < 5 || clustering.inertia < 1e-18), "{}", clustering.inertia);
        assert!(clustering.profiles.iter().all(|p| p.size > 0));
    }
}
