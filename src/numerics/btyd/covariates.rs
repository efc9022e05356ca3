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

use super::fit::{FitStatus, Likelihood, best_of};
use super::geometric::{BetaGeometric, FirstCoin};
use super::geometric_likelihood::GeometricLikelihood;
use super::histories::{Histories, HistoryError};
use super::nbd;
use super::pareto::ParetoNbd;
use super::pareto_likelihood::ParetoLikelihood;
use crate::numerics::optimize::{Evaluation, Minimum, Objective, Outcome, inverse_positive, minimise};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

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

/// Which model the covariates act on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CovariateModel {
    /// BG/NBD.
    BgNbd,
    /// MBG/NBD.
    MbgNbd,
    /// Pareto/NBD.
    ParetoNbd,
}

/// A coefficient with what is known about it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Coefficient {
    /// Estimate: the logarithm of the factor on the rate per unit of the covariate.
    pub estimate: f64,
    /// Standard error; absent where the likelihood is flat.
    pub std_error: Option<f64>,
}

impl Coefficient {
    /// Estimate over standard error (Wald); beyond ±1.96 it differs from 0 at 5 %.
    pub fn z(&self) -> Option<f64> {
        self.std_error.map(|e| self.estimate / e)
    }

    /// Two-sided significance of the estimate, by the normal distribution.
    pub fn p_value(&self) -> Option<f64> {
        self.z().map(|z| libm::erfc(z.abs() / std::f64::consts::SQRT_2))
    }
}

/// A fitted model with static covariates.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CovariateFit {
    /// Which model.
    pub model: CovariateModel,
    /// Its four parameters for a customer whose covariates are all 0.
    pub base: [f64; 4],
    /// Standard errors of those; absent where the likelihood is flat.
    pub std_errors: Option<[f64; 4]>,
    /// Coefficients of purchasing, in the order of the covariates.
    pub purchase: Vec<Coefficient>,
    /// Coefficients of dropout, in the order of the covariates.
    pub dropout: Vec<Coefficient>,
    /// Log-likelihood, without the penalty.
    pub log_likelihood: f64,
    /// How it ended; `Flat` where the likelihood has no interior maximum.
    pub status: FitStatus,
}

impl CovariateFit {
    /// The four parameters of a customer with these covariates.
    pub fn parameters(&self, purchase: &[f64], dropout: &[f64]) -> [f64; 4] {
        let dot = |c: &[Coefficient], w: &[f64]| c.iter().zip(w).map(|(c, w)| c.estimate * w).sum::<f64>();
        let (buys, drops) = (dot(&self.purchase, purchase), dot(&self.dropout, dropout));
        let mut p = self.base;
        p[1] *= (-buys).exp();
        match self.model {
            CovariateModel::ParetoNbd => p[3] *= (-drops).exp(),
            CovariateModel::BgNbd | CovariateModel::MbgNbd => {
                p[2] *= drops.exp();
                p[3] *= drops.exp();
            }
        }
        p
    }

    /// The (M)BG/NBD of a customer with these covariates; `None` for Pareto/NBD.
    pub fn geometric(&self, purchase: &[f64], dropout: &[f64]) -> Option<BetaGeometric> {
        let [r, alpha, a, b] = self.parameters(purchase, dropout);
        match self.model {
            CovariateModel::BgNbd => Some(BetaGeometric::bg_nbd(r, alpha, a, b)),
            CovariateModel::MbgNbd => Some(BetaGeometric::mbg_nbd(r, alpha, a, b)),
            CovariateModel::ParetoNbd => None,
        }
    }

    /// The Pareto/NBD of a customer with these covariates; `None` for the others.
    pub fn pareto(&self, purchase: &[f64], dropout: &[f64]) -> Option<ParetoNbd> {
        let [r, alpha, s, beta] = self.parameters(purchase, dropout);
        (self.model == CovariateModel::ParetoNbd).then_some(ParetoNbd { r, alpha, s, beta })
    }
}

/// Minus penalised log-likelihood of (ln of four parameters, coefficients).
struct Grouped<'a> {
    model: CovariateModel,
    cells: Vec<(&'a CovariateGroup, Box<dyn Likelihood + 'a>)>,
    purchase: usize,
    ridge: f64,
}

impl Grouped<'_> {
    /// Rows of the matrix from (ln base, g, h) to the group's ln parameters.
    fn matrix(&self, group: &CovariateGroup, size: usize) -> Vec<Vec<f64>> {
        let mut rows = vec![vec![0.0; size]; 4];
        for (k, row) in rows.iter_mut().enumerate() {
            row[k] = 1.0;
        }
        for (k, w) in group.purchase.iter().enumerate() {
            rows[1][4 + k] = -w;
        }
        for (k, z) in group.dropout.iter().enumerate() {
            let column = 4 + self.purchase + k;
            match self.model {
                CovariateModel::ParetoNbd => rows[3][column] = -z,
                CovariateModel::BgNbd | CovariateModel::MbgNbd => {
                    rows[2][column] = *z;
                    rows[3][column] = *z;
                }
            }
        }
        rows
    }

    fn cell(&self, group: &CovariateGroup, likelihood: &dyn Likelihood, point: &[f64]) -> Evaluation {
        let size = point.len();
        let rows = self.matrix(group, size);
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
    let covariance = inverse_positive(&best.at.hessian);
    let errors: Option<Vec<f64>> =
        covariance.map(|c| (0..best.point.len()).map(|i| c[i][i].sqrt()).collect::<Vec<f64>>());
    let inside = best.point.iter().zip(bounds).all(|(p, (l, u))| p - l > 1e-6 && u - p > 1e-6);
    let sharp = errors.as_ref().is_some_and(|e| e.iter().all(|e| *e < FLAT_ERROR));
    let status = match best.outcome {
        Outcome::StepLimit => FitStatus::NotConverged,
        _ if inside && sharp => FitStatus::Converged,
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
