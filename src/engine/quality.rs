//! The tables that every run makes itself, and the guards over them.

use arrow::array::Float64Array;

use crate::clean::{QUARANTINE, Rejected};
use crate::config::CheckOptions;
use crate::table::{Categories, Column, Quality, RUN_QUALITY, Table, TableBuilder, TableError};

fn category<'a>(words: impl Iterator<Item = &'a str>) -> Categories {
    Categories::from_words(&words.map(Some).collect::<Vec<_>>())
}

/// The quarantine, sorted by source, file and line.
pub(super) fn quarantine_table(rejected: &mut [Rejected]) -> Result<Table, TableError> {
    rejected.sort_by(|a, b| (a.source, &a.file, a.line, &a.column).cmp(&(b.source, &b.file, b.line, &b.column)));
    TableBuilder::new(&QUARANTINE)
        .category("source", category(rejected.iter().map(|r| r.source)))
        .category("file", category(rejected.iter().map(|r| r.file.as_str())))
        .count("line", rejected.iter().map(|r| r.line as i64).collect::<Vec<_>>())
        .category("column", category(rejected.iter().map(|r| r.column.as_str())))
        .text("value", rejected.iter().map(|r| r.value.as_str()).collect::<Vec<_>>())
        .category("reason", category(rejected.iter().map(|r| r.reason.code())))
        .build()
}

/// `run_quality`, in the order of the run.
pub(super) fn quality_table(lines: &[Quality]) -> Result<Table, TableError> {
    let limits: Float64Array = lines.iter().map(|q| q.limit).collect();
    TableBuilder::new(&RUN_QUALITY)
        .category("source", category(lines.iter().map(|q| q.source.as_str())))
        .text("check", lines.iter().map(|q| q.check.as_str()).collect::<Vec<_>>())
        .real("measured", lines.iter().map(|q| q.measured).collect::<Vec<_>>())
        .real("limit", limits)
        .with("ok", Column::Flag(lines.iter().map(|q| Some(q.ok)).collect()))
        .text("note", lines.iter().map(|q| q.note.as_str()).collect::<Vec<_>>())
        .build()
}

/// Applies the guards of the pipeline file; each adds a line, and the failed ones are given back.
pub(super) fn apply_guards(checks: &[CheckOptions], lines: &mut Vec<Quality>) -> Vec<Quality> {
    let mut guards = Vec::new();
    for check in checks {
        let applies = |q: &&Quality| q.check == check.check && check.source.as_ref().is_none_or(|s| *s == q.source);
        let found = lines.iter().filter(applies).cloned().collect::<Vec<_>>();
        if found.is_empty() {
            let source = check.source.clone().unwrap_or_else(|| "any".into());
            let note = "guard: no such line in run_quality";
            let missing = Quality { ok: false, ..Quality::measured(&source, &check.check, 0.0, note) };
            guards.push(missing);
        }
        for line in found {
            let below = check.min.is_some_and(|min| line.measured < min);
            let above = check.max.is_some_and(|max| line.measured > max);
            let limit = if below { check.min } else { check.max.or(check.min) };
            guards.push(Quality { limit, ok: !below && !above, note: format!("guard: {}", line.note), ..line });
        }
    }
    lines.extend(guards.iter().cloned());
    guards.retain(|g| !g.ok);
    guards
}
