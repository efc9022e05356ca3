//! The lifecycle, and the moves between nights: yesterday + entered − left = today, for every segment and night.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::support::{ByCustomer, folder, numbers, run_ok, table, texts};

/// Nights of the backfill, ending on the last day of the synthetic shop.
const NIGHTS: i32 = 90;
/// 2025-12-31.
const LAST: i32 = 20_453;

fn shop() -> tempfile::TempDir {
    let folder = folder(&[]);
    run_ok(folder.path(), &["synth", "--customers", "250", "--out", "shop", "--seed", "3"]);
    folder
}

/// (grouping, segment) to before, entered, left, now.
fn flows(run: &Path) -> BTreeMap<(String, String), [f64; 4]> {
    let frame = table(run, "segment_flows");
    let columns = ["customers_before", "entered", "left", "customers"].map(|name| numbers(&frame, name));
    let names = texts(&frame, "grouping").into_iter().zip(texts(&frame, "segment"));
    names.enumerate().map(|(row, name)| (name, [0, 1, 2, 3].map(|c| columns[c][row]))).collect()
}

/// The same entered and left counted from the rows of customers.
fn moves(run: &Path) -> BTreeMap<(String, String), [f64; 2]> {
    let frame = table(run, "segment_moves");
    let [groupings, from, to, reasons] =
        ["grouping", "from_segment", "to_segment", "reason"].map(|name| texts(&frame, name));
    let mut found: BTreeMap<(String, String), [f64; 2]> = BTreeMap::new();
    for row in 0..groupings.len() {
        assert_ne!(from[row], to[row]);
        assert!(!reasons[row].is_empty());
        if !to[row].is_empty() {
            found.entry((groupings[row].clone(), to[row].clone())).or_default()[0] += 1.0;
        }
        if !from[row].is_empty() {
            found.entry((groupings[row].clone(), from[row].clone())).or_default()[1] += 1.0;
        }
    }
    found
}

#[test]
fn ninety_nights_add_up() {
    let folder = shop();
    let mut yesterday: Option<BTreeMap<(String, String), [f64; 4]>> = None;
    let (mut moved, mut stages) = (0.0, 0);
    for day in LAST - NIGHTS + 1..=LAST {
        let day = acrm::table::format_day(day);
        run_ok(folder.path(), &["run", "shop/pipeline.toml", "--as-of", &day, "--quiet"]);
        let run: PathBuf = folder.path().join(format!("shop/out/as_of={day}"));
        let today = flows(&run);
        let rows = moves(&run);
        for (name, [before, entered, left, now]) in &today {
            assert_eq!(before + entered - left, *now, "{day} {name:?}");
            if let Some(yesterday) = &yesterday {
                assert_eq!(*before, yesterday.get(name).map_or(0.0, |flow| flow[3]), "{day} {name:?}");
                assert_eq!(rows.get(name).copied().unwrap_or_default(), [*entered, *left], "{day} {name:?}");
                moved += entered;
            }
        }
        if let Some(yesterday) = &yesterday {
            let lost = yesterday.iter().filter(|(name, flow)| flow[3] > 0.0 && !today.contains_key(*name)).count();
            assert_eq!(lost, 0, "{day}: a segment that had customers is gone without a word");
        }
        stages = today.keys().filter(|(grouping, _)| grouping == "lifecycle").count();
        yesterday = Some(today);
    }
    assert!(moved > 100.0, "{moved} moves in 90 nights");
    assert!(stages >= 6, "{stages} stages");
}

/// The migration matrix that follows from the purchases chains from month to month and ends where the table stands.
#[test]
fn the_matrix_of_the_months_chains() {
    let folder = shop();
    run_ok(folder.path(), &["run", "shop/pipeline.toml", "--quiet"]);
    let run = folder.path().join("shop/out/latest");
    let frame = table(&run, "lifecycle_moves");
    let [months, from, to] = ["month_end", "from_stage", "to_stage"].map(|name| texts(&frame, name));
    let counts = numbers(&frame, "customers");
    let mut ends: BTreeMap<&str, BTreeMap<&str, f64>> = BTreeMap::new();
    let mut starts: BTreeMap<&str, BTreeMap<&str, f64>> = BTreeMap::new();
    for row in 0..months.len() {
        *ends.entry(&months[row]).or_default().entry(&to[row]).or_default() += counts[row];
        if !from[row].is_empty() {
            *starts.entry(&months[row]).or_default().entry(&from[row]).or_default() += counts[row];
        }
    }
    let names = ends.keys().copied().collect::<Vec<_>>();
    assert_eq!(names.len(), 12);
    for pair in names.windows(2) {
        assert_eq!(ends[pair[0]], starts[pair[1]], "{pair:?}");
    }
    let stages = texts(&table(&run, "lifecycle"), "lifecycle");
    for (stage, count) in &ends[names[11]] {
        assert_eq!(stages.iter().filter(|s| s == stage).count() as f64, *count, "{stage}");
    }
}

#[test]
fn entry_days_follow_from_the_purchases() {
    let orders = "customer_id,timestamp,amount\n\
        regular,2024-01-01,5\nregular,2024-01-11,5\nregular,2024-01-21,5\nregular,2024-01-31,5\nregular,2024-02-10,5\n\
        silent,2024-01-01,5\nsilent,2024-01-11,5\nonce,2024-02-05,5\n";
    let people = "customer_id,city\nonce,Bonn\nnever,Kiel\n";
    let pipeline = "[pipeline]\nname = \"t\"\nas_of = \"2024-02-15\"\n[sources.transactions]\npath = \"o.csv\"\n\
        [sources.customers]\npath = \"c.csv\"\n[lifecycle]\ntypical_gap_days = 10\n";
    let folder = folder(&[("o.csv", orders), ("c.csv", people), ("p.toml", pipeline)]);
    run_ok(folder.path(), &["run", "p.toml"]);
    let stages = ByCustomer::read(&folder.path().join("out/latest"), "lifecycle");
    let line = |id: &str| stages.line(id, &["lifecycle", "lifecycle_since", "lifecycle_from", "lifecycle_reason"]);
    assert_eq!(line("regular"), "loyal 2024-02-10 repeat next purchase");
    assert_eq!(line("silent"), "slipping 2024-02-11 repeat silence");
    assert_eq!(line("once"), "first purchase 2024-02-05  first purchase");
    assert_eq!(line("never"), "prospect   known, no purchase");
    assert!((stages.number("silent", "silence_rhythms") - 3.5).abs() < 1e-9);
}

#[test]
fn stages_out_of_order_are_refused() {
    let pipeline =
        "[pipeline]\nname = \"t\"\n[sources.transactions]\npath = \"o.csv\"\n[lifecycle]\nlapsed_after_rhythms = 2\n";
    let folder = folder(&[("o.csv", "customer_id,timestamp,amount\na,2024-01-01,5\n"), ("p.toml", pipeline)]);
    let ended = crate::support::acrm(folder.path(), &["check", "p.toml"]);
    assert_eq!(ended.code, 2);
    assert!(ended.stderr.contains("slipping, lapsed and lost must come one after the other"), "{}", ended.stderr);
}
