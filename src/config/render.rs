//! Diagnostics as text: file, line, column, the offending text, and the remedy.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use crate::stage::Diagnostic;

/// All diagnostics as one text, in the order of the file.
pub fn render(path: &str, text: &str, diagnostics: &[Diagnostic], colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let mut ordered: Vec<&Diagnostic> = diagnostics.iter().collect();
    ordered.sort_by_key(|d| (d.span.start, d.span.end));
    let shown = ordered.into_iter().map(|diagnostic| {
        let span = within(text, diagnostic);
        let snippet = Snippet::source(text).path(path).annotation(AnnotationKind::Primary.span(span));
        let group = Level::ERROR.primary_title(diagnostic.message.as_str()).element(snippet);
        let group: Group<'_> = match &diagnostic.hint {
            Some(hint) => group.element(Level::HELP.message(hint.as_str())),
            None => group,
        };
        renderer.render(&[group])
    });
    shown.collect::<Vec<_>>().join("\n\n")
}

fn within(text: &str, diagnostic: &Diagnostic) -> std::ops::Range<usize> {
    let end = diagnostic.span.end.min(text.len());
    diagnostic.span.start.min(end)..end
}
