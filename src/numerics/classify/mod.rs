//! Classification of customers: will they do something, or not.
//!
//! The way through it: [`Feature`]s are columns of numbers or words; an [`Encoder`] fitted on training rows turns them
//! into a matrix; a [`Learner`] turns the matrix and the outcomes into a [`Scorer`] of probabilities; a [`Calibrator`]
//! puts them right; [`evaluate`] says how good they are, with intervals; [`permutation_importance`] what they rest on.
//!
//! ```
//! use acrm::numerics::classify::{EncodeOptions, Encoder, Feature, Learner, Values};
//! let age = [20.0, 31.0, f64::NAN, 58.0, 64.0, 41.0];
//! let city = ([0, 1, 0, 1, 1, -1], ["Bonn".to_owned(), "Kiel".to_owned()]);
//! let features = [
//!     Feature { name: "age", values: Values::Numbers(&age) },
//!     Feature { name: "city", values: Values::Words { codes: &city.0, names: &city.1 } },
//! ];
//! let rows = [0, 1, 2, 3, 4, 5];
//! let encoder = Encoder::fit(&features, &rows, EncodeOptions { rare_rows: 1, ..EncodeOptions::default() });
//! let x = encoder.matrix(&features, &rows);
//! let scorer = Learner::Logistic { ridge: 1.0 }.fit(&x, &[false, false, false, true, true, true])?;
//! assert!(scorer.probabilities(&x).iter().all(|p| (0.0..=1.0).contains(p)));
//! # Ok::<(), acrm::numerics::classify::ClassifyError>(())
//! ```
//!
//! Everything is deterministic: seeds are fixed, nothing depends on the number of threads.

mod auc;
mod bins;
mod calibrate;
mod encode;
mod error;
mod forest;
mod importance;
mod learner;
mod linear;
mod logistic;
mod metrics;
mod profit;
mod reasons;
mod separation;
mod spell;
#[cfg(test)]
mod tests;

pub use auc::{auc, auc_interval, midranks};
pub use bins::{Bin, bins};
pub use calibrate::{Calibrator, pool_adjacent_violators};
pub use encode::{EncodeOptions, EncodedColumn, Encoder, Feature, Values};
pub use error::ClassifyError;
pub use forest::{Forest, ForestOptions, fit_forest};
pub use importance::{Importance, permutation_importance};
pub use learner::{Learner, Scorer};
pub use linear::{Linear, fit_ridge};
pub use logistic::{Logistic, fit_logistic, refit_logistic, score_tests};
pub use metrics::{Evaluation, Interval, evaluate, log_losses};
pub use profit::{Offer, ProfitPoint, best_cutoff};
pub use reasons::{Band, Reason, strongest_reasons};
pub use separation::{MIN_LEVEL_ROWS, separation};
pub use spell::Spell;
