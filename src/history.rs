//! What the last run before this one's day published, for analyses that compare with it.

use std::collections::BTreeMap;

use crate::table::Column;

/// Columns of an earlier run; empty on the first night.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// Day of that run, days since 1970-01-01.
    pub as_of: Option<i32>,
    /// Its columns, by table and name.
    pub columns: BTreeMap<(String, String), Column>,
}

impl History {
    /// A column of a table of the earlier run.
    pub fn column(&self, table: &str, column: &str) -> Option<&Column> {
        self.columns.get(&(table.to_owned(), column.to_owned()))
    }
}
