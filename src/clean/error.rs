//! Why cleaning stops.

use crate::source::SourceError;

/// A source that can't be cleaned.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CleanError {
    /// It can't be read or breaks its contract.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// A column whose values could be read in two ways.
    #[error(
        "{file}, line {line}: column `{column}`: \"{value}\" could be {readings}\n  hint: say which in [sources.{table}]"
    )]
    TwoReadings {
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
        /// What it would be, and the option that says so.
        readings: String,
    },
    /// Dates that can't be read.
    #[error(
        "{file}, line {line}: column `{column}`: \"{value}\" {said}\n  hint: set `date_format` in [sources.{table}], for example date_format = \"%d.%m.%Y\""
    )]
    UnreadDates {
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
        /// What is wrong with it.
        said: String,
    },
    /// Amounts in two notations.
    #[error("{file}: column `{column}` mixes notations: {said}\n  hint: set `decimal` in [sources.{table}]")]
    UnreadAmounts {
        /// Input table.
        table: String,
        /// File.
        file: String,
        /// Column in the file.
        column: String,
        /// What each notation reads.
        said: String,
    },
    /// Money in several currencies, and nothing says what one is worth in another.
    #[error(
        "{file}, line {line}: column `{column}`: \"{value}\" is {found}, the lines before are {before}\n  hint: set what a unit is worth in [clean], for example rates = {{ {found} = 10 }}"
    )]
    Currencies {
        /// File.
        file: String,
        /// Physical line.
        line: u64,
        /// Column in the file.
        column: String,
        /// What stands there.
        value: String,
        /// Its currency.
        found: String,
        /// The currency so far.
        before: String,
    },
    /// The table of rates can't be read.
    #[error("{file}{at}: {reason}\n  hint: a CSV file with the columns day, currency and rate is expected")]
    Rates {
        /// File.
        file: String,
        /// Line, as `, line 3`, or nothing.
        at: String,
        /// Why.
        reason: String,
    },
    /// What an earlier night knew of persons can't be read.
    #[error("the persons of the run before can't be read: {0}\n  hint: remove the damaged run folder, or restore it")]
    Identity(String),
    /// Temporary files failed.
    #[error("temporary space for transactions: {0}\n  hint: free space where the output goes")]
    Scratch(#[from] std::io::Error),
}
