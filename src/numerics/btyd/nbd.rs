//! The model without dropout (NBD): the limit against which dropout is judged.
//!
//! # Formula
//! `Σ [ln Γ(r+x)/Γ(r) + r ln α − (r+x) ln(α+T)]`, Ehrenberg (1959) in the
//! convention of the other likelihoods here (density of the purchase times).

use super::fit::{Found, Likelihood, Search};
use super::histories::Histories;
use super::purchase_term::{PurchaseTerm, TimeTable};
use super::tails::Tails;
use crate::numerics::optimize::Evaluation;

pub(crate) struct NbdLikelihood<'a> {
    histories: &'a Histories,
    purchases: Tails,
}

impl<'a> NbdLikelihood<'a> {
    pub(crate) fn new(histories: &'a Histories) -> Self {
        Self { histories, purchases: Tails::new(&histories.groups, 1, 0) }
    }
}

impl Likelihood for NbdLikelihood<'_> {
    fn evaluate(&self, p: &[f64]) -> Evaluation {
        let table = TimeTable::new(&self.histories.times, p[1]);
        let sum = PurchaseTerm::new(self.histories, &self.purchases, &table, 1.0, (p[0], p[1]));
        Evaluation {
            value: sum.value,
            gradient: vec![sum.r, sum.alpha],
            hessian: vec![vec![sum.rr, sum.r_alpha], vec![sum.r_alpha, sum.alpha_alpha]],
        }
    }
}

/// Purchases per day assumed of a shop that has not been observed at all.
const UNOBSERVED_RATE: f64 = 1.0 / 90.0;

/// Repeat purchases per unit of time, never zero: half a purchase stands for
/// none, and one in 90 days for no observed time.
pub(crate) fn mean_rate(histories: &Histories) -> f64 {
    let exposure = histories.exposure();
    if exposure > 0.0 {
        histories.repeat_purchases().max(0.5) / exposure
    } else {
        UNOBSERVED_RATE * histories.days_per_unit()
    }
}

/// The maximum of the NBD likelihood over (r, α).
pub(crate) fn search(histories: &Histories) -> Found {
    let rate = mean_rate(histories);
    let likelihood = NbdLikelihood::new(histories);
    let search = Search {
        full: &likelihood,
        sample: None,
        starts: vec![vec![0.5, 0.5 / rate], vec![5.0, 5.0 / rate]],
        bounds: vec![(1e-6, 1e6), (1e-9 / rate, 1e9 / rate)],
        prior: None,
    };
    search.run()
}

/// The highest log-likelihood that NBD reaches, and its parameters (r, α).
pub fn fit_nbd(histories: &Histories) -> (f64, f64, f64) {
    let found = search(histories);
    (found.log_likelihood, found.parameters[0], found.parameters[1])
}
