//! The `satisfaction` analysis: how satisfied customers are, what goes with it, and who is unhappy without a word.

mod analysis;
mod answers;
mod contract;
mod drivers;
mod estimate;
mod groups;
mod plots;
mod step;

pub use analysis::{SatisfactionAnalysis, SatisfactionOptions};
pub use contract::{SATISFACTION, SATISFACTION_DRIVERS, SATISFACTION_GROUPS, SILENT_DETRACTORS};
