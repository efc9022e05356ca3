//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Analytical CRM engine: business exports in; customer, value, segment and target tables out.
#[derive(Debug, Parser)]
#[command(
    name = "acrm",
    version,
    after_help = "Examples:
  acrm check pipelines/shop.toml            is everything right, before a row is read?
  acrm run pipelines/shop.toml              the nightly job
  acrm backtest pipelines/shop.toml         how good are the predictions?
  acrm evaluate pipelines/shop.toml         did the campaigns work?
  acrm explain out/shop/latest --customer C000042
  acrm schema clv                           what each column means

Exit codes: 0 done, 1 internal failure, 2 usage or pipeline file wrong, 3 an input can't be read,
4 a guard failed and nothing was published, 5 another run holds the lock."
)]
pub(super) struct Arguments {
    /// Say nothing but errors
    #[arg(long, short, global = true)]
    pub(super) quiet: bool,
    /// How progress and messages are written to stderr
    #[arg(long, global = true, value_enum, default_value_t = LogFormat::Text, value_name = "FORMAT")]
    pub(super) log_format: LogFormat,
    #[command(subcommand)]
    pub(super) command: Command,
}

/// How messages are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run a pipeline: read, clean, analyse, publish
    Run(RunArgs),
    /// Check a pipeline file and the heads of its sources; writes nothing
    Check(CheckArgs),
    /// How well would each model have predicted the most recent past?
    Backtest(BacktestArgs),
    /// Did each campaign work? Treated against control, with intervals
    Evaluate(EvaluateArgs),
    /// Look at exports and write a pipeline file for them
    Init(InitArgs),
    /// Everything about one customer of a run, and why each rule did or didn't match
    Explain(ExplainArgs),
    /// Write a synthetic retailer with known truths
    Synth(SynthArgs),
    /// The contract of a table, or the schema of the pipeline file
    Schema(SchemaArgs),
    /// Shell completions
    Completions(CompletionsArgs),
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  acrm run pipelines/shop.toml
  acrm run nightly.toml --as-of 2024-03-01 --out /srv/crm
  30 2 * * *  acrm run /srv/crm/nightly.toml --quiet      (crontab)")]
pub(super) struct RunArgs {
    /// Pipeline file
    pub(super) pipeline: PathBuf,
    /// Last day observed, inclusive; overrides the file
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub(super) as_of: Option<i32>,
    /// Output folder; overrides the file
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// Number of threads; default: all cores
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(super) threads: Option<u16>,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:
  acrm check pipelines/shop.toml && acrm run pipelines/shop.toml")]
pub(super) struct CheckArgs {
    /// Pipeline file
    pub(super) pipeline: PathBuf,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  acrm backtest pipelines/shop.toml                    holds out the longest horizon, at most half of the history
  acrm backtest pipelines/cdnow.toml --holdout 39w
  acrm backtest nightly.toml --as-of 2024-06-30 --holdout 180d

Tables and plots go to OUT/backtest/as_of=DATE.")]
pub(super) struct BacktestArgs {
    /// Pipeline file
    pub(super) pipeline: PathBuf,
    /// How much of the history is held out: days (180d, or 180), weeks (39w), months (6m) or years (1y)
    #[arg(long, value_name = "TIME", value_parser = stretch)]
    pub(super) holdout: Option<u32>,
    /// Last day observed, inclusive; overrides the file
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub(super) as_of: Option<i32>,
    /// Output folder; overrides the file
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// Number of threads; default: all cores
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(super) threads: Option<u16>,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  acrm evaluate pipelines/shop.toml                    every campaign
  acrm evaluate pipelines/shop.toml --campaign SPRING  one of them
  acrm evaluate nightly.toml --as-of 2024-06-30

Needs a contacts source that says who was in which campaign, and in which arm.
Tables and plots go to OUT/evaluation/as_of=DATE.")]
pub(super) struct EvaluateArgs {
    /// Pipeline file
    pub(super) pipeline: PathBuf,
    /// Only this campaign, by its id; default: all
    #[arg(long, value_name = "ID")]
    pub(super) campaign: Option<String>,
    /// Last day observed, inclusive; overrides the file
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub(super) as_of: Option<i32>,
    /// Output folder; overrides the file
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// Number of threads; default: all cores
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(super) threads: Option<u16>,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:
  acrm explain out/shop/latest --customer C000042")]
pub(super) struct ExplainArgs {
    /// A published run, such as out/latest or out/as_of=2024-03-01
    pub(super) run: PathBuf,
    /// Customer id as in the sources
    #[arg(long, value_name = "ID")]
    pub(super) customer: String,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  acrm init exports/*.csv                      to the screen
  acrm init exports/* --out nightly.toml && acrm run nightly.toml
Every guess stands in the file with its evidence, every doubt as a question.")]
pub(super) struct InitArgs {
    /// Exports: CSV, Excel, Parquet, JSON, ...
    #[arg(required = true, value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,
    /// Pipeline file to write; default: the screen
    #[arg(long, value_name = "PIPELINE")]
    pub(super) out: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:
  acrm synth --customers 100000 --out synthetic && acrm run synthetic/pipeline.toml")]
pub(super) struct SynthArgs {
    /// Number of customers
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) customers: u32,
    /// Folder to write to
    #[arg(long, value_name = "DIR")]
    pub(super) out: PathBuf,
    /// Seed; the same seed gives the same files
    #[arg(long, default_value_t = 1, value_name = "S")]
    pub(super) seed: u64,
    /// File format
    #[arg(long, value_enum, default_value_t = SynthFormat::Parquet, value_name = "FORMAT")]
    pub(super) format: SynthFormat,
    /// Share of customers that stand in the customers table twice, under two spellings
    #[arg(long, default_value_t = 0.0, value_name = "SHARE")]
    pub(super) duplicate_people: f64,
}

/// Format of the synthetic files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum SynthFormat {
    /// Apache Parquet.
    Parquet,
    /// Comma-separated text.
    Csv,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  acrm schema                       all tables
  acrm schema clv                   one table
  acrm schema pipeline              the pipeline file
  acrm schema pipeline --format json > pipeline.schema.json")]
pub(super) struct SchemaArgs {
    /// A table, or `pipeline`; default: all tables
    pub(super) table: Option<String>,
    /// Output format
    #[arg(long, value_enum, default_value_t = SchemaFormat::Markdown, value_name = "FORMAT")]
    pub(super) format: SchemaFormat,
}

/// Format of a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum SchemaFormat {
    /// Markdown tables.
    Markdown,
    /// JSON; a JSON Schema for the pipeline file.
    Json,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:
  acrm completions bash > /etc/bash_completion.d/acrm")]
pub(super) struct CompletionsArgs {
    /// Shell
    #[arg(value_enum)]
    pub(super) shell: clap_complete::Shell,
}

fn day(text: &str) -> Result<i32, String> {
    crate::table::parse_day(text).ok_or_else(|| "a date such as 2024-03-01 is expected".to_owned())
}

/// A stretch of time in days; a month is 365.25/12 days.
fn stretch(text: &str) -> Result<u32, String> {
    const DAYS_PER_YEAR: f64 = 365.25;
    let number = text.trim_end_matches(|c: char| c.is_alphabetic());
    let days = match &text[number.len()..] {
        "" | "d" => 1.0,
        "w" => 7.0,
        "m" => DAYS_PER_YEAR / 12.0,
        "y" => DAYS_PER_YEAR,
        _ => return Err("days, weeks, months or years such as 180d, 39w, 6m or 1y are expected".to_owned()),
    };
    match number.trim().parse::<u32>() {
        Ok(count) if count > 0 && count <= 100_000 => Ok((f64::from(count) * days).round() as u32),
        _ => Err("a whole number with its unit is expected, such as 39w".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_of_time_are_read_with_their_unit() {
        let read = |text: &str| stretch(text).ok();
        assert_eq!(
            (read("39w"), read("180"), read("180d"), read("6m"), read("1y")),
            (Some(273), Some(180), Some(180), Some(183), Some(365))
        );
        for wrong in ["", "w", "0d", "-3d", "1.5w", "3x", "39 weeks"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
