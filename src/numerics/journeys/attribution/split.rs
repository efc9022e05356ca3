//! A customer's events, cut into paths.

use super::super::sequence::{Journey, Journeys};

/// What a path led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// A conversion of this value.
    Converted(i64),
    /// Nothing.
    Null,
    /// Nothing yet.
    Open,
}

/// Names each path of a customer and what it led to; only converting paths can be empty.
pub(super) fn split<'a>(
    journeys: &Journeys<'_>,
    journey: Journey<'a>,
    values: &[i64],
    within: Option<i64>,
    found: &mut impl FnMut(&'a [u32], Outcome),
) {
    let (states, times) = (journey.states, journey.seconds);
    let mut start = 0;
    for (at, (state, time)) in states.iter().zip(times).enumerate() {
        if !journeys.is_conversion(*state) {
            continue;
        }
        let early = |within: i64| times[start..at].partition_point(|other| time.saturating_sub(*other) > within);
        let middle = start + within.map_or(0, early);
        if middle > start {
            found(&states[start..middle], Outcome::Null);
        }
        found(&states[middle..at], Outcome::Converted(values[journey.first_event + at]));
        start = at + 1;
    }
    if let (Some(last), true) = (times.last(), start < states.len()) {
        let open = within.is_some_and(|within| journeys.observed_until().saturating_sub(*last) <= within);
        found(&states[start..], if open { Outcome::Open } else { Outcome::Null });
    }
}
