//! Columns of a customer table that a later one makes: copied when all tables are there.

use super::align::beside;
use super::empty::EmptyCells;
use super::table_set::{Table, TableError, Tables};

/// Fills the columns that contracts leave to later tables ([`ColumnSpec::filled_by`](super::ColumnSpec::filled_by)).
///
/// # Errors
/// When the later table has no column of that name and kind.
pub fn fill_columns(tables: &mut Tables) -> Result<(), TableError> {
    let mut filled = Vec::new();
    for table in tables.iter() {
        let open = table.spec().columns.iter().filter_map(|c| Some((c, c.filled_by?))).collect::<Vec<_>>();
        if open.is_empty() {
            continue;
        }
        let empty = EmptyCells::new(table.rows());
        let columns = open.into_iter().map(|(column, maker)| {
            let values = match tables.get(maker) {
                Ok(maker) => beside(table, maker, column.name)?,
                Err(_) => empty.column(column.kind),
            };
            Ok((column.name.to_owned(), values))
        });
        let columns = columns.collect::<Result<Vec<_>, TableError>>()?;
        filled.push(Table::with(table, columns)?);
    }
    filled.into_iter().for_each(|table| tables.insert(table));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{ColumnSpec, Kind, TableBuilder, TableSpec};

    const BASE: TableSpec = TableSpec {
        name: "base",
        row: "a customer",
        about: "",
        columns: &[
            ColumnSpec::new("customer_id", Kind::Text, "", ""),
            ColumnSpec::new("later", Kind::Score, "", "").filled_by("maker"),
            ColumnSpec::new("never", Kind::Days, "", "").filled_by("nobody"),
            ColumnSpec::new("own", Kind::Count, "", ""),
        ],
        example: "",
    };
    const MAKER: TableSpec = TableSpec {
        name: "maker",
        row: "a customer",
        about: "",
        columns: &[ColumnSpec::new("customer_id", Kind::Text, "", ""), ColumnSpec::new("later", Kind::Score, "", "")],
        example: "",
    };

    #[test]
    fn the_same_ids_are_held_once() {
        let ids = |table: &Table| table.text("customer_id").unwrap().value_data().as_ptr();
        let mut tables = Tables::default();
        tables.insert(
            TableBuilder::new(&BASE).text("customer_id", vec!["a", "b"]).count("own", vec![7, 8]).build().unwrap(),
        );
        for (names, shared) in [(vec!["a", "b"], true), (vec!["ab", ""], false), (vec!["a", "c"], false)] {
            let maker =
                TableBuilder::new(&MAKER).text("customer_id", names).score("later", vec![1, 3]).build().unwrap();
            tables.insert(maker);
            let [base, maker] = ["base", "maker"].map(|name| ids(tables.get(name).unwrap()));
            assert_eq!(base == maker, shared);
            tables.remove("maker");
        }
        assert!(tables.get("maker").is_err());
    }

    #[test]
    fn later_columns_are_copied_by_customer() {
        let base = TableBuilder::new(&BASE).text("customer_id", vec!["a", "b", "c"]).count("own", vec![7, 8, 9]);
        let maker = TableBuilder::new(&MAKER).text("customer_id", vec!["a", "c"]).score("later", vec![1, 3]);
        let mut tables = Tables::default();
        tables.insert(base.build().unwrap());
        tables.insert(maker.build().unwrap());
        assert!(tables.get("base").unwrap().column("later").is_err(), "not before the end");
        fill_columns(&mut tables).unwrap();
        let base = tables.get("base").unwrap();
        assert_eq!(
            base.columns().iter().map(|(n, _)| n.as_str()).collect::<Vec<_>>(),
            ["customer_id", "later", "never", "own"]
        );
        let later = base.column("later").unwrap();
        assert_eq!((0..3).map(|row| later.number(row)).collect::<Vec<_>>(), [Some(1.0), None, Some(3.0)]);
        assert_eq!(base.column("never").unwrap().null_count(), 3);
    }
}
