//! Tables as analyses hand them on: columns checked against their contract when they are built.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{Array, Date32Array, Float64Array, Int32Array, Int64Array, ListArray, StringArray};

use super::column::{Categories, Column};
use super::contract::{Kind, TableSpec};
use super::empty::EmptyCells;

/// A table that doesn't keep its contract, or a column that isn't there: a bug in an analysis, never in the data.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TableError {
    /// A column that the contract doesn't declare.
    #[error("table `{table}`: column `{column}` is not in its contract")]
    Undeclared {
        /// Table name.
        table: &'static str,
        /// Column name.
        column: String,
    },
    /// A declared column that was not given.
    #[error("table `{table}`: column `{column}` is missing")]
    Missing {
        /// Table name.
        table: &'static str,
        /// Column name.
        column: String,
    },
    /// Another kind than declared.
    #[error("table `{table}`: column `{column}` is {found:?}, the contract says {declared:?}")]
    WrongKind {
        /// Table name.
        table: &'static str,
        /// Column name.
        column: String,
        /// Kind of the given column.
        found: Kind,
        /// Kind declared.
        declared: Kind,
    },
    /// Another number of rows than the table's other columns.
    #[error("table `{table}`: column `{column}` has {found} rows, the table {expected}")]
    WrongLength {
        /// Table name.
        table: &'static str,
        /// Column name.
        column: String,
        /// Rows of the column.
        found: usize,
        /// Rows of the table.
        expected: usize,
    },
    /// Empty cells where the contract allows none.
    #[error("table `{table}`: column `{column}` has {count} empty cells, the contract allows none")]
    UnexpectedNull {
        /// Table name.
        table: &'static str,
        /// Column name.
        column: String,
        /// How many.
        count: usize,
    },
    /// A real number that is NaN or infinite.
    #[error("table `{table}`: column `{column}` holds a value that is not finite")]
    NotFinite {
        /// Table name.
        table: &'static str,
        /// Column name.
        column: String,
    },
    /// A table that no earlier analysis made.
    #[error("no table `{table}` was made before it was read")]
    NoTable {
        /// Table name.
        table: String,
    },
}

/// A finished table.
#[derive(Debug, Clone)]
pub struct Table {
    spec: &'static TableSpec,
    rows: usize,
    columns: Vec<(String, Column)>,
}

/// Collects the columns of a table in any order and checks them against the contract.
#[derive(Debug)]
pub struct TableBuilder {
    spec: &'static TableSpec,
    columns: Vec<(String, Column)>,
}

impl TableBuilder {
    /// An empty table of a contract.
    pub fn new(spec: &'static TableSpec) -> Self {
        Self { spec, columns: Vec::new() }
    }

    /// Adds a column.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, column: Column) -> Self {
        self.columns.push((name.into(), column));
        self
    }

    /// Adds a text column.
    #[must_use]
    pub fn text(self, name: &str, values: impl Into<StringArray>) -> Self {
        self.with(name, Column::Text(values.into()))
    }

    /// Adds a column of lists of days.
    #[must_use]
    pub fn day_lists(self, name: &str, values: ListArray) -> Self {
        self.with(name, Column::Days(values))
    }

    /// Adds a column of whole numbers.
    #[must_use]
    pub fn count(self, name: &str, values: impl Into<Int64Array>) -> Self {
        self.with(name, Column::Count(values.into()))
    }

    /// Adds a column of scores or labels.
    #[must_use]
    pub fn score(self, name: &str, values: impl Into<Int32Array>) -> Self {
        self.with(name, Column::Score(values.into()))
    }

    /// Adds a column of real numbers.
    #[must_use]
    pub fn real(self, name: &str, values: impl Into<Float64Array>) -> Self {
        self.with(name, Column::Real(values.into()))
    }

    /// Adds a column of money in ten-thousandths.
    #[must_use]
    pub fn money(self, name: &str, values: impl Into<Int64Array>) -> Self {
        self.with(name, Column::Money(values.into()))
    }

    /// Adds a column of days since 1970-01-01.
    #[must_use]
    pub fn day(self, name: &str, values: impl Into<Date32Array>) -> Self {
        self.with(name, Column::Day(values.into()))
    }

    /// Adds a column of few distinct words.
    #[must_use]
    pub fn category(self, name: &str, values: Categories) -> Self {
        self.with(name, Column::Category(values))
    }

    /// Adds a declared column that holds nothing.
    #[must_use]
    pub fn empty(self, name: &str, cells: &EmptyCells) -> Self {
        let kind = self.spec.column(name).map_or(Kind::Text, |declared| declared.kind);
        self.with(name, cells.column(kind))
    }

    /// The table, its columns in the order of the contract (those under one pattern as they were added).
    ///
    /// # Errors
    /// When the columns don't keep the contract.
    pub fn build(self) -> Result<Table, TableError> {
        let spec = self.spec;
        let rows = self.columns.first().map_or(0, |(_, c)| c.len());
        let mut ranked = Vec::with_capacity(self.columns.len());
        for (name, mut column) in self.columns {
            check_column(spec, &name, &column, rows)?;
            column.shrink_to_fit();
            let declared = spec.column(&name).map(|c| c.name);
            let rank = spec.columns.iter().position(|c| Some(c.name) == declared).unwrap_or(usize::MAX);
            ranked.push((rank, name, column));
        }
        let needed = |c: &&super::ColumnSpec| c.expansion == super::Expansion::One && c.filled_by.is_none();
        for declared in spec.columns.iter().filter(needed) {
            if !ranked.iter().any(|(_, name, _)| name == declared.name) {
                return Err(TableError::Missing { table: spec.name, column: declared.name.to_owned() });
            }
        }
        ranked.sort_by_key(|(rank, _, _)| *rank);
        Ok(Table { spec, rows, columns: ranked.into_iter().map(|(_, n, c)| (n, c)).collect() })
    }
}

/// A declared name that stands for columns of any kind.
const ANY_NAME: &str = "{name}";

fn check_column(spec: &'static TableSpec, name: &str, column: &Column, rows: usize) -> Result<(), TableError> {
    let table = spec.name;
    let declared = spec.column(name).ok_or_else(|| TableError::Undeclared { table, column: name.to_owned() })?;
    let column_name = name.to_owned();
    let any_kind = declared.name == ANY_NAME;
    if column.kind() != declared.kind && !any_kind {
        return Err(TableError::WrongKind {
            table,
            column: column_name,
            found: column.kind(),
            declared: declared.kind,
        });
    }
    if column.len() != rows {
        return Err(TableError::WrongLength { table, column: column_name, found: column.len(), expected: rows });
    }
    if !declared.nullable && column.null_count() > 0 {
        return Err(TableError::UnexpectedNull { table, column: column_name, count: column.null_count() });
    }
    if !column.is_finite() {
        return Err(TableError::NotFinite { table, column: column_name });
    }
    Ok(())
}

impl Table {
    /// The contract.
    pub fn spec(&self) -> &'static TableSpec {
        self.spec
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Columns in published order.
    pub fn columns(&self) -> &[(String, Column)] {
        &self.columns
    }

    /// A column by name.
    ///
    /// # Errors
    /// When the table has no such column.
    pub fn column(&self, name: &str) -> Result<&Column, TableError> {
        let found = self.columns.iter().find(|(n, _)| n == name).map(|(_, c)| c);
        found.ok_or_else(|| TableError::Missing { table: self.spec.name, column: name.to_owned() })
    }

    /// The table with further columns.
    ///
    /// # Errors
    /// When the columns don't keep the contract.
    pub fn with(&self, columns: impl IntoIterator<Item = (String, Column)>) -> Result<Self, TableError> {
        let columns = self.columns.iter().cloned().chain(columns).collect();
        TableBuilder { spec: self.spec, columns }.build()
    }

    fn wrong_kind(&self, name: &str, found: Kind, declared: Kind) -> TableError {
        TableError::WrongKind { table: self.spec.name, column: name.to_owned(), found, declared }
    }

    /// A text column.
    ///
    /// # Errors
    /// When it is not there or not text.
    pub fn text(&self, name: &str) -> Result<&StringArray, TableError> {
        match self.column(name)? {
            Column::Text(array) => Ok(array),
            other => Err(self.wrong_kind(name, other.kind(), Kind::Text)),
        }
    }

    /// A column of whole numbers or of money in ten-thousandths.
    ///
    /// # Errors
    /// When it is not there or holds something else.
    pub fn integers(&self, name: &str) -> Result<&Int64Array, TableError> {
        match self.column(name)? {
            Column::Count(array) | Column::Money(array) => Ok(array),
            other => Err(self.wrong_kind(name, other.kind(), Kind::Count)),
        }
    }

    /// A column of real numbers.
    ///
    /// # Errors
    /// When it is not there or holds something else.
    pub fn reals(&self, name: &str) -> Result<&Float64Array, TableError> {
        match self.column(name)? {
            Column::Real(array) => Ok(array),
            other => Err(self.wrong_kind(name, other.kind(), Kind::Real)),
        }
    }

    /// A column of days.
    ///
    /// # Errors
    /// When it is not there or holds something else.
    pub fn days(&self, name: &str) -> Result<&Date32Array, TableError> {
        match self.column(name)? {
            Column::Day(array) => Ok(array),
            other => Err(self.wrong_kind(name, other.kind(), Kind::Day)),
        }
    }

    /// A column of lists of days.
    ///
    /// # Errors
    /// When it is not there or holds something else.
    pub fn day_lists(&self, name: &str) -> Result<&ListArray, TableError> {
        match self.column(name)? {
            Column::Days(array) => Ok(array),
            other => Err(self.wrong_kind(name, other.kind(), Kind::Days)),
        }
    }

    /// A column of words.
    ///
    /// # Errors
    /// When it is not there or holds something else.
    pub fn categories(&self, name: &str) -> Result<&Categories, TableError> {
        match self.column(name)? {
            Column::Category(categories) => Ok(categories),
            other => Err(self.wrong_kind(name, other.kind(), Kind::Category)),
        }
    }
}

/// The column of ids that customer tables have.
const CUSTOMER_ID: &str = "customer_id";

/// The tables made so far, by name.
#[derive(Debug, Clone, Default)]
pub struct Tables(BTreeMap<&'static str, Arc<Table>>);

impl Tables {
    /// Adds a table. Ids that a table before has too, all in the same order, are held once.
    pub fn insert(&mut self, mut table: Table) {
        if let Some((_, Column::Text(own))) = table.columns.iter_mut().find(|(name, _)| name == CUSTOMER_ID) {
            let ids = self.0.values().filter_map(|other| other.text(CUSTOMER_ID).ok());
            let same = |ids: &&StringArray| ids.offsets() == own.offsets() && ids.value_data() == own.value_data();
            if let Some(ids) = ids.filter(|ids| ids.null_count() == 0 && own.null_count() == 0).find(same) {
                *own = ids.clone();
            }
        }
        self.0.insert(table.spec.name, Arc::new(table));
    }

    /// Lets go of a table.
    pub fn remove(&mut self, name: &str) {
        self.0.remove(name);
    }

    /// A table by name.
    ///
    /// # Errors
    /// When it was not made.
    pub fn get(&self, name: &str) -> Result<&Arc<Table>, TableError> {
        self.0.get(name).ok_or_else(|| TableError::NoTable { table: name.to_owned() })
    }

    /// All tables, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Table>> {
        self.0.values()
    }
}
