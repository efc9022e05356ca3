//! Area under the ROC curve, with its interval.

use super::metrics::Interval;

/// Standard normal quantile of a two-sided 95 % interval.
pub(super) const Z_95: f64 = 1.959_963_984_540_054;

/// Rank of each value from 1, equal values sharing the mean of their ranks.
pub fn midranks(values: &[f64]) -> Vec<f64> {
    let mut order = (0..values.len()).collect::<Vec<_>>();
    order.sort_unstable_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0.0; values.len()];
    let mut start = 0;
    while start < order.len() {
        let mut end = start + 1;
        while end < order.len() && values[order[end]] == values[order[start]] {
            end += 1;
        }
        let rank = (start + end + 1) as f64 / 2.0;
        order[start..end].iter().for_each(|at| ranks[*at] = rank);
        start = end;
    }
    ranks
}

/// Probability that a row with the outcome scores higher than one without, ties counting half (Mann–Whitney; Hanley &
/// McNeil 1982, Radiology 143). `None` when one of the outcomes never comes.
pub fn auc(scores: &[f64], outcomes: &[bool]) -> Option<f64> {
    let positives = outcomes.iter().filter(|o| **o).count() as f64;
    let negatives = outcomes.len() as f64 - positives;
    if positives == 0.0 || negatives == 0.0 {
        return None;
    }
    let ranks = midranks(scores);
    let sum: f64 = ranks.iter().zip(outcomes).filter(|(_, o)| **o).map(|(rank, _)| rank).sum();
    Some((sum - positives * (positives + 1.0) / 2.0) / (positives * negatives))
}

/// The area with its 95 % interval.
///
/// # Formula
/// `Var(AUC) = S₁₀ ÷ m + S₀₁ ÷ n`: variances of the placements of the m rows with and the n rows without the outcome
/// (DeLong, DeLong & Clarke-Pearson 1988, Biometrics 44, eq. 5), the placements by midranks (Sun & Xu 2014, IEEE Signal
/// Processing Letters 21, eq. 7–9). The interval is cut to 0..1; with a single row of an outcome it is the whole of it.
pub fn auc_interval(scores: &[f64], outcomes: &[bool]) -> Option<Interval> {
    let value = auc(scores, outcomes)?;
    let all = midranks(scores);
    let part = |wanted: bool| {
        let rows = (0..scores.len()).filter(|row| outcomes[*row] == wanted).collect::<Vec<_>>();
        let own = midranks(&rows.iter().map(|row| scores[*row]).collect::<Vec<_>>());
        rows.iter().zip(own).map(|(row, own)| all[*row] - own).collect::<Vec<_>>()
    };
    let (with, without) = (part(true), part(false));
    let (m, n) = (with.len() as f64, without.len() as f64);
    let above = with.iter().map(|v| v / n).collect::<Vec<_>>();
    let below = without.iter().map(|v| 1.0 - v / m).collect::<Vec<_>>();
    let (Some(s10), Some(s01)) = (variance(&above), variance(&below)) else {
        return Some(Interval { value, lower: 0.0, upper: 1.0 });
    };
    let half = Z_95 * (s10 / m + s01 / n).sqrt();
    Some(Interval { value, lower: (value - half).max(0.0), upper: (value + half).min(1.0) })
}

/// Sample variance; none of fewer than two values.
pub(super) fn variance(values: &[f64]) -> Option<f64> {
    if values.len() < 2 {
        return None;
    }
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    Some(values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0))
}
