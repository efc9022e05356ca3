//! One person, one row: found by pairs, kept from night to night, and nothing lost on the way.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::support::{ByCustomer, folder, numbers, quality, run_ok, table, texts};

/// A synthetic shop with every twentieth customer written down twice; its folder.
fn shop(customers: &str) -> tempfile::TempDir {
    let folder = folder(&[]);
    let arguments = ["synth", "--customers", customers, "--out", ".", "--duplicate-people", "0.05", "--format", "csv"];
    run_ok(folder.path(), &arguments);
    folder
}

fn pipeline(identity: &str) -> String {
    format!(
        "[pipeline]\nname = \"persons\"\nout = \"out\"\n[sources.transactions]\npath = \"transactions/*.csv\"\n\
         columns = {{ customer_id = \"customer_id\", timestamp = \"timestamp\", transaction_id = \"transaction_id\", amount = \"amount\" }}\n\
         [sources.customers]\npath = \"people*.csv\"\n[clean.identity]\ndefault_country = \"DE\"\n{identity}"
    )
}

/// Customer ids by person.
fn persons(run: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let frame = table(run, "identities");
    let mut persons: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (id, person) in texts(&frame, "source_customer_id").into_iter().zip(texts(&frame, "person_id")) {
        persons.entry(person).or_default().insert(id);
    }
    persons
}

/// Pairs of ids that are one person.
fn pairs(persons: &BTreeMap<String, BTreeSet<String>>) -> BTreeSet<(String, String)> {
    let of_one = |ids: &BTreeSet<String>| {
        let ids = ids.iter().cloned().collect::<Vec<_>>();
        (0..ids.len())
            .flat_map(|a| (a + 1..ids.len()).map(move |b| (a, b)))
            .map(|(a, b)| (ids[a].clone(), ids[b].clone()))
            .collect::<Vec<_>>()
    };
    persons.values().flat_map(of_one).collect()
}

fn truth(folder: &Path) -> BTreeSet<(String, String)> {
    let text = std::fs::read_to_string(folder.join("truth_pairs.csv")).expect("the truth");
    let pair = |line: &str| {
        let mut ids = line.split(',').take(2).map(str::to_owned).collect::<Vec<_>>();
        ids.sort();
        (ids[0].clone(), ids[1].clone())
    };
    text.lines().skip(1).map(pair).collect()
}

#[test]
fn people_who_are_written_down_twice_are_found() {
    let folder = shop("8000");
    std::fs::rename(folder.path().join("customers.csv"), folder.path().join("people.csv")).expect("renamed");
    std::fs::write(folder.path().join("p.toml"), pipeline("household = true\n")).expect("written");
    run_ok(folder.path(), &["run", "p.toml"]);
    let run = folder.path().join("out/latest");
    let (found, truth) = (pairs(&persons(&run)), truth(folder.path()));
    let right = found.intersection(&truth).count() as f64;
    let (precision, recall) = (right / found.len() as f64, right / truth.len() as f64);
    assert!(precision >= 0.99 && recall >= 0.90, "precision {precision}, recall {recall}");
    // one row per person, under the person's id, and all money is there
    let customers = table(&run, "customers");
    assert_eq!(customers.height() as f64, quality(&run, "identity", "persons"));
    assert_eq!(quality(&run, "customers", "money_unaccounted"), 0.0);
    let spent: f64 = numbers(&customers, "spend_net").iter().sum();
    assert!((spent - quality(&run, "transactions", "money_accepted")).abs() < 1e-3);
    // what is doubtful is there to be looked at
    let review = table(&run, "identity_review");
    assert!(numbers(&review, "probability").iter().all(|p| (0.6..=1.0).contains(p)));
}

/// The people of a night: the header and the first rows, in another order each night.
fn write_people(folder: &Path, share: f64, turn: bool) {
    let text = std::fs::read_to_string(folder.join("customers.csv")).expect("people");
    let (header, rows) = text.split_once('\n').expect("a header");
    let mut rows = rows.lines().collect::<Vec<_>>();
    rows.truncate((rows.len() as f64 * share) as usize);
    if turn {
        rows.reverse();
    }
    std::fs::write(folder.join("people.csv"), format!("{header}\n{}\n", rows.join("\n"))).expect("written");
}

#[test]
fn persons_keep_their_ids_from_night_to_night() {
    let folder = shop("3000");
    std::fs::write(folder.path().join("p.toml"), pipeline("")).expect("written");
    let mut nights = Vec::new();
    for (day, share, turn) in [("2025-12-28", 0.7, false), ("2025-12-29", 0.85, true), ("2025-12-30", 1.0, false)] {
        write_people(folder.path(), share, turn);
        run_ok(folder.path(), &["run", "p.toml", "--as-of", day]);
        nights.push(folder.path().join(format!("out/as_of={day}")));
    }
    for pair in nights.windows(2) {
        let (before, after) = (persons(&pair[0]), persons(&pair[1]));
        let log = table(&pair[1], "identity_log");
        let gone: BTreeSet<String> = texts(&log, "other_person_id").into_iter().filter(|id| !id.is_empty()).collect();
        let of: BTreeMap<&String, &String> =
            after.iter().flat_map(|(person, ids)| ids.iter().map(move |id| (id, person))).collect();
        for (person, ids) in &before {
            for id in ids {
                assert!(of[id] == person || gone.contains(person), "{id} was {person} and is {}", of[id]);
            }
        }
        let fresh = quality(&pair[1], "identity", "records_compared_anew");
        assert!(fresh < 0.5 * quality(&pair[1], "identity", "records"), "only new records are compared");
    }
    // the same night again, with the rows in another order: the same bytes
    let bytes = |name: &str| std::fs::read(nights[2].join(name)).expect("published");
    let names = [
        "customers.parquet",
        "identities.parquet",
        "identity_log.parquet",
        "identity_review.parquet",
        "models/identity.json",
    ];
    let first = names.map(bytes);
    write_people(folder.path(), 1.0, true);
    run_ok(folder.path(), &["run", "p.toml", "--as-of", "2025-12-30", "--threads", "1"]);
    let again = names.map(bytes);
    for ((name, first), again) in names.iter().zip(first).zip(again) {
        assert!(first == again, "{name} differs");
    }
}

#[test]
fn two_systems_that_know_one_woman_under_two_names() {
    let crm = "id,First,Last,Mail,Phone,Born,City,updated_at\n\
        17,Sara,Ahmadi,s.ahmadi@mail.example,+49 151 2345678,1984-03-02,Bonn,2024-01-05\n\
        18,Max,Bauer,max@mail.example,,1970-01-09,Köln,2024-01-05\n";
    let web = "id,First,Last,Mail,Phone,Born,Newsletter,updated_at\n\
        W-9,سارا,احمدی,S.Ahmadi@mail.example,0151 2345678,1984-03-02,yes,2024-06-01\n\
        W-10,Maxine,Bauer,bauer@mail.example,,1999-05-05,no,2024-06-01\n";
    let orders =
        "customer_id,timestamp,amount\n17,2024-01-10,10\nW-9,2024-06-02,15\nW-10,2024-06-03,7\nX,2024-06-04,3\n";
    let toml = "[pipeline]\nname = \"two\"\n[sources.transactions]\npath = \"orders.csv\"\n\
        [sources.customers]\npath = [\"crm.csv\", \"web.csv\"]\n\
        columns = { customer_id = \"id\", given_name = \"First\", family_name = \"Last\", email = \"Mail\", phone = \"Phone\", birth_date = \"Born\" }\n\
        [clean.identity]\ndefault_country = \"DE\"\nsurvivorship = { family_name = \"oldest\" }\n";
    let folder = folder(&[("crm.csv", crm), ("web.csv", web), ("orders.csv", orders), ("p.toml", toml)]);
    run_ok(folder.path(), &["run", "p.toml"]);
    let run = folder.path().join("out/latest");
    let persons = persons(&run);
    let sara = persons.iter().find(|(_, ids)| ids.contains("17")).expect("a person");
    assert_eq!(sara.1.iter().map(String::as_str).collect::<Vec<_>>(), ["17", "W-9"]);
    assert_eq!(persons.len(), 4, "{persons:?}");
    let customers = ByCustomer::read(&run, "customers");
    assert_eq!(customers.line(sara.0, &["orders", "spend_net", "family_name", "city"]), "2 25.0 Ahmadi Bonn");
    let log = table(&run, "identity_log");
    assert!(
        texts(&log, "change").contains(&"joined".to_owned()) || texts(&log, "change").contains(&"created".to_owned())
    );
    assert!(
        texts(&log, "reason").contains(&"email_and_name".to_owned())
            || texts(&log, "reason").contains(&"phone_and_name".to_owned()),
        "{:?}",
        texts(&log, "reason")
    );
}

#[test]
fn options_out_of_range_are_errors_of_the_file() {
    let toml = pipeline("link_probability = 0.5\nreview_probability = 0.7\ndefault_countri = \"DE\"\n");
    let folder = folder(&[("people.csv", "customer_id\n1\n"), ("p.toml", &toml)]);
    let ended = crate::support::acrm(folder.path(), &["check", "p.toml"]);
    assert_eq!(ended.code, 2, "{}", ended.stderr);
    assert!(ended.stderr.contains("default_countri"), "{}", ended.stderr);
    let toml = toml.replace("default_countri = \"DE\"\n", "");
    std::fs::write(folder.path().join("p.toml"), toml).expect("written");
    let ended = crate::support::acrm(folder.path(), &["check", "p.toml"]);
    assert!(ended.code == 2 && ended.stderr.contains("review_probability"), "{}", ended.stderr);
}
