//! k-means: from points to a partition that is as good as restarts make it.
//!
//! # Formula
//!
//! Minimise `inertia = Σ_i min_c ‖x_i − μ_c‖²` over the centres `μ`.
//!
//! Order of work, all of it a function of the points, `k` and the seed:
//!
//! 1. If there are no more than `k` distinct points they are the centres.
//! 2. More than [`MAX_FIT_ROWS`] points: the fit uses [`SAMPLE_ROWS`] of them,
//!    spread evenly; everyone is assigned afterwards.
//! 3. linfa places centres from several seeds on at most [`START_ROWS`] of the
//!    fitted points; Lloyd's iteration takes each to its fixed point there.
//! 4. On the same points the best few different ones are improved by moving
//!    whole centres.
//! 5. They continue on all fitted points. Up to [`EXCHANGE_ROWS`] points they
//!    are improved by moving single points too.
//! 6. The best is refined on all points: to the fixed point if they were the
//!    fitted ones, else by [`FULL_STEPS`] steps.

use super::exchange::exchange;
use super::lloyd::Partition;
use super::starts::linfa_start;
use super::swap::swap;
use super::{Assignment, Centres, ClusterError, Points};

/// Most clusters that can be asked for.
pub const MAX_CLUSTERS: usize = 100;

/// Up to this many points all of them are used to fit.
pub const MAX_FIT_ROWS: usize = 50_000;

/// Number of points the fit uses if there are more than [`MAX_FIT_ROWS`]. A
/// centre of a cluster that holds one in a hundred customers is then the mean
/// of about 250 points.
pub const SAMPLE_ROWS: usize = 25_000;

/// Number of points linfa's starts are placed on.
pub const START_ROWS: usize = 2_500;

/// Up to this many fitted points single-point moves are tried.
pub const EXCHANGE_ROWS: usize = 5_000;

/// Steps over all points after a fit on a sample, so that centres are means of
/// all members but for the few that change sides in the last assignment.
pub const FULL_STEPS: usize = 1;

/// Steps after which an iteration that hasn't settled is stopped.
const MAX_STEPS: usize = 300;

/// Passes of single-point moves after which they are stopped.
const MAX_PASSES: usize = 50;

/// Most swaps tried on one start.
const MAX_SWAPS: u64 = 150;

/// Starts whose inertia differs by less than this share found the same.
const SAME_INERTIA: f64 = 1e-9;

/// Distinct seeds of runs lie this far apart.
const SEED_STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// A partition of points into clusters.
#[derive(Debug, Clone, PartialEq)]
pub struct KMeansFit {
    /// The centres; there may be fewer than asked for.
    pub centres: Centres,
    /// Labels, distances, sizes and inertia of all points.
    pub assignment: Assignment,
    /// Number of clusters asked for.
    pub asked: usize,
    /// Number of points the centres were fitted on.
    pub fitted_rows: usize,
}

impl KMeansFit {
    /// A sentence for the log if there are fewer clusters than asked for.
    #[must_use]
    pub fn shortfall(&self) -> Option<String> {
        let found = self.centres.k();
        (found < self.asked).then(|| format!("{found} distinct points, {} clusters asked for", self.asked))
    }
}

/// Finds `k` clusters.
///
/// With fewer than `k` distinct points there are as many clusters as distinct
/// points ([`KMeansFit::shortfall`] says so). Clusters are in no particular
/// order here.
///
/// # Errors
///
/// [`ClusterError::NoRows`] without points, [`ClusterError::ClusterCount`]
/// unless `k` lies between 1 and the number of points and is at most
/// [`MAX_CLUSTERS`], [`ClusterError::Start`] if the first centres could not be
/// placed.
pub fn fit(points: &Points, k: usize, seed: u64) -> Result<KMeansFit, ClusterError> {
    check(points, k)?;
    if let Some(firsts) = points.distinct_up_to(k) {
        let centres = points.select(&firsts).values().to_vec();
        return conclude(points, Partition::refine(points, centres, 0), k, points.len());
    }
    let sample = fit_rows(points);
    let fitted = sample.as_ref().unwrap_or(points);
    let effort = Effort::full(fitted.len());
    let centres = best_partition(fitted, k, seed, effort)?.centres;
    let steps = if sample.is_some() { FULL_STEPS } else { MAX_STEPS };
    conclude(points, Partition::refine(points, centres, steps), k, fitted.len())
}

/// The points to fit on, if these aren't all.
fn fit_rows(points: &Points) -> Option<Points> {
    (points.len() > MAX_FIT_ROWS).then(|| points.spread_sample(SAMPLE_ROWS))
}

/// Checks the number of clusters against the number of points.
pub(super) fn check(points: &Points, k: usize) -> Result<(), ClusterError> {
    let rows = points.len();
    if rows == 0 {
        return Err(ClusterError::NoRows { rows, refused: 0 });
    }
    let limit = rows.min(MAX_CLUSTERS);
    if (1..=limit).contains(&k) { Ok(()) } else { Err(ClusterError::ClusterCount { k, rows, limit }) }
}

/// How much is tried to find a better partition.
#[derive(Debug, Clone, Copy)]
pub(super) struct Effort {
    /// Runs of linfa from different seeds.
    starts: u64,
    /// Number of different starts that are improved and continued.
    finalists: usize,
    /// Swaps tried per centre of each of them, [`MAX_SWAPS`] in all at most.
    swaps_per_centre: u64,
}

impl Effort {
    /// To compare numbers of clusters with each other.
    pub(super) const SCAN: Self = Self { starts: 8, finalists: 1, swaps_per_centre: 0 };

    /// For sums over many sets of points, in which bad luck evens out.
    pub(super) const QUICK: Self = Self { starts: 1, finalists: 1, swaps_per_centre: 0 };

    /// To find the same clusters in other rows: with a single start it would be
    /// the luck of the start that is measured.
    pub(super) const REPEATED: Self = Self { starts: 4, finalists: 1, swaps_per_centre: 0 };

    /// For the final partition. The fewer points there are, the more bad local
    /// minima there are and the less each trial costs.
    fn full(fitted_rows: usize) -> Self {
        if fitted_rows <= EXCHANGE_ROWS {
            Self { starts: 16, finalists: 3, swaps_per_centre: 12 }
        } else {
            Self { starts: 8, finalists: 2, swaps_per_centre: 4 }
        }
    }
}

/// The best partition of the fitted points found with some effort.
pub(super) fn best_partition(fitted: &Points, k: usize, seed: u64, effort: Effort) -> Result<Partition, ClusterError> {
    if k == 1 {
        return Ok(Partition::refine(fitted, fitted.column_means(), MAX_STEPS));
    }
    let start_rows = fitted.spread_sample(START_ROWS);
    let mut starts = Vec::new();
    for number in 0..effort.starts {
        let centres = linfa_start(&start_rows, k, run_seed(seed, number))?;
        starts.push(Partition::refine(&start_rows, centres, MAX_STEPS));
    }
    // Sorting is stable: of equals the earlier seed stays first.
    starts.sort_by(|a, b| a.inertia.total_cmp(&b.inertia));
    starts.dedup_by(|later, earlier| later.inertia <= earlier.inertia * (1.0 + SAME_INERTIA));
    starts.truncate(effort.finalists);
    let swaps = MAX_SWAPS.min(k as u64 * effort.swaps_per_centre);
    starts
        .into_iter()
        .map(|start| swap(&start_rows, start, swaps, seed))
        .map(|start| polish(fitted, start))
        .min_by(|a, b| a.inertia.total_cmp(&b.inertia))
        .ok_or_else(|| ClusterError::Start { k, reason: "no start was made".to_owned() })
}

/// Continues a start on all fitted points.
fn polish(fitted: &Points, start: Partition) -> Partition {
    let mut partition = Partition::refine(fitted, start.centres, MAX_STEPS);
    if fitted.len() <= EXCHANGE_ROWS && exchange(fitted, &mut partition, MAX_PASSES) {
        partition = Partition::refine(fitted, partition.centres, MAX_STEPS);
    }
    partition
}

/// Drops centres that nobody is nearest to.
fn conclude(
    points: &Points,
    partition: Partition,
    asked: usize,
    fitted_rows: usize,
) -> Result<KMeansFit, ClusterError> {
    if !partition.counts.contains(&0) {
        let Partition { centres, labels, squared: mut distances, counts: sizes, inertia } = partition;
        distances.iter_mut().for_each(|distance| *distance = distance.sqrt());
        let centres = Centres::new(Points::new(centres, points.dims())?)?;
        let assignment = Assignment { labels, distances, sizes, inertia };
        return Ok(KMeansFit { centres, assignment, asked, fitted_rows });
    }
    let kept: Vec<f64> = partition
        .centres
        .chunks_exact(points.dims())
        .zip(&partition.counts)
        .filter(|&(_, &count)| count > 0)
        .flat_map(|(centre, _)| centre)
        .copied()
        .collect();
    let centres = Centres::new(Points::new(kept, points.dims())?)?;
    let assignment = centres.assign(points)?;
    Ok(KMeansFit { centres, assignment, asked, fitted_rows })
}

/// The seed of one run of linfa.
fn run_seed(seed: u64, number: u64) -> u64 {
    seed.wrapping_add(number.wrapping_mul(SEED_STEP))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::float_cmp, reason = "figures that are exact by construction are compared exactly")]

    use super::*;

    /// Thirteen customers on four distinct points.
    fn thirteen() -> Points {
        let rows: [([f64; 3], usize); 4] =
            [([12.0, 1.0, 45.0], 5), ([220.0, 1.0, 15.0], 3), ([35.0, 7.0, 320.0], 3), ([4.0, 14.0, 800.0], 2)];
        let values = rows.iter().flat_map(|(row, times)| row.repeat(*times)).collect();
        Points::new(values, 3).unwrap()
    }

    #[test]
    fn as_many_clusters_as_distinct_points() {
        let fit = fit(&thirteen(), 4, 1).unwrap();
        assert_eq!(fit.assignment.inertia, 0.0);
        let mut sizes = fit.assignment.sizes.clone();
        sizes.sort_unstable();
        assert_eq!(sizes, [2, 3, 3, 5]);
        assert_eq!(fit.shortfall(), None);
    }

    #[test]
    fn more_clusters_than_distinct_points() {
        let fit = fit(&thirteen(), 6, 1).unwrap();
        assert_eq!(fit.centres.k(), 4);
        assert_eq!(fit.assignment.inertia, 0.0);
        assert_eq!(fit.shortfall().unwrap(), "4 distinct points, 6 clusters asked for");
        for a in 0..4 {
            assert!((0..a).all(|b| fit.centres.row(a) != fit.centres.row(b)));
        }
    }

    #[test]
    fn more_clusters_than_customers() {
        let message = fit(&thirteen(), 14, 1).unwrap_err().to_string();
        assert!(message.contains("14") && message.contains("13 customers"), "{message}");
        assert!(fit(&thirteen(), 0, 1).is_err());
    }

    #[test]
    fn one_cluster_is_the_mean() {
        let fit = fit(&thirteen(), 1, 1).unwrap();
        for (found, expected) in fit.centres.row(0).iter().zip([64.076_923, 4.384_615, 217.692_308]) {
            assert!((found - expected).abs() < 1e-6);
        }
    }

    #[test]
    fn no_points_is_an_error_and_one_point_a_cluster() {
        assert!(matches!(fit(&Points::new(vec![], 2).unwrap(), 1, 1), Err(ClusterError::NoRows { .. })));
        let fit = fit(&Points::new(vec![3.0, 4.0], 2).unwrap(), 1, 1).unwrap();
        assert_eq!((fit.centres.row(0), fit.assignment.inertia), ([3.0, 4.0].as_slice(), 0.0));
    }

    #[test]
    fn all_points_equal() {
        let fit = fit(&Points::new(vec![0.1; 900], 3).unwrap(), 5, 1).unwrap();
        assert_eq!((fit.centres.k(), fit.assignment.sizes.as_slice()), (1, [300].as_slice()));
        assert_eq!(fit.assignment.inertia, 0.0);
    }

    #[test]
    fn a_sample_that_misses_the_rare_points_still_fills_every_cluster() {
        let mut values = vec![0.0; MAX_FIT_ROWS + 5];
        let last = values.len() - 1;
        for rare in 0..4 {
            values[last - rare] = 10.0 * (rare + 1) as f64;
        }
        let fit = fit(&Points::new(values, 1).unwrap(), 3, 1).unwrap();
        assert_eq!(fit.centres.k(), 3);
        assert!(fit.assignment.sizes.iter().all(|&size| size > 0));
        assert_eq!(fit.fitted_rows, SAMPLE_ROWS);
    }

    #[test]
    fn the_largest_values_allowed_can_be_clustered() {
        let points = Points::new(vec![-1e140, -9e139, 0.0, 1e139, 1e140, 1e140], 1).unwrap();
        let mut sizes = fit(&points, 3, 1).unwrap().assignment.sizes;
        sizes.sort_unstable();
        assert_eq!(sizes, [2, 2, 2]);
    }

    #[test]
    fn centres_are_the_means_of_their_members() {
        let points = Points::new((0..400).map(|i| f64::from(i * i % 97)).collect(), 2).unwrap();
        let fit = fit(&points, 5, 3).unwrap();
        for cluster in 0..5 {
            let members: Vec<&[f64]> = points
                .rows()
                .zip(&fit.assignment.labels)
                .filter(|&(_, &label)| usize::from(label) == cluster)
                .map(|(row, _)| row)
                .collect();
            for dim in 0..2 {
                let mean = members.iter().map(|row| row[dim]).sum::<f64>() / members.len() as f64;
                assert!((fit.centres.row(cluster)[dim] - mean).abs() < 1e-12);
            }
        }
    }
}
