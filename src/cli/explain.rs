//! `acrm explain`.

use crate::report::{ExplainError, explain as explain_customer};

use super::Failure;
use super::args::ExplainArgs;
use super::printer::Printer;

pub(super) fn explain(arguments: &ExplainArgs, printer: &Printer) -> Result<(), Failure> {
    let text = explain_customer(&arguments.run, &arguments.customer).map_err(|error| {
        let code = match error {
            ExplainError::NoRun { .. } | ExplainError::NoCustomer { .. } => 2,
            _ => 3,
        };
        Failure::new(code, error.to_string())
    })?;
    Ok(printer.result(&text)?)
}
