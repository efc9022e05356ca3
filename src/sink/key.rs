//! The encoded ids of a run, shared by its tables.
//!
//! Nearly every table of a run has the same `customer_id` column, and to encode it with its bloom filter costs more
//! than five other columns. It is encoded once: the pages depend on the ids alone, so each file is what it would have
//! been on its own.

use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::{Array, ArrayRef, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::compute_leaves;
use parquet::basic::Encoding;
use parquet::errors::Result;
use parquet::file::properties::{WriterProperties, WriterPropertiesBuilder};
use parquet::schema::types::ColumnPath;

use super::chunk::{EncodedChunk, carrier};
use super::layout::{ROW_GROUP_ROWS, base_properties};

/// The column that tables are sorted and looked up by.
pub(super) const KEY: &str = "customer_id";

/// Share of absent ids that the bloom filter lets through: just above the step at which a full row group's filter
/// would double to half a megabyte.
const FALSE_POSITIVES: f64 = 0.03;

/// Bytes before the first page of a Parquet file.
const MAGIC: usize = 4;

/// Column chunks by the ids that they hold.
#[derive(Debug, Default)]
pub(super) struct KeyChunks(Mutex<Vec<(StringArray, Arc<[EncodedChunk]>)>>);

impl KeyChunks {
    /// The chunks of a column of ids, one per row group: those made before for the same array, or made now.
    pub(super) fn get(&self, ids: &StringArray, encoding: Encoding) -> Result<Arc<[EncodedChunk]>> {
        // tables written at once wait here for the first of them, then share what it made
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, chunks)) = known.iter().find(|(other, _)| is_same(other, ids)) {
            return Ok(chunks.clone());
        }
        let properties = key_properties(base_properties(), ids.len());
        let properties = properties.set_column_encoding(ColumnPath::from(KEY), encoding).build();
        let starts = (0..ids.len()).step_by(ROW_GROUP_ROWS);
        let chunks = starts.map(|from| encode(ids.slice(from, ROW_GROUP_ROWS.min(ids.len() - from)), &properties));
        let chunks = chunks.collect::<Result<Arc<[EncodedChunk]>>>()?;
        known.push((ids.clone(), chunks.clone()));
        Ok(chunks)
    }
}

/// Whether two arrays are one in memory.
fn is_same(one: &StringArray, other: &StringArray) -> bool {
    one.len() == other.len() && one.offsets().ptr_eq(other.offsets()) && one.values().ptr_eq(other.values())
}

/// Adds the bloom filter of the key.
pub(super) fn key_properties(properties: WriterPropertiesBuilder, rows: usize) -> WriterPropertiesBuilder {
    let path = ColumnPath::from(KEY);
    properties
        .set_column_bloom_filter_enabled(path.clone(), true)
        .set_column_bloom_filter_fpp(path.clone(), FALSE_POSITIVES)
        .set_column_bloom_filter_max_ndv(path, rows.clamp(1, ROW_GROUP_ROWS) as u64)
}

/// The pages of one chunk. The writer gives finished pages only to a file, so they go through one in memory.
fn encode(ids: StringArray, properties: &WriterProperties) -> Result<EncodedChunk> {
    let field = Field::new(KEY, DataType::Utf8, false);
    let schema = Arc::new(Schema::new(vec![field.clone()]));
    let writer = ArrowWriter::try_new(Vec::new(), schema, Some(properties.clone()))?;
    let (mut file, columns) = writer.into_serialized_writer()?;
    let mut group = file.next_row_group()?;
    let array: ArrayRef = Arc::new(ids);
    let mut close = None;
    for mut column in columns.create_column_writers(0)? {
        for leaf in compute_leaves(&field, &array)? {
            column.write(&leaf)?;
        }
        let chunk = column.close()?;
        close = Some(chunk.close().clone());
        chunk.append_to_row_group(&mut group)?;
    }
    group.close()?;
    file.flush()?;
    let close = close.ok_or_else(|| parquet::errors::ParquetError::General("a schema of no column".to_owned()))?;
    let bytes = close.metadata.compressed_size() as usize;
    Ok(EncodedChunk { pages: carrier(file.inner()[MAGIC..MAGIC + bytes].to_vec()), close })
}
