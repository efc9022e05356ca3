//! Moving single points where that lowers the inertia, which Lloyd's
//! iteration can't see.
//!
//! # Formula
//!
//! Moving a point from cluster `a` (of `n_a` points, squared distance `d_a²`
//! to its centre) to cluster `b` changes the inertia by
//!
//! ```text
//! n_b / (n_b + 1) d_b²  −  n_a / (n_a − 1) d_a²
//! ```
//!
//! (Hartigan 1975, "Clustering algorithms", section 4.3; Telgarsky & Vattani
//! 2010, "Hartigan's method: k-means clustering without Voronoi", equation 1.)
//! A partition that no such move improves is also a fixed point of Lloyd's
//! iteration, but not the other way round.

use super::Points;
use super::lloyd::Partition;
use super::nearest::{LANES, PackedCentres};
use super::points::to_f64;

/// A move must gain at least this share of the inertia it removes, so that
/// rounding can't move a point to and fro.
const MIN_GAIN: f64 = 1e-10;

/// Centres under change: packed for distances, with the factor `n/(n+1)` that
/// a point joining each of them costs.
struct Exchange<'a> {
    partition: &'a mut Partition,
    packed: PackedCentres,
    join: Vec<[f64; LANES]>,
}

/// Moves points one by one until a pass over all of them changes nothing, or
/// `passes` passes are made. Labels and centres of the result belong together
/// only after another [`Partition::refine`]. Returns whether a point moved.
pub(super) fn exchange(points: &Points, partition: &mut Partition, passes: usize) -> bool {
    let k = partition.counts.len();
    let packed = PackedCentres::new(&partition.centres, points.dims());
    let join = vec![[1.0; LANES]; k.div_ceil(LANES)];
    let mut exchange = Exchange { partition, packed, join };
    for centre in 0..k {
        exchange.weigh(centre);
    }
    let mut moved = false;
    for _ in 0..passes {
        let mut changed = false;
        for (row, point) in points.rows().enumerate() {
            changed |= exchange.move_if_better(row, point);
        }
        moved |= changed;
        if !changed {
            break;
        }
    }
    moved
}

impl Exchange<'_> {
    /// Moves a point to the cluster where it costs least, if that isn't its own.
    /// The only point of a cluster stays, so that none gets empty.
    #[inline]
    fn move_if_better(&mut self, row: usize, point: &[f64]) -> bool {
        let from = self.partition.labels[row];
        let size = self.partition.counts[usize::from(from)];
        if size < 2 {
            return false;
        }
        let leave = to_f64(size) / to_f64(size - 1) * (1.0 - MIN_GAIN);
        let to = self.packed.nearest_weighted(point, &self.join, from, leave);
        if to == from {
            return false;
        }
        self.partition.labels[row] = to;
        self.shift(usize::from(from), point, -1.0 / to_f64(size - 1));
        self.partition.counts[usize::from(from)] -= 1;
        self.weigh(usize::from(from));
        let share = 1.0 / to_f64(self.partition.counts[usize::from(to)] + 1);
        self.shift(usize::from(to), point, share);
        self.partition.counts[usize::from(to)] += 1;
        self.weigh(usize::from(to));
        true
    }

    /// Mean after a point joined (`share` = 1/(n+1)) or left (−1/(n−1)).
    fn shift(&mut self, centre: usize, point: &[f64], share: f64) {
        let dims = point.len();
        let mean = &mut self.partition.centres[centre * dims..(centre + 1) * dims];
        for (mean, value) in mean.iter_mut().zip(point) {
            *mean += (value - *mean) * share;
        }
        self.packed.set(centre, mean);
    }

    /// Works out the factor of joining a cluster anew.
    fn weigh(&mut self, centre: usize) {
        let size = to_f64(self.partition.counts[centre]);
        self.join[centre / LANES][centre % LANES] = size / (size + 1.0);
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::float_cmp, reason = "figures that are exact by construction are compared exactly")]

    use super::*;

    #[test]
    fn leaves_a_fixed_point_of_lloyd_that_is_not_the_best() {
        // Lloyd keeps {0, 4} {7}: 4 is nearer to 2 than to 7. Moving it pays:
        // 8 becomes 4.5.
        let points = Points::new(vec![0.0, 4.0, 7.0], 1).unwrap();
        let mut partition = Partition::refine(&points, vec![2.0, 7.0], 50);
        assert_eq!(partition.inertia, 8.0);
        assert!(exchange(&points, &mut partition, 10));
        let partition = Partition::refine(&points, partition.centres, 50);
        assert_eq!(partition.inertia, 4.5);
        assert_eq!(partition.centres, [0.0, 5.5]);
    }

    #[test]
    fn leaves_no_cluster_empty_and_stops() {
        let points = Points::new(vec![1.0, 1.0, 2.0, 2.0], 1).unwrap();
        let mut partition = Partition::refine(&points, vec![1.0, 2.0], 50);
        assert!(!exchange(&points, &mut partition, 10));
        assert_eq!(partition.counts, [2, 2]);
    }
}
