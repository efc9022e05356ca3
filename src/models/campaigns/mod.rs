//! The `campaigns` analysis: did each campaign work, for whom, at what cost, and what the next night may expect of the like.
//!
//! A campaign is an experiment: customers are assigned to groups, everybody assigned counts, and the difference to the control
//! group is what the campaign did. Without a control group there is no such figure, and none is made up. Segments are those of
//! the day before the start, so that nothing is sorted by what came after.

mod analysis;
mod checks;
mod contract;
mod evaluation;
mod groupings;
mod ledger;
mod lifts;
mod measure;
mod members;
mod options;
mod outcomes;
mod published;
mod results;
mod step;
mod study;
mod weeks;

pub use analysis::CampaignsAnalysis;
pub use contract::{CAMPAIGN_CHECKS, CAMPAIGN_LIFTS, CAMPAIGN_RESULTS, CAMPAIGN_WEEKS};
pub use options::{CampaignsOptions, ExpectedShare};
