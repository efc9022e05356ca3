//! `acrm evaluate`.

use crate::engine::{evaluate as evaluate_plan, plan};
use crate::report::draw;

use super::Failure;
use super::args::EvaluateArgs;
use super::backtest::show;
use super::printer::Printer;
use super::run::{request, set_threads};

pub(super) fn evaluate(arguments: &EvaluateArgs, printer: &Printer) -> Result<(), Failure> {
    set_threads(arguments.threads)?;
    let request = request(&arguments.pipeline, arguments.as_of, arguments.out.as_ref(), printer);
    let outcome = evaluate_plan(&plan(&request)?, arguments.campaign.as_deref(), &draw, printer)?;
    show(&outcome, "campaigns against their control groups", printer)
}
