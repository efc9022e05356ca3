//! The whole clustering in one call, and its use on another night.

use super::categories::{Category, CategoryCoding};
use super::choose::{KChoice, choose_k};
use super::features::find;
use super::gap::gap_statistic;
use super::levels::level_profiles;
use super::numbering::{member_means, renumber};
use super::profile::{ClusterProfile, profiles};
use super::soft::{self, SoftFit, SoftPoints};
use super::{
    Assignment, Centres, ClusterError, Feature, GaussianMixture, MixtureFit, MixtureOptions, Points, Prepared,
    RefusedCell, Scaling, ScalingOptions, SoftClustering, kmeans,
};
use std::borrow::Cow;

/// Seed used when nothing else is asked for.
pub const DEFAULT_SEED: u64 = 20_070_107;

/// Variance floor of a mixture of customers, as a share of the mean variance of
/// the features: a standard deviation of a third of theirs. Features such as
/// counts take few values, and most customers the same ones; above a lower floor
/// components shrink onto one value each, BIC rewards it without end, and other
/// customers make other clusters.
const CUSTOMER_FLOOR: f64 = 0.1;

/// What makes the clusters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Method {
    /// k-means: everyone belongs to the nearest centre.
    #[default]
    KMeans,
    /// A mixture of normal distributions, and of the shares of levels: everyone
    /// belongs to all clusters, each with a probability.
    Mixture,
}

/// How many clusters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KSelection {
    /// This many.
    Fixed(usize),
    /// Chosen by three indices ([`choose_k`](super::choose_k)), or four with
    /// [`ClusterOptions::with_gap`]; of mixtures by the smallest BIC.
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
    /// What makes the clusters.
    pub method: Method,
    /// How many clusters.
    pub k: KSelection,
    /// The feature whose mean numbers the clusters, falling; the first feature
    /// if there is none named.
    pub number_by: Option<&'a str>,
    /// Whether the gap statistic has a vote on the number of clusters, too; for
    /// mixtures it is only shown. It adds about two thirds to the time of the
    /// choice.
    pub with_gap: bool,
    /// How features are scaled.
    pub scaling: ScalingOptions,
    /// Seed of the first centres.
    pub seed: u64,
}

impl Default for ClusterOptions<'_> {
    fn default() -> Self {
        Self {
            method: Method::default(),
            k: KSelection::Auto { min: 2, max: 10 },
            number_by: None,
            with_gap: false,
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
    /// How category columns become further columns of the points.
    pub categories: Vec<CategoryCoding>,
    /// The centres, in the order of the cluster numbers.
    pub centres: Centres,
    /// What places customers instead of the nearest centre, if it is a mixture.
    pub mixture: Option<GaussianMixture>,
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
    /// Memberships and more, if the clusters are those of a mixture.
    pub soft: Option<SoftClustering>,
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
    cluster_mixed(features, &[], options)
}

/// Clusters customers by features and category columns ([`CategoryCoding`]),
/// one row each, sorted by id. Each category weighs as much as one feature.
///
/// # Errors
///
/// Those of [`cluster_customers`] and [`CategoryCoding::fit`], and
/// [`ClusterError::Length`] and [`ClusterError::DuplicateColumn`] if features
/// and categories make no table.
pub fn cluster_mixed(
    features: &[Feature<'_>],
    categories: &[Category<'_>],
    options: &ClusterOptions<'_>,
) -> Result<Clustering, ClusterError> {
    let number_by = options.number_by.map_or(Ok(0), |name| find(features, name))?;
    let (scaling, prepared) = Scaling::fit(features, options.scaling)?;
    check_categories(features, categories)?;
    let codings = categories
        .iter()
        .map(|category| CategoryCoding::fit(category, &prepared.rows))
        .collect::<Result<Vec<_>, _>>()?;
    let levels = levels_of(&codings, categories, &prepared.rows)?;
    let points = &*widened(&prepared.points, &codings, &levels)?;
    let Found { fit, choice, mixture, shortfall } = match options.method {
        Method::KMeans => by_kmeans(points, options)?,
        Method::Mixture => {
            let coded = &*coded(&prepared.points, &levels)?;
            by_mixture(&SoftPoints { coded, widened: points, codings: &codings }, options)?
        }
    };
    let mut means = member_means(features, &prepared.rows, &fit.assignment);
    let (fit, order) = renumber(fit, &mut means, number_by)?;
    let soft =
        mixture.map(|mixture| soft::numbered(mixture, &order, &prepared.rows, prepared.total_rows)).transpose()?;
    let levels = level_profiles(&codings, &levels, &fit.assignment);
    let centres = fit.centres.points().rows();
    let centres: Vec<Vec<f64>> = centres
        .map(|row| scaling.columns.iter().zip(row).map(|(column, value)| column.unscale(*value)).collect())
        .collect();
    let profiles = profiles(features, &prepared.rows, points, &fit.assignment, &means, &centres, levels);
    Ok(Clustering {
        profiles,
        inertia: fit.assignment.inertia,
        placed_rows: points.len(),
        fitted_rows: fit.fitted_rows,
        choice,
        shortfall,
        placement: Placement::new(&prepared, &fit.assignment),
        fitted: FittedClusters {
            scaling,
            categories: codings,
            centres: fit.centres,
            mixture: soft.as_ref().map(|soft| soft.mixture.clone()),
        },
        soft,
    })
}

/// Clusters before they are numbered.
struct Found {
    fit: kmeans::KMeansFit,
    choice: Option<KChoice>,
    mixture: Option<MixtureFit>,
    shortfall: Option<String>,
}

fn by_kmeans(points: &Points, options: &ClusterOptions<'_>) -> Result<Found, ClusterError> {
    let (k, choice) = match options.k {
        KSelection::Fixed(k) => (k, None),
        KSelection::Auto { min, max } => {
            let mut choice = choose_k(points, min, max, options.seed)?;
            if options.with_gap {
                choice = choice.with_gap(gap_statistic(points, max, options.seed)?);
            }
            (choice.k, Some(choice))
        }
    };
    let fit = kmeans::fit(points, k, options.seed)?;
    Ok(Found { shortfall: fit.shortfall(), fit, choice, mixture: None })
}

fn by_mixture(points: &SoftPoints<'_>, options: &ClusterOptions<'_>) -> Result<Found, ClusterError> {
    let settings = MixtureOptions { seed: options.seed, regularisation: CUSTOMER_FLOOR, ..MixtureOptions::default() };
    let SoftFit { partition, mut choice, fit } = soft::fit(points, options.k, &settings)?;
    if let (Some(choice), KSelection::Auto { max, .. }, true) = (&mut choice, options.k, options.with_gap) {
        choice.gap = Some(gap_statistic(points.widened, max, options.seed)?);
    }
    Ok(Found { fit: partition, choice, shortfall: fit.shortfall(), mixture: Some(fit) })
}

impl FittedClusters {
    /// Places customers in the fitted clusters.
    ///
    /// # Errors
    ///
    /// Those of [`Scaling::apply`] and [`Centres::assign`].
    pub fn assign(&self, features: &[Feature<'_>]) -> Result<Placement, ClusterError> {
        self.assign_mixed(features, &[])
    }

    /// Places customers in clusters that were fitted with category columns,
    /// which are found by name.
    ///
    /// # Errors
    ///
    /// Those of [`FittedClusters::assign`] and [`CategoryCoding::levels_of`],
    /// and [`ClusterError::UnknownColumn`] if a category is missing.
    pub fn assign_mixed(
        &self,
        features: &[Feature<'_>],
        categories: &[Category<'_>],
    ) -> Result<Placement, ClusterError> {
        let prepared = self.scaling.apply(features)?;
        check_categories(features, categories)?;
        let found = self.categories.iter().map(|coding| find_category(categories, &coding.name));
        let found = found.collect::<Result<Vec<_>, _>>()?;
        let levels = levels_of(&self.categories, &found, &prepared.rows)?;
        let points = widened(&prepared.points, &self.categories, &levels)?;
        let assignment = match &self.mixture {
            Some(mixture) => {
                let labels = mixture.memberships(&*coded(&prepared.points, &levels)?)?.labels;
                soft::assign(&points, &self.centres, labels)
            }
            None => self.centres.assign(&points)?,
        };
        Ok(Placement::new(&prepared, &assignment))
    }
}

/// Checks that categories are as long as the features and have other names.
fn check_categories(features: &[Feature<'_>], categories: &[Category<'_>]) -> Result<(), ClusterError> {
    let expected = features.first().map_or(0, |feature| feature.values.len());
    for (at, category) in categories.iter().enumerate() {
        let (column, found) = (category.name.to_owned(), category.codes.len());
        if found != expected {
            return Err(ClusterError::Length { column, found, expected });
        }
        let mut others = features.iter().map(|f| f.name).chain(categories[..at].iter().map(|c| c.name));
        if others.any(|name| name == category.name) {
            return Err(ClusterError::DuplicateColumn { column });
        }
    }
    Ok(())
}

/// The category called `name`.
fn find_category<'a>(categories: &[Category<'a>], name: &str) -> Result<Category<'a>, ClusterError> {
    categories.iter().find(|category| category.name == name).copied().ok_or_else(|| {
        let names: Vec<&str> = categories.iter().map(|category| category.name).collect();
        ClusterError::UnknownColumn { name: name.to_owned(), available: names.join(", ") }
    })
}

/// The level of every used row, per category.
fn levels_of(
    codings: &[CategoryCoding],
    categories: &[Category<'_>],
    rows: &[u32],
) -> Result<Vec<Vec<Option<u16>>>, ClusterError> {
    codings.iter().zip(categories).map(|(coding, category)| coding.levels_of(category, rows)).collect()
}

/// The points with the indicators of their levels behind the features.
fn widened<'a>(
    points: &'a Points,
    codings: &[CategoryCoding],
    levels: &[Vec<Option<u16>>],
) -> Result<Cow<'a, Points>, ClusterError> {
    if codings.is_empty() {
        return Ok(Cow::Borrowed(points));
    }
    let width = points.dims() + codings.iter().map(CategoryCoding::width).sum::<usize>();
    let mut values = vec![0.0; points.len() * width];
    for ((at, row), cells) in points.rows().enumerate().zip(values.chunks_exact_mut(width)) {
        let (numbers, mut rest) = cells.split_at_mut(row.len());
        numbers.copy_from_slice(row);
        for (coding, levels) in codings.iter().zip(levels) {
            let (own, behind) = rest.split_at_mut(coding.width());
            coding.indicators(levels[at], own);
            rest = behind;
        }
    }
    Points::new(values, width).map(Cow::Owned)
}

/// The points with the level of each category behind the features, as its
/// number; negative where it has none.
fn coded<'a>(points: &'a Points, levels: &[Vec<Option<u16>>]) -> Result<Cow<'a, Points>, ClusterError> {
    if levels.is_empty() {
        return Ok(Cow::Borrowed(points));
    }
    let mut values = Vec::with_capacity(points.len() * (points.dims() + levels.len()));
    for (at, row) in points.rows().enumerate() {
        values.extend_from_slice(row);
        values.extend(levels.iter().map(|levels| levels[at].map_or(-1.0, f64::from)));
    }
    Points::new(values, points.dims() + levels.len()).map(Cow::Owned)
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
