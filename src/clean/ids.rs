//! Customer ids: text for everyone outside, a 64-bit key inside.
//!
//! Whole-number columns use the number itself as the key, text columns the position in an interner, so that
//! `007` and `7` stay apart and no id passes through a float.

use std::hash::BuildHasher;

use foldhash::quality::FixedState;
use hashbrown::HashTable;

/// Distinct texts, each numbered in the order of its first appearance.
#[derive(Debug, Default)]
pub struct Interner {
    bytes: String,
    ends: Vec<usize>,
    table: HashTable<u32>,
}

impl Interner {
    /// The number of a text, new or known.
    ///
    /// # Panics
    /// With more than four billion distinct texts.
    pub fn intern(&mut self, text: &str) -> u32 {
        let hash = hash_text(text);
        let (bytes, ends) = (&self.bytes, &self.ends);
        if let Some(known) = self.table.find(hash, |n| slice(bytes, ends, *n) == text) {
            return *known;
        }
        let number = u32::try_from(self.ends.len()).expect("fewer than four billion distinct ids");
        self.bytes.push_str(text);
        self.ends.push(self.bytes.len());
        let (bytes, ends) = (&self.bytes, &self.ends);
        self.table.insert_unique(hash, number, |n| hash_text(slice(bytes, ends, *n)));
        number
    }

    /// The number of a known text.
    pub fn find(&self, text: &str) -> Option<u32> {
        self.table.find(hash_text(text), |n| self.get(*n) == text).copied()
    }

    /// The text of a number that [`intern`](Self::intern) gave.
    pub fn get(&self, number: u32) -> &str {
        slice(&self.bytes, &self.ends, number)
    }

    /// How many distinct texts.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// All texts in byte order, and for each number its place in that order.
    pub fn ranks(&self) -> (Vec<String>, Vec<u32>) {
        let mut order: Vec<u32> = (0..self.len() as u32).collect();
        order.sort_unstable_by_key(|n| self.get(*n));
        let mut ranks = vec![0; self.len()];
        for (rank, number) in order.iter().enumerate() {
            ranks[*number as usize] = rank as u32;
        }
        (order.into_iter().map(|n| self.get(n).to_owned()).collect(), ranks)
    }
}

fn slice<'a>(bytes: &'a str, ends: &[usize], number: u32) -> &'a str {
    let number = number as usize;
    let start = if number == 0 { 0 } else { ends[number - 1] };
    &bytes[start..ends[number]]
}

/// A hash of a text that is the same in every run.
pub fn hash_text(text: &str) -> u64 {
    FixedState::default().hash_one(text)
}

/// How the ids of a run are keyed.
#[derive(Debug)]
pub enum IdSpace {
    /// Every source has whole numbers.
    Whole,
    /// At least one source has text.
    Text(Interner),
}

impl IdSpace {
    /// Key of a whole number.
    #[inline]
    pub fn key_of_whole(&mut self, value: i64) -> u64 {
        match self {
            Self::Whole => value.cast_unsigned(),
            Self::Text(interner) => u64::from(interner.intern(&value.to_string())),
        }
    }

    /// Key of a text; in a space of whole numbers only texts that are numbers have one.
    pub fn key_of_text(&mut self, text: &str) -> Option<u64> {
        match self {
            Self::Whole => text.parse::<i64>().ok().map(i64::cast_unsigned),
            Self::Text(interner) => Some(u64::from(interner.intern(text))),
        }
    }

    /// Key of a known id; in a space of whole numbers every number has one.
    pub fn find(&self, text: &str) -> Option<u64> {
        match self {
            Self::Whole => text.parse::<i64>().ok().map(i64::cast_unsigned),
            Self::Text(interner) => interner.find(text).map(u64::from),
        }
    }

    /// Appends the id's text.
    ///
    /// # Panics
    /// When `out` refuses text, which no text in memory does.
    pub fn write_text(&self, key: u64, out: &mut impl std::fmt::Write) {
        let written = match self {
            Self::Whole => write!(out, "{}", key.cast_signed()),
            Self::Text(interner) => out.write_str(interner.get(key as u32)),
        };
        written.expect("writing to a text in memory");
    }

    /// Positions of `keys` in the byte order of their ids' text.
    pub fn order(&self, keys: &[u64]) -> Vec<u32> {
        match self {
            Self::Whole => order_whole(keys),
            Self::Text(interner) => {
                let prefix = |key: u64| {
                    let mut head = [0_u8; 8];
                    let text = interner.get(key as u32).as_bytes();
                    let kept = text.len().min(8);
                    head[..kept].copy_from_slice(&text[..kept]);
                    u64::from_be_bytes(head)
                };
                let mut order: Vec<(u64, u32)> =
                    keys.iter().enumerate().map(|(at, key)| (prefix(*key), at as u32)).collect();
                order.sort_unstable_by(|a, b| {
                    a.0.cmp(&b.0).then_with(|| {
                        let text = |at: u32| interner.get(keys[at as usize] as u32);
                        text(a.1).cmp(text(b.1))
                    })
                });
                order.into_iter().map(|(_, at)| at).collect()
            }
        }
    }
}

/// The text order of whole numbers: minus first, then digit by digit, the shorter first.
fn order_whole(keys: &[u64]) -> Vec<u32> {
    let place = |key: u64| {
        let value = key.cast_signed();
        let digits = value.unsigned_abs().checked_ilog10().unwrap_or(0);
        let aligned = u128::from(value.unsigned_abs()) * 10_u128.pow(19 - digits);
        (value >= 0, aligned, digits)
    };
    let same_length = keys.iter().all(|k| place(*k).2 == place(keys[0]).2 && k.cast_signed() >= 0);
    if same_length {
        // key and position as one number, which sorts without a branch per comparison
        let mut order: Vec<u128> =
            keys.iter().enumerate().map(|(at, key)| u128::from(*key) << 32 | at as u128).collect();
        order.sort_unstable();
        return order.into_iter().map(|both| both as u32).collect();
    }
    let mut order: Vec<_> = keys.iter().enumerate().map(|(at, key)| (place(*key), at as u32)).collect();
    order.sort_unstable();
    order.into_iter().map(|(_, at)| at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted_by_text(space: &IdSpace, keys: &[u64]) -> Vec<String> {
        let text = |at: &u32| {
            let mut out = String::new();
            space.write_text(keys[*at as usize], &mut out);
            out
        };
        space.order(keys).iter().map(text).collect()
    }

    #[test]
    fn whole_numbers_sort_as_their_text() {
        let mut space = IdSpace::Whole;
        let values = [10, 9, 100, -5, -40, 0, 1, i64::MAX, 99, 1_000_000_000_000];
        let keys = values.map(|v| space.key_of_whole(v));
        let mut expected = values.map(|v| v.to_string()).to_vec();
        expected.sort();
        assert_eq!(sorted_by_text(&space, &keys), expected);
    }

    #[test]
    fn texts_sort_by_bytes_past_a_common_prefix() {
        let mut space = IdSpace::Text(Interner::default());
        let texts = ["customer-10", "customer-1", "007", "7", "", "customer-1a", "é", "customer-10"];
        let keys = texts.map(|t| space.key_of_text(t).unwrap());
        let mut expected = texts.map(str::to_owned).to_vec();
        expected.sort();
        assert_eq!(sorted_by_text(&space, &keys), expected);
        assert_eq!(keys[0], keys[7]);
    }

    #[test]
    fn an_interner_ranks_its_texts() {
        let mut interner = Interner::default();
        for text in ["web", "app", "store", "app"] {
            interner.intern(text);
        }
        let (names, ranks) = interner.ranks();
        assert_eq!(names, ["app", "store", "web"]);
        assert_eq!(ranks, [2, 0, 1]);
        assert_eq!(interner.find("store"), Some(2));
        assert_eq!(interner.find("phone"), None);
    }
}
