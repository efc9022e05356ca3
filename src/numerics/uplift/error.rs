//! Why uplift can't be measured or learned.

/// Why there is no figure.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum UpliftError {
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
    /// A number that is NaN or infinite.
    #[error("row {row} of `{column}` is no finite number")]
    NotFinite {
        /// The column.
        column: &'static str,
        /// Row, counted from 0.
        row: usize,
    },
    /// Nobody in an arm: there is nothing to compare with.
    #[error("nobody is in the {arm} arm")]
    EmptyArm {
        /// `treated` or `control`.
        arm: &'static str,
    },
    /// Every outcome is the same: there is nothing to explain.
    #[error("all {rows} outcomes are {outcome}")]
    OutcomesAlike {
        /// Number of outcomes.
        rows: usize,
        /// What they all are.
        outcome: f64,
    },
    /// Every score is the same: there is no order.
    #[error("all {rows} scores are the same, so they put nobody before anybody")]
    ScoresAlike {
        /// Number of scores.
        rows: usize,
    },
    /// A method for yes/no outcomes was given others.
    #[error("row {row} of the outcomes is {outcome}; {method} takes 0 and 1 only")]
    NotYesNo {
        /// The method.
        method: &'static str,
        /// Row, counted from 0.
        row: usize,
        /// What it holds.
        outcome: f64,
    },
    /// Outcomes that nearly all are 0, or nearly never.
    #[error("{found} outcomes are {what}, interactions need {least}")]
    TooFewOutcomes {
        /// `0` or `other than 0`.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many are needed.
        least: usize,
    },
    /// A share that is none.
    #[error("a share of {share}, allowed is above 0 to 1")]
    Share {
        /// What was given.
        share: f64,
    },
    /// Too few rows of an arm in one of the parts that are left out in turn.
    #[error("{found} {arm} rows to learn from, at least {least} are needed")]
    TooFew {
        /// `treated` or `control`.
        arm: &'static str,
        /// How many there are.
        found: usize,
        /// How many it takes.
        least: usize,
    },
    /// A base learner could not be fitted.
    #[error("the learner of the {part} could not be fitted: {reason}")]
    Learner {
        /// Which part of the uplift model.
        part: &'static str,
        /// What it says.
        reason: String,
    },
}
