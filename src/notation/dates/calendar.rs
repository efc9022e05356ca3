//! The calendars that dates are written in.

use std::fmt;

use icu_calendar::cal::Hijri;
use icu_calendar::cal::hijri::UmmAlQura;
use icu_calendar::types::RataDie;
use icu_calendar::{AsCalendar, Date as IcuDate};
use jiff::civil::Date;

use super::DateError;

/// 1970-01-01 as a fixed day number (Reingold & Dershowitz, "Calendrical Calculations", section 1.2).
const EPOCH: i64 = 719_163;

/// A calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Calendar {
    /// The Gregorian calendar.
    #[default]
    Gregorian,
    /// The solar Hijri (Jalali) calendar of Iran and Afghanistan: 1403-01-01 is 2024-03-20.
    SolarHijri,
    /// The lunar Hijri calendar of Saudi Arabia (Umm al-Qura): 1445-09-01 is 2024-03-11.
    LunarHijri,
}

impl Calendar {
    /// The calendar of a name: `gregorian`, `solar_hijri` (also `jalali`, `persian`, `shamsi`), `lunar_hijri` (also
    /// `umm_al_qura`, `islamic`).
    pub fn named(name: &str) -> Option<Self> {
        Some(match name.trim().to_ascii_lowercase().as_str() {
            "gregorian" => Self::Gregorian,
            "solar_hijri" | "jalali" | "persian" | "shamsi" => Self::SolarHijri,
            "lunar_hijri" | "umm_al_qura" | "islamic" => Self::LunarHijri,
            _ => return None,
        })
    }

    /// The years that are read: those for which the rules of the calendar are settled.
    pub const fn years(self) -> (i32, i32) {
        match self {
            Self::Gregorian => (1, 9999),
            Self::SolarHijri => (1200, 1600),
            Self::LunarHijri => (1300, 1600),
        }
    }

    /// The year of a two-digit year: the one that begins between 1969 and 2068, as POSIX has it for the Gregorian
    /// calendar; 1348 to 1447 in the solar, 1389 to 1488 in the lunar Hijri calendar.
    pub const fn full_year(self, two_digits: i32) -> i32 {
        let first = match self {
            Self::Gregorian => 1969,
            Self::SolarHijri => 1348,
            Self::LunarHijri => 1389,
        };
        first + (two_digits - first % 100).rem_euclid(100)
    }

    /// The day of a year, month and day in this calendar.
    ///
    /// # Errors
    /// [`DateError::Year`], [`DateError::Month`] or [`DateError::Day`] when there is no such day; never the next one.
    pub fn day(self, year: i32, month: u32, day: u32) -> Result<Date, DateError> {
        let (first, last) = self.years();
        if !(first..=last).contains(&year) {
            return Err(DateError::Year { year, calendar: self, first, last });
        }
        if !(1..=12).contains(&month) {
            return Err(DateError::Month { month });
        }
        let refused = |length: u32| DateError::Day { day, month, year, length, calendar: self };
        let (small_month, small_day) = (month as u8, u8::try_from(day).unwrap_or(u8::MAX));
        match self {
            Self::Gregorian => Date::new(year as i16, month as i8, small_day.min(99) as i8).map_err(|_| {
                refused(
                    Date::new(year as i16, month as i8, 1).map_or(0, |d| u32::from(d.days_in_month().unsigned_abs())),
                )
            }),
            Self::SolarHijri => match IcuDate::try_new_persian(year, small_month, small_day) {
                Ok(date) => civil(date.to_rata_die()).ok_or_else(|| refused(0)),
                Err(_) => Err(refused(length(IcuDate::try_new_persian(year, small_month, 1).ok()))),
            },
            Self::LunarHijri => match lunar(year, small_month, small_day) {
                Some(date) => civil(date.to_rata_die()).ok_or_else(|| refused(0)),
                None => Err(refused(length(lunar(year, small_month, 1)))),
            },
        }
    }

    /// Year, month and day of a day in this calendar.
    pub fn fields(self, date: Date) -> (i32, u32, u32) {
        let days = date.duration_since(Date::constant(1970, 1, 1)).as_hours() / 24;
        let number = RataDie::new(days + EPOCH);
        match self {
            Self::Gregorian => (i32::from(date.year()), date.month() as u32, date.day() as u32),
            Self::SolarHijri => parts(&IcuDate::from_rata_die(number, icu_calendar::cal::Persian)),
            Self::LunarHijri => parts(&IcuDate::from_rata_die(number, Hijri::new_umm_al_qura())),
        }
    }
}

impl fmt::Display for Calendar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gregorian => "gregorian",
            Self::SolarHijri => "solar_hijri",
            Self::LunarHijri => "lunar_hijri",
        })
    }
}

fn lunar(year: i32, month: u8, day: u8) -> Option<IcuDate<Hijri<UmmAlQura>>> {
    IcuDate::try_new_hijri_with_calendar(year, month, day, Hijri::new_umm_al_qura()).ok()
}

fn civil(day: RataDie) -> Option<Date> {
    let days = i32::try_from(day.to_i64_date() - EPOCH).ok()?;
    Date::constant(1970, 1, 1).checked_add(jiff::Span::new().try_days(days).ok()?).ok()
}

fn length<A: AsCalendar>(first: Option<IcuDate<A>>) -> u32 {
    first.map_or(0, |date| u32::from(date.days_in_month()))
}

fn parts<A: AsCalendar>(date: &IcuDate<A>) -> (i32, u32, u32) {
    (date.year().extended_year(), u32::from(date.month().ordinal), u32::from(date.day_of_month().0))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn iso(calendar: Calendar, (year, month, day): (i32, u32, u32)) -> Option<String> {
        calendar.day(year, month, day).ok().map(|date| date.to_string())
    }

    #[test]
    fn solar_hijri_leap_years_are_right() {
        for (date, expected) in [
            ((1402, 12, 29), Some("2024-03-19")),
            ((1403, 1, 1), Some("2024-03-20")),
            ((1403, 6, 31), Some("2024-09-21")),
            ((1403, 12, 30), Some("2025-03-20")),
            ((1404, 1, 1), Some("2025-03-21")),
            ((1399, 12, 30), Some("2021-03-20")),
            ((1357, 11, 22), Some("1979-02-11")),
            ((1408, 12, 30), Some("2030-03-20")),
            ((1402, 12, 30), None),
            ((1404, 12, 30), None),
            ((1403, 7, 31), None),
            ((1403, 13, 1), None),
            ((1403, 1, 0), None),
        ] {
            assert_eq!(iso(Calendar::SolarHijri, date).as_deref(), expected, "{date:?}");
        }
        let leap = (1370..=1420).filter(|y| Calendar::SolarHijri.day(*y, 12, 30).is_ok());
        assert_eq!(
            leap.collect::<Vec<_>>(),
            [1370, 1375, 1379, 1383, 1387, 1391, 1395, 1399, 1403, 1408, 1412, 1416, 1420]
        );
    }

    #[test]
    fn what_is_wrong_with_a_day_is_said() {
        let message = |calendar: Calendar, (y, m, d): (i32, u32, u32)| calendar.day(y, m, d).unwrap_err().to_string();
        assert_eq!(
            message(Calendar::SolarHijri, (1402, 12, 30)),
            "day 30, month 12 of 1402 has 29 days in the solar_hijri calendar"
        );
        assert_eq!(message(Calendar::Gregorian, (2024, 13, 1)), "month 13, there are 12");
        assert_eq!(
            message(Calendar::Gregorian, (2023, 2, 31)),
            "day 31, month 2 of 2023 has 28 days in the gregorian calendar"
        );
        assert_eq!(
            message(Calendar::SolarHijri, (2024, 1, 1)),
            "year 2024, the solar_hijri calendar is read from 1200 to 1600"
        );
        assert!(Calendar::Gregorian.day(2024, 1, 4_000_000_000).is_err());
    }

    #[test]
    fn lunar_hijri_is_umm_al_qura() {
        for (date, expected) in
            [((1445, 9, 1), Some("2024-03-11")), ((1446, 1, 1), Some("2024-07-07")), ((1445, 9, 31), None)]
        {
            assert_eq!(iso(Calendar::LunarHijri, date).as_deref(), expected, "{date:?}");
        }
    }

    #[test]
    fn two_digit_years_lie_between_1969_and_2068() {
        let years = |calendar: Calendar| [0, 47, 48, 68, 69, 88, 89, 99].map(|y| calendar.full_year(y));
        assert_eq!(years(Calendar::Gregorian), [2000, 2047, 2048, 2068, 1969, 1988, 1989, 1999]);
        assert_eq!(years(Calendar::SolarHijri), [1400, 1447, 1348, 1368, 1369, 1388, 1389, 1399]);
        assert_eq!(years(Calendar::LunarHijri), [1400, 1447, 1448, 1468, 1469, 1488, 1389, 1399]);
    }

    proptest! {
        #[test]
        fn a_day_has_one_name_in_each_calendar(days in 0_i32..60_000) {
            let date = Date::constant(1900, 1, 1).saturating_add(jiff::Span::new().days(days));
            for calendar in [Calendar::Gregorian, Calendar::SolarHijri, Calendar::LunarHijri] {
                let (year, month, day) = calendar.fields(date);
                prop_assert_eq!(calendar.day(year, month, day), Ok(date), "{} {}-{}-{}", calendar, year, month, day);
            }
        }
    }
}
