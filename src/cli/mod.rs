//! Arguments, printing and exit codes: the only place that reads the environment and writes to the terminal.

mod args;
mod backtest;
mod check;
mod evaluate;
mod explain;
mod init;
mod printer;
mod run;
mod schema;
mod supervise;
mod synth;

use clap::{CommandFactory, Parser};

use args::{Arguments, Command};
use printer::Printer;

/// What a command ended with: its exit code, and what to say on stderr.
#[derive(Debug)]
struct Failure {
    code: u8,
    message: String,
}

impl Failure {
    fn new(code: u8, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

impl From<crate::engine::EngineError> for Failure {
    fn from(error: crate::engine::EngineError) -> Self {
        Self::new(error.exit_code(), error.to_string())
    }
}

impl From<std::io::Error> for Failure {
    /// Writing to stdout failed; a reader that went away is no failure of ours.
    fn from(error: std::io::Error) -> Self {
        let code = if error.kind() == std::io::ErrorKind::BrokenPipe { 0 } else { 1 };
        Self::new(code, error.to_string())
    }
}

/// Help and version to stdout, what is wrong with the arguments to stderr; in JSON when the arguments ask for that.
#[expect(clippy::disallowed_methods, reason = "the arguments could not be parsed, so they are looked at as they are")]
fn usage(error: &clap::Error) -> u8 {
    if !error.use_stderr() {
        return error.print().map_err(Failure::from).map_or_else(|failure| failure.code, |()| 0);
    }
    let words = std::env::args().skip(1).collect::<Vec<_>>();
    let asks = |pair: &[String]| pair[0] == "--log-format" && pair[1] == "json";
    if words.iter().any(|word| word == "--log-format=json") || words.windows(2).any(asks) {
        Printer::new(false, args::LogFormat::Json).error(error.render().to_string().trim_end());
    } else {
        // nothing more can be done when stderr takes nothing
        let _ = error.print();
    }
    2
}

/// Runs the command that the process was called with; gives its exit code.
pub fn main() -> u8 {
    // what polars deprecates is nothing to its users' users
    polars::error::set_warning_function(|_, _| ());
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return usage(&error),
    };
    let printer = Printer::new(arguments.quiet, arguments.log_format);
    let pipeline = match &arguments.command {
        Command::Run(options) => Some(&options.pipeline),
        Command::Check(options) => Some(&options.pipeline),
        Command::Backtest(options) => Some(&options.pipeline),
        Command::Evaluate(options) => Some(&options.pipeline),
        _ => None,
    };
    match pipeline.map_or(Ok(None), |pipeline| supervise::supervised(pipeline)) {
        Ok(None) => {}
        Ok(Some(code)) => return code,
        Err(failure) => {
            printer.error(&failure.message);
            return failure.code;
        }
    }
    let done = match arguments.command {
        Command::Run(options) => run::run(&options, &printer),
        Command::Check(options) => check::check(&options, &printer),
        Command::Backtest(options) => backtest::backtest(&options, &printer),
        Command::Evaluate(options) => evaluate::evaluate(&options, &printer),
        Command::Init(options) => init::init(&options, &printer),
        Command::Explain(options) => explain::explain(&options, &printer),
        Command::Synth(options) => synth::synth(&options, &printer),
        Command::Schema(options) => schema::schema(&options, &printer),
        Command::Completions(options) => {
            let mut text = Vec::new();
            clap_complete::generate(options.shell, &mut Arguments::command(), "acrm", &mut text);
            printer.result(&String::from_utf8_lossy(&text)).map_err(Failure::from)
        }
    };
    match done {
        Ok(()) => 0,
        Err(failure) => {
            if failure.code != 0 {
                printer.error(&failure.message);
            }
            failure.code
        }
    }
}
