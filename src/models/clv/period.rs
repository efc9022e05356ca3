//! Opportunities to buy of the discrete-time model: one per day, week, month, quarter or year.

use std::ops::RangeInclusive;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::table::civil_date;

/// How often there is an opportunity to buy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// Every day.
    Day,
    /// Every week, from Monday.
    Week,
    /// Every calendar month.
    #[default]
    Month,
    /// Every quarter of a calendar year.
    Quarter,
    /// Every calendar year.
    Year,
}

/// Days in a year on average.
const DAYS_PER_YEAR: f64 = 365.25;

impl Period {
    /// Mean length in days.
    pub(super) fn days(self) -> f64 {
        match self {
            Self::Day => 1.0,
            Self::Week => 7.0,
            Self::Month => DAYS_PER_YEAR / 12.0,
            Self::Quarter => DAYS_PER_YEAR / 4.0,
            Self::Year => DAYS_PER_YEAR,
        }
    }

    /// Name in the pipeline file.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
        }
    }

    /// The period of a name.
    pub(super) fn of_name(name: &str) -> Option<Self> {
        [Self::Day, Self::Week, Self::Month, Self::Quarter, Self::Year].into_iter().find(|p| p.name() == name)
    }

    /// Number of the period that a day (since 1970-01-01, a Thursday) belongs to.
    pub(super) fn of_day(self, day: i32) -> i32 {
        let month = |date: Date| i32::from(date.year()) * 12 + i32::from(date.month()) - 1;
        match self {
            Self::Day => day,
            Self::Week => (day + 3).div_euclid(7),
            Self::Month => month(civil_date(day)),
            Self::Quarter => month(civil_date(day)).div_euclid(3),
            Self::Year => i32::from(civil_date(day).year()),
        }
    }

    /// The last period that is over at the end of a day.
    pub(super) fn last_whole(self, day: i32) -> i32 {
        let own = self.of_day(day);
        if self.of_day(day + 1) > own { own } else { own - 1 }
    }

    /// The periods after `last` that are over at the end of the day `end`.
    pub(super) fn ahead(self, last: i32, end: i32) -> RangeInclusive<i32> {
        last + 1..=self.last_whole(end)
    }

    /// How many opportunities the `days` after the end of period `last` bring, part of one included.
    pub(super) fn count(self, days: u32) -> f64 {
        f64::from(days) / self.days()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::parse_day;

    #[test]
    fn periods_follow_the_calendar() {
        let day = |text: &str| parse_day(text).unwrap();
        for (period, before, after) in [
            (Period::Week, "2024-03-03", "2024-03-04"),
            (Period::Month, "2024-02-29", "2024-03-01"),
            (Period::Quarter, "2024-03-31", "2024-04-01"),
            (Period::Year, "2023-12-31", "2024-01-01"),
            (Period::Day, "2024-01-01", "2024-01-02"),
        ] {
            assert_eq!(period.of_day(day(before)) + 1, period.of_day(day(after)), "{period:?}");
            assert_eq!(period.last_whole(day(before)), period.of_day(day(before)), "{period:?}");
            if period != Period::Day {
                assert_eq!(period.last_whole(day(after)), period.of_day(day(before)), "{period:?}");
            }
        }
    }

    #[test]
    fn days_before_1970_belong_to_their_week() {
        assert_eq!(Period::Week.of_day(-4), -1);
        assert_eq!(Period::Week.of_day(-3), 0);
    }
}
