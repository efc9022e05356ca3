//! Labels from night to night.

use arrow::array::{Array, StringArray};

use super::labels::{Compared, Labels, Made};
use super::tables::{clusters, profiles};
use crate::history::History;
use crate::numerics::clusters::{ClusterOptions, Clustering, Feature, KSelection, cluster_customers};
use crate::table::Table;

/// Customers as (id, days, spend), clustered on both.
struct Night {
    ids: StringArray,
    clustering: Clustering,
}

fn night(people: &[(String, f64, f64)], k: usize) -> Night {
    let mut people = people.to_vec();
    people.sort_by(|a, b| a.0.cmp(&b.0));
    let days: Vec<f64> = people.iter().map(|p| p.1).collect();
    let spend: Vec<f64> = people.iter().map(|p| p.2).collect();
    let features = [Feature::new("days", &days), Feature::new("spend", &spend)];
    let options = ClusterOptions { k: KSelection::Fixed(k), number_by: Some("spend"), ..ClusterOptions::default() };
    let clustering = cluster_customers(&features, &options).unwrap();
    Night { ids: StringArray::from_iter_values(people.iter().map(|p| &p.0)), clustering }
}

/// `count` customers around a place; ids begin with `kind`.
fn group(kind: char, from: u32, count: u32, days: f64, spend: f64) -> Vec<(String, f64, f64)> {
    let one = |i: u32| {
        let spread = f64::from(i * 37 % 11) / 11.0;
        (format!("{kind}{i:03}"), days * (1.0 + 0.1 * spread), spend * (1.0 + 0.1 * (1.0 - spread)))
    };
    (from..from + count).map(one).collect()
}

fn made() -> Made {
    Made::of("kmeans", &["days".to_owned(), "spend".to_owned()])
}

fn tables(night: &Night, labels: &Labels, made: &Made) -> Vec<Table> {
    vec![
        clusters(night.ids.clone(), &night.clustering, labels, None).unwrap(),
        profiles(&night.clustering, labels, made, None).unwrap(),
    ]
}

/// What the next night remembers of this one.
fn remembered(night: &Night, labels: &Labels, made: &Made, day: i32) -> History {
    let mut history = History { as_of: Some(day), ..History::default() };
    for table in tables(night, labels, made) {
        for (name, column) in table.columns() {
            history.columns.insert((table.spec().name.to_owned(), name.clone()), column.clone());
        }
    }
    history
}

fn labels(night: &Night, made: &Made, history: &History, day: i32) -> Labels {
    Labels::of(&night.clustering, &night.ids, made, history, day).unwrap()
}

/// The number of the cluster that a customer is in.
fn number_of(night: &Night, labels: &Labels, id: &str) -> u16 {
    let row = (0..night.ids.len()).find(|row| night.ids.value(*row) == id).unwrap();
    labels.numbers[usize::from(night.clustering.placement.clusters[row].unwrap())]
}

fn matched(labels: &Labels) -> &super::labels::Matched {
    match &labels.compared {
        Compared::Matched(matched) => matched,
        other => panic!("{other:?}"),
    }
}

#[test]
fn numbers_and_names_last_though_the_order_by_value_turns() {
    let first = night(&[group('a', 0, 30, 10.0, 900.0), group('b', 0, 30, 300.0, 100.0)].concat(), 2);
    let one = labels(&first, &made(), &History::default(), 100);
    assert!(matches!(one.compared, Compared::First));
    assert_eq!((one.numbers.as_slice(), one.numbers_used, one.since.as_slice()), (&[0, 1][..], 2, &[100, 100][..]));
    let history = remembered(&first, &one, &made(), 100);
    // the b now spend more, and stay the b
    let second = night(&[group('a', 0, 30, 10.0, 900.0), group('b', 0, 35, 300.0, 9000.0)].concat(), 2);
    let two = labels(&second, &made(), &history, 101);
    assert_eq!(two.numbers, [1, 0]);
    assert_eq!(number_of(&second, &two, "b003"), number_of(&first, &one, "b003"));
    assert_eq!(two.names, [one.names[1].clone(), one.names[0].clone()]);
    assert_eq!((two.since.as_slice(), two.numbers_used), (&[100, 100][..], 2));
    assert_eq!((matched(&two).agreement, matched(&two).customers), (Some(1.0), 60));
    assert!(matched(&two).new.is_empty() && matched(&two).gone.is_empty() && matched(&two).warnings.is_empty());
    assert_eq!(matched(&two).renamed.len(), 2, "tonight's figures would say otherwise: {:?}", matched(&two).renamed);
    let again = labels(&second, &made(), &history, 101);
    assert_eq!((again.numbers, again.names), (two.numbers, two.names));
}

#[test]
fn a_vanished_cluster_leaves_its_number_for_ever() {
    let [a, b, c] = [group('a', 0, 30, 10.0, 900.0), group('b', 0, 30, 300.0, 100.0), group('c', 0, 30, 60.0, 9.0)];
    let first = night(&[a.clone(), b.clone(), c.clone()].concat(), 3);
    let one = labels(&first, &made(), &History::default(), 1);
    let gone = number_of(&first, &one, "c000");
    assert_eq!(gone, 2);
    let second = night(&[a.clone(), b.clone()].concat(), 2);
    let two = labels(&second, &made(), &remembered(&first, &one, &made(), 1), 2);
    assert_eq!(matched(&two).gone.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [gone]);
    assert_eq!(two.numbers_used, 3);
    let third = night(&[a, b, group('d', 0, 30, 60.0, 9.0)].concat(), 3);
    let three = labels(&third, &made(), &remembered(&second, &two, &made(), 2), 3);
    assert_eq!(number_of(&third, &three, "d000"), 3, "2 was another");
    assert_eq!(number_of(&third, &three, "a000"), number_of(&first, &one, "a000"));
    assert_eq!((three.numbers_used, matched(&three).new.len()), (4, 1));
    let own = usize::from(third.clustering.placement.clusters[60].unwrap());
    assert_eq!((three.since[own], three.overlaps[own]), (3, None));
}

#[test]
fn a_new_cluster_never_bears_the_name_of_another() {
    let first = night(&[group('a', 0, 30, 10.0, 900.0), group('b', 0, 30, 300.0, 100.0)].concat(), 2);
    let one = labels(&first, &made(), &History::default(), 1);
    // everyone else, in the same places
    let second = night(&[group('x', 0, 30, 10.0, 900.0), group('y', 0, 30, 300.0, 100.0)].concat(), 2);
    let two = labels(&second, &made(), &remembered(&first, &one, &made(), 1), 2);
    assert_eq!(two.numbers, one.numbers, "without common customers the centres decide");
    let other = Made::of("mixture", &["days".to_owned(), "spend".to_owned()]);
    let three = labels(&second, &other, &remembered(&first, &one, &made(), 1), 2);
    assert!(matches!(three.compared, Compared::Otherwise { day: 1, .. }));
    assert_eq!((three.numbers.as_slice(), three.numbers_used), (&[2, 3][..], 4));
    assert_eq!(three.names, [format!("{} (2)", one.names[0]), format!("{} (3)", one.names[1])]);
}

#[test]
fn the_order_of_the_features_makes_no_other_clusters() {
    let first = night(&[group('a', 0, 30, 10.0, 900.0), group('b', 0, 30, 300.0, 100.0)].concat(), 2);
    let one = labels(&first, &made(), &History::default(), 1);
    let turned = Made::of("kmeans", &["spend".to_owned(), "days".to_owned()]);
    let two = labels(&first, &turned, &remembered(&first, &one, &made(), 1), 2);
    assert_eq!((two.numbers.as_slice(), matched(&two).agreement), (&[0, 1][..], Some(1.0)));
    let fewer = Made::of("kmeans", &["days".to_owned()]);
    let three = labels(&first, &fewer, &remembered(&first, &one, &made(), 1), 2);
    assert_eq!(three.numbers, [2, 3]);
}

/// A published table of a version that told less, or damaged, is like none.
#[test]
fn what_cannot_be_read_is_like_no_run_before() {
    let first = night(&[group('a', 0, 30, 10.0, 900.0), group('b', 0, 30, 300.0, 100.0)].concat(), 2);
    let one = labels(&first, &made(), &History::default(), 1);
    for missing in ["cluster", "numbers_used", "method", "since"] {
        let mut history = remembered(&first, &one, &made(), 1);
        history.columns.remove(&("cluster_profiles".to_owned(), missing.to_owned()));
        assert!(matches!(labels(&first, &made(), &history, 2).compared, Compared::First), "{missing}");
    }
    let mut history = remembered(&first, &one, &made(), 1);
    history.columns.retain(|(table, _), _| table != "clusters");
    assert_eq!(labels(&first, &made(), &history, 2).numbers, [0, 1], "by the centres");
}
