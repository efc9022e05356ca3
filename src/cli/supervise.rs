//! Damaged files that make a library end the whole process: the command runs in a process of its own, and what became
//! of it is said.
//!
//! Readers of Parquet, Arrow and old workbooks make room for what a file claims to hold; a claim that no machine can
//! meet ends the process. Text is read by our own code, which does not.

use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::Command;

use rustix::process::{Signal, set_parent_process_death_signal};

use crate::config::parse;
use crate::source::{Format, format_of_name};

use super::Failure;

/// Set in the process that does the work.
const SUPERVISED: &str = "ACRM_SUPERVISED";

/// Signal that a process ends itself with.
const ABORTED: i32 = 6;

/// Runs this command over a pipeline in a process of its own, when its sources need that; gives its exit code, or
/// nothing when the command is to go on here.
pub(super) fn supervised(pipeline: &Path) -> Result<Option<u8>, Failure> {
    if is_supervised() {
        // without it, the work would go on after a kill
        let _ = set_parent_process_death_signal(Some(Signal::KILL));
        return Ok(None);
    }
    // what is wrong with the file is said by whoever does the work
    let Ok(text) = std::fs::read_to_string(pipeline) else { return Ok(None) };
    let document = parse(&text, &mut Vec::new());
    let needs = |format: Format| matches!(format, Format::Parquet | Format::ArrowIpc | Format::Workbook);
    let of = |pattern: &String, declared: Option<Format>| declared.or_else(|| format_of_name(pattern));
    let sources = document.sources.values().map(|(options, _)| options);
    let patterns = sources.flat_map(|s| s.path.patterns().iter().map(move |p| (p, of(p, s.format))));
    // a pattern such as `orders.*` may match any format
    let is_file = |pattern: &str| !pattern.starts_with("postgres");
    let patterns = patterns.filter(|(pattern, format)| is_file(pattern) && format.is_none_or(needs));
    let patterns = patterns.map(|(pattern, _)| pattern.as_str()).collect::<Vec<_>>();
    if patterns.is_empty() {
        return Ok(None);
    }
    let Ok(program) = std::env::current_exe() else { return Ok(None) };
    let mut work = Command::new(program);
    work.args(std::env::args_os().skip(1)).env(SUPERVISED, "1");
    let Ok(status) = work.status() else { return Ok(None) };
    match (status.code(), status.signal()) {
        (Some(code), _) => Ok(Some(u8::try_from(code).unwrap_or(1))),
        (None, Some(ABORTED)) => {
            let files = patterns.join(", ");
            let message = format!(
                "{files}: can't be read: a file claims more than any machine can hold, so it is damaged\n  hint: export it again"
            );
            Err(Failure::new(3, message))
        }
        (None, signal) => {
            let signal = signal.unwrap_or_default();
            Err(Failure::new(1, format!("the run was stopped by signal {signal}; was there memory enough?")))
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a process learns from its environment whether it is the one that works")]
fn is_supervised() -> bool {
    std::env::var_os(SUPERVISED).is_some()
}
