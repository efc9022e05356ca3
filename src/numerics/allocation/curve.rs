//! What other budgets would earn.

use super::check::{AllocationError, check};
use super::dual::{Problem, starts};
use super::problem::{Candidate, Limits};
use super::solve::{Allocation, relative_gap, solve};

/// Which budget is varied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BudgetScope {
    /// The budget of all lists.
    All,
    /// The budget of one list, by its place.
    List(usize),
}

/// What a budget would earn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BudgetPoint {
    /// Part of the present budget.
    pub factor: f64,
    /// The budget.
    pub budget: f64,
    /// What would be spent in all.
    pub spent: f64,
    /// Customers on lists, each as often as they are on one.
    pub customers: u64,
    /// Expected profit.
    pub profit: f64,
    /// No plan earns more within this budget.
    pub bound: f64,
    /// What one unit more of the budget would earn.
    pub price: f64,
}

impl BudgetPoint {
    /// (bound − profit) ÷ bound.
    pub fn gap(&self) -> f64 {
        relative_gap(self.profit, self.bound)
    }
}

/// The profit at parts of the present budget; without a budget, at parts of what `base` spends. Smallest sizes are
/// left out, since a small budget may not reach them. A larger budget never earns less: a plan that fits a smaller
/// one fits it too.
///
/// # Errors
/// When a number is not finite.
pub fn budget_curve(
    candidates: &[Candidate],
    limits: &Limits,
    base: &Allocation,
    scope: BudgetScope,
    factors: &[f64],
) -> Result<Vec<BudgetPoint>, AllocationError> {
    check(candidates, limits)?;
    let starts = starts(candidates);
    let spent = || base.spent.iter().sum::<f64>();
    let present = match scope {
        BudgetScope::All => limits.budget.unwrap_or_else(spent),
        BudgetScope::List(list) => limits.lists[list].budget.unwrap_or(base.spent[list]),
    };
    let mut factors = factors.to_vec();
    factors.sort_by(f64::total_cmp);
    let mut points: Vec<BudgetPoint> = Vec::with_capacity(factors.len());
    for factor in factors {
        let budget = present * factor;
        let mut limits = limits.clone();
        limits.lists.iter_mut().for_each(|list| list.min_customers = 0);
        match scope {
            BudgetScope::All => limits.budget = Some(budget),
            BudgetScope::List(list) => limits.lists[list].budget = Some(budget),
        }
        let problem = Problem::new(candidates, &limits, &starts);
        let found = solve(&problem, Some(&base.prices))?;
        let price = match scope {
            BudgetScope::All => found.prices.budget,
            BudgetScope::List(list) => found.prices.list_budgets[list],
        };
        let mut point = BudgetPoint {
            factor,
            budget,
            spent: found.spent.iter().sum(),
            customers: found.customers.iter().sum(),
            profit: found.profit,
            bound: found.bound,
            price,
        };
        if let Some(last) = points.last().filter(|last| last.profit > point.profit) {
            point = BudgetPoint { spent: last.spent, customers: last.customers, profit: last.profit, ..point };
        }
        points.push(point);
    }
    Ok(points)
}
