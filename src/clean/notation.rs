//! How the columns of each file write dates and amounts: declared, or settled by looking at their values before any
//! row is cleaned. What could be read in two ways is an error that shows both.

use std::collections::BTreeMap;

use polars::prelude::*;

use crate::notation::amount::{self, AmountNotation};
use crate::notation::dates::{self, Calendar, DateNotation, EpochUnit, SerialSystem};
use crate::notation::{Detected, Example, Reading, Verdict};
use crate::source::{CalendarName, Extent, Format, Sample, SourceError, SourceFile, SourceOptions, first_values};

use super::dates::{has_iso_offset, is_usual_iso};
use super::drift::drift;
use super::error::CleanError;
use super::source_files::SourceFiles;

/// How a column of dates is written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum DateReading {
    /// ISO 8601.
    #[default]
    Iso,
    /// Anything else; in workbooks, real dates among the texts are read too.
    Written(DateNotation),
}

/// How a column of amounts is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AmountReading {
    /// Digits with a decimal point at most.
    #[default]
    Plain,
    /// No mark was seen: a later one is read where it can mean but one thing.
    NoMark,
    /// Marks and signs.
    Written(AmountNotation),
}

/// How the columns of one file are written, by standard name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FileNotation {
    /// Columns of dates; ISO 8601 where one is missing.
    pub dates: BTreeMap<String, DateReading>,
    /// Columns of amounts; plain where one is missing.
    pub amounts: BTreeMap<String, AmountReading>,
    /// Whether dates carry an offset from UTC.
    pub has_offsets: bool,
}

/// What the options of a source declare about its columns.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Declared {
    /// Notation of amounts.
    pub amounts: Option<AmountNotation>,
    /// Notation of dates.
    pub dates: Option<DateNotation>,
    /// Calendar of dates whose form is not declared.
    pub calendar: Option<Calendar>,
}

impl Declared {
    /// What the options declare.
    ///
    /// # Errors
    /// The option that can't be understood, and why.
    pub fn of(options: &SourceOptions) -> Result<Self, (&'static str, String)> {
        let calendar = options.calendar.map(|calendar| match calendar {
            CalendarName::Gregorian => Calendar::Gregorian,
            CalendarName::SolarHijri => Calendar::SolarHijri,
            CalendarName::LunarHijri => Calendar::LunarHijri,
        });
        let dates = match options.date_format.as_deref() {
            None => None,
            Some("excel_1900") => Some(DateNotation::Serial(SerialSystem::Excel1900)),
            Some("excel_1904") => Some(DateNotation::Serial(SerialSystem::Excel1904)),
            Some("epoch_seconds") => Some(DateNotation::Epoch(EpochUnit::Seconds)),
            Some("epoch_milliseconds") => Some(DateNotation::Epoch(EpochUnit::Milliseconds)),
            Some("epoch_microseconds") => Some(DateNotation::Epoch(EpochUnit::Microseconds)),
            Some("epoch_nanoseconds") => Some(DateNotation::Epoch(EpochUnit::Nanoseconds)),
            Some(pattern) => {
                let written = DateNotation::written(pattern, calendar.unwrap_or_default());
                Some(written.map_err(|e| ("date_format", e.to_string()))?)
            }
        };
        let counterpart = |mark: char| if mark == ',' { '.' } else { ',' };
        let marks = match (options.decimal, options.thousands) {
            (None, None) => None,
            (None, Some(thousands)) => Some((counterpart(thousands), Some(thousands))),
            (Some(decimal), thousands) => Some((decimal, thousands.or(Some(counterpart(decimal))))),
        };
        let amounts = marks.map(|(decimal, thousands)| {
            let unknown = "the marks must be two of `.`, `,`, space and `'`".to_owned();
            AmountNotation::of_chars(decimal, thousands).ok_or(("decimal", unknown))
        });
        Ok(Self { amounts: amounts.transpose()?, dates, calendar })
    }
}

/// Columns that hold dates, by input table.
const DATE_COLUMNS: &[&str] = &["timestamp", "start", "end", "contacted_at", "responded_at"];

/// Columns that hold amounts.
const AMOUNT_COLUMNS: &[&str] = &[
    "amount",
    "quantity",
    "unit_price",
    "cost",
    "margin",
    "refunded",
    "duration",
    "discount",
    "price",
    "score",
    "cost_per_contact",
];

/// Share of the values that a notation must read to be taken where others read the rest.
const MAJORITY: f64 = 0.9;

/// Settles how the columns of each file of a source are written, and notes what differs between the files.
///
/// # Errors
/// Every column that could be read in two ways, or in none.
pub fn settle(source: &mut SourceFiles) -> Vec<CleanError> {
    let mut errors = retyped(source);
    let mut notations = Vec::with_capacity(source.files.len());
    let mut open = Vec::new();
    for (at, file) in source.files.iter().enumerate() {
        let (notation, failed) = settle_file(source, file);
        for (standard, error) in failed {
            if AMOUNT_COLUMNS.contains(&standard) {
                open.push((at, standard.to_owned(), error))
            } else {
                errors.push(error)
            }
        }
        notations.push(notation);
    }
    for (at, standard, error) in open {
        match common(&notations, &standard) {
            Some(reading) => drop(notations[at].amounts.insert(standard, reading)),
            None => errors.push(error),
        }
    }
    source.notations = notations;
    if errors.is_empty() {
        match drift(source) {
            Ok(lines) => source.drift = lines,
            Err(error) => errors.push(error.into()),
        }
    }
    source.files.iter_mut().for_each(|file| file.head.first_values.clear());
    errors
}

/// How the columns of a file are written, and the columns that its values leave in doubt. All are looked at together:
/// at the beginning of the file first, and those that it doesn't tell in more of it.
fn settle_file<'a>(source: &'a SourceFiles, file: &'a SourceFile) -> (FileNotation, Vec<(&'a str, CleanError)>) {
    let mut notation = FileNotation::default();
    let mut failed = Vec::new();
    let mut unsettled = Vec::new();
    for (standard, _) in &file.columns.0 {
        match file.head.data_type(file.columns.in_file(standard)) {
            Some(DataType::String) => unsettled.push(standard.as_str()),
            kind => notation.has_offsets |= matches!(kind, Some(DataType::Datetime(_, Some(_)))),
        }
    }
    unsettled.retain(|standard| DATE_COLUMNS.contains(standard) || AMOUNT_COLUMNS.contains(standard));
    for extent in [Extent::BEGINNING, Extent::FAR] {
        if unsettled.is_empty() {
            break;
        }
        let mut values = match first_values(source.table, file, &unsettled, extent) {
            Ok(values) => values,
            Err(error) => {
                failed.push(("", error.into()));
                break;
            }
        };
        unsettled.retain(|standard| {
            let column = Column { source, file, standard, extent };
            let samples = values.remove(*standard).unwrap_or_default();
            match column.settle(samples, &mut notation) {
                Ok(Told::Settled) => false,
                Ok(Told::Doubtful) => true,
                Err(error) => {
                    failed.push((standard, error));
                    false
                }
            }
        });
    }
    (notation, failed)
}

/// The marks that the other files of a source agree on in a column.
fn common(notations: &[FileNotation], standard: &str) -> Option<AmountReading> {
    let told = notations.iter().filter_map(|n| n.amounts.get(standard)).filter(|r| **r != AmountReading::NoMark);
    let mut told = told.copied().collect::<Vec<_>>();
    told.dedup();
    match told.as_slice() {
        [one] => Some(*one),
        _ => None,
    }
}

/// Columns of amounts that are numbers in one file and text in another, without a decimal mark declared.
fn retyped(source: &SourceFiles) -> Vec<CleanError> {
    let mut errors = Vec::new();
    if source.declared.amounts.is_some() {
        return errors;
    }
    for standard in AMOUNT_COLUMNS {
        let kind = |file: &SourceFile| {
            let typed = !file.file.format.is_text();
            let column = file.columns.0.iter().find(|(name, _)| name == standard).filter(|_| typed)?;
            file.head.data_type(&column.1).cloned()
        };
        let number = source.files.iter().filter_map(kind).find(|kind| *kind != DataType::String);
        let Some(number) = number else { continue };
        for file in source.files.iter().filter(|file| kind(file) == Some(DataType::String)) {
            let first = first_values(source.table, file, &[*standard], Extent::FIRST).ok();
            let first = first.and_then(|mut values| values.remove(*standard)?.pop()).unwrap_or_default();
            let hint = format!("set `decimal` in [sources.{}], or export numbers as numbers", source.table);
            errors.push(
                SourceError::WrongType {
                    file: file.file.shown.clone(),
                    column: file.columns.in_file(standard).to_owned(),
                    found: format!("text (\"{}\" in row {})", first.1, first.0),
                    wanted: format!("{number}, as in the other files"),
                    hint,
                }
                .into(),
            );
        }
    }
    errors
}

/// A column of a file whose notation is looked for.
struct Column<'a> {
    source: &'a SourceFiles,
    file: &'a SourceFile,
    standard: &'a str,
    /// How far the file was looked at.
    extent: Extent,
}

/// Whether the values tell how they are written.
enum Told {
    /// They do.
    Settled,
    /// More of them may.
    Doubtful,
}

impl Column<'_> {
    /// Settles how the column is written, if its values tell.
    fn settle(&self, samples: Vec<Sample>, notation: &mut FileNotation) -> Result<Told, CleanError> {
        let standard = self.standard.to_owned();
        if DATE_COLUMNS.contains(&self.standard) {
            let Some((reading, has_offsets)) = self.dates(samples)? else { return Ok(Told::Doubtful) };
            notation.dates.insert(standard, reading);
            notation.has_offsets |= has_offsets;
        } else {
            let Some(reading) = self.amounts(samples)? else { return Ok(Told::Doubtful) };
            notation.amounts.insert(standard, reading);
        }
        Ok(Told::Settled)
    }

    /// Whether more values may tell what these don't.
    fn may_go_on<N>(&self, found: &Detected<N>) -> bool {
        matches!(found.verdict, Verdict::Ambiguous(_)) && self.extent != Extent::FAR
    }

    /// How the dates are written, and whether they carry an offset from UTC; `None` when more values may tell.
    fn dates(&self, samples: Vec<Sample>) -> Result<Option<(DateReading, bool)>, CleanError> {
        let first = samples.first().map_or(String::new(), |(_, text)| text.trim().to_owned());
        let Some(reading) = self.date_reading(samples)? else { return Ok(None) };
        let has_offset = match &reading {
            DateReading::Iso => has_iso_offset(&first),
            DateReading::Written(notation) => {
                matches!(notation, DateNotation::Written { .. })
                    && matches!(dates::parse(&first, notation), Ok(dates::Moment::Instant { .. }))
            }
        };
        Ok(Some((reading, has_offset)))
    }

    fn date_reading(&self, mut samples: Vec<Sample>) -> Result<Option<DateReading>, CleanError> {
        if let Some(declared) = &self.source.declared.dates {
            let reads = |text: &str| dates::parse(text, declared).is_ok() || self.is_sheet_date(text);
            let read = samples.iter().filter(|(_, text)| reads(text)).count();
            if read * 2 < samples.len() {
                let unread = samples.iter().find(|(_, text)| !reads(text)).cloned().unwrap_or_default();
                return Err(self.unread_dates(&unread, &format!(" in the declared notation {declared}"), &samples));
            }
            return Ok(Some(DateReading::Written(declared.clone())));
        }
        let iso = samples.iter().filter(|(_, text)| is_usual_iso(text)).count();
        let is_iso = iso * 2 >= samples.len() && (iso == samples.len() || !self.is_sheet());
        if is_iso && self.extent == Extent::BEGINNING {
            return Ok(Some(DateReading::Iso));
        }
        samples.retain(|(_, text)| !self.is_sheet_date(text));
        let found = dates::detect(samples.iter().map(|(_, text)| text.as_str()));
        if self.may_go_on(&found) {
            return Ok(None);
        }
        let is_doubtful = matches!(found.verdict, Verdict::Ambiguous(_) | Verdict::Conflict(_));
        if iso >= samples.len() && !is_doubtful && chosen(&found).is_none() {
            return Ok(Some(DateReading::Iso));
        }
        let Some(notation) = chosen(&found) else { return Err(self.date_error(&found, &samples)) };
        if let Some(wanted) = self.source.declared.calendar
            && !matches!(&notation, DateNotation::Written { calendar, .. } if *calendar == wanted)
        {
            let first = samples.first().cloned().unwrap_or_default();
            return Err(self.unread_dates(&first, " in the declared calendar", &samples));
        }
        Ok(Some(DateReading::Written(notation)))
    }

    fn is_sheet(&self) -> bool {
        self.file.file.format == Format::Workbook
    }

    fn is_sheet_date(&self, text: &str) -> bool {
        self.is_sheet() && is_usual_iso(text)
    }

    fn date_error(&self, found: &Detected<DateNotation>, samples: &[Sample]) -> CleanError {
        match &found.verdict {
            Verdict::Ambiguous(readings) => self.two_readings(readings, samples, |n| match n {
                DateNotation::Written { pattern, calendar: Calendar::Gregorian } => {
                    format!("date_format = \"{}\"", pattern.written())
                }
                DateNotation::Written { pattern, calendar } => {
                    format!("date_format = \"{}\", calendar = \"{calendar}\"", pattern.written())
                }
                other => format!("date_format for a {other}"),
            }),
            _ => {
                let first = found.unread.first().map_or(0, |u| u.sample.saturating_sub(1));
                let sample = samples.get(first).or(samples.first()).cloned().unwrap_or_default();
                self.unread_dates(&sample, "", samples)
            }
        }
    }

    fn unread_dates(&self, sample: &Sample, under: &str, samples: &[Sample]) -> CleanError {
        let found = dates::detect(samples.iter().map(|(_, text)| text.as_str()));
        let said = match &found.verdict {
            Verdict::Conflict(partials) => {
                let shown = partials.iter().take(2).map(|p| format!("{} reads {} values", p.notation, p.read));
                format!("; {}", shown.collect::<Vec<_>>().join(", "))
            }
            _ => chosen(&found).map_or_else(String::new, |notation| format!("; its values read as {notation}")),
        };
        CleanError::UnreadDates {
            table: self.source.table.to_owned(),
            file: self.file.file.shown.clone(),
            line: sample.0,
            column: self.file.columns.in_file(self.standard).to_owned(),
            value: sample.1.clone(),
            said: format!("is no date{under}{said}"),
        }
    }

    /// The error that shows what a column's values would be in each of several notations.
    fn two_readings<N: Clone>(
        &self,
        readings: &[Reading<N>],
        samples: &[Sample],
        option: impl Fn(&N) -> String,
    ) -> CleanError {
        let example = |reading: &Reading<N>| reading.examples.first().cloned();
        let first = readings.first().and_then(example);
        let at = first.as_ref().map_or(0, |e: &Example| e.sample.saturating_sub(1));
        let sample = samples.get(at).cloned().unwrap_or_default();
        let shown = readings.iter().take(3).map(|reading| {
            let says = example(reading).map_or_else(String::new, |e| e.says);
            format!("{says} ({})", option(&reading.notation))
        });
        CleanError::TwoReadings {
            table: self.source.table.to_owned(),
            file: self.file.file.shown.clone(),
            line: sample.0,
            column: self.file.columns.in_file(self.standard).to_owned(),
            value: sample.1,
            readings: shown.collect::<Vec<_>>().join(" or "),
        }
    }

    /// How the amounts are written; `None` when more values may tell.
    fn amounts(&self, mut samples: Vec<Sample>) -> Result<Option<AmountReading>, CleanError> {
        if let Some(declared) = self.source.declared.amounts {
            return Ok(Some(AmountReading::Written(declared)));
        }
        samples.retain(|(_, text)| !is_whole(text));
        if samples.is_empty() {
            return Ok(Some(AmountReading::NoMark));
        }
        let decimals = |text: &str| plain_decimals(text);
        if self.extent == Extent::BEGINNING
            && samples.iter().all(|(_, text)| decimals(text).is_some())
            && samples.iter().any(|(_, text)| decimals(text).is_some_and(|places| places != 3))
        {
            return Ok(Some(AmountReading::Plain));
        }
        let found = amount::detect(samples.iter().map(|(_, text)| text.as_str()));
        if self.may_go_on(&found) {
            return Ok(None);
        }
        match (&found.verdict, chosen(&found)) {
            (_, Some(notation)) => Ok(Some(AmountReading::Written(notation))),
            (Verdict::Ambiguous(readings), None) => Err(self.two_readings(readings, &samples, |notation| {
                notation.decimal.map_or_else(|| format!("{notation}"), |mark| format!("decimal = \"{}\"", mark.char()))
            })),
            (Verdict::Conflict(partials), None) => {
                let shown = partials.iter().take(2).map(|p| {
                    let unread = p.unread.first().map_or("", |u| u.text.as_str());
                    format!("{} reads {} of its values, but not \"{unread}\"", p.notation, p.read)
                });
                Err(CleanError::UnreadAmounts {
                    table: self.source.table.to_owned(),
                    file: self.file.file.shown.clone(),
                    column: self.file.columns.in_file(self.standard).to_owned(),
                    said: shown.collect::<Vec<_>>().join("; "),
                })
            }
            _ => Ok(Some(AmountReading::NoMark)),
        }
    }
}

/// The notation of a column, where its values tell: the one that reads all, or nearly all while others read the rest.
fn chosen<N: Clone>(found: &Detected<N>) -> Option<N> {
    if let Some(reading) = found.decided() {
        return Some(reading.notation.clone());
    }
    let Verdict::Conflict(partials) = &found.verdict else { return None };
    let best = partials.first()?;
    let readable = best.read + best.unread.len();
    (best.read as f64 >= MAJORITY * readable as f64).then(|| best.notation.clone())
}

/// Digits, with a minus before them at most.
fn is_whole(text: &str) -> bool {
    let digits = text.trim().strip_prefix('-').unwrap_or(text.trim());
    !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
}

/// Decimal places of digits with a point between them.
fn plain_decimals(text: &str) -> Option<usize> {
    let digits = text.trim().strip_prefix('-').unwrap_or(text.trim());
    let (whole, decimals) = digits.split_once('.')?;
    let all = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    (!whole.is_empty() && all(whole) && all(decimals)).then_some(decimals.len())
}
