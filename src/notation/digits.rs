//! Digits of every script, and the invisible characters around numbers.

use std::borrow::Cow;

/// U+066B, the Arabic decimal separator.
pub const ARABIC_DECIMAL: char = '\u{66b}';

/// U+066C, the Arabic thousands separator.
pub const ARABIC_THOUSANDS: char = '\u{66c}';

/// The zeros of Unicode's decimal digits (general category Nd), ascending, each followed by its one to nine.
const ZEROS: [u32; 75] = [
    0x30, 0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0,
    0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620,
    0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10, 0x104a0, 0x10d30, 0x10d40, 0x11066, 0x110f0, 0x11136,
    0x111d0, 0x112f0, 0x11450, 0x114d0, 0x11650, 0x116c0, 0x116d0, 0x116da, 0x11730, 0x118e0, 0x11950, 0x11bf0,
    0x11c50, 0x11d50, 0x11da0, 0x11f50, 0x16a60, 0x16ac0, 0x16b50, 0x16d70, 0x1ccf0, 0x1d7ce, 0x1d7d8, 0x1d7e2,
    0x1d7ec, 0x1d7f6, 0x1e140, 0x1e2f0, 0x1e4f0, 0x1e5f1, 0x1e950, 0x1fbf0,
];

/// The ASCII digit of a decimal digit of any script.
pub fn ascii_digit(c: char) -> Option<char> {
    if c.is_ascii() {
        return c.is_ascii_digit().then_some(c);
    }
    let code = u32::from(c);
    let zero = ZEROS[ZEROS.partition_point(|zero| *zero <= code) - 1];
    char::from_digit(code.checked_sub(zero)?, 10)
}

/// Whether a character leaves no ink: bidi marks and isolates, zero-width spaces and joiners, soft hyphen, the byte
/// order mark.
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}')
        || matches!(c, '\u{2066}'..='\u{206f}' | '\u{feff}' | '\u{180e}')
}

/// The text with the digits of every script as ASCII digits and nothing else changed.
pub fn fold_digits(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || !text.chars().any(|c| !c.is_ascii() && ascii_digit(c).is_some()) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|c| ascii_digit(c).unwrap_or(c)).collect())
}

/// The text as the parsers of numbers and dates read it, trimmed: ASCII digits, ASCII for full-width forms, one kind
/// of space, hyphen-minus for the hyphens, minus signs and en dashes, `'` for the apostrophes, `,` for the Arabic
/// comma, `%` for the Arabic percent sign, and nothing invisible. The Arabic decimal and thousands separators stay, since
/// each can mean but one thing.
pub fn plain(text: &str) -> Cow<'_, str> {
    if text.is_ascii() && !text.contains('`') {
        return Cow::Borrowed(text.trim());
    }
    let visible = text.chars().filter(|c| !is_invisible(*c));
    let folded: String = visible.map(plain_char).collect();
    match folded.trim() {
        trimmed if trimmed.len() == folded.len() => Cow::Owned(folded),
        trimmed => Cow::Owned(trimmed.to_owned()),
    }
}

fn plain_char(c: char) -> char {
    match c {
        _ if c.is_whitespace() => ' ',
        '\u{2010}'..='\u{2013}' | '\u{2212}' | '\u{fe63}' | '\u{207b}' => '-',
        '\u{2018}' | '\u{2019}' | '\u{2bc}' | '\u{2032}' | '\u{b4}' | '`' => '\'',
        '\u{60c}' => ',',
        '\u{66a}' => '%',
        '\u{ff01}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff5e}' => {
            char::from_u32(u32::from(c) - 0xfee0).map_or(c, |ascii| if ascii == '`' { '\'' } else { ascii })
        }
        _ => ascii_digit(c).unwrap_or(c),
    }
}

/// The text without the marks that keep a spreadsheet from reading it as a number or formula: one leading `'`, or
/// `="..."` around it.
pub fn unguarded(text: &str) -> &str {
    let text = text.trim();
    let formula = text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    formula.or_else(|| text.strip_prefix('\'')).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn digits_of_other_scripts_become_ascii() {
        for text in ["۰۱۲۳۴۵۶۷۸۹", "٠١٢٣٤٥٦٧٨٩", "०१२३४५६७८९", "０１２３４５６７８９", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗"]
        {
            assert_eq!(fold_digits(text), "0123456789", "{text}");
        }
        assert_eq!(fold_digits("شعبه-۳"), "شعبه-3");
        assert_eq!(fold_digits("½ x² 三"), "½ x² 三");
    }

    #[test]
    fn the_zeros_are_in_order() {
        assert!(ZEROS.is_sorted() && ZEROS[0] == u32::from('0'));
        assert_eq!(
            [ascii_digit('/'), ascii_digit('0'), ascii_digit('é'), ascii_digit('\u{1fbfa}')],
            [None, Some('0'), None, None]
        );
    }

    #[test]
    fn what_surrounds_numbers_becomes_plain() {
        for (text, expected) in [
            ("\u{200f}۱۲٬۳۴۵٫۶\u{200e}", "12\u{66c}345\u{66b}6"),
            ("−1\u{a0}234\u{202f}567", "-1 234 567"),
            ("–5", "-5"),
            ("（１，２３４．５０）", "(1,234.50)"),
            ("1’250", "1'250"),
            ("۱۲،۵", "12,5"),
            ("\u{feff} 7 ", "7"),
            ("٪", "%"),
        ] {
            assert_eq!(plain(text), expected, "{text:?}");
        }
    }

    #[test]
    fn guards_of_spreadsheets_come_off_once() {
        assert_eq!(unguarded("'-75.60"), "-75.60");
        assert_eq!(unguarded("=\"00042\""), "00042");
        assert_eq!(unguarded("''7"), "'7");
        assert_eq!(unguarded("=\""), "=\"");
    }

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(text in ".*") {
            let once = plain(&text).into_owned();
            prop_assert_eq!(plain(&once), once.as_str());
            let digits = fold_digits(&text).into_owned();
            prop_assert_eq!(fold_digits(&digits), digits.as_str());
            prop_assert!(digits.chars().all(|c| c.is_ascii() || ascii_digit(c).is_none()));
        }
    }
}
