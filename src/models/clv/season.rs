//! The clock that purchase models run on: plain days, or days that count more in busy seasons.

use std::borrow::Cow;

use jiff::civil::Date;
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::numerics::btyd::{DAYS_PER_WEEK, DailyTotals, SeasonalCalendar, seasonal_index};
use crate::table::civil_date;

use super::past::Calendar;
use super::population::Population;

/// How a year is divided into seasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Season {
    /// Every day counts the same.
    #[default]
    None,
    /// An index per calendar month.
    Month,
    /// An index per week of the year.
    Week,
}

/// Clock units of a seasonal clock in a day: times are kept in whole hours.
const HOURS_PER_DAY: f64 = 24.0;

/// Repeat purchases of average intensity that each season's index is pulled towards 1 by.
const PRIOR_PURCHASES: f64 = 20.0;

impl Season {
    /// Name in the pipeline file.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Month => "month",
            Self::Week => "week",
        }
    }

    /// Number of seasons in a year.
    fn buckets(self) -> usize {
        match self {
            Self::None => 1,
            Self::Month => 12,
            Self::Week => 52,
        }
    }

    /// The season of a day; the last week of the year has eight or nine days.
    fn of_day(self, day: i32) -> usize {
        let date: Date = civil_date(day);
        match self {
            Self::None => 0,
            Self::Month => (date.month() - 1) as usize,
            Self::Week => ((date.day_of_year() - 1) as usize / 7).min(51),
        }
    }
}

/// The clock of a purchase model.
#[derive(Debug, Clone)]
pub(super) enum Clock {
    /// Days are days.
    Plain,
    /// Days are as long as their season is busy.
    Seasonal(Box<Seasons>),
}

/// A seasonal index with its calendar.
#[derive(Debug, Clone)]
pub(super) struct Seasons {
    pub(super) by: Season,
    /// Per season, 1 on average over the days observed.
    pub(super) index: Vec<f64>,
    /// Seasons of which no day was observed; their index is 1.
    pub(super) unseen: usize,
    calendar: SeasonalCalendar,
    /// `Σ ln s` over the repeat purchases: makes log-likelihoods comparable with those in plain days.
    pub(super) ln_intensities: f64,
}

impl Clock {
    /// Estimates the index of the seasons from the days until `last_day`, given the expected repeat purchases of a new
    /// customer in the first t days; the clock can tell times up to `furthest_day`.
    pub(super) fn seasonal(
        by: Season,
        calendar: &Calendar,
        last_day: i32,
        furthest_day: i32,
        expected_new: &(dyn Fn(f64) -> f64 + Sync),
    ) -> Self {
        if by == Season::None {
            return Self::Plain;
        }
        let observed = (last_day - calendar.first_day + 1).clamp(0, calendar.births.len() as i32) as usize;
        let bucket = |offset: usize| by.of_day(calendar.first_day + offset as i32);
        let buckets: Vec<usize> = (0..observed).map(bucket).collect();
        let totals = DailyTotals {
            births: &calendar.births[..observed],
            repeats: &calendar.repeats[..observed],
            bucket: &buckets,
        };
        // the index asks for the expectation at every day of the calendar, again in each sweep
        let known: Vec<f64> = (0..2 * observed + 64).into_par_iter().map(|day| expected_new(day as f64)).collect();
        let look_up = |t: f64| known.get(t as usize).copied().unwrap_or_else(|| expected_new(t));
        let mut index = seasonal_index(&totals, &look_up, PRIOR_PURCHASES);
        let mut seen = vec![false; by.buckets()];
        buckets.iter().for_each(|b| seen[*b] = true);
        index.resize(by.buckets(), 1.0);
        index.iter_mut().zip(&seen).filter(|(_, seen)| !**seen).for_each(|(index, _)| *index = 1.0);
        let Self::Seasonal(mut seasons) = Self::of_index(by, &index, calendar.first_day, furthest_day) else {
            return Self::Plain;
        };
        seasons.ln_intensities = seasons.calendar.ln_intensities(&calendar.repeats[..observed]);
        seasons.unseen = seen.iter().filter(|seen| !**seen).count();
        Self::Seasonal(seasons)
    }

    /// The clock of a known index, from `first_day` to `furthest_day`; the index of a season that it lacks is 1.
    pub(super) fn of_index(by: Season, index: &[f64], first_day: i32, furthest_day: i32) -> Self {
        let mut index = index.to_vec();
        index.resize(by.buckets(), 1.0);
        let days = (furthest_day - first_day + 2).max(1);
        let buckets: Vec<usize> = (0..days).map(|offset| by.of_day(first_day + offset)).collect();
        let calendar = SeasonalCalendar::from_buckets(first_day, &buckets, &index);
        Self::Seasonal(Box::new(Seasons { by, index, unseen: 0, calendar, ln_intensities: 0.0 }))
    }

    /// Units of the clock in a week.
    pub(super) fn units_per_week(&self) -> f64 {
        match self {
            Self::Plain => DAYS_PER_WEEK,
            Self::Seasonal(_) => DAYS_PER_WEEK * HOURS_PER_DAY,
        }
    }

    /// `t_x` and T of the customers in units of the clock.
    pub(super) fn times<'a>(&self, population: &'a Population) -> (Cow<'a, [u32]>, Cow<'a, [u32]>) {
        let Self::Seasonal(seasons) = self else {
            return (Cow::Borrowed(&population.t_x), Cow::Borrowed(&population.tenure));
        };
        let hours = |days: f64| (days * HOURS_PER_DAY).round() as u32;
        let of = |(t_x, tenure): (&u32, &u32)| {
            let first = population.day - *tenure as i32;
            let (t_x, t) = seasons.calendar.history_days(first, first + *t_x as i32, population.day);
            let t = hours(t);
            (hours(t_x).min(t), t)
        };
        let (t_x, t): (Vec<u32>, Vec<u32>) = population.t_x.par_iter().zip(&population.tenure).map(of).unzip();
        (Cow::Owned(t_x), Cow::Owned(t))
    }

    /// Length on the clock, in weeks, of the `days` after a day.
    pub(super) fn weeks_after(&self, day: i32, days: u32) -> f64 {
        match self {
            Self::Plain => f64::from(days) / DAYS_PER_WEEK,
            Self::Seasonal(seasons) => seasons.calendar.horizon(day, days) / DAYS_PER_WEEK,
        }
    }

    /// Length on the clock, in weeks, from the end of one day to the end of another.
    pub(super) fn weeks_between(&self, from: i32, to: i32) -> f64 {
        match self {
            Self::Plain => f64::from(to - from) / DAYS_PER_WEEK,
            Self::Seasonal(seasons) => seasons.calendar.days_between(from, to) / DAYS_PER_WEEK,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::parse_day;

    #[test]
    fn seasons_follow_the_calendar() {
        let day = |text: &str| parse_day(text).unwrap();
        assert_eq!(Season::Month.of_day(day("2024-12-31")), 11);
        assert_eq!(Season::Week.of_day(day("2024-01-07")), 0);
        assert_eq!(Season::Week.of_day(day("2024-01-08")), 1);
        assert_eq!(Season::Week.of_day(day("2024-12-31")), 51);
    }

    #[test]
    fn a_busy_december_makes_its_days_long() {
        let first_day = parse_day("2021-01-01").unwrap();
        let last_day = parse_day("2023-12-31").unwrap();
        let days = (last_day - first_day + 1) as usize;
        let december = |offset: usize| Season::Month.of_day(first_day + offset as i32) == 11;
        let mut calendar = Calendar { first_day, births: vec![0.0; days], repeats: vec![0.0; days] };
        calendar.births[0] = 10_000.0;
        for offset in 1..days {
            calendar.repeats[offset] = if december(offset) { 300.0 } else { 100.0 };
        }
        let clock = Clock::seasonal(Season::Month, &calendar, last_day, last_day + 400, &|t| 0.01 * t);
        let before_december = parse_day("2024-11-30").unwrap();
        let (december, january) = (clock.weeks_after(before_december, 31), clock.weeks_after(before_december + 31, 31));
        assert!((december / january - 3.0).abs() < 0.05, "{december} against {january}");
    }
}
