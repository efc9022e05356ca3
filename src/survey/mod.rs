//! What exports are, from their heads: a pipeline file for them, with the evidence of every guess and a question for
//! every doubt.
//!
//! A pure layer: the caller reads the files and writes the result. Each column is judged by its name, in ten languages,
//! and by its cells; each table by the columns that a file has for it. How dates, amounts and ids are written is left
//! to [`crate::notation`].

mod choose;
mod clean;
mod fit;
mod judge;
mod money;
mod options;
mod platform;
mod profile;
mod question;
mod role;
mod sample;
mod sources;
mod statuses;
mod text;
mod unplaced;
mod words;
mod write;

pub use platform::Platform;
pub use question::Question;
pub use sample::{EncodingGuess, FileSample, SampleColumn, SampleFormat, SampleKind};

/// A pipeline file for some exports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The text of the file.
    pub toml: String,
    /// The questions in it, in their order.
    pub questions: Vec<Question>,
    /// The system that wrote the transactions, or the first file whose system is known.
    pub recognised: Option<Platform>,
    /// Whether a file holds transactions.
    pub has_transactions: bool,
}

/// A pipeline for the files. The same samples in the same order give the same text.
pub fn propose(files: &[FileSample]) -> Proposal {
    propose_known(files, &|_, _| true)
}

/// The same with only those columns mapped that the program takes: `takes` is asked for each table, such as
/// `transactions`, and standard column, such as `store`.
pub fn propose_known(files: &[FileSample], takes: &dyn Fn(&str, &str) -> bool) -> Proposal {
    let dictionary = words::Dictionary::new();
    let files: Vec<fit::File<'_>> = files.iter().map(|file| fit::File::new(file, &dictionary)).collect();
    let (mut sources, left_out) = sources::gather(&files);
    for source in &mut sources {
        source.keep(takes);
    }
    let (toml, questions) = write::pipeline(&files, &sources, &left_out);
    let platform = |file: &fit::File<'_>| file.platform.as_ref().map(|(platform, _)| *platform);
    let of_sources = sources.iter().find_map(|s| platform(s.lead().0));
    let has_transactions = sources.iter().any(|s| s.table == role::Table::Transactions);
    Proposal { toml, questions, recognised: of_sources.or_else(|| files.iter().find_map(platform)), has_transactions }
}

#[cfg(test)]
mod tests;
