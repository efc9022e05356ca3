//! From purchases and contacts to the tables.

use arrow::array::{Array, StringArray};
use hashbrown::HashMap;

use crate::clean::Cleaned;
use crate::numerics::recommend::RecommendError;
use crate::purchases::Names;
use crate::stage::{Output, StageError, StageInputs, Step};
use crate::table::Quality;

use super::assortment::Assortment;
use super::channel::Channels;
use super::channel_table::Rates;
use super::choose::{Choice, MIN_TESTED, Tested, choose};
use super::collect::{Wanted, collect};
use super::models::Candidate;
use super::next_best::{best_channels, next_best_table};
use super::offers_table::{Offered, offer, offers_table};
use super::options::{Level, OffersOptions, RankBy};
use super::skill_table::skill_table;
use super::timing::timings;

#[derive(Debug)]
pub(super) struct OffersStep {
    /// None when the section is not there.
    pub(super) options: Option<OffersOptions>,
}

impl Step for OffersStep {
    fn is_idle(&self) -> bool {
        self.options.is_none()
    }

    fn run(&self, inputs: &StageInputs<'_>) -> Result<Output, StageError> {
        let Some(options) = &self.options else { return Ok(Output::default()) };
        let (cleaned, as_of) = (inputs.cleaned, inputs.run.as_of);
        let customers = inputs.tables.get("customers")?;
        let ids = customers.text("customer_id")?;
        let keys = keys(ids, cleaned);
        let rows =
            keys.iter().enumerate().filter_map(|(row, key)| Some(((*key)?, row as u32))).collect::<HashMap<_, _>>();
        let names = Names::of(cleaned);
        let cut = as_of.saturating_sub(i32::try_from(options.holdout_days).unwrap_or(i32::MAX));
        let levels = Level::ALL.map(|level| options.level.has(level));
        let wanted = Wanted { cut, levels, orders: Candidate::of(options.model).contains(&Candidate::Rules) };
        let collected = collect(cleaned, &names, &rows, ids.len(), wanted)
            .map_err(|source| StageError::Scratch { path: "transaction lines".into(), source })?;
        let assortments = Level::ALL.map(|level| Assortment::of(level, &names, cleaned, &collected, options));
        let (mut tested, mut offered, mut output) = (Vec::new(), Vec::new(), Output::default());
        for assortment in assortments.iter().filter(|a| options.level.has(a.level) && !a.ids.is_empty()) {
            let history = &collected.histories[assortment.level as usize];
            let fail =
                |error: RecommendError| StageError::Data(format!("[offers], by {}: {error}", assortment.level.name()));
            let by_margin = options.rank_by == RankBy::ExpectedMargin && assortment.margins.is_some();
            let choice = choose(history, assortment, options, cut, by_margin).map_err(fail)?;
            let made = offer(history, assortment, options, &choice, as_of, by_margin).map_err(fail)?;
            tell(&made, &choice, options, &mut output);
            let has_margin = assortment.margins.is_some();
            tested.extend(choice.tested.into_iter().map(|tested| (assortment.level, has_margin, tested)));
            offered.push(made);
        }
        if offered.is_empty() {
            let note = "neither categories nor products are known: map `category` or `product_id`";
            output.quality.push(Quality { ok: false, ..Quality::measured("offers", "levels", 0.0, note) });
        }
        let channels = Channels::of(&keys, cleaned, &options.response_outcomes);
        let rates = Rates::of(&channels, ids.len(), &options.segment_by, inputs)?;
        let best = best_channels(&channels, &rates, customers, cleaned)?;
        let timings = timings(&keys, &collected, cleaned, customers, as_of)?;
        let unreached = best.iter().filter(|best| best.channel.is_none()).count();
        let note = "no channel whose response is known may be used";
        output.quality.push(Quality::measured("offers", "customers_without_channel", unreached as f64, note));
        output.tables = vec![
            offers_table(&offered, ids)?,
            next_best_table(ids, &offered, &channels, &best, timings.as_deref())?,
            skill_table(&tested)?,
            rates.table()?,
        ];
        Ok(output)
    }
}

/// Keys of the customers by row; none for one without a key.
fn keys(ids: &StringArray, cleaned: &Cleaned) -> Vec<Option<u64>> {
    (0..ids.len()).map(|row| cleaned.customers.find(ids.value(row))).collect()
}

/// What happened on a level, for `run_quality` and the console.
fn tell(made: &Offered<'_>, choice: &Choice, options: &OffersOptions, output: &mut Output) {
    let level = made.assortment.level.name();
    let mut line = |check: &str, measured: usize, note: String| {
        output.quality.push(Quality::measured("offers", &format!("{level}_{check}"), measured as f64, note));
    };
    let note = "everything that may be offered was bought: no offer, and none is made up";
    line("customers_without_offer", made.without, note.to_owned());
    if made.assortment.unlisted > 0 {
        let note = "bought, but not in the products source: never offered";
        line("items_not_in_catalogue", made.assortment.unlisted, note.to_owned());
    }
    let unavailable = made.assortment.is_available.iter().filter(|is| !**is).count();
    if unavailable > 0 {
        line("items_unavailable", unavailable, "discontinued or out of stock: never offered".to_owned());
    }
    if let Some(pairs) = made.train.pairs.as_ref().filter(|pairs| pairs.stride() > 1) {
        let note = format!("pairs are counted over every {}. customer, there are too many for all", pairs.stride());
        line("customers_counted", pairs.customers() as usize, note);
    }
    if choice.unsolved > 0 {
        let note = "items whose regression could not be solved; they stay at their popularity";
        line("items_unsolved", choice.unsolved, note.to_owned());
    }
    let name = choice.candidate.name();
    if choice.customers < MIN_TESTED {
        let note = format!("customers to test on, {MIN_TESTED} are needed: {name} is taken untested");
        line("customers_tested", choice.customers, note);
    } else {
        let days = options.holdout_days;
        line("customers_tested", choice.customers, format!("bought something new in the last {days} days"));
    }
    let found = |candidate: Candidate, by_margin: bool| {
        let wanted = |t: &&Tested| t.list_length == options.top && t.candidate == candidate && t.by_margin == by_margin;
        choice.tested.iter().find(wanted)
    };
    let rate = |candidate: Candidate| found(candidate, false)?.skill.hit_rate.map(|rate| 100.0 * rate.share);
    if let (Some(own), Some(popular)) = (rate(choice.candidate), rate(Candidate::Popularity)) {
        let top = options.top;
        let mut text = format!("{name}: {own:.1} % bought one of {top} offers, {popular:.1} % by popularity");
        let worth = [choice.candidate, Candidate::Popularity].map(|candidate| found(candidate, true));
        if let [Some(own), Some(popular)] = worth.map(|tested| tested.map(|t| t.skill.value)) {
            text.push_str(&format!("; ranked by margin, {own:.2} of margin per customer, {popular:.2} by popularity"));
        }
        output.summary.push((format!("offers by {level}"), text));
    }
}
