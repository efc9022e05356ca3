//! Inputs on which other tools went wrong, told again with data of our own.

mod clustering;
mod clv;
mod degenerate;
mod exports;
mod joins;
mod originals;
mod purchases;
mod returns;
mod scoring;
mod written;

use std::path::PathBuf;

use crate::support::{folder, run_ok};

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
