//! First centres from linfa's k-means.

use super::{ClusterError, Points};
use linfa::DatasetBase;
use linfa::traits::Fit;
use linfa_clustering::{KMeans, KMeansInit};
use ndarray::ArrayView2;
use rand_xoshiro::Xoshiro256Plus;
use rand_xoshiro::rand_core::SeedableRng;

/// Iterations linfa makes after k-means++; the exact ones follow here.
const ITERATIONS: u64 = 4;

/// linfa stops early once its centres move less than this in all.
const TOLERANCE: f64 = 1e-4;

/// One run of linfa's k-means: first centres by k-means++ (Arthur &
/// Vassilvitskii 2007, section 2.2) with the generator seeded by `seed`, then
/// a few iterations. Returns the centres row after row.
pub(super) fn linfa_start(points: &Points, k: usize, seed: u64) -> Result<Vec<f64>, ClusterError> {
    let failed = |reason: String| ClusterError::Start { k, reason };
    let records = ArrayView2::from_shape((points.len(), points.dims()), points.values())
        .map_err(|error| failed(error.to_string()))?;
    let model = KMeans::params_with_rng(k, Xoshiro256Plus::seed_from_u64(seed))
        .init_method(KMeansInit::KMeansPlusPlus)
        .n_runs(1)
        .max_n_iterations(ITERATIONS)
        .tolerance(TOLERANCE)
        .fit(&DatasetBase::from(records))
        .map_err(|error| failed(error.to_string()))?;
    Ok(model.centroids().iter().copied().collect())
}
