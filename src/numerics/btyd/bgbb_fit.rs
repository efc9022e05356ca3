//! Fitting BG/BB.

use super::bgbb::{BgBb, Opportunities};
use super::fit::{Fit, FitStatus, Likelihood, Limit, Prior, Search};
use super::second_order::{PAIRS, Term};
use crate::numerics::optimize::Evaluation;
use crate::numerics::special::{digamma, ln_beta_shift, ln_gamma_ratio, trigamma};

/// Fewer customers with a use than this carry no information on dropout.
const MIN_USERS: u64 = 5;

/// A sum of shapes beyond this stands for "no spread", one below its inverse for
/// "unlimited spread".
const HUGE: f64 = 1e4;

/// Customers by what has been seen of them, in canonical order.
#[derive(Debug, Clone, PartialEq)]
pub struct OpportunityTable {
    cells: Vec<(Opportunities, f64)>,
}

impl OpportunityTable {
    /// From one entry, with its number of customers, per cell or customer. Entries
    /// that cannot be (see [`Opportunities::is_possible`]) are left out and counted
    /// in the second value.
    pub fn new(rows: &[(Opportunities, f64)]) -> (Self, usize) {
        let mut kept: Vec<(Opportunities, f64)> =
            rows.iter().filter(|(h, weight)| h.is_possible() && *weight > 0.0).copied().collect();
        let left_out = rows.len() - kept.len();
        kept.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let mut cells: Vec<(Opportunities, f64)> = Vec::new();
        for (h, weight) in kept {
            match cells.last_mut() {
                Some((last, sum)) if *last == h => *sum += weight,
                _ => cells.push((h, weight)),
            }
        }
        (Self { cells }, left_out)
    }

    fn customers(&self) -> f64 {
        self.cells.iter().map(|c| c.1).sum()
    }
}

impl Likelihood for OpportunityTable {
    fn evaluate(&self, p: &[f64]) -> Evaluation {
        let mut sum = Term::default();
        for (h, weight) in &self.cells {
            let cell = cell_term(p, h);
            sum.value += weight * cell.value;
            sum.add_slopes(&cell, *weight);
        }
        sum.into_evaluation()
    }
}

/// Adds `ln Γ(y+n) − ln Γ(y)`, `sign` times, y being the sum of the parameters
/// that `of` picks.
fn add_rising(term: &mut Term, p: &[f64], of: [bool; 4], n: f64, sign: f64) {
    let y: f64 = p.iter().zip(of).filter(|(_, there)| *there).map(|(v, _)| v).sum();
    let (first, second) = (digamma(y + n) - digamma(y), trigamma(y + n) - trigamma(y));
    term.value += sign * ln_gamma_ratio(y, n);
    add_linear(term, of, sign * first, sign * second);
}

/// Adds derivatives of a function of that sum.
fn add_linear(term: &mut Term, of: [bool; 4], first: f64, second: f64) {
    for (slot, there) in term.first.iter_mut().zip(of) {
        *slot += if there { first } else { 0.0 };
    }
    for (slot, (i, j)) in term.second.iter_mut().zip(PAIRS) {
        *slot += if of[i] && of[j] { second } else { 0.0 };
    }
}

/// Adds `sign · ln(sum + c)`.
fn add_ln(term: &mut Term, p: &[f64], of: [bool; 4], c: f64, sign: f64) {
    let y: f64 = c + p.iter().zip(of).filter(|(_, there)| *there).map(|(v, _)| v).sum::<f64>();
    term.value += sign * y.ln();
    add_linear(term, of, sign / y, -sign / (y * y));
}

const ALPHA: [bool; 4] = [true, false, false, false];
const BETA: [bool; 4] = [false, true, false, false];
const BOTH: [bool; 4] = [true, true, false, false];
const GAMMA: [bool; 4] = [false, false, true, false];
const DELTA: [bool; 4] = [false, false, false, true];
const DROP: [bool; 4] = [false, false, true, true];

/// Log-likelihood of one cell with derivatives: the logarithm of a sum of positive
/// terms, each of which is a ratio of rising factorials.
fn cell_term(p: &[f64], h: &Opportunities) -> Term {
    let (x, t_x) = (f64::from(h.x), f64::from(h.t_x));
    let mut running = Term::default();
    add_rising(&mut running, p, ALPHA, x, 1.0);
    add_rising(&mut running, p, BETA, t_x - x, 1.0);
    add_rising(&mut running, p, BOTH, t_x, -1.0);
    // (δ)_t/(γ+δ)_t, stable for huge parameters.
    add_rising(&mut running, p, DELTA, t_x, 1.0);
    add_rising(&mut running, p, DROP, t_x, -1.0);
    running.value += ln_beta_shift(p[2], p[3], t_x) - ln_gamma_ratio(p[3], t_x) + ln_gamma_ratio(p[2] + p[3], t_x);
    let mut terms = Vec::with_capacity((h.n - h.t_x) as usize + 1);
    for i in 0..h.n - h.t_x {
        let i = f64::from(i);
        // Dropped out before opportunity t_x + i + 1: times γ/(γ+δ+t_x+i).
        let mut gone = running;
        add_ln(&mut gone, p, GAMMA, 0.0, 1.0);
        add_ln(&mut gone, p, DROP, t_x + i, -1.0);
        terms.push(gone);
        add_ln(&mut running, p, BETA, t_x - x + i, 1.0);
        add_ln(&mut running, p, BOTH, t_x + i, -1.0);
        add_ln(&mut running, p, DELTA, t_x + i, 1.0);
        add_ln(&mut running, p, DROP, t_x + i, -1.0);
    }
    terms.push(running);
    ln_sum(&terms)
}

/// `ln Σ e^{term}` with derivatives.
fn ln_sum(terms: &[Term]) -> Term {
    let top = terms.iter().map(|t| t.value).fold(f64::NEG_INFINITY, f64::max);
    let total: f64 = terms.iter().map(|t| (t.value - top).exp()).sum();
    let mut sum = Term { value: top + total.ln(), ..Term::default() };
    for term in terms {
        let share = (term.value - top).exp() / total;
        sum.add_slopes(term, share);
        for (slot, (i, j)) in sum.second.iter_mut().zip(PAIRS) {
            *slot += share * term.first[i] * term.first[j];
        }
    }
    for (slot, (i, j)) in sum.second.iter_mut().zip(PAIRS) {
        *slot -= sum.first[i] * sum.first[j];
    }
    sum
}

/// Log-likelihood of a whole table.
pub fn bgbb_log_likelihood(table: &OpportunityTable, model: &BgBb) -> f64 {
    table.evaluate(&[model.alpha, model.beta, model.gamma, model.delta]).value
}

/// Gradient of the log-likelihood of a whole table by (α, β, γ, δ).
pub fn bgbb_gradient(table: &OpportunityTable, model: &BgBb) -> Vec<f64> {
    table.evaluate(&[model.alpha, model.beta, model.gamma, model.delta]).gradient
}

/// Fits BG/BB by maximum likelihood. Never fails, as [`super::fit_bg_nbd`].
///
/// # Reference
/// Fader, Hardie & Shang (2010), eq. (5).
pub fn fit_bgbb(table: &OpportunityTable) -> Fit<BgBb> {
    let users: f64 = table.cells.iter().filter(|c| c.0.x > 0).map(|c| c.1).sum();
    let users = users as u64;
    let short = users < MIN_USERS;
    let centre = [1.0f64, 1.5, 0.7, 3.0];
    let search = Search {
        full: table,
        sample: None,
        starts: vec![centre.to_vec(), vec![0.5, 0.5, 0.5, 1.0], vec![3.0, 6.0, 2.0, 20.0]],
        bounds: vec![(1e-6, 1e7); 4],
        prior: short.then(|| Prior { terms: centre.iter().map(|c| (c.ln(), 0.7)).collect() }),
    };
    let found = search.run();
    let p = &found.parameters;
    let model = BgBb { alpha: p[0], beta: p[1], gamma: p[2], delta: p[3] };
    let limit = if short { None } else { limit_of(p) };
    let mut fit = found.into_fit(model, limit, table.customers());
    if short {
        fit.status = FitStatus::TooFewRepeatBuyers { repeat_buyers: users, needed: MIN_USERS };
    }
    fit
}

fn limit_of(p: &[f64]) -> Option<Limit> {
    if p[2] / (p[2] + p[3]) < 1e-6 {
        return Some(Limit::NoDropout);
    }
    if p[2] + p[3] > HUGE {
        return Some(Limit::HomogeneousDropout);
    }
    if p[2] + p[3] < 1.0 / HUGE {
        return Some(Limit::AllOrNothingDropout);
    }
    if p[0] + p[1] > HUGE {
        return Some(Limit::HomogeneousPurchasing);
    }
    (p[0] + p[1] < 1.0 / HUGE).then_some(Limit::ExtremePurchasing)
}

#[cfg(test)]
mod tests {
    use super::super::simulation::Random;
    use super::*;

    #[test]
    fn derivatives_equal_differences() {
        let cells = [(0, 0, 6), (1, 1, 6), (2, 5, 6), (6, 6, 6), (3, 4, 9)];
        let rows: Vec<_> = cells.iter().map(|(x, t_x, n)| (Opportunities { x: *x, t_x: *t_x, n: *n }, 2.0)).collect();
        let (table, left_out) = OpportunityTable::new(&rows);
        assert_eq!(left_out, 0);
        let at = [1.2, 0.75, 0.66, 2.8];
        let here = table.evaluate(&at);
        for k in 0..4 {
            let moved = |s: f64| {
                let mut p = at;
                p[k] += s;
                table.evaluate(&p)
            };
            let (up, down) = (moved(1e-5), moved(-1e-5));
            let slope = (up.value - down.value) / 2e-5;
            assert!((here.gradient[k] - slope).abs() < 1e-7 * (1.0 + slope.abs()));
            for j in 0..4 {
                let curve = (up.gradient[j] - down.gradient[j]) / 2e-5;
                assert!((here.hessian[k][j] - curve).abs() < 1e-6 * (1.0 + curve.abs()));
            }
        }
    }

    #[test]
    fn impossible_rows_are_counted() {
        let rows = [(Opportunities { x: 3, t_x: 2, n: 6 }, 1.0), (Opportunities { x: 0, t_x: 2, n: 6 }, 1.0)];
        assert_eq!(OpportunityTable::new(&rows).1, 2);
    }

    #[test]
    fn parameters_are_recovered() {
        let truth = [1.2, 0.8, 0.7, 2.8];
        let mut random = Random::new(3);
        let rows: Vec<(Opportunities, f64)> = (0..20_000)
            .map(|_| {
                let (p, theta) = (random.beta(truth[0], truth[1]), random.beta(truth[2], truth[3]));
                let mut h = Opportunities { x: 0, t_x: 0, n: 8 };
                for i in 1..=8 {
                    if random.uniform() < theta {
                        break;
                    }
                    if random.uniform() < p {
                        h.x += 1;
                        h.t_x = i;
                    }
                }
                (h, 1.0)
            })
            .collect();
        let fit = fit_bgbb(&OpportunityTable::new(&rows).0);
        assert!(fit.status.is_converged(), "{}", fit.status);
        let got = [fit.model.alpha, fit.model.beta, fit.model.gamma, fit.model.delta];
        for ((got, want), error) in got.iter().zip(truth).zip(fit.std_errors.expect("interior")) {
            assert!((got - want).abs() < 4.0 * error, "{got} against {want} ± {error}");
        }
    }
}
