//! Workbooks that say they are larger than any workbook: refused before the library makes room for them.

use std::io::{Cursor, Error, ErrorKind, Read, Result, Seek};

use calamine::{CellErrorType, DataRef, Sheets, Xlsx};

/// First bytes of the compound files that `.xls` workbooks are.
const OLE: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

/// Bytes that the parts of a zipped workbook may unpack to.
const MOST_UNPACKED_BYTES: u64 = 4 << 30;

/// Rows and columns of the largest `.xls` sheet.
const XLS_ROWS: u32 = 65_536;
const XLS_COLUMNS: u32 = 256;

/// Cells that the corners of a sheet may span: it is held in memory as one rectangle.
const MOST_CELLS: u64 = 100_000_000;

/// Records of an `.xls` sheet that hold a cell, its row and column first (MS-XLS 2.4).
const CELL_RECORDS: [u16; 8] = [0x0006, 0x00bd, 0x00d6, 0x00fd, 0x0203, 0x0204, 0x0205, 0x027e];

/// Says what is wrong with the size that the parts of a workbook claim.
///
/// # Errors
/// When they claim more than a workbook can have, or their chains of sectors run in a circle.
pub(super) fn check(bytes: &[u8]) -> Result<()> {
    if bytes.starts_with(&OLE) {
        return check_compound(bytes);
    }
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

/// Follows every stream of a compound file to its end, and looks at the records of the workbook in it.
fn check_compound(bytes: &[u8]) -> Result<()> {
    let mut parts = cfb::CompoundFile::open(Cursor::new(bytes))?;
    let streams = parts.walk().filter(cfb::Entry::is_stream).map(|entry| entry.path().to_owned()).collect::<Vec<_>>();
    for path in streams {
        let mut stream = Vec::new();
        parts.open_stream(&path)?.read_to_end(&mut stream)?;
        let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
        if name == "workbook" || name == "book" {
            check_records(&stream)?;
        }
    }
    Ok(())
}

/// Checks the records of a workbook from its beginning and from the beginning of each sheet that it names.
fn check_records(stream: &[u8]) -> Result<()> {
    let mut starts = vec![0];
    let mut at = 0;
    while let Some((kind, data, next)) = record(stream, at) {
        if kind == 0x0085 && data.len() >= 4 {
            starts.push(u32::from_le_bytes([data[0], data[1], data[2], data[3]]) as usize);
        }
        at = next;
    }
    for start in starts {
        let mut at = start;
        while let Some((kind, data, next)) = record(stream, at) {
            check_record(kind, data)?;
            at = next;
        }
    }
    Ok(())
}

/// The record at a position: its type, its data, and where the next one begins.
fn record(stream: &[u8], at: usize) -> Option<(u16, &[u8], usize)> {
    let head = stream.get(at..at.checked_add(4)?)?;
    let length = usize::from(u16::from_le_bytes([head[2], head[3]]));
    let data = stream.get(at + 4..at + 4 + length)?;
    Some((u16::from_le_bytes([head[0], head[1]]), data, at + 4 + length))
}

fn check_record(kind: u16, data: &[u8]) -> Result<()> {
    let short = |at: usize| data.get(at..at + 2).map_or(0, |b| u32::from(u16::from_le_bytes([b[0], b[1]])));
    let long = |at: usize| data.get(at..at + 4).map_or(0, |b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]));
    let (rows, columns) = match (kind, data.len()) {
        (0x0200, 14 | 16) => (long(0).max(long(4)), short(10)),
        (0x0200, 10) => (short(2), short(6)),
        (kind, 6..) if CELL_RECORDS.contains(&kind) => (short(0), short(2)),
        _ => return Ok(()),
    };
    if rows > XLS_ROWS || columns > XLS_COLUMNS {
        return Err(claim(format!("a sheet says that it has {rows} rows and {columns} columns")));
    }
    Ok(())
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
        let dimensions = |rows: u32, columns: u16| {
            let mut data = vec![0_u8; 14];
            data[4..8].copy_from_slice(&rows.to_le_bytes());
            data[10..12].copy_from_slice(&columns.to_le_bytes());
            data
        };
        assert!(check_record(0x0200, &dimensions(65_536, 256)).is_ok());
        assert!(check_record(0x0200, &dimensions(1 << 31, 1)).is_err());
        assert!(check_record(0x0200, &dimensions(1, 257)).is_err());
        assert!(check_record(0x0203, &[0, 0, 0xff, 0xff, 0, 0]).is_err());
        assert!(check_record(0x0999, &[0xff; 20]).is_ok());
    }

    #[test]
    fn repeats_beyond_any_sheet_are_refused() {
        assert!(check_repeats(b"<table:table-row table:number-rows-repeated=\"1048570\">").is_ok());
        assert!(check_repeats(b"<table:table-cell table:number-columns-repeated=\"99999999999\">").is_err());
    }
}
