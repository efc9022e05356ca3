//! The `targets` analysis: list by rule, leave out whom consent and contact policy protect, expect a profit of each
//! contact, share out budget and channels, keep a control group.
//!
//! ```text
//! rule ──gates──▶ suppression, consent, address, holdout, contact history
//!      ──worth──▶ uplift (measured, modelled, assumed) × margin − cost
//!      ──walk───▶ each list on its own                        (without [targeting])
//!      ──compete▶ all lists at once, ──settle──▶ arms, budgets (with [targeting])
//!      ──tables, design, what_if, activation▶ what is published
//! ```

mod activation;
mod analysis;
mod channels;
mod compete;
mod contract;
mod control;
mod design;
mod gates;
mod history;
mod matched;
mod measured;
mod options;
mod outcome;
mod quality;
mod resolve;
mod said;
mod send_window;
mod settle;
mod step;
mod tables;
mod target;
#[cfg(test)]
mod tests;
mod walk;
mod what_if;
mod why;
mod worth;

pub use analysis::TargetsAnalysis;
pub use contract::{CONTACT_POLICY, TARGET_BUDGETS, TARGET_CANDIDATES, TARGET_DESIGN, TARGET_EXCLUSIONS, TARGETS};
pub use control::{is_control, is_held_out};
pub use options::{ActivationOptions, TargetOptions, TargetingOptions, UpliftValue};
