//! All sources, read and cleaned.

use std::path::PathBuf;

use jiff::tz::TimeZone;

use crate::source::{Batch, Malformed, SourceError, batches};
use crate::table::Money;

use super::attributes::{AttributeReader, Attributes, KeySpace};
use super::carry::Carry;
use super::counts::SourceCounts;
use super::dates::Clock;
use super::error::CleanError;
use super::events::{EventReader, Events};
use super::exchange::Exchange;
use super::feedback::Feedback;
use super::identity::{Customers, Identity, KnownPersons, resolve_persons};
use super::ids::{IdSpace, Interner};
use super::interactions::Interactions;
use super::ledger::Ledger;
use super::notation::FileNotation;
use super::occurrences::Occurrences;
use super::options::{CleanOptions, FoldIds, LargestAmount, LargestAmountWord, Outliers};
use super::outreach::Outreach;
use super::products::Products;
use super::reject::{Reason, Rejected};
use super::rules::LineRules;
use super::source_files::SourceFiles;
use super::spellings::Spellings;
use super::transactions::{TransactionCleaner, needs_extras};
use super::usual::{Amounts, LimitOrigin};
use super::values::is_whole;
use super::view::{FileView, Refused};

/// The sources of a run; transactions or customers must be there.
#[derive(Debug, Clone, Copy)]
pub struct Sources<'a> {
    /// Order lines; no file when there is no such source.
    pub transactions: &'a SourceFiles,
    /// Known people.
    pub customers: Option<&'a SourceFiles>,
    /// The assortment.
    pub products: Option<&'a SourceFiles>,
    /// Interactions, feedback, campaigns and contacts.
    pub events: &'a [&'a SourceFiles],
}

/// What the whole of the cleaning goes by.
#[expect(missing_debug_implementations, reason = "it holds a function")]
pub struct CleanSettings<'a> {
    /// The `[clean]` section.
    pub options: &'a CleanOptions,
    /// Last day observed; without one, the day of the newest accepted transaction.
    pub as_of: Option<i32>,
    /// Business time zone.
    pub timezone: Option<TimeZone>,
    /// Currency that money is counted in, or empty.
    pub currency: &'a str,
    /// Folder of the pipeline file.
    pub base: PathBuf,
    /// Where temporary files may go.
    pub scratch: PathBuf,
    /// What the run before knew of persons.
    pub known: &'a KnownPersons<'a>,
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
    /// Its column of customer ids.
    pub id_column: String,
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
    /// Stores by number.
    pub stores: Interner,
    /// Products by number.
    pub products: Products,
    /// What passed between the business and its customers.
    pub interactions: Interactions,
    /// What customers said.
    pub feedback: Feedback,
    /// Campaigns and who was in them.
    pub outreach: Outreach,
    /// The customers as persons, when they are.
    pub identity: Option<Identity>,
    /// Balance per source.
    pub counts: Vec<SourceCounts>,
    /// Refused rows.
    pub rejected: Vec<Rejected>,
    /// Rows read by file.
    pub files: Vec<FileRows>,
    /// Day of the newest accepted transaction; without a transactions source, of the newest event.
    pub newest_day: Option<i32>,
    /// The newest day before that with an accepted transaction.
    pub day_before_newest: Option<i32>,
    /// Whether there is a transactions source.
    pub has_transactions: bool,
    /// Whether the transactions carry money.
    pub has_money: bool,
    /// Whether any transaction has a time of day.
    pub has_time_of_day: bool,
    /// Whether the lines tell what was taken off.
    pub has_discounts: bool,
    /// Whether margins can be known: a cost or margin column, or product costs.
    pub has_margin: bool,
    /// The `[clean]` section.
    pub options: CleanOptions,
}

impl Cleaned {
    /// Lets go of everything that is large: lines, attributes and ids. Counts, refused rows and settings stay.
    pub fn release(&mut self) {
        self.release_all_but_contacts();
        self.interactions = Interactions::default();
        self.outreach = Outreach::default();
        self.customers = IdSpace::Whole;
    }

    /// Lets go of the lines of transactions.
    pub fn release_lines(&mut self) {
        self.ledger.clear();
    }

    /// Lets go of everything that is large but what passed between the business and its customers.
    pub fn release_all_but_contacts(&mut self) {
        self.release_lines();
        self.attributes = Attributes::default();
        self.feedback = Feedback::default();
        self.products = Products::default();
    }
}

/// Reads and cleans all sources.
///
/// # Errors
/// When a source can't be read, breaks its contract, or holds no row.
pub fn clean(
    sources: &Sources<'_>,
    settings: &CleanSettings<'_>,
    progress: &Progress<'_>,
) -> Result<Cleaned, CleanError> {
    let Sources { transactions, customers, products, events } = *sources;
    let mut intake = Intake::default();
    let mut counts = Vec::new();
    let assortment = read_products(products, &mut counts, &mut intake)?;
    let cleaner = cleaned_transactions(sources, assortment, settings, &mut intake, progress)?;
    let TransactionCleaner {
        customers: mut space,
        mut spellings,
        mut ledger,
        channels,
        categories,
        stores,
        products: assortment,
        counts: mut own,
        ..
    } = cleaner;
    let rules = LineRules::new(settings.options);
    let mut keys = KeySpace { space: &mut space, spellings: &mut spellings, rules: &rules };
    let attributes =
        read_customers(customers, settings.options.identity.is_some(), &mut keys, &mut counts, &mut intake, progress)?;
    let as_of = settings.as_of.or(cleaner.newest_day);
    let events = read_events(events, settings, as_of, &mut keys, &mut counts, &mut intake, progress)?;
    let newest_day = cleaner.newest_day.or_else(|| events.newest_day());
    let as_of = as_of.or(newest_day);
    let (mut interactions, mut feedback, mut outreach) = events.finish();
    own.folded_ids = spellings.folded();
    if !transactions.files.is_empty() {
        counts.insert(0, own);
    }
    let mut attributes = attributes.finish(&space, &mut counts).map_err(|e| {
        let shown = customers.and_then(|c| c.files.first()).map(|f| f.file.shown.clone()).unwrap_or_default();
        SourceError::unreadable(&shown, e, "do the files of this source have the same columns?")
    })?;
    attributes.columns.iter_mut().for_each(|(_, column)| column.shrink_to_fit());
    let mut space = spellings.shown(space);
    let mut identity = None;
    if let (Some(options), Some(day)) = (&settings.options.identity, as_of) {
        let customers = Customers {
            space: &mut space,
            ledger: &mut ledger,
            attributes: &mut attributes,
            interactions: &mut interactions,
            feedback: &mut feedback,
            outreach: &mut outreach,
        };
        let told = |step: &str, count: u64| progress(step, count);
        identity = Some(resolve_persons(customers, options, settings.known, day, &told)?);
    }
    let columns = &transactions.columns;
    let has_extras = ledger.has_extras();
    Ok(Cleaned {
        ledger,
        customers: space,
        channels,
        categories,
        stores,
        products: assortment,
        attributes,
        interactions,
        feedback,
        outreach,
        identity,
        counts,
        rejected: intake.rejected,
        files: intake.files,
        newest_day,
        day_before_newest: cleaner.day_before_newest,
        has_transactions: !transactions.files.is_empty(),
        has_money: transactions.has_money(),
        has_time_of_day: cleaner.has_time_of_day,
        has_discounts: columns.has("discount"),
        has_margin: (has_extras && !settings.options.category_margins.is_empty())
            || columns.has("cost")
            || columns.has("margin")
            || (columns.has("product_id") && products.is_some_and(|p| p.columns.has("cost"))),
        options: settings.options.clone(),
    })
}

/// Interactions, feedback, campaigns and contacts; rows after `as_of` are out of window.
fn read_events(
    sources: &[&SourceFiles],
    settings: &CleanSettings<'_>,
    as_of: Option<i32>,
    keys: &mut KeySpace<'_>,
    counts: &mut Vec<SourceCounts>,
    intake: &mut Intake,
    progress: &Progress<'_>,
) -> Result<Events, CleanError> {
    let mut events = Events::default();
    for source in sources {
        let mut reader = EventReader::new(source, settings, as_of, &mut events);
        let mut own = SourceCounts::new(source.table);
        each_batch(source, intake, &mut own, |batch, view, own| {
            let refused = reader.take(&batch, view, keys, own)?;
            progress(source.table, own.read.rows);
            Ok(refused)
        })?;
        some_rows(source, &own)?;
        counts.push(own);
    }
    Ok(events)
}

fn transaction_cleaner<'a>(
    source: &SourceFiles,
    products: Products,
    settings: &CleanSettings<'a>,
    customers: IdSpace,
) -> Result<TransactionCleaner<'a>, CleanError> {
    Ok(TransactionCleaner {
        options: settings.options,
        rules: LineRules::new(settings.options),
        exchange: Exchange::new(settings.options, settings.currency, &settings.base)?,
        carry: Carry::default(),
        occurrences: Occurrences::default(),
        clock: clock(source, settings),
        as_of: settings.as_of,
        orders_are_whole: all_whole(source, "transaction_id") && all_whole(source, "original_transaction_id"),
        products,
        customers,
        spellings: Spellings::new(settings.options.fold_ids),
        ledger: Ledger::new(needs_extras(&source.columns, settings.options), settings.scratch.clone()),
        channels: Interner::default(),
        categories: Interner::default(),
        stores: Interner::default(),
        counts: SourceCounts {
            has_money: source.has_money(),
            counted_in_utc: settings.timezone.is_none() && source.notations.iter().any(|n| n.has_offsets),
            ..SourceCounts::new(source.table)
        },
        newest_day: None,
        day_before_newest: None,
        has_time_of_day: false,
        limit: None,
        amounts: Amounts::default(),
        only_measures: false,
    })
}

/// How the timestamps of a source become business time.
pub(super) fn clock(source: &SourceFiles, settings: &CleanSettings<'_>) -> Clock {
    Clock {
        source: source.timezone.clone().filter(|zone| Some(zone) != settings.timezone.as_ref()),
        business: settings.timezone.clone(),
        is_sheet: false,
    }
}

/// Whether a column is of whole numbers in every file that has it.
fn all_whole(source: &SourceFiles, standard: &str) -> bool {
    source.files.iter().all(|file| file.head.data_type(file.columns.in_file(standard)).is_none_or(is_whole))
}

fn id_space(sources: &Sources<'_>, options: &CleanOptions) -> IdSpace {
    let others = sources.customers.into_iter().chain(sources.events.iter().copied());
    let whole = all_whole(sources.transactions, "customer_id") && others.clone().all(|c| all_whole(c, "customer_id"));
    if whole && options.fold_ids == FoldIds::No { IdSpace::Whole } else { IdSpace::Text(Interner::default()) }
}

/// Reads the transactions. A limit that is derived from their amounts and that amounts are cut down to takes a reading
/// of its own before.
fn cleaned_transactions<'a>(
    sources: &Sources<'_>,
    products: Products,
    settings: &CleanSettings<'a>,
    intake: &mut Intake,
    progress: &Progress<'_>,
) -> Result<TransactionCleaner<'a>, CleanError> {
    let (source, options) = (sources.transactions, settings.options);
    let new_cleaner = |products| transaction_cleaner(source, products, settings, id_space(sources, options));
    let (origin, given) = match options.largest_amount {
        None => (LimitOrigin::Unset, None),
        Some(LargestAmount::Given(most)) => {
            (LimitOrigin::Given, Some(Money::from_f64(most).map_or(i64::MAX, |most| most.0)))
        }
        Some(LargestAmount::Word(LargestAmountWord::Auto)) => (LimitOrigin::Auto, None),
    };
    let mut derived = None;
    if origin == LimitOrigin::Auto && options.outliers == Outliers::Cap {
        let mut measuring = TransactionCleaner { only_measures: true, ..new_cleaner(Products::default())? };
        read_transactions(source, &mut measuring, &mut Intake::default(), progress)?;
        derived = measuring.amounts.limit();
    }
    let limit = given.or(derived.map(|limit| limit.largest));
    let mut cleaner = TransactionCleaner { limit, ..new_cleaner(products)? };
    read_transactions(source, &mut cleaner, intake, progress)?;
    if limit.is_none() {
        derived = cleaner.amounts.limit();
        cleaner.counts.outliers = derived.map(|limit| cleaner.amounts.beyond(limit)).unwrap_or_default();
    }
    cleaner.counts.limit_origin = origin;
    cleaner.counts.usual_limit = derived;
    Ok(cleaner)
}

fn read_transactions(
    source: &SourceFiles,
    cleaner: &mut TransactionCleaner<'_>,
    intake: &mut Intake,
    progress: &Progress<'_>,
) -> Result<(), CleanError> {
    let mut own = std::mem::take(&mut cleaner.counts);
    each_batch(source, intake, &mut own, |batch, view, own| {
        std::mem::swap(&mut cleaner.counts, own);
        let refused = cleaner.take(batch, view);
        std::mem::swap(&mut cleaner.counts, own);
        progress(source.table, own.read.rows);
        refused
    })?;
    cleaner.counts = own;
    some_rows(source, &cleaner.counts)
}

/// A source without any row is an export that went wrong.
fn some_rows(source: &SourceFiles, counts: &SourceCounts) -> Result<(), CleanError> {
    if counts.read.rows > 0 || source.files.is_empty() {
        return Ok(());
    }
    let files = source.files.iter().map(|f| f.file.shown.as_str()).collect::<Vec<_>>().join(", ");
    Err(SourceError::NoRows { table: source.table.to_owned(), files }.into())
}

fn read_products(
    source: Option<&SourceFiles>,
    counts: &mut Vec<SourceCounts>,
    intake: &mut Intake,
) -> Result<Products, CleanError> {
    let mut products = Products::default();
    let Some(source) = source else { return Ok(products) };
    let mut own = SourceCounts::new(source.table);
    each_batch(source, intake, &mut own, |batch, view, own| products.take(&batch, view, own))?;
    some_rows(source, &own)?;
    counts.push(own);
    Ok(products)
}

fn read_customers(
    source: Option<&SourceFiles>,
    with_file: bool,
    keys: &mut KeySpace<'_>,
    counts: &mut Vec<SourceCounts>,
    intake: &mut Intake,
    progress: &Progress<'_>,
) -> Result<AttributeReader, CleanError> {
    let mut reader = AttributeReader::new(source, with_file);
    let Some(source) = source else { return Ok(reader) };
    let mut own = SourceCounts::new(source.table);
    each_batch(source, intake, &mut own, |batch, view, own| {
        let refused = reader.take(batch, view, keys, own)?;
        progress(source.table, own.read.rows);
        Ok(refused)
    })?;
    some_rows(source, &own)?;
    counts.push(own);
    Ok(reader)
}

/// Feeds the batches of each file of a source to `take`, and puts the rows that are not of the table's shape and those
/// that `take` refuses into the intake.
fn each_batch(
    source: &SourceFiles,
    intake: &mut Intake,
    counts: &mut SourceCounts,
    mut take: impl FnMut(Batch, &FileView<'_>, &mut SourceCounts) -> Result<Vec<Refused>, CleanError>,
) -> Result<(), CleanError> {
    let no_notation = FileNotation::default();
    for (number, file) in source.files.iter().enumerate() {
        let notation = source.notations.get(number).unwrap_or(&no_notation);
        let view = FileView { table: source.table, source: file, number, notation, repairs: &source.repairs };
        let mut rows = 0;
        batches(source.table, file, |mut batch| -> Result<(), CleanError> {
            rows += (batch.frame.height() + batch.malformed.len()) as u64;
            let reject = |line, column, value, reason| Rejected {
                source: source.table,
                file: file.file.shown.clone(),
                line,
                column,
                value,
                reason,
            };
            for row in std::mem::take(&mut batch.malformed) {
                let reason = match row.fault {
                    Malformed::Ragged { .. } => Reason::RaggedRow,
                    Malformed::Nul => Reason::NulCharacter,
                    Malformed::NotAnObject => Reason::NotAnObject,
                };
                let column = match row.fault {
                    Malformed::Ragged { found, expected } => format!("{found} fields, expected {expected}"),
                    Malformed::Nul | Malformed::NotAnObject => String::new(),
                };
                counts.read.add(0);
                counts.refuse(reason, 0);
                intake.rejected.push(reject(row.line, column, row.text, reason));
            }
            let refused = take(batch, &view, counts)?;
            intake.rejected.extend(refused.into_iter().map(|r| reject(r.line, r.column, r.value, r.reason)));
            Ok(())
        })?;
        let id_column = file.columns.in_file("customer_id").to_owned();
        intake.files.push(FileRows { source: source.table, file: file.file.shown.clone(), id_column, rows });
    }
    Ok(())
}
