//! The number of components by BIC.

use super::fit::{Fitted, MixtureFit, Sample};
use super::{MixtureOptions, bic, singular};
use crate::numerics::clusters::{ClusterError, Points, kmeans};
use rayon::prelude::*;

/// One candidate number of components.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MixtureScore {
    /// Number of components.
    pub k: usize,
    /// Log-likelihood of the fitted points.
    pub log_likelihood: f64,
    /// BIC on the fitted points; smaller is better.
    pub bic: f64,
}

/// The number of components chosen by BIC, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct MixtureChoice {
    /// The candidates by rising `k`. Numbers that the points don't have enough
    /// distinct values for are missing.
    pub candidates: Vec<MixtureScore>,
    /// The mixture of the smallest BIC; of equals the one of fewer components.
    pub best: MixtureFit,
}

/// Chooses a number of components between `min` and `max` by the smallest BIC.
///
/// # Errors
///
/// [`ClusterError::KRange`] unless 1 ≤ `min` ≤ `max` ≤
/// [`MAX_CLUSTERS`](kmeans::MAX_CLUSTERS), and those of [`fit_mixture`](super::fit_mixture).
pub fn choose_mixture(
    points: &Points,
    min: usize,
    max: usize,
    options: &MixtureOptions,
) -> Result<MixtureChoice, ClusterError> {
    if !(1 <= min && min <= max && max <= kmeans::MAX_CLUSTERS) {
        return Err(ClusterError::KRange { min, max, limit: kmeans::MAX_CLUSTERS });
    }
    kmeans::check(points, 1)?;
    let sample = Sample::new(points, options)?;
    let mut candidates: Vec<MixtureScore> = Vec::new();
    let mut best: Option<(f64, usize, Fitted)> = None;
    let all: Vec<Fitted> =
        (min..=max).into_par_iter().map(|k| sample.fit(k, options)).collect::<Result<_, ClusterError>>()?;
    for (k, fitted) in (min..).zip(all) {
        let (found, log_likelihood) = (fitted.settled.components.k(), fitted.settled.log_likelihood);
        let bic = bic(log_likelihood, found, sample.columns.len(), sample.points.len());
        if candidates.iter().all(|candidate| candidate.k != found) {
            candidates.push(MixtureScore { k: found, log_likelihood, bic });
        }
        if best.as_ref().is_none_or(|(smallest, _, _)| bic < *smallest) {
            best = Some((bic, k, fitted));
        }
    }
    candidates.sort_by_key(|candidate| candidate.k);
    let (_, k, fitted) = best.ok_or_else(|| singular(min))?;
    Ok(MixtureChoice { candidates, best: sample.conclude(points, &fitted, k, options.order_by)? })
}
