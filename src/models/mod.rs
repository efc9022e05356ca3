//! Fitted models and their scores per customer.

pub mod campaigns;
pub mod churn;
pub mod clv;
pub mod offers;
pub mod patterns;
pub mod uplift;
pub mod profitability;
