//! `acrm backtest`: every analysis that predicts is tested on its own past.

use crate::history::History;
use crate::registry::ANALYSES;
use crate::sink::{Publication, Published, SinkError};
use crate::stage::{Backtest, Layer, Plot, StageInputs, SummaryTable};
use crate::table::{Tables, format_day};

use super::error::EngineError;
use super::manifest::Manifest;
use super::plan::Plan;
use super::progress::Progress;
use super::run::{Clock, Intake, take_in, write_manifest, write_tables, write_text};

/// Folder of the backtests below the output folder.
const FOLDER: &str = "backtest";

/// A finished backtest.
#[derive(Debug)]
pub struct BacktestOutcome {
    /// Where its tables and plots are.
    pub published: Published,
    /// The manifest.
    pub manifest: Manifest,
    /// The console summary.
    pub summary: Vec<SummaryTable>,
    /// File names of the plots.
    pub plots: Vec<String>,
}

/// Backtests a plan and publishes tables and plots in `OUT/backtest/as_of=DAY`. `draw` turns a plot into SVG.
///
/// # Errors
/// When nothing can be held out, or anything that would keep a run from being published.
pub fn backtest(
    plan: &Plan,
    holdout_days: Option<u32>,
    draw: &dyn Fn(&Plot) -> String,
    progress: &dyn Progress,
) -> Result<BacktestOutcome, EngineError> {
    let mut clock = Clock::start();
    let publication = Publication::begin(&plan.out.join(FOLDER))?;
    let Intake { inputs, cleaned, run } = take_in(plan, &publication, progress, &mut clock)?;
    let history = History::default();
    let mut features = Tables::default();
    for (analysis, step) in ANALYSES.iter().zip(&plan.steps).filter(|(a, _)| a.layer() == Layer::Features) {
        let inputs = StageInputs { tables: &features, cleaned: &cleaned, history: &history, run: &run };
        let output = step.run(&inputs).map_err(|source| EngineError::Stage { analysis: analysis.name(), source })?;
        output.tables.into_iter().for_each(|table| features.insert(table));
    }
    clock.lap("customers");
    let stage_inputs = StageInputs { tables: &features, cleaned: &cleaned, history: &history, run: &run };
    let mut tables = Tables::default();
    let (mut plots, mut summary) = (Vec::new(), Vec::new());
    for (analysis, step) in ANALYSES.iter().zip(&plan.steps) {
        progress.begin(analysis.name(), None);
        let found = step.backtest(&stage_inputs, holdout_days);
        progress.finish(analysis.name());
        let Some(found) = found else { continue };
        let found: Backtest = found.map_err(|source| EngineError::Stage { analysis: analysis.name(), source })?;
        found.tables.into_iter().for_each(|table| tables.insert(table));
        plots.extend(found.plots);
        summary.extend(found.summary);
        clock.lap(analysis.name());
    }
    let mut manifest = Manifest::new(plan, inputs, &cleaned.counts, format_day(run.as_of));
    manifest.tables = write_tables(&tables, publication.dir(), &manifest, progress)?;
    let folder = publication.dir().join("plots");
    std::fs::create_dir_all(&folder).map_err(|source| SinkError::io("create the folder", &folder, source))?;
    for plot in &plots {
        write_text(&folder.join(format!("{}.svg", plot.name)), &draw(plot))?;
    }
    clock.lap("write tables and plots");
    manifest.timings_seconds = clock.seconds;
    write_manifest(publication.dir(), &manifest, &plan.text)?;
    let published = publication.commit(&manifest.as_of)?;
    let plots = plots.iter().map(|plot| format!("{}.svg", plot.name)).collect();
    Ok(BacktestOutcome { published, manifest, summary, plots })
}
