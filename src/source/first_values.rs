//! The first distinct values of columns of text, all in one pass: how columns are written is told from them.

use std::collections::BTreeMap;

use hashbrown::HashSet;

use super::error::SourceError;
use super::made::Made;
use super::read::{ColumnMap, SourceFile, first_batches};

/// A value with its line.
pub type Sample = (u64, String);

/// How far a file is looked at for the values of its columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// Most distinct values of a column.
    pub most: usize,
    /// Whether rows behind the first batch count.
    pub goes_on: bool,
}

impl Extent {
    /// What tells in nearly every file: the first batch of rows.
    pub const BEGINNING: Self = Self { most: 2_000, goes_on: false };

    /// When the beginning doesn't tell.
    pub const FAR: Self = Self { most: 20_000, goes_on: true };

    /// The first value, wherever it stands.
    pub const FIRST: Self = Self { most: 1, goes_on: true };
}

/// The first distinct values of a column that are filled.
#[derive(Debug, Default)]
pub(super) struct FirstValues {
    seen: HashSet<String, foldhash::fast::FixedState>,
    samples: Vec<Sample>,
}

impl FirstValues {
    /// Takes the value of the next row; whether there are as many as wanted.
    pub(super) fn take(&mut self, line: u64, text: Option<&str>, most: usize) -> bool {
        if self.samples.len() < most
            && let Some(text) = text.filter(|text| !text.trim().is_empty())
            && !self.seen.contains(text)
        {
            self.seen.insert(text.to_owned());
            self.samples.push((line, text.to_owned()));
        }
        self.samples.len() >= most
    }

    /// The values.
    pub(super) fn samples(self) -> Vec<Sample> {
        self.samples
    }
}

/// The first distinct filled values of columns of text, by standard name. Columns of other types have none.
///
/// # Errors
/// When the file can't be read so far.
pub fn first_values(
    table: &str,
    source: &SourceFile,
    columns: &[&str],
    extent: Extent,
) -> Result<BTreeMap<String, Vec<Sample>>, SourceError> {
    let pairs = || columns.iter().map(|name| ((*name).to_owned(), source.columns.in_file(name).to_owned()));
    if extent == Extent::BEGINNING && !source.head.first_values.is_empty() {
        let known = |name: &str| match Made::of(name, &source.head) {
            Some(Made::Constant(text)) => Some(vec![(1, text)]),
            _ => source.head.first_values.get(source.head.position(name)?).cloned(),
        };
        return Ok(pairs().map(|(standard, name)| (standard, known(&name).unwrap_or_default())).collect());
    }
    let only = SourceFile { columns: ColumnMap(pairs().collect()), ..source.clone() };
    let mut values = columns.iter().map(|_| FirstValues::default()).collect::<Vec<_>>();
    first_batches(table, &only, |batch| {
        let mut all_full = true;
        for (name, values) in columns.iter().zip(&mut values) {
            let Ok(texts) = batch.frame.column(name).and_then(|column| column.str()) else { continue };
            all_full &= texts.iter().enumerate().any(|(row, text)| values.take(batch.lines.of(row), text, extent.most));
        }
        Ok(all_full || (batch.frame.height() > 0 && !extent.goes_on))
    })?;
    let samples = values.into_iter().map(FirstValues::samples);
    Ok(columns.iter().map(|name| (*name).to_owned()).zip(samples).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_once_with_their_first_line_and_no_more_than_wanted() {
        let mut values = FirstValues::default();
        let cells = [Some("a"), None, Some(" "), Some("b"), Some("a"), Some("c"), Some("d")];
        let full = cells.iter().zip(2..).map(|(text, line)| values.take(line, *text, 3)).collect::<Vec<_>>();
        assert_eq!(full, [false, false, false, false, false, true, true]);
        assert_eq!(values.samples(), [(2, "a".to_owned()), (5, "b".to_owned()), (7, "c".to_owned())]);
    }
}
