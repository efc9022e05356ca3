//! Two years of calendar days, the year after them, and the operational time that carries the seasons.
//!
//! The purchase process runs in operational time, in which every unit has the same demand; a calendar day lasts as long in it as its
//! month index times its weekday index, scaled so that the two years of data last exactly their number of days. Without seasons and
//! weekdays the two times are the same.
//!
//! Times are local business time (Europe/Berlin), as seconds since 1970-01-01 00:00 on the wall clock, without offset. All
//! happens between 7 and 22 o'clock, so no time falls into the hour that a clock change skips or repeats.

use jiff::civil::{Date, date};

use super::params::Habits;

/// Days of data: 2024-01-01 to 2025-12-31.
pub(super) const DAYS: usize = 731;
/// Days after the data for which the process is carried on, to know the truth about the future.
pub(super) const HOLDOUT_DAYS: usize = 365;
/// Quarters of data, each an export file.
pub(super) const QUARTERS: usize = 8;
/// Months of data.
pub(super) const MONTHS: usize = 24;
/// Seconds of a day.
pub(super) const DAY_SECONDS: i64 = 86_400;

/// The calendar of the data.
#[derive(Debug)]
pub(super) struct Calendar {
    /// Demand of each day.
    weight: Vec<f64>,
    /// Operational time at the start of each day, and at the end of the last.
    start: Vec<f64>,
    /// The day that holds each whole unit of operational time.
    lookup: Vec<u16>,
    /// Month of each day of data, counted from the first.
    month: Vec<u8>,
    /// First day of each quarter and the day after the last.
    quarter_start: [usize; QUARTERS + 1],
    /// Days between 1970-01-01 and day 0.
    epoch_day: i32,
}

/// The first day of data.
pub(super) fn first_date() -> Date {
    date(2024, 1, 1)
}

impl Calendar {
    /// The calendar with the demand that the habits give it.
    pub(super) fn new(habits: &Habits) -> Self {
        let dates: Vec<Date> = first_date().series(jiff::Span::new().days(1)).take(DAYS + HOLDOUT_DAYS).collect();
        let mut weight: Vec<f64> = dates
            .iter()
            .map(|day| {
                let month = habits.month_index[day.month() as usize - 1];
                month * habits.weekday_index[day.weekday().to_monday_zero_offset() as usize]
            })
            .collect();
        let scale = DAYS as f64 / weight[..DAYS].iter().sum::<f64>();
        for value in &mut weight {
            *value *= scale;
        }
        let mut start = vec![0.0];
        for value in &weight {
            start.push(start[start.len() - 1] + value);
        }
        let mut quarter_start = [DAYS; QUARTERS + 1];
        for (index, day) in dates[..DAYS].iter().enumerate().rev() {
            quarter_start[quarter_of(*day)] = index;
        }
        let epoch_day = date(1970, 1, 1).until(first_date()).map_or(0, |span| span.get_days());
        Self {
            lookup: lookup(&start),
            month: dates.iter().copied().map(month_of).collect(),
            weight,
            start,
            quarter_start,
            epoch_day,
        }
    }

    /// Operational time in the middle of a day.
    pub(super) fn middle(&self, day: usize) -> f64 {
        self.start[day] + 0.5 * self.weight[day]
    }

    /// Operational time at the start of a day.
    pub(super) fn start(&self, day: usize) -> f64 {
        self.start[day]
    }

    /// The calendar day of an operational time.
    pub(super) fn day_at(&self, operational: f64) -> usize {
        let mut day = usize::from(self.lookup[(operational as usize).min(self.lookup.len() - 1)]);
        while day + 1 < self.weight.len() && self.start[day + 1] <= operational {
            day += 1;
        }
        day
    }

    /// Days since 1970-01-01 of a day of the calendar.
    pub(super) fn epoch_day(&self, day: i64) -> i32 {
        self.epoch_day + day as i32
    }

    /// The time at the start of a day.
    pub(super) fn midnight(&self, day: i64) -> i64 {
        (i64::from(self.epoch_day) + day) * DAY_SECONDS
    }

    /// The day of a time.
    pub(super) fn day_of(&self, time: i64) -> i64 {
        time.div_euclid(DAY_SECONDS) - i64::from(self.epoch_day)
    }

    /// The month of a day, counted from the first month of data.
    pub(super) fn month(&self, day: i64) -> usize {
        usize::from(self.month[day as usize])
    }

    /// The first moment after the data.
    pub(super) fn end(&self) -> i64 {
        self.midnight(DAYS as i64)
    }

    /// The quarter of a time; what lies outside the data belongs to the nearest quarter.
    pub(super) fn quarter(&self, time: i64) -> usize {
        let day = self.day_of(time);
        self.quarter_start[1..QUARTERS].iter().take_while(|first| **first as i64 <= day).count()
    }

    /// Days from a time to the end of its quarter: 1 on the last day.
    pub(super) fn days_left_in_quarter(&self, time: i64) -> i64 {
        self.quarter_start[self.quarter(time) + 1] as i64 - self.day_of(time)
    }
}

/// The day of a date that lies in the data or the year after.
pub(super) fn day_of_date(wanted: Date) -> usize {
    first_date().until(wanted).map_or(0, |span| span.get_days().max(0) as usize)
}

fn month_of(day: Date) -> u8 {
    ((day.year() - 2024) * 12 + i16::from(day.month()) - 1) as u8
}

fn quarter_of(day: Date) -> usize {
    let year = usize::from(day.year() > 2024);
    year * 4 + (day.month() as usize - 1) / 3
}

fn lookup(start: &[f64]) -> Vec<u16> {
    let mut days = Vec::new();
    for day in 0..start.len() - 1 {
        while (days.len() as f64) < start[day + 1] {
            days.push(day as u16);
        }
    }
    days
}

/// The same day at an hour when the shop is open, later times of day staying later: the 24 hours are laid onto those from 8 to 22.
pub(super) fn opening(time: i64) -> i64 {
    let second = time.rem_euclid(DAY_SECONDS);
    time - second + 8 * 3600 + second * 14 / 24
}

/// A time as `2025-03-14 18:22:05`.
pub(super) fn text(time: i64) -> String {
    let day = jiff::civil::date(1970, 1, 1).saturating_add(jiff::Span::new().days(time.div_euclid(DAY_SECONDS)));
    let second = time.rem_euclid(DAY_SECONDS);
    format!("{day} {:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60)
}
