//! Delimited text as pieces of whole records, each with the physical line it begins on.

use std::io::{self, Read};

use crate::notation::encoding::{DecodeError, Fault};

/// Bytes of text in a piece.
const PIECE_BYTES: usize = 1 << 20;

/// Bytes that one record may have; more is a quote that is never closed, or no text file.
const MOST_RECORD_BYTES: usize = 16 << 20;

/// Whole records of a text.
#[derive(Debug)]
pub(super) struct Piece {
    /// The text of the records, line ends included; UTF-8 is not yet checked.
    pub(super) bytes: Vec<u8>,
    /// Physical line of the first record, from 1.
    pub(super) line: u64,
    /// Offset of the first byte in the decoded text.
    pub(super) offset: u64,
    /// Whether any field is in quotes.
    pub(super) is_quoted: bool,
}

/// Cuts a text into pieces of whole records.
pub(super) struct Pieces {
    input: Box<dyn Read + Send>,
    delimiter: u8,
    /// Read, but not yet handed out.
    rest: Vec<u8>,
    line: u64,
    offset: u64,
    ended: bool,
}

impl Pieces {
    /// The records of `input`, whose fields are cut by `delimiter`.
    pub(super) fn new(input: Box<dyn Read + Send>, delimiter: u8) -> Self {
        Self { input, delimiter, rest: Vec::new(), line: 1, offset: 0, ended: false }
    }

    /// Passes over the physical lines before `line`, counted from 1.
    ///
    /// # Errors
    /// When the text can't be read.
    pub(super) fn skip_to(&mut self, line: u64) -> io::Result<()> {
        while self.line < line {
            match memchr::memchr(b'\n', &self.rest) {
                Some(end) => self.hand_out(end + 1, 1),
                None if self.ended => return Ok(()),
                None => {
                    if self.rest.len() > MOST_RECORD_BYTES {
                        return Err(too_long(self.line));
                    }
                    self.refill()?;
                    continue;
                }
            };
        }
        Ok(())
    }

    /// The next record alone.
    ///
    /// # Errors
    /// When the text can't be read, or the record is too long.
    pub(super) fn next_record(&mut self) -> io::Result<Option<Piece>> {
        self.take(1)
    }

    /// The next records, about a megabyte of them.
    ///
    /// # Errors
    /// When the text can't be read, or a record is too long or never ends.
    pub(super) fn next_piece(&mut self) -> io::Result<Option<Piece>> {
        self.take(PIECE_BYTES)
    }

    fn take(&mut self, wanted: usize) -> io::Result<Option<Piece>> {
        loop {
            let scan = self.scan(wanted);
            if let Some(end) = scan.end {
                return Ok(Some(self.piece(end, scan.is_quoted)));
            }
            if self.ended {
                if scan.is_open {
                    return Err(open_quote(self.line + scan.lines_before_quote));
                }
                let all = self.rest.len();
                return Ok((all > 0).then(|| self.piece(all, scan.is_quoted)));
            }
            if self.rest.len() > MOST_RECORD_BYTES + wanted {
                return Err(if scan.is_open {
                    open_quote(self.line + scan.lines_before_quote)
                } else {
                    too_long(self.line)
                });
            }
            self.refill()?;
        }
    }

    fn piece(&mut self, end: usize, is_quoted: bool) -> Piece {
        let (line, offset) = (self.line, self.offset);
        let lines = memchr::memchr_iter(b'\n', &self.rest[..end]).count() as u64;
        Piece { bytes: self.hand_out(end, lines), line, offset, is_quoted }
    }

    fn hand_out(&mut self, end: usize, lines: u64) -> Vec<u8> {
        let behind = self.rest.split_off(end);
        self.line += lines;
        self.offset += end as u64;
        std::mem::replace(&mut self.rest, behind)
    }

    fn refill(&mut self) -> io::Result<()> {
        let filled = self.rest.len();
        let read = self.input.by_ref().take(PIECE_BYTES as u64).read_to_end(&mut self.rest);
        self.ended = read? == 0 && self.rest.len() == filled;
        Ok(())
    }

    /// Looks for the end of a record: the last one that there is, or the first behind `wanted` bytes.
    fn scan(&self, wanted: usize) -> Scan {
        let text = &self.rest[..];
        let mut scan = Scan::default();
        let (mut at, mut last_end) = (0, None);
        // between quotes, a line end is the end of a record
        while let Some(quote) = memchr::memchr(b'"', &text[at..]).map(|found| at + found) {
            if let Some(end) = ends_in(text, at, quote, wanted, &mut last_end) {
                scan.end = Some(end);
                return scan;
            }
            let opens = quote == 0 || matches!(text[quote - 1], b'\n' | b'\r') || text[quote - 1] == self.delimiter;
            if !opens {
                at = quote + 1;
                continue;
            }
            scan.is_quoted = true;
            match closing_quote(text, quote + 1) {
                Some(close) => at = close + 1,
                None => {
                    scan.is_open = true;
                    scan.lines_before_quote = memchr::memchr_iter(b'\n', &text[..quote]).count() as u64;
                    scan.end = last_end.filter(|_| text.len() >= wanted);
                    return scan;
                }
            }
        }
        scan.end = ends_in(text, at, text.len(), wanted, &mut last_end);
        if scan.end.is_none() && text.len() >= wanted {
            scan.end = last_end;
        }
        scan
    }
}

/// What was found of the ends of records.
#[derive(Debug, Default)]
struct Scan {
    end: Option<usize>,
    is_quoted: bool,
    is_open: bool,
    lines_before_quote: u64,
}

/// The first record end between `from` and `to` that has `wanted` bytes before it; the last one goes to `last_end`.
fn ends_in(text: &[u8], from: usize, to: usize, wanted: usize, last_end: &mut Option<usize>) -> Option<usize> {
    if to >= wanted {
        let start = from.max(wanted.saturating_sub(1)).min(to);
        if let Some(end) = memchr::memchr(b'\n', &text[start..to]) {
            return Some(start + end + 1);
        }
    }
    if let Some(end) = memchr::memrchr(b'\n', &text[from..to]) {
        *last_end = Some(from + end + 1);
    }
    None
}

/// Where a quoted field that begins at `from` closes; doubled quotes are part of it.
fn closing_quote(text: &[u8], mut from: usize) -> Option<usize> {
    while let Some(found) = memchr::memchr(b'"', &text[from..]) {
        let quote = from + found;
        if text.get(quote + 1) != Some(&b'"') {
            return Some(quote);
        }
        from = quote + 2;
    }
    None
}

fn open_quote(line: u64) -> io::Error {
    let reason = format!("a quote that opens on line {line} is never closed");
    io::Error::new(io::ErrorKind::InvalidData, reason)
}

fn too_long(line: u64) -> io::Error {
    let most = MOST_RECORD_BYTES >> 20;
    io::Error::new(io::ErrorKind::InvalidData, format!("line {line} is longer than {most} MiB"))
}

/// Checks that a piece is UTF-8.
///
/// # Errors
/// With the line and the offset of the first byte that is not.
pub(super) fn checked(piece: &Piece) -> io::Result<&str> {
    std::str::from_utf8(&piece.bytes).map_err(|error| {
        let at = error.valid_up_to();
        let fault = DecodeError {
            encoding: "UTF-8",
            fault: Fault::Malformed { byte: piece.bytes[at] },
            offset: piece.offset + at as u64,
            line: piece.line + memchr::memchr_iter(b'\n', &piece.bytes[..at]).count() as u64,
        };
        io::Error::new(io::ErrorKind::InvalidData, fault)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(text: &str) -> Vec<(u64, String)> {
        let mut pieces = Pieces::new(Box::new(io::Cursor::new(text.as_bytes().to_vec())), b',');
        let mut found = Vec::new();
        while let Some(piece) = pieces.next_record().unwrap() {
            found.push((piece.line, checked(&piece).unwrap().to_owned()));
        }
        found
    }

    #[test]
    fn records_end_where_no_quote_is_open() {
        let found = records("a,b\n1,\"x\ny\"\"\n\"\n2,5\" pipe\n3,z");
        let expected = [(1, "a,b\n"), (2, "1,\"x\ny\"\"\n\"\n"), (5, "2,5\" pipe\n"), (6, "3,z")];
        assert_eq!(found, expected.map(|(line, text)| (line, text.to_owned())));
    }

    #[test]
    fn pieces_of_a_large_text_put_together_are_the_text() {
        let line = |n: usize| if n % 7 == 0 { format!("{n},\"a\nb, {n}\"\n") } else { format!("{n},plain {n}\n") };
        let text: String = (0..150_000).map(line).collect();
        let mut pieces = Pieces::new(Box::new(io::Cursor::new(text.clone().into_bytes())), b',');
        let (mut whole, mut count) = (Vec::<u8>::new(), 0);
        while let Some(piece) = pieces.next_piece().unwrap() {
            assert_eq!(piece.line as usize, 1 + whole.iter().filter(|b| **b == b'\n').count());
            assert_eq!(piece.offset as usize, whole.len());
            whole.extend(&piece.bytes);
            count += 1;
        }
        assert_eq!(whole, text.as_bytes());
        assert!(count > 2);
    }

    #[test]
    fn a_quote_that_never_closes_is_named_by_its_line() {
        let mut pieces = Pieces::new(Box::new(io::Cursor::new(b"a\n1\n2\n\"open\n3\n".to_vec())), b',');
        let mut outcome = Ok(None);
        for _ in 0..5 {
            outcome = pieces.next_record();
            if outcome.is_err() {
                break;
            }
        }
        assert!(outcome.unwrap_err().to_string().contains("line 4"));
    }

    #[test]
    fn endless_lines_are_refused() {
        let endless = Box::new(io::repeat(b'x'));
        assert!(Pieces::new(endless, b',').next_piece().is_err());
        let endless = Box::new(io::repeat(b'x'));
        assert!(Pieces::new(endless, b',').skip_to(3).is_err());
    }

    #[test]
    fn a_byte_that_is_no_text_is_named() {
        let mut pieces = Pieces::new(Box::new(io::Cursor::new(b"id\nM\xc3\xbcller\nM\xfcller\n".to_vec())), b',');
        let piece = pieces.next_piece().unwrap().unwrap();
        assert!(checked(&piece).unwrap_err().to_string().contains("line 3, byte offset 12"));
    }
}
