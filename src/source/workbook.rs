//! Sheets of workbooks (Excel, OpenDocument) as columns of text.

use calamine::{Data, ExcelDateTime, HeaderRow, Range, Reader, SheetVisible, open_workbook_auto_from_rs};
use polars::prelude::*;

use crate::notation::dates::{Moment, SerialSystem, from_serial};

use super::batch::{Batch, Lines};
use super::discover::InputFile;
use super::error::{SourceError, guarded};
use super::first_values::{FirstValues, Sample};
use super::options::SourceOptions;
use super::sheet_bounds;

/// Bytes of a workbook that may be opened: its sheets are held in memory.
const MOST_BYTES: u64 = 512 << 20;

const DAMAGED: &str = "does it open in a spreadsheet program? save it again, without a password";

/// An open workbook.
pub(super) type Workbook = calamine::Sheets<std::io::Cursor<std::sync::Arc<[u8]>>>;

pub(super) fn open(file: &InputFile) -> Result<Workbook, SourceError> {
    if file.bytes > MOST_BYTES {
        let reason = format!("the workbook is larger than {} MiB", MOST_BYTES >> 20);
        return Err(SourceError::unreadable(&file.shown, reason, "export it as CSV"));
    }
    let bytes = std::fs::read(&file.path).map_err(|e| SourceError::unreadable(&file.shown, e, DAMAGED))?;
    let bytes = sheet_bounds::checked(bytes).map_err(|e| SourceError::unreadable(&file.shown, e, DAMAGED))?;
    guarded(&file.shown, DAMAGED, || {
        open_workbook_auto_from_rs(std::io::Cursor::new(bytes.into()))
            .map_err(|e| SourceError::unreadable(&file.shown, e, DAMAGED))
    })
}

/// One file per sheet that is to be read: those the options name, or the only visible one with data.
///
/// # Errors
/// When the workbook can't be opened, has no such sheet, or has several to choose from.
pub(super) fn sheets(file: &InputFile, options: &SourceOptions) -> Result<Vec<InputFile>, SourceError> {
    let mut workbook = open(file)?;
    let all = workbook.sheets_metadata().to_vec();
    let listed = || all.iter().map(|s| format!("`{}`", s.name)).collect::<Vec<_>>().join(", ");
    let mut chosen: Vec<String> = Vec::new();
    for pattern in options.sheet.patterns() {
        let fail = |e: glob::PatternError| SourceError::unreadable(&file.shown, e, "`sheet` takes `*` for any text");
        let glob = glob::Pattern::new(&glob_of(pattern)).map_err(fail)?;
        let found = all.iter().map(|s| &s.name).filter(|name| *name == pattern || glob.matches(name));
        let before = chosen.len();
        chosen.extend(found.cloned());
        if chosen.len() == before {
            let hint = format!("its sheets: {}", listed());
            return Err(SourceError::unreadable(&file.shown, format!("no sheet is called `{pattern}`"), &hint));
        }
    }
    let visible = all.iter().filter(|s| s.visible == SheetVisible::Visible).collect::<Vec<_>>();
    if let ([], [only]) = (options.sheet.patterns(), visible.as_slice()) {
        chosen.push(only.name.clone());
    } else if options.sheet.patterns().is_empty() {
        for sheet in visible {
            let range = guarded(&file.shown, DAMAGED, || range_of(&mut workbook, file, &sheet.name, None))?;
            if !range.is_empty() {
                chosen.push(sheet.name.clone());
            }
        }
        if chosen.len() > 1 {
            let reason = format!("several sheets hold data: {}", listed());
            let hint = "set `sheet` to one of them, or to a list of them";
            return Err(SourceError::unreadable(&file.shown, reason, hint));
        }
    }
    chosen.dedup();
    if chosen.is_empty() {
        return Err(SourceError::Empty { file: file.shown.clone() });
    }
    let one =
        |name: String| InputFile { shown: format!("{}, sheet {name}", file.shown), sheet: Some(name), ..file.clone() };
    Ok(chosen.into_iter().map(one).collect())
}

/// Brackets in the name of a sheet are no glob.
fn glob_of(pattern: &str) -> String {
    pattern.replace('[', "[[]")
}

pub(super) fn range_of(
    workbook: &mut Workbook,
    file: &InputFile,
    sheet: &str,
    header_row: Option<usize>,
) -> Result<Range<Data>, SourceError> {
    sheet_bounds::check_sheet(workbook, sheet).map_err(|e| SourceError::unreadable(&file.shown, e, DAMAGED))?;
    if let Some(row) = header_row.and_then(|row| row.checked_sub(1)) {
        workbook.with_header_row(HeaderRow::Row(row as u32));
    }
    workbook.worksheet_range(sheet).map_err(|e| SourceError::unreadable(&file.shown, e, DAMAGED))
}

/// A sheet in memory: the names of its columns, and below them the rows with a filled cell.
#[derive(Debug)]
pub(super) struct Sheet {
    range: Range<Data>,
    /// Names of the columns.
    pub(super) names: Vec<String>,
    /// Sheet row of the header, from 1; 0 without one.
    header: u64,
}

impl Sheet {
    /// Opens the sheet of a file.
    ///
    /// # Errors
    /// When it can't be read, or its first row is a title.
    pub(super) fn open(table: &str, file: &InputFile, options: &SourceOptions) -> Result<Self, SourceError> {
        let mut workbook = open(file)?;
        let name = file.sheet.clone().unwrap_or_default();
        let range = guarded(&file.shown, DAMAGED, || range_of(&mut workbook, file, &name, options.header_row))?;
        if range.is_empty() {
            return Err(SourceError::Empty { file: file.shown.clone() });
        }
        let first_row = u64::from(range.start().map_or(0, |(row, _)| row)) + 1;
        if options.header_row == Some(0) {
            return Ok(Self { names: vec![String::new(); range.width()], header: 0, range });
        }
        let header = options.header_row.map_or(first_row, |row| row as u64);
        let cells = range.rows().next().unwrap_or_default();
        let names = cells.iter().map(|c| text_of(c).unwrap_or_default().trim().to_owned()).collect::<Vec<_>>();
        let filled = names.iter().filter(|name| !name.is_empty()).count();
        if options.header_row.is_none() && filled * 2 <= range.width() && range.width() > 1 {
            let shown = names.iter().filter(|n| !n.is_empty()).map(|n| format!("\"{n}\"")).collect::<Vec<_>>();
            let reason = format!(
                "row {header} does not name the columns: {filled} of its {} cells are filled ({})",
                range.width(),
                shown.join(", ")
            );
            let hint = format!("set header_row in [sources.{table}] to the row that names them");
            return Err(SourceError::unreadable(&file.shown, reason, &hint));
        }
        Ok(Self { range, names, header })
    }

    /// The sheet's rows below the header, filled or not, with their numbers from 1.
    fn rows(&self) -> impl Iterator<Item = (u64, &[Data])> {
        let first = u64::from(self.range.start().map_or(0, |(row, _)| row)) + 1;
        (first..).zip(self.range.rows()).filter(|(line, _)| *line > self.header)
    }

    /// The first distinct filled values of each column.
    pub(super) fn first_values(&self, most: usize) -> Vec<Vec<Sample>> {
        let mut values = self.names.iter().map(|_| FirstValues::default()).collect::<Vec<_>>();
        for (line, row) in self.rows() {
            for (cell, values) in row.iter().zip(&mut values) {
                values.take(line, text_of(cell).as_deref(), most);
            }
        }
        values.into_iter().map(FirstValues::samples).collect()
    }

    /// The rows below the header; `wanted` are standard names with positions from 0.
    ///
    /// # Errors
    /// When the columns can't be put together.
    pub(super) fn batch(&self, wanted: &[(String, usize)]) -> PolarsResult<Batch> {
        let mut builders: Vec<StringChunkedBuilder> = wanted
            .iter()
            .map(|(name, _)| StringChunkedBuilder::new(name.as_str().into(), self.range.height()))
            .collect();
        let mut lines = Lines::default();
        for (line, row) in self.rows().filter(|(_, row)| row.iter().any(|cell| text_of(cell).is_some())) {
            lines.push(line);
            for (builder, (_, position)) in builders.iter_mut().zip(wanted) {
                builder.append_option(row.get(*position).and_then(text_of));
            }
        }
        let columns = builders.into_iter().map(|b| b.finish().into_series().into_column()).collect();
        let frame = DataFrame::new(lines.len(), columns)?;
        Ok(Batch { frame, lines, malformed: Vec::new() })
    }
}

/// The row of a sheet, from 1, that seems to name its columns: the first with more than half of its cells filled.
pub(super) fn title_rows(range: &Range<Data>) -> usize {
    let first = range.start().map_or(0, |(row, _)| row as usize) + 1;
    let is_header = |row: &[Data]| row.iter().filter(|cell| text_of(cell).is_some()).count() * 2 > row.len();
    first + range.rows().position(is_header).unwrap_or(0)
}

/// Which columns of a sheet hold real dates.
pub(super) fn date_columns(range: &Range<Data>) -> Vec<bool> {
    let is_date = |cell: Option<&Data>| matches!(cell, Some(Data::DateTime(_) | Data::DateTimeIso(_)));
    (0..range.width()).map(|at| range.rows().any(|row| is_date(row.get(at)))).collect()
}

/// A cell as text: whole numbers without `.0`, dates in ISO 8601, errors such as `#N/A` as they show.
fn text_of(cell: &Data) -> Option<String> {
    let text = match cell {
        Data::Empty => return None,
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Int(value) => value.to_string(),
        Data::Float(value) => value.to_string(),
        Data::Bool(value) => value.to_string(),
        Data::DateTime(date) => date_text(date),
        Data::Error(error) => error.to_string(),
    };
    Some(text).filter(|text| !text.trim().is_empty())
}

/// A date in ISO 8601; a serial that is none, such as 0 or 60 of the 1900 system, stays a number.
fn date_text(date: &ExcelDateTime) -> String {
    let serial = date.as_f64();
    let (year, month, day, ..) = date.to_ymd_hms_milli();
    let as_shown = |moment: &Moment| {
        let civil = moment.civil().date();
        (civil.year(), civil.month(), civil.day()) == (year as i16, month as i8, day as i8)
    };
    let systems = [SerialSystem::Excel1904, SerialSystem::Excel1900];
    let moment = systems.into_iter().filter_map(|system| from_serial(system, serial).ok()).find(as_shown);
    moment.filter(|_| date.is_datetime()).map_or_else(|| serial.to_string(), |moment| moment.to_string())
}
