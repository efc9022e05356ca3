//! How good a resolution is where the truth is known.

/// Pairs of records of one person, found and true.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PairwiseQuality {
    /// Pairs that are of one person and were found to be.
    pub true_positives: u64,
    /// Pairs that were found to be of one person and aren't.
    pub false_positives: u64,
    /// Pairs of one person that weren't found.
    pub false_negatives: u64,
}

impl PairwiseQuality {
    /// Compares found persons with true ones, per record; the numbers only tell persons apart.
    pub fn of(found: &[u32], truth: &[u32]) -> Self {
        let both: Vec<(u32, u32)> = found.iter().copied().zip(truth.iter().copied()).collect();
        let true_positives = pairs(both);
        let positives = pairs(found.to_vec());
        let actual = pairs(truth.to_vec());
        Self { true_positives, false_positives: positives - true_positives, false_negatives: actual - true_positives }
    }

    /// The share of found pairs that are true; 1 if none was found.
    pub fn precision(&self) -> f64 {
        share(self.true_positives, self.false_positives)
    }

    /// The share of true pairs that were found; 1 if there is none.
    pub fn recall(&self) -> f64 {
        share(self.true_positives, self.false_negatives)
    }

    /// The harmonic mean of precision and recall.
    pub fn f1(&self) -> f64 {
        let (p, r) = (self.precision(), self.recall());
        if p + r > 0.0 { 2.0 * p * r / (p + r) } else { 0.0 }
    }
}

fn share(part: u64, rest: u64) -> f64 {
    if part + rest == 0 { 1.0 } else { part as f64 / (part + rest) as f64 }
}

/// The pairs of equal labels.
fn pairs<T: Ord>(mut labels: Vec<T>) -> u64 {
    labels.sort_unstable();
    labels.chunk_by(|x, y| x == y).map(|group| group.len() as u64 * (group.len() as u64 - 1) / 2).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_counted_by_hand() {
        // truth {0,1,2} {3,4}; found {0,1} {2,3}
        let quality = PairwiseQuality::of(&[7, 7, 8, 8, 9], &[1, 1, 1, 2, 2]);
        assert_eq!(quality, PairwiseQuality { true_positives: 1, false_positives: 1, false_negatives: 3 });
        assert!((quality.precision() - 0.5).abs() < 1e-12 && (quality.recall() - 0.25).abs() < 1e-12);
        assert!((quality.f1() - 1.0 / 3.0).abs() < 1e-12);
        let alone = PairwiseQuality::of(&[1, 2], &[1, 2]);
        assert!((alone.f1() - 1.0).abs() < 1e-12);
    }
}
