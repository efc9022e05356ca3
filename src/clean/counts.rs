//! The balance of rows and money per source: read = accepted + merged + out of window + quarantined.

use std::collections::BTreeMap;

use crate::table::{Quality, format_money};

use super::reject::Reason;
use super::usual::{self, LimitOrigin, UsualLimit};

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
    /// Where the limit of amounts comes from.
    pub limit_origin: LimitOrigin,
    /// The limit that the amounts derive, unless one is given.
    pub usual_limit: Option<UsualLimit>,
    /// Accepted rows whose amount is beyond the limit, with their money as written.
    pub outliers: Tally,
    /// Money that was cut from outliers.
    pub cut: i128,
    /// Orders with money paid back in a column of their own.
    pub refunds_on_orders: u64,
    /// Spellings of ids that were folded into another.
    pub folded_ids: u64,
    /// Whether timestamps with an offset are counted in UTC, since no time zone is set.
    pub counted_in_utc: bool,
    /// Accepted rows of days before 1970: more likely a stand-in for an empty date.
    pub before_1970: u64,
    /// Newest day of the rows out of window.
    pub newest_out_of_window: Option<i32>,
}

impl SourceCounts {
    /// Nothing counted yet.
    pub fn new(source: &str) -> Self {
        Self { source: source.to_owned(), ..Self::default() }
    }

    /// Counts a refused row.
    pub(super) fn refuse(&mut self, reason: Reason, money: i64) {
        self.quarantined.add(money);
        self.by_reason.entry(reason).or_default().add(money);
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
        let money: i128 = places.iter().map(|t| t.money).sum::<i128>() + self.cut;
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
        if self.has_money {
            lines.extend(usual::quality(&self.source, self.limit_origin, self.usual_limit, self.outliers, self.cut));
        }
        if self.counted_in_utc {
            let note = "timestamps carry an offset and no timezone is set in [pipeline]: days are those of UTC";
            lines.push(Quality::measured(&self.source, "days_in_utc", 1.0, note));
        }
        if self.before_1970 > 0 {
            let note = "accepted rows of days before 1970: is a stand-in for an empty date among them?";
            lines.push(Quality::at_most(&self.source, "rows_before_1970", self.before_1970 as f64, 0.0, note));
        }
        if self.refunds_on_orders > 0 {
            let note = "orders with money paid back in a column of their own";
            lines.push(Quality::measured(&self.source, "refunds_on_orders", self.refunds_on_orders as f64, note));
        }
        if self.folded_ids > 0 {
            let note = "spellings of customer ids that count as another spelling";
            lines.push(Quality::measured(&self.source, "ids_folded", self.folded_ids as f64, note));
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
