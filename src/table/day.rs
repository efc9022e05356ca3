//! Calendar days as whole numbers: days since 1970-01-01.

use jiff::civil::Date;

const EPOCH: Date = Date::constant(1970, 1, 1);

/// Days since 1970-01-01 of a calendar date.
pub fn civil_day(date: Date) -> i32 {
    EPOCH.until(date).map_or(0, |span| span.get_days())
}

/// The calendar date of a day; the first or last date there is for days out of range.
pub fn civil_date(day: i32) -> Date {
    let span = jiff::Span::new().try_days(day).unwrap_or_default();
    EPOCH.checked_add(span).unwrap_or(if day < 0 { Date::MIN } else { Date::MAX })
}

/// A day as ISO text, `2024-03-01`; out-of-range numbers are shown as they are.
pub fn format_day(day: i32) -> String {
    let date = EPOCH.checked_add(jiff::Span::new().try_days(day).unwrap_or_default());
    date.map_or_else(|_| format!("day {day}"), |d| d.to_string())
}

/// Reads an ISO date.
pub fn parse_day(text: &str) -> Option<i32> {
    text.parse::<Date>().ok().map(civil_day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_round_trip() {
        for (text, day) in [("1970-01-01", 0), ("2024-02-29", 19_782), ("1969-12-31", -1)] {
            assert_eq!(parse_day(text), Some(day));
            assert_eq!(format_day(day), text);
        }
        assert_eq!(parse_day("2023-02-29"), None);
    }
}
