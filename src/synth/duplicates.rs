//! A second record of the same person, as another desk would have typed it.

use serde::Serialize;

use super::names;
use super::person::{self, Person};
use super::random::Stream;

/// In what the second record differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Change {
    /// A letter of a name dropped, doubled, swapped or mistaken.
    Typo,
    /// Another e-mail address.
    Email,
    /// The family name before or after a marriage, e-mail with it.
    MaidenName,
    /// Given and family name in each other's field.
    SwappedNames,
    /// Day and month of birth in each other's place.
    SwappedBirthDate,
    /// The name in Persian letters.
    PersianSpelling,
    /// Another way to write a Persian name, or an umlaut, in Latin letters.
    LatinSpelling,
    /// No phone number.
    NoPhone,
    /// Moved to another street.
    Moved,
}

impl Change {
    /// The name as written in the files.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Typo => "typo",
            Self::Email => "email",
            Self::MaidenName => "maiden_name",
            Self::SwappedNames => "swapped_names",
            Self::SwappedBirthDate => "swapped_birth_date",
            Self::PersianSpelling => "persian_spelling",
            Self::LatinSpelling => "latin_spelling",
            Self::NoPhone => "no_phone",
            Self::Moved => "moved",
        }
    }
}

/// Chances of the first change, in the order of [`Change`]; the last two come only as a second change.
const FIRST: [(Change, f64); 7] = [
    (Change::Typo, 0.30),
    (Change::Email, 0.22),
    (Change::MaidenName, 0.12),
    (Change::SwappedNames, 0.10),
    (Change::SwappedBirthDate, 0.08),
    (Change::PersianSpelling, 0.10),
    (Change::LatinSpelling, 0.08),
];
const SECOND: [Change; 4] = [Change::NoPhone, Change::Moved, Change::Email, Change::Typo];

/// The second record and what was changed; one change, or two in four cases of ten.
pub(super) fn second_record(original: &Person, stream: &mut Stream) -> (Person, Vec<Change>) {
    let mut copy = original.clone();
    let mut changes = Vec::new();
    let first = FIRST[stream.weighted(&FIRST.map(|(_, share)| share))].0;
    let mut wanted = vec![first];
    if stream.chance(0.4) {
        wanted.push(*stream.pick(&SECOND));
    }
    for change in wanted {
        if !changes.contains(&change) && apply(change, &mut copy, stream) {
            changes.push(change);
        }
    }
    if changes.is_empty() && apply(Change::Typo, &mut copy, stream) {
        changes.push(Change::Typo);
    }
    (copy, changes)
}

/// Makes a change if the record allows it; says whether it did.
fn apply(change: Change, person: &mut Person, stream: &mut Stream) -> bool {
    match change {
        Change::Typo => typo(person, stream),
        Change::Email => {
            let old = person.email.clone();
            person.email = Some(person::address(&person.first, &person.last, stream));
            return old.is_some() && old != person.email;
        }
        Change::MaidenName => {
            person.last = names::other_family(&person.last, stream);
            if person.email.is_some() && stream.chance(0.5) {
                person.email = Some(person::address(&person.first, &person.last, stream));
            }
        }
        Change::SwappedNames => std::mem::swap(&mut person.first, &mut person.last),
        Change::SwappedBirthDate => return swap_birth_date(person),
        Change::PersianSpelling => return persian(person),
        Change::LatinSpelling => return latin(person),
        Change::NoPhone => return person.phone.take().is_some(),
        Change::Moved => {
            person.street = names::street(stream);
            person.postal_code = names::postal_code(person.town, stream);
        }
    }
    true
}

fn typo(person: &mut Person, stream: &mut Stream) {
    let name = if stream.chance(0.4) { &mut person.first.latin } else { &mut person.last.latin };
    let mut letters: Vec<char> = name.chars().collect();
    let at = 1 + stream.below(letters.len() as u64 - 1) as usize;
    match stream.below(4) {
        0 if letters.len() > 3 => {
            letters.remove(at);
        }
        1 => letters.insert(at, letters[at]),
        2 if at + 1 < letters.len() && letters[at] != letters[at + 1] => letters.swap(at, at + 1),
        _ => letters[at] = if letters[at] == 'e' { 'a' } else { 'e' },
    }
    *name = letters.into_iter().collect();
}

fn swap_birth_date(person: &mut Person) -> bool {
    let epoch = jiff::civil::date(1970, 1, 1);
    let swapped = person.birth_day.and_then(|born| {
        let date = epoch.saturating_add(jiff::Span::new().days(born));
        let other = jiff::civil::Date::new(date.year(), date.day(), date.month()).ok()?;
        (other != date).then(|| epoch.until(other).map_or(born, |span| span.get_days()))
    });
    person.birth_day = swapped.or(person.birth_day);
    swapped.is_some()
}

fn persian(person: &mut Person) -> bool {
    let (Some(first), Some(last)) = (person.first.persian.clone(), person.last.persian.clone()) else {
        return false;
    };
    person.first.latin = first;
    person.last.latin = last;
    true
}

fn latin(person: &mut Person) -> bool {
    const OTHER: [(&str, &str); 9] = [
        ("zadeh", "zade"),
        ("pour", "poor"),
        ("ou", "u"),
        ("ee", "i"),
        ("ei", "ey"),
        ("ä", "ae"),
        ("ö", "oe"),
        ("ü", "ue"),
        ("ian", "yan"),
    ];
    let before = (person.first.latin.clone(), person.last.latin.clone());
    for (from, to) in OTHER {
        person.first.latin = person.first.latin.replace(from, to);
        person.last.latin = person.last.latin.replace(from, to);
    }
    before != (person.first.latin.clone(), person.last.latin.clone())
}
