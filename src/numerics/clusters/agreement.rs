//! How far two labelings of the same rows agree.

use super::ClusterError;
use super::points::to_f64;
use std::collections::BTreeMap;

/// Adjusted Rand index of two labelings: 1 for the same groups under any
/// names, 0 on average for labels drawn at random, and negative below that.
///
/// # Formula
///
/// ```text
/// ARI = (I − E) / (M − E)
/// I = Σ_ab C(n_ab, 2),   A = Σ_a C(n_a·, 2),   B = Σ_b C(n_·b, 2)
/// E = A B / C(n, 2),     M = (A + B) / 2
/// ```
///
/// where `n_ab` rows have label `a` in the one and `b` in the other labeling
/// (Hubert & Arabie 1985, "Comparing partitions", Journal of Classification 2,
/// equation 5). It is 1 where `M = E`: both labelings put all rows together,
/// or each row alone, or there are fewer than two rows.
///
/// # Errors
///
/// [`ClusterError::LabelCount`] if the labelings have different lengths.
pub fn adjusted_rand_index(a: &[u16], b: &[u16]) -> Result<f64, ClusterError> {
    if a.len() != b.len() {
        return Err(ClusterError::LabelCount { found: b.len(), expected: a.len() });
    }
    let together = pairs(a.iter().zip(b));
    let (pairs_a, pairs_b) = (pairs(a), pairs(b));
    let expected = if a.len() < 2 { 0.0 } else { pairs_a * pairs_b / pairs_of(a.len()) };
    let largest = f64::midpoint(pairs_a, pairs_b);
    if largest <= expected {
        return Ok(1.0);
    }
    Ok((together - expected) / (largest - expected))
}

/// Number of pairs of rows whose labels are equal.
fn pairs<L: Ord>(labels: impl IntoIterator<Item = L>) -> f64 {
    let mut counts: BTreeMap<L, usize> = BTreeMap::new();
    for label in labels {
        *counts.entry(label).or_insert(0) += 1;
    }
    counts.values().map(|&count| pairs_of(count)).sum()
}

/// `C(n, 2)`.
fn pairs_of(count: usize) -> f64 {
    to_f64(count) * to_f64(count.saturating_sub(1)) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ari(a: &[u16], b: &[u16]) -> f64 {
        adjusted_rand_index(a, b).unwrap()
    }

    #[test]
    fn by_hand() {
        // n_ab: (0,0) 2, (1,1) 1, (1,2) 1: I = 1, A = 2, B = 1, E = 2/6, M = 1.5
        let expected = (1.0 - 1.0 / 3.0) / (1.5 - 1.0 / 3.0);
        assert!((ari(&[0, 0, 1, 1], &[0, 0, 1, 2]) - expected).abs() < 1e-15);
        // Labels that cut across each other agree less than by chance.
        assert!((ari(&[0, 0, 1, 1], &[0, 1, 0, 1]) + 0.5).abs() < 1e-15);
    }

    #[test]
    fn nothing_to_tell_apart_is_full_agreement() {
        for (a, b) in [(vec![], vec![]), (vec![3], vec![7]), (vec![1; 9], vec![4; 9]), (vec![0, 1, 2], vec![2, 0, 1])] {
            assert!((ari(&a, &b) - 1.0).abs() < 1e-15);
        }
        assert!(ari(&[0; 5], &[0, 1, 2, 3, 4]).abs() < 1e-15);
        assert!(matches!(adjusted_rand_index(&[0], &[]), Err(ClusterError::LabelCount { found: 0, expected: 1 })));
    }

    proptest! {
        #[test]
        fn laws(labels in prop::collection::vec((0_u16..6, 0_u16..4), 2..80), turn in 0_usize..80) {
            let (a, b): (Vec<u16>, Vec<u16>) = labels.iter().copied().unzip();
            let found = ari(&a, &b);
            prop_assert!((-1.0..=1.0 + 1e-12).contains(&found));
            prop_assert_eq!(found.to_bits(), ari(&b, &a).to_bits(), "symmetric");
            let renamed: Vec<u16> = a.iter().map(|label| 1_000 - label * 7).collect();
            prop_assert!((ari(&a, &renamed) - 1.0).abs() < 1e-12);
            let mut turned = labels;
            let turn = turn % turned.len();
            turned.rotate_left(turn);
            let (a, b): (Vec<u16>, Vec<u16>) = turned.into_iter().unzip();
            prop_assert_eq!(found.to_bits(), ari(&a, &b).to_bits(), "the order of rows makes no difference");
        }
    }
}
