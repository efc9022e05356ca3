//! How good offers are: held against what customers bought afterwards.

use crate::numerics::surveys::inference::{Confidence, Proportion};

/// The offers of one customer, and what became of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    /// For each offer, the best first: its value when it was bought, nothing otherwise.
    pub bought: Vec<Option<f64>>,
    /// How many items that could have been offered were bought; at least 1.
    pub relevant: usize,
}

impl Trial {
    fn ndcg(&self, at: usize) -> f64 {
        ndcg(&self.bought.iter().map(Option::is_some).collect::<Vec<_>>(), self.relevant, at)
    }

    fn value(&self, at: usize) -> f64 {
        self.bought.iter().take(at).flatten().sum()
    }
}

/// Skill over many customers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Skill {
    /// Customers.
    pub customers: u64,
    /// Share of them who bought at least one of their offers, with Wilson's interval; none without customers.
    pub hit_rate: Option<Proportion>,
    /// Mean of [`ndcg`].
    pub ndcg: f64,
    /// Lower end of its interval (95 %, normal).
    pub ndcg_lower: f64,
    /// Upper end.
    pub ndcg_upper: f64,
    /// Mean value of the offers that were bought, per customer.
    pub value: f64,
    /// Mean of the differences in [`ndcg`] to another model on the same customers, with its interval; none without one.
    pub gain: Option<[f64; 3]>,
}

/// Normalised discounted cumulative gain of the first `at` places: `DCG / ideal DCG`, with `DCG = Σ_r bought_r / log₂(r + 1)`
/// (Järvelin & Kekäläinen 2002, "Cumulated gain-based evaluation of IR techniques", TOIS 20, eqs. 2 and 7, with the discount
/// from the first place on as Burges et al. 2005 write it). 0 when nothing was relevant.
pub fn ndcg(bought: &[bool], relevant: usize, at: usize) -> f64 {
    let gain = |rank: usize| 1.0 / ((rank + 2) as f64).log2();
    let got: f64 = bought.iter().take(at).enumerate().filter(|(_, bought)| **bought).map(|(rank, _)| gain(rank)).sum();
    let ideal: f64 = (0..relevant.min(at)).map(gain).sum();
    if ideal > 0.0 { got / ideal } else { 0.0 }
}

/// Skill of lists of `at` offers, against another model's trials of the same customers where these are given.
pub fn measure(trials: &[Trial], against: Option<&[Trial]>, at: usize) -> Skill {
    let confidence = Confidence::default();
    let hits = trials.iter().filter(|trial| trial.bought.iter().take(at).any(Option::is_some)).count() as u64;
    let gains = trials.iter().map(|trial| trial.ndcg(at)).collect::<Vec<_>>();
    let [mean, lower, upper] = interval(&gains, confidence);
    let gain = against.filter(|other| other.len() == trials.len()).map(|other| {
        let differences = gains.iter().zip(other).map(|(own, trial)| own - trial.ndcg(at));
        interval(&differences.collect::<Vec<_>>(), confidence)
    });
    let customers = trials.len() as u64;
    Skill {
        customers,
        hit_rate: Proportion::of(hits, customers, confidence),
        ndcg: mean,
        ndcg_lower: lower.max(0.0),
        ndcg_upper: upper.min(1.0),
        value: trials.iter().map(|trial| trial.value(at)).sum::<f64>() / customers.max(1) as f64,
        gain,
    }
}

/// Mean with its interval; zeros of nothing.
fn interval(values: &[f64], confidence: Confidence) -> [f64; 3] {
    let count = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / count;
    let spread = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0).max(1.0);
    let half = confidence.z() * (spread / count).sqrt();
    [mean, mean - half, mean + half]
}
