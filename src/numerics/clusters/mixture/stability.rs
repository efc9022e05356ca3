//! Stability of a mixture: how much of it comes back on other customers.
//!
//! As [`bootstrap_stability`](crate::numerics::clusters::bootstrap_stability),
//! with EM in place of k-means. Each repetition takes the likelier of two ends
//! of EM on the rows drawn: from the given mixture, the start that keeps the
//! order of components (O'Hagan, Murphy, Scrucca & Gormley 2019, "Investigation
//! of parameter uncertainty in clustering using a Gaussian mixture model via
//! jackknife, bootstrap and weighted likelihood bootstrap", Comput. Stat. 34,
//! section 3), and from a k-means partition of the drawn rows, which knows
//! nothing of it.

use super::em::{Components, Settled};
use super::{GaussianMixture, columns_of, singular};
use crate::numerics::clusters::kmeans::{Effort, best_partition};
use crate::numerics::clusters::stability::of_repetitions;
use crate::numerics::clusters::{ClusterError, Points, STABILITY_ROWS, Stability, StabilityOptions};

/// Iterations after which EM is stopped.
const ITERATIONS: usize = 200;

/// Repeats a mixture without categories on bootstrap samples of its points; rows belong to the
/// component of the largest membership. `floor` is that of the fit
/// ([`MixtureFit::floor`](super::MixtureFit::floor)).
///
/// # Errors
///
/// As [`bootstrap_stability`](crate::numerics::clusters::bootstrap_stability),
/// and [`ClusterError::Mixture`] if a covariance isn't positive definite.
pub fn mixture_stability(
    points: &Points,
    mixture: &GaussianMixture,
    floor: f64,
    options: &StabilityOptions,
) -> Result<Stability, ClusterError> {
    let (found, expected) = (points.dims(), mixture.means.dims());
    if found != expected {
        return Err(ClusterError::Dimensions { found, expected });
    }
    if !mixture.widths.is_empty() {
        return Err(ClusterError::Dimensions { found: points.dims(), expected: points.dims() + mixture.widths.len() });
    }
    let sample = columns_of(&points.spread_sample(STABILITY_ROWS), &mixture.columns)?;
    let given = mixture.components()?;
    let k = given.k();
    let base = given.labels(&sample).ok_or_else(|| singular(k))?;
    let again = |drawn: &Points, seed: u64| {
        let anew = partition(drawn, k, seed)?;
        let starts = [Some(given.clone()), Components::of_labels(drawn, &[], &anew, k, floor)];
        let ends = starts.into_iter().flatten().filter_map(|start| start.refine(drawn, floor, ITERATIONS));
        let best = ends.reduce(|a: Settled, b| if b.log_likelihood > a.log_likelihood { b } else { a });
        best.and_then(|best| best.components.labels(&sample)).ok_or_else(|| singular(k))
    };
    of_repetitions(&sample, &base, k, options, again)
}

/// A k-means partition of some points.
fn partition(points: &Points, k: usize, seed: u64) -> Result<Vec<u16>, ClusterError> {
    match points.distinct_up_to(k) {
        Some(firsts) => {
            let centres = crate::numerics::clusters::Centres::new(points.select(&firsts))?;
            Ok(centres.assign(points)?.labels)
        }
        None => Ok(best_partition(points, k, seed, Effort::REPEATED)?.labels),
    }
}
