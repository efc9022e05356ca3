//! Tables, plots and words that a command finds besides a run, and their folder.

use crate::history::History;
use crate::registry::ANALYSES;
use crate::sink::{Publication, Published};
use crate::stage::{Layer, Plot, StageInputs, SummaryTable};
use crate::table::{Table, Tables, format_day};

use super::error::EngineError;
use super::manifest::Manifest;
use super::plan::Plan;
use super::progress::Progress;
use super::run::{Clock, Intake, write_manifest, write_plots, write_tables};

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

/// What analyses found.
#[derive(Debug, Default)]
pub(super) struct Findings {
    tables: Tables,
    plots: Vec<Plot>,
    summary: Vec<SummaryTable>,
}

impl Findings {
    pub(super) fn add(&mut self, tables: Vec<Table>, plots: Vec<Plot>, summary: Vec<SummaryTable>) {
        tables.into_iter().for_each(|table| self.tables.insert(table));
        self.plots.extend(plots);
        self.summary.extend(summary);
    }

    /// Writes everything and makes it visible. `draw` turns a plot into SVG.
    pub(super) fn publish(
        self,
        plan: &Plan,
        publication: Publication,
        intake: Intake,
        draw: &(dyn Fn(&Plot) -> String + Sync),
        progress: &dyn Progress,
        mut clock: Clock,
    ) -> Result<FindingsOutcome, EngineError> {
        let Intake { inputs, cleaned, run } = intake;
        let mut manifest = Manifest::new(plan, inputs, &cleaned.counts, format_day(run.as_of));
        manifest.tables = write_tables(&self.tables, publication.dir(), &manifest, progress)?;
        write_plots(publication.dir(), &self.plots, draw)?;
        clock.lap("write tables and plots");
        manifest.timings_seconds = clock.seconds;
        write_manifest(publication.dir(), &manifest, &plan.text)?;
        let published = publication.commit(&manifest.as_of)?;
        let plots = self.plots.iter().map(|plot| format!("{}.svg", plot.name)).collect();
        Ok(FindingsOutcome { published, manifest, summary: self.summary, plots })
    }
}

/// The tables of the features layer.
pub(super) fn features(plan: &Plan, intake: &Intake, history: &History) -> Result<Tables, EngineError> {
    let mut features = Tables::default();
    for (analysis, step) in ANALYSES.iter().zip(&plan.steps).filter(|(a, _)| a.layer() == Layer::Features) {
        let inputs = StageInputs { tables: &features, cleaned: &intake.cleaned, history, run: &intake.run };
        let output = step.run(&inputs).map_err(|source| EngineError::Stage { analysis: analysis.name(), source })?;
        output.tables.into_iter().for_each(|table| features.insert(table));
    }
    Ok(features)
}
