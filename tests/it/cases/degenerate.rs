//! Little data, and data that are all alike: flagged and finite, or a clear error.

use super::{HEAD, SOURCE, run_case};
use crate::support::{ByCustomer, acrm, day_of_2024, folder, numbers, quality, run_ok, table, texts};
use polars::prelude::DataType;

/// No cell of any published table is NaN or infinite.
fn all_finite(run: &std::path::Path) {
    for name in [
        "customers",
        "rfm",
        "clv",
        "clusters",
        "cluster_profiles",
        "cluster_choice",
        "segments",
        "targets",
        "run_quality",
    ] {
        let frame = table(run, name);
        for column in frame.columns().iter().filter(|c| c.dtype() == &DataType::Float64) {
            let cells = column.f64().expect("reals");
            assert!(cells.iter().flatten().all(f64::is_finite), "{name}.{}: {cells:?}", column.name());
        }
    }
}

/// Whether a line of `run_quality` is within its limit, and its note.
fn verdict(run: &std::path::Path, check: &str) -> (bool, String) {
    let frame = table(run, "run_quality");
    let row = texts(&frame, "check").iter().position(|c| c == check).unwrap_or_else(|| panic!("no {check}"));
    (texts(&frame, "ok")[row] == "true", texts(&frame, "note")[row].clone())
}

#[test]
fn one_customer_with_one_order() {
    let target = "[[targets]]\nname = \"all\"\nwhere = \"orders > 0\"\n";
    let (_keep, run) = run_case("2024-05-01", "customer_id,timestamp,amount\nonly,2024-04-01,3\n", target);
    all_finite(&run);
    let rfm = ByCustomer::read(&run, "rfm");
    assert_eq!(rfm.text("only", "rfm"), "5-5-5", "the best occupied value gets the best score");
    let clv = ByCustomer::read(&run, "clv");
    assert_eq!(clv.line("only", &["x", "t_x", "tenure_days"]), "0 0 30");
    assert!(clv.number("only", "clv_365d") >= 0.0);
    assert!(!verdict(&run, "purchase_fit_flagged").0, "a fit to one customer is flagged");
    assert_eq!(texts(&table(&run, "targets"), "customer_id"), ["only"]);
}

#[test]
fn everybody_alike() {
    let rows: String = (0..25).map(|n| format!("a{n:02},2024-02-01,10\na{n:02},2024-03-01,10\n")).collect();
    let (_keep, run) = run_case("2024-04-01", &format!("customer_id,timestamp,amount\n{rows}"), "");
    all_finite(&run);
    let rfm = table(&run, "rfm");
    assert!(texts(&rfm, "rfm").iter().all(|code| code == "5-5-5"));
    let (ok, note) = verdict(&run, "purchase_fit_flagged");
    assert!(!ok && !note.is_empty(), "no maximum in data without any variation: {note}");
    assert_eq!(table(&run, "cluster_profiles").height(), 1, "one distinct point is one cluster");
    let p = numbers(&table(&run, "clv"), "p_alive");
    assert!(p.iter().all(|v| (0.0..=1.0).contains(v) && *v == p[0]), "{p:?}");
}

/// All on the as-of day itself: tenures of zero days.
#[test]
fn everybody_on_the_last_day() {
    let rows: String = (0..12).map(|n| format!("z{n:02},2024-04-01 1{}:00,{}\n", n % 10, n + 1)).collect();
    let (_keep, run) = run_case("2024-04-01", &format!("customer_id,timestamp,amount\n{rows}"), "");
    all_finite(&run);
    assert!(numbers(&table(&run, "clv"), "tenure_days").iter().all(|t| *t == 0.0));
    assert!(numbers(&table(&run, "clv"), "clv_90d").iter().all(|v| *v >= 0.0));
}

/// A log of refunds only: nobody can be scored, and the run says so and ends well.
#[test]
fn nobody_ever_bought() {
    let (_keep, run) = run_case("2024-04-01", "customer_id,timestamp,amount\nv1,2024-03-01,-5\nv2,2024-03-02,0\n", "");
    all_finite(&run);
    assert_eq!(table(&run, "customers").height(), 2);
    for name in ["rfm", "clv", "clusters", "targets"] {
        assert_eq!(table(&run, name).height(), 0, "{name}");
    }
    assert_eq!(table(&run, "segments").height(), 2);
    assert_eq!(quality(&run, "customers", "customers_without_purchase"), 2.0);
}

/// Without money there are counts and expected purchases, and no money column pretends to be zero.
#[test]
fn a_log_without_money() {
    let rows: String = (0..60)
        .flat_map(|n: u32| (0..1 + n % 5).map(move |k| format!("m{n:02},{}\n", day_of_2024(n % 20 + 11 * k))))
        .collect();
    let target = "[[targets]]\nname = \"all\"\nwhere = \"orders >= 4\"\nbudget = 100\ncost_per_contact = 1\n";
    let (_keep, run) = run_case("2024-06-30", &format!("customer_id,timestamp\n{rows}"), target);
    all_finite(&run);
    let customers = ByCustomer::read(&run, "customers");
    assert_eq!(customers.line("m04", &["orders", "purchase_days", "spend_net", "refunds", "spend_mean"]), "5 5   ");
    let clv = ByCustomer::read(&run, "clv");
    assert_eq!(clv.line("m04", &["x", "clv_365d", "expected_spend", "value_to_date"]), "4   ");
    assert!(clv.number("m04", "expected_purchases_365d") > 0.0);
    let rfm = ByCustomer::read(&run, "rfm");
    assert_eq!(rfm.text("m04", "m"), "");
    assert_eq!(rfm.text("m04", "rfm").len(), 3, "two scores: {}", rfm.text("m04", "rfm"));
    assert!(!rfm.text("m04", "rfm_segment").is_empty());
    let targets = table(&run, "targets");
    assert_eq!(targets.height(), 24, "four or five orders");
    assert!(texts(&targets, "expected_profit").iter().all(String::is_empty), "no profit without money");
}

/// Sums that leave 64 bits are an error that names the customer and a way out, not a wrong number.
#[test]
fn sums_past_the_largest_amount_are_refused() {
    let rows = "customer_id,timestamp,amount\nbig,2024-01-01,900000000000000\nbig,2024-01-02,900000000000000\n";
    let folder = folder(&[("orders.csv", rows), ("p.toml", &format!("{HEAD}{SOURCE}"))]);
    let ended = acrm(folder.path(), &["run", "p.toml"]);
    assert_eq!(ended.code, 3, "{}", ended.stderr);
    assert!(ended.stderr.contains("`big`") && ended.stderr.contains("divide"), "{}", ended.stderr);
    assert!(!folder.path().join("out/latest").exists(), "nothing is published");
}

/// Rows that are all refused or all in the future leave no day to report on.
#[test]
fn nothing_accepted() {
    let refused = "customer_id,timestamp,amount\n,2024-01-01,5\nx,2024-01-01,five\n";
    let future = "customer_id,timestamp,amount\nx,2024-01-01,5\n";
    for (rows, day, word) in
        [(refused, "2024-02-01", "unreadable_amount"), (future, "2023-12-31", "after the as-of day")]
    {
        let folder = folder(&[("orders.csv", rows), ("p.toml", &format!("{HEAD}{SOURCE}"))]);
        let ended = acrm(folder.path(), &["run", "p.toml", "--as-of", day]);
        assert_eq!(ended.code, 3, "{}", ended.stderr);
        assert!(
            ended.stderr.contains("no transaction was accepted") && ended.stderr.contains(word),
            "{}",
            ended.stderr
        );
        assert!(!folder.path().join("out/latest").exists(), "nothing is published");
    }
}

/// A line that ends too early is refused by its line; nothing is made up for what it lacks.
#[test]
fn a_line_that_ends_early() {
    let rows = "customer_id,timestamp,amount\n1,2024-01-01,1\n2,2024-01-02\n3,2024-01-03,4\n";
    let (_keep, run) = run_case("2024-01-31", rows, "");
    let refused = table(&run, "quarantine");
    assert_eq!([texts(&refused, "line"), texts(&refused, "reason")], [["3"], ["ragged_row"]]);
}

/// Blank lines are no rows; what follows keeps its line.
#[test]
fn blank_lines_move_nothing() {
    let rows = "customer_id,timestamp,amount\n\n1,2024-01-01,1\n\n2,2024-01-02,x\n3,2024-01-03,4\n\n";
    let (_keep, run) = run_case("2024-01-31", rows, "");
    let refused = table(&run, "quarantine");
    assert_eq!(texts(&refused, "line"), ["5"]);
    assert_eq!(texts(&refused, "reason"), ["unreadable_amount"]);
}

/// Every way of being refused, with its place.
#[test]
fn refused_rows_are_named() {
    let rows = "customer_id,timestamp,amount\nk1,2024-01-05,10\n,2024-01-06,11\nk2,,12\nk3,2024-02-30,13\nk4,2024-01-07,\n\
        k5,2024-01-08,1.2.3\nk6,2024-01-09,99999999999999999999\n\"k\n7\",2024-01-10,4\n  ,2024-01-11,5\nk8,2024-01-12,x\n";
    let folder = folder(&[("orders.csv", rows), ("p.toml", &format!("{HEAD}{SOURCE}"))]);
    run_ok(folder.path(), &["run", "p.toml"]);
    let run = folder.path().join("out/latest");
    let frame = table(&run, "quarantine");
    let found: Vec<String> = (0..frame.height())
        .map(|row| ["file", "line", "column", "value", "reason"].map(|c| texts(&frame, c)[row].clone()).join("|"))
        .collect();
    let expected = [
        "orders.csv|3|customer_id||missing_customer_id",
        "orders.csv|4|timestamp||missing_timestamp",
        "orders.csv|5|timestamp|2024-02-30|unreadable_timestamp",
        "orders.csv|6|amount||missing_amount",
        "orders.csv|7|amount|1.2.3|unreadable_amount",
        "orders.csv|8|amount|99999999999999999999|unreadable_amount",
        // the quoted line break moves what follows by a line
        "orders.csv|11|customer_id|  |missing_customer_id",
        "orders.csv|12|amount|x|unreadable_amount",
    ];
    assert_eq!(found, expected);
    let counted = |check: &str| quality(&run, "transactions", check);
    assert_eq!([counted("rows_read"), counted("rows_accepted"), counted("rows_quarantined")], [10.0, 2.0, 8.0]);
    assert_eq!(counted("money_quarantined"), 11.0 + 12.0 + 13.0 + 5.0, "of the rows whose amount can be read");
    assert_eq!(counted("rows_unaccounted") + counted("money_unaccounted"), 0.0);
}
