//! Why a source can't be read.

/// A source that can't be read or breaks its contract; every variant names the file and the remedy.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// The glob is malformed.
    #[error("sources.{table}: `{pattern}` is not a path or glob: {reason}")]
    Pattern {
        /// Input table.
        table: String,
        /// As written.
        pattern: String,
        /// Why.
        reason: String,
    },
    /// Nothing matches.
    #[error(
        "sources.{table}: no file matches `{pattern}`\n  hint: paths are relative to the pipeline file; looked for {looked_for}"
    )]
    NoFile {
        /// Input table.
        table: String,
        /// As written.
        pattern: String,
        /// Absolute form.
        looked_for: String,
    },
    /// An ending that is no known format.
    #[error(
        "{file}: format not known from its ending\n  hint: set `format` in [sources.{table}] to csv, parquet, json_lines, json, arrow_ipc or workbook"
    )]
    UnknownFormat {
        /// Input table.
        table: String,
        /// File.
        file: String,
    },
    /// The file can't be opened or its bytes make no sense.
    #[error("{file}: can't be read: {reason}\n  hint: {hint}")]
    Unreadable {
        /// File.
        file: String,
        /// Why.
        reason: String,
        /// Remedy.
        hint: String,
    },
    /// No byte in it.
    #[error("{file}: the file is empty\n  hint: export it again, or leave it out of `path`")]
    Empty {
        /// File.
        file: String,
    },
    /// A mapped or required column is not in the file.
    #[error("{file}: no column `{column}` (for `{standard}` of sources.{table})\n  hint: {hint}")]
    MissingColumn {
        /// Input table.
        table: String,
        /// File.
        file: String,
        /// Column looked for.
        column: String,
        /// Standard name.
        standard: String,
        /// Remedy.
        hint: String,
    },
    /// Two columns bear one name.
    #[error(
        "{file}, line {line}: the header names `{column}` twice (columns {first} and {second})\n  hint: take one by its place, such as \"#{first}\", or rename it in the export"
    )]
    DuplicateColumn {
        /// File.
        file: String,
        /// Line of the header.
        line: u64,
        /// The name.
        column: String,
        /// Position from 1.
        first: usize,
        /// Position from 1.
        second: usize,
    },
    /// A column of a type that can't be what it is mapped to.
    #[error("{file}: column `{column}` is {found}, which can't be read as {wanted}\n  hint: {hint}")]
    WrongType {
        /// File.
        file: String,
        /// Column.
        column: String,
        /// Its type.
        found: String,
        /// What it is mapped to.
        wanted: String,
        /// Remedy.
        hint: String,
    },
    /// Files that hold no row at all.
    #[error("sources.{table}: no row in {files}\n  hint: is this the right export?")]
    NoRows {
        /// Input table.
        table: String,
        /// Files looked at.
        files: String,
    },
}

impl SourceError {
    /// An unreadable file with what the reader said.
    pub fn unreadable(file: &str, reason: impl std::fmt::Display, hint: &str) -> Self {
        let reason = reason.to_string().lines().next().unwrap_or_default().to_owned();
        Self::Unreadable { file: file.to_owned(), reason, hint: hint.to_owned() }
    }
}

/// Runs a library's reader: where damaged input makes it stop short instead of saying so, that is an error of the file
/// like any other.
///
/// # Errors
/// Those of `read`, and its panics.
pub(super) fn guarded<T>(
    shown: &str,
    hint: &str,
    read: impl FnOnce() -> Result<T, SourceError>,
) -> Result<T, SourceError> {
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(read));
    outcome.unwrap_or_else(|_| Err(SourceError::unreadable(shown, "the file is damaged", hint)))
}
