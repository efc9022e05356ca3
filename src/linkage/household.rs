//! Persons who share a family name and an address.

use rayon::prelude::*;

use super::inherit::{Claim, Earlier, inherit};
use super::known::Known;
use super::person_id::{IdKind, StableId};
use super::persons::{Person, Standing};
use super::prepared::Prepared;
use super::record::{NO_DAY, Records};
use super::stable::combined;
use super::symbols::NONE;

/// Persons of one family name at one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Household {
    /// The identifier, which lasts.
    pub id: StableId,
    /// The position of its first person.
    pub first_person: u32,
    /// How many persons.
    pub persons: u32,
}

/// Groups persons into households by how the family name sounds and by street with postcode (or city), both of the
/// person's newest record that has them, and notes each person's household. Identifiers pass from night to night as
/// those of persons do.
pub(crate) fn households(
    p: &Prepared,
    records: &Records,
    standing: &Standing<'_>,
    known: Option<&Known>,
    person_of: &[u32],
    persons: &mut [Person],
) -> Vec<Household> {
    let mut keyed: Vec<(u64, u32)> = keys(p, records, person_of, persons.len())
        .into_iter()
        .enumerate()
        .filter_map(|(person, key)| key.map(|key| (key, person as u32)))
        .collect();
    keyed.par_sort_unstable();
    let mut groups: Vec<&[(u64, u32)]> = keyed.chunk_by(|x, y| x.0 == y.0).collect();
    groups.sort_unstable_by_key(|group| group[0].1);
    for (household, group) in groups.iter().enumerate() {
        group.iter().for_each(|(_, person)| persons[*person as usize].household = Some(household as u32));
    }
    let claims = claims(standing, person_of, persons);
    let earlier = known.map_or_else(Earlier::default, |known| Earlier::of(known, IdKind::Household));
    let first = |household: usize| records.id(persons[groups[household][0].1 as usize].first_record);
    let ids = inherit(IdKind::Household, groups.len(), claims, &earlier, first);
    let household = |(group, id): (&&[(u64, u32)], StableId)| Household {
        id,
        first_person: group[0].1,
        persons: group.len() as u32,
    };
    groups.iter().zip(ids.into_iter().map(|inherited| inherited.id)).map(household).collect()
}

/// Per person, the key of the family name and address of the newest record with both; of equally new ones, the first.
fn keys(p: &Prepared, records: &Records, person_of: &[u32], persons: usize) -> Vec<Option<u64>> {
    let mut newest: Vec<Option<(i32, u64)>> = vec![None; persons];
    for (rank, person) in person_of.iter().enumerate() {
        let (family, address) = (p.family.codes[rank], p.address.codes[rank]);
        if family == NONE || address == NONE {
            continue;
        }
        let day = records.observed_day(p.rows[rank]).unwrap_or(NO_DAY);
        let slot = &mut newest[*person as usize];
        if slot.is_none_or(|(best, _)| day > best) {
            *slot = Some((day, combined(u64::from(p.names.sound(family)), u64::from(address))));
        }
    }
    newest.into_iter().map(|slot| slot.map(|(_, key)| key)).collect()
}

fn claims(standing: &Standing<'_>, person_of: &[u32], persons: &[Person]) -> Vec<Claim> {
    let held = |(rank, record): (usize, Option<&super::known::KnownRecord>)| {
        let record = record?;
        Some((persons[person_of[rank] as usize].household?, record.household?, record.first_seen))
    };
    let mut held: Vec<(u32, StableId, i32)> = standing.records.iter().copied().enumerate().filter_map(held).collect();
    held.sort_unstable();
    let claim = |group: &[(u32, StableId, i32)]| {
        let (household, id, first_seen) = group[0];
        Claim { group: household, id, records: group.len() as u32, first_seen }
    };
    held.chunk_by(|x, y| (x.0, x.1) == (y.0, y.1)).map(claim).collect()
}
