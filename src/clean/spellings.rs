//! Spellings of customer ids that count as one id.

use std::collections::BTreeMap;

use crate::notation::letters::{Folding, fold, fold_email};

use super::ids::{IdSpace, Interner};
use super::options::FoldIds;

/// How ids are folded, and how often each is spelt how.
#[derive(Debug, Default)]
pub(super) struct Spellings {
    folding: FoldIds,
    /// By number of the folded id.
    met: Vec<BTreeMap<String, u64>>,
}

impl Spellings {
    /// No spelling met yet.
    pub(super) fn new(folding: FoldIds) -> Self {
        Self { folding, met: Vec::new() }
    }

    /// Whether anything is folded.
    pub(super) fn folds(&self) -> bool {
        self.folding != FoldIds::No
    }

    /// The key of an id as it was written, however it is spelt.
    pub(super) fn key(&mut self, written: &str, interner: &mut Interner) -> u64 {
        let text = written.trim();
        let number = match self.folding {
            FoldIds::No => interner.intern(text),
            FoldIds::Case => interner.intern(&text.to_lowercase()),
            FoldIds::Email => interner.intern(&fold_email(text)),
            FoldIds::Letters => interner.intern(&fold(text, Folding::NAMES)),
        };
        if self.folds() {
            self.met.resize_with(interner.len(), BTreeMap::new);
            *self.met[number as usize].entry(written.to_owned()).or_default() += 1;
        }
        u64::from(number)
    }

    /// Spellings that count as another one.
    pub(super) fn folded(&self) -> u64 {
        self.met.iter().map(|spellings| spellings.len().saturating_sub(1) as u64).sum()
    }

    /// The ids under the same keys with the spelling that is shown: the most frequent, the first in byte order among
    /// equals; an e-mail address in lower case.
    pub(super) fn shown(&self, space: IdSpace) -> IdSpace {
        let IdSpace::Text(folded) = &space else { return space };
        if !self.folds() {
            return space;
        }
        let mut shown = Interner::default();
        for number in 0..folded.len() as u32 {
            let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
            for (spelling, count) in self.met.get(number as usize).into_iter().flatten() {
                *counts.entry(spelling.trim()).or_default() += count;
            }
            let most = counts.into_iter().rev().max_by_key(|(_, count)| *count).map(|(spelling, _)| spelling);
            let is_folded_form = matches!(self.folding, FoldIds::Email | FoldIds::Case);
            shown.intern(most.filter(|_| !is_folded_form).unwrap_or(folded.get(number)));
        }
        IdSpace::Text(shown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_frequent_spelling_is_shown() {
        let mut interner = Interner::default();
        let mut spellings = Spellings::new(FoldIds::Letters);
        let texts = ["علی کریمی", "علي كريمي", "علي كريمي", "علا کریمی"];
        let keys = texts.map(|text| spellings.key(text, &mut interner));
        assert_eq!((keys[0], keys[0] == keys[1], keys[3]), (0, true, 1));
        assert_eq!(spellings.folded(), 1);
        let mut shown = String::new();
        spellings.shown(IdSpace::Text(interner)).write_text(0, &mut shown);
        assert_eq!(shown, "علي كريمي");
    }

    /// A blank around an id is a spelling of its own, and never shown.
    #[test]
    fn blanks_around_an_id_are_a_spelling() {
        for (folding, expected) in [(FoldIds::Email, "ana@x.example"), (FoldIds::Letters, "Ana@x.example")] {
            let mut interner = Interner::default();
            let mut spellings = Spellings::new(folding);
            let texts = [" Ana@x.example", "ana@x.example", "Ana@x.example ", "Ana@x.example"];
            let keys = texts.map(|text| spellings.key(text, &mut interner));
            assert_eq!((keys, spellings.folded()), ([0; 4], 3));
            let mut shown = String::new();
            spellings.shown(IdSpace::Text(interner)).write_text(0, &mut shown);
            assert_eq!(shown, expected);
        }
    }

    #[test]
    fn equal_counts_show_the_first_spelling() {
        let mut interner = Interner::default();
        let mut spellings = Spellings::new(FoldIds::Letters);
        for text in ["Anna  Berg", "Anna Berg"] {
            spellings.key(text, &mut interner);
        }
        let mut shown = String::new();
        spellings.shown(IdSpace::Text(interner)).write_text(0, &mut shown);
        assert_eq!(shown, "Anna  Berg");
    }
}
