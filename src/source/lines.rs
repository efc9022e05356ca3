//! Physical lines of CSV rows, for messages and the quarantine.

use std::io::BufRead;

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

/// A row begins on a line where no quote is open, and a blank line is a row, as polars has it.
fn csv_lines(file: &InputFile, rows: &[u64]) -> Result<Vec<u64>, SourceError> {
    let fail = |e: std::io::Error| SourceError::unreadable(&file.shown, e, "is it being written right now?");
    let mut input = open_decoded(&file.path).map_err(fail)?;
    let mut lines = Vec::with_capacity(rows.len());
    let (mut line, mut start, mut row, mut is_open) = (0, 0, None, false);
    let mut text = Vec::new();
    while lines.len() < rows.len() && input.read_until(b'\n', &mut text).map_err(fail)? > 0 {
        line += 1;
        start = if is_open { start } else { line };
        is_open ^= text.iter().filter(|byte| **byte == b'"').count() % 2 == 1;
        text.clear();
        if is_open {
            continue;
        }
        if row == Some(rows[lines.len()]) {
            lines.push(start);
        }
        row = row.map_or(Some(0), |row| Some(row + 1));
    }
    // a quote that is never closed: its row ends with the file
    lines.resize(rows.len(), start);
    Ok(lines)
}

/// The first line that is not UTF-8 text.
pub(super) fn foreign_line(file: &InputFile) -> Option<u64> {
    let mut input = open_decoded(&file.path).ok()?;
    let mut text = Vec::new();
    let mut line = 0;
    while input.read_until(b'\n', &mut text).ok()? > 0 {
        line += 1;
        if std::str::from_utf8(&text).is_err() {
            return Some(line);
        }
        text.clear();
    }
    None
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_lines_and_quoted_line_breaks_count() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        std::fs::write(&path, "id,note\n1,a\n\n2,\"b \"\"q\"\"\nc\"\r\n\n3,d\n4,\"open\n5,e").unwrap();
        let file = InputFile { path, shown: "a.csv".into(), format: Format::Csv, delimiter: b',', bytes: 1 };
        let lines = physical_lines(&file, &[0, 1, 2, 3, 4, 5]).unwrap();
        assert_eq!(lines, [2, 3, 4, 6, 7, 8]);
    }

    #[test]
    fn the_first_foreign_line_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        std::fs::write(&path, b"id\nplain\nM\xc3\xbcller\nM\xfcller\n").unwrap();
        let file = InputFile { path, shown: "a.csv".into(), format: Format::Csv, delimiter: b',', bytes: 1 };
        assert_eq!(foreign_line(&file), Some(4));
    }
}
