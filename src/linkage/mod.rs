//! One person, one row: which records are of one person.
//!
//! A pure layer over [`Records`]: no files, frames or clock. [`resolve`] works in this order.
//!
//! 1. Every field becomes a key: e-mail addresses folded, phone numbers in E.164, names folded and heard (`محمد` and
//!    `Mohammad` sound alike), addresses folded lightly. A value that very many records share is left out.
//! 2. Blocking: records are compared if they share a key in one of several passes.
//! 3. Exact rules link first, such as one e-mail address and compatible names.
//! 4. The model weighs the rest: Fellegi & Sunter (1969) with agreement levels and term frequencies, fitted without
//!    labels. Above one threshold a pair is linked, above another it's for review.
//! 5. Links become persons, strongest first; a link that would put contradicting records together is refused and goes
//!    to review.
//! 6. Persons keep their identifiers from night to night ([`Known`]); each change is an [`IdentityEvent`].
//!
//! [`survivors`] then chooses the record that gives each field of a person.

mod blocking;
mod cluster;
mod compare;
mod contact;
mod em;
pub mod generate;
mod household;
mod inherit;
mod known;
mod links;
mod measure;
mod model;
mod names;
mod options;
mod person_id;
mod persons;
mod prepared;
mod record;
mod resolve;
mod sound;
mod stable;
mod survivors;
mod symbols;
#[cfg(test)]
mod tests;
mod words;

pub use compare::Field;
pub use household::Household;
pub use known::{Known, KnownRecord};
pub use links::LinkReason;
pub use measure::PairwiseQuality;
pub use model::{EmRun, FieldModel, FittedLinkage};
pub use options::{ExactRule, IdentityOptionError, IdentityOptions, PersonField, SurvivorRule};
pub use person_id::{IdKind, StableId, StableIdError};
pub use persons::{EventKind, IdentityEvent, Person};
pub use prepared::Ignored;
pub use record::{Column, RawPerson, RecordError, Records};
pub use resolve::{Resolution, ReviewPair, ReviewReason, Summary, resolve};
pub use survivors::{Survivors, survivors};
