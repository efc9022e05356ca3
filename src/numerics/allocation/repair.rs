//! From the choices at the best prices to a plan that keeps every limit and leaves little room unused.

use super::dual::Problem;
use super::plan::Plan;
use super::rows::Row;

/// Relative room for the rounding of sums of money.
const ROUNDING: f64 = 1e-12;

/// Times that the plan is filled and its customers moved to better lists.
const ROUNDS: usize = 3;

/// A plan and what its candidates are worth at the prices.
pub(super) struct Repair<'a> {
    pub(super) problem: &'a Problem<'a>,
    pub(super) surplus: &'a [f64],
    pub(super) plan: Plan,
}

impl Repair<'_> {
    /// Takes from limits that are passed, raises lists that are short, and uses the room that is left.
    pub(super) fn run(mut self) -> Plan {
        let rows = self.problem.rows.rows.clone();
        for (row, limit) in rows.iter().filter(|(row, _)| !row.is_minimum()) {
            self.relieve(*row, *limit);
        }
        for (row, limit) in &rows {
            if let Row::MinCustomers(list) = row {
                self.raise(*list, *limit as u64);
            }
        }
        for _ in 0..ROUNDS {
            let before = self.plan.usage.profit;
            self.fill();
            self.upgrade();
            if self.plan.usage.profit <= before {
                break;
            }
        }
        self.plan.recount(self.problem);
        self.plan
    }

    /// The other candidates of the same customer.
    fn siblings(&self, place: usize) -> impl Iterator<Item = usize> + use<> {
        self.problem.group(self.problem.group_of(place)).filter(move |other| *other != place)
    }

    /// Moves customers off a row that is passed, those first who lose least for what they free.
    fn relieve(&mut self, row: Row, limit: f64) {
        let over = |plan: &Plan| row.used(&plan.usage) > limit * (1.0 + ROUNDING);
        if !over(&self.plan) {
            return;
        }
        let use_of = |place: usize| row.use_of(&self.problem.candidates[place], self.problem.limits);
        let taking = (0..self.surplus.len()).filter(|place| self.plan.chosen[*place] && use_of(*place) > 0.0);
        let loss = |place: usize| {
            let others = self.siblings(place).filter(|other| !self.plan.chosen[*other] && use_of(*other) == 0.0);
            let best = others.map(|other| self.surplus[other]).fold(0.0, f64::max);
            ((self.surplus[place] - best) / use_of(place), place)
        };
        let mut moves: Vec<(f64, usize)> = taking.map(loss).collect();
        // among equals the later customers go
        moves.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
        for (_, place) in moves {
            if !over(&self.plan) {
                return;
            }
            self.plan.drop(self.problem, place);
            let fits = |other: &usize| {
                !self.plan.chosen[*other]
                    && self.surplus[*other] > 0.0
                    && use_of(*other) == 0.0
                    && self.plan.fits(self.problem, *other)
            };
            let others = self.siblings(place).filter(fits);
            let best = others.max_by(|a, b| self.surplus[*a].total_cmp(&self.surplus[*b]).then(b.cmp(a)));
            if let Some(other) = best {
                self.plan.add(self.problem, other);
            }
        }
    }

    /// The chosen candidate of the same customer that is worth least and whose list may lose one.
    fn weakest(&self, place: usize) -> Option<usize> {
        let chosen = self.siblings(place).filter(|o| self.plan.chosen[*o] && self.plan.may_lose(self.problem, *o));
        chosen.min_by(|a, b| self.surplus[*a].total_cmp(&self.surplus[*b]).then(a.cmp(b)))
    }

    /// Brings a list to its smallest size, those first who lose least by it, making room where it takes some.
    fn raise(&mut self, list: usize, least: u64) {
        if self.plan.usage.customers[list] >= least {
            return;
        }
        let mine = |place: &usize| usize::from(self.problem.candidates[*place].list) == list;
        let waiting = (0..self.surplus.len()).filter(mine);
        let waiting = waiting.filter(|place| !self.plan.chosen[*place] && self.surplus[*place].is_finite());
        let loss = |place: usize| {
            let given_up = match self.plan.is_free(self.problem, place) {
                true => 0.0,
                false => self.weakest(place).map_or(f64::INFINITY, |other| self.surplus[other]),
            };
            (given_up - self.surplus[place], place)
        };
        let mut moves: Vec<(f64, usize)> = waiting.map(loss).collect();
        moves.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let mut others: Option<std::vec::IntoIter<usize>> = None;
        for (_, place) in moves {
            if self.plan.usage.customers[list] >= least {
                return;
            }
            let mut dropped = Vec::new();
            if !self.plan.is_free(self.problem, place) {
                let Some(other) = self.weakest(place) else { continue };
                self.plan.drop(self.problem, other);
                dropped.push(other);
            }
            while !self.plan.fits(self.problem, place) {
                let next = others.get_or_insert_with(|| self.losers(list).into_iter()).next();
                let Some(other) = next else { break };
                if self.plan.chosen[other] && self.plan.may_lose(self.problem, other) {
                    self.plan.drop(self.problem, other);
                    dropped.push(other);
                }
            }
            if self.plan.fits(self.problem, place) {
                self.plan.add(self.problem, place);
            } else {
                dropped.into_iter().for_each(|other| self.plan.add(self.problem, other));
            }
        }
    }

    /// Chosen candidates of other lists, those first that are worth least.
    fn losers(&self, list: usize) -> Vec<usize> {
        let others =
            |place: &usize| self.plan.chosen[*place] && usize::from(self.problem.candidates[*place].list) != list;
        let mut places: Vec<usize> = (0..self.surplus.len()).filter(others).collect();
        places.sort_by(|a, b| self.surplus[*a].total_cmp(&self.surplus[*b]).then(b.cmp(a)));
        places
    }

    /// Adds who earns something and fits, those first that are worth most at the prices.
    fn fill(&mut self) {
        let useful = |place: &usize| {
            !self.plan.chosen[*place]
                && self.problem.candidates[*place].profit > 0.0
                && self.surplus[*place].is_finite()
                && self.plan.fits(self.problem, *place)
                && self.plan.is_free(self.problem, *place)
        };
        let mut places: Vec<usize> = (0..self.surplus.len()).filter(useful).collect();
        places.sort_by(|a, b| self.surplus[*b].total_cmp(&self.surplus[*a]).then(a.cmp(b)));
        for place in places {
            if self.plan.is_free(self.problem, place) && self.plan.fits(self.problem, place) {
                self.plan.add(self.problem, place);
            }
        }
    }

    /// Moves customers to lists of theirs that earn more, where there is room.
    fn upgrade(&mut self) {
        let profit = |place: usize| self.problem.candidates[place].profit;
        let mut moves: Vec<(f64, usize, usize)> = Vec::new();
        for place in (0..self.surplus.len()).filter(|place| self.plan.chosen[*place]) {
            let better = self.siblings(place).filter(|other| {
                !self.plan.chosen[*other] && profit(*other) > profit(place) && self.surplus[*other].is_finite()
            });
            moves.extend(better.map(|other| (profit(other) - profit(place), place, other)));
        }
        moves.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        for (_, place, other) in moves {
            let stands = self.plan.chosen[place] && !self.plan.chosen[other];
            if !stands || !self.plan.may_lose(self.problem, place) {
                continue;
            }
            self.plan.drop(self.problem, place);
            let better = if self.plan.fits(self.problem, other) { other } else { place };
            self.plan.add(self.problem, better);
        }
    }
}
