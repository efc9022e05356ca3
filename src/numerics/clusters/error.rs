//! What can be wrong with a clustering.

/// Why customers could not be clustered.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ClusterError {
    /// No feature column was given.
    #[error("no feature to cluster by, at least 1 is needed")]
    NoFeatures,
    /// A feature column has another length than the first one.
    #[error("feature `{column}` has {found} rows, the others have {expected}")]
    Length {
        /// Name of the column.
        column: String,
        /// Its number of rows.
        found: usize,
        /// Number of rows of the first column.
        expected: usize,
    },
    /// Two feature columns share a name.
    #[error("feature `{column}` is listed twice, names must differ")]
    DuplicateColumn {
        /// The name.
        column: String,
    },
    /// More rows than row numbers can be stored for.
    #[error("{rows} rows to cluster, allowed are up to {limit}")]
    TooManyRows {
        /// Number of rows.
        rows: usize,
        /// Most rows allowed.
        limit: usize,
    },
    /// The winsorising limits aren't fractions in rising order.
    #[error("winsorising from {lower} to {upper}, allowed are 0 <= lower < upper <= 1")]
    Percentiles {
        /// Lower fraction found.
        lower: f64,
        /// Upper fraction found.
        upper: f64,
    },
    /// A column's mean or standard deviation is beyond the largest float.
    #[error("feature `{column}` is too large to average, allowed are magnitudes up to 1e150")]
    Overflow {
        /// Name of the column.
        column: String,
    },
    /// Every row was refused, or there was none.
    #[error("no customer to cluster: {refused} of {rows} rows have a missing or unusable value")]
    NoRows {
        /// Number of rows given.
        rows: usize,
        /// Number of them refused.
        refused: usize,
    },
    /// The number of clusters doesn't fit the number of customers.
    #[error("k = {k} clusters asked for {rows} customers, allowed are 1 to {limit}")]
    ClusterCount {
        /// Number of clusters asked for.
        k: usize,
        /// Number of customers that can be placed.
        rows: usize,
        /// Most clusters allowed.
        limit: usize,
    },
    /// The range to choose the number of clusters from is wrong.
    #[error("k from {min} to {max}, allowed are 2 <= min <= max <= {limit}")]
    KRange {
        /// Smallest k.
        min: usize,
        /// Largest k.
        max: usize,
        /// Largest k allowed.
        limit: usize,
    },
    /// A named column isn't among the features.
    #[error("no feature is called `{name}`, there are: {available}")]
    UnknownColumn {
        /// The name looked for.
        name: String,
        /// The names there are, separated by commas.
        available: String,
    },
    /// Values don't have the shape of the fitted clustering.
    #[error("{found} values per row, the fitted clustering has {expected}")]
    Dimensions {
        /// Number of values found.
        found: usize,
        /// Number expected.
        expected: usize,
    },
    /// A value isn't finite, or so large that its square might not be.
    #[error("row {row} holds {value}, allowed are magnitudes up to 1e140")]
    OutOfRange {
        /// Row, counted from 0.
        row: usize,
        /// The value.
        value: f64,
    },
    /// The first centres could not be placed.
    #[error("k-means with k = {k} could not be started: {reason}")]
    Start {
        /// Number of clusters.
        k: usize,
        /// What the learning library said.
        reason: String,
    },
}
