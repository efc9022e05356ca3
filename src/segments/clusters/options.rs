//! The `[clusters]` section.

use schemars::JsonSchema;
use serde::Deserialize;

/// How many clusters.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum ClusterCount {
    /// This many.
    Given(usize),
    /// `"auto"`: chosen between 2 and 10 by silhouette, Calinski–Harabasz and Davies–Bouldin.
    Word(String),
}

/// How customers are clustered.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ClustersOptions {
    /// Columns of the customer tables, at least one of them numeric; default `days_since_last`, `orders`, `spend_net`. A
    /// column of words weighs as much as a number; its rare words are taken together.
    pub features: Vec<String>,
    /// A number, or `"auto"` (default).
    pub k: ClusterCount,
    /// The feature whose mean numbers the clusters, the largest first; default `spend_net`, or the last feature.
    pub number_by: Option<String>,
    /// Whether the gap statistic (Tibshirani, Walther & Hastie 2001) has a vote on `k`, too; default false.
    pub gap: bool,
    /// Whether customers who are unlike all others are marked (DBSCAN on the numeric features); default false.
    pub outliers: bool,
    /// Seed of the first centres.
    pub seed: u64,
}

impl Default for ClustersOptions {
    fn default() -> Self {
        Self {
            features: Vec::new(),
            k: ClusterCount::Word("auto".into()),
            number_by: None,
            gap: false,
            outliers: false,
            seed: crate::numerics::clusters::DEFAULT_SEED,
        }
    }
}
