//! Physical lines of CSV rows, for messages and the quarantine.

use super::decode::{csv_records, open_decoded};
use super::discover::{Format, InputFile};
use super::error::SourceError;

/// The physical line (header = 1) of each of the given data rows (from 0, ascending) of a text file; for other
/// formats the data row counted from 1.
///
/// # Errors
/// When the file can't be read again.
pub fn physical_lines(file: &InputFile, rows: &[u64]) -> Result<Vec<u64>, SourceError> {
    match file.format {
        Format::Parquet | Format::ArrowIpc => Ok(rows.iter().map(|row| row + 1).collect()),
        Format::JsonLines => Ok(rows.iter().map(|row| row + 1).collect()),
        Format::Csv => csv_lines(file, rows),
    }
}

fn csv_lines(file: &InputFile, rows: &[u64]) -> Result<Vec<u64>, SourceError> {
    let fail = |e: &dyn std::fmt::Display| SourceError::unreadable(&file.shown, e, "is it being written right now?");
    let input = open_decoded(&file.path).map_err(|e| fail(&e))?;
    let mut reader = csv_records(input, file.delimiter);
    let mut record = csv::ByteRecord::new();
    let mut lines = Vec::with_capacity(rows.len());
    let mut record_number = 0_u64;
    while lines.len() < rows.len() && reader.read_byte_record(&mut record).map_err(|e| fail(&e))? {
        if record_number == rows[lines.len()] + 1 {
            lines.push(record.position().map_or(record_number + 1, csv::Position::line));
        }
        record_number += 1;
    }
    lines.resize(rows.len(), 0);
    Ok(lines)
}

/// The first line with another number of fields than the header: its physical line, its fields, the header's.
pub(super) fn ragged_line(file: &InputFile) -> Option<(u64, usize, usize)> {
    let mut reader = csv_records(open_decoded(&file.path).ok()?, file.delimiter);
    let mut record = csv::ByteRecord::new();
    let mut expected = None;
    while reader.read_byte_record(&mut record).ok()? {
        let expected = *expected.get_or_insert(record.len());
        if record.len() != expected {
            return Some((record.position().map_or(0, csv::Position::line), record.len(), expected));
        }
    }
    None
}
