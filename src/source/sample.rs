//! The first rows of a file of which nothing is known, for proposing a pipeline.

use std::path::Path;

use calamine::{Reader, SheetVisible};
use polars::prelude::*;

use crate::notation::Verdict;
use crate::notation::encoding;
use crate::notation::table_text::{self, Header};
use crate::survey::{EncodingGuess, FileSample, SampleColumn, SampleFormat, SampleKind};

use super::decode::head_bytes;
use super::discover::{Format, InputFile, format_of_name};
use super::error::{SourceError, guarded};
use super::head::head;
use super::layout::decoded;
use super::options::{PathList, SourceOptions};
use super::read::{ColumnMap, SourceFile, first_batches};
use super::workbook::{date_columns, open, range_of, title_rows};

/// Rows that are looked at.
const ROWS: usize = 5_000;

/// Looks at the first rows of a file. `shown` is the path as the pipeline file is to name it.
///
/// # Errors
/// When the file can't be read at all, or is of a format that is not known.
pub fn sample(path: &Path, shown: &str) -> Result<FileSample, SourceError> {
    let format = format_of_name(shown)
        .ok_or_else(|| SourceError::UnknownFormat { table: "NAME".into(), file: shown.to_owned() })?;
    let file = InputFile::local(path.to_path_buf(), shown.to_owned(), format)?;
    match format {
        Format::Csv => text_sample(&file),
        Format::Workbook => sheet_sample(&file),
        Format::Json => rows_of(&file, &SourceOptions::default(), SampleFormat::Json),
        Format::JsonLines => rows_of(&file, &SourceOptions::default(), SampleFormat::JsonLines),
        Format::Parquet => rows_of(&file, &SourceOptions::default(), SampleFormat::Parquet),
        Format::ArrowIpc => rows_of(&file, &SourceOptions::default(), SampleFormat::ArrowIpc),
    }
}

fn text_sample(file: &InputFile) -> Result<FileSample, SourceError> {
    let (bytes, whole) = head_bytes(file).map_err(|e| SourceError::of_text("NAME", file, &e))?;
    let found = encoding::detect(&bytes, whole);
    let (encoding, evidence) = match &found.verdict {
        Verdict::Certain(reading) | Verdict::Plausible { chosen: reading, .. } => {
            (Some(reading.notation), reading.evidence.first().map_or(String::new(), |e| e.says.clone()))
        }
        Verdict::Ambiguous(readings) => {
            let names = readings.iter().map(|r| r.notation.name()).collect::<Vec<_>>().join(" or ");
            (readings.first().map(|r| r.notation), format!("could be {names}"))
        }
        Verdict::Conflict(_) | Verdict::Nothing => (None, String::new()),
    };
    let Some(encoding) = encoding else {
        let reason = found.unread.first().map_or("its encoding is not known", |u| u.reason.as_str());
        return Err(SourceError::unreadable(&file.shown, reason, "is it a text file?"));
    };
    let text = decoded(&bytes, encoding);
    let shape = table_text::detect(&text, whole);
    let shape = match &shape.verdict {
        Verdict::Ambiguous(readings) => readings.first().map(|reading| reading.notation.clone()),
        _ => shape.decided().map(|reading| reading.notation.clone()),
    };
    let delimiter = shape.as_ref().and_then(|s| s.delimiter).unwrap_or(',');
    let first_line = text.lines().position(|line| !line.trim().is_empty()).unwrap_or(0) + 1;
    let header_row = match &shape {
        Some(shape) if shape.header == Header::Absent => 0,
        Some(shape) => shape.skipped_lines.max(first_line - 1) + 1,
        None => first_line,
    };
    let guess =
        (encoding != encoding_rs::UTF_8).then(|| EncodingGuess { label: encoding.name().to_lowercase(), evidence });
    let options = SourceOptions {
        encoding: Some(encoding.name().to_owned()),
        delimiter: Some(delimiter),
        header_row: Some(header_row),
        ..SourceOptions::default()
    };
    rows_of(file, &options, SampleFormat::DelimitedText { encoding: guess, delimiter, header_row })
}

fn sheet_sample(file: &InputFile) -> Result<FileSample, SourceError> {
    let mut workbook = open(file)?;
    let visible = workbook.sheets_metadata().iter().filter(|s| s.visible == SheetVisible::Visible);
    let names = visible.map(|s| s.name.clone()).collect::<Vec<_>>();
    let mut filled = Vec::new();
    for name in names {
        let range = guarded(&file.shown, "is it damaged?", || range_of(&mut workbook, file, &name, None))?;
        if !range.is_empty() {
            filled.push((name, title_rows(&range), date_columns(&range)));
        }
    }
    if filled.is_empty() {
        return Err(SourceError::Empty { file: file.shown.clone() });
    }
    let (sheet, header_row, dates) = filled.remove(0);
    let other_sheets = filled.into_iter().map(|(name, ..)| name).collect();
    let options =
        SourceOptions { header_row: Some(header_row), sheet: PathList::One(sheet.clone()), ..SourceOptions::default() };
    let one = InputFile { sheet: Some(sheet.clone()), ..file.clone() };
    let mut sample = rows_of(&one, &options, SampleFormat::Workbook { sheet, other_sheets, header_row })?;
    for (column, is_date) in sample.columns.iter_mut().zip(dates) {
        if is_date {
            column.kind = SampleKind::Instant;
        }
    }
    sample.path.clone_from(&file.shown);
    Ok(sample)
}

fn rows_of(file: &InputFile, options: &SourceOptions, format: SampleFormat) -> Result<FileSample, SourceError> {
    let head = head("NAME", file, options)?;
    let place = |at: usize| format!("#{}", at + 1);
    let places = (0..head.columns.len()).map(|at| (at.to_string(), place(at)));
    let kinds = head.columns.iter().map(|(_, kind)| kind_of(kind));
    let names = head.columns.iter().map(|(name, _)| name.clone());
    let mut columns: Vec<SampleColumn> =
        names.zip(kinds).map(|(name, kind)| SampleColumn { name, kind, cells: Vec::new() }).collect();
    let source = SourceFile { file: file.clone(), columns: ColumnMap(places.collect()), head };
    let mut rows_seen = 0;
    let is_whole = first_batches("NAME", &source, |batch| {
        let taken = batch.frame.height().min(ROWS - rows_seen);
        for (column, cells) in columns.iter_mut().zip(batch.frame.columns()) {
            let texts = cells.as_materialized_series().head(Some(taken)).cast(&DataType::String);
            let texts = texts.map_err(|e| SourceError::unreadable(&file.shown, e, "is it a table?"))?;
            match texts.str() {
                Ok(texts) => column.cells.extend(texts.iter().map(|text| text.map(str::to_owned))),
                Err(_) => column.cells.extend(std::iter::repeat_n(None, taken)),
            }
        }
        rows_seen += taken;
        Ok(rows_seen == ROWS)
    })?;
    Ok(FileSample { path: file.shown.clone(), format, columns, rows_seen, is_whole })
}

fn kind_of(kind: &DataType) -> SampleKind {
    match kind {
        kind if kind.is_integer() => SampleKind::Whole,
        DataType::Float32 | DataType::Float64 | DataType::Decimal(..) => SampleKind::Real,
        DataType::Date => SampleKind::Day,
        DataType::Datetime(..) => SampleKind::Instant,
        DataType::Boolean => SampleKind::Flag,
        _ => SampleKind::Text,
    }
}
