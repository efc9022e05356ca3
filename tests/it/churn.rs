//! Churn and propensities: the real samples through pipelines, and that nothing after a cut is known at it.

use std::path::Path;

use acrm::numerics::classify::{Spell, auc};

use crate::support::{
    ByCustomer, Dice, acrm, day_of_2024, files, folder, numbers, quality, run_ok, same_files, shared, table,
    table_bytes, texts,
};

/// A cell of a table of models: the row of a model in the test.
fn tested(run: &Path, name: &str, model: &str, column: &str) -> f64 {
    let frame = table(run, name);
    let (models, samples) = (texts(&frame, "model"), texts(&frame, "sample"));
    let row = (0..models.len()).find(|row| models[*row] == model && samples[*row] == "test");
    numbers(&frame, column)[row.unwrap_or_else(|| panic!("no test of {model} in {name}"))]
}

/// The model that is used, which must have the smallest log loss in the test.
fn used(run: &Path, name: &str) -> String {
    let frame = table(run, name);
    let [models, samples, kinds, is_used] = ["model", "sample", "kind", "is_used"].map(|c| texts(&frame, c));
    let losses = numbers(&frame, "log_loss");
    let rows = (0..models.len()).filter(|row| samples[*row] == "test" && kinds[*row] == "model").collect::<Vec<_>>();
    let best = rows.iter().copied().min_by(|a, b| losses[*a].total_cmp(&losses[*b])).expect("a model");
    assert_eq!(is_used[best], "true", "{models:?} {losses:?}");
    assert_eq!(rows.iter().filter(|row| is_used[**row] == "true").count(), 1);
    models[best].clone()
}

fn has_check(run: &Path, check: &str) -> Option<bool> {
    let frame = table(run, "run_quality");
    let row = texts(&frame, "check").iter().position(|c| c == check)?;
    Some(texts(&frame, "ok")[row] == "true")
}

/// A pipeline of a file with one row per customer.
fn label_pipeline(path: &str, id: &str, sections: &str) -> String {
    format!(
        "[pipeline]\nname = \"t\"\nas_of = \"2024-03-01\"\n[sources.customers]\npath = \"{path}\"\n\
         columns = {{ customer_id = \"{id}\" }}\n{sections}"
    )
}

/// The fifth rows have no outcome in the file; what is said of them is held against it, and against the published logistic
/// regression.
#[test]
fn telco_churn_is_predicted_as_well_as_published() {
    let Some(path) = shared("data/telco_churn/telco_customer_churn.csv") else { return };
    let text = std::fs::read_to_string(path).expect("text");
    let mut lines = text.lines();
    let mut hidden = format!("{}\n", lines.next().expect("a header"));
    let mut outcomes = Vec::new();
    for (row, line) in lines.enumerate() {
        let (rest, outcome) = line.rsplit_once(',').expect("columns");
        if row % 5 == 4 {
            outcomes.push((line.split(',').next().expect("an id").to_owned(), outcome.trim() == "Yes"));
            hidden.push_str(&format!("{rest},\n"));
        } else {
            hidden.push_str(&format!("{line}\n"));
        }
    }
    let pipeline =
        label_pipeline("telco.csv", "customerID", "[churn]\nlabel = \"Churn\"\nbenefit = 100\ncontact_cost = 10\n");
    let folder = folder(&[("telco.csv", &hidden), ("p.toml", &pipeline)]);
    let ended = run_ok(folder.path(), &["run", "p.toml"]);
    assert!(ended.stdout.contains("wins on customers held out"), "{}", ended.stdout);
    let run = folder.path().join("out/latest");
    assert_eq!(quality(&run, "churn", "customers_without_label"), 1408.0);
    used(&run, "churn_models");
    let frame = table(&run, "churn");
    let found = texts(&frame, "customer_id").into_iter().zip(numbers(&frame, "churn_probability"));
    let found = found.collect::<std::collections::BTreeMap<_, _>>();
    let scores = outcomes.iter().map(|(id, _)| found[id]).collect::<Vec<_>>();
    let came = outcomes.iter().map(|(_, outcome)| *outcome).collect::<Vec<_>>();
    let area = auc(&scores, &came).expect("both");
    println!(
        "telco: AUC of the fifth rows {area:.4}, in the test {:.4}",
        tested(&run, "churn_models", "logistic", "auc")
    );
    assert!(area > 0.837_925_720_449_992_4 - 0.01, "{area}");
    assert!((tested(&run, "churn_models", "logistic", "auc") - 0.8443).abs() < 0.01);
    // calibrated: each tenth's share is near what was said
    let bins = table(&run, "churn_calibration");
    let [said, came] = ["predicted", "observed"].map(|c| numbers(&bins, c));
    assert!(said.iter().zip(&came).all(|(said, came)| (said - came).abs() < 0.05), "{said:?} {came:?}");
    let drivers = table(&run, "churn_drivers");
    let top = texts(&drivers, "feature");
    assert!(top[..4].contains(&"contract".to_owned()) && top[..4].contains(&"tenure".to_owned()), "{top:?}");
    assert!(texts(&frame, "churn_reason_1").iter().all(|r| r.ends_with("likely")));
    let above = texts(&frame, "churn_above_threshold");
    let probabilities = numbers(&frame, "churn_probability");
    assert!(above.iter().zip(probabilities).all(|(above, p)| (above == "true") == (p > 0.1)));
}

#[test]
fn bank_marketing_is_predicted_without_the_length_of_the_call() {
    let Some(path) = shared("data/bank_marketing/bank_additional_full.parquet") else { return };
    let path = path.display().to_string();
    let sections = "[[propensity]]\nname = \"deposit\"\nlabel = \"y\"\nexclude = [\"duration\"]\n";
    let folder = folder(&[("p.toml", &label_pipeline(&path, "#row", sections))]);
    run_ok(folder.path(), &["run", "p.toml"]);
    let run = folder.path().join("out/latest");
    used(&run, "propensity_models");
    let [line, forest] = ["logistic", "forest"].map(|m| tested(&run, "propensity_models", m, "auc"));
    println!("bank: logistic {line:.4}, forest {forest:.4}");
    assert!(line > 0.78 && forest > 0.78 && line.max(forest) < 0.82);
    assert_eq!(has_check(&run, "deposit_leak_duration"), None);
    let frame = table(&run, "propensities");
    assert_eq!(frame.height(), 41_188);
    assert_eq!(numbers(&frame, "propensity_deposit_decile").iter().filter(|d| **d == 1.0).count(), 4119);
}

#[test]
fn what_is_known_only_afterwards_is_named() {
    let Some(path) = shared("data/bank_marketing/bank_4521.csv") else { return };
    let path = path.display().to_string();
    let sections = "[[propensity]]\nname = \"deposit\"\nlabel = \"deposit\"\n";
    let folder = folder(&[("p.toml", &label_pipeline(&path, "#row", sections))]);
    run_ok(folder.path(), &["run", "p.toml"]);
    let run = folder.path().join("out/latest");
    assert_eq!(has_check(&run, "deposit_leak_duration"), Some(false));
    let notes = texts(&table(&run, "run_quality"), "note");
    assert!(notes.iter().any(|n| n.contains("exclude = [\"duration\"]")), "{notes:?}");
}

#[test]
fn ifood_campaign_responses_are_predicted() {
    let Some(path) = shared("data/ifood_campaign/ifood_marketing_campaign.csv") else { return };
    let path = path.display().to_string();
    let sections = "[[propensity]]\nname = \"accepts\"\nlabel = \"Response\"\n";
    let folder = folder(&[("p.toml", &label_pipeline(&path, "ID", sections))]);
    run_ok(folder.path(), &["run", "p.toml"]);
    let run = folder.path().join("out/latest");
    used(&run, "propensity_models");
    let [line, forest] = ["logistic", "forest"].map(|m| tested(&run, "propensity_models", m, "auc"));
    println!("iFood: logistic {line:.4}, forest {forest:.4}");
    assert!(line > 0.85 && forest > 0.85);
}

/// Customers who buy at their own rhythm; some stop. Gives customer, day and cents of their orders.
fn shop(customers: u32, days: u32) -> Vec<(String, u32, i64)> {
    let mut dice = Dice::new(11);
    let mut orders = Vec::new();
    for customer in 0..customers {
        let gap = 6 + dice.below(40);
        let stop = if dice.percent(40) { 60 + dice.below(u64::from(days)) } else { u64::from(days) };
        let mut day = dice.below(60);
        while day < u64::from(days).min(stop) {
            orders.push((format!("c{customer}"), day as u32, 500 + dice.below(4000) as i64));
            day += 1 + gap / 2 + dice.below(gap);
        }
    }
    orders
}

fn lines(orders: &[(String, u32, i64)], amount: impl Fn(usize, u32, i64) -> i64) -> String {
    let mut text = String::from("customer_id,timestamp,amount,transaction_id,original_transaction_id\n");
    for (at, (id, day, cents)) in orders.iter().enumerate() {
        let cents = amount(at, *day, *cents);
        text.push_str(&format!("{id},{},{}.{:02},t{at},\n", day_of_2024(*day), cents / 100, cents % 100));
    }
    text
}

const SHOP: &str =
    "[pipeline]\nname = \"t\"\ncurrency = \"EUR\"\nas_of = \"AS_OF\"\n[sources.transactions]\npath = \"orders.csv\"\n";

/// The features of a cut don't know what came after it: other amounts and refunds of earlier orders after the newest cut
/// change nothing of what is learned and tested, as long as the same customers buy.
#[test]
fn nothing_after_a_cut_changes_a_feature() {
    let orders = shop(700, 500);
    let cut = 499 - 60;
    let pipeline = SHOP.replace("AS_OF", &day_of_2024(499)) + "[churn]\nhorizon_days = 60\n";
    let plain = lines(&orders, |_, _, cents| cents);
    let mut changed = lines(&orders, |_, day, cents| if day > cut { cents * 9 + 77 } else { cents });
    let mut refunds = 0;
    for (at, (id, day, cents)) in orders.iter().enumerate() {
        if *day <= cut && at % 5 == 0 {
            let late = day_of_2024(cut + 1 + at as u32 % 60);
            changed.push_str(&format!("{id},{late},-{}.{:02},r{at},t{at}\n", cents / 100, cents % 100));
            refunds += 1;
        }
    }
    assert!(refunds > 100);
    same_cells(&plain, &changed, &pipeline);
}

/// The figures of both runs, cell by cell: files differ in the id of the run.
fn same_cells(left: &str, right: &str, pipeline: &str) {
    let run = |orders: &str| {
        let folder = folder(&[("orders.csv", orders), ("p.toml", pipeline)]);
        run_ok(folder.path(), &["run", "p.toml"]);
        let run = folder.path().join("out/latest");
        let cuts = table(&run, "churn_cuts");
        assert_eq!(texts(&cuts, "use"), ["train", "train", "train", "test", "score"]);
        let mut cells = vec![("cuts".to_owned(), texts(&cuts, "orders_before")[..4].to_vec())];
        for name in ["churn_models", "churn_drivers", "churn_calibration"] {
            let frame = table(&run, name);
            for column in frame.get_column_names() {
                cells.push((format!("{name}.{column}"), texts(&frame, column)));
            }
        }
        cells
    };
    for (left, right) in run(left).into_iter().zip(run(right)) {
        assert_eq!(left, right);
    }
}

/// An order on the day of the cut is known at it and is no outcome; the horizon ends with its last day; who starts after
/// the cut is not there.
#[test]
fn a_row_on_the_cut_is_a_feature_and_no_label() {
    let orders = "customer_id,timestamp,amount\n\
        a,2024-01-10,5\na,2024-03-31,7\nb,2024-02-01,5\nb,2024-04-01,5\nc,2024-03-01,2\nc,2024-06-29,3\nd,2024-01-01,9\n\
        d,2024-06-30,9\ne,2024-04-02,4\nf,2024-03-30,4\n";
    let pipeline = SHOP.replace("AS_OF", "2024-06-29") + "[churn]\nhorizon_days = 90\ncuts = 1\nmin_tenure_days = 20\n";
    let folder = folder(&[("orders.csv", orders), ("p.toml", &pipeline)]);
    let ended = run_ok(folder.path(), &["run", "p.toml"]);
    assert!(ended.stdout.contains("no model of no purchase within 90 days"), "{}", ended.stdout);
    let run = folder.path().join("out/latest");
    let cuts = table(&run, "churn_cuts");
    assert_eq!(texts(&cuts, "cut"), ["2024-03-31", "2024-06-29"]);
    assert_eq!(
        [texts(&cuts, "outcome_from"), texts(&cuts, "outcome_until")].map(|c| c[0].clone()),
        ["2024-04-01", "2024-06-29"]
    );
    let at = |column: &str| numbers(&cuts, column)[0];
    // a, b, c and d are there, f is too new, e not yet; a and d have not bought again
    assert_eq!(
        ["customers", "too_new", "positives", "orders_before", "orders_after"].map(at),
        [4.0, 1.0, 2.0, 5.0, 2.0]
    );
    assert_eq!(table(&run, "churn").height(), 0);
    assert_eq!(has_check(&run, "rows_of_the_rarer_outcome"), Some(false));
}

/// Contracts that start after the cut are absent, those that ended by then are gone, and an end after it is the outcome.
#[test]
fn contracts_are_looked_at_as_they_stood() {
    let people = "customer_id,start_date,end_date\na,2024-01-05,2024-01-20\nb,2024-01-08,2024-05-01\nc,2024-02-20,\n\
        d,2024-04-02,\ne,2024-02-10,2024-03-31\nf,2024-03-31,2024-03-31\ng,2024-01-02,2024-07-15\n";
    let pipeline = "[pipeline]\nname = \"t\"\nas_of = \"2024-06-29\"\n[sources.customers]\npath = \"people.csv\"\n\
        [churn]\nstarted = \"start_date\"\nended = \"end_date\"\ncuts = 1\nmin_tenure_days = 0\n";
    let folder = folder(&[("people.csv", people), ("p.toml", pipeline)]);
    run_ok(folder.path(), &["run", "p.toml"]);
    let cuts = table(&folder.path().join("out/latest"), "churn_cuts");
    let row = |column: &str| numbers(&cuts, column)[0];
    // at 2024-03-31 b, c and g run, of whom b ends in time; a, e and f have ended
    assert_eq!(["customers", "ended", "positives", "orders_before"].map(row), [3.0, 3.0, 1.0, 0.0]);
}

/// The shared case: durations and events at the cutoff, and orders on both sides of it.
#[test]
fn the_case_of_the_leaking_cutoff() {
    let Some(case) = shared("cases/68-churn-cutoff-leak") else { return };
    let read = |name: &str| std::fs::read_to_string(case.join(name)).expect("text");
    let (contracts, orders) = (read("contracts.csv"), read("orders.csv").replace("order_date", "timestamp"));
    let day = |text: &str| acrm::table::parse_day(text);
    let cut = day("2024-03-31").expect("a day");
    let rows = |text: &str| -> Vec<Vec<String>> {
        text.lines().skip(1).map(|line| line.trim().split(',').map(str::to_owned).collect()).collect()
    };
    let expected = rows(&read("expected/survival.csv"));
    let found = rows(&contracts).into_iter().filter_map(|row| {
        let spell = Spell::at(day(&row[1]).expect("a start"), day(&row[2]), cut)?;
        Some([row[0].clone(), spell.duration_days.to_string(), u8::from(spell.has_ended).to_string()])
    });
    assert_eq!(
        found.map(|r| r.to_vec()).collect::<Vec<_>>(),
        expected.iter().map(|r| r[..3].to_vec()).collect::<Vec<_>>()
    );
    let pipeline = "[pipeline]\nname = \"t\"\n[sources.transactions]\npath = \"orders.csv\"\n[sources.customers]\npath = \"contracts.csv\"\n\
        [[propensity]]\nname = \"buys\"\nstarted = \"start_date\"\ncuts = 1\nmin_tenure_days = 0\n";
    let folder = folder(&[("orders.csv", &orders), ("contracts.csv", &contracts), ("p.toml", pipeline)]);
    let sum = |column: usize| expected.iter().map(|row| row[column].parse::<f64>().expect("a number")).sum::<f64>();
    run_ok(folder.path(), &["run", "p.toml", "--as-of", "2024-06-29"]);
    let cuts = table(&folder.path().join("out/latest"), "propensity_cuts");
    assert_eq!(texts(&cuts, "cut")[0], "2024-03-31");
    let row = |column: &str| numbers(&cuts, column)[0];
    let buyers = expected.iter().filter(|row| row[4] != "0").count() as f64;
    assert_eq!(
        ["customers", "positives", "orders_before", "orders_after"].map(row),
        [expected.len() as f64, buyers, sum(3), sum(4)]
    );
    // each customer's orders up to and with the cutoff
    run_ok(folder.path(), &["run", "p.toml", "--as-of", "2024-03-31"]);
    let customers = ByCustomer::read(&folder.path().join("out/as_of=2024-03-31"), "customers");
    for row in &expected {
        assert_eq!(customers.text(&row[0], "orders"), row[3], "{}", row[0]);
    }
}

/// On a shop with rhythms the model beats the baselines out of time, is calibrated, and gives the same bytes whatever the
/// order of the rows and the number of threads.
#[test]
fn churn_of_a_shop_is_tested_out_of_time_and_deterministic() {
    let orders = shop(900, 500);
    let text = lines(&orders, |_, _, cents| cents);
    let pipeline = SHOP.replace("AS_OF", &day_of_2024(499))
        + "[churn]\nhorizon_days = 60\n[[propensity]]\nname = \"buys\"\nhorizon_days = 30\ncuts = 3\n\
           [[propensity]]\nname = \"returns\"\noutcome = \"lapse\"\ncuts = 1\n";
    let folder = folder(&[("orders.csv", &text), ("p.toml", &pipeline)]);
    run_ok(folder.path(), &["run", "p.toml", "--threads", "1"]);
    let run = folder.path().join("out/latest").canonicalize().expect("a run");
    used(&run, "churn_models");
    let test = table(&run, "churn_models");
    assert!(texts(&test, "test").iter().all(|t| t == "out of time"));
    let own = tested(&run, "churn_models", &used(&run, "churn_models"), "log_loss");
    for baseline in ["p_alive", "days_since_last", "base_rate"] {
        assert!(own < tested(&run, "churn_models", baseline, "log_loss"), "{baseline}");
    }
    let customers = table(&run, "customers").height();
    let churn = table(&run, "churn");
    assert_eq!(churn.height() as f64 + quality(&run, "churn", "customers_too_new"), customers as f64);
    assert!(numbers(&churn, "churn_probability").iter().all(|p| (0.0..=1.0).contains(p)));
    assert!(numbers(&churn, "churn_probability_baseline").iter().all(|p| (0.0..=1.0).contains(p)));
    let propensities = table(&run, "propensities");
    assert_eq!(propensities.height(), customers);
    let held_out =
        texts(&table(&run, "propensity_models"), "test").iter().filter(|t| *t == "customers held out").count();
    assert!(held_out > 0 && has_check(&run, "returns_cuts") == Some(false));
    let first = table_bytes(&run, &[]);

    let mut rows = text.lines().skip(1).collect::<Vec<_>>();
    Dice::new(3).shuffle(&mut rows);
    let shuffled = format!("{}\n{}\n", text.lines().next().expect("a header"), rows.join("\n"));
    std::fs::write(folder.path().join("orders.csv"), shuffled).expect("a file");
    run_ok(folder.path(), &["run", "p.toml", "--threads", "2"]);
    same_files("shuffled", &first, &table_bytes(&folder.path().join("out/latest"), &[]));
}

#[test]
fn a_run_without_the_sections_makes_nothing() {
    let folder = folder(&[
        ("orders.csv", "customer_id,timestamp,amount\n1,2024-01-01,10\n2,2024-02-01,20\n"),
        ("p.toml", &SHOP.replace("AS_OF", "2024-03-01")),
    ]);
    run_ok(folder.path(), &["run", "p.toml"]);
    let made = files(&folder.path().join("out/latest"));
    assert!(made.keys().all(|name| !name.contains("churn") && !name.contains("propensit")), "{:?}", made.keys());
}

#[test]
fn wrong_options_are_all_said_with_their_remedy() {
    let orders = "customer_id,timestamp,amount\n1,2024-01-01,10\n2,2024-02-01,20\n";
    let pipeline = SHOP.replace("AS_OF", "2024-03-01")
        + "[churn]\nhorizon_days = 0\nexclude = [\"order\"]\noutcome = \"category\"\n\
           [[propensity]]\nname = \"x\"\nlabel = \"respons\"\noutcome = \"lapse\"\npositiv = \"a\"\n";
    let folder = folder(&[("orders.csv", orders), ("p.toml", &pipeline)]);
    let ended = acrm(folder.path(), &["check", "p.toml"]);
    assert_eq!(ended.code, 2);
    for part in [
        "`horizon_days` is 0",
        "no feature is called `order`",
        "did you mean `orders`?",
        "without `category`",
        "has a column `respons`",
        "`outcome` beside `label`",
        "unknown key `positiv`",
        "did you mean `positive`?",
    ] {
        assert!(ended.stderr.contains(part), "{part}\n{}", ended.stderr);
    }
    let category = SHOP.replace("AS_OF", "2024-03-01")
        + "[[propensity]]\nname = \"x\"\noutcome = \"category\"\ncategory = \"Tea\"\n";
    std::fs::write(folder.path().join("p.toml"), category).expect("a file");
    let ended = acrm(folder.path(), &["run", "p.toml"]);
    assert!(ended.stderr.contains("nobody bought of the category `Tea`"), "{}", ended.stderr);
}
