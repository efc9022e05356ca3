//! THE list of analyses, in flow order.

use crate::clean::{IDENTITIES, IDENTITY_LOG, IDENTITY_REVIEW, QUARANTINE};
use crate::features::cohorts::CohortsAnalysis;
use crate::features::customers::CustomersAnalysis;
use crate::models::campaigns::CampaignsAnalysis;
use crate::models::churn::{ChurnAnalysis, PropensityAnalysis};
use crate::models::clv::ClvAnalysis;
use crate::models::offers::OffersAnalysis;
use crate::models::patterns::PatternsAnalysis;
use crate::models::profitability::ProfitabilityAnalysis;
use crate::models::uplift::UpliftAnalysis;
use crate::segments::clusters::ClustersAnalysis;
use crate::segments::journey::JourneyAnalysis;
use crate::segments::knowledge::KnowledgeAnalysis;
use crate::segments::lifecycle::LifecycleAnalysis;
use crate::segments::memberships::MembershipsAnalysis;
use crate::segments::rfm::RfmAnalysis;
use crate::segments::satisfaction::SatisfactionAnalysis;
use crate::stage::Analysis;
use crate::table::{RUN_QUALITY, TableSpec};
use crate::targets::lists::TargetsAnalysis;

/// All analyses. Each reads only tables that an earlier one makes.
pub const ANALYSES: &[&dyn Analysis] = &[
    &CustomersAnalysis,
    &CohortsAnalysis,
    &ClvAnalysis,
    &PatternsAnalysis,
    &CampaignsAnalysis,
    &OffersAnalysis,
    &ChurnAnalysis,
    &PropensityAnalysis,
    &UpliftAnalysis,
    &ProfitabilityAnalysis,
    &RfmAnalysis,
    &ClustersAnalysis,
    &LifecycleAnalysis,
    &JourneyAnalysis,
    &KnowledgeAnalysis,
    &SatisfactionAnalysis,
    &MembershipsAnalysis,
    &TargetsAnalysis,
];

/// The tables that every run makes itself: refused rows, and what was checked.
pub const RUN_TABLES: &[&TableSpec] = &[&QUARANTINE, &RUN_QUALITY];

/// The tables that a run makes when it is asked who is who.
pub const IDENTITY_TABLES: &[&TableSpec] = &[&IDENTITIES, &IDENTITY_LOG, &IDENTITY_REVIEW];

/// Tables that analyses make for each other and nobody publishes.
pub const INTERNAL_TABLES: &[&str] = &["purchase_history", "clv_margins"];

/// The contracts of the tables that runs publish, in flow order.
pub fn published_tables() -> impl Iterator<Item = &'static TableSpec> {
    let made = ANALYSES.iter().flat_map(|a| a.makes().iter().copied());
    made.filter(|t| !INTERNAL_TABLES.contains(&t.name)).chain(RUN_TABLES.iter().copied())
}

/// The contracts of the tables that only backtests publish, in flow order.
pub fn backtest_tables() -> impl Iterator<Item = &'static TableSpec> {
    let made = ANALYSES.iter().flat_map(|a| a.backtest_makes().iter().copied());
    made.filter(|t| !published_tables().any(|published| published.name == t.name))
}
