//! The `offers` analysis: what to offer each customer next, through which channel, and when.
//!
//! Products and categories by models of [`numerics::recommend`](crate::numerics::recommend), the best of them by a time
//! split; channels by response and cost, pooled ([`numerics::pooling`](crate::numerics::pooling)); the time by own habits.

mod analysis;
mod assortment;
mod channel;
mod channel_table;
mod choose;
mod collect;
mod contract;
mod histories;
mod models;
mod next_best;
mod offers_table;
mod options;
mod skill_table;
mod step;
#[cfg(test)]
mod tests;
mod timing;

pub use analysis::OffersAnalysis;
pub use contract::{CHANNEL_RESPONSE, NEXT_BEST, OFFER_SKILL, OFFERS};
pub use options::OffersOptions;
