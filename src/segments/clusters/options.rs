//! The `[clusters]` section.

use schemars::JsonSchema;
use serde::Deserialize;

/// What makes the clusters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ClusterMethod {
    /// Everyone belongs to the nearest centre.
    #[default]
    KMeans,
    /// A mixture of normal distributions; everyone belongs to every cluster with a probability.
    Mixture,
}

impl ClusterMethod {
    /// The word for it in the pipeline file and the tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::KMeans => "kmeans",
            Self::Mixture => "mixture",
        }
    }
}

/// How many clusters.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum ClusterCount {
    /// This many.
    Given(usize),
    /// `"auto"`: chosen between 2 and 10.
    Word(String),
}

/// How customers are clustered.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ClustersOptions {
    /// Columns of the customer tables, at least one of them numeric; default `days_since_last`, `orders`, `spend_net`. A
    /// column of words weighs as much as a number; its rare words are taken together.
    pub features: Vec<String>,
    /// `kmeans` (default): everyone belongs to the nearest centre. `mixture`: a mixture of normal distributions with full
    /// covariances, with the probability of each customer's cluster and of the next likely one; words have their shares in
    /// each cluster, independent of the numbers.
    pub method: ClusterMethod,
    /// A number, or `"auto"` (default): from 2 to 10, by silhouette, Calinski–Harabasz and Davies–Bouldin; for mixtures by
    /// BIC.
    pub k: ClusterCount,
    /// The feature whose mean numbers the clusters of the first run, the largest first; default `spend_net`, or the last
    /// feature. Later runs keep the numbers.
    pub number_by: Option<String>,
    /// Whether the gap statistic (Tibshirani, Walther & Hastie 2001) is worked out, too, and with k-means has a vote on `k`;
    /// default false.
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
            method: ClusterMethod::default(),
            k: ClusterCount::Word("auto".into()),
            number_by: None,
            gap: false,
            outliers: false,
            seed: crate::numerics::clusters::DEFAULT_SEED,
        }
    }
}
