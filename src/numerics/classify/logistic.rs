//! Logistic regression: linfa-logistic goes near the optimum, Newton's steps go to it, and tell whether it was reached,
//! which linfa doesn't. Where columns say nearly the same its solver alone would need hundreds of passes over the rows.
//!
//! # Formula
//! `P(outcome | x) = 1 ÷ (1 + exp(−(β₀ + β·x)))`; β maximises `Σ ln P(yᵢ | xᵢ) − ridge ÷ 2 · β·β` (Cox 1958, "The
//! regression analysis of binary sequences", JRSS B 20; le Cessie & van Houwelingen 1992, "Ridge estimators in logistic
//! regression", Applied Statistics 41). The intercept carries no penalty.

use linfa::DatasetBase;
use linfa::traits::Fit;
use linfa_linalg::cholesky::SolveCInplace;
use linfa_logistic::LogisticRegression;
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, Slice};
use rayon::prelude::*;

use super::error::ClassifyError;
use super::learner::check;
use crate::numerics::special::{logistic, softplus};

/// Gradient per row at which linfa's solver may stop: near the optimum, from where Newton's steps are cheaper.
const NEAR: f64 = 1e-4;

/// Steps of linfa's solver.
const MAX_STEPS: u64 = 40;

/// Largest gradient per row at what counts as the optimum.
const CONVERGED: f64 = 1e-10;

/// A reduction of less than this share of the loss is lost in its rounding: a last step, and the optimum is reached.
const ROUNDING: f64 = 1e-11;

/// Loss per row of a perfect separation.
const PERFECT: f64 = 1e-6;

/// Newton's steps.
const MAX_NEWTON: usize = 30;

/// Times that a step is halved before it counts as no step.
const MAX_HALVINGS: usize = 30;

/// Least part of the reduction that the gradient promises (Armijo 1966).
const LEAST_REDUCTION: f64 = 1e-4;

/// What is added to the diagonal of a Hessian that can't be solved, as a share of its largest entry.
const JITTER: f64 = 1e-9;

/// A column whose spread beyond others is less than this share of its own follows from them.
const FOLLOWS: f64 = 1e-9;

/// Rows that are summed in one go: few enough to stay in the cache of a core.
const CHUNK: usize = 1024;

/// Rows that linfa's solver sees; of more, as many are taken in even steps. It is to come near the optimum only.
const NEAR_ROWS: usize = 8192;

/// A fitted logistic regression.
#[derive(Debug, Clone, PartialEq)]
pub struct Logistic {
    /// β₀.
    pub intercept: f64,
    /// β, one per column.
    pub coefficients: Vec<f64>,
    /// Log-likelihood of the training rows, without the penalty.
    pub log_likelihood: f64,
    /// Whether the gradient is zero but for rounding. Where the columns tell the outcomes apart without a mistake and there
    /// is no penalty, it never is.
    pub is_converged: bool,
}

/// Fits a logistic regression to a matrix (rows × columns) and the outcomes of its rows.
///
/// # Errors
/// When the outcomes are all the same, a cell is not finite, or the solver gives up.
pub fn fit_logistic(x: &Array2<f64>, outcomes: &[bool], ridge: f64) -> Result<Logistic, ClassifyError> {
    check(x, outcomes)?;
    let ridge = ridge.max(0.0);
    let rows = (0..NEAR_ROWS.min(outcomes.len())).map(|at| at * outcomes.len() / NEAR_ROWS.min(outcomes.len()));
    let rows = rows.collect::<Vec<_>>();
    let known = rows.iter().map(|row| outcomes[*row]).collect::<Array1<bool>>();
    let data = DatasetBase::new(x.select(Axis(0), &rows), known);
    let params = LogisticRegression::default()
        .alpha(ridge)
        .gradient_tolerance(NEAR * rows.len() as f64)
        .max_iterations(MAX_STEPS);
    let start = match params.fit(&data) {
        Ok(fitted) => {
            // linfa takes the more frequent class as the positive one
            let sign = if fitted.labels().pos.class { 1.0 } else { -1.0 };
            let slopes = fitted.params().iter().copied().chain([fitted.intercept()]);
            slopes.map(|b| sign * b).collect()
        }
        // its line search fails where rounding leaves nothing to gain, and the rows may be all alike: Newton's steps begin at
        // zero then
        Err(_) => vec![0.0; x.ncols() + 1],
    };
    let problem = Problem { x, outcomes, ridge };
    match problem.solve(start) {
        // what some rows suggest may be no place to begin with all
        Ok(fitted) if !fitted.is_converged && rows.len() < outcomes.len() => problem.solve(vec![0.0; x.ncols() + 1]),
        fitted => fitted,
    }
}

/// The same from a point that is near the optimum, without linfa's steps: one coefficient per column, and the intercept.
///
/// # Errors
/// As [`fit_logistic`]; a point of another length.
pub fn refit_logistic(
    x: &Array2<f64>,
    outcomes: &[bool],
    ridge: f64,
    coefficients: &[f64],
    intercept: f64,
) -> Result<Logistic, ClassifyError> {
    check(x, outcomes)?;
    if coefficients.len() != x.ncols() {
        return Err(ClassifyError::Length { found: coefficients.len(), expected: x.ncols() });
    }
    let start = coefficients.iter().copied().chain([intercept]).collect();
    Problem { x, outcomes, ridge: ridge.max(0.0) }.solve(start)
}

/// β·β of a point (β, then β₀).
fn squares(point: &[f64]) -> f64 {
    point[..point.len() - 1].iter().map(|b| b * b).sum()
}

/// The penalised likelihood of some rows, with its sign turned.
struct Problem<'a> {
    x: &'a Array2<f64>,
    outcomes: &'a [bool],
    ridge: f64,
}

impl Problem<'_> {
    /// What each chunk of rows gives, in their order whatever the threads: the sums are the same every time.
    fn chunks<T: Send>(&self, each: impl Fn(std::ops::Range<usize>) -> T + Sync) -> Vec<T> {
        let rows = self.outcomes.len();
        let starts = (0..rows.div_ceil(CHUNK)).into_par_iter();
        starts.map(|number| each(number * CHUNK..rows.min((number + 1) * CHUNK))).collect()
    }

    fn rows(&self, rows: &std::ops::Range<usize>) -> ArrayView2<'_, f64> {
        self.x.slice_axis(Axis(0), Slice::from(rows.clone()))
    }

    fn scores(&self, point: &[f64], rows: &std::ops::Range<usize>) -> Array1<f64> {
        let columns = point.len() - 1;
        self.rows(rows).dot(&ArrayView1::from(&point[..columns])) + point[columns]
    }

    fn loss(&self, point: &[f64]) -> f64 {
        let parts = self.chunks(|rows| {
            let scores = self.scores(point, &rows);
            let signed = scores.iter().zip(&self.outcomes[rows]).map(|(score, y)| if *y { -score } else { *score });
            signed.map(softplus).sum::<f64>()
        });
        parts.iter().sum::<f64>() + self.ridge / 2.0 * squares(point)
    }

    /// Probabilities less outcomes, the square roots of the weights p (1 − p), and the columns with one of ones.
    fn parts(&self, point: &[f64], rows: &std::ops::Range<usize>) -> (Array1<f64>, Array1<f64>, Array2<f64>) {
        let probabilities = self.scores(point, rows).mapv(logistic);
        let known = &self.outcomes[rows.clone()];
        let residuals = probabilities.iter().zip(known).map(|(p, y)| p - f64::from(u8::from(*y))).collect();
        let mut design = Array2::ones((rows.len(), point.len()));
        design.slice_axis_mut(Axis(1), Slice::from(..point.len() - 1)).assign(&self.rows(rows));
        (residuals, probabilities.mapv(|p| (p * (1.0 - p)).sqrt()), design)
    }

    fn candidates(&self, point: &[f64], rows: std::ops::Range<usize>, mut own: Array2<f64>) -> Candidates {
        let (residuals, roots, mut design) = self.parts(point, &rows);
        let scores = weighted_sum(&own, &residuals);
        let roots = roots.insert_axis(Axis(1));
        design *= &roots;
        own *= &roots;
        Candidates { scores, squares: own.mapv(|z| z * z).sum_axis(Axis(0)), shared: design.t().dot(&own) }
    }

    /// First and second derivatives of the loss.
    fn derivatives(&self, point: &[f64]) -> (Array1<f64>, Array2<f64>) {
        let size = point.len();
        let parts = self.chunks(|rows| {
            let (residuals, roots, mut design) = self.parts(point, &rows);
            let gradient = weighted_sum(&design, &residuals);
            design *= &roots.insert_axis(Axis(1));
            (gradient, design.t().dot(&design))
        });
        let mut gradient = Array1::zeros(size);
        let mut hessian = Array2::zeros((size, size));
        for (g, h) in &parts {
            gradient += g;
            hessian += h;
        }
        for at in 0..size - 1 {
            gradient[at] += self.ridge * point[at];
            hessian[[at, at]] += self.ridge;
        }
        (gradient, hessian)
    }

    /// The optimum, from a start.
    fn solve(&self, start: Vec<f64>) -> Result<Logistic, ClassifyError> {
        let (mut point, is_converged) = self.newton(start);
        let log_likelihood = -self.loss(&point) + self.ridge / 2.0 * squares(&point);
        let intercept = point.pop().unwrap_or_default();
        if !intercept.is_finite() || !point.iter().all(|b| b.is_finite()) {
            return Err(ClassifyError::Solver { reason: "the coefficients are not finite".to_owned() });
        }
        Ok(Logistic { intercept, coefficients: point, log_likelihood, is_converged })
    }

    /// Newton's steps from a point, each halved until it pays; whether the gradient came to zero but for rounding.
    fn newton(&self, mut point: Vec<f64>) -> (Vec<f64>, bool) {
        let rows = self.outcomes.len() as f64;
        let mut loss = self.loss(&point);
        for _ in 0..MAX_NEWTON {
            let (gradient, hessian) = self.derivatives(&point);
            let is_near = gradient.iter().all(|g| g.abs() <= CONVERGED * rows);
            // columns that tell the outcomes apart without a mistake have no optimum: the loss falls to nothing
            if is_near && loss <= PERFECT * rows {
                return (point, false);
            }
            let Some(step) = solved(&hessian, &gradient) else { return (point, is_near) };
            let promised: f64 = step.iter().zip(&gradient).map(|(s, g)| s * g).sum();
            let moved = |share: f64| point.iter().zip(&step).map(|(b, s)| b - share * s).collect::<Vec<_>>();
            if is_near || promised <= ROUNDING * loss {
                return (moved(1.0), true);
            }
            let tried = (0..MAX_HALVINGS).find_map(|halvings| {
                let share = 0.5_f64.powi(halvings as i32);
                let next = moved(share);
                let value = self.loss(&next);
                (value < loss && value <= loss - LEAST_REDUCTION * share * promised).then_some((next, value))
            });
            let Some(better) = tried else { return (point, false) };
            (point, loss) = better;
        }
        (point, false)
    }
}

/// The sum of the rows of a matrix, each times its weight: row by row, as they lie in memory.
fn weighted_sum(rows: &Array2<f64>, weights: &Array1<f64>) -> Array1<f64> {
    let mut sum = Array1::zeros(rows.ncols());
    rows.rows().into_iter().zip(weights).for_each(|(row, weight)| sum.scaled_add(*weight, &row));
    sum
}

/// The step H⁻¹g.
fn solved(hessian: &Array2<f64>, gradient: &Array1<f64>) -> Option<Vec<f64>> {
    let solution = solved_columns(hessian, &gradient.clone().insert_axis(Axis(1)))?;
    Some(solution.into_iter().collect())
}

/// H⁻¹B; a Hessian that has no inverse gets a little on its diagonal.
fn solved_columns(hessian: &Array2<f64>, right: &Array2<f64>) -> Option<Array2<f64>> {
    let largest = hessian.diag().iter().copied().fold(0.0, f64::max);
    [0.0, JITTER, 1e3 * JITTER].into_iter().find_map(|share| {
        let mut matrix = hessian.clone();
        matrix.diag_mut().iter_mut().for_each(|d| *d += share * largest);
        let mut solution = right.clone();
        matrix.solvec_inplace(&mut solution).ok()?;
        solution.iter().all(|v| v.is_finite()).then_some(solution)
    })
}

/// How much better a regression would explain its outcomes with one more column, for each of some: the statistics of the
/// score test, each distributed as χ² with one degree of freedom where the column says nothing. `candidates` gives those
/// columns for a range of rows (rows × candidates), so that many never stand in memory at once; 0 for those that follow from
/// the regression's own columns.
///
/// # Formula
/// `U² ÷ (D − Bᵀ H⁻¹ B)` with `U = Σ z (y − p)`, `D = Σ p (1 − p) z²`, `B = Σ p (1 − p) x z` and the Hessian H of the
/// regression (Rao 1948, "Large sample tests of statistical hypotheses concerning several parameters", Proceedings of the
/// Cambridge Philosophical Society 44).
///
/// # Errors
/// Lengths that differ; a Hessian without an inverse.
pub fn score_tests(
    x: &Array2<f64>,
    outcomes: &[bool],
    ridge: f64,
    fitted: &Logistic,
    candidates: impl Fn(std::ops::Range<usize>) -> Array2<f64> + Sync,
) -> Result<Vec<f64>, ClassifyError> {
    check(x, outcomes)?;
    let problem = Problem { x, outcomes, ridge };
    let point = fitted.coefficients.iter().copied().chain([fitted.intercept]).collect::<Vec<_>>();
    let (_, hessian) = problem.derivatives(&point);
    let parts = problem.chunks(|rows| {
        let (own, expected) = (candidates(rows.clone()), rows.len());
        if own.nrows() != expected {
            return Err(ClassifyError::Length { found: own.nrows(), expected });
        }
        Ok(problem.candidates(&point, rows, own))
    });
    let mut sums = Candidates::none(point.len(), candidates(0..0).ncols());
    for part in parts {
        sums.add(&part?);
    }
    let singular = || ClassifyError::Solver { reason: "the Hessian has no inverse".to_owned() };
    let solution = solved_columns(&hessian, &sums.shared).ok_or_else(singular)?;
    let explained = (&sums.shared * &solution).sum_axis(Axis(0));
    let one = |at: usize| {
        let left = sums.squares[at] - explained[at];
        if left > FOLLOWS * sums.squares[at] { sums.scores[at] * sums.scores[at] / left } else { 0.0 }
    };
    Ok((0..sums.scores.len()).map(one).collect())
}

/// Sums over rows of what score tests need, for each candidate.
struct Candidates {
    /// U.
    scores: Array1<f64>,
    /// D.
    squares: Array1<f64>,
    /// B: the regression's columns × the candidates.
    shared: Array2<f64>,
}

impl Candidates {
    fn none(size: usize, candidates: usize) -> Self {
        let zeros = Array1::zeros(candidates);
        Self { scores: zeros.clone(), squares: zeros, shared: Array2::zeros((size, candidates)) }
    }

    fn add(&mut self, other: &Self) {
        self.scores += &other.scores;
        self.squares += &other.squares;
        self.shared += &other.shared;
    }
}

impl Logistic {
    /// β₀ + β·x per row.
    pub fn log_odds(&self, x: &Array2<f64>) -> Vec<f64> {
        let beta = ArrayView1::from(&self.coefficients);
        x.dot(&beta).iter().map(|score| score + self.intercept).collect()
    }

    /// Probability of the outcome per row.
    pub fn probabilities(&self, x: &Array2<f64>) -> Vec<f64> {
        self.log_odds(x).into_iter().map(logistic).collect()
    }

    /// `β · (x − mean)` per column, in log-odds.
    pub(super) fn contributions(&self, row: ArrayView1<'_, f64>, means: &[f64], out: &mut [f64]) {
        for (at, out) in out.iter_mut().enumerate() {
            *out = self.coefficients[at] * (row[at] - means[at]);
        }
    }
}
