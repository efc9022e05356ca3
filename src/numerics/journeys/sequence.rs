//! The events of all customers, checked once.

use rayon::prelude::*;

use super::error::JourneyError;

/// Most states, so that tables of pairs stay small.
pub const MAX_STATES: usize = 512;
/// Fewest customers that are worth a task of their own.
const MIN_CHUNK: usize = 1024;
/// Most tasks; each holds its own tables.
const MAX_CHUNKS: usize = 64;
/// States that one task checks.
const CHECKED_TOGETHER: usize = 1 << 16;
/// Seconds of a day.
const DAY_SECONDS: f64 = 86_400.0;

/// The events of all customers in flat columns.
#[derive(Debug, Clone, Copy)]
pub struct Journeys<'a> {
    offsets: &'a [usize],
    states: &'a [u32],
    seconds: &'a [i64],
    conversions: &'a [bool],
    observed_until: i64,
}

/// The events of one customer in order of time.
#[derive(Debug, Clone, Copy)]
pub struct Journey<'a> {
    /// States.
    pub states: &'a [u32],
    /// When, in seconds since some day.
    pub seconds: &'a [i64],
    /// Number of the first of them among all events.
    pub first_event: usize,
}

impl<'a> Journeys<'a> {
    /// Customer i has the events `offsets[i]..offsets[i + 1]` of `states` and `seconds`, sorted by time; `conversions`
    /// says of each state whether it is a conversion; `observed_until` is the moment after which nothing is known.
    ///
    /// # Errors
    ///
    /// [`JourneyError::Length`], [`JourneyError::Offsets`], [`JourneyError::UnknownState`],
    /// [`JourneyError::TimeOrder`], [`JourneyError::TooManyStates`].
    pub fn new(
        offsets: &'a [usize],
        states: &'a [u32],
        seconds: &'a [i64],
        conversions: &'a [bool],
        observed_until: i64,
    ) -> Result<Self, JourneyError> {
        let events = states.len();
        if seconds.len() != events {
            return Err(JourneyError::Length { column: "seconds", found: seconds.len(), expected: events });
        }
        if conversions.len() > MAX_STATES {
            return Err(JourneyError::TooManyStates { states: conversions.len(), limit: MAX_STATES });
        }
        let before = |at: usize| if at == 0 { 0 } else { offsets[at - 1] };
        let wrong = (0..offsets.len()).find(|at| offsets[*at] < before(*at) || (*at == 0 && offsets[0] != 0));
        let end = (offsets.last().copied().unwrap_or(0) != events).then_some(offsets.len().saturating_sub(1));
        if let Some(position) = wrong.or(end) {
            return Err(JourneyError::Offsets { position, events });
        }
        let highest = states.par_chunks(CHECKED_TOGETHER).filter_map(|chunk| chunk.iter().max()).max();
        if let Some(state) = highest.filter(|state| **state as usize >= conversions.len()) {
            return Err(JourneyError::UnknownState { state: *state, states: conversions.len() });
        }
        let all = Self { offsets, states, seconds, conversions, observed_until };
        let first = all.gather(
            || None,
            |first, customer, journey| {
                let times = journey.seconds;
                if first.is_none() && (!times.is_sorted() || times.last().is_some_and(|last| *last > observed_until)) {
                    *first = Some(customer);
                }
            },
            |earlier: Option<usize>, later| earlier.or(later),
        );
        first.map_or(Ok(all), |customer| Err(JourneyError::TimeOrder { customer }))
    }

    /// Number of customers.
    pub fn customers(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    /// Number of events.
    pub fn events(&self) -> usize {
        self.states.len()
    }

    /// Number of states.
    pub fn states(&self) -> usize {
        self.conversions.len()
    }

    /// Whether a state is a conversion.
    pub fn is_conversion(&self, state: u32) -> bool {
        self.conversions[state as usize]
    }

    /// The moment after which nothing is known.
    pub fn observed_until(&self) -> i64 {
        self.observed_until
    }

    /// One customer's events.
    ///
    /// # Panics
    ///
    /// If there is no such customer.
    pub fn customer(&self, customer: usize) -> Journey<'a> {
        let events = self.offsets[customer]..self.offsets[customer + 1];
        Journey {
            states: &self.states[events.clone()],
            seconds: &self.seconds[events.clone()],
            first_event: events.start,
        }
    }

    /// Looks at every customer in parallel: `look` adds one to a table of its own, `merge` adds a later table to an
    /// earlier one.
    pub(super) fn gather<T: Send>(
        &self,
        empty: impl Fn() -> T + Sync,
        look: impl Fn(&mut T, usize, Journey<'a>) + Sync,
        merge: impl Fn(T, T) -> T + Sync + Send,
    ) -> T {
        let size = self.customers().div_ceil(MAX_CHUNKS).max(MIN_CHUNK);
        let chunk = |chunk: usize| {
            let mut table = empty();
            for customer in chunk * size..self.customers().min((chunk + 1) * size) {
                look(&mut table, customer, self.customer(customer));
            }
            table
        };
        let chunks = self.customers().div_ceil(size);
        (0..chunks).into_par_iter().map(chunk).reduce_with(merge).unwrap_or_else(empty)
    }
}

/// A number of days as whole seconds.
pub(super) fn days_to_seconds(option: &'static str, days: f64) -> Result<i64, JourneyError> {
    if !(days > 0.0 && days.is_finite()) {
        return Err(JourneyError::Option { option, value: days, allowed: "a positive number of days" });
    }
    Ok((days * DAY_SECONDS).round() as i64)
}

/// Seconds as days.
pub(super) fn seconds_to_days(seconds: f64) -> f64 {
    seconds / DAY_SECONDS
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: [bool; 2] = [false, true];

    fn new<'a>(offsets: &'a [usize], states: &'a [u32], seconds: &'a [i64]) -> Result<Journeys<'a>, JourneyError> {
        Journeys::new(offsets, states, seconds, &KINDS, 100)
    }

    #[test]
    fn customers_are_slices_of_the_columns() {
        let all = new(&[0, 2, 2, 3], &[0, 1, 0], &[5, 5, 100]).unwrap();
        assert_eq!((all.customers(), all.events(), all.states()), (3, 3, 2));
        assert_eq!((all.customer(0).states, all.customer(1).states), (&[0, 1][..], &[][..]));
        assert_eq!((all.customer(2).seconds, all.customer(2).first_event), (&[100][..], 2));
        assert_eq!(new(&[], &[], &[]).unwrap().customers(), 0);
    }

    #[test]
    fn wrong_input_is_named() {
        assert!(matches!(new(&[0, 1], &[0], &[]), Err(JourneyError::Length { column: "seconds", .. })));
        assert!(matches!(new(&[0, 2], &[0], &[1]), Err(JourneyError::Offsets { position: 1, events: 1 })));
        assert!(matches!(new(&[1, 1], &[0], &[1]), Err(JourneyError::Offsets { position: 0, .. })));
        assert!(matches!(new(&[0, 1, 0, 1], &[0], &[1]), Err(JourneyError::Offsets { position: 2, .. })));
        assert!(matches!(new(&[], &[0], &[1]), Err(JourneyError::Offsets { .. })));
        assert!(matches!(new(&[0, 1], &[2], &[1]), Err(JourneyError::UnknownState { state: 2, states: 2 })));
        assert!(matches!(new(&[0, 0, 2], &[0, 0], &[2, 1]), Err(JourneyError::TimeOrder { customer: 1 })));
        assert!(matches!(new(&[0, 1], &[0], &[101]), Err(JourneyError::TimeOrder { customer: 0 })));
        let many = vec![false; MAX_STATES + 1];
        assert!(matches!(Journeys::new(&[], &[], &[], &many, 0), Err(JourneyError::TooManyStates { .. })));
        for days in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(days_to_seconds("within_days", days).is_err());
        }
    }

    #[test]
    fn every_customer_is_looked_at_once_in_order() {
        let offsets: Vec<usize> = vec![0; 200_001];
        let all = new(&offsets, &[], &[]).unwrap();
        let seen = all.gather(Vec::new, |seen, customer, _| seen.push(customer), |a, b| [a, b].concat());
        assert!(seen.iter().copied().eq(0..200_000));
    }
}
