//! CDNOW: the fit that the papers print, and every customer's figures.

use std::collections::BTreeMap;
use std::path::Path;

use crate::support::{close, folder, numbers, root, run_ok, shared, table, texts};

fn model(run: &Path) -> serde_json::Value {
    let text = std::fs::read_to_string(run.join("models/clv.json")).expect("a model file");
    serde_json::from_str(&text).expect("JSON")
}

/// Asserts that a number rounds to what is printed.
#[track_caller]
fn prints(what: &str, value: &serde_json::Value, decimals: usize, printed: &str) {
    let value = value.as_f64().unwrap_or_else(|| panic!("{what}: {value}"));
    assert_eq!(format!("{value:.decimals$}"), printed, "{what}: {value}");
}

/// Fader, Hardie & Lee (2005), table 2, and Fader & Hardie (2013); the pipeline file that ships, as it is.
#[test]
fn the_shipped_pipeline_gives_the_published_fit() {
    let out = tempfile::tempdir().expect("a folder");
    let out_text = out.path().join("out").display().to_string();
    let ended = run_ok(&root(), &["run", "pipelines/cdnow.toml", "--out", &out_text]);
    let run = out.path().join("out/as_of=1997-09-30");
    let fits = model(&run);
    let purchases = &fits["purchases"]["parameters"];
    for (name, printed) in [("r", "0.243"), ("alpha", "4.414"), ("a", "0.793"), ("b", "2.426")] {
        prints(name, &purchases[name], 3, printed);
    }
    prints("log-likelihood", &fits["purchases"]["log_likelihood"], 1, "-9582.4");
    assert_eq!(fits["purchases"]["status"], "converged");
    assert_eq!((&fits["purchases"]["unit"], &fits["purchases"]["customers"]), (&"week".into(), &2357.into()));
    let spend = &fits["spend"]["parameters"];
    for (name, printed) in [("p", "6.25"), ("q", "3.74"), ("gamma", "15.44")] {
        prints(name, &spend[name], 2, printed);
    }
    // Fader, Hardie & Lee (2005b): 946 of 2,357 customers bought again
    assert_eq!(fits["spend"]["customers"], 946.0);
    assert_eq!(fits["spend"]["left_out"]["no_repeat"], 1411);
    prints("correlation of frequency and spend", &fits["spend"]["frequency_spend_correlation"]["pearson"], 2, "0.11");
    assert!(
        ended.stdout.contains("r 0.243, α 4.414 weeks, a 0.793, b 2.426, log-likelihood -9582.4"),
        "{}",
        ended.stdout
    );
    for name in [
        "customers",
        "rfm",
        "clv",
        "clusters",
        "cluster_profiles",
        "cluster_choice",
        "segments",
        "targets",
        "quarantine",
        "run_quality",
    ] {
        assert!(run.join(format!("{name}.parquet")).exists(), "{name} is written");
    }
    let errors = fits["purchases"]["standard_errors"].as_object().expect("standard errors");
    assert!(errors.values().all(|e| e.as_f64().is_some_and(|e| e > 0.0 && e.is_finite())), "{errors:?}");
}

/// Runs the sample with a model and a discount rate; horizons of the reference, in days.
fn run_sample(model: &str, rate: f64) -> tempfile::TempDir {
    let pipeline = format!(
        "[pipeline]\nname = \"cdnow\"\nas_of = \"1997-09-30\"\n[sources.transactions]\npath = \"{}\"\n\
         columns = {{ customer_id = \"customer_id\", timestamp = \"date\", amount = \"spend\" }}\n\
         [clean]\nzero_amount = \"purchase\"\n[clusters]\nk = 2\n\
         [clv]\nmodel = \"{model}\"\nhorizons_days = [7, 28, 91, 273, 364, 728, 3640]\ndiscount_rate_annual = {rate:?}\n",
        root().join("data/cdnow/orders.csv").display()
    );
    let folder = folder(&[("p.toml", &pipeline)]);
    run_ok(folder.path(), &["run", "p.toml"]);
    folder
}

/// The reference rows of a model by customer, cells as numbers (NaN where empty).
fn reference(model: &str) -> Option<BTreeMap<String, BTreeMap<String, f64>>> {
    let text = std::fs::read_to_string(shared("reference/customers/cdnow_customers_mle.csv")?).expect("a table");
    let mut lines = text.lines().map(|l| l.split(',').map(str::to_owned).collect::<Vec<_>>());
    let names = lines.next().expect("a header");
    let rows = lines.filter(|cells| cells[1] == model);
    let cells = |cells: &[String]| {
        names
            .iter()
            .cloned()
            .zip(cells.iter().map(|c| c.parse::<f64>().unwrap_or(f64::NAN)))
            .collect::<BTreeMap<_, _>>()
    };
    Some(rows.map(|row| (row[0].clone(), cells(&row))).collect())
}

/// Per-customer figures to 1e-6. Weeks become days; value without a discount is purchases × mean spend.
#[test]
fn every_customer_equals_the_reference() {
    for (name, key) in [("bg_nbd", "bg"), ("mbg_nbd", "mbg"), ("pareto_nbd", "pnbd")] {
        let Some(expected) = reference(key) else { return };
        let folder = run_sample(name, 0.0);
        let clv = table(&folder.path().join("out/latest"), "clv");
        let ids = texts(&clv, "customer_id");
        let columns: BTreeMap<&str, Vec<f64>> =
            clv.get_column_names().into_iter().skip(1).map(|c| (c.as_str(), numbers(&clv, c))).collect();
        let mut compared = 0;
        for (row, id) in ids.iter().enumerate() {
            let Some(want) = expected.get(id) else { continue };
            compared += 1;
            let check = |ours: &str, theirs: &str| {
                close(&format!("{name} {id} {ours}"), columns[ours][row], want[theirs], 1e-6);
            };
            assert_eq!(columns["x"][row], want["x"], "{id}");
            for (days, weeks) in [("t_x", "t_x"), ("tenure_days", "T")] {
                assert!((columns[days][row] - 7.0 * want[weeks]).abs() < 1e-9, "{id} {days}");
            }
            let mean = columns["spend_mean_repeat"][row];
            assert!((if mean.is_nan() { 0.0 } else { mean } - want["m_x"]).abs() < 1e-9, "{id}: {mean}");
            check("p_alive", "p_alive");
            for (days, weeks) in [(7, 1), (91, 13), (273, 39), (364, 52), (728, 104), (3640, 520)] {
                check(&format!("expected_purchases_{days}d"), &format!("cet_{weeks}"));
                let value = want[&format!("cet_{weeks}")] * want["expected_mean_spend"];
                close(&format!("{name} {id} clv_{days}d"), columns[format!("clv_{days}d").as_str()][row], value, 1e-6);
            }
            check("p_purchase_28d", "p_active_4");
            check("p_purchase_273d", "p_active_39");
            check("expected_spend", "expected_mean_spend");
        }
        assert!(compared >= 130, "{compared} customers of the reference are in the sample");
        println!("{name}: {compared} customers equal the reference");
    }
}

/// The reference discounts at the end of each week; discounting from the day of purchase lies within one week's rate.
#[test]
fn discounted_values_lie_within_a_week_of_the_reference() {
    let Some(expected) = reference("bg") else { return };
    // the reference has a year of 52 weeks, ours has 365.25 days: the same rate a week
    let folder = run_sample("bg_nbd", 1.15_f64.powf(365.25 / 364.0) - 1.0);
    let clv = table(&folder.path().join("out/latest"), "clv");
    let week = 1.15_f64.powf(1.0 / 52.0);
    for (id, value) in texts(&clv, "customer_id").iter().zip(numbers(&clv, "clv_364d")) {
        let Some(want) = expected.get(id).map(|row| row["clv_52w_15pct_annual_weekly_eop"]) else { continue };
        let in_between = value >= want * (1.0 - 1e-6) && value <= want * week * (1.0 + 1e-6);
        assert!(in_between, "{id}: {value}, end of week {want}");
        // dates spread evenly within a week: half a week's discount, nearly
        close(&format!("{id} half a week later"), value, want * week.sqrt(), 2e-4);
    }
}

/// P(alive) and the forecast of the 39 weeks after, for every customer of the second table of the reference.
#[test]
fn forecasts_of_the_sample_equal_the_reference() {
    let Some(path) = shared("reference/customers/cdnow_sample_39w_all_customers.csv") else { return };
    let text = std::fs::read_to_string(path).expect("a table");
    let mut lines = text.lines().map(|l| l.split(',').collect::<Vec<_>>());
    let names = lines.next().expect("a header");
    let place = |name: &str| names.iter().position(|n| *n == name).unwrap_or_else(|| panic!("no {name}"));
    let rows: Vec<Vec<&str>> = lines.collect();
    for (model, key) in [("bg_nbd", "bg"), ("mbg_nbd", "mbg"), ("pareto_nbd", "pnbd")] {
        let (p_alive, holdout) = (format!("{key}_p_alive"), format!("{key}_cet_holdout"));
        let folder = run_sample(model, 0.1);
        let clv = table(&folder.path().join("out/latest"), "clv");
        assert_eq!(clv.height(), 2357);
        for (ours, theirs) in [("p_alive", p_alive), ("expected_purchases_273d", holdout)] {
            let found: BTreeMap<String, f64> =
                texts(&clv, "customer_id").into_iter().zip(numbers(&clv, ours)).collect();
            for row in &rows {
                let want: f64 = row[place(&theirs)].parse().expect("a number");
                close(&format!("{model} {} {ours}", row[0]), found[row[0]], want, 1e-6);
            }
        }
    }
}
