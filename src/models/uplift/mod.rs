//! The `uplift` analysis: who is moved by a contact, learned from past campaigns with a control group.

mod analysis;
mod contacts;
mod contract;
mod design;
mod expected;
mod features;
mod learn;
mod options;
mod past;
mod step;
mod tables;

pub use analysis::UpliftAnalysis;
pub use contract::{UPLIFT, UPLIFT_CURVE, UPLIFT_DECILES, UPLIFT_MODELS};
pub use options::{LearnerChoice, ModelChoice, UpliftOptions};
