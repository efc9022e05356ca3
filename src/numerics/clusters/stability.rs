//! Stability of a clustering: how much of it comes back on other customers.
//!
//! # Formula
//!
//! Draw as many rows as there are with replacement, fit the same number of
//! clusters to them, and put all rows to the nearest of the new centres.
//! Repeat, and compare with the labels by the given centres:
//!
//! ```text
//! stability       = mean over repetitions of ARI(labels, new labels)
//! stability of c  = mean over repetitions of max_d |c ∩ d| / |c ∪ d|
//! ```
//!
//! The first is Fang & Wang 2012, "Selection of the number of clusters via the
//! bootstrap method", Comput. Stat. Data Anal. 56, section 2, with the adjusted
//! Rand index for the agreement; the second Hennig 2007, "Cluster-wise
//! assessment of cluster stability", Comput. Stat. Data Anal. 52, section 3.
//! Hennig's reading: a cluster of 0.75 and more is a valid, stable one; at 0.6
//! to 0.75 there is a pattern whose members are doubtful; one below 0.5 is
//! dissolved.

use super::kmeans::{Effort, best_partition};
use super::points::{draw, to_f64, to_index};
use super::{Centres, ClusterError, DEFAULT_SEED, Points, adjusted_rand_index};
use rayon::prelude::*;

/// Number of points the stability is worked out on, at most; they are spread
/// evenly over all.
pub const STABILITY_ROWS: usize = 2_500;

/// How often a clustering is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StabilityOptions {
    /// Number of repetitions.
    pub repetitions: usize,
    /// Seed of the rows drawn and of the first centres.
    pub seed: u64,
}

impl Default for StabilityOptions {
    fn default() -> Self {
        Self { repetitions: 20, seed: DEFAULT_SEED }
    }
}

/// How stable a clustering and each of its clusters is.
#[derive(Debug, Clone, PartialEq)]
pub struct Stability {
    /// Mean adjusted Rand index; 1 if every repetition found the same groups.
    pub agreement: f64,
    /// Adjusted Rand index of each repetition.
    pub agreements: Vec<f64>,
    /// Mean largest Jaccard similarity per cluster, 0..1, in the order of the
    /// centres; nothing for a cluster that no sampled row is in.
    pub clusters: Vec<Option<f64>>,
    /// Number of rows used.
    pub rows: usize,
}

/// Repeats a k-means clustering on bootstrap samples of its points.
///
/// Each repetition takes the best of four starts: with one, half of what is
/// missing to 1 can be the luck of the start and not the points.
///
/// # Errors
///
/// [`ClusterError::NoRows`] without points, [`ClusterError::NoRepetitions`] if
/// none is asked for, [`ClusterError::Dimensions`] if points and centres don't
/// have the same columns, [`ClusterError::Start`] if centres could not be
/// placed.
pub fn bootstrap_stability(
    points: &Points,
    centres: &Centres,
    options: &StabilityOptions,
) -> Result<Stability, ClusterError> {
    let sample = points.spread_sample(STABILITY_ROWS);
    let base = centres.assign(&sample)?.labels;
    let again = |drawn: &Points, seed: u64| Ok(repeat(drawn, centres.k(), seed)?.assign(&sample)?.labels);
    of_repetitions(&sample, &base, centres.k(), options, again)
}

/// The stability of the labels of a sample; `again` labels the sample by a
/// clustering of points drawn from it.
pub(super) fn of_repetitions(
    sample: &Points,
    base: &[u16],
    k: usize,
    options: &StabilityOptions,
    again: impl Fn(&Points, u64) -> Result<Vec<u16>, ClusterError> + Sync,
) -> Result<Stability, ClusterError> {
    if sample.is_empty() {
        return Err(ClusterError::NoRows { rows: 0, refused: 0 });
    }
    if options.repetitions == 0 {
        return Err(ClusterError::NoRepetitions { what: "bootstrap" });
    }
    let sizes = sizes_of(base, k);
    let one = |repetition: u64| {
        let seed = draw(options.seed, repetition);
        let repeated = again(&drawn(sample, seed), seed)?;
        let agreement = adjusted_rand_index(base, &repeated)?;
        Ok((agreement, largest_jaccards(base, &sizes, &repeated, &sizes_of(&repeated, k))))
    };
    let found = (0..options.repetitions as u64).into_par_iter().map(one).collect::<Result<Vec<_>, ClusterError>>()?;
    let repetitions = to_f64(options.repetitions);
    let mean = |cluster: usize| found.iter().map(|(_, jaccards)| jaccards[cluster]).sum::<f64>() / repetitions;
    let agreements: Vec<f64> = found.iter().map(|(agreement, _)| *agreement).collect();
    Ok(Stability {
        agreement: agreements.iter().sum::<f64>() / repetitions,
        clusters: (0..k).map(|cluster| (sizes[cluster] > 0).then(|| mean(cluster))).collect(),
        agreements,
        rows: sample.len(),
    })
}

/// As many points as there are, drawn with replacement.
fn drawn(sample: &Points, seed: u64) -> Points {
    let rows = sample.len();
    let mut drawn: Vec<usize> = (0..rows as u64).map(|number| to_index(draw(seed, number), rows)).collect();
    drawn.sort_unstable();
    sample.select(&drawn)
}

fn sizes_of(labels: &[u16], k: usize) -> Vec<usize> {
    let mut sizes = vec![0; k];
    labels.iter().for_each(|&label| sizes[usize::from(label)] += 1);
    sizes
}

/// The centres that one bootstrap sample gives.
fn repeat(drawn: &Points, k: usize, seed: u64) -> Result<Centres, ClusterError> {
    let centres = match drawn.distinct_up_to(k) {
        Some(firsts) => drawn.select(&firsts),
        None => Points::new(best_partition(drawn, k, seed, Effort::REPEATED)?.centres, drawn.dims())?,
    };
    Centres::new(centres)
}

/// For each cluster of the first labeling, its Jaccard similarity to the most
/// similar cluster of the second.
fn largest_jaccards(a: &[u16], sizes_a: &[usize], b: &[u16], sizes_b: &[usize]) -> Vec<f64> {
    let mut common = vec![vec![0_usize; sizes_b.len()]; sizes_a.len()];
    for (&a, &b) in a.iter().zip(b) {
        common[usize::from(a)][usize::from(b)] += 1;
    }
    let similarity = |common: usize, a: usize, b: usize| {
        let either = a + b - common;
        if either == 0 { 0.0 } else { to_f64(common) / to_f64(either) }
    };
    common
        .iter()
        .zip(sizes_a)
        .map(|(row, &a)| row.iter().zip(sizes_b).map(|(&common, &b)| similarity(common, a, b)).fold(0.0, f64::max))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::blobs;
    use super::*;
    use crate::numerics::clusters::kmeans;

    fn stability(points: &Points, k: usize) -> Stability {
        let centres = kmeans::fit(points, k, 1).unwrap().centres;
        bootstrap_stability(points, &centres, &StabilityOptions::default()).unwrap()
    }

    #[test]
    fn separate_groups_come_back_and_halves_of_a_group_do_not() {
        let points = blobs(3, 60);
        let right = stability(&points, 3);
        assert!(right.agreement > 0.99, "{right:?}");
        assert!(right.clusters.iter().flatten().all(|jaccard| *jaccard > 0.99));
        let wrong = stability(&points, 6);
        assert!(wrong.agreement < 0.95, "{wrong:?}");
    }

    #[test]
    fn an_even_square_has_no_stable_clusters() {
        let points = Points::new((0..900).flat_map(|i| [f64::from(i % 30), f64::from(i / 30)]).collect(), 2).unwrap();
        let square = stability(&points, 3);
        assert!(square.agreement < 0.8, "{square:?}");
    }

    #[test]
    fn repeats_itself_whatever_the_threads() {
        let points = blobs(4, 50);
        let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let one = pool(1).install(|| stability(&points, 5));
        let four = pool(4).install(|| stability(&points, 5));
        assert_eq!(one, four);
        assert_eq!(one.agreements.len(), 20);
    }

    #[test]
    fn jaccard_by_hand() {
        // Cluster 0 = rows 0..3, found as rows 0..2; cluster 1 = rows 3, 4.
        let largest = largest_jaccards(&[0, 0, 0, 1, 1], &[3, 2], &[1, 1, 0, 0, 0], &[3, 2]);
        assert!((largest[0] - 2.0 / 3.0).abs() < 1e-15 && (largest[1] - 2.0 / 3.0).abs() < 1e-15);
    }

    #[test]
    fn few_and_equal_points() {
        let same = stability(&Points::new(vec![5.0; 40], 2).unwrap(), 3);
        assert!((same.agreement - 1.0).abs() < 1e-15);
        let one = stability(&Points::new(vec![5.0, 1.0], 2).unwrap(), 1);
        assert_eq!((one.agreement, one.clusters), (1.0, vec![Some(1.0)]));
        let points = blobs(3, 5);
        let centres = kmeans::fit(&points, 3, 1).unwrap().centres;
        let none = StabilityOptions { repetitions: 0, ..StabilityOptions::default() };
        assert!(bootstrap_stability(&points, &centres, &none).is_err());
        let other = Points::new(vec![1.0], 1).unwrap();
        assert!(bootstrap_stability(&other, &centres, &StabilityOptions::default()).is_err());
        let empty = Points::new(vec![], 2).unwrap();
        assert!(bootstrap_stability(&empty, &centres, &StabilityOptions::default()).is_err());
    }
}
