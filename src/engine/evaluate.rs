//! `acrm evaluate`: what was done to customers is measured against what would have been without.

use crate::stage::Plot;
use crate::table::format_day;

use super::error::EngineError;
use super::findings::{FindingsOutcome, publish_findings};
use super::plan::Plan;
use super::progress::Progress;
use super::run::history;

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
    let history = |as_of| history(plan, &format_day(as_of));
    publish_findings(plan, FOLDER, &history, &|step, inputs| step.evaluate(inputs, campaign), draw, progress)
}
