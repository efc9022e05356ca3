//! Every way to fail: the right exit code; a message that names file, line or column, and what to do; nothing
//! half-published.

use std::path::Path;

use crate::support::{Ended, acrm, files, folder, run_ok};

/// Four orders of three customers.
pub const ORDERS: &str =
    "customer_id,timestamp,amount\n1,2024-01-01,10\n1,2024-02-01,20\n2,2024-01-15,5\n3,2024-03-01,7\n";
/// The smallest pipeline over them.
pub const PIPELINE: &str = "[pipeline]\nname = \"f\"\n[sources.transactions]\npath = \"orders.csv\"\n";

/// What a run in a folder ends with, and that it left the output as it was.
#[track_caller]
fn fails(folder: &Path, code: i32, words: &[&str]) -> Ended {
    let out = folder.join("out");
    let before = out.exists().then(|| published(&out));
    let ended = acrm(folder, &["run", "p.toml"]);
    assert_eq!(ended.code, code, "{}{}", ended.stdout, ended.stderr);
    assert_eq!(ended.stdout, "", "results go to stdout, and there is none");
    for word in words {
        assert!(ended.stderr.contains(word), "`{word}` is not in:\n{}", ended.stderr);
    }
    assert!(!ended.stderr.contains("panicked"), "{}", ended.stderr);
    if out.exists() {
        assert_eq!(Some(published(&out)), before.or_else(|| Some(Vec::new())), "nothing is half-published");
        assert!(hidden(&out).is_empty(), "nothing is left behind: {:?}", hidden(&out));
    }
    ended
}

/// The published runs with the bytes of their files.
pub fn published(out: &Path) -> Vec<(String, std::collections::BTreeMap<String, Vec<u8>>)> {
    let mut runs: Vec<_> = std::fs::read_dir(out)
        .expect("a folder")
        .flatten()
        .filter(|e| e.file_name().to_string_lossy().starts_with("as_of="))
        .map(|e| (e.file_name().to_string_lossy().into_owned(), files(&e.path())))
        .collect();
    runs.sort();
    runs
}

/// What a run left behind that readers don't see.
pub fn hidden(out: &Path) -> Vec<String> {
    let names =
        std::fs::read_dir(out).expect("a folder").flatten().map(|e| e.file_name().to_string_lossy().into_owned());
    names.filter(|n| n.starts_with('.') && n != ".lock").collect()
}

/// A folder with an earlier run in it; the pipeline or the orders are then written anew.
pub fn after_a_good_night() -> tempfile::TempDir {
    let folder = folder(&[("orders.csv", ORDERS), ("p.toml", PIPELINE)]);
    run_ok(folder.path(), &["run", "p.toml"]);
    folder
}

/// Writes a file of the folder anew.
pub fn write(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) {
    std::fs::write(folder.join(name), bytes).expect("a file");
}

/// Everything that is wrong is said at once, each with file, line, column, the text, and the nearest right name.
#[test]
fn all_errors_of_a_pipeline_file_at_once() {
    let wrong = "[pipeline]\nname = \"f\"\ncurency = \"EUR\"\nas_of = \"31.12.2024\"\ntimezone = \"Europe/Berln\"\n\n\
        [sources.transactions]\npath = \"orders.csv\"\ndelimeter = \";\"\ncolumns = { custmer_id = \"id\" }\n\n\
        [clen]\nduplicates = \"merge\"\n\n[clean]\nduplicates = \"drop\"\n\n\
        [clv]\nhorizon_days = [90]\nmargin = \"high\"\n\n[clusters]\nfeatures = [\"spend_nett\"]\nk = 0\n\n\
        [[segments]]\nname = \"vip\"\nwhere = \"ordres >= 5\"\n\n[[segments]]\nname = \"Not A Name\"\nwhere = \"orders >\"\n\n\
        [[targets]]\nname = \"t\"\ncost = 3\nwhere = \"rfm_segmnt = 'At risk' AND clv_365 > 1\"\n";
    let folder = folder(&[("orders.csv", ORDERS), ("p.toml", wrong)]);
    let ended = fails(
        folder.path(),
        2,
        &[
            "p.toml:3:1",
            "unknown key `curency`",
            "did you mean `currency`?",
            "p.toml:4:9",
            "`as_of` is not a day",
            "p.toml:5:12",
            "Europe/Berln",
            "p.toml:9:1",
            "did you mean `delimiter`?",
            "p.toml:10:13",
            "did you mean `customer_id`?",
            "p.toml:12:2",
            "did you mean `clean`?",
            "p.toml:16:14",
            "`duplicates`",
            "p.toml:19:1",
            "did you mean `horizons_days`?",
            "p.toml:20:10",
            "`margin`",
            "p.toml:23:12",
            "did you mean `spend_net`?",
            "p.toml:24:5",
            "`k` is 0",
            "p.toml:28:10",
            "did you mean `orders`?",
            "p.toml:31:8",
            "p.toml:32:9",
            "rule can't be read",
            "p.toml:36:1",
            "unknown key `cost`",
            "did you mean `cost_per_contact`?",
            "p.toml:37:10",
            "did you mean `rfm_segment`?",
            "did you mean `clv_365d`?",
        ],
    );
    let places: Vec<usize> = ended
        .stderr
        .match_indices("p.toml:")
        .filter_map(|(at, _)| ended.stderr[at + 7..].split(':').next()?.parse().ok())
        .collect();
    assert!(places.is_sorted(), "in the order of the file: {places:?}");
    assert!(!folder.path().join("out").exists());
    let checked = acrm(folder.path(), &["check", "p.toml"]);
    assert_eq!((checked.code, checked.stderr), (2, ended.stderr), "`check` says the same");
}

/// A source whose name is none is named; columns that it might have brought are not complained of.
#[test]
fn an_unknown_source() {
    let more = "[sources.custommers]\npath = \"c.csv\"\n[[segments]]\nname = \"s\"\nwhere = \"city = 'Kiel'\"\n";
    let folder = folder(&[("orders.csv", ORDERS), ("p.toml", &format!("{PIPELINE}{more}"))]);
    let ended = fails(folder.path(), 2, &["p.toml:5:10", "unknown source `custommers`", "did you mean `customers`?"]);
    assert!(!ended.stderr.contains("city"), "{}", ended.stderr);
    let more = "[[segments]]\nname = \"s\"\nwhere = \"city = 'Kiel'\"\n";
    write(folder.path(), "p.toml", format!("{PIPELINE}{more}"));
    fails(folder.path(), 2, &["p.toml:7:10", "no customer table has a column `city`"]);
}

/// A column of an analysis that the pipeline doesn't ask for is known before anything is read, and so is the remedy.
#[test]
fn a_column_that_needs_a_section() {
    for (column, section) in [("next_product", "[offers]"), ("churn_probability", "[churn]")] {
        let more = format!("[[segments]]\nname = \"s\"\nwhere = \"{column} IS NOT NULL\"\n");
        let folder = folder(&[("orders.csv", ORDERS), ("p.toml", &format!("{PIPELINE}{more}"))]);
        let said = format!("there is a column `{column}` only with a section `{section}`");
        fails(folder.path(), 2, &["p.toml:7:10", &said, &format!("help: add `{section}`")]);
        let text = format!("{PIPELINE}{section}\n{more}");
        write(folder.path(), "p.toml", text);
        let checked = acrm(folder.path(), &["check", "p.toml"]);
        assert!(!checked.stderr.contains(column), "{}", checked.stderr);
    }
}

#[test]
fn a_file_that_is_no_toml() {
    let folder = folder(&[
        ("orders.csv", ORDERS),
        ("p.toml", "[pipeline]\nname = \"f\n[sources.transactions]\npath = \"orders.csv\"\n"),
    ]);
    fails(folder.path(), 2, &["p.toml:2:", "TOML"]);
}

#[test]
fn a_pipeline_file_that_is_not_there() {
    let folder = folder(&[]);
    let ended = acrm(folder.path(), &["run", "nightly.toml"]);
    assert_eq!(ended.code, 2);
    assert!(ended.stderr.contains("nightly.toml") && ended.stderr.contains("hint"), "{}", ended.stderr);
}

/// Errors of the file and of the sources are said together.
#[test]
fn wrong_pipeline_and_wrong_source_together() {
    let pipeline = "[pipeline]\nname = \"f\"\nnmae = 1\n[sources.transactions]\npath = \"nowhere.csv\"\n[sources.products]\npath = \"none/*.csv\"\n";
    let folder = folder(&[("p.toml", pipeline)]);
    fails(folder.path(), 2, &["unknown key `nmae`", "no file matches `nowhere.csv`", "no file matches `none/*.csv`"]);
}

/// Files that are missing, empty or not what their name says.
#[test]
fn sources_that_cannot_be_read() {
    let gz = {
        use std::io::Write;
        let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        let rows: String = (0..5000).map(|n| format!("{n},2024-01-01,{}.50\n", n * 7919 % 1000)).collect();
        out.write_all(format!("customer_id,timestamp,amount\n{rows}").as_bytes()).expect("compressed");
        out.finish().expect("compressed")
    };
    let parquet = {
        use polars::prelude::*;
        let mut out = Vec::new();
        let mut frame =
            df!("customer_id" => [1, 2], "timestamp" => ["2024-01-01", "2024-01-02"], "amount" => [1.0, 2.0])
                .expect("a frame");
        ParquetWriter::new(&mut out).finish(&mut frame).expect("written");
        out
    };
    let cases: Vec<(&str, &str, Vec<u8>, Vec<&str>)> = vec![
        ("orders.csv", "orders.csv", Vec::new(), vec!["orders.csv: the file is empty", "hint"]),
        ("orders.csv", "orders.csv", b"customer_id,timestamp,amount\n".to_vec(), vec!["no row in orders.csv", "hint"]),
        ("orders.csv.gz", "orders.csv.gz", gz[..gz.len() / 2].to_vec(), vec!["orders.csv.gz", "can't be read", "hint"]),
        ("orders.csv.gz", "orders.csv.gz", gz[..12].to_vec(), vec!["orders.csv.gz", "can't be read", "hint"]),
        (
            "orders.csv.zst",
            "orders.csv.zst",
            zstd::encode_all(&[b'x'; 9000][..], 1).expect("it")[..14].to_vec(),
            vec!["orders.csv.zst", "hint"],
        ),
        (
            "orders.parquet",
            "orders.parquet",
            parquet[..parquet.len() - 20].to_vec(),
            vec!["orders.parquet", "can't be read", "hint"],
        ),
        (
            "orders.parquet",
            "orders.parquet",
            b"PAR1 not really".to_vec(),
            vec!["orders.parquet", "can't be read", "hint"],
        ),
        (
            "orders.arrow",
            "orders.arrow",
            b"ARROW1\0\0not really".to_vec(),
            vec!["orders.arrow", "can't be read", "hint"],
        ),
        (
            "orders.jsonl",
            "orders.jsonl",
            b"{\"customer_id\": 1, \"timestamp\": \n".to_vec(),
            vec!["orders.jsonl", "hint"],
        ),
        ("orders.docx", "orders.docx", b"x".to_vec(), vec!["orders.docx", "format", "[sources.transactions]"]),
        ("orders.csv", "other.csv", b"x".to_vec(), vec!["no file matches `orders.csv`", "looked for"]),
        ("in/2024-*.csv", "orders.csv", ORDERS.into(), vec!["no file matches `in/2024-*.csv`", "looked for"]),
        ("[.csv", "orders.csv", ORDERS.into(), vec!["`[.csv` is not a path or glob"]),
    ];
    for (path, file, bytes, words) in cases {
        let folder = after_a_good_night();
        std::fs::remove_file(folder.path().join("orders.csv")).expect("there");
        write(folder.path(), file, bytes);
        write(folder.path(), "p.toml", PIPELINE.replace("orders.csv", path));
        fails(folder.path(), 3, &words);
    }
}

/// Files that can be read and break the contract of their table.
#[test]
fn sources_that_break_their_contract() {
    let cases = [
        (
            "customer_id,timestmp,amount\n1,2024-01-01,1\n",
            "",
            vec!["orders.csv: no column `timestamp`", "the file has `timestmp`"],
        ),
        (
            "a,b,c\n1,2024-01-01,1\n",
            "",
            vec!["no column `customer_id`", "no column `timestamp`", "its columns: a, b, c"],
        ),
        (
            ORDERS,
            "columns = { customer_id = \"customer_id\", timestamp = \"timestamp\", amount = \"Amount\" }\n",
            vec!["no column `Amount`", "the file has `amount`"],
        ),
        (
            "customer_id;timestamp;amount\n1;2024-01-01;1\n",
            "delimiter = \",\"\n",
            vec!["all of the header is one column", "delimiter = \";\""],
        ),
        (
            "customer_id,timestamp,amount,amount\n1,2024-01-01,1,2\n",
            "",
            vec!["names `amount` twice", "columns 3 and 4"],
        ),
        (
            "customer_id,timestamp,amount\n1,2024-01-01,1\n2,2024-01-02,\"5\n3,2024-01-03,1\n",
            "",
            vec!["orders.csv", "a quote that opens on line 3 is never closed"],
        ),
    ];
    for (orders, columns, words) in cases {
        let folder = after_a_good_night();
        write(folder.path(), "orders.csv", orders);
        write(folder.path(), "p.toml", format!("{PIPELINE}{columns}"));
        fails(folder.path(), 3, &words);
    }
}

/// A header and nothing below it is an export that went wrong, for every source.
#[test]
fn a_source_without_rows() {
    for (source, header) in [("customers", "customer_id,city\n"), ("products", "product_id,category\n")] {
        let folder = after_a_good_night();
        write(folder.path(), "other.csv", header);
        write(folder.path(), "p.toml", format!("{PIPELINE}[sources.{source}]\npath = \"other.csv\"\n"));
        fails(folder.path(), 3, &[&format!("sources.{source}: no row in other.csv"), "hint"]);
    }
}

/// Files of one source that differ in their columns: the file that lacks one is named, whichever comes first.
#[test]
fn files_with_other_columns() {
    let short = "customer_id,timestamp\n1,2024-01-01\n";
    for (first, second, lacks) in [(ORDERS, short, "b.csv"), (short, ORDERS, "a.csv")] {
        let pipeline = PIPELINE.replace("orders.csv", "?.csv");
        let folder = folder(&[("a.csv", first), ("b.csv", second), ("p.toml", &pipeline)]);
        fails(folder.path(), 3, &[&format!("{lacks}: no column `amount`"), "hint"]);
    }
}

/// A column of the wrong type is named with what it is and what it should be.
#[test]
fn a_column_of_the_wrong_type() {
    use polars::prelude::*;
    let folder = folder(&[("p.toml", &PIPELINE.replace("orders.csv", "orders.parquet"))]);
    let mut frame =
        df!("customer_id" => [1, 2], "timestamp" => ["2024-01-01", "2024-01-02"], "amount" => [true, false])
            .expect("a frame");
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).finish(&mut frame).expect("written");
    write(folder.path(), "orders.parquet", bytes);
    fails(folder.path(), 3, &["orders.parquet: column `amount`", "an amount", "hint"]);
}

/// Dates in another notation: both readings are shown, none is guessed.
#[test]
fn dates_in_another_notation() {
    let folder = after_a_good_night();
    write(folder.path(), "orders.csv", "customer_id,timestamp,amount\n1,05/01/2024,10\n2,06/01/2024,20\n");
    fails(
        folder.path(),
        3,
        &[
            "orders.csv, line 2: column `timestamp`",
            "\"05/01/2024\"",
            "2024-01-05 (date_format = \"%d/%m/%Y\")",
            "2024-05-01 (date_format = \"%m/%d/%Y\")",
            "date_format",
        ],
    );
    write(folder.path(), "orders.csv", "customer_id,timestamp,amount\n1,last Tuesday,10\n");
    fails(folder.path(), 3, &["\"last Tuesday\"", "date_format"]);
}

/// A guard that fails: exit code 4, and last night's tables stay.
#[test]
fn a_guard_that_fails() {
    let folder = after_a_good_night();
    write(folder.path(), "orders.csv", format!("{ORDERS},2024-03-01,5\n,2024-03-01,5\n"));
    let guard = |check: &str| format!("{PIPELINE}[[checks]]\n{check}\n");
    write(folder.path(), "p.toml", guard("source = \"transactions\"\ncheck = \"rows_quarantined\"\nmax = 1"));
    fails(folder.path(), 4, &["nothing was published", "rows_quarantined: 2, limit 1", "[[checks]]"]);
    write(folder.path(), "p.toml", guard("source = \"transactions\"\ncheck = \"rows_accepted\"\nmin = 1000"));
    fails(folder.path(), 4, &["rows_accepted: 4, limit 1000"]);
    write(folder.path(), "p.toml", guard("check = \"rows_quarantind\"\nmax = 1"));
    fails(folder.path(), 4, &["rows_quarantind", "no such line"]);
    write(folder.path(), "p.toml", guard("check = \"rows_quarantined\""));
    fails(folder.path(), 2, &["`[[checks]]` needs"]);
    write(folder.path(), "p.toml", guard("source = \"transactions\"\ncheck = \"rows_quarantined\"\nmax = 2"));
    run_ok(folder.path(), &["run", "p.toml"]);
}

/// A rule that parses but gives no yes or no.
#[test]
fn a_rule_that_is_no_condition() {
    let folder = after_a_good_night();
    write(folder.path(), "p.toml", format!("{PIPELINE}[[segments]]\nname = \"s\"\nwhere = \"orders + 1\"\n"));
    fails(folder.path(), 2, &["orders + 1", "compare it with something"]);
    write(
        folder.path(),
        "p.toml",
        format!("{PIPELINE}[[targets]]\nname = \"s\"\nwhere = \"orders > 0\"\nrank_by = \"clv_90\"\n"),
    );
    fails(folder.path(), 2, &["`clv_90`", "did you mean `clv_90d`?"]);
}

/// A rule whose parts don't go together is found by `check`, with its place, before a row is read.
#[test]
fn a_rule_that_compares_what_cannot_be_compared() {
    let rules = [
        ("orders = 'many'", "cannot compare string with numeric type"),
        ("last_purchase >= '2024-01-03'", "DATE '2024-03-01'"),
        ("customer_id = 1", "cannot compare string with numeric type"),
        ("sum(orders) > 2", "one answer for all customers"),
        ("orders + clv_90d", "compare it with something"),
    ];
    for (rule, words) in rules {
        for section in ["segments", "targets"] {
            let pipeline = format!("{PIPELINE}[[{section}]]\nname = \"r\"\nwhere = \"{rule}\"\n");
            let folder = folder(&[("orders.csv", ORDERS), ("p.toml", &pipeline)]);
            fails(folder.path(), 2, &["p.toml:7:9", words, rule]);
            assert_eq!(acrm(folder.path(), &["check", "p.toml"]).code, 2, "{rule}");
        }
    }
    let dates = "[[segments]]\nname = \"r\"\nwhere = \"last_purchase >= DATE '2024-02-01' AND rfm_segment IN ('At risk', 'Champions')\"\n";
    let folder = folder(&[("orders.csv", ORDERS), ("p.toml", &format!("{PIPELINE}{dates}"))]);
    let ended = run_ok(folder.path(), &["run", "p.toml", "--quiet"]);
    assert_eq!(ended.stderr, "", "and what is right is not talked about");
}

/// The lock of the output folder is held: exit code 5, at once.
#[test]
fn a_second_run_at_once() {
    let folder = after_a_good_night();
    let lock = std::fs::File::open(folder.path().join("out/.lock")).expect("a lock file");
    lock.lock().expect("locked");
    fails(folder.path(), 5, &["out/.lock", "another run", "--out"]);
    let elsewhere = acrm(folder.path(), &["run", "p.toml", "--out", "elsewhere"]);
    assert_eq!(elsewhere.code, 0, "another folder is free: {}", elsewhere.stderr);
    drop(lock);
    run_ok(folder.path(), &["run", "p.toml"]);
}

/// Two real runs of one folder: the second that comes while the first is at work is turned away, and no harm is done.
#[test]
fn two_runs_at_work() {
    let folder = tempfile::tempdir().expect("a folder");
    run_ok(folder.path(), &["synth", "--customers", "6000", "--out", ".", "--format", "csv"]);
    let mut first = std::process::Command::new(env!("CARGO_BIN_EXE_acrm"))
        .args(["run", "pipeline.toml", "--quiet"])
        .current_dir(folder.path())
        .spawn()
        .expect("it starts");
    let lock = folder.path().join("out/.lock");
    while std::fs::metadata(&lock).map_or(0, |m| m.len()) == 0 && first.try_wait().expect("a child").is_none() {
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    let second = acrm(folder.path(), &["run", "pipeline.toml"]);
    let first_was_at_work = first.try_wait().expect("a child").is_none();
    assert!(first.wait().expect("a child").success());
    if first_was_at_work {
        assert_eq!(second.code, 5, "{}", second.stderr);
    } else {
        println!("the first run was too quick to be met: the second ended with {}", second.code);
        assert!([0, 5].contains(&second.code), "{}", second.stderr);
    }
    run_ok(folder.path(), &["run", "pipeline.toml"]);
}
