//! The console summaries of `acrm run` and `acrm check`.

use std::fmt::Write;
use std::path::{Component, Path, PathBuf};

use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, Table as TextTable};

use crate::clean::{AmountReading, DateReading, SourceFiles};
use crate::engine::{Plan, RunOutcome};
use crate::table::Column;

use super::numbers::{bytes, grouped};

/// Segments shown in the summary.
const SHOWN_SEGMENTS: usize = 5;

/// What was read, refused, fitted and published, and the five largest segments.
pub fn run_summary(outcome: &RunOutcome) -> String {
    let manifest = &outcome.manifest;
    let mut out = format!("{} as of {}\n\n", manifest.pipeline, manifest.as_of);
    let _ = writeln!(out, "{}\n", balance(outcome));
    for (name, text) in &outcome.summary {
        let _ = writeln!(out, " {name}: {text}");
    }
    if let Some(segments) = segments(outcome) {
        let _ = write!(out, "\n{segments}\n");
    }
    let size = manifest.tables.iter().map(|t| t.bytes).sum();
    let seconds: f64 = manifest.timings_seconds.iter().map(|(_, s)| s).sum();
    let _ = write!(
        out,
        "\n published {} tables ({}) in {seconds:.1} s: {}\n",
        manifest.tables.len(),
        bytes(size),
        tidy(&outcome.published.folder).display()
    );
    let names = manifest.tables.iter().map(|t| format!("{} {}", t.table, grouped(t.rows)));
    let _ = writeln!(out, " rows: {}", names.collect::<Vec<_>>().join(", "));
    out
}

/// A table without lines; numbers are under right-aligned headings.
pub(super) fn text_table(header: &[&str], right: std::ops::RangeFrom<usize>) -> TextTable {
    let mut table = TextTable::new();
    table.load_style(NOTHING).set_header(header.iter().copied());
    for (at, column) in table.column_iter_mut().enumerate() {
        column.set_cell_alignment(if right.contains(&at) { CellAlignment::Right } else { CellAlignment::Left });
    }
    table
}

fn balance(outcome: &RunOutcome) -> TextTable {
    let header = ["source", "rows read", "accepted", "merged", "after as_of", "quarantined", "money accepted"];
    let mut table = text_table(&header, 1..);
    for entry in &outcome.manifest.balance {
        let mut row = vec![entry.source.clone()];
        row.extend(entry.places.iter().map(|(_, rows, _)| grouped(*rows)));
        let money = entry.places.iter().find(|(place, ..)| *place == "accepted").map(|(_, _, money)| money.clone());
        row.push(money.filter(|_| entry.source == "transactions").unwrap_or_default());
        table.add_row(row);
    }
    table
}

/// The largest named segments with their customers and money.
fn segments(outcome: &RunOutcome) -> Option<TextTable> {
    let rfm = outcome.tables.get("rfm").ok()?;
    let customers = outcome.tables.get("customers").ok()?;
    let names = rfm.categories("rfm_segment").ok()?;
    let spend = customers.column("spend_net").ok()?;
    let rows = (rfm.rows() < customers.rows())
        .then(|| Some((rfm.text("customer_id").ok()?, customers.text("customer_id").ok()?)));
    let rows = rows.flatten().map(|(some, all)| crate::table::align(some, all));
    let mut groups = vec![(0_u64, 0_i128); names.names.len()];
    for row in 0..rfm.rows() {
        let group = groups.get_mut(usize::try_from(names.codes.value(row)).ok()?)?;
        group.0 += 1;
        if let Column::Money(amounts) = spend {
            let place = rows.as_ref().map_or(row, |rows| rows.value(row) as usize);
            group.1 += i128::from(amounts.value(place));
        }
    }
    let mut sorted: Vec<_> = names.names.iter().zip(groups).filter(|(_, (size, _))| *size > 0).collect();
    sorted.sort_by(|a, b| b.1.0.cmp(&a.1.0).then_with(|| a.0.cmp(b.0)));
    let money_title = format!("spend_net {}", outcome.manifest.currency);
    let mut table = text_table(&["largest segments", "customers", "share", money_title.trim()], 1..);
    for (name, (size, money)) in sorted.into_iter().take(SHOWN_SEGMENTS) {
        let share = format!("{:.1} %", 100.0 * size as f64 / rfm.rows() as f64);
        table.add_row([name.clone(), grouped(size), share, crate::table::format_money(money)]);
    }
    Some(table)
}

/// What a checked pipeline would read, and what of the files it would not.
pub fn plan_summary(plan: &Plan) -> String {
    let mut out = format!("{}: the pipeline file and the heads of its sources are right\n\n", plan.path.display());
    for (name, source) in &plan.sources {
        let size = source.files.iter().map(|f| f.file.bytes).sum();
        let files = source.files.len();
        let noun = if files == 1 { "file" } else { "files" };
        let _ = writeln!(out, " {name}: {files} {noun}, {}", bytes(size));
        let columns = source.columns.0.iter().map(|(standard, column)| {
            if standard == column { standard.clone() } else { format!("{standard} = {column}") }
        });
        let _ = writeln!(out, "   reads {}", columns.collect::<Vec<_>>().join(", "));
        for line in notations(source) {
            let _ = writeln!(out, "   {line}");
        }
        for line in &source.drift {
            let _ = writeln!(out, "   {}: {}", line.check.replace('_', " "), line.note);
        }
        if let Some((_, columns)) = plan.unread_columns().iter().find(|(table, _)| table == name) {
            let _ = writeln!(out, "   does not read {} (add them to `columns` to use them)", columns.join(", "));
        }
    }
    let _ = write!(out, "\n output goes to {}\n", tidy(&plan.out).display());
    out
}

/// How the files of a source are written, where that is not plain.
fn notations(source: &SourceFiles) -> Vec<String> {
    let mut lines = Vec::new();
    for (file, notation) in source.files.iter().zip(&source.notations) {
        let dates = notation.dates.iter().filter_map(|(column, reading)| match reading {
            DateReading::Iso => None,
            DateReading::Written(notation) => Some(format!("{column} {notation}")),
        });
        let amounts = notation.amounts.iter().filter_map(|(column, reading)| match reading {
            AmountReading::Written(notation) => Some(format!("{column} {notation}")),
            AmountReading::Plain | AmountReading::NoMark => None,
        });
        let told = file.head.notes.iter().cloned().chain(dates).chain(amounts).collect::<Vec<_>>();
        if !told.is_empty() {
            lines.push(format!("{}: {}", file.file.shown, told.join("; ")));
        }
    }
    lines
}

/// A path without the detours of `..` and `.`, for showing.
pub fn tidy(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir if matches!(out.components().next_back(), Some(Component::Normal(_))) => {
                out.pop();
            }
            Component::CurDir => {}
            part => out.push(part),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shown_paths_take_no_detours() {
        for (path, shown) in [("pipelines/../out/shop", "out/shop"), ("../x/./y", "../x/y"), ("/a/b/../c", "/a/c")] {
            assert_eq!(tidy(Path::new(path)), Path::new(shown));
        }
    }
}
