//! The pipeline file and the heads of its sources, checked: everything that can be known to be wrong before a row
//! is read.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;

use crate::clean::{CleanError, CleanOptions, SourceFiles, settle};
use crate::config::{CheckOptions, Document, parse, render};
use crate::registry::{ANALYSES, INTERNAL_TABLES};
use crate::source::SourceError;
use crate::stage::{Analysis, CheckContext, Diagnostic, RuleColumns, SectionShape, Step, section_title};
use crate::table::{ColumnSpec, Expansion, TableSpec};

use super::error::EngineError;
use super::sources::{resolve, unread};

/// What is asked for.
#[derive(Debug)]
pub struct PlanRequest<'a> {
    /// The pipeline file.
    pub path: &'a Path,
    /// `--as-of`, in days since 1970-01-01.
    pub as_of: Option<i32>,
    /// `--out`, relative to the working folder.
    pub out: Option<PathBuf>,
    /// Asked for the day when the file says `today` or `yesterday`.
    pub today: fn() -> i32,
    /// Whether messages may be coloured.
    pub colour: bool,
}

/// A checked pipeline, ready to run.
#[derive(Debug)]
pub struct Plan {
    /// Name of the pipeline.
    pub name: String,
    /// The pipeline file as messages name it.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
    /// Last day observed, if stated.
    pub as_of: Option<i32>,
    /// Business time zone.
    pub timezone: Option<TimeZone>,
    /// Currency code, or empty.
    pub currency: String,
    /// Folder of the pipeline file.
    pub base: PathBuf,
    /// Output folder.
    pub out: PathBuf,
    /// Cleaning.
    pub clean: CleanOptions,
    /// Sources by table.
    pub sources: BTreeMap<&'static str, SourceFiles>,
    /// Guards.
    pub checks: Vec<CheckOptions>,
    /// One checked step per analysis, in the order of the registry.
    pub steps: Vec<Box<dyn Step>>,
}

impl Plan {
    /// Columns of the sources that nobody reads, by table.
    pub fn unread_columns(&self) -> Vec<(&'static str, Vec<String>)> {
        self.sources.iter().map(|(table, source)| (*table, unread(source))).filter(|(_, c)| !c.is_empty()).collect()
    }
}

/// Reads and checks a pipeline file and the heads of its sources.
///
/// # Errors
/// Everything that is wrong with the file; if the file is right, everything that is wrong with the sources.
pub fn plan(request: &PlanRequest<'_>) -> Result<Plan, EngineError> {
    let shown = request.path.display().to_string();
    let text = std::fs::read_to_string(request.path)
        .map_err(|source| EngineError::PipelineFile { path: shown.clone(), source })?;
    let base = request.path.parent().map(Path::to_path_buf).unwrap_or_default();
    let mut diagnostics = Vec::new();
    let document = parse(&text, &mut diagnostics);
    let (mut sources, source_errors) = resolve_sources(&document, &base);
    let steps = check_analyses(&document, &sources, &base, &mut diagnostics);
    if !diagnostics.is_empty() {
        let mut report = render(&shown, &text, &diagnostics, request.colour);
        for error in &source_errors {
            report.push_str(&format!("\n\nerror: {error}"));
        }
        return Err(EngineError::Pipeline { report, count: diagnostics.len() });
    }
    if !source_errors.is_empty() {
        return Err(EngineError::Sources(source_errors));
    }
    let unsettled: Vec<CleanError> = sources.values_mut().flat_map(settle).collect();
    if !unsettled.is_empty() {
        return Err(EngineError::Unsettled(unsettled));
    }
    let pipeline = document.pipeline;
    let out = base.join(pipeline.out.as_deref().unwrap_or("out"));
    let as_of = request.as_of.or_else(|| pipeline.as_of.as_ref().and_then(|a| a.resolve(request.today)));
    let tells_days = |table: &&str| !["customers", "products", "campaigns"].contains(table);
    if as_of.is_none() && !sources.keys().any(|table| tells_days(table)) {
        return Err(EngineError::NoDay { path: shown });
    }
    Ok(Plan {
        as_of,
        timezone: pipeline.timezone.as_ref().and_then(|zone| TimeZone::get(zone).ok()),
        currency: pipeline.currency.unwrap_or_default(),
        base: base.clone(),
        out: request.out.clone().unwrap_or(out),
        name: pipeline.name,
        path: request.path.to_path_buf(),
        clean: document.clean,
        checks: document.checks,
        sources,
        steps,
        text: text.clone(),
    })
}

fn resolve_sources(document: &Document<'_>, base: &Path) -> (BTreeMap<&'static str, SourceFiles>, Vec<SourceError>) {
    let mut sources = BTreeMap::new();
    let mut errors = Vec::new();
    for (table, (options, _)) in &document.sources {
        if options.path.patterns().is_empty() {
            continue;
        }
        match resolve(table, options, base) {
            Ok(source) => {
                sources.insert(*table, source);
            }
            Err(wrong) => errors.extend(wrong),
        }
    }
    (sources, errors)
}

/// Checks the sections of all analyses, each knowing the columns of those before it.
fn check_analyses(
    document: &Document<'_>,
    sources: &BTreeMap<&'static str, SourceFiles>,
    base: &Path,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Box<dyn Step>> {
    let attributes: Vec<String> = sources.get("customers").map_or_else(Vec::new, |source| {
        source.columns.0.iter().map(|(standard, _)| standard.clone()).filter(|n| n != "customer_id").collect()
    });
    // one that can't be read may have money; one that isn't named has none
    let unread = document.sources.contains_key("transactions");
    let has_money = sources.get("transactions").map_or(unread, SourceFiles::has_money);
    // only the customers source adds columns of its own; when it can't be read, rules may name what isn't known here
    let complete = sources.contains_key("customers") || !document.has_customers();
    let mut columns = RuleColumns::new(complete);
    let mut steps = Vec::new();
    for analysis in ANALYSES {
        let sections = analysis.section().and_then(|s| document.sections.get(s.name)).map_or(&[][..], Vec::as_slice);
        let context =
            CheckContext { columns: &columns, has_money, attributes: &attributes, base, sections: &document.sections };
        match analysis.check(sections, &context) {
            Ok(step) => {
                match analysis.section().filter(|_| step.is_idle()) {
                    Some(section) => add_absent(&mut columns, *analysis, &section),
                    None => add_columns(&mut columns, *analysis, step.as_ref()),
                }
                steps.push(step);
            }
            Err(wrong) => {
                diagnostics.extend(wrong);
                if let Ok(default) = analysis.check(&[], &context) {
                    add_columns(&mut columns, *analysis, default.as_ref());
                }
            }
        }
    }
    steps
}

/// The tables of an analysis whose columns rules may use.
fn customer_tables(analysis: &dyn Analysis) -> impl Iterator<Item = &'static TableSpec> {
    let usable = |table: &&TableSpec| table.is_per_customer() && !INTERNAL_TABLES.contains(&table.name);
    analysis.makes().iter().copied().filter(usable)
}

/// What an analysis that the pipeline doesn't ask for would bring.
fn add_absent(columns: &mut RuleColumns, analysis: &dyn Analysis, section: &SectionShape) {
    for column in customer_tables(analysis).flat_map(literal_columns) {
        columns.add_absent(column.name, section_title(section.name, section.repeated));
    }
}

/// The columns of a table that are there under the name of its contract. What a later table fills in is known by that table.
fn literal_columns(table: &'static TableSpec) -> impl Iterator<Item = &'static ColumnSpec> {
    table.columns.iter().filter(|column| column.expansion == Expansion::One && column.filled_by.is_none())
}

fn add_columns(columns: &mut RuleColumns, analysis: &dyn Analysis, step: &dyn Step) {
    for table in customer_tables(analysis) {
        for column in literal_columns(table) {
            columns.add(column.name, table.name, Some(column.kind));
        }
        for (owner, name) in step.expanded_columns() {
            if owner == table.name {
                // what kind an attribute is of is known when it has been read
                let spec = table.column(&name).filter(|spec| spec.name != "{name}");
                columns.add(name, table.name, spec.map(|spec| spec.kind));
            }
        }
    }
}
