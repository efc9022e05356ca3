//! The notation of a column of amounts, from samples of it.

use super::super::detected::{Belief, Bench, Detected};
use super::{Amount, AmountError, AmountNotation, Currency, DecimalMark, Grouping, ThousandsMark, parse};

/// The notations that are tried; among equals the earlier wins, so marks that no sample shows are not assumed, but
/// for the usual partner of a decimal mark.
const CANDIDATES: [AmountNotation; 11] = [
    AmountNotation::WHOLE,
    AmountNotation::POINT,
    AmountNotation::COMMA,
    AmountNotation { thousands: Some(ThousandsMark::Space), ..AmountNotation::WHOLE },
    AmountNotation { thousands: Some(ThousandsMark::Apostrophe), ..AmountNotation::WHOLE },
    AmountNotation::with(DecimalMark::Point, ThousandsMark::Space),
    AmountNotation::with(DecimalMark::Comma, ThousandsMark::Space),
    AmountNotation::with(DecimalMark::Point, ThousandsMark::Apostrophe),
    AmountNotation::with(DecimalMark::Comma, ThousandsMark::Apostrophe),
    AmountNotation { grouping: Grouping::Indian, ..AmountNotation::POINT },
    AmountNotation::with(DecimalMark::Slash, ThousandsMark::Comma),
];

/// Which notation a column of amounts is in.
///
/// Certain is a notation when every other that gives some text another value is refuted by a sample: `12,5` and
/// `0,125` can't be groups, `1.234.567` and `1.234,50` can't have a decimal point first. Where all samples are like
/// `1.234`, both readings are reported. Where no sample has a mark, the notation is [`AmountNotation::WHOLE`], which
/// refuses a mark that turns up later instead of guessing what it means.
pub fn detect<'a>(samples: impl IntoIterator<Item = &'a str>) -> Detected<AmountNotation> {
    let bench = Bench::new(CANDIDATES.to_vec(), samples, |notation, text| believe(*notation, text));
    bench.judge(|a, b| a.clashes_with(*b))
}

fn believe(notation: AmountNotation, text: &str) -> Result<(Amount, Belief), AmountError> {
    let amount = parse(text, notation)?;
    // a slash before decimals is an Iranian habit; with other digits it is a fraction or a date
    let is_slash_odd = notation.decimal == Some(DecimalMark::Slash) && text.contains('/') && !has_persian_digits(text);
    Ok((amount, if is_slash_odd { Belief::Odd } else { Belief::Usual }))
}

fn has_persian_digits(text: &str) -> bool {
    text.chars().any(|c| matches!(c, '۰'..='۹' | '٠'..='٩'))
}

/// A currency found in a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CurrencyCount {
    /// The currency; none for amounts that show none.
    pub currency: Option<Currency>,
    /// How many amounts show it.
    pub count: usize,
    /// Position of the first among all samples, from 1.
    pub first: usize,
    /// The text of the first.
    pub text: String,
}

/// The currencies of a column's amounts in the order of their appearance, so that a mixture can be refused with the
/// place where it begins. Texts that are no amounts are passed over.
pub fn currencies<'a>(samples: impl IntoIterator<Item = &'a str>, notation: AmountNotation) -> Vec<CurrencyCount> {
    let mut found: Vec<CurrencyCount> = Vec::new();
    for (at, text) in samples.into_iter().enumerate() {
        let Ok(Amount { currency, .. }) = parse(text, notation) else { continue };
        match found.iter_mut().find(|known| known.currency == currency) {
            Some(known) => known.count += 1,
            None => found.push(CurrencyCount { currency, count: 1, first: at + 1, text: text.to_owned() }),
        }
    }
    found
}
