//! Numbers that keep their meaning: clusters of this run matched to those of
//! the last.
//!
//! # Formula
//!
//! The one-to-one assignment of old to new clusters with the largest sum of
//! `n_ab`, the customers who were in old cluster `a` and are in new cluster
//! `b`, found by the Hungarian algorithm (Kuhn 1955, "The Hungarian method for
//! the assignment problem", Naval Research Logistics Quarterly 2; Munkres
//! 1957). Of assignments with equal sums the one with the nearest centres is
//! taken. An assigned pair keeps its number if
//!
//! ```text
//! J_ab = n_ab / (n_a + n_b − n_ab) ≥ 1/2
//! ```
//!
//! counted over the customers placed in both runs: at least as many in both
//! clusters as in only one of them. Below 1/2 Hennig 2007 ("Cluster-wise
//! assessment of cluster stability", Comput. Stat. Data Anal. 52) calls a
//! cluster dissolved.
//! A pair without customers in either of its clusters who were placed in both
//! runs keeps its number if each centre is the other's nearest. All other new
//! clusters get numbers that were never used.

use super::points::to_f64;
use super::{ClusterError, Points};
use pathfinding::kuhn_munkres::kuhn_munkres;
use pathfinding::matrix::Matrix;

/// Jaccard similarity from which a cluster keeps its number.
pub const KEPT_JACCARD: f64 = 0.5;

/// Nearness of centres is told apart in this many steps.
const NEARNESS_STEPS: f64 = 1e9;

/// The clusters of the last run.
#[derive(Debug, Clone, Copy)]
pub struct OldClusters<'a> {
    /// Their numbers, in the order of the centres.
    pub numbers: &'a [u16],
    /// Their centres, one per row, in the space of the new ones.
    pub centres: &'a Points,
    /// The lowest number that no run has used yet.
    pub next_number: u16,
}

/// Where a customer was in the last run and is in this one; none where they
/// weren't placed.
pub type Move = (Option<u16>, Option<u16>);

/// What became of one new cluster.
#[derive(Debug, Clone, PartialEq)]
pub struct ClusterMatch {
    /// The number it gets: the old one if kept, else one never used.
    pub number: u16,
    /// The old cluster assigned to it; none if there are fewer old clusters.
    pub old: Option<u16>,
    /// Share of its customers placed in both runs who were in that old cluster,
    /// 0..1; none without such customers.
    pub share: Option<f64>,
    /// Jaccard similarity to that old cluster, 0..1; none if no customer of
    /// either was placed in both runs.
    pub jaccard: Option<f64>,
    /// Whether it keeps the old number.
    pub kept: bool,
}

impl ClusterMatch {
    /// A sentence for the log if an old cluster was assigned but is too
    /// different.
    #[must_use]
    pub fn warning(&self) -> Option<String> {
        let old = self.old.filter(|_| !self.kept)?;
        let number = self.number;
        Some(match self.jaccard {
            Some(jaccard) => format!(
                "cluster {number} is new: nearest to old cluster {old}, but their overlap of {jaccard:.2} is below {KEPT_JACCARD}"
            ),
            None => format!(
                "cluster {number} is new: no customer in common with old cluster {old}, and their centres lie apart"
            ),
        })
    }
}

/// Matches the clusters of this run to those of the last; one entry per new
/// cluster.
///
/// `moves` are the customers of both runs; new labels count the rows of
/// `centres`, old ones are [`OldClusters::numbers`].
///
/// # Example
///
/// ```
/// use acrm::numerics::clusters::{OldClusters, Points, match_clusters};
///
/// let old = Points::new(vec![0.0, 10.0], 1)?;
/// let new = Points::new(vec![9.8, 0.1, 5.0], 1)?;
/// let last = OldClusters { numbers: &[0, 1], centres: &old, next_number: 2 };
/// let moves = [(Some(0), Some(1)), (Some(0), Some(1)), (Some(1), Some(0)), (Some(1), Some(0)), (None, Some(2))];
/// let numbers: Vec<u16> = match_clusters(last, &new, moves)?.iter().map(|m| m.number).collect();
/// assert_eq!(numbers, [1, 0, 2]);
/// # Ok::<(), acrm::numerics::clusters::ClusterError>(())
/// ```
///
/// # Errors
///
/// [`ClusterError::LabelCount`] unless there are as many old numbers as old
/// centres, [`ClusterError::Dimensions`] if old and new centres have different
/// columns, [`ClusterError::UnknownLabel`] for a label without a cluster,
/// [`ClusterError::NoFreshNumber`] if numbers run out.
pub fn match_clusters(
    old: OldClusters<'_>,
    centres: &Points,
    moves: impl IntoIterator<Item = Move>,
) -> Result<Vec<ClusterMatch>, ClusterError> {
    if old.numbers.len() != old.centres.len() {
        return Err(ClusterError::LabelCount { found: old.numbers.len(), expected: old.centres.len() });
    }
    if old.centres.dims() != centres.dims() {
        return Err(ClusterError::Dimensions { found: centres.dims(), expected: old.centres.dims() });
    }
    let common = Overlap::count(old.numbers, centres.len(), moves)?;
    let squared = squared_distances(old.centres, centres);
    let assigned = assign(&common, &squared);
    let mut fresh = (old.next_number..=u16::MAX).filter(|number| !old.numbers.contains(number));
    let no_number = ClusterError::NoFreshNumber { from: old.next_number };
    let mut matches = Vec::with_capacity(centres.len());
    for (new, &partner) in assigned.iter().enumerate() {
        let jaccard = partner.and_then(|old| common.jaccard(old, new));
        let mutual =
            |old: usize| nearest(squared[old].iter()) == new && nearest(squared.iter().map(|row| &row[new])) == old;
        let kept = jaccard.map_or_else(|| partner.is_some_and(mutual), |jaccard| jaccard >= KEPT_JACCARD);
        let number = partner.filter(|_| kept).map(|at| old.numbers[at]);
        matches.push(ClusterMatch {
            number: number.map_or_else(|| fresh.next().ok_or(no_number.clone()), Ok)?,
            old: partner.map(|at| old.numbers[at]),
            share: partner.and_then(|old| common.share(old, new)),
            jaccard,
            kept,
        });
    }
    Ok(matches)
}

/// Customers placed in both runs, by old and new cluster.
#[derive(Debug)]
struct Overlap {
    /// One row per old, one column per new cluster.
    common: Vec<Vec<usize>>,
    old_sizes: Vec<usize>,
    new_sizes: Vec<usize>,
}

impl Overlap {
    fn count(numbers: &[u16], new: usize, moves: impl IntoIterator<Item = Move>) -> Result<Self, ClusterError> {
        let unknown = |label: u16, known: Vec<String>| ClusterError::UnknownLabel { label, known: known.join(", ") };
        let mut overlap = Self {
            common: vec![vec![0; new]; numbers.len()],
            old_sizes: vec![0; numbers.len()],
            new_sizes: vec![0; new],
        };
        for (was, is) in moves {
            let (Some(was), Some(is)) = (was, is) else { continue };
            let old = numbers.iter().position(|&number| number == was);
            let old = old.ok_or_else(|| unknown(was, numbers.iter().map(ToString::to_string).collect()))?;
            let at = usize::from(is);
            if at >= new {
                return Err(unknown(is, (0..new).map(|label| label.to_string()).collect()));
            }
            overlap.common[old][at] += 1;
            overlap.old_sizes[old] += 1;
            overlap.new_sizes[at] += 1;
        }
        Ok(overlap)
    }

    fn jaccard(&self, old: usize, new: usize) -> Option<f64> {
        let common = self.common[old][new];
        let either = self.old_sizes[old] + self.new_sizes[new] - common;
        (either > 0).then(|| to_f64(common) / to_f64(either))
    }

    fn share(&self, old: usize, new: usize) -> Option<f64> {
        let size = self.new_sizes[new];
        (size > 0).then(|| to_f64(self.common[old][new]) / to_f64(size))
    }
}

/// The old cluster assigned to each new one; none where there are fewer.
fn assign(overlap: &Overlap, squared: &[Vec<f64>]) -> Vec<Option<usize>> {
    let (olds, news) = (overlap.old_sizes.len(), overlap.new_sizes.len());
    let mut assigned = vec![None; news];
    if olds == 0 || news == 0 {
        return assigned;
    }
    let farthest = squared.iter().flatten().copied().fold(0.0, f64::max).sqrt();
    let nearness = |old: usize, new: usize| {
        let distance = squared[old][new].sqrt();
        if farthest > 0.0 { ((1.0 - distance / farthest) * NEARNESS_STEPS) as i128 } else { 0 }
    };
    // One customer more outweighs any sum of nearness.
    let customer = NEARNESS_STEPS as i128 * (olds.min(news) as i128 + 1);
    let weight = |old: usize, new: usize| overlap.common[old][new] as i128 * customer + nearness(old, new);
    // The algorithm wants no more rows than columns.
    if olds <= news {
        let weights = Matrix::from_fn(olds, news, |(old, new)| weight(old, new));
        let (_, columns) = kuhn_munkres(&weights);
        columns.into_iter().enumerate().for_each(|(old, new)| assigned[new] = Some(old));
    } else {
        let weights = Matrix::from_fn(news, olds, |(new, old)| weight(old, new));
        let (_, columns) = kuhn_munkres(&weights);
        columns.into_iter().enumerate().for_each(|(new, old)| assigned[new] = Some(old));
    }
    assigned
}

/// Squared distances of the centres, one row per old, one column per new one.
fn squared_distances(old: &Points, new: &Points) -> Vec<Vec<f64>> {
    let squared = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum();
    old.rows().map(|a| new.rows().map(|b| squared(a, b)).collect()).collect()
}

/// Position of the smallest value, the first of equals.
fn nearest<'a>(values: impl Iterator<Item = &'a f64>) -> usize {
    values.enumerate().min_by(|a, b| a.1.total_cmp(b.1)).map_or(0, |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn line(values: &[f64]) -> Points {
        Points::new(values.to_vec(), 1).unwrap()
    }

    fn moves(counts: &[(u16, u16, usize)]) -> Vec<Move> {
        counts.iter().flat_map(|&(old, new, times)| vec![(Some(old), Some(new)); times]).collect()
    }

    fn run(old: (&[u16], &[f64]), new: &[f64], moves: Vec<Move>) -> Vec<ClusterMatch> {
        let centres = line(old.1);
        let next_number = old.0.iter().max().map_or(0, |last| last + 1);
        match_clusters(OldClusters { numbers: old.0, centres: &centres, next_number }, &line(new), moves).unwrap()
    }

    fn numbers(matches: &[ClusterMatch]) -> Vec<u16> {
        matches.iter().map(|found| found.number).collect()
    }

    #[test]
    fn renamed_clusters_get_their_numbers_back() {
        let found = run((&[0, 1, 2], &[0.0, 5.0, 9.0]), &[9.0, 0.0, 5.0], moves(&[(0, 1, 40), (1, 2, 30), (2, 0, 20)]));
        assert_eq!(numbers(&found), [2, 0, 1]);
        assert!(found.iter().all(|m| m.kept && m.share == Some(1.0) && m.warning().is_none()));
    }

    #[test]
    fn the_sum_of_overlaps_counts_and_not_each_first_choice() {
        // Both new clusters overlap most with old 0; greedy takes 10 + 0.
        let counts = [(0, 0, 10), (0, 1, 9), (1, 0, 8)];
        let found = run((&[0, 1], &[0.0, 1.0]), &[0.0, 1.0], moves(&counts));
        assert_eq!(found.iter().map(|m| m.old).collect::<Vec<_>>(), [Some(1), Some(0)]);
        assert_eq!(found[0].share, Some(8.0 / 18.0));
        assert_eq!(found[0].jaccard, Some(8.0 / 18.0));
    }

    #[test]
    fn a_split_gives_a_fresh_number() {
        let counts = [(0, 0, 50), (1, 1, 30), (1, 2, 20)];
        let found = run((&[0, 4], &[0.0, 10.0]), &[0.0, 9.0, 12.0], {
            let mut all = moves(&counts[..1]);
            all.extend(moves(&[(4, 1, 30), (4, 2, 20)]));
            all
        });
        assert_eq!(numbers(&found), [0, 4, 5]);
        assert_eq!((found[1].jaccard, found[2].old, found[2].kept), (Some(0.6), None, false));
        assert!(found[2].warning().is_none());
    }

    #[test]
    fn a_cluster_that_changed_too_much_is_new() {
        let found = run((&[0, 1], &[0.0, 9.0]), &[0.0, 9.0], moves(&[(0, 0, 50), (0, 1, 40), (1, 1, 30)]));
        assert_eq!((found[1].old, found[1].number, found[1].kept), (Some(1), 2, false));
        let warning = found[1].warning().unwrap();
        assert!(warning.contains("old cluster 1") && warning.contains("0.43"), "{warning}");
    }

    #[test]
    fn half_is_enough_and_numbers_are_never_used_again() {
        let centres = line(&[0.0, 9.0]);
        let last = OldClusters { numbers: &[3, 7], centres: &centres, next_number: 12 };
        let counts = moves(&[(3, 0, 10), (3, 1, 10), (7, 1, 1)]);
        let found = match_clusters(last, &line(&[0.0, 9.0]), counts).unwrap();
        assert_eq!((found[0].jaccard, found[0].number), (Some(0.5), 3));
        assert_eq!(found[1].number, 12);
    }

    #[test]
    fn without_common_customers_the_centres_decide() {
        let found = run((&[0, 1], &[0.0, 9.0]), &[8.0, 1.0], vec![(None, Some(0)), (Some(1), None)]);
        assert_eq!(numbers(&found), [1, 0]);
        assert!(found.iter().all(|m| m.kept && m.share.is_none() && m.jaccard.is_none()));
        // The new centre 4 is nearest to none as its first choice.
        let found = run((&[0, 1], &[0.0, 9.0]), &[0.5, 0.4, 8.9], vec![]);
        assert_eq!(numbers(&found), [2, 0, 1]);
        let fewer = run((&[0, 1, 2], &[0.0, 5.0, 9.0]), &[5.1], vec![]);
        assert_eq!(numbers(&fewer), [1]);
    }

    #[test]
    fn a_first_run_and_wrong_labels() {
        let none = Points::new(vec![], 1).unwrap();
        let first = OldClusters { numbers: &[], centres: &none, next_number: 0 };
        assert_eq!(numbers(&match_clusters(first, &line(&[1.0, 2.0]), []).unwrap()), [0, 1]);
        let centres = line(&[0.0]);
        let last = OldClusters { numbers: &[3], centres: &centres, next_number: 4 };
        let of = |moves: Vec<Move>| match_clusters(last, &line(&[1.0]), moves).unwrap_err().to_string();
        assert_eq!(of(moves(&[(0, 0, 1)])), "label 0 names no cluster, there are: 3");
        assert!(of(moves(&[(3, 1, 1)])).contains("label 1"));
        let plane = Points::new(vec![0.0, 0.0], 2).unwrap();
        assert!(matches!(match_clusters(last, &plane, []), Err(ClusterError::Dimensions { .. })));
        let uneven = OldClusters { numbers: &[0, 1], ..last };
        assert!(matches!(match_clusters(uneven, &line(&[1.0]), []), Err(ClusterError::LabelCount { .. })));
        let full = OldClusters { numbers: &[3], centres: &centres, next_number: u16::MAX };
        let error = match_clusters(full, &line(&[1.0, 2.0, 3.0]), []).unwrap_err();
        assert!(matches!(error, ClusterError::NoFreshNumber { .. }));
    }

    proptest! {
        #[test]
        fn numbers_differ_and_the_assignment_is_the_best(
            old in prop::collection::vec(-9.0_f64..9.0, 1..5),
            new in prop::collection::vec(-9.0_f64..9.0, 1..5),
            people in prop::collection::vec((0_usize..5, 0_usize..5), 0..60),
            turn in 0_usize..60,
        ) {
            let labels: Vec<u16> = (0..old.len() as u16).map(|at| 2 * at + 1).collect();
            let mut all: Vec<Move> = people
                .iter()
                .map(|&(a, b)| (labels.get(a).copied(), (b < new.len()).then_some(b as u16)))
                .collect();
            let found = run((&labels, &old), &new, all.clone());
            let mut given = numbers(&found);
            given.sort_unstable();
            given.dedup();
            prop_assert_eq!(given.len(), new.len());
            let mut partners: Vec<u16> = found.iter().filter_map(|m| m.old).collect();
            prop_assert_eq!(partners.len(), old.len().min(new.len()));
            partners.sort_unstable();
            partners.dedup();
            prop_assert_eq!(partners.len(), old.len().min(new.len()));
            let common = |old: Option<u16>, new: usize| {
                all.iter().filter(|m| m.0.is_some() && m.0 == old && m.1 == Some(new as u16)).count()
            };
            let total: usize = found.iter().enumerate().map(|(new, m)| common(m.old, new)).sum();
            // No exchange of two partners has more in common.
            for a in 0..new.len() {
                for b in 0..a {
                    let (x, y) = (found[a].old, found[b].old);
                    let swapped = total + common(y, a) + common(x, b) - common(x, a) - common(y, b);
                    prop_assert!(swapped <= total);
                }
            }
            let turn = turn % all.len().max(1);
            all.rotate_left(turn);
            prop_assert_eq!(run((&labels, &old), &new, all.clone()), found, "the order of customers makes no difference");
        }
    }
}
