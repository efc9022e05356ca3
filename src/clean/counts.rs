//! The balance of rows and money per source: read = accepted + merged + out of window + quarantined.

use std::collections::BTreeMap;

use crate::table::{Quality, format_money};

use super::reject::Reason;

/// Rows and money of one place that a row can end in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Rows.
    pub rows: u64,
    /// Money in ten-thousandths, of the rows whose amount could be read.
    pub money: i128,
}

impl Tally {
    /// Counts a row.
    pub fn add(&mut self, money: i64) {
        self.rows += 1;
        self.money += i128::from(money);
    }
}

/// Where the rows of a source ended.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SourceCounts {
    /// Input table.
    pub source: String,
    /// Whether its rows carry money.
    pub has_money: bool,
    /// All rows of its files.
    pub read: Tally,
    /// Rows that are used.
    pub accepted: Tally,
    /// Rows merged into an equal one.
    pub merged: Tally,
    /// Rows later than the as-of day.
    pub out_of_window: Tally,
    /// Refused rows.
    pub quarantined: Tally,
    /// Refused rows by reason.
    pub by_reason: BTreeMap<Reason, Tally>,
    /// Newest day of the rows out of window.
    pub newest_out_of_window: Option<i32>,
}

impl SourceCounts {
    /// Nothing counted yet.
    pub fn new(source: &str) -> Self {
        Self { source: source.to_owned(), ..Self::default() }
    }

    /// Moves accepted rows that turned out to be equal to others.
    pub fn move_to_merged(&mut self, merged: Tally) {
        self.accepted.rows -= merged.rows;
        self.accepted.money -= merged.money;
        self.merged.rows += merged.rows;
        self.merged.money += merged.money;
    }

    /// Rows and money that ended in no place or in two; both zero when the source balances.
    pub fn imbalance(&self) -> (i128, i128) {
        let places = [self.accepted, self.merged, self.out_of_window, self.quarantined];
        let rows: i128 = places.iter().map(|t| i128::from(t.rows)).sum();
        let money: i128 = places.iter().map(|t| t.money).sum();
        (i128::from(self.read.rows) - rows, self.read.money - money)
    }

    /// The balance as lines of `run_quality`.
    pub fn quality(&self) -> Vec<Quality> {
        let mut lines = Vec::new();
        let places = [
            ("read", self.read),
            ("accepted", self.accepted),
            ("merged", self.merged),
            ("out_of_window", self.out_of_window),
            ("quarantined", self.quarantined),
        ];
        for (place, tally) in places {
            let rows = tally.rows as f64;
            lines.push(Quality::measured(&self.source, &format!("rows_{place}"), rows, "rows"));
            if !self.has_money {
                continue;
            }
            let money = tally.money as f64 / 10_000.0;
            let note = format!("exactly {}", format_money(tally.money));
            lines.push(Quality::measured(&self.source, &format!("money_{place}"), money, note));
        }
        for (reason, tally) in &self.by_reason {
            let check = format!("quarantined_{}", reason.code());
            let money =
                if self.has_money { format!("; their money is {}", format_money(tally.money)) } else { String::new() };
            let note = format!("rows{money}");
            lines.push(Quality::measured(&self.source, &check, tally.rows as f64, note));
        }
        if let Some(day) = self.newest_out_of_window {
            let note =
                format!("rows after the as-of day are left out; the newest is of {}", crate::table::format_day(day));
            lines.push(Quality::measured(&self.source, "newest_out_of_window", f64::from(day), note));
        }
        let (rows, money) = self.imbalance();
        let note = "read = accepted + merged + out of window + quarantined";
        lines.push(Quality::at_most(&self.source, "rows_unaccounted", rows.unsigned_abs() as f64, 0.0, note));
        if self.has_money {
            let gap = money.unsigned_abs() as f64 / 1e4;
            lines.push(Quality::at_most(&self.source, "money_unaccounted", gap, 0.0, note));
        }
        lines
    }
}
