//! Why a text is no date.

use super::Calendar;

/// Why a text was refused as a date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DateError {
    /// Nothing in it.
    #[error("empty")]
    Empty,
    /// An error value of a spreadsheet cell.
    #[error("an error value of a spreadsheet cell")]
    CellError,
    /// The text doesn't have the form of the notation.
    #[error("{wanted} expected at `{rest}`")]
    Form {
        /// What the notation has there.
        wanted: &'static str,
        /// The rest of the text from there, cut short.
        rest: String,
    },
    /// A sign or word of the notation is missing.
    #[error("`{wanted}` expected at `{rest}`")]
    Literal {
        /// The sign.
        wanted: char,
        /// The rest of the text from there, cut short.
        rest: String,
    },
    /// Something behind the date that is no time of day.
    #[error("`{rest}` behind the date is no time of day")]
    Trailing {
        /// The rest of the text, cut short.
        rest: String,
    },
    /// No month has that name.
    #[error("`{word}` is no month")]
    MonthName {
        /// The word.
        word: String,
    },
    /// A month of another calendar.
    #[error("`{word}` is a month of the {found} calendar")]
    MonthOfCalendar {
        /// The word.
        word: String,
        /// Its calendar.
        found: Calendar,
    },
    /// The calendar has no such year here.
    #[error("year {year}, the {calendar} calendar is read from {first} to {last}")]
    Year {
        /// The year.
        year: i32,
        /// The calendar.
        calendar: Calendar,
        /// First year read.
        first: i32,
        /// Last year read.
        last: i32,
    },
    /// There is no such month.
    #[error("month {month}, there are 12")]
    Month {
        /// The month.
        month: u32,
    },
    /// The month has no such day.
    #[error("day {day}, month {month} of {year} has {length} days in the {calendar} calendar")]
    Day {
        /// The day.
        day: u32,
        /// The month.
        month: u32,
        /// The year.
        year: i32,
        /// Days of the month.
        length: u32,
        /// The calendar.
        calendar: Calendar,
    },
    /// There is no such time of day.
    #[error("{part} {value} of the time of day, allowed are {first} to {last}")]
    Clock {
        /// Hour, minute or second.
        part: &'static str,
        /// The number.
        value: u32,
        /// Smallest allowed.
        first: u32,
        /// Largest allowed.
        last: u32,
    },
    /// An offset from UTC that no place has.
    #[error("offset `{text}` from UTC")]
    Offset {
        /// As written.
        text: String,
    },
    /// A zone abbreviation, of which several places use the same.
    #[error("`{zone}` is no offset from UTC; zone abbreviations are ambiguous")]
    Zone {
        /// As written.
        zone: String,
    },
    /// Not a number, where dates are numbers.
    #[error("not a number")]
    NotANumber,
    /// The day that the 1900 date system counts but that never was.
    #[error("serial {serial} is 29 February 1900, which never was")]
    FalseLeapDay {
        /// The serial, cut to a whole number.
        serial: i64,
    },
    /// A time without a date.
    #[error("serial {serial} is a time without a date")]
    TimeOnly {
        /// As written.
        serial: String,
    },
    /// Beyond the range of serials or of instants.
    #[error("{number} is beyond the range of {system}")]
    Range {
        /// As written.
        number: String,
        /// The number system.
        system: &'static str,
    },
}
