//! The whole clustering in one call, and its use on another night.

use super::choose::{KChoice, choose_k};
use super::features::find;
use super::numbering::{member_means, renumber};
use super::profile::{ClusterProfile, profiles};
use super::{Assignment, Centres, ClusterError, Feature, Prepared, RefusedCell, Scaling, ScalingOptions, kmeans};

/// Seed used when nothing else is asked for.
pub const DEFAULT_SEED: u64 = 20_070_107;

/// How many clusters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KSelection {
    /// This many.
    Fixed(usize),
    /// Chosen by three indices ([`choose_k`](super::choose_k)).
    Auto {
        /// Smallest number considered, at least 2.
        min: usize,
        /// Largest number considered.
        max: usize,
    },
}

/// How customers are clustered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClusterOptions<'a> {
    /// How many clusters.
    pub k: KSelection,
    /// The feature whose mean numbers the clusters, falling; the first feature
    /// if there is none named.
    pub number_by: Option<&'a str>,
    /// How features are scaled.
    pub scaling: ScalingOptions,
    /// Seed of the first centres.
    pub seed: u64,
}

impl Default for ClusterOptions<'_> {
    fn default() -> Self {
        Self {
            k: KSelection::Auto { min: 2, max: 10 },
            number_by: None,
            scaling: ScalingOptions::default(),
            seed: DEFAULT_SEED,
        }
    }
}

/// What is needed to place customers: a scaling and centres.
///
/// Stored and applied on another night it keeps the meaning of every cluster;
/// a new fit may move, join and renumber them.
#[derive(Debug, Clone, PartialEq)]
pub struct FittedClusters {
    /// How columns become points.
    pub scaling: Scaling,
    /// The centres, in the order of the cluster numbers.
    pub centres: Centres,
}

/// Where customers belong.
#[derive(Debug, Clone, PartialEq)]
pub struct Placement {
    /// Number of the cluster per row, from 0; none for refused rows.
    pub clusters: Vec<Option<u16>>,
    /// Distance to the own centre per row, in standard deviations.
    pub distances: Vec<Option<f64>>,
    /// The cells that kept rows out, by row and column.
    pub refused: Vec<RefusedCell>,
}

/// A clustering with everything there is to say about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Clustering {
    /// Scaling and centres, to place other customers.
    pub fitted: FittedClusters,
    /// Where the customers belong.
    pub placement: Placement,
    /// One entry per cluster, in the order of their numbers.
    pub profiles: Vec<ClusterProfile>,
    /// Sum of squared distances of all placed customers to their centres.
    pub inertia: f64,
    /// Number of customers placed.
    pub placed_rows: usize,
    /// Number of customers the centres were fitted on.
    pub fitted_rows: usize,
    /// The candidates, if the number of clusters was chosen.
    pub choice: Option<KChoice>,
    /// What to say if there are fewer clusters than asked for.
    pub shortfall: Option<String>,
}

/// Clusters customers by the given features, one row each, sorted by id.
///
/// Sorting is the caller's part of the promise that the order of rows in a
/// file makes no difference: sums of floats and drawn starts depend on it.
///
/// # Example
///
/// ```
/// use acrm::numerics::clusters::{ClusterOptions, Feature, KSelection, cluster_customers};
///
/// let days_since_last = [5.0, 7.0, 200.0, 210.0, f64::NAN];
/// let spend_net = [900.0, 880.0, 20.0, 25.0, 400.0];
/// let features =
///     [Feature::new("days_since_last", &days_since_last), Feature::new("spend_net", &spend_net)];
/// let options = ClusterOptions {
///     k: KSelection::Fixed(2),
///     number_by: Some("spend_net"),
///     ..ClusterOptions::default()
/// };
/// let clustering = cluster_customers(&features, &options)?;
/// assert_eq!(clustering.placement.clusters, [Some(0), Some(0), Some(1), Some(1), None]);
/// assert_eq!(clustering.profiles[0].name, "High spend_net, recent");
/// # Ok::<(), acrm::numerics::clusters::ClusterError>(())
/// ```
///
/// # Errors
///
/// Those of [`Scaling::fit`], [`kmeans::fit`] and, for
/// [`KSelection::Auto`], [`choose_k`](super::choose_k);
/// [`ClusterError::UnknownColumn`] if `number_by` names no feature.
pub fn cluster_customers(features: &[Feature<'_>], options: &ClusterOptions<'_>) -> Result<Clustering, ClusterError> {
    let number_by = options.number_by.map_or(Ok(0), |name| find(features, name))?;
    let (scaling, prepared) = Scaling::fit(features, options.scaling)?;
    let points = &prepared.points;
    let (k, choice) = match options.k {
        KSelection::Fixed(k) => (k, None),
        KSelection::Auto { min, max } => {
            let choice = choose_k(points, min, max, options.seed)?;
            (choice.k, Some(choice))
        }
    };
    let fit = kmeans::fit(points, k, options.seed)?;
    let mut means = member_means(features, &prepared.rows, &fit.assignment);
    let fit = renumber(fit, &mut means, number_by)?;
    let profiles = profiles(features, &prepared.rows, points, &fit.assignment, &means);
    Ok(Clustering {
        profiles,
        inertia: fit.assignment.inertia,
        placed_rows: points.len(),
        fitted_rows: fit.fitted_rows,
        choice,
        shortfall: fit.shortfall(),
        placement: Placement::new(&prepared, &fit.assignment),
        fitted: FittedClusters { scaling, centres: fit.centres },
    })
}

impl FittedClusters {
    /// Places customers in the fitted clusters.
    ///
    /// # Errors
    ///
    /// Those of [`Scaling::apply`] and [`Centres::assign`].
    pub fn assign(&self, features: &[Feature<'_>]) -> Result<Placement, ClusterError> {
        let prepared = self.scaling.apply(features)?;
        let assignment = self.centres.assign(&prepared.points)?;
        Ok(Placement::new(&prepared, &assignment))
    }
}

impl Placement {
    fn new(prepared: &Prepared, assignment: &Assignment) -> Self {
        let mut clusters = vec![None; prepared.total_rows];
        let mut distances = vec![None; prepared.total_rows];
        let placed = assignment.labels.iter().zip(&assignment.distances);
        for (&row, (&label, &distance)) in prepared.rows.iter().zip(placed) {
            clusters[row as usize] = Some(label);
            distances[row as usize] = Some(distance);
        }
        Self { clusters, distances, refused: prepared.refused.clone() }
    }
}
