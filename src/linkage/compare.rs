//! How far two records agree, field by field: the comparison vector of Fellegi & Sunter (1969), section 2.

use super::names::{Likeness, mistyped};
use super::prepared::Prepared;
use super::symbols::NONE;

/// A field that is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Field {
    GivenName,
    FamilyName,
    BirthDate,
    Email,
    Phone,
    Address,
    Gender,
}

impl Field {
    /// All fields, in the order in which they are compared.
    pub const ALL: [Self; 7] =
        [Self::GivenName, Self::FamilyName, Self::BirthDate, Self::Email, Self::Phone, Self::Address, Self::Gender];

    /// The field as the options and tables write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::GivenName => "given_name",
            Self::FamilyName => "family_name",
            Self::BirthDate => "birth_date",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Address => "address",
            Self::Gender => "gender",
        }
    }

    /// What each agreement level means; the first is that a value is missing, the second that both are equal, the last
    /// that they differ.
    pub fn levels(self) -> &'static [&'static str] {
        match self {
            Self::GivenName => &["missing", "equal", "sounds alike", "typing error", "part", "swapped", "different"],
            Self::FamilyName => &["missing", "equal", "sounds alike", "typing error", "part", "different"],
            Self::BirthDate => &["missing", "equal", "one part differs", "same year", "different"],
            Self::Email => &["missing", "equal", "close", "different"],
            Self::Phone => &["missing", "equal", "typing error", "different"],
            Self::Address => &["missing", "equal", "same street", "close", "same postcode", "same city", "different"],
            Self::Gender => &["missing", "equal", "different"],
        }
    }

    /// The level of a difference.
    pub(crate) fn different(self) -> usize {
        self.levels().len() - 1
    }
}

/// The number of fields.
pub(crate) const FIELDS: usize = Field::ALL.len();

/// The most levels of a field.
pub(crate) const LEVELS: usize = 7;

pub(crate) const MISSING: usize = 0;
pub(crate) const EQUAL: usize = 1;
/// Of names: sounds alike. Of birth dates: one part differs. Of e-mail: close. Of phones: typing error.
pub(crate) const NEAR: usize = 2;
pub(crate) const TYPO: usize = 3;
pub(crate) const PART: usize = 4;
pub(crate) const SWAPPED: usize = 5;
const SAME_YEAR: usize = 3;
const SAME_STREET: usize = 2;
const CLOSE_ADDRESS: usize = 3;
pub(crate) const SAME_POSTCODE: usize = 4;
pub(crate) const SAME_CITY: usize = 5;

/// The agreement levels of a pair, four bits a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Pattern(pub(crate) u32);

impl Pattern {
    pub(crate) fn level(self, field: Field) -> usize {
        ((self.0 >> (4 * field as u32)) & 15) as usize
    }

    pub(crate) fn with(self, field: Field, level: usize) -> Self {
        let shift = 4 * field as u32;
        Self((self.0 & !(15 << shift)) | ((level as u32) << shift))
    }

    fn differs(self, field: Field) -> bool {
        self.level(field) == field.different()
    }

    /// Whether this can't be one person: given names that can't be one name, or birth dates that can't be one date.
    pub(crate) fn contradicts(self) -> bool {
        self.differs(Field::GivenName) || self.differs(Field::BirthDate)
    }

    /// Whether one of given name and birth date contradicts while the other is equal: for a person to look at.
    pub(crate) fn half_contradicts(self) -> bool {
        let equal = |field| self.level(field) == EQUAL;
        (self.differs(Field::GivenName) && equal(Field::BirthDate))
            || (self.differs(Field::BirthDate) && equal(Field::GivenName))
    }

    /// Whether the names can be one person's.
    pub(crate) fn names_compatible(self) -> bool {
        let given = self.level(Field::GivenName);
        let fits = |level: usize, field: Field| level != MISSING && level != field.different();
        given == SWAPPED || (fits(given, Field::GivenName) && fits(self.level(Field::FamilyName), Field::FamilyName))
    }

    /// The levels in words, fields without evidence left out: `given_name equal; birth_date one part differs`.
    pub(crate) fn in_words(self) -> String {
        let mut words = String::new();
        for field in Field::ALL.into_iter().filter(|field| self.level(*field) != MISSING) {
            if !words.is_empty() {
                words.push_str("; ");
            }
            words.push_str(field.as_str());
            words.push(' ');
            words.push_str(field.levels()[self.level(field)]);
        }
        words
    }
}

/// Compares two records, by rank.
pub(crate) fn compare(p: &Prepared, a: usize, b: usize) -> Pattern {
    let (given, family) = names(p, a, b);
    Pattern::default()
        .with(Field::GivenName, given)
        .with(Field::FamilyName, family)
        .with(Field::BirthDate, birth(p, a, b))
        .with(Field::Email, email(p, a, b))
        .with(Field::Phone, phone(p, a, b))
        .with(Field::Address, address(p, a, b))
        .with(
            Field::Gender,
            match (p.gender[a], p.gender[b]) {
                (0, _) | (_, 0) => MISSING,
                (x, y) if x == y => EQUAL,
                _ => Field::Gender.different(),
            },
        )
}

/// The levels of given and family name. Swapped names are evidence of the given name, and the family name has none.
fn names(p: &Prepared, a: usize, b: usize) -> (usize, usize) {
    let (ga, gb) = (p.given.codes[a], p.given.codes[b]);
    let (fa, fb) = (p.family.codes[a], p.family.codes[b]);
    let level = |x: u32, y: u32, counts: &[u32], different: usize| {
        if x == NONE || y == NONE {
            return MISSING;
        }
        match p.names.likeness(x, y, counts) {
            Likeness::Equal => EQUAL,
            Likeness::SoundsAlike => NEAR,
            Likeness::Typo => TYPO,
            Likeness::Part => PART,
            Likeness::Different => different,
        }
    };
    let given = level(ga, gb, &p.given.counts, Field::GivenName.different());
    let family = level(fa, fb, &p.family.counts, Field::FamilyName.different());
    let complete = [ga, gb, fa, fb].iter().all(|name| *name != NONE);
    if complete && given == Field::GivenName.different() && family == Field::FamilyName.different() {
        let crossed = |x: u32, y: u32| p.names.likeness(x, y, &[]);
        let (one, other) = (crossed(ga, fb), crossed(fa, gb));
        if one.max(other) <= Likeness::Typo && one.min(other) <= Likeness::SoundsAlike {
            return (SWAPPED, MISSING);
        }
    }
    (given, family)
}

fn birth(p: &Prepared, a: usize, b: usize) -> usize {
    let (x, y) = (p.birth.codes[a], p.birth.codes[b]);
    match (x, y) {
        (NONE, _) | (_, NONE) => MISSING,
        _ if x == y => EQUAL,
        _ => birth_level(civil(p.birth_days[x as usize]), civil(p.birth_days[y as usize])),
    }
}

/// The level of two different dates (year, month, day): one part differs if day and month are exchanged, only the day or
/// only the month differs, or only the year and that by one digit or two exchanged ones. New Year's Day stands for a
/// year only.
fn birth_level(x: (i32, u32, u32), y: (i32, u32, u32)) -> usize {
    let day_or_month = x.0 == y.0 && (x.1 == y.1 || x.2 == y.2 || (x.1 == y.2 && x.2 == y.1));
    let year = x.1 == y.1 && x.2 == y.2 && strsim::osa_distance(&x.0.to_string(), &y.0.to_string()) <= 1;
    if day_or_month || year {
        NEAR
    } else if x.0 == y.0 && ((x.1, x.2) == (1, 1) || (y.1, y.2) == (1, 1)) {
        SAME_YEAR
    } else {
        Field::BirthDate.different()
    }
}

/// Year, month and day of a day since 1970-01-01, in the proleptic Gregorian calendar (Hinnant,
/// "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`).
pub(crate) fn civil(day: i32) -> (i32, u32, u32) {
    let z = i64::from(day) + 719_468;
    let era = z.div_euclid(146_097);
    let day_of_era = z.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year as i32, month as u32, (day_of_year - (153 * shifted + 2) / 5 + 1) as u32)
}

fn email(p: &Prepared, a: usize, b: usize) -> usize {
    let (x, y) = (p.email.codes[a], p.email.codes[b]);
    if x == NONE || y == NONE {
        return MISSING;
    }
    if x == y {
        return EQUAL;
    }
    let (x, y) = (p.emails.get(x), p.emails.get(y));
    let (Some((local_x, domain_x)), Some((local_y, domain_y))) = (x.rsplit_once('@'), y.rsplit_once('@')) else {
        return Field::Email.different();
    };
    let same_local = local_x == local_y && local_x.len() >= 5;
    // mia.berg7 and mia.berg8 are two people
    let digits = |text: &'_ str| text.bytes().filter(u8::is_ascii_digit).collect::<Vec<u8>>();
    let typo = || domain_x == domain_y && mistyped(local_x, local_y) && digits(local_x) == digits(local_y);
    if same_local || typo() { NEAR } else { Field::Email.different() }
}

fn phone(p: &Prepared, a: usize, b: usize) -> usize {
    let (x, y) = (p.phone.codes[a], p.phone.codes[b]);
    match (x, y) {
        (NONE, _) | (_, NONE) => MISSING,
        _ if x == y => EQUAL,
        _ if one_digit_off(p.phones[x as usize], p.phones[y as usize]) => NEAR,
        _ => Field::Phone.different(),
    }
}

/// Whether two phone keys differ by one digit, or by two neighbours exchanged.
fn one_digit_off(x: u64, y: u64) -> bool {
    let (mut x, mut y) = (x / 2, y / 2);
    let mut places = Vec::with_capacity(2);
    for place in 0.. {
        if x == 0 && y == 0 {
            break;
        }
        if x % 10 != y % 10 {
            if places.len() == 2 {
                return false;
            }
            places.push((place, x % 10, y % 10));
        }
        (x, y) = (x / 10, y / 10);
    }
    match places[..] {
        [(first, a, b), (second, c, d)] => second == first + 1 && a == d && b == c,
        _ => true,
    }
}

/// Equal: street, and postcode or, where none has one, city. Same street: the city is the same, and one has no postcode
/// or it's mistyped. Close: as these, and the street is alike (Jaro-Winkler similarity) with the same house number.
fn address(p: &Prepared, a: usize, b: usize) -> usize {
    let pair = |codes: &[u32]| (codes[a], codes[b]);
    let same = |(x, y): (u32, u32)| x != NONE && x == y;
    let none = |(x, y): (u32, u32)| x == NONE || y == NONE;
    let (street, postcode, city) = (pair(&p.street.codes), pair(&p.postcode.codes), pair(&p.city.codes));
    if none(street) && none(postcode) && none(city) {
        return MISSING;
    }
    if same(pair(&p.address.codes)) {
        return EQUAL;
    }
    let near = |(x, y): (u32, u32)| none((x, y)) || mistyped(p.postcodes.get(x), p.postcodes.get(y));
    let place = same(postcode) || (near(postcode) && same(city));
    if same(street) && place {
        SAME_STREET
    } else if place && !none(street) && alike(p.streets.get(street.0), p.streets.get(street.1)) {
        CLOSE_ADDRESS
    } else if same(postcode) {
        SAME_POSTCODE
    } else if same(city) {
        SAME_CITY
    } else {
        Field::Address.different()
    }
}

fn alike(x: &str, y: &str) -> bool {
    let digits = |text: &'_ str| text.bytes().filter(u8::is_ascii_digit).collect::<Vec<u8>>();
    digits(x) == digits(y) && strsim::jaro_winkler(x, y) >= 0.9
}

#[cfg(test)]
mod tests {
    use super::super::options::IdentityOptions;
    use super::super::record::{RawPerson, Records};
    use super::*;

    fn pattern(a: RawPerson<'_>, b: RawPerson<'_>) -> Pattern {
        let mut records = Records::new();
        records.push(RawPerson { id: "a", ..a }).unwrap();
        records.push(RawPerson { id: "b", ..b }).unwrap();
        let prepared = Prepared::of(&records, &IdentityOptions::default());
        let pattern = compare(&prepared, 0, 1);
        assert_eq!(pattern, compare(&prepared, 1, 0));
        pattern
    }

    fn person<'a>(given: &'a str, family: &'a str) -> RawPerson<'a> {
        RawPerson { given_name: Some(given), family_name: Some(family), ..RawPerson::default() }
    }

    #[test]
    fn swapped_names_are_one_agreement() {
        let swapped = pattern(person("Anna", "Berg"), person("Berg", "Anna"));
        assert_eq!(swapped.level(Field::GivenName), SWAPPED);
        assert_eq!(swapped.level(Field::FamilyName), MISSING);
        assert!(swapped.names_compatible() && !swapped.contradicts());
        let crossed = pattern(person("محمد", "کریمی"), person("Karimi", "Mohammad"));
        assert_eq!(crossed.level(Field::GivenName), SWAPPED);
    }

    #[test]
    fn spouses_and_namesakes_contradict() {
        let spouses = pattern(person("Anna", "Berg"), person("Peter", "Berg"));
        assert!(spouses.contradicts() && !spouses.half_contradicts());
        let born = |day| RawPerson { birth_date: Some(day), ..person("Anna", "Berg") };
        let namesakes = pattern(born(0), born(-9000));
        assert!(namesakes.contradicts() && namesakes.half_contradicts());
        assert_eq!(namesakes.in_words(), "given_name equal; family_name equal; birth_date different");
    }

    #[test]
    fn dates_are_compared_by_their_parts() {
        assert_eq!(
            [civil(0), civil(-1), civil(11_016), civil(-135_140)],
            [(1970, 1, 1), (1969, 12, 31), (2000, 2, 29), (1600, 1, 1)]
        );
        for (x, y, level) in [
            ((1980, 3, 7), (1980, 7, 3), NEAR),
            ((1980, 3, 7), (1980, 3, 17), NEAR),
            ((1980, 3, 7), (1908, 3, 7), NEAR),
            ((1980, 3, 7), (1981, 3, 7), NEAR),
            ((1980, 1, 1), (1980, 3, 7), SAME_YEAR),
            ((1980, 3, 7), (1980, 4, 9), 4),
            ((1980, 3, 7), (1955, 3, 7), 4),
        ] {
            assert_eq!(birth_level(x, y), level, "{x:?} {y:?}");
        }
    }

    #[test]
    fn near_values_are_near() {
        let email = |text| RawPerson { email: Some(text), ..RawPerson::default() };
        let level = |a, b| pattern(email(a), email(b)).level(Field::Email);
        assert_eq!(level("mia.berg@x.org", "mia.berg@y.org"), NEAR);
        assert_eq!(level("mia.berg@x.org", "mia.brg@x.org"), NEAR);
        assert_eq!(level("mia.berg7@x.org", "mia.berg8@x.org"), 3);
        assert_eq!(level("mia.berg@x.org", "tom@x.org"), 3);
        assert_eq!(level("mia.berg@x.org", ""), MISSING);
        assert!(one_digit_off(24_681_357 * 2, 24_681_375 * 2) && one_digit_off(1234 * 2, 1934 * 2));
        assert!(!one_digit_off(1234 * 2, 1943 * 2));
        let at =
            |street, postcode| RawPerson { street: Some(street), postcode: Some(postcode), ..RawPerson::default() };
        let level = |a, b| pattern(a, b).level(Field::Address);
        assert_eq!(level(at("12 High Street", "100"), at("12 High St.", "100")), EQUAL);
        assert_eq!(level(at("12 High Street", "100"), at("12 Hihg Street", "100")), CLOSE_ADDRESS);
        assert_eq!(level(at("12 High Street", "100"), at("13 High Street", "100")), SAME_POSTCODE);
        assert_eq!(level(at("12 High Street", "100"), at("9 Oak Lane", "100")), SAME_POSTCODE);
        assert_eq!(level(at("12 High Street", "100"), at("12 High Street", "200")), 6);
        let bern = |postcode| RawPerson { city: Some("Bern"), ..at("12 High Street", postcode) };
        assert_eq!(level(bern("3011"), bern("")), SAME_STREET);
        assert_eq!(level(bern("3011"), bern("3012")), SAME_STREET);
        assert_eq!(level(bern("3011"), bern("8045")), SAME_CITY);
        assert_eq!(level(bern(""), bern("")), EQUAL);
    }
}
