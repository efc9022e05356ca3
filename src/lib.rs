//! Analytical CRM engine: business exports in; customer, value, segment and target tables out.
//!
//! Data flow one way, and each module knows only those above it:
//!
//! ```text
//! numerics → notation → linkage → survey → table → history → source → clean → purchases → stage → features → models
//!          → segments → targets → registry → config → sink → engine → report → cli
//! ```

pub mod numerics;
pub mod notation;
pub mod linkage;
pub mod survey;
pub mod table;
pub mod history;
pub mod source;
pub mod clean;
pub mod purchases;
pub mod stage;
pub mod features;
pub mod models;
pub mod segments;
pub mod targets;
pub mod registry;
pub mod config;
pub mod sink;
pub mod report;
pub mod engine;
pub mod synth;
pub mod cli;
