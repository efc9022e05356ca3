//! Data sets on which other tools gave up, lost digits or said nothing.

#![expect(clippy::float_cmp, reason = "figures that are exact by construction are compared exactly")]

use super::simulation::Random;
use super::{
    BetaGeometric, Customers, FitStatus, GammaGamma, Histories, Intervals, Limit, ModelKind, ScoreOptions,
    SpendExclusions, SpendTable, fit_bg_nbd, fit_gamma_gamma, fit_mbg_nbd, fit_nbd, score, score_model, table_gradient,
    table_log_likelihood,
};

fn close(got: f64, want: f64, relative: f64) {
    assert!((got - want).abs() <= relative * want.abs(), "{got} against {want}");
}

/// Twelve of sixteen customers came back, 43 times in all: x, `t_x`, T in days,
/// P(alive) and expected purchases in 90 days at the optimum.
const SIXTEEN: [(u32, u32, u32, f64, f64); 16] = [
    (1, 14, 178, 0.062_909_0, 0.039_587_5),
    (0, 0, 178, 1.0, 0.214_277_2),
    (1, 104, 191, 0.405_568_5, 0.240_522_8),
    (3, 14, 150, 0.004_040_3, 0.006_698_1),
    (1, 4, 163, 0.030_419_2, 0.020_595_8),
    (20, 142, 150, 0.886_091_4, 8.400_391_5),
    (1, 3, 185, 0.022_554_1, 0.013_740_8),
    (4, 116, 166, 0.517_785_8, 1.012_161_4),
    (3, 109, 168, 0.478_237_1, 0.723_467_3),
    (0, 0, 172, 1.0, 0.220_624_2),
    (3, 31, 195, 0.012_045_7, 0.016_112_9),
    (0, 0, 154, 1.0, 0.242_165_9),
    (1, 4, 164, 0.030_162_8, 0.020_319_3),
    (2, 66, 189, 0.191_222_4, 0.188_723_9),
    (3, 67, 198, 0.100_948_8, 0.133_321_2),
    (0, 0, 160, 1.0, 0.234_528_5),
];

#[test]
fn sixteen_customers_have_a_clear_optimum_in_any_order_and_unit() {
    const IN_WEEKS: f64 = -102.362_467_817;
    let column = |f: fn(&(u32, u32, u32, f64, f64)) -> u32| SIXTEEN.iter().map(f).collect::<Vec<_>>();
    let (x, t_x, t) = (column(|c| c.0), column(|c| c.1), column(|c| c.2));
    let real = |v: &[u32]| v.iter().map(|d| f64::from(*d)).collect::<Vec<_>>();
    let days = fit_bg_nbd(&Histories::from_values(&x, &real(&t_x), &real(&t), 1.0).expect("valid"));
    assert!(days.status.is_converged(), "{}", days.status);
    close(days.log_likelihood, IN_WEEKS - 43.0 * 7.0_f64.ln(), 1e-8);
    for (got, want) in [days.model.r, days.model.alpha, days.model.a, days.model.b].iter().zip([
        0.500_868_96,
        8.417_796_97,
        0.909_406_59,
        1.466_662_11,
    ]) {
        close(*got, want, 1e-5);
    }
    for (x, t_x, t, p_alive, expected) in SIXTEEN {
        let (t_x, t) = (f64::from(t_x), f64::from(t));
        assert!((days.model.p_alive(x, t_x, t) - p_alive).abs() < 1e-5);
        assert!((days.model.expected_purchases(x, t_x, t, 90.0) - expected).abs() < 1e-4);
    }
    let weeks = fit_bg_nbd(&Histories::from_days(&x, &t_x, &t).expect("valid"));
    close(weeks.model.alpha, days.model.alpha / 7.0, 1e-7);
    close(weeks.log_likelihood, IN_WEEKS, 1e-8);
    let reversed = |v: &[u32]| v.iter().rev().copied().collect::<Vec<_>>();
    let again = fit_bg_nbd(&Histories::from_days(&reversed(&x), &reversed(&t_x), &reversed(&t)).expect("valid"));
    assert_eq!(weeks, again);
}

/// Fourteen customers who all bought (almost) to the last week. Without dropout the likelihood has its
/// maximum at r 6.723547, alpha 61.472642 (Nelder-Mead from three starts elsewhere).
#[test]
fn without_a_sign_of_dropout_the_fit_ends_at_its_bound_and_says_so() {
    const SUPREMUM: f64 = -210.346_875_4;
    let x = [2, 1, 4, 3, 5, 7, 6, 11, 2, 4, 1, 9, 3, 8];
    let t_x = [40.0, 41.0, 41.0, 44.0, 43.0, 45.0, 44.0, 45.0, 42.0, 40.0, 38.0, 45.0, 41.0, 44.0];
    let t = [40.0, 41.0, 42.0, 44.0, 44.0, 45.0, 45.0, 45.0, 43.0, 40.0, 38.0, 45.0, 42.0, 44.0];
    let h = Histories::from_values(&x, &t_x, &t, 7.0).expect("valid");
    let fit = fit_bg_nbd(&h);
    assert_eq!(fit.status, FitStatus::AtBound { limit: Limit::NoDropout });
    assert!(fit.status.to_string().contains("dropout at its bound"));
    assert!((SUPREMUM - 0.05..=SUPREMUM + 1e-4).contains(&fit.log_likelihood), "{}", fit.log_likelihood);
    for i in 0..x.len() {
        assert!(fit.model.p_alive(x[i], t_x[i], t[i]) >= 0.99);
    }
    // 52 (r + x) / (alpha + T)
    close(fit.model.expected_purchases(1, 41.0, 41.0, 52.0), 3.919_333, 0.02);
    close(fit.model.expected_purchases(11, 45.0, 45.0, 52.0), 8.655_974, 0.02);
    // Where log-beta differences lose their digits the likelihood seems to rise.
    let huge = BetaGeometric::bg_nbd(6.723_547, 61.472_642, 1e8, 1e13);
    assert!(table_log_likelihood(&h, &huge) < SUPREMUM + 1e-4);
}

/// Five customers: free days do not count, a refund is no purchase; two are
/// left with repeat spend.
#[test]
fn days_without_money_stay_out_of_the_spend_model() {
    let table = SpendTable::new(&[2, 1, 0, 2, 0], &[0.0, 44.0, 0.0, 17.0, 0.0]);
    assert_eq!(table.customers(), 2);
    assert_eq!(table.excluded(), SpendExclusions { no_repeat: 2, not_positive: 1, not_finite: 0 });
    let spend = fit_gamma_gamma(&table);
    assert_eq!(spend.status, FitStatus::TooFewRepeatBuyers { repeat_buyers: 2, needed: 5 });
    for (x, z) in [(0, 0.0), (1, 44.0), (2, 17.0)] {
        let mean = spend.model.finite_mean(x, z);
        assert!(mean > 5.0 && mean < 80.0, "{mean}");
    }
}

/// As [`survives_anything`], and nobody is expected to buy more than a few times
/// the fastest pace seen.
fn survives(x: &[u32], t_x: &[u32], t: &[u32], z: &[f64]) -> FitStatus {
    let fit = fit_bg_nbd(&Histories::from_days(x, t_x, t).expect("valid"));
    let pace = x.iter().zip(t).map(|(x, t)| f64::from(x + 1) / f64::from(t + 1)).fold(0.0, f64::max);
    for i in 0..x.len() {
        let week = |days: u32| f64::from(days) / 7.0;
        let most = fit.model.expected_purchases(x[i], week(t_x[i]), week(t[i]), week(90));
        assert!(most <= 90.0 * 2.0 * pace, "{most} at pace {pace}: {fit:?}");
    }
    survives_anything(x, t_x, t, z)
}

/// Runs everything on a table and asserts that whatever comes out is sane.
fn survives_anything(x: &[u32], t_x: &[u32], t: &[u32], z: &[f64]) -> FitStatus {
    survives_kinds(&ModelKind::ALL, x, t_x, t, z)
}

fn survives_kinds(kinds: &[ModelKind], x: &[u32], t_x: &[u32], t: &[u32], z: &[f64]) -> FitStatus {
    let h = Histories::from_days(x, t_x, t).expect("valid");
    let fit = fit_bg_nbd(&h);
    let other = fit_mbg_nbd(&h);
    let spend = fit_gamma_gamma(&SpendTable::new(x, z));
    let options = ScoreOptions {
        horizons_weeks: [1.0, 90.0, 3650.0].map(|days| days / 7.0).to_vec(),
        discount_rate_annual: 0.1,
        interval_level: 0.8,
        intervals: Intervals::All,
    };
    let customers = Customers { x, t_x, t, units_per_week: 7.0, spend_mean_repeat: z };
    for fit in [&fit, &other] {
        assert!(fit.log_likelihood.is_finite(), "{fit:?}");
        let scores = score(fit, Some(&spend), &customers, &options);
        assert!(scores.p_alive.iter().all(|p| (0.0..=1.0).contains(p)));
        assert!(scores.spend.iter().all(|s| s.is_finite() && *s >= 0.0));
        for h in &scores.horizons {
            for i in 0..x.len() {
                assert!(h.purchases[i].is_finite() && h.value[i].is_finite(), "{fit:?}");
                assert!(0.0 <= h.purchases_lower[i] && h.purchases_lower[i] <= h.purchases[i]);
                assert!(h.purchases[i] <= h.purchases_upper[i] && h.purchases_upper[i].is_finite());
                assert!(0.0 <= h.value_lower[i] && h.value_lower[i] <= h.value[i]);
                assert!(h.value[i] <= h.value_upper[i] && h.value_upper[i].is_finite());
                assert!((0.0..=1.0).contains(&h.p_purchase[i]));
            }
        }
    }
    let ln_gaps = f64::from(x.iter().sum::<u32>());
    let options = ScoreOptions { horizons_weeks: [30.0, 365.0].map(|days| days / 7.0).to_vec(), ..options };
    for kind in kinds {
        let fit = kind.fit(&h, ln_gaps);
        assert_eq!(fit.model.kind(), *kind);
        assert!(fit.log_likelihood.is_finite(), "{fit:?}");
        let model = fit.model.as_model();
        let scores = score_model(model, fit.log_covariance.as_deref(), Some(&spend), &customers, &options);
        assert!(scores.p_alive.iter().all(|p| (0.0..=1.0).contains(p)), "{fit:?}");
        for h in &scores.horizons {
            let all = h.purchases.iter().chain(&h.value).chain(&h.purchases_upper).chain(&h.value_upper);
            assert!(all.into_iter().all(|v| v.is_finite() && *v >= 0.0), "{fit:?}");
        }
    }
    fit.status
}

#[test]
fn degenerate_tables_give_flagged_and_finite_answers() {
    let few = |status: FitStatus| assert!(matches!(status, FitStatus::TooFewRepeatBuyers { .. }), "{status}");
    few(survives(&[], &[], &[], &[]));
    few(survives(&[0], &[0], &[0], &[0.0]));
    few(survives(&[3], &[40], &[50], &[12.0]));
    few(survives(&[0; 50], &[0; 50], &[200; 50], &[0.0; 50]));
    let alike = survives(&[2; 40], &[30; 40], &[90; 40], &[10.0; 40]);
    assert!(!alike.is_converged(), "{alike}");
    let at_end = survives(&[2; 40], &[90; 40], &[90; 40], &[10.0; 40]);
    assert!(!at_end.is_converged(), "{at_end}");
    let once: Vec<u32> = vec![1; 30];
    survives(&once, &[1; 30], &[365; 30], &(1..=30).map(f64::from).collect::<Vec<_>>());
    survives(
        &[2000, 500, 1, 0, 2, 3, 1, 1],
        &[10_950, 9000, 1, 0, 5, 8, 1, 700],
        &[10_950; 8],
        &[1e9, 0.01, 5.0, 0.0, 5.0, 5.0, 5.0, 1.0],
    );
}

#[test]
fn spend_that_does_not_vary_is_said() {
    let x: Vec<u32> = (0..60).map(|i| 1 + i % 4).collect();
    let fit = fit_gamma_gamma(&SpendTable::new(&x, &[25.0; 60]));
    assert!(matches!(fit.status, FitStatus::AtBound { .. }), "{}", fit.status);
    close(fit.model.finite_mean(2, 25.0), 25.0, 1e-3);
    close(fit.model.finite_mean(0, 0.0), 25.0, 1e-2);
}

#[test]
fn gradients_equal_differences() {
    let h =
        Histories::from_days(&[0, 1, 2, 6, 1, 0], &[0, 24, 18, 75, 54, 0], &[100, 97, 83, 87, 89, 40]).expect("valid");
    let at = [0.7, 3.0, 0.9, 1.7];
    for build in [BetaGeometric::bg_nbd, BetaGeometric::mbg_nbd] {
        let model = |p: [f64; 4]| build(p[0], p[1], p[2], p[3]);
        let gradient = table_gradient(&h, &model(at));
        for k in 0..4 {
            let step = 1e-5 * at[k];
            let moved = |s: f64| {
                let mut p = at;
                p[k] += s;
                table_log_likelihood(&h, &model(p))
            };
            let difference = (moved(step) - moved(-step)) / (2.0 * step);
            assert!(
                (gradient[k] - difference).abs() < 1e-7 * (1.0 + difference.abs()),
                "{k}: {gradient:?} {difference}"
            );
        }
    }
    let spends = SpendTable::new(&[1, 2, 3, 1, 7], &[10.0, 22.0, 8.0, 40.0, 15.5]);
    let at = [2.5, 3.2, 17.0];
    let gradient = super::spend_gradient(&spends, &GammaGamma { p: at[0], q: at[1], v: at[2] });
    for k in 0..3 {
        let step = 1e-5 * at[k];
        let moved = |s: f64| {
            let mut p = at;
            p[k] += s;
            super::spend_log_likelihood(&spends, &GammaGamma { p: p[0], q: p[1], v: p[2] })
        };
        let difference = (moved(step) - moved(-step)) / (2.0 * step);
        assert!((gradient[k] - difference).abs() < 1e-7 * (1.0 + difference.abs()), "{k}: {gradient:?} {difference}");
    }
}

#[test]
fn scoring_many_equals_scoring_one() {
    let (x, t_x, t) = (vec![0, 1, 2, 40, 1], vec![0, 24, 18, 75, 54], vec![100, 97, 83, 87, 89]);
    let z = [0.0, 30.0, 12.5, 20.0, -5.0];
    let h = Histories::from_days(&x, &t_x, &t).expect("valid");
    let fit = super::Fit { model: BetaGeometric::bg_nbd(0.243, 4.414, 0.793, 2.426), ..fit_bg_nbd(&h) };
    let spend =
        super::Fit { model: GammaGamma { p: 6.25, q: 3.74, v: 15.44 }, ..fit_gamma_gamma(&SpendTable::new(&x, &z)) };
    let options = ScoreOptions {
        horizons_weeks: [90.0, 365.0].map(|days| days / 7.0).to_vec(),
        discount_rate_annual: 0.15,
        interval_level: 0.8,
        intervals: Intervals::All,
    };
    let customers = Customers { x: &x, t_x: &t_x, t: &t, units_per_week: 7.0, spend_mean_repeat: &z };
    let scores = score(&fit, Some(&spend), &customers, &options);
    let week = |d: u32| f64::from(d) / 7.0;
    for i in 0..x.len() {
        let (n, last, end) = (x[i], week(t_x[i]), week(t[i]));
        close(scores.p_alive[i], fit.model.p_alive(n, last, end), 1e-12);
        let mean = if z[i] > 0.0 { spend.model.finite_mean(n, z[i]) } else { spend.model.finite_mean(0, 0.0) };
        close(scores.spend[i], mean, 1e-14);
        for (h, days) in [90, 365].into_iter().enumerate() {
            let s = &scores.horizons[h];
            close(s.purchases[i], fit.model.expected_purchases(n, last, end, week(days)), 1e-12);
            close(s.p_purchase[i], fit.model.p_purchase(n, last, end, week(days)), 1e-12);
            let delta = 1.15f64.ln() * 7.0 / 365.25;
            // Discounting week by week bounds the integral from below and above.
            let step = week(days) / 4000.0;
            let (mut before, mut value) = (0.0, 0.0);
            for k in 1..=4000 {
                let now = fit.model.expected_purchases(n, last, end, step * f64::from(k));
                value += (now - before) * (-delta * step * (f64::from(k) - 0.5)).exp();
                before = now;
            }
            close(s.value[i], value * mean, 1e-7);
        }
    }
}

/// Tables of customers who follow no model at all: whatever the fit ends in, it is
/// no worse than its limit without dropout, and all that it predicts is finite.
#[test]
fn arbitrary_tables_are_fitted_and_scored() {
    let mut random = Random::new(99);
    for round in 0..12 {
        let n = 8 + (random.uniform() * 120.0) as usize;
        let (span, mean, one_time) = (20.0 + 900.0 * random.uniform(), 8.0 * random.uniform(), random.uniform());
        let (mut x, mut t_x, mut t, mut z) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for _ in 0..n {
            let end = 1 + (span * random.uniform()) as u32;
            let bought = (random.exponential(1.0) * mean) as u32;
            let count = if random.uniform() < one_time { 0 } else { bought.clamp(1, end) };
            let last = ((random.uniform() * f64::from(end)) as u32).clamp(count, end);
            x.push(count);
            t_x.push(if count == 0 { 0 } else { last });
            t.push(end);
            z.push(if count == 0 { 0.0 } else { 100.0 * random.uniform() });
        }
        let kinds = if round == 0 { &ModelKind::ALL[..] } else { &ModelKind::ALL[..3] };
        let status = survives_kinds(kinds, &x, &t_x, &t, &z);
        assert!(status != FitStatus::NotConverged);
        let h = Histories::from_days(&x, &t_x, &t).expect("valid");
        let (without, _, _) = fit_nbd(&h);
        for kind in [ModelKind::BgNbd, ModelKind::MbgNbd, ModelKind::ParetoNbd] {
            let fit = kind.fit(&h, 0.0);
            let short = matches!(fit.status, FitStatus::TooFewRepeatBuyers { .. });
            assert!(short || fit.log_likelihood >= without - 2e-3, "{fit:?} below {without}");
        }
    }
}
