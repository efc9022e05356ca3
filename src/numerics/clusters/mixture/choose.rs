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

/// Mixtures of several numbers of components on the same points.
pub(in crate::numerics::clusters) struct Scan {
    sample: Sample,
    /// By rising number of components found, each number once, with the number asked for.
    found: Vec<(usize, MixtureScore, Fitted)>,
}

impl Scan {
    /// Fits `min` to `max` components.
    pub(in crate::numerics::clusters) fn new(
        points: &Points,
        widths: &[usize],
        min: usize,
        max: usize,
        options: &MixtureOptions,
    ) -> Result<Self, ClusterError> {
        if !(1 <= min && min <= max && max <= kmeans::MAX_CLUSTERS) {
            return Err(ClusterError::KRange { min, max, limit: kmeans::MAX_CLUSTERS });
        }
        kmeans::check(points, 1)?;
        let sample = Sample::new(points, widths, options)?;
        let all = (min..=max).into_par_iter().map(|k| sample.fit(k, options)).collect::<Result<Vec<_>, _>>()?;
        let mut found: Vec<(usize, MixtureScore, Fitted)> = Vec::new();
        for (asked, fitted) in (min..).zip(all) {
            let (k, log_likelihood) = (fitted.settled.components.k(), fitted.settled.log_likelihood);
            let bic = bic(log_likelihood, k, sample.columns.len(), widths, sample.points.len());
            found.push((asked, MixtureScore { k, log_likelihood, bic }, fitted));
        }
        // of equal numbers the better one stays, of equals the first
        found.sort_by(|(_, a, _), (_, b, _)| a.k.cmp(&b.k).then(a.bic.total_cmp(&b.bic)));
        found.dedup_by_key(|(_, score, _)| score.k);
        Ok(Self { sample, found })
    }

    /// The scores by rising number of components.
    pub(in crate::numerics::clusters) fn scores(&self) -> impl Iterator<Item = MixtureScore> + '_ {
        self.found.iter().map(|(_, score, _)| *score)
    }

    /// The component of the largest membership of each fitted point, per score.
    pub(in crate::numerics::clusters) fn partitions(&self) -> Result<Vec<Vec<u16>>, ClusterError> {
        let labels = |(_, score, fitted): &(usize, MixtureScore, Fitted)| {
            fitted.settled.components.labels(&self.sample.points).ok_or_else(|| singular(score.k))
        };
        self.found.iter().map(labels).collect()
    }

    /// The mixture of the smallest BIC; of equals the one of fewer components.
    pub(in crate::numerics::clusters) fn best(
        &self,
        points: &Points,
        options: &MixtureOptions,
    ) -> Result<MixtureFit, ClusterError> {
        let smallest = self.found.iter().min_by(|(_, a, _), (_, b, _)| a.bic.total_cmp(&b.bic));
        let (asked, _, fitted) = smallest.ok_or_else(|| singular(1))?;
        self.sample.conclude(points, fitted, *asked, options.order_by)
    }
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
    let scan = Scan::new(points, &[], min, max, options)?;
    Ok(MixtureChoice { candidates: scan.scores().collect(), best: scan.best(points, options)? })
}
