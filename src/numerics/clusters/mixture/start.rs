//! First mixtures: where linfa is called.

use super::em::Components;
use crate::numerics::clusters::Points;
use linfa::DatasetBase;
use linfa::traits::Fit;
use linfa_clustering::GaussianMixtureModel;
use ndarray::ArrayView2;
use rand_xoshiro::Xoshiro256Plus;
use rand_xoshiro::rand_core::SeedableRng;

/// linfa stops its EM once the mean log-likelihood rises by less than this.
const TOLERANCE: f64 = 1e-4;

/// Most iterations of linfa's EM; without an end by then it gives no mixture.
const ITERATIONS: u64 = 200;

/// One run of linfa's mixture of normal distributions with full covariances:
/// k-means, then EM, with the generator seeded by `seed` and `floor` added to
/// every variance.
///
/// Nothing where linfa ends in an error or in numbers that aren't finite.
/// It adds up densities instead of their logarithms, so a row some 38 standard
/// deviations away from its component has density 0 and ends the fit, however
/// sound the data; and its `n_runs` continues the same run instead of starting
/// another. So each seed is a run of its own here, and [`Components::refine`]
/// goes on from where linfa got to.
pub(super) fn linfa_mixture(points: &Points, k: usize, floor: f64, seed: u64) -> Option<Components> {
    let records = ArrayView2::from_shape((points.len(), points.dims()), points.values()).ok()?;
    let model = GaussianMixtureModel::params_with_rng(k, Xoshiro256Plus::seed_from_u64(seed))
        .reg_covariance(floor)
        .tolerance(TOLERANCE)
        .max_n_iterations(ITERATIONS)
        .n_runs(1)
        .fit(&DatasetBase::from(records))
        .ok()?;
    let components = Components {
        weights: model.weights().iter().copied().collect(),
        means: model.means().iter().copied().collect(),
        covariances: model.covariances().iter().copied().collect(),
        shares: Vec::new(),
        dims: points.dims(),
        widths: Vec::new(),
    };
    components.is_finite().then_some(components)
}
