//! The part of every likelihood here that concerns purchases alone:
//! `Σ [ln Γ(r+kx)/Γ(r) + r ln α − (r+kx) ln(α+T)]`, k phases per purchase.

use super::histories::Histories;
use super::tails::Tails;

/// Logarithms and inverses of α + time, per distinct time.
#[derive(Debug)]
pub(crate) struct TimeTable {
    /// ln(1 + t/α)
    pub log: Vec<f64>,
    /// 1/(α + t)
    pub inverse: Vec<f64>,
}

impl TimeTable {
    pub(crate) fn new(times: &[f64], alpha: f64) -> Self {
        Self {
            log: times.iter().map(|t| (t / alpha).ln_1p()).collect(),
            inverse: times.iter().map(|t| 1.0 / (alpha + t)).collect(),
        }
    }
}

/// The sum with its derivatives by r and α.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct PurchaseTerm {
    pub value: f64,
    pub r: f64,
    pub alpha: f64,
    pub rr: f64,
    pub r_alpha: f64,
    pub alpha_alpha: f64,
}

impl PurchaseTerm {
    /// `counts` are the tails of kx; the table is that of `alpha`.
    pub(crate) fn new(h: &Histories, counts: &Tails, table: &TimeTable, k: f64, (r, alpha): (f64, f64)) -> Self {
        let rising = counts.ln_rising(r);
        let mut sum = Self { value: rising.value, r: rising.first, rr: rising.second, ..Self::default() };
        let ln_alpha = alpha.ln();
        for (i, (w, x)) in h.ends.iter().zip(&h.end_purchases).enumerate().filter(|(_, (w, _))| **w != 0.0) {
            let (log, inverse, n) = (table.log[i], table.inverse[i], k * x);
            // 1/α − 1/(α+T)
            let gone = h.times[i] * inverse / alpha;
            sum.value -= r * w * log + n * (ln_alpha + log);
            sum.r -= w * log;
            sum.alpha += r * w * gone - n * inverse;
            sum.r_alpha += w * gone;
            sum.alpha_alpha -= r * w * gone * (1.0 / alpha + inverse) - n * inverse * inverse;
        }
        sum
    }
}
