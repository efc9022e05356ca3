//! How people write things: digits, amounts, dates, letters, encodings, delimited text.
//!
//! A pure layer over texts and bytes: no files, frames, configuration, clock or other part of the program. Each
//! module has a notation (what is declared for a column or a file), a parser that takes nothing but that notation
//! and says why it refuses a text, and a detector that looks at samples and reports a [`Detected`]: one notation
//! with its evidence, several with what each would read, or the samples that no notation reads. A detector judges
//! the whole column at once, never a value by itself, and never decides in silence between two readings.

pub mod amount;
pub mod dates;
pub mod digits;
pub mod encoding;
pub mod ids;
pub mod letters;
pub mod null_words;
pub mod table_text;

mod detected;

pub use detected::{Detected, Example, Partial, Reading, Unread, Verdict};
