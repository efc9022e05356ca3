//! Raw rows to accepted lines: every row of a source ends in exactly one place, and the counts prove it.
//!
//! ```text
//! rows read = accepted + merged into an equal row + later than the as-of day + quarantined
//! ```

mod attributes;
mod collect;
mod counts;
mod dates;
mod error;
mod ids;
mod ledger;
mod options;
mod products;
mod reject;
mod transactions;
mod values;

pub use attributes::{Attributes, attribute_names};
pub use collect::{CleanSettings, Cleaned, FileRows, Progress, SourceFiles, clean};
pub use counts::{SourceCounts, Tally};
pub use dates::DAY_MINUTES;
pub use error::CleanError;
pub use ids::{IdSpace, Interner, hash_text as id_hash};
pub use ledger::{Extra, Ledger, Line, NO_MARGIN, PARTITIONS, PartitionLines};
pub use options::{CleanOptions, Duplicates, ZeroAmount};
pub use reject::{QUARANTINE, Reason, Rejected};
