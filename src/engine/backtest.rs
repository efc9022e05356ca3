//! `acrm backtest`: every analysis that predicts is tested on its own past.

use crate::history::History;
use crate::registry::ANALYSES;
use crate::sink::Publication;
use crate::stage::{Backtest, Plot, StageInputs};

use super::error::EngineError;
use super::findings::{Findings, FindingsOutcome, features};
use super::plan::Plan;
use super::progress::Progress;
use super::run::{Clock, take_in};

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
    let mut clock = Clock::start();
    let publication = Publication::begin(&plan.out.join(FOLDER))?;
    let intake = take_in(plan, &publication, progress, &mut clock)?;
    let history = History::default();
    let features = features(plan, &intake, &history)?;
    clock.lap("customers");
    let inputs = StageInputs { tables: &features, cleaned: &intake.cleaned, history: &history, run: &intake.run };
    let mut findings = Findings::default();
    for (analysis, step) in ANALYSES.iter().zip(&plan.steps) {
        progress.begin(analysis.name(), None);
        let found = step.backtest(&inputs, holdout_days);
        progress.finish(analysis.name());
        let Some(found) = found else { continue };
        let found: Backtest = found.map_err(|source| EngineError::Stage { analysis: analysis.name(), source })?;
        findings.add(found.tables, found.plots, found.summary);
        clock.lap(analysis.name());
    }
    findings.publish(plan, publication, intake, draw, progress, clock)
}
