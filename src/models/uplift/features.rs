//! What is known of a customer before a campaign: habits from the purchases, and the attributes of the customers source.

use std::sync::Arc;

use crate::clean::DAY_MINUTES;
use crate::numerics::btyd::DayHistory;
use crate::numerics::classify::{Feature, Values};
use crate::purchases::Basket;
use crate::table::{Column, Kind, Table};

/// Names of the features from purchases.
pub(super) const PURCHASE_FEATURES: [&str; 10] = [
    "days_since_last",
    "tenure_days",
    "orders",
    "orders_365d",
    "spend",
    "spend_365d",
    "spend_mean",
    "gap_mean_days",
    "gaps_since_last",
    EXPECTED,
];

/// The feature that comes from a model of all purchases.
const EXPECTED: &str = "purchase_log_odds";

/// Days of the year before.
const YEAR_DAYS: i32 = 365;

/// The features from purchases in the order of their names; NaN where one means nothing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Habits([f32; PURCHASE_FEATURES.len()]);

impl Habits {
    /// Of somebody who has not bought.
    pub(super) const NONE: Self = {
        let mut none = [f32::NAN; PURCHASE_FEATURES.len()];
        (none[2], none[3]) = (0.0, 0.0);
        Self(none)
    };

    /// Repeat purchase days, days to the last one, days observed; none without a purchase.
    pub(super) fn history(&self) -> Option<DayHistory> {
        let [since, tenure, .., gap, _, _] = self.0;
        let seen = tenure - since;
        let repeats = if gap.is_nan() { 0.0 } else { (seen / gap).round() };
        (!tenure.is_nan()).then_some((repeats as u32, seen as u32, tenure as u32))
    }

    /// The same with what a model expects.
    pub(super) fn expecting(mut self, log_odds: f32) -> Self {
        self.0[PURCHASE_FEATURES.len() - 1] = log_odds;
        self
    }
}

/// The habits of a customer at the end of a day, from the orders until then in time order.
pub(super) fn habits(baskets: &[Basket], today: i32) -> Habits {
    let (Some(first), Some(last)) = (baskets.first(), baskets.last()) else { return Habits::NONE };
    let day = |basket: &Basket| basket.minute.div_euclid(DAY_MINUTES);
    let money = |amount: i64| (amount as f64 / 10_000.0) as f32;
    let sum = |baskets: &[Basket]| baskets.iter().fold(0_i64, |sum, basket| sum.saturating_add(basket.amount));
    let recent = &baskets[baskets.partition_point(|basket| today - day(basket) >= YEAR_DAYS)..];
    let days = baskets.chunk_by(|a, b| day(a) == day(b)).count();
    let since = (today - day(last)) as f32;
    let gap = if days > 1 { (day(last) - day(first)) as f32 / (days - 1) as f32 } else { f32::NAN };
    Habits([
        since,
        (today - day(first)) as f32,
        baskets.len() as f32,
        recent.len() as f32,
        money(sum(baskets)),
        money(sum(recent)),
        money(sum(baskets)) / baskets.len() as f32,
        gap,
        since / gap,
        f32::NAN,
    ])
}

/// A feature of some customers.
#[derive(Debug, Clone)]
enum Cells {
    Numbers(Vec<f64>),
    Words { codes: Vec<i32>, names: Arc<[String]> },
}

impl Cells {
    fn values(&self) -> Values<'_> {
        match self {
            Self::Numbers(numbers) => Values::Numbers(numbers),
            Self::Words { codes, names } => Values::Words { codes, names },
        }
    }
}

/// Which features there are, and where they come from.
#[derive(Debug)]
pub(super) struct FeatureSet<'a> {
    /// Numbers of features from purchases.
    habits: Vec<usize>,
    /// Attributes by name.
    attributes: Vec<(&'a str, &'a Column)>,
}

impl<'a> FeatureSet<'a> {
    /// The wanted ones among the features from purchases and the columns of the customers table. Text that differs from
    /// customer to customer tells nothing.
    pub(super) fn of(customers: &'a Table, attributes: &[&str], wanted: impl Fn(&str) -> bool) -> Self {
        let is_attribute = |(name, column): &&(String, Column)| {
            let fits = !matches!(column.kind(), Kind::Text | Kind::Days);
            fits && attributes.contains(&name.as_str()) && wanted(name)
        };
        let columns = customers.columns().iter().filter(is_attribute);
        Self {
            habits: (0..PURCHASE_FEATURES.len()).filter(|at| wanted(PURCHASE_FEATURES[*at])).collect(),
            attributes: columns.map(|(name, column)| (name.as_str(), column)).collect(),
        }
    }

    /// Names of all, those from purchases first.
    pub(super) fn names(&self) -> Vec<&'a str> {
        let habits = self.habits.iter().map(|at| PURCHASE_FEATURES[*at]);
        habits.chain(self.attributes.iter().map(|(name, _)| *name)).collect()
    }

    /// Whether what a model of all purchases expects is a feature.
    pub(super) fn has_expected(&self) -> bool {
        (0..self.habits.len()).any(|place| self.is_expected(place))
    }

    /// Whether a feature, by its place among the names, is what a model of all purchases expects.
    pub(super) fn is_expected(&self, place: usize) -> bool {
        self.habits.get(place).is_some_and(|at| PURCHASE_FEATURES[*at] == EXPECTED)
    }

    /// Whether a feature, by its place among the names, is an attribute.
    pub(super) fn is_attribute(&self, place: usize) -> bool {
        place >= self.habits.len()
    }

    /// Whether a feature, by its place among the names, is the time since a day.
    pub(super) fn is_day(&self, place: usize) -> bool {
        let attribute = place.checked_sub(self.habits.len()).and_then(|at| self.attributes.get(at));
        attribute.is_some_and(|(_, column)| matches!(column, Column::Day(_)))
    }

    /// The same without some, by name.
    pub(super) fn without(&self, names: &[String]) -> Self {
        let stays = |name: &str| !names.iter().any(|n| n == name);
        Self {
            habits: self.habits.iter().copied().filter(|at| stays(PURCHASE_FEATURES[*at])).collect(),
            attributes: self.attributes.iter().copied().filter(|(name, _)| stays(name)).collect(),
        }
    }

    /// The features of some customers: rows of the customers table, each with its habits and the day that it is seen from.
    pub(super) fn cells(&self, rows: &[(u32, Habits, i32)]) -> FeatureCells<'a> {
        let habit = |at: &usize| Cells::Numbers(rows.iter().map(|(_, habits, _)| f64::from(habits.0[*at])).collect());
        let habits = self.habits.iter().map(habit);
        let attributes = self.attributes.iter().map(|(_, column)| match column {
            Column::Category(words) => {
                let code = |row: u32| if column.is_null(row as usize) { -1 } else { words.codes.value(row as usize) };
                let codes = rows.iter().map(|(row, ..)| code(*row)).collect();
                Cells::Words { codes, names: words.names.clone() }
            }
            Column::Day(_) => {
                let days = |(row, _, seen): &(u32, Habits, i32)| {
                    column.number(*row as usize).map_or(f64::NAN, |day| f64::from(*seen) - day)
                };
                Cells::Numbers(rows.iter().map(days).collect())
            }
            other => {
                Cells::Numbers(rows.iter().map(|(row, ..)| other.number(*row as usize).unwrap_or(f64::NAN)).collect())
            }
        });
        FeatureCells { names: self.names(), cells: habits.chain(attributes).collect() }
    }
}

/// The features of some customers.
#[derive(Debug)]
pub(super) struct FeatureCells<'a> {
    names: Vec<&'a str>,
    cells: Vec<Cells>,
}

impl FeatureCells<'_> {
    /// As the numerics take them.
    pub(super) fn features(&self) -> Vec<Feature<'_>> {
        self.names.iter().zip(&self.cells).map(|(name, cells)| Feature { name, values: cells.values() }).collect()
    }
}
