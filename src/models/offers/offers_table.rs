//! The offers of all customers by the chosen model, and their table.

use arrow::array::{Float64Array, StringArray};
use rayon::prelude::*;

use crate::numerics::recommend::{Ranker, RecommendError, Wish, Workspace, popularity};
use crate::table::{Categories, Table, TableBuilder, TableError};

use super::assortment::Assortment;
use super::choose::{Choice, may_repeat};
use super::contract::OFFERS;
use super::histories::{History, Pair, When};
use super::models::Train;
use super::options::{Level, OffersOptions};

/// An offer in a flat list.
#[derive(Debug, Clone, Copy)]
struct Row {
    customer: u32,
    rank: u32,
    /// Places on the level.
    item: u32,
    because: Option<u32>,
    relevance: f64,
    score: f64,
    /// Whether the customer never bought anything.
    is_new: bool,
}

/// The offers of a level.
#[derive(Debug)]
pub(super) struct Offered<'a> {
    pub(super) assortment: &'a Assortment<'a>,
    pub(super) train: Train<'a>,
    factor: Option<f64>,
    rows: Vec<Row>,
    /// Customers without any offer.
    pub(super) without: usize,
}

/// Makes the offers of a level as of today; customers who never bought get what is popular.
///
/// # Errors
/// When the library of models refuses the purchases.
pub(super) fn offer<'a>(
    history: &'a History,
    assortment: &'a Assortment<'a>,
    options: &OffersOptions,
    choice: &Choice,
    as_of: i32,
    by_margin: bool,
) -> Result<Offered<'a>, RecommendError> {
    let mut train = Train::new(history, assortment.ids.len(), When::Now, as_of, options.min_customers)?;
    let popular = popularity(&train.holdings);
    let fitted = train.fit(&[choice.candidate])?.pop();
    let model = fitted.map_or_else(|| popular.clone(), |fitted| fitted.model);
    let may = |item: &u32| assortment.is_allowed[*item as usize] && assortment.is_available[*item as usize];
    let offerable = train.items.iter().map(may).collect::<Vec<_>>();
    let margins = assortment.margins.as_ref().filter(|_| by_margin);
    let margins = margins.map(|all| train.items.iter().map(|item| all[*item as usize]).collect::<Vec<_>>());
    let ranker = Ranker::new(&model, &offerable, margins.as_deref());
    let list = |workspace: &mut Workspace, row: usize| {
        let may = |pair: &Pair, age: i32| may_repeat(options, assortment, pair.item, age);
        let again = if options.repeat_after_days.is_some() { train.again(row, may) } else { Vec::new() };
        ranker.top(Wish { held: train.holdings.of(row), again: &again }, options.top, workspace)
    };
    let lists = (0..history.customers()).into_par_iter().map_init(Workspace::default, list).collect::<Vec<_>>();
    let strangers = Ranker::new(&popular, &offerable, margins.as_deref());
    let to_strangers = strangers.top(Wish::default(), options.top, &mut Workspace::default());
    let strangers_too = |(customer, own): (usize, &Vec<_>)| {
        if history.of(customer).is_empty() { to_strangers.len() } else { own.len() }
    };
    let count = lists.iter().enumerate().map(strangers_too).sum();
    let (mut rows, mut without) = (Vec::with_capacity(count), 0);
    for (customer, own) in lists.into_iter().enumerate() {
        let is_new = history.of(customer).is_empty();
        let list = if is_new { &to_strangers } else { &own };
        without += usize::from(list.is_empty());
        for (rank, offer) in list.iter().enumerate() {
            rows.push(Row {
                customer: customer as u32,
                rank: rank as u32 + 1,
                item: train.items[offer.item as usize],
                because: offer.because.map(|by| train.items[by as usize]),
                relevance: offer.relevance,
                score: offer.score,
                is_new,
            });
        }
    }
    Ok(Offered { assortment, train, factor: choice.factor, rows, without })
}

impl Offered<'_> {
    /// The first offer of each customer, by its place on the level; -1 for none.
    pub(super) fn first(&self, customers: usize) -> Vec<i32> {
        let mut first = vec![-1; customers];
        for row in self.rows.iter().filter(|row| row.rank == 1) {
            first[row.customer as usize] = row.item as i32;
        }
        first
    }

    fn probability(&self, row: &Row) -> Option<f64> {
        self.factor.filter(|_| !row.is_new).map(|factor| (factor * row.relevance).clamp(0.0, 1.0))
    }

    fn margin(&self, row: &Row) -> Option<f64> {
        self.assortment.margins.as_ref().map(|margins| margins[row.item as usize])
    }

    /// Share of the buyers of `because` who bought the item too; of itself, of those who bought it again.
    fn share(&self, item: u32, because: u32) -> Option<f64> {
        let [item_number, by] = [self.train.number(item)?, self.train.number(because)?].map(|n| n as usize);
        if item == because {
            return Some(self.train.again[by]);
        }
        Some(self.train.pairs.as_ref()?.share(by, item_number))
    }

    fn reason(&self, item: u32, because: Option<u32>) -> String {
        let percent = |share: f64| format!("{:.0} %", 100.0 * share);
        match because.and_then(|by| Some((by, self.share(item, by)?))) {
            Some((by, share)) if by == item => format!("bought it before; {} of its buyers did again", percent(share)),
            Some((by, share)) => {
                let name = self.assortment.names[by as usize];
                format!("bought {name}; {} of its buyers bought this", percent(share))
            }
            None => {
                let buyers = self.train.number(item).map_or(0, |number| self.buyers(number as usize));
                let share = f64::from(buyers) / self.train.holdings.holders().max(1) as f64;
                if share < 0.01 {
                    format!("{buyers} customers bought this")
                } else {
                    format!("{} of customers bought this", percent(share))
                }
            }
        }
    }

    fn buyers(&self, number: usize) -> u32 {
        self.train
            .pairs
            .as_ref()
            .map_or_else(|| self.train.holdings.buyers()[number], |pairs| pairs.buyers(number) * pairs.stride() as u32)
    }
}

/// Rows of both levels with their level, customer by customer.
fn merged<'a>(offered: &'a [Offered<'a>]) -> Vec<(&'a Offered<'a>, &'a Row)> {
    let mut rows = offered.iter().flat_map(|level| level.rows.iter().map(move |row| (level, row))).collect::<Vec<_>>();
    rows.sort_by_key(|(level, row)| (row.customer, level.assortment.level, row.rank));
    rows
}

/// The table.
pub(super) fn offers_table(offered: &[Offered<'_>], ids: &StringArray) -> Result<Table, TableError> {
    let rows = merged(offered);
    let level = |rows: &(&Offered<'_>, &Row)| rows.0.assortment.level as i32;
    let levels =
        Categories::from_codes(rows.iter().map(level).collect(), Level::ALL.map(|l| l.name().to_owned()).to_vec());
    let customers = StringArray::from_iter_values(rows.iter().map(|(_, row)| ids.value(row.customer as usize)));
    let item = |level: &Offered<'_>, item: u32| level.assortment.ids[item as usize].clone();
    let name = |level: &Offered<'_>, item: u32| level.assortment.names[item as usize].to_owned();
    let probability = |(level, row): &(&Offered<'_>, &Row)| level.probability(row);
    let margin = |(level, row): &(&Offered<'_>, &Row)| level.margin(row);
    let expected = |at: &(&Offered<'_>, &Row)| probability(at).zip(margin(at)).map(|(p, m)| p * m);
    let share = |(level, row): &(&Offered<'_>, &Row)| row.because.and_then(|by| level.share(row.item, by));
    let of_item = |row: &Row| Some((row.item, None));
    let because = |row: &Row| Some((row.because?, None));
    let reason = |row: &Row| Some((row.item, row.because));
    TableBuilder::new(&OFFERS)
        .text("customer_id", customers)
        .category("level", levels)
        .score("rank", rows.iter().map(|(_, row)| row.rank as i32).collect::<Vec<_>>())
        .category("item", worded(offered, &rows, of_item, |level, key, _| item(level, key)))
        .category("item_name", worded(offered, &rows, of_item, |level, key, _| name(level, key)))
        .real("score", rows.iter().map(|(_, row)| row.score).collect::<Vec<_>>())
        .real("relevance", rows.iter().map(|(_, row)| row.relevance).collect::<Vec<_>>())
        .real("purchase_probability", rows.iter().map(probability).collect::<Float64Array>())
        .real("margin", rows.iter().map(margin).collect::<Float64Array>())
        .real("expected_margin", rows.iter().map(expected).collect::<Float64Array>())
        .category("because", worded(offered, &rows, because, |level, key, _| item(level, key)))
        .real("because_share", rows.iter().map(share).collect::<Float64Array>())
        .category("reason", worded(offered, &rows, reason, |level, item, by| level.reason(item, by)))
        .build()
}

/// The key of a row without a word.
const NO_WORD: u64 = u64::MAX;

/// A column of words that many rows share: each distinct key, an item and what it is offered because of, is put into words
/// once. Items are fewer than 2³¹.
fn worded(
    offered: &[Offered<'_>],
    rows: &[(&Offered<'_>, &Row)],
    key: impl Fn(&Row) -> Option<(u32, Option<u32>)>,
    word: impl Fn(&Offered<'_>, u32, Option<u32>) -> String,
) -> Categories {
    let packed = |(level, row): &(&Offered<'_>, &Row)| {
        let (item, by) = key(row)?;
        let by = by.map_or(0, |by| u64::from(by) + 1);
        Some((level.assortment.level as u64) << 63 | u64::from(item) << 32 | by)
    };
    let keys = rows.iter().map(|row| packed(row).unwrap_or(NO_WORD)).collect::<Vec<_>>();
    let mut distinct = keys.clone();
    distinct.sort_unstable();
    distinct.dedup();
    distinct.retain(|key| *key != NO_WORD);
    let level = |key: u64| offered.iter().find(|offered| offered.assortment.level as u64 == key >> 63);
    let by = |key: u64| (key as u32).checked_sub(1);
    let words = distinct.iter().map(|key| {
        level(*key).map_or_else(String::new, |level| word(level, (*key >> 32) as u32 & (u32::MAX >> 1), by(*key)))
    });
    let words = words.collect::<Vec<_>>();
    let mut names = words.clone();
    names.sort_unstable();
    names.dedup();
    let codes = words.iter().map(|word| names.binary_search(word).map_or(-1, |at| at as i32)).collect::<Vec<_>>();
    let code = |key: &u64| distinct.binary_search(key).map_or(-1, |at| codes[at]);
    Categories::from_codes(keys.iter().map(code).collect(), names)
}
