//! The console summary of `acrm backtest` and `acrm evaluate`.

use std::fmt::Write;

use crate::engine::FindingsOutcome;
use crate::stage::SummaryTable;

use super::summary::{text_table, tidy};

/// What was found, table by table, and where the tables and plots are. `what` says how it was found.
pub fn findings_summary(outcome: &FindingsOutcome, what: &str) -> String {
    let manifest = &outcome.manifest;
    let mut out = format!("{} as of {}, {what}\n", manifest.pipeline, manifest.as_of);
    for table in &outcome.summary {
        let _ = write!(out, "\n{}", shown(table));
    }
    let seconds: f64 = manifest.timings_seconds.iter().map(|(_, s)| s).sum();
    let folder = tidy(&outcome.published.folder);
    let _ = write!(out, "\n published in {seconds:.1} s: {}\n", folder.display());
    let _ =
        writeln!(out, " tables: {}", manifest.tables.iter().map(|t| t.table.as_str()).collect::<Vec<_>>().join(", "));
    if !outcome.plots.is_empty() {
        let _ = writeln!(out, " plots: {}", outcome.plots.join(", "));
    }
    out
}

fn shown(summary: &SummaryTable) -> String {
    let notes = summary.notes.iter().map(|note| format!(" {note}\n")).collect::<String>();
    if summary.rows.is_empty() {
        return format!(" {}\n\n{notes}", summary.title);
    }
    let header: Vec<&str> = summary.header.iter().map(String::as_str).collect();
    let mut table = text_table(&header, 1..);
    for row in &summary.rows {
        table.add_row(row.clone());
    }
    format!(" {}\n\n{table}\n{notes}", summary.title)
}
