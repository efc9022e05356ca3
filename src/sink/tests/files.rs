//! A table comes back from its file as it went in, with its contract beside it.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array as _, BooleanArray, Date32Array, Float64Array, Int32Array, Int64Array, StringArray};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::Compression;
use parquet::file::metadata::ParquetMetaData;
use parquet::file::reader::{FileReader, SerializedFileReader};

use crate::sink::{SinkError, TableWriter, WrittenTable, read_columns, write_table};
use crate::table::{Categories, Column, ColumnSpec, Kind, Table, TableBuilder, TableSpec};

const EVERY_KIND: TableSpec = TableSpec {
    name: "every_kind",
    row: "a customer",
    about: "A column of each kind, full and with empty cells.",
    columns: &[
        ColumnSpec::new("customer_id", Kind::Text, "", "the customer"),
        ColumnSpec::new("note", Kind::Text, "", "free text").nullable(),
        ColumnSpec::new("city", Kind::Text, "", "one of few words"),
        ColumnSpec::new("channel", Kind::Category, "", "where they buy").nullable(),
        ColumnSpec::new("orders", Kind::Count, "orders", "how many"),
        ColumnSpec::new("wide", Kind::Count, "", "numbers of any size").nullable(),
        ColumnSpec::new("score", Kind::Score, "", "1 to 5").nullable(),
        ColumnSpec::new("rate", Kind::Real, "1/day", "a rate"),
        ColumnSpec::new("share", Kind::Real, "currency", "one of few shares").nullable(),
        ColumnSpec::new("spend", Kind::Money, "currency", "what they paid").nullable(),
        ColumnSpec::new("clv_{H}d", Kind::Money, "currency", "worth over {H} days").per_horizon(),
        ColumnSpec::new("first", Kind::Day, "", "the first day").nullable(),
        ColumnSpec::new("active", Kind::Flag, "", "still a customer").nullable(),
    ],
    example: "",
};

/// Rows with every third cell empty where the contract allows it.
fn every_kind(rows: usize) -> Table {
    let gap = |row: usize| row % 3 != 1;
    let noise = |row: usize| (row as i64).wrapping_mul(0x9E37_79B9_7F4A_7C15_u64 as i64);
    let names = ["web", "shop", "never used", "phone"].map(str::to_owned);
    let codes = (0..rows).map(|row| if gap(row) { [0, 1, 3, 0][row % 4] } else { -1 }).collect();
    TableBuilder::new(&EVERY_KIND)
        .text("customer_id", (0..rows).map(|row| Some(format!("C{row:07}"))).collect::<StringArray>())
        .text("note", (0..rows).map(|row| gap(row).then(|| format!("{}é", noise(row)))).collect::<StringArray>())
        .text("city", (0..rows).map(|row| Some(["Bern", "", "Zürich"][row % 3])).collect::<StringArray>())
        .category("channel", Categories::from_codes(codes, names))
        .count("orders", (0..rows).map(|row| Some((row % 7) as i64 - 3)).collect::<Int64Array>())
        .count("wide", (0..rows).map(|row| gap(row).then(|| noise(row))).collect::<Int64Array>())
        .score("score", (0..rows).map(|row| gap(row).then_some((row % 5) as i32 + 1)).collect::<Int32Array>())
        .real("rate", (0..rows).map(|row| Some(noise(row) as f64 / 1e17)).collect::<Float64Array>())
        .real("share", (0..rows).map(|row| gap(row).then_some((row % 4) as f64 / 4.0)).collect::<Float64Array>())
        .money("spend", (0..rows).map(|row| gap(row).then_some(noise(row) % 10_000_000_000)).collect::<Int64Array>())
        .money("clv_365d", (0..rows).map(|row| Some((row % 11) as i64 * 100 - 500)).collect::<Int64Array>())
        .day("first", (0..rows).map(|row| gap(row).then_some((row % 800) as i32 - 400)).collect::<Date32Array>())
        .with("active", Column::Flag((0..rows).map(|row| gap(row).then_some(row % 2 == 0)).collect::<BooleanArray>()))
        .build()
        .expect("the columns keep the contract")
}

fn run() -> Vec<(String, String)> {
    [("run_id", "7f3a"), ("pipeline_hash", "00ff"), ("currency", "EUR")].map(|(k, v)| (k.into(), v.into())).to_vec()
}

fn written(table: &Table, folder: &Path) -> WrittenTable {
    write_table(table, &folder.join("table.parquet"), &run()).expect("written")
}

fn footer(path: &Path) -> ParquetMetaData {
    let reader = SerializedFileReader::new(fs::File::open(path).expect("open")).expect("a Parquet file");
    reader.metadata().clone()
}

fn assert_comes_back(table: &Table) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = written(table, folder.path());
    assert_eq!((file.rows, file.columns), (table.rows(), table.columns().len()));
    assert_eq!(file.bytes, fs::metadata(&file.path).expect("the file").len());
    let names = table.columns().iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>();
    let read = read_columns(&file.path, &names).expect("readable");
    for ((name, column), read) in table.columns().iter().zip(read) {
        let read = read.expect(name);
        assert_eq!((read.kind(), read.len()), (column.kind(), column.len()), "{name}");
        for row in 0..column.len() {
            assert_eq!(read.is_null(row), column.is_null(row), "{name}, row {row}");
            assert_eq!(read.display(row), column.display(row), "{name}, row {row}");
            assert_eq!(read.number(row).map(f64::to_bits), column.number(row).map(f64::to_bits), "{name}, row {row}");
        }
    }
}

#[test]
fn every_kind_comes_back() {
    for rows in [0, 1, 2, 9, 1_000, 20_001] {
        assert_comes_back(&every_kind(rows));
    }
}

#[test]
fn several_row_groups_come_back() {
    assert_comes_back(&every_kind((1 << 18) + 5));
}

#[test]
fn columns_without_a_value_come_back() {
    let full = every_kind(40);
    let nothing = Int64Array::from(vec![None; 40]);
    let mut builder = TableBuilder::new(&EVERY_KIND);
    for (name, column) in full.columns() {
        let nullable = EVERY_KIND.column(name).is_some_and(|spec| spec.nullable);
        builder = builder.with(name.clone(), if nullable { column.take(&nothing) } else { column.clone() });
    }
    let table = builder.build().expect("empty cells are allowed");
    assert_eq!(table.categories("channel").expect("there").codes.null_count(), 40);
    assert_comes_back(&table);
}

#[test]
fn the_arrow_schema_is_the_contract() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = written(&every_kind(10), folder.path());
    let file = fs::File::open(file.path).expect("open");
    let schema = ParquetRecordBatchReaderBuilder::try_new(file).expect("a Parquet file").schema().clone();
    for field in schema.fields() {
        let spec = EVERY_KIND.column(field.name()).expect("declared");
        assert_eq!((field.data_type(), field.is_nullable()), (&spec.kind.arrow_type(), spec.nullable));
        let said = |key: &str| field.metadata().get(key).cloned();
        let meaning = spec.meaning.replace("{H}", "365");
        assert_eq!(said("meaning"), Some(meaning), "{}", field.name());
        assert_eq!(said("unit").unwrap_or_default(), spec.unit);
        let is_money = spec.kind == Kind::Money || spec.unit == "currency";
        assert_eq!(said("currency").as_deref(), is_money.then_some("EUR"));
    }
}

#[test]
fn the_footer_names_the_run_and_serves_look_ups() {
    let folder = tempfile::tempdir().expect("a folder");
    let footer = footer(&written(&every_kind(20_500), folder.path()).path);
    let pairs = footer.file_metadata().key_value_metadata().expect("pairs");
    let pair = |key: &str| pairs.iter().find(|pair| pair.key == key).and_then(|pair| pair.value.clone());
    for (key, value) in [("table", "every_kind"), ("row", "a customer"), ("run_id", "7f3a"), ("currency", "EUR")] {
        assert_eq!(pair(key).as_deref(), Some(value));
    }
    assert_eq!(footer.file_metadata().created_by(), Some("acrm version 1 (build 1)"));
    let group = footer.row_group(0);
    let sorting = group.sorting_columns().expect("sorted").iter().map(|s| s.column_idx).collect::<Vec<_>>();
    assert_eq!(sorting, [0]);
    for column in group.columns() {
        let name = column.column_path().string();
        assert!(matches!(column.compression(), Compression::ZSTD(_)), "{name}");
        assert!(column.statistics().is_some(), "{name}");
        assert!(column.column_index_offset().is_some() && column.offset_index_offset().is_some(), "{name}");
        assert_eq!(column.bloom_filter_offset().is_some(), name == "customer_id", "{name}");
    }
}

#[test]
fn rows_out_of_order_are_not_called_sorted() {
    let table = every_kind(100);
    let backwards = (0..100).rev().map(Some).collect::<Int64Array>();
    let mut builder = TableBuilder::new(&EVERY_KIND);
    for (name, column) in table.columns() {
        builder = builder.with(name.clone(), column.take(&backwards));
    }
    let table = builder.build().expect("the columns keep the contract");
    let folder = tempfile::tempdir().expect("a folder");
    assert!(footer(&written(&table, folder.path()).path).row_group(0).sorting_columns().is_none());
    assert_comes_back(&table);
}

#[test]
fn bytes_depend_on_the_table_and_the_run_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let table = every_kind(30_000);
    let bytes = |path: &Path| fs::read(path).expect("the file");
    let first = bytes(&written(&table, folder.path()).path);
    assert!(first == bytes(&written(&every_kind(30_000), folder.path()).path));

    let writer = Arc::new(TableWriter::new(run()));
    let paths = ["a", "b", "c"].map(|name| folder.path().join(name));
    std::thread::scope(|scope| {
        for path in &paths {
            scope.spawn(|| writer.write(&table, path).expect("written"));
        }
    });
    for path in &paths {
        assert!(first == bytes(path));
    }
}

#[test]
fn what_cannot_be_written_is_said_with_a_remedy() {
    let table = every_kind(10);
    let full = write_table(&table, Path::new("/dev/full"), &run()).expect_err("a full disk");
    assert!(matches!(full, SinkError::DiskFull { .. }), "{full:?}");
    assert!(full.to_string().contains("/dev/full") && full.to_string().contains("free some space"));

    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("file");
    fs::write(&file, "").expect("written");
    let under = write_table(&table, &file.join("table.parquet"), &run()).expect_err("under a file");
    assert!(matches!(under, SinkError::FileInTheWay { .. }), "{under:?}");

    let mut builder = TableBuilder::new(&EVERY_KIND);
    for (name, column) in table.columns() {
        let too_much = Column::Money(vec![1_000_000_000_000_000_000; 10].into());
        builder = builder.with(name.clone(), if name == "spend" { too_much } else { column.clone() });
    }
    let table = builder.build().expect("the columns keep the contract");
    let error = write_table(&table, &folder.path().join("t"), &run()).expect_err("19 digits").to_string();
    assert!(error.contains("`spend`") && error.contains("100000000000000.00"), "{error}");
}

#[test]
fn columns_and_files_that_are_not_there_are_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = written(&every_kind(10), folder.path());
    let read = read_columns(&file.path, &["score", "later_addition", "city"]).expect("readable");
    let kinds = read.iter().map(|column| column.as_ref().map(Column::kind)).collect::<Vec<_>>();
    assert_eq!(kinds, [Some(Kind::Score), None, Some(Kind::Text)]);
    let absent = read_columns(&folder.path().join("absent.parquet"), &["a", "b"]).expect("no error");
    assert!(absent.iter().all(Option::is_none) && absent.len() == 2);
    let broken = folder.path().join("broken.parquet");
    fs::write(&broken, "PAR1 but nothing else PAR1").expect("written");
    let error = read_columns(&broken, &["a"]).expect_err("no Parquet file");
    assert!(matches!(error, SinkError::Decode { .. }) && error.to_string().contains("broken.parquet"));
}
