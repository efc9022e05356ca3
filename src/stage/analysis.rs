//! The two traits of an analysis, static and checked, and what passes between them.

use std::collections::BTreeMap;
use std::fmt::Debug;

use crate::clean::{Cleaned, Tally};
use crate::history::History;
use crate::table::{Quality, TableError, TableSpec, Tables};

use super::diagnostic::Diagnostic;
use super::options::Section;
use super::plot::Plot;
use super::rule::RuleColumns;

/// Where in the one-way flow an analysis stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// Transactions to one row per customer.
    Features,
    /// Fitted models and their scores.
    Models,
    /// Labels per customer.
    Segments,
    /// Who is contacted.
    Targets,
}

/// What an analysis may read besides single tables of earlier analyses. The run before, and all tables of a row a customer
/// that earlier analyses make, for whoever takes names of columns from the pipeline file; of the sources all, or a part, so
/// that the rest need not be kept.
pub const INPUTS: &[&str] = &[ALL_SOURCES, SOURCES_BUT_LINES, CONTACTS, "previous run", CUSTOMER_TABLES];

/// The input of all cleaned sources.
pub const ALL_SOURCES: &str = "cleaned sources";

/// The input of all cleaned sources but the lines of transactions.
pub const SOURCES_BUT_LINES: &str = "cleaned sources but transactions";

/// The input of interactions, campaigns and contacts.
pub const CONTACTS: &str = "contacts so far";

/// The input that stands for the customer tables of all earlier analyses.
pub const CUSTOMER_TABLES: &str = "customer tables";

/// How an analysis' section stands in the pipeline file.
#[derive(Debug, Clone, Copy)]
pub struct SectionShape {
    /// Section name, as in `[rfm]` or `[[segments]]`.
    pub name: &'static str,
    /// Whether the section may stand several times.
    pub repeated: bool,
    /// JSON Schema of its options.
    pub schema: fn() -> serde_json::Value,
}

/// How the head of a section is written: `[rfm]`, or `[[segments]]` where it may stand several times.
pub fn section_title(name: &str, repeated: bool) -> String {
    if repeated { format!("[[{name}]]") } else { format!("[{name}]") }
}

/// A section that holds for all repeated sections of an analysis together.
#[derive(Debug, Clone, Copy)]
pub struct SharedSection {
    /// How it stands in the file; never repeated.
    pub shape: SectionShape,
    /// What it sets, for the docs.
    pub about: &'static str,
    /// A piece of a pipeline file that uses it; checked by a test.
    pub example: &'static str,
}

/// What is known when a section is checked.
#[derive(Debug)]
pub struct CheckContext<'a> {
    /// Columns of the customer tables of all earlier analyses.
    pub columns: &'a RuleColumns,
    /// Whether the transactions carry money.
    pub has_money: bool,
    /// Names of the customer attributes that the customers source brings.
    pub attributes: &'a [String],
    /// Folder of the pipeline file; paths in it are relative to this.
    pub base: &'a std::path::Path,
    /// The sections of all analyses as they were written, by section name.
    pub sections: &'a BTreeMap<&'static str, Vec<Section<'a>>>,
}

impl<'a> CheckContext<'a> {
    /// A section that stands at most once, if it was written.
    pub fn section(&self, name: &str) -> Option<&'a Section<'a>> {
        self.sections.get(name).and_then(|written| written.first())
    }
}

/// The static part of an analysis. The registry lists them in flow order.
pub trait Analysis: Sync + Debug {
    /// Unique name.
    fn name(&self) -> &'static str;
    /// Place in the flow.
    fn layer(&self) -> Layer;
    /// What it does, for the docs.
    fn about(&self) -> &'static str;
    /// Its section in the pipeline file, if it has options.
    fn section(&self) -> Option<SectionShape>;
    /// A section for all its repeated sections together, if it has one; [`CheckContext::section`] gives it.
    fn shared_section(&self) -> Option<SharedSection> {
        None
    }
    /// A piece of a pipeline file that uses it; checked by a test.
    fn example(&self) -> &'static str;
    /// Names of the tables and [`INPUTS`] that it reads.
    fn reads(&self) -> &'static [&'static str];
    /// Whether it holds so much at once that nothing should run beside it.
    fn takes_room(&self) -> bool {
        false
    }
    /// Contracts of the tables that it makes.
    fn makes(&self) -> &'static [&'static TableSpec];
    /// Contracts of the tables that its backtest makes, if it has one.
    fn backtest_makes(&self) -> &'static [&'static TableSpec] {
        &[]
    }
    /// Checks the sections that were written (none when it was left out: the defaults hold).
    ///
    /// # Errors
    /// Everything that is wrong in them.
    fn check(&self, sections: &[Section<'_>], context: &CheckContext<'_>) -> Result<Box<dyn Step>, Vec<Diagnostic>>;
}

/// An analysis with checked options.
pub trait Step: Send + Sync + Debug {
    /// The columns that its per-customer tables will have beyond those with a literal name.
    fn expanded_columns(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    /// The columns of the last run, as (table, column), that [`StageInputs::history`] must hold.
    fn remembers(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    /// Whether the pipeline doesn't ask for it: then it is not run, and nothing is kept for it.
    fn is_idle(&self) -> bool {
        false
    }

    /// Computes the tables.
    ///
    /// # Errors
    /// When an input or a result can't be used; the message says what to change.
    fn run(&self, inputs: &StageInputs<'_>) -> Result<Output, StageError>;

    /// Tests the analysis on its own past: does its work as it would have been done `holdout_days` ago (its own choice
    /// when not given), and compares with what came after. `None` for an analysis that predicts nothing.
    fn backtest(&self, _inputs: &StageInputs<'_>, _holdout_days: Option<u32>) -> Option<Result<Findings, StageError>> {
        None
    }

    /// Measures what was done to customers, of one campaign when it is named. `None` for an analysis that measures nothing of
    /// that kind.
    fn evaluate(&self, _inputs: &StageInputs<'_>, _campaign: Option<&str>) -> Option<Result<Findings, StageError>> {
        None
    }
}

/// Facts of the run that every analysis may use.
#[derive(Debug, Clone)]
pub struct RunInfo {
    /// Last day observed, inclusive; days since 1970-01-01.
    pub as_of: i32,
    /// Currency code, or an empty text when not given.
    pub currency: String,
    /// Name of the pipeline; salts the control groups.
    pub pipeline: String,
}

/// What an analysis gets.
#[derive(Debug)]
pub struct StageInputs<'a> {
    /// Tables of earlier analyses.
    pub tables: &'a Tables,
    /// Accepted rows of the sources.
    pub cleaned: &'a Cleaned,
    /// Tables of the last run before this one's day.
    pub history: &'a History,
    /// Facts of the run.
    pub run: &'a RunInfo,
}

/// A small JSON file that is published under `models/`.
#[derive(Debug, Clone)]
pub struct ModelFile {
    /// File name without `.json`.
    pub name: &'static str,
    /// Content.
    pub content: serde_json::Value,
}

/// A delimited text file that is published beside the tables, for tools that read no Parquet.
#[derive(Debug, Clone)]
pub struct ExportFile {
    /// Path inside the run, such as `activation/email.csv`.
    pub path: String,
    /// Columns with their headings, all of one length.
    pub columns: Vec<(String, crate::table::Column)>,
}

/// What an analysis gives.
#[derive(Debug, Default)]
pub struct Output {
    /// Finished tables.
    pub tables: Vec<crate::table::Table>,
    /// Model files.
    pub models: Vec<ModelFile>,
    /// Text files.
    pub files: Vec<ExportFile>,
    /// Lines for `run_quality`.
    pub quality: Vec<Quality>,
    /// Accepted rows of a source that turned out to be merged into an equal one.
    pub merged: Vec<(&'static str, Tally)>,
    /// Facts for the console summary: name and text.
    pub summary: Vec<(String, String)>,
    /// Plots of the tables; those of sections that the pipeline has.
    pub plots: Vec<Plot>,
}

/// What an analysis finds besides a run: in testing itself on its own past, in measuring campaigns.
#[derive(Debug, Default)]
pub struct Findings {
    /// Finished tables.
    pub tables: Vec<crate::table::Table>,
    /// Plots of them.
    pub plots: Vec<Plot>,
    /// The same for the console.
    pub summary: Vec<SummaryTable>,
}

/// A small table for the console: a sentence, a table, and what follows from it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SummaryTable {
    /// What it shows.
    pub title: String,
    /// Headings; all columns but the first are numbers.
    pub header: Vec<String>,
    /// Cells as they are shown.
    pub rows: Vec<Vec<String>>,
    /// What follows from it, a sentence each.
    pub notes: Vec<String>,
}

/// Why an analysis failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StageError {
    /// A table doesn't keep its contract.
    #[error(transparent)]
    Table(#[from] TableError),
    /// A rule could not be evaluated.
    #[error("rule `{rule}`: {reason}; mend it in the pipeline file")]
    Rule {
        /// The rule's text.
        rule: String,
        /// What polars says.
        reason: String,
    },
    /// The data don't allow what was asked.
    #[error("{0}")]
    Data(String),
    /// What the command line asks for is not there.
    #[error("{0}")]
    Asked(String),
    /// Temporary files failed.
    #[error("temporary space in {path}: {source}")]
    Scratch {
        /// Where.
        path: String,
        /// Why.
        source: std::io::Error,
    },
}
