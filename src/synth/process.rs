//! When a customer buys: BG/NBD in operational time, seen at the grain of a day.
//!
//! Reference: Fader, Hardie & Lee (2005), "Counting your customers" the easy way, Marketing Science 24(2), assumptions (i)–(v). The
//! rate λ is gamma (r, α), the dropout probability p is beta (a, b); after the first purchase the waits are exponential with rate λ,
//! and after each repeat purchase the customer is gone with probability p.
//!
//! The first purchase stands in the middle of its day and the data end in the middle of their last day, so T in days is exact. A
//! repeat purchase belongs to the day that holds its instant; where the customer has bought on that day already it takes the next
//! free day, so the number of purchase days is exactly the number of purchases of the process.

use super::calendar::{Calendar, DAYS, HOLDOUT_DAYS};
use super::params::PurchaseModel;
use super::random::Stream;

/// What a customer is, and the instants at which they buy.
#[derive(Debug, Clone)]
pub(super) struct History {
    /// Purchases per week while the customer stays.
    pub(super) lambda_per_week: f64,
    /// Chance of leaving after each repeat purchase.
    pub(super) dropout: f64,
    /// Day of the first purchase.
    pub(super) first_day: usize,
    /// Operational instants of the repeat purchases, past the end of the data included.
    pub(super) instants: Vec<f64>,
    /// Whether the last instant is the purchase with which the customer left.
    pub(super) left_at_last: bool,
    /// Distinct days with a purchase within the data, the first included, rising.
    pub(super) days: Vec<usize>,
}

impl History {
    /// Draws one customer.
    pub(super) fn draw(model: &PurchaseModel, calendar: &Calendar, stream: &mut Stream) -> Self {
        let lambda_per_week = stream.gamma(model.r) / model.alpha_weeks;
        let dropout = stream.beta(model.a, model.b);
        let first_day = first_day(calendar, stream);
        let horizon = calendar.middle(DAYS + HOLDOUT_DAYS - 1);
        let mut now = calendar.middle(first_day);
        let mut instants = Vec::new();
        let mut left_at_last = false;
        while !left_at_last {
            now += stream.exponential() * 7.0 / lambda_per_week;
            if now >= horizon {
                break;
            }
            instants.push(now);
            left_at_last = stream.chance(dropout);
        }
        let mut history = Self { lambda_per_week, dropout, first_day, instants, left_at_last, days: vec![first_day] };
        history.fill_days(calendar);
        history
    }

    /// Repeat purchases within the data.
    pub(super) fn repeats(&self, calendar: &Calendar) -> usize {
        self.instants_before(calendar.middle(DAYS - 1))
    }

    /// Whether the customer is still there when the data end.
    pub(super) fn alive_at_end(&self, calendar: &Calendar) -> bool {
        !self.left_at_last || self.repeats(calendar) < self.instants.len()
    }

    /// Whether the customer is still there at an instant.
    pub(super) fn alive_at(&self, instant: f64) -> bool {
        !self.left_at_last || self.instants.last().is_none_or(|last| *last >= instant)
    }

    /// Whether one of the purchase days, by position in [`Self::days`], is the one with which the customer left.
    pub(super) fn left_at(&self, position: usize) -> bool {
        self.left_at_last && position > 0 && position == self.instants.len()
    }

    /// Purchases of the process in the days after the data.
    pub(super) fn purchases_after_end(&self, calendar: &Calendar, days: usize) -> usize {
        let until = self.instants_before(calendar.middle(DAYS - 1 + days));
        until - self.repeats(calendar)
    }

    /// Whether an instant of the process lies in a window of operational time.
    pub(super) fn buys_between(&self, from: f64, to: f64) -> bool {
        self.instants_before(from) < self.instants_before(to)
    }

    fn instants_before(&self, limit: f64) -> usize {
        self.instants.partition_point(|instant| *instant < limit)
    }

    fn fill_days(&mut self, calendar: &Calendar) {
        let repeats = self.repeats(calendar);
        for index in 0..repeats {
            let wanted = calendar.day_at(self.instants[index]);
            let free = (wanted..DAYS).find(|day| !self.days.contains(day));
            let free = free.or_else(|| (self.first_day..wanted).rev().find(|day| !self.days.contains(day)));
            self.days.extend(free);
        }
        self.days.sort_unstable();
    }
}

/// Customers arrive with the seasons, and a little more at the start than at the end.
fn first_day(calendar: &Calendar, stream: &mut Stream) -> usize {
    loop {
        let instant = stream.uniform() * calendar.start(DAYS);
        if stream.chance(1.0 - 0.5 * instant / calendar.start(DAYS)) {
            return calendar.day_at(instant).min(DAYS - 1);
        }
    }
}
