//! Patterns in purchases: what is bought together, what follows what, how customers begin.
//!
//! ```text
//! Baskets ──frequent_itemsets──▶ Itemsets ──association_rules──▶ Rule
//!                                    └─────count_customers──────▶ customers behind each
//! Sequences ──frequent_sequences──▶ SequencePattern
//!     └───────purchase_paths──────▶ PathNode
//! ```
//!
//! Items are numbers the caller gives, from 0; their names stay there.
//!
//! Promises, each kept by a test:
//!
//! - all patterns that reach the minimum are found, with exact counts: the
//!   results equal those of trying every pattern;
//! - neither the order of baskets nor the number of threads changes anything;
//! - the order of results is defined, ties included;
//! - what would be too much is an error that says which limit to raise.

mod baskets;
mod closed;
mod customers;
mod embedding;
mod error;
mod fp_growth;
mod fp_tree;
mod itemsets;
mod paths;
mod prefix_span;
mod projected;
mod rules;
mod sequences;

pub use baskets::{Baskets, MAX_ITEM, min_count};
pub use customers::count_customers;
pub use error::PatternError;
pub use fp_growth::{ItemsetOptions, frequent_itemsets};
pub use itemsets::{Itemset, Itemsets};
pub use paths::{PathNode, purchase_paths};
pub use prefix_span::{SequenceOptions, SequencePattern, frequent_sequences};
pub use rules::{Rule, RuleOptions, association_rules};
pub use sequences::{Gaps, Sequences};

#[cfg(test)]
mod basket_tests;
#[cfg(test)]
mod sequence_tests;
