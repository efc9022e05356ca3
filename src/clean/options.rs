//! The `[clean]` section.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::linkage::IdentityOptions;

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
    /// Merged where they come from different files, as from exports whose windows overlap; equal rows of one file each
    /// count.
    Overlaps,
}

/// Which spellings of a customer id are one id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FoldIds {
    /// Each is its own.
    #[default]
    No,
    /// Those that differ in case alone.
    Case,
    /// E-mail addresses that differ in case and outer blanks; what stands after `+` counts.
    Email,
    /// Names that differ in case, blanks, or Arabic and Persian forms of a letter; a zero-width non-joiner is a blank.
    Letters,
}

/// The largest amount that is no outlier.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum LargestAmount {
    /// This much.
    Given(f64),
    /// `"auto"`.
    Word(LargestAmountWord),
}

/// Where the largest amount comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LargestAmountWord {
    /// From the amounts themselves: a modified z-score of 5 on their logarithms.
    Auto,
}

/// What becomes of amounts beyond `largest_amount`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outliers {
    /// Used as they are, and counted.
    #[default]
    Flag,
    /// Cut down to the largest amount, and counted with the money that is cut.
    Cap,
}

/// How transactions are cleaned.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CleanOptions {
    /// Orders of amount zero: `exclude` (default: they are no purchases) or `purchase`.
    pub zero_amount: ZeroAmount,
    /// Rows that are the same in every mapped column: `keep` (default), `merge`, or `overlaps` for files whose windows
    /// overlap.
    pub duplicates: Duplicates,
    /// Transaction ids with this beginning, in any case, are cancellations (`"C"` in Online Retail). A cancellation
    /// with a positive amount contradicts itself and goes to quarantine.
    pub cancellation_prefix: Option<String>,
    /// Margin as a share of the money of a line, by product category (`{ Books = 0.25 }`), for lines that carry neither
    /// cost nor margin and whose product has no cost.
    pub category_margins: BTreeMap<String, f64>,
    /// States of an order that are revenue (`["paid", "completed"]`), in any case; lines with another `status` go to
    /// quarantine as `no_revenue`. Default: all are.
    pub revenue_statuses: Vec<String>,
    /// Product ids that are no products: postage, fees, manual entries (`["POST", "BANK*"]`; `*` is any text, in any
    /// case). Their lines go to quarantine as `no_product`.
    pub non_products: Vec<String>,
    /// Customer ids of tests and staff (`["*@ourshop.com", "TEST*"]`); their rows go to quarantine as `test_account`.
    pub test_accounts: Vec<String>,
    /// Customer ids that stand for nobody (`["GUEST", "0"]`); their rows go to quarantine as `guest`, and are counted
    /// apart from rows without any id.
    pub guest_ids: Vec<String>,
    /// Customer ids that count as one: `no` (default), `case`, `email` or `letters`. The most frequent spelling is shown.
    pub fold_ids: FoldIds,
    /// Whether empty cells of a line take the values of the line before it, if that is of the same order: some shops
    /// write state, time and customer of an order on its first line only.
    pub carry_down: bool,
    /// Whether `amount` is the total of the whole order, on the first of its lines or on each: it counts once.
    pub amount_is_order_total: bool,
    /// Amount of a line, up or down, beyond which it is an outlier, or `"auto"`: derived from the amounts by a modified
    /// z-score of 5 on their logarithms. Default: none is; amounts beyond the derived limit are counted only.
    pub largest_amount: Option<LargestAmount>,
    /// Outliers: `flag` (default) or `cap`. A derived limit to cap at takes a second reading of the transactions.
    pub outliers: Outliers,
    /// What one unit of a currency is in the pipeline's currency (`{ USD = 0.92, IRT = 10 }`), for lines in several.
    pub rates: BTreeMap<String, f64>,
    /// A CSV file with the columns day, currency and rate, relative to the pipeline file; the newest rate that is not
    /// after the day of a line holds.
    pub rates_by_day: Option<String>,
    /// Words of the control group in `arm` of the contacts (`["No E-Mail"]`), besides control, holdout, no, false and 0. Any
    /// other word is a treatment, and several are compared one by one.
    pub control_arms: Vec<String>,
    /// One person, one row: with this section, customers that are one person are found and merged; see
    /// `[clean.identity]`.
    pub identity: Option<IdentityOptions>,
}
