//! Baskets, sequences and surveys as tables of a run.

use super::{HEAD, SOURCE};
use crate::support::{ByCustomer, close, folder, numbers, quality, run_ok, table, texts};

/// A run over baskets, one customer each, as `items` gives them.
fn run_baskets(baskets: &[&[&str]], options: &str) -> (tempfile::TempDir, std::path::PathBuf) {
    let mut orders = String::from("customer_id,timestamp,transaction_id,product_id,amount\n");
    for (at, items) in baskets.iter().enumerate() {
        items.iter().for_each(|item| orders.push_str(&format!("c{at},2024-01-01,b{at},{item},1\n")));
    }
    let pipeline = format!("{HEAD}{SOURCE}[patterns]\n{options}");
    let folder = folder(&[("orders.csv", &orders), ("p.toml", &pipeline)]);
    run_ok(folder.path(), &["run", "p.toml"]);
    let run = folder.path().join("out/latest");
    (folder, run)
}

/// The product rows of a table by their words.
fn by_words(run: &std::path::Path, name: &str, key: &[&str], value: &str) -> Vec<(String, f64)> {
    let frame = table(run, name);
    let levels = texts(&frame, "level");
    let words = key.iter().map(|column| texts(&frame, column)).collect::<Vec<_>>();
    let rows = (0..frame.height()).filter(|row| levels[*row] == "product");
    let word = |row: usize| words.iter().map(|column| column[row].as_str()).collect::<Vec<_>>().join(" -> ");
    let values = numbers(&frame, value);
    rows.map(|row| (word(row), values[row])).collect()
}

/// Counts of sets are those of all their items together; a maximal set is in no other.
#[test]
fn sets_of_a_run_have_their_own_counts() {
    let baskets: [&[&str]; 7] = [
        &["nib", "ink"],
        &["pad", "ink"],
        &["pad"],
        &["nib", "ink", "clip"],
        &["nib", "pad", "ink"],
        &["clip"],
        &["nib", "ink"],
    ];
    let (_folder, run) = run_baskets(&baskets, "min_support = 0.28\n");
    let mut found = by_words(&run, "basket_sets", &["items"], "orders");
    found.sort_by(|a, b| a.0.cmp(&b.0));
    let expected = [("clip", 2.0), ("ink", 5.0), ("ink + nib", 4.0), ("ink + pad", 2.0), ("nib", 4.0), ("pad", 3.0)];
    assert_eq!(found, expected.map(|(set, orders)| (set.to_owned(), orders)));
    for (set, support) in by_words(&run, "basket_sets", &["items"], "support") {
        let orders = expected.iter().find(|(name, _)| *name == set).expect("a set").1;
        close(&set, support, orders / 7.0, 1e-12);
        for part in set.split(" + ") {
            assert!(expected.iter().any(|(name, whole)| *name == part && *whole >= orders), "{set} and {part}");
        }
    }
    let frame = table(&run, "basket_sets");
    let flags = texts(&frame, "is_maximal").into_iter().zip(texts(&frame, "items"));
    let mut maximal = flags.filter(|(flag, _)| flag == "true").map(|(_, set)| set).collect::<Vec<_>>();
    maximal.sort();
    assert_eq!(maximal, ["clip", "ink + nib", "ink + pad"]);
}

/// A rule without exception has no number for its conviction: an empty cell, told in the contract, and it comes first.
#[test]
fn a_rule_without_exception_has_an_empty_conviction() {
    let baskets: [&[&str]; 10] = [
        &["pen", "cap"],
        &["pen", "cap", "case"],
        &["pen"],
        &["pen", "cap"],
        &["case"],
        &["pen", "case"],
        &["pen", "bag"],
        &["case", "bag"],
        &["pen"],
        &["case"],
    ];
    // twice, for a set of one order is no pattern
    let (_folder, run) = run_baskets(&[baskets, baskets].concat(), "min_support = 0.1\nmin_confidence = 0.05\n");
    let column = |name: &str| by_words(&run, "basket_rules", &["if_items", "then_items"], name);
    let of = |rule: &str, name: &str| column(name).into_iter().find(|(words, _)| words == rule).expect("the rule").1;
    // pen in 7, cap in 3, both in 3 of 10
    for (rule, measures, conviction) in [
        ("cap -> pen", [0.3, 1.0, 1.0 / 0.7, 0.3 - 0.3 * 0.7], f64::NAN),
        ("pen -> cap", [0.3, 3.0 / 7.0, 1.0 / 0.7, 0.3 - 0.3 * 0.7], 0.7 / (4.0 / 7.0)),
        ("case -> pen", [0.2, 0.4, 0.4 / 0.7, 0.2 - 0.5 * 0.7], 0.3 / 0.6),
        ("bag -> case", [0.1, 0.5, 1.0, 0.0], 1.0),
    ] {
        for (name, want) in ["support", "confidence", "lift", "leverage"].into_iter().zip(measures) {
            assert!((of(rule, name) - want).abs() < 1e-12, "{rule}, {name}: {}", of(rule, name));
        }
        let found = of(rule, "conviction");
        assert!((found - conviction).abs() < 1e-12 || (found.is_nan() && conviction.is_nan()), "{rule}: {found}");
    }
    assert_eq!(column("conviction")[0].0, "cap -> pen", "the surest rules come first");
    let schema = run_ok(std::path::Path::new("."), &["schema", "basket_rules"]).stdout;
    assert!(schema.contains("empty when confidence is 1, where it is infinite"), "{schema}");
}

/// Other days may lie between the steps, a customer counts once, a limit on gaps is a setting of its own.
#[test]
fn sequences_allow_gaps_unless_told_not_to() {
    let histories = ["PQPRS", "QPSP", "PRPTS", "RPQQ", "PPPP", "TUT"];
    let mut orders = String::from("customer_id,timestamp,product_id,amount\n");
    for (customer, history) in histories.iter().enumerate() {
        for (day, item) in history.chars().enumerate() {
            orders.push_str(&format!("c{customer},2024-02-{:02},{item},1\n", day + 1));
        }
    }
    let sequences = |options: &str| {
        let pipeline = format!("{HEAD}{SOURCE}[patterns]\nmin_customers_share = 0.34\n{options}");
        let folder = folder(&[("orders.csv", &orders), ("p.toml", &pipeline)]);
        run_ok(folder.path(), &["run", "p.toml"]);
        let run = folder.path().join("out/latest");
        let frame = table(&run, "purchase_sequences");
        let mut rows: Vec<String> = (0..frame.height())
            .map(|row| ["sequence", "customers", "is_closed"].map(|c| texts(&frame, c)[row].clone()).join(" "))
            .collect();
        rows.sort();
        rows
    };
    let expected = ["P 5 true", "P → P 4 true", "P → S 3 true", "Q 3 true", "R 3 true", "S 3 false"];
    assert_eq!(sequences(""), expected);
    let next_day = sequences("max_gap_days = 1\n");
    assert!(!next_day.iter().any(|row| row.starts_with("P → ")), "one P on the next day, one S: {next_day:?}");
}

/// Labels behind the number, digits of another script, blanks, answers off the scale, and a newer answer.
#[test]
fn answers_of_a_survey_as_people_write_them() {
    let answers = "customer_id,asked,would you,kind\nn1,2024-01-05,9 - certainly,nps\nn2,2024-01-05,10,nps\nn3,2024-01-06,0,nps\n\
                   n4,2024-01-06,,nps\nn5,2024-01-07,n/a,nps\nn6,2024-01-07,12,nps\nn7,2024-01-08,8.0,nps\nn8,2024-01-08,۷,nps\n\
                   n9,2024-01-09,5,nps\nn1,2024-03-02,2 - hardly,nps\nn10,2024-03-03,8.5,nps\nn2,2024-03-04,,nps\n\
                   n11,2024-03-05,9,nps\nn12,2024-03-05,maybe,nps\n";
    let people: String = (1..=12).map(|n| format!("n{n},2024-03-05,10\n")).collect();
    let pipeline = format!(
        "{HEAD}{SOURCE}[sources.feedback]\npath = \"answers.csv\"\ncolumns = {{ customer_id = \"customer_id\", timestamp = \"asked\", \
         score = \"would you\", instrument = \"kind\" }}\n"
    );
    let orders = format!("customer_id,timestamp,amount\n{people}");
    let folder = folder(&[("orders.csv", &orders), ("answers.csv", answers), ("p.toml", &pipeline)]);
    run_ok(folder.path(), &["run", "p.toml"]);
    let run = folder.path().join("out/latest");
    let latest = ByCustomer::read(&run, "satisfaction");
    let expected = [("n1", "2"), ("n2", "10"), ("n3", "0"), ("n7", "8"), ("n8", "7"), ("n9", "5"), ("n11", "9")];
    for (id, score) in expected {
        assert_eq!(latest.text(id, "nps_latest"), score, "{id}");
    }
    let refused = table(&run, "quarantine");
    let rows: Vec<String> = (0..refused.height())
        .map(|row| ["line", "reason"].map(|c| texts(&refused, c)[row].clone()).join(" "))
        .collect();
    let expected = [
        "5 no_answer",
        "6 no_answer",
        "7 unreadable_score",
        "12 unreadable_score",
        "13 no_answer",
        "15 unreadable_score",
    ];
    assert_eq!(rows, expected);
    // promoters n2 and n11, passives n7 and n8, detractors n1, n3 and n9
    let groups = table(&run, "satisfaction_groups");
    let all = texts(&groups, "grouping").iter().position(|g| g == "all").expect("all");
    assert_eq!(numbers(&groups, "answers")[all], 7.0);
    close("NPS", numbers(&groups, "score")[all], 100.0 * (2.0 - 3.0) / 7.0, 1e-12);
}

/// Promoters and detractors belong to 0 to 10: on another scale there are none, and without any answer above 5 the run warns.
#[test]
fn a_survey_on_five_points_has_no_promoters() {
    for (scale, is_nps) in [("1-5", false), ("0-10", true)] {
        let answers: String = [4, 5, 2, 5]
            .iter()
            .enumerate()
            .map(|(n, score)| format!("m{n},2024-03-01,{score},nps,{scale}\n"))
            .collect();
        let answers = format!("customer_id,timestamp,score,instrument,scale\n{answers}");
        let orders: String = (0..4).map(|n| format!("m{n},2024-03-05,10\n")).collect();
        let pipeline = format!("{HEAD}{SOURCE}[sources.feedback]\npath = \"answers.csv\"\n");
        let orders = format!("customer_id,timestamp,amount\n{orders}");
        let folder = folder(&[("orders.csv", &orders), ("answers.csv", &answers), ("p.toml", &pipeline)]);
        let said = run_ok(folder.path(), &["run", "p.toml"]).stderr;
        let run = folder.path().join("out/latest");
        assert_eq!(quality(&run, "feedback", "rows_accepted"), 4.0);
        let instruments = texts(&table(&run, "satisfaction_groups"), "instrument");
        assert_eq!(instruments.contains(&"nps".to_owned()), is_nps, "{scale}");
        assert_eq!(said.contains("no answer to the NPS question is above 5"), is_nps, "{scale}: {said}");
        let index = ByCustomer::read(&run, "satisfaction").number("m1", "satisfaction_latest");
        assert_eq!(index, if is_nps { 50.0 } else { 100.0 });
    }
}
