//! What journeys consist of: touchpoints with their outcomes, and the purchase.

use std::collections::BTreeMap;

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use rayon::prelude::*;

use crate::clean::{Direction, Experience, NO_NAME};

use super::touches::{Encounter, Touches};

/// Most states, the purchase and the rest among them.
const MOST: usize = 64;

/// Most outcomes of a touchpoint that are told apart.
const MOST_OUTCOMES: usize = 8;

/// The state of a purchase.
pub(super) const PURCHASE: &str = "purchase";

/// The state of what is too rare for its own.
const OTHER: &str = "other";

/// Names that touchpoints can't have.
const RESERVED: [&str; 4] = [PURCHASE, OTHER, "start", "silence"];

/// How often a state occurs, in which kinds of experience and from whose side.
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    touches: u64,
    experiences: [u64; Experience::ALL.len()],
    inbound: u64,
}

impl Count {
    fn merge(&mut self, other: &Self) {
        self.touches += other.touches;
        self.experiences.iter_mut().zip(other.experiences).for_each(|(sum, part)| *sum += part);
        self.inbound += other.inbound;
    }

    /// The kind of experience of most touches, the first among equals.
    fn experience(&self) -> Experience {
        let most = Experience::ALL.into_iter().rev().max_by_key(|kind| self.experiences[*kind as usize]);
        most.unwrap_or(Experience::Unknown)
    }
}

type Counts = HashMap<(u32, u32), Count, FixedState>;

/// The states.
#[derive(Debug)]
pub(super) struct States {
    /// Their names: touches in byte order, then `other` when there is one, then `purchase`.
    pub(super) names: Vec<String>,
    /// The kind of experience of most touches of each; none for the purchase.
    pub(super) experiences: Vec<Option<Experience>>,
    /// Whether customers begin most touches of each.
    pub(super) inbound: Vec<bool>,
    /// The touchpoint of each; none for `other` and the purchase.
    pub(super) touchpoints: Vec<Option<String>>,
    /// Touches of the state `other`.
    pub(super) pooled: u64,
    tells_outcome: Vec<bool>,
    places: HashMap<(u32, u32), u32, FixedState>,
}

impl States {
    /// The states that the touches of these customers make.
    pub(super) fn of(touches: &Touches<'_>, keys: &[Option<u64>], outcomes: &[String], with_outcome: bool) -> Self {
        let counts = count(touches, keys);
        let mut distinct = vec![0; touches.names.len()];
        counts.keys().filter(|(_, outcome)| *outcome != NO_NAME).for_each(|(at, _)| distinct[*at as usize] += 1);
        let tells_outcome = distinct.iter().map(|n| with_outcome && *n <= MOST_OUTCOMES).collect::<Vec<_>>();
        let mut named: BTreeMap<String, (Count, u32)> = BTreeMap::new();
        let mut names_of: HashMap<(u32, u32), String, FixedState> = HashMap::default();
        for ((touchpoint, outcome), count) in &counts {
            let key = (*touchpoint, if tells_outcome[*touchpoint as usize] { *outcome } else { NO_NAME });
            let name = name(&touches.names[key.0 as usize], outcomes.get(key.1 as usize));
            let (sum, least) = named.entry(name.clone()).or_insert((Count::default(), key.0));
            sum.merge(count);
            *least = key.0.min(*least);
            names_of.insert(key, name);
        }
        let mut ranked = named.iter().map(|(name, (count, _))| (count.touches, name.as_str())).collect::<Vec<_>>();
        ranked.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
        let room = if ranked.len() < MOST { ranked.len() } else { MOST - 2 };
        let mut kept = ranked[..room].iter().map(|(_, name)| (*name).to_owned()).collect::<Vec<_>>();
        let pooled = ranked[room..].iter().map(|(touches, _)| touches).sum();
        kept.sort();
        let place = |name: &String| kept.binary_search(name).map_or(kept.len() as u32, |at| at as u32);
        let places = names_of.iter().map(|(key, name)| (*key, place(name))).collect();
        let mut states = Self {
            names: Vec::new(),
            experiences: Vec::new(),
            inbound: Vec::new(),
            touchpoints: Vec::new(),
            pooled,
            tells_outcome,
            places,
        };
        let mut rest = Count::default();
        named.iter().filter(|(name, _)| kept.binary_search(name).is_err()).for_each(|(_, (c, _))| rest.merge(c));
        for name in &kept {
            if let Some((count, touchpoint)) = named.get(name) {
                states.add(name, Some(count), Some(touches.names[*touchpoint as usize].clone()));
            }
        }
        if rest.touches > 0 {
            states.add(OTHER, Some(&rest), None);
        }
        states.add(PURCHASE, None, None);
        states
    }

    fn add(&mut self, name: &str, count: Option<&Count>, touchpoint: Option<String>) {
        self.names.push(name.to_owned());
        self.experiences.push(count.map(Count::experience));
        self.inbound.push(count.is_some_and(|count| 2 * count.inbound > count.touches));
        self.touchpoints.push(touchpoint);
    }

    /// The state of a touch.
    pub(super) fn state(&self, touch: &Encounter) -> u32 {
        let outcome = if self.tells_outcome[touch.touchpoint as usize] { touch.outcome } else { NO_NAME };
        // every touch was counted, so it has a place
        self.places.get(&(touch.touchpoint, outcome)).copied().unwrap_or_default()
    }

    /// The state of a purchase.
    pub(super) fn purchase(&self) -> u32 {
        self.names.len() as u32 - 1
    }

    /// Which states are conversions.
    pub(super) fn conversions(&self) -> Vec<bool> {
        (0..self.names.len()).map(|state| state + 1 == self.names.len()).collect()
    }
}

fn name(touchpoint: &str, outcome: Option<&String>) -> String {
    match outcome {
        Some(outcome) => format!("{touchpoint}: {outcome}"),
        None if RESERVED.contains(&touchpoint) => format!("{touchpoint} (touchpoint)"),
        None => touchpoint.to_owned(),
    }
}

/// Counts touchpoints with their outcomes.
fn count(touches: &Touches<'_>, keys: &[Option<u64>]) -> Counts {
    let parts = keys.par_chunks(4096).fold(Counts::default, |mut counts, keys| {
        let mut own = Vec::new();
        for key in keys.iter().flatten() {
            touches.of_customer(*key, &mut own);
            for touch in &own {
                let count = counts.entry((touch.touchpoint, touch.outcome)).or_default();
                count.touches += 1;
                count.experiences[touch.experience as usize] += 1;
                count.inbound += u64::from(touch.direction == Direction::Inbound);
            }
        }
        counts
    });
    parts.reduce(Counts::default, |mut all, part| {
        part.iter().for_each(|(key, count)| all.entry(*key).or_default().merge(count));
        all
    })
}
