//! Finished runs as text; computes no figure of its own.

mod contracts;
mod explain;
mod findings;
mod numbers;
mod plots;
mod summary;

pub use contracts::{contract_json, contract_markdown};
pub use explain::{ExplainError, explain};
pub use findings::findings_summary;
pub use plots::draw;
pub use summary::{plan_summary, run_summary, tidy};
