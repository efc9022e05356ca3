//! Purchase histories: days, not orders; order of rows; the end of the period.

use super::{HEAD, SOURCE, run_case, upside_down};
use crate::support::{ByCustomer, Dice, acrm, folder, quality, run_ok, same_files, table, table_bytes, texts};

const SAME_DAY: &str = "customer_id,timestamp,amount\n\
    p1,2023-05-02 08:10,14\np1,2023-05-02 19:40,6\n\
    p2,2023-05-02 08:00,3.20\np2,2023-05-02 23:59,1.80\np2,2023-06-01 00:00,12\n\
    p3,2023-03-10 12:00,70\np3,2023-03-10 13:30,2.5\np3,2023-03-25 10:00,33\np3,2023-03-25 10:00,33\n\
    p3,2023-04-30 09:15,48\np3,2023-04-30 21:15,16\n\
    p4,2023-06-30 23:59,21\n";

/// Orders, purchase days, x, t_x, T and mean repeat spend, worked out by hand as of 2023-06-30.
#[test]
fn orders_of_one_day_are_one_purchase_occasion() {
    let (_keep, run) = run_case("2023-06-30", SAME_DAY, "");
    let (customers, clv) = (ByCustomer::read(&run, "customers"), ByCustomer::read(&run, "clv"));
    let expected = [
        ("p1", "2 1", "0 0 59", f64::NAN),
        ("p2", "3 2", "1 30 59", 12.0),
        // days of 72.50, 66 and 64: the first is left out of the mean
        ("p3", "6 3", "2 51 112", 65.0),
        ("p4", "1 1", "0 0 0", f64::NAN),
    ];
    for (id, counts, history, mean) in expected {
        assert_eq!(customers.line(id, &["orders", "purchase_days"]), counts, "{id}");
        assert_eq!(clv.line(id, &["x", "t_x", "tenure_days"]), history, "{id}");
        let got = clv.number(id, "spend_mean_repeat");
        assert!(got == mean || (got.is_nan() && mean.is_nan()), "{id}: {got}");
    }
}

/// Two equal rows are two sales unless the pipeline says otherwise; merged rows are counted with their money.
#[test]
fn equal_rows_are_merged_only_when_asked() {
    let (_keep, run) = run_case("2023-06-30", SAME_DAY, "[clean]\nduplicates = \"merge\"\n");
    let (customers, clv) = (ByCustomer::read(&run, "customers"), ByCustomer::read(&run, "clv"));
    assert_eq!(customers.line("p3", &["orders", "purchase_days"]), "5 3");
    assert_eq!(customers.number("p3", "spend_net"), 169.5);
    assert_eq!(clv.number("p3", "spend_mean_repeat"), (33.0 + 64.0) / 2.0);
    let counted = |check: &str| quality(&run, "transactions", check);
    assert_eq!((counted("rows_read"), counted("rows_accepted"), counted("rows_merged")), (12.0, 11.0, 1.0));
    assert_eq!((counted("money_merged"), counted("money_unaccounted")), (33.0, 0.0));
}

/// The newest order stands first in the file; the oldest one is the first purchase all the same.
#[test]
fn the_first_purchase_is_the_oldest_not_the_first_row() {
    let orders = "customer_id,timestamp,amount\n\
        n1,2022-11-30,40\nn1,2022-09-01,20\nn1,2022-08-02,500\nn2,2022-10-10,7\nn3,2022-12-01,1\nn3,2022-10-02,3\n\
        n3,2022-11-01,2\n";
    let (_keep, run) = run_case("2022-12-31", orders, "");
    let clv = ByCustomer::read(&run, "clv");
    let columns = ["x", "t_x", "tenure_days"];
    assert_eq!(clv.line("n1", &columns), "2 120 151");
    assert_eq!(clv.number("n1", "spend_mean_repeat"), 30.0, "the 500 of the first day are no repeat spend");
    assert_eq!(clv.line("n2", &columns), "0 0 82");
    assert_eq!(clv.line("n3", &columns), "2 60 90");
    assert_eq!(clv.number("n3", "spend_mean_repeat"), 1.5);
    let mut rows: Vec<&str> = orders.lines().skip(1).collect();
    for seed in 0..4 {
        Dice::new(seed).shuffle(&mut rows);
        let text = format!("customer_id,timestamp,amount\n{}\n", rows.join("\n"));
        let (_keep, shuffled) = run_case("2022-12-31", &text, "");
        same_files("shuffled rows", &table_bytes(&run, &[]), &table_bytes(&shuffled, &[]));
    }
    let (_keep, turned) = run_case("2022-12-31", &upside_down(orders), "");
    same_files("rows upside down", &table_bytes(&run, &[]), &table_bytes(&turned, &[]));
}

/// The as-of day counts whole, to its last millisecond; midnight after it does not.
#[test]
fn the_last_day_is_observed_to_its_end() {
    let orders = "customer_id,timestamp,amount\n\
        e1,2023-12-31 00:00:00,10\ne1,2023-12-31 17:20:05,0.5\ne2,2023-12-31 23:59:59.999,2\ne2,2024-01-01 00:00:00,64\n\
        e3,2024-01-01,128\ne3,2023-12-31,4.25\n";
    let (_keep, run) = run_case("2023-12-31", orders, "");
    let customers = ByCustomer::read(&run, "customers");
    for (id, spend) in [("e1", 10.5), ("e2", 2.0), ("e3", 4.25)] {
        assert_eq!(customers.line(id, &["purchase_days", "days_since_last"]), "1 0", "{id}");
        assert_eq!(customers.number(id, "spend_net"), spend, "{id}");
    }
    let counted = |check: &str| quality(&run, "transactions", check);
    assert_eq!((counted("rows_out_of_window"), counted("money_out_of_window")), (2.0, 192.0));
    assert_eq!((counted("money_read"), counted("money_accepted")), (208.75, 16.75));
    assert_eq!(counted("rows_unaccounted") + counted("money_unaccounted"), 0.0);
}

const FUTURE: &str = "customer_id,timestamp,transaction_id,amount\n\
    f1,2023-02-01,11,10\nf1,2043-04-01,12,99\nf2,2023-08-30,13,5\nf2,2023-08-31,14,6\nf3,2023-09-20,15,7\n";

/// Orders after the as-of day are set aside and said; ages and distances never turn negative.
#[test]
fn future_orders_are_set_aside() {
    let (_keep, run) = run_case("2023-08-31", FUTURE, "");
    let (customers, clv) = (ByCustomer::read(&run, "customers"), ByCustomer::read(&run, "clv"));
    assert_eq!(customers.line("f1", &["orders", "last_purchase", "days_since_last"]), "1 2023-02-01 211");
    assert_eq!(clv.line("f1", &["x", "t_x", "tenure_days"]), "0 0 211");
    assert_eq!(clv.line("f2", &["x", "t_x", "tenure_days"]), "1 1 1");
    assert_eq!(customers.ids(), ["f1", "f2"], "who only orders in the future is not here yet");
    assert_eq!(quality(&run, "transactions", "rows_out_of_window"), 2.0);
    assert_eq!(quality(&run, "transactions", "money_out_of_window"), 106.0);
    let frame = table(&run, "run_quality");
    let notes = texts(&frame, "note");
    assert!(notes.iter().any(|n| n.contains("2043-04-01")), "the newest of them is named: {notes:?}");
}

/// Any past night can be run again with the rows that came later in the same file.
#[test]
fn a_past_night_is_as_it_was() {
    let (before, _) = FUTURE.split_once("f2,2023-08-31").expect("rows");
    let pipeline = format!("{HEAD}{SOURCE}");
    let folder = folder(&[("orders.csv", FUTURE), ("p.toml", &pipeline)]);
    run_ok(folder.path(), &["run", "p.toml", "--as-of", "2023-08-30", "--out", "rerun"]);
    std::fs::write(folder.path().join("orders.csv"), before.replace("f1,2043-04-01,12,99\n", "")).expect("a file");
    run_ok(folder.path(), &["run", "p.toml", "--as-of", "2023-08-30", "--out", "then"]);
    let tables = |out: &str, name: &str| table(&folder.path().join(out).join("as_of=2023-08-30"), name);
    for name in ["customers", "rfm", "clv", "clusters", "segments"] {
        assert!(tables("rerun", name).equals_missing(&tables("then", name)), "{name}");
    }
    let wrong = acrm(folder.path(), &["run", "p.toml", "--as-of", "30.08.2023"]);
    assert_eq!(wrong.code, 2, "{}", wrong.stderr);
}

/// The clock is read when the file says so, and then only.
#[test]
fn today_and_yesterday_are_those_of_the_clock() {
    let orders = "customer_id,timestamp,amount\ng1,2023-02-01,10\ng2,2023-03-05,5\n";
    let date = |day: &str| {
        let output = std::process::Command::new("date").args(["-d", day, "+%F"]).output().expect("date");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    };
    for day in ["today", "yesterday"] {
        let pipeline = format!("{HEAD}as_of = \"{day}\"\n{SOURCE}");
        let folder = folder(&[("orders.csv", orders), ("p.toml", &pipeline)]);
        let before = date(day);
        let ended = run_ok(folder.path(), &["run", "p.toml"]);
        let possible = [before, date(day)].map(|day| format!("as of {day}\n"));
        assert!(possible.iter().any(|words| ended.stdout.contains(words)), "{day}: {}", ended.stdout);
    }
}

/// A newest order far beyond all others is most likely a slip of the pen; as-of by default follows it, with a warning.
#[test]
fn an_as_of_day_taken_from_a_stray_order_is_warned_of() {
    let orders = "customer_id,timestamp,amount\ng1,2023-02-01,10\ng2,2023-03-05,5\ng1,2023-04-11,20\ng2,2042-03-01,9\n";
    let folder = folder(&[("orders.csv", orders), ("p.toml", &format!("{HEAD}{SOURCE}"))]);
    let ended = run_ok(folder.path(), &["run", "p.toml"]);
    assert!(ended.stdout.contains("as of 2042-03-01"), "{}", ended.stdout);
    assert!(ended.stderr.contains("warning") && ended.stderr.contains("2042-03-01"), "{}", ended.stderr);
    let stated = run_ok(folder.path(), &["run", "p.toml", "--as-of", "2023-04-30"]);
    assert!(!stated.stderr.contains("2042-03-01"), "no warning when the day is stated: {}", stated.stderr);
}

/// Many copies of five rows: every copy ends alike and the whole adds up exactly.
#[test]
fn many_copies_add_up_exactly() {
    const COPIES: usize = 20_000;
    let seed = [
        ("q1", "2023-03-01", "0.10"),
        ("q1", "2023-03-09", "0.20"),
        ("q1", "2023-04-28", "19.99"),
        ("q2", "2023-03-03", "7.07"),
        ("q2", "2023-03-20", "-7.07"),
        ("q3", "2023-04-29", "33.33"),
    ];
    let mut order: Vec<usize> = (0..COPIES).collect();
    Dice::new(3).shuffle(&mut order);
    let mut orders = String::from("customer_id,timestamp,amount\n");
    for (id, day, amount) in seed {
        orders.extend(order.iter().map(|copy| format!("{copy:05}-{id},{day},{amount}\n")));
    }
    let (_keep, run) = run_case("2023-04-30", &orders, "[clusters]\nk = 2\n");
    let frame = table(&run, "customers");
    assert_eq!(frame.height(), 3 * COPIES);
    let columns =
        ["days_since_last", "orders", "purchase_days", "spend_net"].map(|c| crate::support::numbers(&frame, c));
    for (row, id) in texts(&frame, "customer_id").iter().enumerate() {
        let expected = match id.split('-').next_back() {
            Some("q1") => [2.0, 3.0, 3.0, 20.29],
            Some("q2") => [58.0, 1.0, 1.0, 0.0],
            _ => [1.0, 1.0, 1.0, 33.33],
        };
        let got = [0, 1, 2, 3].map(|c: usize| columns[c][row]);
        assert_eq!(got, expected, "{id}");
    }
    let total = texts(&table(&run, "run_quality"), "note");
    let exactly = format!("exactly {}.00", COPIES * 5362 / 100);
    assert!(total.contains(&exactly), "{exactly}: {total:?}");
}

/// One customer with a great many orders on a day is no special case: not for sums, not for threads, not for memory.
#[test]
fn a_customer_with_a_million_orders_on_one_day() {
    let mut orders = String::from("customer_id,timestamp,amount\n");
    orders
        .extend((0..1_000_000_u32).map(|n| format!("busy,2024-02-11 {:02}:{:02},0.{:02}\n", n % 24, n % 60, n % 100)));
    orders.push_str("calm,2024-02-12,3.30\n");
    let folder = folder(&[("orders.csv", &orders), ("p.toml", &format!("{HEAD}{SOURCE}"))]);
    run_ok(folder.path(), &["run", "p.toml", "--threads", "1", "--out", "one"]);
    run_ok(folder.path(), &["run", "p.toml", "--threads", "3", "--out", "three"]);
    let [one, three] = ["one", "three"].map(|out| folder.path().join(out).join("latest"));
    same_files("threads", &table_bytes(&one, &[]), &table_bytes(&three, &[]));
    let customers = ByCustomer::read(&one, "customers");
    // a hundredth of the rows is free of charge
    assert_eq!(customers.line("busy", &["orders", "purchase_days", "spend_net"]), "990000 1 495000.0");
}
