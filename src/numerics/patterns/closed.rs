//! Which sequences say something that no longer one says.

use super::prefix_span::SequencePattern;
use foldhash::fast::FixedState;
use hashbrown::HashMap;

/// Between two elements of a flat pattern; no item has this id.
const NEXT: u32 = u32::MAX;

/// Marks as not closed what a pattern of one more item has the count of.
///
/// With `ends_only` an element is added at an end of a pattern, and not in
/// between.
pub(super) fn mark_closed(patterns: &mut [SequencePattern], ends_only: bool) {
    let flat: Vec<Vec<u32>> = patterns.iter().map(|p| flatten(&p.elements)).collect();
    let places: HashMap<&[u32], usize, FixedState> =
        flat.iter().enumerate().map(|(place, key)| (key.as_slice(), place)).collect();
    let mut part = Vec::new();
    for (place, whole) in flat.iter().enumerate() {
        for left_out in 0..whole.len() {
            if whole[left_out] != NEXT
                && shorten(whole, left_out, ends_only, &mut part)
                && let Some(shorter) = places.get(part.as_slice())
            {
                patterns[*shorter].closed &= patterns[*shorter].customers != patterns[place].customers;
            }
        }
    }
}

fn flatten(elements: &[Vec<u32>]) -> Vec<u32> {
    elements.join(&NEXT)
}

/// A flat pattern without one item, and without its element if it has no
/// other. `false` if nothing is left or it may not be left out.
fn shorten(whole: &[u32], left_out: usize, ends_only: bool, part: &mut Vec<u32>) -> bool {
    let (first, last) = (left_out == 0, left_out + 1 == whole.len());
    let starts = first || whole[left_out - 1] == NEXT;
    let ends = last || whole[left_out + 1] == NEXT;
    let alone = starts && ends;
    if (first && last) || (alone && ends_only && !first && !last) {
        return false;
    }
    part.clear();
    part.extend_from_slice(&whole[..left_out]);
    part.extend_from_slice(&whole[left_out + 1..]);
    if alone {
        // One of the two marks around it goes with the element.
        part.remove(left_out.saturating_sub(1));
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_is_left_out_with_its_element_if_alone() {
        let whole = flatten(&[vec![1], vec![2, 3], vec![4], vec![5]]);
        let mut parts = Vec::new();
        for left_out in (0..whole.len()).filter(|i| whole[*i] != NEXT) {
            let mut part = Vec::new();
            parts.push(shorten(&whole, left_out, false, &mut part).then_some(part));
        }
        let want: [&[Vec<u32>]; 5] = [
            &[vec![2, 3], vec![4], vec![5]],
            &[vec![1], vec![3], vec![4], vec![5]],
            &[vec![1], vec![2], vec![4], vec![5]],
            &[vec![1], vec![2, 3], vec![5]],
            &[vec![1], vec![2, 3], vec![4]],
        ];
        assert_eq!(parts, want.map(|elements| Some(flatten(elements))));
        let mut part = Vec::new();
        assert!(!shorten(&[7], 0, false, &mut part));
        assert!(!shorten(&flatten(&[vec![1], vec![2], vec![3]]), 2, true, &mut part));
        assert!(shorten(&flatten(&[vec![1], vec![2], vec![3]]), 4, true, &mut part));
    }
}
