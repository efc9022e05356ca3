//! The same input gives the same bytes: with any number of threads, in any order of rows and files, again and again.

use std::collections::BTreeMap;

use crate::shop::{Shop, lay_out, lay_out_csv, run, text_of};
use crate::support::{Dice, files, quality, same_files, table, table_bytes, texts};

fn shop() -> Shop {
    Shop::new(11, 400)
}

/// The tables of a run over one CSV file a table.
fn plain() -> BTreeMap<String, Vec<u8>> {
    let folder = lay_out_csv(&shop());
    let run = run(folder.path(), &[]);
    // the shop has a bit of everything, or the comparisons below show little
    for (source, check, least) in [
        ("transactions", "rows_quarantined", 3.0),
        ("transactions", "rows_merged", 5.0),
        ("transactions", "rows_out_of_window", 1.0),
        ("customers", "customers_without_purchase", 1.0),
        ("customers", "zero_amount_orders_left_out", 1.0),
        ("targets", "win_back_without_consent", 1.0),
        ("targets", "win_back_cut", 1.0),
        ("targets", "win_back_control", 1.0),
    ] {
        assert!(quality(&run, source, check) >= least, "{source}, {check}: {}", quality(&run, source, check));
    }
    assert!(table(&run, "targets").height() > 20);
    assert!(texts(&table(&run, "customers"), "favourite_channel").iter().any(|c| c == "phone"));
    table_bytes(&run, &[])
}

#[test]
fn any_number_of_threads() {
    let expected = plain();
    let folder = lay_out_csv(&shop());
    for threads in ["1", "2", "7"] {
        let run = run(folder.path(), &["--threads", threads]);
        same_files(&format!("{threads} threads"), &expected, &table_bytes(&run, &[]));
    }
}

/// Model files are the same, too; only the manifest's timings differ.
#[test]
fn a_rerun_takes_the_place_of_the_first() {
    let folder = lay_out_csv(&shop());
    let first = files(&run(folder.path(), &[]));
    let again = files(&run(folder.path(), &[]));
    let without_manifest = |mut files: BTreeMap<String, Vec<u8>>| {
        files.remove("manifest.json").expect("a manifest");
        files
    };
    let manifest = |files: &BTreeMap<String, Vec<u8>>| {
        let mut manifest: serde_json::Value = serde_json::from_slice(&files["manifest.json"]).expect("JSON");
        manifest.as_object_mut().expect("an object").remove("timings_seconds").expect("timings");
        manifest
    };
    assert_eq!(manifest(&first), manifest(&again));
    same_files("a rerun", &without_manifest(first), &without_manifest(again));
    let names: Vec<_> =
        std::fs::read_dir(folder.path().join("out")).expect("a folder").flatten().map(|e| e.file_name()).collect();
    let mut names: Vec<_> = names.iter().map(|n| n.to_string_lossy().into_owned()).filter(|n| n != ".lock").collect();
    names.sort();
    assert_eq!(names, ["as_of=2024-12-10", "latest"], "nothing is left behind");
}

/// The quarantine names lines, which do move; everything else is the same.
#[test]
fn rows_in_any_order() {
    let expected = plain();
    for seed in 1..4 {
        let folder = lay_out_csv(&shop().shuffled(seed));
        let run = run(folder.path(), &["--threads", if seed % 2 == 0 { "1" } else { "2" }]);
        let mut got = table_bytes(&run, &[]);
        got.remove("quarantine.parquet");
        let mut expected = expected.clone();
        expected.remove("quarantine.parquet");
        same_files(&format!("rows shuffled by {seed}"), &expected, &got);
    }
}

/// One file or several, under whatever names, with the rows dealt out between them.
#[test]
fn files_in_any_number_and_order() {
    let shop = shop();
    let mut expected = plain();
    expected.remove("quarantine.parquet");
    for (round, names) in
        [["a.csv", "b.csv", "c.csv", "d.csv"], ["z9.csv", "m.csv", "B.csv", "0.csv"]].into_iter().enumerate()
    {
        let mut dice = Dice::new(round as u64);
        let mut parts = vec![Vec::new(); names.len()];
        shop.shuffled(round as u64 + 20).items.into_iter().for_each(|item| parts[dice.below(4) as usize].push(item));
        let items: Vec<_> =
            names.into_iter().zip(&parts).map(|(name, part)| (name, text_of(&Shop::frame(part), b','))).collect();
        let people = shop.people();
        let middle = people.height() / 3;
        let halves = [people.slice(0, middle), people.slice(middle as i64, people.height())];
        let people = [(names[1], text_of(&halves[0], b',')), (names[0], text_of(&halves[1], b','))];
        let folder = lay_out(&items, &people, &[("p.csv", text_of(&shop.products(), b','))]);
        let mut got = table_bytes(&run(folder.path(), &[]), &[]);
        got.remove("quarantine.parquet");
        same_files(&format!("files {names:?}"), &expected, &got);
    }
}

/// The row that is quarantined is named by its own file and line, wherever it went.
#[test]
fn refused_rows_are_found_where_they_are() {
    let folder = lay_out_csv(&shop().shuffled(8));
    let refused = table(&run(folder.path(), &[]), "quarantine");
    let text = std::fs::read_to_string(folder.path().join("items/items.csv")).expect("text");
    let lines: Vec<&str> = text.lines().collect();
    assert!(refused.height() > 2);
    for (file, line) in texts(&refused, "file").iter().zip(texts(&refused, "line")) {
        let line: usize = line.parse().expect("a line");
        assert_eq!(file, "items/items.csv");
        assert!(lines[line - 1].starts_with(','), "line {line} has no customer: {}", lines[line - 1]);
    }
}
