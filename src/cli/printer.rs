//! Results to stdout; progress and messages to stderr.

use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::sync::Mutex;

use indicatif::{HumanCount, MultiProgress, ProgressBar, ProgressStyle};
use serde_json::json;

use crate::engine::Progress;

use super::args::LogFormat;

/// Decides what is said, where and how.
#[derive(Debug)]
pub(super) struct Printer {
    quiet: bool,
    format: LogFormat,
    bars: Option<MultiProgress>,
    running: Mutex<BTreeMap<String, ProgressBar>>,
}

impl Printer {
    pub(super) fn new(quiet: bool, format: LogFormat) -> Self {
        let with_bars = !quiet && format == LogFormat::Text && std::io::stderr().is_terminal();
        Self { quiet, format, bars: with_bars.then(MultiProgress::new), running: Mutex::default() }
    }

    /// Whether stderr may be coloured: a terminal, and `NO_COLOR` is not set.
    #[expect(clippy::disallowed_methods, reason = "the one place that asks for NO_COLOR")]
    pub(super) fn colour(&self) -> bool {
        let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        self.format == LogFormat::Text && std::io::stderr().is_terminal() && !refused
    }

    /// Whether messages are JSON.
    pub(super) fn is_json(&self) -> bool {
        self.format == LogFormat::Json
    }

    /// Whether only errors are wanted.
    pub(super) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// What the command was asked for, to stdout.
    pub(super) fn result(&self, text: &str) -> std::io::Result<()> {
        let mut out = std::io::stdout().lock();
        out.write_all(text.as_bytes())?;
        if !text.ends_with('\n') {
            out.write_all(b"\n")?;
        }
        out.flush()
    }

    /// A message to stderr; nothing more can be done when that fails.
    fn say(&self, level: &str, text: &str) {
        let line = match self.format {
            LogFormat::Json => json!({ "level": level, "message": text }).to_string(),
            LogFormat::Text if text.starts_with(level) => text.to_owned(),
            LogFormat::Text => format!("{level}: {text}"),
        };
        let _ = writeln!(std::io::stderr().lock(), "{line}");
    }

    /// An error.
    pub(super) fn error(&self, text: &str) {
        self.say("error", text);
    }

    /// Something to look at.
    pub(super) fn warning(&self, text: &str) {
        if !self.quiet {
            self.say("warning", text);
        }
    }

    fn event(&self, stage: &str, event: &str) {
        if self.is_json() && !self.quiet {
            let line = json!({ "level": "info", "stage": stage, "event": event });
            let _ = writeln!(std::io::stderr().lock(), "{line}");
        }
    }
}

impl Progress for Printer {
    fn begin(&self, stage: &str, total: Option<u64>) {
        self.event(stage, "begin");
        let (Some(bars), Ok(mut running)) = (&self.bars, self.running.lock()) else { return };
        let template = match total {
            Some(_) => "{msg:40} {bar:30} {pos}/{len} {elapsed}",
            None => "{msg:40} {spinner} {elapsed}",
        };
        let bar = bars.add(total.map_or_else(ProgressBar::new_spinner, ProgressBar::new));
        bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_message(stage.to_owned());
        bar.enable_steady_tick(std::time::Duration::from_millis(100));
        running.insert(stage.to_owned(), bar);
    }

    fn advance(&self, stage: &str, done: u64) {
        if self.bars.is_none() {
            return;
        }
        let Ok(running) = self.running.lock() else { return };
        if let Some(bar) = running.get(stage) {
            bar.set_position(done);
            if bar.length().is_none() {
                bar.set_message(format!("{stage}: {} rows", HumanCount(done)));
            }
        }
    }

    fn finish(&self, stage: &str) {
        self.event(stage, "end");
        let Ok(mut running) = self.running.lock() else { return };
        if let Some(bar) = running.remove(stage) {
            bar.finish_and_clear();
        }
    }
}
