//! Purchases of a customer who is alive and needs k phases for each.
//!
//! # Formula
//! With j phases of the running gap behind, M further phases (negative binomial:
//! λ ~ Gamma(s, β)) complete N = ⌊(M + j)/k⌋ purchases, were it not for the coin
//! p ~ Beta(a, b) after each. So
//!
//! `E = Σ_M P(M) S_N`, `S_N = Σ_{i<N} (b)_i/(a+b)_i`; alive at the end: `Σ_M P(M) (b)_N/(a+b)_N`.

use super::model::Ahead;
use super::negative_binomial::NegativeBinomial;
use super::quadrature::{gauss_legendre, scaled_nodes};

/// Nodes for the discounting integral.
const DISCOUNT_NODES: usize = 16;

/// Nodes where many customers are scored: five digits of the discount.
const SCORING_NODES: usize = 8;

/// Phases counted one by one where one customer is asked for, and where many are
/// scored.
const LONG: f64 = 65_536.0;
const LONG_IN_SCORING: f64 = 8192.0;

/// Phases beyond this are left out; a thousand horizons' worth of history away.
const LONGEST: f64 = 2e5;

/// The series of one customer, growing its tables as needed.
#[derive(Debug, Clone)]
pub(crate) struct PhaseSeries {
    shape: f64,
    coin: (f64, f64),
    k: usize,
    j: usize,
    /// `(b)_i/(a+b)_i`
    kept: Vec<f64>,
    /// `S_N`
    sums: Vec<f64>,
    /// Phases counted one by one.
    long: f64,
}

impl PhaseSeries {
    pub(crate) fn new(shape: f64, coin: (f64, f64), k: u32, j: u32) -> Self {
        Self { shape, coin, k: k as usize, j: j as usize, kept: vec![1.0], sums: vec![0.0], long: LONG }
    }

    /// The same, good to seven digits only, and fast for any horizon.
    pub(crate) fn for_scoring(self) -> Self {
        Self { long: LONG_IN_SCORING, ..self }
    }

    fn grow(&mut self, purchases: usize) {
        while self.sums.len() <= purchases {
            let n = self.sums.len() - 1;
            self.sums.push(self.sums[n] + self.kept[n]);
            let i = n as f64;
            self.kept.push(self.kept[n] * (self.coin.1 + i) / (self.coin.0 + self.coin.1 + i));
        }
    }

    /// Average of a function of the purchases completed.
    fn average(&mut self, z: f64, of: impl Fn(&Self, usize) -> f64) -> f64 {
        let counts = NegativeBinomial::new(self.shape, z);
        if counts.spread() > self.long && counts.enough() as f64 > 2.0 * self.long {
            return self.average_long(&counts, of);
        }
        let (first, p) = counts.window();
        self.grow((first + p.len() + self.j) / self.k + 1);
        p.iter().enumerate().map(|(m, p)| p * of(self, (first + m + self.j) / self.k)).sum()
    }

    /// As above for a distribution with a very long tail: term by term up to `long`,
    /// and from there on as an integral over ln M, to about seven digits.
    fn average_long(&mut self, counts: &NegativeBinomial, of: impl Fn(&Self, usize) -> f64) -> f64 {
        let last = (counts.enough() as f64).min(LONGEST);
        self.grow(last as usize / self.k + 3);
        let head = counts.probabilities(self.long as usize - 1);
        let near: f64 = head.iter().enumerate().map(|(m, p)| p * of(self, (m + self.j) / self.k)).sum();
        let from = self.long - 0.5;
        let far: f64 = scaled_nodes(last - from, from)
            .map(|(beyond, weight)| {
                let m = from + beyond;
                // The mean of a step function over the k phases about m.
                let n = ((m + self.j as f64 - 0.5 * (self.k as f64 - 1.0)) / self.k as f64).max(0.0);
                let (low, part) = (n as usize, n.fract());
                weight * counts.density(m) * ((1.0 - part) * of(self, low) + part * of(self, low + 1))
            })
            .sum();
        near + far
    }

    /// Expected purchases in the next `horizon`, β = `scale`.
    pub(crate) fn expected(&mut self, scale: f64, horizon: f64) -> f64 {
        if horizon > 0.0 { self.average(horizon / scale, |s, n| s.sums[n]) } else { 0.0 }
    }

    /// Probability of being alive `later` after now.
    pub(crate) fn survival(&mut self, scale: f64, later: f64) -> f64 {
        if later > 0.0 { self.average(later / scale, |s, n| s.kept[n]) } else { 1.0 }
    }

    /// Probability of a purchase in the next `horizon`: at least k − j phases.
    pub(crate) fn any(&mut self, scale: f64, horizon: f64) -> f64 {
        if horizon > 0.0 { self.average(horizon / scale, |_, n| f64::from(u8::from(n > 0))) } else { 0.0 }
    }

    /// Expected discounted purchases, by parts as in
    /// [`super::AliveSeries::discounted`].
    pub(crate) fn discounted(&mut self, scale: f64, horizon: f64, delta: f64) -> f64 {
        if horizon.is_infinite() && delta > 0.0 {
            return self.discounted(scale, 45.0 / delta, delta);
        }
        let plain = self.expected(scale, horizon);
        self.discounted_from(plain, scale, horizon, delta)
    }

    fn discounted_from(&mut self, plain: f64, scale: f64, horizon: f64, delta: f64) -> f64 {
        // The better the rate is known, the more the expectation follows the beat of
        // the purchases.
        let density = (1.0 + self.shape.sqrt() / 8.0).min(5.0);
        self.discounted_by(plain, scale, (horizon, delta), (density, DISCOUNT_NODES))
    }

    /// By Gauss–Legendre with `nodes` points in each of `density` panels per unit of
    /// ln(1 + τ/β).
    fn discounted_by(
        &mut self,
        plain: f64,
        scale: f64,
        (horizon, delta): (f64, f64),
        (density, nodes): (f64, usize),
    ) -> f64 {
        if delta == 0.0 || horizon <= 0.0 {
            return plain;
        }
        let width = (horizon / scale).ln_1p();
        let panels = (width * density).ceil().max(1.0);
        let half = 0.5 * width / panels;
        let mut area = 0.0;
        let mut k = 0.0;
        while k < panels {
            for (node, weight) in gauss_legendre(nodes) {
                let u = half * (2.0 * k + 1.0 + node);
                let tau = scale * u.exp_m1();
                area += weight * (u - delta * tau).exp() * self.expected(scale, tau);
            }
            k += 1.0;
        }
        (-delta * horizon).exp() * plain + delta * scale * half * area
    }

    /// All that scoring needs over one horizon.
    pub(crate) fn ahead(&mut self, scale: f64, horizon: f64, delta: f64) -> Ahead {
        let purchases = self.expected(scale, horizon);
        let discounted = self.discounted_by(purchases, scale, (horizon, delta), (1.0, SCORING_NODES));
        Ahead { purchases, any: self.any(scale, horizon), discounted }
    }

    /// Probabilities of 0, …, `most` purchases between `from` and `to` after now.
    ///
    /// A later start is reached with M phases done and N coins survived; from there
    /// on it is the same question with another shape, phase and coin.
    pub(crate) fn counts(&mut self, scale: f64, from: f64, to: f64, most: usize) -> Vec<f64> {
        if from <= 0.0 {
            return self.counts_from_now(scale, to, most);
        }
        let (first, p) = NegativeBinomial::new(self.shape, from / scale).window();
        self.grow((first + p.len() + self.j) / self.k + 1);
        let mut counts = vec![0.0; most + 1];
        let mut reached = 0.0;
        for (m, p) in (first..).zip(&p) {
            let (n, phase) = ((m + self.j) / self.k, (m + self.j) % self.k);
            let weight = p * self.kept[n];
            if weight < 1e-18 {
                continue;
            }
            reached += weight;
            let coin = (self.coin.0, self.coin.1 + n as f64);
            let mut then = Self {
                shape: self.shape + m as f64,
                coin,
                k: self.k,
                j: phase,
                kept: vec![1.0],
                sums: vec![0.0],
                long: LONG,
            };
            let part = then.counts_from_now(scale + from, to - from, most);
            counts.iter_mut().zip(part).for_each(|(c, q)| *c += weight * q);
        }
        counts[0] += 1.0 - reached;
        counts
    }

    fn counts_from_now(&mut self, scale: f64, length: f64, most: usize) -> Vec<f64> {
        self.grow(most + 1);
        // reached(n) = P(phases suffice for n purchases)
        let phases = NegativeBinomial::new(self.shape, length / scale);
        let tails = phases.tails((most + 1) * self.k);
        let p = phases.probabilities((most + 1) * self.k);
        let phase = |n: usize| (n * self.k).saturating_sub(self.j);
        let reached = |n: usize| if n == 0 { 1.0 } else { tails[phase(n)] };
        (0..=most)
            .map(|n| {
                let ended = if n == 0 { 0.0 } else { (self.kept[n - 1] - self.kept[n]) * reached(n) };
                ended + self.kept[n] * p[phase(n)..phase(n + 1)].iter().sum::<f64>()
            })
            .collect()
    }
}
