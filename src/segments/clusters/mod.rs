//! The `clusters` analysis: customers that are alike, by k-means on scaled features.

mod analysis;
mod contract;
mod options;
mod step;

pub use analysis::ClustersAnalysis;
pub use contract::{CLUSTER_CHOICE, CLUSTER_PROFILES, CLUSTERS};
pub use options::{ClusterCount, ClustersOptions};
