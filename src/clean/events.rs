//! Interactions, feedback, campaigns and contacts: rows that are checked, counted and kept.

use polars::prelude::Series;

use crate::source::Batch;

use super::attributes::KeySpace;
use super::collect::{CleanSettings, clock};
use super::counts::SourceCounts;
use super::dates::{Clock, DAY_MINUTES};
use super::error::CleanError;
use super::feedback::{Answer, AnswerCollector, Feedback, Instrument, is_no_answer, leading_score, scale_of};
use super::ids::Interner;
use super::interactions::{Direction, Experience, Interactions, NO_NAME, Touch, TouchCollector};
use super::outreach::{Arm, Campaign, Contact, Outreach, OutreachCollector, yes_or_no};
use super::reject::Reason;
use super::source_files::SourceFiles;
use super::transactions::value_of;
use super::values::{Parsed, minutes, shown};
use super::view::{FileView, Refused, RepairedIds, series};

/// What is collected of these sources.
#[derive(Debug, Default)]
pub(super) struct Events {
    known: Vec<&'static str>,
    has_costs: bool,
    touches: TouchCollector,
    answers: AnswerCollector,
    outreach: OutreachCollector,
    control_arms: Vec<String>,
}

impl Events {
    /// Day of the newest interaction, answer or contact.
    pub(super) fn newest_day(&self) -> Option<i32> {
        let touched = self.touches.touches.iter().map(|touch| touch.minute).max();
        let answered = self.answers.answers.iter().map(|answer| answer.minute).max();
        let contacted = self.outreach.contacts.iter().filter_map(|contact| contact.contacted).max();
        touched.max(answered).max(contacted).map(|minute| minute.div_euclid(DAY_MINUTES))
    }

    /// Everything in order.
    pub(super) fn finish(self) -> (Interactions, Feedback, Outreach) {
        let known = |table: &str| self.known.contains(&table);
        let (interactions, feedback, contacts) = (known("interactions"), known("feedback"), known("contacts"));
        (
            self.touches.finish(interactions, self.has_costs),
            self.answers.finish(feedback),
            self.outreach.finish(contacts),
        )
    }
}

/// Checks the rows of one of these sources.
#[derive(Debug)]
pub(super) struct EventReader<'a> {
    clock: Clock,
    as_of: Option<i32>,
    events: &'a mut Events,
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
        events: &'a mut Events,
    ) -> Self {
        events.known.push(source.table);
        events.control_arms.clone_from(&settings.options.control_arms);
        events.has_costs |= source.table == "interactions" && source.columns.has("cost");
        Self { clock: clock(source, settings), as_of, events }
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
                Ok((_, Some(minute))) if self.as_of.is_some_and(|as_of| minute.div_euclid(DAY_MINUTES) > as_of) => {
                    counts.out_of_window.add(0);
                    let day = Some(minute.div_euclid(DAY_MINUTES));
                    counts.newest_out_of_window = counts.newest_out_of_window.max(day);
                }
                Ok((key, minute)) => {
                    let is_first = columns.keep(self.events, view.table, row, key, minute);
                    let place = if is_first { &mut counts.accepted } else { &mut counts.merged };
                    place.add(0);
                }
            }
        }
        Ok(refused)
    }
}

/// The columns of a batch.
struct Columns {
    customers: Option<RepairedIds>,
    required: Vec<(&'static str, Reason, Series)>,
    when: Option<(&'static str, Parsed<i32>)>,
    end: Option<Parsed<i32>>,
    responded: Option<Parsed<i32>>,
    scores: Option<Parsed<i64>>,
    score_cells: Option<Series>,
    costs: Option<Parsed<i64>>,
    texts: Vec<(&'static str, Series)>,
}

/// The columns that are kept as text.
const TEXTS: &[&str] = &[
    "touchpoint",
    "outcome",
    "topic",
    "campaign_id",
    "experience",
    "direction",
    "instrument",
    "scale",
    "arm",
    "responded",
    "name",
    "channel",
    "offer",
];

impl Columns {
    fn read(batch: &Batch, view: &FileView<'_>, clock: &Clock) -> Result<Self, CleanError> {
        let frame = &batch.frame;
        let clock = Clock { is_sheet: view.is_sheet(), ..clock.clone() };
        let needed = |name: &str| view.table != "interactions" || name != "campaign_id";
        let required = REQUIRED.iter().filter(|(name, _)| needed(name));
        let moments = |name: &'static str| {
            let column = series(frame, name)?;
            Some(minutes(&column, &clock, &view.dates(name), view.origin(name)))
        };
        let when = WHEN.iter().find_map(|name| Some(moments(name)?.map(|parsed| (*name, parsed))));
        Ok(Self {
            customers: view.ids(frame, "customer_id")?,
            required: required.filter_map(|(name, reason)| Some((*name, *reason, series(frame, name)?))).collect(),
            when: when.transpose()?,
            end: moments("end").transpose()?,
            responded: moments("responded_at").transpose()?,
            scores: view.amounts(frame, "score")?.map(|scores| labelled(scores, series(frame, "score").as_ref())),
            score_cells: series(frame, "score"),
            costs: view.amounts(frame, if view.table == "campaigns" { "cost_per_contact" } else { "cost" })?,
            texts: TEXTS.iter().filter_map(|name| Some((*name, series(frame, name)?))).collect(),
        })
    }

    /// The text of a cell; none when it is empty.
    fn text(&self, name: &str, row: usize) -> Option<String> {
        let (_, column) = self.texts.iter().find(|(known, _)| *known == name)?;
        Some(shown(column, row).trim().to_owned()).filter(|text| !text.is_empty())
    }

    fn instrument(&self, row: usize) -> Instrument {
        self.text("instrument", row).map_or(Instrument::Other, |text| Instrument::of(&text))
    }

    /// Keeps a checked row; whether it is the first of its kind.
    fn keep(&self, events: &mut Events, table: &str, row: usize, key: Option<u64>, minute: Option<i32>) -> bool {
        let number =
            |names: &mut Interner, name: &str| self.text(name, row).map_or(NO_NAME, |text| names.intern(&text));
        let cost = self.costs.as_ref().and_then(|costs| value_of(costs, row));
        let read = |moments: &Option<Parsed<i32>>| {
            let moments = moments.as_ref()?;
            let is_read = moments.refused.binary_search_by_key(&row, |(at, _)| *at).is_err();
            is_read.then(|| moments.values[row])
        };
        match (table, key, minute) {
            ("interactions", Some(customer), Some(minute)) => {
                let names = &mut events.touches;
                let touch = Touch {
                    customer,
                    minute,
                    touchpoint: number(&mut names.touchpoints, "touchpoint"),
                    outcome: number(&mut names.outcomes, "outcome"),
                    topic: number(&mut names.topics, "topic"),
                    campaign: number(&mut names.campaigns, "campaign_id"),
                    experience: Experience::of(&self.text("experience", row).unwrap_or_default()),
                    direction: Direction::of(&self.text("direction", row).unwrap_or_default()),
                    cost: cost.unwrap_or_default(),
                };
                names.touches.push(touch);
            }
            ("feedback", Some(customer), Some(minute)) => {
                let instrument = self.instrument(row);
                let scale = self.text("scale", row).and_then(|text| scale_of(&text, instrument));
                let answer = Answer {
                    customer,
                    minute,
                    instrument,
                    score: self.scores.as_ref().and_then(|scores| value_of(scores, row)).unwrap_or_default(),
                    scale: scale.or(instrument.usual_scale()),
                    topic: number(&mut events.answers.topics, "topic"),
                };
                events.answers.answers.push(answer);
            }
            ("campaigns", _, Some(start)) => {
                let campaign = Campaign {
                    start: start.div_euclid(DAY_MINUTES),
                    end: read(&self.end).map(|minute| minute.div_euclid(DAY_MINUTES)),
                    name: self.text("name", row),
                    channel: self.text("channel", row),
                    cost_per_contact: cost,
                    offer: self.text("offer", row),
                };
                return events.outreach.campaign(self.text("campaign_id", row).unwrap_or_default(), campaign);
            }
            ("contacts", Some(customer), contacted) => {
                let contact = Contact {
                    customer,
                    contacted,
                    campaign: number(&mut events.outreach.ids, "campaign_id"),
                    arm: self.text("arm", row).map_or(Arm::Unknown, |text| Arm::of(&text, &events.control_arms)),
                    variant: number(&mut events.outreach.variants, "arm"),
                    responded: read(&self.responded),
                    response: self.text("responded", row).and_then(|text| yes_or_no(&text)),
                };
                events.outreach.contacts.push(contact);
            }
            _ => {}
        }
        true
    }

    /// The customer and minute of a row, or the column that it is refused for.
    fn check(&self, row: usize, keys: &mut KeySpace<'_>) -> Result<(Option<u64>, Option<i32>), (&'static str, Reason)> {
        for (name, reason, column) in &self.required {
            if shown(column, row).trim().is_empty() {
                return Err((name, *reason));
            }
        }
        let minute = match &self.when {
            None => None,
            Some((name, parsed)) => match parsed.refused.binary_search_by_key(&row, |(at, _)| *at) {
                Err(_) => Some(parsed.values[row]),
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
        Ok((key, minute))
    }

    /// A score must be there, and within its scale where one is told; a Net Promoter answer is a whole number from 0 to
    /// 10 (Reichheld 2003).
    fn check_score(&self, row: usize) -> Result<(), (&'static str, Reason)> {
        let Some(scores) = &self.scores else { return Ok(()) };
        let instrument = self.instrument(row);
        let is_nps = instrument == Instrument::Nps;
        let told = self.text("scale", row).and_then(|text| Some((scale_of(&text, instrument)?, text)));
        // a scale that is told by its best score alone may begin at zero
        let (low, best) = match told {
            Some(((low, best), text)) if text.contains(|c: char| !c.is_ascii_digit() && c != '.') => (low, Some(best)),
            Some(((_, best), _)) => (0, Some(best)),
            None => (0, is_nps.then_some(10 * UNIT)),
        };
        let fits = |score: i64| score >= low && best.is_none_or(|best| score <= best) && (!is_nps || score % UNIT == 0);
        if value_of(scores, row).is_some_and(fits) {
            return Ok(());
        }
        let says_nothing = self.score_cells.as_ref().is_none_or(|cells| is_no_answer(&shown(cells, row)));
        Err(("score", if says_nothing { Reason::NoAnswer } else { Reason::UnreadableScore }))
    }
}

/// The scores, those with a label behind the number included.
fn labelled(mut scores: Parsed<i64>, cells: Option<&Series>) -> Parsed<i64> {
    if let Some(cells) = cells {
        let Parsed { values, refused } = &mut scores;
        refused.retain(|(row, _)| {
            let found = leading_score(&shown(cells, *row));
            values[*row] = found.unwrap_or(values[*row]);
            found.is_none()
        });
    }
    scores
}
