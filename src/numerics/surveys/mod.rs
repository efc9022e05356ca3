//! What customers said: scores of surveys, complaints and reviews, and what can be learnt from them.
//!
//! ```text
//! scores ──NpsCounts, top_box, mean_score──▶ figures of a segment, with intervals
//!        ──satisfaction_index─────────────▶ one scale 0..100 for every instrument
//!                 │                 └─age──▶ level and trend of a customer
//!                 ├─drivers───────────────▶ what goes with good and bad answers
//!                 └─estimate──────────────▶ an estimate for those who never answered, with its holdout skill
//! ```
//!
//! Few answers: nothing is computed from none (`None`), and from one on everything is. There is no other minimum,
//! because the interval says what a small sample is worth: one answer of 10 is an NPS of 100 somewhere between −48 and
//! 100.
//!
//! Promises, each kept by a test:
//!
//! - nothing returned is NaN or infinite;
//! - the same rows in the same order give the same bits, whatever the number of threads;
//! - a score that isn't on its scale is never counted as one that is.

mod ageing;
mod drivers;
mod error;
mod estimate;
mod index;
pub mod inference;
mod nps;
mod scores;

pub use ageing::{Ageing, AgeingOptions, age};
pub use drivers::{Driver, DriverTest, drivers};
pub use error::SurveyError;
pub use estimate::{
    Coefficient, Estimate, EstimateOptions, FeatureShift, MIN_ANSWERED, NOTABLE_SHIFT, PENALTIES, Skill, Verdict,
    estimate,
};
pub use index::{DEFAULT_COMPLAINT_INDEX, Direction, Instrument, Scale, satisfaction_index};
pub use nps::{NpsClass, NpsCounts, NpsSummary};
pub use scores::{MeanScore, mean_score, top_box};
