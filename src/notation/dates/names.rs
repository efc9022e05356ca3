//! Names of months, weekdays and halves of the day, in several languages.
//!
//! A name is looked up in its folded form: lower case, without accents, Arabic letters as Persian ones. Only names that
//! mean the same month in every language of the list are in it; Croatian is left out for that reason, its `listopad`
//! being October where the Polish one is November.

use super::super::letters::{Folding, fold};
use super::Calendar;

/// Names of one month in one calendar, folded.
type Month = &'static [&'static str];

/// The months of the Gregorian calendar in English, German, French, Spanish, Italian, Portuguese, Dutch, the
/// Scandinavian languages, Turkish, Russian, Persian and Arabic (Egypt and the Gulf, the Levant and Iraq, the Maghreb).
#[rustfmt::skip]
const GREGORIAN: [Month; 12] = [
    &[
        "january", "jan", "januar", "janner", "janvier", "janv", "enero", "ene", "gennaio", "gen", "janeiro",
        "januari", "ocak", "oca", "января", "январь", "янв", "ژانویه", "ینایر", "کانون الثانی", "جانفی",
    ],
    &[
        "february", "feb", "februar", "feber", "fevrier", "fevr", "fev", "febrero", "febbraio", "fevereiro",
        "februari", "subat", "sub", "февраля", "февраль", "фев", "فوریه", "فبرایر", "شباط", "فیفری",
    ],
    &[
        "march", "mar", "marz", "mrz", "maerz", "mars", "marzo", "marco", "maart", "mrt", "mart", "марта", "март",
        "مارس", "اذار",
    ],
    &[
        "april", "apr", "avril", "avr", "abril", "abr", "aprile", "nisan", "nis", "апреля", "апрель", "апр", "اوریل",
        "ابریل", "نیسان", "افریل",
    ],
    &[
        "may", "mai", "mayo", "maggio", "mag", "maio", "mei", "maj", "mayis", "мая", "маи", "مه", "می", "مای",
        "مایو", "ایار",
    ],
    &[
        "june", "jun", "juni", "juin", "junio", "giugno", "giu", "junho", "haziran", "haz", "июня", "июнь", "июн",
        "ژوین", "یونیو", "یونیه", "حزیران", "جوان",
    ],
    &[
        "july", "jul", "juli", "juillet", "juil", "julio", "luglio", "lug", "julho", "temmuz", "tem", "июля", "июль",
        "июл", "ژوییه", "جولای", "یولیو", "یولیه", "تموز", "جویلیه",
    ],
    &[
        "august", "aug", "aout", "agosto", "ago", "augustus", "augusti", "agustos", "agu", "августа", "август",
        "авг", "اوت", "اگوست", "اغسطس", "اب",
    ],
    &[
        "september", "sep", "sept", "septembre", "septiembre", "setiembre", "settembre", "set", "setembro", "eylul",
        "eyl", "сентября", "сентябрь", "сен", "сент", "سپتامبر", "سبتمبر", "ایلول",
    ],
    &[
        "october", "oct", "oktober", "okt", "octobre", "octubre", "ottobre", "ott", "outubro", "out", "ekim", "eki",
        "октября", "октябрь", "окт", "اکتبر", "اکتوبر", "تشرین الاول",
    ],
    &[
        "november", "nov", "novembre", "noviembre", "novembro", "kasim", "kas", "ноября", "ноябрь", "ноя", "нояб",
        "نوامبر", "نوفمبر", "تشرین الثانی",
    ],
    &[
        "december", "dec", "dezember", "dez", "decembre", "diciembre", "dic", "dicembre", "dezembro", "desember",
        "des", "aralik", "ara", "декабря", "декабрь", "дек", "دسامبر", "دیسمبر", "کانون الاول",
    ],
];

/// The months of the solar Hijri calendar: Iran's names, in Latin letters, Afghanistan's.
#[rustfmt::skip]
const SOLAR: [Month; 12] = [
    &["فروردین", "farvardin", "حمل", "hamal"],
    &["اردیبهشت", "ordibehesht", "ثور", "sawr"],
    &["خرداد", "khordad", "جوزا", "jawza"],
    &["تیر", "tir", "سرطان", "saratan"],
    &["مرداد", "امرداد", "mordad", "amordad", "اسد", "asad"],
    &["شهریور", "shahrivar", "سنبله", "sonbola"],
    &["مهر", "mehr", "میزان", "mizan"],
    &["ابان", "aban", "عقرب", "aqrab"],
    &["اذر", "azar", "قوس", "qaws"],
    &["دی", "dey", "جدی", "jadi"],
    &["بهمن", "bahman", "دلو", "dalw"],
    &["اسفند", "esfand", "حوت", "hut"],
];

/// The months of the lunar Hijri calendar.
#[rustfmt::skip]
const LUNAR: [Month; 12] = [
    &["محرم", "muharram"],
    &["صفر", "safar"],
    &["ربیع الاول", "rabi al-awwal"],
    &["ربیع الثانی", "ربیع الاخر", "rabi al-thani"],
    &["جمادی الاول", "جمادی الاولی", "jumada al-ula"],
    &["جمادی الثانی", "جمادی الثانیه", "جمادی الاخره", "jumada al-akhira"],
    &["رجب", "rajab"],
    &["شعبان", "shaban"],
    &["رمضان", "ramadan"],
    &["شوال", "shawwal"],
    &["ذو القعده", "ذوالقعده", "ذی القعده", "dhu al-qadah"],
    &["ذو الحجه", "ذوالحجه", "ذی الحجه", "dhu al-hijjah"],
];

/// Days of the week, which say nothing that the date doesn't; they are only passed over.
#[rustfmt::skip]
const WEEKDAYS: &[&str] = &[
    "monday", "mon", "tuesday", "tue", "tues", "wednesday", "wed", "thursday", "thu", "thur", "thurs", "friday",
    "fri", "saturday", "sat", "sunday", "sun", "montag", "mo", "dienstag", "di", "mittwoch", "mi", "donnerstag",
    "do", "freitag", "fr", "samstag", "sa", "sonnabend", "sonntag", "so", "lundi", "lun", "mardi", "mar", "mercredi",
    "mer", "jeudi", "jeu", "vendredi", "ven", "samedi", "sam", "dimanche", "dim", "lunes", "martes", "miercoles",
    "mie", "jueves", "jue", "viernes", "vie", "sabado", "sab", "domingo", "dom", "pazartesi", "pzt", "sali", "sal",
    "carsamba", "car", "persembe", "per", "cuma", "cum", "cumartesi", "cmt", "pazar", "paz", "شنبه", "یکشنبه",
    "یک شنبه", "دوشنبه", "دو شنبه", "سه شنبه", "سهشنبه", "چهارشنبه", "چهار شنبه", "پنجشنبه", "پنج شنبه", "جمعه",
    "السبت", "الاحد", "الاثنین", "الثلاثاء", "الاربعاء", "الخمیس", "الجمعه",
];

/// Words for the first and the second half of the day, folded and without points and spaces.
#[rustfmt::skip]
const AM: &[&str] = &["am", "a", "قظ", "قبلازظهر", "صبح", "ص", "صباحا", "oo", "上午", "午前"];
#[rustfmt::skip]
const PM: &[&str] = &["pm", "p", "بظ", "بعدازظهر", "عصر", "م", "مساء", "os", "下午", "午後"];

/// The folded form in which names are looked up; points at the end come off.
fn key(word: &str) -> String {
    let folded = fold(word, Folding::WORDS);
    folded.trim_end_matches('.').to_owned()
}

/// The month of a name: its calendar and number. A name of two calendars is none in this list.
pub(super) fn month(word: &str) -> Option<(Calendar, u32)> {
    let key = key(word);
    let lists = [(Calendar::Gregorian, &GREGORIAN), (Calendar::SolarHijri, &SOLAR), (Calendar::LunarHijri, &LUNAR)];
    lists.iter().find_map(|(calendar, months)| {
        let number = months.iter().position(|names| names.contains(&key.as_str()))?;
        Some((*calendar, number as u32 + 1))
    })
}

/// Whether a word is a day of the week.
pub(super) fn is_weekday(word: &str) -> bool {
    WEEKDAYS.contains(&key(word).as_str())
}

/// Whether a word names the second half of the day; `None` when it names neither.
pub(super) fn is_afternoon(word: &str) -> Option<bool> {
    let key: String = key(word).chars().filter(|c| !matches!(c, '.' | ' ')).collect();
    if AM.contains(&key.as_str()) {
        return Some(false);
    }
    PM.contains(&key.as_str()).then_some(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_every_language() {
        for (word, expected) in [
            ("March", (Calendar::Gregorian, 3)),
            ("MÄRZ", (Calendar::Gregorian, 3)),
            ("Mrz.", (Calendar::Gregorian, 3)),
            ("août", (Calendar::Gregorian, 8)),
            ("févr.", (Calendar::Gregorian, 2)),
            ("diciembre", (Calendar::Gregorian, 12)),
            ("Şubat", (Calendar::Gregorian, 2)),
            ("KASIM", (Calendar::Gregorian, 11)),
            ("Aralık", (Calendar::Gregorian, 12)),
            ("января", (Calendar::Gregorian, 1)),
            ("يناير", (Calendar::Gregorian, 1)),
            ("كانون الثاني", (Calendar::Gregorian, 1)),
            ("آذار", (Calendar::Gregorian, 3)),
            ("أغسطس", (Calendar::Gregorian, 8)),
            ("ژوئیه", (Calendar::Gregorian, 7)),
            ("آذر", (Calendar::SolarHijri, 9)),
            ("فروردین", (Calendar::SolarHijri, 1)),
            ("فروردين", (Calendar::SolarHijri, 1)),
            ("Esfand", (Calendar::SolarHijri, 12)),
            ("رمضان", (Calendar::LunarHijri, 9)),
        ] {
            assert_eq!(month(word), Some(expected), "{word}");
        }
        assert_eq!(month("listopad"), None);
        assert_eq!(month(""), None);
    }

    #[test]
    fn every_name_is_in_its_folded_form_and_means_one_month() {
        let mut seen = std::collections::BTreeMap::new();
        for (calendar, months) in
            [(Calendar::Gregorian, GREGORIAN), (Calendar::SolarHijri, SOLAR), (Calendar::LunarHijri, LUNAR)]
        {
            for (at, name) in months.iter().enumerate().flat_map(|(at, names)| names.iter().map(move |n| (at, n))) {
                assert_eq!(key(name), *name);
                let earlier = seen.insert(key(name), (calendar, at));
                assert!(earlier.is_none_or(|e| e == (calendar, at)), "{name}");
                assert_eq!(month(name), Some((calendar, at as u32 + 1)), "{name}");
            }
        }
    }

    #[test]
    fn halves_of_the_day() {
        for (word, expected) in [
            ("am", Some(false)),
            ("P.M.", Some(true)),
            ("p. m.", Some(true)),
            ("ق.ظ", Some(false)),
            ("ب.ظ.", Some(true)),
            ("بعد از ظهر", Some(true)),
            ("ÖS", Some(true)),
            ("م", Some(true)),
            ("xm", None),
        ] {
            assert_eq!(is_afternoon(word), expected, "{word}");
        }
        assert!(is_weekday("Mi.") && is_weekday("چهارشنبه") && is_weekday("SALI") && !is_weekday("March"));
    }
}
