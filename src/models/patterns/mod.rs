//! The `patterns` analysis: what is bought together, what follows what, how customers begin, and when the trade is.

mod analysis;
mod baskets;
mod census;
mod collect;
mod contract;
mod moves;
mod plots;
mod seasons;
mod sequences;
mod step;

pub use analysis::{PatternsAnalysis, PatternsOptions};
pub use contract::{BASKET_RULES, BASKET_SETS, CATEGORY_MOVES, PURCHASE_PATHS, PURCHASE_SEQUENCES, TRADE_PROFILE};
