//! Names and addresses as words: folded, without titles, with short forms brought together.

use crate::notation::letters::{Folding, fold};

/// Words before or after a name that are no part of it, folded.
const TITLES: &[&str] = &[
    "dr",
    "prof",
    "professor",
    "doctor",
    "mr",
    "mrs",
    "ms",
    "miss",
    "mister",
    "herr",
    "frau",
    "dipl",
    "ing",
    "mag",
    "sir",
    "dame",
    "lord",
    "lady",
    "rev",
    "hon",
    "jr",
    "sr",
    "phd",
    "md",
    "mme",
    "mlle",
    "monsieur",
    "madame",
    "agha",
    "aghaye",
    "khanom",
    "khanoom",
    "mohandes",
    "اقا",
    "اقای",
    "خانم",
    "دکتر",
    "مهندس",
    "جناب",
    "سرکار",
    "استاد",
    "حاج",
    "السید",
    "سیده",
    "سرکارخانم",
];

/// Words that begin a family name of several words.
const PARTICLES: &[&str] = &[
    "van", "von", "der", "den", "de", "del", "della", "di", "da", "dos", "du", "la", "le", "al", "el", "bin", "ibn",
    "ben", "ter", "ten", "zu", "st", "mac",
];

/// Long forms in addresses and the short ones they are written with; an empty one is left out.
const STREET_WORDS: &[(&str, &str)] = &[
    ("street", "st"),
    ("avenue", "ave"),
    ("av", "ave"),
    ("road", "rd"),
    ("boulevard", "blvd"),
    ("lane", "ln"),
    ("drive", "dr"),
    ("square", "sq"),
    ("place", "pl"),
    ("court", "ct"),
    ("apartment", "apt"),
    ("flat", "apt"),
    ("unit", "apt"),
    ("north", "n"),
    ("south", "s"),
    ("east", "e"),
    ("west", "w"),
    ("strasse", "str"),
    ("platz", "pl"),
    ("number", ""),
    ("no", ""),
    ("nr", ""),
    ("خیابان", "خ"),
    ("کوچه", "ک"),
    ("پلاک", ""),
    ("بلوار", "بل"),
    ("واحد", "apt"),
    ("میدان", "م"),
];

/// The words of a text: folded, with all but letters and digits as spaces; apostrophes join.
fn words(text: &str) -> String {
    let folded = fold(text, Folding::WORDS);
    if folded.bytes().all(|b| b.is_ascii_lowercase()) {
        return folded.into_owned();
    }
    let mut key = String::with_capacity(folded.len());
    for c in folded.chars() {
        match c {
            '\'' | '\u{2019}' | '\u{2bc}' | '`' | '´' => {}
            _ if c.is_alphanumeric() => key.push(c),
            _ if key.is_empty() || key.ends_with(' ') => {}
            _ => key.push(' '),
        }
    }
    key.truncate(key.trim_end().len());
    key
}

/// The key of a given or family name: folded words without titles. A name of nothing but titles keeps them.
pub(crate) fn name_key(text: &str) -> String {
    let words = words(text);
    if !words.split(' ').any(|word| TITLES.contains(&word)) {
        return words;
    }
    let kept: Vec<&str> = words.split(' ').filter(|word| !TITLES.contains(word)).collect();
    if kept.is_empty() { words } else { kept.join(" ") }
}

/// The keys of given and family name of a whole name: what stands before a comma is the family name; else the last word
/// is, with the particles before it.
pub(crate) fn split_name(text: &str) -> (String, String) {
    if let Some((family, given)) = text.split_once([',', '،']) {
        return (name_key(given), name_key(family));
    }
    let name = name_key(text);
    let words: Vec<&str> = name.split(' ').collect();
    let Some(mut family) = words.len().checked_sub(1).filter(|last| *last > 0) else {
        return (name, String::new());
    };
    while family > 1 && PARTICLES.contains(&words[family - 1]) {
        family -= 1;
    }
    (words[..family].join(" "), words[family..].join(" "))
}

/// The key of a street with its number.
pub(crate) fn street_key(text: &str) -> String {
    let words = words(text);
    let mut key: Vec<String> = Vec::new();
    for word in words.split(' ') {
        let short = STREET_WORDS.iter().find(|(long, _)| *long == word).map_or(word, |(_, short)| short);
        let short = match short.strip_suffix("strasse") {
            Some(stem) if !stem.is_empty() => format!("{stem}str"),
            _ => short.to_owned(),
        };
        if !short.is_empty() {
            key.push(short);
        }
    }
    key.join(" ")
}

/// The key of a postcode: letters and digits only.
pub(crate) fn postcode_key(text: &str) -> String {
    words(text).replace(' ', "")
}

/// The key of a city: how it sounds, so that it is one in two scripts; short names as they are written.
pub(crate) fn city_key(text: &str) -> String {
    let words = words(text);
    let consonants = super::sound::Sound::of(&words).consonants;
    if consonants.chars().count() >= 2 { consonants } else { words }
}

/// 1 for a woman, 2 for a man, 0 for what says neither.
pub(crate) fn gender_code(text: &str) -> u8 {
    match words(text).as_str() {
        "f" | "female" | "w" | "woman" | "weiblich" | "frau" | "mrs" | "ms" | "زن" | "خانم" | "مونث" => 1,
        "m" | "male" | "man" | "mannlich" | "herr" | "mr" | "مرد" | "اقا" | "اقای" | "مذکر" => 2,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_marks_and_keyboards_dont_matter() {
        for (a, b) in [
            ("Dr. Zoé  O'Neil", "zoe oneil"),
            ("آقای علی", "علي"),
            ("محمد\u{200c}رضا", "محمد رضا"),
            ("Anna-Maria", "anna maria"),
            ("Mrs", "mrs"),
            ("Müller", "MULLER"),
        ] {
            assert_eq!(name_key(a), name_key(b), "{a}");
        }
    }

    #[test]
    fn a_whole_name_is_split() {
        let split = |text| split_name(text);
        let pair = |given: &str, family: &str| (given.to_owned(), family.to_owned());
        assert_eq!(split("Dr. Anna Maria Berg"), pair("anna maria", "berg"));
        assert_eq!(split("Berg, Anna"), pair("anna", "berg"));
        assert_eq!(split("Ludwig van der Rohe"), pair("ludwig", "van der rohe"));
        assert_eq!(split("خانم مریم کریمی"), pair("مریم", "کریمی"));
        assert_eq!(split("Madonna"), pair("madonna", ""));
        assert_eq!(split(""), pair("", ""));
    }

    #[test]
    fn addresses_are_folded_lightly() {
        for (a, b) in [
            ("12 High Street", "12, high st."),
            ("Hauptstraße 5", "Hauptstr. 5"),
            ("Haupt Strasse 5", "haupt str 5"),
            ("خیابان ولیعصر، پلاک ۱۲", "خ وليعصر 12"),
            ("5 Oak Avenue Apartment 2", "5 Oak Ave, Apt 2"),
        ] {
            assert_eq!(street_key(a), street_key(b), "{a}");
        }
        assert_ne!(street_key("12 High St"), street_key("14 High St"));
        assert_eq!(postcode_key("sw1a 1aa"), postcode_key("SW1A1AA"));
        assert_eq!(city_key("تهران"), city_key("Tehran"));
        assert_eq!((gender_code("F"), gender_code("آقا"), gender_code("x")), (1, 2, 0));
    }
}
