//! Accepted transaction lines → orders → purchase days, customer by customer.
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

mod baskets;
mod days;
mod fold;
mod one;
mod rules;
mod standing;
mod sums;
#[cfg(test)]
mod tests;

pub use baskets::{Basket, Item, Names, Purchases, baskets, baskets_at, fold_baskets};
pub use days::{Sample, purchase_days};
pub(crate) use fold::{FoldedPart, fold_ledger};
pub(crate) use one::Folded;
pub use one::PurchaseDay;
pub(crate) use rules::brands;
pub use standing::{Bought, Lookback, Standing, standings};
pub use sums::{LineSums, line_sums};
