//! Reading a section of the pipeline file into options, with every error in it and not just the first.
//!
//! serde stops at the first error, so each key is tried alone: a key that doesn't fit is reported with its place
//! and left out, the rest is read together. Options structs therefore give every field a default.

use std::ops::Range;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::diagnostic::Diagnostic;

/// A table of the pipeline file as it was written, with its place.
#[derive(Debug, Clone)]
pub struct Section<'a> {
    name: String,
    span: Range<usize>,
    table: DeTable<'a>,
}

impl<'a> Section<'a> {
    /// A section with the name that messages use (`sources.transactions`).
    pub fn new(name: impl Into<String>, span: Range<usize>, table: DeTable<'a>) -> Self {
        Self { name: name.into(), span, table }
    }

    /// A section that was not written: all defaults.
    pub fn absent(name: impl Into<String>) -> Self {
        Self::new(name, 0..0, DeTable::new())
    }

    /// Name of the section.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where its header stands.
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// Where a key's value stands, or the section when the key is not there.
    pub fn value_span(&self, key: &str) -> Range<usize> {
        self.table.get(key).map_or_else(|| self.span(), Spanned::span)
    }

    /// Whether a key was written.
    pub fn has(&self, key: &str) -> bool {
        self.table.get(key).is_some()
    }

    /// A value that is text.
    pub fn text(&self, key: &str) -> Option<&str> {
        match self.table.get(key).map(Spanned::get_ref) {
            Some(DeValue::String(text)) => Some(text),
            _ => None,
        }
    }

    /// A value that is a number.
    pub fn number(&self, key: &str) -> Option<f64> {
        match self.table.get(key).map(Spanned::get_ref) {
            Some(DeValue::Float(number)) => number.as_str().replace('_', "").parse().ok(),
            Some(DeValue::Integer(number)) => number.as_str().replace('_', "").parse().ok(),
            _ => None,
        }
    }

    /// Keys and their places inside a nested table such as `columns`, or nothing.
    pub fn nested_keys(&self, key: &str) -> Vec<(String, Range<usize>)> {
        match self.table.get(key).map(Spanned::get_ref) {
            Some(DeValue::Table(inner)) => inner.keys().map(|k| (k.get_ref().to_string(), k.span())).collect(),
            _ => Vec::new(),
        }
    }

    /// Where the value of a nested key stands, or the value of the outer key.
    pub fn nested_span(&self, key: &str, inner: &str) -> Range<usize> {
        match self.table.get(key).map(Spanned::get_ref) {
            Some(DeValue::Table(table)) => table.get(inner).map_or_else(|| self.value_span(key), Spanned::span),
            _ => self.value_span(key),
        }
    }

    /// Checks the `name` of a repeated section: it becomes part of column names.
    pub fn check_name(&self, name: &str, diagnostics: &mut Vec<Diagnostic>) {
        let is_fit = |c: char| c.is_alphanumeric() && !c.is_uppercase() || c == '_';
        let starts = name.chars().next().is_some_and(char::is_alphabetic);
        if starts && name.chars().all(is_fit) && !name.ends_with("_since") {
            return;
        }
        let (span, message) = if self.has("name") {
            (self.value_span("name"), format!("`{name}` can't be a name"))
        } else {
            (self.span(), format!("a `[[{}]]` without `name`", self.name))
        };
        diagnostics.push(Diagnostic::new(span, message).hint("small letters, digits and _, such as win_back"));
    }

    /// The options of this section; everything that is wrong goes to `diagnostics`.
    pub fn read<T>(&self, diagnostics: &mut Vec<Diagnostic>) -> T
    where
        T: DeserializeOwned + JsonSchema + Default,
    {
        let known = keys_of::<T>();
        let mut good = DeTable::new();
        for (key, value) in self.table.iter() {
            let name: &str = key.get_ref();
            if !known.iter().any(|k| k == name) {
                let message = format!("unknown key `{name}` in `[{}]`", self.name);
                diagnostics.push(Diagnostic::new(key.span(), message).suggest(name, known.iter().map(String::as_str)));
                continue;
            }
            let mut alone = DeTable::new();
            alone.insert(key.clone(), value.clone());
            match deserialize::<T>(alone, &value.span()) {
                Ok(_) => {
                    good.insert(key.clone(), value.clone());
                }
                Err(error) => {
                    let span = error.span().unwrap_or_else(|| value.span());
                    diagnostics.push(Diagnostic::new(span, format!("`{name}`: {}", error.message())));
                }
            }
        }
        deserialize::<T>(good, &self.span).unwrap_or_default()
    }
}

fn deserialize<T: DeserializeOwned>(table: DeTable<'_>, span: &Range<usize>) -> Result<T, toml::de::Error> {
    let value = Spanned::new(span.clone(), DeValue::Table(table));
    T::deserialize(ValueDeserializer::from(value))
}

/// The keys of an options struct, from its JSON Schema.
fn keys_of<T: JsonSchema>() -> Vec<String> {
    let schema = schemars::schema_for!(T);
    let properties = schema.get("properties").and_then(|p| p.as_object());
    properties.map(|p| p.keys().cloned().collect()).unwrap_or_default()
}
