//! Records of delimited text to columns of text; rows that are not of the table's shape are set apart.

use std::io;

use polars::prelude::*;

use super::batch::{Batch, Lines, Malformed, MalformedRow};
use super::text::{Piece, checked};

/// Most characters kept of a row that is set apart.
const KEPT: usize = 200;

/// Which fields of a record become columns.
#[derive(Debug, Clone)]
pub(super) struct Fields {
    /// Field separator.
    pub(super) delimiter: u8,
    /// Fields of every record.
    pub(super) expected: usize,
    /// Name of each column with the position of its field, from 0.
    pub(super) wanted: Vec<(String, usize)>,
}

/// Columns under construction.
struct Columns<'a> {
    fields: &'a Fields,
    has_nul: bool,
    builders: Vec<StringChunkedBuilder>,
    lines: Lines,
    malformed: Vec<MalformedRow>,
}

impl<'a> Columns<'a> {
    fn new(fields: &'a Fields, text: &str) -> Self {
        let rows = text.len() / 48;
        let has_nul = memchr::memchr(0, text.as_bytes()).is_some();
        let builders = fields.wanted.iter().map(|(name, _)| StringChunkedBuilder::new(name.as_str().into(), rows));
        Self { fields, has_nul, builders: builders.collect(), lines: Lines::default(), malformed: Vec::new() }
    }

    /// Takes the fields of a record, or sets it apart.
    fn push<'t>(&mut self, line: u64, found: usize, record: &str, field: impl Fn(usize) -> &'t str) {
        if found != self.fields.expected || (self.has_nul && record.contains('\0')) {
            let fault = if found == self.fields.expected {
                Malformed::Nul
            } else {
                Malformed::Ragged { found, expected: self.fields.expected }
            };
            let text = record.trim_end_matches(['\n', '\r']).chars().take(KEPT).collect();
            self.malformed.push(MalformedRow { line, fault, text });
            return;
        }
        self.lines.push(line);
        for (builder, (_, at)) in self.builders.iter_mut().zip(&self.fields.wanted) {
            match field(*at) {
                "" => builder.append_null(),
                text => builder.append_value(text),
            }
        }
    }

    fn finish(self) -> PolarsResult<Batch> {
        let columns = self.builders.into_iter().map(|b| b.finish().into_series().into_column()).collect();
        let frame = DataFrame::new(self.lines.len(), columns)?;
        Ok(Batch { frame, lines: self.lines, malformed: self.malformed })
    }
}

/// Splits the records of a piece. Blank lines are no records; an empty field is null.
///
/// # Errors
/// When the piece is not UTF-8.
pub(super) fn split(piece: &Piece, fields: &Fields) -> io::Result<Batch> {
    let text = checked(piece)?;
    let mut columns = Columns::new(fields, text);
    if piece.is_quoted {
        split_quoted(piece, text, &mut columns);
    } else {
        split_plain(piece.line, text, &mut columns);
    }
    columns.finish().map_err(io::Error::other)
}

fn split_plain(first_line: u64, text: &str, columns: &mut Columns<'_>) {
    let delimiter = columns.fields.delimiter;
    let bytes = text.as_bytes();
    let mut ends: Vec<usize> = Vec::with_capacity(columns.fields.expected + 1);
    let (mut line, mut start) = (first_line, 0);
    let mut finish = |line: u64, start: usize, end: usize, ends: &mut Vec<usize>| {
        let end = if end > start && bytes[end - 1] == b'\r' { end - 1 } else { end };
        if end > start {
            ends.push(end);
            columns.push(line, ends.len(), &text[start..end], |at| {
                let from = if at == 0 { start } else { ends[at - 1] + 1 };
                &text[from..ends[at]]
            });
        }
        ends.clear();
    };
    for at in memchr::memchr2_iter(delimiter, b'\n', bytes) {
        if bytes[at] == delimiter {
            ends.push(at);
        } else {
            finish(line, start, at, &mut ends);
            start = at + 1;
            line += 1;
        }
    }
    finish(line, start, bytes.len(), &mut ends);
}

/// A CSV reader that yields the header as a plain record and doesn't mind ragged lines.
pub(super) fn csv_records(text: &str, delimiter: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes())
}

fn split_quoted(piece: &Piece, text: &str, columns: &mut Columns<'_>) {
    let mut reader = csv_records(text, columns.fields.delimiter);
    let mut record = csv::StringRecord::new();
    let (mut line, mut from) = (piece.line, 0);
    // text in memory that was checked: reading it can't fail
    while reader.read_record(&mut record).is_ok_and(|more| more) {
        let to = reader.position().byte() as usize;
        let whole = &text[from..to];
        let before = whole.len() - whole.trim_start_matches(['\n', '\r']).len();
        line += newlines(&whole[..before]);
        columns.push(line, record.len(), &whole[before..], |at| record.get(at).unwrap_or_default());
        line += newlines(&whole[before..]);
        from = to;
    }
}

fn newlines(text: &str) -> u64 {
    memchr::memchr_iter(b'\n', text.as_bytes()).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(text: &str, is_quoted: bool) -> Batch {
        let fields = Fields { delimiter: b',', expected: 3, wanted: vec![("id".into(), 0), ("note".into(), 2)] };
        split(&Piece { bytes: text.as_bytes().to_vec(), line: 2, offset: 0, is_quoted }, &fields).unwrap()
    }

    fn rows(batch: &Batch) -> Vec<(u64, Option<String>, Option<String>)> {
        let cell =
            |name: &str, row: usize| batch.frame.column(name).unwrap().str().unwrap().get(row).map(str::to_owned);
        (0..batch.frame.height()).map(|row| (batch.lines.of(row), cell("id", row), cell("note", row))).collect()
    }

    #[test]
    fn both_ways_of_splitting_agree() {
        let text = "1,a,x\r\n\r\n2,b\n3,c,\n\n4,d,y,z\n5,e,w";
        for is_quoted in [false, true] {
            let batch = batch(text, is_quoted);
            let some = |text: &str| Some(text.to_owned());
            let expected = [(2, some("1"), some("x")), (5, some("3"), None), (8, some("5"), some("w"))];
            assert_eq!(rows(&batch), expected, "{is_quoted}");
            let ragged = batch.malformed.iter().map(|m| (m.line, m.text.as_str())).collect::<Vec<_>>();
            assert_eq!(ragged, [(4, "2,b"), (7, "4,d,y,z")], "{is_quoted}");
        }
    }

    #[test]
    fn quoted_fields_hold_separators_quotes_and_line_ends() {
        let batch = batch("1,a,\"x, \"\"y\"\"\nz\"\n2,b,c\n", true);
        let expected = [(2, Some("1".into()), Some("x, \"y\"\nz".into())), (4, Some("2".into()), Some("c".into()))];
        assert_eq!(rows(&batch), expected);
    }

    #[test]
    fn a_row_with_a_nul_is_set_apart() {
        let batch = batch("1,a\0,x\n2,b,y\n", false);
        assert_eq!(batch.malformed[0].fault, Malformed::Nul);
        assert_eq!(batch.frame.height(), 1);
    }
}
