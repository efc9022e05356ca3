//! Purchase paths: what customers begin with, what they go on with, and where they stop.

use super::sequences::Sequences;
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use rayon::prelude::*;

/// A beginning of histories.
#[derive(Debug, Clone, PartialEq)]
pub struct PathNode {
    /// The first elements, as item ids; none for the beginning of all.
    pub path: Vec<Vec<u32>>,
    /// Customers whose history begins so.
    pub customers: u32,
    /// Those of them whose history ends here.
    pub stopped: u32,
    /// `customers` as a share of those of the path without its last element; 1
    /// for the beginning of all.
    pub share: f64,
}

/// The beginnings of up to `depth` elements that at least `min_customers` customers share.
///
/// Order: by path, each directly before those that go on from it. Customers of
/// a node who neither stopped nor are in a node below went on in ways too
/// rare to be listed, or beyond `depth`.
pub fn purchase_paths(sequences: &Sequences<'_>, depth: usize, min_customers: u32) -> Vec<PathNode> {
    let steps = Steps::new(sequences, depth);
    let mut histories: Vec<&[u32]> = steps.numbers.chunks_exact(depth + 1).collect();
    histories.par_sort_unstable();
    let mut nodes = Vec::new();
    // Depth first, the next path on top.
    let mut open = vec![(0, histories.as_slice(), histories.len())];
    while let Some((level, histories, parent)) = open.pop() {
        if histories.is_empty() || histories.len() < min_customers as usize {
            continue;
        }
        // Those who stopped come first.
        let stopped = histories.partition_point(|history| history[level] == 0);
        if level < depth {
            let groups = histories[stopped..].chunk_by(|a, b| a[level] == b[level]);
            open.extend(groups.rev().map(|group| (level + 1, group, histories.len())));
        }
        nodes.push(PathNode {
            path: histories[0][..level].iter().map(|step| steps.elements[*step as usize - 1].to_vec()).collect(),
            customers: histories.len() as u32,
            stopped: stopped as u32,
            share: histories.len() as f64 / parent as f64,
        });
    }
    nodes
}

/// The first elements of each history as numbers.
struct Steps<'a> {
    /// The different elements in rising order; the first has number 1.
    elements: Vec<&'a [u32]>,
    /// `depth` + 1 numbers per customer, 0 behind the end of a history.
    numbers: Vec<u32>,
}

impl<'a> Steps<'a> {
    fn new(sequences: &Sequences<'a>, depth: usize) -> Self {
        let mut places: HashMap<&[u32], u32, FixedState> = HashMap::default();
        let (mut elements, mut numbers) = (Vec::new(), vec![0; sequences.len() * (depth + 1)]);
        for (customer, numbers) in numbers.chunks_exact_mut(depth + 1).enumerate() {
            for (number, element) in numbers.iter_mut().zip(sequences.elements_of(customer)) {
                let items = sequences.items_of(element);
                *number = *places.entry(items).or_insert_with(|| {
                    elements.push(items);
                    elements.len() as u32
                });
            }
        }
        // From the order in which they were met to that of their items.
        let mut order: Vec<u32> = (0..elements.len() as u32).collect();
        order.sort_unstable_by_key(|place| elements[*place as usize]);
        let mut renumbered = vec![0; elements.len() + 1];
        for (place, number) in order.iter().zip(1..) {
            renumbered[*place as usize + 1] = number;
        }
        for number in &mut numbers {
            *number = renumbered[*number as usize];
        }
        Self { elements: order.iter().map(|place| elements[*place as usize]).collect(), numbers }
    }
}
