//! The same data in every format give the same tables.

use std::collections::BTreeMap;
use std::io::Write;

use polars::prelude::*;

use crate::shop::{Shop, lay_out, run, text_of};
use crate::support::{ByCustomer, folder, quality, run_ok, same_files, table_bytes};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(bytes).expect("compressed");
    out.finish().expect("compressed")
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).expect("compressed")
}

fn parquet(frame: &DataFrame) -> Vec<u8> {
    let mut out = Vec::new();
    ParquetWriter::new(&mut out).finish(&mut frame.clone()).expect("written");
    out
}

fn ipc(frame: &DataFrame) -> Vec<u8> {
    let mut out = std::io::Cursor::new(Vec::new());
    IpcWriter::new(&mut out).finish(&mut frame.clone()).expect("written");
    out.into_inner()
}

/// JSON has no times; they are texts there.
fn json_lines(frame: &DataFrame) -> Vec<u8> {
    let as_text = |c: &Column| match c.dtype() {
        DataType::Datetime(..) => c
            .as_materialized_series()
            .datetime()
            .expect("times")
            .to_string("%Y-%m-%dT%H:%M:%S")
            .expect("text")
            .into_column(),
        DataType::Date => {
            c.as_materialized_series().date().expect("days").to_string("%Y-%m-%d").expect("text").into_column()
        }
        _ => c.clone(),
    };
    let columns = frame.columns().iter().map(as_text).collect();
    let mut frame = DataFrame::new(frame.height(), columns).expect("a frame");
    let mut out = Vec::new();
    JsonWriter::new(&mut out).with_json_format(JsonFormat::JsonLines).finish(&mut frame).expect("written");
    out
}

/// The quarantine counts lines of text from the header and rows of other formats from 1.
fn tables(name: &str, write: impl Fn(&DataFrame) -> Vec<u8>) -> BTreeMap<String, Vec<u8>> {
    let shop = Shop::new(5, 250);
    let file = |table: &str| format!("{table}.{name}");
    let folder = lay_out(
        &[(&file("items"), write(&Shop::frame(&shop.items)))],
        &[(&file("people"), write(&shop.people()))],
        &[(&file("products"), write(&shop.products()))],
    );
    table_bytes(&run(folder.path(), &[]), &["quarantine"])
}

#[test]
fn every_format_gives_the_same_bytes() {
    let comma = |frame: &DataFrame| text_of(frame, b',');
    let tab = |frame: &DataFrame| text_of(frame, b'\t');
    let expected = tables("csv", comma);
    assert_eq!(expected.len(), 23, "twenty tables and three models: {:?}", expected.keys());
    same_files("csv.gz", &expected, &tables("csv.gz", |f| gzip(&comma(f))));
    same_files("csv.zst", &expected, &tables("csv.zst", |f| zstd(&comma(f))));
    same_files("CSV in capitals", &expected, &tables("CSV", comma));
    same_files("tsv", &expected, &tables("tsv", tab));
    same_files("tsv.gz", &expected, &tables("tsv.gz", |f| gzip(&tab(f))));
    same_files("parquet", &expected, &tables("parquet", parquet));
    same_files("arrow", &expected, &tables("arrow", ipc));
    same_files("jsonl", &expected, &tables("jsonl", json_lines));
    same_files("ndjson.gz", &expected, &tables("ndjson.gz", |f| gzip(&json_lines(f))));
    let crlf = |frame: &DataFrame| {
        let text = String::from_utf8(comma(frame)).expect("text").replace('\n', "\r\n");
        [b"\xef\xbb\xbf".as_slice(), text.as_bytes()].concat()
    };
    same_files("a byte-order mark and Windows line ends", &expected, &tables("csv", crlf));
    // two gzip streams in one file, as `cat a.gz b.gz` makes them
    let two = |frame: &DataFrame| {
        let text = comma(frame);
        let (head, tail) = text.split_at(text.len() / 2);
        [gzip(head), gzip(tail)].concat()
    };
    same_files("two gzip streams", &expected, &tables("csv.gz", two));
}

/// Several formats in one source.
#[test]
fn formats_may_be_mixed() {
    let shop = Shop::new(5, 250);
    let expected = tables("csv", |f| text_of(f, b','));
    let items = Shop::frame(&shop.items);
    let third = items.height() / 3;
    let [a, b, c] = [0, third, 2 * third]
        .map(|from| items.slice(from as i64, if from == 2 * third { items.height() } else { third }));
    let folder = lay_out(
        &[("a.csv", text_of(&a, b',')), ("b.parquet", parquet(&b)), ("c.tsv.zst", zstd(&text_of(&c, b'\t')))],
        &[("p.arrow", ipc(&shop.people()))],
        &[("p.jsonl", json_lines(&shop.products()))],
    );
    same_files("mixed", &expected, &table_bytes(&run(folder.path(), &[]), &["quarantine"]));
}

/// Delimiter, decimal mark, notation of dates, time zones: set per source, and equal in the end.
#[test]
fn notations_are_settings_of_the_source() {
    let plain =
        "customer_id,timestamp,amount\n1,2024-03-05 23:30,1234.50\n1,2024-03-06 00:30,-3.25\n2,2024-03-31 02:30,7\n";
    let german = "Kunde;Zeit;Betrag\n1;05.03.2024 23:30;1234,50\n1;06.03.2024 00:30;-3,25\n2;31.03.2024 02:30;7\n";
    let american =
        "who|when|what\n1|03/05/2024 11:30 PM|1234.50\n1|03/06/2024 12:30 AM|-3.25\n2|03/31/2024 02:30 AM|7\n";
    let zoned = "customer_id,timestamp,amount\n1,2024-03-05T23:30:00+00:00,1234.50\n1,2024-03-06T03:30:00+03:00,-3.25\n2,2024-03-31T02:30:00Z,7\n";
    let columns = |c: &str, t: &str, a: &str| {
        format!("columns = {{ customer_id = \"{c}\", timestamp = \"{t}\", amount = \"{a}\" }}\n")
    };
    let cases = [
        (plain, String::new()),
        (
            german,
            columns("Kunde", "Zeit", "Betrag")
                + "delimiter = \";\"\ndecimal = \",\"\ndate_format = \"%d.%m.%Y %H:%M\"\n",
        ),
        (american, columns("who", "when", "what") + "delimiter = \"|\"\ndate_format = \"%m/%d/%Y %I:%M %p\"\n"),
        (zoned, String::new()),
    ];
    let mut first = None;
    for (text, settings) in cases {
        let pipeline = format!("[pipeline]\nname = \"n\"\n[sources.transactions]\npath = \"orders.csv\"\n{settings}");
        let folder = crate::support::folder(&[("orders.csv", text), ("p.toml", &pipeline)]);
        run_ok(folder.path(), &["run", "p.toml"]);
        let customers = crate::support::table(&folder.path().join("out/latest"), "customers");
        let expected = first.get_or_insert_with(|| customers.clone());
        assert!(expected.equals_missing(&customers), "{text}\n{expected}\n{customers}");
    }
    let customers = first.expect("a run");
    assert_eq!(crate::support::texts(&customers, "last_purchase"), ["2024-03-05", "2024-03-31"]);
    assert_eq!(crate::support::numbers(&customers, "spend_net"), [1231.25, 7.0]);
    assert_eq!(crate::support::numbers(&customers, "favourite_hour"), [23.0, 2.0]);
}

/// An order of late evening in UTC is one of the next day in Tehran.
#[test]
fn days_are_those_of_the_business_time_zone() {
    let text = "customer_id,timestamp,amount\n1,2024-03-05T21:00:00Z,5\n1,2024-03-05T19:00:00Z,6\n2,2024-03-06T09:00:00+03:30,7\n";
    for (zone, days) in [("Asia/Tehran", ["2", "1"]), ("UTC", ["1", "1"]), ("America/New_York", ["1", "1"])] {
        let pipeline =
            format!("[pipeline]\nname = \"n\"\ntimezone = \"{zone}\"\n[sources.transactions]\npath = \"orders.csv\"\n");
        let folder = crate::support::folder(&[("orders.csv", text), ("p.toml", &pipeline)]);
        run_ok(folder.path(), &["run", "p.toml"]);
        let customers = crate::support::table(&folder.path().join("out/latest"), "customers");
        assert_eq!(crate::support::texts(&customers, "purchase_days"), days, "{zone}");
    }
}

/// Far behind the first megabyte one value of each column can have but one reading.
#[test]
fn columns_in_doubt_are_settled_by_one_value_wherever_it_stands() {
    let mut orders = String::from("customer_id;timestamp;amount;cost;margin\n");
    for row in 0..60_000 {
        let day = row % 12 + 1;
        orders.push_str(&format!("A;{day:02}/{day:02}/2024;1.{:03};2,{:03};3\n", row % 1000, row % 1000));
    }
    orders.push_str("B;31/01/2024;1.500,25;2,5;1\n");
    let pipeline = "[pipeline]\nname = \"case\"\n[sources.transactions]\npath = \"orders.csv\"\n";
    let folder = folder(&[("orders.csv", &orders), ("p.toml", pipeline)]);
    run_ok(folder.path(), &["run", "p.toml"]);
    let run = folder.path().join("out/latest");
    assert_eq!(quality(&run, "transactions", "rows_accepted"), 60_001.0);
    let customers = ByCustomer::read(&run, "customers");
    assert_eq!(customers.line("B", &["first_purchase", "spend_net"]), "2024-01-31 1500.25");
}
