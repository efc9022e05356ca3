//! Hashes that are the same on every machine and in every version.

/// FNV-1a over 64 bits (Fowler, Noll & Vo), finished with [`mixed`] so that all bits count.
pub(crate) fn hash_text(text: &str) -> u64 {
    mixed(text.bytes().fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3)))
}

/// The hash of two hashes in that order.
pub(crate) fn combined(first: u64, second: u64) -> u64 {
    mixed(first.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ second)
}

/// The finaliser of `SplitMix64` (Steele, Lea & Flood 2014): a bijection in which each bit moves half of the others.
pub(crate) fn mixed(mut x: u64) -> u64 {
    x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_never_change() {
        // the first output of SplitMix64 seeded with 0, as published with the generator
        assert_eq!(mixed(0), 0xe220_a839_7b1d_cdaf);
        assert_ne!(hash_text("ab"), hash_text("ba"));
        assert_ne!(combined(1, 2), combined(2, 1));
    }
}
