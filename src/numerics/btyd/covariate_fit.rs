//! What a fit with static covariates says: the parameters of any customer, and how
//! well they are known. How it is made is in [`super::covariates`].

use super::any_model::AnyModel;
use super::fit::FitStatus;
use super::geometric::BetaGeometric;
use super::pareto::ParetoNbd;
use serde::{Deserialize, Serialize};

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
    /// Covariance of (logarithms of the base parameters, coefficients of purchasing,
    /// of dropout), without the directions that the data say nothing about, as in
    /// [`Fit`](super::Fit).
    pub covariance: Option<Vec<Vec<f64>>>,
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

    /// The model of a customer with these covariates.
    pub fn model(&self, purchase: &[f64], dropout: &[f64]) -> AnyModel {
        let [r, alpha, a, b] = self.parameters(purchase, dropout);
        match self.model {
            CovariateModel::BgNbd => AnyModel::BetaGeometric(BetaGeometric::bg_nbd(r, alpha, a, b)),
            CovariateModel::MbgNbd => AnyModel::BetaGeometric(BetaGeometric::mbg_nbd(r, alpha, a, b)),
            CovariateModel::ParetoNbd => AnyModel::ParetoNbd(ParetoNbd { r, alpha, s: a, beta: b }),
        }
    }

    /// The covariance of the logarithms of the four parameters of a customer with these
    /// covariates, as scoring takes it; `None` where none is known.
    ///
    /// # Formula
    /// `M Σ Mᵀ`, Σ the covariance of (ln base, coefficients), of which the logarithms
    /// are the linear function M.
    pub fn log_covariance(&self, purchase: &[f64], dropout: &[f64]) -> Option<Vec<Vec<f64>>> {
        let size = 4 + self.purchase.len() + self.dropout.len();
        let sigma = self.covariance.as_ref().filter(|c| c.len() == size && c.iter().all(|row| row.len() == size))?;
        let rows = log_parameter_rows(self.model, (purchase, dropout), self.purchase.len(), size);
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let entry = |a: &[f64], b: &[f64]| a.iter().zip(sigma).map(|(a, row)| a * dot(row, b)).sum();
        Some(rows.iter().map(|a| rows.iter().map(|b| entry(a, b)).collect()).collect())
    }

    /// The (M)BG/NBD of a customer with these covariates; `None` for Pareto/NBD.
    pub fn geometric(&self, purchase: &[f64], dropout: &[f64]) -> Option<BetaGeometric> {
        match self.model(purchase, dropout) {
            AnyModel::BetaGeometric(model) => Some(model),
            _ => None,
        }
    }

    /// The Pareto/NBD of a customer with these covariates; `None` for the others.
    pub fn pareto(&self, purchase: &[f64], dropout: &[f64]) -> Option<ParetoNbd> {
        match self.model(purchase, dropout) {
            AnyModel::ParetoNbd(model) => Some(model),
            _ => None,
        }
    }
}

/// Rows of the matrix from (ln base, coefficients of purchasing, of dropout), `size` in
/// all, to the logarithms of the four parameters of a customer with covariates
/// (purchase, dropout). Covariates without a coefficient are ignored.
pub(crate) fn log_parameter_rows(
    model: CovariateModel,
    (purchase, dropout): (&[f64], &[f64]),
    purchase_coefficients: usize,
    size: usize,
) -> Vec<Vec<f64>> {
    let mut rows = vec![vec![0.0; size]; 4];
    for (k, row) in rows.iter_mut().enumerate() {
        row[k] = 1.0;
    }
    for (k, w) in purchase.iter().enumerate().take(purchase_coefficients) {
        rows[1][4 + k] = -w;
    }
    for (k, z) in dropout.iter().enumerate().take(size - 4 - purchase_coefficients) {
        let column = 4 + purchase_coefficients + k;
        match model {
            CovariateModel::ParetoNbd => rows[3][column] = -z,
            CovariateModel::BgNbd | CovariateModel::MbgNbd => {
                rows[2][column] = *z;
                rows[3][column] = *z;
            }
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(model: CovariateModel) -> CovariateFit {
        let coefficient = |estimate| Coefficient { estimate, std_error: None };
        let own = |i: usize, j: usize| if i == j { 0.02 * (1.0 + i as f64) } else { 0.003 * (1.0 + (i * j) as f64) };
        CovariateFit {
            model,
            base: [0.8, 6.0, 0.9, 3.0],
            std_errors: None,
            purchase: vec![coefficient(0.4), coefficient(-0.3)],
            dropout: vec![coefficient(0.2)],
            covariance: Some((0..7).map(|i| (0..7).map(|j| own(i, j)).collect()).collect()),
            log_likelihood: -1.0,
            status: FitStatus::Converged,
        }
    }

    /// The matrix from all that is estimated to a customer's parameters, by differences.
    #[test]
    fn the_covariance_of_a_customer_follows_from_differences() {
        let (w, z) = ([1.5, 2.0], [0.7]);
        for model in [CovariateModel::BgNbd, CovariateModel::MbgNbd, CovariateModel::ParetoNbd] {
            let fit = fit(model);
            let logs = |step: usize, by: f64| {
                let mut moved = fit.clone();
                match step {
                    0..4 => moved.base[step] *= by.exp(),
                    4..6 => moved.purchase[step - 4].estimate += by,
                    _ => moved.dropout[step - 6].estimate += by,
                }
                moved.model(&w, &z).as_model().parameters().iter().map(|p| p.ln()).collect::<Vec<f64>>()
            };
            let slope = |k: usize| -> Vec<f64> {
                logs(k, 1e-5).iter().zip(logs(k, -1e-5)).map(|(up, down)| (up - down) / 2e-5).collect()
            };
            let slopes: Vec<Vec<f64>> = (0..7).map(slope).collect();
            let sigma = fit.covariance.clone().expect("given");
            let got = fit.log_covariance(&w, &z).expect("known");
            for (i, row) in got.iter().enumerate() {
                for (j, got) in row.iter().enumerate() {
                    let each = |k: usize| (0..7).map(|l| slopes[k][i] * sigma[k][l] * slopes[l][j]).sum::<f64>();
                    let want: f64 = (0..7).map(each).sum();
                    assert!((got - want).abs() < 1e-8, "{model:?} {i} {j}: {got} {want}");
                }
            }
        }
    }

    #[test]
    fn surplus_covariates_and_foreign_covariances_are_harmless() {
        let mut fit = fit(CovariateModel::BgNbd);
        assert_eq!(fit.log_covariance(&[1.0, 2.0, 9.0], &[0.5, 9.0]), fit.log_covariance(&[1.0, 2.0], &[0.5]));
        assert_eq!(fit.model(&[1.0, 2.0, 9.0], &[0.5, 9.0]), fit.model(&[1.0, 2.0], &[0.5]));
        fit.covariance = Some(vec![vec![1.0]; 3]);
        assert_eq!(fit.log_covariance(&[1.0, 2.0], &[0.5]), None);
    }
}
