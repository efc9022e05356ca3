//! Timestamps to minutes of local business time.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::notation::dates::{Moment, parse};
use crate::table::civil_day;

use super::notation::DateReading;

/// Minutes in a day.
pub const DAY_MINUTES: i32 = 1440;

/// How the timestamps of a source become business time.
#[derive(Debug, Clone, Default)]
pub(super) struct Clock {
    /// Zone of timestamps without an offset, when it is not the business zone.
    pub(super) source: Option<TimeZone>,
    /// The business zone; without one, timestamps stay as written and offsets count as UTC.
    pub(super) business: Option<TimeZone>,
    /// Whether dates among texts of another notation are ISO 8601, as those of a sheet are.
    pub(super) is_sheet: bool,
}

impl Clock {
    /// Minutes since 1970-01-01 00:00 business time of a text; `None` when it can't be read.
    pub(super) fn minute_of_text(&self, text: &str, reading: &DateReading) -> Option<i32> {
        let text = text.trim();
        match reading {
            DateReading::Iso => self.minute_of_iso(text),
            DateReading::Written(notation) => match parse(text, notation) {
                Ok(Moment::Local(civil)) => self.minute_of_civil(civil),
                Ok(Moment::Instant { at, .. }) => self.minute_of_instant(at),
                Err(_) if self.is_sheet => self.minute_of_iso(text),
                Err(_) => None,
            },
        }
    }

    fn minute_of_iso(&self, text: &str) -> Option<i32> {
        if let Some(minute) = plain_iso(text) {
            return self.minute_of_civil_minute(minute);
        }
        match iso(text)? {
            Moment::Local(civil) => self.minute_of_civil(civil),
            Moment::Instant { at, .. } => self.minute_of_instant(at),
        }
    }

    /// Minutes of business time of an instant.
    pub(super) fn minute_of_instant(&self, instant: Timestamp) -> Option<i32> {
        let zone = self.business.clone().unwrap_or(TimeZone::UTC);
        minute(zone.to_datetime(instant))
    }

    /// Whether a timestamp without an offset is business time already.
    pub(super) fn is_plain(&self) -> bool {
        self.source.is_none()
    }

    /// Minutes of business time of a timestamp in the source's zone.
    pub(super) fn minute_of_civil(&self, civil: DateTime) -> Option<i32> {
        match &self.source {
            None => minute(civil),
            Some(zone) => self.minute_of_instant(zone.to_timestamp(civil).ok()?),
        }
    }

    /// The same from minutes since 1970-01-01 00:00 in the source's zone.
    pub(super) fn minute_of_civil_minute(&self, local: i32) -> Option<i32> {
        if self.is_plain() {
            return Some(local);
        }
        let epoch = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);
        self.minute_of_civil(epoch.checked_add(jiff::Span::new().minutes(i64::from(local))).ok()?)
    }
}

/// `YYYY-MM-DD` alone or with ` HH:MM` or `THH:MM:SS` behind: the common case, without a general parser.
fn plain_iso(text: &str) -> Option<i32> {
    let bytes = text.as_bytes();
    let digits = |from: usize, to: usize| {
        bytes[from..to].iter().try_fold(0_i32, |n, b| b.is_ascii_digit().then(|| n * 10 + i32::from(b - b'0')))
    };
    if bytes.len() < 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let (year, month, day) = (digits(0, 4)?, digits(5, 7)?, digits(8, 10)?);
    let date = jiff::civil::Date::new(year as i16, month as i8, day as i8).ok()?;
    let clock = match bytes.len() {
        10 => 0,
        16 | 19 if matches!(bytes[10], b' ' | b'T') && bytes[13] == b':' => {
            let (hour, minute) = (digits(11, 13)?, digits(14, 16)?);
            let seconds_fit = bytes.len() == 16 || (bytes[16] == b':' && digits(17, 19)? < 60);
            if hour > 23 || minute > 59 || !seconds_fit {
                return None;
            }
            hour * 60 + minute
        }
        _ => return None,
    };
    civil_day(date).checked_mul(DAY_MINUTES)?.checked_add(clock)
}

fn minute(civil: DateTime) -> Option<i32> {
    let clock = i32::from(civil.hour()) * 60 + i32::from(civil.minute());
    civil_day(civil.date()).checked_mul(DAY_MINUTES)?.checked_add(clock)
}

/// A text in any form of ISO 8601.
fn iso(text: &str) -> Option<Moment> {
    match text.parse::<Timestamp>() {
        Ok(at) => Some(Moment::Instant { at, offset: jiff::tz::Offset::UTC }),
        Err(_) => text.parse::<DateTime>().ok().map(Moment::Local),
    }
}

/// Whether an ISO 8601 text carries an offset from UTC.
pub(super) fn has_iso_offset(text: &str) -> bool {
    plain_iso(text).is_none() && matches!(iso(text), Some(Moment::Instant { .. }))
}

/// Whether a text is an ISO 8601 date of a year that business is done in.
pub(super) fn is_usual_iso(text: &str) -> bool {
    let text = text.trim();
    let year = text.get(..4).and_then(|year| year.parse::<i32>().ok());
    let is_usual = year.is_some_and(|year| (1900..2100).contains(&year));
    is_usual && (plain_iso(text).is_some() || iso(text).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notation::dates::{Calendar, DateNotation};

    fn day(minute: Option<i32>) -> Option<String> {
        minute.map(|m| crate::table::format_day(m.div_euclid(DAY_MINUTES)))
    }

    #[test]
    fn iso_forms_are_read_without_settings() {
        let clock = Clock::default();
        for text in ["2024-03-01", "2024-03-01 10:15", "2024-03-01T10:15:59", "2024-03-01T10:15:00Z", " 2024-03-01 "] {
            assert_eq!(day(clock.minute_of_text(text, &DateReading::Iso)).as_deref(), Some("2024-03-01"), "{text}");
            assert!(is_usual_iso(text));
        }
        for text in ["2024-02-30", "01/03/2024", "", "yesterday", "2024-03-01 25:00"] {
            assert_eq!(clock.minute_of_text(text, &DateReading::Iso), None, "{text}");
        }
        assert!(!is_usual_iso("1403-05-10"), "a year of the solar Hijri calendar");
    }

    #[test]
    fn a_declared_notation_is_the_only_one() {
        let written = |pattern, calendar| DateReading::Written(DateNotation::written(pattern, calendar).unwrap());
        let german = written("%d.%m.%Y %H:%M", Calendar::Gregorian);
        let clock = Clock::default();
        assert_eq!(day(clock.minute_of_text("05.01.2024 09:30", &german)).as_deref(), Some("2024-01-05"));
        assert_eq!(clock.minute_of_text("2024-01-05", &german), None);
        let sheet = Clock { is_sheet: true, ..Clock::default() };
        assert_eq!(day(sheet.minute_of_text("2024-01-05", &german)).as_deref(), Some("2024-01-05"));
        let persian = written("%Y/%m/%d", Calendar::SolarHijri);
        assert_eq!(day(clock.minute_of_text("۱۴۰۳/۰۱/۰۱", &persian)).as_deref(), Some("2024-03-20"));
    }

    #[test]
    fn instants_fall_on_the_business_day() {
        let business = TimeZone::get("Asia/Tehran").unwrap();
        let clock = Clock { source: Some(TimeZone::UTC), business: Some(business), is_sheet: false };
        let of = |text| day(clock.minute_of_text(text, &DateReading::Iso));
        assert_eq!(of("2024-01-05T21:00:00").as_deref(), Some("2024-01-06"));
        assert_eq!(of("2024-01-05T21:00:00+03:30").as_deref(), Some("2024-01-05"));
    }
}
