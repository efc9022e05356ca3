//! Finished runs as text; computes no figure of its own.

mod backtest;
mod contracts;
mod explain;
mod numbers;
mod plots;
mod summary;

pub use backtest::backtest_summary;
pub use contracts::{contract_json, contract_markdown};
pub use explain::{ExplainError, explain};
pub use plots::draw;
pub use summary::{plan_summary, run_summary, tidy};
