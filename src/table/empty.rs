//! Columns of empty cells, which share their memory.

use std::sync::Arc;

use arrow::array::{BooleanArray, Date32Array, Float64Array, Int32Array, Int64Array, StringArray};
use arrow::buffer::{Buffer, MutableBuffer, NullBuffer, ScalarBuffer};
use arrow::datatypes::ArrowNativeType;

use super::column::{Categories, Column, day_lists};
use super::contract::Kind;

/// Makes the columns of a table that hold nothing.
#[derive(Debug, Clone)]
pub struct EmptyCells {
    rows: usize,
    zeros: Buffer,
    nulls: NullBuffer,
}

impl EmptyCells {
    /// For tables of so many rows.
    pub fn new(rows: usize) -> Self {
        let zeros = MutableBuffer::from_len_zeroed(rows * size_of::<i64>()).into();
        Self { rows, zeros, nulls: NullBuffer::new_null(rows) }
    }

    /// A column of a kind.
    pub fn column(&self, kind: Kind) -> Column {
        let nulls = Some(self.nulls.clone());
        match kind {
            Kind::Text => Column::Text(StringArray::new_null(self.rows)),
            Kind::Category => {
                let codes = Int32Array::new(self.values(), nulls);
                Column::Category(Categories { codes, names: Arc::from([]) })
            }
            Kind::Count => Column::Count(Int64Array::new(self.values(), nulls)),
            Kind::Score => Column::Score(Int32Array::new(self.values(), nulls)),
            Kind::Real => Column::Real(Float64Array::new(self.values(), nulls)),
            Kind::Money => Column::Money(Int64Array::new(self.values(), nulls)),
            Kind::Day => Column::Day(Date32Array::new(self.values(), nulls)),
            Kind::Flag => Column::Flag(BooleanArray::new_null(self.rows)),
            Kind::Days => Column::Days(day_lists(std::iter::repeat_n(None::<&[i32]>, self.rows))),
        }
    }

    fn values<T: ArrowNativeType>(&self) -> ScalarBuffer<T> {
        ScalarBuffer::new(self.zeros.clone(), 0, self.rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_empty_cells() {
        let kinds = [
            Kind::Text,
            Kind::Category,
            Kind::Count,
            Kind::Score,
            Kind::Real,
            Kind::Money,
            Kind::Day,
            Kind::Flag,
            Kind::Days,
        ];
        let cells = EmptyCells::new(3);
        for kind in kinds {
            let column = cells.column(kind);
            assert_eq!((column.kind(), column.len(), column.null_count()), (kind, 3, 3));
        }
    }
}
