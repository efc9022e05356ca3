//! P(alive) of many customers, from tables over whole days where the model allows.

use super::histories::DAYS_PER_WEEK;
use super::model::{AlivePart, History, TransactionModel};
use super::ranks::Pairs;
use crate::numerics::special::logistic;
use rayon::prelude::*;

/// Tables over x or days longer than this are not made.
const LIMIT: u32 = 1 << 17;

/// With fewer customers than this, tables over pairs do not pay.
const PARTS_FROM: usize = 2000;

/// How P(alive) is looked up.
#[derive(Debug)]
pub(crate) enum AliveTable {
    /// Log-odds are a level by x plus a multiple of a difference of logarithms.
    Odds { levels: Vec<f64>, shape: f64, logs: Vec<f64> },
    /// Parts by (x, T) and by (x, `t_x`).
    Parts(Box<[PartTable; 2]>),
    /// Customer by customer.
    Direct,
}

/// Parts of P(alive) by x and a time.
#[derive(Debug)]
pub(crate) struct PartTable {
    pairs: Pairs,
    parts: Vec<AlivePart>,
}

impl PartTable {
    fn new(model: &dyn TransactionModel, x: &[u32], days: &[u32]) -> Self {
        let pairs = Pairs::new(x, days);
        let of = |x: &u32| {
            let times: Vec<f64> = pairs.seconds_of(*x).iter().map(|d| weeks(*d)).collect();
            model.alive_parts(*x, &times).unwrap_or_default()
        };
        let all: Vec<Vec<AlivePart>> = pairs.firsts().par_iter().map(of).collect();
        Self { parts: all.into_iter().flatten().collect(), pairs }
    }

    fn of(&self, x: u32, days: u32) -> &AlivePart {
        &self.parts[self.pairs.of(x, days).1]
    }
}

fn weeks(days: u32) -> f64 {
    f64::from(days) / DAYS_PER_WEEK
}

impl AliveTable {
    pub(crate) fn new(model: &dyn TransactionModel, x: &[u32], t_x_days: &[u32], t_days: &[u32]) -> Self {
        let max = |values: &[u32]| values.iter().copied().max().unwrap_or(0);
        let (max_x, max_days) = (max(x), max(t_days));
        if let Some(form) = model.odds_gone().filter(|_| max_x < LIMIT && max_days < LIMIT) {
            return Self::Odds {
                levels: (0..=max_x).map(|x| form.level(x)).collect(),
                shape: form.shape,
                logs: (0..=max_days).map(|d| (weeks(d) / form.alpha).ln_1p()).collect(),
            };
        }
        if x.len() < PARTS_FROM || model.alive_parts(0, &[0.0]).is_none() {
            return Self::Direct;
        }
        Self::Parts(Box::new([PartTable::new(model, x, t_days), PartTable::new(model, x, t_x_days)]))
    }

    pub(crate) fn p_alive(&self, model: &dyn TransactionModel, x: u32, t_x_days: u32, t_days: u32) -> f64 {
        match self {
            Self::Odds { levels, shape, logs } => {
                let silence = logs[t_days as usize] - logs[t_x_days as usize];
                logistic(-(levels[x as usize] + (shape + f64::from(x)) * silence))
            }
            Self::Parts(tables) => {
                let [ends, lasts] = tables.as_ref();
                let (end, last) = (ends.of(x, t_days), lasts.of(x, t_x_days));
                (1.0 / (end.kept + (last.gone - end.level).exp())).clamp(0.0, 1.0)
            }
            Self::Direct => model.p_alive(&History::new(x, weeks(t_x_days), weeks(t_days))),
        }
    }
}
