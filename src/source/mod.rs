//! From files to batches of raw columns: which files, of which format, with which columns.
//!
//! Nothing is interpreted here: text stays text, and a batch holds just the columns that were asked for, under
//! the standard names of the input tables.

mod batch;
mod contract;
mod database;
mod database_tls;
mod decode;
mod digest;
mod discover;
mod error;
mod fetch;
mod first_values;
mod head;
mod ipc_bounds;
mod json;
mod layout;
mod made;
mod options;
mod page_bounds;
mod read;
mod sample;
mod sheet_bounds;
mod split;
mod text;
mod workbook;

pub use batch::{Batch, Lines, Malformed, MalformedRow};
pub use contract::{
    CAMPAIGNS, CONTACTS, CUSTOMERS, FEEDBACK, INPUT_TABLES, INTERACTIONS, InputColumn, InputTable, Need, PRODUCTS,
    TRANSACTIONS,
};
pub use digest::{digest, digest_text};
pub use discover::{Format, InputFile, discover, format_of_name};
pub use error::SourceError;
pub use first_values::{Extent, Sample, first_values};
pub use head::{Head, head};
pub use layout::TextLayout;
pub use options::{CalendarName, ColumnNames, IdRepair, PathList, SourceOptions};
pub use read::{ColumnMap, SourceFile, batches, first_batches};
pub use sample::sample;
