//! What stands before and behind the number: signs, brackets, currencies, credit and debit marks.

use super::super::digits::ARABIC_DECIMAL;
use super::super::letters::{Folding, fold};
use super::{AmountError, CreditMarks, Currency};

/// Credit marks and debit marks, in the folded form of names.
const CREDIT: &[&str] = &["cr", "h", "haben", "credit", "بس", "بستانکار", "دائن"];
const DEBIT: &[&str] = &["dr", "db", "s", "soll", "debit", "بد", "بدهکار", "مدین"];

/// The text around a number and the number: from the first digit, or the decimal mark just before it, to the last.
pub(super) fn split(text: &str) -> Option<(&str, &str, &str)> {
    let first = text.find(|c: char| c.is_ascii_digit())?;
    let last = text.rfind(|c: char| c.is_ascii_digit())? + 1;
    let is_mark = |c: char| matches!(c, '.' | ',' | ARABIC_DECIMAL);
    // the point of `Rs.500` belongs to the word
    let mut before = text[..first].chars().rev();
    let start = match (before.next(), before.next()) {
        (Some(mark), other) if is_mark(mark) && !other.is_some_and(|c| c.is_alphabetic() || is_mark(c)) => {
            first - mark.len_utf8()
        }
        _ => first,
    };
    let mut behind = text[last..].chars();
    let end = match (behind.next(), behind.next()) {
        (Some(mark), other) if is_mark(mark) && !other.is_some_and(|c| c.is_alphanumeric() || is_mark(c)) => {
            last + mark.len_utf8()
        }
        _ => last,
    };
    Some((&text[..start], &text[start..end], &text[end..]))
}

/// What to say of a text without a digit.
pub(super) fn without_digits(text: &str) -> AmountError {
    let word = text.trim_matches(|c: char| !c.is_alphanumeric());
    if word.is_empty() || Currency::named(word).is_some() {
        return AmountError::NoDigit;
    }
    AmountError::Word { word: word.to_owned() }
}

/// What the affixes say.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Affixes {
    /// The amount is negative.
    pub(super) negative: bool,
    /// Its currency.
    pub(super) currency: Option<Currency>,
}

/// Signs and words seen so far.
#[derive(Default)]
struct Seen {
    plus_or_minus: u32,
    minus: bool,
    opened: u32,
    closed: u32,
    /// Whether the amount is on the negative side of a credit or debit mark.
    marked: Option<bool>,
    currency: Option<Currency>,
}

/// Reads what stands before and behind a number.
pub(super) fn read(before: &str, core: &str, behind: &str, credit: CreditMarks) -> Result<Affixes, AmountError> {
    if before.is_empty() && behind.is_empty() {
        return Ok(Affixes::default());
    }
    if core.ends_with(['.', ',']) && behind.starts_with('-') {
        return Err(AmountError::DashForCents);
    }
    let mut seen = Seen::default();
    for (text, is_before) in [(before, true), (behind, false)] {
        let mut words = String::new();
        for c in text.chars() {
            match c {
                '-' | '+' => {
                    seen.plus_or_minus += 1;
                    seen.minus |= c == '-';
                }
                '(' if is_before && seen.opened == 0 => seen.opened += 1,
                ')' if !is_before && seen.closed == 0 => seen.closed += 1,
                '(' | ')' => return Err(AmountError::Brackets),
                '%' | '‰' => return Err(AmountError::Percent),
                _ => {
                    words.push(c);
                    continue;
                }
            }
            words.push(' ');
        }
        read_words(words.trim(), credit, &mut seen)?;
    }
    if seen.opened != seen.closed {
        return Err(AmountError::Brackets);
    }
    if seen.plus_or_minus + seen.opened + u32::from(seen.marked.is_some()) > 1 {
        return Err(AmountError::TwoSigns);
    }
    Ok(Affixes { negative: seen.minus || seen.opened > 0 || seen.marked == Some(true), currency: seen.currency })
}

/// Reads words as one currency or mark, or else each by itself.
fn read_words(words: &str, credit: CreditMarks, seen: &mut Seen) -> Result<(), AmountError> {
    if words.is_empty() {
        return Ok(());
    }
    if read_word(words, credit, seen)? {
        return Ok(());
    }
    for word in words.split_whitespace() {
        if !read_word(word, credit, seen)? {
            let mut chars = word.chars();
            return Err(match (chars.next(), chars.next()) {
                (Some(found), None) if !found.is_alphabetic() => AmountError::Character { found },
                _ => AmountError::Word { word: word.to_owned() },
            });
        }
    }
    Ok(())
}

fn read_word(word: &str, credit: CreditMarks, seen: &mut Seen) -> Result<bool, AmountError> {
    if let Some(second) = Currency::named(word) {
        seen.currency = match seen.currency {
            Some(first) if !first.may_be(second) => return Err(AmountError::TwoCurrencies { first, second }),
            Some(first) if !first.is_shared_sign() => Some(first),
            _ => Some(second),
        };
        return Ok(true);
    }
    let key = fold(word, Folding::NAMES);
    let key = key.trim_end_matches('.');
    let is_credit = CREDIT.contains(&key);
    if !is_credit && !DEBIT.contains(&key) {
        return Ok(false);
    }
    if seen.marked.is_some() {
        return Err(AmountError::TwoSigns);
    }
    seen.marked = match credit {
        CreditMarks::Refused => return Err(AmountError::CreditMark { mark: word.to_owned() }),
        CreditMarks::CreditNegative => Some(is_credit),
        CreditMarks::DebitNegative => Some(!is_credit),
    };
    Ok(true)
}
