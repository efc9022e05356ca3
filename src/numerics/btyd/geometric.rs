//! BG/NBD and MBG/NBD: purchases at a gamma-distributed Poisson rate, dropout
//! by the toss of a beta-distributed coin.
//!
//! | letter | meaning |
//! |---|---|
//! | r, α | shape and rate of the gamma distribution of purchase rates λ; α in units of time |
//! | a, b | beta distribution of the dropout probability p |
//! | x, `t_x`, T | repeat purchases, time of the last, end of observation |
//!
//! Under BG/NBD the coin is tossed after every *repeat* purchase, so a customer
//! who never came back is alive with certainty, however long ago that was;
//! under MBG/NBD it is tossed after the first purchase as well.
//!
//! # References
//! Fader, Hardie & Lee (2005), "Counting Your Customers" the Easy Way, Marketing
//! Science 24(2), equations (6), (9), (10). Batislam, Denizel & Filiztekin
//! (2007), Int. J. of Research in Marketing 24(3), for the coin at time zero.

use super::alive_series::AliveSeries;
use super::coin_counts::coin_counts;
use super::model::{Ahead, Dropout, History, OddsGone, Plan, TransactionModel};
use super::quantile::beta_nodes;
use crate::numerics::special::{ln_beta_shift, ln_gamma_ratio, logistic, softplus};
use serde::{Deserialize, Serialize};

/// Whether the first purchase, too, may be the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FirstCoin {
    /// BG/NBD: nobody drops out before a repeat purchase.
    Spared,
    /// MBG/NBD: the coin is tossed after the first purchase as well.
    Tossed,
}

impl FirstCoin {
    pub(crate) fn offset(self) -> u64 {
        match self {
            Self::Spared => 0,
            Self::Tossed => 1,
        }
    }

    /// Coins tossed by a customer with x repeat purchases.
    pub(crate) fn flips(self, x: u32) -> f64 {
        f64::from(x) + if self == Self::Tossed { 1.0 } else { 0.0 }
    }
}

/// Parameters of BG/NBD or MBG/NBD, all positive; `alpha` in units of time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct BetaGeometric {
    /// Shape of the purchase rates.
    pub r: f64,
    /// Rate parameter of the purchase rates, in units of time.
    pub alpha: f64,
    /// First parameter of the dropout probability.
    pub a: f64,
    /// Second parameter of the dropout probability.
    pub b: f64,
    /// BG/NBD or MBG/NBD.
    pub coin: FirstCoin,
}

impl BetaGeometric {
    /// BG/NBD with these parameters.
    pub fn bg_nbd(r: f64, alpha: f64, a: f64, b: f64) -> Self {
        Self { r, alpha, a, b, coin: FirstCoin::Spared }
    }

    /// MBG/NBD with these parameters.
    pub fn mbg_nbd(r: f64, alpha: f64, a: f64, b: f64) -> Self {
        Self { coin: FirstCoin::Tossed, ..Self::bg_nbd(r, alpha, a, b) }
    }

    /// Log-odds of having dropped out, `ln [a/(b+n−1)] + (r+x) ln[(α+T)/(α+t_x)]`
    /// with n coins tossed; −∞ where no coin has been tossed.
    fn log_odds_gone(&self, x: u32, t_x: f64, t: f64) -> f64 {
        let silence = ((t - t_x) / (self.alpha + t_x)).ln_1p();
        self.odds().level(x) + (self.r + f64::from(x)) * silence
    }

    fn odds(&self) -> OddsGone {
        OddsGone { a: self.a, b: self.b, first_flips: self.coin.flips(0), shape: self.r, alpha: self.alpha }
    }

    /// Log-likelihood of one customer (density of the purchase times).
    ///
    /// # Formula
    /// Fader, Hardie & Lee (2005), eq. (6):
    /// `ln Γ(r+x)/Γ(r) + r ln α − (r+x) ln(α+T) + ln B(a,b+n)/B(a,b) + ln(1 + odds)`
    /// with n = x (BG) or x + 1 (MBG) and the odds of having dropped out.
    pub fn log_likelihood(&self, x: u32, t_x: f64, t: f64) -> f64 {
        let n = f64::from(x);
        ln_gamma_ratio(self.r, n) - self.r * (t / self.alpha).ln_1p() - n * (self.alpha + t).ln()
            + ln_beta_shift(self.a, self.b, self.coin.flips(x))
            + softplus(self.log_odds_gone(x, t_x, t))
    }

    /// Probability that the customer is still alive at T.
    ///
    /// # Formula
    /// `1/(1 + odds)`: Fader, Hardie & Lee's (2005) condition at T; exactly 1 for
    /// x = 0 under BG/NBD.
    pub fn p_alive(&self, x: u32, t_x: f64, t: f64) -> f64 {
        logistic(-self.log_odds_gone(x, t_x, t))
    }

    /// Probability that the customer has dropped out, exact where it is tiny.
    pub fn p_gone(&self, x: u32, t_x: f64, t: f64) -> f64 {
        logistic(self.log_odds_gone(x, t_x, t))
    }

    /// Expected purchases in the `horizon` after T of a customer who is alive at T.
    ///
    /// # Formula
    /// Fader, Hardie & Lee (2005), eq. (10) without its denominator, as the
    /// positive series of [`AliveSeries`], which has no pole at a = 1.
    pub fn expected_if_alive(&self, x: u32, t: f64, horizon: f64) -> f64 {
        self.series(x).expected(self.alpha + t, horizon)
    }

    /// Expected purchases in the `horizon` after T.
    pub fn expected_purchases(&self, x: u32, t_x: f64, t: f64, horizon: f64) -> f64 {
        self.p_alive(x, t_x, t) * self.expected_if_alive(x, t, horizon)
    }

    /// Probability of at least one purchase in the `horizon` after T.
    ///
    /// # Formula
    /// `P(alive) · [1 − ((α+T)/(α+T+h))^{r+x}]`
    pub fn p_purchase(&self, x: u32, t_x: f64, t: f64, horizon: f64) -> f64 {
        self.p_alive(x, t_x, t) * self.p_purchase_if_alive(x, t, horizon)
    }

    /// Probability of at least one purchase in the `horizon` of a customer alive at T.
    pub fn p_purchase_if_alive(&self, x: u32, t: f64, horizon: f64) -> f64 {
        -(-(self.r + f64::from(x)) * (horizon / (self.alpha + t)).ln_1p()).exp_m1()
    }

    /// Expected purchases, each discounted from its date to T, in the `horizon`
    /// after T; `delta` is the continuous discount rate per unit of time.
    pub fn discounted_purchases(&self, x: u32, t_x: f64, t: f64, horizon: f64, delta: f64) -> f64 {
        self.p_alive(x, t_x, t) * self.series(x).discounted(self.alpha + t, horizon, delta)
    }

    /// Expected repeat purchases of a new customer in the first `t` units.
    ///
    /// # Formula
    /// Fader, Hardie & Lee (2005), eq. (9); for MBG/NBD times the chance
    /// b/(a+b) to survive the first coin.
    pub fn expected_new(&self, t: f64) -> f64 {
        self.survives_first_coin() * self.series(0).expected(self.alpha, t)
    }

    fn survives_first_coin(&self) -> f64 {
        match self.coin {
            FirstCoin::Spared => 1.0,
            FirstCoin::Tossed => self.b / (self.a + self.b),
        }
    }

    /// The series for all customers with x repeat purchases.
    pub fn series(&self, x: u32) -> AliveSeries {
        AliveSeries::new(self.r + f64::from(x), self.a, self.b + self.coin.flips(x))
    }
}

impl TransactionModel for BetaGeometric {
    fn parameters(&self) -> Vec<f64> {
        vec![self.r, self.alpha, self.a, self.b]
    }

    fn with_parameters(&self, p: &[f64]) -> Box<dyn TransactionModel> {
        Box::new(Self { r: p[0], alpha: p[1], a: p[2], b: p[3], coin: self.coin })
    }

    fn log_likelihood(&self, h: &History) -> f64 {
        Self::log_likelihood(self, h.x, h.t_x, h.t)
    }

    fn p_alive(&self, h: &History) -> f64 {
        Self::p_alive(self, h.x, h.t_x, h.t)
    }

    fn survival_if_alive(&self, h: &History, later: f64) -> f64 {
        self.series(h.x).survival(self.alpha + h.t, later)
    }

    fn expected_if_alive(&self, h: &History, horizon: f64) -> f64 {
        Self::expected_if_alive(self, h.x, h.t, horizon)
    }

    fn discounted_if_alive(&self, h: &History, horizon: f64, delta: f64) -> f64 {
        self.series(h.x).discounted(self.alpha + h.t, horizon, delta)
    }

    fn counts_if_alive(&self, h: &History, from: f64, to: f64, most: usize) -> Vec<f64> {
        let (shape, scale) = self.rate_if_alive(h);
        coin_counts(shape, scale, (self.a, self.b + self.coin.flips(h.x)), from, to, most)
    }

    fn expected_new(&self, t: f64) -> f64 {
        Self::expected_new(self, t)
    }

    fn new_counts(&self, t: f64, most: usize) -> Vec<f64> {
        let survives = self.survives_first_coin();
        let coin = (self.a, self.b + self.coin.flips(0));
        let mut counts = coin_counts(self.r, self.alpha, coin, 0.0, t, most);
        for c in &mut counts {
            *c *= survives;
        }
        counts[0] += 1.0 - survives;
        counts
    }

    fn rate_if_alive(&self, h: &History) -> (f64, f64) {
        (self.r + f64::from(h.x), self.alpha + h.t)
    }

    fn dropout_if_alive(&self, h: &History, n: usize) -> Vec<Dropout> {
        beta_nodes(self.a, self.b + self.coin.flips(h.x), n).into_iter().map(Dropout::PerPurchase).collect()
    }

    fn p_purchase_if_alive(&self, h: &History, horizon: f64) -> f64 {
        Self::p_purchase_if_alive(self, h.x, h.t, horizon)
    }

    fn ahead(&self, x: u32, ends: &[f64], plan: &Plan) -> Vec<Ahead> {
        let mut series = self.series(x);
        let mut all = Vec::with_capacity(ends.len() * plan.horizons.len());
        for t in ends {
            let scale = self.alpha + t;
            for horizon in &plan.horizons {
                let purchases = series.expected(scale, *horizon);
                let discounted = series.discounted_from(purchases, scale, *horizon, plan.delta);
                all.push(Ahead { purchases, any: Self::p_purchase_if_alive(self, x, *t, *horizon), discounted });
            }
        }
        all
    }

    fn time_offset(&self) -> f64 {
        self.alpha
    }

    fn odds_gone(&self) -> Option<OddsGone> {
        Some(self.odds())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::float_cmp, reason = "figures that are exact by construction are compared exactly")]
    use super::*;

    #[test]
    fn one_time_buyers_are_alive_by_construction_only_under_bg() {
        let bg = BetaGeometric::bg_nbd(0.24, 4.4, 0.8, 2.4);
        let mbg = BetaGeometric::mbg_nbd(0.24, 4.4, 0.8, 2.4);
        assert_eq!(bg.p_alive(0, 0.0, 5000.0), 1.0);
        assert!(mbg.p_alive(0, 0.0, 5000.0) < 0.5);
    }

    #[test]
    fn nothing_is_nan_at_the_edges() {
        for a in [1e-8, 1.0, 2.0, 1e6] {
            for b in [1e-6, 1.0, 1e9] {
                for (x, t_x, t) in [(0, 0.0, 0.0), (1, 0.0, 0.0), (10_000, 1.0, 1565.0), (3, 40.0, 40.0)] {
                    for model in [BetaGeometric::bg_nbd(1e-3, 1e-6, a, b), BetaGeometric::mbg_nbd(500.0, 1e6, a, b)] {
                        let all = [
                            model.log_likelihood(x, t_x, t),
                            model.p_alive(x, t_x, t),
                            model.expected_purchases(x, t_x, t, 52.0),
                            model.p_purchase(x, t_x, t, 52.0),
                            model.discounted_purchases(x, t_x, t, 52.0, 0.002),
                            model.expected_new(52.0),
                        ];
                        assert!(all.iter().all(|v| v.is_finite()), "{model:?} {x} {t_x} {t}: {all:?}");
                    }
                }
            }
        }
    }
}
