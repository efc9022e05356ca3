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
    /// Numeric columns of the customer tables; default `days_since_last`, `orders`, `spend_net`.
    pub features: Vec<String>,
    /// A number, or `"auto"` (default).
    pub k: ClusterCount,
    /// The feature whose mean numbers the clusters, the largest first; default `spend_net`, or the last feature.
    pub number_by: Option<String>,
    /// Seed of the first centres.
    pub seed: u64,
}

impl Default for ClustersOptions {
    fn default() -> Self {
        Self {
            features: Vec::new(),
            k: ClusterCount::Word("auto".into()),
            number_by: None,
            seed: crate::numerics::clusters::DEFAULT_SEED,
        }
    }
}
