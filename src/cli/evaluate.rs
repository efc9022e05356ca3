//! `acrm evaluate`.

use crate::engine::{PlanRequest, evaluate as evaluate_plan, plan};
use crate::report::{draw, findings_summary};

use super::Failure;
use super::args::EvaluateArgs;
use super::printer::Printer;
use super::run::{set_threads, today};

pub(super) fn evaluate(arguments: &EvaluateArgs, printer: &Printer) -> Result<(), Failure> {
    set_threads(arguments.threads)?;
    let request = PlanRequest {
        path: &arguments.pipeline,
        as_of: arguments.as_of,
        out: arguments.out.clone(),
        today,
        colour: printer.colour(),
    };
    let outcome = evaluate_plan(&plan(&request)?, arguments.campaign.as_deref(), &draw, printer)?;
    if printer.is_quiet() {
        return Ok(());
    }
    if printer.is_json() {
        let text = serde_json::to_string(&outcome.manifest).unwrap_or_default();
        return Ok(printer.result(&text)?);
    }
    Ok(printer.result(&findings_summary(&outcome, "campaigns against their control groups"))?)
}
