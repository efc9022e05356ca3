//! The `targets` analysis: list by rule, rank by expected profit, cut by budget, keep a control group.

mod analysis;
mod contract;
mod control;
mod options;
mod step;
mod why;
#[cfg(test)]
mod tests;

pub use analysis::TargetsAnalysis;
pub use contract::TARGETS;
pub use control::is_control;
pub use options::TargetOptions;
