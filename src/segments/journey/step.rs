//! Runs the numerics over the events of all customers.

use arrow::array::Array;
use rayon::prelude::*;

use crate::clean::DAY_MINUTES;
use crate::numerics::journeys::{
    Attribution, AttributionOptions, Funnel, MarkovOrder, PathContrast, PathOptions, attribute, paths_before,
    transitions,
};
use crate::numerics::surveys::inference::Confidence;
use crate::stage::{Output, Rule, StageError, StageInputs, Step};
use crate::table::Quality;

use super::analysis::JourneyOptions;
use super::compare::{self, failed};
use super::events::{Events, purchases};
use super::experience::Tally;
use super::funnel;
use super::paths::{BEFORE, attribution_table, paths_table, transitions_table};
use super::silence::{Standing, standings, until_silence};
use super::states::States;
use super::touches::Touches;

/// Most paths before each event.
const MOST_PATHS: usize = 100;

#[derive(Debug)]
pub(super) struct JourneyStep {
    /// None when the section is not there.
    pub(super) options: Option<JourneyOptions>,
    /// The groups to compare, if others than the silent and the active.
    pub(super) groups: Option<[(String, Rule); 2]>,
}

/// What the whole journeys tell.
struct Told {
    funnel: Funnel,
    paths: Vec<PathContrast>,
    attribution: Attribution,
}

impl Step for JourneyStep {
    fn is_idle(&self) -> bool {
        self.options.is_none()
    }

    fn run(&self, inputs: &StageInputs<'_>) -> Result<Output, StageError> {
        let Some(options) = &self.options else { return Ok(Output::default()) };
        let cleaned = inputs.cleaned;
        if !cleaned.interactions.known {
            let note = "there is no source of interactions, so there are no journeys: add `[sources.interactions]`";
            let line = Quality { ok: false, ..Quality::measured("journey", "interactions", 0.0, note) };
            return Ok(Output { quality: vec![line], ..Output::default() });
        }
        let ids = inputs.tables.get("customers")?.text("customer_id")?;
        let keys: Vec<Option<u64>> =
            (0..ids.len()).into_par_iter().map(|row| cleaned.customers.find(ids.value(row))).collect();
        let (standings, usual_silence) = standings(inputs.tables)?;
        let silent = standings.iter().map(|standing| *standing == Standing::Silent).collect::<Vec<_>>();
        let silence_days = options.silence_days.unwrap_or(usual_silence).max(options.within_days + 1.0);
        let end = (inputs.run.as_of + 1).saturating_mul(DAY_MINUTES);
        let touches = Touches::of(cleaned, end);
        let states = States::of(&touches, &keys, &cleaned.interactions.outcomes, options.with_outcome);
        let bought =
            purchases(cleaned).map_err(|source| StageError::Scratch { path: "transaction lines".into(), source })?;
        let mut experience =
            Tally::new(&cleaned.feedback, (options.within_days * f64::from(DAY_MINUTES)).round() as i32);
        let mut events = Events::collect(&touches, bought, &keys, &states, end, |row, key, touches, purchases| {
            experience.add(key, touches, purchases, silent[row]);
        });
        let conversions = states.conversions();
        let confidence = Confidence::default();
        let (total, steps) = (events.states.len(), funnel::steps(options, &states));
        let (told, mut quality) = tell(&events, &conversions, &steps, options, silence_days, &states)?;

        let within = (options.within_days * 86_400.0).round() as i64;
        let purchase = states.purchase();
        events.keep(
            |row, own, seconds| if silent[row] { until_silence(own, seconds, purchase, within) } else { 0..own.len() },
        );
        let moves = events.journeys(&conversions).and_then(|all| transitions(&all, &silent)).map_err(failed)?;
        let compared = match &self.groups {
            Some(groups) => compare::by_rules(&events, &conversions, groups, inputs.tables, &silent, confidence)?,
            None => compare::by_silence(&mut events, &conversions, &standings, purchase, within, confidence)?,
        };
        let tables = vec![
            transitions_table(&moves, &states)?,
            funnel::table(&told.funnel, &steps)?,
            paths_table(&told.paths, &states)?,
            attribution_table(&told.attribution, &states, cleaned.has_money)?,
            experience.table()?,
            compare::table(&compared, &states)?,
        ];
        quality.extend(measured(&states, total, &silent, silence_days, &told, &compared.found));
        Ok(Output { tables, quality, ..Output::default() })
    }
}

/// Funnel, paths and attribution.
fn tell(
    events: &Events,
    conversions: &[bool],
    steps: &[String],
    options: &JourneyOptions,
    silence_days: f64,
    states: &States,
) -> Result<(Told, Vec<Quality>), StageError> {
    let confidence = Confidence::default();
    let journeys = events.journeys(conversions).map_err(failed)?;
    let (funnel, quality) = funnel::run(&journeys, steps, options, states, confidence).map_err(failed)?;
    let wanted =
        PathOptions { steps: options.path_steps, within_days: options.within_days, silence_days, limit: MOST_PATHS };
    let paths = BEFORE.iter().map(|(before, _)| paths_before(&journeys, *before, wanted, confidence));
    let paths = paths.collect::<Result<Vec<_>, _>>().map_err(failed)?;
    let wanted = AttributionOptions { within_days: Some(options.within_days), order: MarkovOrder::First };
    let attribution = attribute(&journeys, &events.values, wanted).map_err(failed)?;
    Ok((Told { funnel, paths, attribution }, quality))
}

/// What was counted, for `run_quality`.
fn measured(
    states: &States,
    events: usize,
    silent: &[bool],
    silence_days: f64,
    told: &Told,
    compared: &crate::numerics::journeys::Comparison,
) -> Vec<Quality> {
    let line = |check: &str, value: f64, note: &str| Quality::measured("journey", check, value, note);
    let count = |flags: &[bool]| flags.iter().filter(|flag| **flag).count() as f64;
    let undecided = told.paths.last().map_or(0, |paths| paths.undecided);
    vec![
        line("events", events as f64, "touches and purchase days of the customers"),
        line("states", states.names.len() as f64, "touchpoints with their outcomes, and the purchase"),
        line("touches_pooled", states.pooled as f64, "touches of states that are too rare: `other`"),
        line("customers_silent", count(silent), "customers who have lapsed or are lost by the lifecycle"),
        line("silence_days", silence_days, "days without a purchase that are a silence in `journey_paths`"),
        line("purchases_undecided", undecided as f64, "purchases too young to tell whether silence follows"),
        line(
            "purchases_without_touch",
            told.attribution.unattributed_conversions as f64,
            "purchase days without a touch in the days before",
        ),
        line("customers_a", compared.customers_a as f64, "customers of the first group compared"),
        line("customers_b", compared.customers_b as f64, "customers of the second group compared"),
    ]
}
