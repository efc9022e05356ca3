//! Why cleaning stops.

use crate::source::SourceError;

/// A source that can't be cleaned.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CleanError {
    /// It can't be read or breaks its contract.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// Dates that are not ISO 8601, without a notation declared.
    #[error(
        "{file}, line {line}: column `{column}`: \"{value}\" is not an ISO 8601 date{readings}\n  hint: set `date_format` in [sources.{table}], for example date_format = \"{example}\""
    )]
    DateNotation {
        /// Input table.
        table: String,
        /// File.
        file: String,
        /// Physical line.
        line: u64,
        /// Column in the file.
        column: String,
        /// A value of it.
        value: String,
        /// How it could be read.
        readings: String,
        /// A notation to try.
        example: String,
    },
    /// Temporary files failed.
    #[error("temporary space for transactions: {0}\n  hint: free space where the output goes")]
    Scratch(#[from] std::io::Error),
}
