//! Scoring many customers at once.
//!
//! Given that a customer is alive, everything about the future depends on
//! (x, T) alone, so it is computed once per distinct pair; what is left per
//! customer is P(alive), the spend, and looking up the interval. Under a clock
//! finer than days there are as many pairs as customers; the future is then
//! interpolated between times.

use super::alive_table::AliveTable;
use super::fit::Fit;
use super::gamma_gamma::GammaGamma;
use super::histories::DAYS_PER_WEEK;
use super::mixture::Level;
use super::model::{Ahead, History, Plan, TransactionModel};
use super::quantile::ln_gamma_quantiles;
use super::ranks::Pairs;
use super::scores::{FIXED, PER_HORIZON, Scores};
use super::spread::{Layer, MOST_NOISE, ParameterNoise, Place, SpreadTable, mean_over_phases};
use super::time_grid::TimeGrid;
use rayon::prelude::*;

/// Days in a year, for the discount rate.
const DAYS_PER_YEAR: f64 = 365.25;

/// Customers scored in one go.
const CHUNK: usize = 8192;

/// Step on the log scale for derivatives by parameters.
const LOG_STEP: f64 = 1e-4;

/// Spacing, in ln(1 + T/c), of the times between which futures are interpolated, to
/// eight digits at the ends and ten within.
const GRID_STEP: f64 = 0.025;

/// Which intervals to give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intervals {
    /// None.
    None,
    /// Of the value only.
    Value,
    /// Of purchases, spend and value.
    All,
}

/// What to predict.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoreOptions {
    /// Horizons in weeks of the clock after the end of observation.
    pub horizons_weeks: Vec<f64>,
    /// Discount rate per year, 0.1 for 10 %; the continuous rate is ln(1 + d).
    pub discount_rate_annual: f64,
    /// Probability that an interval is to hold, between 0 and 1.
    pub interval_level: f64,
    /// Which intervals to give; the others cost time and memory.
    pub intervals: Intervals,
}

impl ScoreOptions {
    fn plan(&self) -> Plan {
        Plan {
            horizons: self.horizons_weeks.clone(),
            delta: self.discount_rate_annual.ln_1p() * DAYS_PER_WEEK / DAYS_PER_YEAR,
        }
    }
}

/// Customers to score, one entry per customer in every column.
#[derive(Debug, Clone, Copy)]
pub struct Customers<'a> {
    /// Repeat purchase days.
    pub x: &'a [u32],
    /// Time from the first purchase to the last, in whole units of the clock.
    pub t_x: &'a [u32],
    /// Time from the first purchase to the end of observation, in whole units of the clock.
    pub t: &'a [u32],
    /// Units of the clock in a week: 7 for days.
    pub units_per_week: f64,
    /// Mean spend per repeat day; ignored where x = 0.
    pub spend_mean_repeat: &'a [f64],
}

/// Scores customers under a fitted model, `alpha` in weeks.
///
/// As [`score_model`], with the model and its covariance from one fit.
pub fn score<M: TransactionModel>(
    fit: &Fit<M>,
    spend: Option<&Fit<GammaGamma>>,
    customers: &Customers<'_>,
    options: &ScoreOptions,
) -> Scores {
    score_model(&fit.model, fit.log_covariance.as_deref(), spend, customers, options)
}

/// Scores customers under a model whose unit of time is the week; `log_covariance`
/// is the covariance of the logarithms of its parameters, if known.
///
/// Intervals hold the customer's own (latent) expectation with the probability
/// asked for, parameter uncertainty included; where the chance of having
/// dropped out exceeds the lower tail they start at 0, and where it exceeds the
/// level itself they reach just to the expectation and hold more than asked.
/// The result does not depend on the number of threads.
pub fn score_model(
    model: &dyn TransactionModel,
    log_covariance: Option<&[Vec<f64>]>,
    spend: Option<&Fit<GammaGamma>>,
    customers: &Customers<'_>,
    options: &ScoreOptions,
) -> Scores {
    Scorer::new(model, log_covariance, spend, customers, options).run(customers)
}

/// What customers with the same (x, T) share.
struct Shared {
    /// Place in the table of spreads, per pair; none without the table.
    places: Vec<Place>,
    /// The future of those alive, per pair, phase and horizon.
    ahead: Vec<Ahead>,
    /// Futures per pair.
    width: usize,
}

struct Scorer<'a> {
    model: &'a dyn TransactionModel,
    spend: Option<&'a GammaGamma>,
    pairs: Pairs,
    shared: Shared,
    /// None where no interval is asked for.
    table: Option<SpreadTable>,
    /// Spend quantile over harmonic mean at both ends, per rank of x.
    spend_ends: Vec<(f64, f64)>,
    alive: AliveTable,
    units_per_week: f64,
    horizons: usize,
    level: f64,
    intervals: Intervals,
}

impl<'a> Scorer<'a> {
    fn new(
        model: &'a dyn TransactionModel,
        covariance: Option<&[Vec<f64>]>,
        spend: Option<&'a Fit<GammaGamma>>,
        customers: &Customers<'_>,
        options: &ScoreOptions,
    ) -> Self {
        let plan = options.plan();
        let pairs = Pairs::new(customers.x, customers.t);
        let noise = DeltaMethod { model, covariance, spend };
        let shape = |x: u32| spend.map_or(1.0, |s| s.model.shape(x));
        let weeks = |time: u32| f64::from(time) / customers.units_per_week;
        let ends = (weeks(pairs.first_second()), weeks(pairs.last_second()));
        let table = (options.intervals != Intervals::None)
            .then(|| SpreadTable::new(model, &plan, pairs.max_first(), ends, spend.map(|_| &shape as _), &noise));
        let shared = shared_of(model, &plan, &pairs, table.as_ref(), customers.units_per_week);
        let spend_ends = pairs
            .firsts()
            .iter()
            .map(|x| {
                let asked = spend.is_some() && options.intervals == Intervals::All;
                spend_ends(asked, shape(*x), || noise.spend(*x), options.interval_level)
            })
            .collect();
        Self {
            model,
            spend: spend.map(|s| &s.model),
            alive: AliveTable::new(model, customers.x, customers.t_x, customers.t, customers.units_per_week),
            units_per_week: customers.units_per_week,
            pairs,
            shared,
            table,
            spend_ends,
            horizons: plan.horizons.len(),
            level: options.interval_level,
            intervals: options.intervals,
        }
    }

    fn run(&self, customers: &Customers<'_>) -> Scores {
        let n = customers.x.len();
        let mut scores = Scores::zeroed(n, self.horizons, self.intervals);
        let infinite = scores
            .chunks(CHUNK)
            .into_par_iter()
            .enumerate()
            .map(|(k, out)| self.chunk(customers, k * CHUNK, out))
            .sum();
        scores.infinite_spend = infinite;
        scores
    }

    /// Scores customers from `start` on; returns how many have infinite spend.
    fn chunk(&self, customers: &Customers<'_>, start: usize, mut out: Vec<&mut [f64]>) -> u64 {
        let mut infinite = 0;
        for row in 0..out[0].len() {
            let i = start + row;
            let (x, t_x, t) = (customers.x[i], customers.t_x[i], customers.t[i]);
            let (x_rank, pair) = self.pairs.of(x, t);
            let p_alive = self.alive.p_alive(self.model, x, t_x, t);
            let spend = self.spend_of(x, x_rank, customers.spend_mean_repeat.get(i).copied());
            infinite += u64::from(spend.infinite);
            out[0][row] = p_alive;
            out[1][row] = spend.mean;
            if self.intervals == Intervals::All {
                out[2][row] = spend.lower;
                out[3][row] = spend.upper;
            }
            let own = &self.shared.ahead[pair * self.shared.width..][..self.shared.width];
            let regular = self.phases_of(own, x, t_x, t);
            let (due, ahead) = regular.as_ref().map_or((0.0, own), |(due, mixed)| (*due, mixed));
            let spread = self.table.as_ref().map(|table| (table, &self.shared.places[pair], table.layer(due)));
            self.write_horizons(&mut out[FIXED..], row, (spread, ahead), p_alive, &spend);
        }
        infinite
    }

    /// How due a purchase is, and the future averaged over the phases the customer may
    /// be in; `None` where there is but one.
    fn phases_of(&self, ahead: &[Ahead], x: u32, t_x: u32, t: u32) -> Option<(f64, Vec<Ahead>)> {
        if self.model.phases() == 1 {
            return None;
        }
        let weeks = |time: u32| f64::from(time) / self.units_per_week;
        let h = History::new(x, weeks(t_x), weeks(t));
        let weights = self.model.phase_weights(&h);
        let mut mixed = vec![Ahead::default(); self.horizons];
        for (weight, phase) in weights.iter().zip(ahead.chunks(self.horizons.max(1))) {
            mixed.iter_mut().zip(phase).for_each(|(sum, part)| sum.add(*weight, part));
        }
        Some((self.model.due(&h), mixed))
    }

    /// The spend of one customer; 1 without a spend model.
    fn spend_of(&self, x: u32, x_rank: usize, observed: Option<f64>) -> Spend {
        let Some(model) = self.spend else {
            return Spend { mean: 1.0, harmonic: 1.0, lower: 1.0, upper: 1.0, infinite: false };
        };
        // Without usable repeat spend the customer counts as new to the spend model.
        let usable = observed.filter(|z| *z > 0.0 && z.is_finite());
        let (x, ends) = match usable {
            Some(_) => (x, self.spend_ends[x_rank]),
            None => (0, self.spend_ends[0]),
        };
        let z = usable.unwrap_or(0.0);
        let harmonic = model.harmonic_mean(x, z);
        let expected = model.expected_mean(x, z);
        let mean = expected.unwrap_or(harmonic);
        let (lower, upper) = ((harmonic * ends.0).min(mean), (harmonic * ends.1).max(mean));
        Spend { mean, harmonic, lower, upper, infinite: expected.is_none() }
    }

    fn write_horizons(
        &self,
        out: &mut [&mut [f64]],
        row: usize,
        (spread, ahead): (Option<(&SpreadTable, &Place, Layer)>, &[Ahead]),
        p_alive: f64,
        spend: &Spend,
    ) {
        let ends = Ends::of(p_alive, self.level);
        for (h, (ahead, out)) in ahead.iter().zip(out.chunks_mut(PER_HORIZON)).enumerate() {
            let purchases = p_alive * ahead.purchases;
            let value = p_alive * ahead.discounted * spend.mean;
            out[0][row] = purchases;
            out[3][row] = p_alive * ahead.any;
            out[4][row] = value;
            let Some((table, place, layer)) = spread else { continue };
            let reference = ahead.discounted * spend.harmonic;
            let bought =
                |end: Option<Level>| end.map_or(0.0, |l| ahead.purchases * table.purchases(place, layer, h, l));
            let worth = |end: Option<Level>| end.map_or(0.0, |l| reference * table.value(place, layer, h, l));
            if self.intervals == Intervals::All {
                out[1][row] = bought(ends.lower).min(purchases);
                out[2][row] = bought(ends.upper).max(purchases);
            }
            out[5][row] = worth(ends.lower).min(value);
            out[6][row] = worth(ends.upper).max(value);
        }
    }
}

/// Expected spend of one customer with its interval.
struct Spend {
    mean: f64,
    harmonic: f64,
    lower: f64,
    upper: f64,
    infinite: bool,
}

/// Levels, among those alive, of the two ends of an interval; `None` is 0.
struct Ends {
    lower: Option<Level>,
    upper: Option<Level>,
}

impl Ends {
    fn of(p_alive: f64, level: f64) -> Self {
        let (gone, tail) = (1.0 - p_alive, 0.5 * (1.0 - level));
        let among_alive = |mass: f64| (mass > 0.0).then(|| Level::of((mass / p_alive).min(1.0)));
        if gone < tail {
            Self { lower: among_alive(tail - gone), upper: among_alive(1.0 - tail - gone) }
        } else {
            Self { lower: None, upper: among_alive(level - gone) }
        }
    }
}

fn shared_of(
    model: &dyn TransactionModel,
    plan: &Plan,
    pairs: &Pairs,
    table: Option<&SpreadTable>,
    units_per_week: f64,
) -> Shared {
    let of = |x: &u32| -> (Vec<Place>, Vec<Ahead>) {
        let ends: Vec<f64> = pairs.seconds_of(*x).iter().map(|t| f64::from(*t) / units_per_week).collect();
        let ahead = ahead_at(model, *x, &ends, plan, units_per_week > DAYS_PER_WEEK);
        let places = table.map_or_else(Vec::new, |table| ends.iter().map(|t| table.place(*x, *t)).collect());
        (places, ahead)
    };
    let (places, ahead): (Vec<Vec<Place>>, Vec<Vec<Ahead>>) = pairs.firsts().par_iter().map(of).unzip();
    Shared { places: places.concat(), ahead: ahead.concat(), width: model.phases() * plan.horizons.len() }
}

/// As [`TransactionModel::ahead`]; interpolated where the clock is a fine one and
/// there are many ends.
fn ahead_at(model: &dyn TransactionModel, x: u32, ends: &[f64], plan: &Plan, fine: bool) -> Vec<Ahead> {
    let grid = if fine { TimeGrid::over(ends, model.time_offset(), GRID_STEP) } else { None };
    let Some(grid) = grid else { return model.ahead(x, ends, plan) };
    let known = model.ahead(x, &grid.times(), plan);
    let width = model.phases() * plan.horizons.len();
    let mut all = vec![Ahead::default(); ends.len() * width];
    for (t, own) in ends.iter().zip(all.chunks_mut(width.max(1))) {
        let (start, weights) = grid.place(*t);
        for (weight, row) in weights.iter().zip(known[start * width..].chunks(width)) {
            own.iter_mut().zip(row).for_each(|(sum, part)| sum.add(*weight, part));
        }
        for future in own {
            future.any = future.any.min(1.0);
        }
    }
    all
}

/// Quantiles of the mean spend over its harmonic mean.
fn spend_ends(asked: bool, shape: f64, variance: impl FnOnce() -> f64, level: f64) -> (f64, f64) {
    if !asked {
        return (1.0, 1.0);
    }
    let tail = 0.5 * (1.0 - level);
    let logit = (tail / (1.0 - tail)).ln();
    let q = ln_gamma_quantiles(shape, &[logit, 0.0, -logit]);
    // ζ = scale/G: the lower end of ζ is the upper end of G.
    let (low, middle, high) = (shape.ln() - q[2], shape.ln() - q[1], shape.ln() - q[0]);
    let normal = 2.563 / (2.0 * 2.197) * -logit;
    let own = ((high - low) / (2.0 * normal)).powi(2).max(1e-300);
    let stretch = (1.0 + variance().min(MOST_NOISE) / own).sqrt();
    ((middle + stretch * (low - middle)).exp(), (middle + stretch * (high - middle)).exp())
}

/// Parameter uncertainty by the delta method, from the covariance of the
/// logarithms of the parameters and central differences.
struct DeltaMethod<'a> {
    model: &'a dyn TransactionModel,
    covariance: Option<&'a [Vec<f64>]>,
    spend: Option<&'a Fit<GammaGamma>>,
}

impl ParameterNoise for DeltaMethod<'_> {
    fn purchases(&self, h: &History, plan: &Plan) -> Vec<f64> {
        let zero = vec![0.0; plan.horizons.len()];
        let Some(covariance) = self.covariance else { return zero };
        let undiscounted = Plan { delta: 0.0, ..plan.clone() };
        let at = self.model.parameters();
        let logs = |shift: f64, k: usize| -> Vec<f64> {
            let mut p = at.clone();
            p[k] *= shift.exp();
            let moved = self.model.with_parameters(&p);
            let (ahead, phases) = (moved.ahead(h.x, &[h.t], &undiscounted), moved.phase_weights(h));
            let count = undiscounted.horizons.len();
            (0..count).map(|k| mean_over_phases(&ahead, &phases, count, k).purchases.max(1e-300).ln()).collect()
        };
        let slopes: Vec<Vec<f64>> = (0..at.len())
            .map(|k| {
                logs(LOG_STEP, k).iter().zip(logs(-LOG_STEP, k)).map(|(u, d)| (u - d) / (2.0 * LOG_STEP)).collect()
            })
            .collect();
        (0..plan.horizons.len())
            .map(|h| quadratic(covariance, &slopes.iter().map(|s| s[h]).collect::<Vec<_>>()))
            .collect()
    }

    fn spend(&self, x: u32) -> f64 {
        let Some(fit) = self.spend else { return 0.0 };
        let Some(covariance) = fit.log_covariance.as_deref() else { return 0.0 };
        // ln harmonic mean = ln p + ln(v + x z) - ln(px + q) at the population's z = pv/q.
        let GammaGamma { p, q, v } = fit.model;
        let (n, z) = (f64::from(x), p * v / q);
        let shape = p * n + q;
        quadratic(covariance, &[1.0 - p * n / shape, -q / shape, v / (v + n * z)])
    }
}

/// gᵀ C g, never negative.
fn quadratic(covariance: &[Vec<f64>], g: &[f64]) -> f64 {
    let sum: f64 =
        covariance.iter().zip(g).map(|(row, gi)| gi * row.iter().zip(g).map(|(c, gj)| c * gj).sum::<f64>()).sum();
    if sum > 0.0 { sum } else { 0.0 }
}
