//! Interactions, feedback, campaigns and contacts: rows that are checked and counted; of interactions, their number and
//! cost by customer are kept.

use hashbrown::HashMap;

use crate::source::Batch;

use super::attributes::KeySpace;
use super::collect::{CleanSettings, SourceFiles, clock};
use super::counts::SourceCounts;
use super::dates::{Clock, DAY_MINUTES};
use super::error::CleanError;
use super::reject::Reason;
use super::transactions::value_of;
use super::values::{Parsed, minutes, shown};
use super::view::{FileView, Refused, series};

/// What passed between the business and its customers, until the as-of day.
#[derive(Debug, Default)]
pub struct Interactions {
    /// Whether there is such a source.
    pub known: bool,
    /// Whether it tells costs.
    pub has_costs: bool,
    /// By customer key: how many, and what they cost in ten-thousandths.
    pub by_customer: HashMap<u64, (u32, i64)>,
}

/// Checks the rows of one of these sources.
#[derive(Debug)]
pub(super) struct EventReader<'a> {
    clock: Clock,
    as_of: Option<i32>,
    interactions: Option<&'a mut Interactions>,
}

/// A column that must be filled, and why a row without it is refused.
const REQUIRED: &[(&str, Reason)] =
    &[("campaign_id", Reason::MissingCampaignId), ("touchpoint", Reason::MissingTouchpoint)];

/// Ten-thousandths in one.
const UNIT: i64 = 10_000;

/// The dates that place a row in time.
const WHEN: &[&str] = &["timestamp", "start", "contacted_at"];

impl<'a> EventReader<'a> {
    /// A reader of a source; rows after `as_of` are out of window.
    pub(super) fn new(
        source: &SourceFiles,
        settings: &CleanSettings<'_>,
        as_of: Option<i32>,
        interactions: &'a mut Interactions,
    ) -> Self {
        let is_interactions = source.table == "interactions";
        if is_interactions {
            interactions.known = true;
            interactions.has_costs = source.columns.has("cost");
        }
        Self { clock: clock(source, settings), as_of, interactions: is_interactions.then_some(interactions) }
    }

    /// Takes a batch of a file.
    pub(super) fn take(
        &mut self,
        batch: &Batch,
        view: &FileView<'_>,
        keys: &mut KeySpace<'_>,
        counts: &mut SourceCounts,
    ) -> Result<Vec<Refused>, CleanError> {
        let columns = Columns::read(batch, view, &self.clock)?;
        let mut refused = Vec::new();
        for row in 0..batch.frame.height() {
            counts.read.add(0);
            match columns.check(row, keys) {
                Err((column, reason)) => {
                    counts.refuse(reason, 0);
                    let value = series(&batch.frame, column).map(|s| shown(&s, row)).unwrap_or_default();
                    let column = view.origin(column).column.to_owned();
                    refused.push(Refused { line: batch.lines.of(row), column, value, reason });
                }
                Ok((_, Some(day))) if self.as_of.is_some_and(|as_of| day > as_of) => {
                    counts.out_of_window.add(0);
                    counts.newest_out_of_window = counts.newest_out_of_window.max(Some(day));
                }
                Ok((key, _)) => {
                    counts.accepted.add(0);
                    if let (Some(interactions), Some(key)) = (self.interactions.as_deref_mut(), key) {
                        let (count, cost) = interactions.by_customer.entry(key).or_default();
                        *count += 1;
                        let own = columns.costs.as_ref().and_then(|costs| value_of(costs, row)).unwrap_or_default();
                        *cost = cost.saturating_add(own);
                    }
                }
            }
        }
        Ok(refused)
    }
}

/// The columns of a batch that are checked.
struct Columns {
    customers: Option<super::view::RepairedIds>,
    required: Vec<(&'static str, Reason, polars::prelude::Series)>,
    when: Option<(&'static str, Parsed<i32>)>,
    scores: Option<Parsed<i64>>,
    instruments: Option<polars::prelude::Series>,
    scales: Option<Parsed<i64>>,
    costs: Option<Parsed<i64>>,
}

impl Columns {
    fn read(batch: &Batch, view: &FileView<'_>, clock: &Clock) -> Result<Self, CleanError> {
        let frame = &batch.frame;
        let clock = Clock { is_sheet: view.is_sheet(), ..clock.clone() };
        let needed = |name: &str| view.table != "interactions" || name != "campaign_id";
        let required = REQUIRED.iter().filter(|(name, _)| needed(name));
        let when = WHEN.iter().find_map(|name| Some((*name, series(frame, name)?)));
        let when = when.map(|(name, column)| {
            minutes(&column, &clock, &view.dates(name), view.origin(name)).map(|parsed| (name, parsed))
        });
        Ok(Self {
            customers: view.ids(frame, "customer_id")?,
            required: required.filter_map(|(name, reason)| Some((*name, *reason, series(frame, name)?))).collect(),
            when: when.transpose()?,
            scores: view.amounts(frame, "score")?,
            instruments: series(frame, "instrument"),
            scales: view.amounts(frame, "scale")?,
            costs: view.amounts(frame, "cost")?,
        })
    }

    /// The customer and day of a row, or the column that it is refused for.
    fn check(&self, row: usize, keys: &mut KeySpace<'_>) -> Result<(Option<u64>, Option<i32>), (&'static str, Reason)> {
        for (name, reason, column) in &self.required {
            if shown(column, row).trim().is_empty() {
                return Err((name, *reason));
            }
        }
        let day = match &self.when {
            None => None,
            Some((name, parsed)) => match parsed.refused.binary_search_by_key(&row, |(at, _)| *at) {
                Err(_) => Some(parsed.values[row].div_euclid(DAY_MINUTES)),
                Ok(at) if *name == "contacted_at" && parsed.refused[at].1 == Reason::MissingTimestamp => None,
                Ok(at) => return Err((name, parsed.refused[at].1)),
            },
        };
        self.check_score(row)?;
        let key = match &self.customers {
            None => None,
            Some(customers) => {
                if let Some(reason) = customers.refusal(row) {
                    return Err(("customer_id", reason));
                }
                Some(keys.key(&customers.ids, row).map_err(|reason| ("customer_id", reason))?)
            }
        };
        Ok((key, day))
    }

    /// A score must be there, and within its scale where one is told; a Net Promoter answer is a whole number from 0 to
    /// 10 (Reichheld 2003).
    fn check_score(&self, row: usize) -> Result<(), (&'static str, Reason)> {
        let Some(scores) = &self.scores else { return Ok(()) };
        let score = value_of(scores, row);
        let best = self.scales.as_ref().and_then(|scales| value_of(scales, row));
        let is_nps = self.instruments.as_ref().is_some_and(|i| shown(i, row).trim().eq_ignore_ascii_case("nps"));
        let best = best.or(is_nps.then_some(10 * UNIT));
        let is_whole = |score: i64| score % UNIT == 0;
        let fits = |score: i64| score >= 0 && best.is_none_or(|best| score <= best) && (!is_nps || is_whole(score));
        let fits = score.is_some_and(fits);
        if fits { Ok(()) } else { Err(("score", Reason::UnreadableScore)) }
    }
}
