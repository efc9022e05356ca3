//! Published examples and laws of attribution.

use proptest::prelude::*;

use super::*;

/// A state that is a conversion; channels are below it.
const BUY: u32 = 5;
const KINDS: [bool; 6] = [false, false, false, false, false, true];
const DAY: i64 = 86_400;

struct Rows {
    offsets: Vec<usize>,
    states: Vec<u32>,
    values: Vec<i64>,
}

impl Rows {
    /// Customers with one path each: channels, how many customers, and the value of their conversion, if any.
    fn of_paths(paths: &[(&[u32], usize, Option<i64>)]) -> Self {
        let mut rows = Self { offsets: vec![0], states: Vec::new(), values: Vec::new() };
        for (path, times, value) in paths {
            for _ in 0..*times {
                rows.states.extend_from_slice(path);
                rows.states.extend(value.map(|_| BUY));
                rows.values.resize(rows.states.len(), 0);
                if let (Some(value), Some(last)) = (value, rows.values.last_mut()) {
                    *last = *value;
                }
                rows.offsets.push(rows.states.len());
            }
        }
        rows
    }

    fn attribute(&self, order: MarkovOrder) -> Attribution {
        let seconds = vec![0; self.states.len()];
        let all = Journeys::new(&self.offsets, &self.states, &seconds, &KINDS, 0).unwrap();
        attribute(&all, &self.values, AttributionOptions { within_days: None, order }).unwrap()
    }
}

fn close(got: f64, want: f64) {
    assert!((got - want).abs() < 1e-9, "{got} against {want}");
}

fn conversions(found: &Attribution, of: impl Fn(&ChannelCredit) -> Credit) -> Vec<f64> {
    found.channels.iter().map(|channel| of(channel).conversions).collect()
}

#[test]
fn each_position_gets_what_is_written() {
    let rows = Rows::of_paths(&[(&[0], 1, Some(100)), (&[0, 1], 1, Some(100)), (&[0, 1, 2, 3], 1, Some(100))]);
    let found = rows.attribute(MarkovOrder::First);
    assert_eq!(found.channels.iter().map(|row| row.channel).collect::<Vec<_>>(), [0, 1, 2, 3]);
    for (got, want) in [
        (conversions(&found, |row| row.first), [3.0, 0.0, 0.0, 0.0]),
        (conversions(&found, |row| row.last), [1.0, 1.0, 0.0, 1.0]),
        (conversions(&found, |row| row.linear), [1.75, 0.75, 0.25, 0.25]),
        (conversions(&found, |row| row.position), [1.9, 0.6, 0.1, 0.4]),
    ] {
        got.into_iter().zip(want).for_each(|(got, want)| close(got, want));
    }
    assert_eq!(found.channels.iter().map(|row| row.position.value).collect::<Vec<_>>(), [190, 60, 10, 40]);
}

#[test]
fn removal_effects_of_the_example_with_three_channels() {
    // C1 > C2 > C3 > conversion, C1 > null, C2 > C3 > null: removal effects 1/2, 1 and 1, so 0.2, 0.4 and 0.4 conversions
    // (Bryl 2016, "Attribution model with R", part 1).
    let rows = Rows::of_paths(&[(&[0, 1, 2], 1, Some(1000)), (&[0], 1, None), (&[1, 2], 1, None)]);
    let found = rows.attribute(MarkovOrder::First);
    for (channel, (effect, credit, value)) in
        found.channels.iter().zip([(0.5, 0.2, 200), (1.0, 0.4, 400), (1.0, 0.4, 400)])
    {
        close(channel.removal_effect, effect);
        close(channel.markov.conversions, credit);
        assert_eq!(channel.markov.value, value);
    }
    close(found.conversion_rate.unwrap(), 1.0 / 3.0);
    assert_eq!((found.conversions, found.value, found.null_paths), (1, 1000, 2));
}

#[test]
fn removal_effects_of_the_example_with_two_channels() {
    // Google Ads alone converts twice and fails once, mailing alone converts once, one after the other converts once: removal
    // effects 0.75 and 0.5 (Puzyrov 2019, "Markov chain attribution: simple explanation of removal effect").
    let rows = Rows::of_paths(&[(&[0], 2, Some(1)), (&[1], 1, Some(1)), (&[0, 1], 1, Some(1)), (&[0], 1, None)]);
    let found = rows.attribute(MarkovOrder::First);
    close(found.channels[0].removal_effect, 0.75);
    close(found.channels[1].removal_effect, 0.5);
    close(found.channels[0].markov.conversions, 2.4);
    close(found.channels[1].markov.conversions, 1.6);
}

#[test]
fn memory_tells_paths_apart_that_first_order_mixes() {
    // After 0 > 1 all convert, after 2 > 1 none does. First order can't tell: without 0 or without 2, half is lost.
    let rows = Rows::of_paths(&[(&[0, 1], 10, Some(1)), (&[2, 1], 10, None)]);
    let (first, second) = (rows.attribute(MarkovOrder::First), rows.attribute(MarkovOrder::Second));
    let effects = |found: &Attribution| found.channels.iter().map(|row| row.removal_effect).collect::<Vec<_>>();
    effects(&first).into_iter().zip([0.5, 1.0, 0.5]).for_each(|(got, want)| close(got, want));
    effects(&second).into_iter().zip([1.0, 1.0, 0.0]).for_each(|(got, want)| close(got, want));
}

#[test]
fn a_chain_with_loops_loses_what_is_removed() {
    // By hand, first order: 0 > 0 > 1 > 0 > conversion and 1 > null. From the start to 0 and 1 half each; from 0 to 0, to 1 and to
    // conversion 1/3 each; from 1 to 0 and null half each. h0 = 1/3 h0 + 1/3 h1 + 1/3, h1 = h0/2: h0 = 2/3, h1 = 1/3, start 1/2.
    // Without 1: h0 = 1/2, start 1/4, effect 1/2. Without 0 nothing converts.
    let rows = Rows::of_paths(&[(&[0, 0, 1, 0], 1, Some(7)), (&[1], 1, None)]);
    let found = rows.attribute(MarkovOrder::First);
    close(found.channels[0].removal_effect, 1.0);
    close(found.channels[1].removal_effect, 0.5);
}

#[test]
fn windows_cut_paths_and_open_ones_are_left_out() {
    let days = [0, 50, 60, 61, 80, 95];
    let states = [0, 1, BUY, BUY, 2, 3];
    let seconds = days.map(|day| day * DAY);
    let all = Journeys::new(&[0, 6], &states, &seconds, &KINDS, 100 * DAY).unwrap();
    let run = |within_days| {
        attribute(&all, &[0, 0, 900, 50, 0, 0], AttributionOptions { within_days, order: MarkovOrder::First }).unwrap()
    };
    let found = run(Some(30.0));
    assert_eq!((found.conversions, found.value, found.null_paths, found.open_paths), (1, 900, 1, 1));
    assert_eq!((found.unattributed_conversions, found.unattributed_value), (1, 50));
    assert_eq!(conversions(&found, |row| row.linear), [0.0, 1.0, 0.0, 0.0]);
    let all_time = run(None);
    assert_eq!((all_time.null_paths, all_time.open_paths), (1, 0));
    assert_eq!(conversions(&all_time, |row| row.linear), [0.5, 0.5, 0.0, 0.0]);
    assert_eq!(run(Some(4.0)).null_paths, 2);
}

#[test]
fn nothing_gives_nothing() {
    let nobody = Rows::of_paths(&[]).attribute(MarkovOrder::Second);
    assert_eq!(nobody, Attribution::default());
    let idle = Rows::of_paths(&[(&[0, 1], 3, None)]).attribute(MarkovOrder::First);
    assert_eq!((idle.conversions, idle.null_paths, idle.conversion_rate), (0, 3, Some(0.0)));
    assert!(idle.channels.iter().all(|row| row.markov == Credit::default() && row.removal_effect.abs() < 1e-15));
    let direct = Rows::of_paths(&[(&[], 3, Some(5))]).attribute(MarkovOrder::First);
    assert_eq!((direct.unattributed_conversions, direct.unattributed_value, direct.conversion_rate), (3, 15, None));
}

#[test]
fn huge_values_are_exact_or_refused() {
    let rows = Rows::of_paths(&[(&[0, 1, 2], 1, Some(i64::MAX))]);
    let found = rows.attribute(MarkovOrder::First);
    for of in [|row: &ChannelCredit| row.linear, |row: &ChannelCredit| row.position, |row: &ChannelCredit| row.markov] {
        assert_eq!(found.channels.iter().map(|row| i128::from(of(row).value)).sum::<i128>(), i128::from(i64::MAX));
    }
    let over = Rows::of_paths(&[(&[0], 2, Some(i64::MAX))]);
    let all = Journeys::new(&over.offsets, &over.states, &[0; 4], &KINDS, 0).unwrap();
    assert_eq!(attribute(&all, &over.values, AttributionOptions::default()), Err(JourneyError::Overflow));
}

#[test]
fn wrong_input_is_named() {
    let all = Journeys::new(&[0, 1], &[0], &[0], &KINDS, 0).unwrap();
    let options = AttributionOptions::default();
    assert!(matches!(attribute(&all, &[], options), Err(JourneyError::Length { column: "values", .. })));
    let zero = AttributionOptions { within_days: Some(0.0), ..options };
    assert!(matches!(attribute(&all, &[0], zero), Err(JourneyError::Option { option: "within_days", .. })));
    let states: Vec<u32> = (0..500).collect();
    let (zeros, kinds) = (vec![0; 500], vec![false; 500]);
    let many = Journeys::new(&[0, 500], &states, &zeros, &kinds, 0).unwrap();
    let second = AttributionOptions { order: MarkovOrder::Second, ..options };
    assert!(matches!(attribute(&many, &zeros, second), Err(JourneyError::TooManyStates { .. })));
}

/// Chance to convert by running the chain step by step, with steps into `removed` sent to null. A state is a channel
/// and, in a chain of second order, the channel before.
fn simulated(paths: &[(Vec<u32>, bool)], order: MarkovOrder, removed: Option<u32>) -> f64 {
    const START: u32 = 100;
    let end = |converts: bool| if converts { START + 1 } else { START + 2 };
    let state = |before: Option<&u32>, channel: u32| match (order, before) {
        (MarkovOrder::Second, Some(before)) => 10 * (before + 1) + channel,
        _ => channel,
    };
    let mut steps = Vec::new();
    for (path, converts) in paths {
        let mut from = START;
        for (at, channel) in path.iter().enumerate() {
            let to = state(at.checked_sub(1).map(|before| &path[before]), *channel);
            steps.push((from, to, if Some(*channel) == removed { end(false) } else { to }));
            from = to;
        }
        steps.push((from, end(*converts), end(*converts)));
    }
    let mut mass = [0.0; 103];
    mass[START as usize] = 1.0;
    for _ in 0..2000 {
        let mut next = [0.0; 103];
        next[101..].copy_from_slice(&mass[101..]);
        for (from, _, to) in &steps {
            let total = steps.iter().filter(|step| step.0 == *from).count() as f64;
            next[*to as usize] += mass[*from as usize] / total;
        }
        mass = next;
    }
    mass[101]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_method_gives_away_exactly_what_was_converted(
        paths in prop::collection::vec((prop::collection::vec(0u32..5, 0..7), 1usize..4, prop::option::of(-50i64..10_000)), 1..12),
    ) {
        let paths: Vec<(&[u32], usize, Option<i64>)> = paths.iter().map(|(path, times, value)| (&path[..], *times, *value)).collect();
        let rows = Rows::of_paths(&paths);
        for order in [MarkovOrder::First, MarkovOrder::Second] {
            let found = rows.attribute(order);
            let methods: [fn(&ChannelCredit) -> Credit; 5] = [|r| r.last, |r| r.first, |r| r.linear, |r| r.position, |r| r.markov];
            for of in methods {
                let sum: f64 = found.channels.iter().map(|row| of(row).conversions).sum();
                prop_assert!((sum - found.conversions as f64).abs() < 1e-9);
                prop_assert_eq!(found.channels.iter().map(|row| of(row).value).sum::<i64>(), found.value);
            }
            let converted: i64 = paths.iter().map(|(_, times, value)| value.unwrap_or(0) * *times as i64).sum();
            prop_assert_eq!(found.value + found.unattributed_value, converted);
            prop_assert!(found.channels.iter().all(|row| (0.0..=1.0).contains(&row.removal_effect)));
        }
    }

    #[test]
    fn removal_effects_are_those_of_running_the_chain(paths in prop::collection::vec((prop::collection::vec(0u32..4, 1..6), any::<bool>()), 1..8)) {
        let rows: Vec<(&[u32], usize, Option<i64>)> =
            paths.iter().map(|(path, converts)| (&path[..], 1, converts.then_some(1))).collect();
        for order in [MarkovOrder::First, MarkovOrder::Second] {
            let found = Rows::of_paths(&rows).attribute(order);
            let base = simulated(&paths, order, None);
            prop_assert!((base - found.conversion_rate.unwrap()).abs() < 1e-6, "{} {:?}", base, found.conversion_rate);
            for row in found.channels.iter().filter(|_| base > 0.0) {
                let effect = 1.0 - simulated(&paths, order, Some(row.channel)) / base;
                prop_assert!((effect - row.removal_effect).abs() < 1e-6, "{} {}", effect, row.removal_effect);
            }
        }
    }
}
