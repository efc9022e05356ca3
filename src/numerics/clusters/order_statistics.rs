//! Single order statistics of a long column, without sorting it.

/// Bits of the key by which values are counted first.
const COARSE_BITS: u32 = 16;

/// Columns shorter than this are sorted.
const COUNTING_MIN_ROWS: usize = 4096;

/// The values at the given `ranks` (0 = smallest) of finite `values`.
///
/// Values are counted by their leading 16 bits (sign, exponent and four bits
/// of the fraction); only those that share them with the wanted one are
/// looked at closer. Ranks beyond the last are taken as the last.
///
/// Returns zeros for an empty column.
pub(super) fn at_ranks<const M: usize>(
    values: impl ExactSizeIterator<Item = f64> + Clone,
    ranks: [usize; M],
) -> [f64; M] {
    let count = values.len();
    if count == 0 {
        return [0.0; M];
    }
    if count < COUNTING_MIN_ROWS {
        let mut sorted: Vec<u64> = values.map(key).collect();
        sorted.sort_unstable();
        return ranks.map(|rank| value_of(sorted[rank.min(count - 1)]));
    }
    let mut counts = vec![0_usize; 1 << COARSE_BITS];
    for value in values.clone() {
        counts[coarse(key(value))] += 1;
    }
    ranks.map(|rank| {
        let (bucket, below) = bucket_of(&counts, rank.min(count - 1));
        let mut members: Vec<u64> = values.clone().map(key).filter(|&key| coarse(key) == bucket).collect();
        let within = rank.min(count - 1) - below;
        value_of(*members.select_nth_unstable(within).1)
    })
}

/// Index of the bucket that holds `rank` and the number of values before it.
fn bucket_of(counts: &[usize], rank: usize) -> (usize, usize) {
    let mut below = 0;
    for (bucket, &count) in counts.iter().enumerate() {
        if rank < below + count {
            return (bucket, below);
        }
        below += count;
    }
    (counts.len() - 1, below)
}

/// Maps floats to integers of the same order (IEEE 754 `totalOrder`).
fn key(value: f64) -> u64 {
    let bits = value.to_bits();
    if bits >> 63 == 1 { !bits } else { bits | (1 << 63) }
}

fn value_of(key: u64) -> f64 {
    f64::from_bits(if key >> 63 == 1 { key & !(1 << 63) } else { !key })
}

/// The leading bits of a key.
fn coarse(key: u64) -> usize {
    (key >> (u64::BITS - COARSE_BITS)) as usize
}

#[cfg(test)]
mod tests {
    #![expect(clippy::float_cmp, reason = "figures that are exact by construction are compared exactly")]

    use super::*;

    #[test]
    fn agrees_with_sorting() {
        for count in [1, 2, 37, 5_000, 20_001] {
            let values: Vec<f64> =
                (0..count).map(|i: u32| f64::from(i.wrapping_mul(2_654_435_761) >> 12) / 64.0 - 4_000.0).collect();
            let mut sorted = values.clone();
            sorted.sort_by(f64::total_cmp);
            let last = sorted.len() - 1;
            for rank in [0, 1, last / 3, last.saturating_sub(1), last] {
                let rank = rank.min(last);
                let found = at_ranks(values.iter().copied(), [rank, last]);
                assert_eq!(found.map(f64::to_bits), [sorted[rank], sorted[last]].map(f64::to_bits));
            }
        }
    }

    #[test]
    fn copes_with_ties_and_nothing() {
        assert_eq!(at_ranks([].into_iter(), [3]), [0.0]);
        assert_eq!(at_ranks(std::iter::repeat_n(-2.5, 9_000), [0, 9_999]), [-2.5, -2.5]);
    }

    #[test]
    fn keys_keep_the_order_and_can_be_undone() {
        let values = [f64::MIN, -1.5, -f64::MIN_POSITIVE, -0.0, 0.0, 1e-300, 3.0, f64::MAX];
        assert!(values.windows(2).all(|pair| key(pair[0]) < key(pair[1])));
        assert!(values.iter().all(|&v| value_of(key(v)).to_bits() == v.to_bits()));
    }
}
