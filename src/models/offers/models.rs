//! The models on a level, as of a day.

use crate::numerics::patterns::Baskets;
use crate::numerics::recommend::{
    Holdings, MOST_ITEMS, MOST_PAIRS, Model, Neighbours, PairCounts, RecommendError, RuleSearch, Similarity,
    co_purchase_rules, count_pairs, item_regressions, item_to_item, nearest, popularity, recent_popularity,
};

use super::histories::{History, Pair, When};
use super::options::ModelChoice;

/// A model that can be chosen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Candidate {
    Popularity,
    RecentPopularity,
    ItemToItem,
    Rules,
    /// With its penalty.
    ItemRegression(f64),
}

/// Penalties to choose from, in customers.
const PENALTIES: [f64; 3] = [50.0, 200.0, 1000.0];

/// The penalty when there is nothing to choose by.
pub(super) const USUAL_PENALTY: f64 = PENALTIES[1];

/// Days after which a purchase counts half for what is popular recently.
const HALF_LIFE_DAYS: f64 = 90.0;

/// Items that an item hears of.
const NEIGHBOURS: usize = 50;

/// Customers it takes to call two items alike.
const SHRINKAGE: f64 = 20.0;

/// Most pairs that rules are made of.
const MOST_RULES: usize = 200_000;

/// Share of the orders that both items of a rule must be in.
const MIN_SUPPORT: f64 = 1e-4;

/// Buyers that the share of those who buy an item again is pooled with.
const AGAIN_BUYERS: f64 = 10.0;

/// Concentration of the chance to go on buying an item.
const GOING_ON: f64 = 2.0;

/// A place of no item.
const NONE: u32 = u32::MAX;

impl Candidate {
    /// The candidates of an option, the baselines always among them.
    pub(super) fn of(choice: ModelChoice) -> Vec<Self> {
        let baselines = [Self::Popularity, Self::RecentPopularity];
        let regressions = PENALTIES.map(Self::ItemRegression);
        let others: Vec<Self> = match choice {
            ModelChoice::Auto => [Self::ItemToItem, Self::Rules].into_iter().chain(regressions).collect(),
            ModelChoice::Popularity | ModelChoice::RecentPopularity => Vec::new(),
            ModelChoice::ItemToItem => vec![Self::ItemToItem],
            ModelChoice::Rules => vec![Self::Rules],
            ModelChoice::ItemRegression => regressions.to_vec(),
        };
        baselines.into_iter().chain(others).collect()
    }

    /// Whether an option allows to choose it.
    pub(super) fn fits(self, choice: ModelChoice) -> bool {
        match choice {
            ModelChoice::Auto => true,
            ModelChoice::Popularity => self == Self::Popularity,
            ModelChoice::RecentPopularity => self == Self::RecentPopularity,
            ModelChoice::ItemToItem => self == Self::ItemToItem,
            ModelChoice::Rules => self == Self::Rules,
            ModelChoice::ItemRegression => matches!(self, Self::ItemRegression(_)),
        }
    }

    fn penalty(self) -> Option<f64> {
        match self {
            Self::ItemRegression(penalty) => Some(penalty),
            _ => None,
        }
    }

    /// What is taken of an option when there is nothing to test on.
    pub(super) fn untested(choice: ModelChoice) -> Self {
        match choice {
            ModelChoice::Popularity => Self::Popularity,
            ModelChoice::RecentPopularity => Self::RecentPopularity,
            ModelChoice::ItemToItem => Self::ItemToItem,
            ModelChoice::Rules => Self::Rules,
            ModelChoice::Auto | ModelChoice::ItemRegression => Self::ItemRegression(USUAL_PENALTY),
        }
    }

    /// Whether it offers everyone the same.
    pub(super) fn is_baseline(self) -> bool {
        matches!(self, Self::Popularity | Self::RecentPopularity)
    }

    /// Its name in the tables.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Popularity => "popularity",
            Self::RecentPopularity => "recent_popularity",
            Self::ItemToItem => "item_to_item",
            Self::Rules => "rules",
            Self::ItemRegression(_) => "item_regression",
        }
    }

    /// Its setting in words.
    pub(super) fn setting(self) -> Option<String> {
        match self {
            Self::ItemRegression(penalty) => Some(format!("penalty {penalty}")),
            _ => None,
        }
    }
}

/// A fitted candidate.
#[derive(Debug)]
pub(super) struct Fitted {
    pub(super) candidate: Candidate,
    pub(super) model: Model,
    /// Items of a regression that could not be solved; they stay at their popularity.
    pub(super) unsolved: usize,
}

/// What was bought until a day, in the form that models take. Items are numbered anew: those of most customers alone.
#[derive(Debug)]
pub(super) struct Train<'a> {
    history: &'a History,
    pub(super) when: When,
    /// The day.
    pub(super) day: i32,
    /// Place on the level of each item here.
    pub(super) items: Vec<u32>,
    /// Number here of each item of the level, or [`NONE`].
    numbers: Vec<u32>,
    pub(super) holdings: Holdings,
    ages: Vec<i32>,
    pub(super) pairs: Option<PairCounts>,
    neighbours: Option<Neighbours>,
    /// Share of the buyers of each item who bought it on another day again, pooled.
    pub(super) again: Vec<f64>,
}

impl<'a> Train<'a> {
    /// The items of `item_count` that `min_customers` had by the day.
    ///
    /// # Errors
    /// When the library of models refuses them.
    pub(super) fn new(
        history: &'a History,
        item_count: usize,
        when: When,
        day: i32,
        min_customers: u32,
    ) -> Result<Self, RecommendError> {
        let mut buyers = vec![0_u32; item_count];
        let mut repeated = vec![0_u32; item_count];
        for pair in history.pairs() {
            if let Some((_, days)) = pair.held(when) {
                buyers[pair.item as usize] += 1;
                repeated[pair.item as usize] += u32::from(days > 1);
            }
        }
        let enough = |item: &u32| buyers[*item as usize] >= min_customers.max(1);
        let mut items = (0..item_count as u32).filter(enough).collect::<Vec<_>>();
        if items.len() > MOST_ITEMS {
            items.sort_by_key(|item| (std::cmp::Reverse(buyers[*item as usize]), *item));
            items.truncate(MOST_ITEMS);
            items.sort_unstable();
        }
        let mut numbers = vec![NONE; item_count];
        for (number, item) in items.iter().enumerate() {
            numbers[*item as usize] = number as u32;
        }
        let (mut starts, mut held, mut ages) = (vec![0], Vec::new(), Vec::new());
        for row in 0..history.customers() {
            for pair in history.of(row) {
                let number = numbers[pair.item as usize];
                if let Some((last, _)) = pair.held(when).filter(|_| number != NONE) {
                    held.push(number);
                    ages.push(day - last);
                }
            }
            starts.push(held.len());
        }
        let holdings = Holdings::new(starts, held, items.len())?;
        let total = |counts: &[u32]| counts.iter().map(|count| f64::from(*count)).sum::<f64>();
        let overall = total(&repeated) / total(&buyers).max(1.0);
        let pooled = |item: &u32| {
            let [repeated, buyers] = [&repeated, &buyers].map(|counts| f64::from(counts[*item as usize]));
            (repeated + AGAIN_BUYERS * overall) / (buyers + AGAIN_BUYERS)
        };
        let again = items.iter().map(pooled).collect();
        Ok(Self { history, when, day, items, numbers, holdings, ages, pairs: None, neighbours: None, again })
    }

    /// The number here of an item of the level.
    pub(super) fn number(&self, item: u32) -> Option<u32> {
        self.numbers.get(item as usize).copied().filter(|number| *number != NONE)
    }

    /// Fits candidates; with each the number of items whose system could not be solved.
    ///
    /// # Errors
    /// When the library of models refuses the purchases.
    pub(super) fn fit(&mut self, candidates: &[Candidate]) -> Result<Vec<Fitted>, RecommendError> {
        if self.pairs.is_none() && candidates.iter().any(|candidate| !candidate.is_baseline()) {
            let pairs = count_pairs(&self.holdings, MOST_PAIRS)?;
            let near = nearest(&pairs, Similarity::Cosine, SHRINKAGE, NEIGHBOURS)?;
            (self.pairs, self.neighbours) = (Some(pairs), Some(near));
        }
        let penalties = candidates.iter().filter_map(|candidate| candidate.penalty()).collect::<Vec<_>>();
        let mut regressions = match (&self.pairs, &self.neighbours) {
            (Some(pairs), Some(near)) => item_regressions(pairs, near, &penalties)?.into_iter(),
            _ => Vec::new().into_iter(),
        };
        let mut fitted = Vec::with_capacity(candidates.len());
        for candidate in candidates {
            let (model, unsolved) = match (candidate, &self.pairs, &self.neighbours) {
                (Candidate::ItemToItem, Some(pairs), Some(near)) => (item_to_item(pairs, near), 0),
                (Candidate::Rules, ..) => (self.rules()?, 0),
                (Candidate::ItemRegression(_), ..) => match regressions.next() {
                    Some(found) => (found.model, found.unsolved),
                    None => (popularity(&self.holdings), 0),
                },
                _ => (self.fit_baseline(*candidate)?, 0),
            };
            fitted.push(Fitted { candidate: *candidate, model, unsolved });
        }
        Ok(fitted)
    }

    fn fit_baseline(&self, candidate: Candidate) -> Result<Model, RecommendError> {
        match candidate {
            Candidate::RecentPopularity => recent_popularity(&self.holdings, &self.ages, HALF_LIFE_DAYS),
            _ => Ok(popularity(&self.holdings)),
        }
    }

    fn rules(&self) -> Result<Model, RecommendError> {
        let (mut items, mut offsets) = (Vec::new(), vec![0]);
        let mut start = 0;
        for (end, day) in &self.history.order_ends {
            let own = &self.history.order_items[start as usize..*end as usize];
            start = *end;
            if *day <= self.day {
                items.extend(own.iter().filter_map(|item| self.number(*item)));
                offsets.push(items.len() as u32);
            }
        }
        let baskets = Baskets::new(&items, &offsets)?;
        let min_count = ((MIN_SUPPORT * baskets.len() as f64).ceil() as u32).max(2);
        let search = RuleSearch { min_count, most: MOST_RULES, neighbours: NEIGHBOURS };
        Ok(co_purchase_rules(&baskets, popularity(&self.holdings).base(), search)?.0)
    }

    /// The items that a customer holds and may be offered again, with what this adds to their relevance: the chance that
    /// someone who bought an item on n days goes on, `(S r + n − 1) / (S + n − 1)`, r the share of its buyers who did.
    pub(super) fn again(&self, row: usize, may: impl Fn(&Pair, i32) -> bool) -> Vec<(u32, f64)> {
        let one = |pair: &Pair| {
            let (last, days) = pair.held(self.when)?;
            let number = self.number(pair.item).filter(|_| may(pair, self.day - last))?;
            let before = f64::from(days.saturating_sub(1));
            Some((number, (GOING_ON * self.again[number as usize] + before) / (GOING_ON + before)))
        };
        self.history.of(row).iter().filter_map(one).collect()
    }
}
