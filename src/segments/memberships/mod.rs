//! The `segments` analysis: every grouping side by side, and for each since when and from where.

mod analysis;
mod contract;
mod moves;
mod previous;
mod step;
#[cfg(test)]
mod tests;

pub use analysis::{MembershipsAnalysis, SegmentOptions};
pub use contract::{SEGMENT_FLOWS, SEGMENT_MOVES, SEGMENTS};
