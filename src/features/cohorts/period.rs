//! Calendar periods.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::table::{civil_date, civil_day};

/// Length of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// From Monday to Sunday.
    Week,
    /// A calendar month.
    #[default]
    Month,
    /// Three calendar months.
    Quarter,
    /// A calendar year.
    Year,
}

impl Period {
    /// Its word in the pipeline file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
        }
    }

    /// Number of the period that a day is in; periods in a row have numbers in a row.
    pub fn of(self, day: i32) -> i32 {
        let months = || {
            let date = civil_date(day);
            i32::from(date.year()) * 12 + i32::from(date.month()) - 1
        };
        match self {
            Self::Week => (day + 3).div_euclid(7),
            Self::Month => months(),
            Self::Quarter => months().div_euclid(3),
            Self::Year => months().div_euclid(12),
        }
    }

    /// First day of a period.
    pub fn start(self, number: i32) -> i32 {
        let months = match self {
            Self::Week => return number * 7 - 3,
            Self::Month => number,
            Self::Quarter => number * 3,
            Self::Year => number * 12,
        };
        let date = jiff::civil::Date::new(months.div_euclid(12) as i16, months.rem_euclid(12) as i8 + 1, 1);
        date.map_or(0, civil_day)
    }

    /// A period in words: `2024-W05`, `2024-02`, `2024-Q1`, `2024`.
    pub fn label(self, number: i32) -> String {
        let date = civil_date(self.start(number));
        match self {
            Self::Week => {
                let week = date.iso_week_date();
                format!("{:04}-W{:02}", week.year(), week.week())
            }
            Self::Month => format!("{:04}-{:02}", date.year(), date.month()),
            Self::Quarter => format!("{:04}-Q{}", date.year(), (date.month() + 2) / 3),
            Self::Year => format!("{:04}", date.year()),
        }
    }

    /// Length in days of a period that begins on any day; a month is 365.25 ÷ 12 days.
    pub fn days(self) -> f64 {
        match self {
            Self::Week => 7.0,
            Self::Month => 365.25 / 12.0,
            Self::Quarter => 365.25 / 4.0,
            Self::Year => 365.25,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::parse_day;

    #[test]
    fn periods_have_names_and_beginnings() {
        for (period, day, label, start) in [
            (Period::Week, "2024-12-31", "2025-W01", "2024-12-30"),
            (Period::Month, "2024-02-29", "2024-02", "2024-02-01"),
            (Period::Quarter, "2024-11-05", "2024-Q4", "2024-10-01"),
            (Period::Year, "1969-03-01", "1969", "1969-01-01"),
        ] {
            let number = period.of(parse_day(day).unwrap());
            assert_eq!(period.label(number), label);
            assert_eq!(period.start(number), parse_day(start).unwrap());
        }
    }
}
