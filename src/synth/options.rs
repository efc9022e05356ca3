//! What the caller chooses, and what the caller gets back.

use std::path::PathBuf;

use super::error::SynthError;

/// The file format of the seven tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// Parquet, zstd, typed columns.
    #[default]
    Parquet,
    /// Comma-separated UTF-8 text with a header, dates and times in ISO form, a decimal point.
    Csv,
}

impl Format {
    /// The file name extension.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Parquet => "parquet",
            Self::Csv => "csv",
        }
    }
}

/// How large and how dirty the shop is.
#[derive(Debug, Clone, PartialEq)]
pub struct SynthOptions {
    /// People in the customer base, prospects included.
    pub customers: u64,
    /// The folder to write into; made if missing.
    pub out: PathBuf,
    /// The seed; with the other options it decides every byte.
    pub seed: u64,
    /// The file format.
    pub format: Format,
    /// Multiplies every rate of [`DirtRates`](super::DirtRates); 0 writes a clean export, refunds included in "clean" (none).
    pub dirt: f64,
    /// Strength of the seasonal month indices: 1 as planted, 0 a year without seasons.
    pub seasonality: f64,
    /// Share of people with a second record under another id; 0 by default.
    pub duplicate_people: f64,
}

/// The most customers the id scheme has room for.
const MOST_CUSTOMERS: u64 = 99_999_999;

impl SynthOptions {
    /// A shop of so many customers in a folder, everything else at its default.
    #[must_use]
    pub fn new(customers: u64, out: impl Into<PathBuf>) -> Self {
        Self {
            customers,
            out: out.into(),
            seed: 1,
            format: Format::default(),
            dirt: 1.0,
            seasonality: 1.0,
            duplicate_people: 0.0,
        }
    }

    /// Refuses what the generator cannot do.
    ///
    /// # Errors
    /// [`SynthError::Option`] names the option, its value and the legal range.
    pub fn check(&self) -> Result<(), SynthError> {
        let customers = (1..=MOST_CUSTOMERS).contains(&self.customers);
        require(customers, "customers", &self.customers, "between 1 and 99999999")?;
        require((0.0..=10.0).contains(&self.dirt), "dirt", &self.dirt, "between 0 and 10")?;
        let seasonality = (0.0..=2.0).contains(&self.seasonality);
        require(seasonality, "seasonality", &self.seasonality, "between 0 and 2")?;
        let duplicates = (0.0..=0.5).contains(&self.duplicate_people);
        require(duplicates, "duplicate_people", &self.duplicate_people, "between 0 and 0.5")
    }
}

fn require(holds: bool, name: &'static str, value: &impl ToString, legal: &'static str) -> Result<(), SynthError> {
    if holds {
        return Ok(());
    }
    Err(SynthError::Option { name, value: value.to_string(), legal })
}

/// One file that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenFile {
    /// The table it belongs to.
    pub table: &'static str,
    /// Its path, inside the folder asked for.
    pub path: PathBuf,
    /// Rows, without the header.
    pub rows: u64,
    /// Size in bytes.
    pub bytes: u64,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SynthReport {
    /// Every data file, in the order of the tables; `truth.json` and `pipeline.toml` have no rows.
    pub files: Vec<WrittenFile>,
    /// People with at least one purchase.
    pub buyers: u64,
    /// Genuine orders.
    pub orders: u64,
    /// Genuine order lines.
    pub order_lines: u64,
    /// Money of the genuine lines, in cents.
    pub amount_cents: i64,
    /// Rows of the transactions that a clean export would not have.
    pub dirty_rows: u64,
}
