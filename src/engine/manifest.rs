//! `manifest.json`: what went into a run and what came out.

use serde::Serialize;

use crate::clean::{SourceCounts, Tally};
use crate::source::digest_text;
use crate::table::format_money;

use super::plan::Plan;

/// What went into a run and what came out.
#[derive(Debug, Clone, Serialize)]
pub struct Manifest {
    /// Version of the program.
    pub acrm_version: &'static str,
    /// The same for the same pipeline file, version, day and content.
    pub run_id: String,
    /// Name of the pipeline.
    pub pipeline: String,
    /// SHA-256 of the pipeline file.
    pub pipeline_sha256: String,
    /// Last day observed.
    pub as_of: String,
    /// Day of the run that segment history follows.
    pub previous_as_of: Option<String>,
    /// Currency code.
    pub currency: String,
    /// Business time zone.
    pub timezone: Option<String>,
    /// Input files.
    pub inputs: Vec<InputEntry>,
    /// Rows and money per source.
    pub balance: Vec<BalanceEntry>,
    /// Published tables.
    pub tables: Vec<TableEntry>,
    /// Published text files.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<FileEntry>,
    /// Model files by name.
    pub models: serde_json::Map<String, serde_json::Value>,
    /// Lines of `run_quality` that are over their limit.
    pub warnings: Vec<String>,
    /// Seconds by stage.
    pub timings_seconds: Vec<(String, f64)>,
    /// Threads used.
    pub threads: usize,
}

/// An input file.
#[derive(Debug, Clone, Serialize)]
pub struct InputEntry {
    /// Input table.
    pub source: String,
    /// File, relative to the pipeline file.
    pub file: String,
    /// Size.
    pub bytes: u64,
    /// Rows, without the header.
    pub rows: u64,
    /// Fingerprint.
    pub sha256: String,
}

/// Rows and money of a source by where they ended.
#[derive(Debug, Clone, Serialize)]
pub struct BalanceEntry {
    /// Input table.
    pub source: String,
    /// Place, rows, money.
    pub places: Vec<(&'static str, u64, String)>,
}

/// A published table.
#[derive(Debug, Clone, Serialize)]
pub struct TableEntry {
    /// Name.
    pub table: String,
    /// Rows.
    pub rows: u64,
    /// Size of the file.
    pub bytes: u64,
}

/// A published text file.
#[derive(Debug, Clone, Serialize)]
pub struct FileEntry {
    /// Path inside the run.
    pub file: String,
    /// Rows, without the header.
    pub rows: u64,
    /// Size.
    pub bytes: u64,
}

impl Manifest {
    /// What is known before anything is analysed.
    pub(super) fn new(plan: &Plan, inputs: Vec<InputEntry>, counts: &[SourceCounts], as_of: String) -> Self {
        let pipeline_sha256 = digest_text(&plan.text);
        Self {
            acrm_version: env!("CARGO_PKG_VERSION"),
            run_id: run_id(&pipeline_sha256, &as_of, counts),
            pipeline: plan.name.clone(),
            pipeline_sha256,
            as_of,
            previous_as_of: None,
            currency: plan.currency.clone(),
            timezone: plan.timezone.as_ref().and_then(|zone| zone.iana_name().map(str::to_owned)),
            inputs,
            balance: counts.iter().map(BalanceEntry::new).collect(),
            tables: Vec::new(),
            files: Vec::new(),
            models: serde_json::Map::new(),
            warnings: Vec::new(),
            timings_seconds: Vec::new(),
            threads: rayon::current_num_threads(),
        }
    }
}

impl BalanceEntry {
    fn new(counts: &SourceCounts) -> Self {
        let place = |name, tally: Tally| (name, tally.rows, format_money(tally.money));
        Self {
            source: counts.source.clone(),
            places: vec![
                place("read", counts.read),
                place("accepted", counts.accepted),
                place("merged", counts.merged),
                place("out_of_window", counts.out_of_window),
                place("quarantined", counts.quarantined),
            ],
        }
    }
}

/// An id that depends on what was asked and on what was in the sources, not on the order of rows or files.
fn run_id(pipeline_sha256: &str, as_of: &str, counts: &[SourceCounts]) -> String {
    let content = counts.iter().map(|c| {
        let tally = |t: Tally| format!("{}/{}", t.rows, t.money);
        format!("{}:{}:{}:{}", c.source, tally(c.read), tally(c.accepted), tally(c.quarantined))
    });
    let content = content.collect::<Vec<_>>().join("|");
    let id = digest_text(&format!("{}|{pipeline_sha256}|{as_of}|{content}", env!("CARGO_PKG_VERSION")));
    id[..16].to_owned()
}
