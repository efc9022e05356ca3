//! Lloyd's iteration to its exact fixed point, with repair of empty clusters.
//!
//! # Formula
//!
//! Assign each point to its nearest centre, move each centre to the mean of
//! its points, repeat until no point changes (Lloyd 1982, "Least squares
//! quantization in PCM", IEEE Trans. Inf. Theory 28, section III). The sum of
//! squared distances never rises, so it ends.

use super::Points;
use super::nearest::PackedCentres;
use super::points::to_f64;

/// No point belongs here yet.
const UNASSIGNED: u16 = u16::MAX;

/// Centres (row after row) with what they mean for a set of points.
#[derive(Debug, Clone)]
pub(super) struct Partition {
    pub(super) centres: Vec<f64>,
    pub(super) labels: Vec<u16>,
    /// Squared distance of each point to its centre.
    pub(super) squared: Vec<f64>,
    pub(super) counts: Vec<usize>,
    pub(super) inertia: f64,
}

/// One assignment of all points, with the sums the next centres need.
struct Step {
    sums: Vec<f64>,
    counts: Vec<usize>,
    changed: usize,
    inertia: f64,
}

impl Partition {
    /// Starts from `centres` and takes at most `steps` steps over `points`.
    ///
    /// The labels returned are those of the centres returned. An empty cluster
    /// takes over the point that is farthest from its own centre (ties: the
    /// first); if all points lie on centres it stays empty.
    pub(super) fn refine(points: &Points, centres: Vec<f64>, steps: usize) -> Self {
        let dims = points.dims();
        let k = centres.len() / dims;
        let mut partition = Self {
            centres,
            labels: vec![UNASSIGNED; points.len()],
            squared: vec![f64::INFINITY; points.len()],
            counts: vec![0; k],
            inertia: f64::INFINITY,
        };
        for _ in 0..steps {
            let step = partition.step(points);
            if step.counts.contains(&0) && partition.repair(points, &step.counts) {
                continue;
            }
            if step.changed == 0 {
                return partition.settle(step);
            }
            partition.move_centres(&step, dims);
        }
        partition.close(points)
    }

    /// Assigns once more and fills what the last move may have left empty.
    ///
    /// Each repair lowers the inertia, so it can't go round in circles; the
    /// bound guards against rounding only.
    fn close(mut self, points: &Points) -> Self {
        for _ in 0..=self.counts.len() {
            let step = self.step(points);
            if !(step.counts.contains(&0) && self.repair(points, &step.counts)) {
                return self.settle(step);
            }
        }
        let step = self.step(points);
        self.settle(step)
    }

    /// Takes over the sizes and the inertia of the last assignment.
    fn settle(mut self, step: Step) -> Self {
        self.counts = step.counts;
        self.inertia = step.inertia;
        self
    }

    /// Assigns every point to its nearest centre and adds up, in the order of
    /// the points, what the next centres are made of.
    fn step(&mut self, points: &Points) -> Step {
        let packed = PackedCentres::new(&self.centres, points.dims());
        let mut step =
            Step { sums: vec![0.0; self.centres.len()], counts: vec![0; self.counts.len()], changed: 0, inertia: 0.0 };
        for ((row, label), own) in points.rows().zip(&mut self.labels).zip(&mut self.squared) {
            let (nearest, squared) = packed.nearest(row);
            *own = squared;
            step.changed += usize::from(*label != nearest);
            *label = nearest;
            let centre = usize::from(nearest);
            step.counts[centre] += 1;
            step.inertia += squared;
            let sums = &mut step.sums[centre * row.len()..(centre + 1) * row.len()];
            for (sum, value) in sums.iter_mut().zip(row) {
                *sum += value;
            }
        }
        step
    }

    /// Moves each centre to the mean of its points; one without points stays.
    fn move_centres(&mut self, step: &Step, dims: usize) {
        let centres = self.centres.chunks_exact_mut(dims);
        for ((centre, sums), &count) in centres.zip(step.sums.chunks_exact(dims)).zip(&step.counts) {
            if count > 0 {
                for (value, sum) in centre.iter_mut().zip(sums) {
                    *value = sum / to_f64(count);
                }
            }
        }
    }

    /// Gives the first empty cluster the point farthest from its centre.
    /// Returns whether anything moved.
    fn repair(&mut self, points: &Points, counts: &[usize]) -> bool {
        let Some(empty) = counts.iter().position(|&count| count == 0) else {
            return false;
        };
        let dims = points.dims();
        let packed = PackedCentres::new(&self.centres, dims);
        let (mut farthest, mut largest) = (None, 0.0);
        for (row, point) in points.rows().enumerate() {
            let (_, squared) = packed.nearest(point);
            if squared > largest {
                (farthest, largest) = (Some(row), squared);
            }
        }
        if let Some(row) = farthest {
            self.centres[empty * dims..(empty + 1) * dims].copy_from_slice(points.row(row));
        }
        farthest.is_some()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::float_cmp, reason = "figures that are exact by construction are compared exactly")]

    use super::*;

    fn line(values: &[f64]) -> Points {
        Points::new(values.to_vec(), 1).unwrap()
    }

    #[test]
    fn centres_end_as_the_means_of_their_points() {
        let points = line(&[0.0, 1.0, 2.0, 10.0, 11.0, 15.0]);
        let partition = Partition::refine(&points, vec![0.0, 1.0], 50);
        assert_eq!(partition.centres, [1.0, 12.0]);
        assert_eq!(partition.counts, [3, 3]);
        assert!((partition.inertia - 16.0).abs() < 1e-12);
    }

    #[test]
    fn equal_first_centres_are_pulled_apart() {
        let points = line(&[0.0, 0.0, 5.0, 9.0, 9.5]);
        let partition = Partition::refine(&points, vec![4.0; 3], 50);
        assert!(partition.counts.iter().all(|&count| count > 0), "{partition:?}");
    }

    #[test]
    fn fewer_distinct_points_than_centres_end_without_moving_forever() {
        let partition = Partition::refine(&line(&[1.0, 1.0, 2.0]), vec![1.0, 1.5, 7.0], 1_000);
        assert_eq!(partition.counts.iter().filter(|&&count| count > 0).count(), 2);
        assert_eq!(partition.inertia, 0.0);
    }

    #[test]
    fn labels_belong_to_the_centres_when_stopped_early() {
        let points = line(&[0.0, 1.0, 2.0, 3.0, 30.0, 31.0, 50.0]);
        for steps in 0..5 {
            let partition = Partition::refine(&points, vec![0.0, 1.0, 2.0], steps);
            let packed = PackedCentres::new(&partition.centres, 1);
            for (row, &label) in points.rows().zip(&partition.labels) {
                assert_eq!(packed.nearest(row).0, label);
            }
            assert!(partition.counts.iter().all(|&count| count > 0));
        }
    }
}
