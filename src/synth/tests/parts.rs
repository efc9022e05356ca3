//! The parts by themselves.

use std::collections::HashSet;

use crate::synth::SynthOptions;
use crate::synth::basket::{self, Taste};
use crate::synth::calendar::{self, Calendar, DAYS};
use crate::synth::duplicates;
use crate::synth::feedback::{self, Feeling};
use crate::synth::lines::{Numbering, number_text};
use crate::synth::money::{LargeSmall, Purse};
use crate::synth::orders::{self, Ways};
use crate::synth::params::Planted;
use crate::synth::person::{self, Person};
use crate::synth::process::History;
use crate::synth::random::{Purpose, Stream};
use crate::synth::shop::Shop;

fn stream(customer: u64) -> Stream {
    Stream::new(7, customer, Purpose::Person)
}

/// Checks a sample's mean against the true one, within four and a half standard errors.
fn assert_mean(sample: &[f64], expected: f64, what: &str) {
    let n = sample.len() as f64;
    let mean = sample.iter().sum::<f64>() / n;
    let variance = sample.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / (n - 1.0);
    let error = (variance / n).sqrt();
    assert!((mean - expected).abs() < 4.5 * error, "{what}: {mean} against {expected}, standard error {error}");
}

#[test]
fn distributions_have_their_means_and_variances() {
    let mut stream = stream(0);
    let mut check = |what: &str, mean: f64, variance: f64, draw: &mut dyn FnMut(&mut Stream) -> f64| {
        let sample: Vec<f64> = (0..60_000).map(|_| draw(&mut stream)).collect();
        assert_mean(&sample, mean, what);
        let squares: Vec<f64> = sample.iter().map(|value| (value - mean) * (value - mean)).collect();
        assert_mean(&squares, variance, what);
    };
    check("uniform", 0.5, 1.0 / 12.0, &mut Stream::uniform);
    check("exponential", 1.0, 1.0, &mut Stream::exponential);
    check("normal", 0.0, 1.0, &mut Stream::normal);
    check("gamma 0.7", 0.7, 0.7, &mut |stream| stream.gamma(0.7));
    check("gamma 5.5", 5.5, 5.5, &mut |stream| stream.gamma(5.5));
    check("beta 0.9 3.4", 0.9 / 4.3, 0.9 * 3.4 / (4.3 * 4.3 * 5.3), &mut |stream| stream.beta(0.9, 3.4));
    check("geometric", 0.55 / 0.45, 0.55 / (0.45 * 0.45), &mut |stream| stream.geometric(0.45) as f64);
    check("poisson", 0.95, 0.95, &mut |stream| stream.poisson(0.95) as f64);
    check("below", 4.5, 8.25, &mut |stream| stream.below(10) as f64);
}

#[test]
fn baskets_cost_what_they_should() {
    let shop = Shop::new(&SynthOptions::new(1, "."));
    let mut stream = stream(1);
    for round in 0..4_000_i64 {
        let total = if round < 400 { 1 + round } else { 1 + (round * round * 17) % 900_000 };
        let taste = Taste { category: (round % 8) as usize, deal_seeker: round % 3 == 0 };
        let marked: &[usize] = if total > 4_000 { &[480, 481, 490] } else { &[] };
        let items = basket::compose(&shop.catalogue, marked, total, taste, 1.5, &mut stream);
        assert_eq!(items.iter().map(|item| item.amount()).sum::<i64>(), total);
        assert!(items.iter().all(|item| item.amount() > 0 && item.discount >= 0 && item.quantity > 0));
        let products: HashSet<usize> = items.iter().map(|item| item.product).collect();
        assert_eq!(products.len(), items.len(), "a product stands on two lines");
    }
}

#[test]
fn orders_of_a_day_cost_the_drawn_spend() {
    let shop = Shop::new(&SynthOptions::new(1, "."));
    for customer in 0..300 {
        let mut stream = stream(customer);
        let history = History::draw(&shop.planted.purchases, &shop.calendar, &mut stream);
        let purse = Purse::draw(&shop.planted.spend, &mut stream);
        let ways = Ways::draw(&shop, &mut stream);
        let mut spends = Vec::new();
        let (mut spend, mut basket) = (stream.clone(), stream);
        let orders = orders::draw(&shop, &history, ways, purse, (&mut spend, &mut basket), &mut spends);
        let mut sums = vec![0; history.days.len()];
        for order in &orders {
            sums[order.day_position] += order.total();
        }
        assert_eq!(sums, spends);
        assert!(orders.is_sorted_by_key(|order| order.time));
    }
}

#[test]
fn operational_time_lasts_as_long_as_the_calendar() {
    let calendar = Calendar::new(&Planted::new(1.0, 1.0).habits);
    assert!((calendar.start(DAYS) - 731.0).abs() < 1e-9);
    for day in 0..DAYS {
        assert_eq!(calendar.day_at(calendar.middle(day)), day);
        assert_eq!(calendar.day_at(calendar.start(day)), day);
        assert_eq!(calendar.day_of(calendar.midnight(day as i64) + 86_399), day as i64);
    }
    assert_eq!(calendar::text(calendar.midnight(0)), "2024-01-01 00:00:00");
    assert_eq!(calendar::text(calendar.end() - 1), "2025-12-31 23:59:59");
    assert_eq!((calendar.quarter(calendar.midnight(90)), calendar.quarter(calendar.midnight(91))), (0, 1));
    assert_eq!((calendar.quarter(calendar.end() + 1), calendar.days_left_in_quarter(calendar.midnight(90))), (7, 1));
}

#[test]
fn purchase_days_are_distinct_and_as_many_as_purchases() {
    let planted = Planted::new(1.0, 1.0);
    let calendar = Calendar::new(&planted.habits);
    for customer in 0..2_000 {
        let history = History::draw(&planted.purchases, &calendar, &mut stream(customer));
        assert_eq!(history.days.len(), 1 + history.repeats(&calendar));
        assert!(history.days.windows(2).all(|days| days[0] < days[1]));
        assert!(history.days[0] == history.first_day && history.days.iter().all(|day| *day < DAYS));
    }
}

#[test]
fn large_and_small_days_average_to_the_mean() {
    let split = LargeSmall::new(5.5);
    let mean = split.large_share * split.large_mean + (1.0 - split.large_share) * split.small_mean;
    assert!((mean - 1.0).abs() < 1e-12);
    let mut stream = stream(3);
    let large: Vec<f64> = (0..50_000).map(|_| f64::from(u8::from(stream.gamma(5.5) > 5.5))).collect();
    assert_mean(&large, split.large_share, "share of large days");
}

#[test]
fn satisfaction_is_driven_as_planted() {
    let service = Planted::new(1.0, 1.0).service;
    let mut stream = stream(4);
    let mut nps = |delay: i64, unresolved: bool| -> Vec<f64> {
        let answers = (0..40_000).map(|_| feedback::survey(&service, Feeling(-2.0), delay, unresolved, 0, &mut stream));
        answers.filter(|answer| answer.instrument == "nps").map(|answer| answer.score as f64).collect()
    };
    let base = service.satisfaction_mean - 2.0;
    assert_mean(&nps(0, false), base, "nothing wrong");
    assert_mean(&nps(2, false), base + 2.0 * service.effect_per_delay_day, "two days late");
    assert_mean(&nps(0, true), base + service.effect_unresolved_call, "unresolved");
}

#[test]
fn ids_are_unique_as_text_and_some_only_as_text() {
    let ids: HashSet<String> =
        (0..200_000).flat_map(|index| [person::customer_id(index), person::second_id(index)]).collect();
    assert_eq!(ids.len(), 400_000);
    assert!(ids.contains("000000023") && ids.contains("23"));
    let numbers = (0..2_000_u64).flat_map(|customer| {
        let (mut orders, mut tests) = (Numbering::new(customer), Numbering::for_test_account(customer));
        let own: Vec<u64> = (0..40).map(|_| orders.next()).collect();
        own.into_iter().chain((0..8).map(move |_| tests.next()))
    });
    assert_eq!(numbers.map(number_text).collect::<HashSet<_>>().len(), 2_000 * 48);
}

#[test]
fn second_records_differ_and_say_how() {
    let mut seen = HashSet::new();
    for customer in 0..3_000 {
        let mut stream = stream(customer);
        let person = Person::draw(&mut stream);
        let (copy, changes) = duplicates::second_record(&person, &mut stream);
        assert!(!changes.is_empty());
        assert!(format!("{copy:?}") != format!("{person:?}"), "{changes:?} changed nothing in {person:?}");
        seen.extend(changes.iter().map(|change| change.name()));
    }
    assert_eq!(seen.len(), 9);
}
