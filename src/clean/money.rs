//! Money of lines that are in several currencies.

use polars::prelude::*;

use crate::notation::amount::{AmountNotation, parse};
use crate::source::Lines;

use super::dates::DAY_MINUTES;
use super::error::CleanError;
use super::exchange::{Worth, convert, label};
use super::notation::AmountReading;
use super::reject::Reason;
use super::transactions::{Batch, TransactionCleaner, mark};
use super::values::Parsed;
use super::view::{FileView, series};

impl TransactionCleaner<'_> {
    /// Turns the money of a batch into the pipeline's currency, by the currency column or the signs beside amounts.
    pub(super) fn exchange_money(
        &mut self,
        batch: &mut Batch,
        frame: &DataFrame,
        lines: &Lines,
        view: &FileView<'_>,
    ) -> Result<(), CleanError> {
        let Some((column, currencies)) = currencies(frame, view) else { return Ok(()) };
        let mut unknown = Vec::new();
        let (mut last, mut last_label) = (None, String::new());
        for (row, text) in currencies.into_iter().enumerate() {
            let Some(text) = text.filter(|_| batch.refused.get(row).is_none_or(Option::is_none)) else { continue };
            if last.as_deref() != Some(text.as_str()) {
                last_label = label(&text);
                last = Some(text.clone());
            }
            if !self.exchange.has_rates() {
                if let Some(before) = self.exchange.clash(&last_label) {
                    return Err(CleanError::Currencies {
                        file: view.source.file.shown.clone(),
                        line: lines.of(row),
                        column: view.origin(column).column.to_owned(),
                        value: text,
                        found: last_label,
                        before: before.to_owned(),
                    });
                }
                continue;
            }
            match self.exchange.worth(&last_label, batch.minutes[row].div_euclid(DAY_MINUTES)) {
                Worth::Same => {}
                Worth::Unknown => unknown.push((row, Reason::UnknownCurrency)),
                Worth::Factor(rate) if batch.convert(row, rate) => {}
                Worth::Factor(_) => {
                    mark(&mut batch.refused, frame.height(), "amount", vec![(row, Reason::AmountOutOfRange)])
                }
            }
        }
        mark(&mut batch.refused, frame.height(), column, unknown);
        Ok(())
    }
}

impl Batch {
    /// Converts the money of a row; whether it stays within range.
    fn convert(&mut self, row: usize, rate: f64) -> bool {
        let Some(amount) = convert(self.amounts[row], rate) else { return false };
        self.amounts[row] = amount;
        let others: [Option<&mut Parsed<i64>>; 3] = [self.costs.as_mut(), self.margins.as_mut(), self.refunds.as_mut()];
        others.into_iter().flatten().all(|money| match convert(money.values[row], rate) {
            Some(value) => {
                money.values[row] = value;
                true
            }
            None => false,
        })
    }
}

/// The currency of each row, with the column that tells it.
fn currencies(frame: &DataFrame, view: &FileView<'_>) -> Option<(&'static str, Vec<Option<String>>)> {
    if let Some(column) = series(frame, "currency") {
        let texts = column.cast(&DataType::String).ok()?;
        let filled = texts.str().ok()?.iter().map(|t| t.filter(|t| !t.trim().is_empty()).map(str::to_owned));
        return Some(("currency", filled.collect()));
    }
    let column = if frame.column("amount").is_ok() { "amount" } else { "unit_price" };
    let AmountReading::Written(notation) = view.amount_reading(column) else { return None };
    let texts = series(frame, column)?;
    let sign = |text: Option<&str>| sign_of(text?, notation);
    Some((column, texts.str().ok()?.iter().map(sign).collect()))
}

fn sign_of(text: &str, notation: AmountNotation) -> Option<String> {
    parse(text, notation).ok()?.currency.map(|currency| currency.label().to_owned())
}
