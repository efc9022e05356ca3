//! Who gets which offer: the most profit within budgets, capacities and list sizes.
//!
//! Each customer is a candidate for some lists, with an expected profit and a cost on each, and takes at most a few of
//! them. With x = 1 for a candidate who is chosen:
//!
//! ```text
//! maximise    Σ profit x
//! subject to  Σ of a customer's x          ≤ max_lists
//!             Σ cost x over all / a list   ≤ budget / budget of the list
//!             Σ load x over a channel      ≤ capacity of the channel
//!             min ≤ Σ x over a list        ≤ max
//! ```
//!
//! The few rows that couple customers get prices (Lagrange multipliers); given those, each customer's choice is the
//! best of their own lists after prices, whatever the others do (Everett 1963, Operations Research 11(3); Fisher 1981,
//! Management Science 27(1)). The prices are those of the Dantzig-Wolfe master programme (Dantzig & Wolfe 1960,
//! Operations Research 8(1)), solved in its dual form, one cut per answer of the customers (Kelley 1960), with the cuts
//! taken between the best prices so far and the master's (in-out; Ben-Ameur & Neto 2007, Networks 49(1)). The dual
//! value is an upper bound for every plan, so the gap between the plan found and the best possible one is known. The
//! price of a budget row is its shadow price: what one unit more would earn.

mod check;
mod core;
mod curve;
mod dual;
mod master;
mod plan;
#[cfg(test)]
mod policy_tests;
mod problem;
mod repair;
mod rows;
mod solve;
#[cfg(test)]
mod tests;

pub use check::{AllocationError, MinimumLimit};
pub use curve::{BudgetPoint, BudgetScope, budget_curve};
pub use problem::{Candidate, Limits, ListLimits, NO_CHANNEL, Prices};
pub use solve::{Allocation, allocate};
