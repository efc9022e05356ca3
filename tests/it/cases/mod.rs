//! Inputs on which other tools went wrong, told again with data of our own; README.md says which test stands for which.

mod clustering;
mod clv;
mod days;
mod degenerate;
mod exports;
mod joins;
mod lines;
mod mining;
mod originals;
mod purchases;
mod returns;
mod scoring;
mod tables;
mod written;

use std::path::{Path, PathBuf};

use crate::support::{folder, root, run_ok, shared};

/// A pipeline over `orders.csv` with the standard column names.
const HEAD: &str = "[pipeline]\nname = \"case\"\n";
const SOURCE: &str = "[sources.transactions]\npath = \"orders.csv\"\n";

/// Runs `orders` (CSV text) as of a day with further sections; gives the folder and the published run.
fn run_case(as_of: &str, orders: &str, sections: &str) -> (tempfile::TempDir, PathBuf) {
    let pipeline = format!("{HEAD}as_of = \"{as_of}\"\n{SOURCE}{sections}");
    let folder = folder(&[("orders.csv", orders), ("p.toml", &pipeline)]);
    run_ok(folder.path(), &["run", "p.toml"]);
    let run = folder.path().join(format!("out/as_of={as_of}"));
    (folder, run)
}

/// The rows of a CSV text in reverse, the header where it was.
fn upside_down(text: &str) -> String {
    let (header, rows) = text.split_once('\n').expect("a header");
    let rows: Vec<&str> = rows.lines().rev().collect();
    format!("{header}\n{}\n", rows.join("\n"))
}

/// All source text below a folder.
fn sources(folder: &Path, text: &mut String) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, text);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            text.push_str(&std::fs::read_to_string(&path).expect("text"));
        }
    }
}

/// Every test that the list names is there, and every case is on the list.
#[test]
fn the_list_of_cases_is_true() {
    let mut text = String::new();
    ["src", "tests"].iter().for_each(|folder| sources(&root().join(folder), &mut text));
    let list = include_str!("README.md");
    let rows: Vec<Vec<&str>> = list
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| case"))
        .map(|line| line.split('|').map(str::trim).collect())
        .collect();
    for row in &rows {
        for name in
            row[3..].iter().flat_map(|cell| cell.split('`').skip(1).step_by(2)).filter(|name| !name.starts_with('['))
        {
            assert!(text.contains(&format!("fn {name}(")), "case {}: no test is called {name}", row[1]);
        }
    }
    let Some(cases) = shared("cases") else { return };
    let folders = std::fs::read_dir(cases).expect("cases").flatten().filter(|entry| entry.path().is_dir());
    for folder in folders {
        let name = folder.file_name().to_string_lossy().into_owned();
        let number = name.split('-').next().unwrap_or_default();
        assert!(rows.iter().any(|row| row[1] == number), "case {name} is not on the list");
    }
}
