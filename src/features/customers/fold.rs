//! The ledger, partition by partition, to one [`Folded`] per customer.

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use rayon::prelude::*;

use crate::clean::{Extra, Ledger, Line, PARTITIONS, PartitionLines};

use super::one::{FoldRules, Folded, Workspace};

/// Folds all partitions, one vector each; they are in no particular order but always the same set.
pub(super) fn fold_ledger(ledger: &Ledger, rules: FoldRules<'_>) -> std::io::Result<Vec<Vec<Folded>>> {
    let parts = (0..PARTITIONS).into_par_iter().map(|number| Ok(fold_partition(&ledger.partition(number)?, rules)));
    parts.collect()
}

/// Groups the lines of a partition by customer (a counting sort by first appearance) and folds each group.
fn fold_partition(partition: &PartitionLines<'_>, rules: FoldRules<'_>) -> Vec<Folded> {
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
    let lines = grouped(partition.lines(), &places);
    let extras = grouped(partition.extras(), &places);
    fold_groups(&lines, &extras, &sizes, rules)
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

fn fold_groups(lines: &[Line], extras: &[Extra], sizes: &[u32], rules: FoldRules<'_>) -> Vec<Folded> {
    let mut workspace = Workspace::default();
    let mut rows = Vec::new();
    let mut start = 0;
    let folded = sizes.iter().map(|size| {
        let end = start + *size as usize;
        rows.clear();
        rows.extend(0..*size);
        let own_extras = if extras.is_empty() { extras } else { &extras[start..end] };
        let customer = workspace.fold(&lines[start..end], own_extras, &mut rows, rules);
        start = end;
        customer
    });
    folded.collect()
}
