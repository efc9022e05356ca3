//! The `journey` analysis: touches and purchases as one sequence per customer, what leads where, and what comes before
//! a purchase and before silence.

mod analysis;
mod compare;
mod contract;
mod events;
mod experience;
mod funnel;
mod paths;
mod silence;
mod states;
mod step;
mod touches;

pub use analysis::{JourneyAnalysis, JourneyOptions};
pub use contract::{
    JOURNEY_ATTRIBUTION, JOURNEY_DIFFERENCES, JOURNEY_EXPERIENCE, JOURNEY_FUNNEL, JOURNEY_PATHS, JOURNEY_TRANSITIONS,
};
