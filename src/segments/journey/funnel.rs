//! The funnel.

use arrow::array::Float64Array;

use crate::numerics::journeys::{Funnel, FunnelStep, JourneyError, Journeys, funnel};
use crate::numerics::surveys::inference::{Confidence, Proportion};
use crate::table::{Quality, Table, TableBuilder, TableError};

use super::analysis::JourneyOptions;
use super::contract::JOURNEY_FUNNEL;
use super::states::{PURCHASE, States};

/// Any touch.
const TOUCH: &str = "touch";

/// Any touch that the customer begins.
const INBOUND: &str = "inbound";

/// The steps: those of the options, or any touch (one that customers begin, where the source tells), a purchase,
/// another one.
pub(super) fn steps(options: &JourneyOptions, states: &States) -> Vec<String> {
    if !options.funnel.is_empty() {
        return options.funnel.clone();
    }
    let first = if states.inbound.contains(&true) { INBOUND } else { TOUCH };
    [first, PURCHASE, PURCHASE].map(str::to_owned).to_vec()
}

/// The states of a step.
fn states_of(step: &str, states: &States) -> Vec<u32> {
    let is_in = |state: &u32| {
        let at = *state as usize;
        let is_touch = *state != states.purchase();
        match step {
            PURCHASE => !is_touch,
            TOUCH => is_touch,
            INBOUND => is_touch && states.inbound[at],
            name => is_touch && (states.names[at] == name || states.touchpoints[at].as_deref() == Some(name)),
        }
    };
    (0..states.names.len() as u32).filter(is_in).collect()
}

/// The table, and a line of quality for each step that no touch can reach.
pub(super) fn run(
    journeys: &Journeys<'_>,
    steps: &[String],
    options: &JourneyOptions,
    states: &States,
    confidence: Confidence,
) -> Result<(Funnel, Vec<Quality>), JourneyError> {
    let sets = steps.iter().map(|step| states_of(step, states)).collect::<Vec<_>>();
    let found = funnel(journeys, &sets, options.funnel_within_days, confidence)?;
    let unreachable = steps.iter().zip(&sets).filter(|(_, set)| set.is_empty()).map(|(step, _)| {
        let note = format!("the funnel step `{step}` occurs nowhere; there are: {}", states.names.join(", "));
        Quality { ok: false, ..Quality::measured("journey", "funnel_step_unknown", 1.0, note) }
    });
    Ok((found, unreachable.collect()))
}

/// The table.
pub(super) fn table(found: &Funnel, steps: &[String]) -> Result<Table, TableError> {
    let share = |of: fn(&FunnelStep) -> Option<Proportion>, part: fn(&Proportion) -> f64| {
        found.steps.iter().map(|step| of(step).as_ref().map(part)).collect::<Float64Array>()
    };
    let days = |part: fn(&crate::numerics::journeys::Quartiles) -> f64| {
        found.steps.iter().map(|step| step.days.as_ref().map(part)).collect::<Float64Array>()
    };
    let rows = 0..found.steps.len();
    let before = |at: usize| if at == 0 { found.customers } else { found.steps[at - 1].customers };
    TableBuilder::new(&JOURNEY_FUNNEL)
        .count("step", rows.clone().map(|at| at as i64 + 1).collect::<Vec<_>>())
        .text("step_name", steps.to_vec())
        .count("customers_before", rows.map(|at| before(at) as i64).collect::<Vec<_>>())
        .count("customers", found.steps.iter().map(|step| step.customers as i64).collect::<Vec<_>>())
        .real("conversion", share(|step| step.from_previous, |p| p.share))
        .real("conversion_lower", share(|step| step.from_previous, |p| p.lower))
        .real("conversion_upper", share(|step| step.from_previous, |p| p.upper))
        .real("conversion_from_first", share(|step| step.from_first, |p| p.share))
        .real("days_lower_quartile", days(|q| q.lower))
        .real("days_median", days(|q| q.median))
        .real("days_upper_quartile", days(|q| q.upper))
        .build()
}
