//! What customers choose at given prices, and the prices that give the lowest upper bound.

use rayon::prelude::*;

use super::master::Master;
use super::problem::{Candidate, Limits, Prices};
use super::rows::{AloneLimits, Rows, Usage};

/// Customers that are looked at together; sums are made chunk by chunk in order, so that threads don't matter.
const CHUNK_CUSTOMERS: usize = 4096;

/// The distance between bound and master, relative to the bound, at which the prices are good enough.
const TOLERANCE: f64 = 1e-7;

/// Most cuts of the master.
const MOST_CUTS: usize = 400;

/// How far a missing customer of a smallest size may be paid for, in units of the largest difference of profits.
const PENALTY: f64 = 2.0;

/// Most that scarce money may raise that penalty.
const MOST_COST_RATIO: f64 = 100.0;

/// Candidates and limits, ready to be solved.
#[derive(Debug)]
pub(super) struct Problem<'a> {
    pub(super) candidates: &'a [Candidate],
    pub(super) limits: &'a Limits,
    pub(super) alone: AloneLimits,
    pub(super) rows: Rows,
    /// Where the candidates of each customer begin, and the end.
    pub(super) starts: &'a [u32],
}

/// What all customers choose at some prices.
#[derive(Debug)]
struct Answer {
    usage: Usage,
    surplus: f64,
}

/// The best prices found.
#[derive(Debug, Clone)]
pub(super) struct Priced {
    pub(super) prices: Prices,
    /// No plan earns more.
    pub(super) bound: f64,
}

/// Where the candidates of each customer begin, and the end.
pub(super) fn starts(candidates: &[Candidate]) -> Vec<u32> {
    let mut starts = Vec::new();
    for (at, candidate) in candidates.iter().enumerate() {
        if at == 0 || candidates[at - 1].customer != candidate.customer {
            starts.push(at as u32);
        }
    }
    starts.push(candidates.len() as u32);
    starts
}

impl<'a> Problem<'a> {
    pub(super) fn new(candidates: &'a [Candidate], limits: &'a Limits, starts: &'a [u32]) -> Self {
        let (alone, rows) = (AloneLimits::new(limits), Rows::new(candidates, limits));
        Self { candidates, limits, alone, rows, starts }
    }

    /// The places of the candidates of the customer at a place.
    pub(super) fn group(&self, group: usize) -> std::ops::Range<usize> {
        self.starts[group] as usize..self.starts[group + 1] as usize
    }

    pub(super) fn groups(&self) -> usize {
        self.starts.len() - 1
    }

    /// The customer's place of a candidate.
    pub(super) fn group_of(&self, candidate: usize) -> usize {
        self.starts.partition_point(|start| *start as usize <= candidate) - 1
    }

    /// What each candidate is worth at the prices; −∞ for one who can't be chosen at all.
    pub(super) fn surpluses(&self, prices: &Prices) -> Vec<f64> {
        let value = |c: &Candidate| {
            if self.alone.fits(c) { prices.surplus(c, self.limits) } else { f64::NEG_INFINITY }
        };
        self.candidates.par_iter().map(value).collect()
    }

    /// Calls `take` with the choices of the customers of a range: the best of each that are worth anything.
    fn choose(&self, groups: std::ops::Range<usize>, prices: &Prices, take: &mut impl FnMut(usize, f64)) {
        let mut own: Vec<(f64, usize)> = Vec::new();
        for group in groups {
            own.clear();
            for at in self.group(group) {
                let candidate = &self.candidates[at];
                let surplus = prices.surplus(candidate, self.limits);
                if surplus > 0.0 && self.alone.fits(candidate) {
                    own.push((surplus, at));
                }
            }
            if own.len() > self.limits.max_lists {
                own.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
                own.truncate(self.limits.max_lists);
            }
            own.iter().for_each(|(surplus, at)| take(*at, *surplus));
        }
    }

    fn chunks(&self) -> usize {
        self.groups().div_ceil(CHUNK_CUSTOMERS)
    }

    fn chunk(&self, chunk: usize) -> std::ops::Range<usize> {
        chunk * CHUNK_CUSTOMERS..((chunk + 1) * CHUNK_CUSTOMERS).min(self.groups())
    }

    fn answer(&self, prices: &Prices) -> Answer {
        let part = |chunk: usize| {
            let mut answer = Answer { usage: Usage::none(self.limits), surplus: 0.0 };
            self.choose(self.chunk(chunk), prices, &mut |at, surplus| {
                answer.usage.change(&self.candidates[at], self.limits, 1);
                answer.surplus += surplus;
            });
            answer
        };
        let parts: Vec<Answer> = (0..self.chunks()).into_par_iter().map(part).collect();
        let mut all = Answer { usage: Usage::none(self.limits), surplus: 0.0 };
        for part in parts {
            all.usage.merge(&part.usage);
            all.surplus += part.surplus;
        }
        all
    }

    /// The places of the candidates that are chosen at the prices, in order.
    pub(super) fn choices(&self, prices: &Prices) -> Vec<u32> {
        let part = |chunk: usize| {
            let mut chosen = Vec::new();
            self.choose(self.chunk(chunk), prices, &mut |at, _| chosen.push(at as u32));
            chosen.sort_unstable();
            chosen
        };
        let parts: Vec<Vec<u32>> = (0..self.chunks()).into_par_iter().map(part).collect();
        parts.concat()
    }

    /// Prices from a point of the master, whose coordinates are shares of `scale` that a whole row is worth.
    fn prices(&self, point: &[f64], scale: f64) -> Prices {
        let mut prices = Prices::zero(self.limits);
        for ((row, limit), share) in self.rows.rows.iter().zip(point) {
            *row.price(&mut prices) = share * scale / limit;
        }
        prices
    }

    fn point(&self, prices: &Prices, scale: f64) -> Vec<f64> {
        let mut prices = prices.clone();
        self.rows.rows.iter().map(|(row, limit)| *row.price(&mut prices) * limit / scale).collect()
    }

    /// The upper bound at a point, in units of `scale`.
    fn value(&self, point: &[f64], answer: &Answer, scale: f64) -> f64 {
        let sign = |row: super::rows::Row| if row.is_minimum() { -1.0 } else { 1.0 };
        let rows: f64 = self.rows.rows.iter().zip(point).map(|((row, _), share)| sign(*row) * share).sum();
        answer.surplus / scale + rows
    }

    /// The most that each coordinate of the master may be.
    fn largest(&self, scale: f64) -> Vec<f64> {
        let profits = || self.candidates.iter().map(|c| c.profit);
        let spread = profits().fold(0.0, f64::max) - profits().fold(0.0, f64::min);
        let costs = || self.candidates.iter().map(|c| c.cost).filter(|c| *c > 0.0);
        let ratio = costs().fold(0.0, f64::max) / costs().fold(f64::INFINITY, f64::min).max(f64::MIN_POSITIVE);
        let penalty = PENALTY * spread * (1.0 + ratio.min(MOST_COST_RATIO));
        let minima = self.rows.rows.iter().map(|(row, limit)| match row.is_minimum() {
            true => penalty * limit / scale,
            false => 0.0,
        });
        let minima: Vec<f64> = minima.collect();
        let upper = 1.0 + minima.iter().sum::<f64>();
        self.rows.rows.iter().zip(minima).map(|((row, _), m)| if row.is_minimum() { m } else { upper }).collect()
    }

    /// The prices with the lowest bound; `start` are prices to look at first.
    pub(super) fn price(&self, start: Option<&Prices>) -> Priced {
        let zero = vec![0.0; self.rows.rows.len()];
        let nothing = Prices::zero(self.limits);
        let first = self.answer(&nothing);
        if zero.is_empty() {
            return Priced { prices: nothing, bound: first.surplus };
        }
        let largest_profit = self.candidates.iter().map(|c| c.profit.abs()).fold(0.0, f64::max);
        let scale = first.surplus.max(largest_profit).max(f64::MIN_POSITIVE.sqrt());
        let mut master = Master::new(self.rows.rows.iter().map(|(row, _)| row.is_minimum()), self.largest(scale));
        let cut = |master: &mut Master, answer: &Answer| {
            let uses = self.rows.rows.iter().map(|(row, limit)| row.used(&answer.usage) / limit);
            master.cut(answer.usage.profit / scale, uses.collect());
        };
        cut(&mut master, &first);
        let mut best = (self.value(&zero, &first, scale), zero);
        if let Some(start) = start {
            let point = self.point(start, scale);
            let answer = self.answer(start);
            cut(&mut master, &answer);
            best = min(best, (self.value(&point, &answer, scale), point));
        }
        let mut between = true;
        for _ in 0..MOST_CUTS {
            let Some((target, lowest)) = master.solve() else { break };
            if best.0 - lowest <= TOLERANCE * best.0.abs().max(f64::EPSILON) {
                break;
            }
            let point: Vec<f64> = match between {
                true => target.iter().zip(&best.1).map(|(a, b)| f64::midpoint(*a, *b)).collect(),
                false => target,
            };
            let answer = self.answer(&self.prices(&point, scale));
            cut(&mut master, &answer);
            let value = self.value(&point, &answer, scale);
            between = value < best.0 || !between;
            best = min(best, (value, point));
        }
        Priced { prices: self.prices(&best.1, scale), bound: best.0 * scale }
    }
}

/// The lower of two bounds, the first of equals.
fn min(a: (f64, Vec<f64>), b: (f64, Vec<f64>)) -> (f64, Vec<f64>) {
    if b.0 < a.0 { b } else { a }
}
