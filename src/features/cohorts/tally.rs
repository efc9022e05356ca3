//! Counting by cohort and age.

use std::collections::BTreeMap;

use super::period::Period;

/// What customers have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum CohortBy {
    /// The calendar period of the first purchase, by its number.
    FirstPurchase,
    /// The category of the first purchase, by its place among the names.
    FirstCategory,
    /// The acquisition channel, by its place among the names.
    AcquisitionChannel,
}

impl CohortBy {
    pub(super) const ALL: [Self; 3] = [Self::FirstPurchase, Self::FirstCategory, Self::AcquisitionChannel];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::FirstPurchase => "first_purchase",
            Self::FirstCategory => "first_category",
            Self::AcquisitionChannel => "acquisition_channel",
        }
    }
}

/// An order as cohorts see it. Money in ten-thousandths.
#[derive(Debug, Clone, Copy)]
pub(super) struct Order {
    pub(super) day: i32,
    pub(super) revenue: i64,
    pub(super) margin: i64,
}

/// A customer with their orders in time order.
#[derive(Debug)]
pub(super) struct Member<'a> {
    pub(super) first_category: Option<i32>,
    pub(super) acquisition_channel: Option<i32>,
    /// Cost of acquisition in ten-thousandths.
    pub(super) acquisition_cost: Option<f64>,
    pub(super) orders: &'a [Order],
}

/// Sums of a cohort at an age.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) observed: i64,
    pub(super) active: i64,
    pub(super) revenue: i64,
    pub(super) margin: i64,
}

/// A cohort.
#[derive(Debug, Clone, Default)]
pub(super) struct Cohort {
    pub(super) customers: i64,
    /// By age.
    pub(super) cells: Vec<Cell>,
    /// Customers whose cost is known, and their costs in ten-thousandths.
    pub(super) costs: (i64, i128),
}

/// All cohorts.
#[derive(Debug, Default)]
pub(super) struct Tally(pub(super) BTreeMap<(CohortBy, i32), Cohort>);

impl Tally {
    /// Adds a customer.
    pub(super) fn add(&mut self, member: &Member<'_>, period: Period, as_of: i32) {
        let Some(first) = member.orders.first() else { return };
        let start = period.of(first.day);
        let ages = (period.of(as_of) - start + 1).max(0) as usize;
        self.follow((CohortBy::FirstPurchase, start), member, ages, |day| period.of(day) - start);
        // of one's own periods only those count that have passed
        let passed = (f64::from(as_of - first.day + 1) / period.days()).floor() as usize;
        let age = |day: i32| (f64::from(day - first.day) / period.days()).floor() as i32;
        for (by, which) in [
            (CohortBy::FirstCategory, member.first_category),
            (CohortBy::AcquisitionChannel, member.acquisition_channel),
        ] {
            if let Some(which) = which {
                self.follow((by, which), member, passed, age);
            }
        }
    }

    fn follow(&mut self, key: (CohortBy, i32), member: &Member<'_>, ages: usize, age: impl Fn(i32) -> i32) {
        let cohort = self.0.entry(key).or_default();
        cohort.customers += 1;
        if let Some(cost) = member.acquisition_cost {
            cohort.costs.0 += 1;
            cohort.costs.1 += cost.round() as i128;
        }
        if cohort.cells.len() < ages {
            cohort.cells.resize(ages, Cell::default());
        }
        cohort.cells[..ages].iter_mut().for_each(|cell| cell.observed += 1);
        let mut last = None;
        for order in member.orders {
            let at = age(order.day);
            let Some(cell) = usize::try_from(at).ok().filter(|at| *at < ages).map(|at| &mut cohort.cells[at]) else {
                continue;
            };
            cell.active += i64::from(last != Some(at));
            cell.revenue = cell.revenue.saturating_add(order.revenue);
            cell.margin = cell.margin.saturating_add(order.margin);
            last = Some(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(day: i32, units: i64) -> Order {
        Order { day, revenue: units * 10_000, margin: units * 4_000 }
    }

    /// Days count from Thursday, 1970-01-01; weeks begin on Mondays.
    #[test]
    fn calendar_cohorts_are_followed_by_the_calendar() {
        let mut tally = Tally::default();
        let orders = [order(0, 10), order(1, 5), order(12, 2)];
        let member =
            Member { first_category: Some(3), acquisition_channel: None, acquisition_cost: Some(7e4), orders: &orders };
        tally.add(&member, Period::Week, 12);
        let calendar = &tally.0[&(CohortBy::FirstPurchase, 0)];
        let cells = calendar.cells.iter().map(|c| (c.observed, c.active, c.revenue)).collect::<Vec<_>>();
        assert_eq!(cells, [(1, 1, 150_000), (1, 0, 0), (1, 1, 20_000)]);
        assert_eq!(calendar.costs, (1, 70_000));
        // the second week since the first purchase ends on day 13, after the as-of day
        let own = &tally.0[&(CohortBy::FirstCategory, 3)];
        assert_eq!(own.cells.len(), 1);
        assert!(!tally.0.contains_key(&(CohortBy::AcquisitionChannel, 0)));
    }
}
