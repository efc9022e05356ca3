//! `acrm backtest`.

use crate::engine::{PlanRequest, backtest as backtest_plan, plan};
use crate::report::{draw, findings_summary};

use super::Failure;
use super::args::BacktestArgs;
use super::printer::Printer;
use super::run::{set_threads, today};

pub(super) fn backtest(arguments: &BacktestArgs, printer: &Printer) -> Result<(), Failure> {
    set_threads(arguments.threads)?;
    let request = PlanRequest {
        path: &arguments.pipeline,
        as_of: arguments.as_of,
        out: arguments.out.clone(),
        today,
        colour: printer.colour(),
    };
    let outcome = backtest_plan(&plan(&request)?, arguments.holdout, &draw, printer)?;
    if printer.is_quiet() {
        return Ok(());
    }
    if printer.is_json() {
        let text = serde_json::to_string(&outcome.manifest).unwrap_or_default();
        return Ok(printer.result(&text)?);
    }
    Ok(printer.result(&findings_summary(&outcome, "backtest"))?)
}
