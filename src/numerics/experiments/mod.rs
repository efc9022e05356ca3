//! Did a campaign work? Treated against control, with what can be said about the difference.
//!
//! ```text
//! outcomes of two groups ──Difference──▶ effect, Welch's interval and test
//!                        ──ShareTest───▶ pooled z, Fisher's exact test, Newcombe's interval
//!                        ──bootstrap───▶ BCa interval of the difference
//!                        ──cuped───────▶ the same with the noise of the time before taken out
//! sizes of the groups    ──sample_ratio▶ was the lot drawn as it was meant to be?
//!                        ──design──────▶ smallest effect that can be shown, customers needed
//! effects of many        ──holm, pool, shrink, trend▶ corrected, put together, drawn to their mean, over time
//! ```
//!
//! Intention to treat: a group holds everybody who was assigned to it. What is measured must not decide who is in it.
//!
//! Promises, each kept by a test:
//!
//! - nothing returned is NaN or infinite; what can't be said is an [`Unmeasured`] with its reason;
//! - the same values give the same bits, whatever the number of threads;
//! - an empty group has no effect: neither zero nor the mean of the other group.

mod bands;
mod bootstrap;
mod cuped;
mod design;
mod difference;
mod moments;
mod multiple;
mod pool;
mod ratio;
mod shares;
#[cfg(test)]
mod tests;
mod trend;

pub use bands::RecencyBands;
pub use bootstrap::{BootstrapOptions, bootstrap};
pub use cuped::{Cuped, cuped};
pub use design::{Design, DesignAnswer, Group, POWER, minimum_detectable, needed_customers};
pub use difference::{Difference, MeanTest, relative_lift, return_on_cost};
pub use moments::Moments;
pub use multiple::holm;
pub use pool::{Estimate, Pooled, Shrunk, pool, shrink};
pub use ratio::{RatioTest, independence, sample_ratio};
pub use shares::{ShareTest, fisher_exact};
pub use trend::{Trend, trend};

/// Why a figure can't be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, thiserror::Error)]
#[non_exhaustive]
pub enum Unmeasured {
    /// Nobody is in either group.
    #[error("no customers")]
    NoCustomers,
    /// Nobody is in the treated group.
    #[error("no treatment")]
    NoTreatment,
    /// Nobody is in the control group.
    #[error("no control")]
    NoControl,
    /// A group of one has no variance.
    #[error("one customer in a group: no interval")]
    OneCustomer,
    /// All customers of both groups have the same value.
    #[error("no variation in either group: no interval")]
    NoVariance,
    /// The covariate doesn't vary.
    #[error("the covariate is the same for all")]
    FlatCovariate,
    /// A value is infinite or not a number.
    #[error("a value that is no finite number")]
    NotFinite,
    /// A number that must lie in a range does not.
    #[error("a number outside its range")]
    OutOfRange,
}

/// Ends of an interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Lower end.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
}
