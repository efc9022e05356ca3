//! Outliers by density: DBSCAN.
//!
//! A row with at least `min_points` rows within `eps` of it (itself included)
//! is a core point; core points within `eps` of each other are in one cluster;
//! a row within `eps` of a core point belongs to its cluster; any other is an
//! outlier (Ester, Kriegel, Sander & Xu 1996, "A density-based algorithm for
//! discovering clusters in large spatial databases with noise", KDD-96,
//! definitions 1 to 6).
//!
//! # Where `eps` and `min_points` come from
//!
//! `min_points` is twice the number of columns unless given (Sander, Ester,
//! Kriegel & Xu 1998, "Density-based clustering in spatial databases: the
//! algorithm GDBSCAN and its applications", Data Mining and Knowledge Discovery
//! 2, section 4.2). `eps` is, unless given, the knee of the curve of sorted
//! distances to the `min_points`-th nearest row (Ester et al., section 4.2),
//! taken where the curve lies farthest below its chord (Satopää, Albrecht,
//! Irwin & Raghavan 2011, "Finding a kneedle in a haystack", ICDCS-W, section
//! III, for a rising convex curve without smoothing):
//!
//! ```text
//! i = argmax_i  i / (m − 1) − (d_i − d_0) / (d_{m−1} − d_0),   eps = d_i
//! ```
//!
//! Rows with so many equals that the distance is 0 are core points whatever
//! `eps` is and are left out of the curve. If that leaves nothing, or there are
//! fewer rows than `min_points`, `eps` is [`DEFAULT_EPS`].
//!
//! # Many rows
//!
//! linfa's DBSCAN asks a k-d tree for the neighbours of every row and gets all
//! of them, so rows with many equals cost the square of their number. Of equal
//! rows only the first `min_points` are therefore shown to it, which changes no
//! label. Above [`DENSITY_ROWS`] rows it sees that many of them, spread evenly;
//! then every row goes to the cluster of the nearest core point within `eps`,
//! and is an outlier if there is none. Density is that of the sample, so an
//! `eps` given from outside must fit it.

mod neighbours;

use super::points::to_f64;
use super::{ClusterError, Points};
use neighbours::{core_labels, linfa_dbscan, squared_k_distances, thinned};

/// Number of rows DBSCAN sees, at most.
pub const DENSITY_ROWS: usize = 10_000;

/// The radius where the rows don't suggest one: a standard deviation of a
/// scaled feature.
pub const DEFAULT_EPS: f64 = 1.0;

/// What counts as dense.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct DensityOptions {
    /// Radius of a neighbourhood; chosen from the distances if not given.
    pub eps: Option<f64>,
    /// Rows in the neighbourhood of a core point, itself included; twice the
    /// number of columns if not given.
    pub min_points: Option<usize>,
}

/// Clusters of dense rows, and the rows outside of them.
#[derive(Debug, Clone, PartialEq)]
pub struct DensityClusters {
    /// Cluster per row, from 0 in the order of their first core points; none
    /// for outliers.
    pub labels: Vec<Option<u16>>,
    /// Number of clusters.
    pub clusters: usize,
    /// Number of outliers.
    pub outliers: usize,
    /// Radius of a neighbourhood, given or chosen.
    pub eps: f64,
    /// Rows in the neighbourhood of a core point.
    pub min_points: usize,
    /// Number of rows DBSCAN saw.
    pub fitted_rows: usize,
}

/// Finds dense clusters and outliers.
///
/// A row within `eps` of core points of two clusters goes to the earlier one;
/// which rows are outliers doesn't depend on the order of the rows.
///
/// # Errors
///
/// [`ClusterError::NoRows`] without points, [`ClusterError::Neighbourhood`]
/// unless `eps` is above 0 and finite and `min_points` at least 2,
/// [`ClusterError::Neighbours`] if the search fails.
pub fn dbscan(points: &Points, options: &DensityOptions) -> Result<DensityClusters, ClusterError> {
    if points.is_empty() {
        return Err(ClusterError::NoRows { rows: 0, refused: 0 });
    }
    let min_points = options.min_points.unwrap_or(2 * points.dims());
    let radius = options.eps.unwrap_or(DEFAULT_EPS);
    if !(radius > 0.0 && radius.is_finite() && min_points >= 2) {
        return Err(ClusterError::Neighbourhood { radius, min_points });
    }
    let rows = points.sample_rows(DENSITY_ROWS);
    let sample = points.select(&rows);
    let (shown_rows, first_equals) = thinned(&sample, min_points);
    let shown = sample.select(&shown_rows);
    let squared = squared_k_distances(&shown, min_points)?;
    let eps = options.eps.unwrap_or_else(|| knee(squared.iter().map(|squared| squared.sqrt())));
    let shown_labels = linfa_dbscan(&shown, eps, min_points)?;
    let labels = if rows.len() == points.len() {
        let mut labels = vec![None; sample.len()];
        shown_rows.iter().zip(&shown_labels).for_each(|(&row, &label)| labels[row] = label);
        // The rows that weren't shown have an equal among the core points.
        (0..sample.len()).map(|row| labels[row].or(labels[first_equals[row]])).collect()
    } else {
        let core =
            |(at, label): (usize, &Option<u16>)| label.filter(|_| squared[at] <= eps * eps).map(|label| (at, label));
        let (cores, core_clusters): (Vec<usize>, Vec<u16>) = shown_labels.iter().enumerate().filter_map(core).unzip();
        core_labels(points, &shown.select(&cores), &core_clusters, eps)?
    };
    Ok(DensityClusters {
        clusters: shown_labels.iter().flatten().max().map_or(0, |&last| usize::from(last) + 1),
        outliers: labels.iter().filter(|label| label.is_none()).count(),
        labels,
        eps,
        min_points,
        fitted_rows: sample.len(),
    })
}

/// The knee of the sorted positive distances, or [`DEFAULT_EPS`].
fn knee(distances: impl Iterator<Item = f64>) -> f64 {
    let mut rising: Vec<f64> = distances.filter(|d| *d > 0.0 && d.is_finite()).collect();
    rising.sort_by(f64::total_cmp);
    let (Some(&least), Some(&most)) = (rising.first(), rising.last()) else {
        return DEFAULT_EPS;
    };
    let last = to_f64(rising.len() - 1);
    let mut best = (f64::NEG_INFINITY, most);
    for (at, &distance) in rising.iter().enumerate() {
        let below = to_f64(at) / last - (distance - least) / (most - least);
        if below > best.0 {
            best = (below, distance);
        }
    }
    best.1
}

#[cfg(test)]
mod tests;
