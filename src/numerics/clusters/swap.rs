//! Moving whole centres out of local minima.
//!
//! Lloyd's iteration and single-point moves keep a centre near where it
//! started: a group of points with two centres and two groups that share one
//! can't be mended by them. Here one centre at a time is put on another point,
//! a few steps are taken, and the result is kept if the inertia fell (Fränti
//! 2018, "Efficiency of random swap clustering", Journal of Big Data 5:13,
//! algorithm 1). Centre and point are drawn by a fixed hash.

use super::Points;
use super::exchange::exchange;
use super::lloyd::Partition;
use super::points::{draw, to_index};

/// Steps after a swap before it is judged.
const STEPS: usize = 25;

/// Steps after which a swap without prospects is given up.
const FIRST_STEPS: usize = 4;

/// A swap is given up if the inertia is still this many times the best.
const HOPELESS: f64 = 1.03;

/// Passes of single-point moves after a swap before it is judged.
const PASSES: usize = 3;

/// A swap must lower the inertia by more than this share.
const MIN_GAIN: f64 = 1e-9;

/// Tries `trials` swaps one after the other and returns the best partition.
pub(super) fn swap(points: &Points, mut best: Partition, trials: u64, seed: u64) -> Partition {
    let (k, dims) = (best.counts.len(), points.dims());
    if k < 2 || points.is_empty() {
        return best;
    }
    for trial in 0..trials {
        let centre = to_index(draw(seed, 2 * trial), k);
        let row = to_index(draw(seed, 2 * trial + 1), points.len());
        let mut centres = best.centres.clone();
        centres[centre * dims..(centre + 1) * dims].copy_from_slice(points.row(row));
        let mut candidate = Partition::refine(points, centres, FIRST_STEPS);
        if candidate.inertia > best.inertia * HOPELESS {
            continue;
        }
        candidate = Partition::refine(points, candidate.centres, STEPS);
        if exchange(points, &mut candidate, PASSES) {
            candidate = Partition::refine(points, candidate.centres, STEPS);
        }
        if candidate.inertia < best.inertia * (1.0 - MIN_GAIN) {
            best = candidate;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mends_what_lloyd_cannot() {
        // Three far groups; two centres start in the first, one between the
        // others, and stay there.
        let values = [0.0, 1.0, 2.0, 100.0, 101.0, 102.0, 120.0, 121.0, 122.0];
        let points = Points::new(values.to_vec(), 1).unwrap();
        let stuck = Partition::refine(&points, vec![0.5, 2.0, 111.0], 50);
        assert!(stuck.inertia > 600.0);
        let mended = swap(&points, stuck, 50, 1);
        assert!((mended.inertia - 6.0).abs() < 1e-9, "{}", mended.inertia);
    }

    #[test]
    fn never_makes_it_worse_and_repeats_itself() {
        let points = Points::new((0..300).map(|i| f64::from(i * i % 101)).collect(), 3).unwrap();
        let start = Partition::refine(&points, (0..12).map(f64::from).collect(), 50);
        let (a, b) = (swap(&points, start.clone(), 30, 9), swap(&points, start.clone(), 30, 9));
        assert!(a.inertia <= start.inertia);
        assert_eq!((a.centres, a.labels), (b.centres, b.labels));
    }
}
