//! Sources as the pipeline file names them, resolved to files, heads and columns.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::tz::TimeZone;

use crate::clean::{Declared, SourceFiles, attribute_names};
use crate::registry::published_tables;
use crate::source::{
    ColumnMap, ColumnNames, Head, INPUT_TABLES, InputFile, InputTable, Need, SourceError, SourceFile, SourceOptions,
    discover, head,
};
use crate::stage::nearest;

/// Finds the files of a source, reads their heads, and maps its columns.
///
/// # Errors
/// Everything that is wrong with the source, file by file.
pub(super) fn resolve(table_name: &str, options: &SourceOptions, base: &Path) -> Result<SourceFiles, Vec<SourceError>> {
    let Some(table) = INPUT_TABLES.iter().find(|t| t.name == table_name) else { return Err(Vec::new()) };
    let files = discover(table.name, options, base, &std::env::temp_dir()).map_err(|e| vec![e])?;
    let mut errors = Vec::new();
    let mut heads: Vec<(InputFile, Head)> = Vec::new();
    for file in files {
        match head(table.name, &file, options) {
            Ok(head) => heads.push((file, head)),
            Err(error) => errors.push(error),
        }
    }
    let mut mapped = Vec::with_capacity(heads.len());
    for reading in options.readings().iter().filter(|_| !heads.is_empty()) {
        let columns = wanted_columns(table, reading, &heads);
        for (file, head) in &heads {
            let columns = map_file(table, &columns, file, head, &mut errors);
            let mut head = head.clone();
            let notes = doubled(&head, &columns);
            head.notes.extend(notes);
            mapped.push(SourceFile { file: file.clone(), head, columns });
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    Ok(SourceFiles {
        table: table.name,
        columns: all_columns(&mapped),
        files: mapped,
        declared: Declared::of(options).unwrap_or_default(),
        notations: Vec::new(),
        drift: Vec::new(),
        repairs: options.repair_ids.clone(),
        timezone: options.timezone.as_ref().and_then(|zone| TimeZone::get(zone).ok()),
    })
}

/// All columns of the files, by their names in the first file that has them.
fn all_columns(files: &[SourceFile]) -> ColumnMap {
    let mut all: Vec<(String, String)> = Vec::new();
    for (standard, name) in files.iter().flat_map(|file| &file.columns.0) {
        if !all.iter().any(|(known, _)| known == standard) {
            all.push((standard.clone(), name.clone()));
        }
    }
    ColumnMap(all)
}

/// A column that is wanted.
#[derive(Debug)]
struct Wanted {
    /// Its standard name.
    standard: String,
    /// The names that it may have in a file.
    names: Vec<String>,
    /// Whether a file may lack it: an attribute that nobody asked for by name.
    may_lack: bool,
}

/// The declared columns; without a declaration, those that bear the standard names in any of the files; for an open
/// table all others as attributes. Required columns are always in it, so that their absence is noticed.
fn wanted_columns(
    table: &InputTable,
    declared: &BTreeMap<String, ColumnNames>,
    heads: &[(InputFile, Head)],
) -> Vec<Wanted> {
    let wanted =
        |standard: &str, names: Vec<String>, may_lack: bool| Wanted { standard: standard.to_owned(), names, may_lack };
    let mut all: Vec<Wanted> =
        declared.iter().map(|(standard, names)| wanted(standard, names.names().to_vec(), false)).collect();
    if declared.is_empty() {
        let standard = table.names().filter(|name| heads.iter().any(|(_, head)| head.data_type(name).is_some()));
        all.extend(standard.map(|name| wanted(name, vec![name.to_owned()], false)));
    }
    for column in table.columns.iter().filter(|c| c.need == Need::Required) {
        if !all.iter().any(|w| w.standard == column.name) {
            all.push(wanted(column.name, vec![column.name.to_owned()], false));
        }
    }
    if table.open {
        let is_taken = |all: &[Wanted], name: &str| all.iter().any(|w| w.names.iter().any(|n| n == name));
        let others = heads.iter().flat_map(|(_, head)| head.names()).filter(|name| !is_taken(&all, name));
        for (name, column) in attribute_names(others.collect::<Vec<_>>(), "") {
            if !is_taken(&all, &column) && !column.is_empty() {
                let free = free_name(&name, |taken| all.iter().any(|w| w.standard == taken));
                all.push(wanted(&free, vec![column], true));
            }
        }
    }
    all
}

/// The wanted columns by the names they have in a file.
fn map_file(
    table: &InputTable,
    wanted: &[Wanted],
    file: &InputFile,
    head: &Head,
    errors: &mut Vec<SourceError>,
) -> ColumnMap {
    let mut map = Vec::with_capacity(wanted.len());
    for Wanted { standard, names, may_lack } in wanted {
        let found = names.iter().find(|name| head.data_type(name).is_some());
        let doubled = found.and_then(|name| head.duplicate(name));
        if *may_lack && (found.is_none() || doubled.is_some()) {
            continue;
        }
        let Some(name) = found.or(names.first()) else { continue };
        map.push((standard.clone(), name.clone()));
        if found.is_none() {
            errors.push(missing(table, standard, &names.join("` or `"), file, head));
        } else if let Some((first, second)) = doubled {
            errors.push(SourceError::DuplicateColumn {
                file: file.shown.clone(),
                line: head.line(),
                column: name.clone(),
                first: first + 1,
                second: second + 1,
            });
        }
    }
    ColumnMap(map)
}

/// Names that the header gives to several columns of which none is read.
fn doubled(head: &Head, read: &ColumnMap) -> Vec<String> {
    let mut names: Vec<&str> = head.names().filter(|name| !name.is_empty()).collect();
    names.sort_unstable();
    names.dedup();
    let unread = names.into_iter().filter(|name| !read.0.iter().any(|(_, column)| column == name));
    let twice = unread.filter_map(|name| head.duplicate(name).map(|(first, second)| (name, first + 1, second + 1)));
    let note = |(name, first, second)| format!("columns {first} and {second} are both named `{name}`; neither is read");
    twice.map(note).collect()
}

/// The column name of an attribute: its own; with `source_` before it when a computed column bears that name; with a
/// number behind it when another attribute does.
fn free_name(name: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let computed = || published_tables().filter(|t| t.is_per_customer()).flat_map(|t| t.columns);
    let is_computed = computed().any(|c| c.name != "{name}" && c.covers(name));
    let name = if is_computed || name.is_empty() { format!("source_{name}") } else { name.to_owned() };
    let mut numbered = (2..).map(|number| format!("{name}_{number}"));
    if is_taken(&name) { numbered.find(|n| !is_taken(n)).unwrap_or(name) } else { name }
}

fn missing(table: &InputTable, standard: &str, column: &str, file: &InputFile, head: &Head) -> SourceError {
    let hint = match (other_separator(head), nearest(column, head.names())) {
        (Some(mark), _) => {
            let mark = mark.escape_default();
            let seen = head.listed();
            format!(
                "all of the header is one column, `{seen}`; set delimiter = \"{mark}\" in [sources.{}]?",
                table.name
            )
        }
        (None, Some(near)) => {
            let seen = head.listed();
            format!(
                "the file has `{near}`; set columns = {{ {standard} = \"{near}\" }} in [sources.{}]; its columns: {seen}",
                table.name
            )
        }
        (None, None) => format!("its columns: {}", head.listed()),
    };
    SourceError::MissingColumn {
        table: table.name.to_owned(),
        file: file.shown.clone(),
        column: column.to_owned(),
        standard: standard.to_owned(),
        hint,
    }
}

/// The separator that a header seems to have when it was read as one column.
fn other_separator(head: &Head) -> Option<char> {
    match head.columns.as_slice() {
        [(name, _)] => name.chars().find(|c| [';', '\t', '|', ','].contains(c)),
        _ => None,
    }
}

/// Columns of the files that nobody reads, for `acrm check`.
pub(super) fn unread(source: &SourceFiles) -> Vec<String> {
    let Some(first) = source.files.first() else { return Vec::new() };
    let read = first.columns.0.iter().filter_map(|(_, name)| first.head.position(name)).collect::<Vec<_>>();
    let names = first.head.names().enumerate().filter(|(at, name)| !read.contains(at) && !name.is_empty());
    names.map(|(_, name)| name.to_owned()).collect()
}
