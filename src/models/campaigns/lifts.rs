//! What the next campaign may expect: effects of finished campaigns put together, and drawn to their mean.

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::{Float64Array, Int64Array, StringArray};

use crate::numerics::experiments::{Estimate, Pooled, pool, shrink};
use crate::table::{Categories, Table, TableBuilder, TableError};

use super::checks::estimate;
use super::contract::CAMPAIGN_LIFTS;
use super::outcomes::{CONVERSION, REVENUE};
use super::results::ResultRow;
use super::study::ALL_TREATMENTS;

/// Offer and channel; none stands for all together.
type Kind = (Option<String>, Option<String>);

/// Segment by and segment; none for all customers.
type Part = (Option<String>, Option<String>);

/// The effects of one campaign on one part of its customers.
#[derive(Debug, Clone, Default)]
struct Effects {
    treated: u64,
    control: u64,
    window_days: Option<i64>,
    /// Conversion, revenue.
    estimates: [Option<Estimate>; 2],
}

/// The effects of a kind of campaign on a part of the customers.
#[derive(Debug, Clone, Default)]
struct Lift {
    campaigns: u64,
    treated: u64,
    control: u64,
    window_days: Option<i64>,
    windows_differ: bool,
    pooled: [Option<Pooled>; 2],
    shrunk: [Option<f64>; 2],
    weights: [Option<f64>; 2],
    drawn_to: &'static str,
}

impl Lift {
    fn estimate(&self, outcome: usize) -> Option<Estimate> {
        self.pooled[outcome].map(|found| Estimate { effect: found.effect, standard_error: found.standard_error })
    }
}

/// The table of lifts; `revenue` is the name of the outcome that is revenue.
pub(super) fn lifts_table(rows: &[ResultRow], revenue: Option<&str>) -> Result<Table, TableError> {
    let campaigns = by_campaign(rows, revenue);
    let mut kinds: BTreeSet<Kind> = [(None, None)].into();
    for (offer, channel) in campaigns.values().map(|(kind, _)| kind) {
        kinds.insert((None, channel.clone()));
        if offer.is_some() {
            kinds.insert((offer.clone(), channel.clone()));
        }
    }
    if campaigns.is_empty() {
        kinds.clear();
    }
    let mut lifts: BTreeMap<(Kind, Part), Lift> = BTreeMap::new();
    for kind in &kinds {
        let own: Vec<_> = campaigns.values().filter(|(of, _)| is_of(of, kind)).map(|(_, effects)| effects).collect();
        let parts: BTreeSet<&Part> = own.iter().flat_map(|effects| effects.keys()).collect();
        for part in parts {
            let effects: Vec<&Effects> = own.iter().filter_map(|effects| effects.get(part)).collect();
            lifts.insert((kind.clone(), part.clone()), together(&effects));
        }
    }
    draw_kinds(&mut lifts);
    draw_segments(&mut lifts);
    table(&lifts)
}

/// Whether a campaign is of a kind.
fn is_of(campaign: &Kind, kind: &Kind) -> bool {
    match kind {
        (None, None) => true,
        (None, channel) => campaign.1 == *channel,
        both => campaign == both,
    }
}

/// The kind of each campaign, and its effects by part.
fn by_campaign<'a>(rows: &'a [ResultRow], revenue: Option<&str>) -> BTreeMap<&'a str, (Kind, BTreeMap<Part, Effects>)> {
    let several: BTreeSet<&str> =
        rows.iter().filter(|row| row.variant == ALL_TREATMENTS).map(|row| row.campaign_id.as_str()).collect();
    let mut campaigns: BTreeMap<&str, (Kind, BTreeMap<Part, Effects>)> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.is_final && (row.segment.is_some() || row.segment_by.is_none())) {
        let outcome = match row.outcome.as_str() {
            CONVERSION => 0,
            name if name == revenue.unwrap_or(REVENUE) => 1,
            _ => continue,
        };
        let id = row.campaign_id.as_str();
        let is_whole = row.variant == ALL_TREATMENTS || !several.contains(id);
        if !is_whole || row.figures.effect.is_none() {
            continue;
        }
        let kind = || (row.offer.clone(), row.channel.clone());
        let (_, parts) = campaigns.entry(id).or_insert_with(|| (kind(), BTreeMap::new()));
        let own = parts.entry((row.segment_by.clone(), row.segment.clone())).or_default();
        (own.treated, own.control) = (own.treated.max(row.figures.treated), own.control.max(row.figures.control));
        own.window_days = row.window_days;
        own.estimates[outcome] = estimate(row);
    }
    campaigns
}

fn together(effects: &[&Effects]) -> Lift {
    let sum = |value: fn(&Effects) -> u64| effects.iter().map(|own| value(own)).sum::<u64>();
    let known: Vec<(i64, u64)> = effects.iter().filter_map(|own| Some((own.window_days?, own.treated))).collect();
    let weight: u64 = known.iter().map(|(_, treated)| *treated).sum();
    let days: f64 = known.iter().map(|(days, treated)| *days as f64 * *treated as f64).sum();
    let pooled =
        [0, 1].map(|outcome| pool(&effects.iter().filter_map(|own| own.estimates[outcome]).collect::<Vec<_>>()));
    Lift {
        campaigns: effects.len() as u64,
        treated: sum(|own| own.treated),
        control: sum(|own| own.control),
        window_days: (weight > 0).then(|| (days / weight as f64).round() as i64),
        windows_differ: known.iter().any(|(days, _)| *days != known[0].0),
        pooled,
        ..Lift::default()
    }
}

/// Draws the effects of kinds of campaigns on all customers to that of all campaigns.
fn draw_kinds(lifts: &mut BTreeMap<(Kind, Part), Lift>) {
    let whole: Part = (None, None);
    let all = lifts.get(&((None, None), whole.clone())).map(|lift| lift.pooled);
    for by_offer in [false, true] {
        let level = |key: &(Kind, Part)| key.1 == whole && key.0.0.is_some() == by_offer && key.0 != (None, None);
        let own: Vec<[Option<Estimate>; 2]> =
            lifts.iter().filter(|(key, _)| level(key)).map(|(_, lift)| [lift.estimate(0), lift.estimate(1)]).collect();
        let between = [0, 1].map(|outcome| between(own.iter().map(|estimates| estimates[outcome])));
        for (_, lift) in lifts.iter_mut().filter(|(key, _)| level(key)) {
            for outcome in [0, 1] {
                let mean = all.and_then(|all| all[outcome]).map(|all| all.effect);
                draw(lift, outcome, mean, between[outcome]);
            }
            lift.drawn_to = "drawn to the mean of all campaigns";
        }
    }
    if let Some(lift) = lifts.get_mut(&((None, None), whole)) {
        for outcome in [0, 1] {
            draw(lift, outcome, None, None);
        }
        lift.drawn_to = "the mean of all campaigns, drawn to nothing";
    }
}

/// Draws the effects on segments to that of their kind of campaign on all customers.
fn draw_segments(lifts: &mut BTreeMap<(Kind, Part), Lift>) {
    let means: BTreeMap<Kind, [Option<f64>; 2]> = lifts
        .iter()
        .filter(|((_, part), _)| part.0.is_none())
        .map(|((kind, _), lift)| (kind.clone(), lift.shrunk))
        .collect();
    let mut spreads: BTreeMap<(Kind, Option<String>), [Vec<Option<Estimate>>; 2]> = BTreeMap::new();
    for ((kind, (by, _)), lift) in lifts.iter().filter(|((_, part), _)| part.0.is_some()) {
        let own = spreads.entry((kind.clone(), by.clone())).or_default();
        own.iter_mut().enumerate().for_each(|(outcome, list)| list.push(lift.estimate(outcome)));
    }
    let spreads: BTreeMap<_, _> =
        spreads.into_iter().map(|(key, lists)| (key, lists.map(|list| between(list.into_iter())))).collect();
    for ((kind, (by, _)), lift) in lifts.iter_mut().filter(|((_, part), _)| part.0.is_some()) {
        let spread = spreads.get(&(kind.clone(), by.clone())).copied().unwrap_or_default();
        let mean = means.get(kind).copied().unwrap_or_default();
        for outcome in [0, 1] {
            draw(lift, outcome, mean[outcome], spread[outcome]);
        }
        lift.drawn_to = "drawn to the effect on all customers of such campaigns";
    }
}

/// Variance of true effects about their mean; none when there is nothing beside one of them.
fn between(estimates: impl Iterator<Item = Option<Estimate>>) -> Option<f64> {
    let known: Vec<Estimate> = estimates.flatten().collect();
    pool(&known).filter(|found| found.effects > 1).map(|found| found.between_variance)
}

fn draw(lift: &mut Lift, outcome: usize, mean: Option<f64>, between: Option<f64>) {
    let own = lift.estimate(outcome);
    (lift.shrunk[outcome], lift.weights[outcome]) = match (mean, between, own) {
        (Some(mean), Some(between), own) => {
            let shrunk = shrink(own, mean, between);
            (Some(shrunk.effect), Some(shrunk.weight))
        }
        (Some(mean), None, None) => (Some(mean), Some(0.0)),
        (_, _, Some(own)) => (Some(own.effect), Some(1.0)),
        (None, _, None) => (None, None),
    };
}

fn table(lifts: &BTreeMap<(Kind, Part), Lift>) -> Result<Table, TableError> {
    let words = |value: fn(&(Kind, Part)) -> &Option<String>| {
        Categories::from_words(&lifts.keys().map(|key| value(key).as_deref()).collect::<Vec<_>>())
    };
    let count = |value: fn(&Lift) -> u64| lifts.values().map(|lift| value(lift) as i64).collect::<Vec<_>>();
    let real = |value: fn(&Lift) -> Option<f64>| lifts.values().map(value).collect::<Float64Array>();
    let weight = |lift: &Lift| lift.weights[1].or(lift.weights[0]).unwrap_or(0.0);
    let note = |lift: &Lift| {
        let windows = lift.windows_differ.then_some("windows of different length are put together");
        let errors =
            lift.pooled.iter().all(Option::is_none).then_some("no own figure with an error: the mean stands for it");
        [Some(lift.drawn_to), windows, errors].into_iter().flatten().collect::<Vec<_>>().join("; ")
    };
    TableBuilder::new(&CAMPAIGN_LIFTS)
        .category("offer", words(|key| &key.0.0))
        .category("channel", words(|key| &key.0.1))
        .category("segment_by", words(|key| &key.1.0))
        .category("segment", words(|key| &key.1.1))
        .count("campaigns", count(|lift| lift.campaigns))
        .count("treated", count(|lift| lift.treated))
        .count("control", count(|lift| lift.control))
        .count("window_days", lifts.values().map(|lift| lift.window_days).collect::<Int64Array>())
        .real("conversion_effect", real(|lift| lift.pooled[0].map(|found| found.effect)))
        .real("conversion_effect_se", real(|lift| lift.pooled[0].map(|found| found.standard_error)))
        .real("revenue_effect", real(|lift| lift.pooled[1].map(|found| found.effect)))
        .real("revenue_effect_se", real(|lift| lift.pooled[1].map(|found| found.standard_error)))
        .real("conversion_effect_shrunk", real(|lift| lift.shrunk[0]))
        .real("revenue_effect_shrunk", real(|lift| lift.shrunk[1]))
        .real("evidence_weight", lifts.values().map(weight).collect::<Vec<_>>())
        .text("note", StringArray::from_iter_values(lifts.values().map(note)))
        .build()
}
