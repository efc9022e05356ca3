//! From who won to who is listed: arms are drawn, and the budgets held to the last contact.
//!
//! The competition counts control groups by their share; the groups that are drawn cost a little more or less. So the
//! winners, best first, and then those who just lost are gone through once; whoever is past a limit ends the lists that
//! it limits, whichever arm they are in, so that the arms stay alike.

use std::collections::BTreeMap;

use arrow::array::{Array, StringArray};

use crate::numerics::allocation::NO_CHANNEL;
use crate::stage::{StageError, StageInputs, customer_column};

use super::compete::Competition;
use super::control::{draw, quota, stratified};
use super::matched::Matched;
use super::outcome::Outcome;
use super::target::{Policy, Target};

/// Someone who may be listed.
struct Entry {
    /// Winners first.
    lost: bool,
    /// Worth at the prices of the night.
    surplus: f64,
    candidate: usize,
}

/// What is used of every limit, exactly.
struct Used {
    total: i64,
    lists: Vec<i64>,
    sizes: Vec<u64>,
    channels: Vec<u64>,
    closed: bool,
    closed_lists: Vec<bool>,
    closed_channels: Vec<bool>,
}

/// The lists of a night being settled.
pub(super) struct Settlement<'a> {
    targets: &'a [Target],
    policy: &'a Policy,
    pipeline: &'a str,
    ids: &'a StringArray,
    /// Stratum of each customer; all the same without strata.
    strata: Vec<u32>,
}

/// The stratum of each customer, by the values of the columns.
fn strata(names: &[String], inputs: &StageInputs<'_>, customers: usize) -> Result<Vec<u32>, StageError> {
    let mut strata = vec![0_u32; customers];
    for name in names {
        let column = customer_column(inputs.tables, name)?;
        let mut known: BTreeMap<(u32, String), u32> = BTreeMap::new();
        for (row, stratum) in strata.iter_mut().enumerate() {
            let next = known.len() as u32;
            *stratum = *known.entry((*stratum, column.display(row))).or_insert(next);
        }
    }
    Ok(strata)
}

impl<'a> Settlement<'a> {
    pub(super) fn new(targets: &'a [Target], policy: &'a Policy, inputs: &StageInputs<'a>) -> Result<Self, StageError> {
        let ids = inputs.tables.get("customers")?.text("customer_id")?;
        let strata = strata(&policy.strata, inputs, ids.len())?;
        Ok(Self { targets, policy, pipeline: &inputs.run.pipeline, ids, strata })
    }

    /// Decides everything that is still open; gives each list's places in rank order.
    pub(super) fn settle(&self, competition: &Competition, matched: &mut [Matched]) -> Vec<Vec<usize>> {
        let listed = self.listed(competition);
        let mut chosen = vec![Vec::new(); self.targets.len()];
        for (candidate, _) in competition.candidates.iter().zip(&listed).enumerate().filter(|(_, (_, l))| **l) {
            let list = usize::from(competition.candidates[candidate].list);
            chosen[list].push(competition.places[candidate] as usize);
        }
        let mut taken = vec![0_u8; self.ids.len()];
        for (list, places) in chosen.iter().enumerate() {
            let control = self.arms(list, places, &matched[list]);
            for (at, control) in places.iter().zip(control) {
                matched[list].outcomes[*at] = if control { Outcome::Control } else { Outcome::Treatment };
                taken[matched[list].rows[*at] as usize] += 1;
            }
        }
        if self.policy.max_contacts > 1 && self.policy.exclusive_controls {
            self.keep_controls_alone(&mut chosen, matched);
        }
        for (target, matched) in self.targets.iter().zip(&mut *matched) {
            for at in matched.open().collect::<Vec<_>>() {
                let profit = matched.worth[at].profit(target.contact_cost());
                matched.outcomes[at] = if profit.is_none_or(|profit| profit <= 0.0) {
                    Outcome::NoProfit
                } else if taken[matched.rows[at] as usize] > 0 {
                    Outcome::OtherList
                } else {
                    Outcome::Cut
                };
            }
        }
        for ((target, matched), places) in self.targets.iter().zip(&*matched).zip(&mut chosen) {
            let profit = |at: usize| matched.worth[at].profit(target.contact_cost()).unwrap_or(f64::NEG_INFINITY);
            places.sort_by(|a, b| profit(*b).total_cmp(&profit(*a)).then(a.cmp(b)));
        }
        chosen
    }

    /// The draw of a customer of a list.
    fn draw(&self, list: usize, row: usize) -> f64 {
        draw(self.pipeline, &self.targets[list].salt, self.ids.value(row))
    }

    /// Which of a list's customers are control.
    fn arms(&self, list: usize, places: &[usize], matched: &Matched) -> Vec<bool> {
        let share = self.targets[list].control_share;
        let row = |at: &usize| matched.rows[*at] as usize;
        let draws: Vec<f64> = places.iter().map(|at| self.draw(list, row(at))).collect();
        if self.policy.strata.is_empty() {
            return draws.into_iter().map(|draw| draw < share).collect();
        }
        let strata: Vec<u32> = places.iter().map(|at| self.strata[row(at)]).collect();
        stratified(&strata, &draws, share)
    }

    /// Whether each candidate is listed.
    fn listed(&self, competition: &Competition) -> Vec<bool> {
        let mut listed = vec![false; competition.candidates.len()];
        let mut taken = vec![0_u8; self.ids.len()];
        let mut used = Used {
            total: 0,
            lists: vec![0; self.targets.len()],
            sizes: vec![0; self.targets.len()],
            channels: vec![0; self.policy.capacity.len()],
            closed: false,
            closed_lists: vec![false; self.targets.len()],
            closed_channels: vec![false; self.policy.capacity.len()],
        };
        let mut in_stratum: BTreeMap<(usize, u32), usize> = BTreeMap::new();
        let is_stratified = !self.policy.strata.is_empty();
        for entry in order(competition) {
            let candidate = &competition.candidates[entry.candidate];
            let (list, row) = (usize::from(candidate.list), candidate.customer as usize);
            if usize::from(taken[row]) >= self.policy.max_contacts {
                continue;
            }
            let share = self.targets[list].control_share;
            let members = in_stratum.entry((list, self.strata[row])).or_default();
            let treated = match is_stratified {
                // one more member is one more to be contacted, unless the control group grows by it
                true => quota(*members + 1, share) == quota(*members, share),
                false => self.draw(list, row) >= share,
            };
            if self.takes(list, candidate.channel, treated, &mut used) {
                *members += 1;
                listed[entry.candidate] = true;
                taken[row] += 1;
            }
        }
        listed
    }

    /// Takes what a customer needs, if it is there; else ends what it is not there for.
    fn takes(&self, list: usize, channel: u16, treated: bool, used: &mut Used) -> bool {
        let channel = (channel != NO_CHANNEL).then_some(usize::from(channel));
        let is_closed = |used: &Used| {
            used.closed || used.closed_lists[list] || channel.is_some_and(|channel| used.closed_channels[channel])
        };
        if is_closed(used) {
            return false;
        }
        let target = &self.targets[list];
        let (cost, contacts) = if treated { (target.cost, 1) } else { (0, 0) };
        let over = |spent: i64, budget: Option<i64>| budget.is_some_and(|budget| spent.saturating_add(cost) > budget);
        used.closed = over(used.total, self.policy.budget);
        used.closed_lists[list] =
            over(used.lists[list], target.budget) || target.max_customers.is_some_and(|most| used.sizes[list] >= most);
        if let Some(channel) = channel {
            used.closed_channels[channel] = used.channels[channel] + contacts > self.policy.capacity[channel].1;
        }
        if is_closed(used) {
            return false;
        }
        used.total = used.total.saturating_add(cost);
        used.lists[list] = used.lists[list].saturating_add(cost);
        used.sizes[list] += 1;
        if let Some(channel) = channel {
            used.channels[channel] += contacts;
        }
        true
    }

    /// A customer who is control on one list is taken off all others.
    fn keep_controls_alone(&self, chosen: &mut [Vec<usize>], matched: &mut [Matched]) {
        let mut control_on = vec![usize::MAX; self.ids.len()];
        for (list, places) in chosen.iter().enumerate() {
            for at in places.iter().filter(|at| matched[list].outcomes[**at] == Outcome::Control) {
                let first = &mut control_on[matched[list].rows[*at] as usize];
                *first = (*first).min(list);
            }
        }
        for (list, places) in chosen.iter_mut().enumerate() {
            let matched = &mut matched[list];
            places.retain(|at| {
                let on = control_on[matched.rows[*at] as usize];
                let stays = on == usize::MAX || on == list;
                if !stays {
                    matched.outcomes[*at] = Outcome::ControlElsewhere;
                }
                stays
            });
        }
    }
}

/// Winners by what they are worth at the prices, then those who lost but would earn something.
fn order(competition: &Competition) -> Vec<Entry> {
    let won = &competition.won;
    let is_limited = competition.limits.budget.is_some()
        || competition.limits.capacities.iter().any(Option::is_some)
        || competition.limits.lists.iter().any(|l| l.budget.is_some() || l.max_customers.is_some());
    let entries = competition.candidates.iter().zip(&won.chosen).enumerate();
    let useful = entries.filter(|(_, (c, chosen))| **chosen || (is_limited && c.profit > 0.0));
    let mut order: Vec<Entry> = useful
        .map(|(candidate, (c, chosen))| Entry {
            lost: !chosen,
            surplus: won.prices.surplus(c, &competition.limits),
            candidate,
        })
        .collect();
    order.sort_by(|a, b| a.lost.cmp(&b.lost).then(b.surplus.total_cmp(&a.surplus)).then(a.candidate.cmp(&b.candidate)));
    order
}
