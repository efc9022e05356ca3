//! What can be wrong with a classification.

/// Why a learner could not be fitted.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ClassifyError {
    /// Labels or weights don't match the rows.
    #[error("{found} labels or weights for {expected} rows")]
    Length {
        /// Labels or weights given.
        found: usize,
        /// Rows given.
        expected: usize,
    },
    /// All labels are the same: there is nothing to tell apart.
    #[error("all {rows} rows have the same outcome, both are needed")]
    OneClass {
        /// Rows given.
        rows: usize,
    },
    /// A cell that is not finite.
    #[error("the matrix holds a value that is not finite")]
    NotFinite,
    /// The solver gave up.
    #[error("the solver failed: {reason}")]
    Solver {
        /// What it says.
        reason: String,
    },
}
