//! What the cells of a column look like.

use std::collections::BTreeMap;

use super::sample::{SampleColumn, SampleKind};
use crate::notation::amount::{self, AmountNotation, Currency};
use crate::notation::dates::{self, DateNotation, Moment};
use crate::notation::{Detected, digits};

/// Most distinct texts that are tried as dates or amounts to see what a column is.
const TRIED: usize = 120;

/// Share, in percent, of the texts that must be read for a column to be of dates.
const READ: usize = 85;

/// The same for numbers: amounts are written in many ways, and some cells hold errors.
const READ_NUMBERS: usize = 60;

/// Most distinct values that are kept as a list.
const LISTED: usize = 60;

/// What the cells of a column look like.
#[derive(Debug, Clone)]
pub(super) struct Profile {
    /// Cells, empty ones included.
    pub rows: usize,
    /// Cells that hold something.
    pub filled: usize,
    /// Different texts.
    pub distinct: usize,
    /// The different texts with their counts, the most frequent first; none when there are too many.
    pub values: Vec<(String, usize)>,
    /// The numbers; none when the column doesn't hold numbers.
    pub numbers: Option<Numbers>,
    /// How the dates are written; none when the column doesn't hold dates.
    pub dates: Option<Dates>,
    /// Cells that look like e-mail addresses.
    pub emails: usize,
    /// Different texts that name a currency.
    pub currencies: usize,
    /// Mean length of the texts.
    pub mean_length: f64,
}

/// The numbers of a column.
#[derive(Debug, Clone)]
pub(super) struct Numbers {
    /// Per row.
    pub values: Vec<Option<f64>>,
    /// Whether all are whole.
    pub whole: bool,
    /// Whether they are written with decimals, be these zeros.
    pub marked: bool,
    /// How many are negative.
    pub negative: usize,
    /// Smallest.
    pub least: f64,
    /// Largest.
    pub greatest: f64,
    /// Middle.
    pub median: f64,
    /// Whether a currency stands beside them.
    pub has_currency: bool,
}

/// The dates of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Dates {
    /// The file says so.
    Typed,
    /// Texts in the form of a date.
    Written,
    /// Plain numbers that could be days or instants; only a name makes dates of them.
    Numbers,
}

impl Profile {
    /// Looks at all cells.
    pub(super) fn of(column: &SampleColumn) -> Self {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        let (mut filled, mut emails, mut letters) = (0, 0, 0);
        for text in column.filled() {
            filled += 1;
            emails += usize::from(is_email(text));
            letters += text.chars().count();
            *counts.entry(text).or_default() += 1;
        }
        let tried: Vec<&str> = spread(&counts.keys().copied().collect::<Vec<_>>(), TRIED);
        let dates = dates_of(column.kind, &tried);
        let numbers = if dates.is_some() && dates != Some(Dates::Numbers) { None } else { numbers_of(column, &tried) };
        let currencies = counts.keys().take(LISTED).filter(|text| Currency::named(text).is_some()).count();
        let mut values: Vec<(String, usize)> = Vec::new();
        if counts.len() <= LISTED {
            values.extend(counts.iter().map(|(text, count)| ((*text).to_owned(), *count)));
            values.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        }
        Self {
            rows: column.cells.len(),
            filled,
            distinct: counts.len(),
            values,
            numbers,
            dates,
            emails,
            currencies,
            mean_length: letters as f64 / filled.max(1) as f64,
        }
    }

    /// Whether it holds dates beyond doubt, not just numbers that could be some.
    pub(super) fn has_dates(&self) -> bool {
        matches!(self.dates, Some(Dates::Typed | Dates::Written))
    }

    /// Whether values come back.
    pub(super) fn repeats(&self) -> bool {
        self.distinct < self.filled
    }

    /// Whether every filled cell is different.
    pub(super) fn is_unique(&self) -> bool {
        self.filled > 0 && self.distinct == self.filled
    }

    /// Whether numbers have decimals other than zeros.
    pub(super) fn has_decimals(&self) -> bool {
        self.numbers.as_ref().is_some_and(|n| !n.whole)
    }

    /// Whether most cells are e-mail addresses.
    pub(super) fn has_emails(&self) -> bool {
        self.filled > 0 && 10 * self.emails >= 6 * self.filled
    }
}

/// Up to `most` of the texts, evenly spread.
pub(super) fn spread<'a>(texts: &[&'a str], most: usize) -> Vec<&'a str> {
    let step = texts.len().div_ceil(most.max(1)).max(1);
    texts.iter().step_by(step).copied().collect()
}

fn is_email(text: &str) -> bool {
    let text = text.trim();
    text.split_once('@').is_some_and(|(user, domain)| {
        !user.is_empty() && domain.contains('.') && !domain.contains('@') && !text.contains(char::is_whitespace)
    })
}

fn dates_of(kind: SampleKind, tried: &[&str]) -> Option<Dates> {
    match kind {
        SampleKind::Day | SampleKind::Instant => return Some(Dates::Typed),
        SampleKind::Real | SampleKind::Flag => return None,
        SampleKind::Text | SampleKind::Whole => {}
    }
    let has_digits = |text: &&&str| text.chars().any(|c| digits::ascii_digit(c).is_some());
    if tried.is_empty() || 100 * tried.iter().filter(has_digits).count() < READ * tried.len() {
        return None;
    }
    let found = dates::detect(tried.iter().copied());
    let notation = found.decided().map(|reading| &reading.notation).or_else(|| first_reading(&found))?;
    let read = tried.iter().filter(|text| dates::parse(text, notation).is_ok()).count();
    if 100 * read < READ * tried.len() {
        // days that don't exist, and two conventions in one column, are still meant as dates
        let separated = tried.iter().filter(|t| is_separated(t)).count();
        return (2 * read >= tried.len() && 100 * separated >= READ * tried.len()).then_some(Dates::Written);
    }
    let bare =
        |text: &&&str| !is_separated(text) && text.trim().chars().all(|c| digits::ascii_digit(c).is_some() || c == '.');
    let has_year = tried.iter().filter(|text| dates::parse(text, notation).is_ok_and(is_usual)).count();
    if tried.iter().filter(bare).count() * 2 > tried.len() {
        return (100 * has_year >= READ * tried.len()).then_some(Dates::Numbers);
    }
    Some(Dates::Written)
}

/// Whether a text has the marks between its numbers that dates have.
fn is_separated(text: &str) -> bool {
    text.matches(['/', '-', '.', ' ', ':']).count() >= 2
}

fn is_usual(moment: Moment) -> bool {
    (1900..=2099).contains(&moment.civil().year())
}

fn first_reading(found: &Detected<DateNotation>) -> Option<&DateNotation> {
    match &found.verdict {
        crate::notation::Verdict::Ambiguous(readings) => readings.first().map(|r| &r.notation),
        crate::notation::Verdict::Conflict(partials) => partials.first().map(|p| &p.notation),
        _ => None,
    }
}

/// Reads a cell as a number, and whether a currency stands beside it.
type Reader = Box<dyn Fn(&str) -> Option<(f64, bool)>>;

fn numbers_of(column: &SampleColumn, tried: &[&str]) -> Option<Numbers> {
    let mut marked = column.kind == SampleKind::Real;
    let read: Reader = match column.kind {
        SampleKind::Whole | SampleKind::Real => {
            Box::new(|text| text.trim().parse::<f64>().ok().filter(|n| n.is_finite()).map(|n| (n, false)))
        }
        SampleKind::Text => {
            let notation = amount_notation(tried)?;
            marked = notation.decimal.is_some_and(|mark| tried.iter().any(|text| text.contains(mark.char())));
            Box::new(move |text| read_amount(text, notation))
        }
        SampleKind::Day | SampleKind::Instant | SampleKind::Flag => return None,
    };
    let cells = column.cells.iter().map(|cell| cell.as_deref().filter(|t| !t.trim().is_empty()).map(&read));
    let (mut values, mut has_currency, mut filled) = (Vec::with_capacity(column.cells.len()), false, 0);
    for cell in cells {
        filled += usize::from(cell.is_some());
        let number = cell.flatten();
        has_currency |= number.is_some_and(|(_, currency)| currency);
        values.push(number.map(|(value, _)| value));
    }
    let mut sorted: Vec<f64> = values.iter().flatten().copied().collect();
    if sorted.is_empty() || 100 * sorted.len() < READ_NUMBERS * filled {
        return None;
    }
    sorted.sort_by(f64::total_cmp);
    Some(Numbers {
        whole: sorted.iter().all(|n| n.fract() == 0.0),
        marked,
        negative: sorted.iter().filter(|n| **n < 0.0).count(),
        least: sorted[0],
        greatest: sorted[sorted.len() - 1],
        median: sorted[sorted.len() / 2],
        has_currency,
        values,
    })
}

/// A number as written, and whether a currency stands beside it.
fn read_amount(text: &str, notation: AmountNotation) -> Option<(f64, bool)> {
    let read = amount::parse(text, notation).ok()?;
    Some((read.ten_thousandths as f64 / 10_000.0, read.currency.is_some()))
}

/// The notation that reads the most of some texts, where it reads most of them.
fn amount_notation(tried: &[&str]) -> Option<AmountNotation> {
    let has_digits = |text: &&&str| text.chars().any(|c| digits::ascii_digit(c).is_some());
    if tried.is_empty() || 100 * tried.iter().filter(has_digits).count() < READ_NUMBERS * tried.len() {
        return None;
    }
    let found = amount::detect(tried.iter().copied());
    match &found.verdict {
        crate::notation::Verdict::Certain(reading) => Some(reading.notation),
        crate::notation::Verdict::Plausible { chosen, .. } => Some(chosen.notation),
        crate::notation::Verdict::Ambiguous(readings) => readings.first().map(|r| r.notation),
        crate::notation::Verdict::Conflict(partials) => partials.first().map(|p| p.notation),
        crate::notation::Verdict::Nothing => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(cells: &[&str]) -> Profile {
        let cells = cells.iter().map(|c| (!c.is_empty()).then(|| (*c).to_owned())).collect();
        Profile::of(&SampleColumn { name: "c".into(), kind: SampleKind::Text, cells })
    }

    #[test]
    fn dates_are_told_from_numbers() {
        assert_eq!(profile(&["2024-01-03", "2024-02-01"]).dates, Some(Dates::Written));
        assert_eq!(profile(&["1402/12/29", "1403/01/01"]).dates, Some(Dates::Written));
        assert_eq!(profile(&["05/02/2024", "07/01/2024"]).dates, Some(Dates::Written));
        assert_eq!(profile(&["20240103", "20240201"]).dates, Some(Dates::Numbers));
        assert_eq!(profile(&["12.50", "7.25", "11.20"]).dates, None);
        assert_eq!(profile(&["1001", "1002", "1003"]).dates, None);
    }

    #[test]
    fn numbers_are_read_in_their_notation() {
        let german = profile(&["1.234,50", "80,00", ""]);
        let numbers = german.numbers.expect("numbers");
        assert_eq!(numbers.values, [Some(1234.5), Some(80.0), None]);
        assert!(!numbers.whole && german.filled == 2);
        assert!(profile(&["C-11", "C-12"]).numbers.is_none());
        assert!(profile(&["1.355,90 €", "-1.000,00 €"]).numbers.is_some_and(|n| n.has_currency && n.negative == 1));
    }

    #[test]
    fn emails_and_currencies_are_seen() {
        assert!(profile(&["a@b.example", "c@d.example"]).has_emails());
        assert!(!profile(&["a @ b", "x"]).has_emails());
        assert_eq!(profile(&["IRR", "تومان", "IRR"]).currencies, 2);
    }
}
