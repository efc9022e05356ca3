//! Synthetic people of whom some are written down twice, with the truth: to measure how well they are found.
//!
//! People live in households that share address, some phones and some e-mail addresses; given and family names are as
//! skewed as real ones, half of them Persian, written in either script. There are twins, spouses who share an e-mail
//! address, fathers and sons of one name, and namesakes born in one year. A second record of a person differs as second
//! records do: typing errors, another spelling or script, given and family name swapped, another e-mail address or
//! phone, a move, a name changed by marriage, fields left out, other notations.

mod lists;
mod people;

use std::collections::VecDeque;

use people::{Dice, Human};

use super::compare::civil;
use super::record::RawPerson;
use super::stable::{combined, mixed};

/// A record with the number of the person it's of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "as in RawPerson")]
pub struct SyntheticRecord {
    pub id: String,
    pub given_name: Option<String>,
    pub family_name: Option<String>,
    pub name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub birth_date: Option<i32>,
    pub gender: Option<&'static str>,
    pub street: Option<String>,
    pub postcode: Option<String>,
    pub city: Option<String>,
    pub country: &'static str,
    pub observed_day: i32,
    /// The number of the person.
    pub truth: u32,
}

impl SyntheticRecord {
    /// The record as a source would write it.
    pub fn raw(&self) -> RawPerson<'_> {
        RawPerson {
            id: &self.id,
            given_name: self.given_name.as_deref(),
            family_name: self.family_name.as_deref(),
            name: self.name.as_deref(),
            email: self.email.as_deref(),
            phone: self.phone.as_deref(),
            birth_date: self.birth_date,
            gender: self.gender,
            street: self.street.as_deref(),
            postcode: self.postcode.as_deref(),
            city: self.city.as_deref(),
            country: Some(self.country),
            source: None,
            observed_day: Some(self.observed_day),
        }
    }
}

/// Records of `n` persons and of second, sometimes third records for a share of them, one after the other.
#[derive(Debug, Clone)]
pub struct People {
    dice: Dice,
    seed: u64,
    left: usize,
    duplicate_share: f64,
    persons: u32,
    ready: VecDeque<SyntheticRecord>,
}

impl People {
    /// `n` persons, of whom `duplicate_share` (0 to 1) have more than one record. The same seed gives the same people.
    pub fn new(n: usize, duplicate_share: f64, seed: u64) -> Self {
        Self { dice: Dice::new(seed), seed, left: n, duplicate_share, persons: 0, ready: VecDeque::new() }
    }

    fn write_down(&mut self, human: &Human) {
        let dice = &mut self.dice;
        let copies = if dice.chance(self.duplicate_share) { 1 + usize::from(dice.chance(0.15)) } else { 0 };
        let latin = !human.persian || dice.chance(0.5);
        let day = 18_000 + dice.below(1500) as i32;
        for copy in 0..=copies {
            let day = day + copy as i32 * (1 + dice.below(400) as i32);
            let mut record = if copy == 0 { first(dice, human, latin) } else { again(dice, human, latin) };
            let key = combined(mixed(self.seed), u64::from(self.persons) * 4 + copy as u64);
            record.id = format!("C{key:016x}");
            record.truth = self.persons;
            record.observed_day = day;
            self.ready.push_back(record);
        }
        self.persons += 1;
    }
}

impl Iterator for People {
    type Item = SyntheticRecord;

    fn next(&mut self) -> Option<SyntheticRecord> {
        while self.ready.is_empty() && self.left > 0 {
            let household = people::household(&mut self.dice);
            for human in household.iter().take(self.left) {
                self.write_down(human);
            }
            self.left = self.left.saturating_sub(household.len());
        }
        self.ready.pop_front()
    }
}

/// All records of [`People`].
pub fn duplicated_people(n: usize, duplicate_share: f64, seed: u64) -> Vec<SyntheticRecord> {
    People::new(n, duplicate_share, seed).collect()
}

/// The first record of a person.
fn first(dice: &mut Dice, human: &Human, latin: bool) -> SyntheticRecord {
    let spelling = |name: &people::Name| {
        if latin || name.native.is_empty() { name.latin[0].clone() } else { name.native.clone() }
    };
    let (given, family) = (spelling(&human.given), spelling(&human.family));
    let mut record = SyntheticRecord {
        email: human.email.clone(),
        phone: human.phone.clone(),
        birth_date: dice.chance(0.8).then_some(human.born),
        gender: dice.chance(0.7).then_some(if human.woman { "F" } else { "M" }),
        street: dice.chance(0.9).then(|| human.home.street.clone()),
        postcode: dice.chance(0.9).then(|| human.home.postcode.clone()),
        city: Some(if latin { human.home.city.1.clone() } else { human.home.city.0.clone() }),
        country: if human.persian { "IR" } else { "DE" },
        ..SyntheticRecord::default()
    };
    named(dice, &mut record, given, family);
    record
}

/// Given and family name in their columns, or the whole name in one.
fn named(dice: &mut Dice, record: &mut SyntheticRecord, given: String, family: String) {
    match dice.below(20) {
        0 => record.name = Some(format!("{given} {family}")),
        1 => record.name = Some(format!("{family}, {given}")),
        _ => (record.given_name, record.family_name) = (Some(given), Some(family)),
    }
}

/// Another record of a person, written down anew, perhaps after life has changed.
fn again(dice: &mut Dice, human: &Human, latin: bool) -> SyntheticRecord {
    let mut human = human.clone();
    if human.woman && dice.chance(0.08) {
        human.family = people::family(dice, human.persian);
    }
    if dice.chance(0.15) {
        human.home = people::home(dice, human.persian);
    }
    if dice.chance(0.35) {
        human.email = Some(people::email(dice, &human.given, &human.family));
    }
    if dice.chance(0.2) {
        human.phone = Some(people::mobile(dice, human.persian));
    }
    let latin = if human.persian && dice.chance(0.3) { !latin } else { latin };
    let mut record = first(dice, &human, latin);
    (record.given_name, record.family_name, record.name) = (None, None, None);
    let (mut given, mut family) = (written(dice, &human.given, latin), written(dice, &human.family, latin));
    if dice.chance(0.1) {
        given = mistyped(dice, &given);
    }
    if dice.chance(0.1) {
        family = mistyped(dice, &family);
    }
    if dice.chance(0.02) {
        given = given.chars().take(1).collect::<String>() + ".";
    }
    if dice.chance(0.05) {
        given = format!("{} {given}", if latin { "Dr." } else { "دکتر" });
    }
    if dice.chance(0.04) {
        std::mem::swap(&mut given, &mut family);
    }
    named(dice, &mut record, given, family);
    record.email = record.email.filter(|_| dice.chance(0.88)).map(|email| rewritten_email(dice, email));
    record.phone = record.phone.filter(|_| dice.chance(0.88)).map(|phone| rewritten_phone(dice, &phone, human.persian));
    record.street = record.street.map(|street| match dice.below(10) {
        0 => mistyped(dice, &street),
        1..4 => street.replace("straße", "str.").replace("خیابان", "خ").replace("پلاک ", ""),
        4 => street.to_uppercase(),
        _ => street,
    });
    record.birth_date = record.birth_date.map(|day| rewritten_date(dice, day));
    record
}

fn written(dice: &mut Dice, name: &people::Name, latin: bool) -> String {
    if latin || name.native.is_empty() {
        let text = if dice.chance(0.7) { &name.latin[0] } else { dice.of(&name.latin) };
        return match dice.below(10) {
            0 => text.to_uppercase(),
            1 => text.to_lowercase(),
            _ => text.clone(),
        };
    }
    // an Arabic keyboard
    if dice.chance(0.2) { name.native.replace('ی', "ي").replace('ک', "ك") } else { name.native.clone() }
}

/// One letter left out, doubled, changed, or exchanged with the next.
fn mistyped(dice: &mut Dice, text: &str) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    if letters.len() < 4 {
        return text.to_owned();
    }
    let at = 1 + dice.below(letters.len() - 2);
    match dice.below(4) {
        0 => {
            letters.remove(at);
        }
        1 => letters.insert(at, letters[at]),
        2 => letters[at] = *dice.of(&letters.clone()),
        _ => letters.swap(at, at + 1),
    }
    letters.into_iter().collect()
}

fn rewritten_email(dice: &mut Dice, email: String) -> String {
    match dice.below(20) {
        0 => mistyped(dice, &email),
        1..4 => email.to_uppercase(),
        _ => email,
    }
}

fn rewritten_phone(dice: &mut Dice, phone: &str, persian: bool) -> String {
    let code = if persian { "98" } else { "49" };
    match dice.below(10) {
        0 | 1 => format!("+{code}{}", &phone[1..]),
        2 => format!("00{code} {} {}", &phone[1..4], &phone[4..]),
        3 | 4 => format!("{} {}-{}", &phone[..4], &phone[4..7], &phone[7..]),
        5 if persian => phone.bytes().map(|b| char::from_u32(0x6f0 + u32::from(b - b'0')).unwrap_or('۰')).collect(),
        6 if dice.chance(0.2) => {
            let mut digits = phone.as_bytes().to_vec();
            let at = 5 + dice.below(digits.len() - 5);
            digits[at] = b'0' + (digits[at] - b'0' + 1) % 10;
            String::from_utf8(digits).unwrap_or_default()
        }
        _ => phone.to_owned(),
    }
}

/// Rarely another day, day and month exchanged, or New Year's Day of the year.
fn rewritten_date(dice: &mut Dice, day: i32) -> i32 {
    let (_, month, of_month) = civil(day);
    match dice.below(100) {
        0 | 1 => day + if of_month < 15 { 10 } else { -10 },
        2 if of_month <= 12 => (-366..=366)
            .map(|shift| day + shift)
            .find(|other| civil(*other) == (civil(day).0, of_month, month))
            .unwrap_or(day),
        3 => (0..366).map(|shift| day - shift).find(|other| civil(*other) == (civil(day).0, 1, 1)).unwrap_or(day),
        _ => day,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seed_gives_the_people() {
        let people = duplicated_people(2000, 0.05, 7);
        assert_eq!(people, duplicated_people(2000, 0.05, 7));
        assert_ne!(people[0], duplicated_people(2000, 0.05, 8)[0]);
        assert_eq!(people.last().map(|person| person.truth), Some(1999));
        let second = people.len() - 2000;
        assert!((70..170).contains(&second), "{second}");
        let mut ids: Vec<&str> = people.iter().map(|person| person.id.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), people.len());
    }

    #[test]
    fn there_are_people_who_are_easily_mistaken() {
        let people = duplicated_people(5000, 0.0, 1);
        let shared = |key: fn(&SyntheticRecord) -> Option<String>| {
            let mut keys: Vec<String> = people.iter().filter_map(key).collect();
            keys.sort_unstable();
            keys.chunk_by(|x, y| x == y).filter(|group| group.len() > 1).count()
        };
        assert!(shared(|p| p.email.clone()) > 50);
        assert!(shared(|p| p.phone.clone()) > 50);
        assert!(shared(|p| Some(format!("{:?}{:?}", p.given_name, p.family_name))) > 50);
    }
}
