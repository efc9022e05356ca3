//! The exact optimum of what the prices leave undecided, when that is little.
//!
//! A choice of a customer that gives up more than the gap between bound and plan can't be part of a better plan; what
//! remains is the core (Balas & Zemel 1980, Operations Research 28(5)), which is searched in depth with the bound of
//! the prices, those choices first that give up least. The search stops after a number of nodes.

use super::dual::Problem;
use super::plan::Plan;
use super::rows::{Room, Usage};

/// Most customers of a problem that is searched.
const MOST_CUSTOMERS: usize = 512;

/// Most undecided customers.
const MOST_UNDECIDED: usize = 48;

/// Most choices of a customer.
const MOST_CHOICES: usize = 64;

/// Most nodes.
const MOST_NODES: u32 = 200_000;

/// Relative difference of profits that counts as none.
const SAME: f64 = 1e-9;

/// Some lists for a customer.
#[derive(Debug, Clone)]
struct Choice {
    places: Vec<usize>,
    /// What it gives up against the customer's best at the prices.
    regret: f64,
}

struct Search<'a> {
    problem: &'a Problem<'a>,
    bound: f64,
    undecided: Vec<Vec<Choice>>,
    best_profit: f64,
    best: Option<Vec<usize>>,
    path: Vec<usize>,
    nodes: u32,
}

/// Replaces a plan by a better one, if the search finds one; whether the plan is then proven to be the best.
pub(super) fn search(problem: &Problem<'_>, surplus: &[f64], bound: f64, plan: &mut Plan) -> bool {
    if problem.groups() > MOST_CUSTOMERS {
        return false;
    }
    let keeps_all = plan.holds(problem) && plan.short_list(problem).is_none();
    let slack = if keeps_all { bound - plan.usage.profit } else { f64::INFINITY };
    let mut decided = Vec::new();
    let mut undecided = Vec::new();
    for group in 0..problem.groups() {
        let Some(mut choices) = choices(problem, surplus, group) else { return false };
        choices.retain(|c| c.regret <= slack + SAME * bound.abs());
        match choices.len() {
            // no plan is better than this one
            0 => return keeps_all,
            1 => decided.append(&mut choices[0].places),
            _ => undecided.push(choices),
        }
    }
    if undecided.len() > MOST_UNDECIDED {
        return false;
    }
    // those first whose second choice gives up most
    undecided.sort_by(|a, b| b[1].regret.total_cmp(&a[1].regret));
    let usage = Plan::of(problem, sorted(&decided)).usage;
    let best_profit = if keeps_all { plan.usage.profit } else { f64::NEG_INFINITY };
    let mut search = Search { problem, bound, undecided, best_profit, best: None, path: decided, nodes: 0 };
    search.descend(0, 0.0, &usage);
    let complete = search.nodes < MOST_NODES;
    if let Some(places) = search.best {
        *plan = Plan::of(problem, sorted(&places));
    }
    complete && plan.short_list(problem).is_none() && plan.holds(problem)
}

fn sorted(places: &[usize]) -> Vec<usize> {
    let mut places = places.to_vec();
    places.sort_unstable();
    places
}

/// What a customer may choose, least given up first; none when there is too much of it.
fn choices(problem: &Problem<'_>, surplus: &[f64], group: usize) -> Option<Vec<Choice>> {
    let mut all = vec![(Vec::new(), 0.0)];
    for place in problem.group(group).filter(|place| surplus[*place].is_finite()) {
        let wider = |(places, worth): &(Vec<usize>, f64)| {
            let room = places.len() < problem.limits.max_lists;
            room.then(|| (places.iter().copied().chain([place]).collect(), worth + surplus[place]))
        };
        let more: Vec<(Vec<usize>, f64)> = all.iter().filter_map(wider).collect();
        all.extend(more);
        if all.len() > MOST_CHOICES {
            return None;
        }
    }
    let best = all.iter().map(|(_, worth)| *worth).fold(0.0, f64::max);
    let mut choices: Vec<Choice> =
        all.into_iter().map(|(places, worth)| Choice { places, regret: best - worth }).collect();
    choices.sort_by(|a, b| a.regret.total_cmp(&b.regret));
    Some(choices)
}

impl Search<'_> {
    fn descend(&mut self, depth: usize, regret: f64, usage: &Usage) {
        if depth == self.undecided.len() {
            let minima = self.problem.limits.lists.iter().zip(&usage.customers);
            let enough = minima.into_iter().all(|(own, customers)| own.min_customers <= *customers);
            if enough && usage.profit > self.best_profit + SAME * self.bound.abs() {
                self.best_profit = usage.profit;
                self.best = Some(self.path.clone());
            }
            return;
        }
        for at in 0..self.undecided[depth].len() {
            self.nodes = self.nodes.saturating_add(1);
            let choice = self.undecided[depth][at].clone();
            let given_up = regret + choice.regret;
            if self.nodes >= MOST_NODES || self.bound - given_up <= self.best_profit + SAME * self.bound.abs() {
                return;
            }
            let mut wider = usage.clone();
            for place in &choice.places {
                wider.change(&self.problem.candidates[*place], self.problem.limits, 1);
            }
            if Room::new(self.problem.limits).holds(&wider) {
                self.path.extend(&choice.places);
                self.descend(depth + 1, given_up, &wider);
                self.path.truncate(self.path.len() - choice.places.len());
            }
        }
    }
}
