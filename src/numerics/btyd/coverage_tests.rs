//! Do intervals hold what they promise? Simulated customers, fixed seed.

use super::quadrature::scaled_nodes;
use super::simulation::{Law, Population, Truth};
use super::{
    BetaGeometric, Customers, Dropout, FirstCoin, Fit, GammaGamma, Histories, Intervals, ParetoNbd, Regular,
    ScoreOptions, Scores, SpendTable, TransactionModel, fit_bg_nbd, fit_gamma_gamma, score,
};
use crate::numerics::special::ln_gamma;

const LEVEL: f64 = 0.8;

/// Columns of whole days, as scoring takes them.
struct Columns {
    x: Vec<u32>,
    t_x: Vec<u32>,
    t: Vec<u32>,
    z: Vec<f64>,
}

fn columns(truths: &[Truth]) -> Columns {
    let day = |weeks: f64| (weeks * 7.0).round() as u32;
    Columns {
        x: truths.iter().map(|c| c.x).collect(),
        t_x: truths.iter().map(|c| day(c.t_x)).collect(),
        t: truths.iter().map(|c| day(c.t)).collect(),
        z: truths.iter().map(|c| c.z).collect(),
    }
}

fn options() -> ScoreOptions {
    ScoreOptions {
        horizons_weeks: [90.0, 365.0].map(|days| days / 7.0).to_vec(),
        discount_rate_annual: 0.1,
        interval_level: LEVEL,
        intervals: Intervals::All,
    }
}

fn scored<M: TransactionModel>(fit: &Fit<M>, spend: &Fit<GammaGamma>, columns: &Columns) -> Scores {
    let customers = Customers {
        x: &columns.x,
        t_x: &columns.t_x,
        t: &columns.t,
        units_per_week: 7.0,
        spend_mean_repeat: &columns.z,
    };
    score(fit, Some(spend), &customers, &options())
}

/// Own expected purchases (delta 0) or discounted purchases of a customer.
fn own(truth: &Truth, population: &Population, weeks: f64, delta: f64) -> f64 {
    if population.k > 1 {
        return if truth.alive { own_regular(truth, population.k, weeks, delta) } else { 0.0 };
    }
    let dropout = match population.law {
        Law::Lifetime(..) => Dropout::PerTime(truth.dropout),
        _ => Dropout::PerPurchase(truth.dropout),
    };
    if truth.alive { dropout.purchases(truth.lambda, weeks, delta) } else { 0.0 }
}

/// Of a customer with k phases per gap, who has been silent since the last purchase:
/// the n-th purchase comes when nk − j phases are done, j of which lie behind.
///
/// # Formula
/// `Σ_j P(j) Σ_n (1−p)^{n−1} P(phases ≥ nk − j)`, phases Poisson; j < k is Poisson with
/// the mean of the silence. Discounted by parts.
fn own_regular(truth: &Truth, k: u32, weeks: f64, delta: f64) -> f64 {
    let silence = truth.lambda * (truth.t - truth.t_x);
    let mut behind = vec![1.0];
    (1..k).for_each(|j| behind.push(behind[j as usize - 1] * silence / f64::from(j)));
    let total: f64 = behind.iter().sum();
    let expected = |horizon: f64| -> f64 {
        let done = tails_of_poisson(truth.lambda * horizon);
        let each = (0..k as usize).zip(&behind).map(|(j, weight)| {
            let nth = (1..).map(|n: usize| n * k as usize - j).take_while(|m| *m < done.len());
            let kept = nth.scan(1.0, |kept, m| {
                let now = *kept * done[m];
                *kept *= 1.0 - truth.dropout;
                Some(now)
            });
            weight / total * kept.sum::<f64>()
        });
        each.sum()
    };
    if delta == 0.0 {
        return expected(weeks);
    }
    let area: f64 = scaled_nodes(weeks, weeks).map(|(at, weight)| weight * (-delta * at).exp() * expected(at)).sum();
    (-delta * weeks).exp() * expected(weeks) + delta * area
}

/// P(N ≥ n), n = 0, 1, …, until it is negligible.
fn tails_of_poisson(mean: f64) -> Vec<f64> {
    let last = (mean + 10.0 * mean.sqrt() + 20.0) as u32;
    // the first terms of a large mean vanish, and with them all that follow by the ratio
    let start = if mean > 600.0 { (mean - 12.0 * mean.sqrt()) as u32 } else { 0 };
    let mut p = (f64::from(start) * mean.max(1e-300).ln() - mean - ln_gamma(f64::from(start) + 1.0)).exp();
    let mut tails = vec![0.0; start as usize];
    for n in start..=last {
        tails.push(p);
        p *= mean / f64::from(n + 1);
    }
    (0..tails.len() - 1).rev().for_each(|n| tails[n] += tails[n + 1]);
    tails
}

/// Share of customers inside, among those whose chance of having dropped out
/// leaves room for the level, and share among the rest.
fn coverage(
    scores: &Scores,
    truths: &[Truth],
    value: &dyn Fn(&Truth) -> f64,
    lower: &[f64],
    upper: &[f64],
) -> (f64, f64, f64) {
    let (mut inside, mut all, mut rest_inside, mut rest) = (0.0, 0.0, 0.0, 0.0);
    for (i, truth) in truths.iter().enumerate() {
        let v = value(truth);
        let hit = f64::from(u8::from(lower[i] <= v && v <= upper[i]));
        if 1.0 - scores.p_alive[i] < LEVEL - 0.02 {
            inside += hit;
            all += 1.0;
        } else {
            rest_inside += hit;
            rest += 1.0;
        }
    }
    (inside / all, if rest > 0.0 { rest_inside / rest } else { 1.0 }, rest / (rest + all))
}

fn check<M: TransactionModel>(name: &str, population: Population, fit: &Fit<M>, spend: &Fit<GammaGamma>, seed: u64) {
    // what regular buyers will buy takes long to compute
    let customers = if population.k == 1 { 40_000 } else { 15_000 };
    let truths = population.customers(customers, seed, 44.0, 104.0);
    let columns = columns(&truths);
    let scores = scored(fit, spend, &columns);
    let delta = 0.1f64.ln_1p() * 7.0 / 365.25;
    let (inside, _, _) = coverage(&scores, &truths, &|c| c.zeta, &scores.spend_lower, &scores.spend_upper);
    println!("{name} spend {inside:.4}");
    assert!((0.78..=0.82).contains(&inside), "{name} spend {inside}");
    for (h, weeks) in [90.0 / 7.0, 365.0 / 7.0].into_iter().enumerate() {
        let s = &scores.horizons[h];
        let bought = |c: &Truth| own(c, &population, weeks, 0.0);
        let worth = |c: &Truth| own(c, &population, weeks, delta) * c.zeta;
        for (what, value, lower, upper) in [
            ("purchases", &bought as &dyn Fn(&Truth) -> f64, &s.purchases_lower, &s.purchases_upper),
            ("value", &worth, &s.value_lower, &s.value_upper),
        ] {
            let (inside, rest, share) = coverage(&scores, &truths, value, lower, upper);
            println!("{name} {what} {weeks:.0} weeks: {inside:.4}; rest {rest:.4} of {share:.3}");
            assert!((0.78..=0.82).contains(&inside), "{name} {what} {weeks}: {inside}");
            assert!(rest >= 0.78, "{name} {what} {weeks}: {rest}");
        }
    }
}

fn known<M>(model: M) -> Fit<M> {
    let h = Histories::from_days(&[0, 1, 2, 3, 1, 2], &[0, 7, 9, 30, 14, 40], &[70; 6]).expect("valid");
    let fit = fit_bg_nbd(&h);
    Fit { log_covariance: None, std_errors: None, ..fit.map(|_| model) }
}

fn known_spend() -> Fit<GammaGamma> {
    let table = SpendTable::new(&[1, 2, 3, 1, 2, 4], &[10.0, 20.0, 30.0, 15.0, 25.0, 12.0]);
    Fit { model: GammaGamma { p: 6.25, q: 3.74, v: 15.44 }, log_covariance: None, ..fit_gamma_gamma(&table) }
}

#[test]
fn intervals_cover_at_known_parameters() {
    for (r, alpha, a, b) in
        [(0.9, 5.0, 0.8, 6.0), (0.243, 4.414, 0.793, 2.426), (3.0, 20.0, 2.0, 5.0), (0.6, 2.0, 0.2, 4.0)]
    {
        let bg = Population::bg(r, alpha, a, b);
        check("bg", bg, &known(BetaGeometric::bg_nbd(r, alpha, a, b)), &known_spend(), 11);
        let mbg = Population { law: Law::Any(a, b), ..bg };
        check("mbg", mbg, &known(BetaGeometric::mbg_nbd(r, alpha, a, b)), &known_spend(), 12);
    }
}

#[test]
fn intervals_cover_with_parameters_fitted_on_few_customers() {
    // Averaged over fits on 600 customers each, new customers are covered.
    let population = Population::bg(0.9, 5.0, 0.8, 6.0);
    let (mut total, mut naive, fits) = (0.0, 0.0, 12);
    for seed in 0..fits {
        let small = columns(&population.customers(600, 100 + seed, 44.0, 104.0));
        let fit = fit_bg_nbd(&Histories::from_days(&small.x, &small.t_x, &small.t).expect("valid"));
        let spend = fit_gamma_gamma(&SpendTable::new(&small.x, &small.z));
        let truths = population.customers(4000, 900 + seed, 44.0, 104.0);
        let delta = 0.1f64.ln_1p() * 7.0 / 365.25;
        let worth = |c: &Truth| own(c, &population, 365.0 / 7.0, delta) * c.zeta;
        let of = |fit: &Fit<BetaGeometric>, spend: &Fit<GammaGamma>| {
            let scores = scored(fit, spend, &columns(&truths));
            coverage(&scores, &truths, &worth, &scores.horizons[1].value_lower, &scores.horizons[1].value_upper).0
        };
        total += of(&fit, &spend);
        naive += of(&Fit { log_covariance: None, ..fit.clone() }, &Fit { log_covariance: None, ..spend.clone() });
    }
    let (covered, naive) = (total / fits as f64, naive / fits as f64);
    println!("fitted: {covered:.4}, without parameter uncertainty {naive:.4}");
    assert!((0.78..=0.82).contains(&covered), "{covered}");
    assert!(covered >= naive);
}

#[test]
fn intervals_cover_under_pareto() {
    for (r, alpha, s, beta) in [(0.9, 5.0, 0.8, 40.0), (1.5, 10.0, 2.0, 150.0), (0.553, 10.578, 0.606, 11.669)] {
        let population = Population { law: Law::Lifetime(s, beta), ..Population::bg(r, alpha, 1.0, 1.0) };
        check("pareto", population, &known(ParetoNbd { r, alpha, s, beta }), &known_spend(), 13);
    }
}

#[test]
fn intervals_cover_under_regular_purchases() {
    for (i, (k, r, alpha, a, b)) in
        [(2, 0.9, 2.5, 0.8, 6.0), (3, 1.5, 1.0, 0.5, 3.0), (2, 3.0, 10.0, 2.0, 5.0)].into_iter().enumerate()
    {
        let seed = 14 + i as u64;
        for (name, law, coin) in
            [("bg/cnbd", Law::Repeat(a, b), FirstCoin::Spared), ("mbg/cnbd", Law::Any(a, b), FirstCoin::Tossed)]
        {
            let population = Population { law, k, ..Population::bg(r, alpha, a, b) };
            let model = Regular { k, r, alpha, a, b, coin };
            check(&format!("{name}-{k}"), population, &known(model), &known_spend(), seed);
        }
    }
}

/// One thread or four, any order of the customers: the same bits.
#[test]
fn scores_do_not_depend_on_threads_or_order() {
    let population = Population::bg(0.9, 5.0, 0.8, 6.0);
    let mut truths = population.customers(20_000, 5, 44.0, 104.0);
    let run = |truths: &[Truth], threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| {
            let c = columns(truths);
            let fit = fit_bg_nbd(&Histories::from_days(&c.x, &c.t_x, &c.t).expect("valid"));
            let spend = fit_gamma_gamma(&SpendTable::new(&c.x, &c.z));
            scored(&fit, &spend, &c)
        })
    };
    let one = run(&truths, 1);
    assert_eq!(one, run(&truths, 4));
    truths.reverse();
    let mut back = run(&truths, 2);
    back.p_alive.reverse();
    back.horizons[1].value_upper.reverse();
    assert_eq!((one.p_alive, &one.horizons[1].value_upper), (back.p_alive, &back.horizons[1].value_upper));
}
