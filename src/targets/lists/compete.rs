//! All lists at once: who is on which, by expected profit within budgets, capacities and sizes.
//!
//! Whether a customer is in a control group must not decide whether they are listed, or the groups could not be
//! compared. So the optimisation knows the share of the control group and not its members: a candidate's profit, cost
//! and contact count as much as the list's treated share.

use rayon::prelude::*;

use crate::numerics::allocation::{
    Allocation, AllocationError, Candidate, Limits, ListLimits, MinimumLimit, NO_CHANNEL, allocate,
};
use crate::stage::StageError;
use crate::table::Money;

use super::channels;
use super::gates::Gates;
use super::matched::Matched;
use super::outcome::Outcome;
use super::target::{Policy, Target};

/// The least that a candidate counts, so that a list that is all control can be filled.
const LEAST_WEIGHT: f64 = 1e-6;

/// The competition of a night: its candidates, their limits, and who won.
pub(super) struct Competition {
    pub(super) candidates: Vec<Candidate>,
    /// Place of each candidate among the matched of its list.
    pub(super) places: Vec<u32>,
    pub(super) limits: Limits,
    pub(super) won: Allocation,
    /// Smallest sizes that can't be reached: list, what it has, why.
    pub(super) short: Vec<(usize, u64, String)>,
}

/// What a candidate of a list counts: the share that is contacted.
pub(super) fn weight(target: &Target) -> f64 {
    (1.0 - target.control_share).max(LEAST_WEIGHT)
}

impl Competition {
    /// Solves the night; who can't be compared or is left out is decided on the way.
    pub(super) fn of(
        targets: &[Target],
        policy: &Policy,
        gates: &Gates<'_>,
        matched: &mut [Matched],
    ) -> Result<Self, StageError> {
        for (target, matched) in targets.iter().zip(&mut *matched) {
            for at in matched.open().collect::<Vec<_>>() {
                match matched.worth[at].profit(target.contact_cost()) {
                    None => matched.outcomes[at] = Outcome::NoFigure,
                    Some(profit) if profit <= 0.0 && target.min_customers == 0 => {
                        matched.outcomes[at] = Outcome::NoProfit;
                    }
                    Some(_) => {}
                }
            }
        }
        let (candidates, places) = candidates(targets, policy, gates, matched);
        let mut limits = limits(targets, policy);
        let mut short = Vec::new();
        loop {
            match allocate(&candidates, &limits) {
                Ok(won) => return Ok(Self { candidates, places, limits, won, short }),
                Err(AllocationError::Minimum { list, wanted, possible, limit }) => {
                    short.push((list, possible, reason(list, wanted, possible, limit, targets, policy)));
                    limits.lists[list].min_customers = 0;
                }
                Err(error) => return Err(StageError::Data(format!("target lists can't be compared: {error}"))),
            }
        }
    }
}

/// Why a list stays below its smallest size, in words.
fn reason(list: usize, wanted: u64, possible: u64, limit: MinimumLimit, targets: &[Target], policy: &Policy) -> String {
    let name = &targets[list].name;
    let why = match limit {
        MinimumLimit::Candidates => "its rule and the contact policy leave no more".to_owned(),
        MinimumLimit::MaxCustomers => "its max_customers is smaller".to_owned(),
        MinimumLimit::ListBudget => "its budget pays for no more".to_owned(),
        MinimumLimit::Budget => "the budget of [targeting] pays for no more".to_owned(),
        MinimumLimit::Capacity(channel) => {
            let channel = policy.capacity.get(channel).map_or("its channel", |(name, _)| name.as_str());
            format!("the capacity of {channel} is used up")
        }
        MinimumLimit::Together => "the lists compete for the same customers, budget or capacity".to_owned(),
    };
    format!("min_customers of `{name}` is {wanted}, {possible} are possible: {why}; the list is made without it")
}

/// The candidates in the order of customer and list, and the place of each among the matched of its list.
fn candidates(
    targets: &[Target],
    policy: &Policy,
    gates: &Gates<'_>,
    matched: &mut [Matched],
) -> (Vec<Candidate>, Vec<u32>) {
    let mut all: Vec<(Candidate, u32)> = Vec::new();
    for (list, (target, matched)) in targets.iter().zip(&*matched).enumerate() {
        let keys: Vec<String> = matched.channels.names().iter().map(|name| channels::key(name)).collect();
        let capacity = |key: &String| policy.capacity.iter().position(|(channel, _)| channel == key);
        let capacities: Vec<u16> =
            keys.iter().map(|key| capacity(key).map_or(NO_CHANNEL, |place| place as u16)).collect();
        let cost = target.contact_cost();
        let weight = weight(target);
        for at in matched.open() {
            let Some(profit) = matched.worth[at].profit(cost) else { continue };
            let customer = matched.rows[at];
            let channel = matched.channels.place(customer as usize).map_or(NO_CHANNEL, |place| capacities[place]);
            let candidate =
                Candidate { customer, list: list as u16, channel, profit: weight * profit, cost: weight * cost };
            all.push((candidate, at as u32));
        }
    }
    all.par_sort_unstable_by_key(|(c, _)| (c.customer, c.list));
    if policy.max_contacts > 1 && policy.contacts_per_window.is_some() {
        keep_to_window(&mut all, policy, gates, matched);
    }
    all.into_iter().unzip()
}

/// Where the window leaves room for fewer lists than a night does, a customer keeps those that expect most.
fn keep_to_window(all: &mut Vec<(Candidate, u32)>, policy: &Policy, gates: &Gates<'_>, matched: &mut [Matched]) {
    let mut kept = Vec::with_capacity(all.len());
    for own in all.chunk_by(|a, b| a.0.customer == b.0.customer) {
        let room = gates.room(own[0].0.customer as usize);
        if room >= policy.max_contacts || own.len() <= room {
            kept.extend_from_slice(own);
            continue;
        }
        let mut ranked: Vec<&(Candidate, u32)> = own.iter().collect();
        ranked.sort_by(|a, b| b.0.profit.total_cmp(&a.0.profit));
        for (candidate, at) in &ranked[room..] {
            matched[usize::from(candidate.list)].outcomes[*at as usize] = Outcome::OtherList;
        }
        let lists: Vec<u16> = ranked[..room].iter().map(|(candidate, _)| candidate.list).collect();
        kept.extend(own.iter().filter(|(candidate, _)| lists.contains(&candidate.list)));
    }
    *all = kept;
}

fn limits(targets: &[Target], policy: &Policy) -> Limits {
    let money = |budget: Option<i64>| budget.map(|budget| Money(budget).to_f64());
    let list = |target: &Target| ListLimits {
        budget: money(target.budget),
        min_customers: target.min_customers,
        max_customers: target.max_customers,
        load: weight(target),
    };
    Limits {
        lists: targets.iter().map(list).collect(),
        budget: money(policy.budget),
        capacities: policy.capacity.iter().map(|(_, most)| Some(*most as f64)).collect(),
        max_lists: policy.max_contacts,
    }
}
