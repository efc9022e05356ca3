//! The file as sections with their places.

use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::clean::{CleanOptions, Declared, LargestAmount};
use crate::linkage::IdentityOptions;
use crate::registry::ANALYSES;
use crate::source::{INPUT_TABLES, PathList, SourceOptions};
use crate::stage::{Diagnostic, Section, SectionShape};

use super::options::{CheckOptions, PipelineOptions};

/// A parsed pipeline file.
#[derive(Debug)]
pub struct Document<'a> {
    /// `[pipeline]`.
    pub pipeline: PipelineOptions,
    /// `[pipeline]` with its places.
    pub pipeline_section: Section<'a>,
    /// `[clean]`.
    pub clean: CleanOptions,
    /// `[sources.NAME]`, by name.
    pub sources: BTreeMap<&'static str, (SourceOptions, Section<'a>)>,
    /// Whether a source has a name that is none.
    pub has_unknown_source: bool,
    /// `[[checks]]`.
    pub checks: Vec<CheckOptions>,
    /// The sections of the analyses, by section name.
    pub sections: BTreeMap<&'static str, Vec<Section<'a>>>,
}

impl Document<'_> {
    /// Whether the file names a customers source, or one whose name was not understood and may have been meant.
    pub fn has_customers(&self) -> bool {
        self.sources.contains_key("customers") || self.has_unknown_source
    }
}

/// Sections that belong to no analysis.
const OWN_SECTIONS: [&str; 4] = ["pipeline", "sources", "clean", "checks"];

/// Parses a pipeline file. Whatever is wrong goes to `diagnostics`; the rest is still there to be looked at.
pub fn parse<'a>(text: &'a str, diagnostics: &mut Vec<Diagnostic>) -> Document<'a> {
    let (root, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let span = error.span().unwrap_or(0..0);
        diagnostics.push(Diagnostic::new(span, error.message().to_owned()).hint("the file must be TOML"));
    }
    let mut root = root.into_inner();
    check_names(&root, diagnostics);
    let pipeline_section = take_table(&mut root, "pipeline", diagnostics);
    let pipeline: PipelineOptions = pipeline_section.read(diagnostics);
    check_pipeline(&pipeline, &pipeline_section, diagnostics);
    let clean_section = take_table(&mut root, "clean", diagnostics);
    let clean: CleanOptions = clean_section.read(diagnostics);
    check_clean(&clean, &clean_section, diagnostics);
    let said = diagnostics.len();
    let sources = take_sources(&mut root, diagnostics);
    let has_unknown_source = diagnostics[said..].iter().any(|d| d.message.starts_with("unknown source"));
    let checks = take_array(&mut root, "checks", diagnostics).iter().map(|s| read_check(s, diagnostics)).collect();
    let mut sections = BTreeMap::new();
    for shape in shapes() {
        let found = if shape.repeated {
            take_array(&mut root, shape.name, diagnostics)
        } else if root.get(shape.name).is_some() {
            vec![take_table(&mut root, shape.name, diagnostics)]
        } else {
            Vec::new()
        };
        sections.insert(shape.name, found);
    }
    Document { pipeline, pipeline_section, clean, sources, has_unknown_source, checks, sections }
}

/// The sections of all analyses.
fn shapes() -> impl Iterator<Item = SectionShape> {
    ANALYSES.iter().flat_map(|a| a.section().into_iter().chain(a.shared_section().map(|shared| shared.shape)))
}

fn check_names(root: &DeTable<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let known = || OWN_SECTIONS.into_iter().chain(shapes().map(|shape| shape.name));
    for key in root.keys() {
        let name: &str = key.get_ref();
        if !known().any(|k| k == name) {
            diagnostics.push(Diagnostic::new(key.span(), format!("unknown section `{name}`")).suggest(name, known()));
        }
    }
}

fn check_pipeline(options: &PipelineOptions, section: &Section<'_>, diagnostics: &mut Vec<Diagnostic>) {
    if !section.has("name") || options.name.trim().is_empty() {
        let diagnostic = Diagnostic::new(section.span(), "`[pipeline]` needs a `name`");
        diagnostics.push(diagnostic.hint("for example name = \"nightly\""));
    }
    if let Some(as_of) = &options.as_of
        && as_of.resolve(|| 0).is_none()
    {
        let diagnostic = Diagnostic::new(section.value_span("as_of"), "`as_of` is not a day");
        diagnostics.push(diagnostic.hint("a date such as \"2024-03-01\", or \"today\" or \"yesterday\""));
    }
    if let Some(zone) = &options.timezone {
        check_timezone(zone, section, diagnostics);
    }
}

fn check_clean(options: &CleanOptions, section: &Section<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for error in options.identity.iter().flat_map(IdentityOptions::errors) {
        diagnostics.push(Diagnostic::new(section.value_span("identity"), format!("`[clean.identity]`: {error}")));
    }
    if matches!(options.largest_amount, Some(LargestAmount::Given(largest)) if largest.is_nan() || largest <= 0.0) {
        let diagnostic = Diagnostic::new(section.value_span("largest_amount"), "`largest_amount` must be above 0");
        diagnostics.push(diagnostic);
    }
    if options.rates.values().any(|rate| !rate.is_finite() || *rate <= 0.0) {
        let diagnostic = Diagnostic::new(section.value_span("rates"), "a rate must be above 0");
        diagnostics.push(diagnostic.hint("what one unit is in the pipeline's currency: rates = { USD = 0.92 }"));
    }
}

fn check_timezone(zone: &str, section: &Section<'_>, diagnostics: &mut Vec<Diagnostic>) {
    if jiff::tz::TimeZone::get(zone).is_err() {
        let diagnostic = Diagnostic::new(section.value_span("timezone"), format!("no time zone is called `{zone}`"));
        diagnostics.push(diagnostic.hint("an IANA name such as \"Europe/Berlin\" or \"Asia/Tehran\""));
    }
}

fn take_sources<'a>(
    root: &mut DeTable<'a>,
    diagnostics: &mut Vec<Diagnostic>,
) -> BTreeMap<&'static str, (SourceOptions, Section<'a>)> {
    let mut sources = BTreeMap::new();
    let span = root.get("sources").map_or(0..0, Spanned::span);
    let known = || INPUT_TABLES.iter().map(|t| t.name);
    for (key, value) in take_table_raw(root, "sources", diagnostics) {
        let name: &str = key.get_ref();
        let Some(table) = INPUT_TABLES.iter().find(|t| t.name == name) else {
            let diagnostic = Diagnostic::new(key.span(), format!("unknown source `{name}`"));
            diagnostics.push(diagnostic.suggest(name, known()));
            continue;
        };
        let span = key.span();
        let DeValue::Table(inner) = value.into_inner() else {
            diagnostics.push(Diagnostic::new(span, format!("`sources.{name}` must be a table")));
            continue;
        };
        let section = Section::new(format!("sources.{name}"), span, inner);
        let options: SourceOptions = section.read(diagnostics);
        check_source(&options, &section, table, diagnostics);
        sources.insert(table.name, (options, section));
    }
    let is_named = |table: &str| sources.contains_key(table);
    let has_rows = is_named("transactions") || is_named("customers");
    if !has_rows && !diagnostics.iter().any(|d| d.message.starts_with("unknown source")) {
        let hint = "[sources.transactions]\npath = \"exports/orders_*.csv\"\n(without orders, `[sources.customers]` can say who there is)";
        diagnostics.push(Diagnostic::new(span, "there is no `[sources.transactions]`").hint(hint));
    }
    sources
}

fn check_source(
    options: &SourceOptions,
    section: &Section<'_>,
    table: &crate::source::InputTable,
    diagnostics: &mut Vec<Diagnostic>,
) {
    if options.path.patterns().is_empty() || options.path == PathList::One(String::new()) {
        let diagnostic = Diagnostic::new(section.span(), format!("`[{}]` needs a `path`", section.name()));
        diagnostics.push(diagnostic.hint("a file, a glob such as \"exports/orders_*.csv.gz\", or a list of them"));
    }
    if table.open && !options.unpivot.is_empty() {
        let message = format!("{} are read once each, so `unpivot` is not for them", table.name);
        diagnostics.push(Diagnostic::new(section.value_span("unpivot"), message).hint("leave it out"));
    }
    let unpivoted = options.unpivot.iter().flat_map(|more| more.keys());
    let unpivoted = unpivoted.map(|standard| (standard.clone(), section.value_span("unpivot")));
    for (standard, span) in section.nested_keys("columns").into_iter().chain(unpivoted) {
        if !table.open && !table.names().any(|n| n == standard) {
            let diagnostic = Diagnostic::new(span, format!("{} has no column `{standard}`", table.name));
            diagnostics.push(diagnostic.suggest(&standard, table.names()));
        }
    }
    if let Err((option, reason)) = Declared::of(options) {
        let diagnostic = Diagnostic::new(section.value_span(option), format!("`{option}`: {reason}"));
        diagnostics.push(diagnostic.hint("decimal = \",\", thousands = \".\", date_format = \"%d.%m.%Y\""));
    }
    if let Some(label) = &options.encoding
        && crate::notation::encoding::named(label).is_none()
    {
        let diagnostic = Diagnostic::new(section.value_span("encoding"), format!("no encoding is called `{label}`"));
        diagnostics.push(diagnostic.hint("utf-8, utf-16le, windows-1252, windows-1256, ..."));
    }
    if options.delimiter.is_some_and(|d| !d.is_ascii()) {
        let diagnostic = Diagnostic::new(section.value_span("delimiter"), "`delimiter` must be one ASCII character");
        diagnostics.push(diagnostic.hint("\",\", \";\", \"\\t\" or \"|\""));
    }
    if let Some(zone) = &options.timezone {
        check_timezone(zone, section, diagnostics);
    }
}

fn read_check(section: &Section<'_>, diagnostics: &mut Vec<Diagnostic>) -> CheckOptions {
    let options: CheckOptions = section.read(diagnostics);
    if options.check.is_empty() || (options.min.is_none() && options.max.is_none()) {
        let diagnostic = Diagnostic::new(section.span(), "a `[[checks]]` needs `check` and `min` or `max`");
        diagnostics.push(diagnostic.hint("for example check = \"rows_quarantined\", max = 100"));
    }
    options
}

fn take_table_raw<'a>(root: &mut DeTable<'a>, name: &str, diagnostics: &mut Vec<Diagnostic>) -> DeTable<'a> {
    let Some(value) = root.remove(name) else { return DeTable::new() };
    let span = value.span();
    match value.into_inner() {
        DeValue::Table(table) => table,
        _ => {
            let diagnostic = Diagnostic::new(span, format!("`{name}` must be a section"));
            diagnostics.push(diagnostic.hint(format!("[{name}]")));
            DeTable::new()
        }
    }
}

fn take_table<'a>(root: &mut DeTable<'a>, name: &str, diagnostics: &mut Vec<Diagnostic>) -> Section<'a> {
    let span = root.get_key_value(name).map_or(0..0, |(key, _)| key.span());
    Section::new(name, span, take_table_raw(root, name, diagnostics))
}

fn take_array<'a>(root: &mut DeTable<'a>, name: &str, diagnostics: &mut Vec<Diagnostic>) -> Vec<Section<'a>> {
    let Some(value) = root.remove(name) else { return Vec::new() };
    let span = value.span();
    let wrong =
        |span| Diagnostic::new(span, format!("`{name}` is a list of sections")).hint(format!("write [[{name}]]"));
    let DeValue::Array(items) = value.into_inner() else {
        diagnostics.push(wrong(span));
        return Vec::new();
    };
    let mut sections = Vec::new();
    for item in items {
        let span = item.span();
        match item.into_inner() {
            DeValue::Table(table) => sections.push(Section::new(name, span, table)),
            _ => diagnostics.push(wrong(span)),
        }
    }
    sections
}
