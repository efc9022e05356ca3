//! Sources as the pipeline file names them, resolved to files, heads and columns.

use std::path::Path;

use jiff::tz::TimeZone;

use crate::clean::{SourceFiles, attribute_names};
use crate::registry::published_tables;
use crate::source::{
    ColumnMap, Head, INPUT_TABLES, InputFile, InputTable, Need, SourceError, SourceOptions, discover, head,
};
use crate::stage::nearest;

/// Finds the files of a source, reads their heads, and maps its columns.
///
/// # Errors
/// Everything that is wrong with the source, file by file.
pub(super) fn resolve(table_name: &str, options: &SourceOptions, base: &Path) -> Result<SourceFiles, Vec<SourceError>> {
    let Some(table) = INPUT_TABLES.iter().find(|t| t.name == table_name) else { return Err(Vec::new()) };
    let files = discover(table.name, options, base).map_err(|e| vec![e])?;
    let mut errors = Vec::new();
    let mut heads: Vec<(InputFile, Head)> = Vec::new();
    for file in files {
        match head(&file) {
            Ok(head) => heads.push((file, head)),
            Err(error) => errors.push(error),
        }
    }
    let columns = if heads.is_empty() { ColumnMap::default() } else { map_columns(table, options, &heads) };
    for (file, head) in &heads {
        check_columns(table, &columns, file, head, &mut errors);
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    Ok(SourceFiles {
        table: table.name,
        files: heads,
        columns,
        decimal: u8::try_from(options.decimal).unwrap_or(b'.'),
        date_format: options.date_format.clone(),
        timezone: options.timezone.as_ref().and_then(|zone| TimeZone::get(zone).ok()),
    })
}

/// The declared columns; without a declaration, those that bear the standard names in any of the files; for an open
/// table all others as attributes. Required columns are always in it, so that their absence is noticed.
fn map_columns(table: &InputTable, options: &SourceOptions, heads: &[(InputFile, Head)]) -> ColumnMap {
    let mut map: Vec<(String, String)> =
        options.columns.iter().map(|(standard, source)| (standard.clone(), source.clone())).collect();
    if options.columns.is_empty() {
        let standard = table.names().filter(|name| heads.iter().any(|(_, head)| head.data_type(name).is_some()));
        map.extend(standard.map(|name| (name.to_owned(), name.to_owned())));
    }
    for column in table.columns.iter().filter(|c| c.need == Need::Required) {
        if !map.iter().any(|(standard, _)| standard == column.name) {
            map.push((column.name.to_owned(), column.name.to_owned()));
        }
    }
    if table.open {
        let taken: Vec<String> = map.iter().map(|(_, source)| source.clone()).collect();
        let others = heads.iter().flat_map(|(_, head)| head.names()).filter(|name| !taken.iter().any(|t| t == name));
        for (name, column) in attribute_names(others, "") {
            if !map.iter().any(|(_, source)| *source == column) {
                let free = free_name(&name, |taken| map.iter().any(|(standard, _)| standard == taken));
                map.push((free, column));
            }
        }
    }
    ColumnMap(map)
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

fn check_columns(table: &InputTable, map: &ColumnMap, file: &InputFile, head: &Head, errors: &mut Vec<SourceError>) {
    for (standard, column) in &map.0 {
        if head.data_type(column).is_some() {
            continue;
        }
        let hint = match (other_separator(head), nearest(column, head.names())) {
            (Some(mark), _) => {
                let mark = mark.escape_default();
                format!("all of the header is one column; set delimiter = \"{mark}\" in [sources.{}]?", table.name)
            }
            (None, Some(near)) => {
                format!(
                    "the file has `{near}`; set columns = {{ {standard} = \"{near}\" }} in [sources.{}]",
                    table.name
                )
            }
            (None, None) => format!("its columns: {}", head.names().collect::<Vec<_>>().join(", ")),
        };
        errors.push(SourceError::MissingColumn {
            table: table.name.to_owned(),
            file: file.shown.clone(),
            column: column.clone(),
            standard: standard.clone(),
            hint,
        });
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
    let read = |name: &str| source.columns.0.iter().any(|(_, column)| column == name);
    let first = source.files.first().map(|(_, head)| head);
    first.into_iter().flat_map(Head::names).filter(|name| !read(name)).map(str::to_owned).collect()
}
