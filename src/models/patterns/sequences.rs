//! What follows what, and how customers begin.

use arrow::array::Float64Array;

use crate::numerics::patterns::{
    Gaps, PathNode, PatternError, SequenceOptions, SequencePattern, Sequences, frequent_sequences, min_count,
    purchase_paths,
};
use crate::table::{Column, Table, TableBuilder, TableError};

use super::analysis::PatternsOptions;
use super::collect::{Days, Level};
use super::contract::{PURCHASE_PATHS, PURCHASE_SEQUENCES};
use super::step::{Wording, levels};

/// Most sequences of a level.
const MOST: usize = 10_000;

/// Steps of the paths.
const PATH_STEPS: usize = 3;

/// Sequences and paths of one level.
pub(super) struct Following<'a> {
    level: Level,
    wording: &'a Wording<'a>,
    customers: u32,
    sequences: Vec<SequencePattern>,
    paths: Vec<PathNode>,
}

/// The fewest customers who have a share of all; fewer than two are no pattern.
pub(super) fn fewest_customers(share: f64, customers: u32) -> u32 {
    min_count(share, customers).max(2)
}

/// Finds the sequences and paths of a level that this share of the customers has.
pub(super) fn following<'a>(
    level: Level,
    histories: &Days,
    wording: &'a Wording<'a>,
    options: &PatternsOptions,
    min_customers_share: f64,
) -> Result<Following<'a>, PatternError> {
    let Days { items, starts, main_items, days, customer_starts } = histories;
    let sequences = Sequences::new(items, starts, customer_starts, days)?;
    let customers = sequences.len() as u32;
    let least = fewest_customers(min_customers_share, customers);
    let wanted = SequenceOptions {
        min_customers: least,
        max_elements: options.max_steps,
        max_items: options.max_steps,
        gaps: Gaps { min_days: 1, max_days: options.max_gap_days, max_elements: None },
        median_gaps: true,
        most: MOST,
    };
    let found = frequent_sequences(&sequences, &wanted)?;
    let single = (0..=main_items.len() as u32).collect::<Vec<_>>();
    let mains = Sequences::new(main_items, &single, customer_starts, days)?;
    // beginnings are few however low the share
    let fewest = fewest_customers(options.min_customers_share, customers);
    let paths = purchase_paths(&mains, PATH_STEPS, fewest);
    Ok(Following { level, wording, customers, sequences: found, paths })
}

/// The sequences of all levels.
pub(super) fn sequences_table(found: &[Following<'_>]) -> Result<Table, TableError> {
    let rows = found.iter().flat_map(|f| f.sequences.iter().map(move |pattern| (f, pattern))).collect::<Vec<_>>();
    let gaps = |value: fn(&[f64]) -> Option<f64>| {
        rows.iter().map(|(_, pattern)| value(&pattern.median_gap_days)).collect::<Float64Array>()
    };
    let total = |gaps: &[f64]| (!gaps.is_empty()).then(|| gaps.iter().sum());
    TableBuilder::new(&PURCHASE_SEQUENCES)
        .category("level", levels(rows.iter().map(|(f, _)| f.level)))
        .text("sequence", rows.iter().map(|(f, pattern)| f.wording.steps(&pattern.elements)).collect::<Vec<_>>())
        .text(
            "sequence_names",
            rows.iter().map(|(f, pattern)| f.wording.named_steps(&pattern.elements)).collect::<Vec<_>>(),
        )
        .count("steps", rows.iter().map(|(_, pattern)| pattern.elements.len() as i64).collect::<Vec<_>>())
        .count("customers", rows.iter().map(|(_, pattern)| i64::from(pattern.customers)).collect::<Vec<_>>())
        .real("support", rows.iter().map(|(f, p)| f64::from(p.customers) / f64::from(f.customers)).collect::<Vec<_>>())
        .with("is_closed", Column::Flag(rows.iter().map(|(_, p)| p.closed).collect::<Vec<_>>().into()))
        .real("last_gap_days", gaps(|gaps| gaps.last().copied()))
        .real("total_days", gaps(total))
        .build()
}

/// The paths of all levels.
pub(super) fn paths_table(found: &[Following<'_>]) -> Result<Table, TableError> {
    let rows = found.iter().flat_map(|f| f.paths.iter().map(move |node| (f, node))).collect::<Vec<_>>();
    TableBuilder::new(&PURCHASE_PATHS)
        .category("level", levels(rows.iter().map(|(f, _)| f.level)))
        .text("path", rows.iter().map(|(f, node)| f.wording.steps(&node.path)).collect::<Vec<_>>())
        .text("path_names", rows.iter().map(|(f, node)| f.wording.named_steps(&node.path)).collect::<Vec<_>>())
        .count("steps", rows.iter().map(|(_, node)| node.path.len() as i64).collect::<Vec<_>>())
        .count("customers", rows.iter().map(|(_, node)| i64::from(node.customers)).collect::<Vec<_>>())
        .real("share", rows.iter().map(|(_, node)| node.share).collect::<Vec<_>>())
        .count("stopped", rows.iter().map(|(_, node)| i64::from(node.stopped)).collect::<Vec<_>>())
        .build()
}
