//! How much a text looks like one that a person wrote: whether its words stay within one script.

/// A writing system, as far as legacy encodings know them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Greek,
    Cyrillic,
    Hebrew,
    Arabic,
    Thai,
    EastAsian,
}

fn script(c: char) -> Option<Script> {
    Some(match c {
        '×' | '÷' | '\u{61b}' | '\u{61f}' | '\u{60c}' | '\u{66a}'..='\u{66c}' => return None,
        'a'..='z' | 'A'..='Z' | '\u{aa}' | '\u{ba}' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => Script::Latin,
        '\u{370}'..='\u{3ff}' => Script::Greek,
        '\u{400}'..='\u{52f}' => Script::Cyrillic,
        '\u{590}'..='\u{5ff}' => Script::Hebrew,
        '\u{600}'..='\u{6ff}' => Script::Arabic,
        '\u{e00}'..='\u{e7f}' => Script::Thai,
        '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' => Script::EastAsian,
        _ => return None,
    })
}

/// How many words have a character beyond ASCII, and how many of these are coherent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Likeness {
    pub(super) words: usize,
    pub(super) coherent: usize,
}

impl Likeness {
    /// Share of coherent words, from 0 to 1; 1 where there is no word to judge.
    pub(super) fn share(self) -> f64 {
        if self.words == 0 { 1.0 } else { self.coherent as f64 / self.words as f64 }
    }
}

/// Judges the words of a text. A word is what stands between spaces, digits and ASCII punctuation. It is coherent when
/// its letters are of one script, no small letter is followed by a capital, no sign stands between letters, and, in
/// Latin script, not most of a longer word are letters with accents.
pub(super) fn judge(text: &str) -> Likeness {
    let mut likeness = Likeness::default();
    let is_border = |c: char| c.is_whitespace() || c.is_ascii_digit() || (c.is_ascii_punctuation());
    for word in text.split(is_border).filter(|word| !word.is_ascii()) {
        likeness.words += 1;
        likeness.coherent += usize::from(is_coherent(word));
    }
    likeness
}

fn is_coherent(word: &str) -> bool {
    // quotation marks, currency signs and the like stand at the ends
    let word = word.trim_matches(|c: char| script(c).is_none() && !c.is_control());
    let mut scripts = word.chars().map(script);
    let Some(first) = scripts.next() else { return true };
    let is_joiner = |c: char| matches!(c, '\u{200c}' | '\u{200d}' | '’' | '\u{ad}');
    let of_one = word.chars().all(|c| script(c) == first || is_joiner(c));
    if !of_one || first.is_none() {
        return false;
    }
    let letters: Vec<char> = word.chars().filter(|c| !is_joiner(*c)).collect();
    let breaks_case = letters.windows(2).any(|pair| pair[0].is_lowercase() && pair[1].is_uppercase());
    let accented = letters.iter().filter(|c| !c.is_ascii()).count();
    let overloaded = first == Some(Script::Latin) && letters.len() > 2 && 2 * accented > letters.len();
    !breaks_case && !overloaded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_one_script_are_coherent() {
        for text in ["São João “Évora” 2.º", "علي كريمي", "Привет мир", "Ελλάδα", "€5 Müller’s", "می\u{200c}رود"]
        {
            let likeness = judge(text);
            assert_eq!(likeness.coherent, likeness.words, "{text}");
            assert!(likeness.words > 0, "{text}");
        }
        for text in ["Úáí", "ßÑíãí", "ïðèâåò", "aÉb", "SãАo", "Ã©a"] {
            assert_eq!(judge(text).coherent, 0, "{text}");
        }
        assert_eq!(judge("plain"), Likeness::default());
    }
}
