//! P(alive) of many customers, from tables over whole units of the clock where the model allows.

use super::model::{AlivePart, History, TransactionModel};
use super::ranks::Pairs;
use crate::numerics::special::logistic;
use rayon::prelude::*;

/// Tables over x or time longer than this are not made.
const LIMIT: u32 = 1 << 20;

/// With fewer customers than this, tables over pairs do not pay.
const PARTS_FROM: usize = 2000;

/// P(alive) by x and times in whole units of the clock.
#[derive(Debug)]
pub(crate) struct AliveTable {
    units_per_week: f64,
    look_up: LookUp,
}

/// How P(alive) is looked up.
#[derive(Debug)]
enum LookUp {
    /// Log-odds are a level by x plus a multiple of a difference of logarithms.
    Odds { levels: Vec<f64>, shape: f64, logs: Vec<f64> },
    /// Parts by (x, T) and by (x, `t_x`).
    Parts(Box<[PartTable; 2]>),
    /// Customer by customer.
    Direct,
}

/// Parts of P(alive) by x and a time.
#[derive(Debug)]
struct PartTable {
    pairs: Pairs,
    parts: Vec<AlivePart>,
}

impl PartTable {
    fn new(model: &dyn TransactionModel, x: &[u32], times: &[u32], units_per_week: f64) -> Self {
        let pairs = Pairs::new(x, times);
        let of = |x: &u32| {
            let times: Vec<f64> = pairs.seconds_of(*x).iter().map(|t| f64::from(*t) / units_per_week).collect();
            model.alive_parts(*x, &times).unwrap_or_default()
        };
        let all: Vec<Vec<AlivePart>> = pairs.firsts().par_iter().map(of).collect();
        Self { parts: all.into_iter().flatten().collect(), pairs }
    }

    fn of(&self, x: u32, time: u32) -> &AlivePart {
        &self.parts[self.pairs.of(x, time).1]
    }
}

impl AliveTable {
    pub(crate) fn new(model: &dyn TransactionModel, x: &[u32], t_x: &[u32], t: &[u32], units_per_week: f64) -> Self {
        let max = |values: &[u32]| values.iter().copied().max().unwrap_or(0);
        let (max_x, last) = (max(x), max(t));
        let part = |times: &[u32]| PartTable::new(model, x, times, units_per_week);
        let look_up = if let Some(form) = model.odds_gone().filter(|_| max_x < LIMIT && last < LIMIT) {
            LookUp::Odds {
                levels: (0..=max_x).map(|x| form.level(x)).collect(),
                shape: form.shape,
                logs: (0..=last).map(|t| (f64::from(t) / units_per_week / form.alpha).ln_1p()).collect(),
            }
        } else if x.len() < PARTS_FROM || model.alive_parts(0, &[0.0]).is_none() {
            LookUp::Direct
        } else {
            LookUp::Parts(Box::new([part(t), part(t_x)]))
        };
        Self { units_per_week, look_up }
    }

    pub(crate) fn p_alive(&self, model: &dyn TransactionModel, x: u32, t_x: u32, t: u32) -> f64 {
        match &self.look_up {
            LookUp::Odds { levels, shape, logs } => {
                let silence = logs[t as usize] - logs[t_x as usize];
                logistic(-(levels[x as usize] + (shape + f64::from(x)) * silence))
            }
            LookUp::Parts(tables) => {
                let [ends, lasts] = tables.as_ref();
                let (end, last) = (ends.of(x, t), lasts.of(x, t_x));
                (1.0 / (end.kept + (last.gone - end.level).exp())).clamp(0.0, 1.0)
            }
            LookUp::Direct => {
                let weeks = |time: u32| f64::from(time) / self.units_per_week;
                model.p_alive(&History::new(x, weeks(t_x), weeks(t)))
            }
        }
    }
}
