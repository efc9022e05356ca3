//! Runs the searches and puts items into words.

use crate::clean::Cleaned;
use crate::numerics::patterns::PatternError;
use crate::purchases::Names;
use crate::stage::{Output, StageError, StageInputs, Step};
use crate::table::{Categories, Quality};

use super::analysis::PatternsOptions;
use super::baskets::{fewest_orders, rules_table, sets_table, together};
use super::census::Census;
use super::collect::{Days, Kept, Level, Orders};
use super::moves::moves_table;
use super::plots::plots;
use super::seasons::seasons_table;
use super::sequences::{fewest_customers, following, paths_table, sequences_table};

#[derive(Debug)]
pub(super) struct PatternsStep {
    /// None when the section is not there.
    pub(super) options: Option<PatternsOptions>,
}

impl Step for PatternsStep {
    fn is_idle(&self) -> bool {
        self.options.is_none()
    }

    fn run(&self, inputs: &StageInputs<'_>) -> Result<Output, StageError> {
        let Some(options) = &self.options else { return Ok(Output::default()) };
        let cleaned = inputs.cleaned;
        let scratch = |source| StageError::Scratch { path: "transaction lines".into(), source };
        let names = Names::of(cleaned);
        let wordings = [Level::Category, Level::Product].map(|level| Wording::of(level, &names, cleaned));
        let census = Census::of(cleaned, &names, inputs.run.as_of).map_err(scratch)?;
        let (mut sets, mut following_found, mut quality) = (Vec::new(), Vec::new(), Vec::new());
        for (level, wording) in [Level::Category, Level::Product].into_iter().zip(&wordings) {
            if level.items(&names).is_empty() {
                continue;
            }
            let fail = |error| StageError::Data(format!("[patterns], by {}: {error}", Level::NAMES[level as usize]));
            // what is too rare alone is in no pattern; one of the two at a time is in memory
            let least = fewest_orders(options.min_support, census.orders);
            let kept = Kept { level, counts: census.orders_of(level), least };
            let orders = Orders::of(cleaned, &names, &kept, census.orders).map_err(scratch)?;
            let (support, found) =
                rarest(options.min_support, |share| together(level, &orders, wording, options, share)).map_err(fail)?;
            drop(orders);
            sets.push(found);
            let start = share_of_few(&census, level, options.min_customers_share);
            let least = fewest_customers(start, census.customers);
            let kept = Kept { level, counts: census.customers_of(level), least };
            let days = Days::of(cleaned, &names, &kept, [census.orders, census.customers]).map_err(scratch)?;
            let (share, found) =
                rarest(start, |share| following(level, &days, wording, options, share)).map_err(fail)?;
            following_found.push(found);
            quality.extend(raised("min_support", level, options.min_support, support));
            quality.extend(raised("min_customers_share", level, options.min_customers_share, share));
        }
        if sets.is_empty() {
            let note = "neither categories nor products are known: map `category` or `product_id`";
            quality.push(Quality { ok: false, ..Quality::measured("patterns", "levels", 0.0, note) });
        }
        let tables = vec![
            sets_table(&sets)?,
            rules_table(&sets)?,
            sequences_table(&following_found)?,
            paths_table(&following_found)?,
            moves_table(&census.moves, &names, cleaned.has_money)?,
            seasons_table(&census.seasons, &names, inputs.run.as_of, cleaned)?,
        ];
        for table in &tables[..3] {
            quality.push(Quality::measured("patterns", table.spec().name, table.rows() as f64, "rows"));
        }
        let plots = plots(&tables[1], &tables[5])?;
        Ok(Output { tables, quality, plots, ..Output::default() })
    }
}

/// Searches with a share, and with half as much again while there are too many patterns to look at; with the share that did.
fn rarest<T>(share: f64, search: impl Fn(f64) -> Result<T, PatternError>) -> Result<(f64, T), PatternError> {
    let mut share = share;
    loop {
        match search(share) {
            Err(PatternError::TooMany { .. }) if share < 1.0 => share = (1.5 * share).min(1.0),
            found => return found.map(|found| (share, found)),
        }
    }
}

/// Most items that sequences are looked for among.
const MOST_SEQUENCE_ITEMS: usize = 100;

/// The share from which on few enough items are common: sequences of many common items are too many to look at.
fn share_of_few(census: &Census, level: Level, least: f64) -> f64 {
    let mut customers = census.customers_of(level).to_vec();
    customers.retain(|count| *count > 0);
    customers.sort_unstable_by(|a, b| b.cmp(a));
    let next = customers.get(MOST_SEQUENCE_ITEMS).map_or(0.0, |count| f64::from(count + 1));
    (next / f64::from(census.customers.max(1))).max(least).min(1.0)
}

/// That a limit was raised, and to what.
fn raised(option: &str, level: Level, asked: f64, used: f64) -> Option<Quality> {
    let level = Level::NAMES[level as usize];
    let note = format!("raised from {asked}: below it there are too many patterns by {level} to look at");
    (used > asked).then(|| Quality::measured("patterns", &format!("{option}_{level}"), used, note))
}

/// The levels of rows.
pub(super) fn levels(rows: impl Iterator<Item = Level>) -> Categories {
    Categories::from_codes(rows.map(|level| level as i32).collect(), Level::NAMES.map(str::to_owned).to_vec())
}

/// Items in words.
pub(super) struct Wording<'a> {
    items: &'a [String],
    names: Vec<&'a str>,
}

impl<'a> Wording<'a> {
    fn of(level: Level, names: &'a Names, cleaned: &'a Cleaned) -> Self {
        let items = level.items(names);
        let named = |id: &'a String| {
            let product = cleaned.products.ids().find(id).filter(|_| level == Level::Product);
            product.and_then(|product| cleaned.products.name(product)).unwrap_or(id)
        };
        Self { items, names: items.iter().map(named).collect() }
    }

    /// A set of items by their ids.
    pub(super) fn items(&self, set: &[u32]) -> String {
        set.iter().map(|item| self.items[*item as usize].as_str()).collect::<Vec<_>>().join(" + ")
    }

    /// A set of items by their names.
    pub(super) fn names(&self, set: &[u32]) -> String {
        set.iter().map(|item| self.names[*item as usize]).collect::<Vec<_>>().join(" + ")
    }

    /// Sets one after the other, by ids.
    pub(super) fn steps(&self, steps: &[Vec<u32>]) -> String {
        steps.iter().map(|set| self.items(set)).collect::<Vec<_>>().join(" → ")
    }

    /// Sets one after the other, by names.
    pub(super) fn named_steps(&self, steps: &[Vec<u32>]) -> String {
        steps.iter().map(|set| self.names(set)).collect::<Vec<_>>().join(" → ")
    }
}
