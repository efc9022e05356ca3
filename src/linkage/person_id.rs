//! Identifiers of persons and households that outlive the night.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};

/// Crockford's base 32: no letter that looks like a digit.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// What an identifier names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdKind {
    /// A person; the identifier begins with `P`.
    Person,
    /// A household; the identifier begins with `H`.
    Household,
}

/// An identifier: `P` or `H` and 13 letters of Crockford's base 32 that write 64 bits. Compares as its text does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StableId([u8; 14]);

/// A text that is no identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no person or household id: `P` or `H` and 13 letters or digits are expected")]
pub struct StableIdError(String);

impl StableId {
    /// The identifier that a record gives to a new person or household: the first 64 bits of the SHA-256 of the kind,
    /// the attempt and the record's key. Attempt 0 is the first; the next ones are for identifiers already taken.
    pub fn minted(kind: IdKind, record_id: &str, attempt: u32) -> Self {
        let letter = match kind {
            IdKind::Person => b'P',
            IdKind::Household => b'H',
        };
        let mut hasher = Sha256::new();
        hasher.update([letter]);
        hasher.update(attempt.to_be_bytes());
        hasher.update(record_id.as_bytes());
        let digest = hasher.finalize();
        let bits = digest.iter().take(8).fold(0_u64, |bits, byte| (bits << 8) | u64::from(*byte));
        let mut text = [letter; 14];
        for (i, place) in text.iter_mut().skip(1).enumerate() {
            *place = ALPHABET[((bits >> (60 - 5 * i)) & 31) as usize];
        }
        Self(text)
    }

    /// The identifier as text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl FromStr for StableId {
    type Err = StableIdError;

    fn from_str(text: &str) -> Result<Self, StableIdError> {
        let refused = || StableIdError(text.to_owned());
        let bytes: [u8; 14] = text.as_bytes().try_into().map_err(|_| refused())?;
        let valid = matches!(bytes[0], b'P' | b'H') && bytes[1..].iter().all(|b| ALPHABET.contains(b));
        if valid { Ok(Self(bytes)) } else { Err(refused()) }
    }
}

impl fmt::Display for StableId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for StableId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_is_a_function_of_the_record() {
        let id = StableId::minted(IdKind::Person, "C-17", 0);
        assert_eq!(id, StableId::minted(IdKind::Person, "C-17", 0));
        assert_ne!(id, StableId::minted(IdKind::Person, "C-17", 1));
        assert_ne!(id.as_str()[1..], StableId::minted(IdKind::Household, "C-17", 0).as_str()[1..]);
        assert_eq!(id.as_str().parse(), Ok(id));
    }

    #[test]
    fn other_texts_are_refused() {
        for text in ["", "P123", "X000000000000A", "P00000000000I0", "P000000000000é"] {
            assert!(text.parse::<StableId>().is_err(), "{text}");
        }
    }
}
