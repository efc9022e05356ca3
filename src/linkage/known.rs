//! What is remembered from night to night.

use super::model::FittedLinkage;
use super::person_id::StableId;
use super::symbols::Symbols;

/// A record as an earlier night left it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownRecord {
    /// Its person.
    pub person: StableId,
    /// Its household, where there are any.
    pub household: Option<StableId>,
    /// The day it was first seen, days since 1970-01-01.
    pub first_seen: i32,
    /// The hash of what is compared of it: a record with another hash has changed and is compared anew.
    pub fingerprint: u64,
}

/// The records, identifiers and model of an earlier night.
#[derive(Debug, Clone, Default)]
pub struct Known {
    ids: Symbols,
    records: Vec<KnownRecord>,
    retired: Vec<StableId>,
    /// The model; it's used as it is unless the options ask for a new one.
    pub model: Option<FittedLinkage>,
}

impl Known {
    /// Nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a record; of two with one key the first stays.
    pub fn push(&mut self, record_id: &str, record: KnownRecord) {
        if !record_id.is_empty() && self.ids.intern(record_id) as usize == self.records.len() + 1 {
            self.records.push(record);
        }
    }

    /// Adds an identifier that names nobody any more, since it went into another; it won't be given again.
    pub fn retire(&mut self, id: StableId) {
        self.retired.push(id);
    }

    /// A record.
    pub fn get(&self, record_id: &str) -> Option<&KnownRecord> {
        self.ids.find(record_id).map(|symbol| &self.records[symbol as usize - 1])
    }

    /// All records with their keys, in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &KnownRecord)> {
        self.records.iter().enumerate().map(|(i, record)| (self.ids.get(i as u32 + 1), record))
    }

    /// Identifiers that name nobody any more.
    pub fn retired(&self) -> &[StableId] {
        &self.retired
    }

    /// The number of records.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::super::person_id::IdKind;
    use super::*;

    #[test]
    fn a_record_is_found_by_its_key() {
        let record = |id| KnownRecord {
            person: StableId::minted(IdKind::Person, id, 0),
            household: None,
            first_seen: 3,
            fingerprint: 7,
        };
        let mut known = Known::new();
        known.push("b", record("b"));
        known.push("a", record("a"));
        known.push("b", record("c"));
        assert_eq!((known.len(), known.get("b")), (2, Some(&record("b"))));
        assert_eq!(known.iter().map(|(id, _)| id).collect::<Vec<_>>(), ["b", "a"]);
        assert_eq!(known.get("c"), None);
    }
}
