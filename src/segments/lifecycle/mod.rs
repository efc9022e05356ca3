//! The `lifecycle` analysis: from prospect to advocate, and from slipping to lost, by each customer's own rhythm.

mod analysis;
mod contract;
mod plots;
mod step;

pub use analysis::{LifecycleAnalysis, LifecycleOptions};
pub use contract::{LIFECYCLE, LIFECYCLE_MOVES};
