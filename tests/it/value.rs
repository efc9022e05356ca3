//! The options of `[clv]`: covariates, seasons, regularity, opportunities, bootstrap, margins, pinned models.

use std::fmt::Write;
use std::path::Path;

use acrm::table::{format_day, parse_day};

use crate::support::{Dice, acrm, close, folder, numbers, quality, root, run_ok, shared, table, texts};

fn model(run: &Path) -> serde_json::Value {
    let text = std::fs::read_to_string(run.join("models/clv.json")).expect("a model file");
    serde_json::from_str(&text).expect("JSON")
}

fn parameter(run: &Path, name: &str) -> f64 {
    model(run)["purchases"]["parameters"][name].as_f64().unwrap_or_else(|| panic!("{name}"))
}

fn latest(folder: &tempfile::TempDir) -> std::path::PathBuf {
    folder.path().join("out/latest")
}

fn cdnow(clv: &str) -> tempfile::TempDir {
    let orders = root().join("data/cdnow/orders.csv");
    let pipeline = format!(
        "[pipeline]\nname = \"t\"\nas_of = \"1997-09-30\"\ncurrency = \"USD\"\n[sources.transactions]\npath = \"{}\"\n\
         columns = {{ customer_id = \"customer_id\", timestamp = \"date\", amount = \"spend\" }}\n\
         [clean]\nzero_amount = \"purchase\"\n[clusters]\nk = 2\n[clv]\n{clv}\n",
        orders.display()
    );
    folder(&[("p.toml", &pipeline)])
}

/// CLVTools' apparel data with Gender and Channel: every customer of the reference, Pareto/NBD with static covariates.
#[test]
fn static_covariates_equal_the_reference() {
    let (Some(orders), Some(attributes)) =
        (shared("data/apparel/apparelTrans.csv"), shared("data/apparel/apparelStaticCov.csv"))
    else {
        return;
    };
    let pipeline = format!(
        "[pipeline]\nname = \"t\"\nas_of = \"2006-12-31\"\n[sources.transactions]\npath = \"{}\"\n\
         columns = {{ customer_id = \"Id\", timestamp = \"Date\", amount = \"Price\" }}\n\
         [sources.customers]\npath = \"{}\"\ncolumns = {{ customer_id = \"Id\" }}\n[clean]\nzero_amount = \"purchase\"\n\
         [clv]\nmodel = \"pareto_nbd\"\nhorizons_days = [91, 364]\n\
         purchase_covariates = [\"gender\", \"channel\"]\ndropout_covariates = [\"gender\", \"channel\"]\n",
        orders.display(),
        attributes.display()
    );
    let folder = folder(&[("p.toml", &pipeline)]);
    let ended = run_ok(folder.path(), &["run", "p.toml"]);
    assert!(ended.stdout.contains("covariates: purchase gender"), "{}", ended.stdout);
    let clv = table(&latest(&folder), "clv");
    let ids = texts(&clv, "customer_id");
    let text =
        std::fs::read_to_string(shared("reference/customers/apparel_staticcov_customers.csv").expect("beside it"));
    let text = text.expect("a table");
    let mut seen = 0;
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        if cells[1] != "pnbd_staticcov" {
            continue;
        }
        seen += 1;
        let row = ids.iter().position(|id| id == cells[0]).expect("a known customer");
        let want = |at: usize| cells[at].parse::<f64>().expect("a number");
        close(&format!("{} p_alive", cells[0]), numbers(&clv, "p_alive")[row], want(8), 2e-3);
        close(&format!("{} 13 weeks", cells[0]), numbers(&clv, "expected_purchases_91d")[row], want(9), 2e-3);
        close(&format!("{} 52 weeks", cells[0]), numbers(&clv, "expected_purchases_364d")[row], want(10), 2e-3);
    }
    assert!(seen > 50, "{seen}");
    let fits = model(&latest(&folder));
    let coefficients = fits["purchases"]["covariates"].as_array().expect("coefficients");
    assert_eq!(coefficients.len(), 4);
    assert!(coefficients.iter().all(|c| c["p_value"].as_f64().is_some_and(|p| (0.0..=1.0).contains(&p))));
    pin_and_compare(&folder, &pipeline, "p_alive");
}

/// Runs the pipeline again with its own model file pinned: the same scores.
fn pin_and_compare(folder: &tempfile::TempDir, pipeline: &str, column: &str) {
    let before = numbers(&table(&latest(folder), "clv"), column);
    std::fs::copy(latest(folder).join("models/clv.json"), folder.path().join("pinned.json")).expect("copied");
    std::fs::write(folder.path().join("q.toml"), format!("{pipeline}\nmodel_file = \"pinned.json\"\n"))
        .expect("written");
    run_ok(folder.path(), &["run", "q.toml", "--out", "again"]);
    let after = numbers(&table(&folder.path().join("again/latest"), "clv"), column);
    assert_eq!(before.len(), after.len());
    before.iter().zip(&after).for_each(|(b, a)| close(column, *a, *b, 1e-12));
}

/// Orders of customers who buy three times as often in December; a quarter of them say "club".
fn december_shop() -> (String, String) {
    let mut dice = Dice::new(11);
    let mut orders = String::from("customer_id,timestamp,amount\n");
    let mut people = String::from("customer_id,club,age\n");
    let first = parse_day("2021-01-01").expect("a day");
    let last = parse_day("2023-11-30").expect("a day");
    for customer in 0..500 {
        let club = customer % 4 == 0;
        let _ = writeln!(people, "{customer},{},{}", if club { "yes" } else { "no" }, 20 + customer % 60);
        let chance = (2 + customer % 5) * if club { 2 } else { 1 };
        let mut is_there = true;
        let birth = first + (customer as i32 * 7) % 500;
        let _ = writeln!(orders, "{customer},{},10", format_day(birth));
        for day in birth + 1..=last {
            let busy = format_day(day)[5..7] == *"12";
            if is_there && dice.below(1000) < chance * if busy { 9 } else { 3 } {
                let _ = writeln!(orders, "{customer},{},{}", format_day(day), 5 + dice.below(30));
                is_there = !dice.percent(1 + (customer * 13) % 30);
            }
        }
    }
    (orders, people)
}

#[test]
fn expected_purchases_know_that_december_comes() {
    let (orders, _) = december_shop();
    let pipeline = |season: &str| {
        format!(
            "[pipeline]\nname = \"t\"\n[sources.transactions]\npath = \"orders.csv\"\n[clv]\nmodel = \"bg_nbd\"\n\
             horizons_days = [31, 62]\nseason = \"{season}\"\n"
        )
    };
    let total = |season: &str| {
        let folder = folder(&[("orders.csv", &orders), ("p.toml", &pipeline(season))]);
        run_ok(folder.path(), &["run", "p.toml", "--as-of", "2023-11-30"]);
        let clv = table(&latest(&folder), "clv");
        let sum = |column: &str| numbers(&clv, column).iter().sum::<f64>();
        (folder, sum("expected_purchases_31d"), sum("expected_purchases_62d"))
    };
    let (_, plain, plain_both) = total("none");
    let (folder, december, both) = total("month");
    let january = both - december;
    assert!((plain_both - plain) / plain > 0.9, "without seasons, months are alike");
    assert!(december / january > 2.2 && december / january < 3.8, "{december} against {january}");
    let fits = model(&latest(&folder));
    let index = fits["purchases"]["season"]["index"].as_array().expect("an index");
    assert_eq!(index.len(), 12);
    assert!(index[11].as_f64().expect("a number") > 2.0, "{index:?}");
    pin_and_compare(&folder, &pipeline("month"), "expected_purchases_31d");
    let (_, week, _) = total("week");
    assert!((week / december - 1.0).abs() < 0.2, "{week} against {december}");
}

#[test]
fn covariates_of_words_and_numbers_shift_the_rates() {
    let (orders, people) = december_shop();
    let pipeline = "[pipeline]\nname = \"t\"\nas_of = \"2023-11-30\"\n[sources.transactions]\npath = \"orders.csv\"\n\
         [sources.customers]\npath = \"people.csv\"\n[clv]\nmodel = \"bg_nbd\"\npurchase_covariates = [\"club\", \"age\"]\n\
         covariate_ridge = 0.5\nintervals = \"all\"\n";
    let folder = folder(&[("orders.csv", &orders), ("people.csv", &people), ("p.toml", pipeline)]);
    run_ok(folder.path(), &["run", "p.toml"]);
    run_ok(folder.path(), &["backtest", "p.toml", "--holdout", "26w"]);
    let fits = model(&latest(&folder));
    let club = &fits["purchases"]["covariates"][0];
    assert_eq!((club["name"].as_str(), club["on"].as_str()), (Some("club"), Some("purchase")));
    let estimate = club["estimate"].as_f64().expect("a number");
    assert!((estimate - 2_f64.ln()).abs() < 0.25, "{estimate}");
    assert!(club["p_value"].as_f64().is_some_and(|p| p < 1e-3));
    let clv = table(&latest(&folder), "clv");
    for (low, mid, high) in [
        ("expected_purchases_365d_lower", "expected_purchases_365d", "expected_purchases_365d_upper"),
        ("expected_spend_lower", "expected_spend", "expected_spend_upper"),
        ("clv_365d_lower", "clv_365d", "clv_365d_upper"),
    ] {
        let columns = [low, mid, high].map(|c| numbers(&clv, c));
        assert!((0..clv.height()).all(|row| columns[0][row] <= columns[1][row] && columns[1][row] <= columns[2][row]));
    }
    let wrong = pipeline.replace("\"age\"", "\"agee\"");
    std::fs::write(folder.path().join("w.toml"), wrong).expect("written");
    let ended = acrm(folder.path(), &["check", "w.toml"]);
    assert_eq!(ended.code, 2);
    assert!(ended.stderr.contains("did you mean `age`?"), "{}", ended.stderr);
}

/// Fader, Hardie & Shang (2010): the donors as a log of one gift per year, their published estimates.
#[test]
fn donations_give_the_published_bg_bb() {
    let Some(path) = shared("data/donations/donations_rf.csv") else { return };
    let mut orders = String::from("customer_id,timestamp,amount\n");
    let mut donor = 0;
    for line in std::fs::read_to_string(path).expect("a table").lines().skip(1) {
        let cells: Vec<u32> = line.split(',').map(|c| c.parse().expect("a number")).collect();
        let [x, t_x, _, count] = cells[..] else { panic!("{line}") };
        for _ in 0..count {
            donor += 1;
            let _ = writeln!(orders, "d{donor:05},1995-06-15,50");
            for year in (1..x).chain((x > 0).then_some(t_x)) {
                let _ = writeln!(orders, "d{donor:05},{}-03-0{},50", 1995 + year, 1 + donor % 9);
            }
        }
    }
    let pipeline = "[pipeline]\nname = \"t\"\nas_of = \"2001-12-31\"\n[sources.transactions]\npath = \"orders.csv\"\n\
         [clusters]\nk = 2\n[clv]\nmodel = \"bg_bb\"\nopportunity = \"year\"\nhorizons_days = [1826]\nintervals = \"all\"\n";
    let folder = folder(&[("orders.csv", &orders), ("p.toml", pipeline)]);
    run_ok(folder.path(), &["run", "p.toml"]);
    let run = latest(&folder);
    for (name, published) in [("alpha", 1.204), ("beta", 0.750), ("gamma", 0.657), ("delta", 2.783)] {
        assert!((parameter(&run, name) - published).abs() < 6e-4, "{name}: {}", parameter(&run, name));
    }
    close("log-likelihood", quality(&run, "clv", "purchase_log_likelihood"), -33225.6, 1e-6);
    let clv = table(&run, "clv");
    let expected: f64 = numbers(&clv, "expected_purchases_1826d").iter().sum();
    // the reference expects 12,884.16 gifts in five years of 365.25 days
    close("five years", expected, 12884.16, 1e-3);
    let ended = run_ok(folder.path(), &["backtest", "p.toml", "--holdout", "731d"]);
    assert!(ended.stdout.contains("years with a purchase"), "{}", ended.stdout);
    pin_and_compare(&folder, pipeline, "p_alive");
}

#[test]
fn regularity_is_estimated_or_given() {
    let free = cdnow("model = \"mbg_cnbd_k\"");
    run_ok(free.path(), &["run", "p.toml"]);
    assert_eq!(model(&latest(&free))["purchases"]["regularity"], 1, "CDNOW's customers buy as irregularly as chance");
    let plain = cdnow("model = \"mbg_nbd\"");
    run_ok(plain.path(), &["run", "p.toml"]);
    let alive = |folder: &tempfile::TempDir| numbers(&table(&latest(folder), "clv"), "p_alive");
    alive(&free).iter().zip(alive(&plain)).for_each(|(a, b)| close("k = 1", *a, b, 1e-4));
    let given = cdnow("model = \"bg_cnbd_k\"\nregularity = 2");
    run_ok(given.path(), &["run", "p.toml"]);
    assert_eq!(model(&latest(&given))["purchases"]["regularity"], 2);
}

#[test]
fn bootstrap_errors_are_near_those_of_the_curvature() {
    let curvature = cdnow("model = \"bg_nbd\"");
    run_ok(curvature.path(), &["run", "p.toml"]);
    let resampled = cdnow("model = \"bg_nbd\"\nbootstrap_samples = 200");
    run_ok(resampled.path(), &["run", "p.toml"]);
    let error = |folder: &tempfile::TempDir, name: &str| {
        model(&latest(folder))["purchases"]["standard_errors"][name].as_f64().expect("an error")
    };
    for name in ["r", "alpha"] {
        let ratio = error(&resampled, name) / error(&curvature, name);
        assert!((0.75..1.33).contains(&ratio), "{name}: {ratio}");
    }
    assert_eq!(model(&latest(&resampled))["purchases"]["bootstrap"]["samples"], 200);
}

#[test]
fn a_pinned_model_scores_as_it_was_fitted_and_is_checked() {
    let folder = cdnow("model = \"pareto_nbd\"");
    run_ok(folder.path(), &["run", "p.toml"]);
    let pipeline = std::fs::read_to_string(folder.path().join("p.toml")).expect("a pipeline");
    pin_and_compare(&folder, &pipeline, "clv_365d");
    let pinned = pipeline.replace("model = \"pareto_nbd\"", "model_file = \"pinned.json\"");
    let refuse = |text: &str, code: i32, words: &str| {
        std::fs::write(folder.path().join("r.toml"), text).expect("written");
        let ended = acrm(folder.path(), &["run", "r.toml", "--out", "refused"]);
        assert_eq!(ended.code, code, "{}", ended.stderr);
        assert!(ended.stderr.contains(words), "{}", ended.stderr);
    };
    refuse(&pinned.replace("\"USD\"", "\"EUR\""), 3, "is in `USD`, this run in `EUR`");
    refuse(&pinned.replace("\"purchase\"", "\"exclude\""), 3, "zero_amount");
    refuse(&pinned.replace("pinned.json", "absent.json"), 2, "absent.json");
    refuse(&pinned.replace("model_file", "model = \"bg_nbd\"\nmodel_file"), 2, "holds pareto_nbd, `model` says bg_nbd");
    let text = std::fs::read_to_string(folder.path().join("pinned.json")).expect("a model file");
    std::fs::write(folder.path().join("bad.json"), text.replacen("\"alpha\"", "\"alhpa\"", 1)).expect("written");
    refuse(&pinned.replace("pinned.json", "bad.json"), 2, "`alpha` is missing");
    // an earlier night scored with what a later one learnt
    std::fs::write(folder.path().join("r.toml"), &pinned).expect("written");
    run_ok(folder.path(), &["run", "r.toml", "--as-of", "1997-06-30", "--out", "early"]);
    let run = folder.path().join("early/latest");
    close("days", quality(&run, "clv", "model_file_from_later_days"), 92.0, 1e-12);
    assert!(quality(&run, "clv", "model_file_drift") < 0.25);
}

/// Ten customers: one loses money on every order, costs to acquire are known.
#[test]
fn profit_is_margin_less_costs() {
    let mut orders = String::from("customer_id,timestamp,amount,cost\n");
    for customer in 0..40 {
        for order in 0..(1 + customer % 5) {
            let cost = if customer == 7 { 15 } else { 6 };
            let _ = writeln!(
                orders,
                "c{customer:02},{},10,{cost}",
                format_day(19_700 + order * (11 + customer % 7) + customer)
            );
        }
    }
    let people: String = (0..40).map(|c| format!("c{c:02},{},{}\n", c % 4, u8::from(c % 10 == 0))).collect();
    let people = format!("customer_id,acquisition_cost,service_cost\n{people}");
    let pipeline = |clv: &str| {
        format!(
            "[pipeline]\nname = \"t\"\n[sources.transactions]\npath = \"orders.csv\"\n[sources.customers]\npath = \"people.csv\"\n\
             [clusters]\nk = 2\n[clv]\nmodel = \"mbg_nbd\"\n{clv}\n"
        )
    };
    let run = |clv: &str| {
        let folder = folder(&[("orders.csv", &orders), ("people.csv", &people), ("p.toml", &pipeline(clv))]);
        run_ok(folder.path(), &["run", "p.toml"]);
        let clv = table(&latest(&folder), "clv");
        (folder, clv)
    };
    let (_, revenue) = run("margin = 1.0");
    let (_, share) = run("margin = 0.3");
    let (_, lines) = run("");
    let ratio = numbers(&lines, "net_margin_ratio");
    let loser = texts(&lines, "customer_id").iter().position(|id| id == "c07").expect("there");
    assert!(ratio[loser] < 0.0 && ratio[3] > 0.3, "{ratio:?}");
    let column = |frame, name: &str| numbers(frame, name);
    let (of_revenue, of_share, of_lines) =
        (column(&revenue, "clv_365d"), column(&share, "clv_365d"), column(&lines, "clv_365d"));
    let (ratio_of_revenue, ratio_of_share) = (column(&revenue, "net_margin_ratio"), column(&share, "net_margin_ratio"));
    let spend: Vec<f64> = of_revenue.iter().zip(&ratio_of_revenue).map(|(v, r)| v / r).collect();
    for row in 0..40 {
        close("one share", ratio_of_revenue[row] - ratio_of_share[row], 0.7, 1e-12);
        close("share", of_share[row], ratio_of_share[row] * spend[row], 1e-12);
        close("own margin", of_lines[row], ratio[row] * spend[row], 1e-12);
        let ends = (column(&lines, "clv_365d_lower")[row], column(&lines, "clv_365d_upper")[row]);
        assert!(ends.0 <= of_lines[row] && of_lines[row] <= ends.1, "{row}: {ends:?}");
    }
    // c07 bought three times at a loss of 5, and cost 3 to acquire
    close("profit so far", column(&lines, "profit_to_date")[loser], -18.0, 1e-9);
    // serving c10 cost 1, which its net margin shows beside that of c15
    let at = |id: &str| texts(&lines, "customer_id").iter().position(|i| i == id).expect("there");
    assert!(ratio[at("c10")] < ratio[at("c15")], "{ratio:?}");
    close("spent so far", column(&lines, "value_to_date")[loser], 30.0, 1e-9);
}

#[test]
fn categories_may_have_a_margin_of_their_own() {
    let orders = "customer_id,timestamp,amount,category\na,2024-01-01,100,Books\na,2024-02-01,50,Games\nb,2024-01-05,40,Books\n\
                  b,2024-01-25,-40,Books\nc,2024-02-02,10,\n";
    let pipeline = "[pipeline]\nname = \"t\"\n[sources.transactions]\npath = \"orders.csv\"\n[clusters]\nk = 2\n\
                    [clean]\ncategory_margins = { Books = 0.25, Games = -0.1 }\n";
    let folder = folder(&[("orders.csv", orders), ("p.toml", pipeline)]);
    run_ok(folder.path(), &["run", "p.toml"]);
    let customers = table(&latest(&folder), "customers");
    assert_eq!(texts(&customers, "margin"), ["20.0", "0.0", "0.0"]);
    close("lines", quality(&latest(&folder), "customers", "lines_without_margin"), 1.0, 1e-12);
}
