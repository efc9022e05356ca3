//! The sections that belong to no analysis.

use schemars::JsonSchema;
use serde::Deserialize;

use super::as_of::AsOf;

/// The run as a whole.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PipelineOptions {
    /// Name of the pipeline; it salts the control groups, so keep it. Required.
    pub name: String,
    /// Last day observed, inclusive: a date, `"today"` or `"yesterday"`. Default: the day of the newest accepted
    /// transaction. `--as-of` overrides it.
    pub as_of: Option<AsOf>,
    /// Business time zone (`"Europe/Berlin"`): timestamps with an offset are converted to it. Default: as written.
    pub timezone: Option<String>,
    /// Currency code of the money, for the metadata.
    pub currency: Option<String>,
    /// Output folder, relative to this file; default `out`. `--out` overrides it.
    pub out: Option<String>,
}

/// A guard: a line of `run_quality` that must stay within limits, or nothing is published (exit code 4).
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CheckOptions {
    /// Name of the check in `run_quality`, such as `rows_quarantined`. Required.
    pub check: String,
    /// Source or analysis of the line; default: any.
    pub source: Option<String>,
    /// Smallest value allowed.
    pub min: Option<f64>,
    /// Largest value allowed.
    pub max: Option<f64>,
}
