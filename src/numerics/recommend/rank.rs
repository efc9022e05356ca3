//! The best items for a customer, among those that may be offered.

use std::cmp::Ordering;

use super::Model;

/// An item for a customer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Offer {
    /// The item.
    pub item: u32,
    /// What the model says.
    pub relevance: f64,
    /// What it is ranked by: relevance, or relevance × value.
    pub score: f64,
    /// The held item that speaks most for it; none where no held item does.
    pub because: Option<u32>,
}

/// What is known of a customer.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wish<'a> {
    /// Items held, rising: they speak for others and are not offered.
    pub held: &'a [u32],
    /// Those of them that may be offered again, rising, each with what is added to its relevance.
    pub again: &'a [(u32, f64)],
}

/// Memory that rankings of one thread share.
#[derive(Debug, Default)]
pub struct Workspace {
    cells: Vec<Cell>,
    touched: Vec<u32>,
}

/// What the held items say of an item.
#[derive(Debug, Clone, Copy, Default)]
struct Cell {
    added: f64,
    strongest: f64,
    /// The held item of the strongest weight, plus one; 0 for none.
    by: u32,
    is_touched: bool,
    is_held: bool,
}

impl Cell {
    fn add(&mut self, weight: f64, by: u32) {
        self.added += weight;
        if weight > self.strongest {
            (self.strongest, self.by) = (weight, by + 1);
        }
    }
}

impl Workspace {
    /// The cell of an item, remembered to be emptied afterwards.
    fn touch(&mut self, item: u32) -> &mut Cell {
        let cell = &mut self.cells[item as usize];
        if !cell.is_touched {
            cell.is_touched = true;
            self.touched.push(item);
        }
        cell
    }

    fn empty(&mut self) {
        for item in self.touched.drain(..) {
            self.cells[item as usize] = Cell::default();
        }
    }
}

/// Ranks the items of a model.
#[derive(Debug)]
pub struct Ranker<'a> {
    model: &'a Model,
    offerable: &'a [bool],
    values: Option<&'a [f64]>,
    /// What may be offered, by its score to someone who holds nothing.
    order: Vec<u32>,
}

/// Scores are equal when they are equal to so many binary digits behind the point: sums in another order differ in the last.
const SCALE: f64 = (1_u64 << 40) as f64;

fn rounded(value: f64) -> f64 {
    if value.abs() < 4096.0 { (value * SCALE).round() / SCALE } else { value }
}

/// The better score first, the smaller item among equals.
fn better(a: (f64, u32), b: (f64, u32)) -> Ordering {
    b.0.total_cmp(&a.0).then(a.1.cmp(&b.1))
}

impl<'a> Ranker<'a> {
    /// A ranker of the items that are `offerable`; with `values`, by relevance × value instead of relevance alone (of
    /// items whose relevance isn't above zero the score is zero then). Items without an entry are not offered.
    pub fn new(model: &'a Model, offerable: &'a [bool], values: Option<&'a [f64]>) -> Self {
        let mut ranker = Self { model, offerable, values, order: Vec::new() };
        let may = |item: &u32| offerable.get(*item as usize).copied().unwrap_or(false);
        let mut order = (0..model.base().len() as u32).filter(may).collect::<Vec<_>>();
        order.sort_by(|a, b| better((ranker.base_score(*a), *a), (ranker.base_score(*b), *b)));
        ranker.order = order;
        ranker
    }

    fn base_score(&self, item: u32) -> f64 {
        self.score(item, rounded(self.model.base()[item as usize]))
    }

    fn score(&self, item: u32, relevance: f64) -> f64 {
        match self.values {
            None => relevance,
            Some(values) => relevance.max(0.0) * values.get(item as usize).copied().unwrap_or(0.0),
        }
    }

    /// The best items for a customer, at most `top`, the best first; fewer when no more may be offered.
    pub fn top(&self, wish: Wish<'_>, top: usize, workspace: &mut Workspace) -> Vec<Offer> {
        let base = self.model.base();
        workspace.cells.resize(base.len(), Cell::default());
        let is_known = |item: u32| (item as usize) < base.len();
        for held in wish.held.iter().copied().filter(|held| is_known(*held)) {
            workspace.touch(held).is_held = true;
            for (item, weight) in self.model.speaks_for(held) {
                workspace.touch(item).add(weight, held);
            }
        }
        for (item, weight) in wish.again.iter().copied().filter(|(item, _)| is_known(*item)) {
            let cell = workspace.touch(item);
            cell.is_held = false;
            cell.add(weight, item);
        }
        let is_offerable = |item: u32| self.offerable.get(item as usize).copied().unwrap_or(false);
        let mut best = Best { top, offers: Vec::with_capacity(top.min(base.len())) };
        for item in workspace.touched.iter().copied().filter(|item| is_offerable(*item)) {
            let cell = workspace.cells[item as usize];
            if !cell.is_held {
                let relevance = rounded(base[item as usize] + cell.added);
                best.take(Offer {
                    item,
                    relevance,
                    score: self.score(item, relevance),
                    because: cell.by.checked_sub(1),
                });
            }
        }
        // what nobody speaks for, in its own order: as many as could be needed
        let untouched = self.order.iter().copied().filter(|item| !workspace.cells[*item as usize].is_touched);
        for item in untouched.take(top) {
            let relevance = rounded(base[item as usize]);
            best.take(Offer { item, relevance, score: self.score(item, relevance), because: None });
        }
        workspace.empty();
        best.offers
    }
}

/// The best offers so far, the best first.
struct Best {
    top: usize,
    offers: Vec<Offer>,
}

impl Best {
    fn take(&mut self, offer: Offer) {
        let key = |offer: &Offer| (offer.score, offer.item);
        let is_full = self.offers.len() >= self.top;
        if is_full && self.offers.last().is_none_or(|worst| better(key(worst), key(&offer)).is_lt()) {
            return;
        }
        if is_full {
            self.offers.pop();
        }
        let place = self.offers.partition_point(|other| better(key(other), key(&offer)).is_lt());
        self.offers.insert(place, offer);
    }
}

/// Ranks scores that come from elsewhere: the best `top` of the items that are offerable and not held, as `(item, score)`
/// by score, the smaller item first among equals; and the items that are not among those known, `offerable.len()` and
/// beyond, which are never offered. A score that is no number is none.
pub fn rank_scores(scores: &[(u32, f64)], offerable: &[bool], held: &[u32], top: usize) -> (Vec<(u32, f64)>, Vec<u32>) {
    let is_known = |item: u32| (item as usize) < offerable.len();
    let may = |item: u32| is_known(item) && offerable[item as usize] && !held.contains(&item);
    let fits = |(item, score): &&(u32, f64)| may(*item) && !score.is_nan();
    let mut found = scores.iter().filter(fits).copied().collect::<Vec<_>>();
    found.sort_unstable_by(|a, b| better((a.1, a.0), (b.1, b.0)));
    found.truncate(top);
    let mut unknown = scores.iter().map(|(item, _)| *item).filter(|item| !is_known(*item)).collect::<Vec<_>>();
    unknown.sort_unstable();
    unknown.dedup();
    (found, unknown)
}
