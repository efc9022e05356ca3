//! The `cohorts` analysis: what became of customers who began together.

mod analysis;
mod contract;
mod period;
mod plots;
mod step;
mod tally;

pub use analysis::{CohortsAnalysis, CohortsOptions};
pub use contract::{COHORT_PAYBACK, COHORTS};
pub use period::Period;
