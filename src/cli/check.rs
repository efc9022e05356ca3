//! `acrm check`.

use crate::engine::{PlanRequest, plan};
use crate::report::plan_summary;

use super::Failure;
use super::args::CheckArgs;
use super::printer::Printer;
use super::run::today;

pub(super) fn check(arguments: &CheckArgs, printer: &Printer) -> Result<(), Failure> {
    let request = PlanRequest { path: &arguments.pipeline, as_of: None, out: None, today, colour: printer.colour() };
    let plan = plan(&request)?;
    if printer.is_quiet() {
        return Ok(());
    }
    Ok(printer.result(&plan_summary(&plan))?)
}
