//! Churn and propensities: who will do something within a horizon, by classification.
//!
//! Two analyses share it: `[churn]`, and `[[propensity]]` for any number of further outcomes. How it works:
//!
//! 1. **Rows.** Every customer is looked at as they stood at the end of several past days, the cuts, one horizon apart.
//!    Features know nothing that came after their cut; outcomes come from the horizon after it. With `label` there is no
//!    time: each customer is a row, and the outcome is a column.
//! 2. **Test.** The newest complete horizon is held out. Learners are fitted on older cuts, calibrated on customers of
//!    these that they did not see, and judged out of time, beside P(alive), the days since the last purchase and the share
//!    of the outcome. With `label` the test is a fivefold cross-validation.
//! 3. **Choice.** The learner with the smallest log loss in the test is fitted again on all rows, and scores the customers
//!    as they stand now.

mod analysis;
mod baselines;
mod contract;
mod cuts;
mod history;
mod judge;
mod labels;
mod leaks;
mod learn;
mod model_file;
mod options;
mod past;
mod quality;
mod rows;
mod score;
mod step;
mod tables;
mod task;
#[cfg(test)]
mod tests;

pub use analysis::{ChurnAnalysis, PropensityAnalysis};
pub use contract::{
    CHURN, CHURN_CALIBRATION, CHURN_CUTS, CHURN_DRIVERS, CHURN_MODELS, PROPENSITIES, PROPENSITY_CALIBRATION,
    PROPENSITY_CUTS, PROPENSITY_DRIVERS, PROPENSITY_MODELS,
};
pub use options::{OutcomeOptions, OutcomeWord, PropensityOptions};
