//! Simulated customers with known latent quantities, for tests only.

/// `SplitMix64` (Steele, Lea & Flood 2014): a fixed seed, the same customers.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^= z >> 31;
        ((z >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    fn normal(&mut self) -> f64 {
        (-2.0 * self.uniform().ln()).sqrt() * (std::f64::consts::TAU * self.uniform()).cos()
    }

    pub(crate) fn exponential(&mut self, rate: f64) -> f64 {
        -self.uniform().ln() / rate
    }

    /// Gamma(shape, 1) (Marsaglia & Tsang 2000).
    pub(crate) fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            return self.gamma(shape + 1.0) * self.uniform().powf(1.0 / shape);
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let x = self.normal();
            let v = (1.0 + c * x).powi(3);
            if v > 0.0 && self.uniform().ln() < 0.5 * x * x + d - d * v + d * v.ln() {
                return d * v;
            }
        }
    }

    pub(crate) fn beta(&mut self, a: f64, b: f64) -> f64 {
        let (x, y) = (self.gamma(a), self.gamma(b));
        x / (x + y)
    }
}

/// A customer with the truth about them.
#[derive(Debug, Clone)]
pub(crate) struct Truth {
    pub x: u32,
    pub t_x: f64,
    pub t: f64,
    /// Sum of ln(gap).
    pub ln_gaps: f64,
    /// Mean spend of the x repeat purchases, 0 where there are none.
    pub z: f64,
    pub alive: bool,
    pub lambda: f64,
    /// Dropout probability or rate.
    pub dropout: f64,
    /// True mean spend.
    pub zeta: f64,
    /// Times of the repeat purchases.
    pub times: Vec<f64>,
}

/// How customers drop out.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Law {
    /// After a repeat purchase, with probability p ~ Beta(a, b).
    Repeat(f64, f64),
    /// After any purchase.
    Any(f64, f64),
    /// At a rate μ ~ Gamma(s, β).
    Lifetime(f64, f64),
}

/// A population.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Population {
    pub r: f64,
    pub alpha: f64,
    pub law: Law,
    /// Phases per gap.
    pub k: u32,
    /// (p, q, v) of Gamma-Gamma.
    pub spend: (f64, f64, f64),
}

impl Population {
    pub(crate) fn bg(r: f64, alpha: f64, a: f64, b: f64) -> Self {
        Self { r, alpha, law: Law::Repeat(a, b), k: 1, spend: (6.25, 3.74, 15.44) }
    }

    /// One customer observed for `t`.
    pub(crate) fn customer(&self, random: &mut Random, t: f64) -> Truth {
        let lambda = random.gamma(self.r) / self.alpha;
        let (dropout, end_of_life) = match self.law {
            Law::Repeat(a, b) | Law::Any(a, b) => (random.beta(a, b), f64::INFINITY),
            Law::Lifetime(s, beta) => {
                let mu = random.gamma(s) / beta;
                (mu, random.exponential(mu))
            }
        };
        let (p, q, v) = self.spend;
        let nu = random.gamma(q) / v;
        let coin = |random: &mut Random| !matches!(self.law, Law::Lifetime(..)) && random.uniform() < dropout;
        let mut truth = Truth {
            x: 0,
            t_x: 0.0,
            t,
            ln_gaps: 0.0,
            z: 0.0,
            alive: end_of_life > t,
            lambda,
            dropout,
            zeta: p / nu,
            times: Vec::new(),
        };
        if matches!(self.law, Law::Any(..)) && coin(random) {
            truth.alive = false;
            return truth;
        }
        let mut spent = 0.0;
        loop {
            let gap: f64 = (0..self.k).map(|_| random.exponential(lambda)).sum();
            let now = truth.t_x + gap;
            if now > t.min(end_of_life) {
                break;
            }
            truth.x += 1;
            truth.times.push(now);
            truth.t_x = now;
            truth.ln_gaps += gap.ln();
            spent += random.gamma(p) / nu;
            if coin(random) {
                truth.alive = false;
                break;
            }
        }
        if truth.x > 0 {
            truth.z = spent / f64::from(truth.x);
        }
        truth
    }

    /// Customers observed between `from` and `to` units, uniformly.
    pub(crate) fn customers(&self, n: usize, seed: u64, from: f64, to: f64) -> Vec<Truth> {
        let mut random = Random::new(seed);
        (0..n)
            .map(|_| {
                let t = from + (to - from) * random.uniform();
                self.customer(&mut random, t)
            })
            .collect()
    }
}
