//! Log-likelihood of Pareto/NBD over compressed histories, with exact gradient
//! and Hessian.
//!
//! # Formula
//! With `P(t) = (1+t/α)^{−(r+x)} (1+t/β)^{−s}` and g(t) the weight of dropping out
//! after t ([`super::lomax_moments`]), one customer contributes
//!
//! `ln Γ(r+x)/Γ(r) − x ln α + ln[P(T)(1 − g(T)) + P(t_x) g(t_x)]`,
//!
//! Fader & Hardie (2005), eq. (17), as a sum of two positive terms that depend
//! on (x, T) and (x, `t_x`) alone. So the integrals are needed per distinct pair,
//! and a row costs one exponential and one logarithm.

use super::fit::Likelihood;
use super::histories::{Group, Histories};
use super::lomax::Lomax;
use super::lomax_moments::{Moments, moments_at};
use super::second_order::{PAIRS, Term};
use super::tails::Tails;
use crate::numerics::optimize::Evaluation;
use rayon::prelude::*;

/// Rows of one x with the times that occur among them.
#[derive(Debug)]
struct Block {
    group: Group,
    /// Distinct times of the block, ascending.
    times: Vec<f64>,
    /// Place of `t_x` and of T among them, per row.
    places: Vec<(u32, u32)>,
}

/// The likelihood of a table as a function of (r, α, s, β).
#[derive(Debug)]
pub(crate) struct ParetoLikelihood<'a> {
    histories: &'a Histories,
    purchases: Tails,
    blocks: Vec<Block>,
}

impl<'a> ParetoLikelihood<'a> {
    pub(crate) fn new(histories: &'a Histories) -> Self {
        let blocks = histories.groups.iter().map(|g| Block::new(histories, *g)).collect();
        Self { histories, purchases: Tails::new(&histories.groups, 1, 0), blocks }
    }
}

impl Block {
    fn new(h: &Histories, group: Group) -> Self {
        let rows = group.start..group.end;
        let mut present = vec![false; h.times.len()];
        for i in rows.clone() {
            present[h.t_x[i] as usize] = true;
            present[h.t[i] as usize] = true;
        }
        let mut place = vec![0u32; h.times.len()];
        let mut times = Vec::new();
        for (k, there) in present.iter().enumerate() {
            if *there {
                place[k] = u32::try_from(times.len()).unwrap_or(u32::MAX);
                times.push(h.times[k]);
            }
        }
        let places = rows.map(|i| (place[h.t_x[i] as usize], place[h.t[i] as usize])).collect();
        Self { group, times, places }
    }

    fn sums(&self, weights: &[f64], p: &[f64]) -> Term {
        let power = p[0] + f64::from(self.group.x);
        let base = Lomax { power, alpha: p[1], s: p[2], beta: p[3] };
        let terms: Vec<(Term, Term)> =
            self.times.iter().zip(moments_at(&self.times, &base)).map(|(t, m)| terms_of(&base, *t, &m)).collect();
        let mut shares = vec![(0.0, 0.0); terms.len()];
        let mut sums = Term::default();
        for ((last, end), weight) in self.places.iter().zip(&weights[self.group.start..self.group.end]) {
            let (kept, lost) = sums.add_either(*weight, &terms[*end as usize].0, &terms[*last as usize].1);
            shares[*end as usize].0 += kept;
            shares[*last as usize].1 += lost;
        }
        for ((alive, gone), (kept, lost)) in terms.iter().zip(&shares) {
            sums.add_slopes(alive, *kept);
            sums.add_slopes(gone, *lost);
        }
        sums
    }
}

/// `ln[P(t)(1 − g(t))]` and `ln[P(t) g(t)]`.
fn terms_of(base: &Lomax, t: f64, m: &Moments) -> (Term, Term) {
    let (ia, ib) = (1.0 / (base.alpha + t), 1.0 / (base.beta + t));
    let (ca, cb) = (t * ia / base.alpha, t * ib / base.beta);
    let (la, lb) = ((t / base.alpha).ln_1p(), (t / base.beta).ln_1p());
    let ln_p = -base.power * la - base.s * lb;
    let first = [-la, base.power * ca, -lb, base.s * cb];
    let aa = -base.power * ca * (1.0 / base.alpha + ia);
    let bb = -base.s * cb * (1.0 / base.beta + ib);
    let second = [0.0, ca, 0.0, 0.0, aa, 0.0, 0.0, 0.0, cb, bb];
    // ln(1 − g): derivative −g'/(1−g), with g' = g (ln g)'.
    let odds = (m.ln_gone - m.ln_kept).exp();
    let alive = Term {
        value: ln_p + m.ln_kept,
        first: std::array::from_fn(|k| first[k] - odds * m.first[k]),
        second: std::array::from_fn(|k| {
            let (i, j) = PAIRS[k];
            second[k] - odds * (m.second[k] + (1.0 + odds) * m.first[i] * m.first[j])
        }),
    };
    let gone = Term {
        value: ln_p + m.ln_gone,
        first: std::array::from_fn(|k| first[k] + m.first[k]),
        second: std::array::from_fn(|k| second[k] + m.second[k]),
    };
    (alive, gone)
}

impl Likelihood for ParetoLikelihood<'_> {
    fn evaluate(&self, p: &[f64]) -> Evaluation {
        let weights = &self.histories.weight;
        let parts: Vec<Term> = self.blocks.par_iter().map(|block| block.sums(weights, p)).collect();
        let mut sums = Term::default();
        for part in &parts {
            sums.add(part);
        }
        let rising = self.purchases.ln_rising(p[0]);
        let n = self.histories.repeat_purchases();
        sums.value += rising.value - n * p[1].ln();
        sums.first[0] += rising.first;
        sums.first[1] -= n / p[1];
        sums.second[0] += rising.second;
        sums.second[4] += n / (p[1] * p[1]);
        sums.into_evaluation()
    }
}
