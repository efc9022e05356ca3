//! `acrm check`.

use crate::engine::plan;
use crate::report::plan_summary;

use super::Failure;
use super::args::CheckArgs;
use super::printer::Printer;
use super::run::request;

pub(super) fn check(arguments: &CheckArgs, printer: &Printer) -> Result<(), Failure> {
    let request = request(&arguments.pipeline, None, None, printer);
    let plan = plan(&request)?;
    if printer.is_quiet() {
        return Ok(());
    }
    Ok(printer.result(&plan_summary(&plan))?)
}
