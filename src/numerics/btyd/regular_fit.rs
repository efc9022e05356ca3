//! Fitting BG/CNBD-k and MBG/CNBD-k, and finding k.

use super::fit::{Fit, FitStatus, Found, Likelihood, Limit, Prior, Search};
use super::geometric::FirstCoin;
use super::geometric_fit::MIN_REPEAT_BUYERS;
use super::histories::{Group, Histories};
use super::nbd;
use super::purchase_term::{PurchaseTerm, TimeTable};
use super::regular::Regular;
use super::second_order::Term;
use super::tails::Tails;
use crate::numerics::optimize::Evaluation;
use crate::numerics::special::ln_gamma;
use rayon::prelude::*;

/// Regularities tried by default.
pub const MAX_REGULARITY: u32 = 12;

/// Rows summed in one go, in row order.
const CHUNK: usize = 4096;

/// With more distinct rows than this the starts are compared on a sample.
const SAMPLE_ABOVE: usize = 40_000;

/// Rows of that sample.
const SAMPLE_ROWS: usize = 8_000;

/// A sum of shapes beyond this stands for "no spread", one below its inverse for
/// "unlimited spread".
const HUGE: f64 = 1e4;

/// A share of dropouts below this stands for "nobody drops out".
const NO_DROPOUT: f64 = 1e-6;

/// The likelihood of a table as a function of (r, α, a, b), k given.
#[derive(Debug)]
pub(crate) struct RegularLikelihood<'a> {
    histories: &'a Histories,
    k: u32,
    coin: FirstCoin,
    /// (k−1) Σ ln gap − Σ x ln (k−1)!
    constant: f64,
    phases: Tails,
    coins: Tails,
    pieces: Vec<Group>,
}

impl<'a> RegularLikelihood<'a> {
    pub(crate) fn new(histories: &'a Histories, ln_gaps: f64, coin: FirstCoin, k: u32) -> Self {
        let pieces = histories
            .groups
            .iter()
            .flat_map(|g| {
                (g.start..g.end).step_by(CHUNK).map(|start| Group { start, end: g.end.min(start + CHUNK), ..*g })
            })
            .collect();
        let phases = f64::from(k);
        Self {
            histories,
            k,
            coin,
            constant: (phases - 1.0) * ln_gaps - histories.repeat_purchases() * ln_gamma(phases),
            phases: Tails::new(&histories.groups, u64::from(k), 0),
            coins: Tails::new(&histories.groups, 1, coin.offset()),
            pieces,
        }
    }

    fn rows(&self, p: &[f64], piece: &Group, table: &TimeTable) -> Term {
        let h = self.histories;
        let shape = p[0] + f64::from(self.k) * f64::from(piece.x);
        let waiting = Waiting::new(shape, self.k);
        let flips = self.coin.flips(piece.x);
        let mut sum = Term::default();
        for i in piece.start..piece.end {
            let (last, end) = (h.t_x[i] as usize, h.t[i] as usize);
            let silence = h.times[end] - h.times[last];
            let alive = waiting.term(silence * table.inverse[end], table.inverse[end]);
            let weight = h.weight[i];
            if flips > 0.0 {
                let gone = gone_term(p, shape, flips, (last, end), table);
                let (kept, lost) = sum.add_either(weight, &alive, &gone);
                sum.add_slopes(&alive, kept);
                sum.add_slopes(&gone, lost);
            } else {
                sum.value += weight * alive.value;
                sum.add_slopes(&alive, weight);
            }
        }
        sum
    }
}

/// `ln [a/(b+n−1)] + (r+kx) ln[(α+T)/(α+t_x)]` with derivatives.
fn gone_term(p: &[f64], shape: f64, flips: f64, (last, end): (usize, usize), table: &TimeTable) -> Term {
    let c = p[3] + flips - 1.0;
    let (from, to) = (table.inverse[last], table.inverse[end]);
    let d = table.log[end] - table.log[last];
    let (d1, d2) = (to - from, from * from - to * to);
    Term {
        value: (p[2] / c).ln() + shape * d,
        first: [d, shape * d1, 1.0 / p[2], -1.0 / c],
        second: [0.0, d1, 0.0, 0.0, shape * d2, 0.0, 0.0, -1.0 / (p[2] * p[2]), 0.0, 1.0 / (c * c)],
    }
}

/// `W(y) = Σ_{j<k} (A)_j/j! y^j` as a polynomial in y and a function of A.
struct Waiting {
    /// (A)_j/j! and its first and second derivative by A.
    terms: Vec<[f64; 3]>,
}

impl Waiting {
    fn new(shape: f64, k: u32) -> Self {
        let (mut value, mut first, mut second) = (1.0, 0.0, 0.0);
        let terms = (0..k)
            .map(|j| {
                let now = [value, value * first, value * (first * first - second)];
                let step = shape + f64::from(j);
                value *= step / (f64::from(j) + 1.0);
                first += 1.0 / step;
                second += 1.0 / (step * step);
                now
            })
            .collect();
        Self { terms }
    }

    /// ln W with derivatives by r and α, `inverse` = 1/(α+T), y = silence·inverse.
    fn term(&self, y: f64, inverse: f64) -> Term {
        let (mut w, mut w_r, mut w_rr, mut w_y, mut w_yy, mut w_ry) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
        for [value, first, second] in self.terms.iter().rev() {
            w_yy = w_yy * y + 2.0 * w_y;
            w_y = w_y * y + w;
            w = w * y + value;
            w_ry = w_ry * y + w_r;
            w_r = w_r * y + first;
            w_rr = w_rr * y + second;
        }
        let (y1, y2) = (-y * inverse, 2.0 * y * inverse * inverse);
        let (by_r, by_alpha) = (w_r / w, w_y * y1 / w);
        let mut term = Term { value: w.ln(), first: [by_r, by_alpha, 0.0, 0.0], second: [0.0; 10] };
        term.second[0] = w_rr / w - by_r * by_r;
        term.second[1] = w_ry * y1 / w - by_r * by_alpha;
        term.second[4] = (w_yy * y1 * y1 + w_y * y2) / w - by_alpha * by_alpha;
        term
    }
}

impl Likelihood for RegularLikelihood<'_> {
    fn evaluate(&self, p: &[f64]) -> Evaluation {
        let table = TimeTable::new(&self.histories.times, p[1]);
        let bought = PurchaseTerm::new(self.histories, &self.phases, &table, f64::from(self.k), (p[0], p[1]));
        let beta = self.coins.ln_beta(p[2], p[3]);
        let (ra, aa) = (bought.r_alpha, bought.alpha_alpha);
        let mut sum = Term {
            value: self.constant + bought.value + beta.value,
            first: [bought.r, bought.alpha, beta.a, beta.b],
            second: [bought.rr, ra, 0.0, 0.0, aa, 0.0, 0.0, beta.aa, beta.ab, beta.bb],
        };
        let parts: Vec<Term> =
            self.pieces.par_iter().with_min_len(2).map(|piece| self.rows(p, piece, &table)).collect();
        for part in &parts {
            sum.add(part);
        }
        sum.into_evaluation()
    }
}

/// Log-likelihood of a whole table; `ln_gaps` is the sum of the logarithms of all
/// gaps, in the unit of `histories`.
pub fn regular_log_likelihood(histories: &Histories, ln_gaps: f64, model: &Regular) -> f64 {
    let likelihood = RegularLikelihood::new(histories, ln_gaps, model.coin, model.k);
    likelihood.evaluate(&[model.r, model.alpha, model.a, model.b]).value
}

/// Gradient of the log-likelihood of a whole table by (r, α, a, b).
pub fn regular_gradient(histories: &Histories, model: &Regular) -> Vec<f64> {
    let likelihood = RegularLikelihood::new(histories, 0.0, model.coin, model.k);
    likelihood.evaluate(&[model.r, model.alpha, model.a, model.b]).gradient
}

/// Fits (M)BG/CNBD-k with a given k ≥ 1 by maximum likelihood.
///
/// `ln_gaps` is the sum over all customers of the logarithms of the gaps between
/// purchases, in the unit of `histories`. Never fails, as [`super::fit_bg_nbd`].
///
/// # Reference
/// Reutterer, Platzer & Schröder (2021), the likelihood of section 3.
pub fn fit_regular(histories: &Histories, ln_gaps: f64, coin: FirstCoin, k: u32) -> Fit<Regular> {
    fit_from(histories, ln_gaps, coin, k, None)
}

/// The fit from several starts, or from the parameters of `near`, whose k may differ.
pub(crate) fn fit_from(h: &Histories, ln_gaps: f64, coin: FirstCoin, k: u32, near: Option<&Regular>) -> Fit<Regular> {
    let full = RegularLikelihood::new(h, ln_gaps, coin, k);
    let rate = nbd::mean_rate(h) * f64::from(k);
    let repeat_buyers = h.repeat_buyers() as u64;
    let short = repeat_buyers < MIN_REPEAT_BUYERS;
    let thin = (h.rows() > SAMPLE_ABOVE).then(|| h.thinned(h.rows() / SAMPLE_ROWS));
    let sample = thin.as_ref().map(|t| RegularLikelihood::new(t, ln_gaps, coin, k));
    let search = Search {
        full: &full,
        sample: sample.as_ref().map(|s| s as &dyn Likelihood),
        starts: starts(rate, k, near),
        bounds: vec![(1e-6, 1e6), (1e-9 / rate, 1e9 / rate), (1e-9, 1e7), (1e-6, 1e9)],
        prior: short.then(|| weak_prior(rate)),
    };
    let found = search.run();
    let p = &found.parameters;
    let model = Regular { k, r: p[0], alpha: p[1], a: p[2], b: p[3], coin };
    let limit = if short { None } else { limit_of(&found) };
    let mut fit = found.into_fit(model, limit, h.customers());
    if short {
        fit.status = FitStatus::TooFewRepeatBuyers { repeat_buyers, needed: MIN_REPEAT_BUYERS };
    }
    fit
}

/// The maximum for a smaller k, if at hand, with α per phase; else several.
fn starts(rate: f64, k: u32, near: Option<&Regular>) -> Vec<Vec<f64>> {
    if let Some(m) = near {
        return vec![vec![m.r, m.alpha * f64::from(m.k) / f64::from(k), m.a, m.b]];
    }
    [(0.4, 0.8, 2.0), (1.3, 0.5, 1.0), (1.0, 0.1, 3.0)]
        .iter()
        .map(|(r, a, b)| vec![*r, r / (rate * (1.0 + a / b)), *a, *b])
        .collect()
}

fn weak_prior(rate: f64) -> Prior {
    let strength = 1.0 / (1.2 * 1.2);
    let centre = [0.5, 0.5 / rate, 0.8, 2.4];
    Prior { terms: centre.iter().map(|c: &f64| (c.ln(), strength)).collect() }
}

fn limit_of(found: &Found) -> Option<Limit> {
    let p = &found.parameters;
    if p[2] / (p[2] + p[3]) < NO_DROPOUT {
        return Some(Limit::NoDropout);
    }
    if p[2] + p[3] > HUGE {
        return Some(Limit::HomogeneousDropout);
    }
    if p[2] + p[3] < 1.0 / HUGE {
        return Some(Limit::AllOrNothingDropout);
    }
    if p[0] > HUGE {
        return Some(Limit::HomogeneousPurchasing);
    }
    (p[0] < 1.0 / HUGE).then_some(Limit::ExtremePurchasing)
}

/// Fits (M)BG/CNBD-k with the k, from 1 to `max_k`, whose likelihood is highest:
/// upwards until the likelihood falls, as Platzer & Reutterer (2016) do.
/// Returned beside are the log-likelihoods tried, for k = 1, 2, ….
pub fn fit_regularity(histories: &Histories, ln_gaps: f64, coin: FirstCoin, max_k: u32) -> (Fit<Regular>, Vec<f64>) {
    let mut best = fit_regular(histories, ln_gaps, coin, 1);
    let mut tried = vec![best.log_likelihood];
    for k in 2..=max_k.max(1) {
        let next = fit_from(histories, ln_gaps, coin, k, Some(&best.model));
        tried.push(next.log_likelihood);
        if next.log_likelihood <= best.log_likelihood {
            break;
        }
        best = next;
    }
    (best, tried)
}

#[cfg(test)]
mod tests {
    use super::super::simulation::{Law, Population};
    use super::*;

    #[test]
    fn gradient_and_hessian_equal_differences() {
        let h = Histories::from_days(&[0, 1, 2, 6, 1, 0], &[0, 24, 18, 75, 54, 0], &[100, 97, 83, 87, 89, 40])
            .expect("valid");
        let at = [0.7, 1.5, 0.9, 1.7];
        for coin in [FirstCoin::Spared, FirstCoin::Tossed] {
            for k in [1, 2, 5] {
                let likelihood = RegularLikelihood::new(&h, 3.0, coin, k);
                let here = likelihood.evaluate(&at);
                for i in 0..4 {
                    let step = 1e-5 * at[i];
                    let moved = |s: f64| {
                        let mut p = at;
                        p[i] += s;
                        likelihood.evaluate(&p)
                    };
                    let (up, down) = (moved(step), moved(-step));
                    let slope = (up.value - down.value) / (2.0 * step);
                    assert!((here.gradient[i] - slope).abs() < 1e-6 * (1.0 + slope.abs()), "{k} {i}");
                    for j in 0..4 {
                        let curve = (up.gradient[j] - down.gradient[j]) / (2.0 * step);
                        assert!((here.hessian[i][j] - curve).abs() < 1e-5 * (1.0 + curve.abs()), "{k} {i} {j}");
                    }
                }
            }
        }
    }

    #[test]
    fn regularity_and_parameters_are_recovered() {
        for (law, coin, k) in
            [(Law::Repeat(0.6, 2.0), FirstCoin::Spared, 2), (Law::Any(0.5, 1.5), FirstCoin::Tossed, 3)]
        {
            let population = Population { law, k, ..Population::bg(1.2, 2.5, 0.6, 2.0) };
            let truths = population.customers(6000, 5, 30.0, 80.0);
            let x: Vec<u32> = truths.iter().map(|c| c.x).collect();
            let t_x: Vec<f64> = truths.iter().map(|c| c.t_x).collect();
            let t: Vec<f64> = truths.iter().map(|c| c.t).collect();
            let ln_gaps = truths.iter().map(|c| c.ln_gaps).sum();
            let h = Histories::from_values(&x, &t_x, &t, 7.0).expect("valid");
            let (fit, tried) = fit_regularity(&h, ln_gaps, coin, MAX_REGULARITY);
            assert_eq!(fit.model.k, k, "{tried:?}");
            assert!(fit.status.is_converged(), "{}", fit.status);
            let truth = match law {
                Law::Repeat(a, b) | Law::Any(a, b) | Law::Lifetime(a, b) => [1.2, 2.5, a, b],
            };
            let got = [fit.model.r, fit.model.alpha, fit.model.a, fit.model.b];
            for ((got, want), error) in got.iter().zip(truth).zip(fit.std_errors.expect("interior")) {
                assert!((got - want).abs() < 4.0 * error, "{got} against {want} ± {error}");
            }
        }
    }
}
