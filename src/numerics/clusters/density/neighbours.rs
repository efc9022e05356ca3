//! Neighbours of rows: where linfa's DBSCAN and its k-d tree are called.

use crate::numerics::clusters::{ClusterError, Points};
use linfa::ParamGuard;
use linfa::traits::Transformer;
use linfa_clustering::Dbscan;
use linfa_nn::distance::{Distance, L2Dist};
use linfa_nn::{CommonNearestNeighbour, NearestNeighbour};
use ndarray::{ArrayView1, ArrayView2};
use rayon::prelude::*;
use std::cmp::Ordering;

/// Rows that are placed by one task.
const BLOCK_ROWS: usize = 4_096;

/// The first `copies` rows of each distinct point, rising, and for every row
/// the first row equal to it.
pub(super) fn thinned(points: &Points, copies: usize) -> (Vec<usize>, Vec<usize>) {
    let compare = |a: usize, b: usize| {
        let cells = points.row(a).iter().zip(points.row(b));
        cells.map(|(a, b)| a.total_cmp(b)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    };
    let mut order: Vec<usize> = (0..points.len()).collect();
    order.sort_by(|&a, &b| compare(a, b));
    let mut kept = Vec::new();
    let mut firsts = vec![0; points.len()];
    for equals in order.chunk_by(|&a, &b| compare(a, b).is_eq()) {
        kept.extend(equals.iter().take(copies));
        for &row in equals {
            firsts[row] = equals[0];
        }
    }
    kept.sort_unstable();
    (kept, firsts)
}

/// Squared distance of every row to its `count`-th nearest, itself counted;
/// infinite if there are fewer rows.
pub(super) fn squared_k_distances(points: &Points, count: usize) -> Result<Vec<f64>, ClusterError> {
    let records = view(points)?;
    let index = CommonNearestNeighbour::KdTree.from_batch(&records, L2Dist).map_err(failed)?;
    let distance = |row: &[f64]| {
        let row = ArrayView1::from(row);
        let nearest = index.k_nearest(row, count).map_err(failed)?;
        let last = nearest.get(count - 1).map(|(other, _)| L2Dist.rdistance(row, other.view()));
        Ok(last.unwrap_or(f64::INFINITY))
    };
    points.rows().map(distance).collect()
}

/// The labels of linfa's DBSCAN with its k-d tree, which counts a row at the
/// distance `eps` as a neighbour; its ball tree and its linear search don't.
pub(super) fn linfa_dbscan(points: &Points, eps: f64, min_points: usize) -> Result<Vec<Option<u16>>, ClusterError> {
    let params = Dbscan::params_with(min_points, L2Dist, CommonNearestNeighbour::KdTree).tolerance(eps);
    let params = params.check().map_err(failed)?;
    let labels = params.transform(&view(points)?);
    let label = |label: usize| u16::try_from(label).map_err(failed);
    labels.iter().map(|found| found.map(label).transpose()).collect()
}

/// The label of the nearest core point within `eps` of every row.
pub(super) fn core_labels(
    points: &Points,
    cores: &Points,
    labels: &[u16],
    eps: f64,
) -> Result<Vec<Option<u16>>, ClusterError> {
    let records = view(cores)?;
    let index = CommonNearestNeighbour::KdTree.from_batch(&records, L2Dist).map_err(failed)?;
    let label = |row: &[f64]| {
        let row = ArrayView1::from(row);
        let nearest = index.k_nearest(row, 1).map_err(failed)?;
        let within = nearest.first().filter(|(core, _)| L2Dist.rdistance(row, core.view()) <= eps * eps);
        Ok(within.map(|&(_, core)| labels[core]))
    };
    let blocks = points.values().par_chunks(BLOCK_ROWS * points.dims());
    let rows = blocks.flat_map_iter(|block| block.chunks_exact(points.dims()).map(label));
    rows.collect()
}

fn view(points: &Points) -> Result<ArrayView2<'_, f64>, ClusterError> {
    ArrayView2::from_shape((points.len(), points.dims()), points.values()).map_err(failed)
}

fn failed(error: impl std::fmt::Display) -> ClusterError {
    ClusterError::Neighbours { reason: error.to_string() }
}
