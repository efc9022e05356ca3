//! Dates and times as people and programs write them, in three calendars.

mod calendar;
mod clock;
mod cursor;
mod detect;
mod error;
mod names;
mod pattern;
mod serial;

pub use calendar::Calendar;
pub use detect::detect;
pub use error::DateError;
pub use pattern::{Pattern, PatternError};
pub use serial::{EpochUnit, SerialSystem, from_serial};

use std::fmt;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

use super::digits;
use super::null_words;

/// How the dates of one column are written: one convention for the whole column.
///
/// Whatever the notation, digits may be of any script and invisible marks are passed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DateNotation {
    /// Year, month and day in the form of a pattern.
    Written {
        /// The form.
        pattern: Pattern,
        /// The calendar.
        calendar: Calendar,
    },
    /// A spreadsheet's day number.
    Serial(SerialSystem),
    /// A time since 1970-01-01 00:00 UTC.
    Epoch(EpochUnit),
}

impl DateNotation {
    /// A written notation.
    ///
    /// # Errors
    /// [`PatternError`] when the pattern isn't understood or doesn't make a date.
    pub fn written(pattern: &str, calendar: Calendar) -> Result<Self, PatternError> {
        Ok(Self::Written { pattern: pattern.parse()?, calendar })
    }
}

impl fmt::Display for DateNotation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Written { pattern, calendar: Calendar::Gregorian } => write!(f, "`{pattern}`"),
            Self::Written { pattern, calendar } => write!(f, "`{pattern}` {calendar}"),
            Self::Serial(SerialSystem::Excel1900) => f.write_str("serial of the 1900 date system"),
            Self::Serial(SerialSystem::Excel1904) => f.write_str("serial of the 1904 date system"),
            Self::Epoch(unit) => f.write_str(match unit {
                EpochUnit::Seconds => "seconds since 1970",
                EpochUnit::Milliseconds => "milliseconds since 1970",
                EpochUnit::Microseconds => "microseconds since 1970",
                EpochUnit::Nanoseconds => "nanoseconds since 1970",
            }),
        }
    }
}

/// A date and time that was read. A date alone is its midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// In the source's own zone, whichever that is.
    Local(DateTime),
    /// A point in time, with the offset it was written in.
    Instant {
        /// The point in time.
        at: Timestamp,
        /// The offset from UTC.
        offset: Offset,
    },
}

impl Moment {
    /// The date and time as written, apart from the calendar.
    pub fn civil(&self) -> DateTime {
        match self {
            Self::Local(civil) => *civil,
            Self::Instant { at, offset } => offset.to_datetime(*at),
        }
    }
}

impl fmt::Display for Moment {
    /// ISO 8601; the time of day is left out of a local midnight.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Local(civil) if civil.time() == jiff::civil::Time::midnight() => civil.date().fmt(f),
            Self::Local(civil) => write!(f, "{} {}", civil.date(), civil.time()),
            Self::Instant { at, offset } => at.display_with_offset(*offset).fmt(f),
        }
    }
}

/// Reads one date.
///
/// # Errors
/// [`DateError`] says what in the text does not fit the notation, or why there is no such day or time. A day that
/// does not exist is never taken for the next one.
pub fn parse(text: &str, notation: &DateNotation) -> Result<Moment, DateError> {
    let plain = digits::plain(text);
    let text = digits::unguarded(&plain).trim();
    if text.is_empty() {
        return Err(DateError::Empty);
    }
    if null_words::is_cell_error(text) {
        return Err(DateError::CellError);
    }
    match notation {
        DateNotation::Written { pattern, calendar } => pattern.read(text, *calendar),
        DateNotation::Serial(system) => serial::parse_serial(*system, text),
        DateNotation::Epoch(unit) => serial::parse_epoch(*unit, text),
    }
}

#[cfg(test)]
mod tests;
