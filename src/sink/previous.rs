//! An earlier run read again, for what a customer was before.

use std::fs::File;
use std::path::{Path, PathBuf};

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::concat;
use arrow::datatypes::{DataType, Date32Type, Decimal128Type, Float64Type, Int32Type, Int64Type};
use arrow::error::ArrowError;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::error::SinkError;
use super::folders::{published_days, run_folder};
use crate::table::{Categories, Column, MONEY_SCALE};

/// Rows read at once.
const BATCH_ROWS: usize = 1 << 16;

/// The folder of the newest run of a day before `as_of`; `None` when there is none, or no output folder yet.
pub fn previous_run(out: &Path, as_of: &str) -> Option<PathBuf> {
    let days = published_days(out).ok()?;
    let before = days.iter().rev().find(|day| day.as_str() < as_of)?;
    Some(run_folder(out, before))
}

/// Columns of a published table by name, in the order of `names`: `None` for a column that the file doesn't have or
/// holds as something that no version published. No file at all gives `None` for each.
///
/// # Errors
/// When the file is there and can't be opened or is no Parquet file.
pub fn read_columns(path: &Path, names: &[&str]) -> Result<Vec<Option<Column>>, SinkError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(vec![None; names.len()]),
        Err(source) => return Err(SinkError::io("open", path, source)),
    };
    let batches = read_batches(file, names).map_err(|source| SinkError::Decode { path: path.to_owned(), source })?;
    let columns = names.iter().map(|name| column_of(&batches, name)).collect::<Result<_, _>>();
    columns.map_err(|source| SinkError::Decode { path: path.to_owned(), source })
}

/// The named columns, those of them that the file has; at least one batch, so that the columns of an empty table are
/// found too.
fn read_batches(file: File, names: &[&str]) -> Result<Vec<RecordBatch>, ArrowError> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(file)?;
    let mask = ProjectionMask::columns(builder.parquet_schema(), names.iter().copied());
    let reader = builder.with_projection(mask).with_batch_size(BATCH_ROWS).build()?;
    let schema = arrow::array::RecordBatchReader::schema(&reader);
    let mut batches = vec![RecordBatch::new_empty(schema)];
    for batch in reader {
        batches.push(batch?);
    }
    Ok(batches)
}

fn column_of(batches: &[RecordBatch], name: &str) -> Result<Option<Column>, ArrowError> {
    let Some(parts) = batches.iter().map(|batch| batch.column_by_name(name)).collect::<Option<Vec<_>>>() else {
        return Ok(None);
    };
    let parts = parts.into_iter().map(AsRef::as_ref).collect::<Vec<&dyn Array>>();
    Ok(from_arrow(&concat(&parts)?))
}

/// The reverse of [`Column::to_arrow`].
fn from_arrow(array: &ArrayRef) -> Option<Column> {
    Some(match array.data_type() {
        DataType::Utf8 => Column::Text(array.as_string::<i32>().clone()),
        DataType::Dictionary(key, value) if **key == DataType::Int32 && **value == DataType::Utf8 => {
            let words = array.as_dictionary::<Int32Type>();
            let names = words.values().as_string::<i32>().iter().map(|name| name.unwrap_or_default().to_owned());
            Column::Category(Categories { codes: words.keys().clone(), names: names.collect() })
        }
        DataType::Int64 => Column::Count(array.as_primitive::<Int64Type>().clone()),
        DataType::Int32 => Column::Score(array.as_primitive::<Int32Type>().clone()),
        DataType::Float64 => Column::Real(array.as_primitive::<Float64Type>().clone()),
        DataType::Decimal128(_, scale) if *scale == MONEY_SCALE => {
            let amounts = array.as_primitive::<Decimal128Type>();
            Column::Money(amounts.unary_opt(|amount| i64::try_from(amount).ok()))
        }
        DataType::Date32 => Column::Day(array.as_primitive::<Date32Type>().clone()),
        DataType::Boolean => Column::Flag(array.as_boolean().clone()),
        _ => return None,
    })
}
