//! A table as a Parquet file.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, StringArray};
use arrow::datatypes::Field;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::{ArrowColumnWriter, compute_leaves};
use parquet::basic::Compression;
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::metadata::SortingColumn;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedRowGroupWriter;
use parquet::schema::types::{ColumnDescPtr, ColumnPath};

use super::chunk::{EncodedChunk, encode_chunk};
use super::dictionary::Coded;
use super::error::SinkError;
use super::fields::{file_metadata, table_schema};
use super::key::{KEY, KeyChunks, key_properties};
use super::layout::{Layout, ROW_GROUP_ROWS, base_properties, compression, is_sorted, layout_of};
use crate::table::{Column, Table, format_money};

/// Largest amount of a money column, in ten-thousandths: 18 digits.
const LARGEST_MONEY: u64 = 999_999_999_999_999_999;

/// Bytes handed to the system at once.
const WRITE_BUFFER: usize = 1 << 18;

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenTable {
    /// Table name.
    pub name: &'static str,
    /// The file.
    pub path: PathBuf,
    /// Rows.
    pub rows: usize,
    /// Columns.
    pub columns: usize,
    /// Size of the file in bytes.
    pub bytes: u64,
}

/// Writes the tables of one run.
///
/// It can be shared by threads that write several tables at once. The bytes of a file depend on the table and the
/// run's pairs alone, not on what else was written.
#[derive(Debug)]
pub struct TableWriter {
    run: Vec<(String, String)>,
    keys: KeyChunks,
}

impl TableWriter {
    /// A writer that puts `run` into each file's metadata as it is, beside the table's name and the meaning of a row.
    /// The pair `currency`, when there is one, also goes into the metadata of every money column.
    pub fn new(run: Vec<(String, String)>) -> Self {
        Self { run, keys: KeyChunks::default() }
    }

    /// Writes a table to a Parquet file and waits until it is on the disk.
    ///
    /// # Errors
    /// When the file can't be made or written, when an amount is beyond a money column, or when the writer refuses
    /// the table, which is a bug.
    pub fn write(&self, table: &Table, path: &Path) -> Result<WrittenTable, SinkError> {
        let name = table.spec().name;
        check_money(table)?;
        let file = File::create(path).map_err(|source| SinkError::io("create", path, source))?;
        let buffer = BufWriter::with_capacity(WRITE_BUFFER, file);
        let buffer = self.encode(table, buffer).map_err(|source| SinkError::encode(name, path, source))?;
        let file = buffer.into_inner().map_err(|error| SinkError::io("write", path, error.into_error()))?;
        file.sync_all().map_err(|source| SinkError::io("write", path, source))?;
        let bytes = file.metadata().map_err(|source| SinkError::io("look at", path, source))?.len();
        let columns = table.columns().len();
        Ok(WrittenTable { name, path: path.to_owned(), rows: table.rows(), columns, bytes })
    }

    /// Encodes a whole table into `out`.
    fn encode<W: Write + Send>(&self, table: &Table, out: W) -> ParquetResult<W> {
        let schema = Arc::new(table_schema(table, &self.run));
        let plans = self.plans(table)?;
        let properties = writer_properties(table, &plans, &self.run);
        let writer = ArrowWriter::try_new(out, schema, Some(properties))?;
        let (mut file, columns) = writer.into_serialized_writer()?;
        for (index, from) in (0..table.rows()).step_by(ROW_GROUP_ROWS).enumerate() {
            let rows = ROW_GROUP_ROWS.min(table.rows() - from);
            let descriptors = file.schema_descr().columns().to_vec();
            let mut group = Group { table, plans: &plans, index, from, rows, file: file.next_row_group()? };
            for (at, writer) in columns.create_column_writers(index)?.into_iter().enumerate() {
                group.write_column(at, &descriptors[at], writer)?;
            }
            group.file.close()?;
        }
        file.into_inner()
    }

    /// How each column is written. The key's pages are shared, unless it may be empty or repeats few ids.
    fn plans(&self, table: &Table) -> ParquetResult<Vec<Plan>> {
        let mut plans = table.columns().iter().map(|(_, c)| Plan::Values(layout_of(c))).collect::<Vec<_>>();
        if let Some((at, ids)) = key_of(table)
            && let Plan::Values(Layout::Direct(encoding)) = plans[at]
            && table.spec().column(KEY).is_some_and(|spec| !spec.nullable)
        {
            plans[at] = Plan::Pages(self.keys.get(ids, encoding)?);
        }
        Ok(plans)
    }
}

/// Writes one table, see [`TableWriter`].
///
/// # Errors
/// As [`TableWriter::write`].
pub fn write_table(table: &Table, path: &Path, run: &[(String, String)]) -> Result<WrittenTable, SinkError> {
    TableWriter::new(run.to_vec()).write(table, path)
}

fn check_money(table: &Table) -> Result<(), SinkError> {
    for (name, column) in table.columns() {
        let Column::Money(amounts) = column else { continue };
        let ends = [arrow::compute::min(amounts), arrow::compute::max(amounts)];
        let beyond = |amount: &i64| amount.unsigned_abs() > LARGEST_MONEY;
        if let Some(amount) = ends.into_iter().flatten().find(beyond) {
            return Err(SinkError::MoneyOutOfRange {
                table: table.spec().name,
                column: name.clone(),
                amount: format_money(i128::from(amount)),
            });
        }
    }
    Ok(())
}

/// How a column of a table is written.
#[derive(Debug)]
enum Plan {
    /// From its values.
    Values(Layout),
    /// As pages that are there already.
    Pages(Arc<[EncodedChunk]>),
}

/// One row group being written.
struct Group<'a, 'f, W: Write> {
    table: &'a Table,
    plans: &'a [Plan],
    index: usize,
    from: usize,
    rows: usize,
    file: SerializedRowGroupWriter<'f, W>,
}

impl<W: Write + Send> Group<'_, '_, W> {
    fn write_column(&mut self, at: usize, descriptor: &ColumnDescPtr, writer: ArrowColumnWriter) -> ParquetResult<()> {
        let (_, column) = &self.table.columns()[at];
        let layout = match &self.plans[at] {
            Plan::Pages(chunks) => return self.append(&chunks[self.index]),
            Plan::Values(layout) => *layout,
        };
        match self.coded(column, layout)? {
            Some(coded) => self.append(&encode_chunk(descriptor, &coded)?),
            None => self.write_direct(column, descriptor, writer),
        }
    }

    fn append(&mut self, chunk: &EncodedChunk) -> ParquetResult<()> {
        self.file.append_column(chunk.pages.buffer(), chunk.close.clone())
    }

    /// The rows as codes, when the column is laid out so.
    fn coded<'c>(&self, column: &'c Column, layout: Layout) -> ParquetResult<Option<Coded<'c>>> {
        let (from, rows) = (self.from, self.rows);
        let coded = match (layout, column) {
            (Layout::Codes, Column::Category(words)) => Coded::from_words(&words.codes.slice(from, rows), &words.names),
            (Layout::Range { low, span }, Column::Score(array)) => {
                Coded::from_int32(&array.slice(from, rows), low, span)
            }
            (Layout::Range { low, span }, Column::Day(array)) => Coded::from_int32(&array.slice(from, rows), low, span),
            (Layout::Range { low, span }, Column::Count(array) | Column::Money(array)) => {
                Coded::from_int64(&array.slice(from, rows), low, span)
            }
            _ => return Ok(None),
        };
        coded.map(Some).ok_or_else(|| ParquetError::General("a category code has no name".to_owned()))
    }

    /// Leaves the encoding to the Parquet crate. Money goes in as the integers that it is stored as.
    fn write_direct(
        &mut self,
        column: &Column,
        descriptor: &ColumnDescPtr,
        mut writer: ArrowColumnWriter,
    ) -> ParquetResult<()> {
        let array: ArrayRef = match column {
            Column::Money(amounts) => Arc::new(amounts.slice(self.from, self.rows)),
            other => other.to_arrow()?.slice(self.from, self.rows),
        };
        let field = Field::new("", array.data_type().clone(), descriptor.max_def_level() > 0);
        for leaf in compute_leaves(&field, &array)? {
            writer.write(&leaf)?;
        }
        let mut chunk = writer.close()?;
        // stored pages say so themselves, and the column keeps the file's codec
        let metadata = chunk.close().metadata.clone().into_builder().set_compression(compression());
        chunk.close_mut().metadata = metadata.build()?;
        chunk.append_to_row_group(&mut self.file)
    }
}

fn writer_properties(table: &Table, plans: &[Plan], run: &[(String, String)]) -> WriterProperties {
    let mut properties = base_properties().set_key_value_metadata(Some(file_metadata(table.spec(), run)));
    for ((name, _), plan) in table.columns().iter().zip(plans) {
        let path = ColumnPath::from(name.as_str());
        properties = match plan {
            Plan::Values(Layout::Dictionary) => properties.set_column_dictionary_enabled(path, true),
            Plan::Values(Layout::Direct(encoding)) => properties.set_column_encoding(path, *encoding),
            Plan::Values(Layout::Stored(encoding)) => properties
                .set_column_encoding(path.clone(), *encoding)
                .set_column_compression(path, Compression::UNCOMPRESSED),
            Plan::Values(Layout::Codes | Layout::Range { .. }) | Plan::Pages(_) => properties,
        };
    }
    let Some((at, ids)) = key_of(table) else { return properties.build() };
    if is_sorted(ids) {
        let order = SortingColumn { column_idx: at as i32, descending: false, nulls_first: false };
        properties = properties.set_sorting_columns(Some(vec![order]));
    }
    key_properties(properties, table.rows()).build()
}

/// The column that a table is looked up by, when it has one.
fn key_of(table: &Table) -> Option<(usize, &StringArray)> {
    let at = table.columns().iter().position(|(name, _)| name == KEY)?;
    let Column::Text(ids) = &table.columns()[at].1 else { return None };
    Some((at, ids))
}
