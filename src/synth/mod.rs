//! A synthetic retailer with known truth: two years of a believable shop, ending on 2025-12-31, as export files.
//!
//! [`write`] makes the seven input tables, `truth.json` and `truth_customers` with every planted parameter, and a `pipeline.toml` that
//! runs over them. What an analysis finds in the files can so be compared with what is in them.
//!
//! How the parts hang together, each in its own file and each knowing only those to its left:
//!
//! `random → params → calendar → process, money → catalogue → basket → orders → campaign → service, feedback → lines → dirt → chunk →
//! tables → sink → write`
//!
//! Three rules keep the truth true:
//! - **The purchases come first.** Purchase days are BG/NBD and spend is gamma-gamma, exactly; campaigns, complaints and churn journeys
//!   are drawn afterwards, given the purchases, with the probabilities that make them look like causes.
//! - **Dirt is only ever added.** A row of dirt is one row more; without those rows the tables are the clean export.
//! - **Everything follows from the seed and the customer's number.** The same options give the same bytes on any machine with any number
//!   of threads, and a larger shop holds the customers of a smaller one unchanged.

mod basket;
mod calendar;
mod campaign;
mod catalogue;
mod chunk;
mod columns;
mod dirt;
mod duplicates;
mod error;
mod feedback;
mod lines;
mod money;
mod names;
mod options;
mod orders;
mod params;
mod person;
mod pipeline;
mod process;
mod random;
mod service;
mod shop;
mod sink;
mod tables;
mod tally;
mod truth;
mod write;

#[cfg(test)]
mod tests;

pub use error::SynthError;
pub use options::{Format, SynthOptions, SynthReport, WrittenFile};
pub use params::{ChurnJourney, DirtRates, Habits, Planted, PurchaseModel, Service, SpendModel};
pub use write::write;
