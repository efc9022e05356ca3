//! Texts that mean "nothing here".
//!
//! Only a blank field is empty by itself. `NA` is Namibia's country code, Null, None and Nan are surnames, `NO` is
//! Norway and `-` may be a segment's name, so a word means "empty" only in a column for which it was declared.

use super::digits;

/// Words that exports write for an empty field, to look out for in samples; none of them is empty unless declared.
#[rustfmt::skip]
pub const KNOWN: &[&str] = &[
    "NULL", "Null", "null", "(null)", "<null>", "NA", "N/A", "n/a", "n.a.", "#N/A", "<NA>", "NaN", "nan", "Nan",
    "None", "none", "nil", "NIL", "NaT", "\\N", "-", "--", "---", "–", "—", ".", "?", "undefined", "missing",
    "unknown", "(blank)", "leer", "k.A.", "vide", "ندارد", "نامشخص", "خالی", "لا يوجد", "غير متوفر",
];

/// Error values of spreadsheet cells, which never are values.
#[rustfmt::skip]
const CELL_ERRORS: &[&str] = &[
    "#N/A", "#NV", "#VALUE!", "#WERT!", "#VALEUR!", "#REF!", "#BEZUG!", "#DIV/0!", "#NAME?", "#NUM!", "#ZAHL!",
    "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA", "#####",
];

/// Whether a field is empty: nothing in it but spaces and invisible characters.
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || digits::is_invisible(c))
}

/// Whether a text is an error value of a spreadsheet cell, such as `#N/A`, `#REF!` or a row of `#`.
pub fn is_cell_error(text: &str) -> bool {
    let text = text.trim();
    CELL_ERRORS.contains(&text) || (text.len() > 2 && text.bytes().all(|b| b == b'#'))
}

/// The words that mean "empty" in one column.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NullWords {
    words: Vec<String>,
}

impl NullWords {
    /// The declared words; each counts exactly as written, apart from spaces around it.
    pub fn new<S: AsRef<str>>(words: impl IntoIterator<Item = S>) -> Self {
        Self { words: words.into_iter().map(|w| w.as_ref().trim().to_owned()).collect() }
    }

    /// Whether a field is empty: blank or one of the words.
    pub fn is_empty(&self, text: &str) -> bool {
        is_blank(text) || self.words.iter().any(|word| word == text.trim())
    }
}

/// The [`KNOWN`] words among samples of a column, each with its count and the position of the first, from 1, in the
/// order of their appearance. For a message; nothing is decided by it.
pub fn suspects<'a>(samples: impl IntoIterator<Item = &'a str>) -> Vec<(&'static str, usize, usize)> {
    let mut found: Vec<(&'static str, usize, usize)> = Vec::new();
    for (at, text) in samples.into_iter().enumerate() {
        let Some(word) = KNOWN.iter().find(|word| **word == text.trim()) else { continue };
        match found.iter_mut().find(|(known, ..)| known == word) {
            Some((_, count, _)) => *count += 1,
            None => found.push((word, 1, at + 1)),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_blank_field_is_empty_by_itself() {
        let none = NullWords::default();
        for text in ["", " ", "\u{a0}", "\u{200f}\u{feff}"] {
            assert!(none.is_empty(text), "{text:?}");
        }
        for text in ["NA", "Null", "NULL", "Nan", "None", "NO", "-", "n/a", "True", "0"] {
            assert!(!none.is_empty(text), "{text:?}");
        }
    }

    #[test]
    fn declared_words_count_as_written() {
        let words = NullWords::new(["n/a", " - "]);
        assert!(words.is_empty(" n/a ") && words.is_empty("-"));
        assert!(!words.is_empty("N/A") && !words.is_empty("NA") && !words.is_empty("--"));
    }

    #[test]
    fn suspects_are_counted_with_their_first_place() {
        assert_eq!(suspects(["DE", "NA", "-", "NA"]), [("NA", 2, 2), ("-", 1, 3)]);
    }

    #[test]
    fn cell_errors_are_told_from_words() {
        assert!(is_cell_error("#N/A") && is_cell_error(" #REF! ") && is_cell_error("########"));
        assert!(!is_cell_error("N/A") && !is_cell_error("#1") && !is_cell_error("#"));
    }
}
