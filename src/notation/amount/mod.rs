//! Amounts of money as people and programs write them, read exactly.

mod affix;
mod currency;
mod detect;
mod error;
mod number;

pub use currency::Currency;
pub use detect::{CurrencyCount, currencies, detect};
pub use error::AmountError;

use std::fmt;

use super::digits;
use super::null_words;

/// How the amounts of one column are written: one convention for the whole column.
///
/// Whatever the notation, a text may have digits of any script; one sign (`-`, `−` or an en dash in front or behind,
/// `+`, or round brackets for a negative amount); one currency in front or behind; spaces around these; a
/// spreadsheet's guard (`'` in front, `="..."`); the Arabic separators `٫` and `٬`, which can mean but one thing. The
/// Arabic comma `،` counts as a comma. Scientific form is read when it leaves no digit out: `1.25E-3` is, `4.5E+15`
/// isn't.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AmountNotation {
    /// What stands before the decimals; none when amounts are whole.
    pub decimal: Option<DecimalMark>,
    /// What stands between groups of digits; none when they aren't grouped. Groups must be well formed.
    pub thousands: Option<ThousandsMark>,
    /// Length of the groups.
    pub grouping: Grouping,
    /// What a credit or debit mark behind or before an amount means.
    pub credit: CreditMarks,
}

/// What stands before the decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecimalMark {
    /// `1234.50`
    Point,
    /// `1234,50`
    Comma,
    /// `۱۲۳۴/۵۰`, as typed where the keyboard has no `٫`.
    Slash,
}

/// What stands between groups of digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThousandsMark {
    /// `1,234`
    Comma,
    /// `1.234`
    Point,
    /// `1 234`, with a space of any kind: no-break, narrow, thin.
    Space,
    /// `1'234`, with an apostrophe of any kind.
    Apostrophe,
}

/// Length of the groups of digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Grouping {
    /// Three digits: `1,234,567`.
    #[default]
    Threes,
    /// Three digits, then twos, as in India: `12,34,567`.
    Indian,
}

/// What credit and debit marks mean: `CR`, `DR`, `Cr.`, `Dr.`, `H`, `S`, `بستانکار`, `بدهکار`, `دائن`, `مدين`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CreditMarks {
    /// An amount with such a mark is refused, since either may be the negative one.
    #[default]
    Refused,
    /// Credit is negative, debit positive.
    CreditNegative,
    /// Debit is negative, credit positive.
    DebitNegative,
}

impl DecimalMark {
    /// The mark.
    pub const fn char(self) -> char {
        match self {
            Self::Point => '.',
            Self::Comma => ',',
            Self::Slash => '/',
        }
    }
}

impl ThousandsMark {
    /// The mark; a plain space for the spaces, `'` for the apostrophes.
    pub const fn char(self) -> char {
        match self {
            Self::Comma => ',',
            Self::Point => '.',
            Self::Space => ' ',
            Self::Apostrophe => '\'',
        }
    }
}

impl AmountNotation {
    /// Whole amounts without any mark.
    pub const WHOLE: Self =
        Self { decimal: None, thousands: None, grouping: Grouping::Threes, credit: CreditMarks::Refused };
    /// `1,234.50`
    pub const POINT: Self = Self::with(DecimalMark::Point, ThousandsMark::Comma);
    /// `1.234,50`
    pub const COMMA: Self = Self::with(DecimalMark::Comma, ThousandsMark::Point);

    /// A notation with both marks.
    pub const fn with(decimal: DecimalMark, thousands: ThousandsMark) -> Self {
        Self { decimal: Some(decimal), thousands: Some(thousands), ..Self::WHOLE }
    }

    /// The notation with a decimal mark and, where one is given, a thousands mark, both as characters; `None` when a
    /// mark is not known or both are the same.
    pub fn of_chars(decimal: char, thousands: Option<char>) -> Option<Self> {
        let decimal = match decimal {
            // the Arabic mark is read in every notation
            '.' | digits::ARABIC_DECIMAL => DecimalMark::Point,
            ',' | '،' => DecimalMark::Comma,
            '/' => DecimalMark::Slash,
            _ => return None,
        };
        let thousands = match thousands {
            None | Some(digits::ARABIC_THOUSANDS) => None,
            Some(',' | '،') => Some(ThousandsMark::Comma),
            Some('.') => Some(ThousandsMark::Point),
            Some('\'' | '’') => Some(ThousandsMark::Apostrophe),
            Some(c) if c.is_whitespace() => Some(ThousandsMark::Space),
            Some(_) => return None,
        };
        let differ = thousands.is_none_or(|mark| mark.char() != decimal.char());
        differ.then_some(Self { decimal: Some(decimal), thousands, ..Self::WHOLE })
    }

    /// Whether some text has one value in this notation and another in that one.
    pub fn clashes_with(self, other: Self) -> bool {
        let taken = |a: Self, b: Self| match (a.decimal, b.thousands) {
            (Some(decimal), Some(thousands)) => decimal.char() == thousands.char(),
            _ => false,
        };
        taken(self, other) || taken(other, self)
    }
}

impl fmt::Display for AmountNotation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.decimal {
            None => f.write_str("no decimal mark")?,
            Some(mark) => write!(f, "decimal `{}`", mark.char())?,
        }
        match self.thousands {
            None => {}
            Some(mark) => write!(f, ", thousands `{}`", mark.char())?,
        }
        match self.grouping {
            Grouping::Threes => Ok(()),
            Grouping::Indian => f.write_str(", Indian groups"),
        }
    }
}

/// An amount that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Amount {
    /// Ten-thousandths of the currency's main unit, as written: nothing is converted.
    pub ten_thousandths: i64,
    /// The currency beside the number.
    pub currency: Option<Currency>,
}

impl fmt::Display for Amount {
    /// Currency units with a decimal point and at least two decimals.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let absolute = self.ten_thousandths.unsigned_abs();
        let decimals = format!("{:04}", absolute % 10_000);
        let kept = decimals.trim_end_matches('0').len().max(2);
        let sign = if self.ten_thousandths < 0 { "-" } else { "" };
        write!(f, "{sign}{}.{}", absolute / 10_000, &decimals[..kept])?;
        self.currency.map_or(Ok(()), |currency| write!(f, " {currency}"))
    }
}

/// Reads one amount, exactly: digits past the fourth decimal round half away from zero.
///
/// # Errors
/// [`AmountError`] says what in the text does not fit the notation.
pub fn parse(text: &str, notation: AmountNotation) -> Result<Amount, AmountError> {
    let folded = digits::plain(text);
    let text = digits::unguarded(&folded).trim();
    if text.is_empty() {
        return Err(AmountError::Empty);
    }
    if null_words::is_cell_error(text) {
        return Err(AmountError::CellError);
    }
    let (before, core, behind) = affix::split(text).ok_or_else(|| affix::without_digits(text))?;
    let signs = affix::read(before, core, behind, notation.credit)?;
    let absolute = number::read(core, notation)?;
    let ten_thousandths = if signs.negative { -absolute } else { absolute };
    Ok(Amount { ten_thousandths, currency: signs.currency })
}

#[cfg(test)]
mod tests;
