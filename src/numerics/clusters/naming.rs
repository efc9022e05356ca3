//! Plain names for clusters, made of what sets them apart.
//!
//! A name holds the two features in which the members' mean lies farthest from
//! everyone's, in standard deviations: `High spend_net, recent`. A category
//! level that most members have, and more often than everyone, stands among
//! them by the deviation of its share: `Many orders, web`. If two
//! clusters would share a name, both get the next feature as well, and if
//! that doesn't part them a number.

use super::LevelProfile;
use std::collections::BTreeMap;

/// Number of features a name holds unless it needs more to be unique.
const USUAL_PHRASES: usize = 2;

/// Below this many standard deviations a feature isn't worth a mention.
const SLIGHT: f64 = 0.25;

/// From this many standard deviations on a feature is "very" high or low.
const STRONG: f64 = 1.5;

/// What high and low values are called, for features whose names every run
/// has; others are "high NAME" and "low NAME".
const WORDS: [(&str, &str, &str); 6] = [
    ("days_since_last", "long absent", "recent"),
    ("tenure_days", "long-standing", "new"),
    ("orders", "many orders", "few orders"),
    ("purchase_days", "many purchase days", "few purchase days"),
    ("x", "many repeats", "few repeats"),
    ("p_alive", "likely active", "likely gone"),
];

/// Names for clusters with the given deviations, one row per cluster and one
/// number of standard deviations per feature. All names differ.
///
/// A deviation of 1.5 or more is "very", one below 0.25 is only mentioned to
/// part two clusters and then "slightly". A cluster near everyone's mean in
/// all features is "Average"; a single cluster is "Everyone".
///
/// # Example
///
/// ```
/// use acrm::numerics::clusters::name_clusters;
///
/// let names = name_clusters(&["days_since_last", "spend_net"], &[vec![-0.9, 1.7], vec![0.9, -0.1]]);
/// assert_eq!(names, ["Very high spend_net, recent", "Long absent"]);
/// ```
#[must_use]
pub fn name_clusters(features: &[&str], deviations: &[Vec<f64>]) -> Vec<String> {
    name_clusters_with_levels(features, deviations, &vec![Vec::new(); deviations.len()])
}

/// As [`name_clusters`], with the category levels of each cluster.
#[must_use]
pub fn name_clusters_with_levels(
    features: &[&str],
    deviations: &[Vec<f64>],
    levels: &[Vec<LevelProfile>],
) -> Vec<String> {
    if deviations.len() == 1 {
        return vec!["Everyone".to_owned()];
    }
    let phrases: Vec<Vec<(f64, String)>> =
        deviations.iter().zip(levels).map(|(row, levels)| ranked_phrases(features, row, levels)).collect();
    let mut lengths: Vec<usize> =
        phrases.iter().map(|row| row.iter().filter(|(size, _)| *size >= SLIGHT).count().min(USUAL_PHRASES)).collect();
    let mut names = join_all(&phrases, &lengths);
    for _ in 0..phrases.iter().map(Vec::len).max().unwrap_or(0) {
        let shared = shared_names(&names);
        for ((name, length), row) in names.iter().zip(&mut lengths).zip(&phrases) {
            if shared.contains_key(name) && *length < row.len() {
                *length += 1;
            }
        }
        names = join_all(&phrases, &lengths);
    }
    number_shared(names)
}

/// What can be said of a cluster, the strongest deviation first, with its size.
fn ranked_phrases(features: &[&str], deviations: &[f64], levels: &[LevelProfile]) -> Vec<(f64, String)> {
    let levels = levels.iter().filter_map(|level| level.words().map(|words| (level.deviation, words)));
    let mut phrases: Vec<(f64, String)> = features
        .iter()
        .zip(deviations)
        .filter(|(_, z)| **z != 0.0 && z.is_finite())
        .map(|(feature, &z)| (z.abs(), phrase(feature, z)))
        .chain(levels)
        .collect();
    phrases.sort_by(|a, b| b.0.total_cmp(&a.0));
    phrases
}

/// What is said of one feature that lies `z` standard deviations off.
fn phrase(feature: &str, z: f64) -> String {
    let known = WORDS.iter().find(|(name, _, _)| *name == feature);
    let words = match (known, z > 0.0) {
        (Some((_, high, _)), true) => (*high).to_owned(),
        (Some((_, _, low)), false) => (*low).to_owned(),
        (None, true) => format!("high {feature}"),
        (None, false) => format!("low {feature}"),
    };
    match z.abs() {
        size if size >= STRONG => format!("very {words}"),
        size if size >= SLIGHT => words,
        _ => format!("slightly {words}"),
    }
}

/// The first so many phrases of each cluster, made one name each.
fn join_all(phrases: &[Vec<(f64, String)>], lengths: &[usize]) -> Vec<String> {
    phrases
        .iter()
        .zip(lengths)
        .map(|(row, &length)| {
            let words: Vec<&str> = row[..length].iter().map(|(_, words)| words.as_str()).collect();
            capitalised(&words.join(", "))
        })
        .collect()
}

/// The text with a capital first letter; of nothing, the word for a cluster
/// that nothing sets apart.
fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => "Average".to_owned(),
    }
}

/// Names that occur more than once, with how often.
fn shared_names(names: &[String]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for name in names {
        *counts.entry(name.clone()).or_insert(0) += 1;
    }
    counts.retain(|_, count| *count > 1);
    counts
}

/// Numbers names that are still shared, in the order of the clusters.
fn number_shared(names: Vec<String>) -> Vec<String> {
    let mut shared = shared_names(&names);
    for count in shared.values_mut() {
        *count = 0;
    }
    names
        .into_iter()
        .map(|name| match shared.get_mut(&name) {
            Some(count) => {
                *count += 1;
                format!("{name} ({count})")
            }
            None => name,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strongest_deviations_make_the_name() {
        let names = name_clusters(
            &["days_since_last", "orders", "spend_net"],
            &[vec![-0.9, 0.3, 1.2], vec![1.7, -0.2, -0.1], vec![0.1, 0.0, -0.2]],
        );
        assert_eq!(names, ["High spend_net, recent", "Very long absent", "Average"]);
    }

    #[test]
    fn levels_stand_among_the_features() {
        let level = |name: &str, share, deviation| LevelProfile {
            category: "channel".to_owned(),
            level: name.to_owned(),
            share,
            lift: 2.0,
            deviation,
        };
        let names = name_clusters_with_levels(
            &["days_since_last", "orders"],
            &[vec![-0.1, 1.2], vec![0.9, -0.4], vec![0.1, 0.1]],
            &[vec![level("web", 0.8, 0.6)], vec![level("shop", 0.4, 2.0)], vec![level("app", 0.7, 1.9)]],
        );
        assert_eq!(names, ["Many orders, web", "Long absent, few orders", "App"]);
    }

    #[test]
    fn names_are_unique_whatever_the_deviations() {
        let features = ["a", "b"];
        let same = vec![1.0, 0.1];
        let names = name_clusters(&features, &[same.clone(), vec![1.0, -0.1], same]);
        assert_eq!(names, ["High a, slightly high b (1)", "High a, slightly low b", "High a, slightly high b (2)"]);
        let names = name_clusters(&features, &vec![vec![0.0, 0.0]; 3]);
        assert_eq!(names, ["Average (1)", "Average (2)", "Average (3)"]);
        assert_eq!(name_clusters(&features, &[vec![0.0, 0.0]]), ["Everyone"]);
        assert!(name_clusters(&features, &[]).is_empty());
    }
}
