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

/// Scores all rows.
pub(super) fn score(learned: &Learned, source: &dyn RowSource) -> Scores {
    let rows = (0..source.len()).collect::<Vec<_>>();
    let chunks = rows.par_chunks(CHUNK).map(|rows| {
        let columns = source.columns(rows);
        let own = (0..rows.len()).collect::<Vec<_>>();
        let x = learned.all_encoder.matrix(&columns.features(), &own);
        let scores = learned.all_scorer.probabilities(&x);
        let reasons = strongest_reasons(&learned.all_scorer, &learned.all_encoder, &x, REASONS);
        let kinds = |own: &Vec<Reason>| {
            let kind = |at: usize| own.get(at).map(|r| (r.feature, r.band, r.effect > 0.0));
            [kind(0), kind(1), kind(2)]
        };
        let probabilities = scores.into_iter().map(|score| learned.calibrator.apply(score)).collect::<Vec<_>>();
        (probabilities, reasons.iter().map(kinds).collect::<Vec<[Option<Kind>; REASONS]>>())
    });
    let chunks: Vec<(Vec<f64>, Vec<[Option<Kind>; REASONS]>)> = chunks.collect();
    let (probabilities, kinds): (Vec<_>, Vec<_>) = chunks.into_iter().unzip();
    let (probabilities, kinds) = (probabilities.concat(), kinds.concat());
    let distinct = kinds.iter().flatten().flatten().copied().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>();
    let text = |(feature, band, raises): &Kind| {
        let effect = if *raises { 1.0 } else { -1.0 };
        Reason { feature: *feature, band: *band, effect }.text(&learned.all_encoder)
    };
    let texts = distinct.iter().map(text).collect::<Vec<_>>();
    let names = texts.iter().cloned().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>();
    let code_of = texts.iter().map(|t| names.binary_search(t).map_or(-1, |at| at as i32)).collect::<Vec<_>>();
    let code =
        |kind: Option<Kind>| kind.and_then(|kind| distinct.binary_search(&kind).ok()).map_or(-1, |at| code_of[at]);
    let reasons = (0..REASONS)
        .map(|number| Categories::from_codes(kinds.iter().map(|own| code(own[number])).collect(), names.clone()));
    Scores { deciles: deciles(&probabilities), reasons: reasons.collect(), probabilities }
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
