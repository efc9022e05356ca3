//! Scores under BG/BB: against single customers, and against the truth of simulated ones.

use super::simulation::Random;
use super::{
    BgBb, Fit, FitStatus, GammaGamma, Intervals, Opportunities, OpportunityCustomers, OpportunityScoreOptions,
    OpportunityTable, fit_bgbb, score_bgbb,
};

const PUBLISHED: BgBb = BgBb { alpha: 1.204, beta: 0.75, gamma: 0.657, delta: 2.783 };
const SPEND: GammaGamma = GammaGamma { p: 6.25, q: 3.74, v: 15.44 };

fn known<M>(model: M) -> Fit<M> {
    Fit {
        model,
        log_likelihood: 0.0,
        std_errors: None,
        log_covariance: None,
        status: FitStatus::Converged,
        customers: 1.0,
        evaluations: 0,
        starts: Vec::new(),
    }
}

fn options(horizons: &[f64], discount: f64) -> OpportunityScoreOptions {
    OpportunityScoreOptions {
        horizons: horizons.to_vec(),
        discount_per_opportunity: discount,
        interval_level: 0.8,
        intervals: Intervals::All,
    }
}

/// Simulated customers: what was seen, and their own p, θ (none when gone), spend.
struct Truth {
    x: Vec<u32>,
    t_x: Vec<u32>,
    n: Vec<u32>,
    z: Vec<f64>,
    own: Vec<(f64, f64, f64)>,
}

fn simulate(customers: usize, seed: u64) -> Truth {
    let mut random = Random::new(seed);
    let mut truth = Truth { x: vec![], t_x: vec![], n: vec![], z: vec![], own: vec![] };
    for i in 0..customers {
        let (p, theta) = (random.beta(PUBLISHED.alpha, PUBLISHED.beta), random.beta(PUBLISHED.gamma, PUBLISHED.delta));
        let zeta = SPEND.p * SPEND.v / random.gamma(SPEND.q);
        let n = 4 + (i % 5) as u32;
        let (mut x, mut t_x, mut alive, mut total) = (0, 0, true, 0.0);
        for opportunity in 1..=n {
            alive = alive && random.uniform() >= theta;
            if alive && random.uniform() < p {
                x += 1;
                t_x = opportunity;
                total += random.gamma(SPEND.p) * zeta / SPEND.p;
            }
        }
        truth.x.push(x);
        truth.t_x.push(t_x);
        truth.n.push(n);
        truth.z.push(if x > 0 { total / f64::from(x) } else { f64::NAN });
        truth.own.push((if alive { p } else { 0.0 }, theta, zeta));
    }
    truth
}

fn check_coverage(what: &str, fit: &Fit<BgBb>, truth: &Truth) {
    let customers = OpportunityCustomers { x: &truth.x, t_x: &truth.t_x, n: &truth.n, spend_mean_repeat: &truth.z };
    let d = 0.1;
    let scores = score_bgbb(fit, Some(&known(SPEND)), &customers, &options(&[5.0], d));
    let h = &scores.horizons[0];
    let mut held = [0.0; 3];
    let mut told = 0.0;
    for (row, (p, theta, zeta)) in truth.own.iter().enumerate() {
        // where the chance of having left exceeds the level, the interval holds more than asked for
        if 1.0 - scores.p_alive[row] > 0.8 {
            continue;
        }
        told += 1.0;
        let life = |d: f64| (1..=5).map(|m| ((1.0 - theta) / (1.0 + d)).powi(m)).sum::<f64>();
        let inside = |low: f64, own: f64, high: f64| f64::from(u8::from(low <= own && own <= high));
        held[0] += inside(h.purchases_lower[row], p * life(0.0), h.purchases_upper[row]);
        held[1] += inside(h.value_lower[row], p * life(d) * zeta, h.value_upper[row]);
        held[2] += inside(scores.spend_lower[row], *zeta, scores.spend_upper[row]);
    }
    for (name, held) in ["purchases", "value", "spend"].iter().zip(held) {
        let share = held / told;
        assert!((0.78..=0.82).contains(&share), "{what}, {name}: {share}");
    }
}

#[test]
fn eighty_per_cent_intervals_hold_eighty_per_cent() {
    let truth = simulate(30_000, 5);
    check_coverage("known", &known(PUBLISHED), &truth);
    let small = simulate(800, 9);
    let rows: Vec<_> =
        (0..800).map(|i| (Opportunities { x: small.x[i], t_x: small.t_x[i], n: small.n[i] }, 1.0)).collect();
    let fit = fit_bgbb(&OpportunityTable::new(&rows).0);
    assert!(fit.log_covariance.is_some(), "{}", fit.status);
    check_coverage("fitted", &fit, &truth);
}

#[test]
fn scores_are_those_of_single_customers() {
    let (x, t_x, n) = ([0, 3, 6, 2], [0, 5, 6, 2], [6, 6, 6, 6]);
    let z = [f64::NAN, 40.0, 25.0, 0.0];
    let customers = OpportunityCustomers { x: &x, t_x: &t_x, n: &n, spend_mean_repeat: &z };
    let scores = score_bgbb(&known(PUBLISHED), Some(&known(SPEND)), &customers, &options(&[4.0, 4.5, 0.0], 0.1));
    for row in 0..4 {
        let seen = Opportunities { x: x[row], t_x: t_x[row], n: n[row] };
        let (four, five) = (PUBLISHED.expected_purchases(&seen, 4), PUBLISHED.expected_purchases(&seen, 5));
        assert!((scores.p_alive[row] - PUBLISHED.p_alive(&seen)).abs() < 1e-14);
        assert!((scores.horizons[0].purchases[row] - four).abs() < 1e-12);
        assert!((scores.horizons[1].purchases[row] - 0.5 * (four + five)).abs() < 1e-12);
        assert!((scores.horizons[0].p_purchase[row] - 1.0 + PUBLISHED.p_no_purchase(&seen, 0, 4)).abs() < 1e-12);
        let used = if z[row] > 0.0 { x[row] } else { 0 };
        let mean = SPEND.expected_mean(used, if used > 0 { z[row] } else { 0.0 }).unwrap();
        let value = PUBLISHED.discounted_purchases(&seen, 4, 0.1) * mean;
        assert!((scores.horizons[0].value[row] - value).abs() < 1e-9 * value);
        assert!(scores.horizons[2].purchases[row] == 0.0 && scores.horizons[2].value[row] == 0.0);
        for h in &scores.horizons {
            assert!(h.value_lower[row] <= h.value[row] && h.value[row] <= h.value_upper[row]);
            assert!(h.purchases_lower[row] <= h.purchases[row] && h.purchases[row] <= h.purchases_upper[row]);
        }
    }
}

#[test]
fn extremes_stay_finite() {
    let (x, t_x, n) = ([0, 0, 500, 1, 250], [0, 0, 500, 1, 400], [0, 500, 500, 500, 500]);
    let customers = OpportunityCustomers { x: &x, t_x: &t_x, n: &n, spend_mean_repeat: &[f64::NAN; 5] };
    for model in [
        PUBLISHED,
        BgBb { delta: 1e6, ..PUBLISHED },
        BgBb { gamma: 1.0, ..PUBLISHED },
        BgBb { gamma: 1e-4, ..PUBLISHED },
    ] {
        let scores = score_bgbb(&known(model), None, &customers, &options(&[1.0, 52.18, 1000.0], 0.0));
        for h in &scores.horizons {
            let all = h.purchases.iter().chain(&h.purchases_lower).chain(&h.purchases_upper).chain(&h.value_upper);
            assert!(all.into_iter().all(|v| v.is_finite() && *v >= 0.0), "{model:?} {h:?}");
            assert!(h.p_purchase.iter().all(|p| (0.0..=1.0).contains(p)), "{model:?}");
        }
    }
}
