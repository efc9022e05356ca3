//! Who is moved by being contacted: measures of an order by uplift, and models that learn one.
//!
//! The measures take any scores and a [`Trial`]: [`Curves`] (Qini and uplift curves with their areas), [`OrderQuality`] (the
//! same with intervals), [`uplift_groups`] (deciles) and [`PolicyValue`]. The models ([`UpliftKind`]) are put together from
//! a [`BaseLearner`]; [`cross_fit`] scores people by models that have not seen them, [`Calibration`] turns scores into effects.
//!
//! ```
//! use acrm::numerics::uplift::{Curves, Ties, Trial};
//!
//! let (treated, outcomes) = ([true, false, true, false], [1.0, 0.0, 0.0, 1.0]);
//! let trial = Trial::new(&treated, &outcomes)?;
//! let curves = Curves::of(&[4.0, 3.0, 2.0, 1.0], &trial, Ties::AsGiven)?;
//! assert_eq!(curves.qini_at(2.0), 1.0);
//! assert_eq!(curves.areas().qini_coefficient(), 3.0 / 16.0);
//! # Ok::<(), acrm::numerics::uplift::UpliftError>(())
//! ```
//!
//! Nothing here is NaN or infinite: what can't be measured is an [`UpliftError`].

mod amount;
mod calibration;
mod covariates;
mod cross_fit;
mod curve;
mod effect;
mod error;
#[cfg(test)]
mod interaction_tests;
mod interactions;
mod interval;
mod learner;
mod models;
mod penalty;
mod policy;
#[cfg(test)]
mod tests;
mod trial;

pub use amount::Amount;
pub use calibration::Calibration;
pub use covariates::{Covariates, EffectColumn};
pub use cross_fit::cross_fit;
pub use curve::{Areas, Curves, Order, Ties, qini_of_perfect};
pub use effect::{Effect, UpliftGroup, uplift_groups};
pub use error::UpliftError;
pub use interactions::{Interactions, Term};
pub use interval::{BOOTSTRAP_DRAWS, BOOTSTRAP_SEED, Interval, OrderQuality};
pub use learner::{BaseLearner, BaseModel};
pub use models::{FittedUplift, LEAST_ROWS, Learners, MOST_ROWS, UpliftKind, fit_common_push, fit_uplift};
pub use policy::PolicyValue;
pub use trial::{Trial, range};
