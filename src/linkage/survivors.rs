//! Which record of a person gives each of its values.

use std::cmp::Reverse;

use super::options::{IdentityOptions, PersonField, SurvivorRule};
use super::record::{Column, NO_DAY, Records};

/// Per field of [`PersonField::ALL`] and person, the row whose value survives; none if no record has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survivors {
    rows: Vec<Vec<Option<u32>>>,
}

impl Survivors {
    /// The row that gives a person's field.
    pub fn row(&self, field: PersonField, person: u32) -> Option<u32> {
        self.rows[field as usize][person as usize]
    }
}

/// Chooses, for each of `persons` persons, the record that gives each field. `person_of` names the person of each row.
pub fn survivors(records: &Records, person_of: &[u32], persons: usize, options: &IdentityOptions) -> Survivors {
    let mut by_person: Vec<(u32, u32)> = person_of.iter().zip(0..).map(|(person, row)| (*person, row)).collect();
    by_person.sort_unstable();
    let mut rows = vec![vec![None; persons]; PersonField::ALL.len()];
    for group in by_person.chunk_by(|x, y| x.0 == y.0) {
        let members: Vec<u32> = group.iter().map(|(_, row)| *row).collect();
        for field in PersonField::ALL {
            let rule = options.survivorship.get(&field).copied().unwrap_or_default();
            rows[field as usize][group[0].0 as usize] = chosen(records, &members, field, rule, options);
        }
    }
    Survivors { rows }
}

fn chosen(
    records: &Records,
    members: &[u32],
    field: PersonField,
    rule: SurvivorRule,
    options: &IdentityOptions,
) -> Option<u32> {
    let present = members.iter().copied().filter(|row| is_present(records, *row, field));
    let day = |row: u32| records.observed_day(row).unwrap_or(NO_DAY);
    // the greatest standing wins; the day before it is only the oldest's own
    let standing = |row: u32| -> i64 {
        match rule {
            SurvivorRule::Newest => 0,
            // a record without a day isn't the oldest
            SurvivorRule::Oldest => records.observed_day(row).map_or(i64::MIN, |day| -i64::from(day)),
            SurvivorRule::Longest => length(records, row, field),
            SurvivorRule::MostFrequent => {
                members.iter().filter(|other| same(records, row, **other, field)).count() as i64
            }
            SurvivorRule::SourcePriority => {
                let source = records.text(row, Column::Source);
                let place = options.source_priority.iter().position(|name| Some(name.as_str()) == source);
                place.map_or(i64::MIN, |place| -(place as i64))
            }
        }
    };
    present.max_by_key(|row| (standing(*row), day(*row), Reverse(records.id(*row))))
}

/// The text columns of a field.
fn columns(field: PersonField) -> &'static [Column] {
    match field {
        PersonField::GivenName => &[Column::GivenName],
        PersonField::FamilyName => &[Column::FamilyName],
        PersonField::Name => &[Column::Name],
        PersonField::Email => &[Column::Email],
        PersonField::Phone => &[Column::Phone],
        PersonField::BirthDate => &[],
        PersonField::Gender => &[Column::Gender],
        PersonField::Address => &[Column::Street, Column::Postcode, Column::City, Column::Country],
    }
}

fn is_present(records: &Records, row: u32, field: PersonField) -> bool {
    match field {
        PersonField::BirthDate => records.birth_date(row).is_some(),
        _ => columns(field).iter().any(|column| records.text(row, *column).is_some()),
    }
}

/// Letters; of an address, its parts first.
fn length(records: &Records, row: u32, field: PersonField) -> i64 {
    let texts = columns(field).iter().filter_map(|column| records.text(row, *column));
    texts.map(|text| 10_000 + text.chars().count() as i64).sum()
}

fn same(records: &Records, row: u32, other: u32, field: PersonField) -> bool {
    match field {
        PersonField::BirthDate => records.birth_date(row) == records.birth_date(other),
        _ => columns(field).iter().all(|column| records.symbol(row, *column) == records.symbol(other, *column)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::record::RawPerson;
    use super::*;

    fn records() -> Records {
        let mut records = Records::new();
        let person = |id, name, email, day, source| RawPerson {
            id,
            name: Some(name),
            email: Some(email),
            observed_day: day,
            source: Some(source),
            ..RawPerson::default()
        };
        for person in [
            person("a", "Ann Berg", "old@x.org", Some(1), "web"),
            person("b", "Anna Maria Berg", "", Some(9), "shop"),
            person("c", "Ann Berg", "new@x.org", Some(5), "shop"),
            person("d", "A Berg", "none@x.org", None, "fair"),
            person("e", "Other", "", Some(2), "web"),
        ] {
            records.push(person).unwrap();
        }
        records
    }

    fn survivor(field: PersonField, rule: SurvivorRule) -> Option<u32> {
        let mut options = IdentityOptions { source_priority: vec!["shop".into(), "web".into()], ..Default::default() };
        options.survivorship.insert(field, rule);
        survivors(&records(), &[0, 0, 0, 0, 1], 2, &options).row(field, 0)
    }

    #[test]
    fn each_rule_chooses_its_record() {
        assert_eq!(survivor(PersonField::Email, SurvivorRule::Newest), Some(2));
        assert_eq!(survivor(PersonField::Email, SurvivorRule::Oldest), Some(0));
        assert_eq!(survivor(PersonField::Name, SurvivorRule::Longest), Some(1));
        assert_eq!(survivor(PersonField::Name, SurvivorRule::MostFrequent), Some(2));
        assert_eq!(survivor(PersonField::Email, SurvivorRule::SourcePriority), Some(2));
        assert_eq!(survivor(PersonField::Phone, SurvivorRule::Newest), None);
    }

    #[test]
    fn an_address_comes_from_one_record() {
        let mut records = Records::new();
        let whole = RawPerson { id: "a", street: Some("High St 1"), city: Some("Bern"), ..RawPerson::default() };
        let part =
            RawPerson { id: "b", city: Some("Bern am langen Fluss"), observed_day: Some(3), ..RawPerson::default() };
        records.push(whole).unwrap();
        records.push(part).unwrap();
        let mut options = IdentityOptions::default();
        assert_eq!(survivors(&records, &[0, 0], 1, &options).row(PersonField::Address, 0), Some(1));
        options.survivorship.insert(PersonField::Address, SurvivorRule::Longest);
        assert_eq!(survivors(&records, &[0, 0], 1, &options).row(PersonField::Address, 0), Some(0));
    }
}
