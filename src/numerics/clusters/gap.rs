//! The gap statistic: is there more structure than in points without any?
//!
//! # Formula
//!
//! ```text
//! Gap(k) = mean over b of ln W*_kb − ln W_k
//! s_k    = sd over b of ln W*_kb · √(1 + 1/B)
//! k̂     = smallest k with Gap(k) ≥ Gap(k+1) − s_{k+1}
//! ```
//!
//! where `W_k` is the inertia of `k` clusters of the points and `W*_kb` that of
//! reference set `b` of `B`. A reference set is uniform over the box around
//! the points along their principal axes, so that correlated columns alone
//! don't look like clusters (Tibshirani, Walther & Hastie 2001, "Estimating the
//! number of clusters in a data set via the gap statistic", J. R. Stat. Soc. B
//! 63, section 3 and section 4, choice (b) of the reference). If no `k` up to
//! the largest meets the rule, it is the largest.
//!
//! The points get eight starts of k-means, because a bad minimum there hides
//! structure; each reference set gets one: a box has no deep bad minima, and
//! what is left evens out over the sets.

use super::kmeans::{self, Effort, best_partition};
use super::points::{draw, to_f64};
use super::{ClusterError, Points};
use linfa_linalg::eigh::EighInto;
use ndarray::Array2;

/// Number of reference sets.
pub const GAP_REFERENCES: u64 = 10;

/// Number of points the gap is worked out on, at most; they are spread evenly
/// over all. Reference sets have as many.
pub const GAP_ROWS: usize = 1_000;

/// The gap of one number of clusters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GapScore {
    /// Number of clusters, from 1.
    pub k: usize,
    /// Gap(k); larger is better.
    pub gap: f64,
    /// The standard error `s_k` of the simulation.
    pub standard_error: f64,
}

/// The gap of every number of clusters up to a largest one.
#[derive(Debug, Clone, PartialEq)]
pub struct GapStatistic {
    /// The number of clusters by the rule; 1 if there are no clusters.
    pub k: usize,
    /// The candidates from 1 upwards. They end where there are as many clusters
    /// as distinct points.
    pub scores: Vec<GapScore>,
    /// Number of points used.
    pub rows: usize,
}

/// Works out the gap statistic for 1 to `max` clusters.
///
/// # Errors
///
/// [`ClusterError::ClusterCount`] if `max` is 0 or above
/// [`MAX_CLUSTERS`](kmeans::MAX_CLUSTERS), [`ClusterError::NoRows`] without
/// points, [`ClusterError::Start`] if first centres and
/// [`ClusterError::PrincipalAxes`] if the axes could not be found.
pub fn gap_statistic(points: &Points, max: usize, seed: u64) -> Result<GapStatistic, ClusterError> {
    kmeans::check(points, 1)?;
    if !(1..=kmeans::MAX_CLUSTERS).contains(&max) {
        return Err(ClusterError::ClusterCount { k: max, rows: points.len(), limit: kmeans::MAX_CLUSTERS });
    }
    let sample = points.spread_sample(GAP_ROWS);
    // With as many clusters as distinct points nothing is left to measure.
    let largest = sample.distinct_up_to(max).map_or(max, |firsts| firsts.len() - 1);
    if largest == 0 {
        return Ok(GapStatistic { k: 1, scores: Vec::new(), rows: sample.len() });
    }
    let own = log_inertias(&sample, largest, seed, Effort::SCAN)?;
    let axes = PrincipalAxes::new(&sample)?;
    let references = (0..GAP_REFERENCES)
        .map(|number| log_inertias(&axes.reference(draw(seed, number))?, largest, seed, Effort::QUICK))
        .collect::<Result<Vec<_>, _>>()?;
    let scores: Vec<GapScore> = own
        .iter()
        .enumerate()
        .map(|(at, log)| {
            let count = to_f64(references.len());
            let mean = references.iter().map(|logs| logs[at]).sum::<f64>() / count;
            let variance = references.iter().map(|logs| (logs[at] - mean) * (logs[at] - mean)).sum::<f64>() / count;
            GapScore { k: at + 1, gap: mean - log, standard_error: (variance * (1.0 + 1.0 / count)).sqrt() }
        })
        .collect();
    let meets = scores.windows(2).find(|pair| pair[0].gap >= pair[1].gap - pair[1].standard_error);
    Ok(GapStatistic { k: meets.map_or(largest, |pair| pair[0].k), scores, rows: sample.len() })
}

/// `ln W_k` for 1 to `largest` clusters.
fn log_inertias(points: &Points, largest: usize, seed: u64, effort: Effort) -> Result<Vec<f64>, ClusterError> {
    let inertia = |k| best_partition(points, k, seed, effort).map(|partition| partition.inertia);
    // Rounding may leave nothing of a positive inertia.
    (1..=largest).map(|k| inertia(k).map(|inertia| inertia.max(f64::MIN_POSITIVE).ln())).collect()
}

/// The box around points along their principal axes.
#[derive(Debug)]
struct PrincipalAxes {
    means: Vec<f64>,
    /// Axes as columns, one row per column of the points.
    axes: Array2<f64>,
    /// Smallest and largest coordinate along each axis.
    ranges: Vec<(f64, f64)>,
    rows: usize,
}

impl PrincipalAxes {
    fn new(points: &Points) -> Result<Self, ClusterError> {
        let dims = points.dims();
        let means = points.column_means();
        let mut scatter = Array2::<f64>::zeros((dims, dims));
        for row in points.rows() {
            for a in 0..dims {
                for b in 0..dims {
                    scatter[(a, b)] += (row[a] - means[a]) * (row[b] - means[b]);
                }
            }
        }
        let failed = |reason: String| ClusterError::PrincipalAxes { reason };
        // Scaling keeps the axes and the solver's tolerances within its reach.
        let largest = scatter.iter().copied().fold(0.0, f64::max);
        if largest > 0.0 {
            scatter.mapv_inplace(|value| value / largest);
        }
        let (_, axes) = scatter.eigh_into().map_err(|error| failed(error.to_string()))?;
        if !axes.iter().all(|value| value.is_finite()) {
            return Err(failed("an axis isn't finite".to_owned()));
        }
        let mut ranges = vec![(f64::INFINITY, f64::NEG_INFINITY); dims];
        for row in points.rows() {
            for (range, axis) in ranges.iter_mut().zip(axes.columns()) {
                let along: f64 = axis.iter().zip(row.iter().zip(&means)).map(|(a, (v, m))| a * (v - m)).sum();
                *range = (range.0.min(along), range.1.max(along));
            }
        }
        Ok(Self { means, axes, ranges, rows: points.len() })
    }

    /// Points drawn evenly from the box, as many as there were.
    fn reference(&self, seed: u64) -> Result<Points, ClusterError> {
        let dims = self.means.len();
        let mut values = Vec::with_capacity(self.rows * dims);
        let mut coordinates = vec![0.0; dims];
        for row in 0..self.rows {
            for (at, (coordinate, (lower, upper))) in coordinates.iter_mut().zip(&self.ranges).enumerate() {
                *coordinate = lower + (upper - lower) * unit(draw(seed, (row * dims + at) as u64));
            }
            let point = self.axes.rows().into_iter().zip(&self.means);
            values.extend(point.map(|(axis, mean)| {
                mean + axis.iter().zip(&coordinates).map(|(a, coordinate)| a * coordinate).sum::<f64>()
            }));
        }
        Points::new(values, dims)
    }
}

/// A drawn number brought down to 0..1: its leading 53 bits.
fn unit(drawn: u64) -> f64 {
    (drawn >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `per` points around each of `k` corners of a large polygon.
    fn blobs(k: u32, per: u32) -> Points {
        let values = (0..k * per)
            .flat_map(|i| {
                let angle = f64::from(i % k) * std::f64::consts::TAU / f64::from(k);
                let (dx, dy) = (unit(draw(1, u64::from(i))), unit(draw(2, u64::from(i))));
                [9.0 * angle.cos() + dx, 9.0 * angle.sin() + dy]
            })
            .collect();
        Points::new(values, 2).unwrap()
    }

    #[test]
    fn finds_separate_groups() {
        for k in [2, 3, 5] {
            let gap = gap_statistic(&blobs(k, 50), 8, 1).unwrap();
            assert_eq!(gap.k, k as usize, "{gap:?}");
            assert_eq!(gap.scores.len(), 8);
        }
    }

    #[test]
    fn one_cloud_has_no_clusters_even_if_it_is_long_and_slanted() {
        let row = |i: u64| {
            let (a, b) = (unit(draw(5, i)) * 20.0, unit(draw(6, i)));
            [a + b, a - b]
        };
        let points = Points::new((0..400).flat_map(row).collect(), 2).unwrap();
        assert_eq!(gap_statistic(&points, 6, 1).unwrap().k, 1);
    }

    #[test]
    fn references_fill_the_box_along_the_axes() {
        let points = Points::new((0..200).flat_map(|i| [f64::from(i), f64::from(i)]).collect(), 2).unwrap();
        let reference = PrincipalAxes::new(&points).unwrap().reference(3).unwrap();
        assert_eq!(reference.len(), 200);
        assert!(reference.rows().all(|row| (row[0] - row[1]).abs() < 1e-9), "the points lie on a line");
        let (least, most) = reference.rows().fold((f64::MAX, f64::MIN), |(a, b), row| (a.min(row[0]), b.max(row[0])));
        assert!((0.0..10.0).contains(&least) && (190.0..=199.0 + 1e-9).contains(&most));
    }

    #[test]
    fn few_points_and_wrong_numbers() {
        let of = |values: Vec<f64>| gap_statistic(&Points::new(values, 1).unwrap(), 5, 1).unwrap();
        assert_eq!((of(vec![4.0]).k, of(vec![4.0; 9]).k), (1, 1));
        let three = of(vec![1.0, 2.0, 9.0, 9.0]);
        assert_eq!(three.scores.len(), 2, "three distinct points leave nothing to measure");
        assert!(three.scores.iter().all(|score| score.gap.is_finite() && score.standard_error.is_finite()));
        assert!(gap_statistic(&Points::new(vec![], 1).unwrap(), 5, 1).is_err());
        assert!(gap_statistic(&blobs(2, 5), 0, 1).is_err());
        let huge = of(vec![-1e139, 1e139, 9e138, 3.0, 5.0]);
        assert!(huge.scores.iter().all(|score| score.gap.is_finite()));
    }

    #[test]
    fn repeats_itself_whatever_the_threads() {
        let points = blobs(4, 60);
        let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let gap = || gap_statistic(&points, 6, 9).unwrap();
        assert_eq!(pool(1).install(gap), pool(4).install(gap));
    }
}
