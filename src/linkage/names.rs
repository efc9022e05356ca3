//! The distinct names of all records, with how each sounds.

use rayon::prelude::*;

use super::sound::{Script, Sound, Vowels, vowels_agree};
use super::symbols::{NONE, Symbols};

/// Spellings that this many records have are names of their own, not typing errors of another.
const ESTABLISHED: u32 = 5;

/// A spelling this many times rarer than another may be its typing error however often it occurs.
const FAR_RARER: u32 = 50;

/// Distinct names; a name is named by its symbol in `texts`.
#[derive(Debug, Default)]
pub(crate) struct Names {
    texts: Symbols,
    consonants: Symbols,
    sounds: Vec<u32>,
    vowels: Vec<u8>,
    vowel_ends: Vec<u32>,
    scripts: Vec<Script>,
}

/// How two names are alike, the best that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Likeness {
    /// The same letters.
    Equal,
    /// Another spelling or script of the same sound.
    SoundsAlike,
    /// One or two letters mistyped, left out or exchanged.
    Typo,
    /// One is the first letter, or some of the words, of the other.
    Part,
    /// None of these.
    Different,
}

impl Names {
    /// The book of a set of names.
    pub(crate) fn of(texts: Symbols) -> Self {
        let sounds: Vec<Sound> = (0..texts.len() as u32).into_par_iter().map(|s| Sound::of(texts.get(s))).collect();
        let mut names = Self { texts, ..Self::default() };
        for sound in sounds {
            names.sounds.push(names.consonants.intern(&sound.consonants));
            names.vowels.extend_from_slice(&sound.vowels);
            names.vowel_ends.push(names.vowels.len() as u32);
            names.scripts.push(sound.script);
        }
        names
    }

    /// The letters of a name.
    pub(crate) fn text(&self, name: u32) -> &str {
        self.texts.get(name)
    }

    /// The consonants of a name, as one number; of a name without any, a number of its own.
    pub(crate) fn sound(&self, name: u32) -> u32 {
        match self.sounds[name as usize] {
            NONE => u32::MAX - name,
            sound => sound,
        }
    }

    /// The consonants of a name as letters.
    pub(crate) fn consonants(&self, name: u32) -> &str {
        self.consonants.get(self.sounds[name as usize])
    }

    /// How two names are alike. `counts` says how often each name occurs: two spellings that are both established are
    /// different names (Arman, Armin), however few letters differ.
    pub(crate) fn likeness(&self, a: u32, b: u32, counts: &[u32]) -> Likeness {
        if a == b {
            return Likeness::Equal;
        }
        if self.sounds[a as usize] == self.sounds[b as usize]
            && self.sounds[a as usize] != NONE
            && vowels_agree(self.vowels(a), self.vowels(b))
        {
            return Likeness::SoundsAlike;
        }
        let (x, y) = (self.text(a), self.text(b));
        let count = |name: u32| counts.get(name as usize).copied().unwrap_or(0);
        let (rare, common) = (count(a).min(count(b)), count(a).max(count(b)));
        let established = rare >= ESTABLISHED && rare.saturating_mul(FAR_RARER) >= common;
        let typo = if self.scripts[a as usize] == self.scripts[b as usize] {
            mistyped(x, y)
        } else {
            consonants_mistyped(self.consonants(a), self.consonants(b))
        };
        if !established && typo {
            return Likeness::Typo;
        }
        if is_part(x, y) || is_part(y, x) { Likeness::Part } else { Likeness::Different }
    }

    fn vowels(&self, name: u32) -> Vowels<'_> {
        let start = name.checked_sub(1).map_or(0, |before| self.vowel_ends[before as usize] as usize);
        let bits = &self.vowels[start..self.vowel_ends[name as usize] as usize];
        Vowels { bits, script: self.scripts[name as usize] }
    }
}

/// Whether one text may be the other mistyped: at most one letter left out, added, changed or exchanged with its
/// neighbour (optimal string alignment distance) in texts of 4 letters and more, two in 8 and more.
pub(crate) fn mistyped(x: &str, y: &str) -> bool {
    let (m, n) = (x.chars().count(), y.chars().count());
    let allowed = match (m.min(n), m.max(n)) {
        (0..3, _) | (_, 0..4) => return false,
        (3..8, _) => 1,
        _ => 2,
    };
    m.abs_diff(n) <= allowed && strsim::osa_distance(x, y) <= allowed
}

/// The same of the consonants of names in two scripts: at most one, in names of 4 and more; none in names of 3, whose
/// vowels may be any.
fn consonants_mistyped(x: &str, y: &str) -> bool {
    let (m, n) = (x.chars().count(), y.chars().count());
    match m.min(n) {
        0..3 => false,
        3 => x == y,
        _ => m.abs_diff(n) <= 1 && strsim::osa_distance(x, y) <= 1,
    }
}

/// Whether a name is the first letter of another, or some of its words.
fn is_part(short: &str, long: &str) -> bool {
    let mut letters = short.chars();
    if let (Some(initial), None) = (letters.next(), letters.next()) {
        return long.starts_with(initial);
    }
    long.len() > short.len()
        && long.contains(' ')
        && short.split(' ').all(|word| word.chars().nth(1).is_some() && long.split(' ').any(|other| other == word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn likeness(a: &str, b: &str, counts: [u32; 2]) -> Likeness {
        let mut texts = Symbols::default();
        let (x, y) = (texts.intern(a), texts.intern(b));
        let names = Names::of(texts);
        let found = names.likeness(x, y, &[0, counts[0], counts[1]]);
        assert_eq!(found, names.likeness(y, x, &[0, counts[0], counts[1]]));
        found
    }

    #[test]
    fn the_best_likeness_counts() {
        for (a, b, expected) in [
            ("محمد", "mohammad", Likeness::SoundsAlike),
            ("schneider", "schnieder", Likeness::SoundsAlike),
            ("schneider", "scneider", Likeness::Typo),
            ("مهدی", "مهی", Likeness::Typo),
            ("ابراهیم", "ebrahm", Likeness::Typo),
            ("lena", "elena", Likeness::Typo),
            ("emma", "mia", Likeness::Different),
            ("berg", "berk", Likeness::Typo),
            ("ann", "ana", Likeness::Different),
            ("m", "mohammad", Likeness::Part),
            ("anna", "anna maria", Likeness::Part),
            ("smith", "smith jones", Likeness::Part),
            ("anna", "peter", Likeness::Different),
            ("ali", "ala", Likeness::Different),
        ] {
            assert_eq!(likeness(a, b, [1, 1]), expected, "{a} {b}");
        }
    }

    #[test]
    fn two_established_names_are_no_typing_errors() {
        assert_eq!(likeness("amin", "amir", [1000, 2]), Likeness::Typo);
        assert_eq!(likeness("amin", "amir", [1000, 600]), Likeness::Different);
        assert_eq!(likeness("mohammad", "mohammas", [100_000, 6]), Likeness::Typo);
    }

    #[test]
    fn a_name_without_consonants_has_a_sound_of_its_own() {
        let mut texts = Symbols::default();
        let (x, y) = (texts.intern("ea"), texts.intern("io"));
        let names = Names::of(texts);
        assert_ne!(names.sound(x), names.sound(y));
    }
}
