//! Clusters with soft membership: a mixture in the form of a clustering.
//!
//! A customer's cluster is the component of their largest membership. A
//! component that is nobody's largest is no cluster: it is left out, and its
//! share of the memberships goes to the others in proportion.
//!
//! With [`KSelection::Auto`] the number of components is the one of the smallest
//! BIC. The indices of the partitions by largest membership stand beside it.

use super::choose::{Candidate, distinct_below, largest_candidate};
use super::kmeans::KMeansFit;
use super::{
    Assignment, CategoryCoding, Centres, ClusterError, GaussianMixture, KChoice, KSelection, Memberships, MixtureFit,
    MixtureOptions, Points, SCAN_ROWS, mixture,
};

/// To which clusters a customer belongs most.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SoftMembership {
    /// Probability of the assigned cluster, the largest, 0..1.
    pub probability: f64,
    /// The cluster of the next largest probability, the lower number of equals,
    /// and its probability; none with one cluster.
    pub second: Option<(u16, f64)>,
}

/// What a mixture adds to a clustering.
#[derive(Debug, Clone, PartialEq)]
pub struct SoftClustering {
    /// The mixture, its components in the order of the cluster numbers.
    pub mixture: GaussianMixture,
    /// Membership per row; none for refused rows.
    pub memberships: Vec<Option<SoftMembership>>,
    /// Natural logarithm of the likelihood of all placed customers.
    pub log_likelihood: f64,
    /// Bayesian information criterion on all placed customers; smaller is better.
    pub bic: f64,
    /// What was added to every variance.
    pub floor: f64,
    /// A sentence if that holds up a component.
    pub floor_note: Option<String>,
}

/// A fit before its clusters are numbered.
pub(super) struct SoftFit {
    pub(super) partition: KMeansFit,
    pub(super) choice: Option<KChoice>,
    /// The fit, its mixture without components that are nobody's.
    pub(super) fit: MixtureFit,
}

/// The points twice: with the level of each category as a number, and with its
/// indicators.
pub(super) struct SoftPoints<'a> {
    pub(super) coded: &'a Points,
    pub(super) widened: &'a Points,
    pub(super) codings: &'a [CategoryCoding],
}

impl SoftPoints<'_> {
    fn widths(&self) -> Vec<usize> {
        self.codings.iter().map(CategoryCoding::width).collect()
    }
}

/// Fits a mixture of as many components as asked for.
pub(super) fn fit(points: &SoftPoints<'_>, k: KSelection, options: &MixtureOptions) -> Result<SoftFit, ClusterError> {
    let (mut fit, choice) = match k {
        KSelection::Fixed(k) => (mixture::fit_mixed(points.coded, &points.widths(), k, options)?, None),
        KSelection::Auto { min, max } => choose(points, min, max, options)?,
    };
    let held = occupied(&fit.memberships);
    if held.len() < fit.mixture.weights.len() {
        fit.mixture = fit.mixture.select(&held)?;
        fit.memberships = fit.mixture.memberships(points.coded)?;
    }
    Ok(SoftFit { partition: partition(points, &fit)?, choice, fit })
}

/// The components that are somebody's largest.
fn occupied(memberships: &Memberships) -> Vec<usize> {
    let mut is_held = vec![false; memberships.k];
    memberships.labels.iter().for_each(|&label| is_held[usize::from(label)] = true);
    (0..memberships.k).filter(|&component| is_held[component]).collect()
}

/// The number of components by BIC, with the indices of every candidate.
fn choose(
    points: &SoftPoints<'_>,
    min: usize,
    max: usize,
    options: &MixtureOptions,
) -> Result<(MixtureFit, Option<KChoice>), ClusterError> {
    if !(2 <= min && min <= max && max <= super::MAX_CANDIDATE) {
        return Err(ClusterError::KRange { min, max, limit: super::MAX_CANDIDATE });
    }
    // the rows that mixtures are fitted on
    let seen = points.widened.spread_sample(SCAN_ROWS);
    let Some(largest) = largest_candidate(&seen, min, max) else {
        let choice = KChoice::without_index(distinct_below(points.widened, min), seen.len());
        return Ok((mixture::fit_mixed(points.coded, &points.widths(), choice.k, options)?, Some(choice)));
    };
    let scan = mixture::Scan::new(points.coded, &points.widths(), min, largest, options)?;
    let labels = scan.partitions()?.into_iter();
    let candidates = scan.scores().zip(labels).map(|(score, labels)| {
        let inertia = squares_within(&seen, &labels, score.k);
        Candidate { k: score.k, inertia, labels }
    });
    let mut choice = KChoice::of_candidates(&seen, candidates.collect());
    choice.candidates.iter_mut().zip(scan.scores()).for_each(|(candidate, score)| candidate.mixture = Some(score));
    choice.k = choice.best_by_bic().unwrap_or(min);
    Ok((scan.best(points.coded, options)?, Some(choice)))
}

/// Sum of the squared distances to the means of a partition.
fn squares_within(points: &Points, labels: &[u16], k: usize) -> f64 {
    let mut means = vec![vec![0.0; points.dims()]; k];
    let mut sizes = vec![0.0; k];
    for (row, &label) in points.rows().zip(labels) {
        sizes[usize::from(label)] += 1.0;
        means[usize::from(label)].iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
    }
    for (mean, size) in means.iter_mut().zip(sizes) {
        mean.iter_mut().for_each(|sum| *sum /= f64::max(size, 1.0));
    }
    let squared = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f64>();
    points.rows().zip(labels).map(|(row, &label)| squared(row, &means[usize::from(label)])).sum()
}

/// The clusters by largest membership, around the means of the components.
fn partition(points: &SoftPoints<'_>, fit: &MixtureFit) -> Result<KMeansFit, ClusterError> {
    let mut values = Vec::new();
    for (mean, shares) in fit.mixture.means.rows().zip(&fit.mixture.shares) {
        values.extend_from_slice(mean);
        let everyone =
            points.codings.iter().flat_map(|coding| coding.levels.iter().map(move |l| (l.share, coding.divisor)));
        let indicator = |(share, (everyone, divisor)): (&f64, (f64, f64))| {
            if divisor > 0.0 { (share - everyone) / divisor } else { 0.0 }
        };
        values.extend(shares.iter().zip(everyone).map(indicator));
    }
    let centres = Centres::new(Points::new(values, points.widened.dims())?)?;
    Ok(KMeansFit {
        assignment: assign(points.widened, &centres, fit.memberships.labels.clone()),
        centres,
        asked: fit.asked,
        fitted_rows: fit.fitted_rows,
    })
}

/// Labels with the distances to their centres.
pub(super) fn assign(points: &Points, centres: &Centres, labels: Vec<u16>) -> Assignment {
    let mut assignment =
        Assignment { distances: Vec::with_capacity(labels.len()), labels, sizes: vec![0; centres.k()], inertia: 0.0 };
    for (row, &label) in points.rows().zip(&assignment.labels) {
        let centre = centres.row(usize::from(label));
        let squared: f64 = row.iter().zip(centre).map(|(a, b)| (a - b) * (a - b)).sum();
        assignment.distances.push(squared.sqrt());
        assignment.sizes[usize::from(label)] += 1;
        assignment.inertia += squared;
    }
    assignment
}

/// The fit with its clusters in another order: the old number of each new one.
pub(super) fn numbered(
    fit: MixtureFit,
    order: &[usize],
    rows: &[u32],
    total_rows: usize,
) -> Result<SoftClustering, ClusterError> {
    let mut memberships = vec![None; total_rows];
    let floor_note = fit.floor_note();
    for (at, &row) in rows.iter().enumerate() {
        memberships[row as usize] = Some(SoftMembership::of(fit.memberships.row(at), order));
    }
    Ok(SoftClustering {
        mixture: fit.mixture.select(order)?,
        memberships,
        log_likelihood: fit.memberships.log_likelihood,
        bic: fit.bic,
        floor: fit.floor,
        floor_note,
    })
}

impl SoftMembership {
    /// The two largest of some probabilities, read in an order.
    fn of(probabilities: &[f64], order: &[usize]) -> Self {
        let mut first: (u16, f64) = (0, f64::NEG_INFINITY);
        let mut second: Option<(u16, f64)> = None;
        for (number, &old) in (0_u16..).zip(order) {
            let probability = probabilities[old];
            if probability > first.1 {
                second = (number > 0).then_some(first);
                first = (number, probability);
            } else if second.is_none_or(|(_, other)| probability > other) {
                second = Some((number, probability));
            }
        }
        Self { probability: first.1, second }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ClusterOptions, Clustering, Feature, Method, Transform, cluster_customers};
    use super::*;

    fn clusters(a: &[f64], b: &[f64], k: KSelection) -> Clustering {
        let features =
            [("a", a), ("b", b)].map(|(name, values)| Feature { name, values, transform: Transform::Identity });
        let options = ClusterOptions { method: Method::Mixture, k, number_by: Some("b"), ..ClusterOptions::default() };
        cluster_customers(&features, &options).unwrap()
    }

    /// Two long clouds beside each other: k-means cuts them across.
    fn two_bands() -> (Vec<f64>, Vec<f64>) {
        let along = |i: u32| f64::from(i % 100) - 50.0;
        let (a, b) = (0..400).map(|i| (along(i), f64::from(i / 100 % 2) * 8.0 + f64::from(i * 7 % 11) / 5.0)).unzip();
        (a, b)
    }

    #[test]
    fn long_groups_are_told_apart_where_centres_cannot() {
        let (a, b) = two_bands();
        let found = clusters(&a, &b, KSelection::Fixed(2));
        let soft = found.soft.as_ref().unwrap();
        let is_upper = |row: usize| found.placement.clusters[row] == Some(0);
        assert!((0..400).all(|row| is_upper(row) == (row / 100 % 2 == 1)), "the upper band has the larger b");
        for membership in soft.memberships.iter().flatten() {
            let (second, probability) = membership.second.unwrap();
            assert!(membership.probability >= probability && second < 2);
            assert!((membership.probability + probability - 1.0).abs() < 1e-9);
        }
        assert_eq!(found.profiles.iter().map(|p| p.size).collect::<Vec<_>>(), [200, 200]);
        let again = found.fitted.assign(&[
            Feature { name: "a", values: &a, transform: Transform::Identity },
            Feature { name: "b", values: &b, transform: Transform::Identity },
        ]);
        assert_eq!(again.unwrap().clusters, found.placement.clusters);
    }

    #[test]
    fn the_smallest_bic_decides_and_the_indices_stand_beside_it() {
        let (a, b) = two_bands();
        let found = clusters(&a, &b, KSelection::Auto { min: 2, max: 5 });
        let choice = found.choice.as_ref().unwrap();
        assert_eq!((choice.k, choice.best_by_bic()), (found.profiles.len(), Some(choice.k)));
        assert_eq!(choice.candidates.iter().map(|c| c.k).collect::<Vec<_>>(), [2, 3, 4, 5]);
        let bics: Vec<f64> = choice.candidates.iter().map(|c| c.mixture.unwrap().bic).collect();
        assert!(bics.iter().all(|bic| *bic >= bics[choice.k - 2]));
    }

    #[test]
    fn equal_customers_and_one_customer_stand() {
        let same = clusters(&[5.0; 30], &[2.0; 30], KSelection::Auto { min: 2, max: 10 });
        assert_eq!((same.profiles.len(), same.profiles[0].name.as_str()), (1, "Everyone"));
        let membership = same.soft.unwrap().memberships[7].unwrap();
        assert_eq!((membership.probability, membership.second), (1.0, None));
        let one = clusters(&[5.0, f64::NAN], &[2.0, 3.0], KSelection::Fixed(1));
        assert_eq!((one.placement.clusters, one.soft.unwrap().memberships[1]), (vec![Some(0), None], None));
        let few = clusters(&[1.0, 1.0, 9.0], &[2.0, 2.0, 3.0], KSelection::Fixed(3));
        assert!(few.shortfall.unwrap().contains("3 asked for"));
        assert!(few.inertia.is_finite());
    }

    /// The numbers are one cloud; what tells the groups apart are words.
    #[test]
    fn words_make_clusters_too() {
        let numbers: Vec<f64> = (0..600).map(|i| f64::from(i * 7 % 13 + i * 11 % 17 + i * 5 % 19)).collect();
        let levels = ["web".to_owned(), "store".to_owned(), "phone".to_owned()];
        let of = |words: [i32; 2], row: i32| words[usize::from(row % 10 == 0)];
        let channel: Vec<i32> = (0..600).map(|i| if i < 300 { of([0, 2], i) } else { of([1, 2], i) }).collect();
        let other = |every: i32| (0..600).map(|i| of(if i < 300 { [0, 1] } else { [1, 0] }, i / every)).collect();
        let (paid, sent): (Vec<i32>, Vec<i32>) = (other(3), other(7));
        let features = [Feature { name: "n", values: &numbers, transform: Transform::Identity }];
        let categories = [("channel", &channel), ("paid", &paid), ("sent", &sent)]
            .map(|(name, codes)| super::super::Category { name, codes, levels: &levels });
        let options = ClusterOptions { method: Method::Mixture, k: KSelection::Fixed(2), ..ClusterOptions::default() };
        let found = super::super::cluster_mixed(&features, &categories, &options).unwrap();
        let label = |row: usize| found.placement.clusters[row];
        let right = (0..600).filter(|row| (label(*row) == label(101)) == (*row < 300)).count();
        assert!(right > 560, "{right} of 600: two of three words tell the group");
        let soft = found.soft.as_ref().unwrap();
        assert_eq!((soft.mixture.widths.as_slice(), soft.mixture.shares[0].len()), (&[3, 2, 2][..], 7));
        assert!(soft.mixture.shares.iter().all(|shares| (shares.iter().sum::<f64>() - 3.0).abs() < 1e-9));
        let again = found.fitted.assign_mixed(&features, &categories).unwrap();
        assert_eq!(again, found.placement);
        let auto = ClusterOptions { k: KSelection::Auto { min: 2, max: 4 }, ..options };
        let found = super::super::cluster_mixed(&features, &categories, &auto).unwrap();
        let choice = found.choice.unwrap();
        assert_eq!(choice.best_by_bic(), Some(choice.k));
        assert!(choice.candidates.iter().all(|candidate| candidate.mixture.unwrap().bic.is_finite()));
    }

    #[test]
    fn the_two_largest_are_found_in_any_order() {
        let of = |p: &[f64], order: &[usize]| SoftMembership::of(p, order);
        assert_eq!(of(&[0.2, 0.5, 0.3], &[0, 1, 2]), SoftMembership { probability: 0.5, second: Some((2, 0.3)) });
        assert_eq!(of(&[0.2, 0.5, 0.3], &[1, 2, 0]), SoftMembership { probability: 0.5, second: Some((1, 0.3)) });
        assert_eq!(of(&[0.5, 0.5], &[1, 0]), SoftMembership { probability: 0.5, second: Some((1, 0.5)) });
    }

    #[test]
    fn bootstrap_samples_find_a_mixture_again() {
        let (a, b) = two_bands();
        let found = clusters(&a, &b, KSelection::Fixed(2));
        let soft = found.soft.unwrap();
        let features =
            [("a", &a), ("b", &b)].map(|(name, values)| Feature { name, values, transform: Transform::Identity });
        let points = found.fitted.scaling.apply(&features).unwrap().points;
        let options = super::super::StabilityOptions::default();
        let stability = super::super::mixture_stability(&points, &soft.mixture, soft.floor, &options).unwrap();
        assert!(stability.agreement > 0.95, "{stability:?}");
        let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let one = pool(1).install(|| super::super::mixture_stability(&points, &soft.mixture, soft.floor, &options));
        assert_eq!(one.unwrap(), stability);
    }
}
