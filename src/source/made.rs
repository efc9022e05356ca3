//! Columns that no file holds: `#row` numbers the rows, `=text` says the same of each.

use polars::prelude::{Column, DataFrame, PlSmallStr, PolarsResult, Scalar};

use super::batch::{Batch, Lines};
use super::error::SourceError;
use super::head::Head;
use super::read::ColumnMap;

/// What a column that no file holds is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Made {
    /// The line of the row, as messages name it.
    Row,
    /// The same text in each row.
    Constant(String),
}

impl Made {
    /// What a name in `columns` asks for, unless the file has a column of that name.
    pub(super) fn of(name: &str, head: &Head) -> Option<Self> {
        if head.position(name).is_some() {
            return None;
        }
        if name == "#row" {
            Some(Self::Row)
        } else {
            name.strip_prefix('=').map(|text| Self::Constant(text.to_owned()))
        }
    }

    fn column(&self, name: &str, lines: &Lines) -> Column {
        match self {
            Self::Row => {
                let texts = (0..lines.len()).map(|row| lines.of(row).to_string()).collect::<Vec<_>>();
                Column::new(name.into(), texts)
            }
            Self::Constant(text) => {
                Column::new_scalar(name.into(), Scalar::from(PlSmallStr::from_str(text)), lines.len())
            }
        }
    }
}

/// The made columns among those to read, and the others.
pub(super) fn apart(columns: &ColumnMap, head: &Head) -> (Vec<(String, Made)>, ColumnMap) {
    let made = columns.0.iter().filter_map(|(standard, name)| Some((standard.clone(), Made::of(name, head)?)));
    let read = columns.0.iter().filter(|(_, name)| Made::of(name, head).is_none()).cloned();
    (made.collect(), ColumnMap(read.collect()))
}

/// Adds made columns to a batch.
pub(super) fn add(batch: Batch, made: &[(String, Made)], file: &str) -> Result<Batch, SourceError> {
    let add = |frame: DataFrame| -> PolarsResult<DataFrame> {
        let columns = frame.into_columns().into_iter();
        let columns = columns.chain(made.iter().map(|(name, made)| made.column(name, &batch.lines))).collect();
        DataFrame::new(batch.lines.len(), columns)
    };
    let frame = add(batch.frame).map_err(|e| SourceError::unreadable(file, e, "are its columns of one length?"))?;
    Ok(Batch { frame, lines: batch.lines, malformed: batch.malformed })
}

#[cfg(test)]
mod tests {
    use polars::prelude::DataType;

    use super::*;

    fn head() -> Head {
        let columns = vec![("a".to_owned(), DataType::String), ("=b".to_owned(), DataType::String)];
        Head { columns, layout: None, header_row: None, notes: Vec::new(), first_values: Vec::new() }
    }

    #[test]
    fn names_of_the_file_win() {
        assert_eq!(Made::of("#row", &head()), Some(Made::Row));
        assert_eq!(Made::of("=c", &head()), Some(Made::Constant("c".into())));
        assert_eq!([Made::of("=b", &head()), Made::of("a", &head()), Made::of("#2", &head())], [None, None, None]);
    }

    #[test]
    fn rows_are_numbered_by_their_lines() {
        let batch = Batch {
            frame: DataFrame::new(2, vec![Column::new("x".into(), ["p", "q"])]).unwrap(),
            lines: Lines::Listed(vec![2, 7]),
            malformed: Vec::new(),
        };
        let made = [("id".to_owned(), Made::Row), ("campaign".to_owned(), Made::Constant("spring".into()))];
        let frame = add(batch, &made, "f").unwrap().frame;
        let texts =
            |name: &str| frame.column(name).unwrap().str().unwrap().iter().flatten().collect::<Vec<_>>().join(" ");
        assert_eq!([texts("x"), texts("id"), texts("campaign")], ["p q", "2 7", "spring spring"]);
    }
}
