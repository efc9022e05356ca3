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
    /// A mixture of normal distributions could not be fitted.
    #[error("a mixture of {components} components could not be fitted: {reason}")]
    Mixture {
        /// Number of components.
        components: usize,
        /// What is in the way.
        reason: String,
    },
    /// The variance floor isn't a share of the variance.
    #[error("regularisation of {value}, allowed are 0 < regularisation <= 1")]
    Regularisation {
        /// The value.
        value: f64,
    },
    /// The neighbourhood of a density clustering is wrong.
    #[error("neighbourhood of radius {radius} with {min_points} points, allowed are radius > 0 and points >= 2")]
    Neighbourhood {
        /// Radius.
        radius: f64,
        /// Points within it that make a core point.
        min_points: usize,
    },
    /// Neighbours could not be searched.
    #[error("neighbours could not be searched: {reason}")]
    Neighbours {
        /// What the search library said.
        reason: String,
    },
    /// Two labelings of the same rows have different lengths.
    #[error("{found} labels, the other labeling has {expected}")]
    LabelCount {
        /// Number of labels found.
        found: usize,
        /// Number expected.
        expected: usize,
    },
    /// A label names no cluster.
    #[error("label {label} names no cluster, there are: {known}")]
    UnknownLabel {
        /// The label.
        label: u16,
        /// The labels there are, separated by commas.
        known: String,
    },
    /// There is no number left for a new cluster.
    #[error("no number from {from} on is left for a new cluster")]
    NoFreshNumber {
        /// The lowest number not used so far.
        from: u16,
    },
    /// A number of repetitions is 0.
    #[error("{what}: 0 repetitions, allowed are 1 and more")]
    NoRepetitions {
        /// What is repeated.
        what: &'static str,
    },
    /// The principal axes of the points could not be found.
    #[error("principal axes of the points: {reason}")]
    PrincipalAxes {
        /// What the linear algebra library said.
        reason: String,
    },
    /// A category column has a code without a level.
    #[error("category `{column}` has code {code} in row {row}, there are {levels} levels")]
    UnknownLevel {
        /// Name of the column.
        column: String,
        /// Row, counted from 0.
        row: usize,
        /// The code.
        code: i32,
        /// Number of levels.
        levels: usize,
    },
}
