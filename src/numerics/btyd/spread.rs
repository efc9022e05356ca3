//! How far the own future of a customer may lie from its expectation.
//!
//! A customer's own expected purchases (and value) are a function of latent
//! quantities: purchase rate λ, dropout p or μ, spend ζ. Given the data they are
//! 0 with probability 1 − P(alive); given alive, λ and the dropout are
//! independent with known distributions that depend on (x, T) alone, and ζ
//! is a scale times an inverse gamma variable whose shape depends on x alone.
//! So the quantiles of the future, as multiples of its expectation, form a
//! smooth surface over (x, T), tabulated here once and looked up per customer:
//! no draws, and no row per draw.

use super::model::{Ahead, Dropout, History, Plan, TransactionModel};
use super::quantile::{interpolate, ln_gamma_quantiles};
use crate::numerics::special::logistic;
use rayon::prelude::*;

/// Logit levels −6.5, −6, …, 6.5.
const LEVELS: usize = 27;
const FIRST_LEVEL: f64 = -6.5;
const LEVEL_STEP: f64 = 0.5;

/// Equally likely values that stand for the dropout, and for the spend.
const DROPOUT_NODES: usize = 24;
const SPEND_NODES: usize = 20;

/// Points at which the distribution function of a mixture is taken.
const POINTS: usize = 49;

/// Variance of a logarithm beyond which a figure is as good as unknown.
pub(crate) const MOST_NOISE: f64 = 4.0;

/// Growth of the logarithm of a quantile per unit of logit level beyond the table.
const STEEPEST_TAIL: f64 = 0.5;

/// Points in T.
const END_NODES: usize = 9;

/// Counts up to this are tabulated singly, above it every quarter more.
const SINGLE_COUNTS: u32 = 16;

/// Quantiles of one variable at the logit levels, as logarithms.
type Curve = [f64; LEVELS];

fn levels() -> Curve {
    std::array::from_fn(|k| FIRST_LEVEL + k as f64 * LEVEL_STEP)
}

/// Shape of the inverse-gamma posterior of the mean spend, by x; `None` for no
/// spend model.
pub(crate) type SpendShape<'a> = Option<&'a (dyn Fn(u32) -> f64 + Sync)>;

/// Variances of logarithms that come from not knowing the parameters, by (x, T).
pub(crate) trait ParameterNoise: Sync {
    /// Variance of the logarithm of expected purchases if alive, per horizon.
    fn purchases(&self, h: &History, plan: &Plan) -> Vec<f64>;
    /// Variance of the logarithm of the expected spend.
    fn spend(&self, x: u32) -> f64;
}

/// Quantiles of the future over a grid of (x, T), per horizon.
#[derive(Debug, Clone)]
pub(crate) struct SpreadTable {
    counts: Vec<u32>,
    first_end: f64,
    end_offset: f64,
    end_step: f64,
    horizons: usize,
    /// ln(quantile / expectation) of purchases, by count, end and horizon.
    purchases: Vec<Curve>,
    /// ln(quantile / (expected discounted purchases · harmonic mean spend)).
    value: Vec<Curve>,
}

/// Where (x, T) lies in the grid.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    corner: [usize; 4],
    weight: [f64; 4],
}

impl SpreadTable {
    /// Tabulates customers with x ≤ `max_x` and T in `ends` (lowest, highest).
    pub(crate) fn new(
        model: &dyn TransactionModel,
        plan: &Plan,
        max_x: u32,
        ends: (f64, f64),
        spend: SpendShape<'_>,
        noise: &dyn ParameterNoise,
    ) -> Self {
        let counts = count_nodes(max_x);
        let offset = 0.1 * ends.1 + f64::MIN_POSITIVE;
        let (first, last) = ((ends.0 + offset).ln(), (ends.1 + offset).ln());
        let step = ((last - first) / (END_NODES - 1) as f64).max(1e-9);
        let times: Vec<f64> = (0..END_NODES).map(|i| ((first + step * i as f64).exp() - offset).max(0.0)).collect();
        let made: Vec<Vec<(Curve, Curve)>> =
            counts.par_iter().map(|x| curves_of(model, plan, *x, &times, spend, noise)).collect();
        let (purchases, value) = made.into_iter().flatten().unzip();
        Self {
            counts,
            first_end: first,
            end_offset: offset,
            end_step: step,
            horizons: plan.horizons.len(),
            purchases,
            value,
        }
    }

    /// The place of a customer in the grid; shared by all with the same (x, T).
    pub(crate) fn place(&self, x: u32, t: f64) -> Place {
        let last = self.counts.len() - 1;
        let k = self.counts.partition_point(|c| *c <= x).clamp(1, last.max(1)) - 1;
        let next = (k + 1).min(last);
        let along = if next == k {
            0.0
        } else {
            let at = |c: u32| (f64::from(c) + 0.5).ln();
            ((at(x) - at(self.counts[k])) / (at(self.counts[next]) - at(self.counts[k]))).clamp(0.0, 1.0)
        };
        let u = (((t + self.end_offset).ln() - self.first_end) / self.end_step).clamp(0.0, (END_NODES - 1) as f64);
        let e = (u as usize).min(END_NODES - 2);
        let v = u - e as f64;
        let index = |c: usize, e: usize| (c * END_NODES + e) * self.horizons;
        Place {
            corner: [index(k, e), index(k, e + 1), index(next, e), index(next, e + 1)],
            weight: [(1.0 - along) * (1.0 - v), (1.0 - along) * v, along * (1.0 - v), along * v],
        }
    }

    /// Quantile of purchases given alive, as a multiple of their expectation.
    pub(crate) fn purchases(&self, place: &Place, horizon: usize, level: Level) -> f64 {
        look_up(&self.purchases, place, horizon, level)
    }

    /// Quantile of value given alive, as a multiple of expected discounted
    /// purchases times harmonic mean spend.
    pub(crate) fn value(&self, place: &Place, horizon: usize, level: Level) -> f64 {
        look_up(&self.value, place, horizon, level)
    }
}

/// A probability, as a place between two tabulated levels.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Level {
    index: usize,
    part: f64,
}

impl Level {
    /// The level of probability `u`, clamped to 0.0015 … 0.9985.
    pub(crate) fn of(u: f64) -> Self {
        let logit = (u.max(1e-12) / (1.0 - u).max(1e-12)).ln();
        let at = ((logit - FIRST_LEVEL) / LEVEL_STEP).clamp(0.0, (LEVELS - 1) as f64);
        let index = (at as usize).min(LEVELS - 2);
        Self { index, part: at - index as f64 }
    }
}

fn look_up(curves: &[Curve], place: &Place, horizon: usize, level: Level) -> f64 {
    let mut sum = 0.0;
    for (corner, weight) in place.corner.iter().zip(&place.weight) {
        let curve = &curves[corner + horizon];
        sum += weight * (curve[level.index] + level.part * (curve[level.index + 1] - curve[level.index]));
    }
    sum.exp()
}

fn count_nodes(max_x: u32) -> Vec<u32> {
    let mut nodes: Vec<u32> = (0..=max_x.min(SINGLE_COUNTS)).collect();
    while nodes[nodes.len() - 1] < max_x {
        let last = nodes[nodes.len() - 1];
        nodes.push(last.saturating_add(last / 4).min(max_x));
    }
    nodes
}

/// Curves of purchases and value for one x, per end and horizon.
fn curves_of(
    model: &dyn TransactionModel,
    plan: &Plan,
    x: u32,
    ends: &[f64],
    spend: SpendShape<'_>,
    noise: &dyn ParameterNoise,
) -> Vec<(Curve, Curve)> {
    let (phases, horizons) = (model.phases(), plan.horizons.len());
    let ahead = model.ahead(x, ends, plan);
    let (shape, _) = model.rate_if_alive(&History::alive_at(x, 0.0));
    let unit: Vec<f64> = ln_gamma_quantiles(shape, &levels()).iter().map(|w| w.exp()).collect();
    let spends = spend.map(|shape_of| spend_nodes(shape_of(x)));
    let mut made = Vec::with_capacity(ahead.len());
    for (t, ahead) in ends.iter().zip(ahead.chunks((phases * horizons).max(1))) {
        let h = History::alive_at(x, *t);
        let (_, rate) = model.rate_if_alive(&h);
        let dropout = model.dropout_if_alive(&h, DROPOUT_NODES);
        let rates: Vec<f64> = unit.iter().map(|u| u / rate).collect();
        let variances = noise.purchases(&h, plan);
        for (k, (horizon, variance)) in plan.horizons.iter().zip(&variances).enumerate() {
            let ahead = mean_over_phases(ahead, horizons, k);
            let variance = (*variance, noise.spend(x));
            made.push(pair_of_curves(&rates, &dropout, *horizon, plan.delta, &ahead, spends.as_deref(), variance));
        }
    }
    made
}

/// All phases alike: what the curves are measured against.
pub(crate) fn mean_over_phases(ahead: &[Ahead], horizons: usize, k: usize) -> Ahead {
    let phases: Vec<&Ahead> = ahead.iter().skip(k).step_by(horizons).collect();
    let n = phases.len() as f64;
    let mean = |f: fn(&Ahead) -> f64| phases.iter().map(|a| f(a)).sum::<f64>() / n;
    Ahead { purchases: mean(|a| a.purchases), any: mean(|a| a.any), discounted: mean(|a| a.discounted) }
}

fn pair_of_curves(
    rates: &[f64],
    dropout: &[Dropout],
    horizon: f64,
    delta: f64,
    ahead: &Ahead,
    spends: Option<&[f64]>,
    variance: (f64, f64),
) -> (Curve, Curve) {
    let plain = future_curve(rates, dropout, horizon, 0.0, ahead.purchases);
    let discounted = if delta == 0.0 { plain } else { future_curve(rates, dropout, horizon, delta, ahead.discounted) };
    let value = spends.map_or(discounted, |spends| {
        let shifted: Vec<Curve> = spends.iter().map(|s| discounted.map(|d| d + s)).collect();
        mixture(&shifted)
    });
    (widened(plain, variance.0), widened(value, variance.0 + variance.1))
}

/// Quantiles of purchases over the rates, mixed over the dropout.
fn future_curve(rates: &[f64], dropout: &[Dropout], horizon: f64, delta: f64, expected: f64) -> Curve {
    let reference = expected.max(f64::MIN_POSITIVE).ln();
    let curves: Vec<Curve> = dropout
        .iter()
        .map(|d| std::array::from_fn(|k| d.purchases(rates[k], horizon, delta).max(1e-300).ln() - reference))
        .collect();
    mixture(&curves)
}

/// Quantiles of the equal mixture of distributions given by their quantiles.
///
/// The distribution function of the mixture is taken at points spread evenly over
/// all quantiles of all parts, so that narrow parts far apart are seen as well.
fn mixture(parts: &[Curve]) -> Curve {
    let levels = levels();
    let mut pooled: Vec<f64> = parts.iter().flatten().copied().collect();
    pooled.sort_unstable_by(f64::total_cmp);
    let last = pooled.len() - 1;
    let points: [f64; POINTS] = std::array::from_fn(|i| pooled[i * last / (POINTS - 1)]);
    let mut below = [0.0; POINTS];
    for part in parts {
        add_distribution(part, &levels, &points, &mut below);
    }
    let count = parts.len() as f64;
    let known = below.map(|u| (u.max(1e-12) / (count - u).max(1e-12)).ln());
    levels.map(|level| {
        let (low, high) = (known[0], known[POINTS - 1]);
        if level >= high {
            // Beyond all that is known: on as steeply as the steepest tail in use.
            points[POINTS - 1] + STEEPEST_TAIL * (level - high)
        } else if level <= low {
            points[0] + (levels[1] - levels[0]).recip() * (points[1] - points[0]).max(0.0) * (level - low)
        } else {
            interpolate(&known, &points, level)
        }
    })
}

/// Adds the distribution function of one part at ascending points.
fn add_distribution(part: &Curve, levels: &Curve, points: &[f64; POINTS], below: &mut [f64; POINTS]) {
    let mut k = 1;
    for (sum, point) in below.iter_mut().zip(points) {
        while k < LEVELS - 1 && part[k] <= *point {
            k += 1;
        }
        let width = part[k] - part[k - 1];
        let level = if width > 0.0 {
            levels[k - 1] + LEVEL_STEP * (point - part[k - 1]) / width
        } else if *point < part[k] {
            f64::NEG_INFINITY
        } else {
            levels[k]
        };
        *sum += logistic(level);
    }
}

/// A curve stretched about its median so that the logarithm gains `variance`.
fn widened(curve: Curve, variance: f64) -> Curve {
    let middle = curve[LEVELS / 2];
    // 10 % and 90 % lie at logit ∓2.197, 2.563 standard deviations apart.
    let levels = levels();
    let width = interpolate(&levels, &curve, 2.197) - interpolate(&levels, &curve, -2.197);
    let own = (width / 2.563).powi(2);
    if variance <= 0.0 || own <= 0.0 {
        return curve;
    }
    let stretch = (1.0 + variance.min(MOST_NOISE) / own).sqrt();
    curve.map(|c| middle + stretch * (c - middle))
}

/// ln(ζ / harmonic mean) at equally likely levels: ζ = scale/G, G ~ Gamma(shape).
fn spend_nodes(shape: f64) -> Vec<f64> {
    super::quantile::gamma_nodes(shape, shape, SPEND_NODES).iter().map(|g| -g.max(1e-300).ln()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mixing_equal_parts_changes_nothing() {
        let part: Curve = levels().map(|l| 0.3 * l - 1.0);
        for (a, b) in mixture(&[part, part, part]).iter().zip(&part) {
            assert!((a - b).abs() < 1e-9, "{a} {b}");
        }
    }

    #[test]
    fn counts_reach_the_largest() {
        assert_eq!(count_nodes(0), vec![0]);
        assert_eq!(count_nodes(3), vec![0, 1, 2, 3]);
        let nodes = count_nodes(5000);
        assert_eq!(nodes.last(), Some(&5000));
        assert!(nodes.len() < 50, "{}", nodes.len());
    }

    #[test]
    fn widening_adds_variance() {
        let curve: Curve = levels().map(|l| 0.2 * l);
        let wide = widened(curve, 0.2f64.powi(2) * (2.0 * 2.197 / 2.563f64).powi(2));
        assert!((wide[20] / curve[20] - std::f64::consts::SQRT_2).abs() < 1e-9);
    }
}
