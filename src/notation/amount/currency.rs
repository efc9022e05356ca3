//! Currency signs, codes and names beside an amount.

use std::fmt;

use super::super::letters::{Folding, fold};

/// A currency as far as the text tells: an ISO 4217 code, or the sign itself where several currencies share it
/// (`$`, `£`, `¥`, `kr`, `Rs`).
///
/// Iran's toman has no ISO code; it goes by `IRT`, as shops there write it, and is 10 rials. The word rial by itself
/// and `﷼` are taken for Iran's, `IRR`; a named country (`ريال سعودي`) or an abbreviation (`ر.س`) says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency(&'static str);

impl Currency {
    /// The code, or the shared sign.
    pub const fn label(self) -> &'static str {
        self.0
    }

    /// The currency that a sign, code or name stands for; names in any case, with Arabic or Persian letters. ISO codes
    /// must be in capitals unless they are common ones, since `all`, `top` and `try` are words too.
    pub fn named(text: &str) -> Option<Self> {
        let text = text.trim();
        let listed = |key: &str| NAMES.iter().find(|(name, _)| *name == key).map(|(_, label)| Self(label));
        if text.len() == 3 && text.bytes().all(|b| b.is_ascii_uppercase()) {
            return ISO_4217
                .iter()
                .find(|code| **code == text)
                .map(|code| Self(code))
                .or_else(|| listed(&text.to_ascii_lowercase()));
        }
        let text = text.trim_end_matches('.');
        listed(text).or_else(|| listed(&fold(text, Folding::NAMES)))
    }

    /// Whether one may stand for the other: `$` for `USD` or `CAD`.
    pub fn may_be(self, other: Self) -> bool {
        let shares = |sign: Self, code: Self| SHARED.iter().any(|(s, codes)| *s == sign.0 && codes.contains(&code.0));
        self == other || shares(self, other) || shares(other, self)
    }

    /// Whether it is a sign that several currencies share.
    pub fn is_shared_sign(self) -> bool {
        SHARED.iter().any(|(sign, _)| *sign == self.0)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// Signs with the currencies that use them.
const SHARED: &[(&str, &[&str])] = &[
    ("$", &["USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "MXN", "CLP", "COP", "ARS", "UYU", "BRL"]),
    ("£", &["GBP", "EGP", "LBP", "SYP", "SDG", "FKP", "GIP", "SHP"]),
    ("¥", &["JPY", "CNY"]),
    ("kr", &["SEK", "NOK", "DKK", "ISK"]),
    ("Rs", &["INR", "PKR", "LKR", "NPR", "MUR", "SCR"]),
    ("Fr", &["CHF", "XOF", "XAF", "XPF"]),
    ("dinar", &["KWD", "BHD", "JOD", "IQD", "DZD", "TND", "LYD", "RSD"]),
];

/// Signs, names and common codes with their label. A name is in its folded form, but for the Emirates' `د.إ`, which
/// folding makes Jordan's.
const NAMES: &[(&str, &str)] = &[
    ("€", "EUR"),
    ("$", "$"),
    ("£", "£"),
    ("¥", "¥"),
    ("₺", "TRY"),
    ("₹", "INR"),
    ("₽", "RUB"),
    ("₩", "KRW"),
    ("₪", "ILS"),
    ("₫", "VND"),
    ("₴", "UAH"),
    ("₦", "NGN"),
    ("₱", "PHP"),
    ("฿", "THB"),
    ("₸", "KZT"),
    ("₾", "GEL"),
    ("₼", "AZN"),
    ("֏", "AMD"),
    ("؋", "AFN"),
    ("₲", "PYG"),
    ("₡", "CRC"),
    ("₵", "GHS"),
    ("₿", "BTC"),
    ("円", "JPY"),
    ("元", "CNY"),
    ("usd", "USD"),
    ("us$", "USD"),
    ("u.s. dollar", "USD"),
    ("us dollar", "USD"),
    ("dollar", "$"),
    ("dollars", "$"),
    ("دلار", "$"),
    ("دولار", "$"),
    ("eur", "EUR"),
    ("euro", "EUR"),
    ("euros", "EUR"),
    ("یورو", "EUR"),
    ("gbp", "GBP"),
    ("c$", "CAD"),
    ("ca$", "CAD"),
    ("cad", "CAD"),
    ("a$", "AUD"),
    ("au$", "AUD"),
    ("aud", "AUD"),
    ("nz$", "NZD"),
    ("hk$", "HKD"),
    ("s$", "SGD"),
    ("nt$", "TWD"),
    ("mx$", "MXN"),
    ("r$", "BRL"),
    ("brl", "BRL"),
    ("jp¥", "JPY"),
    ("cn¥", "CNY"),
    ("rmb", "CNY"),
    ("jpy", "JPY"),
    ("cny", "CNY"),
    ("chf", "CHF"),
    ("sfr", "CHF"),
    ("fr", "Fr"),
    ("kr", "kr"),
    ("sek", "SEK"),
    ("nok", "NOK"),
    ("dkk", "DKK"),
    ("zł", "PLN"),
    ("zl", "PLN"),
    ("pln", "PLN"),
    ("kč", "CZK"),
    ("ft", "HUF"),
    ("lei", "RON"),
    ("лв", "BGN"),
    ("руб", "RUB"),
    ("грн", "UAH"),
    ("tl", "TRY"),
    ("türk lirası", "TRY"),
    ("rs", "Rs"),
    ("inr", "INR"),
    ("irr", "IRR"),
    ("rial", "IRR"),
    ("rials", "IRR"),
    ("rls", "IRR"),
    ("ریال", "IRR"),
    ("ریال ایران", "IRR"),
    ("irt", "IRT"),
    ("toman", "IRT"),
    ("tomans", "IRT"),
    ("toumans", "IRT"),
    ("tuman", "IRT"),
    ("تومان", "IRT"),
    ("تومن", "IRT"),
    ("sar", "SAR"),
    ("sr", "SAR"),
    ("ر.س", "SAR"),
    ("ریال سعودی", "SAR"),
    ("ر.ق", "QAR"),
    ("ریال قطری", "QAR"),
    ("ر.ع", "OMR"),
    ("ریال عمانی", "OMR"),
    ("ر.ی", "YER"),
    ("ریال یمنی", "YER"),
    ("aed", "AED"),
    ("dhs", "AED"),
    ("د.إ", "AED"),
    ("درهم", "AED"),
    ("د.ک", "KWD"),
    ("د.ب", "BHD"),
    ("د.ع", "IQD"),
    ("د.ا", "JOD"),
    ("د.ج", "DZD"),
    ("د.ت", "TND"),
    ("دینار", "dinar"),
    ("dinar", "dinar"),
    ("ج.م", "EGP"),
    ("جنیه", "EGP"),
    ("egp", "EGP"),
    ("افغانی", "AFN"),
    ("lira", "TRY"),
    ("rp", "IDR"),
    ("rm", "MYR"),
    ("r", "ZAR"),
    ("р", "RUB"),
];

/// Codes of ISO 4217 in use.
#[rustfmt::skip]
const ISO_4217: &[&str] = &[
    "AED", "AFN", "ALL", "AMD", "ANG", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BGN", "BHD", "BIF",
    "BMD", "BND", "BOB", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD", "CDF", "CHF", "CLP", "CNY", "COP", "CRC",
    "CUP", "CVE", "CZK", "DJF", "DKK", "DOP", "DZD", "EGP", "ERN", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GHS",
    "GIP", "GMD", "GNF", "GTQ", "GYD", "HKD", "HNL", "HTG", "HUF", "IDR", "ILS", "INR", "IQD", "IRR", "IRT", "ISK",
    "JMD", "JOD", "JPY", "KES", "KGS", "KHR", "KMF", "KPW", "KRW", "KWD", "KYD", "KZT", "LAK", "LBP", "LKR", "LRD",
    "LSL", "LYD", "MAD", "MDL", "MGA", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR", "MVR", "MWK", "MXN", "MYR", "MZN",
    "NAD", "NGN", "NIO", "NOK", "NPR", "NZD", "OMR", "PAB", "PEN", "PGK", "PHP", "PKR", "PLN", "PYG", "QAR", "RON",
    "RSD", "RUB", "RWF", "SAR", "SBD", "SCR", "SDG", "SEK", "SGD", "SHP", "SLE", "SOS", "SRD", "SSP", "STN", "SVC",
    "SYP", "SZL", "THB", "TJS", "TMT", "TND", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH", "UGX", "USD", "UYU", "UZS",
    "VES", "VND", "VUV", "WST", "XAF", "XCD", "XOF", "XPF", "YER", "ZAR", "ZMW", "ZWL",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn label(text: &str) -> Option<&'static str> {
        Currency::named(text).map(Currency::label)
    }

    #[test]
    fn one_currency_has_one_label_however_it_is_written() {
        for text in ["IRR", "irr", "Rial", "ریال", "ريال", "﷼"] {
            assert_eq!(label(text), Some("IRR"), "{text}");
        }
        for text in ["IRT", "Toman", "تومان", "تومن"] {
            assert_eq!(label(text), Some("IRT"), "{text}");
        }
        for text in ["€", "EUR", "eur", "Euro"] {
            assert_eq!(label(text), Some("EUR"), "{text}");
        }
        assert_eq!(label("ريال سعودي"), Some("SAR"));
        assert_eq!(label("kr."), Some("kr"));
        assert_eq!(label("د.إ."), Some("AED"));
        assert_eq!(label("Türk Lirası"), Some("TRY"));
    }

    #[test]
    fn every_listed_name_is_found() {
        for (name, label) in NAMES {
            assert_eq!(Currency::named(name), Some(Currency(label)), "{name}");
            let spelled = fold(name, Folding::NAMES);
            assert!(spelled == *name || Currency::named(&spelled).is_some(), "{name}");
        }
        for code in ISO_4217 {
            assert_eq!(Currency::named(code), Some(Currency(code)));
        }
        assert_eq!(label("د.ك"), Some("KWD"));
    }

    #[test]
    fn words_are_no_currency() {
        for text in ["all", "top", "pcs", "k", "", "XYZ"] {
            assert_eq!(label(text), None, "{text}");
        }
        assert_eq!(label("TOP"), Some("TOP"));
    }

    #[test]
    fn a_shared_sign_may_be_one_of_its_currencies() {
        let named = |t| Currency::named(t).unwrap();
        assert!(named("$").may_be(named("CAD")) && named("SEK").may_be(named("kr")));
        assert!(!named("$").may_be(named("EUR")) && !named("USD").may_be(named("CAD")));
        assert!(named("£").is_shared_sign() && !named("€").is_shared_sign());
    }
}
