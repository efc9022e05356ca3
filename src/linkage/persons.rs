//! Groups of records become persons with an identifier that lasts, and a log of what happened to them.

use std::collections::BTreeSet;

use super::cluster::Clusters;
use super::inherit::{Claim, Earlier, Inherited, inherit};
use super::known::{Known, KnownRecord};
use super::links::{Link, LinkReason};
use super::model::FittedLinkage;
use super::person_id::{IdKind, StableId};
use super::prepared::Prepared;
use super::record::Records;

/// A person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Person {
    /// The identifier, which lasts.
    pub id: StableId,
    /// The row of the record with the smallest key.
    pub first_record: u32,
    /// How many of the records are this person's.
    pub records: u32,
    /// The day the first of these was first seen, days since 1970-01-01.
    pub first_seen: i32,
    /// The household's position, where households are asked for and the address is known.
    pub household: Option<u32>,
}

/// What happened to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EventKind {
    /// A person nobody knew, with their first record.
    Created,
    /// A new record of a person.
    Joined,
    /// Two persons are one: `other_person` went into `person`.
    Merged,
    /// Records of one person are another's: `person` has records that were `other_person`'s.
    Split,
}

impl EventKind {
    /// The kind as tables write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Joined => "joined",
            Self::Merged => "merged",
            Self::Split => "split",
        }
    }
}

/// A line of the log of persons.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct IdentityEvent {
    /// The night, days since 1970-01-01.
    pub day: i32,
    /// What happened.
    pub kind: EventKind,
    /// To whom.
    pub person: StableId,
    /// The other person of a merge or split.
    pub other_person: Option<StableId>,
    /// The row of the record that made it happen: the new one, or the first of those that moved.
    pub record: u32,
    /// The row of the record it was linked with.
    pub linked_with: Option<u32>,
    /// The rule of the link.
    pub reason: Option<LinkReason>,
    /// The probability of the link under the model.
    pub score: Option<f64>,
}

/// The records of a night as an earlier one knew them, by rank.
#[derive(Debug)]
pub(crate) struct Standing<'a> {
    pub(crate) records: Vec<Option<&'a KnownRecord>>,
    /// New, or changed in what is compared.
    pub(crate) fresh: Vec<bool>,
}

impl<'a> Standing<'a> {
    pub(crate) fn of(p: &Prepared, records: &Records, known: Option<&'a Known>) -> Self {
        let found = |(rank, row): (usize, &u32)| {
            let record = known.and_then(|known| known.get(records.id(*row)));
            (record, record.is_none_or(|record| record.fingerprint != p.fingerprint(rank)))
        };
        let (records, fresh) = p.rows.iter().enumerate().map(found).unzip();
        Self { records, fresh }
    }

    /// Links that keep the persons of old together. A record that has changed comes last, and its link is guarded.
    pub(crate) fn links(&self) -> Vec<Link> {
        let mut by_person: Vec<(StableId, bool, u32)> = self
            .records
            .iter()
            .enumerate()
            .filter_map(|(rank, record)| record.map(|record| (record.person, self.fresh[rank], rank as u32)))
            .collect();
        by_person.sort_unstable();
        let pairs = by_person.windows(2).filter(|pair| pair[0].0 == pair[1].0);
        let mut links: Vec<Link> = pairs
            .map(|pair| {
                let weight = if pair[1].1 { f64::MAX } else { f64::INFINITY };
                Link { a: pair[0].2, b: pair[1].2, weight, reason: LinkReason::Known }
            })
            .collect();
        links.sort_by(|x, y| y.weight.total_cmp(&x.weight));
        links
    }
}

/// Persons by the smallest rank of each, and per rank the person.
#[derive(Debug)]
pub(crate) struct Named {
    pub(crate) person_of: Vec<u32>,
    pub(crate) persons: Vec<Person>,
    pub(crate) events: Vec<IdentityEvent>,
    /// Identifiers that went into others.
    pub(crate) merged: Vec<(StableId, StableId)>,
}

/// What names groups.
#[derive(Debug)]
pub(crate) struct Naming<'a> {
    pub(crate) p: &'a Prepared,
    pub(crate) records: &'a Records,
    pub(crate) standing: &'a Standing<'a>,
    pub(crate) known: Option<&'a Known>,
    pub(crate) links: &'a [Link],
    pub(crate) model: &'a FittedLinkage,
    pub(crate) day: i32,
}

impl Naming<'_> {
    pub(crate) fn name(&self, clusters: &Clusters) -> Named {
        let n = self.p.len();
        let mut person_of = vec![0; n];
        let mut persons: Vec<Person> = Vec::new();
        let placeholder = StableId::minted(IdKind::Person, "", 0);
        for rank in 0..n {
            let first = clusters.group[rank] as usize;
            let first_seen = self.standing.records[rank].map_or(self.day, |record| record.first_seen);
            if first == rank {
                person_of[rank] = persons.len() as u32;
                let row = self.p.rows[rank];
                persons.push(Person { id: placeholder, first_record: row, records: 1, first_seen, household: None });
            } else {
                person_of[rank] = person_of[first];
                let person = &mut persons[person_of[rank] as usize];
                person.records += 1;
                person.first_seen = person.first_seen.min(first_seen);
            }
        }
        let earlier = self.known.map_or_else(Earlier::default, |known| Earlier::of(known, IdKind::Person));
        let claims = self.claims(&person_of);
        let first = |person: usize| self.records.id(persons[person].first_record);
        let inherited = inherit(IdKind::Person, persons.len(), claims, &earlier, first);
        for (person, inherited) in persons.iter_mut().zip(&inherited) {
            person.id = inherited.id;
        }
        let merged = inherited.iter().flat_map(|to| to.merged.iter().map(|from| (*from, to.id))).collect();
        let events = self.events(clusters, &person_of, &inherited);
        Named { person_of, persons, events, merged }
    }

    fn claims(&self, person_of: &[u32]) -> Vec<Claim> {
        let mut held: Vec<(u32, StableId, i32)> = self
            .standing
            .records
            .iter()
            .zip(person_of)
            .filter_map(|(record, person)| record.map(|record| (*person, record.person, record.first_seen)))
            .collect();
        held.sort_unstable();
        let claim = |group: &[(u32, StableId, i32)]| {
            let (person, id, first_seen) = group[0];
            Claim { group: person, id, records: group.len() as u32, first_seen }
        };
        held.chunk_by(|x, y| (x.0, x.1) == (y.0, y.1)).map(claim).collect()
    }

    /// The log, person by person in the order of their first records: created, joined, merged, split.
    fn events(&self, clusters: &Clusters, person_of: &[u32], inherited: &[Inherited]) -> Vec<IdentityEvent> {
        let mut keyed: Vec<(u32, IdentityEvent)> = Vec::new();
        let mut begun = vec![false; inherited.len()];
        let mut told: BTreeSet<(u32, StableId)> = BTreeSet::new();
        for (rank, person) in person_of.iter().enumerate() {
            let to = &inherited[*person as usize];
            let first = !std::mem::replace(&mut begun[*person as usize], true);
            let (kind, other_person) = match self.standing.records[rank] {
                None if first && to.minted && to.split.is_empty() => (EventKind::Created, None),
                None => (EventKind::Joined, None),
                Some(record) if record.person == to.id => continue,
                Some(record) if to.merged.contains(&record.person) => (EventKind::Merged, Some(record.person)),
                Some(record) => (EventKind::Split, Some(record.person)),
            };
            if other_person.is_some_and(|other| !told.insert((*person, other))) {
                continue;
            }
            let own = || clusters.via[rank].map(|link| self.links[link as usize]);
            let (record, link) = match (kind, other_person) {
                (EventKind::Created, _) => (rank as u32, None),
                (EventKind::Merged, Some(other)) => self.merging(clusters, rank as u32, other),
                _ => (rank as u32, own().filter(|link| link.reason != LinkReason::Known)),
            };
            let row = |rank: u32| self.p.rows[rank as usize];
            let event = IdentityEvent {
                day: self.day,
                kind,
                person: to.id,
                other_person,
                record: row(record),
                linked_with: link.map(|link| row(if link.a == record { link.b } else { link.a })),
                reason: link.map(|link| link.reason),
                score: link.map(|link| self.model.probability(link.weight)),
            };
            keyed.push((*person, event));
        }
        keyed.sort_by_key(|(person, event)| (*person, event.kind));
        keyed.into_iter().map(|(_, event)| event).collect()
    }

    /// The link that brought a person of old into another's group, with its end on that person's side.
    fn merging(&self, clusters: &Clusters, rank: u32, other: StableId) -> (u32, Option<Link>) {
        let group = clusters.group[rank as usize];
        let start = clusters.joins.partition_point(|(first, _)| *first < group);
        let joins = clusters.joins[start..].iter().take_while(|(first, _)| *first == group);
        let was = |rank: u32| self.standing.records[rank as usize].is_some_and(|record| record.person == other);
        let mut links = joins.map(|(_, link)| self.links[*link as usize]);
        match links.find(|link| was(link.a) || was(link.b)) {
            Some(link) => (if was(link.a) { link.a } else { link.b }, Some(link)),
            None => (rank, None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_in_the_order_of_the_log() {
        let kinds = [EventKind::Created, EventKind::Joined, EventKind::Merged, EventKind::Split];
        assert_eq!(kinds.map(EventKind::as_str), ["created", "joined", "merged", "split"]);
        assert!(kinds.is_sorted());
    }
}
