//! Rounding that keeps the total.

/// Rounds `numerators / denominator` to whole numbers that sum to the whole number that the fractions sum to: each is
/// rounded down, and the largest remainders (the first of equal ones) are rounded up (Hamilton's method).
pub(super) fn round_to_total(numerators: &[i128], denominator: i128) -> Vec<i128> {
    let mut rounded: Vec<i128> = numerators.iter().map(|part| part.div_euclid(denominator)).collect();
    let remainder = |at: usize| numerators[at].rem_euclid(denominator);
    let missing = (0..numerators.len()).map(remainder).sum::<i128>() / denominator;
    let mut order: Vec<usize> = (0..numerators.len()).collect();
    order.sort_by(|a, b| remainder(*b).cmp(&remainder(*a)).then(a.cmp(b)));
    for (at, _) in order.into_iter().zip(0..missing) {
        rounded[at] += 1;
    }
    rounded
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn largest_remainders_are_rounded_up() {
        assert_eq!(round_to_total(&[17, 15, 8], 10), [2, 1, 1]);
        assert_eq!(round_to_total(&[5, 5], 10), [1, 0]);
        assert_eq!(round_to_total(&[-5, -15], 10), [0, -2]);
        assert!(round_to_total(&[], 10).is_empty());
    }

    proptest! {
        #[test]
        fn total_is_kept_and_nobody_moves_by_one(mut parts in prop::collection::vec(-1_000_000_i128..1_000_000, 1..20), denominator in 1i128..1000) {
            let rest = parts.iter().sum::<i128>().rem_euclid(denominator);
            parts[0] -= rest;
            let found = round_to_total(&parts, denominator);
            prop_assert_eq!(found.iter().sum::<i128>(), parts.iter().sum::<i128>() / denominator);
            for (whole, part) in found.iter().zip(&parts) {
                prop_assert!((whole * denominator - part).abs() < denominator);
            }
        }
    }
}
