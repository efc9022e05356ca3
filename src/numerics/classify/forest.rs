//! A forest of classification trees: linfa-ensemble draws the rows and columns, linfa-trees grows the trees, the shares of
//! the outcome in their nodes are counted here.
//!
//! linfa's trees give labels, and cut back every split whose both sides get the same label. With a rare outcome nearly all
//! would get "no", and nothing would be left. So the two outcomes are given the same total weight while a tree grows
//! (Chen, Liaw & Breiman 2004, "Using random forest to learn imbalanced data", Berkeley technical report 666): a side is
//! then "yes" when the outcome is more frequent there than among all. The probability of a row is the mean over the trees
//! of the outcome's share among the training rows of its node, drawn towards the share in the node above by
//! [`PRIOR_ROWS`] rows (Breiman 2001, "Random forests", Machine Learning 45; m-estimate of Cestnik 1990).
//!
//! linfa settles a tie between labels by the order of a hash table, which differs from run to run. The weight of the rarer
//! outcome is therefore an odd multiple of 2⁻¹¹: sums of it are exact in the 32 bits that linfa adds them in, and equal a
//! whole number for no count below 2048, so that there are no ties.

use linfa::traits::Fit;
use linfa::{DatasetBase, ParamGuard};
use linfa_ensemble::EnsembleLearnerParams;
use linfa_trees::{DecisionTree, TreeNode};
use ndarray::{Array1, Array2, ArrayView1};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;
use rayon::prelude::*;

use super::error::ClassifyError;
use super::learner::check;

/// Rows' worth of the share above that the share of a node starts from.
const PRIOR_ROWS: f64 = 4.0;

/// Steps between possible weights of the rarer outcome.
const WEIGHT_STEPS: f32 = 2048.0;

/// Most rows that a tree grows on: the rarer outcome has at most 2000 of them.
const MOST_SAMPLE_ROWS: usize = 4000;

/// Trees that are drawn from one random stream.
const TREES_PER_STREAM: usize = 8;

/// Training rows that shares are counted in and rows that are scored in one go.
const CHUNK: usize = 8192;

/// How a forest is grown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ForestOptions {
    /// Number of trees.
    pub trees: usize,
    /// Most splits from the root to a leaf.
    pub depth: usize,
    /// Least weight of a leaf, in rows of the more frequent outcome.
    pub leaf_rows: f32,
    /// Share of the columns that a tree may use (drawn with replacement).
    pub column_share: f64,
    /// Most rows that a tree grows on (drawn with replacement).
    pub sample_rows: usize,
    /// Seed of the draws.
    pub seed: u64,
}

impl Default for ForestOptions {
    fn default() -> Self {
        Self {
            trees: 64,
            depth: 8,
            leaf_rows: 16.0,
            column_share: 0.6,
            sample_rows: MOST_SAMPLE_ROWS,
            seed: 20_010_401,
        }
    }
}

/// A node: where to go, and the share of the outcome among the training rows in it.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Node {
    column: u32,
    /// Rows with at most this value go left.
    split: f64,
    /// Places of the children; both 0 for a leaf.
    left: u32,
    right: u32,
    share: f64,
}

impl Node {
    fn is_leaf(&self) -> bool {
        self.left == 0
    }
}

/// A fitted forest.
#[derive(Debug, Clone, PartialEq)]
pub struct Forest {
    trees: Vec<Vec<Node>>,
}

/// Grows a forest on a matrix (rows × columns) and the outcomes of its rows.
///
/// # Errors
/// When the outcomes are all the same or a cell is not finite.
pub fn fit_forest(x: &Array2<f64>, outcomes: &[bool], options: &ForestOptions) -> Result<Forest, ClassifyError> {
    check(x, outcomes)?;
    if x.ncols() == 0 {
        let share = outcomes.iter().filter(|o| **o).count() as f64 / outcomes.len() as f64;
        return Ok(Forest { trees: vec![vec![Node { column: 0, split: 0.0, left: 0, right: 0, share }]] });
    }
    let targets = outcomes.iter().map(|o| usize::from(*o)).collect::<Array1<usize>>();
    let data = DatasetBase::new(x.clone(), targets);
    let streams = options.trees.max(1).div_ceil(TREES_PER_STREAM);
    let sample = options.sample_rows.clamp(1, MOST_SAMPLE_ROWS) as f64 / outcomes.len() as f64;
    let grown = (0..streams).into_par_iter().map(|stream| {
        let left = options.trees.max(1) - stream * TREES_PER_STREAM;
        let random = Xoshiro256PlusPlus::seed_from_u64(options.seed.wrapping_add(stream as u64));
        let ensemble = EnsembleLearnerParams::new_fixed_rng(Balanced(*options), random)
            .ensemble_size(left.min(TREES_PER_STREAM))
            .bootstrap_proportion(sample.min(1.0))
            .feature_proportion(options.column_share.clamp(f64::MIN_POSITIVE, 1.0));
        let fitted = ensemble.fit(&data).map_err(|e| ClassifyError::Solver { reason: e.to_string() })?;
        let trees = fitted.models.into_iter().zip(fitted.model_features);
        Ok(trees.map(|(Grown(tree), columns)| renamed(tree, &columns)).collect::<Vec<_>>())
    });
    let grown: Result<Vec<Vec<Vec<Node>>>, ClassifyError> = grown.collect();
    let mut trees = grown?.into_iter().flatten().collect::<Vec<_>>();
    trees.par_iter_mut().for_each(|tree| count_shares(tree, x, outcomes));
    Ok(Forest { trees })
}

impl Forest {
    /// Probability of the outcome per row.
    pub fn probabilities(&self, x: &Array2<f64>) -> Vec<f64> {
        let rows = (0..x.nrows()).collect::<Vec<_>>();
        let chunks = rows.par_chunks(CHUNK).map(|rows| {
            let mut sums = vec![0.0; rows.len()];
            for tree in &self.trees {
                for (sum, row) in sums.iter_mut().zip(rows) {
                    *sum += tree[leaf(tree, x.row(*row))].share;
                }
            }
            sums
        });
        let chunks: Vec<Vec<f64>> = chunks.collect();
        chunks.into_iter().flatten().map(|sum| sum / self.trees.len() as f64).collect()
    }

    /// By how much the splits on each column move the probability on the way from the roots to the leaves of a row: with
    /// the share among all they add up to it (Palczewska et al. 2014, "Interpreting random forest classification models
    /// using a feature contribution method", section 3).
    pub(super) fn contributions(&self, row: ArrayView1<'_, f64>, out: &mut [f64]) {
        out.fill(0.0);
        for tree in &self.trees {
            let mut at = 0;
            while !tree[at].is_leaf() {
                let node = tree[at];
                at = next(&node, row);
                out[node.column as usize] += tree[at].share - node.share;
            }
        }
        out.iter_mut().for_each(|sum| *sum /= self.trees.len() as f64);
    }
}

fn next(node: &Node, row: ArrayView1<'_, f64>) -> usize {
    let goes_left = row[node.column as usize] <= node.split;
    (if goes_left { node.left } else { node.right }) as usize
}

fn leaf(tree: &[Node], row: ArrayView1<'_, f64>) -> usize {
    let mut at = 0;
    while !tree[at].is_leaf() {
        at = next(&tree[at], row);
    }
    at
}

/// Grows one tree with both outcomes at the same weight.
#[derive(Debug, Clone, Copy)]
struct Balanced(ForestOptions);

/// A tree whose nodes have no shares yet.
#[derive(Debug)]
struct Grown(Vec<Node>);

impl Fit<Array2<f64>, Array1<usize>, linfa::Error> for Balanced {
    type Object = Grown;

    fn fit(&self, data: &DatasetBase<Array2<f64>, Array1<usize>>) -> Result<Grown, linfa::Error> {
        let targets = data.targets();
        let positives = targets.iter().filter(|t| **t == 1).count();
        let rarer = usize::from(positives * 2 <= targets.len());
        let (few, many) = (positives.min(targets.len() - positives), positives.max(targets.len() - positives));
        if few == 0 {
            return Ok(Grown(vec![Node { column: 0, split: 0.0, left: 0, right: 0, share: 0.0 }]));
        }
        let odd = ((many as f32 / few as f32 * WEIGHT_STEPS / 2.0).floor() * 2.0 + 1.0) / WEIGHT_STEPS;
        let weights = targets.iter().map(|t| if *t == rarer { odd } else { 1.0 }).collect::<Array1<f32>>();
        let data = DatasetBase::new(data.records().view(), targets.view()).with_weights(weights);
        let Self(options) = self;
        let params = DecisionTree::<f64, usize>::params()
            .max_depth(Some(options.depth))
            .min_weight_split(2.0 * options.leaf_rows)
            .min_weight_leaf(options.leaf_rows)
            .check()?;
        let tree = params.fit(&data)?;
        let mut nodes = Vec::new();
        flatten(tree.root_node(), &mut nodes);
        Ok(Grown(nodes))
    }
}

/// Appends a node and those below it; gives its place.
fn flatten(node: &TreeNode<f64, usize>, nodes: &mut Vec<Node>) -> u32 {
    let at = nodes.len();
    let (column, split, _) = node.split();
    nodes.push(Node { column: column as u32, split, left: 0, right: 0, share: 0.0 });
    if let [Some(left), Some(right)] = node.children()[..]
        && !node.is_leaf()
    {
        nodes[at].left = flatten(left, nodes);
        nodes[at].right = flatten(right, nodes);
    }
    at as u32
}

/// A tree over the columns of the whole matrix.
fn renamed(mut tree: Vec<Node>, columns: &[usize]) -> Vec<Node> {
    tree.iter_mut().for_each(|node| node.column = columns[node.column as usize] as u32);
    tree
}

fn count_shares(tree: &mut [Node], x: &Array2<f64>, outcomes: &[bool]) {
    let mut counts = vec![(0_u32, 0_u32); tree.len()];
    for (row, outcome) in x.rows().into_iter().zip(outcomes) {
        let mut at = 0;
        loop {
            counts[at].0 += u32::from(*outcome);
            counts[at].1 += 1;
            if tree[at].is_leaf() {
                break;
            }
            at = next(&tree[at], row);
        }
    }
    let share = |(positives, rows): (u32, u32), above: f64| {
        (f64::from(positives) + PRIOR_ROWS * above) / (f64::from(rows) + PRIOR_ROWS)
    };
    let all = f64::from(counts[0].0) / f64::from(counts[0].1);
    tree[0].share = all;
    // children stand after their parent
    for at in 0..tree.len() {
        let node = tree[at];
        if !node.is_leaf() {
            for child in [node.left as usize, node.right as usize] {
                tree[child].share = share(counts[child], node.share);
            }
        }
    }
}
