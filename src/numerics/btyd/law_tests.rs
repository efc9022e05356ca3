//! What must hold for every member of the family, whatever its formulas.

#![expect(clippy::float_cmp, reason = "figures that are exact by construction are compared exactly")]

use super::{BetaGeometric, FirstCoin, History, ParetoNbd, Regular, TransactionModel};

fn family() -> Vec<(&'static str, Box<dyn TransactionModel>)> {
    let regular = |k, coin, r, alpha, a, b| Regular { k, r, alpha, a, b, coin };
    vec![
        ("bg", Box::new(BetaGeometric::bg_nbd(0.243, 4.414, 0.793, 2.426))),
        ("bg a = 1", Box::new(BetaGeometric::bg_nbd(0.7, 9.0, 1.0, 1.0))),
        ("bg a > 2", Box::new(BetaGeometric::bg_nbd(3.0, 30.0, 4.0, 9.0))),
        ("bg a + b < 1", Box::new(BetaGeometric::bg_nbd(0.6, 8.0, 0.4, 0.59))),
        ("mbg", Box::new(BetaGeometric::mbg_nbd(0.525, 6.183, 0.891, 1.614))),
        ("pareto", Box::new(ParetoNbd { r: 0.553, alpha: 10.578, s: 0.606, beta: 11.669 })),
        ("pareto s = 1", Box::new(ParetoNbd { r: 1.2, alpha: 8.0, s: 1.0, beta: 60.0 })),
        ("pareto s > 1", Box::new(ParetoNbd { r: 3.0, alpha: 60.0, s: 4.0, beta: 200.0 })),
        ("bg/cnbd-2", Box::new(regular(2, FirstCoin::Spared, 0.36, 1.13, 0.52, 2.79))),
        ("mbg/cnbd-3", Box::new(regular(3, FirstCoin::Tossed, 1.3, 1.75, 0.45, 0.83))),
        ("mbg/cnbd-1", Box::new(regular(1, FirstCoin::Tossed, 0.525, 6.183, 0.891, 1.614))),
    ]
}

const SEEN: [(u32, f64, f64); 8] = [
    (0, 0.0, 0.0),
    (0, 0.0, 39.0),
    (1, 3.0, 40.0),
    (1, 38.5, 39.0),
    (2, 30.4, 38.9),
    (7, 39.0, 39.0),
    (26, 30.0, 31.0),
    (12, 20.0, 300.0),
];

fn histories() -> impl Iterator<Item = History> {
    SEEN.into_iter().map(|(x, t_x, t)| History { ln_gaps: 0.3 * f64::from(x), ..History::new(x, t_x, t) })
}

fn for_all(mut check: impl FnMut(&str, &dyn TransactionModel, &History)) {
    for (name, model) in family() {
        for h in histories() {
            check(&format!("{name} {h:?}"), model.as_ref(), &h);
        }
    }
}

fn close(what: &str, got: f64, want: f64, relative: f64) {
    assert!((got - want).abs() <= relative * want.abs() + 1e-13, "{what}: {got} against {want}");
}

#[test]
fn probabilities_are_probabilities_and_life_only_ends() {
    for_all(|what, model, h| {
        let mut before = model.p_alive(h);
        assert!((0.0..=1.0).contains(&before), "{what}");
        assert!(model.log_likelihood(h).is_finite(), "{what}");
        close(what, model.p_alive_later(h, 0.0), before, 1e-12);
        for later in [0.5, 4.0, 52.0, 1000.0] {
            let now = model.p_alive_later(h, later);
            assert!((0.0..=before + 1e-14).contains(&now), "{what}: {now} after {before}");
            before = now;
        }
    });
}

#[test]
fn silence_makes_a_repeat_buyer_less_alive() {
    for (name, model) in family() {
        for x in [1, 2, 9] {
            let mut before = 1.0 + 1e-15;
            for silence in 0..200 {
                let now = model.p_alive(&History::new(x, 20.0, 20.0 + f64::from(silence)));
                assert!(now < before, "{name} x {x} silence {silence}: {now} after {before}");
                before = now;
            }
        }
    }
}

#[test]
fn expectations_rise_with_the_horizon_and_add_up() {
    for_all(|what, model, h| {
        let at = |t: f64| model.expected_purchases(h, t);
        assert_eq!(at(0.0), 0.0, "{what}");
        let mut before = 0.0;
        for t in [1.0, 4.0, 13.0, 52.0, 520.0] {
            assert!(at(t) > before, "{what}");
            close(what, model.expected_between(h, 0.0, t), at(t), 1e-12);
            close(what, model.expected_between(h, 0.0, 0.4 * t) + model.expected_between(h, 0.4 * t, t), at(t), 1e-11);
            before = at(t);
        }
    });
}

/// Counts are computed by other formulas than expectations and survival, so that
/// each checks the other.
#[test]
fn counts_are_a_distribution_with_the_right_mean() {
    for_all(|what, model, h| {
        for (from, to) in [(0.0, 4.0), (0.0, 39.0), (13.0, 26.0), (2.0, 2.5)] {
            let counts = model.counts(h, from, to, 900);
            assert!(counts.iter().all(|p| *p >= -1e-15), "{what} {from}..{to}");
            close(&format!("{what} {from}..{to} sum"), counts.iter().sum(), 1.0, 1e-9);
            let mean: f64 = counts.iter().enumerate().map(|(n, p)| n as f64 * p).sum();
            close(&format!("{what} {from}..{to} mean"), mean, model.expected_between(h, from, to), 1e-8);
            close(&format!("{what} none"), model.p_no_purchase(h, from, to), counts[0], 1e-12);
        }
        let any = model.p_alive(h) * model.p_purchase_if_alive(h, 13.0);
        close(&format!("{what} any"), 1.0 - model.p_no_purchase(h, 0.0, 13.0), any, 1e-9);
    });
}

#[test]
fn a_new_customer_is_one_of_whom_nothing_has_been_seen() {
    for (name, model) in family() {
        for t in [0.5, 13.0, 104.0] {
            let counts = model.new_counts(t, 2000);
            let mean: f64 = counts.iter().enumerate().map(|(n, p)| n as f64 * p).sum();
            close(&format!("{name} {t}"), counts.iter().sum(), 1.0, 1e-9);
            close(&format!("{name} {t}"), mean, model.expected_new(t), 1e-8);
            let blank = History::new(0, 0.0, 0.0);
            close(&format!("{name} {t}"), model.expected_purchases(&blank, t), model.expected_new(t), 1e-12);
        }
    }
}

#[test]
fn discounting_lies_between_the_extremes_and_ends_at_the_infinite_horizon() {
    for_all(|what, model, h| {
        let plain = model.expected_purchases(h, 52.0);
        for delta in [1e-9, 0.002, 0.05] {
            let value = model.discounted_purchases(h, 52.0, delta);
            assert!(value <= plain * (1.0 + 1e-9), "{what} {delta}: {value} {plain}");
            assert!(value >= plain * (-delta * 52.0).exp() * (1.0 - 1e-9), "{what} {delta}");
        }
        close(what, model.discounted_purchases(h, 52.0, 0.0), plain, 1e-12);
        let ever = model.discounted_purchases(h, f64::INFINITY, 0.05);
        close(&format!("{what} for ever"), model.discounted_purchases(h, 800.0, 0.05), ever, 1e-8);
        // Against the sum over short stretches.
        let step = 52.0 / 2000.0;
        let sum: f64 = (0..2000)
            .map(|k| {
                let from = step * f64::from(k);
                model.expected_between(h, from, from + step) * (-0.01 * (from + 0.5 * step)).exp()
            })
            .sum();
        close(&format!("{what} sum"), model.discounted_purchases(h, 52.0, 0.01), sum, 1e-7);
    });
}

#[test]
fn days_and_weeks_give_the_same_answer() {
    for (name, model) in family() {
        let p = model.parameters();
        let scales = if name.starts_with("pareto") { [1.0, 7.0, 1.0, 7.0] } else { [1.0, 7.0, 1.0, 1.0] };
        let days = model.with_parameters(&p.iter().zip(scales).map(|(p, s)| p * s).collect::<Vec<_>>());
        for h in histories() {
            let n = f64::from(h.x);
            let d = History { x: h.x, t_x: 7.0 * h.t_x, t: 7.0 * h.t, ln_gaps: h.ln_gaps + n * 7f64.ln() };
            let what = format!("{name} {h:?}");
            close(&what, days.p_alive(&d), model.p_alive(&h), 1e-10);
            close(&what, days.expected_purchases(&d, 364.0), model.expected_purchases(&h, 52.0), 1e-10);
            close(&what, days.log_likelihood(&d) + n * 7f64.ln(), model.log_likelihood(&h), 1e-10);
            close(&what, days.p_no_purchase(&d, 7.0, 70.0), model.p_no_purchase(&h, 1.0, 10.0), 1e-9);
        }
    }
}

/// BG/NBD and MBG/NBD are the k = 1 members of the regular family, and any model
/// without dropout is NBD.
#[test]
fn members_meet_at_their_borders() {
    for h in histories() {
        for coin in [FirstCoin::Spared, FirstCoin::Tossed] {
            let plain = BetaGeometric { r: 0.5, alpha: 6.0, a: 0.9, b: 1.6, coin };
            let regular = Regular { k: 1, r: 0.5, alpha: 6.0, a: 0.9, b: 1.6, coin };
            let of = |m: &dyn TransactionModel| {
                [m.log_likelihood(&h), m.p_alive(&h), m.expected_purchases(&h, 30.0), m.counts(&h, 3.0, 9.0, 4)[2]]
            };
            for (a, b) in of(&plain).iter().zip(of(&regular)) {
                close(&format!("{h:?}"), *a, b, 1e-9);
            }
        }
        if h.t - h.t_x > 50.0 {
            continue; // long silences tell even against the tiniest dropout
        }
        let nbd = (0.5 + f64::from(h.x)) / (6.0 + h.t) * 30.0;
        let bg = BetaGeometric::bg_nbd(0.5, 6.0, 1e-14, 50.0);
        let pareto = ParetoNbd { r: 0.5, alpha: 6.0, s: 1e-14, beta: 50.0 };
        close("bg", TransactionModel::expected_purchases(&bg, &h, 30.0), nbd, 1e-6);
        close("pareto", pareto.expected_purchases(&h, 30.0), nbd, 1e-6);
    }
}
