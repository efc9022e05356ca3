//! The time split: every candidate offers as it would have `holdout_days` ago, and what was bought since decides.

use rayon::prelude::*;

use crate::numerics::recommend::{Model, Offer, Ranker, RecommendError, Skill, Trial, Wish, Workspace, measure};

use super::assortment::Assortment;
use super::histories::{History, Pair, When};
use super::models::{Candidate, Fitted, Train};
use super::options::OffersOptions;

/// Fewest customers to choose a model by.
pub(super) const MIN_TESTED: usize = 30;

/// Most customers that models are tested on; of more, an even part is.
const MOST_TESTED: usize = 20_000;

/// The longer list that skill is told of.
const LONG_LIST: usize = 10;

/// Skill of a candidate at one length of the list.
#[derive(Debug, Clone)]
pub(super) struct Tested {
    pub(super) candidate: Candidate,
    /// Whether ranked by relevance × margin.
    pub(super) by_margin: bool,
    pub(super) list_length: usize,
    pub(super) skill: Skill,
    pub(super) coverage: f64,
    pub(super) is_chosen: bool,
}

/// What the time split says of a level.
#[derive(Debug)]
pub(super) struct Choice {
    pub(super) tested: Vec<Tested>,
    pub(super) customers: usize,
    pub(super) candidate: Candidate,
    /// What relevance is multiplied by to give the chance of a purchase within the holdout; none when that was not measured.
    pub(super) factor: Option<f64>,
    /// Most items of a regression that could not be solved.
    pub(super) unsolved: usize,
}

/// A customer to test on.
#[derive(Clone, Copy)]
struct Case {
    row: usize,
    relevant: usize,
}

/// The offers of a customer at the cut, and what became of them.
struct List {
    offers: Vec<Offer>,
    trial: Trial,
}

/// What a candidate did.
struct Outcome {
    trials: Vec<Trial>,
    /// Share of the items that was offered to anyone, by length of the list.
    coverage: Vec<f64>,
}

/// The time split of a level.
struct Split<'a> {
    history: &'a History,
    assortment: &'a Assortment<'a>,
    options: &'a OffersOptions,
    cut: i32,
    /// Customers with a purchase before and with one after that could have been offered.
    cases: Vec<Case>,
    /// Customers with a purchase before, whatever they did after.
    buyers: Vec<Case>,
    lengths: Vec<usize>,
}

/// Tests the candidates and chooses one; with `by_margin`, lists are made by relevance × margin.
///
/// # Errors
/// When the library of models refuses the purchases.
pub(super) fn choose(
    history: &History,
    assortment: &Assortment<'_>,
    options: &OffersOptions,
    cut: i32,
    by_margin: bool,
) -> Result<Choice, RecommendError> {
    let mut train = Train::new(history, assortment.ids.len(), When::Cut, cut, options.min_customers)?;
    let split = Split::new(history, assortment, options, cut);
    let untested = Candidate::untested(options.model);
    let mut choice =
        Choice { tested: Vec::new(), customers: split.cases.len(), candidate: untested, factor: None, unsolved: 0 };
    if split.cases.is_empty() {
        return Ok(choice);
    }
    let fitted = train.fit(&Candidate::of(options.model))?;
    choice.unsolved = fitted.iter().map(|fitted| fitted.unsolved).max().unwrap_or_default();
    let test = |fitted: &Fitted| (fitted.candidate, split.test(&train, &fitted.model, false));
    let found = fitted.iter().map(test).collect::<Vec<_>>();
    let at = options.top;
    let fits = found.iter().filter(|(candidate, _)| candidate.fits(options.model));
    let ndcg = |outcome: &Outcome| measure(&outcome.trials, None, at).ndcg;
    // the simpler one of equals, which comes first
    let best = fits.fold(None, |best: Option<(Candidate, f64)>, (candidate, outcome)| {
        let ndcg = ndcg(outcome);
        if best.is_some_and(|(_, most)| most >= ndcg) { best } else { Some((*candidate, ndcg)) }
    });
    if split.cases.len() >= MIN_TESTED
        && let Some((best, _)) = best
    {
        choice.candidate = best;
    }
    for (candidate, outcome) in &found {
        let is_chosen = *candidate == choice.candidate && !by_margin;
        choice.tested.extend(split.tested(
            *candidate,
            false,
            outcome,
            found.first().map(|(_, popular)| popular),
            is_chosen,
        ));
    }
    let chosen = fitted.iter().find(|fitted| fitted.candidate == choice.candidate);
    if by_margin {
        let popular = fitted.first().map(|popular| (popular.candidate, split.test(&train, &popular.model, true)));
        if let Some((candidate, outcome)) = &popular {
            let is_chosen = *candidate == choice.candidate;
            choice.tested.extend(split.tested(*candidate, true, outcome, None, is_chosen));
        }
        if let Some(chosen) = chosen.filter(|chosen| chosen.candidate != Candidate::Popularity) {
            let outcome = split.test(&train, &chosen.model, true);
            let popular = popular.as_ref().map(|(_, popular)| popular);
            choice.tested.extend(split.tested(chosen.candidate, true, &outcome, popular, true));
        }
    }
    choice.factor = chosen.and_then(|chosen| split.factor(&train, &chosen.model, by_margin));
    Ok(choice)
}

impl<'a> Split<'a> {
    /// The customers with a purchase until the cut, and after it one of an item that could have been offered.
    fn new(history: &'a History, assortment: &'a Assortment<'a>, options: &'a OffersOptions, cut: i32) -> Self {
        let mut lengths = vec![options.top, LONG_LIST];
        lengths.sort_unstable();
        lengths.dedup();
        let split = Self { history, assortment, options, cut, cases: Vec::new(), buyers: Vec::new(), lengths };
        let bought_before = |row: &usize| history.of(*row).iter().any(|pair| pair.held(When::Cut).is_some());
        let relevant = |row: usize| {
            let pairs = history.of(row).iter();
            pairs.filter(|pair| pair.is_bought_after() && split.may_be_offered(pair)).count()
        };
        let rows = (0..history.customers()).filter(bought_before);
        let buyers = rows.map(|row| Case { row, relevant: relevant(row) }).collect::<Vec<_>>();
        let cases = buyers.iter().copied().filter(|case| case.relevant > 0).collect();
        Self { cases: evenly(cases), buyers: evenly(buyers), ..split }
    }

    /// Whether an item could have been offered to a customer at the cut, as far as its purchases say.
    fn may_be_offered(&self, pair: &Pair) -> bool {
        let held = pair.held(When::Cut);
        self.assortment.is_allowed[pair.item as usize]
            && held.is_none_or(|(last, _)| may_repeat(self.options, self.assortment, pair.item, self.cut - last))
    }

    /// The lists of customers, each offer with whether it was bought and its margin.
    fn lists(&self, train: &Train<'_>, model: &Model, by_margin: bool, cases: &[Case], length: usize) -> Vec<List> {
        let offerable = self.offerable(train);
        let margins = train.items.iter().map(|item| self.margin(*item)).collect::<Vec<_>>();
        let ranker = Ranker::new(model, &offerable, by_margin.then_some(margins.as_slice()));
        let list = |workspace: &mut Workspace, case: &Case| {
            let again = self.again(train, case.row);
            let offers = ranker.top(Wish { held: train.holdings.of(case.row), again: &again }, length, workspace);
            let own = self.history.of(case.row);
            let is_bought = |number: u32| {
                let item = train.items[number as usize];
                own.binary_search_by_key(&item, |pair| pair.item).is_ok_and(|at| own[at].is_bought_after())
            };
            let bought = |offer: &Offer| is_bought(offer.item).then(|| margins[offer.item as usize]);
            List { trial: Trial { bought: offers.iter().map(bought).collect(), relevant: case.relevant }, offers }
        };
        cases.par_iter().map_init(Workspace::default, list).collect()
    }

    fn offerable(&self, train: &Train<'_>) -> Vec<bool> {
        train.items.iter().map(|item| self.assortment.is_allowed[*item as usize]).collect()
    }

    fn margin(&self, item: u32) -> f64 {
        self.assortment.margins.as_ref().map_or(0.0, |margins| margins[item as usize])
    }

    fn test(&self, train: &Train<'_>, model: &Model, by_margin: bool) -> Outcome {
        let longest = self.lengths.last().copied().unwrap_or_default();
        let lists = self.lists(train, model, by_margin, &self.cases, longest);
        let items = self.offerable(train).iter().filter(|may| **may).count().max(1) as f64;
        let coverage = |length: &usize| {
            let mut is_offered = vec![false; train.items.len()];
            for offer in lists.iter().flat_map(|list| list.offers.iter().take(*length)) {
                is_offered[offer.item as usize] = true;
            }
            is_offered.iter().filter(|offered| **offered).count() as f64 / items
        };
        let coverage = self.lengths.iter().map(coverage).collect();
        Outcome { coverage, trials: lists.into_iter().map(|list| list.trial).collect() }
    }

    /// Skill at each length of the list, against popularity ranked in the same way.
    fn tested(
        &self,
        candidate: Candidate,
        by_margin: bool,
        outcome: &Outcome,
        popular: Option<&Outcome>,
        is_chosen: bool,
    ) -> Vec<Tested> {
        let against = popular.filter(|_| candidate != Candidate::Popularity).map(|popular| popular.trials.as_slice());
        let one = |(list_length, coverage): (&usize, &f64)| Tested {
            candidate,
            by_margin,
            list_length: *list_length,
            skill: measure(&outcome.trials, against, *list_length),
            coverage: *coverage,
            is_chosen,
        };
        self.lengths.iter().zip(&outcome.coverage).map(one).collect()
    }

    /// Purchases per unit of relevance, over the offers of all who had bought before.
    fn factor(&self, train: &Train<'_>, model: &Model, by_margin: bool) -> Option<f64> {
        let lists = self.lists(train, model, by_margin, &self.buyers, self.options.top);
        let relevance: f64 = lists.iter().flat_map(|list| &list.offers).map(|offer| offer.relevance.max(0.0)).sum();
        let bought = lists.iter().flat_map(|list| &list.trial.bought).flatten().count() as f64;
        (relevance > 0.0).then(|| bought / relevance)
    }

    fn again(&self, train: &Train<'_>, row: usize) -> Vec<(u32, f64)> {
        let may = |pair: &Pair, age: i32| may_repeat(self.options, self.assortment, pair.item, age);
        if self.options.repeat_after_days.is_some() { train.again(row, may) } else { Vec::new() }
    }
}

/// At most [`MOST_TESTED`] of them, spread evenly.
fn evenly(cases: Vec<Case>) -> Vec<Case> {
    let stride = cases.len().div_ceil(MOST_TESTED).max(1);
    cases.into_iter().step_by(stride).collect()
}

/// Whether what was bought so many days ago may be offered again.
pub(super) fn may_repeat(options: &OffersOptions, assortment: &Assortment<'_>, item: u32, age_days: i32) -> bool {
    let after = options.repeat_after_days.map(i64::from);
    assortment.is_repeatable[item as usize] && after.is_some_and(|after| i64::from(age_days) >= after)
}
