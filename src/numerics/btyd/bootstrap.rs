//! How well parameters are known, from fits to resampled customers: an answer that
//! holds where the likelihood is no parabola.

use super::any_model::{AnyModel, ModelKind};
use super::fit::{Fit, FitStatus};
use super::gamma_gamma::GammaGamma;
use super::gamma_gamma_fit;
use super::histories::Histories;
use super::spend::SpendTable;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Probability below the lower and above the upper percentile.
const TAIL: f64 = 0.05;

/// What the fits to bootstrap samples say. The parameters are in their published
/// order; all columns are empty where fewer than two samples could be used.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Bootstrap {
    /// Samples that the figures rest on.
    pub draws_used: u32,
    /// Samples left out because their likelihood rises towards a simpler model, whose
    /// parameters are no estimates. Many of them say that the figures are too narrow.
    pub at_bound: u32,
    /// Standard deviation of each parameter.
    pub std_errors: Vec<f64>,
    /// Covariance of the logarithms of the parameters, as scoring takes it.
    pub log_covariance: Vec<Vec<f64>>,
    /// 5 % percentile of each parameter.
    pub lower: Vec<f64>,
    /// 95 % percentile of each parameter.
    pub upper: Vec<f64>,
}

/// Refits a model to `draws` bootstrap samples ([`Histories::resampled`] with the seeds
/// `seed`, `seed + 1`, …), each from the fitted parameters; k of the CNBD-k models is
/// held. The same whatever the number of threads.
///
/// `kind` is that of the fit; another kind is fitted from its own starts.
///
/// # Reference
/// Efron & Tibshirani (1993), *An Introduction to the Bootstrap*, chapters 6 and 13.
pub fn bootstrap(kind: ModelKind, fit: &Fit<AnyModel>, histories: &Histories, draws: u32, seed: u64) -> Bootstrap {
    let draw = |i: u32| {
        let sample = histories.resampled(seed.wrapping_add(u64::from(i)));
        let refit = if fit.model.kind() == kind { fit.model.refitted(&sample) } else { kind.fit(&sample, 0.0) };
        (refit.model.as_model().parameters(), refit.status)
    };
    summary((0..draws).into_par_iter().map(draw).collect())
}

/// As [`bootstrap`], for the spend model.
pub fn bootstrap_spend(fit: &Fit<GammaGamma>, table: &SpendTable, draws: u32, seed: u64) -> Bootstrap {
    let draw = |i: u32| {
        let sample = table.resampled(seed.wrapping_add(u64::from(i)));
        let refit = gamma_gamma_fit::fit_from(&sample, Some(&fit.model));
        (vec![refit.model.p, refit.model.q, refit.model.v], refit.status)
    };
    summary((0..draws).into_par_iter().map(draw).collect())
}

fn summary(draws: Vec<(Vec<f64>, FitStatus)>) -> Bootstrap {
    let bounded = |status: &FitStatus| matches!(status, FitStatus::AtBound { .. });
    let at_bound = draws.iter().filter(|(_, status)| bounded(status)).count() as u32;
    let used: Vec<Vec<f64>> = draws
        .into_iter()
        .filter(|(_, status)| !bounded(status) && *status != FitStatus::NotConverged)
        .map(|(parameters, _)| parameters)
        .collect();
    let draws_used = used.len() as u32;
    if draws_used < 2 {
        return Bootstrap { draws_used, at_bound, ..Bootstrap::default() };
    }
    let size = used[0].len();
    let column = |k: usize| used.iter().map(|p| p[k]).collect::<Vec<f64>>();
    let logs: Vec<Vec<f64>> = (0..size).map(|k| used.iter().map(|p| p[k].ln()).collect()).collect();
    let percentile = |u: f64| (0..size).map(|k| quantile(column(k), u)).collect();
    Bootstrap {
        draws_used,
        at_bound,
        std_errors: (0..size).map(|k| covariance(&column(k), &column(k)).sqrt()).collect(),
        log_covariance: logs.iter().map(|a| logs.iter().map(|b| covariance(a, b)).collect()).collect(),
        lower: percentile(TAIL),
        upper: percentile(1.0 - TAIL),
    }
}

/// Sample covariance, divisor n − 1.
fn covariance(a: &[f64], b: &[f64]) -> f64 {
    let n = a.len() as f64;
    let (mean_a, mean_b) = (a.iter().sum::<f64>() / n, b.iter().sum::<f64>() / n);
    a.iter().zip(b).map(|(a, b)| (a - mean_a) * (b - mean_b)).sum::<f64>() / (n - 1.0)
}

/// Quantile between order statistics (Hyndman & Fan 1996, definition 7).
fn quantile(mut values: Vec<f64>, u: f64) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let at = u * (values.len() - 1) as f64;
    let low = (at as usize).min(values.len() - 2);
    values[low] + (at - low as f64) * (values[low + 1] - values[low])
}

#[cfg(test)]
mod tests {
    use super::super::fit::Limit;
    use super::super::simulation::{Law, Population, Truth};
    use super::super::{fit_gamma_gamma, fit_regular};
    use super::*;

    fn histories(truths: &[Truth]) -> Histories {
        let days = |weeks: f64| (7.0 * weeks).round() as u32;
        let x: Vec<u32> = truths.iter().map(|c| c.x).collect();
        let t_x: Vec<u32> = truths.iter().map(|c| days(c.t_x)).collect();
        let t: Vec<u32> = truths.iter().map(|c| days(c.t)).collect();
        Histories::from_days(&x, &t_x, &t).expect("valid")
    }

    fn shop(kind: ModelKind) -> Histories {
        let bg = Population::bg(0.9, 5.0, 0.8, 4.0);
        let population = match kind {
            ModelKind::BgNbd => bg,
            ModelKind::MbgNbd => Population { law: Law::Any(0.8, 4.0), ..bg },
            ModelKind::ParetoNbd => Population { law: Law::Lifetime(0.8, 20.0), ..bg },
            ModelKind::BgCnbdK => Population { k: 2, alpha: 2.5, ..bg },
            ModelKind::MbgCnbdK => Population { k: 2, alpha: 2.5, law: Law::Any(0.8, 4.0), ..bg },
        };
        histories(&population.customers(3000, 31, 30.0, 80.0))
    }

    fn fitted(kind: ModelKind, h: &Histories) -> Fit<AnyModel> {
        use super::super::FirstCoin::{Spared, Tossed};
        match kind {
            ModelKind::BgCnbdK => fit_regular(h, 0.0, Spared, 2).map(AnyModel::Regular),
            ModelKind::MbgCnbdK => fit_regular(h, 0.0, Tossed, 2).map(AnyModel::Regular),
            _ => kind.fit(h, 0.0),
        }
    }

    /// With many customers the likelihood is a parabola and both errors agree; with 80
    /// samples a standard error is itself known to 8 %.
    #[test]
    fn errors_equal_those_of_the_curvature_where_customers_are_many() {
        for kind in ModelKind::ALL {
            let h = shop(kind);
            let fit = fitted(kind, &h);
            let found = bootstrap(kind, &fit, &h, 80, 7);
            assert_eq!((found.draws_used, found.at_bound), (80, 0), "{kind:?}");
            let curvature = fit.log_covariance.expect("interior");
            for (k, estimate) in fit.model.as_model().parameters().into_iter().enumerate() {
                let ratio = (found.log_covariance[k][k] / curvature[k][k]).sqrt();
                assert!((0.7..1.4).contains(&ratio), "{kind:?} {k}: {ratio}");
                assert!(found.lower[k] < estimate && estimate < found.upper[k], "{kind:?} {k}: {found:?}");
                assert!((0.6..1.7).contains(&(found.std_errors[k] / (estimate * curvature[k][k].sqrt()))));
            }
        }
    }

    #[test]
    fn threads_change_nothing_and_a_start_is_a_start_only() {
        let kind = ModelKind::BgNbd;
        let h = shop(kind);
        let fit = fitted(kind, &h);
        let run = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
            pool.install(|| bootstrap(kind, &fit, &h, 12, 3))
        };
        assert_eq!(run(1), run(4));
        // One sample fitted from its own starts ends in the same place.
        for kind in ModelKind::ALL {
            let sample = h.resampled(5);
            let near = fitted(kind, &h).model.refitted(&sample).model.as_model().parameters();
            let own = fitted(kind, &sample).model.as_model().parameters();
            for (a, b) in near.iter().zip(own) {
                assert!((a / b - 1.0).abs() < 1e-5, "{kind:?}: {a} {b}");
            }
        }
    }

    #[test]
    fn spend_has_errors_too() {
        let truths = Population::bg(0.9, 5.0, 0.8, 4.0).customers(3000, 32, 30.0, 80.0);
        let x: Vec<u32> = truths.iter().map(|c| c.x).collect();
        let z: Vec<f64> = truths.iter().map(|c| c.z).collect();
        let table = SpendTable::new(&x, &z);
        let fit = fit_gamma_gamma(&table);
        let found = bootstrap_spend(&fit, &table, 80, 1);
        assert_eq!(found.draws_used, 80);
        for (own, curvature) in found.std_errors.iter().zip(fit.std_errors.expect("interior")) {
            assert!((0.7..1.4).contains(&(own / curvature)), "{own} {curvature}");
        }
    }

    #[test]
    fn samples_at_a_bound_are_counted_and_left_out() {
        let limit = FitStatus::AtBound { limit: Limit::NoDropout };
        let draws = vec![
            (vec![1.0, 2.0], FitStatus::Converged),
            (vec![900.0, 1e9], limit.clone()),
            (vec![3.0, 6.0], FitStatus::Flat),
            (vec![7.0, 7.0], FitStatus::NotConverged),
        ];
        let found = summary(draws);
        assert_eq!((found.draws_used, found.at_bound), (2, 1));
        assert!((found.std_errors[0] - 2f64.sqrt()).abs() < 1e-12 && (found.lower[1] - 2.2).abs() < 1e-12);
        assert!((found.log_covariance[0][1] - 0.5 * 3f64.ln().powi(2)).abs() < 1e-12);
        let none = summary(vec![(vec![1.0], limit)]);
        assert_eq!(none, Bootstrap { at_bound: 1, ..Bootstrap::default() });
        // Nobody drops out of a shop that nobody ever left.
        let h = Histories::from_days(&[1, 2, 3, 3, 4, 6, 8, 12], &[70; 8], &[70; 8]).expect("valid");
        let fit = ModelKind::BgNbd.fit(&h, 0.0);
        let found = bootstrap(ModelKind::BgNbd, &fit, &h, 10, 1);
        assert!(found.at_bound + found.draws_used <= 10 && found.at_bound > 0, "{found:?}");
    }
}
