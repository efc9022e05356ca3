//! The `[clean]` section.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

/// What an order of amount zero is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ZeroAmount {
    /// Left out of purchases and counted.
    #[default]
    Exclude,
    /// A purchase like any other.
    Purchase,
}

/// What happens to rows that are the same in every mapped column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Duplicates {
    /// Each counts: two equal rows may be two sales.
    #[default]
    Keep,
    /// Merged into one and counted.
    Merge,
}

/// How transactions are cleaned.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CleanOptions {
    /// Orders of amount zero: `exclude` (default: they are no purchases) or `purchase`.
    pub zero_amount: ZeroAmount,
    /// Rows that are the same in every mapped column: `keep` (default) or `merge`.
    pub duplicates: Duplicates,
    /// Transaction ids with this beginning, in any case, are cancellations (`"C"` in Online Retail). A cancellation
    /// with a positive amount contradicts itself and goes to quarantine.
    pub cancellation_prefix: Option<String>,
    /// Margin as a share of the money of a line, by product category (`{ Books = 0.25 }`), for lines that carry neither
    /// cost nor margin and whose product has no cost.
    pub category_margins: BTreeMap<String, f64>,
}
