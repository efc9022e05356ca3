//! Maximum likelihood for any family: parameters on a log scale inside wide
//! bounds, several starts, and a plain word on how it ended.

use crate::numerics::optimize::{Evaluation, Minimum, Objective, Outcome, eigen, inverse_positive, minimise};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Log-likelihoods this close to that of a limiting model count as equal.
pub(crate) const SAME_LIKELIHOOD: f64 = 1e-3;

/// A parameter this close to its bound, on the log scale, is at the bound.
const AT_BOUND: f64 = 1e-6;

/// Curvature of the log-likelihood along a direction of log parameters above which
/// the data say something about it (a standard deviation of about 3).
const INFORMATIVE: f64 = 0.1;

/// How a fit ended. Anything but `Converged` belongs into the run report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "status")]
#[non_exhaustive]
pub enum FitStatus {
    /// An interior maximum.
    Converged,
    /// No interior maximum: the likelihood rises towards a simpler model, and
    /// the parameters returned stand for that model.
    AtBound {
        /// The limiting model.
        limit: Limit,
    },
    /// A maximum in a likelihood so flat that standard errors do not exist.
    Flat,
    /// Too little data for a maximum; weak prior knowledge fills the gap.
    TooFewRepeatBuyers {
        /// Customers with at least one repeat purchase.
        repeat_buyers: u64,
        /// The number needed.
        needed: u64,
    },
    /// The optimiser gave up; the best point found is returned.
    NotConverged,
}

/// The simpler model that a likelihood without interior maximum tends to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Limit {
    /// Nobody drops out (NBD).
    NoDropout,
    /// All customers drop out at the same rate.
    HomogeneousDropout,
    /// Some never drop out, the others at once.
    AllOrNothingDropout,
    /// All customers buy at the same rate.
    HomogeneousPurchasing,
    /// Purchase rates spread without limit; most customers never buy again.
    ExtremePurchasing,
    /// Spend does not vary from order to order of a customer.
    NoSpendVariation,
    /// Mean spend does not vary between customers.
    HomogeneousSpend,
    /// Spend spreads without limit.
    ExtremeSpend,
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoDropout => "dropout at its bound: nobody drops out (NBD)",
            Self::HomogeneousDropout => "dropout at its bound: everybody drops out at the same rate",
            Self::AllOrNothingDropout => "dropout at its bound: some never drop out, the others at once",
            Self::HomogeneousPurchasing => "purchasing at its bound: everybody buys at the same rate",
            Self::ExtremePurchasing => "purchasing at its bound: rates spread without limit",
            Self::NoSpendVariation => "spend at its bound: the orders of a customer do not vary",
            Self::HomogeneousSpend => "spend at its bound: customers do not differ in mean spend",
            Self::ExtremeSpend => "spend at its bound: spend spreads without limit",
        })
    }
}

impl fmt::Display for FitStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Converged => f.write_str("converged"),
            Self::AtBound { limit } => write!(f, "no interior maximum; {limit}"),
            Self::Flat => f.write_str("maximum found, but the likelihood is flat: no standard errors"),
            Self::TooFewRepeatBuyers { repeat_buyers, needed } => write!(
                f,
                "{repeat_buyers} repeat buyers, {needed} needed for a fit; parameters are mostly prior knowledge"
            ),
            Self::NotConverged => f.write_str("not converged; the best point found is used"),
        }
    }
}

impl FitStatus {
    /// Whether the parameters are a maximum-likelihood estimate in the interior.
    pub fn is_converged(&self) -> bool {
        *self == Self::Converged
    }
}

/// A fitted model with what is known about how well it is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fit<M> {
    /// The model with its parameters.
    pub model: M,
    /// Maximised log-likelihood, without any prior.
    pub log_likelihood: f64,
    /// Standard errors of the parameters in their natural scale and order;
    /// absent where the likelihood is flat or at a bound.
    pub std_errors: Option<Vec<f64>>,
    /// Covariance of the *logarithms* of the parameters, without the directions that
    /// the data say nothing about (a standard deviation above 3).
    pub log_covariance: Option<Vec<Vec<f64>>>,
    /// How it ended.
    pub status: FitStatus,
    /// Customers the fit rests on.
    pub customers: f64,
    /// How often the likelihood of the whole table was evaluated.
    pub evaluations: u64,
    /// Log-likelihood reached from each start (on the sample used to choose
    /// among starts, scaled to the whole table).
    pub starts: Vec<f64>,
}

impl<M> Fit<M> {
    /// The same fit for another representation of the model.
    pub fn map<N>(self, to: impl FnOnce(M) -> N) -> Fit<N> {
        Fit {
            model: to(self.model),
            log_likelihood: self.log_likelihood,
            std_errors: self.std_errors,
            log_covariance: self.log_covariance,
            status: self.status,
            customers: self.customers,
            evaluations: self.evaluations,
            starts: self.starts,
        }
    }
}

/// A log-likelihood with derivatives by its natural, positive parameters.
pub(crate) trait Likelihood: Sync {
    fn evaluate(&self, parameters: &[f64]) -> Evaluation;
}

/// A weak normal prior on the logarithm of each parameter (a ridge penalty).
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Prior {
    /// Logarithm of the most likely value, and the strength 1/σ²; 0 for none.
    pub terms: Vec<(f64, f64)>,
}

/// Minus log-likelihood as a function of log parameters.
struct LogScale<'a> {
    likelihood: &'a dyn Likelihood,
    prior: Option<&'a Prior>,
}

impl Objective for LogScale<'_> {
    fn evaluate(&self, logs: &[f64]) -> Evaluation {
        let natural: Vec<f64> = logs.iter().map(|l| l.exp()).collect();
        let mut at = self.likelihood.evaluate(&natural);
        at.value = -at.value;
        for i in 0..natural.len() {
            for j in 0..natural.len() {
                at.hessian[i][j] *= -natural[i] * natural[j];
            }
            at.gradient[i] *= -natural[i];
            at.hessian[i][i] += at.gradient[i];
        }
        if let Some(prior) = self.prior {
            for (i, (centre, strength)) in prior.terms.iter().enumerate() {
                let off = logs[i] - centre;
                at.value += 0.5 * strength * off * off;
                at.gradient[i] += strength * off;
                at.hessian[i][i] += strength;
            }
        }
        at
    }
}

/// What to fit and from where.
pub(crate) struct Search<'a> {
    /// Likelihood of the whole table.
    pub full: &'a dyn Likelihood,
    /// Likelihood of a sample to choose the start on; `None` for the whole.
    pub sample: Option<&'a dyn Likelihood>,
    /// Starts in natural parameters.
    pub starts: Vec<Vec<f64>>,
    /// Bounds in natural parameters.
    pub bounds: Vec<(f64, f64)>,
    /// Prior on log parameters.
    pub prior: Option<Prior>,
}

/// Where a search ended, in natural parameters.
pub(crate) struct Found {
    pub parameters: Vec<f64>,
    pub log_likelihood: f64,
    pub std_errors: Option<Vec<f64>>,
    pub log_covariance: Option<Vec<Vec<f64>>>,
    pub outcome: Outcome,
    /// Parameters at their lower (−1) or upper (+1) bound.
    pub at_bound: Vec<i8>,
    pub evaluations: u64,
    pub starts: Vec<f64>,
}

impl Search<'_> {
    /// The best of all starts, finished on the whole table.
    pub(crate) fn run(&self) -> Found {
        let bounds: Vec<(f64, f64)> = self.bounds.iter().map(|(l, u)| (l.ln(), u.ln())).collect();
        let prior = self.prior.as_ref();
        let full = LogScale { likelihood: self.full, prior };
        let first = LogScale { likelihood: self.sample.unwrap_or(self.full), prior };
        let tries: Vec<Minimum> = self
            .starts
            .iter()
            .map(|start| minimise(&first, &start.iter().map(|p| p.ln()).collect::<Vec<_>>(), &bounds))
            .collect();
        let starts = tries.iter().map(|t| -t.at.value).collect();
        let mut best = best_of(tries);
        if self.sample.is_some() {
            best = minimise(&full, &best.point, &bounds);
        }
        self.found(&best, &bounds, starts)
    }

    fn found(&self, best: &Minimum, bounds: &[(f64, f64)], starts: Vec<f64>) -> Found {
        let parameters: Vec<f64> = best.point.iter().map(|l| l.exp()).collect();
        let at_bound = sides(&best.point, bounds);
        let full_covariance = inverse_inside(&best.at.hessian, &at_bound);
        let std_errors =
            full_covariance.as_ref().map(|c| parameters.iter().enumerate().map(|(i, p)| p * c[i][i].sqrt()).collect());
        let log_covariance = known_covariance(full_covariance, &best.at.hessian, &at_bound);
        Found {
            log_likelihood: self.full.evaluate(&parameters).value,
            std_errors,
            log_covariance,
            outcome: best.outcome,
            at_bound,
            evaluations: best.evaluations,
            starts,
            parameters,
        }
    }
}

/// The inverse Hessian of an interior minimum.
pub(crate) fn inverse_inside(hessian: &[Vec<f64>], at_bound: &[i8]) -> Option<Vec<Vec<f64>>> {
    if at_bound.iter().all(|side| *side == 0) { inverse_positive(hessian) } else { None }
}

/// The full covariance where all of it is known well, else what is known.
pub(crate) fn known_covariance(
    full: Option<Vec<Vec<f64>>>,
    hessian: &[Vec<f64>],
    at_bound: &[i8],
) -> Option<Vec<Vec<f64>>> {
    let sharp = |c: &Vec<Vec<f64>>| (0..c.len()).all(|i| c[i][i] < 1.0 / INFORMATIVE);
    full.filter(sharp).or_else(|| partial_covariance(hessian, at_bound))
}

/// Which variables are at their lower (−1) or upper (+1) bound.
pub(crate) fn sides(point: &[f64], bounds: &[(f64, f64)]) -> Vec<i8> {
    let side = |(p, (l, u)): (&f64, &(f64, f64))| if *p <= l + AT_BOUND { -1 } else { i8::from(*p >= u - AT_BOUND) };
    point.iter().zip(bounds).map(side).collect()
}

/// Covariance along the directions (of the parameters not at a bound) in which the
/// likelihood is curved; along the others nothing that can be predicted changes.
fn partial_covariance(hessian: &[Vec<f64>], at_bound: &[i8]) -> Option<Vec<Vec<f64>>> {
    let n = hessian.len();
    let free: Vec<usize> = (0..n).filter(|&i| at_bound[i] == 0 && hessian[i][i].is_finite()).collect();
    let part: Vec<Vec<f64>> = free.iter().map(|&i| free.iter().map(|&j| hessian[i][j]).collect()).collect();
    let (values, vectors) = eigen(&part);
    let known: Vec<usize> = (0..free.len()).filter(|&k| values[k] > INFORMATIVE).collect();
    if known.is_empty() {
        return None;
    }
    let mut all = vec![vec![0.0; n]; n];
    for (row, &i) in free.iter().enumerate() {
        for (column, &j) in free.iter().enumerate() {
            all[i][j] = known.iter().map(|&k| vectors[row][k] * vectors[column][k] / values[k]).sum();
        }
    }
    Some(all)
}

/// The lowest minimum; the first of equals.
pub(crate) fn best_of(tries: Vec<Minimum>) -> Minimum {
    let mut tries = tries.into_iter();
    let first = tries.next().expect("a search has at least one start");
    tries.fold(first, |best, next| if next.at.value < best.at.value { next } else { best })
}

/// A first dropout shape that stands for none: the odds of having dropped out are
/// then below the last digit for any history.
pub(crate) const NO_DROPOUT_SHAPE: f64 = 1e-30;

impl Found {
    /// These parameters of purchasing with the dropout parameters that stand for
    /// none; what is not known about the latter counts as certain.
    pub(crate) fn without_dropout(mut self, dropout: [f64; 2], likelihood: &dyn Likelihood) -> Self {
        self.parameters.extend(dropout);
        self.log_likelihood = likelihood.evaluate(&self.parameters).value;
        if let Some(covariance) = &mut self.log_covariance {
            for row in covariance.iter_mut() {
                row.extend([0.0; 2]);
            }
            covariance.extend([vec![0.0; 4], vec![0.0; 4]]);
        }
        self.std_errors = None;
        self.at_bound.extend([-1, 0]);
        self
    }

    /// The fit of `model`, unless `limit` names a simpler model.
    pub(crate) fn into_fit<M>(self, model: M, limit: Option<Limit>, customers: f64) -> Fit<M> {
        let status = match (limit, self.outcome) {
            (Some(limit), _) => FitStatus::AtBound { limit },
            (None, Outcome::StepLimit) => FitStatus::NotConverged,
            (None, _) if self.std_errors.is_none() => FitStatus::Flat,
            (None, _) => FitStatus::Converged,
        };
        let known = matches!(status, FitStatus::Converged | FitStatus::NotConverged);
        Fit {
            model,
            log_likelihood: self.log_likelihood,
            std_errors: self.std_errors.filter(|_| known),
            log_covariance: self.log_covariance,
            status,
            customers,
            evaluations: self.evaluations,
            starts: self.starts,
        }
    }
}
