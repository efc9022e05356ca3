//! Scores with ties, with cut points of one's own, in the right direction.

use super::{HEAD, SOURCE, run_case, upside_down};
use crate::support::{ByCustomer, acrm, day_of_2024, folder, run_ok, same_files, table_bytes};

const COUNTS: [(&str, u32); 14] = [
    ("ana", 1),
    ("ben", 1),
    ("cem", 1),
    ("dia", 1),
    ("eli", 1),
    ("fay", 1),
    ("gus", 1),
    ("hal", 1),
    ("ida", 1),
    ("jon", 2),
    ("kit", 2),
    ("lea", 2),
    ("max", 4),
    ("noa", 7),
];

fn orders_of(counts: &[(&str, u32)]) -> String {
    let rows = counts.iter().enumerate().flat_map(|(at, (id, count))| {
        (0..*count).map(move |n| format!("{id},{},12.50\n", day_of_2024(at as u32 + 9 * n)))
    });
    format!("customer_id,timestamp,amount\n{}", rows.collect::<String>())
}

/// Nine of fourteen bought once. Mid-ranks: once 4.5/14, twice 10.5/14, four times 12.5/14; the best gets the best.
#[test]
fn ties_share_a_score_in_any_order_of_rows() {
    let text = orders_of(&COUNTS);
    let (_keep, run) = run_case("2024-06-30", &text, "");
    let rfm = ByCustomer::read(&run, "rfm");
    for (id, count) in COUNTS {
        let expected = match count {
            1 => 2.0,
            2 => 4.0,
            _ => 5.0,
        };
        assert_eq!(rfm.number(id, "f"), expected, "{id} with {count} orders");
    }
    let (_keep, turned) = run_case("2024-06-30", &upside_down(&text), "");
    same_files("rows upside down", &table_bytes(&run, &[]), &table_bytes(&turned, &[]));
}

/// With four of five who bought once, scores still tell the others from them and nobody is left without.
#[test]
fn four_of_five_bought_once() {
    let names: Vec<String> = (0..40).map(|n| format!("c{n:02}")).collect();
    let counts: Vec<(&str, u32)> =
        names.iter().enumerate().map(|(n, id)| (id.as_str(), 1 + u32::from(n % 5 == 0))).collect();
    let (_keep, run) = run_case("2024-12-31", &orders_of(&counts), "");
    let rfm = ByCustomer::read(&run, "rfm");
    assert_eq!(rfm.ids().len(), 40);
    for (id, count) in counts {
        assert_eq!(rfm.number(id, "f"), if count == 1 { 3.0 } else { 5.0 }, "{id}");
        assert!(!rfm.text(id, "rfm_segment").is_empty(), "{id} has a segment");
    }
}

/// Days since the last order of five customers, 0 to 400 as of 2024-09-15.
const LAST: [(&str, &str, u32); 5] = [
    ("today", "2024-09-15", 0),
    ("week", "2024-09-03", 12),
    ("summer", "2024-08-01", 45),
    ("spring", "2024-04-18", 150),
    ("gone", "2023-08-12", 400),
];

#[test]
fn the_most_recent_has_the_best_score_in_every_method() {
    let rows: String = LAST.iter().map(|(id, day, _)| format!("{id},{day},10\n")).collect();
    let orders = format!("customer_id,timestamp,amount\n{rows}");
    let fixed = "[rfm]\nmethod = \"fixed\"\nrecency_cuts_days = [12, 45, 150, 400]\n\
        frequency_cuts_orders = [2, 3, 4, 5]\nmonetary_cuts = [20, 30, 40, 50]\n";
    for method in ["", "[rfm]\nmethod = \"nested\"\n", fixed] {
        let (_keep, run) = run_case("2024-09-15", &orders, method);
        let rfm = ByCustomer::read(&run, "rfm");
        let customers = ByCustomer::read(&run, "customers");
        for (place, (id, _, days)) in LAST.iter().enumerate() {
            assert_eq!(customers.number(id, "days_since_last"), f64::from(*days), "{id}");
            assert_eq!(rfm.number(id, "r"), 5.0 - place as f64, "{id} by {method:?}");
        }
    }
    let schema = run_ok(std::path::Path::new("."), &["schema", "rfm"]).stdout;
    assert!(schema.contains("n is the most recent"), "the direction is stated: {schema}");
}

/// A value equal to a cut point is on its upper side, and the largest value has a score.
#[test]
fn own_cut_points_reach_from_the_first_to_the_last_customer() {
    let counts = [("a", 1), ("b", 2), ("c", 3), ("d", 4), ("e", 6), ("f", 8), ("g", 9), ("h", 12)];
    let rows: String = counts
        .iter()
        .flat_map(|(id, count)| (0..*count).map(move |n| format!("{id},2024-01-{:02},25\n", n + 1)))
        .collect();
    let orders = format!("customer_id,timestamp,amount\n{rows}");
    let sections = "[rfm]\nmethod = \"fixed\"\nrecency_cuts_days = [10, 40, 90, 180]\n\
        frequency_cuts_orders = [2, 4, 6, 9]\nmonetary_cuts = [50, 100.5, 200, 300]\n";
    let (_keep, run) = run_case("2024-02-01", &orders, sections);
    let rfm = ByCustomer::read(&run, "rfm");
    let scores = |column: &str| counts.map(|(id, _)| rfm.number(id, column));
    assert_eq!(scores("f"), [1.0, 2.0, 2.0, 3.0, 4.0, 4.0, 5.0, 5.0]);
    assert_eq!(scores("m"), [1.0, 2.0, 2.0, 2.0, 3.0, 4.0, 4.0, 5.0], "25 an order against 50, 100.5, 200, 300");
    // last orders on 1 to 12 January: 31 to 20 days ago, one cut point passed
    assert_eq!(scores("r"), [4.0; 8]);
}

#[test]
fn wrong_cut_points_are_refused_by_the_name_of_the_setting() {
    let sections = "[rfm]\nmethod = \"fixed\"\nrecency_cuts_days = [10, 40, 90]\n\
        frequency_cuts_orders = [2, 9, 6, 12]\nmonetary_cuts = [1, 2, 3, 4]\n";
    let pipeline = format!("{HEAD}{SOURCE}{sections}");
    let folder = folder(&[("orders.csv", &orders_of(&COUNTS)), ("p.toml", &pipeline)]);
    let ended = acrm(folder.path(), &["run", "p.toml"]);
    assert_eq!(ended.code, 2, "{}", ended.stderr);
    for words in ["rfm.recency_cuts_days", "rfm.frequency_cuts_orders", "p.toml:7:", "p.toml:8:"] {
        assert!(ended.stderr.contains(words), "{words}: {}", ended.stderr);
    }
    assert!(!folder.path().join("out").exists(), "nothing is made for a wrong pipeline");
}

/// Pinned cut points keep the meaning of a score when better customers arrive.
#[test]
fn pinned_scores_do_not_move_from_night_to_night() {
    let first = orders_of(&COUNTS);
    let whales: String =
        (0..30).flat_map(|n| (0..9).map(move |k| format!("whale{n},{},900\n", day_of_2024(20 * k)))).collect();
    let pipeline = |rfm: &str| format!("{HEAD}as_of = \"2024-06-30\"\n{SOURCE}{rfm}");
    let folder = folder(&[("orders.csv", &first), ("p.toml", &pipeline(""))]);
    run_ok(folder.path(), &["run", "p.toml", "--out", "monday"]);
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("a file");
    write("orders.csv", &format!("{first}{whales}"));
    write("p.toml", &pipeline("[rfm]\npinned = \"monday/latest/models/rfm.json\"\n"));
    run_ok(folder.path(), &["run", "p.toml", "--out", "tuesday"]);
    write("p.toml", &pipeline(""));
    run_ok(folder.path(), &["run", "p.toml", "--out", "unpinned"]);
    let [monday, tuesday, unpinned] =
        ["monday", "tuesday", "unpinned"].map(|out| ByCustomer::read(&folder.path().join(out).join("latest"), "rfm"));
    let code = |rfm: &ByCustomer, id: &str| rfm.line(id, &["r", "f", "m", "rfm", "rfm_segment"]);
    for (id, _) in COUNTS {
        assert_eq!(code(&monday, id), code(&tuesday, id), "{id}");
    }
    assert!(COUNTS.iter().any(|(id, _)| code(&monday, id) != code(&unpinned, id)), "without pinning scores do move");
    assert_eq!(tuesday.number("whale0", "m"), 5.0);
}

/// Every code that appears has one name, and the same one wherever it appears.
#[test]
fn a_code_has_one_name() {
    let counts: Vec<(String, u32)> = (0..90).map(|n| (format!("c{n:02}"), 1 + (n * n) % 11)).collect();
    let counts: Vec<(&str, u32)> = counts.iter().map(|(id, n)| (id.as_str(), *n)).collect();
    let (_keep, run) = run_case("2025-12-31", &orders_of(&counts), "");
    let rfm = ByCustomer::read(&run, "rfm");
    let mut names = std::collections::BTreeMap::new();
    for (id, _) in &counts {
        let [r, f, m] = ["r", "f", "m"].map(|c| rfm.number(id, c) as u8);
        assert_eq!(rfm.text(id, "rfm"), format!("{r}-{f}-{m}"));
        let segment = rfm.text(id, "rfm_segment");
        let expected = acrm::numerics::rfm_segments::RfmSegment::of(r, f, m, 5).expect("a total table").name();
        assert_eq!(segment, expected, "{r}-{f}-{m}");
        assert_eq!(names.entry((r, f, m)).or_insert_with(|| segment.clone()), &segment);
    }
    assert!(names.len() > 10, "the data cover many codes: {}", names.len());
}
