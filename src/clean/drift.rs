//! Columns that the files of a source don't share: missing in some, only in some, under another name, or of another
//! type. Mapped columns are not among them, whose absence is an error.

use std::collections::BTreeMap;

use polars::prelude::*;

use crate::source::{CUSTOMERS, Extent, Sample, SourceError, SourceFile, first_values};
use crate::table::{Kind, Quality};

use super::attributes::{kind_of_texts, snake_case};
use super::source_files::SourceFiles;

/// Likeness of two names (Jaro–Winkler) from which one is probably the other.
const ALIKE: f64 = 0.85;

/// What the values of an attribute are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Numbers,
    Days,
    Flags,
    Text,
}

impl Sort {
    fn of_type(kind: &DataType) -> Option<Self> {
        match kind {
            kind if kind.is_primitive_numeric() || kind.is_decimal() => Some(Self::Numbers),
            DataType::Date | DataType::Datetime(..) => Some(Self::Days),
            DataType::Boolean => Some(Self::Flags),
            kind if kind.is_string() || kind.is_categorical() || kind.is_enum() => Some(Self::Text),
            _ => None,
        }
    }

    /// What texts hold, if there are any.
    fn of_texts(samples: &[Sample]) -> Option<Self> {
        let cells = samples.iter().map(|(_, text)| Some(text.trim())).collect::<Vec<_>>();
        if cells.is_empty() {
            return None;
        }
        Some(match kind_of_texts(&cells) {
            Kind::Count | Kind::Score | Kind::Real | Kind::Money => Self::Numbers,
            Kind::Day | Kind::Days => Self::Days,
            Kind::Flag => Self::Flags,
            Kind::Text | Kind::Category => Self::Text,
        })
    }

    fn name(self) -> &'static str {
        match self {
            Self::Numbers => "numbers",
            Self::Days => "days",
            Self::Flags => "yes or no",
            Self::Text => "text",
        }
    }
}

/// A column of a file.
#[derive(Debug)]
struct FileColumn {
    /// Its name in the file.
    name: String,
    /// Whether it becomes an attribute.
    is_attribute: bool,
    /// What its values are, for attributes.
    sort: Option<Sort>,
    /// Its first values, for attributes in text.
    samples: Vec<Sample>,
}

/// The columns of a file by what makes them one in all files: the standard name, or their own.
type FileColumns = BTreeMap<String, FileColumn>;

/// What differs between the files of a source, as lines of `run_quality`, by file and column. What makes cells of an
/// attribute empty or changes its type breaks a limit; columns that nobody reads are only named.
///
/// # Errors
/// When the beginning of a file can't be read.
pub(super) fn drift(source: &SourceFiles) -> Result<Vec<Quality>, SourceError> {
    // a file that is read several times is one file
    let is_first = |(at, file): &(usize, &SourceFile)| {
        source.files[..*at].iter().all(|earlier| earlier.file.shown != file.file.shown)
    };
    let first = source.files.iter().enumerate().filter(is_first).map(|(_, file)| file).collect::<Vec<_>>();
    if first.len() < 2 {
        return Ok(Vec::new());
    }
    let files = first.iter().map(|file| columns_of(source.table, file)).collect::<Result<Vec<_>, _>>()?;
    let shared = shared_columns(&files);
    let mut lines = Vec::new();
    for (file, columns) in first.into_iter().zip(&files) {
        let file =
            Differences { table: source.table, file: &file.file.shown, files: files.len(), columns, shared: &shared };
        lines.extend(file.lines());
    }
    Ok(lines)
}

/// A column in all files.
#[derive(Debug)]
struct Shared<'a> {
    /// As the first file that has it has it.
    model: &'a FileColumn,
    /// Files that have it.
    files: usize,
    /// Whether most files have it; where half of them do, the first decides.
    is_usual: bool,
    /// What its values are, with the number of files where they are; what most are first, then what came first.
    sorts: Vec<(Sort, usize)>,
}

fn shared_columns(files: &[FileColumns]) -> BTreeMap<&str, Shared<'_>> {
    let mut shared = BTreeMap::<&str, Shared<'_>>::new();
    for (key, column) in files.iter().flatten() {
        let new = || Shared { model: column, files: 0, is_usual: false, sorts: Vec::new() };
        let known = shared.entry(key).or_insert_with(new);
        known.files += 1;
        let Some(sort) = column.sort else { continue };
        match known.sorts.iter_mut().find(|(other, _)| *other == sort) {
            Some((_, count)) => *count += 1,
            None => known.sorts.push((sort, 1)),
        }
    }
    for (key, column) in &mut shared {
        let in_first = files.first().is_some_and(|first| first.contains_key(*key));
        column.is_usual = 2 * column.files > files.len() || (2 * column.files == files.len() && in_first);
        column.sorts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    }
    shared
}

fn columns_of(table: &str, file: &SourceFile) -> Result<FileColumns, SourceError> {
    let head = &file.head;
    let mut columns = FileColumns::new();
    let read = file.columns.0.iter().filter_map(|(standard, name)| Some((head.position(name)?, standard.as_str())));
    let read = read.collect::<BTreeMap<usize, &str>>();
    let is_attribute = |standard: &str| table == CUSTOMERS.name && !CUSTOMERS.names().any(|name| name == standard);
    let attributes = read.values().copied().filter(|standard| is_attribute(standard)).collect::<Vec<_>>();
    let mut values = if file.file.format.is_text() && !attributes.is_empty() {
        first_values(table, file, &attributes, Extent::BEGINNING)?
    } else {
        BTreeMap::new()
    };
    for (at, (name, kind)) in head.columns.iter().enumerate().filter(|(_, (name, _))| !name.is_empty()) {
        let standard = read.get(&at).copied();
        let is_attribute = standard.is_some_and(is_attribute);
        let samples = values.remove(standard.unwrap_or_default()).unwrap_or_default();
        let sort = match file.file.format.is_text() {
            _ if !is_attribute => None,
            true => Sort::of_texts(&samples),
            false => Sort::of_type(kind),
        };
        let column = FileColumn { name: name.clone(), is_attribute, sort, samples };
        columns.entry(standard.unwrap_or(name).to_owned()).or_insert(column);
    }
    Ok(columns)
}

/// A file against all of its source.
struct Differences<'a> {
    table: &'a str,
    file: &'a str,
    /// Files of the source.
    files: usize,
    columns: &'a FileColumns,
    shared: &'a BTreeMap<&'a str, Shared<'a>>,
}

impl Differences<'_> {
    fn lines(&self) -> Vec<Quality> {
        let is_usual = |key: &str| self.shared.get(key).is_some_and(|shared| shared.is_usual);
        let mut extra = self.columns.iter().filter(|(key, _)| !is_usual(key)).collect::<Vec<_>>();
        let mut lines = Vec::new();
        for (key, shared) in self.shared {
            if shared.is_usual && !self.columns.contains_key(*key) {
                let renamed = self.renamed(shared, &extra).map(|at| extra.remove(at).1);
                lines.push(self.lacking(key, shared, renamed));
            }
        }
        for (key, column) in extra {
            let have = self.have(self.shared.get(key.as_str()).map_or(0, |shared| shared.files));
            let note = format!("{}: column `{}`, which {have} files have", self.file, column.name);
            lines.push(Quality::measured(self.table, "column_only_there", 1.0, note));
        }
        lines.extend(self.columns.iter().filter_map(|(key, column)| self.retyped(key, column)));
        lines
    }

    fn have(&self, files: usize) -> String {
        format!("{files} of {}", self.files)
    }

    /// Which of the extra columns of this file is probably the one that it lacks: the nearest by name of its sort.
    fn renamed(&self, shared: &Shared<'_>, extra: &[(&String, &FileColumn)]) -> Option<usize> {
        let model = shared.model;
        let plain = |name: &str| snake_case(name).replace('_', "");
        let likeness = |column: &FileColumn| strsim::jaro_winkler(&plain(&model.name), &plain(&column.name));
        let alike = extra.iter().enumerate().filter(|(_, (_, column))| {
            let same_sort = column.sort.is_none() || model.sort.is_none() || column.sort == model.sort;
            same_sort && column.is_attribute == model.is_attribute
        });
        let scored = alike.map(|(at, (_, column))| (likeness(column), at)).filter(|(score, _)| *score >= ALIKE);
        scored.max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1))).map(|(_, at)| at)
    }

    fn lacking(&self, key: &str, shared: &Shared<'_>, renamed: Option<&FileColumn>) -> Quality {
        let model = shared.model;
        let lacks = format!("{}: no column `{}`, which {} files have", self.file, model.name, self.have(shared.files));
        let (check, note) = match renamed {
            Some(column) if model.is_attribute => {
                let names = format!("[\"{}\", \"{}\"]", model.name, column.name);
                let remedy = format!("columns = {{ {key} = {names} }} in [sources.{}] makes them one", self.table);
                ("column_renamed", format!("{lacks}; probably it is `{}` there: {remedy}", column.name))
            }
            Some(column) => ("column_renamed", format!("{lacks}; probably it is `{}` there", column.name)),
            None if model.is_attribute => ("column_missing", format!("{lacks}; `{key}` is empty in its rows")),
            None => ("column_missing", lacks),
        };
        self.line(check, model.is_attribute, note)
    }

    /// An attribute whose values are of another sort than in most files.
    fn retyped(&self, key: &str, column: &FileColumn) -> Option<Quality> {
        let own = column.sort?;
        let sorts = &self.shared.get(key)?.sorts;
        let (usual, count) = *sorts.first()?;
        let all = sorts.iter().map(|(_, count)| count).sum::<usize>();
        if own == usual {
            return None;
        }
        let stray = column.samples.iter().find(|sample| Sort::of_texts(std::slice::from_ref(sample)) != Some(usual));
        let stray = stray.map_or(String::new(), |(line, text)| format!(" (\"{text}\" in line {line})"));
        let note = format!(
            "{}: column `{}` holds {}{stray}, {} in {count} of {all} files",
            self.file,
            column.name,
            own.name(),
            usual.name()
        );
        Some(self.line("column_retyped", true, note))
    }

    fn line(&self, check: &str, is_attribute: bool, note: String) -> Quality {
        if is_attribute {
            Quality::at_most(self.table, check, 1.0, 0.0, note)
        } else {
            Quality::measured(self.table, check, 1.0, note)
        }
    }
}
