//! Sums of logarithms with their derivatives by four parameters.

use crate::numerics::optimize::Evaluation;

/// Pairs (i, j), i ≤ j, of the four parameters in the order of `second`.
pub(crate) const PAIRS: [(usize, usize); 10] =
    [(0, 0), (0, 1), (0, 2), (0, 3), (1, 1), (1, 2), (1, 3), (2, 2), (2, 3), (3, 3)];

/// A value with first and second derivatives by four parameters.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Term {
    pub value: f64,
    pub first: [f64; 4],
    pub second: [f64; 10],
}

impl Term {
    /// Adds another term, value and all.
    pub(crate) fn add(&mut self, other: &Self) {
        self.value += other.value;
        self.add_slopes(other, 1.0);
    }

    /// Adds the derivatives of `term`, `weight` times.
    pub(crate) fn add_slopes(&mut self, term: &Self, weight: f64) {
        self.first.iter_mut().zip(term.first).for_each(|(a, b)| *a += weight * b);
        self.second.iter_mut().zip(term.second).for_each(|(a, b)| *a += weight * b);
    }

    /// Adds `weight` times the logarithm of e^alive + e^gone, but for the slopes of
    /// the two, whose shares are returned.
    pub(crate) fn add_either(&mut self, weight: f64, alive: &Self, gone: &Self) -> (f64, f64) {
        let u = gone.value - alive.value;
        let e = (-u.abs()).exp();
        let small = e / (1.0 + e);
        let share = if u > 0.0 { 1.0 - small } else { small };
        self.value += weight * (alive.value.max(gone.value) + e.ln_1p());
        let mixed = weight * small * (1.0 - small);
        let d: [f64; 4] = std::array::from_fn(|k| gone.first[k] - alive.first[k]);
        for (sum, (i, j)) in self.second.iter_mut().zip(PAIRS) {
            *sum += mixed * d[i] * d[j];
        }
        (weight * (1.0 - share), weight * share)
    }

    /// As the optimiser wants it.
    pub(crate) fn into_evaluation(self) -> Evaluation {
        let mut hessian = vec![vec![0.0; 4]; 4];
        for (value, (i, j)) in self.second.iter().zip(PAIRS) {
            hessian[i][j] = *value;
            hessian[j][i] = *value;
        }
        Evaluation { value: self.value, gradient: self.first.to_vec(), hessian }
    }
}
