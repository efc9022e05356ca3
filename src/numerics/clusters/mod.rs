//! Clusters of customers by k-means on scaled features.
//!
//! ```text
//! columns ──Scaling::fit──▶ Points ──choose_k, fit──▶ centres ──assign──▶ labels, distances
//!            refused rows              k and why                          profiles, names
//! ```
//!
//! [`cluster_customers`] runs the whole of it; the parts are public for whoever
//! stores a fitted clustering and applies it on another night
//! ([`FittedClusters::assign`]).
//!
//! Promises, each kept by a test:
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

mod choose;
mod error;
mod exchange;
mod features;
mod indices;
pub mod kmeans;
mod lloyd;
mod naming;
mod nearest;
mod numbering;
mod order_statistics;
mod points;
mod profile;
mod run;
mod scaling;
mod starts;
mod swap;

pub use choose::{Index, KChoice, KScore, MAX_CANDIDATE, SCAN_ROWS, SILHOUETTE_ROWS, choose_k};
pub use error::ClusterError;
pub use features::{Feature, Refusal, RefusedCell, Transform};
pub use indices::{calinski_harabasz, davies_bouldin, silhouettes};
pub use naming::name_clusters;
pub use nearest::{Assignment, Centres};
pub use points::Points;
pub use profile::{ClusterProfile, FeatureProfile};
pub use run::{ClusterOptions, Clustering, DEFAULT_SEED, FittedClusters, KSelection, Placement, cluster_customers};
pub use scaling::{ColumnScaling, DropReason, Prepared, Scaling, ScalingOptions};

#[cfg(test)]
mod tests;
