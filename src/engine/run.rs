//! The nightly job: read and clean, analyse, check, publish.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use rayon::prelude::*;

use crate::clean::{CleanSettings, Cleaned, Rejected, SourceCounts, SourceFiles, Sources, clean};
use crate::history::History;
use crate::registry::{ANALYSES, INTERNAL_TABLES};
use crate::sink::{
    Publication, Published, SinkError, TableWriter, WrittenTable, previous_run, read_columns, write_export,
};
use crate::source::digest;
use crate::stage::{
    ALL_SOURCES, CONTACTS, ExportFile, ModelFile, Output, Plot, RunInfo, SOURCES_BUT_LINES, StageInputs,
};
use crate::table::{Quality, Table, Tables, fill_columns, format_day, parse_day};

use super::error::EngineError;
use super::identity::{self, known_persons};
use super::manifest::{FileEntry, InputEntry, Manifest, TableEntry};
use super::order::waves;
use super::plan::Plan;
use super::progress::Progress;
use super::quality::{apply_guards, quality_table, quarantine_table};

/// A finished run.
#[derive(Debug)]
pub struct RunOutcome {
    /// What was published, and where.
    pub published: Published,
    /// The manifest.
    pub manifest: Manifest,
    /// All tables.
    pub tables: Tables,
    /// `run_quality`.
    pub quality: Vec<Quality>,
    /// Facts of the fits: name and text.
    pub summary: Vec<(String, String)>,
}

/// What the analyses gave.
#[derive(Default)]
struct Results {
    tables: Tables,
    models: Vec<ModelFile>,
    files: Vec<ExportFile>,
    quality: Vec<Quality>,
    summary: Vec<(String, String)>,
    plots: Vec<Plot>,
}

/// Seconds by stage.
pub(super) struct Clock {
    last: Instant,
    pub(super) seconds: Vec<(String, f64)>,
}

impl Clock {
    pub(super) fn start() -> Self {
        Self { last: Instant::now(), seconds: Vec::new() }
    }

    pub(super) fn lap(&mut self, stage: &str) {
        self.seconds.push((stage.to_owned(), self.last.elapsed().as_secs_f64()));
        self.last = Instant::now();
    }
}

/// The sources of a plan, read and cleaned.
pub(super) struct Intake {
    pub(super) inputs: Vec<InputEntry>,
    pub(super) cleaned: Cleaned,
    pub(super) run: RunInfo,
}

/// Runs a plan and publishes its tables. `draw` turns a plot into SVG.
///
/// # Errors
/// Anything that keeps the run from being published; what was published before is then as it was.
pub fn run(
    plan: &Plan,
    draw: &(dyn Fn(&Plot) -> String + Sync),
    progress: &dyn Progress,
) -> Result<RunOutcome, EngineError> {
    let mut clock = Clock::start();
    let publication = Publication::begin(&plan.out)?;
    let Intake { inputs, mut cleaned, run } = take_in(plan, &publication, progress, &mut clock)?;
    let as_of = format_day(run.as_of);
    let history = history(plan, &as_of)?;
    let mut results = analyse(plan, &mut cleaned, &history, &run, progress, &mut clock)?;
    results.quality.extend(stray_newest_day(plan, &cleaned));
    results.quality.extend(assumptions(plan));
    results.quality.extend(plan.sources.values().flat_map(|source| source.drift.clone()));
    if let Some(identity) = &cleaned.identity {
        results.quality.extend(identity::quality(identity));
        results.models.push(identity::model_file(identity));
        identity::tables(identity)?.into_iter().for_each(|table| results.tables.insert(table));
    }
    let quarantine = quarantine_table(&mut cleaned.rejected)?;
    let quality = judge(plan, &cleaned, results.quality)?;
    results.tables.insert(quarantine);
    results.tables.insert(quality_table(&quality)?);
    fill_columns(&mut results.tables)?;
    let mut manifest = Manifest {
        previous_as_of: history.as_of.map(format_day),
        models: results.models.iter().map(|m| (m.name.to_owned(), m.content.clone())).collect(),
        warnings: warnings(&quality),
        ..Manifest::new(plan, inputs, &cleaned.counts, as_of)
    };
    manifest.tables = write_tables(&results.tables, publication.dir(), &manifest, progress)?;
    manifest.files = write_files(publication.dir(), &results.files)?;
    clock.lap("write tables");
    if !results.plots.is_empty() {
        write_plots(publication.dir(), &results.plots, draw)?;
        clock.lap("draw plots");
    }
    manifest.timings_seconds = clock.seconds;
    write_models(publication.dir(), &results.models)?;
    write_manifest(publication.dir(), &manifest, &plan.text)?;
    let published = publication.commit(&manifest.as_of)?;
    Ok(RunOutcome { published, manifest, tables: results.tables, quality, summary: results.summary })
}

/// Fingerprints, reads and cleans the sources.
pub(super) fn take_in(
    plan: &Plan,
    publication: &Publication,
    progress: &dyn Progress,
    clock: &mut Clock,
) -> Result<Intake, EngineError> {
    let mut inputs = fingerprints(plan)?;
    clock.lap("fingerprint inputs");
    let cleaned = read(plan, publication, progress)?;
    clock.lap("read and clean");
    for input in &mut inputs {
        let read = cleaned.files.iter().find(|f| f.source == input.source && f.file == input.file);
        input.rows = read.map_or(0, |f| f.rows);
    }
    let run = run_info(plan, &cleaned)?;
    Ok(Intake { inputs, cleaned, run })
}

fn fingerprints(plan: &Plan) -> Result<Vec<InputEntry>, EngineError> {
    let files = plan.sources.values().flat_map(|s| s.files.iter().map(move |f| (s.table, &f.file)));
    // a file may be read several times
    let mut seen = BTreeSet::new();
    let files = files.filter(|(table, file)| seen.insert((*table, file.shown.as_str()))).collect::<Vec<_>>();
    let entries = files.par_iter().map(|(table, file)| {
        let sha256 = digest(&file.path).map_err(|e| {
            let hint = "check that the file is there and may be read";
            EngineError::Sources(vec![crate::source::SourceError::unreadable(&file.shown, e, hint)])
        })?;
        Ok(InputEntry { source: (*table).to_owned(), file: file.shown.clone(), bytes: file.bytes, rows: 0, sha256 })
    });
    entries.collect()
}

fn read(plan: &Plan, publication: &Publication, progress: &dyn Progress) -> Result<Cleaned, EngineError> {
    let settings = CleanSettings {
        options: &plan.clean,
        as_of: plan.as_of,
        timezone: plan.timezone.clone(),
        currency: &plan.currency,
        base: plan.base.clone(),
        scratch: publication.scratch_dir()?,
        known: &|day| known_persons(&plan.out, day),
    };
    let none = SourceFiles::none("transactions");
    let events = plan.sources.values().filter(|s| !["transactions", "customers", "products"].contains(&s.table));
    let events = events.collect::<Vec<_>>();
    let sources = Sources {
        transactions: plan.sources.get("transactions").unwrap_or(&none),
        customers: plan.sources.get("customers"),
        products: plan.sources.get("products"),
        events: &events,
    };
    progress.begin("read and clean", None);
    let told = |_: &str, rows: u64| progress.advance("read and clean", rows);
    let cleaned = clean(&sources, &settings, &told);
    progress.finish("read and clean");
    Ok(cleaned?)
}

fn run_info(plan: &Plan, cleaned: &Cleaned) -> Result<RunInfo, EngineError> {
    let Some(newest) = cleaned.newest_day.or(plan.as_of.filter(|_| !plan.sources.contains_key("transactions"))) else {
        if !plan.sources.contains_key("transactions") {
            return Err(EngineError::NoDay { path: plan.path.display().to_string() });
        }
        let lines = cleaned.counts.iter().map(|c| {
            format!(
                "  {}: {} rows read, {} after the as-of day, {} in quarantine",
                c.source, c.read.rows, c.out_of_window.rows, c.quarantined.rows
            )
        });
        let reasons = cleaned.counts.iter().flat_map(|c| &c.by_reason);
        let reasons = reasons.map(|(reason, tally)| format!("  {}: {} rows", reason.code(), tally.rows));
        return Err(EngineError::NothingAccepted(lines.chain(reasons).collect::<Vec<_>>().join("\n")));
    };
    Ok(RunInfo { as_of: plan.as_of.unwrap_or(newest), currency: plan.currency.clone(), pipeline: plan.name.clone() })
}

/// What the steps want of the run before.
pub(super) fn history(plan: &Plan, as_of: &str) -> Result<History, EngineError> {
    let Some(folder) = previous_run(&plan.out, as_of) else { return Ok(History::default()) };
    let mut wanted: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (table, column) in plan.steps.iter().flat_map(|s| s.remembers()) {
        wanted.entry(table).or_default().push(column);
    }
    let day = folder.file_name().and_then(|n| n.to_str()).and_then(|n| n.strip_prefix("as_of="));
    let mut history = History { as_of: day.and_then(parse_day), ..History::default() };
    for (table, names) in wanted {
        let path = folder.join(format!("{table}.parquet"));
        let columns = read_columns(&path, &names.iter().map(String::as_str).collect::<Vec<_>>())?;
        for (name, column) in names.into_iter().zip(columns) {
            if let Some(column) = column {
                history.columns.insert((table.to_owned(), name), column);
            }
        }
    }
    Ok(history)
}

fn analyse(
    plan: &Plan,
    cleaned: &mut Cleaned,
    history: &History,
    run: &RunInfo,
    progress: &dyn Progress,
    clock: &mut Clock,
) -> Result<Results, EngineError> {
    let mut results = Results::default();
    let asked = |wave: Vec<usize>| wave.into_iter().filter(|n| !plan.steps[*n].is_idle()).collect::<Vec<_>>();
    let waves = waves(ANALYSES).into_iter().map(asked).filter(|wave| !wave.is_empty()).collect::<Vec<_>>();
    for (at, wave) in waves.iter().enumerate() {
        let inputs = StageInputs { tables: &results.tables, cleaned, history, run };
        let name = |n: &usize| ANALYSES[*n].name();
        let run = |number: &usize| {
            progress.begin(name(number), None);
            let output = plan.steps[*number].run(&inputs);
            progress.finish(name(number));
            output
                .map(|output| (*number, output))
                .map_err(|source| EngineError::Stage { analysis: name(number), source })
        };
        // what takes much room goes first, while the others have made nothing yet
        let (alone, together): (Vec<usize>, Vec<usize>) = wave.iter().partition(|n| ANALYSES[**n].takes_room());
        let mut outputs = alone.iter().map(run).collect::<Result<Vec<_>, _>>()?;
        outputs.extend(together.par_iter().map(run).collect::<Result<Vec<_>, _>>()?);
        outputs.sort_by_key(|(number, _)| *number);
        outputs.into_iter().for_each(|(_, output)| take(&mut results, &mut cleaned.counts, output));
        release(&waves[at + 1..], cleaned, &mut results.tables);
        clock.lap(&wave.iter().map(name).collect::<Vec<_>>().join(" + "));
    }
    Ok(results)
}

/// Lets go of what no analysis of the waves to come reads.
fn release(to_come: &[Vec<usize>], cleaned: &mut Cleaned, tables: &mut Tables) {
    let read = |input: &str| to_come.iter().flatten().any(|number| ANALYSES[*number].reads().contains(&input));
    if !read(ALL_SOURCES) {
        match (read(SOURCES_BUT_LINES), read(CONTACTS)) {
            (true, _) => cleaned.release_lines(),
            (false, true) => cleaned.release_all_but_contacts(),
            (false, false) => cleaned.release(),
        }
    }
    INTERNAL_TABLES.iter().filter(|table| !read(table)).for_each(|table| tables.remove(table));
}

fn take(results: &mut Results, counts: &mut [SourceCounts], output: Output) {
    output.tables.into_iter().for_each(|table| results.tables.insert(table));
    results.models.extend(output.models);
    results.files.extend(output.files);
    results.quality.extend(output.quality);
    results.summary.extend(output.summary);
    results.plots.extend(output.plots);
    for (source, merged) in output.merged {
        if let Some(counts) = counts.iter_mut().find(|c| c.source == source) {
            counts.move_to_merged(merged);
        }
    }
}

/// What was taken as plausible in reading the files.
fn assumptions(plan: &Plan) -> Vec<Quality> {
    let files = plan.sources.values().flat_map(|source| source.files.iter().map(|file| (source.table, file)));
    let told = files.filter(|(_, file)| !file.head.notes.is_empty());
    told.map(|(table, file)| {
        let note = format!("{}: {}", file.file.shown, file.head.notes.join("; "));
        Quality::measured(table, "assumed_of_a_file", file.head.notes.len() as f64, note)
    })
    .collect()
}

/// A newest transaction this many days after the one before is more likely a slip of the pen than business.
const STRAY_DAYS: f64 = 365.0;

/// How far the newest day stands from the one before, when the as-of day was taken from it.
fn stray_newest_day(plan: &Plan, cleaned: &Cleaned) -> Option<Quality> {
    let (None, Some(newest), Some(before)) = (plan.as_of, cleaned.newest_day, cleaned.day_before_newest) else {
        return None;
    };
    let note = format!(
        "no as_of is stated, so it is the day of the newest transaction, {}; the one before is of {}",
        format_day(newest),
        format_day(before)
    );
    Some(Quality::at_most("transactions", "days_before_newest", f64::from(newest - before), STRAY_DAYS, note))
}

/// The lines of `run_quality`, guards included.
fn judge(plan: &Plan, cleaned: &Cleaned, analyses: Vec<Quality>) -> Result<Vec<Quality>, EngineError> {
    let mut lines: Vec<Quality> = cleaned.counts.iter().flat_map(SourceCounts::quality).collect();
    lines.extend(analyses);
    let shown = |lines: &[&Quality]| {
        let line = |q: &&Quality| {
            let limit = q.limit.map_or_else(String::new, |l| format!(", limit {l}"));
            format!("  {}, {}: {}{limit} ({})", q.source, q.check, q.measured, q.note)
        };
        lines.iter().map(line).collect::<Vec<_>>().join("\n")
    };
    let unbalanced: Vec<&Quality> = lines.iter().filter(|q| !q.ok && q.check.ends_with("_unaccounted")).collect();
    if !unbalanced.is_empty() {
        return Err(EngineError::Unbalanced(shown(&unbalanced)));
    }
    let failed = apply_guards(&plan.checks, &mut lines);
    if failed.is_empty() {
        return Ok(lines);
    }
    let told = failed.iter().map(|guard| {
        let first = first_refused(guard, &cleaned.rejected).map_or_else(String::new, |row| format!("\n{row}"));
        format!("{}{first}", shown(&[guard]))
    });
    Err(EngineError::Guard(told.collect::<Vec<_>>().join("\n")))
}

/// The first row that a guard of refused rows stands for, with its place.
fn first_refused(guard: &Quality, rejected: &[Rejected]) -> Option<String> {
    let reason = guard.check.strip_prefix("quarantined_");
    if reason.is_none() && !guard.check.ends_with("_quarantined") {
        return None;
    }
    let stands_for = |r: &&Rejected| r.source == guard.source && reason.is_none_or(|code| r.reason.code() == code);
    let row = rejected.iter().find(stands_for)?;
    let place = if row.column.is_empty() { String::new() } else { format!(", {}", row.column) };
    Some(format!("    first: {}, line {}{place}: {:?} ({})", row.file, row.line, row.value, row.reason.code()))
}

fn warnings(quality: &[Quality]) -> Vec<String> {
    quality.iter().filter(|q| !q.ok).map(|q| format!("{}, {}: {}", q.source, q.check, q.note)).collect()
}

pub(super) fn write_tables(
    tables: &Tables,
    folder: &Path,
    manifest: &Manifest,
    progress: &dyn Progress,
) -> Result<Vec<TableEntry>, EngineError> {
    let mut run = vec![
        ("acrm_version".to_owned(), manifest.acrm_version.to_owned()),
        ("run_id".to_owned(), manifest.run_id.clone()),
        ("pipeline_sha256".to_owned(), manifest.pipeline_sha256.clone()),
        ("as_of".to_owned(), manifest.as_of.clone()),
    ];
    if !manifest.currency.is_empty() {
        run.push(("currency".to_owned(), manifest.currency.clone()));
    }
    let writer = TableWriter::new(run);
    let published: Vec<&Table> =
        tables.iter().map(AsRef::as_ref).filter(|t| !INTERNAL_TABLES.contains(&t.spec().name)).collect();
    progress.begin("write tables", Some(published.len() as u64));
    let done = AtomicU64::new(0);
    let written = published.par_iter().map(|table| {
        let path = folder.join(format!("{}.parquet", table.spec().name));
        let written: WrittenTable = writer.write(table, &path)?;
        progress.advance("write tables", done.fetch_add(1, Ordering::Relaxed) + 1);
        Ok((table.spec().name, table.rows(), written))
    });
    let written = written.collect::<Result<Vec<_>, SinkError>>()?;
    progress.finish("write tables");
    let entry = |(table, rows, written): (&str, usize, WrittenTable)| TableEntry {
        table: table.to_owned(),
        rows: rows as u64,
        bytes: written.bytes,
    };
    Ok(written.into_iter().map(entry).collect())
}

/// Draws plots into the folder `plots`.
pub(super) fn write_plots(
    folder: &Path,
    plots: &[Plot],
    draw: &(dyn Fn(&Plot) -> String + Sync),
) -> Result<(), EngineError> {
    let folder = folder.join("plots");
    std::fs::create_dir_all(&folder).map_err(|source| SinkError::io("create the folder", &folder, source))?;
    plots.par_iter().try_for_each(|plot| write_text(&folder.join(format!("{}.svg", plot.name)), &draw(plot)))
}

fn write_files(folder: &Path, files: &[ExportFile]) -> Result<Vec<FileEntry>, EngineError> {
    let write = |file: &ExportFile| {
        let rows = file.columns.first().map_or(0, |(_, column)| column.len()) as u64;
        let bytes = write_export(&folder.join(&file.path), &file.columns)?;
        Ok(FileEntry { file: file.path.clone(), rows, bytes })
    };
    files.iter().map(write).collect()
}

fn write_models(folder: &Path, models: &[ModelFile]) -> Result<(), EngineError> {
    let models_folder = folder.join("models");
    std::fs::create_dir_all(&models_folder)
        .map_err(|source| SinkError::io("create the folder", &models_folder, source))?;
    for model in models {
        let text = serde_json::to_string_pretty(&model.content).unwrap_or_default() + "\n";
        write_text(&models_folder.join(format!("{}.json", model.name)), &text)?;
    }
    Ok(())
}

/// Writes the manifest and a copy of the pipeline file.
pub(super) fn write_manifest(folder: &Path, manifest: &Manifest, pipeline: &str) -> Result<(), EngineError> {
    write_text(&folder.join("pipeline.toml"), pipeline)?;
    let text = serde_json::to_string_pretty(manifest).unwrap_or_default() + "\n";
    write_text(&folder.join("manifest.json"), &text)
}

pub(super) fn write_text(path: &Path, text: &str) -> Result<(), EngineError> {
    Ok(std::fs::write(path, text).map_err(|source| SinkError::io("write", path, source))?)
}
