//! Why a run ends without a result.

use crate::clean::CleanError;
use crate::sink::SinkError;
use crate::source::SourceError;
use crate::stage::StageError;
use crate::table::TableError;

/// Why a run ends without a result.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// The pipeline file can't be read.
    #[error("{path}: {source}\n  hint: name the pipeline file, such as pipelines/shop.toml")]
    PipelineFile {
        /// As named.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The pipeline file is wrong; the text shows every place.
    #[error("{report}")]
    Pipeline {
        /// All diagnostics, rendered.
        report: String,
        /// How many there are.
        count: usize,
    },
    /// Sources can't be read or break their contract.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Sources(Vec<SourceError>),
    /// Columns of sources could be read in two ways, or in none.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Unsettled(Vec<CleanError>),
    /// Cleaning stopped.
    #[error(transparent)]
    Clean(#[from] CleanError),
    /// An analysis failed.
    #[error("{analysis}: {source}")]
    Stage {
        /// Which.
        analysis: &'static str,
        /// Why.
        source: StageError,
    },
    /// Rows or money are unaccounted for.
    #[error(
        "the run does not balance, nothing was published:\n{0}\n  hint: this is a bug in acrm; please report it with the pipeline file"
    )]
    Unbalanced(String),
    /// A guard of the pipeline file failed.
    #[error("a guard failed, nothing was published:\n{0}\n  hint: look at the sources, or change [[checks]]")]
    Guard(String),
    /// The output can't be written.
    #[error(transparent)]
    Sink(#[from] SinkError),
    /// No accepted transaction gives a day to count from.
    #[error("no transaction was accepted, so there is no day to report on\n{0}")]
    NothingAccepted(String),
    /// Nothing says which day is the last observed.
    #[error(
        "{path}: without transactions, nothing says which day is the last observed\n  hint: set as_of = \"2024-12-31\" in [pipeline], or give --as-of"
    )]
    NoDay {
        /// The pipeline file.
        path: String,
    },
    /// An own table breaks its contract.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The number of threads can't be set.
    #[error("{0}")]
    Threads(String),
}

impl EngineError {
    /// The exit code of the command.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::PipelineFile { .. } | Self::Pipeline { .. } | Self::NoDay { .. } | Self::Threads(_) => 2,
            Self::Sources(_) | Self::Unsettled(_) => 3,
            Self::Clean(error) if !matches!(error, CleanError::Scratch(_)) => 3,
            Self::NothingAccepted(_) => 3,
            Self::Stage { source: StageError::Data(_), .. } => 3,
            Self::Stage { source: StageError::Rule { .. } | StageError::Asked(_), .. } => 2,
            Self::Guard(_) => 4,
            Self::Sink(SinkError::Locked { .. }) => 5,
            Self::Clean(_) | Self::Stage { .. } | Self::Unbalanced(_) | Self::Sink(_) | Self::Table(_) => 1,
        }
    }
}
