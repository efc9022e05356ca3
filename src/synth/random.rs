//! Random streams that depend on nothing but the seed, the customer and the purpose.
//!
//! Every customer has one independent stream per purpose, so customer 17 is the same person in a shop of a hundred and in a shop of a
//! million, and a change in one part of the generator leaves the others as they were. The generator is xoshiro256++ and the logarithms,
//! powers and roots come from the portable `libm`, not from the platform's C library: the same seed gives the same bytes on every
//! machine. That is also why the distributions are written here instead of taken from `rand_distr`, which calls the platform's.

use libm::{cos, exp, floor, log, pow, sqrt};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};

/// What a stream is for; each has its own numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// The product catalogue (the customer number is 0).
    Catalogue = 1,
    /// Name, address, consents.
    Person,
    /// Second records of the same person.
    Duplicate,
    /// Purchase rate, dropout and the purchase instants.
    Process,
    /// Money per purchase day.
    Spend,
    /// Channel, hour and lines of each order.
    Basket,
    /// Deliveries, calls, complaints, surveys, touches.
    Service,
    /// Who is in a campaign and in which arm.
    Campaign,
    /// Rows that a clean export would not have.
    Dirt,
    /// Which of a person's two records an order is written for.
    Split,
    /// Test accounts.
    TestAccount,
}

/// A stream of random numbers.
#[derive(Debug, Clone)]
pub(super) struct Stream(Xoshiro256PlusPlus);

/// One step of `SplitMix64`: a bijection that spreads every bit.
fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

impl Stream {
    /// The stream of one customer for one purpose.
    pub(super) fn new(seed: u64, customer: u64, purpose: Purpose) -> Self {
        let key = mix(mix(mix(seed) ^ customer) ^ (purpose as u64));
        Self(Xoshiro256PlusPlus::seed_from_u64(key))
    }

    /// A raw 64-bit number.
    pub(super) fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// Uniform on the open interval (0, 1).
    pub(super) fn uniform(&mut self) -> f64 {
        ((self.bits() >> 11) as f64 + 0.5) * (1.0 / 9_007_199_254_740_992.0)
    }

    /// Uniform on `[low, high)`.
    pub(super) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.uniform()
    }

    /// A whole number in `0..count`; 0 when `count` is 0.
    pub(super) fn below(&mut self, count: u64) -> u64 {
        ((u128::from(self.bits()) * u128::from(count)) >> 64) as u64
    }

    /// True with the given probability.
    pub(super) fn chance(&mut self, probability: f64) -> bool {
        self.uniform() < probability
    }

    /// One of the items, all equally likely.
    pub(super) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len() as u64) as usize]
    }

    /// An index drawn by weights that sum to one.
    pub(super) fn weighted(&mut self, weights: &[f64]) -> usize {
        let mut left = self.uniform();
        for (index, weight) in weights.iter().enumerate() {
            left -= weight;
            if left < 0.0 {
                return index;
            }
        }
        weights.len() - 1
    }

    /// Exponential with mean one.
    pub(super) fn exponential(&mut self) -> f64 {
        -log(self.uniform())
    }

    /// Standard normal (Box & Muller 1958, cosine branch).
    pub(super) fn normal(&mut self) -> f64 {
        let radius = sqrt(2.0 * self.exponential());
        radius * cos(std::f64::consts::TAU * self.uniform())
    }

    /// Gamma with the given shape and rate one (Marsaglia & Tsang 2000; below shape one with their power of a uniform).
    pub(super) fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            let boost = pow(self.uniform(), 1.0 / shape);
            return self.gamma(shape + 1.0) * boost;
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / sqrt(9.0 * d);
        loop {
            let x = self.normal();
            let v = (1.0 + c * x) * (1.0 + c * x) * (1.0 + c * x);
            if v > 0.0 && log(self.uniform()) < 0.5 * x * x + d - d * v + d * log(v) {
                return d * v;
            }
        }
    }

    /// Beta with the two given shapes.
    pub(super) fn beta(&mut self, a: f64, b: f64) -> f64 {
        let first = self.gamma(a);
        let second = self.gamma(b);
        first / (first + second)
    }

    /// Failures before the first success: 0, 1, 2, … with mean (1 − p) / p.
    pub(super) fn geometric(&mut self, success: f64) -> i64 {
        floor(log(self.uniform()) / log(1.0 - success)) as i64
    }

    /// Poisson by multiplying uniforms (Knuth); meant for small means.
    pub(super) fn poisson(&mut self, mean: f64) -> usize {
        let limit = exp(-mean);
        let mut product = self.uniform();
        let mut count = 0;
        while product > limit {
            product *= self.uniform();
            count += 1;
        }
        count
    }
}
