//! What can't be solved, and why.

use super::problem::{Candidate, Limits, NO_CHANNEL};
use super::rows::AloneLimits;

/// What keeps a list below its smallest size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MinimumLimit {
    /// There are too few candidates.
    Candidates,
    /// Its own largest size.
    MaxCustomers,
    /// Its own budget.
    ListBudget,
    /// The budget of all lists.
    Budget,
    /// The capacity of a channel, by its place.
    Capacity(usize),
    /// Each limit leaves room for it alone, but not all together: lists compete for customers, money or contacts.
    Together,
}

/// Why there is no allocation.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum AllocationError {
    /// A number that is not finite, or a negative cost, load or limit.
    #[error("{what} is {value}, it must be a finite number, costs and limits at least 0")]
    NotANumber {
        /// What it is.
        what: &'static str,
        /// Its value.
        value: f64,
    },
    /// A candidate for a list or channel that isn't there, or out of order.
    #[error("candidate {place} has no such list or channel, or is out of order by customer and list")]
    BadCandidate {
        /// Place among the candidates.
        place: usize,
    },
    /// A list can't have as many customers as it asks for.
    #[error("list {list} asks for at least {wanted} customers, {possible} are possible")]
    Minimum {
        /// Place of the list.
        list: usize,
        /// Its smallest size.
        wanted: u64,
        /// What was reached.
        possible: u64,
        /// What stands in the way.
        limit: MinimumLimit,
    },
}

/// Checks the numbers of a problem.
pub(super) fn check(candidates: &[Candidate], limits: &Limits) -> Result<(), AllocationError> {
    let finite = |what: &'static str, value: f64, least: f64| {
        if value.is_finite() && value >= least { Ok(()) } else { Err(AllocationError::NotANumber { what, value }) }
    };
    for list in &limits.lists {
        finite("the budget of a list", list.budget.unwrap_or(0.0), 0.0)?;
        finite("the load of a list", list.load, 0.0)?;
    }
    finite("the budget", limits.budget.unwrap_or(0.0), 0.0)?;
    for capacity in limits.capacities.iter().flatten() {
        finite("a capacity", *capacity, 0.0)?;
    }
    for (place, pair) in candidates.windows(2).enumerate() {
        if (pair[0].customer, pair[0].list) >= (pair[1].customer, pair[1].list) {
            return Err(AllocationError::BadCandidate { place: place + 1 });
        }
    }
    for (place, candidate) in candidates.iter().enumerate() {
        let known_channel = candidate.channel == NO_CHANNEL || usize::from(candidate.channel) < limits.capacities.len();
        if usize::from(candidate.list) >= limits.lists.len() || !known_channel {
            return Err(AllocationError::BadCandidate { place });
        }
        finite("a profit", candidate.profit, f64::NEG_INFINITY)?;
        finite("a cost", candidate.cost, 0.0)?;
    }
    Ok(())
}

/// The first list whose smallest size one limit alone rules out.
pub(super) fn check_minima(candidates: &[Candidate], limits: &Limits) -> Result<(), AllocationError> {
    let alone = AloneLimits::new(limits);
    for (list, own) in limits.lists.iter().enumerate().filter(|(_, own)| own.min_customers > 0) {
        let wanted = own.min_customers;
        let fail = |possible: u64, limit| Err(AllocationError::Minimum { list, wanted, possible, limit });
        let fits = candidates.iter().filter(|c| usize::from(c.list) == list && alone.fits(c));
        let mut costs: Vec<f64> = Vec::new();
        let mut by_channel = vec![0_u64; limits.capacities.len() + 1];
        for candidate in fits {
            costs.push(candidate.cost);
            by_channel[usize::from(candidate.channel).min(limits.capacities.len())] += 1;
        }
        if (costs.len() as u64) < wanted {
            return fail(costs.len() as u64, MinimumLimit::Candidates);
        }
        if let Some(most) = own.max_customers.filter(|most| *most < wanted) {
            return fail(most, MinimumLimit::MaxCustomers);
        }
        costs.sort_unstable_by(f64::total_cmp);
        for (budget, limit) in [(own.budget, MinimumLimit::ListBudget), (limits.budget, MinimumLimit::Budget)] {
            let possible = budget.map_or(wanted, |budget| affordable(&costs, budget));
            if possible < wanted {
                return fail(possible, limit);
            }
        }
        let mut possible = 0;
        let mut tightest = None;
        for (channel, count) in by_channel.iter().enumerate() {
            let room = limits.capacities.get(channel).copied().flatten().filter(|_| own.load > 0.0);
            let room = room.map_or(u64::MAX, |capacity| (capacity / own.load + 1e-9) as u64);
            if room < *count {
                tightest = Some(channel);
            }
            possible += room.min(*count);
        }
        if let Some(channel) = tightest.filter(|_| possible < wanted) {
            return fail(possible, MinimumLimit::Capacity(channel));
        }
    }
    Ok(())
}

/// How many of the cheapest fit into a budget.
fn affordable(ascending: &[f64], budget: f64) -> u64 {
    let mut spent = 0.0;
    let within = |cost: &&f64| {
        spent += **cost;
        spent <= budget * (1.0 + 1e-12)
    };
    ascending.iter().take_while(within).count() as u64
}
