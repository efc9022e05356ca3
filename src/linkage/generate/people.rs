//! People who live together, as they are: before anyone writes them down.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};

use super::lists::{self, Spellings};

/// Chance, from a seed.
#[derive(Debug, Clone)]
pub(super) struct Dice(Xoshiro256PlusPlus);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(Xoshiro256PlusPlus::seed_from_u64(seed))
    }

    /// Below 1.
    pub(super) fn share(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub(super) fn chance(&mut self, probability: f64) -> bool {
        self.share() < probability
    }

    pub(super) fn below(&mut self, n: usize) -> usize {
        (self.share() * n as f64) as usize
    }

    pub(super) fn of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }

    /// A place in a list in which the first are the commonest (probability falls like 1/(place + 3)).
    pub(super) fn skewed(&mut self, n: usize) -> usize {
        let (low, high) = (3.0_f64, n as f64 + 3.0);
        ((low * libm::pow(high / low, self.share())) - low) as usize % n
    }
}

/// A name in both scripts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    /// Empty where the Latin spelling is the native one.
    pub(super) native: String,
    pub(super) latin: Vec<String>,
}

impl Name {
    fn of(spellings: &Spellings) -> Self {
        let latin = spellings.latin.iter().map(|text| (*text).to_owned()).collect();
        Self { native: spellings.native.to_owned(), latin }
    }

    fn western(text: impl Into<String>) -> Self {
        Self { native: String::new(), latin: vec![text.into()] }
    }
}

/// Where a household lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Home {
    pub(super) street: String,
    pub(super) postcode: String,
    /// In the native script, and in Latin.
    pub(super) city: (String, String),
    pub(super) phone: String,
}

#[derive(Debug, Clone)]
pub(super) struct Human {
    pub(super) persian: bool,
    pub(super) woman: bool,
    pub(super) given: Name,
    pub(super) family: Name,
    /// Days since 1970-01-01.
    pub(super) born: i32,
    pub(super) home: Home,
    pub(super) email: Option<String>,
    pub(super) phone: Option<String>,
}

pub(super) fn given(dice: &mut Dice, persian: bool, woman: bool) -> Name {
    match (persian, woman) {
        (true, false) => Name::of(&lists::PERSIAN_MEN[dice.skewed(lists::PERSIAN_MEN.len())]),
        (true, true) => Name::of(&lists::PERSIAN_WOMEN[dice.skewed(lists::PERSIAN_WOMEN.len())]),
        (false, false) => Name::western(lists::WESTERN_MEN[dice.skewed(lists::WESTERN_MEN.len())]),
        (false, true) => Name::western(lists::WESTERN_WOMEN[dice.skewed(lists::WESTERN_WOMEN.len())]),
    }
}

pub(super) fn family(dice: &mut Dice, persian: bool) -> Name {
    if persian {
        if dice.chance(0.6) {
            return Name::of(&lists::PERSIAN_FAMILIES[dice.skewed(lists::PERSIAN_FAMILIES.len())]);
        }
        let (native, latin) = dice.of(lists::PERSIAN_ENDINGS);
        let stem = Name::of(dice.of(lists::PERSIAN_MEN));
        let latin = stem.latin.iter().map(|text| format!("{}{latin}", text.replace(' ', ""))).collect();
        return Name { native: format!("{}{native}", stem.native), latin };
    }
    if dice.chance(0.6) {
        return Name::western(lists::WESTERN_FAMILIES[dice.skewed(lists::WESTERN_FAMILIES.len())]);
    }
    Name::western(format!("{}{}", dice.of(lists::WESTERN_STEMS), dice.of(lists::WESTERN_ENDINGS)))
}

pub(super) fn home(dice: &mut Dice, persian: bool) -> Home {
    let number = 1 + dice.below(150);
    if persian {
        let street = format!("{}، پلاک {number}", dice.of(lists::PERSIAN_STREETS));
        let city = lists::PERSIAN_CITIES[dice.skewed(lists::PERSIAN_CITIES.len())];
        let postcode = format!("{:05}", 10_000 + dice.below(8000));
        let phone = format!("021{:08}", 20_000_000 + dice.below(70_000_000));
        return Home { street, postcode, city: (city.0.to_owned(), city.1.to_owned()), phone };
    }
    let street = format!("{} {number}", dice.of(lists::WESTERN_STREETS));
    let city = lists::WESTERN_CITIES[dice.skewed(lists::WESTERN_CITIES.len())].to_owned();
    let postcode = format!("{:05}", 1000 + dice.below(9000) * 10);
    let phone = format!("030{:08}", 20_000_000 + dice.below(70_000_000));
    Home { street, postcode, city: (city.clone(), city), phone }
}

/// A mobile number in its national notation.
pub(super) fn mobile(dice: &mut Dice, persian: bool) -> String {
    let number = dice.below(100_000_000);
    if persian { format!("091{}{:07}", dice.below(10), number / 10) } else { format!("0151{number:08}") }
}

/// An address of the person's own.
pub(super) fn email(dice: &mut Dice, given: &Name, family: &Name) -> String {
    let plain = |name: &Name| {
        let folded = crate::notation::letters::fold(&name.latin[0], crate::notation::letters::Folding::WORDS);
        folded.chars().filter(char::is_ascii_alphanumeric).collect::<String>()
    };
    let (given, family) = (plain(given), plain(family));
    let number = dice.below(10_000);
    let domain = dice.of(lists::DOMAINS);
    match dice.below(3) {
        0 => format!("{given}.{family}{number}@{domain}"),
        1 => format!("{}{family}{number}@{domain}", &given[..1]),
        _ => format!("{family}{given}{number}@{domain}"),
    }
}

/// People who live together: one, a couple, or a couple with children, some of them twins, some with the father's name.
pub(super) fn household(dice: &mut Dice) -> Vec<Human> {
    let persian = dice.chance(0.5);
    let home = home(dice, persian);
    let name = family(dice, persian);
    let born = -9000 + dice.below(16_000) as i32;
    let shared_email = dice.chance(0.12).then(|| email(dice, &name, &name));
    let father = human(dice, persian, false, &name, born, &home, shared_email.as_ref());
    if dice.chance(0.4) {
        let woman = dice.chance(0.5);
        return vec![human(dice, persian, woman, &name, born, &home, None)];
    }
    let own_name = dice.chance(if persian { 0.85 } else { 0.2 });
    let mothers = if own_name { family(dice, persian) } else { name.clone() };
    let mother_born = born + dice.below(3000) as i32 - 800;
    let mother = human(dice, persian, true, &mothers, mother_born, &home, shared_email.as_ref());
    let mut people = vec![father, mother];
    let mut birth = born + 8400 + dice.below(3000) as i32;
    for child in 0..dice.below(4) {
        let woman = dice.chance(0.5);
        let mut human = human(dice, persian, woman, &name, birth, &home, shared_email.as_ref());
        while people.iter().any(|other| other.given == human.given) {
            human.given = given(dice, persian, woman);
        }
        if child == 0 && !woman && dice.chance(0.01) {
            human.given = people[0].given.clone();
        }
        people.push(human);
        if !dice.chance(0.02) {
            birth += 500 + dice.below(1500) as i32;
        }
    }
    people
}

fn human(
    dice: &mut Dice,
    persian: bool,
    woman: bool,
    family: &Name,
    born: i32,
    home: &Home,
    shared_email: Option<&String>,
) -> Human {
    let given = given(dice, persian, woman);
    let own = email(dice, &given, family);
    let email = match shared_email {
        Some(shared) => Some(shared.clone()),
        None => dice.chance(0.85).then_some(own),
    };
    let mobile = mobile(dice, persian);
    let phone = match dice.below(10) {
        0 => None,
        1 | 2 => Some(home.phone.clone()),
        _ => Some(mobile),
    };
    Human { persian, woman, given, family: family.clone(), born, home: home.clone(), email, phone }
}
