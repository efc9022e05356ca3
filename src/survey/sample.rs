//! What is known of a file before anything is guessed: its form, and the first rows of every column.

/// A file and the rows that were looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct FileSample {
    /// Path as it is to stand in the pipeline file.
    pub path: String,
    /// How the file is written.
    pub format: SampleFormat,
    /// Its columns, in their order.
    pub columns: Vec<SampleColumn>,
    /// Rows that were looked at; every column has as many cells.
    pub rows_seen: usize,
    /// Whether these are all rows of the file.
    pub is_whole: bool,
}

/// How a file is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SampleFormat {
    /// CSV, TSV and the like.
    DelimitedText {
        /// The encoding, unless it is UTF-8.
        encoding: Option<EncodingGuess>,
        /// What stands between the fields.
        delimiter: char,
        /// The line that names the columns, from 1; 0 when none does.
        header_row: usize,
    },
    /// Parquet.
    Parquet,
    /// One JSON object a line.
    JsonLines,
    /// One JSON array.
    Json,
    /// Arrow IPC.
    ArrowIpc,
    /// A sheet of a workbook.
    Workbook {
        /// The sheet that was looked at.
        sheet: String,
        /// The other visible sheets.
        other_sheets: Vec<String>,
        /// The row that names the columns, from 1; 0 when none does.
        header_row: usize,
    },
}

/// An encoding other than UTF-8, and what speaks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncodingGuess {
    /// Its label, such as `windows-1252`.
    pub label: String,
    /// What speaks for it.
    pub evidence: String,
}

/// A column of a sample.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleColumn {
    /// Name in the file.
    pub name: String,
    /// What the file says about its type.
    pub kind: SampleKind,
    /// The cells as text, dates of a typed column in ISO 8601; `None` where empty.
    pub cells: Vec<Option<String>>,
}

/// The type that a file gives to a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SampleKind {
    /// Text, or a file that has no types.
    Text,
    /// Whole numbers.
    Whole,
    /// Numbers with decimals.
    Real,
    /// Dates.
    Day,
    /// Dates with time of day.
    Instant,
    /// Yes or no.
    Flag,
}

impl FileSample {
    /// The file's name without folders and endings.
    pub(super) fn stem(&self) -> &str {
        let file = self.path.rsplit(['/', '\\']).next().unwrap_or(&self.path);
        file.split_once('.').map_or(file, |(stem, _)| stem)
    }

    /// The rows looked at, as a phrase.
    pub(super) fn rows_phrase(&self) -> String {
        let rows = super::text::counted(self.rows_seen, "row");
        if self.is_whole { rows } else { format!("the first {rows}") }
    }
}

impl SampleColumn {
    /// The cells that hold something.
    pub(super) fn filled(&self) -> impl Iterator<Item = &str> {
        self.cells.iter().flatten().map(String::as_str).filter(|text| !text.trim().is_empty())
    }
}
