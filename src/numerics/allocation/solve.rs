//! Prices, plan, and how far the plan is from the best.

use super::check::{AllocationError, MinimumLimit, check, check_minima};
use super::core::search;
use super::dual::{Problem, starts};
use super::plan::Plan;
use super::problem::{Candidate, Limits, Prices};
use super::repair::Repair;

/// Who is chosen, what it earns, and what no plan can pass.
#[derive(Debug, Clone, PartialEq)]
pub struct Allocation {
    /// Whether each candidate is chosen, in their order.
    pub chosen: Vec<bool>,
    /// Profit of those chosen.
    pub profit: f64,
    /// No plan earns more.
    pub bound: f64,
    /// What those chosen cost, by list.
    pub spent: Vec<f64>,
    /// How many are chosen, by list.
    pub customers: Vec<u64>,
    /// Shadow prices.
    pub prices: Prices,
}

impl Allocation {
    /// (bound − profit) ÷ bound: 0 means that the plan is the best there is.
    pub fn gap(&self) -> f64 {
        relative_gap(self.profit, self.bound)
    }
}

pub(super) fn relative_gap(profit: f64, bound: f64) -> f64 {
    if bound.abs() > f64::MIN_POSITIVE { ((bound - profit) / bound.abs()).max(0.0) } else { 0.0 }
}

/// The most profitable plan within the limits, or near it; see the module for how.
///
/// `candidates` stand in the order of customer and list, each pair once. The same input gives the same plan, whatever
/// the number of threads.
///
/// # Errors
/// When a number is not finite, or a smallest size can't be reached.
pub fn allocate(candidates: &[Candidate], limits: &Limits) -> Result<Allocation, AllocationError> {
    check(candidates, limits)?;
    check_minima(candidates, limits)?;
    let starts = starts(candidates);
    let problem = Problem::new(candidates, limits, &starts);
    solve(&problem, None)
}

/// Solves a checked problem; `known` are prices to look at first.
pub(super) fn solve(problem: &Problem<'_>, known: Option<&Prices>) -> Result<Allocation, AllocationError> {
    let priced = problem.price(known);
    let surplus = problem.surpluses(&priced.prices);
    let choices = problem.choices(&priced.prices);
    let plan = Plan::of(problem, choices.into_iter().map(|place| place as usize));
    let mut plan = Repair { problem, surplus: &surplus, plan }.run();
    let proven = search(problem, &surplus, priced.bound, &mut plan);
    if let Some((list, possible)) = plan.short_list(problem) {
        let wanted = problem.limits.lists[list].min_customers;
        return Err(AllocationError::Minimum { list, wanted, possible, limit: MinimumLimit::Together });
    }
    let bound = if proven { plan.usage.profit } else { priced.bound.max(plan.usage.profit) };
    Ok(Allocation {
        chosen: plan.chosen,
        profit: plan.usage.profit,
        bound,
        spent: plan.usage.cost,
        customers: plan.usage.customers,
        prices: priced.prices,
    })
}
