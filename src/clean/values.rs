//! Typed views of a batch's columns: ids, minutes and money, with the cells that can't be read set apart.

use polars::prelude::*;

use crate::notation::amount::{AmountError, parse};
use crate::source::SourceError;
use crate::table::Money;

use super::dates::{Clock, DAY_MINUTES};
use super::notation::{AmountReading, DateReading};
use super::reject::Reason;

/// Values of a column, and the rows whose cell could not be read, ascending, with the reason.
#[derive(Debug)]
pub(super) struct Parsed<T> {
    /// One value a row; of no meaning in a refused row.
    pub(super) values: Vec<T>,
    /// Refused rows.
    pub(super) refused: Vec<(usize, Reason)>,
}

/// Where a column came from, for messages.
#[derive(Debug, Clone, Copy)]
pub(super) struct Origin<'a> {
    /// File as messages name it.
    pub(super) file: &'a str,
    /// Column in the file.
    pub(super) column: &'a str,
}

impl Origin<'_> {
    fn wrong_type(self, found: &DataType, wanted: &str, hint: &str) -> SourceError {
        SourceError::WrongType {
            file: self.file.to_owned(),
            column: self.column.to_owned(),
            found: found.to_string(),
            wanted: wanted.to_owned(),
            hint: hint.to_owned(),
        }
    }

    fn polars(self, error: &PolarsError) -> SourceError {
        SourceError::unreadable(self.file, format!("column `{}`: {error}", self.column), "check the column's type")
    }
}

/// A column of ids.
#[derive(Debug)]
pub(super) enum Ids {
    /// Whole numbers.
    Whole(Int64Chunked),
    /// Text.
    Text(StringChunked),
}

impl Ids {
    /// Rows.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Whole(values) => values.len(),
            Self::Text(values) => values.len(),
        }
    }

    /// The whole numbers, when every row has one.
    pub(super) fn whole(&self) -> Option<&[i64]> {
        match self {
            Self::Whole(values) => values.cont_slice().ok(),
            Self::Text(_) => None,
        }
    }
}

/// Whether a type is read as whole numbers.
pub(crate) fn is_whole(kind: &DataType) -> bool {
    kind.is_integer() && !matches!(kind, DataType::UInt64 | DataType::Int128 | DataType::UInt128)
}

/// Reads a column as ids. Floats that are whole lose their `.0`; everything else is text as it stands.
pub(super) fn ids(series: &Series, origin: Origin<'_>) -> Result<Ids, SourceError> {
    let kind = series.dtype();
    let read = || -> PolarsResult<Ids> {
        Ok(match kind {
            kind if is_whole(kind) => Ids::Whole(series.cast(&DataType::Int64)?.i64()?.clone()),
            DataType::Float32 | DataType::Float64 => {
                let floats = series.cast(&DataType::Float64)?;
                let text = floats.f64()?.iter().map(|v| v.filter(|v| v.is_finite()).map(|v| v.to_string()));
                Ids::Text(text.collect())
            }
            _ => Ids::Text(series.cast(&DataType::String)?.str()?.clone()),
        })
    };
    if kind.is_nested() {
        return Err(origin.wrong_type(kind, "an id", "map a column of text or whole numbers"));
    }
    read().map_err(|e| origin.polars(&e))
}

/// Reads a column as minutes of business time; also whether any of them has a time of day.
pub(super) fn minutes(
    series: &Series,
    clock: &Clock,
    reading: &DateReading,
    origin: Origin<'_>,
) -> Result<Parsed<i32>, SourceError> {
    match series.dtype() {
        DataType::String => {
            let text = series.str().map_err(|e| origin.polars(&e))?;
            Ok(parse_each(text.iter(), Reason::MissingTimestamp, |t| {
                clock.minute_of_text(t, reading).ok_or(Reason::UnreadableTimestamp)
            }))
        }
        DataType::Date => {
            let days = series.to_physical_repr();
            let days = days.i32().map_err(|e| origin.polars(&e))?;
            Ok(parse_each(days.iter(), Reason::MissingTimestamp, |d| {
                let minute = d.checked_mul(DAY_MINUTES).and_then(|m| clock.minute_of_civil_minute(m));
                minute.ok_or(Reason::UnreadableTimestamp)
            }))
        }
        DataType::Datetime(unit, zone) => instants(series, *unit, zone.is_some(), clock).map_err(|e| origin.polars(&e)),
        other => {
            let hint = "map a column of dates or of text dates";
            Err(origin.wrong_type(other, "a timestamp", hint))
        }
    }
}

fn instants(series: &Series, unit: TimeUnit, zoned: bool, clock: &Clock) -> PolarsResult<Parsed<i32>> {
    let physical = series.to_physical_repr();
    let ticks = physical.i64()?;
    // a division by a constant costs a fraction of one by a variable
    let to_minute = |t: i64| {
        let minute = match unit {
            TimeUnit::Milliseconds => t.div_euclid(60_000),
            TimeUnit::Microseconds => t.div_euclid(60_000_000),
            TimeUnit::Nanoseconds => t.div_euclid(60_000_000_000),
        };
        i32::try_from(minute).ok()
    };
    if !zoned && clock.is_plain() {
        return Ok(parse_numbers(ticks, Reason::MissingTimestamp, |t| to_minute(t).ok_or(Reason::UnreadableTimestamp)));
    }
    Ok(parse_numbers(ticks, Reason::MissingTimestamp, |t| {
        let minute = to_minute(t).ok_or(Reason::UnreadableTimestamp)?;
        let local = if zoned {
            let instant = jiff::Timestamp::from_second(i64::from(minute) * 60).ok();
            instant.and_then(|i| clock.minute_of_instant(i))
        } else {
            clock.minute_of_civil_minute(minute)
        };
        local.ok_or(Reason::UnreadableTimestamp)
    }))
}

/// Reads a column as decimals in ten-thousandths.
pub(super) fn decimals(
    series: &Series,
    reading: AmountReading,
    origin: Origin<'_>,
) -> Result<Parsed<i64>, SourceError> {
    let kind = series.dtype();
    let read = || -> PolarsResult<Option<Parsed<i64>>> {
        Ok(Some(match kind {
            DataType::String => parse_each(series.str()?.iter(), Reason::MissingAmount, |t| decimal(t, reading)),
            DataType::Float32 | DataType::Float64 => {
                let floats = series.cast(&DataType::Float64)?;
                parse_numbers(floats.f64()?, Reason::MissingAmount, |v| {
                    Money::from_f64(v).map(|m| m.0).ok_or(Reason::AmountOutOfRange)
                })
            }
            kind if kind.is_integer() => {
                let whole = series.cast(&DataType::Int64)?;
                parse_numbers(whole.i64()?, Reason::MissingAmount, |v| {
                    v.checked_mul(10_000).ok_or(Reason::AmountOutOfRange)
                })
            }
            DataType::Decimal(_, scale) => {
                let physical = series.to_physical_repr();
                let unit = 10_i128.pow(*scale as u32);
                parse_each(physical.i128()?.iter(), Reason::MissingAmount, |v| rescale(v, unit))
            }
            _ => return Ok(None),
        }))
    };
    let parsed = read().map_err(|e| origin.polars(&e))?;
    parsed.ok_or_else(|| origin.wrong_type(kind, "an amount", "map a column of numbers"))
}

/// One text as ten-thousandths.
fn decimal(text: &str, reading: AmountReading) -> Result<i64, Reason> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Reason::MissingAmount);
    }
    let plain = || Money::parse(text, b'.').map(|m| m.0);
    match reading {
        AmountReading::Plain => plain().ok_or(Reason::UnreadableAmount),
        AmountReading::NoMark => {
            // "1.234" could be a thousand or a fraction
            let doubtful = text.rsplit_once('.').is_some_and(|(_, decimals)| decimals.len() == 3);
            plain().filter(|_| !doubtful).ok_or(Reason::UnreadableAmount)
        }
        AmountReading::Written(notation) => match parse(text, notation) {
            Ok(amount) => Ok(amount.ten_thousandths),
            Err(AmountError::OutOfRange { .. }) => Err(Reason::AmountOutOfRange),
            Err(_) => Err(Reason::UnreadableAmount),
        },
    }
}

fn rescale(value: i128, unit: i128) -> Result<i64, Reason> {
    let scaled = value.checked_mul(10_000).ok_or(Reason::AmountOutOfRange)?;
    let rounded = (scaled + scaled.signum() * unit / 2) / unit;
    i64::try_from(rounded).map_err(|_| Reason::AmountOutOfRange)
}

/// As [`parse_each`]; a column without an empty cell is read as the slice that it is.
fn parse_numbers<N: PolarsNumericType, T: Default>(
    cells: &ChunkedArray<N>,
    missing: Reason,
    read: impl Fn(N::Native) -> Result<T, Reason>,
) -> Parsed<T> {
    match cells.cont_slice() {
        Ok(values) => parse_each(values.iter().map(|value| Some(*value)), missing, read),
        Err(_) => parse_each(cells.iter(), missing, read),
    }
}

fn parse_each<C, T: Default>(
    cells: impl Iterator<Item = Option<C>>,
    missing: Reason,
    read: impl Fn(C) -> Result<T, Reason>,
) -> Parsed<T> {
    let mut refused = Vec::new();
    let values = cells.enumerate().map(|(row, cell)| match cell.map(&read) {
        Some(Ok(value)) => value,
        Some(Err(reason)) => {
            refused.push((row, reason));
            T::default()
        }
        None => {
            refused.push((row, missing));
            T::default()
        }
    });
    let values = values.collect();
    Parsed { values, refused }
}

/// A column's cell as text for the quarantine.
pub(super) fn shown(series: &Series, row: usize) -> String {
    match series.get(row) {
        Ok(AnyValue::Null) | Err(_) => String::new(),
        Ok(AnyValue::String(text)) => text.to_owned(),
        Ok(value) => value.to_string().trim_matches('"').to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notation::amount::AmountNotation;

    const ORIGIN: Origin<'static> = Origin { file: "f.csv", column: "c" };

    #[test]
    fn every_numeric_type_becomes_ten_thousandths() {
        let floats = Series::new("c".into(), [12.345, -0.1]);
        assert_eq!(decimals(&floats, AmountReading::Plain, ORIGIN).unwrap().values, [123_450, -1_000]);
        let whole = Series::new("c".into(), [i64::MAX, 3]);
        let parsed = decimals(&whole, AmountReading::Plain, ORIGIN).unwrap();
        assert_eq!(parsed.refused, [(0, Reason::AmountOutOfRange)]);
        assert_eq!(parsed.values[1], 30_000);
        let text = Series::new("c".into(), [Some("1,5"), None, Some("x"), Some(" ")]);
        let parsed = decimals(&text, AmountReading::Written(AmountNotation::COMMA), ORIGIN).unwrap();
        assert_eq!(parsed.values[0], 15_000);
        let reasons = [(1, Reason::MissingAmount), (2, Reason::UnreadableAmount), (3, Reason::MissingAmount)];
        assert_eq!(parsed.refused, reasons);
        let exact = Series::new("c".into(), ["12.34567"]).cast(&DataType::Decimal(20, 5)).unwrap();
        assert_eq!(decimals(&exact, AmountReading::Plain, ORIGIN).unwrap().values, [123_457]);
    }

    #[test]
    fn ids_keep_their_digits() {
        let whole = Series::new("c".into(), [17_850_i32]);
        assert!(matches!(ids(&whole, ORIGIN).unwrap(), Ids::Whole(v) if v.get(0) == Some(17_850)));
        let floats = Series::new("c".into(), [17_850.0]);
        assert!(matches!(ids(&floats, ORIGIN).unwrap(), Ids::Text(v) if v.get(0) == Some("17850")));
        let large = Series::new("c".into(), [u64::MAX]);
        assert!(matches!(ids(&large, ORIGIN).unwrap(), Ids::Text(v) if v.get(0) == Some("18446744073709551615")));
    }

    #[test]
    fn dates_of_every_type_become_minutes() {
        let clock = Clock::default();
        let text = Series::new("c".into(), ["1970-01-02 01:00"]);
        assert_eq!(minutes(&text, &clock, &DateReading::Iso, ORIGIN).unwrap().values, [1500]);
        let days = Series::new("c".into(), [1_i32]).cast(&DataType::Date).unwrap();
        assert_eq!(minutes(&days, &clock, &DateReading::Iso, ORIGIN).unwrap().values, [1440]);
        let ticks = Series::new("c".into(), [-1_i64]).cast(&DataType::Datetime(TimeUnit::Milliseconds, None)).unwrap();
        assert_eq!(minutes(&ticks, &clock, &DateReading::Iso, ORIGIN).unwrap().values, [-1]);
        let flags = Series::new("c".into(), [true]);
        assert!(matches!(minutes(&flags, &clock, &DateReading::Iso, ORIGIN), Err(SourceError::WrongType { .. })));
    }
}
