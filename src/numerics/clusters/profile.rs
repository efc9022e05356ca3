//! What a cluster looks like, in the units of the columns.

use super::points::to_f64;
use super::{Assignment, Feature, LevelProfile, Points, name_clusters_with_levels};

/// One cluster described.
#[derive(Debug, Clone, PartialEq)]
pub struct ClusterProfile {
    /// Number of the cluster, from 0.
    pub cluster: u16,
    /// A plain name, unique within the clustering.
    pub name: String,
    /// Number of members.
    pub size: usize,
    /// Share of the customers that were placed, 0..1.
    pub share: f64,
    /// One entry per feature, in their order.
    pub features: Vec<FeatureProfile>,
    /// One entry per level of the category columns, in their order.
    pub levels: Vec<LevelProfile>,
}

impl ClusterProfile {
    /// The features in which the cluster differs from everyone, the strongest
    /// first.
    #[must_use]
    pub fn apart(&self) -> Vec<&FeatureProfile> {
        let mut ranked: Vec<&FeatureProfile> =
            self.features.iter().filter(|feature| feature.deviation != 0.0).collect();
        ranked.sort_by(|a, b| b.deviation.abs().total_cmp(&a.deviation.abs()));
        ranked
    }

    /// The category levels that members have more often than everyone, the
    /// strongest first.
    #[must_use]
    pub fn over_represented(&self) -> Vec<&LevelProfile> {
        let mut ranked: Vec<&LevelProfile> = self.levels.iter().filter(|level| level.deviation > 0.0).collect();
        ranked.sort_by(|a, b| b.deviation.total_cmp(&a.deviation));
        ranked
    }
}

/// One feature over the members of a cluster.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureProfile {
    /// Name of the feature.
    pub name: String,
    /// Mean in the column's own unit.
    pub mean: f64,
    /// Median in the column's own unit.
    pub median: f64,
    /// The centre of the cluster in the column's own unit
    /// ([`ColumnScaling::unscale`](super::ColumnScaling::unscale)): scaled with another night's scaling it
    /// tells how near the clusters of both nights are.
    pub centre: f64,
    /// Members' mean less everyone's, in standard deviations of everyone, of
    /// the scaled feature; 0 if the column has no variance.
    pub deviation: f64,
}

/// Describes clusters whose means in the columns' units are known.
///
/// `rows` are the rows of the columns that the points and labels belong to;
/// the points' leading columns are the features. `centres` are in their units,
/// `levels` describes the category levels per cluster. Where a mean is far above the median, few members hold most of the amount;
/// both are given because money always looks like that.
pub(super) fn profiles(
    features: &[Feature<'_>],
    rows: &[u32],
    points: &Points,
    assignment: &Assignment,
    means: &[Vec<f64>],
    centres: &[Vec<f64>],
    levels: Vec<Vec<LevelProfile>>,
) -> Vec<ClusterProfile> {
    let medians: Vec<Vec<f64>> = features.iter().map(|feature| medians(feature, rows, assignment)).collect();
    let deviations = deviations(points, assignment);
    let feature_names: Vec<&str> = features.iter().map(|feature| feature.name).collect();
    let names = name_clusters_with_levels(&feature_names, &deviations, &levels);
    (0_u16..)
        .zip(names)
        .zip(&assignment.sizes)
        .zip(levels)
        .map(|(((cluster, name), &size), levels)| {
            let at = usize::from(cluster);
            let features = feature_names
                .iter()
                .enumerate()
                .map(|(column, name)| FeatureProfile {
                    name: (*name).to_owned(),
                    mean: means[at][column],
                    median: medians[column][at],
                    centre: centres[at][column],
                    deviation: deviations[at][column],
                })
                .collect();
            let share = to_f64(size) / to_f64(points.len().max(1));
            ClusterProfile { cluster, name, size, share, features, levels }
        })
        .collect()
}

/// Median of a feature over the members of each cluster.
fn medians(feature: &Feature<'_>, rows: &[u32], assignment: &Assignment) -> Vec<f64> {
    let mut members: Vec<Vec<f64>> = assignment.sizes.iter().map(|&size| Vec::with_capacity(size)).collect();
    for (&row, &label) in rows.iter().zip(&assignment.labels) {
        members[usize::from(label)].push(feature.values[row as usize]);
    }
    members.iter_mut().map(|values| median(values)).collect()
}

/// The middle value, or the mean of the two middle ones; 0 of nothing.
fn median(values: &mut [f64]) -> f64 {
    if values.is_empty() {
        return 0.0;
    }
    let middle = values.len() / 2;
    let odd = values.len() % 2 == 1;
    let (lower, &mut upper, _) = values.select_nth_unstable_by(middle, f64::total_cmp);
    if odd {
        return upper;
    }
    // Halving first keeps the sum of two huge values finite.
    let below = lower.iter().copied().fold(f64::MIN, f64::max);
    below / 2.0 + upper / 2.0
}

/// How far each cluster's mean lies from everyone's, in standard deviations.
///
/// # Formula
///
/// ```text
/// z_cj = (mean of s_ij over the members i of c − mean of s_ij) / sd of s_ij
/// ```
///
/// of the scaled feature `s_j`: winsorised and in logarithms, so that a few
/// very large customers don't hide what the many have in common.
fn deviations(points: &Points, assignment: &Assignment) -> Vec<Vec<f64>> {
    let dims = points.dims();
    let means = points.column_means();
    let mut squares = vec![0.0; dims];
    let mut sums = vec![vec![0.0; dims]; assignment.sizes.len()];
    for (row, &label) in points.rows().zip(&assignment.labels) {
        let sums = &mut sums[usize::from(label)];
        for dim in 0..dims {
            let deviation = row[dim] - means[dim];
            squares[dim] += deviation * deviation;
            sums[dim] += deviation;
        }
    }
    let count = to_f64(points.len().max(1));
    for (cluster, &size) in sums.iter_mut().zip(&assignment.sizes) {
        for (sum, square) in cluster.iter_mut().zip(&squares) {
            let sd = (square / count).sqrt();
            *sum = if sd > 0.0 { *sum / to_f64(size.max(1)) / sd } else { 0.0 };
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    #![expect(clippy::float_cmp, reason = "figures that are exact by construction are compared exactly")]

    use super::*;

    #[test]
    fn medians_of_odd_even_one_and_none() {
        assert_eq!(median(&mut [3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&mut [4.0, 1.0, 3.0, 2.0]), 2.5);
        assert_eq!(median(&mut [7.0]), 7.0);
        assert_eq!(median(&mut []), 0.0);
        assert_eq!(median(&mut [f64::MAX, f64::MAX]), f64::MAX);
    }
}
