//! Finished runs as text; computes no figure of its own.

mod contracts;
mod explain;
mod numbers;
mod summary;

pub use contracts::{contract_json, contract_markdown};
pub use explain::{ExplainError, explain};
pub use summary::{plan_summary, run_summary};
