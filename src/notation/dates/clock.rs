//! The time of day and the offset from UTC, alone or behind a date.

use jiff::civil::Time;
use jiff::tz::Offset;

use super::DateError;
use super::cursor::Cursor;
use super::names;

/// A time of day as its parts are read.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ClockParts {
    pub(super) hour: u32,
    pub(super) minute: u32,
    pub(super) second: u32,
    pub(super) nanosecond: u32,
    /// Whether the hour is of a 12-hour clock and in its second half.
    pub(super) afternoon: Option<bool>,
    pub(super) offset: Option<Offset>,
}

impl ClockParts {
    /// The time of day. A 60th second is a leap second and counts as the 59th.
    ///
    /// # Errors
    /// [`DateError::Clock`] for an hour past 23 (or not from 1 to 12), a minute or second past 59. 24:00 is refused,
    /// since it would be a time of the next day.
    pub(super) fn time(&self) -> Result<Time, DateError> {
        let (first, last) = if self.afternoon.is_some() { (1, 12) } else { (0, 23) };
        let checked = |part, value, first, last| {
            if (first..=last).contains(&value) { Ok(()) } else { Err(DateError::Clock { part, value, first, last }) }
        };
        checked("hour", self.hour, first, last)?;
        checked("minute", self.minute, 0, 59)?;
        checked("second", self.second, 0, 60)?;
        let hour = match self.afternoon {
            None => self.hour,
            Some(afternoon) => self.hour % 12 + if afternoon { 12 } else { 0 },
        };
        let second = self.second.min(59);
        let time = Time::new(hour as i8, self.minute as i8, second as i8, self.nanosecond as i32);
        time.map_err(|_| DateError::Clock { part: "hour", value: self.hour, first, last })
    }
}

/// Words between a date and a time of day.
const AT: [&str; 4] = ["ساعت", "الساعة", "at", "um"];

/// Reads what may stand behind a date: nothing, or a time of day in a common form. `T`, a comma, a dash, spaces or a
/// word for "at" before it; `HH:MM`, `HH:MM:SS`, decimals of seconds; am or pm; an offset from UTC.
pub(super) fn read_tail(cursor: &mut Cursor<'_>, parts: &mut ClockParts) -> Result<(), DateError> {
    if cursor.is_at_end() {
        return Ok(());
    }
    let trailing = DateError::Trailing { rest: cursor.quoted() };
    let mut parted = cursor.spaces();
    let is_iso = cursor.take('T') || cursor.take('t');
    parted |= is_iso || cursor.take(',') || (parted && cursor.take('-'));
    cursor.spaces();
    cursor.words(|word| AT.contains(&word).then_some(()));
    cursor.spaces();
    if !parted || cursor.digits() == 0 {
        return Err(trailing);
    }
    if is_iso && matches!(cursor.digits(), 4 | 6) {
        parts.hour = cursor.number(2, 2, "an hour")?;
        parts.minute = cursor.number(2, 2, "a minute")?;
        if cursor.digits() == 2 {
            parts.second = cursor.number(2, 2, "a second")?;
            read_fraction(cursor, parts);
        }
    } else {
        parts.hour = cursor.number(1, 2, "an hour")?;
        if !cursor.take(':') {
            return Err(trailing);
        }
        parts.minute = cursor.number(2, 2, "a minute")?;
        if cursor.take(':') {
            parts.second = cursor.number(2, 2, "a second")?;
            read_fraction(cursor, parts);
        }
    }
    read_half(cursor, parts);
    if !cursor.is_at_end() {
        let before = *cursor;
        cursor.spaces();
        parts.offset = Some(read_offset(cursor)?);
        // a zone's name behind an offset adds nothing to the instant
        if let Some(end) = cursor.rest().strip_prefix('[').and_then(|name| name.find(']')) {
            cursor.skip(end + 2);
        }
        if !cursor.is_at_end() {
            return Err(DateError::Trailing { rest: before.quoted() });
        }
    }
    Ok(())
}

/// Reads decimals of seconds, if there are any; digits past the ninth are dropped.
pub(super) fn read_fraction(cursor: &mut Cursor<'_>, parts: &mut ClockParts) {
    let before = *cursor;
    let marked = cursor.take('.') || cursor.take(',');
    let count = cursor.digits();
    if !marked || count == 0 {
        *cursor = before;
        return;
    }
    let digits = cursor.skip_digits(count);
    let kept = &digits[..digits.len().min(9)];
    parts.nanosecond = kept.parse().unwrap_or(0) * 10_u32.pow(9 - kept.len() as u32);
}

/// Reads am or pm, if there is either.
pub(super) fn read_half(cursor: &mut Cursor<'_>, parts: &mut ClockParts) -> bool {
    let before = *cursor;
    cursor.spaces();
    parts.afternoon = cursor.words(names::is_afternoon);
    if parts.afternoon.is_none() {
        *cursor = before;
    }
    parts.afternoon.is_some()
}

/// Reads an offset from UTC: `Z`, `UTC`, `GMT`, `+03:30`, `+0330`, `+03`, also `UTC+3`.
pub(super) fn read_offset(cursor: &mut Cursor<'_>) -> Result<Offset, DateError> {
    let start = *cursor;
    let word = cursor.word();
    let is_utc = matches!(word.as_str(), "Z" | "z" | "UTC" | "GMT" | "utc" | "gmt");
    if is_utc {
        for c in word.chars() {
            cursor.take(c);
        }
        if !cursor.rest().starts_with(['+', '-']) {
            return Ok(Offset::UTC);
        }
    } else if !word.is_empty() {
        return Err(DateError::Zone { zone: word });
    }
    let negative = cursor.take('-');
    if !negative && !cursor.take('+') {
        return Err(DateError::Trailing { rest: start.quoted() });
    }
    let hours = cursor.number(1, 2, "the hours of an offset")?;
    let minutes = if cursor.take(':') || cursor.digits() >= 2 { cursor.number(2, 2, "its minutes")? } else { 0 };
    let seconds = (hours * 60 + minutes) as i32 * 60;
    let offset = Offset::from_seconds(if negative { -seconds } else { seconds });
    let refused = |_| DateError::Offset { text: start.quoted() };
    // no place is further from UTC than 14 hours
    if minutes > 59 || seconds > 14 * 3600 {
        return Err(DateError::Offset { text: start.quoted() });
    }
    offset.map_err(refused)
}
