//! Counts of what was written, added up in the order of the chunks so that the sums are the same whatever the number of threads.

use super::campaign::{CAMPAIGNS, Contact, SEGMENTS};
use super::dirt::KindCount;
use super::lines::{Line, RowKind};
use super::orders::PatternCounts;

/// Kinds of rows.
const KINDS: usize = RowKind::ALL.len();

/// One arm of a campaign segment as it came out.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct ArmTally {
    /// Customers in the arm.
    pub(super) customers: u64,
    /// Those who bought in the window.
    pub(super) converted: u64,
    /// What they spent in it, in cents.
    pub(super) spend_cents: i64,
}

/// One segment of a campaign.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct SegmentTally {
    /// Treated, control.
    pub(super) arms: [ArmTally; 2],
    /// Sum over both arms of the chance of a purchase if treated, if not.
    pub(super) conversion: [f64; 2],
    /// Sum over both arms of the expected spend if treated, if not.
    pub(super) spend: [f64; 2],
}

impl SegmentTally {
    /// Adds other customers.
    pub(super) fn merge(&mut self, other: &Self) {
        for arm in 0..2 {
            self.arms[arm].customers += other.arms[arm].customers;
            self.arms[arm].converted += other.arms[arm].converted;
            self.arms[arm].spend_cents += other.arms[arm].spend_cents;
            self.conversion[arm] += other.conversion[arm];
            self.spend[arm] += other.spend[arm];
        }
    }
}

/// Everything that is counted.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Tally {
    /// People with a purchase.
    pub(super) buyers: u64,
    /// People who registered and never bought.
    pub(super) prospects: u64,
    /// Second records.
    pub(super) second_records: u64,
    /// Test accounts.
    pub(super) test_accounts: u64,
    /// Distinct days with a purchase, summed over customers.
    pub(super) purchase_days: u64,
    /// Buyers still there when the data end.
    pub(super) alive_at_end: u64,
    /// Purchases with which a customer left, within the data.
    pub(super) departures: u64,
    /// Churn journeys after such a purchase, after another.
    pub(super) journeys: [u64; 2],
    /// Patterns in the genuine orders.
    pub(super) patterns: PatternCounts,
    /// Rows of the transactions by kind.
    pub(super) kinds: [KindCount; KINDS],
    /// Campaign results.
    pub(super) campaigns: [[SegmentTally; SEGMENTS]; CAMPAIGNS],
}

impl Tally {
    /// Counts a row of the transactions; `copied` if the next file repeats it.
    pub(super) fn add_line(&mut self, line: &Line, copied: bool) {
        let count = &mut self.kinds[line.kind as usize];
        count.rows += 1;
        count.amount_cents += line.stated_cents();
        if copied {
            count.overlap_rows += 1;
            count.overlap_amount_cents += line.stated_cents();
        }
    }

    /// Counts a customer in a campaign.
    pub(super) fn add_contact(&mut self, contact: &Contact) {
        let segment = &mut self.campaigns[contact.campaign][contact.effect.segment];
        let arm = &mut segment.arms[usize::from(!contact.treated)];
        arm.customers += 1;
        arm.converted += u64::from(contact.converted);
        arm.spend_cents += contact.spend_cents;
        for side in 0..2 {
            segment.conversion[side] += contact.effect.conversion[side];
            segment.spend[side] += contact.effect.spend[side];
        }
    }

    /// The count of one kind of row.
    pub(super) fn kind(&self, kind: RowKind) -> KindCount {
        self.kinds[kind as usize]
    }

    /// Rows that a clean export would not have: every kind but the genuine, and the copies of all.
    pub(super) fn dirty_rows(&self) -> u64 {
        let genuine = self.kind(RowKind::Genuine).rows;
        self.kinds.iter().map(|count| count.rows + count.overlap_rows).sum::<u64>() - genuine
    }

    /// Adds the counts of another chunk.
    pub(super) fn merge(&mut self, other: &Self) {
        self.buyers += other.buyers;
        self.prospects += other.prospects;
        self.second_records += other.second_records;
        self.test_accounts += other.test_accounts;
        self.purchase_days += other.purchase_days;
        self.alive_at_end += other.alive_at_end;
        self.departures += other.departures;
        self.journeys[0] += other.journeys[0];
        self.journeys[1] += other.journeys[1];
        self.patterns.merge(&other.patterns);
        self.kinds.iter_mut().zip(&other.kinds).for_each(|(count, more)| count.merge(more));
        let segments = self.campaigns.as_flattened_mut().iter_mut();
        segments.zip(other.campaigns.as_flattened()).for_each(|(segment, more)| segment.merge(more));
    }
}
