//! Transaction rows to ledger lines: every row is accepted, set aside as out of window, or refused.

use polars::prelude::*;

use crate::source::{self, ColumnMap, SourceError};
use crate::table::Money;

use super::carry::Carry;
use super::counts::SourceCounts;
use super::dates::{Clock, DAY_MINUTES};
use super::error::CleanError;
use super::exchange::Exchange;
use super::ids::{IdSpace, Interner, hash_text};
use super::ledger::{Extra, Ledger, Line, NO_MARGIN};
use super::occurrences::Occurrences;
use super::options::{CleanOptions, Duplicates, Outliers};
use super::products::Products;
use super::reject::Reason;
use super::rules::LineRules;
use super::spellings::Spellings;
use super::usual::Amounts;
use super::values::{Ids, Parsed, minutes, shown};
use super::view::{FileView, Refused, series};

/// Settings and state of cleaning the transactions.
#[derive(Debug)]
pub(super) struct TransactionCleaner<'a> {
    pub(super) options: &'a CleanOptions,
    pub(super) rules: LineRules,
    pub(super) exchange: Exchange,
    pub(super) carry: Carry,
    pub(super) occurrences: Occurrences,
    pub(super) clock: Clock,
    pub(super) as_of: Option<i32>,
    pub(super) orders_are_whole: bool,
    pub(super) products: Products,
    pub(super) customers: IdSpace,
    pub(super) spellings: Spellings,
    pub(super) ledger: Ledger,
    pub(super) channels: Interner,
    pub(super) categories: Interner,
    pub(super) stores: Interner,
    pub(super) counts: SourceCounts,
    pub(super) newest_day: Option<i32>,
    pub(super) day_before_newest: Option<i32>,
    pub(super) has_time_of_day: bool,
    /// Largest amount that is no outlier, when it is known before the rows.
    pub(super) limit: Option<i64>,
    /// Accepted amounts, when it isn't.
    pub(super) amounts: Amounts,
    /// Whether accepted rows are looked at for their amounts only.
    pub(super) only_measures: bool,
}

/// Whether lines need more than customer, order, time and amount.
pub(super) fn needs_extras(columns: &ColumnMap, options: &CleanOptions) -> bool {
    let extra = ["original_transaction_id", "product_id", "category", "channel", "store", "discount", "cost", "margin"];
    options.duplicates != Duplicates::Keep || columns.has("refunded") || extra.iter().any(|name| columns.has(name))
}

/// The typed columns of one batch.
pub(super) struct Batch {
    /// Key of the customer; of no meaning in a refused row.
    customers: Vec<u64>,
    pub(super) minutes: Vec<i32>,
    pub(super) amounts: Vec<i64>,
    orders: Option<Ids>,
    order_keys: Vec<Option<u64>>,
    originals: Option<Ids>,
    products: Option<Ids>,
    channels: Option<Ids>,
    categories: Option<Ids>,
    stores: Option<Ids>,
    discounts: Option<Parsed<i64>>,
    quantities: Option<Vec<i64>>,
    pub(super) costs: Option<Parsed<i64>>,
    pub(super) margins: Option<Parsed<i64>>,
    pub(super) refunds: Option<Parsed<i64>>,
    pub(super) refused: Vec<Option<(&'static str, Reason)>>,
}

impl TransactionCleaner<'_> {
    /// Takes a batch of a file.
    pub(super) fn take(&mut self, batch: source::Batch, view: &FileView<'_>) -> Result<Vec<Refused>, CleanError> {
        let unfit = |e| SourceError::unreadable(&view.source.file.shown, e, "are these columns of text?");
        let source::Batch { frame, lines, malformed: _ } = batch;
        let frame = self.carry.apply(frame, self.options).map_err(unfit)?;
        let mut typed = self.type_columns(&frame, view)?;
        self.check_cancellations(&mut typed);
        self.keep_apart(&mut typed, &frame);
        self.exchange_money(&mut typed, &frame, &lines, view)?;
        let mut refused = Vec::new();
        for row in 0..frame.height() {
            let refund = typed.refund(row);
            let amount = typed.amounts[row].saturating_sub(refund);
            self.counts.read.add(amount);
            let verdict = if typed.refused.is_empty() { None } else { typed.refused[row] };
            if let Some((column, reason)) = verdict {
                self.counts.refuse(reason, amount);
                let value = frame.column(column).map(|c| shown(c.as_materialized_series(), row)).unwrap_or_default();
                let column = view.origin(column).column.to_owned();
                refused.push(Refused { line: lines.of(row), column, value, reason });
                continue;
            }
            let day = typed.minutes[row].div_euclid(DAY_MINUTES);
            if self.as_of.is_some_and(|as_of| day > as_of) {
                self.counts.out_of_window.add(amount);
                self.counts.newest_out_of_window = self.counts.newest_out_of_window.max(Some(day));
                continue;
            }
            self.note_day(day);
            self.accept(&typed, row, view.number)?;
        }
        Ok(refused)
    }

    #[inline]
    fn accept(&mut self, batch: &Batch, row: usize, file: usize) -> Result<(), CleanError> {
        let (minute, written) = (batch.minutes[row], batch.amounts[row]);
        self.counts.before_1970 += u64::from(minute < 0);
        let amount = self.within_limit(written);
        if self.only_measures {
            return Ok(());
        }
        let refund = batch.refund(row);
        self.counts.accepted.add(amount.saturating_sub(refund));
        self.has_time_of_day = self.has_time_of_day || minute.rem_euclid(DAY_MINUTES) != 0;
        let order = batch.order_keys.get(row).copied().flatten();
        let customer = batch.customers[row];
        let line = Line { customer, order: order.unwrap_or_default(), amount, minute, has_order: order.is_some() };
        let extra = self.ledger.has_extras().then(|| self.extra(batch, row, &line, file));
        self.ledger.push(line, extra)?;
        if refund != 0 {
            let extra = extra.unwrap_or_default();
            let identity = hash_text(&format!("refund of {}", extra.identity));
            let back = Extra { original: line.order, margin: NO_MARGIN, identity, ..extra };
            self.ledger.push(Line { amount: -refund, ..line }, Some(back))?;
            self.counts.refunds_on_orders += 1;
        }
        Ok(())
    }

    /// An amount, cut down to the largest that is allowed when outliers are.
    fn within_limit(&mut self, amount: i64) -> i64 {
        let Some(limit) = self.limit else {
            self.amounts.add(amount);
            return amount;
        };
        if amount.unsigned_abs() <= limit.unsigned_abs() {
            return amount;
        }
        self.counts.outliers.add(amount);
        if self.options.outliers == Outliers::Flag {
            return amount;
        }
        let kept = limit * amount.signum();
        self.counts.cut += i128::from(amount - kept);
        kept
    }

    /// Keeps the two newest distinct days.
    fn note_day(&mut self, day: i32) {
        let day = Some(day);
        if day > self.newest_day {
            self.day_before_newest = self.newest_day;
            self.newest_day = day;
        } else if day < self.newest_day && day > self.day_before_newest {
            self.day_before_newest = day;
        }
    }

    fn order_key(&self, orders: &Ids, row: usize) -> Option<u64> {
        match orders {
            Ids::Whole(values) => values.get(row).map(|v| self.order_key_of_whole(v)),
            Ids::Text(values) => values.get(row).map(str::trim).filter(|t| !t.is_empty()).map(hash_text),
        }
    }

    fn order_key_of_whole(&self, value: i64) -> u64 {
        if self.orders_are_whole { value.cast_unsigned() } else { hash_text(&value.to_string()) }
    }

    fn order_keys(&self, orders: &Ids) -> Vec<Option<u64>> {
        match orders.whole() {
            Some(values) => values.iter().map(|v| Some(self.order_key_of_whole(*v))).collect(),
            None => (0..orders.len()).map(|row| self.order_key(orders, row)).collect(),
        }
    }

    fn customer_keys(&mut self, customers: &Ids) -> Vec<u64> {
        if let (Ids::Text(texts), IdSpace::Text(interner)) = (customers, &mut self.customers)
            && self.spellings.folds()
        {
            let texts = texts.iter().map(|text| text.filter(|t| !t.trim().is_empty()));
            return texts.map(|text| text.map_or(0, |t| self.spellings.key(t, interner))).collect();
        }
        match (customers, customers.whole()) {
            (_, Some(values)) => values.iter().map(|v| self.customers.key_of_whole(*v)).collect(),
            (Ids::Whole(values), None) => {
                values.iter().map(|v| v.map_or(0, |v| self.customers.key_of_whole(v))).collect()
            }
            (Ids::Text(values), _) => {
                let texts = values.iter().map(|text| text.map(str::trim).filter(|t| !t.is_empty()));
                texts.map(|text| text.and_then(|t| self.customers.key_of_text(t)).unwrap_or_default()).collect()
            }
        }
    }

    fn extra(&mut self, batch: &Batch, row: usize, line: &Line, file: usize) -> Extra {
        let product = batch.products.as_ref().and_then(|p| text_of(p, row)).map(|id| self.products.number(&id));
        let category = batch.categories.as_ref().and_then(|c| text_of(c, row)).map(|c| self.categories.intern(&c));
        let category = category.or_else(|| {
            let name = product.and_then(|p| self.products.category(p))?;
            Some(self.categories.intern(name))
        });
        let channel = batch.channels.as_ref().and_then(|c| text_of(c, row)).map(|c| self.channels.intern(&c));
        let store = batch.stores.as_ref().and_then(|c| text_of(c, row)).map(|c| self.stores.intern(&c));
        let original = batch.originals.as_ref().and_then(|o| self.order_key(o, row)).unwrap_or_default();
        let quantity = batch.quantities.as_ref().map(|q| q[row]);
        let product_cost = product.and_then(|p| self.products.cost(p)).and_then(|cost| {
            let sign = line.amount.signum();
            let pieces = quantity.map_or(10_000 * sign, |q| if q.signum() == sign { q } else { -q });
            Money::product(pieces, cost).map(|m| m.0)
        });
        let cost = batch.costs.as_ref().and_then(|c| value_of(c, row)).or(product_cost);
        let margin = batch.margins.as_ref().and_then(|m| value_of(m, row));
        let margin = margin.or_else(|| cost.and_then(|c| line.amount.checked_sub(c)));
        let margin = margin.or_else(|| self.category_margin(category?, line.amount));
        Extra {
            original,
            margin: margin.unwrap_or(NO_MARGIN),
            identity: self.identity(batch, row, line, file),
            channel: channel.unwrap_or(u32::MAX),
            category: category.unwrap_or(u32::MAX),
            product: product.unwrap_or(u32::MAX),
            store: store.unwrap_or(u32::MAX),
            quantity: quantity.unwrap_or_default(),
            discount: batch.discounts.as_ref().and_then(|d| value_of(d, row)).unwrap_or_default().saturating_abs(),
        }
    }

    /// What tells a line from others: all that is mapped of it; between overlapping files also which of the equal
    /// lines of its file it is.
    fn identity(&mut self, batch: &Batch, row: usize, line: &Line, file: usize) -> u64 {
        let content = identity(batch, row, line);
        match self.options.duplicates {
            Duplicates::Overlaps => self.occurrences.number(content, file),
            Duplicates::Keep | Duplicates::Merge => content,
        }
    }

    /// What the share of a line's category leaves of its money.
    fn category_margin(&self, category: u32, amount: i64) -> Option<i64> {
        let share = self.options.category_margins.get(self.categories.get(category))?;
        Money::from_f64(Money(amount).to_f64() * share).map(|m| m.0)
    }

    fn type_columns(&mut self, frame: &DataFrame, view: &FileView<'_>) -> Result<Batch, CleanError> {
        let height = frame.height();
        let missing = |name| {
            SourceError::unreadable(
                &view.source.file.shown,
                format!("column `{name}` was not read"),
                "report this as a bug",
            )
        };
        let mut refused = Vec::new();
        let mut id_column = |name: &'static str| -> Result<Option<Ids>, SourceError> {
            let Some(repaired) = view.ids(frame, name)? else { return Ok(None) };
            mark(&mut refused, height, name, repaired.refused);
            Ok(Some(repaired.ids))
        };
        let customers = id_column("customer_id")?.ok_or_else(|| missing("customer_id"))?;
        let orders = id_column("transaction_id")?;
        let originals = id_column("original_transaction_id")?;
        let products = id_column("product_id")?;
        let channels = id_column("channel")?;
        let categories = id_column("category")?;
        let stores = id_column("store")?;
        mark(&mut refused, height, "customer_id", empty_ids(&customers, Reason::MissingCustomerId));
        let times = series(frame, "timestamp").ok_or_else(|| missing("timestamp"))?;
        let clock = Clock { is_sheet: view.is_sheet(), ..self.clock.clone() };
        let times = minutes(&times, &clock, &view.dates("timestamp"), view.origin("timestamp"))?;
        mark(&mut refused, height, "timestamp", times.refused);
        let (amounts, quantities) = if let Some(amounts) = view.amounts(frame, "amount")? {
            let quantities = view.amounts(frame, "quantity")?.map(|q| q.values);
            mark(&mut refused, height, "amount", amounts.refused);
            (amounts.values, quantities)
        } else if let (Some(quantity), Some(price)) =
            (view.amounts(frame, "quantity")?, view.amounts(frame, "unit_price")?)
        {
            let products = multiply(&quantity, &price);
            mark(&mut refused, height, "quantity", quantity.refused);
            mark(&mut refused, height, "unit_price", price.refused);
            mark(&mut refused, height, "unit_price", products.refused);
            (products.values, Some(quantity.values))
        } else {
            (vec![0; height], None)
        };
        let refunds = view.amounts(frame, "refunded")?;
        Ok(Batch {
            customers: self.customer_keys(&customers),
            minutes: times.values,
            amounts,
            order_keys: orders.as_ref().map_or_else(Vec::new, |orders| self.order_keys(orders)),
            orders,
            originals,
            products,
            channels,
            categories,
            stores,
            discounts: view.amounts(frame, "discount")?,
            quantities,
            costs: view.amounts(frame, "cost")?,
            margins: view.amounts(frame, "margin")?,
            refunds,
            refused,
        })
    }

    /// Marks the lines that a rule of the `[clean]` section keeps apart.
    fn keep_apart(&self, batch: &mut Batch, frame: &DataFrame) {
        let height = frame.height();
        if self.rules.looks_at_statuses()
            && let Some(statuses) = series(frame, "status")
            && let Ok(statuses) = statuses.cast(&DataType::String)
            && let Ok(statuses) = statuses.str()
        {
            let no = statuses.iter().enumerate().filter(|(_, s)| !self.rules.is_revenue(s.unwrap_or_default()));
            mark(&mut batch.refused, height, "status", no.map(|(row, _)| (row, Reason::NoRevenue)).collect());
        }
        if self.rules.looks_at_products()
            && let Some(products) = &batch.products
        {
            let no = (0..height).filter(|row| text_of(products, *row).is_some_and(|id| self.rules.is_no_product(&id)));
            let rows: Vec<_> = no.map(|row| (row, Reason::NoProduct)).collect();
            // what a line is says more than what it lacks: an entry of the books has no customer to be missing
            for (row, _) in &rows {
                if let Some(verdict) = batch.refused.get_mut(*row)
                    && verdict.is_some_and(|(_, reason)| reason == Reason::MissingCustomerId)
                {
                    *verdict = None;
                }
            }
            mark(&mut batch.refused, height, "product_id", rows);
        }
        if self.rules.looks_at_customers() {
            let Ok(ids) = frame.column("customer_id").map(|c| c.as_materialized_series().clone()) else { return };
            let reason = |row: usize| self.rules.of_customer(&shown(&ids, row)).map(|reason| (row, reason));
            mark(&mut batch.refused, height, "customer_id", (0..height).filter_map(reason).collect());
        }
    }

    /// A transaction id that says "cancelled" beside a positive amount contradicts itself.
    fn check_cancellations(&self, batch: &mut Batch) {
        let Some(prefix) = self.options.cancellation_prefix.as_deref() else { return };
        let Some(Ids::Text(orders)) = &batch.orders else { return };
        let contradicts = |row: usize| {
            let head = orders.get(row).and_then(|text| text.trim().get(..prefix.len()));
            batch.amounts[row] > 0 && head.is_some_and(|head| head.eq_ignore_ascii_case(prefix))
        };
        let rows = (0..orders.len()).filter(|row| contradicts(*row)).map(|row| (row, Reason::PositiveCancellation));
        let rows = rows.collect();
        let height = batch.amounts.len();
        mark(&mut batch.refused, height, "transaction_id", rows);
    }
}

impl Batch {
    /// Money that was paid back of the order of a row.
    fn refund(&self, row: usize) -> i64 {
        self.refunds.as_ref().and_then(|refunds| value_of(refunds, row)).unwrap_or_default().saturating_abs()
    }
}

/// Notes the first reason against each row.
pub(super) fn mark(
    refused: &mut Vec<Option<(&'static str, Reason)>>,
    height: usize,
    column: &'static str,
    rows: Vec<(usize, Reason)>,
) {
    if !rows.is_empty() && refused.is_empty() {
        refused.resize(height, None);
    }
    for (row, reason) in rows {
        refused[row].get_or_insert((column, reason));
    }
}

fn empty_ids(ids: &Ids, reason: Reason) -> Vec<(usize, Reason)> {
    if ids.whole().is_some() {
        return Vec::new();
    }
    let empty = |row: &usize| match ids {
        Ids::Whole(values) => values.get(*row).is_none(),
        Ids::Text(values) => values.get(*row).is_none_or(|text| text.trim().is_empty()),
    };
    (0..ids.len()).filter(empty).map(|row| (row, reason)).collect()
}

fn multiply(quantity: &Parsed<i64>, price: &Parsed<i64>) -> Parsed<i64> {
    let mut refused = Vec::new();
    let products = quantity.values.iter().zip(&price.values).enumerate().map(|(row, (q, p))| {
        Money::product(*q, *p).map_or_else(
            || {
                refused.push((row, Reason::AmountOutOfRange));
                0
            },
            |m| m.0,
        )
    });
    let values = products.collect();
    Parsed { values, refused }
}

fn text_of(ids: &Ids, row: usize) -> Option<std::borrow::Cow<'_, str>> {
    match ids {
        Ids::Whole(values) => values.get(row).map(|v| v.to_string().into()),
        Ids::Text(values) => values.get(row).map(str::trim).filter(|t| !t.is_empty()).map(Into::into),
    }
}

pub(super) fn value_of(parsed: &Parsed<i64>, row: usize) -> Option<i64> {
    parsed.refused.binary_search_by_key(&row, |(at, _)| *at).is_err().then(|| parsed.values[row])
}

/// A hash of everything mapped about a row; equal rows have equal hashes.
fn identity(batch: &Batch, row: usize, line: &Line) -> u64 {
    use std::hash::{BuildHasher, Hash, Hasher};
    let mut hasher = foldhash::quality::FixedState::default().build_hasher();
    (line.customer, line.order, line.has_order, line.amount, line.minute).hash(&mut hasher);
    batch.quantities.as_ref().map(|q| q[row]).hash(&mut hasher);
    let names = [&batch.originals, &batch.products, &batch.channels, &batch.categories, &batch.stores];
    for ids in names.into_iter().flatten() {
        text_of(ids, row).hash(&mut hasher);
    }
    for money in [&batch.costs, &batch.margins, &batch.discounts].into_iter().flatten() {
        value_of(money, row).hash(&mut hasher);
    }
    hasher.finish()
}
