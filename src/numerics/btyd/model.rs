//! What every transaction model can say about a customer.

use std::fmt::Debug;

/// The stretches of time to look ahead over, and how to discount.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Horizons in units of time, each counted from the end of observation.
    pub horizons: Vec<f64>,
    /// Continuous discount rate per unit of time.
    pub delta: f64,
}

/// The future of a customer who is alive, over one horizon.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Ahead {
    /// Expected purchases.
    pub purchases: f64,
    /// Probability of at least one purchase.
    pub any: f64,
    /// Expected purchases, each discounted from its date.
    pub discounted: f64,
}

impl Ahead {
    /// Adds another future, `weight` times.
    pub(crate) fn add(&mut self, weight: f64, part: &Self) {
        self.purchases += weight * part.purchases;
        self.any += weight * part.any;
        self.discounted += weight * part.discounted;
    }
}

/// How a customer who is alive drops out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Dropout {
    /// With this probability after every purchase.
    PerPurchase(f64),
    /// At this rate per unit of time.
    PerTime(f64),
}

impl Dropout {
    /// Expected purchases in the next `horizon` at purchase rate `lambda`,
    /// discounted at the rate `delta`.
    ///
    /// # Formula
    /// `λ ∫_0^h e^{−(η+δ)τ} dτ`, η = λp or μ.
    pub fn purchases(self, lambda: f64, horizon: f64, delta: f64) -> f64 {
        let hazard = match self {
            Self::PerPurchase(p) => lambda * p,
            Self::PerTime(mu) => mu,
        };
        lambda * crate::numerics::special::discounted_time(hazard + delta, horizon)
    }
}

/// One gamma distribution of a mixture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RatePart {
    /// Its share.
    pub weight: f64,
    /// Shape.
    pub shape: f64,
    /// Rate, in units of time.
    pub rate: f64,
}

/// Odds of having dropped out of the form
/// `ln odds = ln[a/(b + n − 1)] + (shape + x) ln[(α+T)/(α+t_x)]`, n coins tossed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OddsGone {
    /// First parameter of the coin.
    pub a: f64,
    /// Second parameter of the coin.
    pub b: f64,
    /// Coins tossed at x = 0.
    pub first_flips: f64,
    /// Shape of the purchase rates.
    pub shape: f64,
    /// α, in units of time.
    pub alpha: f64,
}

impl OddsGone {
    /// `ln[a/(b + n − 1)]` for a customer with x repeat purchases; −∞ where no
    /// coin has been tossed.
    pub fn level(&self, x: u32) -> f64 {
        let flips = f64::from(x) + self.first_flips;
        if flips > 0.0 { (self.a / (self.b + flips - 1.0)).ln() } else { f64::NEG_INFINITY }
    }
}

/// What P(alive) is made of at one time t: `P(alive) = 1/(kept(T) + e^{gone(t_x) − level(T)})`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AlivePart {
    /// Logarithm of the chance of silence since the first purchase.
    pub level: f64,
    /// Logarithm of that chance together with dropping out after t.
    pub gone: f64,
    /// Chance not to drop out before the next purchase after t.
    pub kept: f64,
}

/// What has been seen of a customer, in units of time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct History {
    /// Repeat purchases.
    pub x: u32,
    /// Time of the last purchase, counted from the first.
    pub t_x: f64,
    /// End of observation, counted from the first purchase.
    pub t: f64,
    /// Sum of the logarithms of the x gaps between purchases; only the models
    /// with regular purchases look at it.
    pub ln_gaps: f64,
}

impl History {
    /// A history whose gaps are not known or do not matter.
    pub fn new(x: u32, t_x: f64, t: f64) -> Self {
        Self { x, t_x, t, ln_gaps: 0.0 }
    }

    /// A customer seen buying at T.
    pub(crate) fn alive_at(x: u32, t: f64) -> Self {
        Self::new(x, if x == 0 { 0.0 } else { t }, t)
    }
}

/// A model of purchases and dropout with its parameters.
///
/// Every method is a pure function of the customer's history. "If alive" is
/// conditional on the customer not having dropped out by T; horizons and
/// intervals count from T.
pub trait TransactionModel: Sync + Debug {
    /// Parameters, all positive, in their published order.
    fn parameters(&self) -> Vec<f64>;

    /// The same model with other parameters.
    fn with_parameters(&self, parameters: &[f64]) -> Box<dyn TransactionModel>;

    /// Log-likelihood of one customer (density of the purchase times).
    fn log_likelihood(&self, h: &History) -> f64;

    /// Probability of being alive at T.
    fn p_alive(&self, h: &History) -> f64;

    /// Probability of being still alive `later` after T, if alive at T.
    fn survival_if_alive(&self, h: &History, later: f64) -> f64;

    /// Expected purchases in the next `horizon`, if alive.
    fn expected_if_alive(&self, h: &History, horizon: f64) -> f64;

    /// Expected purchases in the next `horizon` (which may be infinite for
    /// `delta` > 0), each discounted from its date at the continuous rate
    /// `delta`, if alive.
    fn discounted_if_alive(&self, h: &History, horizon: f64, delta: f64) -> f64;

    /// Probabilities of 0, …, `most` purchases between `from` and `to` after T, if
    /// alive at T.
    fn counts_if_alive(&self, h: &History, from: f64, to: f64, most: usize) -> Vec<f64>;

    /// Expected repeat purchases of a new customer in the first `t` units.
    fn expected_new(&self, t: f64) -> f64;

    /// Probabilities of 0, …, `most` repeat purchases of a new customer in the
    /// first `t` units.
    fn new_counts(&self, t: f64, most: usize) -> Vec<f64>;

    /// Shape and rate of the (nearest) gamma distribution of the purchase rate,
    /// if alive.
    fn rate_if_alive(&self, h: &History) -> (f64, f64);

    /// The distribution of the purchase rate, if alive, as a mixture of gamma
    /// distributions of one rate; the shapes depend on x alone.
    fn rates_if_alive(&self, h: &History) -> Vec<RatePart> {
        let (shape, rate) = self.rate_if_alive(h);
        vec![RatePart { weight: 1.0, shape, rate }]
    }

    /// How due a purchase is, if alive, between 0 (just bought) and 1 (never bought
    /// since the first purchase): what the future depends on besides x and T, where
    /// purchases are regular.
    fn due(&self, _h: &History) -> f64 {
        0.0
    }

    /// The history of a customer with x repeat purchases at T = `t` who is that due.
    fn history_due(&self, x: u32, t: f64, _due: f64) -> History {
        History::alive_at(x, t)
    }

    /// Expected purchases in the next `horizon`, plain and discounted at the rate `delta`,
    /// of a customer who is alive and whose purchase rate and dropout are known: per
    /// dropout and rate.
    fn own_purchases(
        &self,
        _h: &History,
        rates: &[f64],
        dropout: &[Dropout],
        horizon: f64,
        delta: f64,
    ) -> Vec<Vec<(f64, f64)>> {
        let both = |d: &Dropout, rate: f64| {
            let plain = d.purchases(rate, horizon, 0.0);
            (plain, if delta == 0.0 { plain } else { d.purchases(rate, horizon, delta) })
        };
        dropout.iter().map(|d| rates.iter().map(|rate| both(d, *rate)).collect()).collect()
    }

    /// The distribution of dropout, if alive, as `n` equally likely values.
    fn dropout_if_alive(&self, h: &History, n: usize) -> Vec<Dropout>;

    /// Probability of at least one purchase in the next `horizon`, if alive.
    fn p_purchase_if_alive(&self, h: &History, horizon: f64) -> f64;

    /// The parts of P(alive) of customers with x repeat purchases at ascending times,
    /// for models where it falls into parts that depend on (x, T) and (x, `t_x`) alone
    /// and are dear to compute one by one.
    fn alive_parts(&self, _x: u32, _times: &[f64]) -> Option<Vec<AlivePart>> {
        None
    }

    /// The least of the times that the model adds to T: what it says of those alive is a
    /// smooth function of the logarithm of their sum.
    fn time_offset(&self) -> f64;

    /// How many phases a gap between purchases has; the future of a customer who
    /// is alive depends on T, x and the phase.
    fn phases(&self) -> usize {
        1
    }

    /// Probabilities of the phases, if alive.
    fn phase_weights(&self, _h: &History) -> Vec<f64> {
        vec![1.0]
    }

    /// The futures of customers with x repeat purchases who are alive at each of
    /// `ends`: per end, phase and horizon, horizons varying fastest.
    fn ahead(&self, x: u32, ends: &[f64], plan: &Plan) -> Vec<Ahead> {
        let mut all = Vec::with_capacity(ends.len() * plan.horizons.len());
        for t in ends {
            let h = History::alive_at(x, *t);
            all.extend(plan.horizons.iter().map(|horizon| Ahead {
                purchases: self.expected_if_alive(&h, *horizon),
                any: self.p_purchase_if_alive(&h, *horizon),
                discounted: self.discounted_if_alive(&h, *horizon, plan.delta),
            }));
        }
        all
    }

    /// Probabilities of 0, …, `most` purchases in the next `horizon` of a customer with
    /// x repeat purchases who is alive at T = `t`, per phase.
    fn counts_by_phase(&self, x: u32, t: f64, horizon: f64, most: usize) -> Vec<Vec<f64>> {
        vec![self.counts_if_alive(&History::alive_at(x, t), 0.0, horizon, most)]
    }

    /// The odds of having dropped out in closed form, where the model has one;
    /// scoring then needs one exponential per customer.
    fn odds_gone(&self) -> Option<OddsGone> {
        None
    }

    /// Probability of being alive `later` after T.
    fn p_alive_later(&self, h: &History, later: f64) -> f64 {
        self.p_alive(h) * self.survival_if_alive(h, later)
    }

    /// Expected purchases in the next `horizon`.
    fn expected_purchases(&self, h: &History, horizon: f64) -> f64 {
        self.p_alive(h) * self.expected_if_alive(h, horizon)
    }

    /// Expected purchases between `from` and `to` after T.
    fn expected_between(&self, h: &History, from: f64, to: f64) -> f64 {
        self.p_alive(h) * (self.expected_if_alive(h, to) - self.expected_if_alive(h, from)).max(0.0)
    }

    /// Expected discounted purchases in the next `horizon`; discounted expected
    /// residual transactions for an infinite one.
    fn discounted_purchases(&self, h: &History, horizon: f64, delta: f64) -> f64 {
        self.p_alive(h) * self.discounted_if_alive(h, horizon, delta)
    }

    /// Probability of no purchase between `from` and `to` after T.
    fn p_no_purchase(&self, h: &History, from: f64, to: f64) -> f64 {
        self.counts(h, from, to, 0)[0]
    }

    /// Probabilities of 0, …, `most` purchases between `from` and `to` after T.
    fn counts(&self, h: &History, from: f64, to: f64, most: usize) -> Vec<f64> {
        let alive = self.p_alive(h);
        let mut counts = self.counts_if_alive(h, from, to, most);
        for c in &mut counts {
            *c *= alive;
        }
        counts[0] += 1.0 - alive;
        counts
    }
}
