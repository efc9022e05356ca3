//! The `profitability` analysis: what each customer leaves after goods, returns, service, contacts and acquisition.
//!
//! Contribution = margin of what was sold − returns (margin given back, and handling) − service − contacts − acquisition,
//! in exact money. Customers who cost more than they bring are told with the reason and with what would change it.
//!
//! Sources: Kaplan & Narayanan (2001), Journal of Cost Management 15(5): 5-15, for customer profit as margin less the cost of
//! serving a customer and for the whale curve; Mulhern (1999), Journal of Interactive Marketing 13(1): 25-40, for
//! concentration of customer profit.

mod accounts;
mod analysis;
mod concentration;
mod contract;
mod reasons;
mod step;
mod tiers;

pub use analysis::{ProfitabilityAnalysis, ProfitabilityOptions, Tiers};
pub use contract::{PROFIT_CONCENTRATION, PROFIT_DECILES, PROFITABILITY};
