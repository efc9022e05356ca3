//! Each item by a ridge regression on the items most like it.
//!
//! Source: Ning & Karypis (2011), "SLIM: sparse linear methods for top-N recommender systems", ICDM, with their choice of
//! the columns by similarity (fsSLIM, section IV-B), a quadratic penalty only, and centred columns as in Steck (2019),
//! "Embarrassingly shallow autoencoders for sparse data", WWW.
//!
//! # Formula
//! With x the customers by items, `b = (S + λI)⁻¹ s` for each item j, where S holds the centred sums of products of its
//! neighbours, `c_ab − a b / n`, and s theirs with j; relevance is `p_j + Σ_i b_i (x_i − p_i)`, which is what a customer with
//! these items is expected to have of j. The penalty λ draws it to the item's popularity p_j: with few customers, or
//! without a pattern, popularity is what remains.
//!
//! Each system is solved by the Cholesky factorisation of `linfa-linalg`.

use linfa_linalg::cholesky::SolveCInplace;
use ndarray::Array2;
use rayon::prelude::*;

use super::item_to_item::Neighbours;
use super::{Model, PairCounts, RecommendError};

/// A fitted regression.
#[derive(Debug, Clone, PartialEq)]
pub struct Regression {
    /// The penalty λ.
    pub penalty: f64,
    /// The model.
    pub model: Model,
    /// Items whose system could not be solved; they stay at their popularity.
    pub unsolved: usize,
}

/// Fits all items, each on its neighbours, once for each of the penalties λ, in customers.
///
/// # Errors
/// [`RecommendError::Option`] unless the penalties are positive, [`RecommendError::Length`] for neighbours of other items.
pub fn item_regressions(
    pairs: &PairCounts,
    neighbours: &Neighbours,
    penalties: &[f64],
) -> Result<Vec<Regression>, RecommendError> {
    if let Some(wrong) = penalties.iter().find(|penalty| !(**penalty > 0.0 && penalty.is_finite())) {
        let (option, allowed) = ("penalty", "a positive number");
        return Err(RecommendError::Option { option, value: *wrong, allowed });
    }
    if neighbours.of.len() != pairs.items() {
        let (found, expected) = (neighbours.of.len(), pairs.items());
        return Err(RecommendError::Length { what: "items with neighbours", found, expected });
    }
    let fit = |(item, near): (usize, &Vec<(u32, f64)>)| {
        let system = System::of(pairs, item, near);
        penalties.iter().map(|penalty| system.solve(*penalty)).collect::<Vec<_>>()
    };
    let solved = neighbours.of.par_iter().enumerate().with_max_len(64).map(fit).collect::<Vec<_>>();
    let regression = |(at, penalty): (usize, &f64)| {
        let unsolved = solved.iter().filter(|own| own[at].is_none()).count();
        let sources = solved.iter().map(|own| own[at].clone().unwrap_or_default()).collect::<Vec<_>>();
        Regression { penalty: *penalty, model: model(pairs, &sources), unsolved }
    };
    Ok(penalties.iter().enumerate().map(regression).collect())
}

/// The model of the weights: what speaks for an item counts against what is usual.
fn model(pairs: &PairCounts, sources: &[Vec<(u32, f64)>]) -> Model {
    let customers = f64::from(pairs.customers().max(1));
    let share = |item: usize| f64::from(pairs.buyers(item)) / customers;
    let base = |(item, sources): (usize, &Vec<(u32, f64)>)| {
        share(item) - sources.iter().map(|(other, weight)| weight * share(*other as usize)).sum::<f64>()
    };
    Model::of_sources(sources.iter().enumerate().map(base).collect(), sources)
}

/// The normal equations of an item without a penalty.
struct System {
    neighbours: Vec<u32>,
    matrix: Array2<f64>,
    target: Array2<f64>,
}

impl System {
    fn of(pairs: &PairCounts, item: usize, near: &[(u32, f64)]) -> Self {
        let neighbours = near.iter().map(|(other, _)| *other).collect::<Vec<_>>();
        let size = neighbours.len();
        let customers = f64::from(pairs.customers());
        let centred = |a: usize, b: usize| {
            let [x, y, both] = [pairs.buyers(a), pairs.buyers(b), pairs.both(a, b)].map(f64::from);
            both - x * y / customers
        };
        let mut matrix = Array2::zeros((size, size));
        for row in 0..size {
            for column in row..size {
                let product = centred(neighbours[row] as usize, neighbours[column] as usize);
                (matrix[(row, column)], matrix[(column, row)]) = (product, product);
            }
        }
        let target = Array2::from_shape_fn((size, 1), |(row, _)| centred(neighbours[row] as usize, item));
        Self { neighbours, matrix, target }
    }

    /// The weights of the neighbours; nothing when the system can't be solved.
    fn solve(&self, penalty: f64) -> Option<Vec<(u32, f64)>> {
        if self.neighbours.is_empty() {
            return Some(Vec::new());
        }
        let (mut matrix, mut weights) = (self.matrix.clone(), self.target.clone());
        matrix.diag_mut().mapv_inplace(|variance| variance + penalty);
        matrix.solvec_inplace(&mut weights).ok()?;
        let found = self.neighbours.iter().copied().zip(weights.iter().copied()).collect::<Vec<_>>();
        found.iter().all(|(_, weight)| weight.is_finite()).then_some(found)
    }
}
