//! A place in a text that is being read.

use super::DateError;

/// Most characters quoted of the rest of a text.
const QUOTED: usize = 24;

/// The rest of a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'a> {
    rest: &'a str,
}

impl<'a> Cursor<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self { rest: text }
    }

    pub(super) const fn rest(&self) -> &'a str {
        self.rest
    }

    pub(super) const fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    /// The rest, cut short for a message.
    pub(super) fn quoted(&self) -> String {
        self.rest.chars().take(QUOTED).collect()
    }

    pub(super) fn wanted(&self, wanted: &'static str) -> DateError {
        DateError::Form { wanted, rest: self.quoted() }
    }

    /// Passes a character, if it is next.
    pub(super) fn take(&mut self, wanted: char) -> bool {
        let stripped = self.rest.strip_prefix(wanted);
        self.rest = stripped.unwrap_or(self.rest);
        stripped.is_some()
    }

    /// Passes spaces; whether there was one.
    pub(super) fn spaces(&mut self) -> bool {
        let before = self.rest.len();
        self.rest = self.rest.trim_start_matches(' ');
        self.rest.len() < before
    }

    /// Reads a number of `least` to `most` digits, as many as there are.
    pub(super) fn number(&mut self, least: usize, most: usize, wanted: &'static str) -> Result<u32, DateError> {
        let digits = self.rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
        if digits < least {
            return Err(self.wanted(wanted));
        }
        let (number, rest) = self.rest.split_at(digits);
        self.rest = rest;
        number.parse().map_err(|_| self.wanted(wanted))
    }

    /// Passes that many bytes, which end at a character.
    pub(super) fn skip(&mut self, count: usize) {
        self.rest = self.rest.get(count..).unwrap_or_default();
    }

    /// How many digits are next.
    pub(super) fn digits(&self) -> usize {
        self.rest.bytes().take_while(u8::is_ascii_digit).count()
    }

    /// Passes that many bytes, which must be digits.
    pub(super) fn skip_digits(&mut self, count: usize) -> &'a str {
        let (digits, rest) = self.rest.split_at(count.min(self.digits()));
        self.rest = rest;
        digits
    }

    /// Finds the longest run of words, from the next letter on, that `known` accepts, and passes it with a point behind
    /// it. Words are letters with points and apostrophes between them; runs are of up to four words.
    pub(super) fn words<T>(&mut self, known: impl Fn(&str) -> Option<T>) -> Option<T> {
        let mut ends = Vec::new();
        let mut in_word = false;
        for (at, c) in self.rest.char_indices() {
            let is_letter = c.is_alphabetic() || is_mark(c);
            if in_word && !is_letter {
                ends.push(at);
            }
            in_word = is_letter;
            if !is_letter && !matches!(c, ' ' | '.' | '-' | '\'') || ends.len() > 4 {
                break;
            }
        }
        if in_word {
            ends.push(self.rest.len());
        }
        let (value, end) = ends.iter().rev().find_map(|end| known(&self.rest[..*end]).map(|value| (value, *end)))?;
        self.rest = &self.rest[end..];
        self.take('.');
        Some(value)
    }

    /// The next word, for a message.
    pub(super) fn word(&self) -> String {
        self.rest.chars().take_while(|c| c.is_alphabetic() || is_mark(*c)).take(QUOTED).collect()
    }
}

/// Vowel signs and accents belong to their letter.
fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}
