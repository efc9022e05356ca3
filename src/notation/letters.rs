//! Folding of letters for matching: two spellings of one name get one key. The written form is never changed.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::digits;

/// Which differences between two texts count as none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is one difference, and all combine")]
pub struct Folding {
    /// Arabic letters as Persian ones: yeh `ي ى` as `ی`, kaf `ك` as `ک`, alef with hamza or madda as `ا`, teh marbuta
    /// and the other hehs as `ه`, waw with hamza as `و`; tatweel and vowel signs are left out.
    pub arabic: bool,
    /// Upper and lower case.
    pub case: bool,
    /// Digits of any script as ASCII digits.
    pub digits: bool,
    /// A zero-width non-joiner, and any run of spaces, as one space; none at the ends.
    pub spaces: bool,
    /// Accents of Latin, Greek and Cyrillic letters: `é` as `e`, `ß` as `ss`, `ø` as `o`, `ı` as `i`.
    pub diacritics: bool,
}

impl Folding {
    /// For names: everything but accents, which tell names apart in many languages.
    pub const NAMES: Self = Self { arabic: true, case: true, digits: true, spaces: true, diacritics: false };
    /// For words from a closed list, such as month names.
    pub const WORDS: Self = Self { diacritics: true, ..Self::NAMES };
}

/// The key of a text: compatibility forms unified (NFKC, Unicode Standard Annex 15), invisible characters left out,
/// then the foldings asked for. Folding a key again gives the key.
pub fn fold(text: &str, folding: Folding) -> Cow<'_, str> {
    if is_folded_ascii(text, folding) {
        return Cow::Borrowed(text);
    }
    let mut key = fold_once(text, folding);
    // a lowered or decomposed letter may compose with its neighbour; this settles after a round or two
    for _ in 0..4 {
        let again = fold_once(&key, folding);
        if again == key {
            break;
        }
        key = again;
    }
    Cow::Owned(key)
}

fn is_folded_ascii(text: &str, folding: Folding) -> bool {
    let bytes = text.as_bytes();
    let cased = || folding.case && bytes.iter().any(u8::is_ascii_uppercase);
    let single = |pair: &[u8]| pair[0] != b' ' || pair[1] != b' ';
    let spaced = || {
        folding.spaces
            && (text.trim().len() != text.len()
                || !bytes.windows(2).all(single)
                || bytes.iter().any(|b| b.is_ascii_whitespace() && *b != b' '))
    };
    text.is_ascii() && !cased() && !spaced()
}

fn fold_once(text: &str, folding: Folding) -> String {
    let mut key = String::with_capacity(text.len());
    let mut space_due = false;
    for c in text.nfkc() {
        let is_space = c.is_whitespace() || c == '\u{200c}';
        if folding.spaces && is_space {
            space_due = !key.is_empty();
            continue;
        }
        if digits::is_invisible(c) && (c != '\u{200c}' || folding.spaces) {
            continue;
        }
        let from = key.len();
        push(&mut key, c, folding);
        if space_due && key.len() > from {
            key.insert(from, ' ');
            space_due = false;
        }
    }
    key.nfkc().collect()
}

/// Appends what a letter folds to.
fn push(key: &mut String, c: char, folding: Folding) {
    let c = if folding.digits { digits::ascii_digit(c).unwrap_or(c) } else { c };
    let lettered = if folding.arabic { arabic(c) } else { Some(c) };
    let Some(c) = lettered else { return };
    let from = key.len();
    if folding.case {
        lower(key, c);
    } else {
        key.push(c);
    }
    if folding.diacritics && !key[from..].is_ascii() {
        let bare: String = key[from..].nfkd().filter(|c| !is_combining_mark(*c)).collect();
        key.truncate(from);
        for c in bare.chars() {
            match without_stroke(c) {
                Some(letters) => key.push_str(letters),
                None => key.push(c),
            }
        }
    }
}

/// Simple lower case, with the letters whose cases don't pair off one to one brought together.
fn lower(key: &mut String, c: char) {
    match c {
        'ß' | 'ẞ' => key.push_str("ss"),
        'ς' => key.push('σ'),
        'İ' => key.push('i'),
        _ => key.extend(c.to_lowercase()),
    }
}

/// The Persian letter of an Arabic-script letter; `None` for tatweel and vowel signs.
fn arabic(c: char) -> Option<char> {
    Some(match c {
        'ي' | 'ى' | 'ې' | 'ۍ' | 'ے' => 'ی',
        'ك' | 'ڪ' => 'ک',
        'أ' | 'إ' | 'آ' | 'ٱ' | 'ٲ' | 'ٳ' => 'ا',
        'ة' | 'ۀ' | 'ہ' | 'ھ' | 'ە' | 'ۂ' | 'ۃ' => 'ه',
        'ؤ' => 'و',
        _ if c == 'ـ' || is_vowel_sign(c) => return None,
        _ => c,
    })
}

fn is_vowel_sign(c: char) -> bool {
    matches!(c, '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{6d6}'..='\u{6dc}' | '\u{6df}'..='\u{6e8}')
        || matches!(c, '\u{610}'..='\u{61a}' | '\u{6ea}'..='\u{6ed}')
}

/// Latin letters that are no base letter with a mark, as people write them without.
fn without_stroke(c: char) -> Option<&'static str> {
    Some(match c {
        'ø' => "o",
        'Ø' => "O",
        'ł' => "l",
        'Ł' => "L",
        'đ' | 'ð' => "d",
        'Đ' | 'Ð' => "D",
        'ħ' => "h",
        'ı' => "i",
        'æ' => "ae",
        'Æ' => "AE",
        'œ' => "oe",
        'Œ' => "OE",
        'þ' => "th",
        'Þ' => "TH",
        'ß' => "ss",
        'ẞ' => "SS",
        _ => return None,
    })
}

/// The key of an e-mail address: no space or invisible character at the ends, lower case. What stands after a `+`
/// and dots are kept, since only some providers ignore them.
pub fn fold_email(text: &str) -> String {
    let visible: String = text.nfkc().filter(|c| !digits::is_invisible(*c)).collect();
    visible.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn name(text: &str) -> String {
        fold(text, Folding::NAMES).into_owned()
    }

    #[test]
    fn arabic_and_persian_keyboards_give_one_key() {
        let key = name("علی کریمی");
        for text in ["علي كريمي", "علی  کریمی", "علی\u{200c}کریمی", " عـلی کریمی\u{200f}", "عَلِی کریمی"]
        {
            assert_eq!(name(text), key, "{text:?}");
        }
        assert_ne!(name("علا کریمی"), key);
        assert_eq!(name("فاطمة"), name("فاطمه"));
        assert_eq!(name("على"), name("علی"));
        assert_eq!(name("أحمد"), name("احمد"));
        assert_eq!(name("آذر"), name("اذر"));
    }

    #[test]
    fn case_and_compatibility_forms_are_unified() {
        assert_eq!(name("STRASSE"), name("Straße"));
        assert_eq!(name("ΟΔΟΣ"), name("οδος"));
        assert_eq!(name("İzmir"), "izmir");
        assert_eq!(name("Ａｃｍｅ　Ｌｔｄ"), "acme ltd");
        assert_eq!(name("Zoe\u{301}"), name("Zoé"));
        assert_ne!(name("Zoé"), name("Zoe"));
        assert_eq!(fold("Łódź Çağrı Øre Æon", Folding::WORDS), "lodz cagri ore aeon");
    }

    #[test]
    fn what_is_not_asked_for_stays() {
        let none = Folding { arabic: false, case: false, digits: false, spaces: false, diacritics: false };
        assert_eq!(fold("علي  A۳\u{200c}", none), "علي  A۳\u{200c}");
        assert!(matches!(fold("plain text 7", Folding::NAMES), Cow::Borrowed(_)));
    }

    #[test]
    fn email_keys_keep_tags_and_dots() {
        assert_eq!(fold_email(" Mia.Berg@Example.com "), "mia.berg@example.com");
        assert_eq!(fold_email("mia.berg+news@example.com"), "mia.berg+news@example.com");
    }

    proptest! {
        #[test]
        fn a_key_is_its_own_key(
            text in ".*",
            arabic: bool, case: bool, digits: bool, spaces: bool, diacritics: bool
        ) {
            let folding = Folding { arabic, case, digits, spaces, diacritics };
            let key = fold(&text, folding).into_owned();
            prop_assert_eq!(fold(&key, folding), key.as_str());
        }

        #[test]
        fn names_in_any_case_have_one_key(text in "[a-zA-Zäöüßéñçøåа-яА-ЯёЁα-ωΑ-Ω ]{0,20}") {
            prop_assert_eq!(name(&text.to_uppercase()), name(&text));
            prop_assert_eq!(name(&text.to_lowercase()), name(&text));
        }
    }
}
