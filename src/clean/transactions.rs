//! Transaction rows to ledger lines: every row is accepted, set aside as out of window, or refused.

use polars::prelude::*;

use crate::source::{ColumnMap, InputFile, SourceError};
use crate::table::Money;

use super::counts::SourceCounts;
use super::dates::{Clock, DAY_MINUTES};
use super::error::CleanError;
use super::ids::{IdSpace, Interner, hash_text};
use super::ledger::{Extra, Ledger, Line, NO_MARGIN};
use super::options::{CleanOptions, Duplicates};
use super::products::Products;
use super::reject::Reason;
use super::values::{Ids, Origin, Parsed, decimals, ids, minutes, shown};

/// A refused row before its physical line is known.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) row: u64,
    pub(super) column: String,
    pub(super) value: String,
    pub(super) reason: Reason,
}

/// Settings and state of cleaning the transactions.
#[derive(Debug)]
pub(super) struct TransactionCleaner<'a> {
    pub(super) options: &'a CleanOptions,
    pub(super) clock: Clock,
    pub(super) decimal: u8,
    pub(super) as_of: Option<i32>,
    pub(super) orders_are_whole: bool,
    pub(super) products: &'a Products,
    pub(super) customers: IdSpace,
    pub(super) ledger: Ledger,
    pub(super) channels: Interner,
    pub(super) categories: Interner,
    pub(super) counts: SourceCounts,
    pub(super) newest_day: Option<i32>,
    pub(super) day_before_newest: Option<i32>,
    pub(super) has_time_of_day: bool,
}

/// Whether lines need more than customer, order, time and amount.
pub(super) fn needs_extras(columns: &ColumnMap, options: &CleanOptions) -> bool {
    let extra = ["original_transaction_id", "product_id", "category", "channel", "cost", "margin"];
    options.duplicates == Duplicates::Merge || extra.iter().any(|name| columns.has(name))
}

/// The typed columns of one batch.
struct Batch {
    /// Key of the customer; of no meaning in a refused row.
    customers: Vec<u64>,
    minutes: Vec<i32>,
    amounts: Vec<i64>,
    orders: Option<Ids>,
    order_keys: Vec<Option<u64>>,
    originals: Option<Ids>,
    products: Option<Ids>,
    channels: Option<Ids>,
    categories: Option<Ids>,
    quantities: Option<Vec<i64>>,
    costs: Option<Parsed<i64>>,
    margins: Option<Parsed<i64>>,
    refused: Vec<Option<(&'static str, Reason)>>,
}

impl TransactionCleaner<'_> {
    /// Takes a batch whose first row is row `first_row` of its file.
    pub(super) fn take(
        &mut self,
        batch: &DataFrame,
        file: &InputFile,
        columns: &ColumnMap,
        first_row: u64,
    ) -> Result<Vec<Refused>, CleanError> {
        let mut typed = self.type_columns(batch, file, columns)?;
        self.check_cancellations(&mut typed);
        let mut refused = Vec::new();
        for row in 0..batch.height() {
            let amount = typed.amounts[row];
            self.counts.read.add(amount);
            let verdict = if typed.refused.is_empty() { None } else { typed.refused[row] };
            if let Some((column, reason)) = verdict {
                self.counts.quarantined.add(amount);
                self.counts.by_reason.entry(reason).or_default().add(amount);
                let value = batch.column(column).map(|c| shown(c.as_materialized_series(), row)).unwrap_or_default();
                let column = columns.in_file(column).to_owned();
                refused.push(Refused { row: first_row + row as u64, column, value, reason });
                continue;
            }
            let day = typed.minutes[row].div_euclid(DAY_MINUTES);
            if self.as_of.is_some_and(|as_of| day > as_of) {
                self.counts.out_of_window.add(amount);
                self.counts.newest_out_of_window = self.counts.newest_out_of_window.max(Some(day));
                continue;
            }
            self.note_day(day);
            self.accept(&typed, row)?;
        }
        Ok(refused)
    }

    #[inline]
    fn accept(&mut self, batch: &Batch, row: usize) -> Result<(), CleanError> {
        let (minute, amount) = (batch.minutes[row], batch.amounts[row]);
        self.counts.accepted.add(amount);
        self.has_time_of_day = self.has_time_of_day || minute.rem_euclid(DAY_MINUTES) != 0;
        let order = batch.order_keys.get(row).copied().flatten();
        let customer = batch.customers[row];
        let line = Line { customer, order: order.unwrap_or_default(), amount, minute, has_order: order.is_some() };
        let extra = self.ledger.has_extras().then(|| self.extra(batch, row, &line));
        Ok(self.ledger.push(line, extra)?)
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

    fn extra(&mut self, batch: &Batch, row: usize, line: &Line) -> Extra {
        let product = batch.products.as_ref().and_then(|p| text_of(p, row)).and_then(|id| self.products.find(&id));
        let category = batch.categories.as_ref().and_then(|c| text_of(c, row)).map(|c| self.categories.intern(&c));
        let category = category.or_else(|| {
            let name = product.and_then(|p| self.products.category(p))?;
            Some(self.categories.intern(name))
        });
        let channel = batch.channels.as_ref().and_then(|c| text_of(c, row)).map(|c| self.channels.intern(&c));
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
            identity: identity(batch, row, line),
            channel: channel.unwrap_or(u32::MAX),
            category: category.unwrap_or(u32::MAX),
        }
    }

    /// What the share of a line's category leaves of its money.
    fn category_margin(&self, category: u32, amount: i64) -> Option<i64> {
        let share = self.options.category_margins.get(self.categories.get(category))?;
        Money::from_f64(Money(amount).to_f64() * share).map(|m| m.0)
    }

    fn type_columns(&mut self, batch: &DataFrame, file: &InputFile, columns: &ColumnMap) -> Result<Batch, CleanError> {
        let series = |name: &str| batch.column(name).ok().map(|c| c.as_materialized_series().rechunk());
        let origin = |name| Origin { file: &file.shown, column: columns.in_file(name) };
        let id_column = |name| series(name).map(|s| ids(&s, origin(name))).transpose();
        let decimal = self.decimal;
        let money_column = |name| series(name).map(|s| decimals(&s, decimal, origin(name))).transpose();
        let missing = |name| {
            SourceError::unreadable(&file.shown, format!("column `{name}` was not read"), "report this as a bug")
        };
        let mut refused = Vec::new();
        let customers = id_column("customer_id")?.ok_or_else(|| missing("customer_id"))?;
        mark(&mut refused, batch.height(), "customer_id", empty_ids(&customers, Reason::MissingCustomerId));
        let times = series("timestamp").ok_or_else(|| missing("timestamp"))?;
        let times = minutes(&times, &self.clock, origin("timestamp"))?;
        mark(&mut refused, batch.height(), "timestamp", times.refused);
        let (amounts, quantities) = if let Some(amounts) = money_column("amount")? {
            let quantities = money_column("quantity")?.map(|q| q.values);
            mark(&mut refused, batch.height(), "amount", amounts.refused);
            (amounts.values, quantities)
        } else if let (Some(quantity), Some(price)) = (money_column("quantity")?, money_column("unit_price")?) {
            let products = multiply(&quantity, &price);
            mark(&mut refused, batch.height(), "quantity", quantity.refused);
            mark(&mut refused, batch.height(), "unit_price", price.refused);
            mark(&mut refused, batch.height(), "unit_price", products.refused);
            (products.values, Some(quantity.values))
        } else {
            (vec![0; batch.height()], None)
        };
        let orders = id_column("transaction_id")?;
        Ok(Batch {
            customers: self.customer_keys(&customers),
            minutes: times.values,
            amounts,
            order_keys: orders.as_ref().map_or_else(Vec::new, |orders| self.order_keys(orders)),
            orders,
            originals: id_column("original_transaction_id")?,
            products: id_column("product_id")?,
            channels: id_column("channel")?,
            categories: id_column("category")?,
            quantities,
            costs: money_column("cost")?,
            margins: money_column("margin")?,
            refused,
        })
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

/// Notes the first reason against each row.
fn mark(
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
    for ids in [&batch.originals, &batch.products, &batch.channels, &batch.categories].into_iter().flatten() {
        text_of(ids, row).hash(&mut hasher);
    }
    for money in [&batch.costs, &batch.margins].into_iter().flatten() {
        value_of(money, row).hash(&mut hasher);
    }
    hasher.finish()
}
