//! Static covariates: what is known of a customer shifts their rates.
//!
//! # Formula
//! With covariates w of purchasing and z of dropout, and coefficients g, h:
//! `α_i = α e^{−w·g}`, so a customer buys e^{w·g} times as fast; for Pareto/NBD
//! `β_i = β e^{−z·h}`; for the (M)BG models `a_i = a e^{z·h}`, `b_i = b e^{z·h}` (Fader & Hardie
//! 2007, *Incorporating Time-Invariant Covariates into the Pareto/NBD and BG/NBD
//! Models*, brucehardie.com).
//!
//! On the log scale all of these are linear, so one customer group's likelihood,
//! gradient and Hessian carry over to the coefficients by a matrix product. A
//! group is all customers with the same covariates.

use super::covariate_fit::{Coefficient, CovariateFit, CovariateModel, log_parameter_rows};
use super::fit::{FitStatus, Likelihood, best_of, inverse_inside, known_covariance, sides};
use super::geometric::FirstCoin;
use super::geometric_likelihood::GeometricLikelihood;
use super::histories::{Histories, HistoryError};
use super::nbd;
use super::pareto_likelihood::ParetoLikelihood;
use crate::numerics::optimize::{Evaluation, Minimum, Objective, Outcome, minimise};
use rayon::prelude::*;

/// Coefficients beyond this are at their bound: a factor of e^±20.
const COEFFICIENT_BOUND: f64 = 20.0;

/// Logarithms of the shapes beyond this are at their bound.
const SHAPE_BOUND: f64 = 16.0;

/// Standard errors of coefficients (or logarithms of parameters) beyond this say
/// that the likelihood is flat.
const FLAT_ERROR: f64 = 50.0;

/// Customers with the same covariates.
#[derive(Debug, Clone, PartialEq)]
pub struct CovariateGroup {
    /// Covariates of the purchase rate, coded as numbers.
    pub purchase: Vec<f64>,
    /// Covariates of dropout, coded as numbers.
    pub dropout: Vec<f64>,
    /// Their histories; all groups in the same unit of time.
    pub histories: Histories,
}

/// One customer's row before grouping.
#[derive(Debug, Clone, PartialEq)]
pub struct CovariateRow {
    /// Covariates of the purchase rate.
    pub purchase: Vec<f64>,
    /// Covariates of dropout.
    pub dropout: Vec<f64>,
    /// Repeat purchases.
    pub x: u32,
    /// Time of the last purchase.
    pub t_x: f64,
    /// End of observation.
    pub t: f64,
}

/// Gathers customers with equal covariates, in canonical order of the covariates.
///
/// # Errors
/// As [`Histories::from_values`]; the row named is that within its group.
pub fn group_by_covariates(rows: &[CovariateRow], days_per_unit: f64) -> Result<Vec<CovariateGroup>, HistoryError> {
    let order = |a: &CovariateRow, b: &CovariateRow| {
        let ends = a.purchase.iter().chain(&a.dropout).zip(b.purchase.iter().chain(&b.dropout));
        ends.map(|(x, y)| x.total_cmp(y)).find(|o| o.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
    };
    let mut sorted: Vec<&CovariateRow> = rows.iter().collect();
    sorted.sort_by(|a, b| order(a, b));
    sorted
        .chunk_by(|a, b| order(a, b).is_eq())
        .map(|same| {
            let x: Vec<u32> = same.iter().map(|r| r.x).collect();
            let t_x: Vec<f64> = same.iter().map(|r| r.t_x).collect();
            let t: Vec<f64> = same.iter().map(|r| r.t).collect();
            let histories = Histories::from_values(&x, &t_x, &t, days_per_unit)?;
            Ok(CovariateGroup { purchase: same[0].purchase.clone(), dropout: same[0].dropout.clone(), histories })
        })
        .collect()
}

/// Minus penalised log-likelihood of (ln of four parameters, coefficients).
struct Grouped<'a> {
    model: CovariateModel,
    cells: Vec<(&'a CovariateGroup, Box<dyn Likelihood + 'a>)>,
    purchase: usize,
    ridge: f64,
}

impl Grouped<'_> {
    fn cell(&self, group: &CovariateGroup, likelihood: &dyn Likelihood, point: &[f64]) -> Evaluation {
        let size = point.len();
        let rows = log_parameter_rows(self.model, (&group.purchase, &group.dropout), self.purchase, size);
        let natural: Vec<f64> =
            rows.iter().map(|row| row.iter().zip(point).map(|(m, v)| m * v).sum::<f64>().exp()).collect();
        let at = likelihood.evaluate(&natural);
        let slope: Vec<f64> = (0..4).map(|i| at.gradient[i] * natural[i]).collect();
        let curve =
            |i: usize, j: usize| at.hessian[i][j] * natural[i] * natural[j] + if i == j { slope[i] } else { 0.0 };
        let half: Vec<Vec<f64>> =
            (0..4).map(|i| (0..size).map(|c| (0..4).map(|j| curve(i, j) * rows[j][c]).sum()).collect()).collect();
        let entry = |r: usize, c: usize| (0..4).map(|i| rows[i][r] * half[i][c]).sum();
        Evaluation {
            value: at.value,
            gradient: (0..size).map(|c| (0..4).map(|i| slope[i] * rows[i][c]).sum()).collect(),
            hessian: (0..size).map(|r| (0..size).map(|c| entry(r, c)).collect()).collect(),
        }
    }
}

impl Objective for Grouped<'_> {
    fn evaluate(&self, point: &[f64]) -> Evaluation {
        let size = point.len();
        let parts: Vec<Evaluation> = self.cells.par_iter().map(|(g, l)| self.cell(g, l.as_ref(), point)).collect();
        let mut sum = Evaluation { value: 0.0, gradient: vec![0.0; size], hessian: vec![vec![0.0; size]; size] };
        for part in &parts {
            sum.value -= part.value;
            for i in 0..size {
                sum.gradient[i] -= part.gradient[i];
                for j in 0..size {
                    sum.hessian[i][j] -= part.hessian[i][j];
                }
            }
        }
        for (i, c) in point.iter().enumerate().skip(4) {
            sum.value += 0.5 * self.ridge * c * c;
            sum.gradient[i] += self.ridge * c;
            sum.hessian[i][i] += self.ridge;
        }
        sum
    }
}

/// Fits a model with static covariates by (penalised) maximum likelihood.
///
/// `ridge` is the strength of the penalty `ridge/2 · Σ coefficient²`; 0 for none.
/// All groups must have the same numbers of covariates; surplus ones are ignored.
pub fn fit_covariates(groups: &[CovariateGroup], model: CovariateModel, ridge: f64) -> CovariateFit {
    let widths = |f: fn(&CovariateGroup) -> usize| groups.iter().map(f).min().unwrap_or(0);
    let (purchase, dropout) = (widths(|g| g.purchase.len()), widths(|g| g.dropout.len()));
    let cells: Vec<(&CovariateGroup, Box<dyn Likelihood + '_>)> =
        groups.iter().map(|g| (g, likelihood_of(g, model))).collect();
    let grouped = Grouped { model, cells, purchase, ridge: ridge.max(0.0) };
    let (starts, bounds) = search_space(groups, model, purchase + dropout);
    let tries: Vec<Minimum> = starts.iter().map(|start| minimise(&grouped, start, &bounds)).collect();
    let best = best_of(tries);
    assemble(model, purchase, &best, &bounds, grouped.ridge)
}

fn likelihood_of(group: &CovariateGroup, model: CovariateModel) -> Box<dyn Likelihood + '_> {
    match model {
        CovariateModel::BgNbd => Box::new(GeometricLikelihood::new(&group.histories, FirstCoin::Spared)),
        CovariateModel::MbgNbd => Box::new(GeometricLikelihood::new(&group.histories, FirstCoin::Tossed)),
        CovariateModel::ParetoNbd => Box::new(ParetoLikelihood::new(&group.histories)),
    }
}

type Space = (Vec<Vec<f64>>, Vec<(f64, f64)>);

/// Starts without effects, and bounds.
fn search_space(groups: &[CovariateGroup], model: CovariateModel, coefficients: usize) -> Space {
    let customers: f64 = groups.iter().map(|g| g.histories.customers()).sum::<f64>().max(1.0);
    let weighted = |f: &dyn Fn(&Histories) -> f64| {
        groups.iter().map(|g| g.histories.customers() * f(&g.histories)).sum::<f64>() / customers
    };
    let rate = weighted(&nbd::mean_rate).max(f64::MIN_POSITIVE);
    let span = weighted(&|h| h.exposure() / h.customers().max(1.0)).max(1e-3 / rate);
    let shapes: [[f64; 4]; 2] = match model {
        CovariateModel::ParetoNbd => [[0.6, 0.4 / rate, 0.6, 0.3 * span], [1.5, 1.0 / rate, 0.4, 0.8 * span]],
        _ => [[0.5, 0.4 / rate, 0.8, 2.5], [1.0, 0.8 / rate, 0.3, 3.0]],
    };
    let starts = shapes
        .iter()
        .map(|s| s.iter().map(|v| v.ln()).chain(std::iter::repeat_n(0.0, coefficients)).collect())
        .collect();
    let about = |centre: f64| (centre.ln() - SHAPE_BOUND, centre.ln() + SHAPE_BOUND);
    let scale = if model == CovariateModel::ParetoNbd { span } else { 1.0 };
    let mut bounds = vec![about(1.0), about(1.0 / rate), about(1.0), about(scale)];
    bounds.resize(4 + coefficients, (-COEFFICIENT_BOUND, COEFFICIENT_BOUND));
    (starts, bounds)
}

fn assemble(model: CovariateModel, purchase: usize, best: &Minimum, bounds: &[(f64, f64)], ridge: f64) -> CovariateFit {
    let at_bound = sides(&best.point, bounds);
    let full = inverse_inside(&best.at.hessian, &at_bound);
    let errors: Option<Vec<f64>> = full.as_ref().map(|c| (0..c.len()).map(|i| c[i][i].sqrt()).collect());
    let covariance = known_covariance(full, &best.at.hessian, &at_bound);
    let sharp = errors.as_ref().is_some_and(|e| e.iter().all(|e| *e < FLAT_ERROR));
    let status = match best.outcome {
        Outcome::StepLimit => FitStatus::NotConverged,
        _ if sharp => FitStatus::Converged,
        _ => FitStatus::Flat,
    };
    let errors = errors.filter(|_| status == FitStatus::Converged);
    let base: [f64; 4] = std::array::from_fn(|k| best.point[k].exp());
    let coefficient = |i: usize| Coefficient { estimate: best.point[i], std_error: errors.as_ref().map(|e| e[i]) };
    let penalty = 0.5 * ridge * best.point[4..].iter().map(|c| c * c).sum::<f64>();
    CovariateFit {
        model,
        base,
        std_errors: errors.as_ref().map(|e| std::array::from_fn(|k| base[k] * e[k])),
        purchase: (4..4 + purchase).map(coefficient).collect(),
        dropout: (4 + purchase..best.point.len()).map(coefficient).collect(),
        covariance,
        log_likelihood: penalty - best.at.value,
        status,
    }
}

#[cfg(test)]
mod tests {
    use super::super::simulation::{Law, Population};
    use super::*;

    /// Half the customers buy twice as fast and drop out 1.5 times as easily.
    fn rows(model: CovariateModel) -> Vec<CovariateRow> {
        let mut all = Vec::new();
        for w in [0.0, 1.0] {
            let (buys, drops) = ((w * 2f64.ln()).exp(), (w * 1.5f64.ln()).exp());
            let law = match model {
                CovariateModel::BgNbd => Law::Repeat(0.8 * drops, 2.4 * drops),
                CovariateModel::MbgNbd => Law::Any(0.8 * drops, 2.4 * drops),
                CovariateModel::ParetoNbd => Law::Lifetime(0.6, 12.0 / drops),
            };
            let population = Population { law, ..Population::bg(0.8, 6.0 / buys, 1.0, 1.0) };
            for c in population.customers(8000, 17 + w as u64, 30.0, 80.0) {
                all.push(CovariateRow { purchase: vec![w], dropout: vec![w], x: c.x, t_x: c.t_x, t: c.t });
            }
        }
        all
    }

    #[test]
    fn effects_are_recovered() {
        for model in [CovariateModel::BgNbd, CovariateModel::MbgNbd, CovariateModel::ParetoNbd] {
            let groups = group_by_covariates(&rows(model), 7.0).expect("valid");
            assert_eq!(groups.len(), 2);
            let fit = fit_covariates(&groups, model, 0.0);
            assert!(fit.status.is_converged(), "{model:?} {}", fit.status);
            for (c, want) in [(fit.purchase[0], 2f64.ln()), (fit.dropout[0], 1.5f64.ln())] {
                let error = c.std_error.expect("interior");
                assert!((c.estimate - want).abs() < 4.0 * error, "{model:?} {c:?} {want}");
            }
            assert!(fit.purchase[0].p_value().expect("interior") < 1e-6);
        }
    }

    #[test]
    fn derivatives_by_coefficients_equal_differences() {
        for model in [CovariateModel::BgNbd, CovariateModel::MbgNbd, CovariateModel::ParetoNbd] {
            let mut some = rows(model);
            some.truncate(400);
            some.iter_mut()
                .enumerate()
                .for_each(|(i, r)| (r.purchase[0], r.dropout[0]) = ((i % 3) as f64, (i % 2) as f64));
            let groups = group_by_covariates(&some, 7.0).expect("valid");
            let cells = groups.iter().map(|g| (g, likelihood_of(g, model))).collect();
            let grouped = Grouped { model, cells, purchase: 1, ridge: 0.7 };
            let at = [-0.2, 1.6, -0.1, 1.2, 0.3, -0.4];
            let here = grouped.evaluate(&at);
            for k in 0..6 {
                let moved = |s: f64| {
                    let mut p = at;
                    p[k] += s;
                    grouped.evaluate(&p)
                };
                let (up, down) = (moved(1e-5), moved(-1e-5));
                let slope = (up.value - down.value) / 2e-5;
                assert!((here.gradient[k] - slope).abs() < 1e-5 * (1.0 + slope.abs()), "{model:?} {k}");
                for j in 0..6 {
                    let curve = (up.gradient[j] - down.gradient[j]) / 2e-5;
                    assert!((here.hessian[k][j] - curve).abs() < 1e-5 * (1.0 + curve.abs()), "{model:?} {k} {j}");
                }
            }
        }
    }

    /// What is known is kept: all of it here, and there what concerns no flat direction.
    #[test]
    fn the_covariance_is_kept_where_it_is_known() {
        let groups = group_by_covariates(&rows(CovariateModel::MbgNbd), 7.0).expect("valid");
        let fit = fit_covariates(&groups, CovariateModel::MbgNbd, 0.0);
        let covariance = fit.covariance.as_ref().expect("interior");
        for (k, c) in fit.purchase.iter().chain(&fit.dropout).enumerate() {
            let error = c.std_error.expect("interior");
            assert!((covariance[4 + k][4 + k].sqrt() / error - 1.0).abs() < 1e-9);
        }
        // those of whom a covariate says more are known less well than those at its mean
        let spread = |w: f64| fit.log_covariance(&[w], &[w]).expect("known")[1][1];
        assert!(spread(3.0) > spread(0.5) && spread(-2.0) > spread(0.5));
        let mut flat = groups;
        for group in &mut flat {
            group.dropout[0] = 0.0;
        }
        let fit = fit_covariates(&flat, CovariateModel::MbgNbd, 0.0);
        assert_eq!(fit.status, FitStatus::Flat);
        let covariance = fit.covariance.expect("partly known");
        assert!(covariance[4][4] > 0.0 && covariance[5].iter().all(|c| *c == 0.0), "{covariance:?}");
    }

    #[test]
    fn no_groups_give_a_flagged_fit() {
        for model in [CovariateModel::BgNbd, CovariateModel::ParetoNbd] {
            assert!(!fit_covariates(&[], model, 0.0).status.is_converged());
        }
    }

    #[test]
    fn a_penalty_shrinks_and_an_empty_covariate_changes_nothing() {
        let mut some = rows(CovariateModel::BgNbd);
        some.truncate(2000);
        some.iter_mut().enumerate().for_each(|(i, r)| r.purchase[0] = (i % 2) as f64);
        let groups = group_by_covariates(&some, 7.0).expect("valid");
        let free = fit_covariates(&groups, CovariateModel::BgNbd, 0.0);
        let tied = fit_covariates(&groups, CovariateModel::BgNbd, 1e6);
        assert!(tied.purchase[0].estimate.abs() < 1e-3 * (1.0 + free.purchase[0].estimate.abs()));
        assert!(tied.log_likelihood <= free.log_likelihood + 1e-9);
        // The dropout covariate is 0 for all: no information, no estimate, no NaN.
        assert_eq!(free.status, FitStatus::Flat);
        assert!(free.dropout[0].estimate.abs() < 1e-6 && free.dropout[0].std_error.is_none());
    }
}
