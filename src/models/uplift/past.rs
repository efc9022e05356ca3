//! What customers had bought when a campaign began, in its window, and until tonight.

use hashbrown::HashMap;

use crate::clean::{Cleaned, DAY_MINUTES, NO_MARGIN};
use crate::purchases::{Basket, Names, Purchases, Sample, baskets_at};
use crate::stage::StageError;

use super::contacts::{Chosen, Window};
use super::features::{Habits, habits};

/// What a contact should bring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Whether the customer bought.
    Conversion,
    /// Money of the purchases.
    Revenue,
    /// Their margin less the cost of the contact.
    Profit,
    /// A column of the customers table.
    Column(String),
}

impl Outcome {
    /// Its name in tables.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Conversion => "conversion",
            Self::Revenue => "revenue",
            Self::Profit => "profit",
            Self::Column(name) => name,
        }
    }

    /// Whether it comes from purchases in a window.
    pub(super) fn is_of_purchases(&self) -> bool {
        !matches!(self, Self::Column(_))
    }
}

/// A purchase in the window of a campaign, as it is known now.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Bought {
    day: i32,
    /// Money in ten-thousandths.
    revenue: i64,
    /// Part of the money that is margin; NaN when the lines don't tell.
    margin: f32,
}

/// A customer of the transactions.
#[derive(Debug)]
struct One {
    tonight: Habits,
    /// Habits on the day before each campaign that the customer was in, by place of the campaign.
    before: Box<[(u32, Habits)]>,
    /// Purchases in the windows of these campaigns.
    bought: Box<[Bought]>,
    /// Margin and money of the lines that tell a margin, in ten-thousandths.
    margin: (i64, i64),
}

/// The customers of the transactions.
#[derive(Debug, Default)]
pub(super) struct Past {
    /// By key.
    customers: Vec<(u64, One)>,
    /// Margin and money of the lines that tell a margin, in ten-thousandths.
    margin: (i128, i128),
}

impl Past {
    /// Looks at all transactions once. The lists of campaigns may overlap.
    ///
    /// # Errors
    /// When temporary files can't be read.
    pub(super) fn of(cleaned: &Cleaned, campaigns: &[&[Chosen]], as_of: i32) -> Result<Self, StageError> {
        let mut windows: HashMap<u32, Vec<Window>> = HashMap::new();
        let mut days = vec![as_of];
        for campaign in campaigns.iter().copied().flatten() {
            let Some(window) = campaign.window else { continue };
            windows.entry(campaign.place).or_default().push(window);
            days.push(window.start - 1);
        }
        days.sort_unstable();
        days.dedup();
        let names = Names::of(cleaned);
        let place = |day: i32| days.binary_search(&day).unwrap_or_default();
        let each = |key: u64, states: &[Purchases<'_>]| {
            let mut own: Vec<u32> = cleaned.outreach.contacts.of(key).iter().map(|contact| contact.campaign).collect();
            own.sort_unstable();
            own.dedup();
            own.retain(|campaign| windows.contains_key(campaign));
            let now = states[place(as_of)];
            let before = own.iter().filter_map(|campaign| {
                let start = windows[campaign].first()?.start;
                Some((*campaign, habits(states[place(start - 1)].baskets, start - 1)))
            });
            let inside = |day: i32| {
                let own = own.iter().flat_map(|campaign| &windows[campaign]);
                own.into_iter().any(|window| (window.start..=window.last).contains(&day))
            };
            let bought = now.baskets.iter().filter(|basket| inside(day(basket)));
            let margins = now.items.iter().filter(|item| item.margin != NO_MARGIN);
            let margin = margins.fold((0, 0), |sum: (i64, i64), item| {
                (sum.0.saturating_add(item.margin), sum.1.saturating_add(item.amount))
            });
            let one = One {
                tonight: habits(now.baskets, as_of),
                before: before.collect(),
                bought: bought.map(|basket| Bought::of(&now, basket)).collect(),
                margin,
            };
            Some((key, one))
        };
        let found = baskets_at(cleaned, &names, &days, &Sample::All, each)
            .map_err(|source| StageError::Scratch { path: "transaction lines".into(), source })?;
        let mut past = Self { customers: found, margin: (0, 0) };
        // put in order where they stand; a table of keys would take twice the room
        past.customers.sort_unstable_by_key(|(key, _)| *key);
        for (_, one) in &past.customers {
            past.margin.0 += i128::from(one.margin.0);
            past.margin.1 += i128::from(one.margin.1);
        }
        Ok(past)
    }

    fn customer(&self, key: u64) -> Option<&One> {
        self.customers.binary_search_by_key(&key, |(key, _)| *key).ok().map(|at| &self.customers[at].1)
    }

    /// Habits of a customer tonight.
    pub(super) fn tonight(&self, key: Option<u64>) -> Habits {
        key.and_then(|key| self.customer(key)).map_or(Habits::NONE, |one| one.tonight)
    }

    /// Habits of a customer on the day before a campaign.
    pub(super) fn before(&self, key: u64, campaign: u32) -> Habits {
        let one = self.customer(key);
        let own = one.and_then(|one| one.before.iter().find(|(place, _)| *place == campaign));
        own.map_or(Habits::NONE, |(_, habits)| *habits)
    }

    /// What a customer brought in a window. `margin` is the part of the money that remains where lines don't tell.
    pub(super) fn outcome(&self, outcome: &Outcome, key: u64, window: Window, margin: f64) -> f64 {
        let days = window.start..=window.last;
        let bought = self.customer(key).map(|one| one.bought.iter()).unwrap_or_default();
        let bought = bought.filter(|bought| days.contains(&bought.day));
        let money = |bought: &Bought| bought.revenue as f64 / 10_000.0;
        match outcome {
            Outcome::Conversion => f64::from(u8::from(bought.count() > 0)),
            Outcome::Revenue => bought.map(money).sum(),
            Outcome::Profit => {
                let share = |bought: &Bought| if bought.margin.is_nan() { margin } else { f64::from(bought.margin) };
                bought.map(|bought| share(bought) * money(bought)).sum()
            }
            Outcome::Column(_) => 0.0,
        }
    }

    /// Part of the money that is margin, over the lines that tell; 1 when none does.
    pub(super) fn margin(&self) -> f64 {
        let (margin, money) = self.margin;
        if margin > 0 && money > 0 { margin as f64 / money as f64 } else { 1.0 }
    }
}

impl Bought {
    fn of(purchases: &Purchases<'_>, basket: &Basket) -> Self {
        let known = purchases.items_of(basket).iter().filter(|item| item.margin != NO_MARGIN);
        let sum = known
            .fold((0_i64, 0_i64), |sum, item| (sum.0.saturating_add(item.margin), sum.1.saturating_add(item.amount)));
        let margin = if sum.1 > 0 { (sum.0 as f64 / sum.1 as f64) as f32 } else { f32::NAN };
        Self { day: day(basket), revenue: basket.amount, margin }
    }
}

fn day(basket: &Basket) -> i32 {
    basket.minute.div_euclid(DAY_MINUTES)
}
