//! How far the own future of a customer may lie from its expectation.
//!
//! A customer's own expected purchases (and value) are a function of latent
//! quantities: purchase rate λ, dropout p or μ, spend ζ. Given the data they are
//! 0 with probability 1 − P(alive); given alive, λ and the dropout are
//! independent with known distributions that depend on (x, T) alone, and ζ
//! is a scale times an inverse gamma variable whose shape depends on x alone.
//! So the quantiles of the future, as multiples of its expectation, form a
//! smooth surface over (x, T), tabulated here once and looked up per customer:
//! no draws, and no row per draw. Where purchases are regular the surface has a third
//! dimension, how due a purchase is.

use super::mixture::{Curve, LEVELS, Level, levels, mixture};
use super::model::{Ahead, Dropout, History, Plan, TransactionModel};
use super::quantile::{interpolate, ln_gamma_quantiles};
use rayon::prelude::*;

/// Equally likely values that stand for the dropout, and for the spend.
const DROPOUT_NODES: usize = 24;
const SPEND_NODES: usize = 20;

/// Variance of a logarithm beyond which a figure is as good as unknown.
pub(crate) const MOST_NOISE: f64 = 4.0;

/// Points in T.
const END_NODES: usize = 9;

/// Points in how due a purchase is, where that matters.
const DUE_NODES: usize = 3;

/// Counts up to this are tabulated singly, above it every quarter more.
const SINGLE_COUNTS: u32 = 16;

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

/// Quantiles of the future over a grid of (x, T, due), per horizon.
#[derive(Debug, Clone)]
pub(crate) struct SpreadTable {
    counts: Vec<u32>,
    first_end: f64,
    end_offset: f64,
    end_step: f64,
    horizons: usize,
    /// Points in how due a purchase is.
    layers: usize,
    /// ln(quantile / expectation) of purchases, by count, end, due and horizon.
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
            layers: layers_of(model),
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
        let index = |c: usize, e: usize| (c * END_NODES + e) * self.layers * self.horizons;
        Place {
            corner: [index(k, e), index(k, e + 1), index(next, e), index(next, e + 1)],
            weight: [(1.0 - along) * (1.0 - v), (1.0 - along) * v, along * (1.0 - v), along * v],
        }
    }

    /// The place of a customer between the points in how due a purchase is.
    pub(crate) fn layer(&self, due: f64) -> Layer {
        let at = due.clamp(0.0, 1.0) * (self.layers - 1) as f64;
        let below = (at as usize).min(self.layers.saturating_sub(2));
        Layer { offset: below * self.horizons, part: at - below as f64 }
    }

    /// Quantile of purchases given alive, as a multiple of their expectation.
    pub(crate) fn purchases(&self, place: &Place, layer: Layer, horizon: usize, level: Level) -> f64 {
        self.look_up(&self.purchases, place, layer, horizon, level)
    }

    /// Quantile of value given alive, as a multiple of expected discounted
    /// purchases times harmonic mean spend.
    pub(crate) fn value(&self, place: &Place, layer: Layer, horizon: usize, level: Level) -> f64 {
        self.look_up(&self.value, place, layer, horizon, level)
    }

    fn look_up(&self, curves: &[Curve], place: &Place, layer: Layer, horizon: usize, level: Level) -> f64 {
        let at = |offset: usize| -> f64 {
            let corners = place.corner.iter().zip(&place.weight);
            corners.map(|(corner, weight)| weight * level.on(&curves[corner + offset])).sum()
        };
        let below = at(layer.offset + horizon);
        if layer.part <= 0.0 {
            return below.exp();
        }
        (below + layer.part * (at(layer.offset + self.horizons + horizon) - below)).exp()
    }
}

/// Where a customer lies between the points in how due a purchase is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Layer {
    offset: usize,
    part: f64,
}

fn layers_of(model: &dyn TransactionModel) -> usize {
    if model.phases() == 1 { 1 } else { DUE_NODES }
}

fn count_nodes(max_x: u32) -> Vec<u32> {
    let mut nodes: Vec<u32> = (0..=max_x.min(SINGLE_COUNTS)).collect();
    while nodes[nodes.len() - 1] < max_x {
        let last = nodes[nodes.len() - 1];
        nodes.push(last.saturating_add(last / 4).min(max_x));
    }
    nodes
}

/// Curves of purchases and value for one x, per end, due and horizon.
fn curves_of(
    model: &dyn TransactionModel,
    plan: &Plan,
    x: u32,
    ends: &[f64],
    spend: SpendShape<'_>,
    noise: &dyn ParameterNoise,
) -> Vec<(Curve, Curve)> {
    let (horizons, layers) = (plan.horizons.len(), layers_of(model));
    let ahead = model.ahead(x, ends, plan);
    let rates = Rates::new(model, x);
    let spends = spend.map(|shape_of| spend_nodes(shape_of(x)));
    let of_spend = noise.spend(x);
    let mut made = Vec::with_capacity(ends.len() * layers * horizons);
    for (t, ahead) in ends.iter().zip(ahead.chunks((model.phases() * horizons).max(1))) {
        let variances = noise.purchases(&model.history_due(x, *t, 0.5), plan);
        for layer in 0..layers {
            let h = model.history_due(x, *t, layer as f64 / (layers - 1).max(1) as f64);
            let latent = Latent { model, h, rates: rates.at(&h), dropout: model.dropout_if_alive(&h, DROPOUT_NODES) };
            let phases = model.phase_weights(&h);
            for (k, (horizon, variance)) in plan.horizons.iter().zip(&variances).enumerate() {
                let ahead = mean_over_phases(ahead, &phases, horizons, k);
                let variance = (*variance, of_spend);
                made.push(latent.pair_of_curves(*horizon, plan.delta, &ahead, spends.as_deref(), variance));
            }
        }
    }
    made
}

/// Quantiles of the purchase rates of customers with one x who are alive.
struct Rates<'a> {
    model: &'a dyn TransactionModel,
    /// Quantiles of Gamma(shape + j, 1) per part j of the rates, as logarithms.
    units: Vec<Curve>,
}

impl<'a> Rates<'a> {
    fn new(model: &'a dyn TransactionModel, x: u32) -> Self {
        let parts = model.rates_if_alive(&History::alive_at(x, 0.0));
        let unit = |shape: f64| -> Curve {
            let quantiles = ln_gamma_quantiles(shape, &levels());
            std::array::from_fn(|k| quantiles[k])
        };
        Self { model, units: parts.iter().map(|part| unit(part.shape)).collect() }
    }

    fn at(&self, h: &History) -> Curve {
        let parts = self.model.rates_if_alive(h);
        if let [part] = parts.as_slice() {
            return self.units[0].map(|w| w.exp() / part.rate);
        }
        let weights: Vec<f64> = parts.iter().map(|part| part.weight).collect();
        mixture(&self.units, &weights).map(|w| w.exp() / parts[0].rate)
    }
}

/// The average over the phases: what the curves are measured against.
pub(crate) fn mean_over_phases(ahead: &[Ahead], phases: &[f64], horizons: usize, k: usize) -> Ahead {
    let mut mean = Ahead::default();
    ahead.iter().skip(k).step_by(horizons).zip(phases).for_each(|(ahead, weight)| mean.add(*weight, ahead));
    mean
}

/// What is not known of a customer who is alive.
struct Latent<'a> {
    model: &'a dyn TransactionModel,
    h: History,
    /// Quantiles of the purchase rate.
    rates: Curve,
    /// Equally likely values of dropout.
    dropout: Vec<Dropout>,
}

impl Latent<'_> {
    fn pair_of_curves(
        &self,
        horizon: f64,
        delta: f64,
        ahead: &Ahead,
        spends: Option<&[f64]>,
        variance: (f64, f64),
    ) -> (Curve, Curve) {
        let own = self.model.own_purchases(&self.h, &self.rates, &self.dropout, horizon, delta);
        let plain = future_curve(&own, |own| own.0, ahead.purchases);
        let discounted = if delta == 0.0 { plain } else { future_curve(&own, |own| own.1, ahead.discounted) };
        let value = spends.map_or(discounted, |spends| {
            let shifted: Vec<Curve> = spends.iter().map(|s| discounted.map(|d| d + s)).collect();
            mixture(&shifted, &vec![1.0; shifted.len()])
        });
        (widened(plain, variance.0), widened(value, variance.0 + variance.1))
    }
}

/// Quantiles of purchases over the rates, mixed over the dropout.
fn future_curve(own: &[Vec<(f64, f64)>], of: impl Fn(&(f64, f64)) -> f64, expected: f64) -> Curve {
    let reference = expected.max(f64::MIN_POSITIVE).ln();
    let curves: Vec<Curve> =
        own.iter().map(|own| std::array::from_fn(|k| of(&own[k]).max(1e-300).ln() - reference)).collect();
    mixture(&curves, &vec![1.0; curves.len()])
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
