//! Fitted models and their scores per customer.

pub mod clv;
pub mod patterns;
