//! The ledger, partition by partition, to one [`Folded`] per customer.

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use rayon::prelude::*;

use crate::clean::{Extra, Ledger, Line, PARTITIONS};

use super::one::{FoldRules, Folded, Workspace};

/// Folds all partitions, one vector each; they are in no particular order but always the same set.
pub(super) fn fold_ledger(ledger: &Ledger, rules: FoldRules<'_>) -> std::io::Result<Vec<Vec<Folded>>> {
    let parts = (0..PARTITIONS).into_par_iter().map(|number| {
        let (lines, extras) = ledger.partition(number)?;
        Ok(fold_partition(&lines, &extras, rules))
    });
    parts.collect()
}

/// Groups the lines of a partition by customer (a counting sort by first appearance) and folds each group.
fn fold_partition(lines: &[Line], extras: &[Extra], rules: FoldRules<'_>) -> Vec<Folded> {
    let mut numbers: HashMap<u64, u32, FixedState> =
        HashMap::with_capacity_and_hasher(lines.len() / 4, FixedState::default());
    let mut owner = Vec::with_capacity(lines.len());
    let mut sizes: Vec<u32> = Vec::new();
    for line in lines {
        let number = *numbers.entry(line.customer).or_insert_with(|| {
            sizes.push(0);
            sizes.len() as u32 - 1
        });
        sizes[number as usize] += 1;
        owner.push(number);
    }
    let mut next = Vec::with_capacity(sizes.len());
    let mut start = 0;
    for size in &sizes {
        next.push(start);
        start += *size;
    }
    let mut grouped = vec![0_u32; lines.len()];
    for (row, number) in owner.iter().enumerate() {
        let place = &mut next[*number as usize];
        grouped[*place as usize] = row as u32;
        *place += 1;
    }
    let mut workspace = Workspace::default();
    let mut rows = Vec::new();
    let mut at = 0;
    let folded = sizes.iter().map(|size| {
        rows.clear();
        rows.extend_from_slice(&grouped[at..at + *size as usize]);
        at += *size as usize;
        workspace.fold(lines, extras, &mut rows, rules)
    });
    folded.collect()
}
