//! BG/BB: opportunities that come one by one, such as yearly appeals.
//!
//! | letter | meaning |
//! |---|---|
//! | α, β | beta distribution of the probability p to use an opportunity |
//! | γ, δ | beta distribution of the probability θ to drop out before the next |
//! | x, `t_x`, n | opportunities used, the last one used, opportunities so far |
//!
//! # Reference
//! Fader, Hardie & Shang (2010), *Customer-Base Analysis in a Discrete-Time
//! Noncontractual Setting*, Marketing Science 29(6), equations (5)–(13).

use crate::numerics::special::{hyp2f1_unit, ln_beta_shift, ln_gamma_ratio};
use serde::{Deserialize, Serialize};

/// Parameters of BG/BB, all positive.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct BgBb {
    /// First parameter of the chance to use an opportunity.
    pub alpha: f64,
    /// Second parameter of the chance to use an opportunity.
    pub beta: f64,
    /// First parameter of the chance to drop out.
    pub gamma: f64,
    /// Second parameter of the chance to drop out.
    pub delta: f64,
}

/// What has been seen of a customer: `x ≤ t_x ≤ n`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Opportunities {
    /// Opportunities used.
    pub x: u32,
    /// The last one used, counted from 1; 0 for none.
    pub t_x: u32,
    /// Opportunities so far.
    pub n: u32,
}

impl Opportunities {
    /// Whether this can be: `x ≤ t_x ≤ n`, and `t_x` = 0 just where x = 0.
    pub fn is_possible(&self) -> bool {
        self.x <= self.t_x && self.t_x <= self.n && (self.x == 0) == (self.t_x == 0)
    }
}

impl BgBb {
    /// Logarithm of the chance of the uses seen and then silence for `silent` more
    /// opportunities, and the factors by which it falls with each.
    fn parts(&self, h: &Opportunities) -> (f64, f64, f64) {
        let (x, t_x) = (f64::from(h.x), f64::from(h.t_x));
        let used = ln_gamma_ratio(self.alpha, x) + ln_gamma_ratio(self.beta, t_x - x)
            - ln_gamma_ratio(self.alpha + self.beta, t_x);
        let gone = ln_beta_shift(self.gamma, self.delta, t_x) + (self.gamma / (self.gamma + self.delta + t_x)).ln();
        // Σ_{i<n−t_x} R_i and the last factor, both over the first term.
        let (mut factor, mut died) = (1.0, 0.0);
        for i in 0..h.n - h.t_x {
            died += factor;
            let i = f64::from(i);
            factor *= (self.beta + t_x - x + i) / (self.alpha + self.beta + t_x + i)
                * ((self.delta + t_x + i) / (self.gamma + 1.0 + self.delta + t_x + i));
        }
        let alive = factor * (self.gamma + self.delta + f64::from(h.n)) / self.gamma;
        (used + gone, died, alive)
    }

    /// Log-likelihood of one customer; eq. (5).
    pub fn log_likelihood(&self, h: &Opportunities) -> f64 {
        let (first, died, alive) = self.parts(h);
        first + (died + alive).ln()
    }

    /// Probability of being alive at the end of period n; eq. (7) without the chance
    /// to drop out before the next opportunity.
    pub fn p_alive(&self, h: &Opportunities) -> f64 {
        let (_, died, alive) = self.parts(h);
        alive / (died + alive)
    }

    /// Probability of being alive `later` opportunities after n; eq. (7) for 1.
    pub fn p_alive_later(&self, h: &Opportunities, later: u32) -> f64 {
        self.p_alive(h) * self.survival(h, later)
    }

    /// `(δ+n)_m/(γ+δ+n)_m`, the chance of surviving m more opportunities.
    fn survival(&self, h: &Opportunities, m: u32) -> f64 {
        ln_beta_shift(self.gamma, self.delta + f64::from(h.n), f64::from(m)).exp()
    }

    /// Mean of p if alive.
    fn use_if_alive(&self, h: &Opportunities) -> f64 {
        (self.alpha + f64::from(h.x)) / (self.alpha + self.beta + f64::from(h.n))
    }

    /// Expected uses of the opportunities `from`+1, …, `to` after n; eq. (10), as the
    /// positive sum that has no pole at γ = 1.
    pub fn expected_between(&self, h: &Opportunities, from: u32, to: u32) -> f64 {
        let base = self.delta + f64::from(h.n);
        let mut alive = self.survival(h, from);
        let mut sum = 0.0;
        for m in from..to {
            alive *= (base + f64::from(m)) / (self.gamma + base + f64::from(m));
            sum += alive;
        }
        self.p_alive(h) * self.use_if_alive(h) * sum
    }

    /// Expected uses of the next `periods` opportunities.
    pub fn expected_purchases(&self, h: &Opportunities, periods: u32) -> f64 {
        self.expected_between(h, 0, periods)
    }

    /// Discounted expected residual transactions at the rate `d > 0` per period; eq.
    /// (13): the m-th opportunity from now counts 1/(1+d)^m.
    pub fn discounted_for_ever(&self, h: &Opportunities, d: f64) -> f64 {
        let (base, v) = (self.delta + f64::from(h.n), 1.0 / (1.0 + d));
        let ever = v * base / (self.gamma + base) * hyp2f1_unit(base + 1.0, self.gamma + base + 1.0, v);
        self.p_alive(h) * self.use_if_alive(h) * ever
    }

    /// As [`BgBb::discounted_for_ever`], for the next `periods` opportunities.
    pub fn discounted_purchases(&self, h: &Opportunities, periods: u32, d: f64) -> f64 {
        let base = self.delta + f64::from(h.n);
        let (mut alive, mut sum) = (1.0, 0.0);
        for m in 0..periods {
            alive *= (base + f64::from(m)) / (self.gamma + base + f64::from(m)) / (1.0 + d);
            sum += alive;
        }
        self.p_alive(h) * self.use_if_alive(h) * sum
    }

    /// Probabilities of 0, …, `most` uses of the opportunities `from`+1, …, `to` after
    /// n; eq. (11), with the periods survived summed over.
    pub fn counts(&self, h: &Opportunities, from: u32, to: u32, most: usize) -> Vec<f64> {
        let (a, b) = (self.alpha + f64::from(h.x), self.beta + f64::from(h.n - h.x));
        let base = self.delta + f64::from(h.n);
        let mut alive = self.p_alive(h) * self.survival(h, from);
        let mut counts = vec![0.0; most + 1];
        counts[0] = 1.0 - alive;
        // Beta-binomial probabilities of j uses in i opportunities, grown in i.
        let mut uses = vec![0.0; most + 1];
        uses[0] = 1.0;
        for i in 0..=(to - from) {
            let (m, opened) = (f64::from(from + i), f64::from(i));
            let stays = if i == to - from { 0.0 } else { (base + m) / (self.gamma + base + m) };
            counts.iter_mut().zip(&uses).for_each(|(c, u)| *c += alive * (1.0 - stays) * u);
            alive *= stays;
            for j in (0..=most).rev() {
                let n_j = j as f64;
                let missed = uses[j] * (b + opened - n_j).max(0.0);
                let hit = if j == 0 { 0.0 } else { uses[j - 1] * (a + n_j - 1.0) };
                uses[j] = (missed + hit) / (a + b + opened);
            }
        }
        counts
    }

    /// Probability of no use of the opportunities `from`+1, …, `to` after n.
    pub fn p_no_purchase(&self, h: &Opportunities, from: u32, to: u32) -> f64 {
        self.counts(h, from, to, 0)[0]
    }

    /// Expected uses of a new customer's first n opportunities; eq. (9).
    pub fn expected_new(&self, n: u32) -> f64 {
        self.expected_purchases(&Opportunities { x: 0, t_x: 0, n: 0 }, n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PUBLISHED: BgBb = BgBb { alpha: 1.204, beta: 0.75, gamma: 0.657, delta: 2.783 };

    /// All strings of six opportunities, by (x, `t_x`): their chances sum to one.
    #[test]
    fn the_likelihood_is_a_distribution() {
        let mut sum = 0.0;
        for bits in 0u32..64 {
            let h = Opportunities { x: bits.count_ones(), t_x: 32 - bits.leading_zeros(), n: 6 };
            sum += PUBLISHED.log_likelihood(&h).exp();
        }
        assert!((sum - 1.0).abs() < 1e-13, "{sum}");
    }

    #[test]
    fn counts_sum_to_one_and_have_the_mean() {
        let h = Opportunities { x: 2, t_x: 4, n: 6 };
        for (from, to) in [(0, 1), (0, 10), (3, 12)] {
            let counts = PUBLISHED.counts(&h, from, to, 12);
            let mean: f64 = counts.iter().enumerate().map(|(n, p)| n as f64 * p).sum();
            assert!((counts.iter().sum::<f64>() - 1.0).abs() < 1e-13);
            assert!((mean - PUBLISHED.expected_between(&h, from, to)).abs() < 1e-12);
        }
    }

    #[test]
    fn discounting_ends_at_the_infinite_horizon() {
        let h = Opportunities { x: 2, t_x: 4, n: 6 };
        let ever = PUBLISHED.discounted_for_ever(&h, 0.1);
        assert!((PUBLISHED.discounted_purchases(&h, 2000, 0.1) - ever).abs() < 1e-12 * ever);
        assert!((PUBLISHED.discounted_purchases(&h, 7, 0.0) - PUBLISHED.expected_purchases(&h, 7)).abs() < 1e-14);
    }
}
