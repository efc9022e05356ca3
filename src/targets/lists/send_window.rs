//! When to reach a customer: by the table of best offers, if the run has one, else by their own orders.

use std::collections::BTreeSet;

use arrow::array::Array;

use crate::stage::customer_column;
use crate::table::{Categories, Column, TableError, Tables};

/// Hours in a send window.
const WINDOW_HOURS: usize = 2;

/// Hours of a day, and one for an hour that is not known.
const HOUR_SLOTS: usize = 25;

/// Weekday and hour of every customer.
pub(super) struct SendWindows {
    weekdays: Categories,
    hours: Column,
}

impl SendWindows {
    pub(super) fn of(tables: &Tables) -> Result<Self, TableError> {
        if let (Ok(Column::Category(weekdays)), Ok(hours)) =
            (customer_column(tables, "send_weekday"), customer_column(tables, "send_hour"))
        {
            return Ok(Self { weekdays, hours });
        }
        let customers = tables.get("customers")?;
        let weekdays = customers.categories("favourite_weekday")?.clone();
        Ok(Self { weekdays, hours: customers.column("favourite_hour")?.clone() })
    }

    /// `Tuesday 10:00-12:00` for each of the rows; the weekday alone when hours are not known.
    pub(super) fn of_rows(&self, rows: impl Iterator<Item = usize>) -> Categories {
        let weekdays = &self.weekdays;
        let slot = |row: usize| {
            let weekday = (!weekdays.codes.is_null(row)).then(|| weekdays.codes.value(row) as usize)?;
            let hour = self.hours.number(row).map_or(HOUR_SLOTS - 1, |hour| (hour as usize).min(HOUR_SLOTS - 2));
            Some(weekday * HOUR_SLOTS + hour)
        };
        let shown = |slot: usize| {
            let weekday = &weekdays.names[slot / HOUR_SLOTS];
            let start = (slot % HOUR_SLOTS).min(24 - WINDOW_HOURS);
            match slot % HOUR_SLOTS {
                hour if hour == HOUR_SLOTS - 1 => weekday.clone(),
                _ => format!("{weekday} {start:02}:00-{:02}:00", start + WINDOW_HOURS),
            }
        };
        let names = (0..weekdays.names.len() * HOUR_SLOTS).map(shown).collect::<Vec<_>>();
        let sorted = names.iter().cloned().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>();
        let codes = names.iter().map(|n| sorted.binary_search(n).map_or(-1, |at| at as i32)).collect::<Vec<_>>();
        let codes = rows.map(|row| slot(row).map_or(-1, |slot| codes[slot])).collect();
        Categories::from_codes(codes, sorted)
    }
}
