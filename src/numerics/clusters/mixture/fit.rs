//! The fit of a mixture with a given number of components.

use super::em::{Components, Settled, cholesky};
use super::start::linfa_mixture;
use super::{GaussianMixture, Memberships, MixtureOptions, bic, columns_of, singular};
use crate::numerics::clusters::kmeans;
use crate::numerics::clusters::lloyd::Partition;
use crate::numerics::clusters::numbering::compare_from;
use crate::numerics::clusters::points::{draw, to_f64, to_index};
use crate::numerics::clusters::starts::linfa_start;
use crate::numerics::clusters::{ClusterError, Points};
use std::borrow::Cow;

/// Number of points a mixture is fitted on, at most; they are spread evenly.
pub const MIXTURE_ROWS: usize = 10_000;

/// Number of points starts are compared on, linfa's mixtures among them, at
/// most.
pub const MIXTURE_START_ROWS: usize = 2_000;

/// Further starts for each run of linfa's mixture: half of them k-means
/// partitions, half partitions around drawn rows.
const PARTITIONS: u64 = 6;

/// Steps of k-means for the former.
const PARTITION_STEPS: usize = 20;

/// Iterations of EM before starts are compared.
const SHORT: usize = 40;

/// Starts that are continued until they settle, to find the best.
const FINALISTS: usize = 3;

/// Iterations after which EM is stopped.
const LONG: usize = 300;

/// Factor by which the floor is raised when it was too low.
const FLOOR_STEP: f64 = 10.0;

/// A variance of less than this many floors owes most of it to the floor.
const MOSTLY_FLOOR: f64 = 2.0;

/// A mixture with what it says of the points it was made for.
#[derive(Debug, Clone, PartialEq)]
pub struct MixtureFit {
    /// The mixture.
    pub mixture: GaussianMixture,
    /// Memberships and log-likelihood of all points.
    pub memberships: Memberships,
    /// Bayesian information criterion on all points; smaller is better.
    pub bic: f64,
    /// Number of components asked for.
    pub asked: usize,
    /// Number of points the mixture was fitted on.
    pub fitted_rows: usize,
    /// What was added to every variance.
    pub floor: f64,
    /// Whether the floor had to be raised above what was asked for.
    pub floor_raised: bool,
    /// Components with a direction in which most of the variance is the floor:
    /// they have shrunk onto equal rows, or onto rows on a line or plane.
    pub floored: Vec<u16>,
}

impl MixtureFit {
    /// Sentences for the log: fewer components than asked for, an active
    /// floor.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        self.shortfall().into_iter().chain(self.floor_note()).collect()
    }

    /// A sentence if there are fewer components than asked for.
    #[must_use]
    pub fn shortfall(&self) -> Option<String> {
        let (found, asked) = (self.mixture.weights.len(), self.asked);
        (found < asked).then(|| format!("{found} components could be held apart, {asked} asked for"))
    }

    /// A sentence if the floor is active.
    #[must_use]
    pub fn floor_note(&self) -> Option<String> {
        let raised = if self.floor_raised { " (raised because a covariance was singular)" } else { "" };
        (!self.floored.is_empty()).then(|| {
            format!(
                "the variance floor of {:.1e}{raised} holds up {} of {} components that hardly vary in some direction",
                self.floor,
                self.floored.len(),
                self.mixture.weights.len()
            )
        })
    }
}

/// Fits a mixture of `k` components.
///
/// # Errors
///
/// [`ClusterError::NoRows`] without points, [`ClusterError::ClusterCount`]
/// unless `k` lies between 1 and the number of points and is at most
/// [`MAX_CLUSTERS`](kmeans::MAX_CLUSTERS), [`ClusterError::Regularisation`] and
/// [`ClusterError::Dimensions`] for wrong options, [`ClusterError::Mixture`] if
/// no floor makes the covariances positive definite.
pub fn fit_mixture(points: &Points, k: usize, options: &MixtureOptions) -> Result<MixtureFit, ClusterError> {
    fit_mixed(points, &[], k, options)
}

/// As [`fit_mixture`], of points with categories: behind the numbers each row has
/// its level of each category, counted from 0, or a negative number where it is
/// unknown. `widths` are the numbers of levels.
///
/// # Errors
///
/// Those of [`fit_mixture`].
pub(in crate::numerics::clusters) fn fit_mixed(
    points: &Points,
    widths: &[usize],
    k: usize,
    options: &MixtureOptions,
) -> Result<MixtureFit, ClusterError> {
    kmeans::check(points, k)?;
    let sample = Sample::new(points, widths, options)?;
    let fitted = sample.fit(k, options)?;
    sample.conclude(points, &fitted, k, options.order_by)
}

/// The points a mixture is fitted on: some rows, the columns that vary.
pub(super) struct Sample {
    pub(super) points: Points,
    /// The numbers that vary.
    pub(super) columns: Vec<usize>,
    /// Number of levels of each category.
    pub(super) widths: Vec<usize>,
    /// Mean of all numbers, of which those that don't vary are constant.
    means: Vec<f64>,
    /// Mean variance of the columns that vary.
    variance: f64,
    /// The floor asked for.
    floor: f64,
}

/// Settled components and the floor under them.
pub(super) struct Fitted {
    pub(super) settled: Settled,
    floor: f64,
}

impl Sample {
    pub(super) fn new(points: &Points, widths: &[usize], options: &MixtureOptions) -> Result<Self, ClusterError> {
        let value = options.regularisation;
        if !(value > 0.0 && value <= 1.0) {
            return Err(ClusterError::Regularisation { value });
        }
        let numbers = points.dims().saturating_sub(widths.len());
        if options.order_by >= numbers {
            return Err(ClusterError::Dimensions { found: options.order_by + 1, expected: numbers });
        }
        let rows = points.spread_sample(MIXTURE_ROWS);
        let varies = |column: usize| rows.rows().any(|row| row[column].to_bits() != rows.row(0)[column].to_bits());
        let mut columns: Vec<usize> = (0..numbers).filter(|&column| varies(column)).collect();
        if columns.is_empty() {
            columns = (0..numbers).collect();
        }
        let variance = mean_variance(&columns_of(&rows, &columns)?);
        let mut means = rows.column_means();
        means.truncate(numbers);
        let used = columns.iter().copied().chain(numbers..points.dims()).collect::<Vec<_>>();
        let used = columns_of(&rows, &used)?;
        Ok(Self { points: used, columns, widths: widths.to_vec(), means, variance, floor: value * variance })
    }

    /// Fits `k` components, or as many as there are distinct points; raises
    /// the floor if need be.
    pub(super) fn fit(&self, k: usize, options: &MixtureOptions) -> Result<Fitted, ClusterError> {
        let k = self.points.distinct_up_to(k).map_or(k, |firsts| firsts.len());
        let mut floor = self.floor;
        loop {
            if let Some(settled) = self.fit_above(k, floor, options)? {
                return Ok(Fitted { settled, floor });
            }
            floor *= FLOOR_STEP;
            if floor > self.variance {
                return Err(singular(k));
            }
        }
    }

    /// The best mixture found above a floor; nothing if all fail.
    fn fit_above(&self, k: usize, floor: f64, options: &MixtureOptions) -> Result<Option<Settled>, ClusterError> {
        let start_rows = self.points.spread_sample(MIXTURE_START_ROWS);
        let (numbers, spread) = self.without_levels(&start_rows)?;
        let of_labels = |labels: &[u16], k: usize| Components::of_labels(&start_rows, &self.widths, labels, k, floor);
        let runs = if k == 1 { 1 } else { options.starts.max(1) };
        let by_linfa = (0..runs).filter_map(|run| linfa_mixture(&numbers, k, floor, draw(options.seed, run)));
        let with_levels = |start: Components| {
            if self.widths.is_empty() { Some(start) } else { of_labels(&start.labels(&numbers)?, start.k()) }
        };
        let mut starts: Vec<Components> = by_linfa.filter_map(with_levels).collect();
        for run in runs..runs * (1 + PARTITIONS) {
            let seed = draw(options.seed, run);
            let (centres, steps) = if run.is_multiple_of(2) {
                (linfa_start(&spread, k, seed)?, PARTITION_STEPS)
            } else {
                (drawn_rows(&spread, k, seed), 0)
            };
            let partition = Partition::refine(&spread, centres, steps);
            starts.extend(of_labels(&partition.labels, k));
        }
        let mut starts: Vec<Settled> =
            starts.into_iter().filter_map(|start| start.refine(&start_rows, floor, SHORT)).collect();
        // Sorting is stable: of equals the earlier start stays first.
        starts.sort_by(|a, b| b.log_likelihood.total_cmp(&a.log_likelihood));
        starts.truncate(FINALISTS);
        let settled = starts.into_iter().filter_map(|start| start.components.refine(&start_rows, floor, LONG));
        let best = settled.reduce(|best, other| if other.log_likelihood > best.log_likelihood { other } else { best });
        Ok(best.and_then(|best| best.components.refine(&self.points, floor, LONG)))
    }

    /// The numbers of some rows, and the same with an indicator of 0 or 1 for each level behind them.
    fn without_levels<'a>(&self, rows: &'a Points) -> Result<(Cow<'a, Points>, Cow<'a, Points>), ClusterError> {
        if self.widths.is_empty() {
            return Ok((Cow::Borrowed(rows), Cow::Borrowed(rows)));
        }
        let dims = self.columns.len();
        let mut spread = Vec::new();
        for row in rows.rows() {
            spread.extend_from_slice(&row[..dims]);
            for (level, width) in row[dims..].iter().zip(&self.widths) {
                spread.extend((0..*width).map(|other| if *level as isize == other as isize { 1.0 } else { 0.0 }));
            }
        }
        let numbers = columns_of(rows, &(0..dims).collect::<Vec<_>>())?;
        let width = dims + self.widths.iter().sum::<usize>();
        Ok((Cow::Owned(numbers), Cow::Owned(Points::new(spread, width)?)))
    }

    /// Orders components, writes them in all columns and scores all points.
    pub(super) fn conclude(
        &self,
        points: &Points,
        fitted: &Fitted,
        asked: usize,
        order_by: usize,
    ) -> Result<MixtureFit, ClusterError> {
        let components = &fitted.settled.components;
        let dims = components.dims;
        let mut rows: Vec<(usize, Vec<f64>)> = (0..components.k())
            .map(|component| {
                let mut mean = self.means.clone();
                let own = &components.means[component * dims..(component + 1) * dims];
                self.columns.iter().zip(own).for_each(|(&column, &value)| mean[column] = value);
                (component, mean)
            })
            .collect();
        let weight = |component: usize| components.weights[component];
        rows.sort_by(|(a, mean_a), (b, mean_b)| {
            compare_from(mean_a, mean_b, order_by).then_with(|| weight(*b).total_cmp(&weight(*a)))
        });
        let order: Vec<usize> = rows.iter().map(|(component, _)| *component).collect();
        let mixture = GaussianMixture {
            weights: order.iter().map(|&component| weight(component)).collect(),
            means: Points::new(rows.into_iter().flat_map(|(_, mean)| mean).collect(), self.means.len())?,
            covariances: order.iter().map(|&component| components.covariance(component).to_vec()).collect(),
            columns: self.columns.clone(),
            shares: order.iter().map(|&component| components.shares_of(component).to_vec()).collect(),
            widths: self.widths.clone(),
        };
        let floored = (0_u16..).zip(&mixture.covariances).filter(|(_, c)| rests_on(c, fitted.floor, dims));
        let floored = floored.map(|(component, _)| component).collect();
        let memberships = mixture.memberships(points)?;
        let bic = bic(memberships.log_likelihood, order.len(), dims, &self.widths, points.len());
        Ok(MixtureFit {
            mixture,
            memberships,
            bic,
            asked,
            fitted_rows: self.points.len(),
            floor: fitted.floor,
            floor_raised: fitted.floor > self.floor,
            floored,
        })
    }
}

/// The values of `k` rows drawn with replacement.
fn drawn_rows(points: &Points, k: usize, seed: u64) -> Vec<f64> {
    let rows: Vec<usize> = (0..k as u64).map(|number| to_index(draw(seed, number), points.len())).collect();
    points.select(&rows).values().to_vec()
}

/// Whether some direction owes most of its variance to the floor: then the
/// matrix less that many floors isn't positive definite.
fn rests_on(covariance: &[f64], floor: f64, dims: usize) -> bool {
    let mut rest = covariance.to_vec();
    rest.iter_mut().step_by(dims + 1).for_each(|variance| *variance -= MOSTLY_FLOOR * floor);
    cholesky(&rest, dims).is_none()
}

/// The mean of the variances of all columns; 1 if nothing varies.
fn mean_variance(points: &Points) -> f64 {
    let means = points.column_means();
    let squares =
        |row: &[f64]| row.iter().zip(&means).map(|(value, mean)| (value - mean) * (value - mean)).sum::<f64>();
    let variance = points.rows().map(squares).sum::<f64>() / to_f64(points.values().len());
    if variance > 0.0 { variance } else { 1.0 }
}
