//! Matching the rows of one customer table to those of another.

use arrow::array::{Array, Int64Array, StringArray};

/// For each id of `all`, its row in `some`, or null. Both are sorted by id and hold no id twice.
pub fn align(all: &StringArray, some: &StringArray) -> Int64Array {
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
    }
}
