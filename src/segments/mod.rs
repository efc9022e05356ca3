//! Labels per customer.

pub mod clusters;
pub mod journey;
pub mod knowledge;
pub mod lifecycle;
pub mod memberships;
pub mod rfm;
pub mod satisfaction;
