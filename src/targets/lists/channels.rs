//! Channels: which consent a channel needs, and which attributes reach a customer by it.

use crate::table::{Column, Table};

/// What attributes that tell consent begin with.
const CONSENT: &str = "consent_";

/// Ways to reach somebody, each with the names that channels and consents bear.
const KINDS: [(Kind, &[&str]); 4] = [
    (Kind::Email, &["email", "e_mail", "mail", "newsletter"]),
    (Kind::Sms, &["sms", "text", "text_message", "whatsapp"]),
    (Kind::Phone, &["phone", "call", "calls", "telephone", "telemarketing"]),
    (Kind::Post, &["post", "letter", "postal", "postcard", "direct_mail", "catalogue", "catalog"]),
];

/// Attributes of an e-mail address, the first that is there.
const EMAIL: &[&str] = &["email", "e_mail", "email_address", "mail"];

/// Attributes of a telephone number.
const PHONE: &[&str] = &["phone", "phone_number", "mobile", "mobile_phone", "telephone", "msisdn"];

/// Attributes of a postal address that a letter needs, all that are there.
const POST: &[&str] = &[
    "title",
    "first_name",
    "last_name",
    "name",
    "street",
    "address",
    "house_number",
    "postal_code",
    "zip",
    "city",
    "region",
    "country",
];

/// Attributes without which no letter arrives.
const STREET: &[&str] = &["street", "address"];

/// How somebody is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// By electronic mail.
    Email,
    /// By text message.
    Sms,
    /// By telephone.
    Phone,
    /// By letter.
    Post,
}

/// A channel's name as part of a column name: small letters, `_` for what is no letter or digit.
pub(super) fn key(channel: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() { c } else { '_' };
    channel.trim().to_lowercase().chars().map(plain).collect()
}

/// How a channel reaches somebody, as far as that is known.
pub(super) fn kind(channel: &str) -> Option<Kind> {
    let key = key(channel);
    KINDS.iter().find(|(_, names)| names.contains(&key.as_str())).map(|(kind, _)| *kind)
}

/// What is known of the consent for a channel.
#[derive(Debug)]
pub(super) enum Consent<'a> {
    /// The customers source tells no consent at all.
    NotAsked,
    /// It tells consent, but not for this channel.
    Unknown,
    /// The attribute that tells it.
    Told(&'a Column),
    /// The channel isn't named: one consent at least must be given.
    AnyOf(Vec<&'a Column>),
}

impl Consent<'_> {
    /// Whether a customer may be contacted, as far as consent goes.
    pub(super) fn allows(&self, row: usize) -> bool {
        match self {
            Self::NotAsked => true,
            Self::Unknown => false,
            Self::Told(column) => column.says_yes(row),
            Self::AnyOf(columns) => columns.iter().any(|column| column.says_yes(row)),
        }
    }
}

/// The consent that a channel needs: that of its own name, else that of another name of the same kind; without a channel,
/// any consent.
pub(super) fn consent<'a>(customers: &'a Table, channel: Option<&str>) -> Consent<'a> {
    let told = || customers.columns().iter().filter_map(|(n, column)| Some((n.strip_prefix(CONSENT)?, column)));
    let Some(channel) = channel else {
        let all: Vec<&Column> = told().map(|(_, column)| column).collect();
        return if all.is_empty() { Consent::NotAsked } else { Consent::AnyOf(all) };
    };
    let own = told().find(|(name, _)| *name == key(channel));
    let alike = || told().find(|(name, _)| kind(name).is_some() && kind(name) == kind(channel));
    match own.or_else(alike) {
        Some((_, column)) => Consent::Told(column),
        None if told().next().is_some() => Consent::Unknown,
        None => Consent::NotAsked,
    }
}

/// Whether a cell is empty or clearly says no. What can't be read is no no.
pub(super) fn says_no(column: &Column, row: usize) -> bool {
    match column {
        _ if column.is_null(row) => true,
        Column::Flag(flags) => !flags.value(row),
        Column::Count(numbers) => numbers.value(row) == 0,
        Column::Real(numbers) => numbers.value(row) == 0.0,
        other => matches!(other.display(row).trim().to_lowercase().as_str(), "" | "false" | "no" | "n" | "0"),
    }
}

/// The attributes of the customers table that a channel needs, in the order of its file.
pub(super) fn address_columns(customers: &Table, channel: &str) -> Vec<String> {
    let first = |names: &[&str]| names.iter().find(|n| customers.column(n).is_ok()).map(|n| vec![(*n).to_owned()]);
    match kind(channel) {
        Some(Kind::Email) => first(EMAIL).unwrap_or_default(),
        Some(Kind::Sms | Kind::Phone) => first(PHONE).unwrap_or_default(),
        Some(Kind::Post) => POST.iter().filter(|n| customers.column(n).is_ok()).map(|n| (*n).to_owned()).collect(),
        None => Vec::new(),
    }
}

/// The column that must be filled for a channel to reach somebody, where there is one.
pub(super) fn needed_address<'a>(customers: &'a Table, channel: &str) -> Option<&'a Column> {
    let names = match kind(channel)? {
        Kind::Email => EMAIL,
        Kind::Sms | Kind::Phone => PHONE,
        Kind::Post => STREET,
    };
    names.iter().find_map(|name| customers.column(name).ok())
}

/// Digits of a telephone number in the international form.
const E164_DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// A telephone number without the marks that people put between its digits, when it is international; else as it is.
pub(super) fn dialled(number: &str) -> String {
    let bare = number.replace("(0)", "");
    let digits: String = bare.chars().filter(|c| !matches!(c, ' ' | '\u{a0}' | '-' | '.' | '/' | '(' | ')')).collect();
    let rest = digits.strip_prefix('+').or_else(|| digits.strip_prefix("00"));
    match rest {
        Some(rest) if E164_DIGITS.contains(&rest.len()) && rest.bytes().all(|b| b.is_ascii_digit()) => {
            format!("+{rest}")
        }
        _ => number.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::{BooleanArray, Int64Array, StringArray};

    #[test]
    fn channels_have_kinds_and_keys() {
        assert_eq!(key(" E-Mail "), "e_mail");
        for (channel, found) in [
            ("Email", Some(Kind::Email)),
            ("call", Some(Kind::Phone)),
            ("SMS", Some(Kind::Sms)),
            ("direct mail", Some(Kind::Post)),
            ("push", None),
        ] {
            assert_eq!(kind(channel), found, "{channel}");
        }
    }

    #[test]
    fn doubt_is_neither_consent_nor_a_way_out_of_suppression() {
        let words =
            Column::Text(StringArray::from(vec![Some("yes"), Some("maybe"), Some("no"), None, Some("2024-01-01")]));
        let yes: Vec<bool> = (0..5).map(|row| words.says_yes(row)).collect();
        let no: Vec<bool> = (0..5).map(|row| says_no(&words, row)).collect();
        assert_eq!(yes, [true, false, false, false, false]);
        assert_eq!(no, [false, false, true, true, false]);
        let flags = Column::Flag(BooleanArray::from(vec![Some(true), None, Some(false)]));
        assert_eq!((0..3).map(|row| flags.says_yes(row)).collect::<Vec<_>>(), [true, false, false]);
        let counts = Column::Count(Int64Array::from(vec![Some(1), Some(2), Some(0), None]));
        assert_eq!((0..4).map(|row| counts.says_yes(row)).collect::<Vec<_>>(), [true, false, false, false]);
        assert_eq!((0..4).map(|row| says_no(&counts, row)).collect::<Vec<_>>(), [false, false, true, true]);
    }

    #[test]
    fn international_numbers_are_dialled_as_they_stand() {
        for (written, number) in [
            ("+98 912 123-4567", "+989121234567"),
            ("0049 170/1234567", "+491701234567"),
            ("+49 (0)170 1234567", "+491701234567"),
            ("0912 123 4567", "0912 123 4567"),
            ("=1+1", "=1+1"),
            ("+call me", "+call me"),
        ] {
            assert_eq!(dialled(written), number);
        }
    }
}
