//! What must hold for every likelihood and every fit, whatever the family.

use super::bgbb::Opportunities;
use super::fit::Likelihood;
use super::gamma_gamma_fit::SpendLikelihood;
use super::geometric_likelihood::GeometricLikelihood;
use super::nbd::NbdLikelihood;
use super::pareto_likelihood::ParetoLikelihood;
use super::regular_fit::RegularLikelihood;
use super::sbg::Cohort;
use super::simulation::{Law, Population};
use super::{
    AnyModel, CovariateModel, CovariateRow, FirstCoin, Fit, Histories, ModelKind, OpportunityTable, SpendTable,
    fit_bgbb, fit_covariates, fit_gamma_gamma, group_by_covariates,
};

/// A few customers of all sorts: one-time, silent, active to the last day.
fn histories() -> Histories {
    let (x, t_x, t) = ([0, 1, 2, 6, 1, 0, 9], [0, 24, 18, 75, 54, 0, 60], [100, 97, 83, 87, 89, 40, 60]);
    Histories::from_days(&x, &t_x, &t).expect("valid")
}

/// Gradient and Hessian against central differences of value and gradient.
fn check_derivatives(name: &str, likelihood: &dyn Likelihood, at: &[f64]) {
    let here = likelihood.evaluate(at);
    for k in 0..at.len() {
        let step = 1e-5 * at[k];
        let moved = |s: f64| {
            let mut p = at.to_vec();
            p[k] += s;
            likelihood.evaluate(&p)
        };
        let (up, down) = (moved(step), moved(-step));
        let slope = (up.value - down.value) / (2.0 * step);
        assert!((here.gradient[k] - slope).abs() < 1e-6 * (1.0 + slope.abs()), "{name} {at:?} {k}");
        for j in 0..at.len() {
            let curve = (up.gradient[j] - down.gradient[j]) / (2.0 * step);
            assert!((here.hessian[k][j] - curve).abs() < 1e-5 * (1.0 + curve.abs()), "{name} {at:?} {k} {j}");
            assert!((here.hessian[k][j] - here.hessian[j][k]).abs() <= 1e-12 * here.hessian[k][j].abs());
        }
    }
}

#[test]
fn derivatives_of_every_likelihood_equal_differences() {
    let h = histories();
    for at in [[0.7, 3.0, 0.9, 1.7], [2.5, 20.0, 0.3, 8.0]] {
        for coin in [FirstCoin::Spared, FirstCoin::Tossed] {
            check_derivatives("geometric", &GeometricLikelihood::new(&h, coin), &at);
            for k in [1, 2, 5] {
                check_derivatives("regular", &RegularLikelihood::new(&h, 3.0, coin, k), &at);
            }
        }
        check_derivatives("nbd", &NbdLikelihood::new(&h), &at[..2]);
    }
    for at in [[0.7, 3.0, 0.9, 7.0], [2.5, 20.0, 0.3, 80.0], [0.7, 30.0, 1.9, 7.0]] {
        check_derivatives("pareto", &ParetoLikelihood::new(&h), &at);
    }
    let spends = SpendTable::new(&[1, 2, 3, 1, 7], &[10.0, 22.0, 8.0, 40.0, 15.5]);
    for at in [[2.5, 3.2, 17.0], [0.6, 1.4, 60.0]] {
        check_derivatives("gamma-gamma", &SpendLikelihood::new(&spends, 1.0), &at);
    }
    let cells = [(0, 0, 6), (1, 1, 6), (2, 5, 6), (6, 6, 6), (3, 4, 9)];
    let rows: Vec<_> = cells.iter().map(|(x, t_x, n)| (Opportunities { x: *x, t_x: *t_x, n: *n }, 2.0)).collect();
    for at in [[1.2, 0.75, 0.66, 2.8], [0.4, 3.0, 2.0, 9.0]] {
        check_derivatives("bg/bb", &OpportunityTable::new(&rows).0, &at);
    }
    let survivors = [1000.0, 631.0, 468.0, 382.0, 326.0];
    for at in [[0.7, 1.2], [3.0, 9.0]] {
        check_derivatives("sbg", &Cohort::new(&survivors), &at);
    }
}

/// Columns x, `t_x`, T, z and the sum of ln(gap) of simulated customers.
struct Shop {
    x: Vec<u32>,
    t_x: Vec<f64>,
    t: Vec<f64>,
    z: Vec<f64>,
    ln_gaps: f64,
}

impl Shop {
    fn of(kind: ModelKind) -> Self {
        let bg = Population::bg(0.9, 5.0, 0.8, 4.0);
        let population = match kind {
            ModelKind::BgNbd => bg,
            ModelKind::MbgNbd => Population { law: Law::Any(0.8, 4.0), ..bg },
            ModelKind::ParetoNbd => Population { law: Law::Lifetime(0.8, 20.0), ..bg },
            ModelKind::BgCnbdK => Population { k: 2, alpha: 2.5, ..bg },
            ModelKind::MbgCnbdK => Population { k: 2, alpha: 2.5, law: Law::Any(0.8, 4.0), ..bg },
        };
        let truths = population.customers(2500, 19, 30.0, 80.0);
        Self {
            x: truths.iter().map(|c| c.x).collect(),
            t_x: truths.iter().map(|c| c.t_x).collect(),
            t: truths.iter().map(|c| c.t).collect(),
            z: truths.iter().map(|c| c.z).collect(),
            ln_gaps: truths.iter().map(|c| c.ln_gaps).sum(),
        }
    }

    /// Every customer elsewhere: 1129 and 2500 have no common factor.
    fn permuted(&self) -> Self {
        let order: Vec<usize> = (0..self.x.len()).map(|i| (i * 1129 + 5) % self.x.len()).collect();
        let real = |v: &[f64]| order.iter().map(|i| v[*i]).collect();
        Self {
            x: order.iter().map(|i| self.x[*i]).collect(),
            t_x: real(&self.t_x),
            t: real(&self.t),
            z: real(&self.z),
            ln_gaps: self.ln_gaps,
        }
    }

    fn histories(&self) -> Histories {
        Histories::from_values(&self.x, &self.t_x, &self.t, 7.0).expect("valid")
    }

    fn rows(&self) -> Vec<CovariateRow> {
        let each = self.x.iter().zip(&self.t_x).zip(&self.t);
        let row = |((x, t_x), t): ((&u32, &f64), &f64)| {
            let w = f64::from(u8::from(*t > 50.0));
            CovariateRow { purchase: vec![w], dropout: vec![w], x: *x, t_x: *t_x, t: *t }
        };
        each.map(row).collect()
    }
}

#[test]
fn the_order_of_customers_changes_no_bit_of_any_fit() {
    for kind in ModelKind::ALL {
        let shop = Shop::of(kind);
        assert_eq!(
            kind.fit(&shop.histories(), shop.ln_gaps),
            kind.fit(&shop.permuted().histories(), shop.ln_gaps),
            "{kind:?}"
        );
    }
    let shop = Shop::of(ModelKind::BgNbd);
    let other = shop.permuted();
    assert_ne!(shop.x, other.x);
    let spend = |s: &Shop| fit_gamma_gamma(&SpendTable::new(&s.x, &s.z));
    assert_eq!(spend(&shop), spend(&other));
    for model in [CovariateModel::BgNbd, CovariateModel::MbgNbd, CovariateModel::ParetoNbd] {
        let fit = |s: &Shop| fit_covariates(&group_by_covariates(&s.rows(), 7.0).expect("valid"), model, 0.1);
        assert_eq!(fit(&shop), fit(&other), "{model:?}");
    }
    let seen = |s: &Shop| -> Vec<(Opportunities, f64)> {
        let cell = |x: u32, t_x: f64| Opportunities { x: x.min(8), t_x: (x.min(8)).max((t_x / 10.0) as u32), n: 8 };
        s.x.iter().zip(&s.t_x).map(|(x, t_x)| (if *x == 0 { cell(0, 0.0) } else { cell(*x, *t_x) }, 1.0)).collect()
    };
    let bgbb = |s: &Shop| fit_bgbb(&OpportunityTable::new(&seen(s)).0);
    assert_eq!(bgbb(&shop), bgbb(&other));
}

#[test]
fn days_and_weeks_are_fitted_alike() {
    for kind in ModelKind::ALL {
        let shop = Shop::of(kind);
        let weeks: Fit<AnyModel> = kind.fit(&shop.histories(), shop.ln_gaps);
        let in_days = |v: &[f64]| v.iter().map(|t| 7.0 * t).collect::<Vec<f64>>();
        let histories = Histories::from_values(&shop.x, &in_days(&shop.t_x), &in_days(&shop.t), 1.0).expect("valid");
        let repeats = histories.repeat_purchases();
        let days = kind.fit(&histories, shop.ln_gaps + repeats * 7f64.ln());
        assert_eq!(weeks.status, days.status);
        let ll = days.log_likelihood + repeats * 7f64.ln();
        assert!((ll - weeks.log_likelihood).abs() < 1e-6, "{kind:?}: {ll} {}", weeks.log_likelihood);
        let times: &[usize] = if kind == ModelKind::ParetoNbd { &[1, 3] } else { &[1] };
        let (own, other) = (weeks.model.as_model().parameters(), days.model.as_model().parameters());
        for k in 0..4 {
            let scale = if times.contains(&k) { 7.0 } else { 1.0 };
            assert!((own[k] * scale / other[k] - 1.0).abs() < 1e-5, "{kind:?} {k}: {own:?} {other:?}");
        }
    }
}
