//! What a model rests on: how much worse it gets when a feature's values are dealt out anew among the rows.
//!
//! Breiman 2001, "Random forests", section 10; for any model Fisher, Rudin & Dominici 2019, "All models are wrong, but many
//! are useful", JMLR 20. Features that tell the same share their importance.

use ndarray::Array2;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};

use super::auc::auc;
use super::metrics::log_losses;

/// How often the values are dealt out.
const DEALS: usize = 3;

/// What a feature is worth to a model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Importance {
    /// By how much the area under the ROC curve falls without it.
    pub auc_drop: f64,
    /// By how much the mean log loss rises without it.
    pub log_loss_rise: f64,
}

/// The importance of each feature, whose columns in the matrix are given.
pub fn permutation_importance(
    probabilities: &dyn Fn(&Array2<f64>) -> Vec<f64>,
    x: &Array2<f64>,
    outcomes: &[bool],
    features: &[std::ops::Range<usize>],
    seed: u64,
) -> Vec<Importance> {
    let judge = |p: &[f64]| {
        let loss = log_losses(p, outcomes).iter().sum::<f64>() / outcomes.len().max(1) as f64;
        (auc(p, outcomes).unwrap_or(0.5), loss)
    };
    let (area, loss) = judge(&probabilities(x));
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut dealt = x.clone();
    let mut found = Vec::with_capacity(features.len());
    for columns in features {
        let mut sum = Importance { auc_drop: 0.0, log_loss_rise: 0.0 };
        for _ in 0..if columns.is_empty() { 0 } else { DEALS } {
            let order = shuffled(x.nrows(), &mut random);
            for column in columns.clone() {
                order.iter().enumerate().for_each(|(row, from)| dealt[[row, column]] = x[[*from, column]]);
            }
            let (without, worse) = judge(&probabilities(&dealt));
            sum.auc_drop += (area - without) / DEALS as f64;
            sum.log_loss_rise += (worse - loss) / DEALS as f64;
        }
        for column in columns.clone() {
            dealt.column_mut(column).assign(&x.column(column));
        }
        found.push(sum);
    }
    found
}

/// Fisher & Yates.
fn shuffled(rows: usize, random: &mut Xoshiro256PlusPlus) -> Vec<usize> {
    let mut order = (0..rows).collect::<Vec<_>>();
    for at in (1..rows).rev() {
        order.swap(at, (random.next_u64() % (at as u64 + 1)) as usize);
    }
    order
}
