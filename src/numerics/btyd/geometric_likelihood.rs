//! Log-likelihood of BG/NBD and MBG/NBD over compressed histories, with
//! exact gradient and Hessian.
//!
//! All terms but one separate into a sum over x and a sum over T; the one
//! that does not, the logarithm of one plus the odds of having dropped out,
//! needs one exponential and one logarithm per distinct row.

use super::geometric::FirstCoin;
use super::histories::{Group, Histories};
use super::purchase_term::{PurchaseTerm, TimeTable};
use super::tails::Tails;
use crate::numerics::optimize::Evaluation;
use rayon::prelude::*;

/// Rows summed in one go; partial sums are added in row order, so the result
/// does not depend on the number of threads.
const CHUNK: usize = 8192;

/// Beyond this log-odds the other possibility is below the last digit.
const CERTAIN: f64 = 37.0;

/// The likelihood of a table of histories as a function of (r, α, a, b).
#[derive(Debug)]
pub(crate) struct GeometricLikelihood<'a> {
    histories: &'a Histories,
    coin: FirstCoin,
    purchases: Tails,
    coins: Tails,
    pieces: Vec<Group>,
}

/// Sums over rows of one x, of the dropout probability σ and q = σ(1 − σ)
/// against `D = ln((α+T)/(α+t_x))` and its derivatives D′, D″ by α.
#[derive(Debug, Clone, Copy, Default)]
struct RowSums {
    value: f64,
    s: f64,
    s_d: f64,
    s_d1: f64,
    s_d2: f64,
    q: f64,
    q_d: f64,
    q_d1: f64,
    q_dd: f64,
    q_dd1: f64,
    q_d1d1: f64,
}

impl<'a> GeometricLikelihood<'a> {
    pub(crate) fn new(histories: &'a Histories, coin: FirstCoin) -> Self {
        let pieces = histories
            .groups
            .iter()
            .filter(|g| coin.flips(g.x) > 0.0)
            .flat_map(|g| {
                (g.start..g.end).step_by(CHUNK).map(|start| Group { start, end: g.end.min(start + CHUNK), ..*g })
            })
            .collect();
        Self {
            histories,
            coin,
            purchases: Tails::new(&histories.groups, 1, 0),
            coins: Tails::new(&histories.groups, 1, coin.offset()),
            pieces,
        }
    }

    /// Log-likelihood and derivatives at natural parameters [r, α, a, b].
    pub(crate) fn evaluate(&self, p: &[f64]) -> Evaluation {
        let (alpha, a, b) = (p[1], p[2], p[3]);
        let table = TimeTable::new(&self.histories.times, alpha);
        let bought = PurchaseTerm::new(self.histories, &self.purchases, &table, 1.0, (p[0], alpha));
        let mut sum = Evaluation {
            value: bought.value,
            gradient: vec![bought.r, bought.alpha, 0.0, 0.0],
            hessian: vec![vec![0.0; 4]; 4],
        };
        sum.hessian[0][0] = bought.rr;
        sum.hessian[0][1] = bought.r_alpha;
        sum.hessian[1][1] = bought.alpha_alpha;
        let beta = self.coins.ln_beta(a, b);
        sum.value += beta.value;
        sum.gradient[2] += beta.a;
        sum.gradient[3] += beta.b;
        sum.hessian[2][2] += beta.aa;
        sum.hessian[2][3] += beta.ab;
        sum.hessian[3][3] += beta.bb;
        let rows: Vec<RowSums> =
            self.pieces.par_iter().with_min_len(4).map(|piece| self.rows(p, *piece, &table)).collect();
        for (piece, part) in self.pieces.iter().zip(&rows) {
            add_rows(p, f64::from(piece.x), self.coin.flips(piece.x), part, &mut sum);
        }
        for i in 0..4 {
            for j in 0..i {
                sum.hessian[i][j] = sum.hessian[j][i];
            }
        }
        sum
    }

    /// The dropout term of the rows of one piece.
    fn rows(&self, p: &[f64], piece: Group, table: &TimeTable) -> RowSums {
        let h = self.histories;
        let shape = p[0] + f64::from(piece.x);
        let level = (p[2] / (p[3] + self.coin.flips(piece.x) - 1.0)).ln();
        let mut sum = RowSums::default();
        for i in piece.start..piece.end {
            let (last, end) = (h.t_x[i] as usize, h.t[i] as usize);
            let d = table.log[end] - table.log[last];
            let (value, s, q) = dropout_term(level + shape * d);
            let (w, to, from) = (h.weight[i], table.inverse[end], table.inverse[last]);
            let d1 = to - from;
            let d2 = from * from - to * to;
            let (s, q) = (w * s, w * q);
            sum.value += w * value;
            sum.s += s;
            sum.s_d += s * d;
            sum.s_d1 += s * d1;
            sum.s_d2 += s * d2;
            sum.q += q;
            sum.q_d += q * d;
            sum.q_d1 += q * d1;
            sum.q_dd += q * d * d;
            sum.q_dd1 += q * d * d1;
            sum.q_d1d1 += q * d1 * d1;
        }
        sum
    }
}

/// `ln(1 + e^u)`, its derivative σ and σ(1 − σ).
fn dropout_term(u: f64) -> (f64, f64, f64) {
    if u > CERTAIN {
        return (u, 1.0, 0.0);
    }
    let e = (-u.abs()).exp();
    let inverse = 1.0 / (1.0 + e);
    let small = e * inverse;
    if u > 0.0 { (u + e.ln_1p(), inverse, small * inverse) } else { (e.ln_1p(), small, small * inverse) }
}

/// Chain rule from u = ln a − ln c + (r+x) D, c = b + flips − 1, to (r, α, a, b).
fn add_rows(p: &[f64], x: f64, flips: f64, part: &RowSums, sum: &mut Evaluation) {
    let (s, ia, ic) = (p[0] + x, 1.0 / p[2], 1.0 / (p[3] + flips - 1.0));
    sum.value += part.value;
    let g = &mut sum.gradient;
    g[0] += part.s_d;
    g[1] += s * part.s_d1;
    g[2] += part.s * ia;
    g[3] -= part.s * ic;
    let h = &mut sum.hessian;
    h[0][0] += part.q_dd;
    h[0][1] += s * part.q_dd1 + part.s_d1;
    h[0][2] += part.q_d * ia;
    h[0][3] -= part.q_d * ic;
    h[1][1] += s * (s * part.q_d1d1 + part.s_d2);
    h[1][2] += s * part.q_d1 * ia;
    h[1][3] -= s * part.q_d1 * ic;
    h[2][2] += (part.q - part.s) * ia * ia;
    h[2][3] -= part.q * ia * ic;
    h[3][3] += (part.q + part.s) * ic * ic;
}
