//! `acrm backtest`.

use crate::engine::{FindingsOutcome, backtest as backtest_plan, plan};
use crate::report::{draw, findings_summary};

use super::Failure;
use super::args::BacktestArgs;
use super::printer::Printer;
use super::run::{request, set_threads};

pub(super) fn backtest(arguments: &BacktestArgs, printer: &Printer) -> Result<(), Failure> {
    set_threads(arguments.threads)?;
    let request = request(&arguments.pipeline, arguments.as_of, arguments.out.as_ref(), printer);
    let outcome = backtest_plan(&plan(&request)?, arguments.holdout, &draw, printer)?;
    show(&outcome, "backtest", printer)
}

/// Prints what was found, as asked for.
pub(super) fn show(outcome: &FindingsOutcome, what: &str, printer: &Printer) -> Result<(), Failure> {
    if printer.is_quiet() {
        return Ok(());
    }
    if printer.is_json() {
        let text = serde_json::to_string(&outcome.manifest).unwrap_or_default();
        return Ok(printer.result(&text)?);
    }
    Ok(printer.result(&findings_summary(outcome, what))?)
}
