//! `acrm synth`.

use crate::engine::Progress;
use crate::synth::{Format, SynthOptions, write};

use super::Failure;
use super::args::{SynthArgs, SynthFormat};
use super::printer::Printer;

pub(super) fn synth(arguments: &SynthArgs, printer: &Printer) -> Result<(), Failure> {
    let mut options = SynthOptions::new(arguments.customers.into(), &arguments.out);
    options.seed = arguments.seed;
    options.duplicate_people = arguments.duplicate_people;
    options.format = match arguments.format {
        SynthFormat::Parquet => Format::Parquet,
        SynthFormat::Csv => Format::Csv,
    };
    let progress = |stage: &str, done: u64, total: u64| {
        if done == 0 {
            printer.begin(stage, Some(total));
        }
        printer.advance(stage, done);
        if done == total {
            printer.finish(stage);
        }
    };
    let report = write(&options, &progress).map_err(|e| Failure::new(1, e.to_string()))?;
    if printer.is_quiet() {
        return Ok(());
    }
    let files = report.files.iter().map(|f| format!("  {} ({} rows)\n", f.path.display(), f.rows));
    let text = format!(
        "{} customers with a purchase, {} orders, {} lines, {} rows of dirt\n{}run it: acrm run {}\n",
        report.buyers,
        report.orders,
        report.order_lines,
        report.dirty_rows,
        files.collect::<String>(),
        arguments.out.join("pipeline.toml").display()
    );
    Ok(printer.result(&text)?)
}
