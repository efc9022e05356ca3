//! The FP-tree: weighted sets of ranks, sets with a common beginning stored once.
//!
//! Han, Pei & Yin (2000), definition 1, in flat arrays. Nodes are numbered by
//! rank, so those of one item lie side by side (the paper's header table with
//! its node-links is one range per rank) and a parent comes before its children.

use std::ops::Range;

/// No node above: the child of the root.
const ROOT: u32 = u32::MAX;

/// Weighted sets, each in rising order of rank.
#[derive(Debug, Default)]
pub(super) struct Paths {
    ranks: Vec<u32>,
    /// Begin, end and weight of each set.
    sets: Vec<(u32, u32, u32)>,
}

impl Paths {
    /// Adds a set of ranks in rising order; the empty one is left out.
    pub(super) fn push(&mut self, ranks: impl Iterator<Item = u32>, weight: u32) {
        let begin = self.ranks.len() as u32;
        self.ranks.extend(ranks);
        self.close(begin, weight);
    }

    /// Adds a set of ranks in falling order; the empty one is left out.
    fn push_falling(&mut self, ranks: impl Iterator<Item = u32>, weight: u32) {
        let begin = self.ranks.len();
        self.ranks.extend(ranks);
        self.ranks[begin..].reverse();
        self.close(begin as u32, weight);
    }

    fn close(&mut self, begin: u32, weight: u32) {
        let end = self.ranks.len() as u32;
        if end > begin {
            self.sets.push((begin, end, weight));
        }
    }

    fn set(&self, set: &(u32, u32, u32)) -> &[u32] {
        &self.ranks[set.0 as usize..set.1 as usize]
    }

    /// Number of sets.
    pub(super) fn len(&self) -> usize {
        self.sets.len()
    }

    /// Makes one set of equal ones, with their weight together.
    pub(super) fn pack(&mut self) {
        self.sort(true);
        let mut packed = Self::default();
        for set in &self.sets {
            let ranks = self.set(set);
            match packed.sets.last().copied() {
                Some(last) if packed.set(&last) == ranks => {
                    packed.sets.pop();
                    packed.sets.push((last.0, last.1, last.2 + set.2));
                }
                _ => packed.push(ranks.iter().copied(), set.2),
            }
        }
        *self = packed;
    }

    /// Brings sets with a common beginning together.
    fn sort(&mut self, parallel: bool) {
        let mut sets = std::mem::take(&mut self.sets);
        if parallel {
            use rayon::slice::ParallelSliceMut;
            sets.par_sort_unstable_by(|a, b| self.set(a).cmp(self.set(b)));
        } else {
            sets.sort_unstable_by(|a, b| self.set(a).cmp(self.set(b)));
        }
        self.sets = sets;
    }
}

/// A tree of weighted sets.
#[derive(Debug)]
pub(super) struct FpTree {
    /// First node of each rank, and the number of nodes at the end.
    starts: Vec<u32>,
    ranks: Vec<u32>,
    parents: Vec<u32>,
    /// Weight of the sets that run through each node.
    counts: Vec<u32>,
}

impl FpTree {
    /// Builds the tree of sets of ranks below `ranks`.
    pub(super) fn new(mut paths: Paths, ranks: u32, parallel: bool) -> Self {
        paths.sort(parallel);
        let mut grown = Grown::default();
        let mut branch: Vec<u32> = Vec::new();
        let mut previous: &[u32] = &[];
        for set in &paths.sets {
            let path = paths.set(set);
            let common = previous.iter().zip(path).take_while(|(a, b)| a == b).count();
            branch.truncate(common);
            for rank in &path[common..] {
                branch.push(grown.node(*rank, branch.last().copied().unwrap_or(ROOT)));
            }
            // Only where the set ends; added up below.
            if let Some(last) = branch.last() {
                grown.counts[*last as usize] += set.2;
            }
            previous = path;
        }
        grown.by_rank(ranks)
    }

    /// Nodes of a rank.
    fn nodes(&self, rank: u32) -> Range<usize> {
        self.starts[rank as usize] as usize..self.starts[rank as usize + 1] as usize
    }

    /// Ranks above a node, in falling order.
    fn above(&self, node: usize) -> impl Iterator<Item = u32> {
        let mut node = self.parents[node];
        std::iter::from_fn(move || {
            (node != ROOT).then(|| {
                let here = node as usize;
                node = self.parents[here];
                self.ranks[here]
            })
        })
    }

    /// Adds to `counts` the weight of each lower rank in the sets that hold `rank`.
    pub(super) fn count_with(&self, rank: u32, counts: &mut [u32]) {
        for node in self.nodes(rank) {
            let weight = self.counts[node];
            for above in self.above(node) {
                counts[above as usize] += weight;
            }
        }
    }

    /// The conditional tree of a rank: the sets that hold it, cut to the lower
    /// ranks that have a new number in `renumbered`.
    ///
    /// Numbers must keep the order of ranks; `u32::MAX` leaves a rank out.
    pub(super) fn conditional(&self, rank: u32, renumbered: &[u32], ranks: u32) -> Self {
        let mut paths = Paths::default();
        for node in self.nodes(rank) {
            let kept = self.above(node).map(|r| renumbered[r as usize]).filter(|r| *r != u32::MAX);
            paths.push_falling(kept, self.counts[node]);
        }
        Self::new(paths, ranks, false)
    }
}

/// A tree in the order it grows: depth first.
#[derive(Default)]
struct Grown {
    ranks: Vec<u32>,
    parents: Vec<u32>,
    counts: Vec<u32>,
}

impl Grown {
    fn node(&mut self, rank: u32, parent: u32) -> u32 {
        self.ranks.push(rank);
        self.parents.push(parent);
        self.counts.push(0);
        self.ranks.len() as u32 - 1
    }

    /// Adds counts up towards the root and numbers the nodes by rank.
    fn by_rank(mut self, ranks: u32) -> FpTree {
        let mut starts = vec![0_u32; ranks as usize + 1];
        for node in (0..self.ranks.len()).rev() {
            starts[self.ranks[node] as usize + 1] += 1;
            if self.parents[node] != ROOT {
                self.counts[self.parents[node] as usize] += self.counts[node];
            }
        }
        for rank in 0..ranks as usize {
            starts[rank + 1] += starts[rank];
        }
        let mut next = starts.clone();
        let size = self.ranks.len();
        let mut tree = FpTree { starts, ranks: vec![0; size], parents: vec![ROOT; size], counts: vec![0; size] };
        let mut places = vec![0_u32; size];
        for node in 0..size {
            let rank = self.ranks[node];
            let place = next[rank as usize];
            next[rank as usize] += 1;
            places[node] = place;
            let place = place as usize;
            tree.ranks[place] = rank;
            tree.counts[place] = self.counts[node];
            if self.parents[node] != ROOT {
                tree.parents[place] = places[self.parents[node] as usize];
            }
        }
        tree
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(sets: &[&[u32]]) -> Paths {
        let mut paths = Paths::default();
        for set in sets {
            paths.push(set.iter().copied(), 1);
        }
        paths
    }

    /// The example of Han, Pei & Yin (2000), table 1 and figure 1, with f, c,
    /// a, b, m, p as ranks 0 to 5.
    fn published() -> FpTree {
        FpTree::new(paths(&[&[0, 1, 2, 4, 5], &[0, 1, 2, 3, 4], &[0, 3], &[1, 3, 5], &[0, 1, 2, 4, 5]]), 6, true)
    }

    #[test]
    fn the_published_tree_has_eleven_nodes_with_their_counts() {
        let tree = published();
        assert_eq!(tree.counts.len(), 11);
        let counts: Vec<Vec<u32>> = (0..6).map(|rank| tree.counts[tree.nodes(rank)].to_vec()).collect();
        assert_eq!(counts, [vec![4], vec![3, 1], vec![3], vec![1, 1, 1], vec![1, 2], vec![2, 1]]);
    }

    #[test]
    fn the_published_conditional_pattern_base_of_m() {
        let tree = published();
        let mut counts = [0; 6];
        tree.count_with(4, &mut counts);
        assert_eq!(counts, [3, 3, 3, 1, 0, 0]);
        let conditional = tree.conditional(4, &[0, 1, 2, u32::MAX], 3);
        assert_eq!((conditional.ranks, conditional.counts), (vec![0, 1, 2], vec![3, 3, 3]));
    }

    #[test]
    fn equal_sets_put_together_make_the_same_tree() {
        let sets: [&[u32]; 6] = [&[0, 2], &[1], &[0, 2], &[0], &[1], &[0, 2]];
        let mut packed = paths(&sets);
        packed.pack();
        packed.push([1].into_iter(), 1);
        assert_eq!(packed.len(), 4);
        packed.pack();
        assert_eq!(packed.len(), 3);
        let (tree, whole) =
            (FpTree::new(packed, 3, false), FpTree::new(paths(&[&sets[..], &[&[1]]].concat()), 3, false));
        assert_eq!((tree.ranks, tree.counts), (whole.ranks, whole.counts));
    }

    #[test]
    fn no_sets_make_an_empty_tree() {
        let tree = FpTree::new(paths(&[&[]]), 2, false);
        assert_eq!((tree.nodes(0), tree.nodes(1), tree.counts.len()), (0..0, 0..0, 0));
    }
}
