//! The names and types of a file's columns, without reading its rows.

use polars::prelude::*;

use super::decode::{csv_records, open_decoded};
use super::discover::{Format, InputFile};
use super::error::SourceError;
use super::read::scan;

/// The columns of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Head {
    /// Name and type in file order; text formats are all text.
    pub columns: Vec<(String, DataType)>,
}

impl Head {
    /// The names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|(name, _)| name.as_str())
    }

    /// Type of a column.
    pub fn data_type(&self, name: &str) -> Option<&DataType> {
        self.columns.iter().find(|(n, _)| n == name).map(|(_, t)| t)
    }
}

/// Reads the head of a file.
///
/// # Errors
/// When the file can't be opened, isn't of its format, or names a column twice.
pub fn head(file: &InputFile) -> Result<Head, SourceError> {
    let columns = match file.format {
        Format::Csv => csv_header(file)?.into_iter().map(|name| (name, DataType::String)).collect::<Vec<_>>(),
        _ => {
            let schema = scan(file, None).and_then(|mut frame| frame.collect_schema());
            let schema = schema.map_err(|e| SourceError::unreadable(&file.shown, e, format_hint(file.format)))?;
            schema.iter().map(|(name, kind)| (name.to_string(), kind.clone())).collect()
        }
    };
    for (second, (name, _)) in columns.iter().enumerate() {
        if let Some(first) = columns[..second].iter().position(|(n, _)| n == name) {
            let column = name.clone();
            return Err(SourceError::DuplicateColumn {
                file: file.shown.clone(),
                column,
                first: first + 1,
                second: second + 1,
            });
        }
    }
    Ok(Head { columns })
}

/// What to do about a file that isn't of its format.
pub(super) fn format_hint(format: Format) -> &'static str {
    match format {
        Format::Csv => "is it UTF-8 text, completely written? `delimiter` sets the field separator",
        Format::Parquet => "is it a complete Parquet file? export it again",
        Format::JsonLines => "one JSON object a line is expected",
        Format::ArrowIpc => "is it a complete Arrow IPC file? export it again",
    }
}

fn csv_header(file: &InputFile) -> Result<Vec<String>, SourceError> {
    let fail = |e: &dyn std::fmt::Display| SourceError::unreadable(&file.shown, e, format_hint(Format::Csv));
    let input = open_decoded(&file.path).map_err(|e| fail(&e))?;
    let mut record = csv::ByteRecord::new();
    if !csv_records(input, file.delimiter).read_byte_record(&mut record).map_err(|e| fail(&e))? {
        return Err(SourceError::Empty { file: file.shown.clone() });
    }
    let names = record.iter().enumerate().map(|(position, raw)| {
        let raw = if position == 0 { raw.strip_prefix(b"\xef\xbb\xbf").unwrap_or(raw) } else { raw };
        std::str::from_utf8(raw).map(|name| name.trim_end_matches('\r').to_owned())
    });
    names.collect::<Result<Vec<_>, _>>().map_err(|_| fail(&"line 1 is not UTF-8 text"))
}
