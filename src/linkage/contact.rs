//! Keys of e-mail addresses and phone numbers.

use phonenumber::country::Id;

use crate::notation::{digits, letters};

/// The fewest digits of a phone number.
const FEWEST_DIGITS: usize = 7;

/// The country of a two-letter code in any case.
pub(crate) fn country(code: &str) -> Option<Id> {
    code.trim().to_ascii_uppercase().parse().ok()
}

/// The key of an e-mail address: lower case, no spaces at the ends; empty if it is none.
pub(crate) fn email_key(text: &str, plus_addressing: bool, dots: bool) -> String {
    let folded = letters::fold_email(text);
    let folded = folded.strip_prefix("mailto:").unwrap_or(&folded);
    let Some((local, domain)) = folded.rsplit_once('@') else { return String::new() };
    let local = if plus_addressing { local.split('+').next().unwrap_or(local) } else { local };
    if local.is_empty() || !domain.contains('.') || folded.contains(char::is_whitespace) {
        return String::new();
    }
    if dots { format!("{}@{domain}", local.replace('.', "")) } else { format!("{local}@{domain}") }
}

/// The key of a phone number: the digits of its E.164 form doubled plus one; for a number whose country can't be told,
/// its own digits doubled; 0 if it is no number. Numbers of one digit repeated are none.
pub(crate) fn phone_key(text: &str, country: Option<Id>) -> u64 {
    let plain = digits::plain(text);
    let number: String = plain.chars().filter(char::is_ascii_digit).collect();
    let international = plain.starts_with('+') || number.starts_with("00");
    let bare = if plain.starts_with('+') { number.as_str() } else { number.strip_prefix("00").unwrap_or(&number) };
    if bare.len() < FEWEST_DIGITS || bare.bytes().all(|b| b == bare.as_bytes()[0]) {
        return 0;
    }
    let parsed = match (international, country) {
        (true, _) => phonenumber::parse(None, format!("+{bare}")).ok(),
        (false, Some(country)) => phonenumber::parse(Some(country), &*plain).ok(),
        (false, None) => None,
    };
    let (digits, mark) = match parsed {
        Some(number) => {
            let national = number.national();
            let zeros = "0".repeat(usize::from(national.zeros()));
            (format!("{}{zeros}{}", number.code().value(), national.value()), 1)
        }
        None => (bare.to_owned(), 0),
    };
    digits.parse::<u64>().ok().filter(|value| *value < u64::MAX / 4).map_or(0, |value| value * 2 + mark)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_in_any_case_have_one_key() {
        assert_eq!(email_key(" Mia.Berg@Example.COM ", false, false), "mia.berg@example.com");
        assert_eq!(email_key("mia+shop@example.com", false, false), "mia+shop@example.com");
        assert_eq!(email_key("m.ia+shop@example.com", true, true), "mia@example.com");
        for text in ["none", "@example.com", "a@b", "a b@example.com"] {
            assert_eq!(email_key(text, false, false), "", "{text}");
        }
    }

    #[test]
    fn one_number_in_many_notations_has_one_key() {
        let iran = country("ir");
        let key = phone_key("+989121234567", None);
        assert_eq!(key, 989_121_234_567 * 2 + 1);
        for text in [
            "0912 123 4567",
            "۰۹۱۲۱۲۳۴۵۶۷",
            "00989121234567",
            "(0912) 123-4567",
            "+98 912 123 4567",
            "+98 0912 123 4567",
        ] {
            assert_eq!(phone_key(text, iran), key, "{text}");
        }
        assert_eq!(phone_key("030 1234567", country("DE")), phone_key("+49 30 1234567", None));
        assert_eq!(phone_key("06 1234 5678", country("IT")), 390_612_345_678 * 2 + 1);
    }

    #[test]
    fn placeholders_are_no_numbers() {
        for text in ["", "0000000", "1111111111", "12345", "call me"] {
            assert_eq!(phone_key(text, country("DE")), 0, "{text}");
        }
        assert_eq!(phone_key("912 123 4567", None), 9_121_234_567 * 2);
    }
}
