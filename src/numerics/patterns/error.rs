//! What can be wrong with a search for patterns.

/// Why no pattern could be looked for.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PatternError {
    /// Offsets don't cut what they point into.
    #[error("offsets of {what} must rise from 0 to {end}, the number of {cut}")]
    Offsets {
        /// What each offset begins.
        what: &'static str,
        /// What the offsets point into.
        cut: &'static str,
        /// Its number.
        end: usize,
    },
    /// An item id beyond the largest one that can be counted.
    #[error("item id {found}, allowed are ids up to {limit}; number the items from 0")]
    ItemId {
        /// The id.
        found: u32,
        /// Largest id allowed.
        limit: u32,
    },
    /// Two columns that belong together differ in length.
    #[error("{found} {what} for {expected} {per}")]
    Length {
        /// What is too many or too few.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// What it should be one each of.
        per: &'static str,
        /// How many of these there are.
        expected: usize,
    },
    /// Rows that must rise step back.
    #[error("{what} number {row} is out of order, each {what} must {rise}")]
    Order {
        /// What must rise.
        what: &'static str,
        /// The first that doesn't, counted from 0.
        row: usize,
        /// How it must rise.
        rise: &'static str,
    },
    /// A limit of 0, with which nothing could be found.
    #[error("{option} = 0, it must be at least 1")]
    Zero {
        /// Name of the option.
        option: &'static str,
    },
    /// A confidence that is no share.
    #[error("min_confidence = {found}, allowed are 0 to 1")]
    Confidence {
        /// The value.
        found: f64,
    },
    /// More patterns than allowed.
    #[error("more than {most} {what}; raise the minimum {remedy}, or shorten the maximum length")]
    TooMany {
        /// What was counted.
        what: &'static str,
        /// The limit.
        most: usize,
        /// Which minimum to raise.
        remedy: &'static str,
    },
}
