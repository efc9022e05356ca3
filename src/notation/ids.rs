//! Forms that spreadsheets and CRM systems give to ids. Ids are text: nothing here is done unless it is asked for.

/// Why an id could not be repaired.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdError {
    /// Digits of the whole number are not written.
    #[error("`{text}` is a number in scientific form with {written} of its {needed} digits; the others are lost")]
    LostDigits {
        /// As written.
        text: String,
        /// Digits written.
        written: usize,
        /// Digits of the whole number.
        needed: usize,
    },
    /// It isn't a whole number.
    #[error("`{text}` is a number in scientific form that is not whole")]
    NotWhole {
        /// As written.
        text: String,
    },
    /// The check suffix belongs to another id.
    #[error("`{text}` ends in `{found}`, its first 15 characters need `{expected}`")]
    Suffix {
        /// As written.
        text: String,
        /// Suffix found.
        found: String,
        /// Suffix computed.
        expected: String,
    },
}

/// The digits of an id that a spreadsheet wrote in scientific form, such as `3.1846205517092E13`; `None` for any
/// other text.
///
/// Scientific form is one digit from 1 to 9, then decimals or a signed exponent or both: `6.21047E+15`, `5E+10`.
/// Digits with an `e` somewhere else, such as `73920e05` or `4e217305`, are ids of their own.
///
/// # Errors
/// [`IdError::LostDigits`] when not all digits are written, [`IdError::NotWhole`] when there are too many.
pub fn expand_scientific(text: &str) -> Result<Option<String>, IdError> {
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else { return Ok(None) };
    let (whole, decimals) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, ""));
    let signed = exponent.starts_with(['+', '-']);
    let power = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let is_digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    let normal = whole.len() == 1 && is_digits(whole) && whole != "0" && is_digits(decimals);
    let has_point = mantissa.len() > whole.len() && !decimals.is_empty();
    let bare = mantissa.len() == whole.len();
    if !normal || !(1..=3).contains(&power.len()) || !is_digits(power) || !(has_point || (bare && signed)) {
        return Ok(None);
    }
    let kept = decimals.trim_end_matches('0');
    let places: usize = power.parse().unwrap_or(usize::MAX);
    let negative = exponent.starts_with('-') && places > 0;
    if negative || kept.len() > places {
        return Err(IdError::NotWhole { text: text.to_owned() });
    }
    if decimals.len() < places {
        let (written, needed) = (1 + decimals.len(), 1 + places);
        return Err(IdError::LostDigits { text: text.to_owned(), written, needed });
    }
    Ok(Some(format!("{whole}{}", &decimals[..places])))
}

/// The id without the decimals that a table with gaps gave it: `17850.0` is 17850; any other text stays as it is.
pub fn without_decimals(text: &str) -> &str {
    let is_digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    match text.split_once('.') {
        Some((whole, zeros)) if is_digits(whole) && !zeros.is_empty() && zeros.bytes().all(|b| b == b'0') => whole,
        _ => text,
    }
}

/// The 15-character form of a Salesforce id: 18 characters lose their check suffix once it was verified; any other
/// text stays as it is.
///
/// The suffix has one character for each block of five: bit `i` is set where the block's character `i` is an ASCII
/// capital, and the number indexes `A`-`Z`, `0`-`5`.
///
/// # Errors
/// [`IdError::Suffix`] when the suffix doesn't belong to the first 15 characters.
pub fn salesforce_15(text: &str) -> Result<&str, IdError> {
    if text.len() != 18 || !text.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Ok(text);
    }
    let (id, found) = text.split_at(15);
    let expected = salesforce_suffix(id);
    if found.eq_ignore_ascii_case(&expected) {
        return Ok(id);
    }
    Err(IdError::Suffix { text: text.to_owned(), found: found.to_owned(), expected })
}

fn salesforce_suffix(id: &str) -> String {
    let letter = |block: &[u8]| {
        let bits = block.iter().enumerate().map(|(i, b)| u8::from(b.is_ascii_uppercase()) << i).sum::<u8>();
        char::from(if bits < 26 { b'A' + bits } else { b'0' + bits - 26 })
    };
    id.as_bytes().chunks(5).map(letter).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn scientific_form_is_expanded_only_when_every_digit_is_written() {
        assert_eq!(expand_scientific("3.1846205517092E13"), Ok(Some("31846205517092".into())));
        assert_eq!(expand_scientific("3,1846205517092E+13"), Ok(Some("31846205517092".into())));
        assert_eq!(expand_scientific("1.50E+1"), Ok(Some("15".into())));
        let lost = IdError::LostDigits { text: "6.21047E+15".into(), written: 6, needed: 16 };
        assert_eq!(expand_scientific("6.21047E+15"), Err(lost));
        let lost = IdError::LostDigits { text: "1.5E+2".into(), written: 2, needed: 3 };
        assert_eq!(expand_scientific("1.5E+2"), Err(lost));
        assert!(matches!(expand_scientific("5E+10"), Err(IdError::LostDigits { .. })));
        assert!(matches!(expand_scientific("1.25E+1"), Err(IdError::NotWhole { .. })));
        assert!(matches!(expand_scientific("1.5E-7"), Err(IdError::NotWhole { .. })));
    }

    #[test]
    fn ids_that_only_look_so_are_left_alone() {
        for text in
            ["73920e05", "4e217305", "58204417", "123456789012345678901", "E12", "1e", "5e10", "a.5E+3", "00042"]
        {
            assert_eq!(expand_scientific(text), Ok(None), "{text}");
        }
    }

    #[test]
    fn only_decimals_that_say_nothing_come_off() {
        for (text, id) in
            [("17850.0", "17850"), ("007.00", "007"), ("1.5", "1.5"), ("5.", "5."), (".0", ".0"), ("a.0", "a.0")]
        {
            assert_eq!(without_decimals(text), id);
        }
    }

    #[test]
    fn salesforce_ids_lose_a_suffix_that_was_verified() {
        for (id18, id15) in [
            ("0037k00000QrTemAAF", "0037k00000QrTem"),
            ("0037k00000QrTeMAAV", "0037k00000QrTeM"),
            ("0037k00000qrTemAAE", "0037k00000qrTem"),
        ] {
            assert_eq!(salesforce_15(id18), Ok(id15));
        }
        assert!(matches!(salesforce_15("0037k00000QrTemAAE"), Err(IdError::Suffix { .. })));
        assert_eq!(salesforce_15("0037k00000QrTem"), Ok("0037k00000QrTem"));
        assert_eq!(salesforce_15("an ordinary id ..."), Ok("an ordinary id ..."));
    }

    proptest! {
        #[test]
        fn an_expanded_number_is_the_number(value in 1_u64..1_000_000_000_000_000) {
            let digits = value.to_string();
            let (first, rest) = digits.split_at(1);
            prop_assume!(!rest.is_empty());
            let text = format!("{first}.{rest}E+{}", rest.len());
            prop_assert_eq!(expand_scientific(&text), Ok(Some(digits)));
        }

        #[test]
        fn no_text_panics(text in ".*") {
            let _ = expand_scientific(&text);
            let _ = salesforce_15(&text);
        }
    }
}
