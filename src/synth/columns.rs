//! Rows to arrow columns: the schema of every table of the synthetic shop, in one place with [`super::tables`].

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array, RecordBatch, StringArray,
    TimestampMillisecondArray,
};
use arrow::error::ArrowError;

use super::calendar::text;
use super::error::SynthError;
use super::options::Format;

/// Builds one table's columns for one format.
pub(super) struct Columns {
    format: Format,
    table: &'static str,
    arrays: Vec<(&'static str, Result<ArrayRef, ArrowError>)>,
}

impl Columns {
    /// A table without columns.
    pub(super) fn new(table: &'static str, format: Format) -> Self {
        Self { format, table, arrays: Vec::new() }
    }

    fn push(mut self, name: &'static str, array: Result<ArrayRef, ArrowError>) -> Self {
        self.arrays.push((name, array));
        self
    }

    /// Text without nulls.
    pub(super) fn text<T: AsRef<str>>(self, name: &'static str, values: impl Iterator<Item = T>) -> Self {
        self.push(name, Ok(Arc::new(StringArray::from_iter_values(values))))
    }

    /// Text with nulls.
    pub(super) fn text_or_null<T: AsRef<str>>(
        self,
        name: &'static str,
        values: impl Iterator<Item = Option<T>>,
    ) -> Self {
        self.push(name, Ok(Arc::new(values.collect::<StringArray>())))
    }

    /// Whole numbers, null where there is none.
    pub(super) fn integers(self, name: &'static str, values: impl Iterator<Item = Option<i64>>) -> Self {
        self.push(name, Ok(Arc::new(values.collect::<Int64Array>())))
    }

    /// Other numbers, null where there is none.
    pub(super) fn numbers(self, name: &'static str, values: impl Iterator<Item = Option<f64>>) -> Self {
        self.push(name, Ok(Arc::new(values.collect::<Float64Array>())))
    }

    /// Yes and no.
    pub(super) fn flags(self, name: &'static str, values: impl Iterator<Item = bool>) -> Self {
        self.push(name, Ok(Arc::new(values.map(Some).collect::<BooleanArray>())))
    }

    /// Money given in cents: currency units as 64-bit floats in Parquet, with two decimals in CSV.
    pub(super) fn cents(self, name: &'static str, values: impl Iterator<Item = Option<i64>>) -> Self {
        self.scaled(name, values, 2)
    }

    /// Small costs given in hundredths of a cent.
    pub(super) fn hundredths_of_cents(self, name: &'static str, values: impl Iterator<Item = Option<i64>>) -> Self {
        self.scaled(name, values, 4)
    }

    fn scaled(self, name: &'static str, values: impl Iterator<Item = Option<i64>>, decimals: i8) -> Self {
        let array: Result<ArrayRef, ArrowError> = match self.format {
            Format::Parquet => {
                let unit = if decimals == 2 { 100.0 } else { 10_000.0 };
                let units = values.map(|value| value.map(|value| value as f64 / unit));
                Ok(Arc::new(units.collect::<Float64Array>()))
            }
            Format::Csv => {
                let exact = values.map(|value| value.map(i128::from)).collect::<Decimal128Array>();
                exact.with_precision_and_scale(18, decimals).map(|array| Arc::new(array) as ArrayRef)
            }
        };
        self.push(name, array)
    }

    /// Local times: timestamps without zone in Parquet, ISO text in CSV.
    pub(super) fn times(self, name: &'static str, values: impl Iterator<Item = Option<i64>>) -> Self {
        let array: ArrayRef = match self.format {
            Format::Parquet => {
                let millis = values.map(|value| value.map(|seconds| seconds * 1_000));
                Arc::new(millis.collect::<TimestampMillisecondArray>())
            }
            Format::Csv => Arc::new(values.map(|value| value.map(text)).collect::<StringArray>()),
        };
        self.push(name, Ok(array))
    }

    /// Dates, in days since 1970-01-01.
    pub(super) fn dates(self, name: &'static str, values: impl Iterator<Item = Option<i32>>) -> Self {
        self.push(name, Ok(Arc::new(values.collect::<Date32Array>())))
    }

    /// The finished batch; every column may hold nulls.
    pub(super) fn finish(self) -> Result<RecordBatch, SynthError> {
        let table = self.table;
        let columns = self.arrays.into_iter().map(|(name, array)| array.map(|array| (name, array, true)));
        columns
            .collect::<Result<Vec<_>, _>>()
            .and_then(RecordBatch::try_from_iter_with_nullable)
            .map_err(|source| SynthError::Columns { table, source })
    }
}
