//! Everyone who is judged, with their probability and reasons.

use std::collections::BTreeSet;

use rayon::prelude::*;

use crate::numerics::classify::{Band, Reason, strongest_reasons};
use crate::table::Categories;

use super::learn::Learned;
use super::rows::RowSource;

/// Rows scored in one go.
const CHUNK: usize = 16_384;

/// Reasons per customer.
pub(super) const REASONS: usize = 3;

/// A reason without its strength: many customers share it.
type Kind = (usize, Band, bool);

/// Scores, one per row.
#[derive(Debug)]
pub(super) struct Scores {
    pub(super) probabilities: Vec<f64>,
    /// Tenth of the rows, 1 the most probable.
    pub(super) deciles: Vec<i32>,
    /// The strongest reason of each row, the second, the third.
    pub(super) reasons: Vec<Categories>,
}

/// Some rows in a row. Their reasons are numbers among the kinds that they have, as kinds take much room; none is negative.
struct Chunk {
    probabilities: Vec<f64>,
    kinds: Vec<Kind>,
    reasons: Vec<[i32; REASONS]>,
}

/// Scores all rows.
pub(super) fn score(learned: &Learned, source: &dyn RowSource) -> Scores {
    let chunks = (0..source.len().div_ceil(CHUNK)).into_par_iter().map(|number| {
        let rows = (number * CHUNK..source.len().min((number + 1) * CHUNK)).collect::<Vec<_>>();
        chunk(learned, source, &rows)
    });
    let chunks = chunks.collect::<Vec<Chunk>>();
    let probabilities = chunks.iter().flat_map(|chunk| chunk.probabilities.iter().copied()).collect::<Vec<_>>();
    let text = |(feature, band, raises): &Kind| {
        let effect = if *raises { 1.0 } else { -1.0 };
        Reason { feature: *feature, band: *band, effect }.text(&learned.all_encoder)
    };
    let distinct = chunks.iter().flat_map(|chunk| &chunk.kinds).collect::<BTreeSet<_>>();
    let names = distinct.into_iter().map(text).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>();
    let place = |kind: &Kind| names.binary_search(&text(kind)).map_or(-1, |at| at as i32);
    let places = chunks.iter().map(|chunk| chunk.kinds.iter().map(place).collect::<Vec<_>>()).collect::<Vec<_>>();
    let reasons = (0..REASONS).map(|number| {
        let codes = chunks.iter().zip(&places).flat_map(|(chunk, places)| {
            let code = move |own: &[i32; REASONS]| usize::try_from(own[number]).map_or(-1, |kind| places[kind]);
            chunk.reasons.iter().map(code)
        });
        Categories::from_codes(codes.collect(), names.clone())
    });
    Scores { deciles: deciles(&probabilities), reasons: reasons.collect(), probabilities }
}

fn chunk(learned: &Learned, source: &dyn RowSource, rows: &[usize]) -> Chunk {
    let columns = source.columns(rows);
    let own = (0..rows.len()).collect::<Vec<_>>();
    let x = learned.all_encoder.matrix(&columns.features(), &own);
    let scores = learned.all_scorer.probabilities(&x);
    let reasons = strongest_reasons(&learned.all_scorer, &learned.all_encoder, &x, REASONS);
    let kind = |reason: &Reason| (reason.feature, reason.band, reason.effect > 0.0);
    let mut kinds = reasons.iter().flatten().map(kind).collect::<Vec<_>>();
    kinds.sort_unstable();
    kinds.dedup();
    kinds.shrink_to_fit();
    let number = |own: &Vec<Reason>, at: usize| {
        own.get(at).and_then(|reason| kinds.binary_search(&kind(reason)).ok()).map_or(-1, |at| at as i32)
    };
    let reasons = reasons.iter().map(|own| std::array::from_fn(|at| number(own, at))).collect();
    let probabilities = scores.into_iter().map(|score| learned.calibrator.apply(score)).collect();
    Chunk { probabilities, kinds, reasons }
}

/// Tenth of the rows, 1 the highest; of equal ones the first come first.
fn deciles(probabilities: &[f64]) -> Vec<i32> {
    let mut order = (0..probabilities.len()).collect::<Vec<_>>();
    order.sort_unstable_by(|a, b| probabilities[*b].total_cmp(&probabilities[*a]).then(a.cmp(b)));
    let mut deciles = vec![0; order.len()];
    for (place, row) in order.iter().enumerate() {
        deciles[*row] = (place * 10 / order.len()) as i32 + 1;
    }
    deciles
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deciles_are_tenths_from_the_top() {
        let probabilities = (0..20).map(|at| f64::from(at) / 20.0).collect::<Vec<_>>();
        let found = deciles(&probabilities);
        assert_eq!((found[19], found[18], found[17], found[0]), (1, 1, 2, 10));
        assert_eq!(deciles(&[0.5]), [1]);
        assert!(deciles(&[]).is_empty());
    }
}
