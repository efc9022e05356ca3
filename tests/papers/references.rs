//! Fits and customers against values computed independently.

use super::family::{
    apparel_rows, close, family, gamma_gamma, geometric, histories, ln_gaps, reference_fit, regular, spends,
};
use super::reference::{fits, table};
use acrm::numerics::btyd::{
    CovariateModel, FirstCoin, History, TransactionModel, fit_bg_nbd, fit_covariates, fit_gamma_gamma, fit_mbg_nbd,
    fit_pareto_nbd, fit_regular, group_by_covariates,
};

#[test]
fn bg_and_mbg_fits_equal_the_reference_fits() {
    for fit in fits() {
        if !(fit.model == "bgnbd" || fit.model == "mbgnbd") {
            continue;
        }
        let Some(cbs) = table(&format!("cbs/{}.csv", fit.dataset)) else { continue };
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

#[test]
fn gamma_gamma_fits_equal_the_reference_fits() {
    for fit in fits().into_iter().filter(|f| f.model == "gamma_gamma") {
        let Some(cbs) = table(&format!("cbs/{}.csv", fit.dataset)) else { continue };
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

#[test]
fn pareto_fits_equal_the_reference_fits() {
    for fit in fits().into_iter().filter(|f| f.model == "pnbd" && f.params.len() == 4) {
        let Some(cbs) = table(&format!("cbs/{}.csv", fit.dataset)) else { continue };
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

#[test]
fn cnbd_k_fits_equal_the_reference_fits() {
    for fit in fits().into_iter().filter(|f| f.model.contains("cnbd-")) {
        let Some(cbs) = table(&format!("cbs/{}.csv", fit.dataset)) else { continue };
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
