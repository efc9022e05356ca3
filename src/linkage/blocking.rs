//! Which pairs are compared at all: those that share a blocking key in at least one pass.

use rayon::prelude::*;

use super::compare::civil;
use super::prepared::Prepared;
use super::stable::{combined, hash_text, mixed};
use super::symbols::NONE;

/// A pass: a key that two records must share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pass {
    Email,
    Phone,
    /// Consonants of the given name, birth date.
    GivenAndBirthDate,
    /// Consonants of the family name, birth date.
    FamilyAndBirthDate,
    /// Consonants of both names in any order, year of birth.
    NamesAndBirthYear,
    /// Consonants of both names in any order, postcode.
    NamesAndPostcode,
    /// Consonants of both names in any order, city.
    NamesAndCity,
    /// Birth date, postcode.
    BirthDateAndPostcode,
    /// Consonants of the given name, street, postcode.
    GivenAndAddress,
}

impl Pass {
    pub(crate) const ALL: [Self; 9] = [
        Self::Email,
        Self::Phone,
        Self::GivenAndBirthDate,
        Self::FamilyAndBirthDate,
        Self::NamesAndBirthYear,
        Self::NamesAndPostcode,
        Self::NamesAndCity,
        Self::BirthDateAndPostcode,
        Self::GivenAndAddress,
    ];

    /// The key of a record, 0 for none.
    fn key(self, p: &Prepared, rank: usize) -> u64 {
        let given = || part(p.given.codes[rank], |name| u64::from(p.names.sound(name)));
        let family = || part(p.family.codes[rank], |name| u64::from(p.names.sound(name)));
        let code = |codes: &[u32]| part(codes[rank], u64::from);
        let parts = match self {
            Self::Email => [code(&p.email.codes), Some(0)],
            Self::Phone => [code(&p.phone.codes), Some(0)],
            Self::GivenAndBirthDate => [given(), code(&p.birth.codes)],
            Self::FamilyAndBirthDate => [family(), code(&p.birth.codes)],
            Self::NamesAndBirthYear => [names(p, rank), birth_year(p, rank)],
            Self::NamesAndPostcode => [names(p, rank), code(&p.postcode.codes)],
            Self::NamesAndCity => [names(p, rank), code(&p.city.codes)],
            Self::BirthDateAndPostcode => [code(&p.birth.codes), code(&p.postcode.codes)],
            Self::GivenAndAddress => {
                let address = code(&p.street.codes).zip(code(&p.postcode.codes).or(code(&p.city.codes)));
                [given(), address.map(|(street, place)| combined(street, place))]
            }
        };
        match parts {
            [Some(x), Some(y)] => combined(x, y).max(1),
            _ => 0,
        }
    }

    /// A further key that splits blocks that are too large: for names, when and where the person was born and lives;
    /// else the name.
    fn split_key(self, p: &Prepared, rank: usize) -> u64 {
        let code = |codes: &[u32]| part(codes[rank], u64::from).unwrap_or(0);
        match self {
            Self::NamesAndBirthYear => combined(code(&p.birth.codes), 1),
            Self::NamesAndPostcode | Self::NamesAndCity => combined(code(&p.street.codes), 2),
            Self::GivenAndBirthDate | Self::FamilyAndBirthDate => names(p, rank).unwrap_or(0),
            Self::Email | Self::Phone | Self::BirthDateAndPostcode | Self::GivenAndAddress => {
                names(p, rank).unwrap_or(0)
            }
        }
    }
}

fn part(code: u32, value: impl Fn(u32) -> u64) -> Option<u64> {
    (code != NONE).then(|| value(code) + 1)
}

fn birth_year(p: &Prepared, rank: usize) -> Option<u64> {
    part(p.birth.codes[rank], |code| civil(p.birth_days[code as usize]).0 as u64)
}

/// The consonants of both names, the same if given and family name are swapped.
fn names(p: &Prepared, rank: usize) -> Option<u64> {
    let (given, family) = (p.given.codes[rank], p.family.codes[rank]);
    if given == NONE || family == NONE {
        return None;
    }
    let sound = |name: u32| hash_text(p.names.consonants(name));
    Some(mixed(sound(given)).wrapping_add(mixed(sound(family))))
}

/// The blocks of one pass: ranks of records, block after block.
#[derive(Debug)]
pub(crate) struct Blocks {
    /// The key under which each record stands, by rank; 0 if it stands in no block.
    keys: Vec<u64>,
    ranks: Vec<u32>,
    /// Where each block begins and ends in `ranks`.
    bounds: Vec<(u32, u32)>,
}

/// The blocks of all passes.
#[derive(Debug)]
pub(crate) struct Blocking {
    passes: Vec<Blocks>,
    /// Blocks left out because they were too large.
    pub(crate) skipped: u64,
    /// Records in these.
    pub(crate) skipped_records: u64,
}

impl Blocking {
    pub(crate) fn of(p: &Prepared, largest: usize) -> Self {
        let mut blocking = Self { passes: Vec::with_capacity(Pass::ALL.len()), skipped: 0, skipped_records: 0 };
        for pass in Pass::ALL {
            let blocks = blocking.blocks(p, pass, largest);
            blocking.passes.push(blocks);
        }
        blocking
    }

    fn blocks(&mut self, p: &Prepared, pass: Pass, largest: usize) -> Blocks {
        let mut keys: Vec<u64> = (0..p.len()).into_par_iter().map(|rank| pass.key(p, rank)).collect();
        let mut keyed = sorted(&keys, 0..keys.len() as u32);
        let oversized: Vec<u32> = groups(&keyed)
            .filter(|(start, end)| end - start > largest)
            .flat_map(|(start, end)| keyed[start..end].iter().map(|(_, rank)| *rank))
            .collect();
        if !oversized.is_empty() {
            for rank in &oversized {
                let key = &mut keys[*rank as usize];
                *key = combined(*key, pass.split_key(p, *rank as usize)).max(1);
            }
            keyed = sorted(&keys, 0..keys.len() as u32);
        }
        let mut bounds = Vec::new();
        for (start, end) in groups(&keyed) {
            if end - start > largest {
                self.skipped += 1;
                self.skipped_records += (end - start) as u64;
                keyed[start..end].iter().for_each(|(_, rank)| keys[*rank as usize] = 0);
            } else if end - start > 1 {
                bounds.push((start as u32, end as u32));
            }
        }
        Blocks { keys, ranks: keyed.into_iter().map(|(_, rank)| rank).collect(), bounds }
    }

    /// The blocks of a pass, in chunks to be worked on in parallel.
    pub(crate) fn chunks(&self, pass: usize) -> rayon::slice::Chunks<'_, (u32, u32)> {
        self.passes[pass].bounds.par_chunks(256)
    }

    /// Calls `visit` with each pair of a chunk of blocks, the smaller rank first, that no earlier pass has.
    pub(crate) fn new_pairs(&self, pass: usize, chunk: &[(u32, u32)], mut visit: impl FnMut(usize, usize)) {
        self.pairs(pass, chunk, |a, b| {
            if !self.in_earlier(pass, a, b) {
                visit(a, b);
            }
        });
    }

    /// Calls `visit` with each pair of a chunk of blocks, the smaller rank first.
    pub(crate) fn pairs(&self, pass: usize, chunk: &[(u32, u32)], mut visit: impl FnMut(usize, usize)) {
        let blocks = &self.passes[pass];
        for (start, end) in chunk {
            let block = &blocks.ranks[*start as usize..*end as usize];
            for (i, a) in block.iter().enumerate() {
                for b in &block[i + 1..] {
                    visit(*a as usize, *b as usize);
                }
            }
        }
    }

    fn in_earlier(&self, pass: usize, a: usize, b: usize) -> bool {
        let shares = |blocks: &Blocks| {
            let key = blocks.keys[a];
            key != 0 && key == blocks.keys[b]
        };
        self.passes[..pass].iter().any(shares)
    }
}

/// The records that have a key, by key and rank.
fn sorted(keys: &[u64], ranks: std::ops::Range<u32>) -> Vec<(u64, u32)> {
    let mut keyed: Vec<(u64, u32)> =
        ranks.map(|rank| (keys[rank as usize], rank)).filter(|(key, _)| *key != 0).collect();
    keyed.par_sort_unstable();
    keyed
}

/// Where each run of one key begins and ends.
fn groups(keyed: &[(u64, u32)]) -> impl Iterator<Item = (usize, usize)> {
    let mut start = 0;
    keyed.chunk_by(|a, b| a.0 == b.0).map(move |group| {
        let begin = start;
        start += group.len();
        (begin, start)
    })
}

#[cfg(test)]
mod tests {
    use super::super::options::IdentityOptions;
    use super::super::record::{RawPerson, Records};
    use super::*;

    fn prepared(persons: &[RawPerson<'_>]) -> Prepared {
        let mut records = Records::new();
        for (i, person) in persons.iter().enumerate() {
            let id = format!("{i:03}");
            records.push(RawPerson { id: &id, ..*person }).unwrap();
        }
        Prepared::of(&records, &IdentityOptions::default())
    }

    fn pairs(p: &Prepared, largest: usize) -> (Vec<(usize, usize)>, Blocking) {
        let blocking = Blocking::of(p, largest);
        let mut found = Vec::new();
        for pass in 0..Pass::ALL.len() {
            blocking.new_pairs(pass, &blocking.passes[pass].bounds, |a, b| found.push((a, b)));
        }
        (found, blocking)
    }

    #[test]
    fn a_pair_that_shares_several_keys_comes_once() {
        let anna = RawPerson {
            given_name: Some("Anna"),
            family_name: Some("Berg"),
            email: Some("a@x.org"),
            phone: Some("+49301234567"),
            birth_date: Some(77),
            postcode: Some("10"),
            ..RawPerson::default()
        };
        let swapped = RawPerson {
            given_name: Some("Berg"),
            family_name: Some("Anna"),
            postcode: Some("10"),
            ..RawPerson::default()
        };
        let other = RawPerson { given_name: Some("Peter"), ..RawPerson::default() };
        let (mut found, _) = pairs(&prepared(&[anna, anna, swapped, other]), 10);
        found.sort_unstable();
        assert_eq!(found, [(0, 1), (0, 2), (1, 2)]);
    }

    #[test]
    fn large_blocks_are_split_and_then_left_out() {
        let named = |street| RawPerson {
            given_name: Some("Anna"),
            family_name: Some("Berg"),
            city: Some("Bern"),
            street: Some(street),
            ..RawPerson::default()
        };
        let streets = ["A 1", "A 1", "B 2", "C 3"];
        let (found, blocking) = pairs(&prepared(&streets.map(named)), 3);
        assert_eq!((found, blocking.skipped), (vec![(0, 1)], 0));
        let (found, blocking) = pairs(&prepared(&["A 1"; 4].map(named)), 3);
        assert!(found.is_empty());
        assert!(blocking.skipped >= 1 && blocking.skipped_records >= 4);
    }
}
