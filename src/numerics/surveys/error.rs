//! What can be wrong with answers.

/// Why answers could not be evaluated.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SurveyError {
    /// Columns that belong together have different lengths.
    #[error("`{column}` has {found} rows, expected are {expected}")]
    Length {
        /// What was counted.
        column: &'static str,
        /// Its length.
        found: usize,
        /// The length it should have.
        expected: usize,
    },
    /// Offsets don't cut the answers into customers.
    #[error("offsets of {answers} answers must rise from 0 to {answers} (position {position})")]
    Offsets {
        /// First offending position.
        position: usize,
        /// Number of answers.
        answers: usize,
    },
    /// A number isn't in its range.
    #[error("row {row} of `{column}` holds {value}, allowed is {allowed}")]
    Value {
        /// The column.
        column: &'static str,
        /// Row, counted from 0.
        row: usize,
        /// What it holds.
        value: f64,
        /// What it may hold.
        allowed: &'static str,
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
    /// Too few customers answered to learn from.
    #[error("{answered} customers answered, an estimate for the others needs {needed}")]
    TooFewAnswers {
        /// Customers who answered.
        answered: usize,
        /// Customers needed.
        needed: usize,
    },
    /// The ids of those who answered give too few folds to hold some of them out.
    #[error("customers who answered fall into {found} folds by their ids, a holdout needs {needed}")]
    Folds {
        /// Folds with a customer.
        found: usize,
        /// Folds needed.
        needed: usize,
    },
    /// The linear system could not be solved.
    #[error("the ridge regression with penalty {penalty} could not be solved: {reason}")]
    Unsolvable {
        /// The penalty.
        penalty: f64,
        /// What the library said.
        reason: String,
    },
}
