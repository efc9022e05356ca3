//! Accepted transactions to one row per customer.

pub mod customers;
