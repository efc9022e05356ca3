//! `acrm run`.

use std::os::unix::process::CommandExt;

use crate::engine::{EngineError, PlanRequest, plan, run as run_plan};
use crate::report::{draw, run_summary};
use crate::sink::Latest;
use crate::table::civil_day;

use super::Failure;
use super::args::RunArgs;
use super::printer::Printer;

/// The day that the clock shows here; asked for only when a pipeline says `today` or `yesterday`.
#[expect(clippy::disallowed_methods, reason = "the pipeline asks for today")]
fn today() -> i32 {
    civil_day(jiff::ZonedDateTime::now().date())
}

/// What a command over a pipeline asks for.
pub(super) fn request<'a>(
    path: &'a std::path::Path,
    as_of: Option<i32>,
    out: Option<&std::path::PathBuf>,
    printer: &Printer,
) -> PlanRequest<'a> {
    PlanRequest { path, as_of, out: out.cloned(), today, colour: printer.colour() }
}

pub(super) fn run(arguments: &RunArgs, printer: &Printer) -> Result<(), Failure> {
    set_threads(arguments.threads)?;
    let request = request(&arguments.pipeline, arguments.as_of, arguments.out.as_ref(), printer);
    let outcome = run_plan(&plan(&request)?, &draw, printer)?;
    for warning in &outcome.manifest.warnings {
        printer.warning(warning);
    }
    if let Latest::NotMoved(reason) = &outcome.published.latest {
        printer.warning(&format!("the run is published, but `latest` was not moved: {reason}"));
    }
    if printer.is_quiet() {
        return Ok(());
    }
    if printer.is_json() {
        let text = serde_json::to_string(&outcome.manifest).unwrap_or_default();
        return Ok(printer.result(&text)?);
    }
    Ok(printer.result(&run_summary(&outcome))?)
}

/// Sizes rayon's pool. polars sizes its own from `POLARS_MAX_THREADS` when the process starts, so the process starts
/// itself once more with that set.
#[expect(clippy::disallowed_methods, reason = "polars takes its number of threads from the environment only")]
pub(super) fn set_threads(threads: Option<u16>) -> Result<(), Failure> {
    const POLARS_THREADS: &str = "POLARS_MAX_THREADS";
    let Some(threads) = threads else { return Ok(()) };
    let wanted = threads.to_string();
    if std::env::var(POLARS_THREADS).as_deref() != Ok(&wanted) {
        let error = match std::env::current_exe() {
            Ok(program) => {
                let mut again = std::process::Command::new(program);
                again.args(std::env::args_os().skip(1)).env(POLARS_THREADS, &wanted).exec()
            }
            Err(error) => error,
        };
        return Err(EngineError::Threads(format!("--threads {threads}: {error}")).into());
    }
    let built = rayon::ThreadPoolBuilder::new().num_threads(threads.into()).build_global();
    built.map_err(|e| Failure::from(EngineError::Threads(format!("--threads {threads}: {e}"))))
}
