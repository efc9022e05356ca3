//! What can go wrong while a run is written, and what to do about it.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use arrow::error::ArrowError;
use parquet::errors::ParquetError;

/// Why a run could not be written, published or read again. The run that was there before is whole in every case.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SinkError {
    /// Another run works in the same folder.
    #[error("{} is locked by another run{}; wait for it to end, or write to another folder with \
        `--out`", path.display(), holder_text(holder.as_deref()))]
    Locked {
        /// The lock file.
        path: PathBuf,
        /// The process that holds it, as it wrote itself down.
        holder: Option<String>,
    },
    /// A day that is not a calendar date.
    #[error("as_of is `{text}`, which must be a calendar date such as 2026-11-24")]
    NotADate {
        /// The text given.
        text: String,
    },
    /// A path that needs a folder where a file stands.
    #[error("cannot {action} {}: a file is in the way; remove it, or choose another folder with \
        `--out`", path.display())]
    FileInTheWay {
        /// What was tried.
        action: &'static str,
        /// The path it was tried on.
        path: PathBuf,
    },
    /// No right to write.
    #[error("cannot {action} {}: permission denied; give this user the right to write there, or choose \
        another folder with `--out`", path.display())]
    PermissionDenied {
        /// What was tried.
        action: &'static str,
        /// The path it was tried on.
        path: PathBuf,
    },
    /// A file system that takes no writes.
    #[error("cannot {action} {}: the file system is read-only; mount it writable, or choose another \
        folder with `--out`", path.display())]
    ReadOnly {
        /// What was tried.
        action: &'static str,
        /// The path it was tried on.
        path: PathBuf,
    },
    /// No room left.
    #[error("cannot {action} {}: the disk or quota is full; free some space and run again, the earlier \
        output is unchanged", path.display())]
    DiskFull {
        /// What was tried.
        action: &'static str,
        /// The path it was tried on.
        path: PathBuf,
    },
    /// Anything else that the system refused.
    #[error("cannot {action} {}: {source}; if it stays so, choose another folder with `--out`", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// The path it was tried on.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// `latest` is something that a user made.
    #[error("{} is not a link, so it was left alone; remove it and the next run will make the \
        link", path.display())]
    LatestIsNoLink {
        /// Where the link should be.
        path: PathBuf,
    },
    /// An amount with more digits than a published money column holds.
    #[error(
        "table `{table}`: column `{column}` holds an amount of {amount}, beyond the 18 digits of a \
        money column; check the prices and quantities of the sources"
    )]
    MoneyOutOfRange {
        /// Table name.
        table: &'static str,
        /// Column name.
        column: String,
        /// The amount in the currency's main unit.
        amount: String,
    },
    /// The Parquet writer refused a table: a bug, not the data.
    #[error("cannot encode table `{table}` for {}: {source}", path.display())]
    Encode {
        /// Table name.
        table: &'static str,
        /// The file.
        path: PathBuf,
        /// What the writer said.
        source: ParquetError,
    },
    /// A published file that is no readable Parquet file.
    #[error("cannot read the earlier table {}: {source}; remove the folder of that run, or run that \
        night again", path.display())]
    Decode {
        /// The file.
        path: PathBuf,
        /// What the reader said.
        source: ArrowError,
    },
}

fn holder_text(holder: Option<&str>) -> String {
    holder.map_or_else(String::new, |holder| format!(" (process {holder})"))
}

impl SinkError {
    /// The variant that fits what the system said about `path`.
    pub(crate) fn io(action: &'static str, path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            ErrorKind::PermissionDenied => Self::PermissionDenied { action, path },
            ErrorKind::ReadOnlyFilesystem => Self::ReadOnly { action, path },
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::DiskFull { action, path },
            ErrorKind::NotADirectory | ErrorKind::AlreadyExists => Self::FileInTheWay { action, path },
            _ => Self::Io { action, path, source },
        }
    }

    /// The variant that fits what the Parquet writer said; a refusal of the system is dug out of it.
    pub(super) fn encode(table: &'static str, path: &Path, source: ParquetError) -> Self {
        match source {
            ParquetError::External(inner) => match inner.downcast::<io::Error>() {
                Ok(io) => Self::io("write", path, *io),
                Err(inner) => Self::Encode { table, path: path.to_owned(), source: ParquetError::External(inner) },
            },
            source => match os_error(&source.to_string()) {
                Some(io) => Self::io("write", path, io),
                None => Self::Encode { table, path: path.to_owned(), source },
            },
        }
    }
}

/// What the system said, of which the Parquet writer kept the text alone (`... (os error 28)`).
fn os_error(text: &str) -> Option<io::Error> {
    let (_, code) = text.rsplit_once("(os error ")?;
    code.split_once(')')?.0.parse().ok().map(io::Error::from_raw_os_error)
}
