//! The shape of delimited text: delimiter, quotes, title lines, header.

mod columns;
mod detect;
mod records;

pub use columns::{Duplicate, duplicate_headers};
pub use detect::detect;
pub use records::{Fault, Record, records};

use std::fmt;

/// Delimiters that are looked for, the more usual ones first.
pub const DELIMITERS: [char; 9] = [',', ';', '\t', '|', '،', '^', '~', '\u{1f}', '\u{1}'];

/// How a table is written as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableShape {
    /// What stands between the fields; none when there is but one column.
    pub delimiter: Option<char>,
    /// What stands around a field that holds delimiters or line ends, doubled where it is part of the field.
    pub quote: Option<char>,
    /// Fields of a record.
    pub columns: usize,
    /// Physical lines before the header or the first record: titles, blank lines, a spreadsheet's `sep=;`.
    pub skipped_lines: usize,
    /// Whether the first record names the columns.
    pub header: Header,
}

/// Whether the first record names the columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Header {
    /// It does: it has words where the records below have numbers or dates.
    Present,
    /// It doesn't: it has numbers or dates like the records below.
    Absent,
    /// Nothing tells.
    Unknown,
}

impl fmt::Display for TableShape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.delimiter {
            None => f.write_str("one column"),
            Some(delimiter) => write!(f, "{} columns separated by {}", self.columns, shown(delimiter)),
        }
    }
}

/// A delimiter as messages name it.
pub(super) fn shown(delimiter: char) -> String {
    match delimiter {
        '\t' => "tabs".to_owned(),
        c if c.is_control() => format!("U+{:04X}", u32::from(c)),
        c => format!("`{c}`"),
    }
}

#[cfg(test)]
mod tests;
