//! What the cells of a column have in common, and what that says of the header.

use super::super::amount::{self, AmountNotation, DecimalMark, ThousandsMark};
use super::super::letters::{Folding, fold};
use super::super::null_words::is_blank;
use super::{Header, Record};

/// Records that are looked at below the header.
const LOOKED_AT: usize = 200;

/// What a cell holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Blank,
    Number,
    Date,
    Text,
}

fn kind(cell: &str) -> Kind {
    if is_blank(cell) {
        return Kind::Blank;
    }
    let plain = super::super::digits::plain(cell);
    let digits = plain.bytes().filter(u8::is_ascii_digit).count();
    if digits == 0 {
        return Kind::Text;
    }
    let is_separator = |c: char| matches!(c, '-' | '/' | '.' | ':' | ' ' | 'T' | 'Z' | '+');
    let parts = plain.split(is_separator).filter(|part| !part.is_empty());
    let is_datelike = plain.chars().all(|c| c.is_ascii_digit() || is_separator(c)) && parts.count() >= 3;
    if is_datelike && (4..=23).contains(&digits) {
        return Kind::Date;
    }
    let spaced = AmountNotation::with(DecimalMark::Comma, ThousandsMark::Space);
    let notations = [AmountNotation::POINT, AmountNotation::COMMA, spaced];
    let is_number = notations.iter().any(|notation| amount::parse(cell, *notation).is_ok());
    if is_number { Kind::Number } else { Kind::Text }
}

/// Whether most cells of a column below the first record are numbers or dates.
fn is_typed(body: &[&Record<'_>], column: usize) -> bool {
    let kinds = body.iter().filter_map(|record| record.fields.get(column)).map(|cell| kind(cell));
    let kinds: Vec<Kind> = kinds.filter(|kind| *kind != Kind::Blank).collect();
    let typed = kinds.iter().filter(|kind| matches!(kind, Kind::Number | Kind::Date)).count();
    typed > 0 && 3 * typed >= 2 * kinds.len()
}

/// Whether the first of the records names the columns, and the evidence for it as (column, cell).
pub(super) fn header(records: &[&Record<'_>]) -> (Header, Option<(usize, String)>) {
    let Some((first, body)) = records.split_first() else { return (Header::Unknown, None) };
    let body = &body[..body.len().min(LOOKED_AT)];
    let (mut named, mut valued) = (None, None);
    for (column, cell) in first.fields.iter().enumerate().filter(|(column, _)| is_typed(body, *column)) {
        let found = Some((column, cell.to_string()));
        match kind(cell) {
            Kind::Text => named = named.or(found),
            Kind::Number | Kind::Date => valued = valued.or(found),
            Kind::Blank => {}
        }
    }
    match (named, valued) {
        (Some(evidence), None) => (Header::Present, Some(evidence)),
        (None, Some(evidence)) => (Header::Absent, Some(evidence)),
        _ => (Header::Unknown, None),
    }
}

/// The first column whose every cell holds the delimiter of another reading without being a number or date: a sign
/// that it is several columns.
pub(super) fn undivided(records: &[&Record<'_>], others: &[char]) -> Option<(usize, char)> {
    let columns = records.first().map_or(0, |record| record.fields.len());
    let looked_at = &records[..records.len().min(LOOKED_AT)];
    let holds = |column: usize, other: char| {
        looked_at.iter().all(|record| record.fields.get(column).is_some_and(|cell| cell.contains(other)))
    };
    let pairs = (0..columns).flat_map(|column| others.iter().map(move |other| (column, *other)));
    pairs.into_iter().find(|(column, other)| holds(*column, *other) && !is_typed(looked_at, *column))
}

/// A header that names several columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duplicate {
    /// The header as written first.
    pub name: String,
    /// Its columns, from 1.
    pub positions: Vec<usize>,
}

/// The headers that name several columns, in their order; spaces around them don't count, nor case if `ignore_case`.
pub fn duplicate_headers<S: AsRef<str>>(names: &[S], ignore_case: bool) -> Vec<Duplicate> {
    let folding = Folding { case: ignore_case, arabic: false, digits: false, spaces: true, diacritics: false };
    let mut found: Vec<(String, Duplicate)> = Vec::new();
    for (at, name) in names.iter().map(AsRef::as_ref).enumerate().filter(|(_, name)| !is_blank(name)) {
        let key = fold(name, folding).into_owned();
        match found.iter_mut().find(|(known, _)| *known == key) {
            Some((_, duplicate)) => duplicate.positions.push(at + 1),
            None => found.push((key, Duplicate { name: name.trim().to_owned(), positions: vec![at + 1] })),
        }
    }
    let duplicates = found.into_iter().map(|(_, duplicate)| duplicate);
    duplicates.filter(|duplicate| duplicate.positions.len() > 1).collect()
}
