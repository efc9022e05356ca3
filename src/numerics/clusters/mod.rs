//! Clusters of customers by k-means on scaled features.
//!
//! ```text
//! columns ──Scaling::fit──▶ Points ──choose_k, fit──▶ centres ──assign──▶ labels, distances
//!            refused rows              k and why                          profiles, names
//! ```
//!
//! [`cluster_customers`] runs the whole of it; the parts are public for whoever
//! stores a fitted clustering and applies it on another night
//! ([`FittedClusters::assign`]). Category columns take part as indicators
//! ([`cluster_mixed`]).
//!
//! [`Method::Mixture`] makes the clusters from a mixture of normal distributions
//! ([`fit_mixture`]) and says how much each customer belongs to them. On the
//! same points there are outliers by density ([`dbscan`]). Whether
//! clusters mean anything say [`gap_statistic`] and [`bootstrap_stability`];
//! [`match_clusters`] keeps their numbers from run to run.
//!
//! Promises of k-means, each kept by a test:
//!
//! - the same rows in the same order give the same bits, whatever the number of
//!   threads; callers sort rows by customer id, and so no order of a file
//!   matters;
//! - a row with a missing or infinite value gets no cluster and is listed; it
//!   has no influence on scaling or centres;
//! - no cluster is empty, no two centres are equal, numbers have no gaps;
//! - cluster 0 has the largest mean of the column that numbers the clusters,
//!   in its own unit, and so on downwards;
//! - nothing returned is NaN or infinite.
//!
//! Where k-means comes from: linfa places the first centres (k-means++) and
//! runs its first iterations, from several seeds. linfa's update counts the old
//! centre as one more member and stops at a tolerance, so its centres are not
//! quite the means of their members and its counts may belong to another run;
//! the last steps are therefore made here, to the exact fixed point
//! ([`kmeans`]), and sizes and inertia are counted from the final labels.

mod agreement;
mod categories;
mod choose;
mod density;
mod error;
mod exchange;
mod features;
mod gap;
mod indices;
pub mod kmeans;
mod levels;
mod lloyd;
mod matching;
mod mixture;
mod naming;
mod nearest;
mod numbering;
mod order_statistics;
mod points;
mod profile;
mod run;
mod scaling;
mod soft;
mod stability;
mod starts;
mod swap;

pub use agreement::adjusted_rand_index;
pub use categories::{Category, CategoryCoding, CodedLevel, MAX_LEVELS, MISSING, OTHER, RARE_SHARE};
pub use choose::{Index, KChoice, KScore, MAX_CANDIDATE, SCAN_ROWS, SILHOUETTE_ROWS, choose_k};
pub use density::{DEFAULT_EPS, DENSITY_ROWS, DensityClusters, DensityOptions, dbscan};
pub use error::ClusterError;
pub use features::{Feature, Refusal, RefusedCell, Transform};
pub use gap::{GAP_REFERENCES, GAP_ROWS, GapScore, GapStatistic, gap_statistic};
pub use indices::{calinski_harabasz, davies_bouldin, silhouettes};
pub use levels::LevelProfile;
pub use matching::{ClusterMatch, KEPT_JACCARD, Move, OldClusters, match_clusters};
pub use mixture::{
    GaussianMixture, MIXTURE_ROWS, MIXTURE_START_ROWS, Memberships, MixtureChoice, MixtureFit, MixtureOptions,
    MixtureScore, choose_mixture, fit_mixture, mixture_stability,
};
pub use naming::{name_clusters, name_clusters_with_levels};
pub use nearest::{Assignment, Centres};
pub use points::Points;
pub use profile::{ClusterProfile, FeatureProfile};
pub use run::{
    ClusterOptions, Clustering, DEFAULT_SEED, FittedClusters, KSelection, Method, Placement, cluster_customers,
    cluster_mixed,
};
pub use scaling::{ColumnScaling, DropReason, Prepared, Scaling, ScalingOptions};
pub use soft::{SoftClustering, SoftMembership};
pub use stability::{STABILITY_ROWS, Stability, StabilityOptions, bootstrap_stability};

#[cfg(test)]
mod tests;
#[cfg(test)]
mod mixed_tests;
