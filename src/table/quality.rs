//! Lines of `run_quality`: what was checked, what was found, and whether it is within its limit.

use super::contract::{ColumnSpec, Kind, TableSpec};

/// A line of `run_quality`.
#[derive(Debug, Clone, PartialEq)]
pub struct Quality {
    /// Source or analysis that was looked at.
    pub source: String,
    /// What was checked.
    pub check: String,
    /// What was found.
    pub measured: f64,
    /// The limit it is held against, if any.
    pub limit: Option<f64>,
    /// Whether it is within the limit; true where there is none.
    pub ok: bool,
    /// What it means.
    pub note: String,
}

impl Quality {
    /// A measurement without a limit.
    pub fn measured(source: &str, check: &str, measured: f64, note: impl Into<String>) -> Self {
        Self { source: source.into(), check: check.into(), measured, limit: None, ok: true, note: note.into() }
    }

    /// A measurement that must not exceed a limit.
    pub fn at_most(source: &str, check: &str, measured: f64, limit: f64, note: impl Into<String>) -> Self {
        let ok = measured <= limit;
        Self { limit: Some(limit), ok, ..Self::measured(source, check, measured, note) }
    }
}

/// Contract of the quality table.
pub const RUN_QUALITY: TableSpec = TableSpec {
    name: "run_quality",
    row: "a check",
    about: "What the run counted and checked: the balance of rows and money, fits, lists. Rows with `ok` false broke a limit.",
    columns: &[
        ColumnSpec::new("source", Kind::Category, "", "source, analysis or target list that was looked at"),
        ColumnSpec::new("check", Kind::Text, "", "what was checked"),
        ColumnSpec::new("measured", Kind::Real, "", "what was found; the note names the unit"),
        ColumnSpec::new("limit", Kind::Real, "", "the limit it is held against; empty when it is only counted")
            .nullable(),
        ColumnSpec::new("ok", Kind::Flag, "", "whether it is within the limit"),
        ColumnSpec::new("note", Kind::Text, "", "unit, meaning and remedy"),
    ],
    example: "SELECT * FROM 'out/latest/run_quality.parquet' WHERE NOT ok",
};
