//! Fitting the Gamma-Gamma model.

use super::fit::{Fit, FitStatus, Found, Likelihood, Limit, Prior, Search};
use super::gamma_gamma::GammaGamma;
use super::spend::{SpendGroup, SpendTable};
use crate::numerics::optimize::Evaluation;
use crate::numerics::special::{digamma, ln_beta, trigamma};
use rayon::prelude::*;

/// Fewer customers with repeat spend than this carry no spread.
pub const MIN_SPENDERS: u64 = 5;

/// Rows summed in one go, in row order.
const CHUNK: usize = 8192;

/// Rows whose logarithms are taken of their product.
const PRODUCT: usize = 8;

/// The factors of a product must stay below this.
const FACTOR_LIMIT: f64 = 1e30;

/// With more rows than this the starts are compared on a sample.
const SAMPLE_ABOVE: usize = 40_000;

/// Rows of that sample.
const SAMPLE_ROWS: usize = 8_000;

/// A shape beyond this stands for "no spread", one below its inverse for
/// "unlimited spread".
const HUGE: f64 = 1e4;

/// The likelihood of a spend table as a function of (p, q, v), with spends in
/// units of `scale`.
pub(crate) struct SpendLikelihood {
    /// x and number of rows per group.
    counts: Vec<(f64, f64)>,
    /// 1/(x z) per row.
    inverse_totals: Vec<f64>,
    largest_inverse: f64,
    pieces: Vec<(usize, SpendGroup)>,
    sum_ln_z: f64,
    sum_ln_total: f64,
}

/// Sums over rows of ln(1 + v/(xz)), 1/(xz + v) and its square.
#[derive(Clone, Copy, Default)]
struct RowSums {
    log: f64,
    inverse: f64,
    square: f64,
}

impl SpendLikelihood {
    pub(crate) fn new(table: &SpendTable, scale: f64) -> Self {
        let counts = table.groups.iter().map(|g| (f64::from(g.x), (g.end - g.start) as f64)).collect();
        let inverse_totals: Vec<f64> = table.rows().map(|(x, z)| scale / (f64::from(x) * z)).collect();
        let sum_ln_z = table.z.iter().map(|z| (z / scale).ln()).sum();
        let sum_ln_n: f64 = table.groups.iter().map(|g| (g.end - g.start) as f64 * f64::from(g.x).ln()).sum();
        let pieces = table
            .groups
            .iter()
            .enumerate()
            .flat_map(|(k, g)| {
                (g.start..g.end)
                    .step_by(CHUNK)
                    .map(move |start| (k, SpendGroup { start, end: g.end.min(start + CHUNK), ..*g }))
            })
            .collect();
        let largest_inverse = inverse_totals.iter().copied().fold(0.0, f64::max);
        Self { counts, inverse_totals, largest_inverse, pieces, sum_ln_z, sum_ln_total: sum_ln_z + sum_ln_n }
    }

    fn row_sums(&self, v: f64) -> Vec<RowSums> {
        let short = v * self.largest_inverse < FACTOR_LIMIT;
        let parts: Vec<RowSums> = self
            .pieces
            .par_iter()
            .with_min_len(4)
            .map(|(_, g)| sum_rows(&self.inverse_totals[g.start..g.end], v, short))
            .collect();
        let mut sums = vec![RowSums::default(); self.counts.len()];
        for ((k, _), part) in self.pieces.iter().zip(parts) {
            sums[*k].log += part.log;
            sums[*k].inverse += part.inverse;
            sums[*k].square += part.square;
        }
        sums
    }
}

fn sum_rows(inverse_totals: &[f64], v: f64, short: bool) -> RowSums {
    let mut sums = RowSums::default();
    for block in inverse_totals.chunks(PRODUCT) {
        let mut product = 1.0;
        for w in block {
            let factor = 1.0 + v * w;
            let inverse = w / factor;
            sums.inverse += inverse;
            sums.square += inverse * inverse;
            product *= factor;
        }
        sums.log += if short && product > 1.01 { product.ln() } else { block.iter().map(|w| (v * w).ln_1p()).sum() };
    }
    sums
}

impl Likelihood for SpendLikelihood {
    fn evaluate(&self, parameters: &[f64]) -> Evaluation {
        let (p, q, v) = (parameters[0], parameters[1], parameters[2]);
        let (mut value, mut g) = (-self.sum_ln_z, [0.0; 3]);
        let mut h = [[0.0; 3]; 3];
        let (psi_q, psi1_q) = (digamma(q), trigamma(q));
        let customers: f64 = self.counts.iter().map(|c| c.1).sum();
        for (&(x, n), rows) in self.counts.iter().zip(self.row_sums(v)) {
            let (own, both) = (p * x, p * x + q);
            let (psi, psi1) = (digamma(both), trigamma(both));
            value -= n * ln_beta(own, q) + both * rows.log;
            g[0] += x * (n * (psi - digamma(own)) - rows.log);
            g[1] += n * (psi - psi_q) - rows.log;
            g[2] -= both * rows.inverse;
            h[0][0] += n * x * x * (psi1 - trigamma(own));
            h[0][1] += n * x * psi1;
            h[0][2] -= x * rows.inverse;
            h[1][1] += n * (psi1 - psi1_q);
            h[1][2] -= rows.inverse;
            h[2][2] += both * rows.square;
        }
        let sum_ln_ratio = self.sum_ln_total - customers * v.ln();
        value -= q * sum_ln_ratio;
        g[1] -= sum_ln_ratio;
        g[2] += customers * q / v;
        h[1][2] += customers / v;
        h[2][2] -= customers * q / (v * v);
        let hessian = (0..3).map(|i| (0..3).map(|j| h[i.min(j)][i.max(j)]).collect()).collect();
        Evaluation { value, gradient: g.to_vec(), hessian }
    }
}

/// Log-likelihood of a whole spend table.
pub fn spend_log_likelihood(table: &SpendTable, model: &GammaGamma) -> f64 {
    SpendLikelihood::new(table, 1.0).evaluate(&[model.p, model.q, model.v]).value
}

/// Gradient of the log-likelihood of a whole spend table by (p, q, v).
pub fn spend_gradient(table: &SpendTable, model: &GammaGamma) -> Vec<f64> {
    SpendLikelihood::new(table, 1.0).evaluate(&[model.p, model.q, model.v]).gradient
}

/// Fits the Gamma-Gamma model by maximum likelihood.
///
/// Never fails: with fewer than five spenders, or spends that do not vary, the
/// fit is flagged and its predictions are finite.
///
/// # Reference
/// Fader & Hardie (2013), note 025, eq. (1a).
pub fn fit_gamma_gamma(table: &SpendTable) -> Fit<GammaGamma> {
    fit_from(table, None)
}

/// Starts in units of the mean spend.
const STARTS: [[f64; 3]; 4] = [[2.0, 3.0, 1.0], [8.0, 4.0, 0.4], [0.7, 2.0, 1.5], [1.0, 20.0, 19.0]];

/// The fit from several starts, or from the parameters of `near` alone.
pub(crate) fn fit_from(table: &SpendTable, near: Option<&GammaGamma>) -> Fit<GammaGamma> {
    let spenders = table.customers() as u64;
    let scale = if spenders == 0 { 1.0 } else { table.mean() };
    let short = spenders < MIN_SPENDERS;
    let full = SpendLikelihood::new(table, scale);
    let large = near.is_none() && table.customers() > SAMPLE_ABOVE;
    let thin = large.then(|| table.thinned(table.customers() / SAMPLE_ROWS));
    let sample = thin.as_ref().map(|t| SpendLikelihood::new(t, scale));
    let search = Search {
        full: &full,
        sample: sample.as_ref().map(|s| s as &dyn Likelihood),
        starts: near.map_or_else(|| STARTS.map(|start| start.to_vec()).to_vec(), |m| vec![vec![m.p, m.q, m.v / scale]]),
        bounds: vec![(1e-5, 1e7), (1e-5, 1e7), (1e-10, 1e10)],
        prior: short.then(weak_prior),
    };
    let mut found = search.run();
    found.log_likelihood -= spenders as f64 * scale.ln();
    found.parameters[2] *= scale;
    if let Some(errors) = &mut found.std_errors {
        errors[2] *= scale;
    }
    let limit = if short { None } else { limit_of(&found) };
    let model = GammaGamma { p: found.parameters[0], q: found.parameters[1], v: found.parameters[2] };
    let mut fit = found.into_fit(model, limit, spenders as f64);
    if short {
        fit.status = FitStatus::TooFewRepeatBuyers { repeat_buyers: spenders, needed: MIN_SPENDERS };
    }
    fit
}

/// What is believed of spends before they are seen: (p, q, v) near (3, 4, 1) in
/// units of the mean, within factors of some five.
fn weak_prior() -> Prior {
    Prior { terms: [3.0f64, 4.0, 1.0].iter().map(|c| (c.ln(), 1.5)).collect() }
}

fn limit_of(found: &Found) -> Option<Limit> {
    let p = &found.parameters;
    if p[0] > HUGE {
        return Some(Limit::NoSpendVariation);
    }
    if p[1] > HUGE {
        return Some(Limit::HomogeneousSpend);
    }
    if p[0] < 1.0 / HUGE || p[1] < 1.0 / HUGE {
        return Some(Limit::ExtremeSpend);
    }
    None
}
