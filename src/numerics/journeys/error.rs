//! What can be wrong with journeys.

/// Why journeys could not be evaluated.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum JourneyError {
    /// Columns that belong together have different lengths.
    #[error("`{column}` has {found} rows, expected are {expected}")]
    Length {
        /// The column.
        column: &'static str,
        /// Its length.
        found: usize,
        /// The length it should have.
        expected: usize,
    },
    /// Offsets don't cut the events into customers.
    #[error("offsets of {events} events must rise from 0 to {events} (position {position})")]
    Offsets {
        /// First offending position.
        position: usize,
        /// Number of events.
        events: usize,
    },
    /// A state has no number below the number of states.
    #[error("state {state} does not exist, there are {states}")]
    UnknownState {
        /// The state.
        state: u32,
        /// Number of states.
        states: usize,
    },
    /// An event stands before an earlier one, or after the end of the observation.
    #[error(
        "events of customer {customer} are not in order of time, or the last one is after the end of the observation"
    )]
    TimeOrder {
        /// Customer, counted from 0.
        customer: usize,
    },
    /// More states than tables of pairs are made for.
    #[error("{states} states, allowed are up to {limit}")]
    TooManyStates {
        /// Number of states.
        states: usize,
        /// Most allowed.
        limit: usize,
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
    /// Amounts of money that don't fit.
    #[error("the values of the conversions add up to more than 64 bits hold")]
    Overflow,
    /// The linear system of the chain could not be solved.
    #[error("the chain of {states} states could not be solved: {reason}")]
    Unsolvable {
        /// Number of its states.
        states: usize,
        /// What the library said.
        reason: String,
    },
}
