//! Numbers for clusters by a rule that doesn't depend on chance.
//!
//! Cluster 0 has the largest mean of the chosen column over its members, in
//! the column's own unit, and so on downwards. Equal means are told apart by
//! the means of the other columns in their order, and if all of them are equal
//! by the centres, which always differ.

use super::Feature;
use super::kmeans::KMeansFit;
use super::points::to_f64;
use super::{Assignment, Centres, ClusterError, Points};
use std::cmp::Ordering;

/// Means of every feature over the members of each cluster, in the feature's
/// own unit.
///
/// `rows` are the rows of the columns that the labels belong to. Sums are made
/// in the order of the rows.
pub(super) fn member_means(features: &[Feature<'_>], rows: &[u32], assignment: &Assignment) -> Vec<Vec<f64>> {
    let mut means = vec![vec![0.0; features.len()]; assignment.sizes.len()];
    for (column, feature) in features.iter().enumerate() {
        for (&row, &label) in rows.iter().zip(&assignment.labels) {
            means[usize::from(label)][column] += feature.values[row as usize];
        }
    }
    for (cluster, &size) in means.iter_mut().zip(&assignment.sizes) {
        for sum in cluster {
            *sum /= to_f64(size.max(1));
        }
    }
    means
}

/// Renumbers a fit by falling mean of the feature at `number_by`.
///
/// `means` are those of [`member_means`], which are brought into the new order
/// too. The second thing returned is the new order: the old number of each new
/// one.
pub(super) fn renumber(
    fit: KMeansFit,
    means: &mut Vec<Vec<f64>>,
    number_by: usize,
) -> Result<(KMeansFit, Vec<usize>), ClusterError> {
    let k = fit.centres.k();
    let mut order: Vec<usize> = (0..k).collect();
    order.sort_by(|&a, &b| {
        compare_from(&means[a], &means[b], number_by)
            .then_with(|| compare_from(fit.centres.row(a), fit.centres.row(b), number_by))
    });
    let mut new_number = vec![0_u16; k];
    for (number, &old) in (0_u16..).zip(&order) {
        new_number[old] = number;
    }
    *means = order.iter().map(|&old| means[old].clone()).collect();
    let dims = fit.centres.points().dims();
    let centres = order.iter().flat_map(|&old| fit.centres.row(old)).copied().collect();
    let sizes = order.iter().map(|&old| fit.assignment.sizes[old]).collect();
    let mut labels = fit.assignment.labels;
    for label in &mut labels {
        *label = new_number[usize::from(*label)];
    }
    let centres = Centres::new(Points::new(centres, dims)?)?;
    let assignment = Assignment { labels, sizes, ..fit.assignment };
    Ok((KMeansFit { centres, assignment, ..fit }, order))
}

/// Larger first, by the column at `first`, then by all columns in order.
pub(super) fn compare_from(a: &[f64], b: &[f64], first: usize) -> Ordering {
    let columns = std::iter::once(first).chain(0..a.len());
    columns.map(|at| b[at].total_cmp(&a[at])).find(|o| o.is_ne()).unwrap_or(Ordering::Equal)
}
