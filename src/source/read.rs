//! Reading a file in batches of the columns that were asked for.

use std::num::NonZeroUsize;
use std::sync::Arc;

use polars::prelude::*;

use super::discover::{Format, InputFile};
use super::error::SourceError;
use super::head::format_hint;
use super::lines::{foreign_line, ragged_line};

/// Standard name and name in the file of each column to read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ColumnMap(pub Vec<(String, String)>);

impl ColumnMap {
    /// Whether a standard name is mapped.
    pub fn has(&self, standard: &str) -> bool {
        self.0.iter().any(|(name, _)| name == standard)
    }

    /// The name in the file, or the standard name when it isn't mapped.
    pub fn in_file<'a>(&'a self, standard: &'a str) -> &'a str {
        self.0.iter().find(|(name, _)| name == standard).map_or(standard, |(_, source)| source)
    }
}

/// Rows in a batch: enough to amortise, small enough to stay bounded.
const BATCH_ROWS: NonZeroUsize = NonZeroUsize::new(1 << 16).expect("not zero");

/// A lazy frame over a file; text formats give text. `header` names the columns of a CSV file.
pub(super) fn scan(file: &InputFile, header: Option<&[String]>) -> PolarsResult<LazyFrame> {
    let path = PlRefPath::try_from_path(&file.path)?;
    match file.format {
        Format::Csv => {
            let reader = LazyCsvReader::new(path)
                .with_separator(file.delimiter)
                .with_infer_schema_length(Some(0))
                .with_glob(false)
                .with_low_memory(true)
                .with_rechunk(false);
            match header {
                Some(names) => {
                    let schema = names.iter().map(|n| Field::new(n.as_str().into(), DataType::String)).collect();
                    reader.with_schema(Some(Arc::new(schema))).finish()
                }
                None => reader.finish(),
            }
        }
        Format::Parquet => {
            LazyFrame::scan_parquet(path, ScanArgsParquet { glob: false, low_memory: true, ..Default::default() })
        }
        Format::JsonLines => LazyJsonLineReader::new(path).with_infer_schema_length(None).finish(),
        Format::ArrowIpc => LazyFrame::scan_ipc(path, IpcScanOptions::default(), UnifiedScanArgs::default()),
    }
}

/// Feeds the rows of a file, in file order, to `take` in batches whose columns bear the standard names.
///
/// # Errors
/// When the file can't be read to its end; a ragged CSV line is named. Errors of `take` pass through.
pub fn batches<E: From<SourceError>>(
    table: &str,
    file: &InputFile,
    header: &[String],
    columns: &ColumnMap,
    mut take: impl FnMut(DataFrame) -> Result<(), E>,
) -> Result<(), E> {
    let fail = |error: PolarsError| E::from(read_error(table, file, &error));
    let selected = columns.0.iter().map(|(standard, source)| col(source.as_str()).alias(standard.as_str()));
    let frame = scan(file, Some(header)).map_err(fail)?.select(selected.collect::<Vec<_>>());
    let batches = frame.collect_batches(Engine::Streaming, true, Some(BATCH_ROWS), false).map_err(fail)?;
    for batch in batches {
        take(batch.map_err(fail)?)?;
    }
    Ok(())
}

fn read_error(table: &str, file: &InputFile, error: &PolarsError) -> SourceError {
    let ragged = (file.format == Format::Csv).then(|| ragged_line(file)).flatten();
    match ragged {
        Some((line, found, expected)) => {
            SourceError::RaggedLine { table: table.to_owned(), file: file.shown.clone(), line, found, expected }
        }
        None => {
            let foreign = (file.format == Format::Csv).then(|| foreign_line(file)).flatten();
            let reason = foreign.map_or_else(|| error.to_string(), |line| format!("line {line} is not UTF-8 text"));
            SourceError::unreadable(&file.shown, reason, format_hint(file.format))
        }
    }
}
