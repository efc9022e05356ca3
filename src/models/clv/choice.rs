//! `model = "auto"`: the model that predicted the holdout best, and why.

use crate::numerics::btyd::FitStatus;

use super::baselines::Baseline;
use super::evidence::Evaluated;
use super::options::{ClvOptions, PurchaseModel};

/// Used when there is too little history to hold any of it out: one-time buyers may have left under it.
pub(super) const WITHOUT_EVIDENCE: PurchaseModel = PurchaseModel::MbgNbd;

/// Errors within this share of the least one count as equal; among those the probabilities of what was bought decide.
const SAME_ERROR: f64 = 0.01;

/// Shortest holdout that says anything.
const SHORTEST_HOLDOUT_DAYS: u32 = 28;

/// Fewest customers, and fewest purchases in the holdout, that say anything.
const FEWEST: usize = 50;

/// What was chosen.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Choice {
    pub(super) model: PurchaseModel,
    /// In words, for the console and the model file.
    pub(super) why: String,
    /// Mean absolute error of the model over that of the best baseline; none without evidence.
    pub(super) error_ratio: Option<f64>,
}

impl Choice {
    /// The choice when nothing can be held out.
    pub(super) fn without_evidence(reason: impl Into<String>) -> Self {
        Self { model: WITHOUT_EVIDENCE, why: reason.into(), error_ratio: None }
    }
}

/// Days to hold out of a history that spans so many: as asked for, else the longest horizon, at most half of them.
pub(super) fn holdout_days(options: &ClvOptions, span_days: u32) -> Option<u32> {
    let longest = options.horizons_days.iter().max().copied().unwrap_or(365);
    let days = options.holdout_days.unwrap_or_else(|| longest.min(span_days / 2));
    (days >= SHORTEST_HOLDOUT_DAYS.min(options.holdout_days.unwrap_or(u32::MAX)) && days < span_days).then_some(days)
}

/// Whether the holdout says anything: enough customers before the cut, enough purchases after it.
pub(super) fn is_telling(customers: usize, made: &[u32]) -> bool {
    customers >= FEWEST && made.iter().map(|n| *n as usize).sum::<usize>() >= FEWEST
}

/// The best of the models; none when no model was evaluated.
pub(super) fn choose(evaluated: &[Evaluated]) -> Option<Choice> {
    let has_plain = evaluated.iter().any(|e| e.purchases.as_ref().is_some_and(|p| p.regularity().is_none()));
    let is_own = |e: &&Evaluated| !(has_plain && e.is_plain_again());
    let models = || evaluated.iter().filter(is_own).filter_map(|e| Some((e, e.purchases.as_ref()?)));
    let is_sound =
        |status: &FitStatus| !matches!(status, FitStatus::NotConverged | FitStatus::TooFewRepeatBuyers { .. });
    let sound = || models().filter(|(_, p)| is_sound(p.status()));
    let mut candidates: Vec<_> = sound().collect();
    if candidates.is_empty() {
        candidates = models().collect();
    }
    let least = candidates.iter().map(|(e, _)| e.accuracy.mae).min_by(f64::total_cmp)?;
    candidates.retain(|(e, _)| e.accuracy.mae <= least * (1.0 + SAME_ERROR));
    let (best, purchases) = candidates.iter().rev().max_by(|a, b| a.0.log_score.total_cmp(&b.0.log_score))?;
    let baseline = evaluated.iter().filter(|e| e.purchases.is_none());
    let baseline = baseline.min_by(|a, b| a.accuracy.mae.total_cmp(&b.accuracy.mae));
    let ratio = baseline.map(|b| error_ratio(best.accuracy.mae, b.accuracy.mae));
    let told = baseline.map_or_else(String::new, |b| {
        let about = Baseline::ALL.iter().find(|known| known.name() == b.name).map_or(b.name, |known| known.about());
        format!("; best baseline ({about}) {:.4}", b.accuracy.mae)
    });
    let error = best.accuracy.mae;
    let why = if candidates.len() == 1 {
        format!("least mean absolute error on the holdout, {error:.4}{told}")
    } else {
        let equals = candidates.len();
        format!(
            "best log score of the {equals} within 1 % of the least mean absolute error on the holdout ({least:.4}), its own {error:.4}{told}"
        )
    };
    Some(Choice { model: purchases.model, why, error_ratio: ratio })
}

/// One error over another; where the other made none, one more than the error.
fn error_ratio(error: f64, other: f64) -> f64 {
    if other > 0.0 { error / other } else { 1.0 + error }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_holdout_is_the_longest_horizon_or_half_of_the_days() {
        let options = ClvOptions::default();
        assert_eq!(holdout_days(&options, 2000), Some(365));
        assert_eq!(holdout_days(&options, 546), Some(273));
        assert_eq!(holdout_days(&options, 40), None);
        let asked = ClvOptions { holdout_days: Some(14), ..ClvOptions::default() };
        assert_eq!(holdout_days(&asked, 40), Some(14));
        assert_eq!(holdout_days(&asked, 14), None);
    }

    #[test]
    fn a_baseline_without_error_is_not_beaten() {
        assert!(error_ratio(0.2, 0.0) > 1.0 && error_ratio(0.0, 0.0) <= 1.0 && error_ratio(0.3, 0.5) < 1.0);
    }

    #[test]
    fn few_customers_or_purchases_tell_nothing() {
        assert!(!is_telling(49, &[2; 49]));
        assert!(!is_telling(100, &[0; 100]));
        assert!(is_telling(100, &[1; 100]));
    }
}
