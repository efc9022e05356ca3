//! A customer's genuine orders: the purchase days filled with channels, hours and baskets.

use super::basket::{self, Item, LEFT_OVER, Taste};
use super::calendar::{DAY_SECONDS, MONTHS};
use super::catalogue::{CATEGORIES, Catalogue, PAIRS, SEQUENCES};
use super::money::Purse;
use super::process::History;
use super::random::Stream;
use super::shop::Shop;

/// A genuine order.
#[derive(Debug, Clone)]
pub(super) struct Order {
    /// Position of its day among the customer's purchase days.
    pub(super) day_position: usize,
    /// When it was placed.
    pub(super) time: i64,
    /// Channel code.
    pub(super) channel: usize,
    /// What is in it.
    pub(super) items: Vec<Item>,
}

impl Order {
    /// What it costs, in cents.
    pub(super) fn total(&self) -> i64 {
        self.items.iter().map(|item| item.amount()).sum()
    }

    /// Whether it holds a product.
    pub(super) fn holds(&self, product: usize) -> bool {
        self.items.iter().any(|item| item.product == product)
    }
}

/// A customer's habits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ways {
    /// Favourite channel code.
    pub(super) channel: usize,
    /// Favourite hour, counted from the first hour of the day.
    pub(super) hour: usize,
    /// Products they like.
    pub(super) taste: Taste,
}

impl Ways {
    /// Draws the habits of a customer.
    pub(super) fn draw(shop: &Shop, stream: &mut Stream) -> Self {
        let habits = &shop.planted.habits;
        Self {
            channel: stream.weighted(&habits.channel_shares.map(|(_, share)| share)),
            hour: stream.weighted(&habits.hour_shares),
            taste: Taste {
                category: stream.weighted(&shop.catalogue.category_shares),
                deal_seeker: stream.chance(habits.deal_seekers),
            },
        }
    }

    /// The channel of one order.
    pub(super) fn order_channel(self, shop: &Shop, stream: &mut Stream) -> usize {
        let habits = &shop.planted.habits;
        let drawn = stream.weighted(&habits.channel_shares.map(|(_, share)| share));
        if stream.chance(habits.channel_loyalty) { self.channel } else { drawn }
    }

    /// The second of the day of one order.
    pub(super) fn order_second(self, shop: &Shop, stream: &mut Stream) -> i64 {
        let habits = &shop.planted.habits;
        let drawn = stream.weighted(&habits.hour_shares);
        let hour = if stream.chance(habits.hour_loyalty) { self.hour } else { drawn };
        (hour as i64 + i64::from(habits.first_hour)) * 3600 + stream.below(3600) as i64
    }
}

/// All orders of a customer, in time order. `spends` receives the drawn spend of each purchase day.
pub(super) fn draw(
    shop: &Shop,
    history: &History,
    ways: Ways,
    purse: Purse,
    (spend, basket): (&mut Stream, &mut Stream),
    spends: &mut Vec<i64>,
) -> Vec<Order> {
    let mut orders = Vec::with_capacity(history.days.len());
    let mut due: Vec<(usize, usize)> = Vec::new();
    for (day_position, day) in history.days.iter().enumerate() {
        let total = purse.day_cents(spend);
        spends.push(total);
        for (second, part) in visits(shop, ways, total, basket) {
            let time = shop.calendar.midnight(*day as i64) + second;
            let channel = ways.order_channel(shop, basket);
            let marked = marked(&shop.catalogue, orders.len(), part, &mut due, basket);
            let extra = shop.planted.habits.extra_lines_mean;
            let items = basket::compose(&shop.catalogue, &marked, part, ways.taste, extra, basket);
            orders.push(Order { day_position, time, channel, items });
        }
    }
    orders
}

/// The orders of one purchase day: second of the day and cents of each, one as a rule and sometimes two.
fn visits(shop: &Shop, ways: Ways, total: i64, stream: &mut Stream) -> Vec<(i64, i64)> {
    let second = ways.order_second(shop, stream);
    let twice = stream.chance(shop.planted.habits.second_order_same_day) && total >= 2_000;
    if !twice {
        return vec![(second, total)];
    }
    let again = ways.order_second(shop, stream);
    let part = (total as f64 * stream.between(0.3, 0.7)) as i64;
    let (early, late) = (second.min(again), second.max(again));
    let late = if early == late { (late + 60).min(DAY_SECONDS - 1) } else { late };
    vec![(early, part), (late, total - part)]
}

/// The marked products of one order, as far as its total allows. `due` holds what the customer's earlier orders call for.
fn marked(
    catalogue: &Catalogue,
    number: usize,
    total: i64,
    due: &mut Vec<(usize, usize)>,
    stream: &mut Stream,
) -> Vec<usize> {
    let mut chosen = Vec::new();
    let mut left = total - LEFT_OVER;
    let mut take = |codes: &[usize], chosen: &mut Vec<usize>| {
        let price: i64 = codes.iter().map(|code| catalogue.products[*code].price).sum();
        let fits = price <= left && !codes.iter().any(|code| chosen.contains(code));
        if fits {
            left -= price;
            chosen.extend_from_slice(codes);
        }
        fits
    };
    for (index, plan) in SEQUENCES.iter().enumerate() {
        let [first, second] = Catalogue::sequence(index);
        let called = due.iter().any(|(when, what)| *when == number && *what == second);
        let by_chance = stream.chance(plan.background_share);
        if called || by_chance {
            take(&[second], &mut chosen);
        }
        let starts = stream.chance(plan.first_share);
        let follows = stream.chance(plan.follow_share);
        let after = 1 + stream.below(plan.within_orders) as usize;
        if starts && take(&[first], &mut chosen) && follows {
            due.push((number + after, second));
        }
    }
    for (index, plan) in PAIRS.iter().enumerate() {
        let [a, b] = Catalogue::pair(index);
        let neither = 1.0 - plan.shares.iter().sum::<f64>();
        match stream.weighted(&[plan.shares[0], plan.shares[1], plan.shares[2], neither]) {
            0 => take(&[a], &mut chosen),
            1 => take(&[b], &mut chosen),
            2 => take(&[a, b], &mut chosen),
            _ => false,
        };
    }
    chosen
}

/// How often the planted patterns occur in the genuine orders.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct PatternCounts {
    /// Orders.
    pub(super) orders: u64,
    /// Orders by channel code.
    pub(super) channels: [u64; 4],
    /// For each pair: orders with the first, with the second, with both.
    pub(super) pairs: [[u64; 3]; PAIRS.len()],
    /// For each sequence: orders with the first product, and those of them that the second follows in time.
    pub(super) sequences: [[u64; 2]; SEQUENCES.len()],
    /// Orders by month from the first.
    pub(super) months: [u64; MONTHS],
    /// Orders by weekday, Monday first.
    pub(super) weekdays: [u64; 7],
    /// Orders by hour from the first hour of the day.
    pub(super) hours: [u64; 14],
    /// Genuine lines by category code.
    pub(super) categories: [u64; CATEGORIES.len()],
}

impl PatternCounts {
    /// Counts one customer's orders.
    pub(super) fn add(&mut self, shop: &Shop, orders: &[Order]) {
        for order in orders {
            self.add_time(shop, order.time);
        }
        for (index, order) in orders.iter().enumerate() {
            self.orders += 1;
            self.channels[order.channel] += 1;
            for (counts, [a, b]) in self.pairs.iter_mut().zip((0..).map(Catalogue::pair)) {
                let (has_a, has_b) = (order.holds(a), order.holds(b));
                counts[0] += u64::from(has_a);
                counts[1] += u64::from(has_b);
                counts[2] += u64::from(has_a && has_b);
            }
            for (plan, counts) in self.sequences.iter_mut().enumerate() {
                let [first, second] = Catalogue::sequence(plan);
                let within = SEQUENCES[plan].within_orders as usize;
                let next = orders[index + 1..].iter().take(within);
                let starts = order.holds(first);
                counts[0] += u64::from(starts);
                counts[1] += u64::from(starts && next.into_iter().any(|later| later.holds(second)));
            }
        }
    }

    fn add_time(&mut self, shop: &Shop, time: i64) {
        let day = shop.calendar.day_of(time);
        // The first day of data is a Monday.
        self.weekdays[day as usize % 7] += 1;
        self.months[shop.calendar.month(day)] += 1;
        let hour = time.rem_euclid(DAY_SECONDS) / 3600 - i64::from(shop.planted.habits.first_hour);
        self.hours[hour as usize] += 1;
    }

    /// Adds the counts of other customers.
    pub(super) fn merge(&mut self, other: &Self) {
        self.orders += other.orders;
        add_all(&mut self.channels, &other.channels);
        add_all(self.pairs.as_flattened_mut(), other.pairs.as_flattened());
        add_all(self.sequences.as_flattened_mut(), other.sequences.as_flattened());
        add_all(&mut self.months, &other.months);
        add_all(&mut self.weekdays, &other.weekdays);
        add_all(&mut self.hours, &other.hours);
        add_all(&mut self.categories, &other.categories);
    }
}

fn add_all(counts: &mut [u64], others: &[u64]) {
    counts.iter_mut().zip(others).for_each(|(count, other)| *count += other);
}
