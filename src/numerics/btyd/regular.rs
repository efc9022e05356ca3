//! BG/CNBD-k and MBG/CNBD-k: as BG/NBD and MBG/NBD, with purchases more regular
//! than Poisson.
//!
//! The gap between two purchases is the sum of k exponential phases with rate
//! λ ~ Gamma(r, α), so its mean is k/λ; k = 1 is (M)BG/NBD. A customer who is alive
//! at T has j < k phases of the running gap behind them, with known weights; given
//! j, what remains is (M)BG/NBD in phases, every k-th of which is a purchase.
//!
//! # References
//! Reutterer, Platzer & Schröder (2021), *Leveraging purchase regularity for
//! predicting customer behavior the easy way*, Int. J. of Research in Marketing
//! 38(1); Platzer & Reutterer (2016), Marketing Science 35(5). The conditional
//! expectation here is exact; the paper's is an approximation.

use super::geometric::FirstCoin;
use super::model::{Dropout, History, RatePart, TransactionModel};
use super::own_gaps::OwnGaps;
use super::phase_series::PhaseSeries;
use super::quantile::beta_nodes;
use crate::numerics::special::{ln_beta_shift, ln_gamma, ln_gamma_ratio, logistic, softplus};
use serde::{Deserialize, Serialize};

/// Parameters of BG/CNBD-k or MBG/CNBD-k; `alpha` in units of time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Regular {
    /// Phases per gap, at least 1.
    pub k: u32,
    /// Shape of the phase rates.
    pub r: f64,
    /// Rate parameter of the phase rates, in units of time.
    pub alpha: f64,
    /// First parameter of the dropout probability.
    pub a: f64,
    /// Second parameter of the dropout probability.
    pub b: f64,
    /// BG/CNBD-k or MBG/CNBD-k.
    pub coin: FirstCoin,
}

impl Regular {
    /// Shape of the phase rates after x purchases, `r + kx`.
    fn shape(&self, x: u32) -> f64 {
        self.r + f64::from(self.k) * f64::from(x)
    }

    /// `(shape)_j/j! ((T−t_x)/(α+T))^j` for j < k: chances, up to a factor, to have j
    /// phases of the running gap behind.
    fn weights(&self, h: &History) -> Vec<f64> {
        let (shape, y) = (self.shape(h.x), (h.t - h.t_x) / (self.alpha + h.t));
        let mut weight = 1.0;
        (0..self.k)
            .map(|j| {
                let now = weight;
                weight *= (shape + f64::from(j)) / (f64::from(j) + 1.0) * y;
                now
            })
            .collect()
    }

    /// Log-odds of having dropped out by T.
    fn log_odds_gone(&self, h: &History) -> f64 {
        let flips = self.coin.flips(h.x);
        if flips == 0.0 {
            return f64::NEG_INFINITY;
        }
        let silence = ((h.t - h.t_x) / (self.alpha + h.t_x)).ln_1p();
        let waiting: f64 = self.weights(h).iter().sum();
        (self.a / (self.b + flips - 1.0)).ln() + self.shape(h.x) * silence - waiting.ln()
    }

    /// Probability of having dropped out by T, exact where it is tiny.
    pub fn p_gone(&self, h: &History) -> f64 {
        logistic(self.log_odds_gone(h))
    }

    /// Phases expected in the silence, over those and one more.
    fn overdue(&self, x: u32, t: f64, silence: f64) -> f64 {
        let phases = self.shape(x) * silence / (self.alpha + t);
        phases / (1.0 + phases)
    }

    /// The series of a customer with `j` phases of the running gap behind.
    fn series(&self, x: u32, j: u32) -> PhaseSeries {
        let coin = (self.a, self.b + self.coin.flips(x));
        PhaseSeries::new(self.shape(x) + f64::from(j), coin, self.k, j)
    }

    fn survives_first_coin(&self) -> f64 {
        match self.coin {
            FirstCoin::Spared => 1.0,
            FirstCoin::Tossed => self.b / (self.a + self.b),
        }
    }

    /// Average over the phases, of a function of the phase's series.
    fn over_phases(&self, h: &History, f: impl Fn(&mut PhaseSeries) -> f64) -> f64 {
        let weights = self.weights(h);
        let total: f64 = weights.iter().sum();
        (0..self.k).zip(&weights).map(|(j, w)| w / total * f(&mut self.series(h.x, j))).sum()
    }
}

impl TransactionModel for Regular {
    fn parameters(&self) -> Vec<f64> {
        vec![self.r, self.alpha, self.a, self.b]
    }

    fn with_parameters(&self, p: &[f64]) -> Box<dyn TransactionModel> {
        Box::new(Self { r: p[0], alpha: p[1], a: p[2], b: p[3], ..*self })
    }

    /// # Formula
    /// The sum of `(k−1) Σ ln gap − x ln (k−1)!`,
    /// `ln Γ(r+kx)/Γ(r) + r ln α − (r+kx) ln(α+T)`, `ln B(a,b+n)/B(a,b)` and
    /// `ln(W + a/(b+n−1) ((α+T)/(α+t_x))^{r+kx})`, W the sum of the phase weights and n
    /// the coins tossed.
    fn log_likelihood(&self, h: &History) -> f64 {
        let (k, n) = (f64::from(self.k), f64::from(h.x));
        let waiting: f64 = self.weights(h).iter().sum();
        (k - 1.0) * h.ln_gaps - n * ln_gamma(k) + ln_gamma_ratio(self.r, k * n)
            - self.r * (h.t / self.alpha).ln_1p()
            - k * n * (self.alpha + h.t).ln()
            + ln_beta_shift(self.a, self.b, self.coin.flips(h.x))
            + waiting.ln()
            + softplus(self.log_odds_gone(h))
    }

    fn p_alive(&self, h: &History) -> f64 {
        logistic(-self.log_odds_gone(h))
    }

    fn survival_if_alive(&self, h: &History, later: f64) -> f64 {
        self.over_phases(h, |series| series.survival(self.alpha + h.t, later))
    }

    /// # Formula
    /// `Σ_j w_j Σ_n (b′)_{n−1}/(a+b′)_{n−1} P(M ≥ nk − j)`, M the phases completed in the
    /// horizon, negative binomial.
    fn expected_if_alive(&self, h: &History, horizon: f64) -> f64 {
        self.over_phases(h, |series| series.expected(self.alpha + h.t, horizon))
    }

    fn discounted_if_alive(&self, h: &History, horizon: f64, delta: f64) -> f64 {
        self.over_phases(h, |series| series.discounted(self.alpha + h.t, horizon, delta))
    }

    fn counts_if_alive(&self, h: &History, from: f64, to: f64, most: usize) -> Vec<f64> {
        let weights = self.weights(h);
        let total: f64 = weights.iter().sum();
        let mut counts = vec![0.0; most + 1];
        for (j, w) in (0..self.k).zip(&weights) {
            let part = self.series(h.x, j).counts(self.alpha + h.t, from, to, most);
            counts.iter_mut().zip(part).for_each(|(c, p)| *c += w / total * p);
        }
        counts
    }

    fn expected_new(&self, t: f64) -> f64 {
        self.survives_first_coin() * self.series(0, 0).expected(self.alpha, t)
    }

    fn new_counts(&self, t: f64, most: usize) -> Vec<f64> {
        let survives = self.survives_first_coin();
        let mut counts = self.series(0, 0).counts(self.alpha, 0.0, t, most);
        for c in &mut counts {
            *c *= survives;
        }
        counts[0] += 1.0 - survives;
        counts
    }

    /// Per purchase rather than per phase: mean λ/k, with the shape of λ.
    fn rate_if_alive(&self, h: &History) -> (f64, f64) {
        (self.shape(h.x), f64::from(self.k) * (self.alpha + h.t))
    }

    /// Given j phases of the running gap behind, the shape is `r + kx + j`.
    fn rates_if_alive(&self, h: &History) -> Vec<RatePart> {
        let (shape, rate) = self.rate_if_alive(h);
        let weights = self.phase_weights(h).into_iter().enumerate();
        weights.map(|(j, weight)| RatePart { weight, shape: shape + j as f64, rate }).collect()
    }

    /// # Formula
    /// `d/(1+d)` over what it would be without any repeat purchase, d the phases expected
    /// in the silence: `(r+kx)(T−t_x)/(α+T)`.
    fn due(&self, h: &History) -> f64 {
        let most = self.overdue(h.x, h.t, h.t);
        if most > 0.0 { self.overdue(h.x, h.t, h.t - h.t_x) / most } else { 0.0 }
    }

    fn history_due(&self, x: u32, t: f64, due: f64) -> History {
        let share = due * self.overdue(x, t, t);
        let silence = share / (1.0 - share) * (self.alpha + t) / self.shape(x);
        History::new(x, if x == 0 { 0.0 } else { (t - silence).max(0.0) }, t)
    }

    fn own_purchases(
        &self,
        h: &History,
        rates: &[f64],
        dropout: &[Dropout],
        horizon: f64,
        delta: f64,
    ) -> Vec<Vec<(f64, f64)>> {
        let own: Vec<OwnGaps> = rates.iter().map(|rate| OwnGaps::new(self.k, *rate, h.t - h.t_x, horizon)).collect();
        dropout.iter().map(|d| own.iter().map(|own| own.purchases(*d, delta)).collect()).collect()
    }

    fn dropout_if_alive(&self, h: &History, n: usize) -> Vec<Dropout> {
        beta_nodes(self.a, self.b + self.coin.flips(h.x), n).into_iter().map(Dropout::PerPurchase).collect()
    }

    fn p_purchase_if_alive(&self, h: &History, horizon: f64) -> f64 {
        self.over_phases(h, |series| series.any(self.alpha + h.t, horizon))
    }

    fn counts_by_phase(&self, x: u32, t: f64, horizon: f64, most: usize) -> Vec<Vec<f64>> {
        (0..self.k).map(|j| self.series(x, j).counts(self.alpha + t, 0.0, horizon, most)).collect()
    }

    fn time_offset(&self) -> f64 {
        self.alpha
    }

    fn phases(&self) -> usize {
        self.k as usize
    }

    fn phase_weights(&self, h: &History) -> Vec<f64> {
        let weights = self.weights(h);
        let total: f64 = weights.iter().sum();
        weights.iter().map(|w| w / total).collect()
    }

    fn ahead(&self, x: u32, ends: &[f64], plan: &super::model::Plan) -> Vec<super::model::Ahead> {
        let mut series: Vec<PhaseSeries> = (0..self.k).map(|j| self.series(x, j).for_scoring()).collect();
        let mut all = Vec::with_capacity(ends.len() * series.len() * plan.horizons.len());
        for t in ends {
            for one in &mut series {
                all.extend(plan.horizons.iter().map(|horizon| one.ahead(self.alpha + t, *horizon, plan.delta)));
            }
        }
        all
    }
}
