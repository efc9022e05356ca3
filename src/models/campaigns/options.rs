//! The `[campaigns]` section.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::numerics::experiments::RecencyBands;

/// Grouping by the RFM segment of the day before the start.
pub(super) const BY_RFM: &str = "rfm_segment";

/// Which part of the customers of a campaign was to be treated.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum ExpectedShare {
    /// Of every campaign.
    Every(f64),
    /// By campaign id.
    ByCampaign(BTreeMap<String, f64>),
}

/// How campaigns are measured.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CampaignsOptions {
    /// Days from the start on in which purchases count; default: to the campaign's end, 28 where none is told.
    pub window_days: Option<u32>,
    /// Columns of the customers source that hold what came of it (numbers, or yes and no), for files with one row per
    /// customer. Purchases in the window are measured besides, where there are transactions.
    pub outcomes: Vec<String>,
    /// Which of `outcomes` is revenue, so that profit and return are given; default: `revenue` or `spend`.
    pub revenue_outcome: Option<String>,
    /// By what effects are told apart: `rfm_segment` and `days_since_last` (both as of the day before the start; the default),
    /// and columns of the customers source that the campaign can't have changed.
    pub segments_by: Vec<String>,
    /// Last days of the bands of `days_since_last`; default 30, 90, 180, 365.
    pub days_since_last_bands: Vec<u32>,
    /// A number known before the start that takes noise out of the effect (CUPED); default: money in an equally long time
    /// before it.
    pub covariate: Option<String>,
    /// How sure intervals are meant to be; default 0.95.
    pub confidence: f64,
    /// Part of the customers that was to be treated, for all campaigns or by id (`{ SPRING = 0.5 }`). Without it the sizes of
    /// the groups are not tested.
    pub expected_treated_share: Option<ExpectedShare>,
    /// Part of the revenue that remains as margin, where the transactions don't tell; default: that of the lines that tell, 1
    /// without any.
    pub margin: Option<f64>,
}

impl Default for CampaignsOptions {
    fn default() -> Self {
        Self {
            window_days: None,
            outcomes: Vec::new(),
            revenue_outcome: None,
            segments_by: vec![BY_RFM.to_owned(), RecencyBands::COLUMN.to_owned()],
            days_since_last_bands: vec![30, 90, 180, 365],
            covariate: None,
            confidence: 0.95,
            expected_treated_share: None,
            margin: None,
        }
    }
}

impl CampaignsOptions {
    /// Names that an outcome may have to count as revenue when none is said to be.
    const REVENUE: [&str; 2] = ["revenue", "spend"];

    /// The outcome column that is revenue.
    pub(super) fn revenue(&self) -> Option<&str> {
        let named = self.revenue_outcome.as_deref();
        named.or_else(|| self.outcomes.iter().map(String::as_str).find(|name| Self::REVENUE.contains(name)))
    }

    /// The share of a campaign's customers that was to be treated.
    pub(super) fn expected_share(&self, campaign: &str) -> Option<f64> {
        match self.expected_treated_share.as_ref()? {
            ExpectedShare::Every(share) => Some(*share),
            ExpectedShare::ByCampaign(shares) => shares.get(campaign).copied(),
        }
    }

    /// The bands of `days_since_last`.
    pub(super) fn bands(&self) -> RecencyBands {
        RecencyBands::new(&self.days_since_last_bands).unwrap_or_default()
    }
}
