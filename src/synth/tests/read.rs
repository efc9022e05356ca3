//! Writes small shops and reads their files back.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;

use arrow::array::{Array, RecordBatch};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::Value;
use tempfile::TempDir;

use crate::synth::{Format, SynthOptions, SynthReport, write};

/// A shop in a folder of its own.
pub(super) struct Shop {
    pub(super) folder: TempDir,
    pub(super) report: SynthReport,
    pub(super) truth: Value,
}

/// Writes a shop after adjusting the options.
pub(super) fn shop(customers: u64, adjust: impl FnOnce(&mut SynthOptions)) -> Shop {
    let folder = tempfile::tempdir().unwrap();
    let mut options = SynthOptions::new(customers, folder.path());
    adjust(&mut options);
    let report = write(&options, &|_, _, _| ()).unwrap();
    let truth = serde_json::from_str(&fs::read_to_string(folder.path().join("truth.json")).unwrap()).unwrap();
    Shop { folder, report, truth }
}

/// Chooses CSV.
pub(super) fn csv(options: &mut SynthOptions) {
    options.format = Format::Csv;
}

/// All files below a folder by relative path.
pub(super) fn bytes(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
                files.insert(name, fs::read(path).unwrap());
            }
        }
    }
    files
}

/// A table of text cells, null as `None`.
pub(super) struct Table {
    names: Vec<String>,
    pub(super) rows: Vec<Vec<Option<String>>>,
}

impl Table {
    /// One column.
    pub(super) fn column(&self, name: &str) -> Vec<Option<&str>> {
        let at = self.names.iter().position(|known| known == name).unwrap();
        self.rows.iter().map(|row| row[at].as_deref()).collect()
    }

    /// One column without nulls.
    pub(super) fn full(&self, name: &str) -> Vec<&str> {
        self.column(name).into_iter().map(Option::unwrap).collect()
    }

    /// One column of numbers without nulls.
    pub(super) fn numbers(&self, name: &str) -> Vec<f64> {
        self.full(name).into_iter().map(|text| text.parse().unwrap()).collect()
    }

    /// One column of money, in cents.
    pub(super) fn cents(&self, name: &str) -> Vec<i64> {
        self.numbers(name).into_iter().map(|units| (units * 100.0).round() as i64).collect()
    }
}

impl Shop {
    /// Reads a whole table, all its files in order.
    pub(super) fn table(&self, table: &str) -> Table {
        let mut out = Table { names: Vec::new(), rows: Vec::new() };
        for file in self.report.files.iter().filter(|file| file.table == table) {
            for batch in batches(&file.path) {
                append(&mut out, &batch);
            }
        }
        out
    }

    /// Rows that the report gives a table.
    pub(super) fn reported_rows(&self, table: &str) -> u64 {
        self.report.files.iter().filter(|file| file.table == table).map(|file| file.rows).sum()
    }
}

fn batches(path: &Path) -> Vec<RecordBatch> {
    let file = File::open(path).unwrap();
    if path.extension().unwrap() == "parquet" {
        let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap();
        return reader.map(Result::unwrap).collect();
    }
    let header = fs::read_to_string(path).unwrap().lines().next().unwrap().to_owned();
    let text = |name| arrow::datatypes::Field::new(name, arrow::datatypes::DataType::Utf8, true);
    let schema = arrow::datatypes::Schema::new(header.split(',').map(text).collect::<Vec<_>>());
    let reader = arrow::csv::ReaderBuilder::new(schema.into()).with_header(true).build(file).unwrap();
    reader.map(Result::unwrap).collect()
}

fn append(out: &mut Table, batch: &RecordBatch) {
    out.names = batch.schema().fields().iter().map(|field| field.name().clone()).collect();
    let options = FormatOptions::default();
    let columns: Vec<_> =
        batch.columns().iter().map(|column| (column, ArrayFormatter::try_new(column, &options).unwrap())).collect();
    for row in 0..batch.num_rows() {
        let cell = |(column, text): &(&arrow::array::ArrayRef, ArrayFormatter)| {
            (!column.is_null(row)).then(|| text.value(row).to_string())
        };
        out.rows.push(columns.iter().map(cell).collect());
    }
}
