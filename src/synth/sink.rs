//! Files written as their rows come.

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use arrow::csv;
use arrow::datatypes::Schema;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use super::error::SynthError;
use super::options::{Format, WrittenFile};

/// Rows of a Parquet row group.
const ROW_GROUP_ROWS: usize = 131_072;
/// Level of the zstd compression.
const ZSTD_LEVEL: i32 = 1;

enum Writer {
    Parquet(Box<ArrowWriter<File>>),
    Csv(Box<csv::Writer<BufWriter<File>>>),
}

/// One file that grows batch by batch.
pub(super) struct Sink {
    table: &'static str,
    path: PathBuf,
    writer: Writer,
    rows: u64,
}

impl Sink {
    /// Makes the file and the folders above it.
    pub(super) fn create(
        out: &Path,
        (table, stem): (&'static str, &str),
        schema: &Schema,
        format: Format,
    ) -> Result<Self, SynthError> {
        let path = out.join(format!("{stem}.{}", format.extension()));
        let failed = |source| SynthError::Write { path: path.clone(), source };
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        let file = File::create(&path).map_err(failed)?;
        let writer = match format {
            Format::Parquet => Writer::Parquet(Box::new(parquet_writer(file, schema, &path)?)),
            Format::Csv => Writer::Csv(Box::new(csv::Writer::new(BufWriter::with_capacity(1 << 18, file)))),
        };
        Ok(Self { table, path, writer, rows: 0 })
    }

    /// Appends a batch.
    pub(super) fn write(&mut self, batch: &RecordBatch) -> Result<(), SynthError> {
        self.rows += batch.num_rows() as u64;
        match &mut self.writer {
            Writer::Parquet(writer) => {
                writer.write(batch).map_err(|source| SynthError::Parquet { path: self.path.clone(), source })
            }
            Writer::Csv(writer) => {
                writer.write(batch).map_err(|source| SynthError::Columns { table: self.table, source })
            }
        }
    }

    /// Finishes the file.
    pub(super) fn finish(self) -> Result<WrittenFile, SynthError> {
        let Self { table, path, writer, rows } = self;
        let failed = |source| SynthError::Write { path: path.clone(), source };
        match writer {
            Writer::Parquet(writer) => {
                writer.close().map_err(|source| SynthError::Parquet { path: path.clone(), source })?;
            }
            Writer::Csv(writer) => {
                writer.into_inner().into_inner().map_err(|error| failed(error.into_error()))?;
            }
        }
        let bytes = fs::metadata(&path).map_err(failed)?.len();
        Ok(WrittenFile { table, path, rows, bytes })
    }
}

fn parquet_writer(file: File, schema: &Schema, path: &Path) -> Result<ArrowWriter<File>, SynthError> {
    let failed = |source| SynthError::Parquet { path: path.to_owned(), source };
    let level = ZstdLevel::try_new(ZSTD_LEVEL).map_err(failed)?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(level))
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .build();
    ArrowWriter::try_new(file, schema.clone().into(), Some(properties)).map_err(failed)
}

/// Writes a small file that has no rows.
pub(super) fn write_text(out: &Path, name: &str, text: &str) -> Result<(), SynthError> {
    let path = out.join(name);
    fs::write(&path, text).map_err(|source| SynthError::Write { path, source })
}
