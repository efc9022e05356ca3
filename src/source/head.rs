//! The names and types of a file's columns, without reading its rows.

use polars::prelude::*;

use super::decode::open_text;
use super::discover::{Format, InputFile};
use super::error::{SourceError, guarded};
use super::first_values::{Extent, Sample};
use super::json;
use super::layout::{TextLayout, text_layout};
use super::made::Made;
use super::options::SourceOptions;
use super::read::scan;
use super::split::csv_records;
use super::text::{Piece, Pieces, checked};
use super::workbook::Sheet;

/// Columns that a file may have: more is no table.
const MOST_COLUMNS: usize = 16_384;

/// Most columns that a message lists.
const LISTED: usize = 40;

/// The columns of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Head {
    /// Name and type in file order; text formats are all text.
    pub columns: Vec<(String, DataType)>,
    /// How its records are written, for delimited text.
    pub layout: Option<TextLayout>,
    /// The row that names the columns, for sheets.
    pub header_row: Option<usize>,
    /// What was taken as plausible in reading it, for the run's report.
    pub notes: Vec<String>,
    /// First distinct values of each column, for sheets: a workbook is not opened again to look at them.
    pub first_values: Vec<Vec<Sample>>,
}

impl Head {
    /// The names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|(name, _)| name.as_str())
    }

    /// The position of a column, from 0: by its name, or `#3` for the third.
    pub fn position(&self, name: &str) -> Option<usize> {
        let by_name = self.columns.iter().position(|(n, _)| n == name);
        let by_place = || name.strip_prefix('#')?.parse::<usize>().ok()?.checked_sub(1);
        by_name.or_else(|| by_place().filter(|at| *at < self.columns.len()))
    }

    /// Another column of the same name behind the first, by their positions from 0.
    pub fn duplicate(&self, name: &str) -> Option<(usize, usize)> {
        let mut found = self.columns.iter().enumerate().filter(|(_, (n, _))| n == name).map(|(at, _)| at);
        Some((found.next()?, found.next()?))
    }

    /// The line or sheet row of the header.
    pub fn line(&self) -> u64 {
        let of_sheet = self.header_row.map(|row| row as u64);
        self.layout.map(|layout| layout.header_line).or(of_sheet).unwrap_or(1)
    }

    /// Type of a column; one that is made is text.
    pub fn data_type(&self, name: &str) -> Option<&DataType> {
        let made = Made::of(name, self).map(|_| &DataType::String);
        self.position(name).map(|at| &self.columns[at].1).or(made)
    }

    /// The names in a line, for messages.
    pub fn listed(&self) -> String {
        let more = self.columns.len().saturating_sub(LISTED);
        let names = self.names().take(LISTED).collect::<Vec<_>>().join(", ");
        if more == 0 { names } else { format!("{names} and {more} more") }
    }
}

/// Reads the head of a file.
///
/// # Errors
/// When the file can't be opened, isn't of its format, or its layout is in doubt.
pub fn head(table: &str, file: &InputFile, options: &SourceOptions) -> Result<Head, SourceError> {
    let fail = |e: &dyn std::fmt::Display| SourceError::unreadable(&file.shown, e, format_hint(file.format));
    let texts = |names: Vec<String>| names.into_iter().map(|name| (name, DataType::String)).collect::<Vec<_>>();
    let plain = |columns| Head { columns, layout: None, header_row: None, notes: Vec::new(), first_values: Vec::new() };
    let head = match file.format {
        Format::Csv => {
            let (layout, notes) = text_layout(table, file, options)?;
            let columns = texts(text_header(table, file, layout)?);
            Head { layout: Some(layout), notes, ..plain(columns) }
        }
        Format::Workbook => {
            let sheet = Sheet::open(table, file, options)?;
            let first_values = sheet.first_values(Extent::BEGINNING.most);
            Head { header_row: options.header_row, first_values, ..plain(texts(sheet.names)) }
        }
        Format::Json | Format::JsonLines => plain(texts(json::names(file).map_err(|e| fail(&e))?)),
        Format::Parquet | Format::ArrowIpc => {
            let schema = guarded(&file.shown, format_hint(file.format), || {
                scan(file).and_then(|mut frame| frame.collect_schema()).map_err(|e| fail(&e))
            })?;
            plain(schema.iter().map(|(name, kind)| (name.to_string(), kind.clone())).collect())
        }
    };
    if head.columns.len() > MOST_COLUMNS {
        let reason = format!("the header names {} columns", head.columns.len());
        return Err(SourceError::unreadable(&file.shown, reason, format_hint(file.format)));
    }
    Ok(head)
}

/// What to do about a file that isn't of its format.
pub(super) fn format_hint(format: Format) -> &'static str {
    match format {
        Format::Csv => "is it a text file, completely written? `delimiter` sets the field separator",
        Format::Parquet => "is it a complete Parquet file? export it again",
        Format::JsonLines => "one JSON object a line is expected",
        Format::Json => "an array of JSON objects is expected, completely written",
        Format::ArrowIpc => "is it a complete Arrow IPC file? export it again",
        Format::Workbook => "does it open in a spreadsheet program?",
    }
}

/// The records of a text file behind its header, and the header; without one, names that are empty.
pub(super) fn open_records(file: &InputFile, layout: TextLayout) -> std::io::Result<(Pieces, Vec<String>)> {
    let mut pieces = Pieces::new(open_text(file, layout.encoding)?, layout.delimiter);
    if layout.header_line == 0 {
        let first = Pieces::new(open_text(file, layout.encoding)?, layout.delimiter).next_record()?;
        let fields = first.map(|record| fields(&record, layout.delimiter)).transpose()?;
        return Ok((pieces, vec![String::new(); fields.map_or(0, |f| f.len())]));
    }
    pieces.skip_to(layout.header_line)?;
    let header = pieces.next_record()?.map(|record| fields(&record, layout.delimiter)).transpose()?;
    Ok((pieces, header.unwrap_or_default()))
}

fn text_header(table: &str, file: &InputFile, layout: TextLayout) -> Result<Vec<String>, SourceError> {
    let (_, names) = open_records(file, layout).map_err(|e| SourceError::of_text(table, file, &e))?;
    if names.is_empty() {
        return Err(SourceError::Empty { file: file.shown.clone() });
    }
    Ok(names)
}

/// The fields of one record, without outer blanks.
fn fields(record: &Piece, delimiter: u8) -> std::io::Result<Vec<String>> {
    let text = checked(record)?;
    let mut reader = csv_records(text, delimiter);
    let mut found = csv::StringRecord::new();
    reader.read_record(&mut found).map_err(std::io::Error::other)?;
    Ok(found.iter().map(|field| field.trim().to_owned()).collect())
}
