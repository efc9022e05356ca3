//! The published tables as another program reads them: the same cells, one row per customer, nothing that isn't a number.

use std::collections::BTreeSet;
use std::path::Path;

use polars::prelude::DataType;

use crate::shop::{Shop, lay_out_csv, run};
use crate::support::{duckdb, numbers, run_ok, table, texts};

/// Holds a table as DuckDB reads it against the same as polars reads it, cell by cell.
fn same_in_duckdb(run: &Path, name: &str) -> Option<()> {
    let path = run.join(format!("{name}.parquet"));
    let frame = table(run, name);
    let cells =
        frame.get_column_names().iter().map(|c| format!("CAST(\"{c}\" AS VARCHAR)")).collect::<Vec<_>>().join(", ");
    let rows = duckdb(&format!("SELECT {cells} FROM read_parquet('{}', hive_partitioning = false)", path.display()))?;
    assert_eq!(rows.len(), frame.height(), "{name}: rows");
    for (at, column) in frame.columns().iter().enumerate() {
        let title = column.name().as_str();
        if matches!(column.dtype(), DataType::Float64) {
            for (row, value) in numbers(&frame, title).into_iter().enumerate() {
                let other = rows[row][at].parse::<f64>().unwrap_or(f64::NAN);
                let same = value.to_bits() == other.to_bits() || (value.is_nan() && rows[row][at].is_empty());
                assert!(same, "{name}.{title}, row {row}: {value}, in DuckDB {:?}", rows[row][at]);
                assert!(!value.is_infinite(), "{name}.{title} is finite");
            }
        } else {
            for (row, value) in texts(&frame, title).into_iter().enumerate() {
                assert_eq!(value, rows[row][at], "{name}.{title}, row {row}");
            }
        }
    }
    Some(())
}

#[test]
fn duckdb_reads_what_polars_reads() {
    let folder = lay_out_csv(&Shop::new(31, 500));
    let run = run(folder.path(), &[]);
    let made = |name: &str| run.join(format!("{name}.parquet")).exists();
    for spec in acrm::registry::published_tables().filter(|spec| made(spec.name)) {
        if same_in_duckdb(&run, spec.name).is_none() {
            return;
        }
    }
}

/// Enough rows for several pages of a column.
#[test]
fn duckdb_reads_long_tables() {
    let folder = tempfile::tempdir().expect("a folder");
    run_ok(folder.path(), &["synth", "--customers", "30000", "--out", ".", "--seed", "3"]);
    run_ok(folder.path(), &["run", "pipeline.toml", "--quiet"]);
    let run = folder.path().join("out/latest");
    for name in ["customers", "clv", "segments"] {
        if same_in_duckdb(&run, name).is_none() {
            return;
        }
    }
    let id = &texts(&table(&run, "customers"), "customer_id")[12_345];
    let path = run.join("customers.parquet").display().to_string();
    let found = duckdb(&format!("SELECT count(*) FROM '{path}' WHERE customer_id = '{id}'"));
    assert_eq!(found, Some(vec![vec!["1".to_owned()]]), "looked up through statistics and bloom filter");
    let none = duckdb(&format!("SELECT count(*) FROM '{path}' WHERE customer_id = '{id}x'"));
    assert_eq!(none, Some(vec![vec!["0".to_owned()]]));
}

/// Tables are in the byte order of the id, each customer once, and those of one run fit together.
#[test]
fn tables_of_a_run_fit_together() {
    let folder = lay_out_csv(&Shop::new(31, 500));
    let run = run(folder.path(), &[]);
    let ids = |name: &str| texts(&table(&run, name), "customer_id");
    let everybody: BTreeSet<String> = ids("customers").into_iter().collect();
    for name in ["customers", "rfm", "clv", "clusters", "segments"] {
        let ids = ids(name);
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]), "{name} is sorted, each customer once");
        assert!(ids.iter().all(|id| everybody.contains(id)), "{name} knows nobody else");
    }
    assert!(ids("targets").iter().all(|id| everybody.contains(id)));
    assert_eq!(ids("segments"), ids("customers"));
    let customers = table(&run, "customers");
    let buyers: Vec<String> = ids("customers")
        .into_iter()
        .zip(numbers(&customers, "orders"))
        .filter(|(_, o)| *o > 0.0)
        .map(|(id, _)| id)
        .collect();
    assert_eq!(ids("rfm"), buyers, "who bought has scores");
    assert_eq!(ids("clusters"), buyers);
    let with_days: Vec<String> = ids("customers")
        .into_iter()
        .zip(numbers(&customers, "purchase_days"))
        .filter(|(_, d)| *d > 0.0)
        .map(|(id, _)| id)
        .collect();
    assert_eq!(ids("clv"), with_days);
    let sizes: f64 = numbers(&table(&run, "cluster_profiles"), "size").iter().sum();
    assert_eq!(sizes as usize, buyers.len());
    let [x, t_x, tenure] = ["x", "t_x", "tenure_days"].map(|c| numbers(&table(&run, "clv"), c));
    for row in 0..x.len() {
        assert!(x[row] <= t_x[row] && t_x[row] <= tenure[row] && (x[row] > 0.0 || t_x[row] == 0.0), "row {row}");
    }
}
