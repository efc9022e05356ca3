//! Dates: one reading for a column, the days of the business, the two sides of a cut.

use super::written::{SOURCE, refused, rejected, run_files};
use super::{HEAD, run_case};
use crate::support::{ByCustomer, day_of_2024, folder, numbers, quality, run_ok, table, texts};

/// Day first for the whole column or a question; never value by value.
#[test]
fn one_order_of_day_and_month_for_a_column() {
    let orders = "customer_id,timestamp,amount\nU,04/03/2023,8\nV,25/08/2023,9\nW,10/01/2023,4\nW,05/06/2023,6\nW,25/08/2023,7\n";
    for declared in ["", "date_format = \"%d/%m/%Y\"\n"] {
        let pipeline = format!("as_of = \"2023-12-31\"\n{SOURCE}{declared}");
        let (_folder, run) = run_files(&[("a.csv", orders.as_bytes())], &pipeline);
        let clv = ByCustomer::read(&run, "clv");
        for (id, history) in [("U", "0 0 302"), ("V", "0 0 128"), ("W", "2 227 355")] {
            assert_eq!(clv.line(id, &["x", "t_x", "tenure_days"]), history, "{id} with {declared:?}");
        }
    }
    let doubtful = "customer_id,timestamp,amount\nU,04/03/2023,8\nW,10/01/2023,4\n";
    let said = refused(&[("a.csv", doubtful.as_bytes())], SOURCE);
    assert!(said.contains("2023-03-04") && said.contains("2023-04-03"), "{said}");
}

/// Solar Hijri: each refused day is named by file, line, column and value; leap days are days.
#[test]
fn days_that_are_in_no_calendar_are_named() {
    let orders = "customer_id,bought,amount\nP,1399/12/30,5\nP,1400/01/01,5\nQ,1403/06/31,5\nQ,1403/12/30,5\nQ,1404/01/01,5\n\
                  R,1402/12/30,5\nR,1401/08/31,5\n";
    let columns = "columns = { customer_id = \"customer_id\", timestamp = \"bought\", amount = \"amount\" }\n";
    let pipeline = format!("{SOURCE}{columns}calendar = \"solar_hijri\"\ndate_format = \"%Y/%m/%d\"\n");
    let (_folder, run) = run_files(&[("a.csv", orders.as_bytes())], &pipeline);
    let clv = ByCustomer::read(&run, "clv");
    assert_eq!(clv.line("P", &["x", "t_x"]), "1 1", "30 Esfand and 1 Farvardin are neighbours");
    let customers = ByCustomer::read(&run, "customers");
    assert_eq!(customers.line("Q", &["first_purchase", "last_purchase"]), "2024-09-21 2025-03-21");
    let refused = table(&run, "quarantine");
    let cells = |row: usize| ["file", "line", "column", "value"].map(|c| texts(&refused, c)[row].clone()).join(" ");
    assert_eq!([cells(0), cells(1)], ["a.csv 7 bought 1402/12/30", "a.csv 8 bought 1401/08/31"]);
}

/// The nights around summer time, by the zone of the business, by another offset, and by none.
#[test]
fn days_of_the_business_over_summer_time() {
    let orders = "customer_id,timestamp,amount\nA,2023-01-20T23:20:00Z,1\nA,2023-07-20T22:15:00Z,1\n\
                  B,2023-03-25T10:00:00Z,1\nB,2023-03-26T09:00:00Z,1\nC,2023-03-25T23:30:00Z,1\nC,2023-03-26T21:45:00Z,1\n\
                  D,2023-10-28T22:10:00Z,1\nD,2023-10-29T22:40:00Z,1\nE,2023-10-29T00:20:00Z,1\nE,2023-10-29T01:20:00Z,1\n";
    let run_in = |zone: &str| run_files(&[("a.csv", orders.as_bytes())], &format!("{zone}{SOURCE}"));
    let (_folder, run) = run_in("timezone = \"Europe/Berlin\"\n");
    let customers = ByCustomer::read(&run, "customers");
    let columns = ["purchase_days", "first_purchase", "last_purchase"];
    for (id, line) in [
        ("A", "2 2023-01-21 2023-07-21"),
        // 23 hours apart, a day apart
        ("B", "2 2023-03-25 2023-03-26"),
        ("C", "1 2023-03-26 2023-03-26"),
        ("D", "1 2023-10-29 2023-10-29"),
        // half past two comes twice
        ("E", "1 2023-10-29 2023-10-29"),
    ] {
        assert_eq!(customers.line(id, &columns), line, "{id}");
    }
    assert!(!texts(&table(&run, "run_quality"), "check").contains(&"days_in_utc".to_owned()));
    let (_folder, run) = run_in("");
    let customers = ByCustomer::read(&run, "customers");
    assert_eq!(customers.line("A", &columns), "2 2023-01-20 2023-07-20");
    assert_eq!((customers.text("C", "purchase_days"), customers.text("D", "purchase_days")), ("2".into(), "2".into()));
    assert_eq!(quality(&run, "transactions", "days_in_utc"), 1.0, "and the report says so");
}

/// Every order lies on one side of the cut, the last day before it to its end.
#[test]
fn a_holdout_begins_the_day_after_the_cut() {
    let mut orders = String::from("customer_id,timestamp,amount\n");
    for n in 0..90_u32 {
        for k in 0..4 + n % 5 {
            orders.push_str(&format!("c{n:02},{} 23:59:59,3\n", day_of_2024((n * 5 + k * 37) % 290)));
        }
    }
    orders.push_str(&format!(
        "edge,{} 00:00,3\nedge,{} 23:59,3\nedge,{} 00:00,3\n",
        day_of_2024(10),
        day_of_2024(239),
        day_of_2024(240)
    ));
    orders.push_str(&format!("last,{},3\n", day_of_2024(299)));
    let folder = folder(&[("a.csv", &orders), ("p.toml", &format!("{HEAD}{SOURCE}"))]);
    run_ok(folder.path(), &["backtest", "p.toml", "--holdout", "60d"]);
    let run = folder.path().join("out/backtest/latest");
    let cut = texts(&table(&run, "clv_models"), "cut").swap_remove(0);
    assert_eq!(cut, day_of_2024(239), "299 − 60");
    let holdout = ByCustomer::read(&run, "clv_holdout");
    assert_eq!(holdout.number("edge", "purchases"), 1.0, "midnight after the cut is in the holdout");
    let mut known: std::collections::BTreeMap<&str, (u32, u32)> = std::collections::BTreeMap::new();
    for line in orders.lines().skip(1) {
        let (id, rest) = line.split_once(',').expect("an id");
        let sides = known.entry(id).or_default();
        if rest[..10] <= *cut { sides.0 += 1 } else { sides.1 += 1 }
    }
    let later: u32 = known.values().filter(|(before, _)| *before > 0).map(|(_, after)| after).sum();
    assert_eq!(numbers(&table(&run, "clv_holdout"), "purchases").iter().sum::<f64>(), f64::from(later));
}

/// The row of a stray year is left out, counted and told; it never makes an age negative.
#[test]
fn rows_after_the_day_are_told_by_their_day() {
    let orders = "customer_id,timestamp,amount\nY1,2024-02-10,10\nY1,2051-02-11,20\nY2,2024-05-30,5\n";
    let (_keep, run) = run_case("2024-05-31", orders, "");
    assert!(numbers(&table(&run, "customers"), "days_since_last").iter().all(|days| *days >= 0.0));
    let frame = table(&run, "run_quality");
    let at = texts(&frame, "check").iter().position(|c| c == "newest_out_of_window").expect("a line");
    assert!(texts(&frame, "note")[at].contains("2051-02-11"));
    assert!(rejected(&run).is_empty(), "they are no errors");
}
