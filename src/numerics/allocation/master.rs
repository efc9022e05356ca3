//! The master programme in its dual form: prices that no answer of the customers seen so far speaks against.

use microlp::{ComparisonOp, OptimizationDirection, Problem, Solution, Variable};

/// Minimise the rows' worth plus the customers' surplus θ, with a cut for each answer.
///
/// In units where a whole row is worth 1: min Σ ±ρ + θ with θ ≥ profitₖ − Σ ±ρ useₖ for every answer k, θ ≥ 0.
#[derive(Debug)]
pub(super) struct Master {
    minima: Vec<bool>,
    largest: Vec<f64>,
    cuts: Vec<(f64, Vec<f64>)>,
    solution: Option<Solution>,
}

impl Master {
    /// No cut; the most that each row may be worth.
    pub(super) fn new(minima: impl Iterator<Item = bool>, largest: Vec<f64>) -> Self {
        Self { minima: minima.collect(), largest, cuts: Vec::new(), solution: None }
    }

    /// Adds an answer: its profit, and what it takes of each row as a share of it.
    pub(super) fn cut(&mut self, profit: f64, uses: Vec<f64>) {
        self.solution = self.solution.take().and_then(|known| {
            let terms = self.terms(&variables(&known), &uses);
            known.add_constraint(terms, ComparisonOp::Ge, profit).ok()
        });
        self.cuts.push((profit, uses));
    }

    /// What each row is worth, and the value; none when the solver fails.
    pub(super) fn solve(&mut self) -> Option<(Vec<f64>, f64)> {
        if self.solution.is_none() {
            self.solution = self.anew();
        }
        let solution = self.solution.as_ref()?;
        let rows = variables(solution).into_iter().zip(&self.largest);
        let worth = rows.map(|(variable, most)| solution.var_value(variable).clamp(0.0, *most)).collect();
        Some((worth, solution.objective()))
    }

    /// Solves from the beginning with all cuts.
    fn anew(&self) -> Option<Solution> {
        let mut problem = Problem::new(OptimizationDirection::Minimize);
        let rows = self.minima.iter().zip(&self.largest);
        let mut all: Vec<Variable> =
            rows.map(|(minimum, most)| problem.add_var(if *minimum { -1.0 } else { 1.0 }, (0.0, *most))).collect();
        all.push(problem.add_var(1.0, (0.0, f64::INFINITY)));
        for (profit, uses) in &self.cuts {
            problem.add_constraint(self.terms(&all, uses), ComparisonOp::Ge, *profit);
        }
        problem.solve().ok()
    }

    fn terms(&self, variables: &[Variable], uses: &[f64]) -> Vec<(Variable, f64)> {
        let signed = uses.iter().zip(&self.minima).map(|(taken, minimum)| if *minimum { -taken } else { *taken });
        variables.iter().copied().zip(signed.chain([1.0])).collect()
    }
}

fn variables(solution: &Solution) -> Vec<Variable> {
    solution.iter().map(|(variable, _)| variable).collect()
}
