//! The `customers` analysis: lines → orders → purchase days → one row per customer.
//!
//! In SQL the step reads:
//!
//! ```sql
//! WITH orders AS (SELECT customer_id, transaction_id, min(timestamp) AS at, sum(amount) AS amount
//!                 FROM lines GROUP BY ALL),
//!      days   AS (SELECT customer_id, CAST(at AS DATE) AS day, sum(amount) AS amount,
//!                        count(*) FILTER (amount > 0) AS orders
//!                 FROM orders GROUP BY ALL)
//! SELECT customer_id, sum(orders) AS orders, sum(amount) AS spend_net,
//!        count(*) FILTER (orders > 0 AND amount > 0) AS purchase_days, ...
//! FROM days GROUP BY customer_id
//! ```
//!
//! It is done partition by partition over the ledger, which costs a third of the same grouping by a general
//! engine; a test holds it against polars' group-by.

mod analysis;
mod contract;
mod fold;
mod one;
mod table;
mod totals;
#[cfg(test)]
mod tests;

pub use analysis::CustomersAnalysis;
pub use contract::{CUSTOMERS, PURCHASE_HISTORY};
