//! Customers as they stood at an earlier day, and what they did in the time after it.

use arrow::array::{StringArray, StringBuilder};
use rayon::prelude::*;

use crate::clean::Cleaned;
use crate::numerics::btyd::DAYS_PER_WEEK;
use crate::purchases::{PurchaseDay, Sample, purchase_days};
use crate::stage::StageError;

use super::period::Period;
use super::population::{Opportunities, Population};

/// Where the history is cut, and how much of what follows counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cut {
    /// Last day before the cut; days since 1970-01-01.
    pub(super) day: i32,
    /// Days after it that are looked at; 0 for none.
    pub(super) holdout_days: u32,
}

impl Cut {
    /// The last day of the holdout.
    pub(super) fn end(self) -> i32 {
        self.day + self.holdout_days as i32
    }
}

/// Customers at the cut and after it. Customers come in the byte order of their ids.
#[derive(Debug)]
pub(super) struct Past {
    pub(super) cut: Cut,
    pub(super) ids: StringArray,
    /// As they stood at the end of the day of the cut.
    pub(super) population: Population,
    /// Per customer: purchase days (or opportunities used) in the holdout.
    pub(super) made: Vec<u32>,
    /// Per customer: purchase days (or opportunities used) in the last stretch before the cut as long as the holdout.
    pub(super) recent: Vec<u32>,
    /// Per customer: money of the holdout; 0 in a log without money.
    pub(super) made_spend: Vec<f64>,
    /// Purchase days of all customers born until the cut, to the end of the holdout.
    pub(super) calendar: Calendar,
    /// The same of those born after the cut.
    pub(super) newcomers: Calendar,
}

/// First and repeat purchase days per day of a stretch of calendar.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Calendar {
    /// Day of the first entry.
    pub(super) first_day: i32,
    /// Customers who made their first purchase on each day.
    pub(super) births: Vec<f64>,
    /// Repeat purchase days on each day.
    pub(super) repeats: Vec<f64>,
}

impl Calendar {
    fn count(first_day: i32, last_day: i32, customers: &[&One]) -> Self {
        let days = (last_day - first_day + 1).max(0) as usize;
        let mut calendar = Self { first_day, births: vec![0.0; days], repeats: vec![0.0; days] };
        for one in customers {
            for (at, purchase) in one.days.iter().enumerate() {
                let offset = purchase - first_day;
                let column = if at == 0 { &mut calendar.births } else { &mut calendar.repeats };
                if let Some(cell) = usize::try_from(offset).ok().and_then(|offset| column.get_mut(offset)) {
                    *cell += 1.0;
                }
            }
        }
        calendar
    }
}

/// One customer.
struct One {
    key: u64,
    x: u32,
    t_x: u32,
    tenure: u32,
    repeat_spend: i64,
    gaps: Vec<u32>,
    made: u32,
    recent: u32,
    made_spend: i64,
    opportunities: Option<(u32, u32, u32)>,
    period_spend: i64,
    /// Purchase days until the end of the holdout.
    days: Vec<i32>,
}

impl Past {
    /// Looks at the customers of a sample. With a `period`, what counts are opportunities used, one per period.
    pub(super) fn at(cleaned: &Cleaned, cut: Cut, sample: &Sample, period: Option<Period>) -> Result<Self, StageError> {
        let all = purchase_days(cleaned, cut.day, sample, |key, before, now| One::of(key, before, now, cut, period))
            .map_err(|source| StageError::Scratch { path: "transaction lines".into(), source })?;
        let (born, newcomers): (Vec<One>, Vec<One>) = all.into_iter().partition(|one| one.tenure != NOT_BORN);
        let keys: Vec<u64> = born.iter().map(|one| one.key).collect();
        let order = cleaned.customers.order(&keys);
        let ordered: Vec<&One> = order.iter().map(|at| &born[*at as usize]).collect();
        let newcomers: Vec<&One> = newcomers.iter().collect();
        let first_day = ordered.iter().filter_map(|one| one.days.first()).min().copied().unwrap_or(cut.day);
        let column = |value: fn(&One) -> u32| ordered.iter().map(|one| value(one)).collect::<Vec<u32>>();
        let spend = |one: &One| match (period, one.opportunities) {
            (Some(_), Some((x, ..))) => mean_spend(one.period_spend, x),
            _ => mean_spend(one.repeat_spend, one.x),
        };
        let opportunities = period.map(|period| Opportunities {
            period,
            x: column(|one| one.opportunities.unwrap_or_default().0),
            t_x: column(|one| one.opportunities.unwrap_or_default().1),
            n: column(|one| one.opportunities.unwrap_or_default().2),
        });
        Ok(Self {
            cut,
            ids: ids(&ordered, cleaned),
            made: column(|one| one.made),
            recent: column(|one| one.recent),
            made_spend: ordered.iter().map(|one| one.made_spend as f64 / 10_000.0).collect(),
            calendar: Calendar::count(first_day, cut.end(), &ordered),
            newcomers: Calendar::count(cut.day + 1, cut.end(), &newcomers),
            population: Population {
                day: cut.day,
                x: column(|one| one.x),
                t_x: column(|one| one.t_x),
                tenure: column(|one| one.tenure),
                spend: if cleaned.has_money {
                    ordered.iter().map(|one| spend(one)).collect()
                } else {
                    vec![f64::NAN; ordered.len()]
                },
                has_money: cleaned.has_money,
                ln_gaps: ln_gaps(&ordered),
                opportunities,
            },
        })
    }
}

/// [`One::tenure`] of a customer whose first purchase is after the cut.
const NOT_BORN: u32 = u32::MAX;

impl One {
    fn of(key: u64, before: &[PurchaseDay], now: &[PurchaseDay], cut: Cut, period: Option<Period>) -> Option<Self> {
        let end = cut.end();
        let later = || now.iter().filter(|p| p.day > cut.day && p.day <= end);
        let mut one = Self {
            key,
            x: 0,
            t_x: 0,
            tenure: NOT_BORN,
            repeat_spend: 0,
            gaps: before.windows(2).map(|pair| (pair[1].day - pair[0].day) as u32).collect(),
            made: later().count() as u32,
            recent: 0,
            made_spend: later().map(|p| p.spend.0).fold(0, i64::saturating_add),
            opportunities: None,
            period_spend: 0,
            days: before.iter().chain(later()).map(|p| p.day).collect(),
        };
        let (Some(first), Some(last)) = (before.first(), before.last()) else {
            return (one.made > 0).then_some(one);
        };
        let since = cut.day - cut.holdout_days as i32;
        one.x = before.len() as u32 - 1;
        one.t_x = (last.day - first.day) as u32;
        one.tenure = (cut.day - first.day) as u32;
        one.repeat_spend = before[1..].iter().map(|p| p.spend.0).fold(0, i64::saturating_add);
        one.recent = before.iter().filter(|p| p.day > since).count() as u32;
        if let Some(period) = period {
            one.count_periods(before, later().map(|p| p.day), cut, period);
        }
        Some(one)
    }

    /// Counts opportunities used instead of purchase days.
    fn count_periods(&mut self, before: &[PurchaseDay], later: impl Iterator<Item = i32>, cut: Cut, period: Period) {
        let last_whole = period.last_whole(cut.day);
        let first = period.of_day(before[0].day);
        let in_whole = |p: &&PurchaseDay| (first + 1..=last_whole).contains(&period.of_day(p.day));
        let mut used: Vec<i32> = before.iter().filter(in_whole).map(|p| period.of_day(p.day)).collect();
        used.dedup();
        self.period_spend = before.iter().filter(in_whole).map(|p| p.spend.0).fold(0, i64::saturating_add);
        let t_x = used.last().map_or(0, |last| last - first);
        self.opportunities = Some((used.len() as u32, t_x as u32, (last_whole - first).max(0) as u32));
        let ahead = period.ahead(last_whole, cut.end());
        let mut made: Vec<i32> = later.map(|day| period.of_day(day)).filter(|p| ahead.contains(p)).collect();
        made.dedup();
        self.made = made.len() as u32;
        let span = ahead.end() - ahead.start() + 1;
        self.recent = used.iter().filter(|p| **p > last_whole - span).count() as u32;
    }
}

/// Mean spend per repeat; NaN without one.
pub(super) fn mean_spend(total: i64, repeats: u32) -> f64 {
    match repeats {
        0 => f64::NAN,
        x => total as f64 / 10_000.0 / f64::from(x),
    }
}

/// Σ ln gap in weeks, from counts per gap in days: the order of customers doesn't matter.
fn ln_gaps(customers: &[&One]) -> f64 {
    let mut counts: Vec<u64> = Vec::new();
    for gap in customers.iter().flat_map(|one| &one.gaps) {
        let gap = *gap as usize;
        if counts.len() <= gap {
            counts.resize(gap + 1, 0);
        }
        counts[gap] += 1;
    }
    let each = counts.iter().enumerate().filter(|(_, count)| **count > 0);
    each.map(|(gap, count)| *count as f64 * (gap as f64 / DAYS_PER_WEEK).ln()).sum()
}

fn ids(customers: &[&One], cleaned: &Cleaned) -> StringArray {
    let texts: Vec<String> = customers
        .par_iter()
        .map(|one| {
            let mut text = String::new();
            cleaned.customers.write_text(one.key, &mut text);
            text
        })
        .collect();
    let mut ids = StringBuilder::with_capacity(texts.len(), texts.iter().map(String::len).sum());
    texts.iter().for_each(|text| ids.append_value(text));
    ids.finish()
}
