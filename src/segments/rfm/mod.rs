//! The `rfm` analysis: recency, frequency and monetary scores and the named segments.
//!
//! Scores run from 1 to n, n best; equal values get equal scores; the rule is the quantile of the value's mid-rank.
//! Every code has exactly one name ([`RfmSegment`](crate::numerics::rfm_segments::RfmSegment)).

mod analysis;
mod contract;
mod options;
mod step;

pub use analysis::RfmAnalysis;
pub use contract::RFM;
pub use options::{Method, RfmOptions};
