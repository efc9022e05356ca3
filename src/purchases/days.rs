//! The purchase days of customers, as they stood at an earlier day and as they stand now.

use rayon::prelude::*;

use crate::clean::{Cleaned, DAY_MINUTES, IdSpace, PARTITIONS, PartitionLines, id_hash};

use super::fold::Groups;
use super::one::{PurchaseDay, Workspace};
use super::rules::Rules;

/// Which customers to look at; depends on their ids alone, not on the order of rows.
#[derive(Debug)]
pub enum Sample {
    /// Everyone.
    All,
    /// Those of the first partitions: ids that are whole numbers are spread over partitions by their value.
    Partitions(usize),
    /// By number of the id's text.
    Flags(Vec<bool>),
}

impl Sample {
    /// About `wanted` of `customers` customers; all when there are no more.
    pub fn of(cleaned: &Cleaned, customers: usize, wanted: usize) -> Self {
        if customers <= wanted {
            return Self::All;
        }
        let share = wanted as f64 / customers as f64;
        match &cleaned.customers {
            IdSpace::Whole => Self::Partitions(((PARTITIONS as f64 * share).ceil() as usize).max(1)),
            IdSpace::Text(ids) => {
                let limit = (share * u64::MAX as f64) as u64;
                Self::Flags((0..ids.len() as u32).map(|number| id_hash(ids.get(number)) <= limit).collect())
            }
        }
    }
}

/// Gives the purchase days of each customer to `each`: first those known at the end of the day `cut`, then those
/// known now. A refund after the cut that names an earlier order has changed nothing at the cut. The results come in
/// no particular order.
///
/// # Errors
/// When temporary files can't be read.
pub fn purchase_days<T: Send>(
    cleaned: &Cleaned,
    cut: i32,
    sample: &Sample,
    each: impl Fn(u64, &[PurchaseDay], &[PurchaseDay]) -> Option<T> + Sync,
) -> std::io::Result<Vec<T>> {
    let rules = Rules::of(cleaned);
    let end = i64::from(DAY_MINUTES) * (i64::from(cut) + 1);
    each_partition(cleaned, sample, |partition| {
        let mut workspace = Workspace::default();
        let (mut rows, mut before, mut now) = (Vec::new(), Vec::new(), Vec::new());
        let groups = Groups::of(partition);
        let customers = groups.iter().filter_map(|(lines, extras)| {
            rows.clear();
            rows.extend(0..lines.len() as u32);
            now.clear();
            workspace.fold_days(lines, extras, &mut rows, rules.fold(), |day| now.push(day));
            before.clear();
            rows.clear();
            rows.extend((0..lines.len() as u32).filter(|row| i64::from(lines[*row as usize].minute) < end));
            if rows.len() == lines.len() {
                before.clone_from(&now);
            } else if !rows.is_empty() {
                workspace.fold_days(lines, extras, &mut rows, rules.fold(), |day| before.push(day));
            }
            each(lines[0].customer, &before, &now)
        });
        customers.collect()
    })
}

/// What `each` finds in the lines of the sample, partition by partition.
pub(super) fn each_partition<T: Send>(
    cleaned: &Cleaned,
    sample: &Sample,
    each: impl Fn(&PartitionLines<'_>) -> Vec<T> + Sync,
) -> std::io::Result<Vec<T>> {
    let partitions = match sample {
        Sample::Partitions(some) => *some,
        Sample::All | Sample::Flags(_) => PARTITIONS,
    };
    let found = (0..partitions).into_par_iter().map(|number| {
        let mut partition = cleaned.ledger.partition(number)?;
        if let Sample::Flags(flags) = sample {
            partition = partition.of_customers(|key| flags.get(key as usize).copied().unwrap_or(false));
        }
        Ok(each(&partition))
    });
    let found = found.collect::<std::io::Result<Vec<Vec<T>>>>()?;
    // as many as there are: what grows on the way is there twice
    let mut all = Vec::with_capacity(found.iter().map(Vec::len).sum());
    found.into_iter().for_each(|part| all.extend(part));
    Ok(all)
}
