//! Workbooks that say they are larger than any workbook: refused before the library makes room for them.

use std::io::{Cursor, Error, ErrorKind, Read, Result, Seek, Write};

use calamine::{CellErrorType, DataRef, Sheets, Xlsx};

/// First bytes of the compound files that `.xls` workbooks are.
const OLE: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

/// Bytes that the parts of a zipped workbook may unpack to.
const MOST_UNPACKED_BYTES: u64 = 4 << 30;

/// Rows and columns of the largest `.xls` sheet.
const XLS_ROWS: u64 = 65_536;
const XLS_COLUMNS: u64 = 256;

/// Cells that the sheets of an `.xls` workbook may span together: each is held in memory as one rectangle.
const MOST_XLS_CELLS: u64 = 1 << 25;

/// Cells that the corners of a sheet may span: it is held in memory as one rectangle.
const MOST_CELLS: u64 = 100_000_000;

/// Records of an `.xls` sheet that hold a cell, its row and column first (MS-XLS 2.4).
const CELL_RECORDS: [u16; 8] = [0x0006, 0x00bd, 0x00d6, 0x00fd, 0x0203, 0x0204, 0x0205, 0x027e];

/// The bytes of a workbook once the sizes that its parts claim are found to be possible. Of an `.xls` only the stream
/// of records is kept, so that what is read is what was checked.
///
/// # Errors
/// When they claim more than a workbook can have, or their chains of sectors run in a circle.
pub(super) fn checked(bytes: Vec<u8>) -> Result<Vec<u8>> {
    if bytes.starts_with(&OLE) {
        return checked_compound(&bytes);
    }
    check_archive(&bytes)?;
    Ok(bytes)
}

fn check_archive(bytes: &[u8]) -> Result<()> {
    let Ok(mut parts) = zip::ZipArchive::new(Cursor::new(bytes)) else { return Ok(()) };
    let mut unpacked = 0_u64;
    for at in 0..parts.len() {
        unpacked = unpacked.saturating_add(parts.by_index_raw(at).map_or(0, |part| part.size()));
    }
    if unpacked > MOST_UNPACKED_BYTES {
        return Err(claim(format!("the workbook unpacks to {} MiB", unpacked >> 20)));
    }
    if let Ok(content) = parts.by_name("content.xml") {
        let mut text = Vec::new();
        content.take(MOST_UNPACKED_BYTES).read_to_end(&mut text)?;
        check_repeats(&text)?;
    }
    Ok(())
}

fn claim(what: String) -> Error {
    Error::new(ErrorKind::InvalidData, what)
}

/// The records of an `.xls` workbook, checked, in a compound file of their own.
fn checked_compound(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut parts = cfb::CompoundFile::open(Cursor::new(bytes))?;
    let is_workbook = |name: &str| ["workbook", "book"].iter().position(|n| name.eq_ignore_ascii_case(n));
    let mut streams = parts.read_root_storage().filter(cfb::Entry::is_stream).collect::<Vec<_>>();
    streams.retain(|entry| is_workbook(entry.name()).is_some());
    streams.sort_by_key(|entry| is_workbook(entry.name()));
    let Some(entry) = streams.first() else {
        let what =
            if parts.exists("/EncryptedPackage") { "it is locked by a password" } else { "there is no workbook in it" };
        return Err(claim(what.to_owned()));
    };
    let mut stream = Vec::new();
    parts.open_stream(entry.path())?.read_to_end(&mut stream)?;
    check_records(&stream)?;
    // readers of workbooks know the older of the two versions best
    let mut kept = cfb::CompoundFile::create_with_version(cfb::Version::V3, Cursor::new(Vec::new()))?;
    kept.create_stream("/Workbook")?.write_all(&stream)?;
    kept.flush()?;
    Ok(kept.into_inner().into_inner())
}

/// Checks the records of a workbook from its beginning and from the beginning of each sheet that it names.
fn check_records(stream: &[u8]) -> Result<()> {
    let mut starts = Vec::new();
    let mut at = 0;
    while let Some((kind, data, next)) = record(stream, at) {
        if kind == 0x0085 && data.len() >= 4 {
            starts.push(u32::from_le_bytes([data[0], data[1], data[2], data[3]]) as usize);
        }
        at = next;
    }
    let mut cells = 0;
    for start in starts {
        let mut span = Span::default();
        let mut at = start;
        while let Some((kind, data, next)) = record(stream, at) {
            span.add(kind, data)?;
            at = next;
        }
        cells += span.cells();
        if cells > MOST_XLS_CELLS {
            return Err(claim(format!("its sheets claim to span {cells} cells")));
        }
    }
    Ok(())
}

/// Rows and columns that the records of an `.xls` sheet reach.
#[derive(Debug, Default)]
struct Span {
    rows: u64,
    columns: u64,
}

impl Span {
    fn add(&mut self, kind: u16, data: &[u8]) -> Result<()> {
        let short = |at: usize| data.get(at..at + 2).map_or(0, |b| u64::from(u16::from_le_bytes([b[0], b[1]])));
        let long =
            |at: usize| data.get(at..at + 4).map_or(0, |b| u64::from(u32::from_le_bytes([b[0], b[1], b[2], b[3]])));
        let (first_row, rows, columns) = match (kind, data.len()) {
            (0x0200, 14 | 16) => (long(0), long(4), short(10)),
            (0x0200, 10) => (short(0), short(2), short(6)),
            (0x00bd, 6..) => (short(0), short(0) + 1, short(2).max(short(data.len() - 2)) + 1),
            (kind, 6..) if CELL_RECORDS.contains(&kind) => (short(0), short(0) + 1, short(2) + 1),
            _ => return Ok(()),
        };
        if rows > XLS_ROWS || columns > XLS_COLUMNS || (rows > 0 && first_row > rows) {
            let what = format!("a sheet says that it has the rows {} to {rows} and {columns} columns", first_row + 1);
            return Err(claim(what));
        }
        (self.rows, self.columns) = (self.rows.max(rows), self.columns.max(columns));
        Ok(())
    }

    fn cells(&self) -> u64 {
        self.rows * self.columns
    }
}

/// The record at a position: its type, its data, and where the next one begins.
fn record(stream: &[u8], at: usize) -> Option<(u16, &[u8], usize)> {
    let head = stream.get(at..at.checked_add(4)?)?;
    let length = usize::from(u16::from_le_bytes([head[2], head[3]]));
    let data = stream.get(at + 4..at + 4 + length)?;
    Some((u16::from_le_bytes([head[0], head[1]]), data, at + 4 + length))
}

/// OpenDocument repeats rows and cells by a number: none can be larger than the largest sheet.
fn check_repeats(content: &[u8]) -> Result<()> {
    const REPEATED: &[u8] = b"-repeated=\"";
    for at in memchr::memmem::find_iter(content, REPEATED) {
        let digits = content[at + REPEATED.len()..].iter().take_while(|b| b.is_ascii_digit()).count();
        let number = &content[at + REPEATED.len()..at + REPEATED.len() + digits];
        let number = std::str::from_utf8(number).ok().and_then(|n| n.parse::<u64>().ok()).unwrap_or(u64::MAX);
        if number > 1 << 20 {
            return Err(claim(format!("a sheet repeats a row or cell {number} times")));
        }
    }
    Ok(())
}

/// Checks how far the cells of a sheet of an open workbook are apart.
///
/// # Errors
/// When one rectangle around them all would be too large.
pub(super) fn check_sheet<R: Read + Seek>(workbook: &mut Sheets<R>, sheet: &str) -> Result<()> {
    let Sheets::Xlsx(workbook) = workbook else { return Ok(()) };
    let Some((rows, columns)) = span(workbook, sheet) else { return Ok(()) };
    if rows * columns > MOST_CELLS {
        let hint = "delete what stands far outside of the table";
        return Err(claim(format!("the cells of sheet {sheet} span {rows} rows and {columns} columns; {hint}")));
    }
    Ok(())
}

/// Rows and columns from the first filled cell of a sheet to the last; nothing where it can't be read.
fn span<R: Read + Seek>(workbook: &mut Xlsx<R>, sheet: &str) -> Option<(u64, u64)> {
    let mut cells = workbook.worksheet_cells_reader(sheet).ok()?;
    let mut corners: Option<((u32, u32), (u32, u32))> = None;
    while let Ok(Some(cell)) = cells.next_cell() {
        if matches!(cell.get_value(), DataRef::Empty | DataRef::Error(CellErrorType::Null)) {
            continue;
        }
        let (row, column) = cell.get_position();
        let ((top, left), (bottom, right)) = corners.unwrap_or(((row, column), (row, column)));
        corners = Some(((top.min(row), left.min(column)), (bottom.max(row), right.max(column))));
    }
    let ((top, left), (bottom, right)) = corners?;
    Some((u64::from(bottom - top) + 1, u64::from(right - left) + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_that_claim_too_much_are_refused() {
        let dimensions = |first: u32, rows: u32, columns: u16| {
            let mut data = vec![0_u8; 14];
            data[..4].copy_from_slice(&first.to_le_bytes());
            data[4..8].copy_from_slice(&rows.to_le_bytes());
            data[10..12].copy_from_slice(&columns.to_le_bytes());
            data
        };
        let add = |kind: u16, data: &[u8]| Span::default().add(kind, data);
        assert!(add(0x0200, &dimensions(0, 65_536, 256)).is_ok());
        assert!(add(0x0200, &dimensions(0, 1 << 31, 1)).is_err());
        assert!(add(0x0200, &dimensions(0, 1, 257)).is_err());
        assert!(add(0x0200, &dimensions(5, 3, 1)).is_err(), "the last row before the first");
        assert!(add(0x0203, &[0, 0, 0xff, 0xff, 0, 0]).is_err());
        assert!(add(0x00bd, &[0, 0, 0, 0, 0, 0, 0xff, 0xff]).is_err(), "the last column of a run of cells");
        assert!(add(0x0999, &[0xff; 20]).is_ok());
    }

    #[test]
    fn sheets_span_no_more_together_than_memory_holds() {
        let record = |kind: u16, data: &[u8]| {
            let mut bytes = kind.to_le_bytes().to_vec();
            bytes.extend((data.len() as u16).to_le_bytes());
            bytes.extend(data);
            bytes
        };
        let corner = record(0x0203, &[0xff, 0xff, 0xff, 0, 0, 0]);
        let sheets = |n: usize| {
            let start = (n * 8) as u32;
            let mut stream = record(0x0085, &start.to_le_bytes()).repeat(n);
            stream.extend(&corner);
            stream
        };
        assert!(check_records(&sheets(2)).is_ok());
        assert!(check_records(&sheets(3)).is_err());
    }

    #[test]
    fn repeats_beyond_any_sheet_are_refused() {
        assert!(check_repeats(b"<table:table-row table:number-rows-repeated=\"1048570\">").is_ok());
        assert!(check_repeats(b"<table:table-cell table:number-columns-repeated=\"99999999999\">").is_err());
    }
}
