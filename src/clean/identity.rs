//! One person, one row: customers that are one person become one customer, with a person id that lasts.

use std::collections::BTreeMap;

use arrow::array::{Array, Int64Array};

use crate::linkage::{
    IdentityOptions, Known, PersonField, RawPerson, Records, Resolution, Survivors, resolve, survivors,
};
use crate::table::Column;

use super::attributes::Attributes;
use super::error::CleanError;
use super::feedback::Feedback;
use super::ids::{IdSpace, Interner};
use super::interactions::Interactions;
use super::ledger::{Ledger, PARTITIONS};
use super::outreach::Outreach;

/// What is known of an earlier night, by the day that is reported on.
pub type KnownPersons<'a> = dyn Fn(i32) -> Result<Option<Known>, String> + 'a;

/// The customers of a run as persons.
#[derive(Debug)]
pub struct Identity {
    /// Who is who, and what happened to whom.
    pub resolution: Resolution,
    /// Ids of the records, by their rows in the resolution.
    pub records: Vec<String>,
}

/// Attributes that are looked at, by the field of a person that they are. The first that there is counts.
const FIELDS: &[(Part, &[&str])] = &[
    (Part::GivenName, &["given_name", "first_name", "firstname"]),
    (Part::FamilyName, &["family_name", "last_name", "lastname", "surname"]),
    (Part::Name, &["name", "full_name"]),
    (Part::Email, &["email", "e_mail", "email_address"]),
    (Part::Phone, &["phone", "mobile", "telephone", "phone_number"]),
    (Part::BirthDate, &["birth_date", "date_of_birth", "birthday"]),
    (Part::Gender, &["gender", "sex"]),
    (Part::Street, &["street", "address"]),
    (Part::Postcode, &["postcode", "postal_code", "zip", "zip_code"]),
    (Part::City, &["city", "town"]),
    (Part::Country, &["country"]),
    (Part::Observed, &["updated_at", "observed_day", "modified_at", "created_at", "acquired_at"]),
    (Part::Source, &["source_file"]),
];

/// A part of what is written about a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    GivenName,
    FamilyName,
    Name,
    Email,
    Phone,
    BirthDate,
    Gender,
    Street,
    Postcode,
    City,
    Country,
    Observed,
    Source,
}

impl Part {
    /// The field of a person whose survivor gives this part; none for parts that are no field.
    fn field(self) -> Option<PersonField> {
        Some(match self {
            Self::GivenName => PersonField::GivenName,
            Self::FamilyName => PersonField::FamilyName,
            Self::Name => PersonField::Name,
            Self::Email => PersonField::Email,
            Self::Phone => PersonField::Phone,
            Self::BirthDate => PersonField::BirthDate,
            Self::Gender => PersonField::Gender,
            Self::Street | Self::Postcode | Self::City | Self::Country => PersonField::Address,
            Self::Observed | Self::Source => return None,
        })
    }
}

/// What is to become one row per person.
pub(super) struct Customers<'a> {
    pub(super) space: &'a mut IdSpace,
    pub(super) ledger: &'a mut Ledger,
    pub(super) attributes: &'a mut Attributes,
    pub(super) interactions: &'a mut Interactions,
    pub(super) feedback: &'a mut Feedback,
    pub(super) outreach: &'a mut Outreach,
}

/// Finds the persons among the customers and gives everything that is known of a customer to the person.
///
/// # Errors
/// When temporary files fail, or what an earlier night left can't be read.
pub(super) fn resolve_persons(
    customers: Customers<'_>,
    options: &IdentityOptions,
    known: &KnownPersons<'_>,
    day: i32,
    progress: &(dyn Fn(&str, u64) + Sync),
) -> Result<Identity, CleanError> {
    let keys = all_keys(&customers)?;
    let ids = keys.iter().map(|key| text_of(customers.space, *key)).collect::<Vec<_>>();
    let records = records_of(&keys, &ids, customers.attributes);
    let known = known(day).map_err(CleanError::Identity)?;
    let resolution = resolve(&records, known.as_ref(), options, day, progress);
    let order = by_id(&resolution);
    let mut interner = Interner::default();
    for person in &order {
        interner.intern(resolution.persons[*person as usize].id.as_str());
    }
    let mut place = vec![0_u64; order.len()];
    for (at, person) in order.iter().enumerate() {
        place[*person as usize] = at as u64;
    }
    let new_key = |row: usize| place[resolution.person_of[row] as usize];
    let person_key: BTreeMap<u64, u64> = keys.iter().enumerate().map(|(row, key)| (*key, new_key(row))).collect();
    let of = |key: u64| person_key.get(&key).copied().unwrap_or_default();
    *customers.ledger = customers.ledger.rekeyed(of)?;
    *customers.attributes = merged(customers.attributes, &keys, &records, &resolution, (&order, &place), options);
    customers.interactions.touches = std::mem::take(&mut customers.interactions.touches).rekeyed(of);
    customers.feedback.answers = std::mem::take(&mut customers.feedback.answers).rekeyed(of);
    customers.outreach.contacts = std::mem::take(&mut customers.outreach.contacts).rekeyed(of);
    *customers.space = IdSpace::Text(interner);
    Ok(Identity { resolution, records: ids })
}

/// Keys of everyone who is known or has a transaction or interaction, ascending, each once.
fn all_keys(customers: &Customers<'_>) -> Result<Vec<u64>, CleanError> {
    let mut keys = customers.attributes.keys.clone();
    keys.extend(customers.interactions.touches.customers());
    keys.extend(customers.feedback.answers.customers());
    keys.extend(customers.outreach.contacts.customers());
    for number in 0..PARTITIONS {
        let mut own = customers.ledger.partition(number)?.lines().map(|line| line.customer).collect::<Vec<_>>();
        own.sort_unstable();
        own.dedup();
        keys.append(&mut own);
    }
    keys.sort_unstable();
    keys.dedup();
    Ok(keys)
}

fn text_of(space: &IdSpace, key: u64) -> String {
    let mut text = String::new();
    space.write_text(key, &mut text);
    text
}

/// Persons in the byte order of their ids.
fn by_id(resolution: &Resolution) -> Vec<u32> {
    let mut order = (0..resolution.persons.len() as u32).collect::<Vec<_>>();
    order.sort_unstable_by_key(|person| resolution.persons[*person as usize].id);
    order
}

/// Which part of a person an attribute is, where it is the one that counts.
fn part_of(attributes: &Attributes, name: &str) -> Option<Part> {
    let has = |name: &str| attributes.columns.iter().any(|(known, _)| known == name);
    let (part, names) = FIELDS.iter().find(|(_, names)| names.contains(&name))?;
    let first = names.iter().find(|candidate| has(candidate))?;
    (*first == name).then_some(*part)
}

fn records_of(keys: &[u64], ids: &[String], attributes: &Attributes) -> Records {
    let row_of: BTreeMap<u64, usize> = attributes.keys.iter().enumerate().map(|(row, key)| (*key, row)).collect();
    let columns: BTreeMap<Part, &Column> =
        attributes.columns.iter().filter_map(|(name, column)| Some((part_of(attributes, name)?, column))).collect();
    let mut records = Records::new();
    for (key, id) in keys.iter().zip(ids) {
        let row = row_of.get(key).copied();
        let text = |part: Part| {
            let column = columns.get(&part)?;
            row.filter(|row| !column.is_null(*row)).map(|row| column.display(row))
        };
        let day = |part: Part| match (columns.get(&part), row) {
            (Some(Column::Day(days)), Some(row)) if !days.is_null(row) => Some(days.value(row)),
            _ => None,
        };
        let texts = [
            Part::GivenName,
            Part::FamilyName,
            Part::Name,
            Part::Email,
            Part::Phone,
            Part::Gender,
            Part::Street,
            Part::Postcode,
            Part::City,
            Part::Country,
            Part::Source,
        ]
        .map(text);
        let [given_name, family_name, name, email, phone, gender, street, postcode, city, country, source] =
            texts.each_ref().map(Option::as_deref);
        let person = RawPerson {
            id,
            given_name,
            family_name,
            name,
            email,
            phone,
            birth_date: day(Part::BirthDate),
            gender,
            street,
            postcode,
            city,
            country,
            source,
            observed_day: day(Part::Observed),
        };
        // keys are distinct and none is empty, so every record is taken
        let _ = records.push(person);
    }
    records
}

/// One row per person, in the order of their ids: each field from the record whose value survives, every other
/// attribute from the newest record that has one. `order` are the persons by their ids, `place` where each stands.
fn merged(
    attributes: &Attributes,
    keys: &[u64],
    records: &Records,
    resolution: &Resolution,
    (order, place): (&[u32], &[u64]),
    options: &IdentityOptions,
) -> Attributes {
    let row_of: BTreeMap<u64, usize> = attributes.keys.iter().enumerate().map(|(row, key)| (*key, row)).collect();
    let attribute_row = |record: u32| row_of.get(&keys[record as usize]).map(|row| *row as i64);
    let mut members: Vec<Vec<u32>> = vec![Vec::new(); resolution.persons.len()];
    for (record, person) in resolution.person_of.iter().enumerate() {
        if row_of.contains_key(&keys[record]) {
            members[*person as usize].push(record as u32);
        }
    }
    // the newest first; those without a day last, by id among equals
    for own in &mut members {
        own.sort_by(|a, b| {
            let day = |row: u32| records.observed_day(row);
            day(*b).cmp(&day(*a)).then_with(|| records.id(*a).cmp(records.id(*b)))
        });
    }
    let known = order.iter().filter(|person| !members[**person as usize].is_empty()).copied().collect::<Vec<_>>();
    let chosen: Survivors = survivors(records, &resolution.person_of, resolution.persons.len(), options);
    let columns = attributes.columns.iter().map(|(name, column)| {
        let field = part_of(attributes, name).and_then(Part::field);
        let newest = |person: u32| {
            let rows = members[person as usize].iter().filter_map(|record| attribute_row(*record));
            rows.clone().find(|row| !column.is_null(*row as usize)).or_else(|| rows.clone().next())
        };
        let row = |person: u32| match field {
            Some(field) => chosen.row(field, person).and_then(attribute_row).or_else(|| newest(person)),
            None => newest(person),
        };
        let rows: Int64Array = known.iter().map(|person| row(*person)).collect();
        (name.clone(), column.take(&rows))
    });
    let columns = columns.collect();
    Attributes { keys: known.iter().map(|person| place[*person as usize]).collect(), columns }
}
