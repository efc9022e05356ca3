//! Journeys: what customers went through, in order, and what it led to.
//!
//! ```text
//! events ──Journeys::new──▶ transitions      from where to where
//!                           funnel           how many get how far, how fast
//!                           paths_before     what precedes a purchase or silence, against what precedes none
//!                           attribute        which touchpoints share the conversions
//!                           compare          where two groups differ
//! ```
//!
//! States are numbers that the caller gives: touchpoints, or kinds of experience, or touchpoints with their outcome. A
//! state is either a conversion (a purchase) or a touchpoint. The start of a journey and falling silent are no states;
//! they appear as [`Node`]s.
//!
//! Everything here describes; nothing of it is an effect. A touchpoint that buyers pass on their way anyway gets its
//! share of the credit, and a group that differs may differ because of who is in it.
//!
//! Promises, each kept by a test:
//!
//! - counts and money are summed as whole numbers, so the number of threads changes nothing;
//! - every method of attribution gives away exactly what was converted;
//! - removal effects and probabilities lie in 0..1, and nothing returned is NaN or infinite.

mod attribution;
mod compare;
mod error;
mod funnel;
mod lookback;
mod paths;
mod sequence;
mod tally;
mod transitions;

pub use attribution::{
    Attribution, AttributionOptions, ChannelCredit, Credit, MAX_CHAIN_STATES, MarkovOrder, attribute,
};
pub use compare::{Comparison, Difference, Group, Trait, compare};
pub use error::JourneyError;
pub use funnel::{Funnel, FunnelStep, MAX_FUNNEL_STEPS, Quartiles, funnel};
pub use lookback::{Before, PathOptions};
pub use paths::{Lift, MAX_PATH_STEPS, PathContrast, PathCount, paths_before};
pub use sequence::{Journey, Journeys, MAX_STATES};
pub use transitions::{Node, Transition, transitions};

#[cfg(test)]
mod tests;
