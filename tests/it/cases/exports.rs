//! Ids, widths and kinds as exports have them.

use polars::prelude::*;

use super::{HEAD, SOURCE};
use crate::support::{ByCustomer, folder, quality, run_ok, table};

/// Three customers that only zeros tell apart; their postcodes keep theirs.
#[test]
fn leading_zeros_are_part_of_an_id() {
    let orders = "customer_id,timestamp,transaction_id,amount\n\
        0017,2024-05-02,000008,11\n17,2024-05-03,000009,22\n00017,2024-05-04,000010,44\n0017,2024-05-05,8,88\n";
    let people = "customer_id,postcode,name\n17,80331,Uma\n0017,04109,Rui\n00017,00184,Pia\n020,99999,Ole\n";
    let pipeline = format!("{HEAD}{SOURCE}[sources.customers]\npath = \"people.csv\"\n");
    let folder = folder(&[("orders.csv", orders), ("people.csv", people), ("p.toml", &pipeline)]);
    run_ok(folder.path(), &["run", "p.toml"]);
    let run = folder.path().join("out/latest");
    let customers = ByCustomer::read(&run, "customers");
    assert_eq!(customers.ids(), ["00017", "0017", "020", "17"], "in the byte order of the text");
    for (id, line, spend) in [
        ("0017", "2 04109 Rui", 99.0),
        ("17", "1 80331 Uma", 22.0),
        ("00017", "1 00184 Pia", 44.0),
        ("020", "0 99999 Ole", 0.0),
    ] {
        assert_eq!(customers.line(id, &["orders", "postcode", "name"]), line);
        assert_eq!(customers.number(id, "spend_net"), spend, "{id}");
    }
    assert_eq!(table(&run, "customers").column("customer_id").expect("ids").dtype(), &DataType::String);
    let text = run_ok(folder.path(), &["explain", "out/latest", "--customer", "0017"]).stdout;
    assert!(text.contains("04109") && text.contains("Rui"), "{text}");
    assert_eq!(crate::support::acrm(folder.path(), &["explain", "out/latest", "--customer", "000017"]).code, 2);
    assert_eq!(quality(&run, "customers", "known_customers_with_transactions"), 3.0, "every order has its customer");
}

/// Numbers and texts in JSON lines are the same id when they are the same digits, past 2^53 and past 64 bits.
#[test]
fn long_ids_of_json_lines_keep_every_digit() {
    let lines = r#"{"customer_id": 7300112233445566781, "timestamp": "2024-06-01T08:00:00", "amount": 2.5}
{"customer_id": 7300112233445566768, "timestamp": "2024-06-01T09:00:00", "amount": 4}
{"customer_id": "7300112233445566781", "timestamp": "2024-06-03T08:00:00", "amount": 1e2}
{"customer_id": 9007199254740995, "timestamp": "2024-06-04T08:00:00", "amount": 8.25}
{"customer_id": 18446744073709551629, "timestamp": "2024-06-05T08:00:00", "amount": 16}
"#;
    let pipeline = format!("{HEAD}[sources.transactions]\npath = \"orders.jsonl\"\n");
    let folder = folder(&[("orders.jsonl", lines), ("p.toml", &pipeline)]);
    run_ok(folder.path(), &["run", "p.toml"]);
    let customers = ByCustomer::read(&folder.path().join("out/latest"), "customers");
    let expected = [
        ("18446744073709551629", "1", 16.0),
        ("7300112233445566768", "1", 4.0),
        ("7300112233445566781", "2", 102.5),
        ("9007199254740995", "1", 8.25),
    ];
    assert_eq!(customers.ids(), expected.map(|e| e.0));
    for (id, orders, spend) in expected {
        assert_eq!(customers.text(id, "orders"), orders, "{id}");
        assert_eq!(customers.number(id, "spend_net"), spend, "{id}");
    }
}

/// The same of visits: rows without money are counted for the customer they belong to.
#[test]
fn long_ids_of_interactions_keep_every_digit() {
    let lines = r#"{"customer_id": 7300112233445566781, "timestamp": "2024-06-01T08:00:00Z", "touchpoint": "visit"}
{"customer_id": 7300112233445566768, "timestamp": "2024-06-01T09:00:00Z", "touchpoint": "visit"}
{"customer_id": "7300112233445566781", "timestamp": "2024-06-02T08:00:00Z", "touchpoint": "buy", "cost": 7.5}
{"customer_id": 9007199254740995, "timestamp": "2024-06-03T08:00:00Z", "touchpoint": "buy", "cost": 2e2}
{"customer_id": 18446744073709551629, "timestamp": "2024-06-04T08:00:00Z", "touchpoint": "visit"}
"#;
    let people = "customer_id\n7300112233445566781\n7300112233445566768\n9007199254740995\n18446744073709551629\n";
    let pipeline = format!(
        "{HEAD}as_of = \"2024-06-30\"\n{SOURCE}[sources.customers]\npath = \"people.csv\"\n\
         [sources.interactions]\npath = \"touches.jsonl\"\n"
    );
    let orders = "customer_id,timestamp,amount\n7300112233445566768,2024-06-05,3\n";
    let files = [("touches.jsonl", lines), ("people.csv", people), ("orders.csv", orders), ("p.toml", &pipeline)];
    let folder = folder(&files);
    run_ok(folder.path(), &["run", "p.toml"]);
    let run = folder.path().join("out/latest");
    assert_eq!(quality(&run, "interactions", "rows_accepted"), 5.0);
    let customers = ByCustomer::read(&run, "customers");
    let found: Vec<String> = customers
        .ids()
        .iter()
        .map(|id| customers.line(id, &["customer_id", "interactions", "interaction_cost"]))
        .collect();
    let expected = [
        "18446744073709551629 1 0.0",
        "7300112233445566768 1 0.0",
        "7300112233445566781 2 7.5",
        "9007199254740995 1 200.0",
    ];
    assert_eq!(found, expected);
}

/// Ids past 64 bits as text in every other format.
#[test]
fn ids_past_64_bits_survive_a_round_trip() {
    let ids = ["007", "20417", "18446744073709551617", "-5", "+5", "5.0", "Ωμέγα", "a b", "CASE", "case"];
    let rows: String = ids.iter().map(|id| format!("{id},2024-01-05,1\n")).collect();
    let pipeline = format!("{HEAD}{SOURCE}");
    let folder = folder(&[("orders.csv", &format!("customer_id,timestamp,amount\n{rows}")), ("p.toml", &pipeline)]);
    run_ok(folder.path(), &["run", "p.toml"]);
    let mut expected = ids.map(str::to_owned);
    expected.sort();
    for name in ["customers", "rfm", "clv", "segments"] {
        assert_eq!(ByCustomer::read(&folder.path().join("out/latest"), name).ids(), expected, "{name}");
    }
}

/// Whole numbers of any width, and floats that are whole, are the digits that a person would write.
#[test]
fn ids_of_number_columns_are_their_digits() {
    let ids: [(Series, [&str; 2]); 4] = [
        (Series::new("id".into(), [20_417_i32, 7]), ["20417", "7"]),
        (Series::new("id".into(), [u64::MAX, 7]), ["18446744073709551615", "7"]),
        (Series::new("id".into(), [-3_i64, i64::MAX]), ["-3", "9223372036854775807"]),
        (Series::new("id".into(), [20_417.0_f64, 7.0]), ["20417", "7"]),
    ];
    for (series, mut expected) in ids {
        let days = Series::new("day".into(), [19_800_i32, 19_810]).cast(&DataType::Date).expect("days");
        let mut frame =
            DataFrame::new(2, vec![series.into(), days.into(), Series::new("sum".into(), [3_u8, 200]).into()])
                .expect("a frame");
        let pipeline = format!(
            "{HEAD}[sources.transactions]\npath = \"o.parquet\"\ncolumns = {{ customer_id = \"id\", timestamp = \"day\", amount = \"sum\" }}\n"
        );
        let folder = folder(&[("p.toml", &pipeline)]);
        let file = std::fs::File::create(folder.path().join("o.parquet")).expect("a file");
        ParquetWriter::new(file).finish(&mut frame).expect("written");
        run_ok(folder.path(), &["run", "p.toml"]);
        let customers = ByCustomer::read(&folder.path().join("out/latest"), "customers");
        assert_eq!(customers.number(expected[0], "spend_net"), 3.0);
        assert_eq!(customers.number(expected[1], "spend_net"), 200.0);
        expected.sort_unstable();
        assert_eq!(customers.ids(), expected);
    }
}

/// Sums of narrow columns don't wrap: 2^33 from 32-bit amounts, and prices times pieces of 8 bits.
#[test]
fn sums_leave_the_width_of_their_column() {
    let ids = Series::new("customer_id".into(), ["w1", "w1", "w1", "w1", "w1", "w2"]);
    let days = Series::new("timestamp".into(), [19_800_i32, 19_801, 19_802, 19_803, 19_804, 19_800]);
    let amounts =
        Series::new("amount".into(), [2_147_483_647_i32, 2_147_483_647, 2_147_483_647, 2_147_483_647, 4, i32::MIN]);
    let mut frame =
        DataFrame::new(6, vec![ids.into(), days.cast(&DataType::Date).expect("days").into(), amounts.into()])
            .expect("a frame");
    let pieces = Series::new("quantity".into(), [100_i8, 100, 100, 1, 1, 127]);
    let prices = Series::new("unit_price".into(), [1_000_000_i32, 1, 1, 1, 1, 2_000_000_000]);
    let folder = folder(&[("p.toml", &format!("{HEAD}[sources.transactions]\npath = \"o.parquet\"\n"))]);
    let write = |frame: &mut DataFrame| {
        let file = std::fs::File::create(folder.path().join("o.parquet")).expect("a file");
        ParquetWriter::new(file).finish(frame).expect("written");
        run_ok(folder.path(), &["run", "p.toml"]);
        ByCustomer::read(&folder.path().join("out/latest"), "customers")
    };
    let customers = write(&mut frame);
    assert_eq!(customers.number("w1", "spend_net"), 8_589_934_592.0);
    assert_eq!(customers.number("w1", "spend_mean"), 8_589_934_592.0 / 5.0);
    assert_eq!(customers.number("w2", "refunds"), 2_147_483_648.0);
    assert_eq!(quality(&folder.path().join("out/latest"), "transactions", "money_accepted"), 6_442_450_944.0);
    let mut frame = frame.drop("amount").expect("there").hstack(&[pieces.into(), prices.into()]).expect("as long");
    let customers = write(&mut frame);
    assert_eq!(customers.number("w1", "spend_net"), 100_000_202.0);
    assert_eq!(customers.number("w2", "spend_net"), 254_000_000_000.0);
}

/// One table from several files whose id column is of another type in each.
#[test]
fn an_id_is_the_same_in_files_of_other_types() {
    let make = |ids: Series, amount: f64| {
        let days = Series::new("timestamp".into(), [19_800_i32, 19_801]).cast(&DataType::Date).expect("days");
        DataFrame::new(2, vec![ids.into(), days.into(), Series::new("amount".into(), [amount, amount]).into()])
            .expect("a frame")
    };
    let files = [
        ("a", make(Series::new("customer_id".into(), [101_i64, 102]), 1.0)),
        ("b", make(Series::new("customer_id".into(), ["101", "0102"]), 10.0)),
        ("c", make(Series::new("customer_id".into(), [101_i16, 7]), 100.0)),
    ];
    let folder = folder(&[("p.toml", &format!("{HEAD}[sources.transactions]\npath = \"*.parquet\"\n"))]);
    for (name, mut frame) in files {
        let file = std::fs::File::create(folder.path().join(format!("{name}.parquet"))).expect("a file");
        ParquetWriter::new(file).finish(&mut frame).expect("written");
    }
    run_ok(folder.path(), &["run", "p.toml"]);
    let customers = ByCustomer::read(&folder.path().join("out/latest"), "customers");
    for (id, spend) in [("101", 111.0), ("102", 1.0), ("0102", 10.0), ("7", 100.0)] {
        assert_eq!(customers.number(id, "spend_net"), spend, "{id}");
    }
}
