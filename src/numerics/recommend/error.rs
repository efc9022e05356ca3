//! What can be wrong with what is given.

use crate::numerics::patterns::PatternError;

/// Why nothing could be recommended.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RecommendError {
    /// Offsets don't cut the items into customers.
    #[error("offsets must rise from 0 to {end}, the number of items held")]
    Offsets {
        /// Number of items held.
        end: usize,
    },
    /// The items of a customer are out of order, double or unknown.
    #[error("customer {customer}: items must rise, each once, and be below {items}")]
    Items {
        /// Place of the customer.
        customer: usize,
        /// Number of items there are.
        items: usize,
    },
    /// More items than pairs can be counted for.
    #[error("{found} items; pairs are counted for at most {most}, take those of most customers")]
    TooManyItems {
        /// Items given.
        found: usize,
        /// Most items.
        most: usize,
    },
    /// An option isn't in its range.
    #[error("`{option}` is {value}, allowed is {allowed}")]
    Option {
        /// The option.
        option: &'static str,
        /// Its value.
        value: f64,
        /// What it may be.
        allowed: &'static str,
    },
    /// Things that belong together have different lengths.
    #[error("{found} {what}, expected are {expected}")]
    Length {
        /// What was counted.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many there should be.
        expected: usize,
    },
    /// The search for rules failed.
    #[error(transparent)]
    Rules(#[from] PatternError),
}
