//! Features of a customer as they stood at the end of a day. Nothing that happened later is looked at.

use crate::clean::{Cleaned, DAY_MINUTES, Instrument, NO_NAME};
use crate::purchases::{Item, Names, Purchases};

/// Numbers.
pub(super) const NUMBERS: [&str; 28] = [
    "days_since_last",
    "tenure_days",
    "orders",
    "orders_90d",
    "orders_365d",
    "orders_trend",
    "spend_total",
    "spend_mean",
    "spend_last",
    "spend_90d",
    "spend_365d",
    "gap_mean_days",
    "gap_last_days",
    "gap_spread_days",
    "overdue_ratio",
    "categories",
    "products",
    "items_per_order",
    "discount_share",
    "weekend_share",
    "interactions_90d",
    "days_since_interaction",
    "last_score",
    "complaints_365d",
    "contacts_90d",
    "responses_365d",
    "category_orders",
    "days_since_category",
];

/// Words.
pub(super) const WORDS: [&str; 3] = ["main_category", "main_channel", "last_channel"];

/// Days since the contract started, with `started`.
pub(super) const CONTRACT_DAYS: &str = "contract_days";

/// All of them, as the pipeline file names them.
pub(super) const BUILT_IN: [&str; 31] = {
    let mut all = [""; 31];
    let mut at = 0;
    while at < 31 {
        all[at] = if at < 28 { NUMBERS[at] } else { WORDS[at - 28] };
        at += 1;
    }
    all
};

const QUARTER: i32 = 90;
const HALF_YEAR: i32 = 180;
const YEAR: i32 = 365;

/// Ten-thousandths in one.
const UNIT: f64 = 10_000.0;

/// What is known of one customer at the end of a day.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Known {
    /// As [`NUMBERS`]; NaN where there is nothing to say.
    pub(super) numbers: [f32; NUMBERS.len()],
    /// As [`WORDS`]: places among the names, or [`NO_NAME`].
    pub(super) words: [u32; WORDS.len()],
}

/// Looks at customers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Observer<'a> {
    pub(super) cleaned: &'a Cleaned,
    /// Place of the category that is asked about.
    pub(super) category: Option<u32>,
}

fn day_of(minute: i32) -> i32 {
    minute.div_euclid(DAY_MINUTES)
}

/// The rows of a customer until the end of a day; they are in time order.
fn until<T>(rows: &[T], day: i32, minute: impl Fn(&T) -> i32) -> &[T] {
    &rows[..rows.partition_point(|row| day_of(minute(row)) <= day)]
}

impl Observer<'_> {
    /// The customer at the end of `day`; `purchases` are theirs as they stood then, `start` the day they are known from.
    pub(super) fn look(&self, purchases: &Purchases<'_>, day: i32, start: i32) -> Known {
        let mut known = Known { numbers: [f32::NAN; NUMBERS.len()], words: [NO_NAME; WORDS.len()] };
        let mut set = |name: &str, value: f64| {
            if let Some(at) = NUMBERS.iter().position(|n| *n == name) {
                known.numbers[at] = value as f32;
            }
        };
        set("tenure_days", f64::from(day - start));
        self.orders(purchases, day, &mut set);
        self.contents(purchases, day, &mut set);
        self.contacts(purchases.customer, day, &mut set);
        let items = || purchases.items.iter();
        known.words = [
            most_frequent(items().map(|item| item.category)),
            most_frequent(purchases.baskets.iter().map(|basket| basket.channel)),
            purchases.baskets.last().map_or(NO_NAME, |basket| basket.channel),
        ];
        known
    }

    fn orders(&self, purchases: &Purchases<'_>, day: i32, set: &mut impl FnMut(&str, f64)) {
        let baskets = purchases.baskets;
        let within = |days: i32| baskets.iter().filter(move |b| day_of(b.minute) > day - days);
        let money = |amount: i64| amount as f64 / UNIT;
        set("orders", baskets.len() as f64);
        set("orders_90d", within(QUARTER).count() as f64);
        set("orders_365d", within(YEAR).count() as f64);
        let recent = within(HALF_YEAR).count() as f64;
        set("orders_trend", 2.0 * recent - within(2 * HALF_YEAR).count() as f64);
        let Some(last) = baskets.last() else { return };
        set("days_since_last", f64::from(day - day_of(last.minute)));
        let weekends = baskets.iter().filter(|b| (day_of(b.minute) + 3).rem_euclid(7) >= 5).count();
        set("weekend_share", weekends as f64 / baskets.len() as f64);
        if self.cleaned.has_money {
            let total = |baskets: &mut dyn Iterator<Item = i64>| baskets.map(money).sum::<f64>();
            let all = total(&mut baskets.iter().map(|b| b.amount));
            set("spend_total", all);
            set("spend_mean", all / baskets.len() as f64);
            set("spend_last", money(last.amount));
            set("spend_90d", total(&mut within(QUARTER).map(|b| b.amount)));
            set("spend_365d", total(&mut within(YEAR).map(|b| b.amount)));
        }
        let mut days = baskets.iter().map(|b| day_of(b.minute)).collect::<Vec<_>>();
        days.dedup();
        let gaps = days.windows(2).map(|pair| f64::from(pair[1] - pair[0])).collect::<Vec<_>>();
        let Some(last_gap) = gaps.last() else { return };
        let mean = gaps.iter().sum::<f64>() / gaps.len() as f64;
        set("gap_mean_days", mean);
        set("gap_last_days", *last_gap);
        set("overdue_ratio", f64::from(day - day_of(last.minute)) / mean);
        if gaps.len() > 1 {
            let squares = gaps.iter().map(|gap| (gap - mean).powi(2)).sum::<f64>();
            set("gap_spread_days", (squares / (gaps.len() - 1) as f64).sqrt());
        }
    }

    fn contents(&self, purchases: &Purchases<'_>, day: i32, set: &mut impl FnMut(&str, f64)) {
        let (baskets, items) = (purchases.baskets, purchases.items);
        if let Some(category) = self.category {
            let holds = |basket: &&crate::purchases::Basket| {
                purchases.items_of(basket).iter().any(|item| item.category == category)
            };
            set("category_orders", baskets.iter().filter(holds).count() as f64);
            if let Some(last) = baskets.iter().rev().find(holds) {
                set("days_since_category", f64::from(day - day_of(last.minute)));
            }
        }
        if baskets.is_empty() || items.is_empty() {
            return;
        }
        set("items_per_order", items.len() as f64 / baskets.len() as f64);
        for (name, place) in [("categories", item_category as fn(&Item) -> u32), ("products", item_product)] {
            let distinct = distinct(items.iter().map(place));
            if distinct > 0 {
                set(name, distinct as f64);
            }
        }
        if self.cleaned.has_discounts {
            let sum = |money: fn(&Item) -> i64| items.iter().map(|item| money(item) as f64).sum::<f64>();
            let (off, paid) = (sum(|item| item.discount), sum(|item| item.amount));
            if off + paid > 0.0 {
                set("discount_share", off / (off + paid));
            }
        }
    }

    fn contacts(&self, customer: u64, day: i32, set: &mut impl FnMut(&str, f64)) {
        let cleaned = self.cleaned;
        if cleaned.interactions.known {
            let touches = until(cleaned.interactions.touches.of(customer), day, |touch| touch.minute);
            let recent = touches.iter().filter(|touch| day_of(touch.minute) > day - QUARTER).count();
            set("interactions_90d", recent as f64);
            if let Some(last) = touches.last() {
                set("days_since_interaction", f64::from(day - day_of(last.minute)));
            }
        }
        if cleaned.feedback.known {
            let answers = until(cleaned.feedback.answers.of(customer), day, |answer| answer.minute);
            let complaints = answers.iter().filter(|a| a.instrument == Instrument::Complaint);
            set("complaints_365d", complaints.filter(|a| day_of(a.minute) > day - YEAR).count() as f64);
            let scaled = answers.iter().rev().find_map(|a| {
                let (low, best) = a.scale.filter(|(low, best)| low != best)?;
                Some((a.score - low) as f64 / (best - low) as f64)
            });
            if let Some(score) = scaled {
                set("last_score", score);
            }
        }
        if cleaned.outreach.known {
            let own = cleaned.outreach.contacts.of(customer);
            let on = |minute: Option<i32>| minute.map(day_of).filter(|at| *at <= day);
            let recent = own.iter().filter(|c| on(c.contacted).is_some_and(|at| at > day - QUARTER)).count();
            set("contacts_90d", recent as f64);
            let responses = own.iter().filter(|c| on(c.responded).is_some_and(|at| at > day - YEAR)).count();
            set("responses_365d", responses as f64);
        }
    }
}

fn item_category(item: &Item) -> u32 {
    item.category
}

fn item_product(item: &Item) -> u32 {
    item.product
}

fn distinct(places: impl Iterator<Item = u32>) -> usize {
    let mut known = places.filter(|place| *place != NO_NAME).collect::<Vec<_>>();
    known.sort_unstable();
    known.dedup();
    known.len()
}

/// The place that comes most often, the first among equals.
fn most_frequent(places: impl Iterator<Item = u32>) -> u32 {
    let mut known = places.filter(|place| *place != NO_NAME).collect::<Vec<_>>();
    known.sort_unstable();
    let runs = known.chunk_by(|a, b| a == b);
    runs.max_by_key(|run| (run.len(), std::cmp::Reverse(run[0]))).map_or(NO_NAME, |run| run[0])
}

/// The names that the words are places among.
pub(super) fn word_names(names: &Names) -> [&[String]; WORDS.len()] {
    [&names.categories, &names.channels, &names.channels]
}
