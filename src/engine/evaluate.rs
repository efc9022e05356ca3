//! `acrm evaluate`: what was done to customers is measured against what would have been without.

use crate::registry::ANALYSES;
use crate::sink::Publication;
use crate::stage::{Evaluation, Plot, StageInputs};
use crate::table::format_day;

use super::error::EngineError;
use super::findings::{Findings, FindingsOutcome, features};
use super::plan::Plan;
use super::progress::Progress;
use super::run::{Clock, history, take_in};

/// Folder of the evaluations below the output folder.
const FOLDER: &str = "evaluation";

/// Measures the campaigns of a plan, or the one that is named, and publishes tables and plots in `OUT/evaluation/as_of=DAY`.
/// `draw` turns a plot into SVG.
///
/// # Errors
/// When there is no campaign to measure, or anything that would keep a run from being published.
pub fn evaluate(
    plan: &Plan,
    campaign: Option<&str>,
    draw: &(dyn Fn(&Plot) -> String + Sync),
    progress: &dyn Progress,
) -> Result<FindingsOutcome, EngineError> {
    let mut clock = Clock::start();
    let publication = Publication::begin(&plan.out.join(FOLDER))?;
    let intake = take_in(plan, &publication, progress, &mut clock)?;
    let history = history(plan, &format_day(intake.run.as_of))?;
    let features = features(plan, &intake, &history)?;
    clock.lap("customers");
    let inputs = StageInputs { tables: &features, cleaned: &intake.cleaned, history: &history, run: &intake.run };
    let mut findings = Findings::default();
    for (analysis, step) in ANALYSES.iter().zip(&plan.steps) {
        progress.begin(analysis.name(), None);
        let found = step.evaluate(&inputs, campaign);
        progress.finish(analysis.name());
        let Some(found) = found else { continue };
        let found: Evaluation = found.map_err(|source| EngineError::Stage { analysis: analysis.name(), source })?;
        findings.add(found.tables, found.plots, found.summary);
        clock.lap(analysis.name());
    }
    findings.publish(plan, publication, intake, draw, progress, clock)
}
