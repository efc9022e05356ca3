//! The `customers` analysis: lines → orders → purchase days → one row per customer.

mod analysis;
mod contract;
mod profile;
mod rows;
mod sheet;
mod table;
mod totals;

pub use analysis::CustomersAnalysis;
pub use contract::{CUSTOMERS, PURCHASE_HISTORY};
