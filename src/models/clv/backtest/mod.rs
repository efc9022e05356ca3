//! `acrm backtest`: what every model would have predicted of the most recent past, and what came of it.

mod contract;
mod plots;
mod summary;
mod tables;

pub use contract::{CLV_CALIBRATION, CLV_DECILES, CLV_HOLDOUT, CLV_TRACKING};

use crate::purchases::Sample;
use crate::stage::{Findings, StageError, StageInputs};

use super::choice::holdout_days;
use super::options::{ClvOptions, PurchaseModel};
use super::past::Cut;
use super::population::Population;
use super::selection::Evidence;

/// Cuts the history of all customers, fits every model before the cut, and compares with what came after it.
pub(super) fn backtest(
    options: &ClvOptions,
    inputs: &StageInputs<'_>,
    asked_days: Option<u32>,
) -> Result<Findings, StageError> {
    let population = Population::of_table(inputs.tables.get("purchase_history")?, inputs.run.as_of)?;
    let span = population.tenure.iter().max().copied().unwrap_or(0);
    let asked = ClvOptions { holdout_days: asked_days.or(options.holdout_days), ..options.clone() };
    let Some(days) = holdout_days(&asked, span) else {
        let wanted =
            asked.holdout_days.map_or_else(String::new, |days| format!(", {days} days can't be held out of them"));
        let hint = "choose a shorter --holdout, or give a longer history";
        return Err(StageError::Data(format!("the log spans {span} days{wanted}; {hint}")));
    };
    let cut = Cut { day: inputs.run.as_of - days as i32, holdout_days: days };
    let named = options.model.named();
    let models = if named == Some(PurchaseModel::BgBb) { vec![PurchaseModel::BgBb] } else { options.candidates() };
    let evidence = Evidence::gather(inputs, options, &models, cut, &Sample::All)?;
    let evidence = evidence.map_err(|reason| StageError::Data(format!("{reason}; choose another --holdout")))?;
    let used = named.unwrap_or(evidence.choice.model);
    let Evidence { past, design, evaluated, .. } = &evidence;
    let weeks: Vec<_> = evaluated.iter().map(|e| (e.name, tables::tracking(past, e, design.as_ref()))).collect();
    Ok(Findings {
        tables: vec![
            evidence.table(used)?,
            tables::calibration_table(past, evaluated)?,
            tables::decile_table(past, evaluated)?,
            tables::tracking_table(past, &weeks)?,
            tables::holdout_table(past, evaluated)?,
        ],
        plots: plots::plots(past, evaluated, &weeks, used),
        summary: summary::summary(&evidence, used, named.is_none()),
    })
}
