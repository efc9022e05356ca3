//! Several tests at once.

/// Adjusted chances, in the order given: each is the least family-wise error rate at which its test would be called.
///
/// # Formula
/// `max over j ≤ i of (m − j + 1) p₍ⱼ₎`, at most 1 (Holm 1979, "A simple sequentially rejective multiple test procedure",
/// Scandinavian Journal of Statistics 6).
#[must_use]
pub fn holm(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|a, b| p[*a].total_cmp(&p[*b]).then(a.cmp(b)));
    let mut adjusted = vec![1.0; p.len()];
    let mut largest: f64 = 0.0;
    for (rank, at) in order.iter().enumerate() {
        largest = largest.max(p[*at] * (p.len() - rank) as f64).min(1.0);
        adjusted[*at] = largest;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm").
    #[test]
    fn holm_as_r_adjusts() {
        let found = holm(&[0.01, 0.04, 0.03, 0.005]);
        for (got, want) in found.iter().zip([0.03, 0.06, 0.06, 0.02]) {
            assert!((got - want).abs() < 1e-15, "{found:?}");
        }
        assert!(holm(&[]).is_empty());
    }

    proptest! {
        #[test]
        fn adjusted_chances_lie_between_p_and_bonferroni(p in prop::collection::vec(0.0..=1.0f64, 1..30)) {
            for (own, adjusted) in p.iter().zip(holm(&p)) {
                prop_assert!(adjusted >= *own && adjusted <= (own * p.len() as f64).min(1.0) + 1e-12);
            }
        }
    }
}
