//! Fixed parameters, extreme ones among them, against 50-digit arithmetic.

use super::family::{bgbb, close, donations, gamma_gamma, geometric, histories, ln_gaps, pareto, regular, spends};
use super::reference::table;
use acrm::numerics::btyd::{
    History, Opportunities, TransactionModel, bgbb_log_likelihood, pareto_log_likelihood, regular_log_likelihood,
    spend_log_likelihood, table_log_likelihood,
};

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
