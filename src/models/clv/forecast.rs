//! Expected repeat purchases of customers from their first purchase on, without looking at what they did since:
//! what a tracking plot compares with the purchases that were made (Fader, Hardie & Lee 2005, fig. 3).

use rayon::prelude::*;

use crate::numerics::btyd::{DAYS_PER_WEEK, TransactionModel};

use super::covariates::Design;
use super::past::{Calendar, Past};
use super::purchases::{Fitted, Purchases};
use super::season::Clock;

/// Expected repeat purchases of a new customer by time since the first purchase.
#[derive(Debug)]
pub(super) struct Expectation<'a> {
    clock: &'a Clock,
    /// By whole days on the clock.
    by_day: Vec<f64>,
}

impl<'a> Expectation<'a> {
    /// The expectation of a fit; none for the discrete-time model. With covariates it is that of the mixture of groups.
    pub(super) fn of(purchases: &'a Purchases, design: Option<&Design>, past: &Past) -> Option<Self> {
        let first = past.calendar.first_day;
        let span = purchases.clock.weeks_between(first - 1, past.cut.end()) * DAYS_PER_WEEK;
        let days = span.ceil() as usize + 2;
        let table = |model: &dyn TransactionModel| -> Vec<f64> {
            (0..days).into_par_iter().map(|day| model.expected_new(day as f64 / DAYS_PER_WEEK)).collect()
        };
        let by_day = match (&purchases.fitted, design) {
            (Fitted::Plain(fit), _) => table(fit.model.as_model()),
            (Fitted::Covariates(fit), Some(design)) => {
                let mut members = vec![0.0; design.groups.len()];
                design.group_of.iter().for_each(|group| members[*group as usize] += 1.0);
                let mut sum = vec![0.0; days];
                for ((purchase, dropout), count) in design.groups.iter().zip(members) {
                    let share = count / design.group_of.len().max(1) as f64;
                    let own = table(fit.model(purchase, dropout).as_model());
                    sum.iter_mut().zip(own).for_each(|(sum, own)| *sum += share * own);
                }
                sum
            }
            (Fitted::Covariates(_) | Fitted::Opportunities(..), _) => return None,
        };
        Some(Self { clock: &purchases.clock, by_day })
    }

    /// Expected repeat purchases until the end of `day` of all customers born in a calendar, whose first day counts whole.
    pub(super) fn cumulative(&self, calendar: &Calendar, day: i32) -> f64 {
        self.sum(calendar, day, 1)
    }

    /// Expected repeat purchases until the end of the holdout of those born after the cut.
    pub(super) fn newcomers(&self, past: &Past) -> f64 {
        self.sum(&past.newcomers, past.cut.end(), 0)
    }

    /// Over all births, each counted from `lead` days before the end of its day.
    fn sum(&self, calendar: &Calendar, day: i32, lead: i32) -> f64 {
        let births = calendar.births.iter().enumerate().filter(|(_, born)| **born > 0.0);
        let each = births.map(|(offset, born)| {
            let birth = calendar.first_day + offset as i32;
            let weeks = if birth > day { 0.0 } else { self.clock.weeks_between(birth - lead, day) };
            born * self.at(weeks * DAYS_PER_WEEK)
        });
        each.sum()
    }

    fn at(&self, days: f64) -> f64 {
        let last = self.by_day.len() - 1;
        let whole = (days.max(0.0) as usize).min(last);
        let (low, high) = (self.by_day[whole], self.by_day[(whole + 1).min(last)]);
        low + (days - whole as f64).clamp(0.0, 1.0) * (high - low)
    }
}
