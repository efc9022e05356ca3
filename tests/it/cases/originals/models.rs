//! Purchase and spend models on small, extreme and broken histories.

use acrm::numerics::btyd::{BetaGeometric, Histories, SpendTable, fit_bg_nbd};

use crate::support::{ByCustomer, close, numbers, quality, shared, table};

use super::{Csv, run_original};

impl Csv {
    fn numbers(&self, name: &str) -> Vec<f64> {
        self.column(name).into_iter().map(|cell| cell.parse().expect("a number")).collect()
    }

    fn counts(&self, name: &str) -> Vec<u32> {
        self.numbers(name).into_iter().map(|v| v as u32).collect()
    }
}

#[test]
fn fourteen_customers() {
    let columns = "customer_id = \"customer_id\", timestamp = \"order_date\", amount = \"amount\"";
    let found = run_original("53-small-sample-fit", "orders.csv", "2024-06-30", columns, "[clv]\nmodel = \"bg_nbd\"\n");
    let Some((_keep, run, expected)) = found else { return };
    let expected = Csv::read(&expected.join("bgnbd.csv"));
    let clv = ByCustomer::read(&run, "clv");
    assert_eq!(clv.ids(), expected.column("customer_id"));
    for (row, id) in expected.column("customer_id").into_iter().enumerate() {
        let history = ["x", "t_x", "T"].map(|c| expected.column(c)[row]).join(" ");
        assert_eq!(clv.line(id, &["x", "t_x", "tenure_days"]), history, "{id}");
        let near = |name: &str, want: &str| (clv.number(id, name) - expected.numbers(want)[row]).abs() < 0.002;
        assert!(near("p_alive", "p_alive") && near("expected_purchases_90d", "expected_90_days"), "{id}");
    }
    assert_eq!(quality(&run, "customers", "orders"), 33.0);
    let (x, t_x, t) = (expected.counts("x"), expected.numbers("t_x"), expected.numbers("T"));
    let fit = fit_bg_nbd(&Histories::from_values(&x, &t_x, &t, 1.0).expect("valid"));
    assert!(fit.status.is_converged() && fit.log_likelihood >= -94.382_818, "{}", fit.log_likelihood);
    let parameters = [fit.model.r, fit.model.alpha, fit.model.a, fit.model.b];
    for (got, want) in parameters.into_iter().zip([0.689_250, 22.266_03, 0.896_934, 1.200_340]) {
        close("parameter", got, want, 0.01);
    }
    let weeks = |days: &[f64]| days.iter().map(|d| d / 7.0).collect::<Vec<_>>();
    let fit = fit_bg_nbd(&Histories::from_values(&x, &weeks(&t_x), &weeks(&t), 7.0).expect("valid"));
    assert!((fit.log_likelihood - -57.410_524).abs() < 1e-6);
    close("alpha in weeks", fit.model.alpha, 3.180_862, 1e-4);
}

#[test]
fn everybody_is_still_there() {
    let Some(path) = shared("cases/54-no-dropout-boundary/summary.csv") else { return };
    let csv = Csv::read(&path);
    let (x, t_x, t) = (csv.counts("x"), csv.numbers("t_x"), csv.numbers("T"));
    let fit = fit_bg_nbd(&Histories::from_values(&x, &t_x, &t, 7.0).expect("t_x = T is valid"));
    assert!(fit.status.to_string().contains("dropout at its bound"), "{}", fit.status);
    assert!((-182.95..=-182.9009).contains(&fit.log_likelihood), "{}", fit.log_likelihood);
    for row in 0..x.len() {
        assert!(fit.model.p_alive(x[row], t_x[row], t[row]) >= 0.99);
        let nbd = 52.0 * (4.153_78 + f64::from(x[row])) / (47.140_65 + t[row]);
        close("NBD", fit.model.expected_purchases(x[row], t_x[row], t[row], 52.0), nbd, 0.02);
    }
    let error = Histories::from_values(&[1], &[5.0], &[4.0], 7.0).expect_err("a purchase after the end");
    assert!(error.to_string().contains("row 0") || error.to_string().contains("row 1"), "{error}");
}

/// Given parameters, whole tables of stated values.
#[test]
fn histories_beyond_the_usual() {
    for (case, horizons) in [
        ("55-bgnbd-huge-frequency", &[("expected_13", 13.0)][..]),
        ("56-bgnbd-a-plus-b-below-1", &[("expected_30", 30.0), ("expected_365", 365.0)][..]),
    ] {
        let Some(path) = shared(&format!("cases/{case}")) else { return };
        let text = std::fs::read_to_string(path.join("model.json")).expect("a model");
        let model: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let [r, alpha, a, b] = ["r", "alpha", "a", "b"].map(|name| model[name].as_f64().expect("a number"));
        let model = BetaGeometric::bg_nbd(r, alpha, a, b);
        let expected = Csv::read(&path.join("expected/bgnbd.csv"));
        let (x, t_x, t) = (expected.counts("x"), expected.numbers("t_x"), expected.numbers("T"));
        for row in 0..x.len() {
            let what = format!("{case}, {}", expected.column("customer_id")[row]);
            // a value below the smallest double reads as zero
            let same = |got: f64, want: f64| {
                assert!(got.is_finite() && (got - want).abs() <= 1e-6 * want + 1e-300, "{what}: {got} and {want}");
            };
            same(model.p_alive(x[row], t_x[row], t[row]), expected.numbers("p_alive")[row]);
            for (name, horizon) in horizons {
                same(model.expected_purchases(x[row], t_x[row], t[row], *horizon), expected.numbers(name)[row]);
            }
        }
    }
}

#[test]
fn repeat_days_without_money() {
    let columns = "customer_id = \"customer_id\", timestamp = \"date\", amount = \"amount\"";
    for (clean, histories) in [
        (
            "",
            [("K1", 0.0, f64::NAN), ("K2", 1.0, 40.0), ("K3", 0.0, f64::NAN), ("K4", 2.0, 21.0), ("K5", 0.0, f64::NAN)],
        ),
        (
            "[clean]\nzero_amount = \"purchase\"\n",
            [("K1", 2.0, f64::NAN), ("K2", 2.0, 20.0), ("K3", 0.0, f64::NAN), ("K4", 2.0, 21.0), ("K5", 0.0, f64::NAN)],
        ),
    ] {
        let found = run_original("58-gamma-gamma-zero-spend", "orders.csv", "2024-03-01", columns, clean);
        let Some((_keep, run, _)) = found else { return };
        let clv = ByCustomer::read(&run, "clv");
        for (id, x, mean) in histories {
            assert_eq!(clv.number(id, "x"), x, "{id} {clean:?}");
            let found = clv.number(id, "spend_mean_repeat");
            let empty = |v: f64| v.is_nan() || v == 0.0;
            assert!(found == mean || (empty(found) && empty(mean)), "{id} {clean:?}: {found}");
        }
        let text = std::fs::read_to_string(run.join("models/clv.json")).expect("a model");
        let model: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(model["spend"]["customers"], 2.0, "K2 and K4 alone");
        for column in ["expected_spend", "clv_90d", "clv_365d"] {
            assert!(numbers(&table(&run, "clv"), column).iter().all(|v| *v >= 0.0), "{column}");
        }
    }
}

#[test]
fn spend_and_frequency_together() {
    let Some(path) = shared("cases/60-frequency-spend-correlation/summary.csv") else { return };
    let csv = Csv::read(&path);
    let spend = SpendTable::new(&csv.counts("x"), &csv.numbers("m"));
    assert_eq!(spend.customers(), 10);
    let found = spend.correlation().expect("a correlation");
    assert!((found.pearson - 0.990_163).abs() < 1e-6 && (found.spearman - 0.990_867).abs() < 1e-6, "{found:?}");
    assert!(found.is_too_strong());
}
