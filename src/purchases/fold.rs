//! The ledger, partition by partition, to one [`Folded`] per customer.

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use rayon::prelude::*;

use crate::clean::{Cleaned, Extra, Line, PARTITIONS, PartitionLines};

use super::one::{FoldRules, Folded, Workspace};
use super::rules::Rules;

/// Folds all partitions, one vector each; they are in no particular order but always the same set.
pub(crate) fn fold_ledger(cleaned: &Cleaned) -> std::io::Result<Vec<Vec<Folded>>> {
    let rules = Rules::of(cleaned);
    let parts = (0..PARTITIONS)
        .into_par_iter()
        .map(|number| Ok(fold_partition(&cleaned.ledger.partition(number)?, rules.fold())));
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

fn fold_partition(partition: &PartitionLines<'_>, rules: FoldRules<'_>) -> Vec<Folded> {
    let mut workspace = Workspace::default();
    let mut rows = Vec::new();
    let groups = Groups::of(partition);
    let folded = groups.iter().map(|(lines, extras)| {
        rows.clear();
        rows.extend(0..lines.len() as u32);
        workspace.fold(lines, extras, &mut rows, rules)
    });
    folded.collect()
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
