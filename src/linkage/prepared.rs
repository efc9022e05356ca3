//! Records with every field as a key that can be compared, in the order of the record keys.

use rayon::prelude::*;

use super::contact;
use super::names::Names;
use super::options::IdentityOptions;
use super::record::{Column, NO_DAY, Records};
use super::stable;
use super::symbols::{NONE, Symbols};
use super::words;

/// A field of all records as small numbers, 0 for none, with how many records have each.
#[derive(Debug, Clone, Default)]
pub(crate) struct Coded {
    /// Per record.
    pub(crate) codes: Vec<u32>,
    /// Per code.
    pub(crate) counts: Vec<u32>,
    /// How many records have a value.
    pub(crate) present: f64,
    /// The probability that two records that have a value have the same one.
    pub(crate) collision: f64,
}

impl Coded {
    fn new(codes: Vec<u32>, distinct: usize) -> Self {
        let mut counts = vec![0; distinct];
        for code in &codes {
            counts[*code as usize] += 1;
        }
        counts[0] = 0;
        let mut coded = Self { codes, counts, present: 0.0, collision: 0.0 };
        coded.collide();
        coded
    }

    fn collide(&mut self) {
        let total: f64 = self.counts.iter().map(|c| f64::from(*c)).sum();
        let pairs: f64 = self.counts.iter().map(|c| f64::from(*c) * (f64::from(*c) - 1.0).max(0.0)).sum();
        self.collision = pairs / (total * (total - 1.0)).max(1.0);
        self.present = total;
    }

    /// Takes values that more than `most` records share for none; gives how many values and records these were.
    fn ignore_shared(&mut self, most: usize) -> (u64, u64) {
        let shared = |count: u32| count as usize > most;
        let mut ignored = (0, 0);
        for code in &mut self.codes {
            if shared(self.counts[*code as usize]) {
                *code = NONE;
                ignored.1 += 1;
            }
        }
        for count in self.counts.iter_mut().filter(|count| shared(**count)) {
            *count = 0;
            ignored.0 += 1;
        }
        self.collide();
        ignored
    }
}

/// Values left out because too many records share them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ignored {
    /// E-mail addresses.
    pub emails: u64,
    /// Records that have one of these.
    pub email_records: u64,
    /// Phone numbers.
    pub phones: u64,
    /// Records that have one of these.
    pub phone_records: u64,
}

/// The records by rank: the place of their key among all keys. Everything after this works on ranks, so that nothing
/// depends on the order of arrival.
#[derive(Debug, Default)]
pub(crate) struct Prepared {
    /// The row of each rank.
    pub(crate) rows: Vec<u32>,
    pub(crate) names: Names,
    pub(crate) given: Coded,
    pub(crate) family: Coded,
    pub(crate) birth: Coded,
    /// Days of birth, by the codes of `birth`.
    pub(crate) birth_days: Vec<i32>,
    pub(crate) email: Coded,
    pub(crate) emails: Symbols,
    pub(crate) phone: Coded,
    /// Phone keys, by the codes of `phone`.
    pub(crate) phones: Vec<u64>,
    pub(crate) street: Coded,
    pub(crate) streets: Symbols,
    pub(crate) postcode: Coded,
    pub(crate) postcodes: Symbols,
    pub(crate) city: Coded,
    cities: Symbols,
    /// Street with postcode, or with city where there is none.
    pub(crate) address: Coded,
    pub(crate) gender: Vec<u8>,
    pub(crate) ignored: Ignored,
}

impl Prepared {
    pub(crate) fn of(records: &Records, options: &IdentityOptions) -> Self {
        let rows = records.rows_by_id();
        let (given, family, names) = person_names(records, &rows);
        let (birth, birth_days) = numbers(&rows, |row| records.birth_date(row), NO_DAY);
        let (plus, dots) = (options.plus_addressing, options.email_dots);
        let (mut email, emails) = keyed(records, &rows, Column::Email, |text| contact::email_key(text, plus, dots));
        let (mut phone, phones) = phones(records, &rows, options.default_country.as_deref());
        let (street, streets) = keyed(records, &rows, Column::Street, words::street_key);
        let (postcode, postcodes) = keyed(records, &rows, Column::Postcode, words::postcode_key);
        let (city, cities) = keyed(records, &rows, Column::City, words::city_key);
        let address = addresses(&street, &postcode, &city);
        let gender = {
            let codes = by_symbol(records, Column::Gender, words::gender_code);
            rows.iter().map(|row| codes[records.symbol(*row, Column::Gender) as usize]).collect()
        };
        let mut ignored = Ignored::default();
        (ignored.emails, ignored.email_records) = email.ignore_shared(options.most_sharers);
        (ignored.phones, ignored.phone_records) = phone.ignore_shared(options.most_sharers);
        Self {
            rows,
            names,
            given,
            family,
            birth,
            birth_days,
            email,
            emails,
            phone,
            phones,
            street,
            streets,
            postcode,
            postcodes,
            city,
            cities,
            address,
            gender,
            ignored,
        }
    }

    /// The number of records.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// A hash of all that is compared of a record: it changes if and only if one of these does.
    pub(crate) fn fingerprint(&self, rank: usize) -> u64 {
        let texts = [
            self.names.text(self.given.codes[rank]),
            self.names.text(self.family.codes[rank]),
            self.emails.get(self.email.codes[rank]),
            self.streets.get(self.street.codes[rank]),
            self.postcodes.get(self.postcode.codes[rank]),
            self.cities.get(self.city.codes[rank]),
        ];
        let numbers = [
            i64::from(self.birth_days[self.birth.codes[rank] as usize]) as u64,
            self.phones[self.phone.codes[rank] as usize],
            u64::from(self.gender[rank]),
        ];
        let hashes = texts.into_iter().map(stable::hash_text).chain(numbers);
        hashes.fold(0, stable::combined)
    }
}

/// A function of each distinct text of a column, by symbol.
fn by_symbol<T: Send>(records: &Records, column: Column, f: impl Fn(&str) -> T + Sync) -> Vec<T> {
    let symbols = records.symbols(column);
    (0..symbols.len() as u32).into_par_iter().map(|symbol| f(symbols.get(symbol))).collect()
}

/// A column by the keys of its texts.
fn keyed(records: &Records, rows: &[u32], column: Column, key: impl Fn(&str) -> String + Sync) -> (Coded, Symbols) {
    let keys = by_symbol(records, column, key);
    let mut symbols = Symbols::default();
    let mut known = vec![u32::MAX; keys.len()];
    let code = |row: &u32| {
        let symbol = records.symbol(*row, column) as usize;
        if known[symbol] == u32::MAX {
            known[symbol] = symbols.intern(&keys[symbol]);
        }
        known[symbol]
    };
    let codes: Vec<u32> = rows.iter().map(code).collect();
    let coded = Coded::new(codes, symbols.len());
    (coded, symbols)
}

/// Given and family names, from their columns or from the whole name.
fn person_names(records: &Records, rows: &[u32]) -> (Coded, Coded, Names) {
    let given = by_symbol(records, Column::GivenName, words::name_key);
    let family = by_symbol(records, Column::FamilyName, words::name_key);
    let whole = by_symbol(records, Column::Name, words::split_name);
    let mut texts = Symbols::default();
    let codes: (Vec<u32>, Vec<u32>) = rows
        .iter()
        .map(|row| {
            let symbol = |column| records.symbol(*row, column) as usize;
            let (split_given, split_family) = &whole[symbol(Column::Name)];
            let or = |text: &'_ str, split: &'_ str| if text.is_empty() { split.to_owned() } else { text.to_owned() };
            let given = or(&given[symbol(Column::GivenName)], split_given);
            let family = or(&family[symbol(Column::FamilyName)], split_family);
            (texts.intern(&given), texts.intern(&family))
        })
        .unzip();
    let distinct = texts.len();
    (Coded::new(codes.0, distinct), Coded::new(codes.1, distinct), Names::of(texts))
}

fn phones(records: &Records, rows: &[u32], default_country: Option<&str>) -> (Coded, Vec<u64>) {
    let default = default_country.and_then(contact::country);
    let countries = by_symbol(records, Column::Country, |text| contact::country(text).or(default));
    let key = |row: &u32| match records.text(*row, Column::Phone) {
        Some(text) => contact::phone_key(text, countries[records.symbol(*row, Column::Country) as usize]),
        None => 0,
    };
    let keys: Vec<u64> = rows.par_iter().map(key).collect();
    numbers_of(&keys, 0)
}

fn addresses(street: &Coded, postcode: &Coded, city: &Coded) -> Coded {
    let key = |rank: usize| {
        let place = match (postcode.codes[rank], city.codes[rank]) {
            (NONE, city) => u64::from(city) << 32,
            (postcode, _) => u64::from(postcode),
        };
        let known = street.codes[rank] != NONE && place != 0;
        if known { stable::combined(u64::from(street.codes[rank]), place).max(1) } else { 0 }
    };
    let keys: Vec<u64> = (0..street.codes.len()).into_par_iter().map(key).collect();
    numbers_of(&keys, 0).0
}

fn numbers<T: Copy + Ord + Send + Sync>(
    rows: &[u32],
    value: impl Fn(u32) -> Option<T> + Sync,
    none: T,
) -> (Coded, Vec<T>) {
    let values: Vec<T> = rows.par_iter().map(|row| value(*row).unwrap_or(none)).collect();
    numbers_of(&values, none)
}

/// Values as codes, with the value of each code: ascending, `none` first and smaller than all others.
fn numbers_of<T: Copy + Ord + Send + Sync>(values: &[T], none: T) -> (Coded, Vec<T>) {
    let mut distinct = values.to_vec();
    distinct.push(none);
    distinct.par_sort_unstable();
    distinct.dedup();
    let code = |value: &T| distinct.binary_search(value).map_or(NONE, |code| code as u32);
    let codes: Vec<u32> = values.par_iter().map(code).collect();
    (Coded::new(codes, distinct.len()), distinct)
}

#[cfg(test)]
mod tests {
    use super::super::record::RawPerson;
    use super::*;

    #[test]
    fn fields_become_keys_by_rank() {
        let mut records = Records::new();
        let persons = [
            RawPerson {
                id: "2",
                name: Some("Dr. Anna Berg"),
                email: Some("A@X.ORG"),
                birth_date: Some(5),
                ..RawPerson::default()
            },
            RawPerson {
                id: "1",
                given_name: Some("ANNA"),
                email: Some("a@x.org"),
                phone: Some("030 1234567"),
                country: Some("DE"),
                ..RawPerson::default()
            },
        ];
        for person in persons {
            records.push(person).unwrap();
        }
        let prepared = Prepared::of(&records, &IdentityOptions::default());
        assert_eq!(prepared.rows, [1, 0]);
        assert_eq!(prepared.given.codes[0], prepared.given.codes[1]);
        assert_eq!(prepared.email.codes, [1, 1]);
        assert_eq!(prepared.family.codes[0], NONE);
        assert_eq!(prepared.birth_days[prepared.birth.codes[1] as usize], 5);
        assert_eq!(prepared.phones[prepared.phone.codes[0] as usize], 49_301_234_567 * 2 + 1);
        assert!((prepared.email.collision - 1.0).abs() < 1e-12);
        assert_ne!(prepared.fingerprint(0), prepared.fingerprint(1));
    }

    #[test]
    fn values_that_many_share_are_left_out() {
        let mut records = Records::new();
        for i in 0..12 {
            let (id, own) = (format!("r{i:02}"), format!("p{i}@x.org"));
            let email = if i < 3 { "info@x.org" } else { &own };
            records.push(RawPerson { id: &id, email: Some(email), ..RawPerson::default() }).unwrap();
        }
        let options = IdentityOptions { most_sharers: 2, ..IdentityOptions::default() };
        let prepared = Prepared::of(&records, &options);
        assert_eq!((prepared.ignored.emails, prepared.ignored.email_records), (1, 3));
        assert_eq!(prepared.email.codes[..4].iter().filter(|c| **c == NONE).count(), 3);
        assert!(prepared.email.collision < 1e-12);
    }
}
