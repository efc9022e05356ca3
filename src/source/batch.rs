//! Rows of a file as columns, with the lines they stand on.

use polars::prelude::DataFrame;

/// What is wrong with the shape of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Malformed {
    /// Another number of fields than the header has.
    Ragged {
        /// Its fields.
        found: usize,
        /// The header's.
        expected: usize,
    },
    /// A NUL character, which no text has.
    Nul,
    /// No JSON object.
    NotAnObject,
}

/// A row that is not of the table's shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MalformedRow {
    /// Its physical line.
    pub line: u64,
    /// What is wrong.
    pub fault: Malformed,
    /// Its beginning.
    pub text: String,
}

/// The line of each row of a batch: physical lines of a text file (header = 1), rows of a sheet, else data rows from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lines {
    /// One row a line, without a gap.
    Straight {
        /// Line of the first row.
        first: u64,
        /// Rows.
        rows: usize,
    },
    /// Any lines, ascending.
    Listed(Vec<u64>),
}

impl Default for Lines {
    fn default() -> Self {
        Self::Straight { first: 1, rows: 0 }
    }
}

impl Lines {
    /// Adds the line of the next row.
    pub fn push(&mut self, line: u64) {
        match self {
            Self::Straight { first, rows } if *rows == 0 => (*first, *rows) = (line, 1),
            Self::Straight { first, rows } if *first + *rows as u64 == line => *rows += 1,
            Self::Straight { first, rows } => {
                let mut lines = (*first..*first + *rows as u64).collect::<Vec<_>>();
                lines.push(line);
                *self = Self::Listed(lines);
            }
            Self::Listed(lines) => lines.push(line),
        }
    }

    /// The line of a row.
    pub fn of(&self, row: usize) -> u64 {
        match self {
            Self::Straight { first, .. } => first + row as u64,
            Self::Listed(lines) => lines.get(row).copied().unwrap_or_default(),
        }
    }

    /// Rows.
    pub fn len(&self) -> usize {
        match self {
            Self::Straight { rows, .. } => *rows,
            Self::Listed(lines) => lines.len(),
        }
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Rows of a file.
#[derive(Debug, Default)]
pub struct Batch {
    /// The columns that were asked for, under the standard names.
    pub frame: DataFrame,
    /// Their lines.
    pub lines: Lines,
    /// Rows between them that are not of the table's shape.
    pub malformed: Vec<MalformedRow>,
}
