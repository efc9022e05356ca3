//! Pieces of TOML and of plain sentences.

use std::fmt::Write as _;

/// A TOML basic string.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() || is_direction_mark(c) => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Marks that no eye sees and that turn the order of what follows.
fn is_direction_mark(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// One string, or a list when there are several.
pub(super) fn quoted_list(texts: &[String]) -> String {
    match texts {
        [one] => quoted(one),
        several => format!("[{}]", several.iter().map(|t| quoted(t)).collect::<Vec<_>>().join(", ")),
    }
}

/// A text for a comment: one line, not long, its ends marked.
pub(super) fn shown(text: &str) -> String {
    const LONGEST: usize = 40;
    let clean: String = text.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if clean.chars().count() <= LONGEST {
        return format!("`{clean}`");
    }
    format!("`{}…`", clean.chars().take(LONGEST).collect::<String>())
}

/// A list for a comment, cut after `most`.
pub(super) fn listed<S: AsRef<str>>(texts: &[S], most: usize) -> String {
    let mut out = texts.iter().take(most).map(|t| shown(t.as_ref())).collect::<Vec<_>>().join(", ");
    if texts.len() > most {
        let _ = write!(out, " and {} more", grouped(texts.len() - most));
    }
    out
}

/// A count with commas between thousands.
pub(super) fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut out = String::new();
    for (at, c) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// A count with its noun.
pub(super) fn counted(count: usize, noun: &str) -> String {
    format!("{} {noun}{}", grouped(count), if count == 1 { "" } else { "s" })
}

/// A share in percent: never 0 % for some, never 100 % for not all.
pub(super) fn percent(part: usize, whole: usize) -> String {
    let share = 100.0 * part as f64 / whole.max(1) as f64;
    match share {
        s if s > 0.0 && s < 0.5 => "under 1 %".to_owned(),
        s if s > 99.5 && part < whole => "over 99 %".to_owned(),
        s => format!("{s:.0} %"),
    }
}

/// Breaks a text into lines of at most `width` characters, at spaces.
pub(super) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_survive_toml() {
        for text in ["Kunde \"A\"", "a\\b", "tab\there", "سفارش", "\u{200f}x", "\u{1}"] {
            let parsed: toml::Table = toml::from_str(&format!("k = {}", quoted(text))).expect("valid TOML");
            assert_eq!(parsed["k"].as_str(), Some(text));
        }
    }

    #[test]
    fn counts_are_grouped() {
        assert_eq!([grouped(7), grouped(1234), grouped(541_909)], ["7", "1,234", "541,909"]);
        assert_eq!(percent(1, 1000), "under 1 %");
        assert_eq!(percent(999, 1000), "over 99 %");
    }

    #[test]
    fn lines_break_at_spaces() {
        assert_eq!(wrapped("aa bb cc", 5), ["aa bb", "cc"]);
    }
}
