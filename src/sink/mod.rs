//! Finished tables as files: how they are encoded, how a run becomes visible, how an earlier run is read again.
//!
//! ```text
//! OUT/.lock                    held for the whole run
//! OUT/.building/               the run being made; nobody reads it
//! OUT/as_of=DATE/              a published run: whole, or not there
//! OUT/latest -> as_of=DATE     the newest published run
//! ```
//!
//! A run that is killed leaves a building folder, which the next run removes. Nothing here computes a figure:
//! a table goes out with the columns and rows it came with.

mod bit_packing;
mod chunk;
mod dictionary;
mod error;
mod export;
mod fields;
mod folders;
mod key;
mod layout;
mod lock;
mod parquet;
mod previous;
mod publish;

pub use error::SinkError;
pub use export::write_export;
pub use parquet::{TableWriter, WrittenTable, write_table};
pub use previous::{previous_run, read_columns};
pub use publish::{Latest, Publication, Published};

#[cfg(test)]
mod tests;
