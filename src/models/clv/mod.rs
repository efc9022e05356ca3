//! The `clv` analysis: how often customers will buy, whether they are still there, what they are worth.
//!
//! BG/NBD (Fader, Hardie & Lee 2005, Marketing Science 24(2)), its modification MBG/NBD (Batislam, Denizel &
//! Filiztekin 2007) or Pareto/NBD (Schmittlein, Morrison & Colombo 1987) for purchases, Gamma-Gamma (Fader & Hardie 2013, note 025) for spend; customer lifetime value
//! is the expected margin over a horizon after the as-of day, discounted continuously.

mod analysis;
mod contract;
mod model_file;
mod options;
mod step;

pub use analysis::ClvAnalysis;
pub use contract::CLV;
pub use options::{ClvOptions, PurchaseModel};
