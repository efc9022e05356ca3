//! Tables, plots and words that a command finds besides a run, and their folder.

use crate::history::History;
use crate::registry::ANALYSES;
use crate::sink::{Publication, Published};
use crate::stage::{Findings, Layer, Plot, StageError, StageInputs, Step, SummaryTable};
use crate::table::{Tables, format_day};

use super::error::EngineError;
use super::manifest::Manifest;
use super::plan::Plan;
use super::progress::Progress;
use super::run::{Clock, Intake, take_in, write_manifest, write_plots, write_tables};

/// A finished backtest or evaluation.
#[derive(Debug)]
pub struct FindingsOutcome {
    /// Where its tables and plots are.
    pub published: Published,
    /// The manifest.
    pub manifest: Manifest,
    /// The console summary.
    pub summary: Vec<SummaryTable>,
    /// File names of the plots.
    pub plots: Vec<String>,
}

/// What a command asks of each step; none from a step that has nothing to say.
pub(super) type Ask<'a> = dyn Fn(&dyn Step, &StageInputs<'_>) -> Option<Result<Findings, StageError>> + 'a;

/// Asks every step, and publishes tables and plots in `OUT/FOLDER/as_of=DAY`. `history` gives the run before the day of this
/// one, and `draw` turns a plot into SVG.
pub(super) fn publish_findings(
    plan: &Plan,
    folder: &str,
    history: &dyn Fn(i32) -> Result<History, EngineError>,
    ask: &Ask<'_>,
    draw: &(dyn Fn(&Plot) -> String + Sync),
    progress: &dyn Progress,
) -> Result<FindingsOutcome, EngineError> {
    let mut clock = Clock::start();
    let publication = Publication::begin(&plan.out.join(folder))?;
    let intake = take_in(plan, &publication, progress, &mut clock)?;
    let history = history(intake.run.as_of)?;
    let features = features(plan, &intake, &history)?;
    clock.lap("customers");
    let Intake { inputs, cleaned, run } = intake;
    let stage_inputs = StageInputs { tables: &features, cleaned: &cleaned, history: &history, run: &run };
    let mut tables = Tables::default();
    let (mut plots, mut summary) = (Vec::new(), Vec::new());
    for (analysis, step) in ANALYSES.iter().zip(&plan.steps) {
        progress.begin(analysis.name(), None);
        let found = ask(step.as_ref(), &stage_inputs);
        progress.finish(analysis.name());
        let Some(found) = found else { continue };
        let found = found.map_err(|source| EngineError::Stage { analysis: analysis.name(), source })?;
        found.tables.into_iter().for_each(|table| tables.insert(table));
        plots.extend(found.plots);
        summary.extend(found.summary);
        clock.lap(analysis.name());
    }
    let mut manifest = Manifest::new(plan, inputs, &cleaned.counts, format_day(run.as_of));
    manifest.tables = write_tables(&tables, publication.dir(), &manifest, progress)?;
    write_plots(publication.dir(), &plots, draw)?;
    clock.lap("write tables and plots");
    manifest.timings_seconds = clock.seconds;
    write_manifest(publication.dir(), &manifest, &plan.text)?;
    let published = publication.commit(&manifest.as_of)?;
    let plots = plots.iter().map(|plot| format!("{}.svg", plot.name)).collect();
    Ok(FindingsOutcome { published, manifest, summary, plots })
}

/// The tables of the features layer.
fn features(plan: &Plan, intake: &Intake, history: &History) -> Result<Tables, EngineError> {
    let mut features = Tables::default();
    for (analysis, step) in ANALYSES.iter().zip(&plan.steps).filter(|(a, _)| a.layer() == Layer::Features) {
        let inputs = StageInputs { tables: &features, cleaned: &intake.cleaned, history, run: &intake.run };
        let output = step.run(&inputs).map_err(|source| EngineError::Stage { analysis: analysis.name(), source })?;
        output.tables.into_iter().for_each(|table| features.insert(table));
    }
    Ok(features)
}
