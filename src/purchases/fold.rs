//! The ledger, partition by partition, to one [`Folded`] per customer.

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use rayon::prelude::*;

use crate::clean::{Cleaned, Extra, Line, PARTITIONS, PartitionLines};

use super::one::{FoldRules, Folded, Workspace};
use super::rules::Rules;

/// Days of a window that spend is compared over.
pub(crate) const TREND_DAYS: i32 = 180;

/// Days of the year before the as-of day.
pub(crate) const YEAR_DAYS: i32 = 365;

/// The customers of a partition, and all their purchase days.
#[derive(Debug, Default)]
pub(crate) struct FoldedPart {
    pub(crate) customers: Vec<Folded>,
    pub(crate) days: Vec<i32>,
}

impl FoldedPart {
    /// The purchase days of one of its customers.
    pub(crate) fn days_of(&self, customer: &Folded) -> &[i32] {
        let start = customer.days_at as usize;
        self.days.get(start..start + customer.purchase_days as usize).unwrap_or_default()
    }
}

/// Folds all partitions; they are in no particular order but always the same set. Windows end on the day `as_of`.
pub(crate) fn fold_ledger(cleaned: &Cleaned, as_of: i32) -> std::io::Result<Vec<FoldedPart>> {
    let rules = Rules::of(cleaned);
    let parts = (0..PARTITIONS)
        .into_par_iter()
        .map(|number| Ok(fold_partition(&cleaned.ledger.partition(number)?, rules.fold(), as_of)));
    parts.collect()
}

/// The lines of a partition, those of one customer together.
pub(super) struct Groups {
    lines: Vec<Line>,
    extras: Vec<Extra>,
    sizes: Vec<u32>,
}

impl Groups {
    /// Groups by a counting sort, customers by their first appearance.
    pub(super) fn of(partition: &PartitionLines<'_>) -> Self {
        let mut numbers: HashMap<u64, u32, FixedState> =
            HashMap::with_capacity_and_hasher(partition.len() / 4, FixedState::default());
        let mut places = Vec::with_capacity(partition.len());
        let mut sizes: Vec<u32> = Vec::new();
        for line in partition.lines() {
            let number = *numbers.entry(line.customer).or_insert_with(|| {
                sizes.push(0);
                sizes.len() as u32 - 1
            });
            sizes[number as usize] += 1;
            places.push(number);
        }
        let mut next = Vec::with_capacity(sizes.len());
        let mut start = 0;
        for size in &sizes {
            next.push(start);
            start += *size;
        }
        for place in &mut places {
            let free = &mut next[*place as usize];
            *place = *free;
            *free += 1;
        }
        Self { lines: grouped(partition.lines(), &places), extras: grouped(partition.extras(), &places), sizes }
    }

    /// Number of customers.
    pub(super) fn customers(&self) -> usize {
        self.sizes.len()
    }

    /// The lines and extras of each customer; no extras where the ledger has none.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&[Line], &[Extra])> {
        let mut start = 0;
        self.sizes.iter().map(move |size| {
            let own = start..start + *size as usize;
            start = own.end;
            (&self.lines[own.clone()], self.extras.get(own).unwrap_or_default())
        })
    }
}

fn fold_partition(partition: &PartitionLines<'_>, rules: FoldRules<'_>, as_of: i32) -> FoldedPart {
    let mut workspace = Workspace::default();
    let (mut rows, mut gaps) = (Vec::new(), Vec::new());
    let groups = Groups::of(partition);
    let mut part =
        FoldedPart { customers: Vec::with_capacity(groups.customers()), days: Vec::with_capacity(partition.len()) };
    for (lines, extras) in groups.iter() {
        rows.clear();
        rows.extend(0..lines.len() as u32);
        let start = part.days.len();
        let [mut recent, mut earlier, mut last_year] = [0_i64; 3];
        let mut folded = workspace.fold_days(lines, extras, &mut rows, rules, |day| {
            part.days.push(day.day);
            let ago = as_of - day.day;
            let add = |sum: &mut i64, is_in: bool| {
                if is_in {
                    *sum = sum.saturating_add(day.spend.0);
                }
            };
            add(&mut recent, ago < TREND_DAYS);
            add(&mut earlier, (TREND_DAYS..2 * TREND_DAYS).contains(&ago));
            add(&mut last_year, ago < YEAR_DAYS);
        });
        (folded.recent, folded.earlier, folded.last_year) = (recent, earlier, last_year);
        folded.days_at = start as u32;
        gaps.clear();
        gaps.extend(part.days[start..].windows(2).map(|pair| pair[1] - pair[0]));
        folded.gaps = quartiles(&mut gaps);
        part.customers.push(folded);
    }
    part
}

/// Quartiles by linear interpolation (type 7 of Hyndman & Fan 1996); none of nothing.
fn quartiles(values: &mut [i32]) -> Option<[f32; 3]> {
    values.sort_unstable();
    let last = values.len().checked_sub(1)?;
    Some([1, 2, 3].map(|quarter| {
        let quarters = quarter * last;
        let (low, high) = (values[quarters / 4], values[quarters.div_ceil(4)]);
        low as f32 + (high - low) as f32 * ((quarters % 4) as f32 / 4.0)
    }))
}

/// Puts each item in its place; no items give none.
fn grouped<'a, T: Copy + Default + 'a>(items: impl Iterator<Item = &'a T>, places: &[u32]) -> Vec<T> {
    let mut items = items.peekable();
    if items.peek().is_none() {
        return Vec::new();
    }
    let mut out = vec![T::default(); places.len()];
    for (item, place) in items.zip(places) {
        out[*place as usize] = *item;
    }
    out
}
