//! What can go wrong while the shop is written.

use std::path::PathBuf;

use thiserror::Error;

/// Why a synthetic retailer could not be written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SynthError {
    /// An option is outside what the generator can do.
    #[error("option `{name}` is {value}, which must be {legal}")]
    Option {
        /// The option's name.
        name: &'static str,
        /// Its value as given.
        value: String,
        /// The legal range in words.
        legal: &'static str,
    },
    /// A file or folder cannot be made or written.
    #[error("cannot write {}", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The Parquet writer refused.
    #[error("cannot write Parquet file {}", path.display())]
    Parquet {
        /// The file.
        path: PathBuf,
        /// What the writer said.
        #[source]
        source: parquet::errors::ParquetError,
    },
    /// A batch of columns could not be built or written.
    #[error("cannot write the columns of table {table}")]
    Columns {
        /// The table.
        table: &'static str,
        /// What arrow said.
        #[source]
        source: arrow::error::ArrowError,
    },
    /// The truth could not be put into JSON.
    #[error("cannot write the truth as JSON")]
    Json(#[from] serde_json::Error),
}
