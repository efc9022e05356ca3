//! What to offer whom: items that go together, and the best of those that a customer may be offered.
//!
//! ```text
//! Holdings ──count_pairs──▶ PairCounts ──nearest──▶ Neighbours ──item_to_item──────▶ Model ──Ranker──▶ Offer
//!     │                                                  └─────item_regressions──▶   ▲      │
//!     ├──popularity, recent_popularity─────────────────────────────────────────────▶ │      └─measure──▶ Skill
//! Baskets ──co_purchase_rules──────────────────────────────────────────────────────▶ ┘
//! ```
//!
//! Every model has one form: an item's relevance to a customer is a base value, plus a weight for each item that the
//! customer holds. Weights are sparse: an item hears of a few others only. So a million customers and ten thousand items
//! take seconds, and every offer can name the item that speaks most for it.
//!
//! Items are numbers from 0 that the caller gives in the order of their ids, so that ties go to the smaller id.
//!
//! Promises, each kept by a test:
//!
//! - what may not be offered never is, and no list is longer than asked or filled up with anything;
//! - neither the order of customers nor the number of threads changes anything;
//! - a customer who holds nothing gets the popular items, one who holds everything gets none.

mod error;
mod holdings;
mod item_to_item;
mod model;
mod pairs;
mod popularity;
mod rank;
mod regression;
mod rules;
mod skill;

pub use error::RecommendError;
pub use holdings::Holdings;
pub use item_to_item::{Neighbours, Similarity, item_to_item, nearest};
pub use model::Model;
pub use pairs::{MOST_ITEMS, MOST_PAIRS, PairCounts, count_pairs};
pub use popularity::{popularity, recent_popularity};
pub use rank::{Offer, Ranker, Wish, Workspace, rank_scores};
pub use regression::{Regression, item_regressions};
pub use rules::{RuleSearch, co_purchase_rules};
pub use skill::{Skill, Trial, measure, ndcg};

#[cfg(test)]
mod tests;
