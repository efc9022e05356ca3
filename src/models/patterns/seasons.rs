//! In which months, weekdays and hours the trade is.

use std::collections::BTreeMap;

use arrow::array::{Float64Array, Int64Array};

use crate::clean::{Cleaned, DAY_MINUTES, NO_NAME};
use crate::purchases::{Names, Purchases};
use crate::table::{Categories, Table, TableBuilder, TableError, civil_date};

use super::contract::TRADE_PROFILE;

/// Units with the number of their values.
const UNITS: [(&str, usize); 3] = [("month", 12), ("weekday", 7), ("hour", 24)];

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// Orders and money by unit and value.
type Profile = [[(i64, i64); 24]; 3];

/// Profiles by category ([`NO_NAME`] for all), and the first day of the log.
#[derive(Debug, Default)]
pub(super) struct Seasons {
    profiles: BTreeMap<u32, Profile>,
    first_day: Option<i32>,
}

fn places(minute: i32) -> [usize; 3] {
    let day = minute.div_euclid(DAY_MINUTES);
    let month = civil_date(day).month() as usize - 1;
    [month, (day + 3).rem_euclid(7) as usize, (minute.rem_euclid(DAY_MINUTES) / 60) as usize]
}

impl Seasons {
    /// Adds the orders of one customer.
    pub(super) fn add(&mut self, purchases: Purchases<'_>) {
        let mut items = Vec::new();
        for basket in purchases.baskets {
            self.see(basket.minute.div_euclid(DAY_MINUTES));
            let places = places(basket.minute);
            self.count(NO_NAME, places, basket.amount);
            items.clear();
            items.extend(purchases.items_of(basket).iter().map(|i| (i.category, i.amount)));
            items.retain(|(category, _)| *category != NO_NAME);
            items.sort_unstable();
            for own in items.chunk_by(|a, b| a.0 == b.0) {
                self.count(own[0].0, places, own.iter().fold(0, |sum: i64, (_, amount)| sum.saturating_add(*amount)));
            }
        }
    }

    /// Adds those of other customers.
    pub(super) fn join(&mut self, others: Self) {
        others.first_day.into_iter().for_each(|day| self.see(day));
        for (category, more) in others.profiles {
            let profile = self.profile(category);
            for (all, more) in profile.iter_mut().flatten().zip(more.into_iter().flatten()) {
                *all = (all.0 + more.0, all.1.saturating_add(more.1));
            }
        }
    }

    fn see(&mut self, day: i32) {
        self.first_day = Some(self.first_day.map_or(day, |first| first.min(day)));
    }

    fn profile(&mut self, category: u32) -> &mut Profile {
        self.profiles.entry(category).or_insert([[(0, 0); 24]; 3])
    }

    fn count(&mut self, category: u32, places: [usize; 3], amount: i64) {
        for (unit, place) in self.profile(category).iter_mut().zip(places) {
            unit[place].0 += 1;
            unit[place].1 = unit[place].1.saturating_add(amount);
        }
    }
}

/// Days of the log by month and weekday; each hour comes once a day.
fn days_by_value(first: i32, last: i32) -> [[i64; 24]; 3] {
    let mut days = [[0; 24]; 3];
    for day in first..=last {
        let [month, weekday, _] = places(day.saturating_mul(DAY_MINUTES));
        days[0][month] += 1;
        days[1][weekday] += 1;
        days[2].iter_mut().for_each(|count| *count += 1);
    }
    days
}

/// The table.
pub(super) fn seasons_table(
    seasons: &Seasons,
    names: &Names,
    as_of: i32,
    cleaned: &Cleaned,
) -> Result<Table, TableError> {
    let days = seasons.first_day.map_or([[0; 24]; 3], |first| days_by_value(first, as_of));
    let (mut categories, mut units, mut values, mut labels) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut orders, mut revenue, mut index) = (Vec::new(), Vec::new(), Vec::new());
    for (category, profile) in &seasons.profiles {
        for (unit, (name, size)) in UNITS.iter().enumerate().filter(|(unit, _)| *unit < 2 || cleaned.has_time_of_day) {
            let total: i64 = profile[unit][..*size].iter().map(|(count, _)| count).sum();
            let spread: i64 = days[unit][..*size].iter().sum();
            for value in 0..*size {
                let (count, money) = profile[unit][value];
                let expected = total as f64 * days[unit][value] as f64 / spread as f64;
                categories.push(i32::try_from(*category).unwrap_or(-1));
                units.push(Some(*name));
                values.push(if unit == 2 { value } else { value + 1 } as i64);
                labels.push(label(unit, value));
                orders.push(count);
                revenue.push(cleaned.has_money.then_some(money));
                index.push((expected > 0.0).then(|| count as f64 / expected));
            }
        }
    }
    let labels = labels.iter().map(|label| Some(label.as_str())).collect::<Vec<_>>();
    TableBuilder::new(&TRADE_PROFILE)
        .category("category", Categories::from_codes(categories, names.categories.clone()))
        .category("unit", Categories::from_words(&units))
        .count("value", values)
        .category("label", Categories::from_words(&labels))
        .count("orders", orders)
        .money("revenue", revenue.into_iter().collect::<Int64Array>())
        .real("index", index.into_iter().collect::<Float64Array>())
        .build()
}

fn label(unit: usize, value: usize) -> String {
    match unit {
        0 => MONTHS[value].to_owned(),
        1 => WEEKDAYS[value].to_owned(),
        _ => format!("{value:02}:00"),
    }
}
