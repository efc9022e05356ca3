//! Labels per customer.

pub mod clusters;
pub mod memberships;
pub mod rfm;
