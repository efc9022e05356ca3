//! Sums over all customers: the balance with the ledger, and what was left out of purchases.

use crate::clean::{Cleaned, Tally};
use crate::purchases::FoldedPart;
use crate::table::Quality;

/// Sums over all customers.
#[derive(Debug, Default)]
pub(super) struct Totals {
    orders: u64,
    zero_orders: u64,
    without_purchase: u64,
    fully_cancelled: u64,
    lines_without_margin: u64,
    money: i128,
    /// Lines merged into an equal one.
    pub(super) merged: Tally,
    /// Key of a customer whose money doesn't fit.
    pub(super) overflow: Option<u64>,
}

impl Totals {
    /// Adds everything up in one pass.
    pub(super) fn of(folded: &[FoldedPart]) -> Self {
        let mut totals = Self::default();
        for f in folded.iter().flat_map(|part| &part.customers) {
            totals.orders += u64::from(f.orders);
            totals.zero_orders += u64::from(f.zero_orders);
            totals.without_purchase += u64::from(f.orders == 0);
            totals.fully_cancelled += u64::from(f.orders > 0 && f.spend_net <= 0);
            totals.lines_without_margin += u64::from(f.lines_without_margin);
            totals.money += i128::from(f.spend_net);
            totals.merged.rows += u64::from(f.merged_lines);
            totals.merged.money += i128::from(f.merged_money);
            if f.overflow {
                totals.overflow = Some(f.customer);
            }
        }
        totals
    }

    /// The sums as lines of `run_quality`.
    pub(super) fn quality(&self, cleaned: &Cleaned) -> Vec<Quality> {
        let line = |check: &str, count: u64, note: &str| Quality::measured("customers", check, count as f64, note);
        let mut lines = vec![
            line("orders", self.orders, "orders with a positive amount"),
            line(
                "zero_amount_orders_left_out",
                self.zero_orders,
                "orders of amount zero; `[clean] zero_amount = \"purchase\"` counts them",
            ),
            line(
                "customers_without_purchase",
                self.without_purchase,
                "in the transactions, but with refunds or orders of amount zero only; not scored",
            ),
        ];
        if cleaned.has_money {
            let note = "bought, and got all of the money back";
            lines.push(line("customers_fully_cancelled", self.fully_cancelled, note));
        }
        if cleaned.has_margin {
            let note = "lines without cost or margin; they add nothing to `margin`";
            lines.push(line("lines_without_margin", self.lines_without_margin, note));
        }
        if let Some(counts) = cleaned.counts.iter().find(|c| c.source == "transactions") {
            let gap = (counts.accepted.money - self.merged.money - self.money).unsigned_abs();
            let note = "accepted money − merged − spend_net of all customers";
            lines.push(Quality::at_most("customers", "money_unaccounted", gap as f64 / 10_000.0, 0.0, note));
            let in_ledger = i128::from(cleaned.ledger.lines()) - i128::from(counts.refunds_on_orders);
            let rows = i128::from(counts.accepted.rows) - in_ledger;
            let note = "accepted rows − lines in the ledger";
            lines.push(Quality::at_most("customers", "rows_unaccounted", rows.unsigned_abs() as f64, 0.0, note));
        }
        lines
    }
}
