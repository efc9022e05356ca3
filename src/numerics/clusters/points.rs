//! Points in feature space: a dense table of finite numbers.

use super::ClusterError;

/// Largest magnitude of a value. The sum of squared differences of as many
/// values as fit in memory then stays finite.
const MAX_MAGNITUDE: f64 = 1e140;

/// Rows of equally many finite numbers, stored row after row.
#[derive(Debug, Clone, PartialEq)]
pub struct Points {
    values: Vec<f64>,
    dims: usize,
}

impl Points {
    /// Takes `values`, row after row of `dims` numbers.
    ///
    /// # Errors
    ///
    /// [`ClusterError::NoFeatures`] if `dims` is 0, [`ClusterError::Dimensions`]
    /// if the last row isn't full, [`ClusterError::OutOfRange`] on NaN, ±∞ and
    /// magnitudes above 1e140.
    pub fn new(values: Vec<f64>, dims: usize) -> Result<Self, ClusterError> {
        if dims == 0 {
            return Err(ClusterError::NoFeatures);
        }
        if !values.len().is_multiple_of(dims) {
            return Err(ClusterError::Dimensions { found: values.len() % dims, expected: dims });
        }
        if let Some(at) = values.iter().position(|value| value.is_nan() || value.abs() > MAX_MAGNITUDE) {
            return Err(ClusterError::OutOfRange { row: at / dims, value: values[at] });
        }
        Ok(Self { values, dims })
    }

    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len() / self.dims
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Numbers per row.
    #[must_use]
    pub fn dims(&self) -> usize {
        self.dims
    }

    /// All numbers, row after row.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// One row.
    ///
    /// # Panics
    ///
    /// If there is no such row.
    #[must_use]
    pub fn row(&self, row: usize) -> &[f64] {
        &self.values[row * self.dims..(row + 1) * self.dims]
    }

    /// All rows in order.
    pub fn rows(&self) -> std::slice::ChunksExact<'_, f64> {
        self.values.chunks_exact(self.dims)
    }

    /// A copy of about `wanted` rows, spread evenly; everything if there are
    /// no more than that.
    ///
    /// The rows are cut into `wanted` stretches of equal length and one row is
    /// taken from each at a place that a fixed hash of the stretch's number
    /// decides: as even as every n-th row, but without beating against a
    /// period in the customer ids.
    pub(super) fn spread_sample(&self, wanted: usize) -> Self {
        self.select(&self.sample_rows(wanted))
    }

    /// The rows that [`Points::spread_sample`] takes.
    pub(super) fn sample_rows(&self, wanted: usize) -> Vec<usize> {
        let rows = self.len();
        if rows <= wanted {
            return (0..rows).collect();
        }
        (0..wanted)
            .map(|stretch| {
                let start = stretch * rows / wanted;
                let end = (stretch + 1) * rows / wanted;
                start + to_index(draw(0, stretch as u64), end - start)
            })
            .collect()
    }

    /// A copy of the given rows.
    pub(super) fn select(&self, rows: &[usize]) -> Self {
        let values = rows.iter().flat_map(|&row| self.row(row)).copied().collect();
        Self { values, dims: self.dims }
    }

    /// The first row of each distinct point if there are at most `limit`
    /// distinct points, otherwise nothing.
    pub(super) fn distinct_up_to(&self, limit: usize) -> Option<Vec<usize>> {
        let mut firsts: Vec<usize> = Vec::new();
        for (row, point) in self.rows().enumerate() {
            if !firsts.iter().any(|&first| self.row(first) == point) {
                if firsts.len() == limit {
                    return None;
                }
                firsts.push(row);
            }
        }
        Some(firsts)
    }

    /// The mean of every column.
    pub(super) fn column_means(&self) -> Vec<f64> {
        let mut sums = vec![0.0; self.dims];
        for row in self.rows() {
            for (sum, value) in sums.iter_mut().zip(row) {
                *sum += value;
            }
        }
        let count = to_f64(self.len().max(1));
        sums.iter().map(|sum| sum / count).collect()
    }
}

/// Number `number` of the sequence that `SplitMix64` draws from `seed` (Steele,
/// Lea & Flood 2014, "Fast splittable pseudorandom number generators",
/// figure 16).
pub(super) fn draw(seed: u64, number: u64) -> u64 {
    let mut z = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(seed);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Brings a drawn number down to `0..count`; `count` must not be 0.
pub(super) fn to_index(drawn: u64, count: usize) -> usize {
    (drawn % count as u64) as usize
}

/// A count as a float; counts of rows are far below 2^53.
pub(super) fn to_f64(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_is_no_table_of_finite_numbers() {
        assert_eq!(Points::new(vec![1.0], 0), Err(ClusterError::NoFeatures));
        assert!(matches!(Points::new(vec![1.0; 5], 2), Err(ClusterError::Dimensions { .. })));
        let error = Points::new(vec![1.0, 2.0, 3.0, f64::INFINITY], 2).unwrap_err();
        assert_eq!(error.to_string(), "row 1 holds inf, allowed are magnitudes up to 1e140");
        assert!(Points::new(vec![0.0, f64::NAN], 1).is_err());
        assert!(Points::new(vec![0.0, -1e141], 1).is_err());
        assert!(Points::new(vec![], 3).unwrap().is_empty());
    }

    #[test]
    fn samples_are_spread_ordered_and_repeatable() {
        let points = Points::new((0..1_000).map(f64::from).collect(), 1).unwrap();
        let sample = points.spread_sample(100);
        assert_eq!(sample.len(), 100);
        for (stretch, &value) in sample.values().iter().enumerate() {
            assert!((stretch as f64 * 10.0..stretch as f64 * 10.0 + 10.0).contains(&value));
        }
        assert_eq!(points.spread_sample(100), sample);
        assert_eq!(points.spread_sample(5_000), points);
    }

    #[test]
    fn distinct_points_are_counted_up_to_a_limit() {
        let points = Points::new(vec![1.0, 2.0, 1.0, 3.0, 2.0, -0.0, 0.0], 1).unwrap();
        assert_eq!(points.distinct_up_to(4), Some(vec![0, 1, 3, 5]));
        assert_eq!(points.distinct_up_to(3), None);
    }
}
