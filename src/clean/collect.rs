//! All sources, read and cleaned.

use std::path::PathBuf;

use jiff::tz::TimeZone;
use polars::prelude::*;

use crate::source::{ColumnMap, Head, InputFile, SourceError, batches, physical_lines};

use super::attributes::{AttributeReader, Attributes};
use super::counts::SourceCounts;
use super::dates::{Clock, readings};
use super::error::CleanError;
use super::ids::{IdSpace, Interner};
use super::ledger::Ledger;
use super::options::CleanOptions;
use super::products::Products;
use super::reject::{Reason, Rejected};
use super::transactions::{Refused, TransactionCleaner, needs_extras};
use super::values::is_whole;

/// The files of a source with what is known of them.
#[derive(Debug, Clone)]
pub struct SourceFiles {
    /// Input table.
    pub table: &'static str,
    /// Files with their heads, sorted by path.
    pub files: Vec<(InputFile, Head)>,
    /// Which columns to read.
    pub columns: ColumnMap,
    /// Decimal mark of text amounts.
    pub decimal: u8,
    /// strftime notation of text dates.
    pub date_format: Option<String>,
    /// Zone of timestamps without an offset.
    pub timezone: Option<TimeZone>,
}

impl SourceFiles {
    /// Whether the mapped columns give money.
    pub fn has_money(&self) -> bool {
        let columns = &self.columns;
        columns.has("amount") || (columns.has("quantity") && columns.has("unit_price"))
    }
}

/// What the whole of the cleaning goes by.
#[derive(Debug)]
pub struct CleanSettings<'a> {
    /// The `[clean]` section.
    pub options: &'a CleanOptions,
    /// Last day observed; without one, the day of the newest accepted transaction.
    pub as_of: Option<i32>,
    /// Business time zone.
    pub timezone: Option<TimeZone>,
    /// Where temporary files may go.
    pub scratch: PathBuf,
}

/// Told how far reading is: table, rows so far.
pub type Progress<'a> = dyn Fn(&str, u64) + Sync + 'a;

/// Rows read of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRows {
    /// Input table.
    pub source: &'static str,
    /// File as messages name it.
    pub file: String,
    /// Rows, without the header.
    pub rows: u64,
}

/// What reading finds besides the accepted rows.
#[derive(Debug, Default)]
struct Intake {
    rejected: Vec<Rejected>,
    files: Vec<FileRows>,
}

/// The accepted content of all sources.
#[derive(Debug)]
pub struct Cleaned {
    /// Accepted transaction lines.
    pub ledger: Ledger,
    /// How customers are keyed.
    pub customers: IdSpace,
    /// Channels by number.
    pub channels: Interner,
    /// Product categories by number.
    pub categories: Interner,
    /// Known customers.
    pub attributes: Attributes,
    /// Balance per source.
    pub counts: Vec<SourceCounts>,
    /// Refused rows.
    pub rejected: Vec<Rejected>,
    /// Rows read by file.
    pub files: Vec<FileRows>,
    /// Day of the newest accepted transaction.
    pub newest_day: Option<i32>,
    /// The newest day before that with an accepted transaction.
    pub day_before_newest: Option<i32>,
    /// Whether the transactions carry money.
    pub has_money: bool,
    /// Whether any transaction has a time of day.
    pub has_time_of_day: bool,
    /// Whether margins can be known: a cost or margin column, or product costs.
    pub has_margin: bool,
    /// The `[clean]` section.
    pub options: CleanOptions,
}

impl Cleaned {
    /// Lets go of everything that is large: lines, attributes and ids. Counts, refused rows and settings stay.
    pub fn release(&mut self) {
        self.ledger.clear();
        self.attributes = Attributes::default();
        self.customers = IdSpace::Whole;
    }
}

/// Reads and cleans all sources. `transactions` is needed; the others may be absent.
///
/// # Errors
/// When a source can't be read, breaks its contract, or holds no row.
pub fn clean(
    transactions: &SourceFiles,
    customers: Option<&SourceFiles>,
    products: Option<&SourceFiles>,
    settings: &CleanSettings<'_>,
    progress: &Progress<'_>,
) -> Result<Cleaned, CleanError> {
    let mut intake = Intake::default();
    let mut counts = Vec::new();
    let assortment = read_products(products, &mut counts, &mut intake)?;
    let space = id_space(transactions, customers);
    let mut cleaner = transaction_cleaner(transactions, &assortment, settings, space);
    read_transactions(transactions, &mut cleaner, &mut intake, progress)?;
    let TransactionCleaner { customers: mut space, ledger, channels, categories, counts: own, .. } = cleaner;
    counts.insert(0, own);
    let attributes = read_customers(customers, &mut space, &mut counts, &mut intake, progress)?;
    let columns = &transactions.columns;
    let has_extras = ledger.has_extras();
    Ok(Cleaned {
        ledger,
        customers: space,
        channels,
        categories,
        attributes,
        counts,
        rejected: intake.rejected,
        files: intake.files,
        newest_day: cleaner.newest_day,
        day_before_newest: cleaner.day_before_newest,
        has_money: transactions.has_money(),
        has_time_of_day: cleaner.has_time_of_day,
        has_margin: (has_extras && !settings.options.category_margins.is_empty())
            || columns.has("cost")
            || columns.has("margin")
            || (columns.has("product_id") && products.is_some_and(|p| p.columns.has("cost"))),
        options: settings.options.clone(),
    })
}

fn transaction_cleaner<'a>(
    source: &SourceFiles,
    products: &'a Products,
    settings: &CleanSettings<'a>,
    customers: IdSpace,
) -> TransactionCleaner<'a> {
    let clock = Clock {
        source: source.timezone.clone().filter(|zone| Some(zone) != settings.timezone.as_ref()),
        business: settings.timezone.clone(),
        format: source.date_format.clone(),
    };
    TransactionCleaner {
        options: settings.options,
        clock,
        decimal: source.decimal,
        as_of: settings.as_of,
        orders_are_whole: all_whole(source, "transaction_id") && all_whole(source, "original_transaction_id"),
        products,
        customers,
        ledger: Ledger::new(needs_extras(&source.columns, settings.options), settings.scratch.clone()),
        channels: Interner::default(),
        categories: Interner::default(),
        counts: SourceCounts { has_money: source.has_money(), ..SourceCounts::new(source.table) },
        newest_day: None,
        day_before_newest: None,
        has_time_of_day: false,
    }
}

/// Whether a column is of whole numbers in every file that has it.
fn all_whole(source: &SourceFiles, standard: &str) -> bool {
    let column = source.columns.in_file(standard);
    source.files.iter().all(|(_, head)| head.data_type(column).is_none_or(is_whole))
}

fn id_space(transactions: &SourceFiles, customers: Option<&SourceFiles>) -> IdSpace {
    let whole = all_whole(transactions, "customer_id") && customers.is_none_or(|c| all_whole(c, "customer_id"));
    if whole { IdSpace::Whole } else { IdSpace::Text(Interner::default()) }
}

fn read_transactions(
    source: &SourceFiles,
    cleaner: &mut TransactionCleaner<'_>,
    intake: &mut Intake,
    progress: &Progress<'_>,
) -> Result<(), CleanError> {
    each_batch(source, intake, |batch, file, row| {
        let refused = cleaner.take(&batch, file, &source.columns, row)?;
        if row == 0 {
            check_notation(source, file, &batch, &refused)?;
        }
        progress(source.table, cleaner.counts.read.rows);
        Ok(refused)
    })?;
    some_rows(source, &cleaner.counts)
}

/// A source without any row is an export that went wrong.
fn some_rows(source: &SourceFiles, counts: &SourceCounts) -> Result<(), CleanError> {
    if counts.read.rows > 0 {
        return Ok(());
    }
    let files = source.files.iter().map(|(f, _)| f.shown.as_str()).collect::<Vec<_>>().join(", ");
    Err(SourceError::NoRows { table: source.table.to_owned(), files }.into())
}

/// A first batch whose dates mostly can't be read means a notation that has to be declared.
fn check_notation(
    source: &SourceFiles,
    file: &InputFile,
    batch: &DataFrame,
    refused: &[Refused],
) -> Result<(), CleanError> {
    let bad = refused.iter().filter(|r| r.reason == Reason::UnreadableTimestamp);
    let (Some(first), count) = (bad.clone().next(), bad.count()) else { return Ok(()) };
    if count * 2 < batch.height() {
        return Ok(());
    }
    let line = physical_lines(file, &[first.row])?.first().copied().unwrap_or_default();
    let possible = readings(&first.value);
    let shown = possible.iter().map(|(notation, date)| format!("{date} ({notation})")).collect::<Vec<_>>();
    let readings = match shown.as_slice() {
        [] => String::new(),
        [one] => format!("; it reads as {one}"),
        several => format!("; it reads as {}", several.join(" or ")),
    };
    Err(CleanError::DateNotation {
        table: source.table.to_owned(),
        file: file.shown.clone(),
        line,
        column: first.column.clone(),
        value: first.value.clone(),
        readings,
        example: possible.first().map_or("%d.%m.%Y", |(notation, _)| notation).to_owned(),
    })
}

fn read_products(
    source: Option<&SourceFiles>,
    counts: &mut Vec<SourceCounts>,
    intake: &mut Intake,
) -> Result<Products, CleanError> {
    let mut products = Products::default();
    let Some(source) = source else { return Ok(products) };
    let mut own = SourceCounts::new(source.table);
    each_batch(source, intake, |batch, file, row| {
        products.take(&batch, file, &source.columns, row, source.decimal, &mut own)
    })?;
    some_rows(source, &own)?;
    counts.push(own);
    Ok(products)
}

fn read_customers(
    source: Option<&SourceFiles>,
    space: &mut IdSpace,
    counts: &mut Vec<SourceCounts>,
    intake: &mut Intake,
    progress: &Progress<'_>,
) -> Result<Attributes, CleanError> {
    let Some(source) = source else { return Ok(Attributes::default()) };
    let mut own = SourceCounts::new(source.table);
    let mut reader = AttributeReader::default();
    each_batch(source, intake, |batch, file, row| {
        let refused = reader.take(batch, file, &source.columns, row, space, &mut own)?;
        progress(source.table, own.read.rows);
        Ok(refused)
    })?;
    some_rows(source, &own)?;
    let shown = source.files.first().map(|(f, _)| f.shown.clone()).unwrap_or_default();
    let attributes = reader.finish(space, &mut own);
    let attributes = attributes
        .map_err(|e| SourceError::unreadable(&shown, e, "do the files of this source have the same columns?"))?;
    counts.push(own);
    Ok(attributes)
}

/// Feeds the batches of each file of a source to `take`, with the file and the number of the batch's first row, and
/// gives the refused rows their physical lines.
fn each_batch(
    source: &SourceFiles,
    intake: &mut Intake,
    mut take: impl FnMut(DataFrame, &InputFile, u64) -> Result<Vec<Refused>, CleanError>,
) -> Result<(), CleanError> {
    for (file, head) in &source.files {
        let header = head.names().map(str::to_owned).collect::<Vec<_>>();
        let mut row = 0;
        let mut refused = Vec::new();
        batches(source.table, file, &header, &source.columns, |batch| -> Result<(), CleanError> {
            let height = batch.height() as u64;
            refused.extend(take(batch, file, row)?);
            row += height;
            Ok(())
        })?;
        intake.files.push(FileRows { source: source.table, file: file.shown.clone(), rows: row });
        let rows = refused.iter().map(|r| r.row).collect::<Vec<_>>();
        let lines = if rows.is_empty() { Vec::new() } else { physical_lines(file, &rows)? };
        intake.rejected.extend(refused.into_iter().zip(lines).map(|(refused, line)| Rejected {
            source: source.table,
            file: file.shown.clone(),
            line,
            column: refused.column,
            value: refused.value,
            reason: refused.reason,
        }));
    }
    Ok(())
}
