//! Dates that are numbers: serials of spreadsheets, seconds since 1970.

use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use jiff::{Span, Timestamp};

use super::{DateError, Moment};

/// Milliseconds of a day.
const DAY: f64 = 86_400_000.0;

/// The day that the 1900 date system counts although 1900 was no leap year.
const FALSE_LEAP_DAY: i64 = 60;

/// What a spreadsheet's day numbers count from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SerialSystem {
    /// Serial 1 is 1 January 1900, 60 is the 29 February 1900 that never was (ECMA-376, part 1, section 18.17.4.1).
    Excel1900,
    /// Serial 0 is 1 January 1904.
    Excel1904,
}

/// What a number of seconds since 1970-01-01 00:00 UTC is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EpochUnit {
    /// Seconds.
    Seconds,
    /// Thousandths of a second.
    Milliseconds,
    /// Millionths of a second.
    Microseconds,
    /// Billionths of a second.
    Nanoseconds,
}

impl SerialSystem {
    const fn name(self) -> &'static str {
        match self {
            Self::Excel1900 => "serials of the 1900 date system",
            Self::Excel1904 => "serials of the 1904 date system",
        }
    }

    /// The day before serial 1, from serial 61 on in the 1900 system.
    const fn origin(self) -> Date {
        match self {
            Self::Excel1900 => Date::constant(1899, 12, 30),
            Self::Excel1904 => Date::constant(1904, 1, 1),
        }
    }
}

/// The local date and time of a spreadsheet's serial, to the nearest millisecond.
///
/// # Errors
/// Serials 0 and 60 of the 1900 system, negative ones, those past the year 9999 and what isn't finite are no dates.
pub fn from_serial(system: SerialSystem, serial: f64) -> Result<Moment, DateError> {
    let out_of_range = || DateError::Range { number: serial.to_string(), system: system.name() };
    if !(0.0..2_958_466.0).contains(&serial) {
        return Err(if serial.is_nan() { DateError::NotANumber } else { out_of_range() });
    }
    let milliseconds = (serial * DAY).round() as i64;
    let (mut day, time) = (milliseconds.div_euclid(DAY as i64), milliseconds.rem_euclid(DAY as i64));
    if system == SerialSystem::Excel1900 {
        match day {
            0 => return Err(DateError::TimeOnly { serial: serial.to_string() }),
            FALSE_LEAP_DAY => return Err(DateError::FalseLeapDay { serial: day }),
            1..FALSE_LEAP_DAY => day += 1,
            _ => {}
        }
    }
    let span = Span::new().try_days(day).and_then(|span| span.try_milliseconds(time));
    let civil = span.and_then(|span| DateTime::from(system.origin()).checked_add(span));
    civil.map(Moment::Local).map_err(|_| out_of_range())
}

/// The same from text, with a decimal point or comma.
pub(super) fn parse_serial(system: SerialSystem, text: &str) -> Result<Moment, DateError> {
    let is_number = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b','));
    if !is_number || text.len() > 30 {
        return Err(DateError::NotANumber);
    }
    let serial = text.replace(',', ".").parse().map_err(|_| DateError::NotANumber)?;
    from_serial(system, serial)
}

/// The instant of a whole number of units since 1970-01-01 00:00 UTC.
pub(super) fn parse_epoch(unit: EpochUnit, text: &str) -> Result<Moment, DateError> {
    let number: i64 = text.strip_suffix(".0").unwrap_or(text).parse().map_err(|_| DateError::NotANumber)?;
    let at = match unit {
        EpochUnit::Seconds => Timestamp::from_second(number),
        EpochUnit::Milliseconds => Timestamp::from_millisecond(number),
        EpochUnit::Microseconds => Timestamp::from_microsecond(number),
        EpochUnit::Nanoseconds => Timestamp::from_nanosecond(i128::from(number)),
    };
    let at = at.map_err(|_| DateError::Range { number: text.to_owned(), system: "instants" })?;
    Ok(Moment::Instant { at, offset: Offset::UTC })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(system: SerialSystem, text: &str) -> Result<String, DateError> {
        parse_serial(system, text).map(|moment| moment.to_string())
    }

    #[test]
    fn serials_of_both_systems() {
        use SerialSystem::{Excel1900, Excel1904};
        for (system, serial, date) in [
            (Excel1900, "1", "1900-01-01"),
            (Excel1900, "59", "1900-02-28"),
            (Excel1900, "61", "1900-03-01"),
            (Excel1900, "45292", "2024-01-01"),
            (Excel1900, "45351", "2024-02-29"),
            (Excel1900, "45351.75", "2024-02-29 18:00:00"),
            (Excel1900, "45351,4236111111", "2024-02-29 10:10:00"),
            (Excel1900, "2958465", "9999-12-31"),
            (Excel1904, "43830", "2024-01-01"),
            (Excel1904, "43889", "2024-02-29"),
            (Excel1904, "0", "1904-01-01"),
        ] {
            assert_eq!(shown(system, serial).as_deref(), Ok(date), "{serial}");
        }
        assert_eq!(shown(Excel1900, "60"), Err(DateError::FalseLeapDay { serial: 60 }));
        assert_eq!(shown(Excel1900, "60.5"), Err(DateError::FalseLeapDay { serial: 60 }));
        assert_eq!(shown(Excel1900, "0.5"), Err(DateError::TimeOnly { serial: "0.5".into() }));
        assert_eq!(shown(Excel1900, "0"), Err(DateError::TimeOnly { serial: "0".into() }));
        for text in ["-1", "", "1e5", "2958466", "1.2.3", "99999999999999999999"] {
            assert!(shown(Excel1900, text).is_err(), "{text}");
        }
        assert_eq!(from_serial(Excel1904, f64::NAN), Err(DateError::NotANumber));
    }

    #[test]
    fn epochs_are_instants() {
        for (unit, number) in [
            (EpochUnit::Seconds, "1704067200"),
            (EpochUnit::Milliseconds, "1704067200000"),
            (EpochUnit::Microseconds, "1704067200000000"),
            (EpochUnit::Nanoseconds, "1704067200000000000"),
        ] {
            assert_eq!(parse_epoch(unit, number).map(|m| m.to_string()).as_deref(), Ok("2024-01-01T00:00:00+00:00"));
        }
        assert!(parse_epoch(EpochUnit::Seconds, "9223372036854775807").is_err());
        assert_eq!(parse_epoch(EpochUnit::Seconds, "soon"), Err(DateError::NotANumber));
    }

    proptest! {
        #[test]
        fn serials_count_days(serial in 61_u32..2_958_465) {
            let next = from_serial(SerialSystem::Excel1900, f64::from(serial) + 1.0);
            let (Ok(Moment::Local(day)), Ok(Moment::Local(next))) =
                (from_serial(SerialSystem::Excel1900, f64::from(serial)), next) else { panic!() };
            prop_assert_eq!(day.date().tomorrow().ok(), Some(next.date()));
            let later = from_serial(SerialSystem::Excel1904, f64::from(serial) - 1462.0);
            if serial >= 1462 {
                prop_assert_eq!(later, Ok(Moment::Local(day)));
            }
        }
    }
}
