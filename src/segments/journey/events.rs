//! The events of all customers in flat columns.

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use crate::clean::{Cleaned, DAY_MINUTES};
use crate::numerics::journeys::{JourneyError, Journeys};
use crate::purchases::{Names, baskets};

use super::states::States;
use super::touches::{Encounter, Touches};

/// Seconds of a minute.
const MINUTE: i64 = 60;

/// The orders of a day. A source that tells no times has them at the end of the day, after its touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Purchase {
    /// Minutes since 1970-01-01 00:00 business time.
    pub(super) minute: i32,
    /// Money in ten-thousandths.
    pub(super) value: i64,
}

/// The purchases of each customer in time order.
pub(super) type PurchasesOf = HashMap<u64, Box<[Purchase]>, FixedState>;

/// Orders of one day as one purchase.
///
/// # Errors
/// When temporary files can't be read.
pub(super) fn purchases(cleaned: &Cleaned) -> std::io::Result<PurchasesOf> {
    let found = baskets(cleaned, &Names::of(cleaned), |purchases| {
        let day = |minute: i32| minute.div_euclid(DAY_MINUTES);
        let days = purchases.baskets.chunk_by(|a, b| day(a.minute) == day(b.minute)).map(|own| Purchase {
            minute: if cleaned.has_time_of_day { own[0].minute } else { (day(own[0].minute) + 1) * DAY_MINUTES - 1 },
            value: own.iter().fold(0, |sum: i64, basket| sum.saturating_add(basket.amount)),
        });
        Some((purchases.customer, days.collect()))
    })?;
    Ok(found.into_iter().collect())
}

/// Events of customers, those of one in a row, in time order.
#[derive(Debug, Default)]
pub(super) struct Events {
    pub(super) offsets: Vec<usize>,
    pub(super) states: Vec<u32>,
    pub(super) seconds: Vec<i64>,
    /// Money of purchases in ten-thousandths; empty after events were left out.
    pub(super) values: Vec<i64>,
    /// The last moment observed.
    pub(super) until: i64,
}

impl Events {
    /// Puts touches and purchases in a row, touches of the same minute first, and shows those of each customer to
    /// `each`.
    pub(super) fn collect(
        touches: &Touches<'_>,
        mut purchases: PurchasesOf,
        keys: &[Option<u64>],
        states: &States,
        end: i32,
        mut each: impl FnMut(usize, u64, &[Encounter], &[Purchase]),
    ) -> Self {
        // what grows on the way is there twice; room that isn't needed is never touched
        let most = touches.most() + purchases.values().map(|own| own.len()).sum::<usize>();
        let mut all = Self {
            offsets: Vec::with_capacity(keys.len() + 1),
            states: Vec::with_capacity(most),
            seconds: Vec::with_capacity(most),
            values: Vec::with_capacity(most),
            until: i64::from(end - 1) * MINUTE,
        };
        all.offsets.push(0);
        let mut own = Vec::new();
        for (row, key) in keys.iter().enumerate() {
            if let Some(key) = key {
                touches.of_customer(*key, &mut own);
                let bought = purchases.remove(key).unwrap_or_default();
                each(row, *key, &own, &bought);
                all.add(&own, &bought, states);
            }
            all.offsets.push(all.states.len());
        }
        all
    }

    fn add(&mut self, touches: &[Encounter], purchases: &[Purchase], states: &States) {
        let mut left = touches;
        for purchase in purchases {
            let before = left.partition_point(|touch| touch.minute <= purchase.minute);
            left[..before].iter().for_each(|touch| self.push(states.state(touch), touch.minute, 0));
            self.push(states.purchase(), purchase.minute, purchase.value);
            left = &left[before..];
        }
        left.iter().for_each(|touch| self.push(states.state(touch), touch.minute, 0));
    }

    fn push(&mut self, state: u32, minute: i32, value: i64) {
        self.states.push(state);
        self.seconds.push(i64::from(minute) * MINUTE);
        self.values.push(value);
    }

    /// Keeps of each customer the events that `which` names by their places.
    pub(super) fn keep(&mut self, which: impl Fn(usize, &[u32], &[i64]) -> std::ops::Range<usize>) {
        self.values = Vec::new();
        let mut end = 0;
        for row in 0..self.offsets.len().saturating_sub(1) {
            let own = self.offsets[row]..self.offsets[row + 1];
            let kept = which(row, &self.states[own.clone()], &self.seconds[own.clone()]);
            let from = own.start + kept.start..own.start + kept.end;
            self.offsets[row] = end;
            self.states.copy_within(from.clone(), end);
            self.seconds.copy_within(from.clone(), end);
            end += from.len();
        }
        if let Some(last) = self.offsets.last_mut() {
            *last = end;
        }
        self.states.truncate(end);
        self.seconds.truncate(end);
    }

    /// The events as the numerics take them.
    ///
    /// # Errors
    /// When they are not in order, which they are.
    pub(super) fn journeys<'a>(&'a self, conversions: &'a [bool]) -> Result<Journeys<'a>, JourneyError> {
        Journeys::new(&self.offsets, &self.states, &self.seconds, conversions, self.until)
    }
}
