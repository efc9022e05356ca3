//! The whole, on synthetic people: how many are found, that identifiers last, that nothing depends on order or threads.

use super::generate::{SyntheticRecord, duplicated_people};
use super::*;

const DAY: i32 = 20_000;

fn options() -> IdentityOptions {
    IdentityOptions { default_country: Some("IR".to_owned()), ..IdentityOptions::default() }
}

fn records<'a>(people: impl IntoIterator<Item = &'a SyntheticRecord>) -> Records {
    let mut records = Records::new();
    for person in people {
        records.push(person.raw()).unwrap();
    }
    records
}

fn night(records: &Records, known: Option<&Known>, day: i32) -> Resolution {
    resolve(records, known, &options(), day, &|_, _| {})
}

/// The person of a record, by its key.
fn person(records: &Records, resolution: &Resolution, id: &str) -> StableId {
    resolution.persons[resolution.person_of[records.row(id).unwrap() as usize] as usize].id
}

fn one(id: &str, f: impl FnOnce(&mut SyntheticRecord)) -> SyntheticRecord {
    let mut record =
        SyntheticRecord { id: id.to_owned(), country: "DE", observed_day: 1, ..SyntheticRecord::default() };
    f(&mut record);
    record
}

fn anna(id: &str) -> SyntheticRecord {
    one(id, |r| {
        r.given_name = Some("Anna".to_owned());
        r.family_name = Some("Berg".to_owned());
        r.email = Some("anna@x.org".to_owned());
        r.phone = Some("030 1234567".to_owned());
        r.birth_date = Some(5000);
    })
}

#[test]
fn duplicated_people_are_found() {
    for seed in [11, 12] {
        let people = duplicated_people(20_000, 0.05, seed);
        let truth: Vec<u32> = people.iter().map(|person| person.truth).collect();
        let found = night(&records(&people), None, DAY);
        let quality = PairwiseQuality::of(&found.person_of, &truth);
        assert!(quality.precision() >= 0.99, "seed {seed}: {} {quality:?}", quality.precision());
        assert!(quality.recall() >= 0.90, "seed {seed}: {} {quality:?}", quality.recall());
        assert!(found.summary.converged && found.model.is_valid());
        assert!(found.model.fields.iter().all(|field| field.trained));
        assert!(found.summary.review_pairs > 0 && found.summary.model_links > 0);
        let expected = found.model.prior * (people.len() as f64).powi(2) / 2.0;
        assert!((expected / 1250.0 - 1.0).abs() < 0.2, "{expected} matches expected");
    }
}

#[test]
fn identifiers_last_while_records_arrive() {
    let people = duplicated_people(6000, 0.05, 3);
    let arrived =
        |nights: usize| records(people.iter().enumerate().filter(|(i, _)| i % 10 < 4 + 3 * nights).map(|p| p.1));
    let mut known: Option<Known> = None;
    let mut last: Vec<(String, StableId)> = Vec::new();
    for n in 0..3 {
        let records = arrived(n);
        let day = DAY + n as i32;
        let found = night(&records, known.as_ref(), day);
        let mut became: std::collections::BTreeMap<StableId, StableId> = std::collections::BTreeMap::new();
        for event in &found.events {
            assert_eq!(event.day, day);
            assert_ne!(event.kind, EventKind::Split, "{event:?}");
            if event.kind == EventKind::Merged {
                assert!(event.reason.is_some() && event.score.is_some() && event.linked_with.is_some(), "{event:?}");
                became.insert(event.other_person.unwrap(), event.person);
            }
        }
        for (id, before) in &last {
            let expected = became.get(before).unwrap_or(before);
            assert_eq!(person(&records, &found, id), *expected, "record {id} in night {n}");
        }
        let news = |kind| found.events.iter().filter(|event| event.kind == kind).count();
        assert_eq!(news(EventKind::Created) + news(EventKind::Joined), records.len() - last.len());
        assert!(n == 0 || (became.len() < 60 && news(EventKind::Joined) > 20 && found.summary.model_pinned));
        last = (0..records.len() as u32)
            .map(|row| (records.id(row).to_owned(), person(&records, &found, records.id(row))))
            .collect();
        known = Some(found.known);
    }
    let records = arrived(2);
    let again = night(&records, known.as_ref(), DAY + 3);
    assert_eq!((again.events.len(), again.summary.compared_pairs), (0, 0));
    assert!(last.iter().all(|(id, before)| person(&records, &again, id) == *before));
    let truth: Vec<u32> = people.iter().map(|person| person.truth).collect();
    let quality = PairwiseQuality::of(&again.person_of, &truth);
    assert!(quality.precision() >= 0.99 && quality.recall() >= 0.90, "{quality:?}");
}

#[test]
fn threads_and_order_change_nothing() {
    let people = duplicated_people(3000, 0.08, 5);
    let in_order = records(&people);
    let reversed = records(people.iter().rev());
    let with = |threads: usize, records: &Records| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let options = IdentityOptions { household: true, ..options() };
        pool.install(|| resolve(records, None, &options, DAY, &|_, _| {}))
    };
    let (one, two) = (with(1, &in_order), with(2, &in_order));
    assert_eq!((&one.person_of, &one.persons, &one.households), (&two.person_of, &two.persons, &two.households));
    assert_eq!((&one.events, &one.review, &one.model), (&two.events, &two.review, &two.model));
    let other = with(2, &reversed);
    assert_eq!((&other.model, other.summary), (&one.model, one.summary));
    assert!(one.persons.iter().zip(&other.persons).all(|(x, y)| x.id == y.id && x.records == y.records));
    for record in &people {
        assert_eq!(person(&in_order, &one, &record.id), person(&reversed, &other, &record.id));
    }
}

#[test]
fn those_who_share_contacts_stay_apart() {
    let peter = one("2", |r| {
        *r = anna("2");
        r.given_name = Some("Peter".to_owned());
        r.birth_date = None;
    });
    let namesake = one("3", |r| {
        *r = anna("3");
        r.birth_date = Some(-4000);
    });
    let swapped = one("4", |r| {
        *r = anna("4");
        std::mem::swap(&mut r.given_name, &mut r.family_name);
        r.phone = None;
    });
    let people = [anna("1"), peter, namesake, swapped];
    let records = records(&people);
    let found = night(&records, None, DAY);
    let id = |key| person(&records, &found, key);
    assert_eq!(id("1"), id("4"));
    assert!(id("1") != id("2") && id("1") != id("3") && id("2") != id("3"));
    assert!(!found.summary.converged && found.summary.em_iterations == 0, "nothing to learn from");
    let joined = found.events.iter().find(|event| event.kind == EventKind::Joined).unwrap();
    assert_eq!(joined.reason, Some(LinkReason::Exact(ExactRule::EmailAndName)));
    assert_eq!((joined.record, joined.linked_with), (3, Some(0)));
}

#[test]
fn a_new_record_merges_two_persons_of_old() {
    let first = one("b", |r| {
        *r = anna("b");
        r.phone = None;
    });
    let second = one("a", |r| {
        *r = anna("a");
        r.email = None;
    });
    let before = records([&first]);
    let day_one = night(&before, None, DAY);
    let both = records([&first, &second]);
    let day_two = night(&both, Some(&day_one.known), DAY + 1);
    let (b, a) = (person(&both, &day_two, "b"), person(&both, &day_two, "a"));
    assert_ne!(a, b);
    assert_eq!(b, person(&before, &day_one, "b"));
    let three = records([&first, &second, &anna("c")]);
    let day_three = night(&three, Some(&day_two.known), DAY + 2);
    assert_eq!(["a", "b", "c"].map(|key| person(&three, &day_three, key)), [b; 3], "the older one survives");
    let merged = day_three.events.iter().find(|event| event.kind == EventKind::Merged).unwrap();
    assert_eq!((merged.person, merged.other_person), (b, Some(a)));
    assert_eq!((merged.record, merged.linked_with), (1, Some(2)));
    assert_eq!(merged.reason, Some(LinkReason::Exact(ExactRule::PhoneAndName)));
    assert_eq!(day_three.known.retired(), [a]);
    // a record that isn't delivered tonight follows its person
    let without = records([&first, &anna("c")]);
    let day_four = night(&without, Some(&day_three.known), DAY + 3);
    assert!(day_four.events.is_empty());
    assert_eq!(day_four.known.get("a").map(|record| record.person), Some(b));
}

#[test]
fn a_record_that_becomes_somebody_else_is_split_off() {
    let old = records([&anna("a"), &anna("b"), &anna("c")]);
    let before = night(&old, None, DAY);
    let id = person(&old, &before, "a");
    assert_eq!(before.persons.len(), 1);
    let moved = one("a", |r| {
        *r = anna("a");
        r.email = Some("new@x.org".to_owned());
    });
    let after_move = records([&moved, &anna("b"), &anna("c")]);
    let same = night(&after_move, Some(&before.known), DAY + 1);
    assert_eq!((same.summary.fresh_records, same.persons.len(), same.events.len()), (1, 1, 0));
    let other = one("a", |r| {
        r.given_name = Some("Peter".to_owned());
        r.family_name = Some("Berg".to_owned());
        r.birth_date = Some(-2000);
    });
    let replaced = records([&other, &anna("b"), &anna("c")]);
    let split = night(&replaced, Some(&same.known), DAY + 2);
    assert_eq!(person(&replaced, &split, "b"), id);
    assert_ne!(person(&replaced, &split, "a"), id);
    let event = split.events[0];
    assert_eq!((split.events.len(), event.kind, event.other_person), (1, EventKind::Split, Some(id)));
    assert_ne!(event.person, id, "although record `a` gave the person its identifier");
}

#[test]
fn households_last() {
    let at = |id: &str, given: &str, street: &str| {
        one(id, |r| {
            r.given_name = Some(given.to_owned());
            r.family_name = Some("Berg".to_owned());
            r.street = Some(street.to_owned());
            r.postcode = Some("10".to_owned());
        })
    };
    let options = IdentityOptions { household: true, ..options() };
    let run = |records: &Records, known: Option<&Known>| resolve(records, known, &options, DAY, &|_, _| {});
    let old = records([&at("b", "Anna", "Hauptstraße 5"), &at("c", "Peter", "Hauptstr. 5"), &at("d", "Tom", "Weg 1")]);
    let before = run(&old, None);
    let household = |records: &Records, found: &Resolution, id: &str| {
        let person = found.persons[found.person_of[records.row(id).unwrap() as usize] as usize];
        found.households[person.household.unwrap() as usize].id
    };
    assert_eq!(before.households.len(), 2);
    assert_eq!(household(&old, &before, "b"), household(&old, &before, "c"));
    let new = records([&at("a", "Mia", "Hauptstr 5"), &at("c", "Peter", "Hauptstr. 5"), &at("d", "Tom", "Weg 1")]);
    let after = run(&new, Some(&before.known));
    assert_eq!(household(&new, &after, "a"), household(&old, &before, "c"));
    assert_eq!(household(&new, &after, "d"), household(&old, &before, "d"));
}

#[test]
fn no_records_and_one_record_resolve() {
    let none = night(&Records::new(), None, DAY);
    assert_eq!((none.persons.len(), none.summary.converged), (0, false));
    let single = records([&anna("a")]);
    let found = night(&single, None, DAY);
    assert_eq!((found.person_of, found.persons.len()), (vec![0], 1));
    assert_eq!(found.persons[0].id, StableId::minted(IdKind::Person, "a", 0));
}
