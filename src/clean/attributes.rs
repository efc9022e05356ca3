//! The customers source: one row per known customer, with whatever attributes the export brings.

use std::borrow::Cow;
use std::collections::BTreeSet;

use arrow::array::Int64Array;
use polars::prelude::*;

use crate::notation::digits::unguarded;
use crate::source::{self, Format};
use crate::table::{Categories, Column as Values, Kind, parse_day};

use super::counts::SourceCounts;
use super::error::CleanError;
use super::ids::IdSpace;
use super::reject::Reason;
use super::rules::LineRules;
use super::source_files::SourceFiles;
use super::spellings::Spellings;
use super::values::{Ids, shown};
use super::view::{FileView, Refused, series};

/// A text attribute with at most this many distinct values is published as a category.
const MOST_CATEGORIES: usize = 1000;

/// Known customers with their attributes.
#[derive(Debug, Default)]
pub struct Attributes {
    /// Keys in the byte order of the ids' text, each once.
    pub keys: Vec<u64>,
    /// Attributes by name, one value per key.
    pub columns: Vec<(String, Values)>,
}

/// Attribute names of a head: every column but the id, in snake case.
pub fn attribute_names<'a>(columns: impl IntoIterator<Item = &'a str>, id_column: &str) -> Vec<(String, String)> {
    let others = columns.into_iter().filter(|name| *name != id_column);
    others.map(|name| (snake_case(name), name.to_owned())).collect()
}

/// `Birth Year` and `birthYear` become `birth_year`.
pub(super) fn snake_case(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    let mut before_lower = false;
    for ch in name.trim().chars() {
        if ch.is_alphanumeric() {
            if ch.is_uppercase() && before_lower {
                out.push('_');
            }
            before_lower = ch.is_lowercase() || ch.is_numeric();
            out.extend(ch.to_lowercase());
        } else {
            before_lower = false;
            if !out.is_empty() && !out.ends_with('_') {
                out.push('_');
            }
        }
    }
    out.trim_end_matches('_').to_owned()
}

/// Collects the batches of the customers source.
#[derive(Debug, Default)]
pub(super) struct AttributeReader {
    keys: Vec<u64>,
    parts: Vec<DataFrame>,
    notation: Notation,
    /// All attributes of the source, whichever files have them.
    names: Vec<String>,
    /// Whether the file that a row comes from is an attribute.
    with_file: bool,
}

/// What the cells of a source's text columns may stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
enum Notation {
    /// Typed columns: text is text.
    #[default]
    Typed,
    /// Delimited text, JSON, sheets: everything is text.
    Text,
}

/// How the ids of customers become keys.
pub(super) struct KeySpace<'a> {
    /// Keys by id.
    pub(super) space: &'a mut IdSpace,
    /// Spellings that count as one.
    pub(super) spellings: &'a mut Spellings,
    /// Ids that are kept apart.
    pub(super) rules: &'a LineRules,
}

impl KeySpace<'_> {
    /// The key of the id in a row.
    pub(super) fn key(&mut self, ids: &Ids, row: usize) -> Result<u64, Reason> {
        let key = match ids {
            Ids::Whole(values) => {
                let value = values.get(row).ok_or(Reason::MissingCustomerId)?;
                let reason =
                    if self.rules.looks_at_customers() { self.rules.of_customer(&value.to_string()) } else { None };
                reason.map_or_else(|| Ok(self.space.key_of_whole(value)), Err)?
            }
            Ids::Text(values) => {
                let written = values.get(row).filter(|t| !t.trim().is_empty()).ok_or(Reason::MissingCustomerId)?;
                let text = written.trim();
                if let Some(reason) = self.rules.of_customer(text) {
                    return Err(reason);
                }
                match &mut *self.space {
                    IdSpace::Text(interner) if self.spellings.folds() => self.spellings.key(written, interner),
                    space => space.key_of_text(text).ok_or(Reason::MissingCustomerId)?,
                }
            }
        };
        Ok(key)
    }
}

impl AttributeReader {
    /// A reader of a source; `with_file` adds the file of each row as `source_file`.
    pub(super) fn new(source: Option<&SourceFiles>, with_file: bool) -> Self {
        let all = source.into_iter().flat_map(|s| &s.columns.0).map(|(name, _)| name.clone());
        Self { names: all.filter(|name| name != "customer_id").collect(), with_file, ..Self::default() }
    }

    /// Takes a batch of a file.
    pub(super) fn take(
        &mut self,
        batch: source::Batch,
        view: &FileView<'_>,
        keys: &mut KeySpace<'_>,
        counts: &mut SourceCounts,
    ) -> Result<Vec<Refused>, CleanError> {
        let source::Batch { frame, lines, .. } = batch;
        let repaired = view.ids(&frame, "customer_id")?;
        let series = series(&frame, "customer_id").unwrap_or_default();
        let mut refused = Vec::new();
        let mut kept = Vec::with_capacity(frame.height());
        for row in 0..frame.height() {
            counts.read.add(0);
            let outcome = match &repaired {
                Some(repaired) => repaired.refusal(row).map_or_else(|| keys.key(&repaired.ids, row), Err),
                None => Err(Reason::MissingCustomerId),
            };
            kept.push(outcome.is_ok());
            match outcome {
                Ok(key) => self.keys.push(key),
                Err(reason) => {
                    counts.refuse(reason, 0);
                    let column = view.origin("customer_id").column.to_owned();
                    refused.push(Refused { line: lines.of(row), column, value: shown(&series, row), reason });
                }
            }
        }
        let is_typed = matches!(view.source.file.format, Format::Parquet | Format::ArrowIpc);
        self.notation = self.notation.max(if is_typed { Notation::Typed } else { Notation::Text });
        let mut batch = frame.drop("customer_id").unwrap_or_default();
        if !refused.is_empty() {
            let mask = BooleanChunked::new("kept".into(), kept);
            batch = batch.filter(&mask).unwrap_or_default();
        }
        self.parts.push(self.completed(batch, &view.source.file.shown).unwrap_or_default());
        Ok(refused)
    }

    /// The columns of a batch in the order of the source, empty where its file lacks an attribute.
    fn completed(&self, batch: DataFrame, file: &str) -> PolarsResult<DataFrame> {
        let height = batch.height();
        let column = |name: &String| match batch.column(name) {
            Ok(column) => column.clone(),
            Err(_) => Series::full_null(name.as_str().into(), height, &DataType::String).into_column(),
        };
        let mut columns = self.names.iter().map(column).collect::<Vec<_>>();
        if self.with_file && !self.names.iter().any(|name| name == "source_file") {
            columns.push(Series::new("source_file".into(), vec![file; height]).into_column());
        }
        DataFrame::new(height, columns)
    }

    /// One row per customer. Rows that share an id are merged: the one with the most filled cells stays, the text
    /// of the row deciding between equals.
    pub(super) fn finish(self, space: &IdSpace, counts: &mut [SourceCounts]) -> PolarsResult<Attributes> {
        let Self { keys: all_keys, parts, notation, .. } = self;
        let Some(counts) = counts.iter_mut().find(|counts| counts.source == "customers") else {
            return Ok(Attributes::default());
        };
        let Some(frame) = concat_parts(parts)? else { return Ok(Attributes::default()) };
        let order = if is_ordered(space, &all_keys) { None } else { Some(space.order(&all_keys)) };
        let in_order = |at: usize| order.as_ref().map_or(at, |order| order[at] as usize);
        let mut keys: Vec<u64> = Vec::with_capacity(all_keys.len());
        let mut rows: Vec<i64> = Vec::with_capacity(all_keys.len());
        for at in 0..all_keys.len() {
            let row = in_order(at);
            if keys.last() == Some(&all_keys[row]) {
                counts.merged.add(0);
                if let Some(last) = rows.last_mut()
                    && richness(&frame, row) > richness(&frame, *last as usize)
                {
                    *last = row as i64;
                }
                continue;
            }
            counts.accepted.add(0);
            keys.push(all_keys[row]);
            rows.push(row as i64);
        }
        let identity = order.is_none() && rows.len() == all_keys.len();
        let rows = (!identity).then(|| Int64Array::from(rows));
        let mut columns = Vec::new();
        // column by column, so that text never stands in memory three times
        for column in frame.into_columns() {
            let name = column.name().to_string();
            let values = to_values(column.as_materialized_series(), notation)?;
            drop(column);
            let values = match &rows {
                Some(rows) => values.take(rows),
                None => values,
            };
            columns.push((name, values));
        }
        Ok(Attributes { keys, columns })
    }
}

fn concat_parts(parts: Vec<DataFrame>) -> PolarsResult<Option<DataFrame>> {
    if parts.is_empty() {
        return Ok(None);
    }
    let lazy = parts.into_iter().map(IntoLazy::lazy).collect::<Vec<_>>();
    let mut whole = concat(lazy, UnionArgs { to_supertypes: true, ..UnionArgs::default() })?.collect()?;
    whole.rechunk_mut();
    Ok(Some(whole))
}

fn is_ordered(space: &IdSpace, keys: &[u64]) -> bool {
    match space {
        IdSpace::Whole => {
            let same_length = |a: u64, b: u64| a.checked_ilog10() == b.checked_ilog10() && a.cast_signed() > 0;
            keys.windows(2).all(|pair| pair[0] < pair[1] && same_length(pair[0], pair[1]))
        }
        IdSpace::Text(_) => false,
    }
}

/// Filled cells of a row, then its text.
fn richness(frame: &DataFrame, row: usize) -> (usize, String) {
    let cells = frame.columns().iter().map(|c| shown(c.as_materialized_series(), row)).collect::<Vec<_>>();
    (cells.iter().filter(|c| !c.is_empty()).count(), cells.join("\u{1f}"))
}

fn to_values(series: &Series, notation: Notation) -> PolarsResult<Values> {
    Ok(match series.dtype() {
        kind if kind.is_integer() => {
            let whole = series.cast(&DataType::Int64)?;
            let whole = whole.i64()?;
            Values::Count(match whole.cont_slice() {
                Ok(values) => values.to_vec().into(),
                Err(_) => whole.iter().collect(),
            })
        }
        DataType::Float32 | DataType::Float64 | DataType::Decimal(..) => {
            let floats = series.cast(&DataType::Float64)?;
            Values::Real(floats.f64()?.iter().map(|v| v.filter(|v| v.is_finite())).collect())
        }
        DataType::Boolean => Values::Flag(series.bool()?.iter().collect()),
        DataType::Date | DataType::Datetime(..) => {
            let days = series.cast(&DataType::Date)?;
            Values::Day(days.to_physical_repr().i32()?.iter().collect())
        }
        _ => {
            let text = series.cast(&DataType::String)?;
            let cells = text.str()?.iter().map(|t| t.map(str::trim).filter(|t| !t.is_empty())).collect::<Vec<_>>();
            match notation {
                Notation::Typed => words(&cells),
                Notation::Text => read_texts(&cells),
            }
        }
    })
}

/// Every filled cell read as something, or nothing when one of them can't be.
fn all<T>(cells: &[Option<&str>], read: impl Fn(&str) -> Option<T>) -> Option<Vec<Option<T>>> {
    cells.iter().map(|cell| cell.map_or(Some(None), |text| read(text).map(Some))).collect()
}

/// The cells as days, when there are any and all of them are.
fn days(cells: &[Option<&str>]) -> Option<Values> {
    let filled = cells.iter().any(Option::is_some);
    let days = all(cells, |t| parse_day(t.get(..10).unwrap_or(t))).filter(|_| filled);
    days.map(|days| Values::Day(days.into()))
}

/// Digits that a number holds exactly; longer ones are ids.
const MOST_DIGITS: usize = 15;

/// Whether a text is written as a number: no code such as `0170`, `+49170`, `12E4` or a card number.
fn is_plain_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_code = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
    let plain = digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    plain && !is_code && digits.bytes().filter(u8::is_ascii_digit).count() <= MOST_DIGITS
}

/// The kind that an attribute with these cells would have.
pub(super) fn kind_of_texts(cells: &[Option<&str>]) -> Kind {
    read_texts(cells).kind()
}

/// The narrowest kind that every filled cell of a text column has: whole number, real, day, flag, words.
fn read_texts(cells: &[Option<&str>]) -> Values {
    if cells.iter().flatten().next().is_none() {
        return words(cells);
    }
    if let Some(whole) = all(cells, |t| t.parse::<i64>().ok().filter(|_| is_plain_number(t))) {
        return Values::Count(whole.into());
    }
    if let Some(reals) = all(cells, |t| t.parse::<f64>().ok().filter(|v| v.is_finite() && is_plain_number(t))) {
        return Values::Real(reals.into());
    }
    if let Some(days) = days(cells) {
        return days;
    }
    let flag = |t: &str| match t.to_ascii_lowercase().as_str() {
        "true" | "yes" => Some(true),
        "false" | "no" => Some(false),
        _ => None,
    };
    all(cells, flag).map_or_else(|| words(&unguarded_cells(cells)), |flags| Values::Flag(flags.into()))
}

/// The cells without the marks by which a spreadsheet keeps codes as text: `'01067` and `="01067"`. Before a letter an
/// apostrophe belongs to the word.
fn unguarded_cells<'a, 'b>(cells: &'b [Option<&'a str>]) -> Cow<'b, [Option<&'a str>]> {
    let is_code = |c: char| c.is_ascii_digit() || "+-=@".contains(c);
    let is_guarded =
        |t: &str| t.starts_with("=\"") || t.strip_prefix('\'').is_some_and(|rest| rest.starts_with(is_code));
    if !cells.iter().flatten().any(|cell| is_guarded(cell)) {
        return Cow::Borrowed(cells);
    }
    cells.iter().map(|cell| cell.map(|t| if is_guarded(t) { unguarded(t) } else { t })).collect()
}

fn words(cells: &[Option<&str>]) -> Values {
    let mut distinct = BTreeSet::new();
    for cell in cells.iter().flatten() {
        distinct.insert(*cell);
        if distinct.len() > MOST_CATEGORIES {
            return Values::Text(cells.iter().collect());
        }
    }
    let names = distinct.iter().map(ToString::to_string).collect::<Vec<_>>();
    let code = |cell: &Option<&str>| {
        let found = cell.and_then(|text| names.binary_search_by(|n| n.as_str().cmp(text)).ok());
        found.map_or(-1, |at| at as i32)
    };
    let codes = cells.iter().map(code).collect();
    Values::Category(Categories::from_codes(codes, names))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_snake_case() {
        let cases = [("Birth Year", "birth_year"), ("birthYear", "birth_year"), ("E-Mail", "e_mail"), ("شهر", "شهر")];
        for (name, snake) in cases {
            assert_eq!(snake_case(name), snake);
        }
    }

    #[test]
    fn marks_of_spreadsheets_come_off_codes_and_stay_in_words() {
        let cells = ["'04109", "=\"00184\"", "'t Hooft", "80331", "'"].map(Some);
        let Values::Category(words) = read_texts(&cells) else { panic!("words") };
        assert_eq!([0, 1, 2, 3, 4].map(|row| words.get(row)), ["04109", "00184", "'t Hooft", "80331", "'"].map(Some));
    }

    #[test]
    fn text_attributes_take_the_narrowest_kind() {
        let kind = |cells: &[&str]| {
            let cells = cells.iter().map(|t| Some(*t).filter(|t| !t.is_empty())).collect::<Vec<_>>();
            read_texts(&cells).kind()
        };
        assert_eq!(kind(&["1", "", "-20"]), Kind::Count);
        assert_eq!(kind(&["1", "2.5"]), Kind::Real);
        for code in ["007", "-007", "+49170", "12E4", "1234567890123456", "inf", "4.5.6"] {
            assert_eq!(kind(&[code, "12"]), Kind::Category, "{code}");
        }
        assert_eq!(kind(&["2024-01-05", "2024-01-05 10:00"]), Kind::Day);
        assert_eq!(kind(&["true", "No"]), Kind::Flag);
        assert_eq!(kind(&["", ""]), Kind::Category);
    }
}
