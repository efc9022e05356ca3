//! Reading a file in batches of the columns that were asked for.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};

use polars::prelude::*;

use super::batch::{Batch, Lines};
use super::discover::{Format, InputFile};
use super::error::{SourceError, guarded};
use super::head::{Head, format_hint, open_records};
use super::ipc_bounds;
use super::json;
use super::layout::TextLayout;
use super::made;
use super::options::SourceOptions;
use super::page_bounds;
use super::split::{Fields, split};
use super::workbook::Sheet;

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

/// A file with its head and the columns to read of it.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// The file.
    pub file: InputFile,
    /// Its columns.
    pub head: Head,
    /// Those to read.
    pub columns: ColumnMap,
}

/// Rows in a batch: enough to amortise, small enough to stay bounded.
const BATCH_ROWS: NonZeroUsize = NonZeroUsize::new(1 << 16).expect("not zero");

/// Pieces of text that may wait to be taken, split by other threads meanwhile.
const PIECES_AHEAD: usize = 6;

/// A lazy frame over a file with types of its own.
pub(super) fn scan(file: &InputFile) -> PolarsResult<LazyFrame> {
    let path = PlRefPath::try_from_path(&file.path)?;
    match file.format {
        Format::ArrowIpc => {
            ipc_bounds::check(&file.path)?;
            LazyFrame::scan_ipc(path, IpcScanOptions::default(), UnifiedScanArgs::default())
        }
        _ => {
            page_bounds::check(&file.path)?;
            LazyFrame::scan_parquet(path, ScanArgsParquet { glob: false, low_memory: true, ..Default::default() })
        }
    }
}

/// Feeds the rows of a file, in file order, to `take` in batches whose columns bear the standard names.
///
/// # Errors
/// When the file can't be read to its end, or changes while it is read. Errors of `take` pass through.
pub fn batches<E: From<SourceError>>(
    table: &str,
    source: &SourceFile,
    mut take: impl FnMut(Batch) -> Result<(), E>,
) -> Result<(), E> {
    let (made, columns) = made::apart(&source.columns, &source.head);
    if made.is_empty() {
        return read_batches(table, source, &mut take);
    }
    let read = SourceFile { columns, ..source.clone() };
    read_batches(table, &read, &mut |batch| take(made::add(batch, &made, &source.file.shown)?))
}

/// [`batches`] of columns that the file holds.
fn read_batches<E: From<SourceError>>(
    table: &str,
    source: &SourceFile,
    take: &mut impl FnMut(Batch) -> Result<(), E>,
) -> Result<(), E> {
    let SourceFile { file, head, columns } = source;
    match file.format {
        Format::Csv => match head.layout {
            Some(layout) => text_batches(table, source, layout, take)?,
            None => return Err(SourceError::unreadable(&file.shown, "its layout is not known", "").into()),
        },
        Format::Json | Format::JsonLines => {
            let mut failed = None;
            let read = json::batches(file, &columns.0, |batch| {
                take(batch).map_err(|error| {
                    failed = Some(error);
                    std::io::Error::other("stopped")
                })
            });
            if let Some(error) = failed {
                return Err(error);
            }
            read.map_err(|e| SourceError::unreadable(&file.shown, e, format_hint(file.format)))?;
        }
        Format::Workbook => {
            let options = SourceOptions { header_row: head.header_row, ..SourceOptions::default() };
            let sheet = Sheet::open(table, file, &options)?;
            let batch = sheet.batch(&positions(head, columns));
            take(batch.map_err(|e| SourceError::unreadable(&file.shown, e, format_hint(file.format)))?)?;
        }
        Format::Parquet | Format::ArrowIpc => typed_batches(source, take)?,
    }
    unchanged(file).map_err(E::from)
}

/// Feeds batches to `take` as [`batches`] does, until it says that it has enough; whether the file was read to its end.
///
/// # Errors
/// Those of [`batches`].
pub fn first_batches(
    table: &str,
    source: &SourceFile,
    mut take: impl FnMut(Batch) -> Result<bool, SourceError>,
) -> Result<bool, SourceError> {
    enum Stop {
        Enough,
        Failed(SourceError),
    }
    impl From<SourceError> for Stop {
        fn from(error: SourceError) -> Self {
            Self::Failed(error)
        }
    }
    match batches(table, source, |batch| if take(batch)? { Err(Stop::Enough) } else { Ok(()) }) {
        Ok(()) => Ok(true),
        Err(Stop::Enough) => Ok(false),
        Err(Stop::Failed(error)) => Err(error),
    }
}

fn positions(head: &Head, columns: &ColumnMap) -> Vec<(String, usize)> {
    let at = |(standard, name): &(String, String)| Some((standard.clone(), head.position(name)?));
    columns.0.iter().filter_map(at).collect()
}

fn typed_batches<E: From<SourceError>>(
    source: &SourceFile,
    take: &mut impl FnMut(Batch) -> Result<(), E>,
) -> Result<(), E> {
    let SourceFile { file, head, columns } = source;
    let fail = |error: PolarsError| SourceError::unreadable(&file.shown, error, format_hint(file.format));
    let selected = columns.0.iter().map(|(standard, name)| {
        let name = head.position(name).map_or(name.as_str(), |at| head.columns[at].0.as_str());
        col(name).alias(standard.as_str())
    });
    let selected = selected.collect::<Vec<_>>();
    let hint = format_hint(file.format);
    let mut batches = guarded(&file.shown, hint, || {
        let frame = scan(file).map_err(fail)?.select(selected);
        frame.collect_batches(Engine::Streaming, true, Some(BATCH_ROWS), false).map_err(fail)
    })?;
    let mut first = 1;
    let mut next = || {
        let frame = batches.next().transpose()?;
        frame.map(within_calendar).transpose()
    };
    while let Some(frame) = guarded(&file.shown, hint, || next().map_err(fail))? {
        let rows = frame.height();
        take(Batch { frame, lines: Lines::Straight { first, rows }, malformed: Vec::new() })?;
        first += rows as u64;
    }
    Ok(())
}

/// First and last day of the calendar, the years 0 to 9999; days since 1970-01-01.
const CALENDAR_DAYS: (i64, i64) = (-719_528, 2_932_896);

/// The frame with empty cells for days and moments beyond the calendar: polars can't write them as text.
fn within_calendar(mut frame: DataFrame) -> PolarsResult<DataFrame> {
    let (first, last) = CALENDAR_DAYS;
    let units_a_day = |kind: &DataType| match kind {
        DataType::Date => Some(1),
        DataType::Datetime(TimeUnit::Milliseconds, _) => Some(86_400_000),
        DataType::Datetime(TimeUnit::Microseconds, _) => Some(86_400_000_000),
        DataType::Datetime(TimeUnit::Nanoseconds, _) => Some(86_400_000_000_000),
        _ => None,
    };
    for at in 0..frame.width() {
        let Some(column) = frame.select_at_idx(at) else { continue };
        let Some(unit) = units_a_day(column.dtype()) else { continue };
        let series = column.as_materialized_series();
        let numbers = series.to_physical_repr().cast(&DataType::Int64)?;
        let numbers = numbers.i64()?;
        let (first, last) = (first.saturating_mul(unit), (last + 1).saturating_mul(unit));
        let is_in = |value: i64| value >= first && value < last;
        if numbers.min().is_none_or(is_in) && numbers.max().is_none_or(is_in) {
            continue;
        }
        let kept = numbers.iter().map(|value| Some(value.is_some_and(is_in))).collect::<BooleanChunked>();
        let empty = Series::full_null(series.name().clone(), series.len(), series.dtype());
        let series = series.zip_with(&kept, &empty)?;
        frame.replace_column(at, series.into_column())?;
    }
    Ok(frame)
}

/// One thread cuts the text into pieces, others split them, this one takes them in their order.
fn text_batches<E: From<SourceError>>(
    table: &str,
    source: &SourceFile,
    layout: TextLayout,
    take: &mut impl FnMut(Batch) -> Result<(), E>,
) -> Result<(), E> {
    let SourceFile { file, head, columns } = source;
    let fail = |e: std::io::Error| SourceError::of_text(table, file, &e);
    let (mut pieces, _) = open_records(file, layout).map_err(fail)?;
    let fields = Fields { delimiter: layout.delimiter, expected: head.columns.len(), wanted: positions(head, columns) };
    let fields = Arc::new(fields);
    std::thread::scope(|threads| {
        let (send, pending) = sync_channel::<Receiver<std::io::Result<Batch>>>(PIECES_AHEAD);
        threads.spawn(move || {
            loop {
                let piece = pieces.next_piece();
                let (done, split_piece) = sync_channel(1);
                if send.send(split_piece).is_err() {
                    return;
                }
                let fields = Arc::clone(&fields);
                // whoever no longer listens has stopped for a reason of its own
                match piece {
                    Ok(Some(piece)) => rayon::spawn(move || drop(done.send(split(&piece, &fields)))),
                    Ok(None) => return,
                    Err(error) => return drop(done.send(Err(error))),
                }
            }
        });
        for piece in pending {
            // a sender that was dropped without a word is the end of the file
            let Ok(batch) = piece.recv() else { break };
            take(batch.map_err(fail)?)?;
        }
        Ok(())
    })
}

/// A file that grew or shrank while it was read is still being written.
fn unchanged(file: &InputFile) -> Result<(), SourceError> {
    let hint = "let the export finish before the run, or write it under another name and rename it";
    let now = std::fs::metadata(&file.path).map_err(|e| SourceError::unreadable(&file.shown, e, hint))?.len();
    if now == file.bytes {
        return Ok(());
    }
    let reason = format!("it changed while it was read, from {} to {now} bytes", file.bytes);
    Err(SourceError::unreadable(&file.shown, reason, hint))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_beyond_the_calendar_are_empty() {
        let days = Series::new("d".into(), [0, i32::MAX, 19_000]).cast(&DataType::Date).unwrap();
        let frame = DataFrame::new(3, vec![days.into_column()]).unwrap();
        let days = within_calendar(frame).unwrap().column("d").unwrap().clone();
        assert_eq!(days.null_count(), 1);
        assert_eq!(days.get(2).unwrap().to_string(), "2022-01-08");
    }
}
