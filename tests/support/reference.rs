//! Reading the reference figures that live beside the project.

use std::path::PathBuf;

/// Folder of the reference figures, `None` (and a line that says so) where
/// they are not there.
#[expect(clippy::print_stdout, reason = "a skipped test says so")]
pub(crate) fn folder() -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/reference");
    if path.is_dir() {
        Some(path)
    } else {
        println!("skipped: ../shared not there");
        None
    }
}

/// A small table of text, read from CSV without quoted commas.
pub(crate) struct Table {
    names: Vec<String>,
    cells: Vec<Vec<String>>,
}

/// One row of a [`Table`].
#[derive(Clone, Copy)]
pub(crate) struct Row<'a> {
    table: &'a Table,
    index: usize,
}

impl Table {
    fn place(&self, name: &str) -> usize {
        self.names.iter().position(|n| n == name).unwrap_or_else(|| panic!("no column {name} in {:?}", self.names))
    }

    /// All rows.
    pub(crate) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        (0..self.cells.len()).map(|index| Row { table: self, index })
    }

    /// A column of numbers.
    pub(crate) fn column(&self, name: &str) -> Vec<f64> {
        self.rows().map(|r| r.value(name)).collect()
    }

    /// A column of counts.
    pub(crate) fn counts(&self, name: &str) -> Vec<u32> {
        self.rows().map(|r| r.count(name)).collect()
    }
}

impl<'a> Row<'a> {
    /// Text of a cell.
    pub(crate) fn text(self, name: &str) -> &'a str {
        &self.table.cells[self.index][self.table.place(name)]
    }

    /// Number in a cell.
    pub(crate) fn value(self, name: &str) -> f64 {
        let text = self.text(name);
        text.parse().unwrap_or_else(|_| panic!("{name}: {text:?} is no number"))
    }

    /// Whole number in a cell.
    pub(crate) fn count(self, name: &str) -> u32 {
        let value = self.value(name);
        assert!(value >= 0.0 && value.fract() == 0.0, "{name}: {value} is no count");
        value as u32
    }

    /// Whether the cell holds anything.
    pub(crate) fn has(self, name: &str) -> bool {
        self.table.names.iter().any(|n| n == name) && !self.text(name).is_empty()
    }
}

/// A table of the reference folder.
pub(crate) fn table(path: &str) -> Option<Table> {
    let text = std::fs::read_to_string(folder()?.join(path)).ok()?;
    let mut lines = text.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
    let names = lines.next()?;
    Some(Table { names, cells: lines.collect() })
}

/// A reference fit of `fits/fits.json`.
pub(crate) struct ReferenceFit {
    /// Data set.
    pub(crate) dataset: String,
    /// Model.
    pub(crate) model: String,
    /// Parameters in the order of the file.
    pub(crate) params: Vec<f64>,
    /// Maximised log-likelihood.
    pub(crate) ll: f64,
    /// Standard errors in the order of the parameters.
    pub(crate) std_errors: Vec<f64>,
    /// Whether there is no interior maximum.
    pub(crate) degenerate: bool,
}

/// All reference fits.
pub(crate) fn fits() -> Vec<ReferenceFit> {
    let Some(path) = folder() else { return Vec::new() };
    let text = std::fs::read_to_string(path.join("fits/fits.json")).expect("readable fits");
    let all: serde_json::Value = serde_json::from_str(&text).expect("valid fits");
    let mut found = Vec::new();
    for (dataset, models) in all.as_object().expect("datasets") {
        for (model, fit) in models.as_object().expect("models") {
            if let Some(fit) = one_fit(dataset, model, fit) {
                found.push(fit);
            }
        }
    }
    found
}

fn number(value: &serde_json::Value) -> f64 {
    value.as_f64().or_else(|| value.as_str().and_then(|s| s.parse().ok())).unwrap_or(f64::NAN)
}

fn one_fit(dataset: &str, model: &str, fit: &serde_json::Value) -> Option<ReferenceFit> {
    let reference = fit.get("reference")?;
    let params = reference.get("params")?.as_object()?;
    // The order of a JSON object is lost on the way; the families' order is known.
    let order: Vec<&str> = ["p", "q", "v", "r", "alpha", "beta", "gamma", "delta", "s", "a", "b"]
        .into_iter()
        .filter(|k| params.contains_key(*k))
        .collect();
    let order = if order == ["r", "alpha", "beta", "s"] { vec!["r", "alpha", "s", "beta"] } else { order };
    let errors = fit.get("std_error").and_then(|e| e.as_object());
    Some(ReferenceFit {
        dataset: dataset.to_owned(),
        model: model.to_owned(),
        params: order.iter().map(|k| number(&params[*k])).collect(),
        ll: number(&reference["ll"]),
        std_errors: order.iter().filter_map(|k| errors.and_then(|e| e.get(*k)).map(number)).collect(),
        degenerate: fit.get("degenerate").and_then(serde_json::Value::as_bool).unwrap_or(false),
    })
}
