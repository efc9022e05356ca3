//! Baskets, sequences, surveys and a great many rows.

use std::process::Command;

use acrm::numerics::patterns::{Baskets, ItemsetOptions, RuleOptions, association_rules, frequent_itemsets};

use crate::support::{ByCustomer, folder, numbers, quality, run_ok, shared, table, texts};

use super::Csv;

/// A run of `[patterns]` over the file of a case.
fn run_patterns(file: &str, columns: &str, options: &str) -> Option<(tempfile::TempDir, std::path::PathBuf)> {
    let path = shared(&format!("cases/{file}"))?;
    let text = format!(
        "[pipeline]\nname = \"case\"\n[sources.transactions]\npath = \"{}\"\ncolumns = {{ {columns} }}\n[patterns]\n{options}",
        path.display()
    );
    let folder = folder(&[("p.toml", &text)]);
    run_ok(folder.path(), &["run", "p.toml"]);
    let run = folder.path().join("out/latest");
    Some((folder, run))
}

const BASKETS: &str =
    "customer_id = \"basket_id\", timestamp = \"=2024-01-02\", transaction_id = \"basket_id\", product_id = \"item\"";

/// Rows of a table by products: some columns as text.
fn rows(run: &std::path::Path, name: &str, columns: &[&str]) -> Vec<Vec<String>> {
    let frame = table(run, name);
    let levels = texts(&frame, "level");
    let cells = columns.iter().map(|column| texts(&frame, column)).collect::<Vec<_>>();
    (0..frame.height())
        .filter(|row| levels[*row] == "product")
        .map(|row| cells.iter().map(|column| column[row].clone()).collect())
        .collect()
}

#[test]
fn counts_of_sets() {
    let case = "69-maximal-itemset-support";
    let Some((_keep, run)) = run_patterns(&format!("{case}/baskets.csv"), BASKETS, "min_support = 0.33\n") else {
        return;
    };
    let expected = Csv::read(&shared(&format!("cases/{case}/expected/itemsets.csv")).expect("it was there"));
    let mut found = rows(&run, "basket_sets", &["items", "orders"]);
    found.sort();
    let mut wanted: Vec<Vec<String>> = expected
        .column("itemset")
        .into_iter()
        .zip(expected.column("count"))
        .map(|(set, count)| vec![set.replace('+', " + "), count.to_owned()])
        .collect();
    wanted.sort();
    assert_eq!(found, wanted);
    let mut maximal = rows(&run, "basket_sets", &["is_maximal", "items", "orders"]);
    maximal.retain(|row| row[0] == "true");
    maximal.sort();
    assert_eq!(
        maximal.iter().map(|row| row[1..].join(" ")).collect::<Vec<_>>(),
        ["cup + tea 3", "pot + tea 2", "tray 2"]
    );
}

/// Every rule by the functions; those of two orders or more, which are patterns to the program, in its table too.
#[test]
fn measures_of_rules() {
    let case = "71-confidence-one-conviction";
    let found = run_patterns(&format!("{case}/baskets.csv"), BASKETS, "min_support = 0.1\nmin_confidence = 0.05\n");
    let Some((_keep, run)) = found else { return };
    let [input, expected] = ["baskets.csv", "expected/rules.csv"]
        .map(|file| Csv::read(&shared(&format!("cases/{case}/{file}")).expect("it was there")));
    let mut names = input.column("item");
    names.sort_unstable();
    names.dedup();
    let number = |name: &str| names.binary_search(&name).expect("an item") as u32;
    let (mut items, mut offsets) = (Vec::new(), vec![0_u32]);
    let rows = input.column("basket_id").into_iter().zip(input.column("item")).collect::<Vec<_>>();
    for basket in rows.chunk_by(|a, b| a.0 == b.0) {
        items.extend(basket.iter().map(|(_, item)| number(item)));
        offsets.push(items.len() as u32);
    }
    let baskets = Baskets::new(&items, &offsets).expect("baskets");
    let sets = frequent_itemsets(&baskets, &ItemsetOptions { min_count: 1, max_length: 2, most: 1000 }).expect("sets");
    let options = RuleOptions { min_confidence: 0.0, single_consequent: true, most: 1000 };
    let rules = association_rules(&sets, &options).expect("rules");
    let frame = table(&run, "basket_rules");
    let measures = ["support", "confidence", "lift", "leverage", "conviction"];
    let published = measures.map(|name| numbers(&frame, name));
    let [left, right] = ["if_items", "then_items"].map(|name| texts(&frame, name));
    for (row, (antecedent, consequent)) in expected.column("if").into_iter().zip(expected.column("then")).enumerate() {
        let is_it = |set: usize, name: &str| sets.sets()[set].items == [number(name)];
        let rule =
            rules.iter().find(|r| is_it(r.antecedent, antecedent) && is_it(r.consequent, consequent)).expect("a rule");
        let conviction = rule.conviction().unwrap_or(f64::INFINITY);
        let values = [rule.support(), rule.confidence(), rule.lift(), rule.leverage(), conviction];
        let at = (0..frame.height()).find(|at| left[*at] == antecedent && right[*at] == consequent);
        assert_eq!(at.is_some(), rule.count >= 2, "{antecedent} → {consequent}");
        for (place, name) in measures.iter().enumerate() {
            let want: f64 = expected.column(name)[row].parse().expect("a number");
            let same = |value: f64| value == want || (value - want).abs() < 1e-6;
            assert!(same(values[place]), "{antecedent} → {consequent}, {name}: {}", values[place]);
            if let Some(at) = at {
                // what is infinite is an empty cell, as the contract says, and stands first
                let value = published[place][at];
                assert!(
                    same(value) || (want.is_infinite() && value.is_nan() && at == 0),
                    "{antecedent}, {name}: {value}"
                );
            }
        }
    }
}

#[test]
fn sequences_of_customers() {
    let case = "72-sequence-gaps-and-counts";
    let columns = "customer_id = \"customer_id\", timestamp = \"order_date\", product_id = \"item\"";
    let found = run_patterns(&format!("{case}/orders.csv"), columns, "min_customers_share = 0.6\n");
    let Some((_keep, run)) = found else { return };
    let expected = Csv::read(&shared(&format!("cases/{case}/expected/patterns.csv")).expect("it was there"));
    let mut found = rows(&run, "purchase_sequences", &["sequence", "customers", "is_closed"]);
    found.sort();
    let mut wanted: Vec<Vec<String>> = (0..expected.column("pattern").len())
        .map(|row| {
            let [pattern, customers, closed] = ["pattern", "customers", "closed"].map(|c| expected.column(c)[row]);
            let steps = pattern.chars().map(String::from).collect::<Vec<_>>().join(" → ");
            vec![steps, customers.to_owned(), (closed == "yes").to_string()]
        })
        .collect();
    wanted.sort();
    assert_eq!(found, wanted);
}

/// The survey with labels, and one on five points declared as such and as eleven.
#[test]
fn answers_of_surveys() {
    let Some(path) = shared("cases/78-nps-scale-and-text") else { return };
    let run = |columns: &str, file: &str, people: &str| {
        let text = format!(
            "[pipeline]\nname = \"case\"\nas_of = \"2024-03-31\"\n[sources.transactions]\npath = \"orders.csv\"\n\
             [sources.feedback]\npath = \"{}/{file}\"\ncolumns = {{ customer_id = \"customer_id\", score = \"likely_to_recommend\", \
             instrument = \"=nps\", {columns} }}\n",
            path.display()
        );
        let ids = Csv::read(&path.join(file));
        let mut orders = String::from("customer_id,timestamp,amount\n");
        let mut ids: Vec<&str> = ids.column("customer_id");
        ids.sort_unstable();
        ids.dedup();
        ids.iter().for_each(|id| orders.push_str(&format!("{id},2024-01-01,1\n")));
        assert!(ids.iter().all(|id| id.starts_with(people)));
        let folder = folder(&[("p.toml", &text), ("orders.csv", &orders)]);
        let said = run_ok(folder.path(), &["run", "p.toml"]).stderr;
        let run = folder.path().join("out/latest");
        (folder, run, said)
    };
    let (_keep, found, _) = run("timestamp = \"answered\"", "survey.csv", "s");
    let latest = ByCustomer::read(&found, "satisfaction");
    let scores = [("s1", "3"), ("s2", "9"), ("s3", "0"), ("s7", "7"), ("s8", "8"), ("s9", "6")];
    scores.iter().for_each(|(id, score)| assert_eq!(latest.text(id, "nps_latest"), *score, "{id}"));
    let refused = table(&found, "quarantine");
    let refused = texts(&refused, "line").into_iter().zip(texts(&refused, "reason")).collect::<Vec<_>>();
    let of = |reason: &str| {
        refused.iter().filter(|(_, why)| why == reason).map(|(line, _)| line.as_str()).collect::<Vec<_>>()
    };
    assert_eq!((of("unreadable_score"), of("no_answer")), (vec!["7", "12"], vec!["5", "6", "13"]));
    let groups = table(&found, "satisfaction_groups");
    let all = texts(&groups, "grouping").iter().position(|g| g == "all").expect("all");
    assert_eq!(numbers(&groups, "answers")[all], 6.0);
    assert!((numbers(&groups, "score")[all] - -33.333_333).abs() < 1e-6);
    for (scale, has_nps) in [("1-5", false), ("0-10", true)] {
        let columns = format!("timestamp = \"=2024-03-01\", scale = \"={scale}\"");
        let (_keep, found, said) = run(&columns, "five_point.csv", "t");
        let instruments = texts(&table(&found, "satisfaction_groups"), "instrument");
        assert_eq!(instruments.contains(&"nps".to_owned()), has_nps, "{scale}");
        assert_eq!(said.contains("above 5 of 10"), has_nps, "{scale}: {said}");
    }
}

/// Copies of ten rows, scattered: every copy alike, the money exact, the same with other threads.
#[test]
fn many_copies_of_ten_rows() {
    const COPIES: usize = 20_000;
    let Some(path) = shared("cases/79-millions-of-rows") else { return };
    let expected = Csv::read(&path.join("expected/per_copy.csv"));
    let columns = "customer_id = \"customer_id\", timestamp = \"order_date\", amount = \"amount\"";
    let text = format!(
        "[pipeline]\nname = \"case\"\nas_of = \"2024-03-01\"\n[sources.transactions]\npath = \"big.csv\"\ncolumns = {{ {columns} }}\n"
    );
    let folder = folder(&[("p.toml", &text)]);
    let made = Command::new("python3")
        .arg(path.join("make_big.py"))
        .args([&COPIES.to_string(), &folder.path().join("big.csv").display().to_string()])
        .status();
    if !made.is_ok_and(|status| status.success()) {
        println!("skipped: no python3");
        return;
    }
    run_ok(folder.path(), &["run", "p.toml", "--threads", "2"]);
    let run = folder.path().join("out/latest");
    let frame = table(&run, "customers");
    assert_eq!(frame.height(), 4 * COPIES);
    assert_eq!(quality(&run, "transactions", "money_accepted"), 163.6 * COPIES as f64);
    let ids = texts(&frame, "customer_id");
    let found = ["days_since_last", "orders", "purchase_days", "spend_net"].map(|c| numbers(&frame, c));
    let kinds = expected.column("customer");
    for (row, id) in ids.iter().enumerate() {
        let kind = id.rsplit('-').next().and_then(|kind| kinds.iter().position(|k| *k == kind)).expect("a kind");
        let want = |name: &str| expected.column(name)[kind].parse::<f64>().expect("a number");
        assert_eq!(found[0][row], want("recency_days"), "{id}");
        assert_eq!(found[1][row], want("purchases"), "{id}");
        assert_eq!((found[2][row] - 1.0).max(0.0), want("repeat_days"), "{id}");
        assert_eq!(found[3][row], want("net"), "{id}");
    }
}
