//! The `[rfm]` section.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How values become scores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// By the quantile of the value's mid-rank.
    #[default]
    Quantile,
    /// By cut points of your own.
    Fixed,
    /// Frequency by quantile within each recency score, money within each recency and frequency score.
    Nested,
}

/// How customers are scored.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RfmOptions {
    /// Number of scores, 2 to 10; default 5.
    pub bins: u8,
    /// `quantile` (default), `fixed` or `nested`.
    pub method: Method,
    /// For `fixed`: `bins − 1` rising numbers of days since the last order. A value equal to a cut point is on its
    /// upper side.
    pub recency_cuts_days: Vec<i64>,
    /// For `fixed`: `bins − 1` rising numbers of orders.
    pub frequency_cuts_orders: Vec<i64>,
    /// For `fixed`: `bins − 1` rising amounts of net money.
    pub monetary_cuts: Vec<f64>,
    /// A `models/rfm.json` of an earlier run, whose cut points are used, so that a score means the same from night to
    /// night; relative to the pipeline file. Only with `quantile`.
    pub pinned: Option<String>,
}

impl Default for RfmOptions {
    fn default() -> Self {
        Self {
            bins: crate::numerics::scores::DEFAULT_BINS,
            method: Method::default(),
            recency_cuts_days: Vec::new(),
            frequency_cuts_orders: Vec::new(),
            monetary_cuts: Vec::new(),
            pinned: None,
        }
    }
}
