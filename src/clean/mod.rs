//! Raw rows to accepted lines: every row of a source ends in exactly one place, and the counts prove it.
//!
//! ```text
//! rows read = accepted + merged into an equal row + later than the as-of day + quarantined
//! ```

mod attributes;
mod by_customer;
mod carry;
mod collect;
mod counts;
mod dates;
mod drift;
mod error;
mod events;
mod exchange;
mod feedback;
mod identity;
mod ids;
mod interactions;
mod ledger;
mod money;
mod notation;
mod occurrences;
mod options;
mod outreach;
mod persons;
mod products;
mod reject;
mod rules;
mod source_files;
mod spellings;
mod transactions;
mod usual;
mod values;
mod view;

pub use attributes::{Attributes, attribute_names};
pub use by_customer::{ByCustomer, OfCustomer};
pub use collect::{CleanSettings, Cleaned, FileRows, Progress, Sources, clean};
pub use counts::{SourceCounts, Tally};
pub use dates::DAY_MINUTES;
pub use error::CleanError;
pub use feedback::{Answer, Feedback, Instrument};
pub use identity::{Identity, KnownPersons};
pub use ids::{IdSpace, Interner, hash_text as id_hash};
pub use interactions::{Direction, Experience, Interactions, NO_NAME, Touch};
pub use ledger::{Extra, Ledger, Line, NO_MARGIN, PARTITIONS, PartitionLines};
pub use notation::{AmountReading, DateReading, Declared, FileNotation, settle};
pub use options::{CleanOptions, Duplicates, FoldIds, LargestAmount, LargestAmountWord, Outliers, ZeroAmount};
pub use outreach::{Arm, Campaign, Contact, Outreach};
pub use persons::{IDENTITIES, IDENTITY_LOG, IDENTITY_REVIEW};
pub use products::Products;
pub use reject::{QUARANTINE, Reason, Rejected};
pub use source_files::SourceFiles;
pub use usual::{LimitOrigin, UsualLimit};
