//! Texts kept once each and named by a number.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use hashbrown::HashTable;

/// The symbol of no text at all.
pub(crate) const NONE: u32 = 0;

/// A set of texts, each named by the order of its first arrival, from 1; [`NONE`] is the empty text.
#[derive(Clone)]
pub(crate) struct Symbols {
    text: String,
    /// Where the text of each symbol ends in `text`.
    ends: Vec<usize>,
    table: HashTable<u32>,
    hasher: FixedState,
}

impl Default for Symbols {
    fn default() -> Self {
        Self { text: String::new(), ends: vec![0], table: HashTable::new(), hasher: FixedState::with_seed(0x5bd1_e995) }
    }
}

impl std::fmt::Debug for Symbols {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Symbols").field("distinct", &self.distinct()).finish_non_exhaustive()
    }
}

impl Symbols {
    /// The symbol of a text, new if it wasn't there.
    pub(crate) fn intern(&mut self, text: &str) -> u32 {
        if text.is_empty() {
            return NONE;
        }
        let hash = self.hasher.hash_one(text);
        if let Some(symbol) = self.table.find(hash, |s| self.get(*s) == text) {
            return *symbol;
        }
        let symbol = self.ends.len() as u32;
        self.text.push_str(text);
        self.ends.push(self.text.len());
        let Self { text, ends, table, hasher } = self;
        table.insert_unique(hash, symbol, |s| hasher.hash_one(slice(text, ends, *s)));
        symbol
    }

    /// The symbol of a text that is there.
    pub(crate) fn find(&self, text: &str) -> Option<u32> {
        self.table.find(self.hasher.hash_one(text), |s| self.get(*s) == text).copied()
    }

    /// The text of a symbol; empty for [`NONE`].
    pub(crate) fn get(&self, symbol: u32) -> &str {
        slice(&self.text, &self.ends, symbol)
    }

    /// How many symbols there are, [`NONE`] included: one more than the last.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// How many texts there are.
    pub(crate) fn distinct(&self) -> usize {
        self.ends.len() - 1
    }
}

fn slice<'a>(text: &'a str, ends: &[usize], symbol: u32) -> &'a str {
    match symbol as usize {
        0 => "",
        s => &text[ends[s - 1]..ends[s]],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_have_one_symbol() {
        let mut symbols = Symbols::default();
        let numbers: Vec<u32> = ["a", "", "bc", "a", "c"].iter().map(|t| symbols.intern(t)).collect();
        assert_eq!(numbers, [1, 0, 2, 1, 3]);
        assert_eq!([symbols.get(0), symbols.get(2), symbols.get(3)], ["", "bc", "c"]);
        assert_eq!((symbols.find("bc"), symbols.find("d"), symbols.distinct()), (Some(2), None, 3));
    }

    #[test]
    fn many_texts_keep_their_symbols() {
        let mut symbols = Symbols::default();
        for i in 0..5000 {
            assert_eq!(symbols.intern(&format!("text {i}")), i + 1);
        }
        assert_eq!(symbols.intern("text 17"), 18);
    }
}
