//! `acrm init`.

use std::path::{Component, Path, PathBuf};

use crate::report::tidy;
use crate::source::{INPUT_TABLES, SourceError, sample};
use crate::survey::{Proposal, propose_known};

use super::Failure;
use super::args::InitArgs;
use super::printer::Printer;

pub(super) fn init(arguments: &InitArgs, printer: &Printer) -> Result<(), Failure> {
    let base = arguments.out.as_deref().and_then(Path::parent).unwrap_or(Path::new(""));
    if let Some(out) = arguments.out.as_deref().filter(|out| out.exists()) {
        let message = format!("{}: there is such a file already\n  hint: name another with --out", out.display());
        return Err(Failure::new(2, message));
    }
    let mut samples = Vec::new();
    let mut unreadable: Vec<SourceError> = Vec::new();
    for file in &arguments.files {
        let shown = relative(file, base);
        match sample(file, &shown) {
            Ok(sample) => samples.push(sample),
            Err(error) => unreadable.push(error),
        }
    }
    if !unreadable.is_empty() {
        let said = unreadable.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        return Err(Failure::new(3, said));
    }
    let takes = |table: &str, column: &str| {
        let table = INPUT_TABLES.iter().find(|t| t.name == table);
        table.is_some_and(|t| t.open || t.names().any(|name| name == column))
    };
    let proposal = propose_known(&samples, &takes);
    match &arguments.out {
        None => printer.result(&proposal.toml)?,
        Some(out) => {
            std::fs::write(out, &proposal.toml)
                .map_err(|e| Failure::new(1, format!("{}: can't be written: {e}", out.display())))?;
            if !printer.is_quiet() {
                printer.result(&summary(&proposal, out))?;
            }
        }
    }
    Ok(())
}

/// What was written, and what is to be answered.
fn summary(proposal: &Proposal, out: &Path) -> String {
    let platform = proposal.recognised.map_or_else(String::new, |p| format!(" ({} recognised)", p.name()));
    let mut text = format!("wrote {}{platform}\n", out.display());
    for question in &proposal.questions {
        let kind = if question.blocking { "to answer first" } else { "to look at" };
        let column = question.column.as_ref().map_or_else(String::new, |column| format!(", column `{column}`"));
        let file = if question.file.is_empty() { String::new() } else { format!("{}{column}: ", question.file) };
        text.push_str(&format!("  {kind}: {file}{}\n", question.text));
    }
    let blocked = proposal.questions.iter().any(|question| question.blocking);
    let then = if blocked { "answer the questions in it, then" } else { "look it over, then" };
    text.push_str(&format!("{then}: acrm check {0} && acrm run {0}\n", out.display()));
    text
}

/// A path as the pipeline file in `base` names it.
fn relative(file: &Path, base: &Path) -> String {
    let here = Path::new(".");
    let base = if base.as_os_str().is_empty() { here } else { base };
    let absolute = |path: &Path| std::path::absolute(path).map(|p| tidy(&p)).unwrap_or_else(|_| path.to_path_buf());
    let (file, base) = (absolute(file), absolute(base));
    let shared = file.components().zip(base.components()).take_while(|(a, b)| a == b).count();
    // only the root in common: the whole path says more
    if shared <= 1 {
        return file.display().to_string();
    }
    let up = base.components().skip(shared).map(|_| Component::ParentDir);
    let path: PathBuf = up.chain(file.components().skip(shared)).collect();
    path.display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_relative_to_the_pipeline_file() {
        assert_eq!(relative(Path::new("x/c.csv"), Path::new("")), "x/c.csv");
        for (file, base, expected) in [
            ("/a/b/c.csv", "/a/b", "c.csv"),
            ("/a/x/c.csv", "/a/b/d", "../../x/c.csv"),
            ("/a/b/../c.csv", "/a", "c.csv"),
            ("/z/c.csv", "/a", "/z/c.csv"),
        ] {
            assert_eq!(relative(Path::new(file), Path::new(base)), expected);
        }
    }
}
