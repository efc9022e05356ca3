//! Accepted transactions to one row per customer.

pub mod cohorts;
pub mod customers;
