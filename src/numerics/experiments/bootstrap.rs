//! The interval of a difference of means by resampling, for outcomes as skewed as money.
//!
//! Small groups are drawn from with replacement, value by value (Efron 1979). Large ones are put into groups of equal or
//! neighbouring values first, and each group is drawn Poisson(its size) times (Chamandy et al. 2012, "Estimating uncertainty
//! for massive data streams"); so the cost doesn't grow with the number of customers. The ends of the interval are those of
//! the bias-corrected and accelerated percentiles.

use rand_xoshiro::Xoshiro256Plus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};
use statrs::distribution::{ContinuousCDF, Normal};

use crate::numerics::surveys::inference::Confidence;

use super::{Difference, Interval, Moments, Unmeasured};

/// A group of at most this many customers is drawn from value by value.
const SMALL: usize = 200;

/// Distinct values that stay as they are; where there are more, neighbours are put together.
const MOST_VALUES: usize = 250;

/// Groups of neighbours, besides those at both ends that stay alone.
const NEIGHBOURS: u64 = 110;

/// Distinct values at each end that stay alone: the largest orders decide how far a mean strays.
const ALONE: usize = 30;

/// From this size on the number of draws is a normal number with Poisson's skew.
const LARGE_COUNT: f64 = 25.0;

/// How an interval is resampled.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BootstrapOptions {
    /// How sure the interval is meant to be.
    pub confidence: Confidence,
    /// How often means are drawn anew; 1,000 by default.
    pub replicates: usize,
    /// The same seed gives the same interval.
    pub seed: u64,
}

impl Default for BootstrapOptions {
    fn default() -> Self {
        Self { confidence: Confidence::default(), replicates: 1000, seed: 0 }
    }
}

/// The interval of the difference of two means.
///
/// # Formula
/// Percentiles `Φ(z₀ + (z₀ + z)/(1 − a(z₀ + z)))` of the resampled differences, with `z₀` from the share of them below the
/// difference and `a` from the third moments of both groups (Efron 1987, "Better bootstrap confidence intervals", JASA 82,
/// eq. 2.3 and 6.6).
///
/// # Errors
/// An empty group, no variance in either, a value that isn't finite, no replicates.
pub fn bootstrap(treated: &[f64], control: &[f64], options: &BootstrapOptions) -> Result<Interval, Unmeasured> {
    let (first, second) = (Moments::of(treated)?, Moments::of(control)?);
    let difference = Difference::of(first.as_ref(), second.as_ref(), options.confidence)?;
    difference.test?;
    let (Some(first), Some(second)) = (first, second) else { return Err(Unmeasured::NoCustomers) };
    if options.replicates < 2 {
        return Err(Unmeasured::OutOfRange);
    }
    let mut random = Xoshiro256Plus::seed_from_u64(options.seed);
    let (treated, control) = (Drawn::of(treated), Drawn::of(control));
    let mut means: Vec<f64> =
        (0..options.replicates).map(|_| treated.mean(&mut random) - control.mean(&mut random)).collect();
    means.sort_unstable_by(f64::total_cmp);
    let ends = accelerated(&means, difference.effect, acceleration(&first, &second), options.confidence);
    let [lower, upper] = ends.map(|share| quantile(&means, share));
    if lower.is_finite() && upper.is_finite() { Ok(Interval { lower, upper }) } else { Err(Unmeasured::NotFinite) }
}

/// A sixth of the skew of the difference (Efron 1987, eq. 6.6 with the influence of each value on its mean).
fn acceleration(treated: &Moments, control: &Moments) -> f64 {
    let (n, m) = (treated.customers as f64, control.customers as f64);
    let third = treated.cubes / n.powi(3) - control.cubes / m.powi(3);
    let second = treated.squares / n.powi(2) + control.squares / m.powi(2);
    third / (6.0 * second.powf(1.5))
}

/// The shares at which the ends of the interval are read off.
fn accelerated(sorted: &[f64], effect: f64, acceleration: f64, confidence: Confidence) -> [f64; 2] {
    let below = sorted.partition_point(|mean| *mean < effect);
    let equal = sorted.partition_point(|mean| *mean <= effect) - below;
    let share = (below as f64 + 0.5 * equal as f64) / sorted.len() as f64;
    let plain = [0.5 - 0.5 * confidence.level(), 0.5 + 0.5 * confidence.level()];
    if !(share > 0.0 && share < 1.0 && acceleration.is_finite()) {
        return plain;
    }
    let normal = Normal::standard();
    let bias = normal.inverse_cdf(share);
    let moved = [-confidence.z(), confidence.z()].map(|z| {
        let moved = bias + z;
        let scale = 1.0 - acceleration * moved;
        (scale > 0.0).then(|| normal.cdf(bias + moved / scale))
    });
    match moved {
        [Some(lower), Some(upper)] if lower < upper => [lower, upper],
        _ => plain,
    }
}

/// By linear interpolation (type 7 of Hyndman & Fan 1996).
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share.clamp(0.0, 1.0) * (sorted.len() - 1) as f64;
    let (low, high) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    low + (high - low) * place.fract()
}

/// A group that means are drawn from.
enum Drawn<'a> {
    Values(&'a [f64]),
    Groups(Vec<Alike>),
}

/// Customers with the same value, or nearly.
struct Alike {
    value: f64,
    count: f64,
    /// Cumulative Poisson chances of a small group; empty for a large one.
    cumulative: Vec<f64>,
}

impl Alike {
    fn new(value: f64, count: u64) -> Self {
        let count = count as f64;
        let mut cumulative = Vec::new();
        if count < LARGE_COUNT {
            let (mut chance, mut sum, mut draws) = ((-count).exp(), 0.0, 0.0);
            while sum < 1.0 - 1e-12 && cumulative.len() < 120 {
                sum += chance;
                cumulative.push(sum);
                draws += 1.0;
                chance *= count / draws;
            }
        }
        Self { value, count, cumulative }
    }

    fn draws(&self, random: &mut Normals) -> f64 {
        if self.cumulative.is_empty() {
            // Cornish & Fisher 1938: a normal number moved so that it has the skew of Poisson's
            let z = random.normal();
            return (self.count + self.count.sqrt() * z + (z * z - 1.0) / 6.0).max(0.0);
        }
        let lot = random.uniform();
        self.cumulative.iter().take_while(|sum| **sum <= lot).count() as f64
    }
}

impl<'a> Drawn<'a> {
    fn of(values: &'a [f64]) -> Self {
        if values.len() <= SMALL {
            return Self::Values(values);
        }
        let mut sorted = values.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        let distinct: Vec<(f64, u64)> =
            sorted.chunk_by(|a, b| a.total_cmp(b).is_eq()).map(|same| (same[0], same.len() as u64)).collect();
        Self::Groups(grouped(&distinct))
    }

    fn mean(&self, source: &mut Xoshiro256Plus) -> f64 {
        match self {
            Self::Values(values) => {
                let count = values.len() as u64;
                let draw = |_| values[((u128::from(source.next_u64()) * u128::from(count)) >> 64) as usize];
                (0..count).map(draw).sum::<f64>() / count as f64
            }
            Self::Groups(groups) => {
                let mut random = Normals { source, spare: None };
                let (mut sum, mut count) = (0.0, 0.0);
                for group in groups {
                    let draws = group.draws(&mut random);
                    sum += draws * group.value;
                    count += draws;
                }
                sum / count
            }
        }
    }
}

/// Puts neighbouring values together where there are many.
fn grouped(distinct: &[(f64, u64)]) -> Vec<Alike> {
    if distinct.len() <= MOST_VALUES {
        return distinct.iter().map(|(value, count)| Alike::new(*value, *count)).collect();
    }
    let inner = &distinct[ALONE..distinct.len() - ALONE];
    let full = (inner.iter().map(|(_, count)| count).sum::<u64>() / NEIGHBOURS).max(1);
    let alone = |ends: &[(f64, u64)]| ends.iter().map(|(v, n)| Alike::new(*v, *n)).collect::<Vec<_>>();
    let mut groups = alone(&distinct[..ALONE]);
    let (mut sum, mut size) = (0.0, 0);
    for (value, count) in inner {
        // a value that many have stays alone
        if *count >= full && size > 0 {
            groups.push(Alike::new(sum / size as f64, size));
            (sum, size) = (0.0, 0);
        }
        sum += value * *count as f64;
        size += count;
        if size >= full {
            groups.push(Alike::new(sum / size as f64, size));
            (sum, size) = (0.0, 0);
        }
    }
    if size > 0 {
        groups.push(Alike::new(sum / size as f64, size));
    }
    groups.extend(alone(&distinct[distinct.len() - ALONE..]));
    groups
}

/// Random numbers of one replicate.
struct Normals<'a> {
    source: &'a mut Xoshiro256Plus,
    spare: Option<f64>,
}

impl Normals<'_> {
    /// A number in [0, 1) of 53 bits.
    fn uniform(&mut self) -> f64 {
        (self.source.next_u64() >> 11) as f64 * (-53.0_f64).exp2()
    }

    /// Two at a time (Marsaglia & Bray 1964).
    fn normal(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        loop {
            let (x, y) = (2.0 * self.uniform() - 1.0, 2.0 * self.uniform() - 1.0);
            let square = x * x + y * y;
            if square > 0.0 && square < 1.0 {
                let scale = (-2.0 * libm::log(square) / square).sqrt();
                self.spare = Some(y * scale);
                return x * scale;
            }
        }
    }
}
