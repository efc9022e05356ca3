//! Files of one source whose columns differ: each difference is named, and the remedy that is named works.

use polars::prelude::*;

use crate::support::{ByCustomer, folder, run_ok, table, texts};

const ORDERS: &str = "customer_id,timestamp,amount\n1,2024-01-01,10\n2,2024-01-02,5\n3,2024-01-03,7\n4,2024-01-04,8\n";

const PEOPLE: [(&str, &str); 3] = [
    ("people_1.csv", "customer_id,Birth Year,City,Visits\n1,1980,Bonn,3\n2,1985,Graz,4\n"),
    ("people_2.csv", "customer_id,birth_yr,City,Visits\n3,1990,Bern,none\n"),
    ("people_3.csv", "customer_id,Birth Year,Visits,Loyalty\n4,1995,6,gold\n"),
];

fn pipeline(people: &str) -> String {
    format!(
        "[pipeline]\nname = \"case\"\n[sources.transactions]\npath = \"orders*.csv\"\n[sources.customers]\npath = \"people*\"\n{people}"
    )
}

/// The lines of `run_quality` about columns: check, whether it is within its limit, note.
fn lines(run: &std::path::Path) -> Vec<(String, String, String)> {
    let quality = table(run, "run_quality");
    let [checks, ok, notes] = ["check", "ok", "note"].map(|column| texts(&quality, column));
    let all = checks.into_iter().zip(ok).zip(notes).map(|((check, ok), note)| (check, ok, note));
    all.filter(|(check, ..)| check.starts_with("column_")).collect()
}

#[test]
fn attributes_that_differ_between_files_are_named() {
    let mut files = PEOPLE.to_vec();
    let pipeline = pipeline("");
    files.extend([("orders.csv", ORDERS), ("p.toml", pipeline.as_str())]);
    let folder = folder(&files);
    let checked = run_ok(folder.path(), &["check", "p.toml"]);
    run_ok(folder.path(), &["run", "p.toml"]);
    let expected = [
        (
            "column_renamed",
            "false",
            "people_2.csv: no column `Birth Year`, which 2 of 3 files have; probably it is `birth_yr` there: \
             columns = { birth_year = [\"Birth Year\", \"birth_yr\"] } in [sources.customers] makes them one",
        ),
        (
            "column_retyped",
            "false",
            "people_2.csv: column `Visits` holds text (\"none\" in line 2), numbers in 2 of 3 files",
        ),
        (
            "column_missing",
            "false",
            "people_3.csv: no column `City`, which 2 of 3 files have; `city` is empty in its rows",
        ),
        ("column_only_there", "true", "people_3.csv: column `Loyalty`, which 1 of 3 files have"),
    ];
    let found = lines(&folder.path().join("out/latest"));
    let found = found.iter().map(|(c, ok, note)| (c.as_str(), ok.as_str(), note.as_str())).collect::<Vec<_>>();
    assert_eq!(found, expected);
    for (check, _, note) in expected {
        let line = format!("   {}: {note}\n", check.replace('_', " "));
        assert!(checked.stdout.contains(&line), "{line}{}", checked.stdout);
    }
}

#[test]
fn the_remedy_of_a_renamed_attribute_makes_it_one() {
    let pipeline =
        pipeline("columns = { customer_id = \"customer_id\", birth_year = [\"Birth Year\", \"birth_yr\"] }\n");
    let mut files = PEOPLE[..2].to_vec();
    files.extend([("orders.csv", ORDERS), ("p.toml", pipeline.as_str())]);
    let folder = folder(&files);
    run_ok(folder.path(), &["run", "p.toml"]);
    let run = folder.path().join("out/latest");
    let checks = lines(&run).into_iter().map(|(check, ..)| check).collect::<Vec<_>>();
    assert_eq!(checks, ["column_retyped"]);
    let customers = ByCustomer::read(&run, "customers");
    let years = ["1", "2", "3"].map(|id| customers.text(id, "birth_year"));
    assert_eq!(years, ["1980", "1985", "1990"]);
}

#[test]
fn typed_files_tell_a_change_of_type_by_their_heads() {
    let pipeline = pipeline("");
    let folder = folder(&[("orders.csv", ORDERS), ("p.toml", &pipeline)]);
    let write = |name: &str, mut frame: DataFrame| {
        let file = std::fs::File::create(folder.path().join(name)).expect("a file");
        ParquetWriter::new(file).finish(&mut frame).expect("written");
    };
    write("people_1.parquet", df!("customer_id" => [1_i64, 2], "age" => [40_i32, 50]).expect("a frame"));
    write("people_2.parquet", df!("customer_id" => [3_i64], "age" => [1.5]).expect("a frame"));
    write("people_3.parquet", df!("customer_id" => [4_i64], "age" => ["old"]).expect("a frame"));
    run_ok(folder.path(), &["run", "p.toml"]);
    let found = lines(&folder.path().join("out/latest"));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].2.contains("people_3.parquet: column `age` holds text, numbers in 2 of 3 files"), "{found:?}");
}

#[test]
fn columns_that_nobody_reads_are_only_named() {
    let more = "customer_id,timestamp,amount,note\n1,2024-02-01,10,a\n";
    let pipeline = "[pipeline]\nname = \"case\"\n[sources.transactions]\npath = \"orders*.csv\"\n";
    let folder = folder(&[("orders_1.csv", ORDERS), ("orders_2.csv", more), ("p.toml", pipeline)]);
    run_ok(folder.path(), &["run", "p.toml"]);
    let note = "orders_2.csv: column `note`, which 1 of 2 files have".to_owned();
    assert_eq!(lines(&folder.path().join("out/latest")), [("column_only_there".into(), "true".into(), note)]);
}
