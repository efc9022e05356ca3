//! Simulated customers with known parameters: does every fit find them again?
//!
//! The populations cover shops where hardly anybody comes back, shops with dozens of
//! purchases each, regular buyers, and customers who leave at once. An estimate must lie
//! within four standard errors of the truth on the log scale, those errors must not be
//! vague, and what is expected of a new customer, in which weakly known parameters
//! cancel, must be right within 5 %.

use super::bgbb::Opportunities;
use super::simulation::{Law, Population, Random, Truth};
use super::{Fit, Histories, ModelKind, OpportunityTable, SpendTable, fit_bgbb, fit_gamma_gamma, fit_sbg};

/// Standard errors that an estimate may be off.
const MOST_ERRORS: f64 = 4.0;

/// A standard error of a logarithm above this says nothing. Where hardly anybody comes
/// back dropout is known to a factor of 2 or 3 only.
const VAGUE: f64 = 1.0;

/// Relative error allowed in the expected repeat purchases of a new customer in a year.
const EXPECTATION: f64 = 0.05;

fn check<M>(name: &str, fit: &Fit<M>, got: &[f64], want: &[f64]) {
    assert!(fit.status.is_converged(), "{name}: {}", fit.status);
    let covariance = fit.log_covariance.as_ref().expect("interior");
    for (k, (got, want)) in got.iter().zip(want).enumerate() {
        let (error, off) = (covariance[k][k].sqrt(), (got / want).ln());
        assert!(error < VAGUE, "{name} {k}: ± {error}");
        assert!(off.abs() < MOST_ERRORS * error, "{name} {k}: {got} against {want}, ± {error}");
    }
}

/// What a population is to be like.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Like {
    /// Mean repeats below 0.3.
    Sparse,
    /// Mean repeats above 20.
    Heavy,
    /// Half of the customers, or more, dropped out before the end.
    Dying,
    /// None of these.
    Usual,
}

fn check_likeness(name: &str, like: Like, truths: &[Truth]) {
    let n = truths.len() as f64;
    let repeats = truths.iter().map(|c| f64::from(c.x)).sum::<f64>() / n;
    let gone = truths.iter().filter(|c| !c.alive).count() as f64 / n;
    let fine = match like {
        Like::Sparse => repeats < 0.3,
        Like::Heavy => repeats > 20.0,
        Like::Dying => gone > 0.5 && repeats > 0.3,
        Like::Usual => (0.3..20.0).contains(&repeats),
    };
    assert!(fine, "{name}: {repeats} repeats, {gone} gone");
}

/// (r, α, first and second parameter of dropout, customers, likeness).
type Case = (f64, f64, f64, f64, usize, Like);

const COINS: [Case; 5] = [
    (0.25, 50.0, 0.8, 2.4, 40_000, Like::Sparse),
    (3.0, 3.0, 0.5, 25.0, 6000, Like::Heavy),
    (1.5, 3.0, 2.0, 2.5, 15_000, Like::Dying),
    (0.9, 5.0, 0.8, 6.0, 15_000, Like::Usual),
    (3.0, 30.0, 1.5, 10.0, 15_000, Like::Usual),
];

const LIFETIMES: [Case; 5] = [
    (0.6, 60.0, 0.8, 15.0, 40_000, Like::Sparse),
    (2.0, 2.5, 0.5, 60.0, 6000, Like::Heavy),
    (1.5, 2.0, 1.2, 4.0, 12_000, Like::Dying),
    (0.55, 10.6, 0.6, 11.7, 15_000, Like::Usual),
    (3.0, 60.0, 2.0, 80.0, 15_000, Like::Usual),
];

fn histories(truths: &[Truth]) -> Histories {
    let x: Vec<u32> = truths.iter().map(|c| c.x).collect();
    let t_x: Vec<f64> = truths.iter().map(|c| c.t_x).collect();
    let t: Vec<f64> = truths.iter().map(|c| c.t).collect();
    Histories::from_values(&x, &t_x, &t, 7.0).expect("valid")
}

/// Simulates the case with k phases per gap, α given per phase, and fits `kind` to it.
fn recover(kind: ModelKind, case: &Case, k: u32, seed: u64) {
    let (r, alpha, a, b, n, like) = *case;
    let alpha = alpha / f64::from(k);
    let law = match kind {
        ModelKind::BgNbd | ModelKind::BgCnbdK => Law::Repeat(a, b),
        ModelKind::MbgNbd | ModelKind::MbgCnbdK => Law::Any(a, b),
        ModelKind::ParetoNbd => Law::Lifetime(a, b),
    };
    let truths = Population { law, k, ..Population::bg(r, alpha, 1.0, 1.0) }.customers(n, seed, 20.0, 104.0);
    let name = format!("{kind:?} {like:?} {r} {alpha} {a} {b} k = {k}");
    check_likeness(&name, like, &truths);
    let fit = kind.fit(&histories(&truths), truths.iter().map(|c| c.ln_gaps).sum());
    if let super::AnyModel::Regular(model) = fit.model {
        assert_eq!(model.k, k, "{name}");
    }
    let model = fit.model.as_model();
    check(&name, &fit, &model.parameters(), &[r, alpha, a, b]);
    let (got, want) = (model.expected_new(52.0), model.with_parameters(&[r, alpha, a, b]).expected_new(52.0));
    assert!((got / want - 1.0).abs() < EXPECTATION, "{name}: {got} against {want}");
}

#[test]
fn bg_and_mbg_parameters() {
    for (i, case) in COINS.iter().enumerate() {
        recover(ModelKind::BgNbd, case, 1, 40 + i as u64);
        recover(ModelKind::MbgNbd, case, 1, 50 + i as u64);
    }
}

#[test]
fn pareto_parameters() {
    for (i, case) in LIFETIMES.iter().enumerate() {
        recover(ModelKind::ParetoNbd, case, 1, 70 + i as u64);
    }
}

#[test]
fn cnbd_parameters_and_regularity() {
    for (i, case) in COINS.iter().enumerate() {
        for k in [1, 3] {
            recover(ModelKind::BgCnbdK, case, k, 80 + i as u64);
            recover(ModelKind::MbgCnbdK, case, k, 90 + i as u64);
        }
    }
}

/// Customers with `n` opportunities each.
fn donors(truth: [f64; 4], n: u32, customers: usize, seed: u64) -> Vec<(Opportunities, f64)> {
    let mut random = Random::new(seed);
    let mut one = || {
        let (p, theta) = (random.beta(truth[0], truth[1]), random.beta(truth[2], truth[3]));
        let mut h = Opportunities { x: 0, t_x: 0, n };
        for i in 1..=n {
            if random.uniform() < theta {
                break;
            }
            if random.uniform() < p {
                h.x += 1;
                h.t_x = i;
            }
        }
        (h, 1.0)
    };
    (0..customers).map(|_| one()).collect()
}

#[test]
fn bgbb_parameters() {
    for (i, (truth, n, customers, least, most)) in [
        ([1.2, 0.8, 0.7, 2.8], 8, 20_000, 0.3, 20.0),
        ([0.4, 8.0, 0.8, 4.0], 8, 60_000, 0.0, 0.3),
        ([4.0, 1.5, 0.8, 60.0], 40, 6000, 20.0, 40.0),
        ([1.5, 1.0, 2.0, 2.0], 10, 20_000, 0.3, 20.0),
    ]
    .into_iter()
    .enumerate()
    {
        let rows = donors(truth, n, customers, 10 + i as u64);
        let mean = rows.iter().map(|(h, _)| f64::from(h.x)).sum::<f64>() / customers as f64;
        assert!((least..most).contains(&mean), "{truth:?}: {mean}");
        let fit = fit_bgbb(&OpportunityTable::new(&rows).0);
        let model = fit.model;
        check(&format!("BG/BB {truth:?}"), &fit, &[model.alpha, model.beta, model.gamma, model.delta], &truth);
    }
}

#[test]
fn sbg_parameters() {
    for (i, truth) in [[0.7, 1.2], [0.6, 3.8], [3.0, 30.0], [2.0, 1.0]].into_iter().enumerate() {
        let mut random = Random::new(20 + i as u64);
        let mut survivors = vec![0.0; 13];
        for _ in 0..20_000 {
            let theta = random.beta(truth[0], truth[1]);
            for left in &mut survivors {
                *left += 1.0;
                if random.uniform() < theta {
                    break;
                }
            }
        }
        let fit = fit_sbg(&survivors);
        check(&format!("sBG {truth:?}"), &fit, &[fit.model.alpha, fit.model.beta], &truth);
    }
}

/// Spends of customers of a shop where one in so many orders is a repeat, or dozens are.
#[test]
fn gamma_gamma_parameters() {
    for (i, (spend, case)) in [
        ((6.25, 3.74, 15.44), COINS[3]),
        ((6.25, 3.74, 15.44), COINS[0]),
        ((1.5, 2.5, 80.0), COINS[1]),
        ((3.0, 12.0, 900.0), COINS[2]),
    ]
    .into_iter()
    .enumerate()
    {
        let (r, alpha, a, b, n, _) = case;
        let truths = Population { spend, ..Population::bg(r, alpha, a, b) }.customers(n, 30 + i as u64, 20.0, 104.0);
        let x: Vec<u32> = truths.iter().map(|c| c.x).collect();
        let z: Vec<f64> = truths.iter().map(|c| c.z).collect();
        let fit = fit_gamma_gamma(&SpendTable::new(&x, &z));
        let (p, q, v) = spend;
        check(&format!("Gamma-Gamma {spend:?}"), &fit, &[fit.model.p, fit.model.q, fit.model.v], &[p, q, v]);
    }
}
