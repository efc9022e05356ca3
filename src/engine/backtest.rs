//! `acrm backtest`: every analysis that predicts is tested on its own past.

use crate::history::History;
use crate::stage::Plot;

use super::error::EngineError;
use super::findings::{FindingsOutcome, publish_findings};
use super::plan::Plan;
use super::progress::Progress;

/// Folder of the backtests below the output folder.
const FOLDER: &str = "backtest";

/// Backtests a plan and publishes tables and plots in `OUT/backtest/as_of=DAY`. `draw` turns a plot into SVG.
///
/// # Errors
/// When nothing can be held out, or anything that would keep a run from being published.
pub fn backtest(
    plan: &Plan,
    holdout_days: Option<u32>,
    draw: &(dyn Fn(&Plot) -> String + Sync),
    progress: &dyn Progress,
) -> Result<FindingsOutcome, EngineError> {
    let history = |_| Ok(History::default());
    publish_findings(plan, FOLDER, &history, &|step, inputs| step.backtest(inputs, holdout_days), draw, progress)
}
