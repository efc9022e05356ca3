//! When to write: weekday and hours by own habits, the day by the expected next purchase.

use arrow::array::{Array, Date32Array};

use crate::clean::{Cleaned, DAY_MINUTES};
use crate::numerics::pooling::{Concentration, pooled};
use crate::table::{Table, TableError};

use super::collect::Collected;

/// Names of the weekdays from Monday.
pub(super) const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// Hours in a send window.
pub(super) const WINDOW_HOURS: usize = 2;

const HOURS: usize = 24;

/// The hour of the week, from Monday midnight on, of a minute since 1970-01-01.
pub(super) fn slot(minute: i32) -> u8 {
    let weekday = weekday(minute.div_euclid(DAY_MINUTES));
    (weekday * HOURS + minute.rem_euclid(DAY_MINUTES) as usize / 60) as u8
}

/// Weekday of a day since 1970-01-01, a Thursday; 0 is Monday.
fn weekday(day: i32) -> usize {
    (i64::from(day) + 3).rem_euclid(7) as usize
}

/// When to write to a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Timing {
    /// 0 is Monday.
    pub(super) weekday: usize,
    /// First hour of the window; none when hours are not known.
    pub(super) hour: Option<usize>,
    /// Days since 1970-01-01.
    pub(super) day: i32,
}

/// Counts by weekday and by hour.
#[derive(Debug, Clone, Copy)]
struct Habit {
    weekdays: [u32; 7],
    hours: [u32; HOURS],
}

impl Habit {
    fn of(slots: impl Iterator<Item = u8>) -> Self {
        let mut habit = Self { weekdays: [0; 7], hours: [0; HOURS] };
        for slot in slots {
            habit.weekdays[usize::from(slot) / HOURS % 7] += 1;
            habit.hours[usize::from(slot) % HOURS] += 1;
        }
        habit
    }
}

/// Everyone's profile, and how far customers differ from it.
struct Everyone<const N: usize> {
    shares: [f64; N],
    concentration: f64,
}

impl<const N: usize> Everyone<N> {
    /// None without any event.
    fn of(habits: &[Habit], counts: impl Fn(&Habit) -> [u32; N]) -> Option<Self> {
        let mut totals = [0_u64; N];
        for habit in habits {
            for (total, count) in totals.iter_mut().zip(counts(habit)) {
                *total += u64::from(count);
            }
        }
        let all = totals.iter().sum::<u64>();
        let shares = totals.map(|total| total as f64 / all.max(1) as f64);
        let mut concentration = Concentration::default();
        habits.iter().for_each(|habit| concentration.add(&counts(habit), &shares));
        (all > 0).then(|| Self { concentration: concentration.estimate(&shares), shares })
    }

    fn pooled(&self, counts: [u32; N]) -> [f64; N] {
        let trials = counts.iter().map(|count| f64::from(*count)).sum();
        let mut found = self.shares;
        for (share, count) in found.iter_mut().zip(counts) {
            *share = pooled(f64::from(count), trials, *share, self.concentration);
        }
        found
    }
}

/// The place of the greatest value, the first among equals.
fn greatest(values: impl Iterator<Item = f64>) -> usize {
    let best = values
        .enumerate()
        .fold((0, f64::NEG_INFINITY), |best, (at, value)| if value > best.1 { (at, value) } else { best });
    best.0
}

/// When to write to each customer; none when nobody ever bought or responded.
pub(super) fn timings(
    keys: &[Option<u64>],
    collected: &Collected,
    cleaned: &Cleaned,
    customers: &Table,
    as_of: i32,
) -> Result<Option<Vec<Timing>>, TableError> {
    let contacts = &cleaned.outreach.contacts;
    // responses that tell the day alone all fall on midnight
    let responses_have_hours =
        contacts.rows().iter().any(|c| c.responded.is_some_and(|m| m.rem_euclid(DAY_MINUTES) != 0));
    let habit = |row: usize| {
        let own = &collected.slots[collected.slot_starts[row]..collected.slot_starts[row + 1]];
        let responses = keys[row].map_or(&[][..], |key| contacts.of(key)).iter().filter_map(|c| c.responded).map(slot);
        let mut habit = Habit::of(own.iter().copied().chain(responses.clone()));
        if cleaned.has_time_of_day != responses_have_hours {
            let told = if cleaned.has_time_of_day { own.to_vec() } else { responses.collect() };
            habit.hours = Habit::of(told.into_iter()).hours;
        }
        habit
    };
    let habits = (0..keys.len()).map(habit).collect::<Vec<_>>();
    let Some(weekdays) = Everyone::of(&habits, |habit| habit.weekdays) else { return Ok(None) };
    let hours = Everyone::of(&habits, |habit| habit.hours).filter(|_| cleaned.has_time_of_day || responses_have_hours);
    let (from, until) = (customers.days("next_purchase_from")?, customers.days("next_purchase_until")?);
    let timing = |(row, habit): (usize, &Habit)| {
        let by_weekday = weekdays.pooled(habit.weekdays);
        let weekday = greatest(by_weekday.iter().copied());
        let hour = hours.as_ref().map(|hours| {
            let by_hour = hours.pooled(habit.hours);
            greatest(by_hour.windows(WINDOW_HOURS).map(|window| window.iter().sum()))
        });
        let window = day_of(from, row).zip(day_of(until, row));
        Timing { weekday, hour, day: send_day(&by_weekday, weekday, window, as_of) }
    };
    Ok(Some(habits.iter().enumerate().map(timing).collect()))
}

fn day_of(days: &Date32Array, row: usize) -> Option<i32> {
    (!days.is_null(row)).then(|| days.value(row))
}

/// The first send weekday within the window, from the day after `as_of` on; without a window, or when it has passed, the
/// next one; where the window holds none, its day of the best weekday.
fn send_day(by_weekday: &[f64; 7], best: usize, window: Option<(i32, i32)>, as_of: i32) -> i32 {
    let tomorrow = as_of.saturating_add(1);
    let next = |from: i32| from.saturating_add((best + 7 - weekday(from)) as i32 % 7);
    match window {
        Some((from, until)) if until >= tomorrow => {
            let from = from.max(tomorrow);
            let first = next(from);
            if first <= until {
                return first;
            }
            let days = (from..=until).map(|day| by_weekday[weekday(day)]);
            from + greatest(days) as i32
        }
        _ => next(tomorrow),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::parse_day;

    fn day(text: &str) -> i32 {
        parse_day(text).unwrap()
    }

    #[test]
    fn hours_of_the_week_begin_on_monday() {
        // 2024-04-01 was a Monday
        assert_eq!(slot(day("2024-04-01") * DAY_MINUTES), 0);
        assert_eq!(slot(day("2024-04-07") * DAY_MINUTES + 23 * 60 + 59), 6 * 24 + 23);
        assert_eq!(slot(day("1969-12-31") * DAY_MINUTES + 60), 2 * 24 + 1);
    }

    #[test]
    fn the_send_day_is_in_the_window_and_never_before_tomorrow() {
        let friday = [0.1, 0.1, 0.15, 0.1, 0.4, 0.1, 0.05];
        let as_of = day("2024-04-03");
        let send = |window: Option<(&str, &str)>| {
            let window = window.map(|(from, until)| (day(from), day(until)));
            crate::table::format_day(send_day(&friday, 4, window, as_of))
        };
        assert_eq!(send(None), "2024-04-05");
        assert_eq!(send(Some(("2024-04-10", "2024-04-20"))), "2024-04-12");
        assert_eq!(send(Some(("2024-03-20", "2024-04-20"))), "2024-04-05", "the window is open");
        assert_eq!(send(Some(("2024-02-01", "2024-03-01"))), "2024-04-05", "overdue");
        assert_eq!(send(Some(("2024-04-08", "2024-04-10"))), "2024-04-10", "no Friday: the best of its days");
        assert_eq!(send(Some(("2024-04-01", "2024-04-04"))), "2024-04-04");
    }
}
