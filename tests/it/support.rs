//! What the integration tests share: the real binary, temporary folders, published tables.

use std::path::{Path, PathBuf};
use std::process::Command;

use polars::prelude::*;

/// What a command ended with.
pub struct Ended {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

/// Runs the binary in a folder.
pub fn acrm(folder: &Path, arguments: &[&str]) -> Ended {
    let output = Command::new(env!("CARGO_BIN_EXE_acrm"))
        .args(arguments)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .env_remove("COLUMNS")
        .output()
        .expect("the binary starts");
    Ended {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Runs a pipeline that must succeed.
pub fn run_ok(folder: &Path, arguments: &[&str]) -> Ended {
    let ended = acrm(folder, arguments);
    assert_eq!(ended.code, 0, "{arguments:?}\n{}{}", ended.stdout, ended.stderr);
    ended
}

/// A temporary folder with files in it.
pub fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("inside the folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
    folder
}

/// The root of the project.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The shared folder with real data and reference figures, when it stands beside the project.
pub fn shared(what: &str) -> Option<PathBuf> {
    let path = root().join("../shared").join(what);
    if path.exists() {
        return path.canonicalize().ok();
    }
    println!("skipped: ../shared/{what} is not there");
    None
}

/// A published table; money as floats, words as text.
pub fn table(run: &Path, name: &str) -> DataFrame {
    let path = run.join(format!("{name}.parquet"));
    let path = PlRefPath::try_from_path(&path).expect("a path");
    let plain = ScanArgsParquet { hive_options: HiveOptions::new_disabled(), ..ScanArgsParquet::default() };
    let frame = LazyFrame::scan_parquet(path, plain).and_then(LazyFrame::collect);
    let frame = frame.unwrap_or_else(|e| panic!("{name}: {e}"));
    let plain = frame.columns().iter().map(|column| match column.dtype() {
        DataType::Decimal(..) => column.cast(&DataType::Float64).expect("money"),
        DataType::Categorical(..) | DataType::Enum(..) => column.cast(&DataType::String).expect("words"),
        _ => column.clone(),
    });
    DataFrame::new(frame.height(), plain.collect()).expect("the same columns")
}

/// A column as text, cell by cell; empty cells are an empty text.
pub fn texts(frame: &DataFrame, column: &str) -> Vec<String> {
    let column = frame.column(column).unwrap_or_else(|e| panic!("{e}")).clone();
    (0..frame.height())
        .map(|row| match column.get(row).expect("a row") {
            AnyValue::Null => String::new(),
            AnyValue::String(text) => text.to_owned(),
            AnyValue::StringOwned(text) => text.to_string(),
            value => value.to_string(),
        })
        .collect()
}

/// A column as numbers; empty cells are NaN.
pub fn numbers(frame: &DataFrame, column: &str) -> Vec<f64> {
    let column = frame.column(column).unwrap_or_else(|e| panic!("{e}")).cast(&DataType::Float64).expect("numbers");
    column.f64().expect("numbers").iter().map(|v| v.unwrap_or(f64::NAN)).collect()
}

/// A line of `run_quality`.
pub fn quality(run: &Path, source: &str, check: &str) -> f64 {
    let frame = table(run, "run_quality");
    let found = texts(&frame, "source").iter().zip(texts(&frame, "check")).position(|(s, c)| s == source && c == check);
    let row = found.unwrap_or_else(|| panic!("run_quality has no {source}, {check}"));
    numbers(&frame, "measured")[row]
}

/// A published table by customer: cells as text or numbers.
pub struct ByCustomer {
    frame: DataFrame,
    ids: Vec<String>,
}

impl ByCustomer {
    /// Reads a table that has one row per customer.
    pub fn read(run: &Path, name: &str) -> Self {
        let frame = table(run, name);
        let ids = texts(&frame, "customer_id");
        Self { frame, ids }
    }

    /// The ids, in the order of the table.
    pub fn ids(&self) -> &[String] {
        &self.ids
    }

    /// Whether there is such a customer.
    pub fn has(&self, id: &str) -> bool {
        self.ids.iter().any(|i| i == id)
    }

    fn row(&self, id: &str) -> usize {
        self.ids.iter().position(|i| i == id).unwrap_or_else(|| panic!("no customer {id} in {:?}", self.ids))
    }

    /// A cell as text; empty when there is nothing in it.
    pub fn text(&self, id: &str, column: &str) -> String {
        texts(&self.frame, column).swap_remove(self.row(id))
    }

    /// A cell as a number; NaN when there is nothing in it.
    pub fn number(&self, id: &str, column: &str) -> f64 {
        numbers(&self.frame, column)[self.row(id)]
    }

    /// Some cells of a customer as text, for comparison with a line worked out by hand.
    pub fn line(&self, id: &str, columns: &[&str]) -> String {
        columns.iter().map(|c| self.text(id, c)).collect::<Vec<_>>().join(" ")
    }
}

/// Asserts that two numbers are the same to a relative tolerance.
#[track_caller]
pub fn close(what: &str, got: f64, want: f64, relative: f64) {
    let near = (got - want).abs() <= relative * want.abs().max(1e-12);
    assert!(near, "{what}: got {got}, want {want}");
}

/// A small deterministic source of numbers for test data (`SplitMix64`; Steele, Lea & Flood 2014).
pub struct Dice(u64);

impl Dice {
    /// The same seed gives the same numbers.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0 to `sides` − 1.
    pub fn below(&mut self, sides: u64) -> u64 {
        self.next() % sides
    }

    /// Whether something of this chance in a hundred happens.
    pub fn percent(&mut self, chance: u64) -> bool {
        self.below(100) < chance
    }

    /// Puts items into another order.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at as u64 + 1) as usize);
        }
    }
}

/// Day number `day` of 2024 as ISO text, from 0; days past the year go on into the next.
pub fn day_of_2024(day: u32) -> String {
    acrm::table::format_day(19_723 + day as i32)
}

/// The names of the files in a folder, and in the folders in it, with their bytes.
pub fn files(folder: &Path) -> std::collections::BTreeMap<String, Vec<u8>> {
    let mut found = std::collections::BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if path.is_dir() {
            found.extend(files(&path).into_iter().map(|(inner, bytes)| (format!("{name}/{inner}"), bytes)));
        } else {
            found.insert(name, std::fs::read(&path).expect("a file"));
        }
    }
    found
}

/// The tables and model files of a run with their bytes, some tables left out.
pub fn table_bytes(run: &Path, without: &[&str]) -> std::collections::BTreeMap<String, Vec<u8>> {
    let mut found = files(run);
    let wanted = |table: &str| !without.contains(&table);
    found.retain(|name, _| name.starts_with("models/") || name.strip_suffix(".parquet").is_some_and(wanted));
    assert!(found.len() >= 6, "{} has tables: {:?}", run.display(), found.keys());
    found
}

/// Asserts that two sets of files are the same, byte for byte.
#[track_caller]
pub fn same_files(
    what: &str,
    left: &std::collections::BTreeMap<String, Vec<u8>>,
    right: &std::collections::BTreeMap<String, Vec<u8>>,
) {
    assert!(left.keys().eq(right.keys()), "{what}: {:?} and {:?}", left.keys(), right.keys());
    let differ: Vec<_> = left.iter().filter(|(name, bytes)| right[*name] != **bytes).map(|(name, _)| name).collect();
    assert!(differ.is_empty(), "{what}: {differ:?} differ");
}

/// The rows of a DuckDB query as text, empty for NULL; `None` (and a line that says so) without DuckDB for Python.
pub fn duckdb(sql: &str) -> Option<Vec<Vec<String>>> {
    const SCRIPT: &str = "import sys\ntry:\n  import duckdb\nexcept ImportError:\n  sys.exit(77)\n\
        for row in duckdb.sql(sys.argv[1]).fetchall():\n  print('\\t'.join('' if v is None else str(v) for v in row))";
    let output = match Command::new("python3").args(["-c", SCRIPT, sql]).output() {
        Ok(output) if output.status.code() != Some(77) => output,
        _ => {
            println!("skipped: no python3 with duckdb");
            return None;
        }
    };
    assert!(output.status.success(), "{sql}\n{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("text");
    Some(text.lines().map(|line| line.split('\t').map(str::to_owned).collect()).collect())
}

/// Money as ten-thousandths.
pub fn ten_thousandths(amount: f64) -> i64 {
    (amount * 10_000.0).round() as i64
}
