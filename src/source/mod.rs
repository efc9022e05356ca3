//! From files to batches of raw columns: which files, of which format, with which columns.
//!
//! Nothing is interpreted here: text stays text, and a batch holds just the columns that were asked for, under
//! the standard names of the input tables.

mod contract;
mod decode;
mod digest;
mod discover;
mod error;
mod head;
mod lines;
mod options;
mod read;

pub use contract::{CUSTOMERS, INPUT_TABLES, InputColumn, InputTable, Need, PRODUCTS, TRANSACTIONS};
pub use digest::{digest, digest_text};
pub use discover::{Format, InputFile, discover};
pub use error::SourceError;
pub use head::{Head, head};
pub use lines::physical_lines;
pub use options::{PathList, SourceOptions};
pub use read::{ColumnMap, batches};
