//! From a pipeline file to published tables, without knowing any analysis by name.

mod backtest;
mod error;
mod evaluate;
mod findings;
mod identity;
mod manifest;
mod order;
mod plan;
mod progress;
mod quality;
mod run;
mod sources;

pub use backtest::backtest;
pub use error::EngineError;
pub use evaluate::evaluate;
pub use findings::FindingsOutcome;
pub use manifest::Manifest;
pub use plan::{Plan, PlanRequest, plan};
pub use progress::{NoProgress, Progress};
pub use run::{RunOutcome, run};
