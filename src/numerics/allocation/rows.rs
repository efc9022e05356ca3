//! The coupling rows: what each limit has, and what candidates take of it.

use super::problem::{Candidate, Limits, Prices};

/// Relative room for the rounding of sums of money.
const ROUNDING: f64 = 1e-12;

/// The most that one candidate alone may take.
#[derive(Debug)]
pub(super) struct AloneLimits {
    cost: Vec<f64>,
    open: Vec<bool>,
    load: Vec<f64>,
    capacities: Vec<f64>,
}

impl AloneLimits {
    pub(super) fn new(limits: &Limits) -> Self {
        let most = |budget: Option<f64>| budget.unwrap_or(f64::INFINITY);
        let lists = || limits.lists.iter();
        Self {
            cost: lists().map(|l| most(l.budget).min(most(limits.budget)) * (1.0 + ROUNDING)).collect(),
            open: lists().map(|l| l.max_customers != Some(0)).collect(),
            load: lists().map(|l| l.load).collect(),
            capacities: limits.capacities.iter().map(|c| most(*c) * (1.0 + ROUNDING)).collect(),
        }
    }

    /// Whether a candidate fits when nobody else is chosen.
    pub(super) fn fits(&self, candidate: &Candidate) -> bool {
        let list = usize::from(candidate.list);
        let capacity = self.capacities.get(usize::from(candidate.channel)).copied().unwrap_or(f64::INFINITY);
        self.open[list] && candidate.cost <= self.cost[list] && self.load[list] <= capacity
    }
}

/// What a plan takes of each limit.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Usage {
    /// Its profit.
    pub(super) profit: f64,
    /// Money by list.
    pub(super) cost: Vec<f64>,
    /// Customers by list.
    pub(super) customers: Vec<u64>,
    /// Contacts by channel.
    pub(super) load: Vec<f64>,
}

impl Usage {
    pub(super) fn none(limits: &Limits) -> Self {
        let lists = limits.lists.len();
        Self {
            profit: 0.0,
            cost: vec![0.0; lists],
            customers: vec![0; lists],
            load: vec![0.0; limits.capacities.len()],
        }
    }

    /// Adds (or with −1 takes away) a candidate.
    pub(super) fn change(&mut self, candidate: &Candidate, limits: &Limits, sign: i8) {
        let list = usize::from(candidate.list);
        let by = f64::from(sign);
        self.profit += by * candidate.profit;
        self.cost[list] += by * candidate.cost;
        self.customers[list] = self.customers[list].saturating_add_signed(i64::from(sign));
        if let Some(load) = self.load.get_mut(usize::from(candidate.channel)) {
            *load += by * limits.lists[list].load;
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.profit += other.profit;
        self.cost.iter_mut().zip(&other.cost).for_each(|(a, b)| *a += b);
        self.customers.iter_mut().zip(&other.customers).for_each(|(a, b)| *a += b);
        self.load.iter_mut().zip(&other.load).for_each(|(a, b)| *a += b);
    }

    pub(super) fn spent(&self) -> f64 {
        self.cost.iter().sum()
    }
}

/// Which limit a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Row {
    Budget,
    ListBudget(usize),
    Capacity(usize),
    MaxCustomers(usize),
    MinCustomers(usize),
}

impl Row {
    /// What a plan takes of it.
    pub(super) fn used(self, usage: &Usage) -> f64 {
        match self {
            Self::Budget => usage.spent(),
            Self::ListBudget(list) => usage.cost[list],
            Self::Capacity(channel) => usage.load[channel],
            Self::MaxCustomers(list) | Self::MinCustomers(list) => usage.customers[list] as f64,
        }
    }

    /// What a candidate takes of it.
    pub(super) fn use_of(self, candidate: &Candidate, limits: &Limits) -> f64 {
        let list = usize::from(candidate.list);
        match self {
            Self::Budget => candidate.cost,
            Self::ListBudget(own) => {
                if own == list {
                    candidate.cost
                } else {
                    0.0
                }
            }
            Self::Capacity(channel) => {
                if channel == usize::from(candidate.channel) {
                    limits.lists[list].load
                } else {
                    0.0
                }
            }
            Self::MaxCustomers(own) | Self::MinCustomers(own) => f64::from(u8::from(own == list)),
        }
    }

    /// Its price.
    pub(super) fn price(self, prices: &mut Prices) -> &mut f64 {
        match self {
            Self::Budget => &mut prices.budget,
            Self::ListBudget(list) => &mut prices.list_budgets[list],
            Self::Capacity(channel) => &mut prices.channels[channel],
            Self::MaxCustomers(list) => &mut prices.max_customers[list],
            Self::MinCustomers(list) => &mut prices.min_customers[list],
        }
    }

    pub(super) fn is_minimum(self) -> bool {
        matches!(self, Self::MinCustomers(_))
    }
}

/// The rows that can bind, each with what it has.
#[derive(Debug, Clone)]
pub(super) struct Rows {
    pub(super) rows: Vec<(Row, f64)>,
}

impl Rows {
    /// Leaves out rows that all candidates together don't fill. A row whose candidates all take the same is rounded
    /// down to whole candidates, which brings the bound nearer and loses no plan.
    pub(super) fn new(candidates: &[Candidate], limits: &Limits) -> Self {
        let alone = AloneLimits::new(limits);
        let lists = limits.lists.iter().enumerate();
        let mut all: Vec<(Row, f64)> = limits.budget.map(|b| (Row::Budget, b)).into_iter().collect();
        all.extend(lists.clone().filter_map(|(at, l)| Some((Row::ListBudget(at), l.budget?))));
        let capacities = limits.capacities.iter().enumerate();
        all.extend(capacities.filter_map(|(at, capacity)| Some((Row::Capacity(at), (*capacity)?))));
        all.extend(lists.clone().filter_map(|(at, l)| Some((Row::MaxCustomers(at), l.max_customers? as f64))));
        let minima = lists.filter(|(_, l)| l.min_customers > 0);
        all.extend(minima.map(|(at, l)| (Row::MinCustomers(at), l.min_customers as f64)));
        let mut spread = vec![Spread::default(); all.len()];
        for candidate in candidates.iter().filter(|c| alone.fits(c)) {
            for (row, spread) in all.iter().zip(&mut spread) {
                spread.add(row.0.use_of(candidate, limits));
            }
        }
        let binding = |((row, limit), spread): ((Row, f64), Spread)| {
            if row.is_minimum() {
                return Some((row, limit));
            }
            let same = spread.least > 0.0 && spread.most - spread.least <= ROUNDING * spread.most;
            let whole = if same { (limit / spread.most + 1e-9).floor() * spread.most } else { limit };
            (spread.total > whole * (1.0 + ROUNDING) && whole > 0.0).then_some((row, whole))
        };
        Self { rows: all.into_iter().zip(spread).filter_map(binding).collect() }
    }
}

/// What the candidates take of a row.
#[derive(Debug, Clone, Copy)]
struct Spread {
    total: f64,
    least: f64,
    most: f64,
}

impl Default for Spread {
    fn default() -> Self {
        Self { total: 0.0, least: f64::INFINITY, most: 0.0 }
    }
}

impl Spread {
    fn add(&mut self, taken: f64) {
        if taken > 0.0 {
            self.total += taken;
            self.least = self.least.min(taken);
            self.most = self.most.max(taken);
        }
    }
}

/// How much room a plan has left, held against the limits as they are written.
#[derive(Debug)]
pub(super) struct Room<'a> {
    limits: &'a Limits,
}

impl<'a> Room<'a> {
    pub(super) fn new(limits: &'a Limits) -> Self {
        Self { limits }
    }

    /// Whether a candidate can be added to a plan.
    pub(super) fn fits(&self, usage: &Usage, candidate: &Candidate) -> bool {
        let list = usize::from(candidate.list);
        let own = &self.limits.lists[list];
        let within = |used: f64, limit: Option<f64>| limit.is_none_or(|limit| used <= limit * (1.0 + ROUNDING));
        let channel = usize::from(candidate.channel);
        within(usage.cost[list] + candidate.cost, own.budget)
            && own.max_customers.is_none_or(|most| usage.customers[list] < most)
            && self.limits.capacities.get(channel).is_none_or(|c| within(usage.load[channel] + own.load, *c))
            && (self.limits.budget.is_none() || within(usage.spent() + candidate.cost, self.limits.budget))
    }

    /// Whether a plan keeps all upper limits.
    pub(super) fn holds(&self, usage: &Usage) -> bool {
        let within = |used: f64, limit: Option<f64>| limit.is_none_or(|limit| used <= limit * (1.0 + ROUNDING));
        let lists = self.limits.lists.iter().enumerate();
        within(usage.spent(), self.limits.budget)
            && self.limits.capacities.iter().zip(&usage.load).all(|(c, used)| within(*used, *c))
            && lists.into_iter().all(|(at, own)| {
                within(usage.cost[at], own.budget) && own.max_customers.is_none_or(|most| usage.customers[at] <= most)
            })
    }
}
