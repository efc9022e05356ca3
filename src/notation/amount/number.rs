//! The number itself: digits, marks and exponent to ten-thousandths.

use super::super::digits::{ARABIC_DECIMAL, ARABIC_THOUSANDS};
use super::{AmountError, AmountNotation, Grouping};

/// Decimals that are kept.
const SCALE: u32 = 4;

/// Largest exponent of scientific form, either way: far beyond the range of amounts.
const MAX_EXPONENT: usize = 40;

/// A number on its way from text to ten-thousandths.
#[derive(Default)]
struct Number {
    value: i64,
    digits: u32,
    /// Decimals seen; none before the mark.
    decimals: Option<u32>,
    round_up: bool,
    groups: Groups,
}

/// Groups of digits before the decimal mark.
#[derive(Default)]
struct Groups {
    mark: Option<char>,
    /// Digits since the last mark.
    length: u32,
    starts_with_zero: bool,
}

/// Reads an unsigned number that has at least one digit.
pub(super) fn read(core: &str, notation: AmountNotation) -> Result<i64, AmountError> {
    if let Some((mantissa, exponent)) = core.split_once(['e', 'E']) {
        let expanded = expand(mantissa, exponent, notation)?;
        return read(&expanded, notation);
    }
    let mut number = Number::default();
    for c in core.chars() {
        match c {
            '0'..='9' => number.digit(c as u8 - b'0')?,
            _ if c == ARABIC_DECIMAL || notation.decimal.is_some_and(|mark| mark.char() == c) => {
                if number.decimals.is_some() {
                    return Err(AmountError::BehindDecimals { found: c });
                }
                number.groups.end()?;
                number.decimals = Some(0);
            }
            _ if c == ARABIC_THOUSANDS || notation.thousands.is_some_and(|mark| mark.char() == c) => {
                if number.decimals.is_some() {
                    return Err(AmountError::BehindDecimals { found: c });
                }
                number.groups.mark(c, notation.grouping)?;
            }
            found => return Err(AmountError::Character { found }),
        }
    }
    number.finish()
}

impl Number {
    fn digit(&mut self, digit: u8) -> Result<(), AmountError> {
        self.digits += 1;
        if self.decimals.is_none() {
            self.groups.digit(digit);
        }
        match self.decimals {
            Some(seen) if seen >= SCALE => {
                self.round_up |= seen == SCALE && digit >= 5;
                self.decimals = Some(SCALE + 1);
            }
            _ => {
                let shifted = self.value.checked_mul(10).and_then(|v| v.checked_add(i64::from(digit)));
                self.value = shifted.ok_or(AmountError::OutOfRange)?;
                self.decimals = self.decimals.map(|d| d + 1);
            }
        }
        Ok(())
    }

    fn finish(self) -> Result<i64, AmountError> {
        if self.decimals.is_none() {
            self.groups.end()?;
        }
        if self.digits == 0 {
            return Err(AmountError::NoDigit);
        }
        let missing = SCALE - self.decimals.unwrap_or(0).min(SCALE);
        let scaled = self.value.checked_mul(10_i64.pow(missing));
        scaled.and_then(|v| v.checked_add(i64::from(self.round_up))).ok_or(AmountError::OutOfRange)
    }
}

impl Groups {
    fn digit(&mut self, digit: u8) {
        self.starts_with_zero |= self.mark.is_none() && self.length == 0 && digit == 0;
        self.length += 1;
    }

    /// A thousands mark: the first group has one to three digits (one or two in India) and no leading zero.
    fn mark(&mut self, mark: char, grouping: Grouping) -> Result<(), AmountError> {
        let inner = match grouping {
            Grouping::Threes => 3,
            Grouping::Indian => 2,
        };
        let fits = match self.mark {
            None => (1..=inner).contains(&self.length) && !self.starts_with_zero,
            Some(earlier) => earlier == mark && self.length == inner,
        };
        self.mark = Some(mark);
        self.length = 0;
        if fits { Ok(()) } else { Err(AmountError::Grouping { mark }) }
    }

    /// The end of the whole part: the last group has three digits.
    fn end(&self) -> Result<(), AmountError> {
        match self.mark {
            Some(mark) if self.length != 3 => Err(AmountError::Grouping { mark }),
            _ => Ok(()),
        }
    }
}

/// The plain form of a number in scientific form, when all of its digits are written.
fn expand(mantissa: &str, exponent: &str, notation: AmountNotation) -> Result<String, AmountError> {
    let mark = notation.decimal.map_or(ARABIC_DECIMAL, super::DecimalMark::char);
    let (whole, decimals) = mantissa.split_once([mark, ARABIC_DECIMAL]).unwrap_or((mantissa, ""));
    let unlike_digit = |c: &char| !c.is_ascii_digit();
    let power = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let stray = whole.chars().chain(decimals.chars()).chain(power.chars()).find(unlike_digit);
    if let Some(found) = stray {
        return Err(AmountError::Character { found });
    }
    if whole.is_empty() || power.is_empty() {
        return Err(AmountError::NoDigit);
    }
    let places = power.parse().ok().filter(|places| *places <= MAX_EXPONENT);
    if exponent.starts_with('-') {
        let zeros = "0".repeat(places.unwrap_or(MAX_EXPONENT));
        let padded = format!("{zeros}{whole}");
        let (shifted, moved) = padded.split_at(padded.len() - zeros.len());
        let shifted = shifted.trim_start_matches('0');
        return Ok(format!("0{shifted}{ARABIC_DECIMAL}{moved}{decimals}"));
    }
    match places {
        Some(places) if places <= decimals.len() => {
            let (moved, rest) = decimals.split_at(places);
            Ok(format!("{whole}{moved}{ARABIC_DECIMAL}{rest}"))
        }
        _ => Err(AmountError::LostDigits),
    }
}
