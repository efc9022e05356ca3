//! Since when, and from where: today's groupings beside those of the run before.

use arrow::array::{Array, Date32Array, Int64Array, StringArray};

use crate::history::History;
use crate::table::{Categories, Column, align};

use super::contract::SEGMENTS;

/// The `segments` table of the run before, its rows found by today's customers.
pub(super) struct Previous<'a> {
    history: &'a History,
    rows: Int64Array,
}

/// Since when a customer has been in a group, and the group before.
pub(super) struct Entered {
    pub(super) since: Date32Array,
    pub(super) from: Categories,
}

impl<'a> Previous<'a> {
    pub(super) fn new(history: &'a History, ids: &StringArray) -> Self {
        let none = StringArray::from(Vec::<&str>::new());
        let old_ids = match history.column(SEGMENTS.name, "customer_id") {
            Some(Column::Text(old_ids)) => old_ids,
            _ => &none,
        };
        Self { history, rows: align(ids, old_ids) }
    }

    fn row(&self, row: usize) -> Option<usize> {
        (!self.rows.is_null(row)).then(|| self.rows.value(row) as usize)
    }

    fn words_of(&self, name: &str) -> Option<&Categories> {
        match self.history.column(SEGMENTS.name, name) {
            Some(Column::Category(words)) => Some(words),
            _ => None,
        }
    }

    fn days_of(&self, name: &str) -> Option<&Date32Array> {
        match self.history.column(SEGMENTS.name, &format!("{name}_since")) {
            Some(Column::Day(days)) => Some(days),
            _ => None,
        }
    }

    /// For a grouping by words: who stayed keeps the day of entry, who moved entered on `as_of`.
    pub(super) fn words(&self, name: &str, now: &Categories, as_of: i32) -> Entered {
        let rows = now.codes.len();
        let Some(old) = self.words_of(name) else {
            let since = (0..rows).map(|row| now.get(row).map(|_| as_of)).collect();
            return Entered { since, from: Categories::from_codes(vec![-1; rows], Vec::new()) };
        };
        let old_since = self.days_of(name);
        let old_from = self.words_of(&format!("{name}_from"));
        let mut since = Vec::with_capacity(rows);
        let mut from = Vec::with_capacity(rows);
        for row in 0..rows {
            let before = self.row(row);
            let was = before.and_then(|at| old.get(at));
            let is = now.get(row);
            if is.is_some() && was == is {
                since.push(before.and_then(|at| day(old_since, at)).or(Some(as_of)));
                from.push(before.and_then(|at| old_from?.get(at)));
            } else {
                since.push(is.map(|_| as_of));
                from.push(was);
            }
        }
        Entered { since: since.into(), from: Categories::from_words(&from) }
    }

    /// For a rule segment: the day of entry of those who are in it.
    pub(super) fn flags(&self, name: &str, now: &[bool], as_of: i32) -> Date32Array {
        let old = match self.history.column(SEGMENTS.name, name) {
            Some(Column::Flag(flags)) => Some(flags),
            _ => None,
        };
        let old_since = self.days_of(name);
        let entered = |(row, is_in): (usize, &bool)| {
            let was_in = |at: &usize| old.is_some_and(|o| !o.is_null(*at) && o.value(*at));
            let stayed = self.row(row).filter(was_in);
            is_in.then(|| stayed.and_then(|at| day(old_since, at)).unwrap_or(as_of))
        };
        now.iter().enumerate().map(entered).collect()
    }
}

fn day(days: Option<&Date32Array>, row: usize) -> Option<i32> {
    days.filter(|d| row < d.len() && !d.is_null(row)).map(|d| d.value(row))
}
