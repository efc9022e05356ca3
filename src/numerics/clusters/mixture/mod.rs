//! Mixtures of normal distributions: clusters with soft membership.
//!
//! # Formula
//!
//! ```text
//! p(x)  = Σ_c w_c N(x; μ_c, Σ_c),   r_ic = w_c N(x_i; μ_c, Σ_c) / p(x_i)
//! BIC   = p ln n − 2 ln L,          p = k − 1 + k d + k d (d + 1) / 2
//! ```
//!
//! for `k` components with full covariances over `d` columns (and `k` times the
//! levels less one more of each category, which is independent of the numbers
//! within a component); smaller BIC is
//! better (Schwarz 1978, "Estimating the dimension of a model", Annals of
//! Statistics 6; for mixtures Fraley & Raftery 2002, "Model-based clustering,
//! discriminant analysis, and density estimation", JASA 97, equation 5, with
//! the opposite sign).
//!
//! Order of work, all of it a function of the points, `k` and the options:
//!
//! 1. With fewer distinct points than components there are as many components
//!    as distinct points.
//! 2. More than [`MIXTURE_ROWS`] points: the fit uses that many of them,
//!    spread evenly; everyone gets memberships afterwards.
//! 3. On at most [`MIXTURE_START_ROWS`] of them linfa fits a mixture from
//!    several seeds. More starts are k-means partitions and partitions around
//!    rows drawn at random: linfa's own start is always the best of ten
//!    k-means runs, and that is often not near the best mixture. Short runs of
//!    EM show which starts are promising (Biernacki, Celeux & Govaert 2003,
//!    "Choosing starting values for the EM algorithm for getting the highest
//!    likelihood in multivariate Gaussian mixture models", Comput. Stat. Data
//!    Anal. 41, section 3).
//! 4. EM takes the best few of them to their ends there, and the best one on
//!    all fitted points.
//! 5. Components are put in the order of falling mean of one column.
//!
//! A component can shrink onto equal rows, and then the likelihood grows
//! without bound. So a floor is added to all variances: a share of the mean
//! variance of the columns, which standardised columns make the share itself.
//! If a covariance still isn't positive definite in floating point, the floor
//! is raised tenfold, up to the mean variance. What happened is told by
//! [`MixtureFit::floor`] and [`MixtureFit::notes`].

mod choose;
mod em;
mod fit;
mod stability;
mod start;

pub(super) use choose::Scan;
pub use choose::{MixtureChoice, MixtureScore, choose_mixture};
pub(super) use fit::fit_mixed;
pub use fit::{MIXTURE_ROWS, MIXTURE_START_ROWS, MixtureFit, fit_mixture};
pub use stability::mixture_stability;

use super::points::to_f64;
use super::{ClusterError, DEFAULT_SEED, Points};
use em::{Components, Densities};

/// How a mixture is fitted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MixtureOptions {
    /// The variance floor as a share of the mean variance of the columns. The
    /// default of 0.001 is a standard deviation of 3 % of the column's: below
    /// what would set customers apart.
    pub regularisation: f64,
    /// Number of runs of linfa, each from another seed; six more starts are
    /// made for each of them. At least one is made.
    pub starts: u64,
    /// The column whose mean orders the components, falling.
    pub order_by: usize,
    /// Seed of the first run.
    pub seed: u64,
}

impl Default for MixtureOptions {
    fn default() -> Self {
        Self { regularisation: 1e-3, starts: 4, order_by: 0, seed: DEFAULT_SEED }
    }
}

/// A fitted mixture, to be stored and applied on another night.
#[derive(Debug, Clone, PartialEq)]
pub struct GaussianMixture {
    /// Share of each component, adding up to 1.
    pub weights: Vec<f64>,
    /// Mean of each component, one per row.
    pub means: Points,
    /// Covariance matrix of each component over [`GaussianMixture::columns`],
    /// row after row, the floor included.
    pub covariances: Vec<Vec<f64>>,
    /// The columns that vary. The others say nothing and have no part in
    /// densities, covariances and BIC.
    pub columns: Vec<usize>,
    /// Share of each level in each component, category after category; empty
    /// without categories.
    pub shares: Vec<Vec<f64>>,
    /// Number of levels of each category.
    pub widths: Vec<usize>,
}

/// How much each row belongs to each component.
#[derive(Debug, Clone, PartialEq)]
pub struct Memberships {
    /// Number of components.
    pub k: usize,
    /// Probability per component, row after row; each row adds up to 1.
    pub probabilities: Vec<f64>,
    /// The component of the largest probability per row; the lower one of
    /// equals.
    pub labels: Vec<u16>,
    /// Natural logarithm of the likelihood of all rows.
    pub log_likelihood: f64,
}

impl Memberships {
    /// The probabilities of one row.
    ///
    /// # Panics
    ///
    /// If there is no such row.
    #[must_use]
    pub fn row(&self, row: usize) -> &[f64] {
        &self.probabilities[row * self.k..(row + 1) * self.k]
    }
}

impl GaussianMixture {
    /// Memberships of other rows, scaled as the fitted ones were; behind the
    /// numbers each row has its level of each category, negative where it is
    /// unknown.
    ///
    /// # Errors
    ///
    /// [`ClusterError::Dimensions`] if rows don't have the columns of the
    /// mixture, [`ClusterError::Mixture`] if a covariance isn't positive
    /// definite.
    pub fn memberships(&self, points: &Points) -> Result<Memberships, ClusterError> {
        let (found, expected) = (points.dims(), self.means.dims() + self.widths.len());
        if found != expected {
            return Err(ClusterError::Dimensions { found, expected });
        }
        let components = self.components()?;
        let k = components.k();
        let densities = Densities::new(&components).ok_or_else(|| singular(k))?;
        let mut memberships = Memberships {
            k,
            probabilities: vec![0.0; points.len() * k],
            labels: Vec::with_capacity(points.len()),
            log_likelihood: 0.0,
        };
        let columns = self.columns.iter().copied().chain(self.means.dims()..found).collect::<Vec<_>>();
        let mut used = vec![0.0; columns.len()];
        for (row, own) in points.rows().zip(memberships.probabilities.chunks_exact_mut(k)) {
            used.iter_mut().zip(&columns).for_each(|(value, &column)| *value = row[column]);
            memberships.log_likelihood += densities.memberships(&used, own);
            memberships.labels.push(largest(own));
        }
        Ok(memberships)
    }

    /// The parameters over the columns that vary.
    fn components(&self) -> Result<Components, ClusterError> {
        Ok(Components {
            weights: self.weights.clone(),
            means: columns_of(&self.means, &self.columns)?.values().to_vec(),
            covariances: self.covariances.concat(),
            shares: self.shares.concat(),
            dims: self.columns.len(),
            widths: self.widths.clone(),
        })
    }

    /// Some of the components, in the order given, their weights brought to the
    /// sum 1 again.
    ///
    /// # Errors
    ///
    /// [`ClusterError::NoFeatures`] if the mixture has no columns.
    ///
    /// # Panics
    ///
    /// If there is no such component.
    pub fn select(&self, components: &[usize]) -> Result<Self, ClusterError> {
        let total: f64 = components.iter().map(|&at| self.weights[at]).sum();
        let means = components.iter().flat_map(|&at| self.means.row(at)).copied().collect();
        Ok(Self {
            weights: components.iter().map(|&at| self.weights[at] / total).collect(),
            means: Points::new(means, self.means.dims())?,
            covariances: components.iter().map(|&at| self.covariances[at].clone()).collect(),
            columns: self.columns.clone(),
            shares: components.iter().map(|&at| self.shares[at].clone()).collect(),
            widths: self.widths.clone(),
        })
    }

    /// Number of free parameters.
    #[must_use]
    pub fn parameters(&self) -> usize {
        parameters(self.weights.len(), self.columns.len(), &self.widths)
    }
}

/// The component of the largest probability, the first of equals.
fn largest(own: &[f64]) -> u16 {
    let mut best = (0, f64::NEG_INFINITY);
    for (component, &probability) in (0_u16..).zip(own) {
        if probability > best.1 {
            best = (component, probability);
        }
    }
    best.0
}

/// A copy of some columns.
fn columns_of(points: &Points, columns: &[usize]) -> Result<Points, ClusterError> {
    let values = points.rows().flat_map(|row| columns.iter().map(|&column| row[column])).collect();
    Points::new(values, columns.len())
}

fn parameters(k: usize, dims: usize, widths: &[usize]) -> usize {
    let levels: usize = widths.iter().map(|width| width.saturating_sub(1)).sum();
    k - 1 + k * dims + k * dims * (dims + 1) / 2 + k * levels
}

fn bic(log_likelihood: f64, k: usize, dims: usize, widths: &[usize], rows: usize) -> f64 {
    to_f64(parameters(k, dims, widths)) * to_f64(rows).ln() - 2.0 * log_likelihood
}

fn singular(components: usize) -> ClusterError {
    let reason = "a component collapsed and its covariance is singular; ask for fewer or a higher regularisation";
    ClusterError::Mixture { components, reason: reason.to_owned() }
}

#[cfg(test)]
mod tests;
