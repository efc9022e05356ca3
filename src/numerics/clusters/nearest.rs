//! Nearest centres: the one loop that sees every customer.

use super::{ClusterError, Points};

/// Distances to this many centres are worked out side by side.
pub(super) const LANES: usize = 8;

/// The same number, for counting in the type of the labels.
const LANES_U16: u16 = 8;

/// The centres of a clustering, in the space of the scaled features.
#[derive(Debug, Clone, PartialEq)]
pub struct Centres {
    points: Points,
}

/// Where each point belongs.
#[derive(Debug, Clone, PartialEq)]
pub struct Assignment {
    /// Number of the nearest centre per point; the lower one on equal distance.
    pub labels: Vec<u16>,
    /// Euclidean distance to that centre.
    pub distances: Vec<f64>,
    /// Number of points per centre.
    pub sizes: Vec<usize>,
    /// Sum of the squared distances.
    pub inertia: f64,
}

impl Centres {
    /// Takes centres, one per row.
    ///
    /// # Errors
    ///
    /// [`ClusterError::ClusterCount`] unless there are 1 to
    /// [`MAX_CLUSTERS`](super::kmeans::MAX_CLUSTERS).
    pub fn new(points: Points) -> Result<Self, ClusterError> {
        let (k, limit) = (points.len(), super::kmeans::MAX_CLUSTERS);
        if k == 0 || k > limit {
            return Err(ClusterError::ClusterCount { k, rows: k, limit });
        }
        Ok(Self { points })
    }

    /// Number of centres.
    #[must_use]
    pub fn k(&self) -> usize {
        self.points.len()
    }

    /// One centre.
    ///
    /// # Panics
    ///
    /// If there is no such centre.
    #[must_use]
    pub fn row(&self, centre: usize) -> &[f64] {
        self.points.row(centre)
    }

    /// The centres as points.
    #[must_use]
    pub fn points(&self) -> &Points {
        &self.points
    }

    /// The nearest centre of every point.
    ///
    /// # Errors
    ///
    /// [`ClusterError::Dimensions`] if points and centres don't have the same
    /// number of features.
    pub fn assign(&self, points: &Points) -> Result<Assignment, ClusterError> {
        if points.dims() != self.points.dims() {
            return Err(ClusterError::Dimensions { found: points.dims(), expected: self.points.dims() });
        }
        let packed = PackedCentres::new(self.points.values(), self.points.dims());
        let mut assignment = Assignment {
            labels: Vec::with_capacity(points.len()),
            distances: Vec::with_capacity(points.len()),
            sizes: vec![0; self.k()],
            inertia: 0.0,
        };
        for row in points.rows() {
            let (label, squared) = packed.nearest(row);
            assignment.labels.push(label);
            assignment.distances.push(squared.sqrt());
            assignment.sizes[usize::from(label)] += 1;
            assignment.inertia += squared;
        }
        Ok(assignment)
    }
}

/// Centres laid out for the processor: blocks of [`LANES`] centres, feature by
/// feature, the last block filled up with centres at infinity.
#[derive(Debug)]
pub(super) struct PackedCentres {
    lanes: Vec<[f64; LANES]>,
    dims: usize,
}

impl PackedCentres {
    /// Packs centres given row after row.
    pub(super) fn new(centres: &[f64], dims: usize) -> Self {
        let k = centres.len() / dims;
        let lanes = vec![[f64::INFINITY; LANES]; k.div_ceil(LANES) * dims];
        let mut packed = Self { lanes, dims };
        for (centre, row) in centres.chunks_exact(dims).enumerate() {
            packed.set(centre, row);
        }
        packed
    }

    /// Number of the nearest centre and the squared distance to it.
    ///
    /// Differences are squared, never expanded into dot products, so a point
    /// on a centre is at distance 0 exactly.
    #[inline]
    pub(super) fn nearest(&self, point: &[f64]) -> (u16, f64) {
        let mut best = (0_u16, f64::INFINITY);
        let mut first = 0_u16;
        for block in self.lanes.chunks_exact(self.dims) {
            let squared = squared_distances(point, block);
            for (number, &candidate) in (first..).zip(&squared) {
                best = if candidate < best.1 { (number, candidate) } else { best };
            }
            first += LANES_U16;
        }
        best
    }

    /// As [`PackedCentres::nearest`], but with each squared distance multiplied
    /// by the centre's weight, and for centre `own` by `own_weight`.
    #[inline]
    pub(super) fn nearest_weighted(&self, point: &[f64], weights: &[[f64; LANES]], own: u16, own_weight: f64) -> u16 {
        let mut best = (0_u16, f64::INFINITY);
        let mut first = 0_u16;
        for (block, weights) in self.lanes.chunks_exact(self.dims).zip(weights) {
            let squared = squared_distances(point, block);
            for ((number, squared), weight) in (first..).zip(&squared).zip(weights) {
                let weight = if number == own { own_weight } else { *weight };
                let candidate = squared * weight;
                best = if candidate < best.1 { (number, candidate) } else { best };
            }
            first += LANES_U16;
        }
        best.0
    }

    /// Replaces one centre.
    pub(super) fn set(&mut self, centre: usize, row: &[f64]) {
        let block = centre / LANES * self.dims;
        for (lane, &value) in self.lanes[block..].iter_mut().zip(row) {
            lane[centre % LANES] = value;
        }
    }
}

/// Squared distances of a point to a block of centres.
#[inline]
fn squared_distances(point: &[f64], block: &[[f64; LANES]]) -> [f64; LANES] {
    let mut squared = [0.0; LANES];
    for (value, lane) in point.iter().zip(block) {
        for (sum, centre) in squared.iter_mut().zip(lane) {
            let difference = value - centre;
            *sum += difference * difference;
        }
    }
    squared
}

#[cfg(test)]
mod tests {
    #![expect(clippy::float_cmp, reason = "figures that are exact by construction are compared exactly")]

    use super::*;

    #[test]
    fn finds_the_nearest_of_many_centres() {
        for k in [1, 2, 7, 8, 9, 16, 33] {
            let centres = Points::new((0..k * 3).map(|i| f64::from(i * i % 23)).collect(), 3).unwrap();
            let points = Points::new((0..600).map(|i| f64::from(i * 7 % 29)).collect(), 3).unwrap();
            let assigned = Centres::new(centres.clone()).unwrap().assign(&points).unwrap();
            for (row, (&label, &distance)) in points.rows().zip(assigned.labels.iter().zip(&assigned.distances)) {
                let all: Vec<f64> =
                    centres.rows().map(|c| c.iter().zip(row).map(|(c, v)| (v - c) * (v - c)).sum::<f64>()).collect();
                let least = all.iter().copied().fold(f64::INFINITY, f64::min);
                let first = all.iter().position(|&d| d == least).unwrap();
                assert_eq!((usize::from(label), distance), (first, least.sqrt()));
            }
            assert_eq!(assigned.sizes.iter().sum::<usize>(), 200);
        }
    }

    #[test]
    fn shapes_must_agree() {
        let centres = Centres::new(Points::new(vec![0.0, 1.0], 2).unwrap()).unwrap();
        let points = Points::new(vec![0.0, 1.0], 1).unwrap();
        assert!(matches!(centres.assign(&points), Err(ClusterError::Dimensions { .. })));
        assert!(Centres::new(Points::new(vec![], 2).unwrap()).is_err());
    }
}
