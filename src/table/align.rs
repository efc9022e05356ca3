//! Matching the rows of one customer table to those of another.

use arrow::array::{Array, Int64Array, StringArray};

use super::column::Column;
use super::table_set::{Table, TableError};

/// A column of a customer table with one row per row of another, `all`, which knows every customer; empty where the
/// first has none.
///
/// # Errors
/// When there is no such column, or a table has no ids.
pub fn beside(all: &Table, some: &Table, column: &str) -> Result<Column, TableError> {
    let values = some.column(column)?;
    if all.rows() == some.rows() {
        return Ok(values.clone());
    }
    Ok(values.take(&align(all.text("customer_id")?, some.text("customer_id")?)))
}

/// For each id of `all`, its row in `some`, or null. Both are sorted by id and hold no id twice.
pub fn align(all: &StringArray, some: &StringArray) -> Int64Array {
    // tables of the same customers mostly share one array of ids
    let is_one = all.offsets().ptr_eq(some.offsets()) && all.values().ptr_eq(some.values());
    if is_one && all.len() == some.len() {
        return (0..all.len() as i64).collect::<Vec<_>>().into();
    }
    let mut next = 0;
    let rows = (0..all.len()).map(|row| {
        let id = all.value(row);
        while next < some.len() && some.value(next) < id {
            next += 1;
        }
        (next < some.len() && some.value(next) == id).then_some(next as i64)
    });
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_rows_are_null() {
        let all = StringArray::from(vec!["a", "b", "c", "d"]);
        let some = StringArray::from(vec!["b", "d"]);
        assert_eq!(align(&all, &some), Int64Array::from(vec![None, Some(0), None, Some(1)]));
        assert_eq!(align(&all, &StringArray::from(Vec::<&str>::new())).null_count(), 4);
        assert_eq!(align(&all, &all.clone()), Int64Array::from(vec![0, 1, 2, 3]));
        assert_eq!(align(&all, &all.slice(0, 2)), Int64Array::from(vec![Some(0), Some(1), None, None]));
    }
}
