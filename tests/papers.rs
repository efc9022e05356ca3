//! Published tables and independently computed references, one test each.
//!
//! The reference figures live beside the project (`../shared/reference`);
//! where they are absent a test says so and passes.

#[path = "support/reference.rs"]
mod reference;

use acrm::numerics::btyd::{
    BetaGeometric, BgBb, CovariateModel, CovariateRow, FirstCoin, GammaGamma, Histories, History, Opportunities,
    OpportunityTable, ParetoNbd, Regular, SpendTable, TransactionModel, bgbb_log_likelihood, fit_bg_nbd, fit_bgbb,
    fit_covariates, fit_gamma_gamma, fit_mbg_nbd, fit_pareto_nbd, fit_regular, fit_regularity, fit_sbg,
    group_by_covariates, pareto_log_likelihood, regular_log_likelihood, spend_log_likelihood, table_log_likelihood,
};
use reference::{Table, fits, table};

/// Relative agreement, with a floor for figures near zero.
fn close(what: &str, got: f64, want: f64, relative: f64, absolute: f64) {
    assert!(
        (got - want).abs() <= relative * want.abs() + absolute,
        "{what}: got {got:e}, want {want:e}, off by {:e}",
        (got - want).abs() / want.abs()
    );
}

/// Agreement with all the digits that a paper prints.
fn printed(got: f64, want: f64, decimals: i32) {
    assert!((got - want).abs() <= 0.5 * 10f64.powi(-decimals) + 1e-12, "got {got}, printed {want}");
}

fn geometric(name: &str, p: &[f64]) -> BetaGeometric {
    if name.starts_with('m') {
        BetaGeometric::mbg_nbd(p[0], p[1], p[2], p[3])
    } else {
        BetaGeometric::bg_nbd(p[0], p[1], p[2], p[3])
    }
}

fn histories(cbs: &Table) -> Histories {
    Histories::from_values(&cbs.counts("x"), &cbs.column("t_x"), &cbs.column("T"), 7.0).expect("valid histories")
}

#[test]
fn bg_and_mbg_points_equal_50_digit_arithmetic() {
    for name in ["bgnbd", "mbgnbd"] {
        let Some(points) = table(&format!("points/{name}_points.csv")) else { return };
        for row in points.rows() {
            let p: Vec<f64> = ["r", "alpha", "a", "b"].iter().map(|c| row.value(c)).collect();
            let model = geometric(name, &p);
            let (x, t_x, t) = (row.count("x"), row.value("t_x"), row.value("T"));
            let what = format!("{name} {} x {x} t_x {t_x} T {t}", row.text("set"));
            close(&format!("{what} ll"), model.log_likelihood(x, t_x, t), row.value("ll"), 1e-12, 1e-9);
            close(&format!("{what} p"), model.p_alive(x, t_x, t), row.value("p_alive"), 1e-9, 1e-300);
            close(&format!("{what} 1-p"), model.p_gone(x, t_x, t), row.value("one_minus_p_alive"), 1e-9, 1e-300);
            for h in [1.0, 39.0, 520.0] {
                let got = model.expected_purchases(x, t_x, t, h);
                close(&format!("{what} cet {h}"), got, row.value(&format!("cet_{h}")), 1e-9, 1e-300);
            }
        }
    }
}

#[test]
fn likelihoods_of_whole_tables_equal_50_digit_arithmetic() {
    let Some(points) = table("points/dataset_loglik_points.csv") else { return };
    for row in points.rows() {
        let model = row.text("model");
        let file = if model == "bgbb" {
            "../data/donations/donations_rf".to_owned()
        } else {
            format!("cbs/{}", row.text("dataset"))
        };
        let Some(cbs) = table(&format!("{file}.csv")) else { continue };
        let p: Vec<f64> = row.text("params").split(' ').map(|v| v.parse().expect("number")).collect();
        let got = match model {
            "bgnbd" | "mbgnbd" => table_log_likelihood(&histories(&cbs), &geometric(model, &p)),
            "bgcnbd" | "mbgcnbd" => {
                regular_log_likelihood(&histories(&cbs), ln_gaps(&cbs), &regular(model, row.count("k"), &p))
            }
            "bgbb" => bgbb_log_likelihood(&donations().expect("donations"), &bgbb(&p)),
            "pnbd" => pareto_log_likelihood(&histories(&cbs), &pareto(&p)),
            "gg" => spend_log_likelihood(&spends(&cbs), &gamma_gamma(&p)),
            _ => continue,
        };
        close(&format!("{} {model} {}", row.text("dataset"), row.text("point")), got, row.value("ll"), 1e-12, 1e-9);
    }
}

fn dataset_file(dataset: &str) -> String {
    dataset.to_owned()
}

#[test]
fn bg_and_mbg_fits_equal_the_reference_fits() {
    for fit in fits() {
        if !(fit.model == "bgnbd" || fit.model == "mbgnbd") {
            continue;
        }
        let Some(cbs) = table(&format!("cbs/{}.csv", dataset_file(&fit.dataset))) else { continue };
        let h = histories(&cbs);
        let got = if fit.model == "bgnbd" { fit_bg_nbd(&h) } else { fit_mbg_nbd(&h) };
        let what = format!("{} {}", fit.dataset, fit.model);
        assert!(got.log_likelihood >= fit.ll - 1e-4, "{what}: {} below {}", got.log_likelihood, fit.ll);
        if fit.degenerate {
            assert!(!got.status.is_converged(), "{what}: {}", got.status);
            continue;
        }
        assert!(got.status.is_converged(), "{what}: {}", got.status);
        close(&what, got.log_likelihood, fit.ll, 0.0, 1e-6);
        for (got, want) in [got.model.r, got.model.alpha, got.model.a, got.model.b].iter().zip(&fit.params) {
            close(&what, *got, *want, 1e-6, 0.0);
        }
        for (got, want) in got.std_errors.expect("interior").iter().zip(&fit.std_errors) {
            close(&format!("{what} standard error"), *got, *want, 1e-2, 0.0);
        }
    }
}

fn gamma_gamma(p: &[f64]) -> GammaGamma {
    GammaGamma { p: p[0], q: p[1], v: p[2] }
}

fn spends(cbs: &Table) -> SpendTable {
    SpendTable::new(&cbs.counts("x"), &cbs.column("m_x"))
}

#[test]
fn gamma_gamma_points_equal_50_digit_arithmetic() {
    let Some(points) = table("points/gg_points.csv") else { return };
    for row in points.rows() {
        let model = gamma_gamma(&[row.value("p"), row.value("q"), row.value("v")]);
        let (x, z) = (row.count("x"), row.value("m_x"));
        let what = format!("gg {} x {x} z {z}", row.text("set"));
        close(&what, model.log_likelihood(x, z), row.value("ll"), 1e-12, 1e-9);
        match model.expected_mean(x, z) {
            Some(mean) => close(&what, mean, row.value("expected_mean"), 1e-12, 0.0),
            None => assert_eq!(row.text("expected_mean"), "inf"),
        }
    }
}

#[test]
fn gamma_gamma_fits_equal_the_reference_fits() {
    for fit in fits().into_iter().filter(|f| f.model == "gamma_gamma") {
        let Some(cbs) = table(&format!("cbs/{}.csv", dataset_file(&fit.dataset))) else { continue };
        let got = fit_gamma_gamma(&spends(&cbs));
        assert!(got.status.is_converged(), "{}: {}", fit.dataset, got.status);
        close(&fit.dataset, got.log_likelihood, fit.ll, 0.0, 1e-6);
        for (got, want) in [got.model.p, got.model.q, got.model.v].iter().zip(&fit.params) {
            close(&fit.dataset, *got, *want, 1e-6, 0.0);
        }
        for (got, want) in got.std_errors.expect("interior").iter().zip(&fit.std_errors) {
            close(&format!("{} standard error", fit.dataset), *got, *want, 1e-2, 0.0);
        }
    }
}

/// Fitted parameters of a reference fit.
fn reference_fit(dataset: &str, model: &str) -> Option<Vec<f64>> {
    fits().into_iter().find(|f| f.dataset == dataset && f.model == model).map(|f| f.params)
}

#[test]
fn cdnow_and_apparel_customers_equal_independent_values_under_bg_and_mbg() {
    for (file, dataset) in [("cdnow", "cdnow_sample_39w"), ("apparel", "apparel_104w"), ("grocery", "grocery_52w")] {
        let Some(customers) = table(&format!("customers/{file}_customers_mle.csv")) else { return };
        let spend = reference_fit(dataset, "gamma_gamma").map(|p| gamma_gamma(&p));
        for row in customers.rows() {
            let name = match row.text("model") {
                "bg" => "bgnbd",
                "mbg" => "mbgnbd",
                _ => continue,
            };
            let model = geometric(name, &reference_fit(dataset, name).expect("fitted"));
            let (x, t_x, t) = (row.count("x"), row.value("t_x"), row.value("T"));
            let what = format!("{file} {name} customer {}", row.text("customer_id"));
            close(&what, model.log_likelihood(x, t_x, t), row.value("ll"), 1e-11, 1e-9);
            close(&what, model.p_alive(x, t_x, t), row.value("p_alive"), 1e-9, 1e-300);
            for h in [1.0, 13.0, 26.0, 39.0, 52.0, 104.0, 520.0] {
                if row.has(&format!("cet_{h}")) {
                    let got = model.expected_purchases(x, t_x, t, h);
                    close(&format!("{what} cet {h}"), got, row.value(&format!("cet_{h}")), 1e-9, 1e-300);
                }
            }
            for h in [4.0, 39.0, 52.0] {
                if row.has(&format!("p_active_{h}")) {
                    let got = model.p_purchase(x, t_x, t, h);
                    close(&format!("{what} active {h}"), got, row.value(&format!("p_active_{h}")), 1e-9, 1e-300);
                }
            }
            if let Some(spend) = spend.filter(|_| row.has("expected_mean_spend")) {
                let mean = spend.finite_mean(x, row.value("m_x"));
                close(&format!("{what} spend"), mean, row.value("expected_mean_spend"), 1e-9, 0.0);
                let cet = |h: f64| model.expected_purchases(x, t_x, t, h);
                let weekly: f64 =
                    (1..=52).map(f64::from).map(|w| (cet(w) - cet(w - 1.0)) / 1.15f64.powf(w / 52.0)).sum();
                close(
                    &format!("{what} clv"),
                    mean * weekly,
                    row.value("clv_52w_15pct_annual_weekly_eop"),
                    1e-9,
                    1e-300,
                );
                let month = 4.345;
                let monthly: f64 =
                    (1..=12).map(f64::from).map(|m| (cet(month * m) - cet(month * (m - 1.0))) / 1.01f64.powf(m)).sum();
                close(
                    &format!("{what} clv"),
                    mean * monthly,
                    row.value("clv_12m_1pct_monthly_lifetimes"),
                    1e-9,
                    1e-300,
                );
            }
        }
    }
}

/// The digits printed in the papers, from the customers themselves.
#[test]
fn fader_hardie_lee_2005_table_2_and_note_025() {
    let Some(cbs) = table("cbs/cdnow_sample_39w.csv") else { return };
    let fit = fit_bg_nbd(&histories(&cbs));
    for (got, want) in [fit.model.r, fit.model.alpha, fit.model.a, fit.model.b].iter().zip([0.243, 4.414, 0.793, 2.426])
    {
        printed(*got, want, 3);
    }
    printed(fit.log_likelihood, -9582.4, 1);
    let spend = fit_gamma_gamma(&spends(&cbs)).model;
    for (got, want) in [spend.p, spend.q, spend.v].iter().zip([6.25, 3.74, 15.44]) {
        printed(*got, want, 2);
    }
}

/// Frequency and spend: 946 repeat buyers, mean spend about 35.
#[test]
fn cdnow_spend_is_only_weakly_related_to_frequency() {
    let Some(cbs) = table("cbs/cdnow_sample_39w.csv") else { return };
    let spends = spends(&cbs);
    assert_eq!(spends.customers(), 946);
    let correlation = spends.correlation().expect("many customers");
    assert!(!correlation.is_too_strong(), "{correlation:?}");
    assert!((spends.mean() - 35.08).abs() < 0.01, "{}", spends.mean());
}

fn pareto(p: &[f64]) -> ParetoNbd {
    ParetoNbd { r: p[0], alpha: p[1], s: p[2], beta: p[3] }
}

#[test]
fn pareto_points_equal_50_digit_arithmetic() {
    let Some(points) = table("points/pnbd_points.csv") else { return };
    for row in points.rows() {
        let p: Vec<f64> = ["r", "alpha", "s", "beta"].iter().map(|c| row.value(c)).collect();
        let model = pareto(&p);
        let h = History::new(row.count("x"), row.value("t_x"), row.value("T"));
        let what = format!("pnbd {} {h:?}", row.text("set"));
        close(&format!("{what} ll"), model.log_likelihood(&h), row.value("ll"), 1e-12, 1e-9);
        if h.t > h.t_x {
            close(&format!("{what} A0"), model.ln_a0(h.x, h.t_x, h.t), row.value("log_A0"), 1e-11, 1e-9);
        }
        close(&format!("{what} p"), model.p_alive(&h), row.value("p_alive"), 1e-9, 1e-300);
        close(&format!("{what} 1-p"), model.p_gone(h.x, h.t_x, h.t), row.value("one_minus_p_alive"), 1e-9, 1e-300);
        for t in [1.0, 39.0, 520.0, 10_000.0] {
            let got = model.expected_purchases(&h, t);
            close(&format!("{what} cet {t}"), got, row.value(&format!("cet_{t}")), 1e-9, 1e-300);
        }
        for delta in ["0.001", "0.0027", "0.01"] {
            let got = model.discounted_purchases(&h, f64::INFINITY, delta.parse().expect("number"));
            close(&format!("{what} dert {delta}"), got, row.value(&format!("dert_{delta}")), 1e-9, 1e-300);
        }
        close(&format!("{what} new"), model.expected_new(39.0), row.value("expected_39"), 1e-9, 0.0);
    }
}

#[test]
fn pareto_fits_equal_the_reference_fits() {
    for fit in fits().into_iter().filter(|f| f.model == "pnbd" && f.params.len() == 4) {
        let Some(cbs) = table(&format!("cbs/{}.csv", dataset_file(&fit.dataset))) else { continue };
        let got = fit_pareto_nbd(&histories(&cbs));
        let what = format!("{} pnbd", fit.dataset);
        assert!(got.log_likelihood >= fit.ll - 1e-4, "{what}: {} below {}", got.log_likelihood, fit.ll);
        if fit.degenerate {
            assert!(!got.status.is_converged(), "{what}: {}", got.status);
            continue;
        }
        assert!(got.status.is_converged(), "{what}: {}", got.status);
        close(&what, got.log_likelihood, fit.ll, 0.0, 1e-6);
        for (got, want) in [got.model.r, got.model.alpha, got.model.s, got.model.beta].iter().zip(&fit.params) {
            close(&what, *got, *want, 1e-5, 0.0);
        }
        for (got, want) in got.std_errors.expect("interior").iter().zip(&fit.std_errors) {
            close(&format!("{what} standard error"), *got, *want, 1e-2, 0.0);
        }
    }
}

/// Fitting The Complete Journey drives s and β to infinity together.
#[test]
fn complete_journey_has_a_homogeneous_dropout_rate() {
    let Some(cbs) = table("cbs/complete_journey_39w.csv") else { return };
    let got = fit_pareto_nbd(&histories(&cbs));
    assert!(got.log_likelihood >= -62_105.690_830 - 1e-4, "{}", got.log_likelihood);
    assert!(matches!(got.status, acrm::numerics::btyd::FitStatus::AtBound { .. }), "{}", got.status);
    close("s/beta", got.model.s / got.model.beta, 8.374e-4, 1e-3, 0.0);
}

fn regular(model: &str, k: u32, p: &[f64]) -> Regular {
    let coin = if model.starts_with('m') { FirstCoin::Tossed } else { FirstCoin::Spared };
    Regular { k, r: p[0], alpha: p[1], a: p[2], b: p[3], coin }
}

#[test]
fn cnbd_k_points_equal_50_digit_arithmetic() {
    let Some(points) = table("points/cnbdk_points.csv") else { return };
    for row in points.rows() {
        let p: Vec<f64> = ["r", "alpha", "a", "b"].iter().map(|c| row.value(c)).collect();
        let model = regular(row.text("model"), row.count("k"), &p);
        let h =
            History { ln_gaps: row.value("litt"), ..History::new(row.count("x"), row.value("t_x"), row.value("T")) };
        let what = format!("{model:?} {h:?}");
        close(&format!("{what} ll"), model.log_likelihood(&h), row.value("ll"), 1e-12, 1e-9);
        close(&format!("{what} p"), model.p_alive(&h), row.value("p_alive"), 1e-9, 1e-300);
        for t in [1.0, 26.0, 52.0] {
            let got = model.expected_purchases(&h, t);
            close(&format!("{what} cet {t}"), got, row.value(&format!("cet_exact_{t}")), 1e-9, 1e-300);
        }
    }
}

#[test]
fn cnbd_k_counts_equal_50_digit_arithmetic() {
    let Some(points) = table("points/cnbdk_expectation_pmf.csv") else { return };
    for row in points.rows() {
        let p: Vec<f64> = ["r", "alpha", "a", "b"].iter().map(|c| row.value(c)).collect();
        let model = regular(row.text("model"), row.count("k"), &p);
        let t = row.value("t");
        close(&format!("{model:?} {t}"), model.expected_new(t), row.value("expectation"), 1e-9, 0.0);
        let counts = model.new_counts(t, 20);
        for n in [0, 1, 2, 3, 5, 10, 20] {
            close(&format!("{model:?} {t} P({n})"), counts[n], row.value(&format!("pmf_{n}")), 1e-9, 1e-17);
        }
    }
}

fn ln_gaps(cbs: &Table) -> f64 {
    cbs.column("litt").iter().sum()
}

#[test]
fn cnbd_k_fits_equal_the_reference_fits() {
    for fit in fits().into_iter().filter(|f| f.model.contains("cnbd-")) {
        let Some(cbs) = table(&format!("cbs/{}.csv", dataset_file(&fit.dataset))) else { continue };
        let (name, k) = fit.model.split_once('-').expect("k");
        let coin = regular(name, 1, &fit.params).coin;
        let got = fit_regular(&histories(&cbs), ln_gaps(&cbs), coin, k.parse().expect("k"));
        let what = format!("{} {}", fit.dataset, fit.model);
        assert!(got.status.is_converged(), "{what}: {}", got.status);
        close(&what, got.log_likelihood, fit.ll, 0.0, 1e-4);
        assert!(got.log_likelihood >= fit.ll - 1e-6, "{what}: {} {}", got.log_likelihood, fit.ll);
        for (got, want) in [got.model.r, got.model.alpha, got.model.a, got.model.b].iter().zip(&fit.params) {
            close(&what, *got, *want, 1e-3, 0.0);
        }
    }
}

/// Grocery shoppers are regular, CDNOW's customers are not.
#[test]
fn regularity_is_two_for_groceries_and_one_for_cdnow() {
    for (file, want) in [("grocery_52w", 2), ("cdnow_sample_39w", 1)] {
        let Some(cbs) = table(&format!("cbs/{file}.csv")) else { return };
        let (fit, tried) = fit_regularity(&histories(&cbs), ln_gaps(&cbs), FirstCoin::Tossed, 12);
        assert_eq!(fit.model.k, want, "{tried:?}");
    }
}

/// The whole family at its reference fits, customer by customer.
fn family(dataset: &str, name: &str) -> Option<Box<dyn TransactionModel>> {
    let model = match name {
        "bg" => "bgnbd",
        "mbg" => "mbgnbd",
        other => other,
    };
    let p = reference_fit(dataset, model)?;
    Some(match model {
        "bgnbd" | "mbgnbd" => Box::new(geometric(model, &p)),
        "pnbd" => Box::new(pareto(&p)),
        _ => {
            let (name, k) = model.split_once('-')?;
            Box::new(regular(name, k.parse().ok()?, &p))
        }
    })
}

#[test]
fn customers_of_every_model_equal_independent_values() {
    let mut seen = 0;
    for (file, dataset) in [("cdnow", "cdnow_sample_39w"), ("apparel", "apparel_104w"), ("grocery", "grocery_52w")] {
        let Some(customers) = table(&format!("customers/{file}_customers_mle.csv")) else { return };
        let gaps = table(&format!("cbs/{dataset}.csv"))
            .map(|cbs| cbs.rows().map(|r| (r.text("customer_id").to_owned(), r.value("litt"))).collect::<Vec<_>>());
        for row in customers.rows() {
            let Some(model) = family(dataset, row.text("model")) else { continue };
            let id = row.text("customer_id");
            let gaps = gaps.iter().flatten().find(|(name, _)| name == id).map_or(0.0, |g| g.1);
            let h = History { ln_gaps: gaps, ..History::new(row.count("x"), row.value("t_x"), row.value("T")) };
            let what = format!("{file} {} customer {id}", row.text("model"));
            let check = |name: &str, got: f64| {
                if row.has(name) {
                    close(&format!("{what} {name}"), got, row.value(name), 1e-8, 1e-300);
                }
            };
            close(&format!("{what} ll"), model.log_likelihood(&h), row.value("ll"), 1e-10, 1e-9);
            check("p_alive", model.p_alive(&h));
            for t in [1.0, 13.0, 26.0, 39.0, 52.0, 104.0, 520.0] {
                check(&format!("cet_{t}"), model.expected_purchases(&h, t));
            }
            for t in [4.0, 39.0, 52.0] {
                check(&format!("p_active_{t}"), model.p_alive(&h) * model.p_purchase_if_alive(&h, t));
                let (any, none) =
                    (model.p_alive(&h) * model.p_purchase_if_alive(&h, t), model.p_no_purchase(&h, 0.0, t));
                close(&format!("{what} none in {t}"), none, 1.0 - any, 1e-11, 0.0);
            }
            check("dert_15pct_annual_continuous", model.discounted_purchases(&h, f64::INFINITY, 1.15f64.ln() / 52.0));
            seen += 1;
        }
    }
    assert!(seen > 1200, "{seen} customers");
}

#[test]
fn every_customer_of_three_data_sets_has_the_reference_expectation() {
    for (dataset, horizon) in
        [("cdnow_sample_39w", 39.0), ("grocery_52w", 52.0), ("apparel_104w", 207.142_857_142_857_14)]
    {
        let Some(customers) = table(&format!("customers/{dataset}_all_customers.csv")) else { return };
        for name in ["bg", "mbg", "pnbd", "bgcnbd-2", "mbgcnbd-2", "bgcnbd-3", "mbgcnbd-3"] {
            let Some(model) = family(dataset, name) else { continue };
            for row in customers.rows().filter(|r| r.has(&format!("{name}_p_alive"))) {
                let h = History::new(row.count("x"), row.value("t_x"), row.value("T"));
                let what = format!("{dataset} {name} {}", row.text("customer_id"));
                close(&what, model.p_alive(&h), row.value(&format!("{name}_p_alive")), 1e-7, 1e-300);
                let got = model.expected_purchases(&h, horizon);
                close(&what, got, row.value(&format!("{name}_cet_holdout")), 1e-7, 1e-300);
            }
        }
    }
}

fn bgbb(p: &[f64]) -> BgBb {
    BgBb { alpha: p[0], beta: p[1], gamma: p[2], delta: p[3] }
}

/// The 11,104 donors of 1995, six appeals later.
fn donations() -> Option<OpportunityTable> {
    let cells = table("../data/donations/donations_rf.csv")?;
    let rows: Vec<(Opportunities, f64)> = cells
        .rows()
        .map(|r| (Opportunities { x: r.count("x"), t_x: r.count("t_x"), n: r.count("n") }, r.value("count")))
        .collect();
    let (table, left_out) = OpportunityTable::new(&rows);
    assert_eq!(left_out, 0);
    Some(table)
}

#[test]
fn bgbb_points_equal_50_digit_arithmetic() {
    let Some(points) = table("points/bgbb_points.csv") else { return };
    for row in points.rows() {
        let p: Vec<f64> = ["alpha", "beta", "gamma", "delta"].iter().map(|c| row.value(c)).collect();
        let model = bgbb(&p);
        let h = Opportunities { x: row.count("x"), t_x: row.count("t_x"), n: row.count("n") };
        let what = format!("bgbb {} {h:?}", row.text("set"));
        close(&format!("{what} ll"), model.log_likelihood(&h), row.value("ll"), 1e-12, 1e-9);
        close(&format!("{what} p"), model.p_alive(&h), row.value("p_alive_n"), 1e-9, 1e-300);
        close(&format!("{what} p+1"), model.p_alive_later(&h, 1), row.value("p_alive_n_plus_1"), 1e-9, 1e-300);
        for t in [1, 5, 50] {
            let got = model.expected_purchases(&h, t);
            close(&format!("{what} cet {t}"), got, row.value(&format!("cet_{t}")), 1e-9, 1e-300);
        }
        for d in [0.05, 0.1] {
            let got = model.discounted_for_ever(&h, d);
            close(&format!("{what} dert {d}"), got, row.value(&format!("dert_{d}")), 1e-9, 1e-300);
        }
    }
}

#[test]
fn fader_hardie_shang_2010_donations() {
    let Some(table_of_donors) = donations() else { return };
    let fit = fit_bgbb(&table_of_donors);
    let reference = fits().into_iter().find(|f| f.model == "bgbb").expect("reference");
    assert!(fit.status.is_converged(), "{}", fit.status);
    close("ll", fit.log_likelihood, reference.ll, 0.0, 1e-6);
    printed(fit.log_likelihood, -33225.6, 1);
    let got = [fit.model.alpha, fit.model.beta, fit.model.gamma, fit.model.delta];
    for (got, (want, in_print)) in got.iter().zip(reference.params.iter().zip([1.204, 0.750, 0.657, 2.783])) {
        close("donations", *got, *want, 1e-6, 0.0);
        printed(*got, in_print, 3);
    }
    for (got, want) in fit.std_errors.clone().expect("interior").iter().zip(&reference.std_errors) {
        close("standard error", *got, *want, 1e-2, 0.0);
    }
    let model = bgbb(&reference.params);
    for row in table("customers/donations_bgbb_mle.csv").expect("there").rows() {
        let h = Opportunities { x: row.count("x"), t_x: row.count("t_x"), n: row.count("n") };
        close("ll", model.log_likelihood(&h), row.value("ll"), 1e-11, 1e-9);
        close("p", model.p_alive(&h), row.value("p_alive_n"), 1e-9, 0.0);
        for t in [1, 2, 3, 4, 5, 10] {
            close("cet", model.expected_purchases(&h, t), row.value(&format!("cet_{t}")), 1e-9, 0.0);
        }
        for d in [0.05, 0.1, 0.15] {
            close("dert", model.discounted_for_ever(&h, d), row.value(&format!("dert_{d}")), 1e-9, 0.0);
        }
    }
}

/// The two classic survival tables of Fader & Hardie (2007): 1,000 subscribers each.
#[test]
fn fader_hardie_2007_regular_and_high_end() {
    let regular = fit_sbg(&[1000.0, 631.0, 468.0, 382.0, 326.0, 289.0, 262.0, 241.0]);
    let high_end = fit_sbg(&[1000.0, 869.0, 743.0, 653.0, 593.0, 551.0, 517.0, 491.0]);
    for (fit, shapes, ll) in [(&regular, [0.704, 1.182], -1680.3), (&high_end, [0.668, 3.806], -1611.2)] {
        assert!(fit.status.is_converged(), "{}", fit.status);
        printed(fit.model.alpha, shapes[0], 3);
        printed(fit.model.beta, shapes[1], 3);
        printed(fit.log_likelihood, ll, 1);
    }
    close("survival", regular.model.survival(12), 0.170_037_451_947_517_7, 1e-6, 0.0);
    close("retention", regular.model.retention(8), 0.920_766_625_300_269_8, 1e-6, 0.0);
    close("lifetime", regular.model.discounted_lifetime(0.1), 3.694_908_420_173_893_8, 1e-6, 0.0);
}

/// Customers of the apparel shop with gender and channel.
fn apparel_rows() -> Option<Vec<CovariateRow>> {
    let cbs = table("cbs/apparel_104w.csv")?;
    let known = table("../data/apparel/apparelStaticCov.csv")?;
    let of = |id: &str| known.rows().find(|r| r.text("Id") == id).map(|r| vec![r.value("Gender"), r.value("Channel")]);
    Some(
        cbs.rows()
            .map(|r| {
                let w = of(r.text("customer_id")).expect("known customer");
                CovariateRow { purchase: w.clone(), dropout: w, x: r.count("x"), t_x: r.value("t_x"), t: r.value("T") }
            })
            .collect(),
    )
}

#[test]
fn apparel_pareto_with_static_covariates() {
    let Some(rows) = apparel_rows() else { return };
    let groups = group_by_covariates(&rows, 7.0).expect("valid");
    let fit = fit_covariates(&groups, CovariateModel::ParetoNbd, 0.0);
    assert!(fit.status.is_converged(), "{}", fit.status);
    close("ll", fit.log_likelihood, -5_821.062_685_868_865, 0.0, 1e-5);
    let want = [1.838_966_690_203_136_7, 92.962_960_822_345_78, 0.591_304_285_130_385_6, 49.513_095_326_674_18];
    for (got, want) in fit.base.iter().zip(want) {
        close("base", *got, want, 1e-3, 0.0);
    }
    let coefficients: Vec<f64> = fit.purchase.iter().chain(&fit.dropout).map(|c| c.estimate).collect();
    let want = [0.286_135_434_770_648_6, 0.623_929_962_020_975_7, -0.641_867_986_067_183_1, 0.789_758_695_748_845_8];
    for (got, want) in coefficients.iter().zip(want) {
        close("coefficient", *got, want, 1e-3, 0.0);
    }
    let customers = table("customers/apparel_staticcov_customers.csv").expect("there");
    for row in customers.rows().filter(|r| r.text("model") == "pnbd_staticcov") {
        let w = [row.value("Gender"), row.value("Channel")];
        let model = fit.pareto(&w, &w).expect("Pareto/NBD");
        let h = History::new(row.count("x"), row.value("t_x"), row.value("T"));
        let what = format!("customer {}", row.text("customer_id"));
        close(&what, model.log_likelihood(&h), row.value("ll"), 1e-4, 0.0);
        close(&what, model.p_alive(&h), row.value("p_alive"), 1e-3, 0.0);
        for (name, t) in [("cet_13", 13.0), ("cet_52", 52.0), ("cet_holdout_207_142857", 207.142_857_142_857_14)] {
            close(&what, model.expected_purchases(&h, t), row.value(name), 2e-3, 0.0);
        }
    }
}

#[test]
fn apparel_bg_with_static_covariates_is_flat_and_says_so() {
    let Some(rows) = apparel_rows() else { return };
    let groups = group_by_covariates(&rows, 7.0).expect("valid");
    let fit = fit_covariates(&groups, CovariateModel::BgNbd, 0.0);
    assert!(!fit.status.is_converged(), "{fit:?}");
    close("ll", fit.log_likelihood, -5_839.862_0, 0.0, 1e-3);
    for (got, want) in fit.purchase.iter().zip([0.461_239_9, 0.567_901_9]) {
        close("coefficient", got.estimate, want, 5e-3, 0.0);
    }
    let tied = fit_covariates(&groups, CovariateModel::BgNbd, 1.0);
    assert!(
        tied.log_likelihood < fit.log_likelihood && tied.dropout.iter().all(|c| c.estimate.abs() < 5.0),
        "{tied:?}"
    );
}

#[test]
fn apparel_mbg_customers_with_static_covariates() {
    let Some(rows) = apparel_rows() else { return };
    let fit = fit_covariates(&group_by_covariates(&rows, 7.0).expect("valid"), CovariateModel::MbgNbd, 0.0);
    assert!(fit.status.is_converged(), "{}", fit.status);
    let customers = table("customers/apparel_staticcov_customers.csv").expect("there");
    for row in customers.rows().filter(|r| r.text("model") == "mbgnbd_staticcov") {
        let w = [row.value("Gender"), row.value("Channel")];
        let model = fit.geometric(&w, &w).expect("MBG/NBD");
        let h = History::new(row.count("x"), row.value("t_x"), row.value("T"));
        let what = format!("customer {}", row.text("customer_id"));
        close(&what, TransactionModel::log_likelihood(&model, &h), row.value("ll"), 1e-4, 0.0);
        close(&what, TransactionModel::p_alive(&model, &h), row.value("p_alive"), 1e-3, 0.0);
        for (name, t) in [("cet_13", 13.0), ("cet_52", 52.0), ("cet_holdout_207_142857", 207.142_857_142_857_14)] {
            close(&what, TransactionModel::expected_purchases(&model, &h, t), row.value(name), 2e-3, 0.0);
        }
    }
}

/// Cumulative repeat purchases of the cohort, week by week (Fader, Hardie & Lee
/// 2005, figure 2).
#[test]
fn cdnow_weekly_tracking() {
    let (Some(weeks), Some(cbs)) = (table("cdnow_weekly_tracking.csv"), table("cbs/cdnow_sample_78w.csv")) else {
        return;
    };
    // Day of the first purchase, counted from the first of January.
    let births: Vec<f64> = cbs.column("T").iter().map(|t| (545.0 - t * 7.0).round()).collect();
    let mut cohorts = vec![0.0; 1 + births.iter().copied().fold(0.0, f64::max) as usize];
    for born in &births {
        cohorts[*born as usize] += 1.0;
    }
    for (column, name) in [("bg_expected_cum", "bg"), ("mbg_expected_cum", "mbg"), ("pnbd_expected_cum", "pnbd")] {
        let model = family("cdnow_sample_39w", name).expect("fitted");
        for row in weeks.rows() {
            let end = 7.0 * row.value("week");
            let expected: f64 = cohorts
                .iter()
                .enumerate()
                .map(|(born, n)| (n, (end - born as f64) / 7.0))
                .filter(|(n, age)| **n > 0.0 && *age > 0.0)
                .map(|(n, age)| n * model.expected_new(age))
                .sum();
            close(&format!("{name} week {}", row.text("week")), expected, row.value(column), 1e-9, 0.0);
        }
    }
}

/// Fit before the cut, predict after it: the accuracy of the reference table.
#[test]
fn holdout_accuracy_of_own_fits_equals_the_reference() {
    let Some(accuracy) = table("holdout_accuracy.csv") else { return };
    for row in accuracy.rows() {
        let dataset = row.text("dataset");
        let Some(cbs) = table(&format!("cbs/{dataset}.csv")) else { continue };
        let h = histories(&cbs);
        let model: Box<dyn TransactionModel> = match row.text("model") {
            "bg" => Box::new(fit_bg_nbd(&h).model),
            "mbg" => Box::new(fit_mbg_nbd(&h).model),
            "pnbd" => Box::new(fit_pareto_nbd(&h).model),
            "bgcnbd-2" => Box::new(fit_regular(&h, ln_gaps(&cbs), FirstCoin::Spared, 2).model),
            "mbgcnbd-2" => Box::new(fit_regular(&h, ln_gaps(&cbs), FirstCoin::Tossed, 2).model),
            _ => continue,
        };
        let (mut total, mut off, mut alive) = (0.0, 0.0, 0.0);
        for c in cbs.rows() {
            let seen = History::new(c.count("x"), c.value("t_x"), c.value("T"));
            let expected = model.expected_purchases(&seen, row.value("T_star_weeks"));
            total += expected;
            off += (expected - c.value("x_star")).abs();
            alive += model.p_alive(&seen);
        }
        let what = format!("{dataset} {}", row.text("model"));
        close(&what, total, row.value("expected_total"), 1e-4, 0.0);
        close(&what, off / row.value("n"), row.value("mae"), 1e-4, 0.0);
        close(&what, alive, row.value("sum_p_alive"), 1e-3, 0.0);
    }
}

/// The point at which the textbook form of the likelihood overflows, as the tests
/// of lifetimes and pymc-marketing pin it.
#[test]
fn bg_log_likelihood_where_the_textbook_form_overflows() {
    let got = BetaGeometric::bg_nbd(0.25, 4.0, 0.8, 2.5).log_likelihood(200, 38.0, 40.0);
    printed(got, 100.7957, 4);
}
