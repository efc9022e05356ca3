//! How well separated the clusters of a partition are: three indices.

use super::Points;
use super::points::to_f64;

/// Sizes, means and distances within the clusters of a partition.
struct Within {
    sizes: Vec<usize>,
    means: Vec<Vec<f64>>,
    squared: f64,
    mean_distances: Vec<f64>,
}

impl Within {
    /// Works out means first and distances to them in a second pass.
    fn of(points: &Points, labels: &[u16]) -> Self {
        let k = labels.iter().map(|&label| usize::from(label) + 1).max().unwrap_or(0);
        let mut sizes = vec![0_usize; k];
        let mut means = vec![vec![0.0; points.dims()]; k];
        for (row, &label) in points.rows().zip(labels) {
            sizes[usize::from(label)] += 1;
            add(&mut means[usize::from(label)], row);
        }
        for (mean, &size) in means.iter_mut().zip(&sizes) {
            for value in mean {
                *value /= to_f64(size.max(1));
            }
        }
        let mut squared = 0.0;
        let mut mean_distances = vec![0.0; k];
        for (row, &label) in points.rows().zip(labels) {
            let own = squared_distance(row, &means[usize::from(label)]);
            squared += own;
            mean_distances[usize::from(label)] += own.sqrt();
        }
        for (distance, &size) in mean_distances.iter_mut().zip(&sizes) {
            *distance /= to_f64(size.max(1));
        }
        Self { sizes, means, squared, mean_distances }
    }

    /// Numbers of the clusters that have members.
    fn occupied(&self) -> Vec<usize> {
        (0..self.sizes.len()).filter(|&cluster| self.sizes[cluster] > 0).collect()
    }
}

/// Calinski–Harabasz index: between to within variance, larger is better.
///
/// # Formula
///
/// ```text
/// CH = [B / (k − 1)] / [W / (n − k)]
/// B  = Σ_c n_c ‖μ_c − μ‖²,   W = Σ_i ‖x_i − μ_c(i)‖²
/// ```
///
/// where `μ` is the mean of all points, `μ_c` of cluster `c` with `n_c` points
/// (Caliński & Harabasz 1974, "A dendrite method for cluster analysis",
/// Communications in Statistics 3, equation 3).
///
/// Nothing if there are fewer than two clusters, as many clusters as points,
/// or no variance within clusters.
#[must_use]
pub fn calinski_harabasz(points: &Points, labels: &[u16]) -> Option<f64> {
    let within = Within::of(points, labels);
    let occupied = within.occupied();
    let (n, k) = (points.len(), occupied.len());
    if k < 2 || n <= k || within.squared <= 0.0 {
        return None;
    }
    let mean = points.column_means();
    let between: f64 =
        occupied.iter().map(|&c| to_f64(within.sizes[c]) * squared_distance(&within.means[c], &mean)).sum();
    Some(between / to_f64(k - 1) / (within.squared / to_f64(n - k)))
}

/// Davies–Bouldin index: overlap with the most similar cluster, smaller is
/// better.
///
/// # Formula
///
/// ```text
/// DB = 1/k Σ_c max_{d ≠ c} (S_c + S_d) / M_cd
/// ```
///
/// where `S_c` is the mean distance of the points of `c` to their mean and
/// `M_cd` the distance between the means (Davies & Bouldin 1979, "A cluster
/// separation measure", IEEE PAMI 1, definitions 4 and 5 with p = 2, q = 1).
///
/// Nothing if there are fewer than two clusters or two means coincide.
#[must_use]
pub fn davies_bouldin(points: &Points, labels: &[u16]) -> Option<f64> {
    let within = Within::of(points, labels);
    let occupied = within.occupied();
    if occupied.len() < 2 {
        return None;
    }
    let mut sum = 0.0;
    for &c in &occupied {
        let mut worst: f64 = 0.0;
        for &d in occupied.iter().filter(|&&d| d != c) {
            let apart = squared_distance(&within.means[c], &within.means[d]).sqrt();
            if apart <= 0.0 {
                return None;
            }
            worst = worst.max((within.mean_distances[c] + within.mean_distances[d]) / apart);
        }
        sum += worst;
    }
    Some(sum / to_f64(occupied.len()))
}

/// Mean silhouette of several partitions of the same points, larger is better.
///
/// # Formula
///
/// ```text
/// s_i = (b_i − a_i) / max(a_i, b_i)
/// ```
///
/// where `a_i` is the mean distance of point `i` to the others of its cluster
/// and `b_i` the least mean distance to the points of another cluster; `s_i` is
/// 0 for the only point of a cluster (Rousseeuw 1987, "Silhouettes: a graphical
/// aid", J. Comp. Appl. Math. 20, equation 2). This is the full silhouette, not
/// the simplified one with distances to centres; its cost grows with the square
/// of the number of points, and the distances are shared by all partitions.
///
/// Nothing for a partition with fewer than two clusters.
#[must_use]
pub fn silhouettes(points: &Points, partitions: &[&[u16]]) -> Vec<Option<f64>> {
    let sizes: Vec<Vec<usize>> = partitions.iter().map(|labels| sizes_of(labels)).collect();
    let mut totals = vec![0.0; partitions.len()];
    let mut distances = vec![0.0; points.len()];
    let mut sums = Vec::new();
    for (row, point) in points.rows().enumerate() {
        for (distance, other) in distances.iter_mut().zip(points.rows()) {
            *distance = squared_distance(point, other).sqrt();
        }
        for ((labels, sizes), total) in partitions.iter().zip(&sizes).zip(&mut totals) {
            sums.clear();
            sums.resize(sizes.len(), 0.0);
            for (distance, &label) in distances.iter().zip(*labels) {
                sums[usize::from(label)] += distance;
            }
            *total += silhouette_of(usize::from(labels[row]), &sums, sizes);
        }
    }
    totals
        .iter()
        .zip(&sizes)
        .map(|(total, sizes)| {
            let clusters = sizes.iter().filter(|&&size| size > 0).count();
            (clusters >= 2).then(|| total / to_f64(points.len()))
        })
        .collect()
}

/// The silhouette of a point of cluster `own` from its summed distances to
/// each cluster.
fn silhouette_of(own: usize, sums: &[f64], sizes: &[usize]) -> f64 {
    if sizes[own] < 2 {
        return 0.0;
    }
    let inside = sums[own] / to_f64(sizes[own] - 1);
    let outside = sums
        .iter()
        .zip(sizes)
        .enumerate()
        .filter(|&(cluster, (_, &size))| cluster != own && size > 0)
        .map(|(_, (sum, &size))| sum / to_f64(size))
        .fold(f64::INFINITY, f64::min);
    let larger = inside.max(outside);
    if larger.is_finite() && larger > 0.0 { (outside - inside) / larger } else { 0.0 }
}

/// Number of points per label.
fn sizes_of(labels: &[u16]) -> Vec<usize> {
    let mut sizes = Vec::new();
    for &label in labels {
        let cluster = usize::from(label);
        if cluster >= sizes.len() {
            sizes.resize(cluster + 1, 0);
        }
        sizes[cluster] += 1;
    }
    sizes
}

fn add(sums: &mut [f64], row: &[f64]) {
    for (sum, value) in sums.iter_mut().zip(row) {
        *sum += value;
    }
}

fn squared_distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: Option<f64>, expected: f64) {
        let found = found.unwrap();
        assert!((found - expected).abs() < 1e-12, "{found} instead of {expected}");
    }

    /// {0, 2} and {10, 14}: means 1 and 12, mean of all 6.5.
    fn two_pairs() -> (Points, [u16; 4]) {
        (Points::new(vec![0.0, 2.0, 10.0, 14.0], 1).unwrap(), [0, 0, 1, 1])
    }

    #[test]
    fn by_hand() {
        let (points, labels) = two_pairs();
        // B = 2 (5.5² + 5.5²) = 121, W = 1 + 1 + 4 + 4 = 10
        close(calinski_harabasz(&points, &labels), 121.0 / (10.0 / 2.0));
        // S = 1 and 2, M = 11
        close(davies_bouldin(&points, &labels), 3.0 / 11.0);
        // a = 2, 2, 4, 4; b = 12, 10, 9, 13
        let expected = (10.0 / 12.0 + 8.0 / 10.0 + 5.0 / 9.0 + 9.0 / 13.0) / 4.0;
        close(silhouettes(&points, &[&labels])[0], expected);
    }

    #[test]
    fn unit_and_label_changes_make_no_difference() {
        let (points, labels) = two_pairs();
        let scaled = Points::new(points.values().iter().map(|v| 8.0 * v - 3.0).collect(), 1).unwrap();
        let swapped = labels.map(|label| 1 - label);
        close(calinski_harabasz(&scaled, &swapped), 24.2);
        close(davies_bouldin(&scaled, &swapped), 3.0 / 11.0);
        assert_eq!(silhouettes(&scaled, &[&swapped]), silhouettes(&points, &[&labels]));
    }

    #[test]
    fn degenerate_partitions_have_no_index() {
        let (points, _) = two_pairs();
        assert_eq!(calinski_harabasz(&points, &[0; 4]), None);
        assert_eq!(davies_bouldin(&points, &[0; 4]), None);
        assert_eq!(silhouettes(&points, &[&[0; 4]]), [None]);
        assert_eq!(calinski_harabasz(&points, &[0, 1, 2, 3]), None);
        let equal = Points::new(vec![5.0; 4], 1).unwrap();
        assert_eq!(calinski_harabasz(&equal, &[0, 0, 1, 1]), None);
        assert_eq!(davies_bouldin(&equal, &[0, 0, 1, 1]), None);
        assert_eq!(silhouettes(&equal, &[&[0, 0, 1, 1]]), [Some(0.0)]);
        let none = Points::new(vec![], 1).unwrap();
        assert_eq!(silhouettes(&none, &[&[]]), [None]);
    }

    #[test]
    fn a_point_alone_has_silhouette_zero() {
        let points = Points::new(vec![0.0, 1.0, 9.0], 1).unwrap();
        let expected = ((9.0 - 1.0) / 9.0 + (8.0 - 1.0) / 8.0) / 3.0;
        close(silhouettes(&points, &[&[0, 0, 1]])[0], expected);
    }
}
