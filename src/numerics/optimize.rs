//! Minimising a smooth function of a few variables inside a box.
//!
//! The loop, its limits and its counters are [`argmin`]'s; the step is a
//! trust-region Newton step from an exact gradient and Hessian, which `argmin`'s
//! own trust region offers neither with bounds nor with a stop at convergence.
//! The variables of a likelihood are the logarithms of its parameters, few
//! (two to twenty), so the subproblem is solved exactly through the eigenvalues
//! of the Hessian (Moré & Sorensen 1983, *Computing a trust region step*).

use argmin::core::{Error, Executor, IterState, Problem, Solver, TerminationReason, TerminationStatus};

/// A reduction predicted below this (in units of the function) means that the
/// minimum has been reached and only Newton refinements follow.
const REDUCTION_REACHED: f64 = 1e-9;

/// Refinements allowed after the minimum has been reached.
const REFINEMENTS: u32 = 4;

/// Steps, accepted or not, allowed by default.
const MAX_STEPS: u64 = 300;

/// The longest step, in units of the variables.
const MAX_RADIUS: f64 = 8.0;

/// Below this radius no further progress is possible.
const MIN_RADIUS: f64 = 1e-13;

/// Value, gradient and Hessian of a function at one point.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// Function value; a value that is not finite marks a forbidden point.
    pub value: f64,
    /// First derivatives.
    pub gradient: Vec<f64>,
    /// Second derivatives, symmetric.
    pub hessian: Vec<Vec<f64>>,
}

/// A function to be minimised.
pub trait Objective {
    /// Value and exact first and second derivatives at `point`.
    fn evaluate(&self, point: &[f64]) -> Evaluation;
}

impl<O: Objective + ?Sized> Objective for &O {
    fn evaluate(&self, point: &[f64]) -> Evaluation {
        (**self).evaluate(point)
    }
}

/// Why a minimisation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The predicted further reduction is below 1e-9.
    Converged,
    /// No step, however short, reduces the function any more.
    Stalled,
    /// The limit on the number of steps was reached first.
    StepLimit,
}

/// Where a minimisation ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Minimum {
    /// The point reached.
    pub point: Vec<f64>,
    /// Function and derivatives there.
    pub at: Evaluation,
    /// How many times the function was evaluated.
    pub evaluations: u64,
    /// Why it ended.
    pub outcome: Outcome,
}

/// Minimises `objective` from `start` inside `bounds` (lower, upper per
/// variable).
///
/// The result is never worse than the start; a start outside the bounds is
/// moved to them first.
pub fn minimise(objective: &dyn Objective, start: &[f64], bounds: &[(f64, f64)]) -> Minimum {
    let point = clamp(start, bounds);
    let solver = BoxNewton::new(bounds.to_vec());
    let run = Executor::new(Wrapped(objective), solver)
        .configure(|state| state.param(point.clone()).max_iters(MAX_STEPS))
        .ctrlc(false)
        .timer(false)
        .run();
    match run {
        Ok(result) => result.solver.into_minimum(),
        Err(_) => Minimum { at: objective.evaluate(&point), point, evaluations: 1, outcome: Outcome::Stalled },
    }
}

struct Wrapped<'a>(&'a dyn Objective);

type Iterate = IterState<Vec<f64>, (), (), (), (), f64>;

/// Trust-region Newton with an active set of bounds.
struct BoxNewton {
    bounds: Vec<(f64, f64)>,
    point: Vec<f64>,
    at: Evaluation,
    radius: f64,
    evaluations: u64,
    refinements: u32,
    outcome: Option<Outcome>,
}

impl BoxNewton {
    fn new(bounds: Vec<(f64, f64)>) -> Self {
        let at = Evaluation { value: f64::INFINITY, gradient: Vec::new(), hessian: Vec::new() };
        Self { bounds, point: Vec::new(), at, radius: 1.0, evaluations: 0, refinements: 0, outcome: None }
    }

    fn into_minimum(self) -> Minimum {
        Minimum {
            point: self.point,
            at: self.at,
            evaluations: self.evaluations,
            outcome: self.outcome.unwrap_or(Outcome::StepLimit),
        }
    }

    /// Variables that may move: not at a bound that the gradient presses on.
    fn free(&self) -> Vec<usize> {
        (0..self.point.len())
            .filter(|&i| {
                let (lower, upper) = self.bounds[i];
                let down = self.at.gradient[i] > 0.0;
                !(self.point[i] <= lower && down || self.point[i] >= upper && !down)
            })
            .collect()
    }

    /// The step in all variables and the reduction the quadratic model promises.
    fn step(&self) -> (Vec<f64>, f64) {
        let free = self.free();
        let gradient: Vec<f64> = free.iter().map(|&i| self.at.gradient[i]).collect();
        let hessian: Vec<Vec<f64>> =
            free.iter().map(|&i| free.iter().map(|&j| self.at.hessian[i][j]).collect()).collect();
        let part = trust_region_step(&gradient, &hessian, self.radius);
        let mut step = vec![0.0; self.point.len()];
        for (&i, s) in free.iter().zip(&part) {
            let (lower, upper) = self.bounds[i];
            step[i] = (self.point[i] + s).clamp(lower, upper) - self.point[i];
        }
        let promised = -model_change(&self.at, &step);
        (step, promised)
    }

    /// Judges a trial point; returns whether it was taken.
    fn judge(&mut self, trial: Vec<f64>, at: Evaluation, promised: f64, length: f64) -> bool {
        let gained = self.at.value - at.value;
        let usable = at.value.is_finite() && at.gradient.iter().all(|g| g.is_finite());
        let ratio = if usable { gained / promised } else { -1.0 };
        if ratio < 0.25 {
            self.radius = 0.25 * length;
        } else if ratio > 0.75 && length > 0.9 * self.radius {
            self.radius = (2.0 * self.radius).min(MAX_RADIUS);
        }
        let taken = usable && gained > 0.0;
        if taken {
            self.point = trial;
            self.at = at;
        }
        taken
    }

    /// One Newton refinement where function values no longer tell points apart.
    fn refine(&mut self, trial: Vec<f64>, at: Evaluation) {
        let noise = 1e-12 * (1.0 + self.at.value.abs()) + REDUCTION_REACHED;
        let better = at.value.is_finite()
            && at.value <= self.at.value + noise
            && self.pressing(&trial, &at) < self.pressing(&self.point, &self.at);
        if better {
            self.point = trial;
            self.at = at;
            self.refinements += 1;
        }
        if !better || self.refinements >= REFINEMENTS {
            self.outcome = Some(Outcome::Converged);
        }
    }

    /// Largest gradient component that is not held by a bound.
    fn pressing(&self, point: &[f64], at: &Evaluation) -> f64 {
        let held = |i: usize| {
            let (lower, upper) = self.bounds[i];
            point[i] <= lower && at.gradient[i] > 0.0 || point[i] >= upper && at.gradient[i] < 0.0
        };
        (0..point.len()).filter(|&i| !held(i)).map(|i| at.gradient[i].abs()).fold(0.0, f64::max)
    }

    fn advance(&mut self, problem: &mut Problem<Wrapped<'_>>) -> Result<(), Error> {
        let (step, promised) = self.step();
        let length = step.iter().map(|s| s * s).sum::<f64>().sqrt();
        if length == 0.0 || promised.is_nan() {
            self.outcome = Some(Outcome::Converged);
            return Ok(());
        }
        let trial: Vec<f64> = self.point.iter().zip(&step).map(|(p, s)| p + s).collect();
        let at = problem.problem("evaluations", |p| Ok::<_, Error>(p.0.evaluate(&trial)))?;
        self.evaluations += 1;
        if promised < REDUCTION_REACHED {
            self.refine(trial, at);
        } else if !self.judge(trial, at, promised, length) && self.radius < MIN_RADIUS {
            self.outcome = Some(Outcome::Stalled);
        }
        Ok(())
    }
}

impl Solver<Wrapped<'_>, Iterate> for BoxNewton {
    fn name(&self) -> &'static str {
        "trust-region Newton in a box"
    }

    fn init(
        &mut self,
        problem: &mut Problem<Wrapped<'_>>,
        mut state: Iterate,
    ) -> Result<(Iterate, Option<argmin::core::KV>), Error> {
        self.point = state.take_param().unwrap_or_default();
        let point = self.point.clone();
        self.at = problem.problem("evaluations", |p| Ok::<_, Error>(p.0.evaluate(&point)))?;
        self.evaluations += 1;
        Ok((state.param(point).cost(self.at.value), None))
    }

    fn next_iter(
        &mut self,
        problem: &mut Problem<Wrapped<'_>>,
        state: Iterate,
    ) -> Result<(Iterate, Option<argmin::core::KV>), Error> {
        self.advance(problem)?;
        Ok((state.param(self.point.clone()).cost(self.at.value), None))
    }

    fn terminate(&mut self, _state: &Iterate) -> TerminationStatus {
        match self.outcome {
            Some(_) => TerminationStatus::Terminated(TerminationReason::SolverConverged),
            None => TerminationStatus::NotTerminated,
        }
    }
}

fn clamp(point: &[f64], bounds: &[(f64, f64)]) -> Vec<f64> {
    point.iter().zip(bounds).map(|(p, (lower, upper))| p.clamp(*lower, *upper)).collect()
}

/// Change of the quadratic model along `step`.
fn model_change(at: &Evaluation, step: &[f64]) -> f64 {
    let linear: f64 = at.gradient.iter().zip(step).map(|(g, s)| g * s).sum();
    let curved: f64 =
        at.hessian.iter().zip(step).map(|(row, s)| s * row.iter().zip(step).map(|(h, t)| h * t).sum::<f64>()).sum();
    linear + 0.5 * curved
}

/// Minimiser of the quadratic model within `radius`.
fn trust_region_step(gradient: &[f64], hessian: &[Vec<f64>], radius: f64) -> Vec<f64> {
    let n = gradient.len();
    if n == 0 {
        return Vec::new();
    }
    let (values, vectors) = eigen(hessian);
    let along: Vec<f64> = (0..n).map(|k| (0..n).map(|i| vectors[i][k] * gradient[i]).sum()).collect();
    let smallest = values.iter().copied().fold(f64::INFINITY, f64::min);
    let largest = values.iter().map(|v| v.abs()).fold(1e-300, f64::max);
    let length = |shift: f64| along.iter().zip(&values).map(|(g, v)| (g / (v + shift)).powi(2)).sum::<f64>().sqrt();
    let floor = (1e-14 * largest - smallest).max(0.0);
    let shift = if length(floor) <= radius { floor } else { shift_for(&length, floor, radius, largest) };
    (0..n).map(|i| -(0..n).map(|k| vectors[i][k] * along[k] / (values[k] + shift)).sum::<f64>()).collect()
}

/// The shift that makes the step `radius` long, by bisection on its logarithm.
fn shift_for(length: &dyn Fn(f64) -> f64, floor: f64, radius: f64, scale: f64) -> f64 {
    let mut width = scale;
    while length(floor + width) > radius {
        width *= 4.0;
    }
    let mut low = width;
    while length(floor + low) < radius && low > 1e-18 * scale {
        low *= 0.25;
    }
    for _ in 0..60 {
        let middle = (low * width).sqrt();
        if length(floor + middle) > radius {
            low = middle;
        } else {
            width = middle;
        }
    }
    floor + width
}

/// Eigenvalues and eigenvectors (in columns) of a small symmetric matrix, by
/// cyclic Jacobi rotations (Golub & Van Loan, *Matrix Computations*, 8.5).
pub fn eigen(matrix: &[Vec<f64>]) -> (Vec<f64>, Vec<Vec<f64>>) {
    let n = matrix.len();
    let mut a: Vec<Vec<f64>> = matrix.to_vec();
    let mut v: Vec<Vec<f64>> = (0..n).map(|i| (0..n).map(|j| f64::from(u8::from(i == j))).collect()).collect();
    for _ in 0..60 {
        let mut turned = false;
        for p in 0..n {
            for q in p + 1..n {
                turned |= rotate(&mut a, &mut v, p, q);
            }
        }
        if !turned {
            break;
        }
    }
    ((0..n).map(|i| a[i][i]).collect(), v)
}

/// Annihilates the pair (p, q); returns whether there was anything to do.
fn rotate(a: &mut [Vec<f64>], v: &mut [Vec<f64>], p: usize, q: usize) -> bool {
    let off = a[p][q];
    if off.abs() <= 1e-17 * (a[p][p].abs() * a[q][q].abs()).sqrt() || off.is_nan() {
        return false;
    }
    let theta = (a[q][q] - a[p][p]) / (2.0 * off);
    let t = if theta == 0.0 { 1.0 } else { theta.signum() / (theta.abs() + theta.hypot(1.0)) };
    let c = 1.0 / t.hypot(1.0);
    let s = t * c;
    for row in a.iter_mut().chain(v.iter_mut()) {
        let (x, y) = (row[p], row[q]);
        row[p] = c * x - s * y;
        row[q] = s * x + c * y;
    }
    let (above, below) = a.split_at_mut(q);
    for (x, y) in above[p].iter_mut().zip(&mut below[0]) {
        (*x, *y) = (c * *x - s * *y, s * *x + c * *y);
    }
    true
}

/// Inverse of a symmetric positive definite matrix; `None` where the smallest
/// eigenvalue of its unit-diagonal scaling is below 1e-12 (flat or a saddle).
pub fn inverse_positive(matrix: &[Vec<f64>]) -> Option<Vec<Vec<f64>>> {
    let n = matrix.len();
    let scale: Vec<f64> = (0..n).map(|i| matrix[i][i].sqrt()).collect();
    if !scale.iter().all(|s| *s > 0.0 && s.is_finite()) {
        return None;
    }
    let unit: Vec<Vec<f64>> = (0..n).map(|i| (0..n).map(|j| matrix[i][j] / (scale[i] * scale[j])).collect()).collect();
    let (values, vectors) = eigen(&unit);
    if !values.iter().all(|v| *v > 1e-12) {
        return None;
    }
    let entry = |i: usize, j: usize| {
        (0..n).map(|k| vectors[i][k] * vectors[j][k] / values[k]).sum::<f64>() / (scale[i] * scale[j])
    };
    Some((0..n).map(|i| (0..n).map(|j| entry(i, j)).collect()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rosenbrock's function.
    struct Valley;

    impl Objective for Valley {
        fn evaluate(&self, p: &[f64]) -> Evaluation {
            let (x, y) = (p[0], p[1]);
            let w = y - x * x;
            Evaluation {
                value: (1.0 - x).powi(2) + 100.0 * w * w,
                gradient: vec![-2.0 * (1.0 - x) - 400.0 * x * w, 200.0 * w],
                hessian: vec![vec![2.0 - 400.0 * (w - 2.0 * x * x), -400.0 * x], vec![-400.0 * x, 200.0]],
            }
        }
    }

    #[test]
    fn finds_the_valley_floor() {
        let found = minimise(&Valley, &[-1.2, 1.0], &[(-5.0, 5.0), (-5.0, 5.0)]);
        assert_eq!(found.outcome, Outcome::Converged);
        assert!((found.point[0] - 1.0).abs() < 1e-10 && (found.point[1] - 1.0).abs() < 1e-10);
        assert!(found.evaluations < 60, "{}", found.evaluations);
    }

    #[test]
    fn stops_at_a_bound() {
        let found = minimise(&Valley, &[-1.2, 1.0], &[(-5.0, 0.5), (-5.0, 5.0)]);
        assert_eq!(found.outcome, Outcome::Converged);
        assert!((found.point[0] - 0.5).abs() < 1e-12 && (found.point[1] - 0.25).abs() < 1e-9);
    }

    #[test]
    fn inverts_and_refuses() {
        let inverse = inverse_positive(&[vec![4.0, 1.0], vec![1.0, 3.0]]).expect("positive definite");
        assert!((inverse[0][0] - 3.0 / 11.0).abs() < 1e-14 && (inverse[0][1] + 1.0 / 11.0).abs() < 1e-14);
        assert!(inverse_positive(&[vec![1.0, 2.0], vec![2.0, 1.0]]).is_none());
        assert!(inverse_positive(&[vec![0.0]]).is_none());
    }
}
