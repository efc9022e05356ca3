//! The form that all models have.

/// A model: the relevance of item j to a customer who holds the items O is `base[j] + Σ over i in O of weight[i][j]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    base: Vec<f64>,
    starts: Vec<usize>,
    targets: Vec<u32>,
    weights: Vec<f64>,
}

impl Model {
    /// A model without weights: everyone is offered the same.
    pub fn of_base(base: Vec<f64>) -> Self {
        let starts = vec![0; base.len() + 1];
        Self { base, starts, targets: Vec::new(), weights: Vec::new() }
    }

    /// A model from what speaks for each item: `(held item, weight)` pairs, those of one item together.
    pub fn of_sources(base: Vec<f64>, sources: &[Vec<(u32, f64)>]) -> Self {
        let mut starts = vec![0; base.len() + 1];
        for (held, _) in sources.iter().flatten() {
            starts[*held as usize + 1] += 1;
        }
        for at in 0..base.len() {
            starts[at + 1] += starts[at];
        }
        let mut next = starts.clone();
        let total = starts[base.len()];
        let (mut targets, mut weights) = (vec![0; total], vec![0.0; total]);
        for (target, sources) in sources.iter().enumerate() {
            for (held, weight) in sources {
                let free = &mut next[*held as usize];
                (targets[*free], weights[*free]) = (target as u32, *weight);
                *free += 1;
            }
        }
        Self { base, starts, targets, weights }
    }

    /// Relevance of each item to someone who holds nothing that has a weight.
    pub fn base(&self) -> &[f64] {
        &self.base
    }

    /// Number of weights.
    pub fn weights(&self) -> usize {
        self.weights.len()
    }

    /// The items that a held item speaks for or against, rising, each with its weight.
    pub fn speaks_for(&self, held: u32) -> impl Iterator<Item = (u32, f64)> {
        let own = self.starts[held as usize]..self.starts[held as usize + 1];
        self.targets[own.clone()].iter().copied().zip(self.weights[own].iter().copied())
    }
}
