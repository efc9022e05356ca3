//! The files of a source.

use jiff::tz::TimeZone;

use crate::source::{ColumnMap, IdRepair, SourceFile};
use crate::table::Quality;

use super::notation::{Declared, FileNotation};

/// The files of a source with what is known of them.
#[derive(Debug, Clone)]
pub struct SourceFiles {
    /// Input table.
    pub table: &'static str,
    /// Files with their heads, sorted by name.
    pub files: Vec<SourceFile>,
    /// Which columns to read, by their names in the first file.
    pub columns: ColumnMap,
    /// What the options say of the notations.
    pub declared: Declared,
    /// How each file writes its columns; see [`settle`](super::settle).
    pub notations: Vec<FileNotation>,
    /// What differs between the columns of the files, as lines of `run_quality`; see [`settle`](super::settle).
    pub drift: Vec<Quality>,
    /// What to undo in ids.
    pub repairs: Vec<IdRepair>,
    /// Zone of timestamps without an offset.
    pub timezone: Option<TimeZone>,
}

impl SourceFiles {
    /// A source that there isn't.
    pub fn none(table: &'static str) -> Self {
        Self {
            table,
            files: Vec::new(),
            columns: ColumnMap::default(),
            declared: Declared::default(),
            notations: Vec::new(),
            drift: Vec::new(),
            repairs: Vec::new(),
            timezone: None,
        }
    }

    /// Whether the mapped columns give money.
    pub fn has_money(&self) -> bool {
        let columns = &self.columns;
        columns.has("amount") || (columns.has("quantity") && columns.has("unit_price"))
    }
}
