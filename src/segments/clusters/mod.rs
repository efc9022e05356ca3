//! The `clusters` analysis: customers that are alike, by k-means or a mixture on scaled features; their numbers and names
//! last from run to run.

mod analysis;
mod contract;
mod labels;
mod options;
mod plots;
mod quality;
mod step;
mod tables;
#[cfg(test)]
mod tests;

pub use analysis::ClustersAnalysis;
pub use contract::{CLUSTER_CHOICE, CLUSTER_PROFILES, CLUSTERS};
pub use options::{ClusterCount, ClusterMethod, ClustersOptions};
