//! Choosing the number of clusters by more than one index.
//!
//! Each index ranks the candidate numbers. A number that the majority of the
//! indices puts first is taken; if they have no majority, the number with the
//! smallest sum of ranks (a Borda count; ties go to the better silhouette and
//! then to the smaller number). The whole table is returned, because the
//! indices often disagree, and then the choice is a matter of purpose.
//!
//! No candidate is larger than the square root of the number of distinct
//! points: with hardly more points than clusters Calinski–Harabasz and
//! Davies–Bouldin only count how few points are left over.
//!
//! The gap statistic costs more than the three together and is added only when
//! asked for ([`KChoice::with_gap`]). It then has a vote like the others, so
//! that the most votes win; it has no rank, because its rule isn't the largest
//! value, and so no say in the sum of ranks.

use super::kmeans::Effort;
use super::lloyd::Partition;
use super::points::to_f64;
use super::{
    ClusterError, GapScore, GapStatistic, MixtureScore, Points, calinski_harabasz, davies_bouldin, kmeans, silhouettes,
};
use std::cmp::Ordering;

/// Largest number of clusters that may be a candidate.
pub const MAX_CANDIDATE: usize = 20;

/// Number of points the candidates are fitted on, at most; they are spread
/// evenly over all.
pub const SCAN_ROWS: usize = 10_000;

/// Number of points the silhouette is worked out on, at most; they are spread
/// evenly over all.
pub const SILHOUETTE_ROWS: usize = 2_500;

/// An index of separation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Index {
    /// Mean silhouette, larger is better.
    Silhouette,
    /// Calinski–Harabasz, larger is better.
    CalinskiHarabasz,
    /// Davies–Bouldin, smaller is better.
    DaviesBouldin,
}

impl Index {
    /// All indices, in the order of their columns.
    pub const ALL: [Self; 3] = [Self::Silhouette, Self::CalinskiHarabasz, Self::DaviesBouldin];

    /// Name as a column heading.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Silhouette => "silhouette",
            Self::CalinskiHarabasz => "calinski_harabasz",
            Self::DaviesBouldin => "davies_bouldin",
        }
    }

    /// Better first.
    fn compare(self, a: f64, b: f64) -> Ordering {
        match self {
            Self::DaviesBouldin => a.total_cmp(&b),
            Self::Silhouette | Self::CalinskiHarabasz => b.total_cmp(&a),
        }
    }
}

/// One candidate number of clusters.
#[derive(Debug, Clone, PartialEq)]
pub struct KScore {
    /// Number of clusters.
    pub k: usize,
    /// Sum of squared distances, on the fitted points.
    pub inertia: f64,
    /// Value per index, in the order of [`Index::ALL`].
    pub values: [f64; 3],
    /// Rank per index, 1 being the best of the candidates.
    pub ranks: [usize; 3],
    /// What a mixture of that many components says, when the partition is that of
    /// a mixture.
    pub mixture: Option<MixtureScore>,
}

/// The number of clusters chosen, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct KChoice {
    /// The number chosen.
    pub k: usize,
    /// The candidates by rising k. Empty if the points are too few or too
    /// alike for an index to be worked out; then `k` is the number of distinct
    /// points, at most the smallest number allowed.
    pub candidates: Vec<KScore>,
    /// The number each index puts first, in the order of [`Index::ALL`].
    pub best: Option<[usize; 3]>,
    /// Number of points inertia, Calinski–Harabasz and Davies–Bouldin saw.
    pub fitted_rows: usize,
    /// Number of points the silhouette saw.
    pub silhouette_rows: usize,
    /// The gap statistic, if asked for.
    pub gap: Option<GapStatistic>,
}

impl KChoice {
    /// How many indices put the chosen number first.
    #[must_use]
    pub fn votes(&self) -> usize {
        self.votes_for(self.k)
    }

    /// How many indices put this number first.
    #[must_use]
    pub fn votes_for(&self, k: usize) -> usize {
        self.first_places().iter().filter(|&&first| first == k).count()
    }

    /// The number of the smallest BIC, when the candidates are mixtures.
    #[must_use]
    pub fn best_by_bic(&self) -> Option<usize> {
        let scores = self.candidates.iter().filter_map(|score| score.mixture);
        scores.min_by(|a, b| a.bic.total_cmp(&b.bic).then(a.k.cmp(&b.k))).map(|score| score.k)
    }

    /// How many indices there are: three, or four with the gap statistic.
    #[must_use]
    pub fn voters(&self) -> usize {
        Index::ALL.len() + usize::from(self.gap.is_some())
    }

    /// Whether all indices agree.
    #[must_use]
    pub fn unanimous(&self) -> bool {
        self.votes() == self.voters()
    }

    /// The gap of a candidate, if the gap statistic was asked for.
    #[must_use]
    pub fn gap_of(&self, k: usize) -> Option<GapScore> {
        self.gap.as_ref()?.scores.iter().find(|score| score.k == k).copied()
    }

    /// The same choice with the gap statistic as a fourth vote. If it says
    /// that there are no clusters, its vote goes to no candidate.
    #[must_use]
    pub fn with_gap(mut self, gap: GapStatistic) -> Self {
        self.gap = Some(gap);
        if !self.candidates.is_empty() {
            self.k = most_votes(&self.first_places()).unwrap_or_else(|| smallest_rank_sum(&self.candidates));
        }
        self
    }

    /// The numbers that the indices put first, as far as they are candidates.
    fn first_places(&self) -> Vec<usize> {
        let by_gap = self.gap.as_ref().map(|gap| gap.k);
        let by_gap = by_gap.filter(|&k| self.candidates.iter().any(|score| score.k == k));
        self.best.into_iter().flatten().chain(by_gap).collect()
    }
}

/// Chooses a number of clusters between `min` and `max`.
///
/// The candidates are fitted on at most [`SCAN_ROWS`] points and with less
/// effort than a final fit ([`kmeans::fit`]): enough to compare them.
///
/// # Errors
///
/// [`ClusterError::KRange`] unless 2 ≤ `min` ≤ `max` ≤ [`MAX_CANDIDATE`], and
/// those of [`kmeans::fit`].
pub fn choose_k(points: &Points, min: usize, max: usize, seed: u64) -> Result<KChoice, ClusterError> {
    if !(2 <= min && min <= max && max <= MAX_CANDIDATE) {
        return Err(ClusterError::KRange { min, max, limit: MAX_CANDIDATE });
    }
    kmeans::check(points, 1)?;
    let fitted = &points.spread_sample(SCAN_ROWS);
    let Some(largest) = largest_candidate(fitted, min, max) else {
        return Ok(KChoice::without_index(distinct_below(points, min), fitted.len()));
    };
    let partitions = (min..=largest)
        .map(|k| kmeans::best_partition(fitted, k, seed, Effort::SCAN))
        .collect::<Result<Vec<_>, _>>()?;
    let candidate =
        |(k, partition): (usize, Partition)| Candidate { k, inertia: partition.inertia, labels: partition.labels };
    let mut choice = KChoice::of_candidates(fitted, (min..).zip(partitions).map(candidate).collect());
    choice.k = choice.best.and_then(|best| most_votes(&best)).unwrap_or_else(|| smallest_rank_sum(&choice.candidates));
    Ok(choice)
}

/// The largest number of clusters that leaves something to measure, up to
/// `max`; none if it is below `min`.
pub(super) fn largest_candidate(fitted: &Points, min: usize, max: usize) -> Option<usize> {
    // With as many clusters as distinct points nothing is left to measure.
    let largest = match fitted.distinct_up_to(max * max) {
        Some(firsts) => max.min(firsts.len().isqrt().max(min)).min(firsts.len() - 1),
        None => max,
    };
    (largest >= min).then_some(largest)
}

/// The number of distinct points, at most `limit`.
pub(super) fn distinct_below(points: &Points, limit: usize) -> usize {
    points.distinct_up_to(limit).map_or(limit, |firsts| firsts.len())
}

/// A partition of the fitted points that stands for a number of clusters.
pub(super) struct Candidate {
    pub(super) k: usize,
    pub(super) inertia: f64,
    pub(super) labels: Vec<u16>,
}

impl KChoice {
    /// The choice where no candidate leaves anything to measure.
    pub(super) fn without_index(k: usize, fitted_rows: usize) -> Self {
        Self { k, candidates: Vec::new(), best: None, fitted_rows, silhouette_rows: 0, gap: None }
    }

    /// Partitions measured; nothing is chosen yet.
    pub(super) fn of_candidates(fitted: &Points, candidates: Vec<Candidate>) -> Self {
        let (candidates, silhouette_rows) = measure(fitted, &candidates);
        let best = best_per_index(&candidates);
        Self { k: 0, candidates, best: Some(best), fitted_rows: fitted.len(), silhouette_rows, gap: None }
    }
}

/// The index values of every partition, ranked.
fn measure(fitted: &Points, partitions: &[Candidate]) -> (Vec<KScore>, usize) {
    let rows = fitted.sample_rows(SILHOUETTE_ROWS);
    let seen = fitted.select(&rows);
    let seen_labels: Vec<Vec<u16>> =
        partitions.iter().map(|partition| rows.iter().map(|&row| partition.labels[row]).collect()).collect();
    let seen_labels: Vec<&[u16]> = seen_labels.iter().map(Vec::as_slice).collect();
    let silhouettes = silhouettes(&seen, &seen_labels);
    let mut candidates: Vec<KScore> = partitions
        .iter()
        .zip(silhouettes)
        .map(|(partition, silhouette)| KScore {
            k: partition.k,
            inertia: partition.inertia,
            // An index that can't be worked out counts as the worst value.
            values: [
                silhouette.unwrap_or(-1.0),
                calinski_harabasz(fitted, &partition.labels).unwrap_or(0.0),
                davies_bouldin(fitted, &partition.labels).unwrap_or(to_f64(fitted.len())),
            ],
            ranks: [0; 3],
            mixture: None,
        })
        .collect();
    rank(&mut candidates);
    (candidates, seen.len())
}

/// Fills in the ranks: 1 plus the number of better candidates, per index, so
/// that equal values share the better rank.
fn rank(candidates: &mut [KScore]) {
    for (column, index) in Index::ALL.into_iter().enumerate() {
        let values: Vec<f64> = candidates.iter().map(|score| score.values[column]).collect();
        for score in candidates.iter_mut() {
            let own = score.values[column];
            let better = values.iter().filter(|&&v| index.compare(v, own) == Ordering::Less);
            score.ranks[column] = 1 + better.count();
        }
    }
}

/// The smallest k of rank 1, per index.
fn best_per_index(candidates: &[KScore]) -> [usize; 3] {
    std::array::from_fn(|column| candidates.iter().find(|score| score.ranks[column] == 1).map_or(0, |score| score.k))
}

/// The number that two or more indices put first, and more than any other.
fn most_votes(first_places: &[usize]) -> Option<usize> {
    let votes = |k: usize| first_places.iter().filter(|&&other| other == k).count();
    let leads = |k: usize| votes(k) >= 2 && first_places.iter().all(|&other| other == k || votes(other) < votes(k));
    first_places.iter().copied().find(|&k| leads(k))
}

/// The number with the smallest sum of ranks.
fn smallest_rank_sum(candidates: &[KScore]) -> usize {
    candidates
        .iter()
        .min_by_key(|score| (score.ranks.iter().sum::<usize>(), score.ranks[0], score.k))
        .map_or(0, |score| score.k)
}

#[cfg(test)]
mod tests {
    use super::super::tests::blobs;
    use super::*;

    #[test]
    fn finds_the_number_of_separate_groups_unanimously() {
        for k in [3, 5, 7] {
            let choice = choose_k(&blobs(k, 26), 2, 10, 1).unwrap();
            assert_eq!(choice.k, k as usize);
            assert!(choice.unanimous());
            assert!(choice.candidates.len() >= 7);
            assert!(choice.candidates.windows(2).all(|pair| pair[1].inertia < pair[0].inertia));
        }
    }

    #[test]
    fn a_range_can_leave_the_best_number_out() {
        let choice = choose_k(&blobs(3, 30), 4, 6, 1).unwrap();
        assert!((4..=6).contains(&choice.k));
    }

    #[test]
    fn without_a_majority_the_ranks_decide() {
        let score = |k, ranks| KScore { k, inertia: 0.0, values: [0.0; 3], ranks, mixture: None };
        let candidates = [score(2, [1, 3, 3]), score(3, [2, 1, 2]), score(4, [3, 2, 1])];
        assert_eq!(best_per_index(&candidates), [2, 3, 4]);
        assert_eq!(most_votes(&[2, 3, 4]), None);
        assert_eq!(smallest_rank_sum(&candidates), 3);
        assert_eq!(most_votes(&[4, 2, 4]), Some(4));
        assert_eq!(most_votes(&[4, 2, 4, 2]), None);
        assert_eq!(most_votes(&[4, 2, 3, 2]), Some(2));
    }

    #[test]
    fn the_gap_has_a_vote() {
        let points = blobs(5, 26);
        let plain = choose_k(&points, 2, 10, 1).unwrap();
        assert_eq!((plain.voters(), plain.gap_of(5)), (3, None));
        let with = plain.clone().with_gap(crate::numerics::clusters::gap_statistic(&points, 10, 1).unwrap());
        assert_eq!((with.k, with.votes(), with.voters(), with.unanimous()), (5, 4, 4, true));
        assert!(with.candidates.iter().all(|score| with.gap_of(score.k).is_some()));
        assert_eq!((with.votes_for(4), with.candidates == plain.candidates), (0, true));
        // A gap that sees no clusters votes for none of the candidates.
        let none = plain.with_gap(GapStatistic { k: 1, scores: Vec::new(), rows: 9 });
        assert_eq!((none.k, none.votes(), none.voters()), (5, 3, 4));
    }

    #[test]
    fn the_gap_can_break_a_three_way_tie() {
        let score = |k, ranks| KScore { k, inertia: 0.0, values: [0.0; 3], ranks, mixture: None };
        let choice = KChoice {
            k: 3,
            candidates: vec![score(2, [1, 3, 3]), score(3, [2, 1, 2]), score(4, [3, 2, 1])],
            best: Some([2, 3, 4]),
            fitted_rows: 9,
            silhouette_rows: 9,
            gap: None,
        };
        let gap = GapStatistic { k: 4, scores: Vec::new(), rows: 9 };
        assert_eq!(choice.with_gap(gap).k, 4);
    }

    #[test]
    fn few_distinct_points_are_each_a_cluster() {
        let of = |values: Vec<f64>| choose_k(&Points::new(values, 1).unwrap(), 2, 10, 1).unwrap();
        assert_eq!(of(vec![5.0]).k, 1);
        assert_eq!(of(vec![5.0; 9]).k, 1);
        assert_eq!(of(vec![1.0, 2.0, 2.0]).k, 2);
        assert_eq!(of(vec![1.0, 2.0, 2.0]).best, None);
        let three = of(vec![1.0, 1.1, 9.0, 9.0]);
        assert_eq!((three.k, three.candidates.len()), (2, 1));
    }

    #[test]
    fn candidates_end_at_the_root_of_the_number_of_points() {
        let of = |rows: u32| {
            let points = Points::new((0..rows).map(|i| f64::from(i * i)).collect(), 1).unwrap();
            choose_k(&points, 2, 10, 1).unwrap().candidates.last().unwrap().k
        };
        assert_eq!([5, 10, 30, 99, 100].map(of), [2, 3, 5, 9, 10]);
    }

    #[test]
    fn a_wrong_range_is_an_error() {
        for (min, max) in [(1, 5), (6, 5), (2, 21)] {
            assert!(matches!(choose_k(&blobs(3, 5), min, max, 1), Err(ClusterError::KRange { .. })));
        }
        let none = Points::new(vec![], 2).unwrap();
        assert!(matches!(choose_k(&none, 2, 5, 1), Err(ClusterError::NoRows { .. })));
    }
}
