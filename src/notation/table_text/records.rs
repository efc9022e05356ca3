//! Splitting delimited text into records, as far as RFC 4180 says how.

use std::borrow::Cow;

/// A record of delimited text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record<'a> {
    /// Physical line on which it begins, from 1.
    pub line: usize,
    /// Its fields, without their quotes.
    pub fields: Vec<Cow<'a, str>>,
    /// Fields that were in quotes.
    pub quoted: usize,
    /// What is wrong with its quotes.
    pub fault: Option<Fault>,
}

/// What is wrong with the quotes of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Text between a closing quote and the next delimiter.
    #[error("text behind a closing quote")]
    BehindQuote,
    /// A quote that is never closed.
    #[error("a quote that is never closed")]
    Unclosed,
}

impl Record<'_> {
    /// Whether it has no text at all.
    pub fn is_blank(&self) -> bool {
        self.fields.iter().all(|field| field.trim().is_empty())
    }
}

/// Splits a text into records; a byte order mark in front is passed over, blank lines are left out.
///
/// A quote counts where it is the first character of a field. Inside, two of them are one; line ends belong to the
/// field. Text behind a closing quote is added to the field, and the record marked.
pub fn records(text: &str, delimiter: char, quote: Option<char>) -> Vec<Record<'_>> {
    let mut rest = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut line = 1;
    let mut found = Vec::new();
    while !rest.is_empty() {
        let (record, length) = record(rest, line, delimiter, quote);
        line += rest[..length].matches('\n').count();
        rest = &rest[length..];
        let is_empty_line = record.fields.len() == 1 && record.quoted == 0 && record.is_blank();
        if !is_empty_line {
            found.push(record);
        }
    }
    found
}

/// The record at the start of a text, and how much of the text it takes, its line end included.
fn record(text: &str, line: usize, delimiter: char, quote: Option<char>) -> (Record<'_>, usize) {
    let mut record = Record { line, fields: Vec::new(), quoted: 0, fault: None };
    let mut at = 0;
    loop {
        let quoted = quote.and_then(|quote| text[at..].strip_prefix(quote).map(|inside| (quote, inside)));
        let (mut field, mut length) = match quoted {
            Some((quote, inside)) => {
                record.quoted += 1;
                let (field, length, closed) = quoted_field(inside, quote);
                if !closed {
                    record.fault = Some(Fault::Unclosed);
                }
                (field, quote.len_utf8() + length)
            }
            None => (Cow::Borrowed(""), 0),
        };
        let plain = &text[at + length..];
        let end = plain.find([delimiter, '\n']).unwrap_or(plain.len());
        let next = plain[end..].chars().next();
        let tail = if next == Some(delimiter) { &plain[..end] } else { plain[..end].trim_end_matches('\r') };
        if field.is_empty() && length == 0 {
            field = Cow::Borrowed(tail);
        } else if !tail.is_empty() {
            field.to_mut().push_str(tail);
            record.fault.get_or_insert(Fault::BehindQuote);
        }
        record.fields.push(field);
        length += end;
        at += length + next.map_or(0, char::len_utf8);
        if next != Some(delimiter) {
            return (record, at);
        }
    }
}

/// The field behind an opening quote: its text, the bytes up to and with the closing quote, whether there is one.
fn quoted_field(inside: &str, quote: char) -> (Cow<'_, str>, usize, bool) {
    let width = quote.len_utf8();
    let mut field = Cow::Borrowed("");
    let mut at = 0;
    loop {
        let Some(found) = inside[at..].find(quote) else {
            append(&mut field, &inside[at..]);
            return (field, inside.len(), false);
        };
        let end = at + found;
        let is_doubled = inside[end + width..].starts_with(quote);
        append(&mut field, &inside[at..end + if is_doubled { width } else { 0 }]);
        at = end + width;
        if !is_doubled {
            return (field, at, true);
        }
        at += width;
    }
}

fn append<'a>(field: &mut Cow<'a, str>, text: &'a str) {
    if field.is_empty() {
        *field = Cow::Borrowed(text);
    } else {
        field.to_mut().push_str(text);
    }
}
