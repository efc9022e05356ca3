//! Items that the same customers have (Sarwar, Karypis, Konstan & Riedl 2001, "Item-based collaborative filtering
//! recommendation algorithms", WWW; Deshpande & Karypis 2004, "Item-based top-N recommendation algorithms", TOIS 22).

use rayon::prelude::*;

use super::{Model, PairCounts, RecommendError};

/// How alike two items are, of a and b customers, c of whom have both, among n.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Similarity {
    /// `c / (√(a b) + s)`
    Cosine,
    /// `c / (a + b − c + s)`
    Jaccard,
    /// `(c n / (a b)) · c / (c + s)`
    Lift,
}

impl Similarity {
    /// The similarity with shrinkage s: the more of it, the more customers it takes to be called alike.
    pub fn of(self, pairs: &PairCounts, i: usize, j: usize, shrinkage: f64) -> f64 {
        let [a, b, c] = [pairs.buyers(i), pairs.buyers(j), pairs.both(i, j)].map(f64::from);
        if c == 0.0 {
            return 0.0;
        }
        match self {
            Self::Cosine => c / ((a * b).sqrt() + shrinkage),
            Self::Jaccard => c / (a + b - c + shrinkage),
            Self::Lift => c * f64::from(pairs.customers()) / (a * b) * c / (c + shrinkage),
        }
    }
}

/// What is popular comes behind everything that an item speaks for.
pub(super) const FILL: f64 = 1e-6;

/// The items most like each item.
#[derive(Debug, Clone, PartialEq)]
pub struct Neighbours {
    /// For each item `(other, similarity)`, others rising.
    pub(super) of: Vec<Vec<(u32, f64)>>,
}

/// Items that are looked at together, so that counts are read in the order in which they stand.
const BLOCK: usize = 64;

/// The `most` items most like each item that have a customer in common with it; the smaller number first among equals.
///
/// # Errors
/// [`RecommendError::Option`] for a negative shrinkage or one that is no number.
pub fn nearest(
    pairs: &PairCounts,
    similarity: Similarity,
    shrinkage: f64,
    most: usize,
) -> Result<Neighbours, RecommendError> {
    if !(shrinkage >= 0.0 && shrinkage.is_finite()) {
        let (option, allowed) = ("shrinkage", "a number from 0 on");
        return Err(RecommendError::Option { option, value: shrinkage, allowed });
    }
    let items = pairs.items();
    let of_block = |block: usize| {
        let range = block * BLOCK..((block + 1) * BLOCK).min(items);
        let mut found: Vec<Vec<(u32, f64)>> = vec![Vec::new(); range.len()];
        for other in 0..items {
            for (item, own) in range.clone().zip(&mut found) {
                if item != other && pairs.both(other, item) > 0 {
                    own.push((other as u32, similarity.of(pairs, other, item, shrinkage)));
                    if own.len() >= 8 * most + BLOCK {
                        keep_most(own, most);
                    }
                }
            }
        }
        for own in &mut found {
            keep_most(own, most);
            own.sort_unstable_by_key(|(other, _)| *other);
            own.shrink_to_fit();
        }
        found
    };
    let blocks = (0..items.div_ceil(BLOCK)).into_par_iter().map(of_block).collect::<Vec<_>>();
    Ok(Neighbours { of: blocks.into_iter().flatten().collect() })
}

/// Keeps the most similar, in no particular order.
fn keep_most(found: &mut Vec<(u32, f64)>, most: usize) {
    if most == 0 {
        found.clear();
    } else if found.len() > most {
        found.select_nth_unstable_by(most - 1, |a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        found.truncate(most);
    }
}

/// Relevance is the sum of the similarities to the items held; where none of them is a neighbour, a thousandth of a
/// thousandth of its popularity puts what is popular first.
pub fn item_to_item(pairs: &PairCounts, neighbours: &Neighbours) -> Model {
    let customers = f64::from(pairs.customers().max(1));
    let base = (0..pairs.items()).map(|item| FILL * f64::from(pairs.buyers(item)) / customers).collect();
    Model::of_sources(base, &neighbours.of)
}
