//! Which group of records keeps which identifier.

use std::cmp::Reverse;

use hashbrown::HashSet;

use super::known::Known;
use super::person_id::{IdKind, StableId};

/// Records of one earlier person or household that are in one group now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Claim {
    pub(crate) group: u32,
    pub(crate) id: StableId,
    /// How many records.
    pub(crate) records: u32,
    /// The earliest day one of them was first seen.
    pub(crate) first_seen: i32,
}

/// The identifier of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Inherited {
    pub(crate) id: StableId,
    /// Whether it's new.
    pub(crate) minted: bool,
    /// Identifiers that went into this one.
    pub(crate) merged: Vec<StableId>,
    /// Identifiers that another group keeps, although some of their records are here.
    pub(crate) split: Vec<StableId>,
}

/// All identifiers of an earlier night.
#[derive(Debug, Default)]
pub(crate) struct Earlier {
    /// Identifiers, ascending, with the earliest day and the number of records of each.
    ids: Vec<(StableId, i32, u32)>,
    taken: Vec<StableId>,
}

impl Earlier {
    pub(crate) fn of(known: &Known, kind: IdKind) -> Self {
        let mut records: Vec<(StableId, i32)> = known
            .iter()
            .filter_map(|(_, record)| {
                let id = match kind {
                    IdKind::Person => Some(record.person),
                    IdKind::Household => record.household,
                };
                id.map(|id| (id, record.first_seen))
            })
            .collect();
        records.sort_unstable();
        let ids: Vec<(StableId, i32, u32)> =
            records.chunk_by(|x, y| x.0 == y.0).map(|group| (group[0].0, group[0].1, group.len() as u32)).collect();
        let mut taken: Vec<StableId> = known.retired().to_vec();
        taken.extend(ids.iter().map(|(id, _, _)| *id));
        taken.sort_unstable();
        Self { ids, taken }
    }

    /// Where an identifier stands among those that compete for one group: the oldest first, then the one with most
    /// records, then the smallest.
    fn standing(&self, id: StableId) -> (i32, Reverse<u32>, StableId) {
        match self.ids.binary_search_by(|(other, _, _)| other.cmp(&id)) {
            Ok(at) => (self.ids[at].1, Reverse(self.ids[at].2), id),
            Err(_) => (i32::MAX, Reverse(0), id),
        }
    }
}

/// Gives each group its identifier. Of the groups that have records of one earlier identifier, the one with most of them
/// keeps it, then the one with the record seen first, then the first group; of several identifiers that a group keeps
/// so, the oldest survives, then the one with most records, then the smallest. A group that keeps none gets a new one
/// from its smallest record key (`first_record`).
pub(crate) fn inherit<'a>(
    kind: IdKind,
    groups: usize,
    mut claims: Vec<Claim>,
    earlier: &Earlier,
    first_record: impl Fn(usize) -> &'a str,
) -> Vec<Inherited> {
    claims.sort_unstable_by_key(|claim| (claim.id, Reverse(claim.records), claim.first_seen, claim.group));
    let mut owned: Vec<(u32, StableId)> = Vec::new();
    let mut lost: Vec<(u32, StableId)> = Vec::new();
    for contest in claims.chunk_by(|x, y| x.id == y.id) {
        owned.push((contest[0].group, contest[0].id));
        lost.extend(contest[1..].iter().map(|claim| (claim.group, claim.id)));
    }
    owned.sort_unstable_by_key(|(group, id)| (*group, earlier.standing(*id)));
    lost.sort_unstable();
    let (mut owned, mut lost) = (owned.into_iter().peekable(), lost.into_iter().peekable());
    let mut minted: HashSet<StableId, foldhash::fast::FixedState> = HashSet::default();
    (0..groups)
        .map(|group| {
            let take = |from: &mut std::iter::Peekable<std::vec::IntoIter<(u32, StableId)>>| {
                let mut ids = Vec::new();
                while let Some((_, id)) = from.next_if(|(g, _)| *g as usize == group) {
                    ids.push(id);
                }
                ids
            };
            let mut merged = take(&mut owned);
            let split = take(&mut lost);
            if merged.is_empty() {
                let id = mint(kind, first_record(group), &earlier.taken, &mut minted);
                return Inherited { id, minted: true, merged, split };
            }
            let id = merged.remove(0);
            Inherited { id, minted: false, merged, split }
        })
        .collect()
}

/// The first identifier of a record that nobody has or had.
fn mint(
    kind: IdKind,
    record: &str,
    taken: &[StableId],
    minted: &mut HashSet<StableId, foldhash::fast::FixedState>,
) -> StableId {
    let mut attempt = 0;
    loop {
        let id = StableId::minted(kind, record, attempt);
        if taken.binary_search(&id).is_err() && minted.insert(id) {
            return id;
        }
        attempt += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::super::known::KnownRecord;
    use super::*;

    fn id(record: &str) -> StableId {
        StableId::minted(IdKind::Person, record, 0)
    }

    /// Persons `p` (since day 3, two records), `q` (since day 1, one record) and `r` (since day 1, two records).
    fn earlier() -> Earlier {
        let mut known = Known::new();
        for (record, person, day) in [("1", "p", 5), ("2", "p", 3), ("3", "q", 1), ("4", "r", 1), ("5", "r", 9)] {
            let person = id(person);
            known.push(record, KnownRecord { person, household: None, first_seen: day, fingerprint: 0 });
        }
        Earlier::of(&known, IdKind::Person)
    }

    fn claim(group: u32, person: &str, records: u32, first_seen: i32) -> Claim {
        Claim { group, id: id(person), records, first_seen }
    }

    fn inherited(groups: usize, claims: Vec<Claim>) -> Vec<Inherited> {
        inherit(IdKind::Person, groups, claims, &earlier(), |_| "p")
    }

    #[test]
    fn the_oldest_survives_a_merge_then_the_largest() {
        let found = inherited(1, vec![claim(0, "p", 2, 3), claim(0, "q", 1, 1)]);
        assert_eq!((found[0].id, &found[0].merged), (id("q"), &vec![id("p")]));
        let found = inherited(1, vec![claim(0, "q", 1, 1), claim(0, "r", 2, 1)]);
        assert_eq!((found[0].id, &found[0].merged), (id("r"), &vec![id("q")]));
    }

    #[test]
    fn the_larger_part_keeps_the_identifier() {
        let found = inherited(2, vec![claim(0, "p", 1, 3), claim(1, "p", 2, 5)]);
        assert_eq!((found[1].id, found[1].minted), (id("p"), false));
        // the record that gave its key to the person of old gets another identifier
        assert_eq!(found[0].id, StableId::minted(IdKind::Person, "p", 1));
        assert_eq!(found[0].split, [id("p")]);
    }

    #[test]
    fn an_identifier_that_is_taken_is_not_minted_again() {
        let found = inherited(2, Vec::new());
        let minted = |attempt| StableId::minted(IdKind::Person, "p", attempt);
        assert_eq!([found[0].id, found[1].id], [minted(1), minted(2)]);
    }
}
