//! Several nights: since when and from where, control groups that stay, lists that keep to their limits.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::shop::{Shop, lay_out_csv};
use crate::support::{ByCustomer, Dice, day_of_2024, duckdb, folder, numbers, quality, run_ok, table, texts};

const NIGHTS: [u32; 5] = [60, 90, 120, 150, 180];

/// Sixty customers with orders all over the first half of 2024.
fn orders() -> String {
    let mut dice = Dice::new(77);
    let mut text = String::from("customer_id,timestamp,amount\n");
    for customer in 0..60 {
        let first = dice.below(80);
        for _ in 0..=dice.below(7) {
            let day = first + dice.below(180 - first);
            text.push_str(&format!("h{customer:02},{},{}\n", day_of_2024(day as u32), 5 + dice.below(60)));
        }
    }
    text
}

const SEGMENTS: &str = "[pipeline]\nname = \"nights\"\n[sources.transactions]\npath = \"orders.csv\"\n[clusters]\nk = 3\n\
    [[segments]]\nname = \"fresh\"\nwhere = \"days_since_last <= 20\"\n[[segments]]\nname = \"big\"\nwhere = \"spend_net > 90\"\n";

fn nights() -> (tempfile::TempDir, Vec<PathBuf>) {
    let folder = folder(&[("orders.csv", &orders()), ("p.toml", SEGMENTS)]);
    let run = |day: &u32| {
        let day = day_of_2024(*day);
        run_ok(folder.path(), &["run", "p.toml", "--as-of", &day]);
        folder.path().join(format!("out/as_of={day}"))
    };
    let runs = NIGHTS.iter().map(run).collect();
    (folder, runs)
}

/// A grouping of one night by customer.
fn grouping(run: &Path, column: &str) -> BTreeMap<String, String> {
    let frame = table(run, "segments");
    texts(&frame, "customer_id").into_iter().zip(texts(&frame, column)).collect()
}

/// Replays the nights by hand: who stayed keeps the day of entry, who moved entered tonight from where they were.
#[test]
fn entries_and_moves_add_up_over_the_nights() {
    let (_keep, runs) = nights();
    for column in ["rfm_segment", "cluster_name"] {
        let mut known: BTreeMap<String, (String, String, String)> = BTreeMap::new();
        let mut moves = 0;
        for (run, night) in runs.iter().zip(NIGHTS) {
            let [now, since, from] = ["", "_since", "_from"].map(|end| grouping(run, &format!("{column}{end}")));
            let today = day_of_2024(night);
            for (id, group) in &now {
                let before = known.get(id).cloned();
                let expected = match before {
                    Some((was, entered, came_from)) if was == *group => (was, entered, came_from),
                    Some((was, ..)) => (group.clone(), today.clone(), was),
                    None => {
                        (group.clone(), if group.is_empty() { String::new() } else { today.clone() }, String::new())
                    }
                };
                moves += usize::from(known.get(id).is_some_and(|k| k.0 != expected.0));
                assert_eq!(
                    (group, &since[id], &from[id]),
                    (&expected.0, &expected.1, &expected.2),
                    "{column} of {id} on {today}"
                );
                known.insert(id.clone(), expected);
            }
        }
        assert!(moves > 10, "{column}: {moves} moves are too few to show anything");
    }
}

/// A rule segment's day of entry begins anew when the customer comes back.
#[test]
fn rule_segments_begin_anew() {
    let (_keep, runs) = nights();
    for name in ["fresh", "big"] {
        let mut entered: BTreeMap<String, String> = BTreeMap::new();
        let mut again = 0;
        let mut left: BTreeMap<String, ()> = BTreeMap::new();
        for (run, night) in runs.iter().zip(NIGHTS) {
            let (inside, since) = (grouping(run, &format!("in_{name}")), grouping(run, &format!("in_{name}_since")));
            for (id, flag) in &inside {
                if flag == "true" {
                    again += usize::from(!entered.contains_key(id) && left.contains_key(id));
                    let day = entered.entry(id.clone()).or_insert_with(|| day_of_2024(night));
                    assert_eq!(&since[id], day, "{id} in {name} on {}", day_of_2024(night));
                } else {
                    assert_eq!(since[id], "", "{id} is not in {name}");
                    if entered.remove(id).is_some() {
                        left.insert(id.clone(), ());
                    }
                }
            }
            let members = inside.values().filter(|f| *f == "true").count() as f64;
            assert_eq!(quality(run, "segments", &format!("in_{name}")), members);
        }
        assert!(name == "big" || again > 3, "{again} came back");
    }
}

/// The sizes of the segments follow from the moves, by SQL over the published history.
#[test]
fn the_history_can_be_queried() {
    let (folder, runs) = nights();
    let sql = format!(
        "SELECT as_of, count(*), count(*) FILTER (CAST(rfm_segment_since AS VARCHAR) = CAST(as_of AS VARCHAR)), \
         count(*) FILTER (in_fresh) FROM read_parquet('{}/out/as_of=*/segments.parquet', hive_partitioning = true) GROUP BY 1 ORDER BY 1",
        folder.path().display()
    );
    let Some(rows) = duckdb(&sql) else { return };
    for ((row, run), night) in rows.iter().zip(&runs).zip(NIGHTS) {
        let entered = grouping(run, "rfm_segment_since").values().filter(|d| **d == day_of_2024(night)).count();
        let fresh = grouping(run, "in_fresh").values().filter(|f| *f == "true").count();
        let expected =
            [day_of_2024(night), table(run, "segments").height().to_string(), entered.to_string(), fresh.to_string()];
        assert_eq!(row.as_slice(), expected);
    }
    assert_eq!(rows.len(), NIGHTS.len());
}

/// An old night run again does not move `latest`, and follows the night before it.
#[test]
fn a_backfill_leaves_latest_where_it_is() {
    let (folder, runs) = nights();
    let latest = || std::fs::read_link(folder.path().join("out/latest")).expect("a link").display().to_string();
    let newest = format!("as_of={}", day_of_2024(180));
    assert_eq!(latest(), newest);
    let before = grouping(&runs[2], "rfm_segment_since");
    run_ok(folder.path(), &["run", "p.toml", "--as-of", &day_of_2024(120)]);
    assert_eq!(latest(), newest, "a rerun of an old night");
    assert_eq!(grouping(&runs[2], "rfm_segment_since"), before, "and it ends as it did");
    run_ok(folder.path(), &["run", "p.toml", "--as-of", &day_of_2024(100)]);
    assert_eq!(latest(), newest, "a night that was missing");
    let manifest = std::fs::read_to_string(folder.path().join(format!("out/as_of={}/manifest.json", day_of_2024(100))))
        .expect("it");
    let manifest: serde_json::Value = serde_json::from_str(&manifest).expect("JSON");
    assert_eq!(manifest["previous_as_of"], day_of_2024(90), "it follows the night before, not the newest");
    run_ok(folder.path(), &["run", "p.toml", "--as-of", &day_of_2024(181)]);
    assert_eq!(latest(), format!("as_of={}", day_of_2024(181)));
}

/// A new rule segment begins on the night it is first asked for.
#[test]
fn a_new_rule_begins_tonight() {
    let (folder, _) = nights();
    let more = format!("{SEGMENTS}[[segments]]\nname = \"any\"\nwhere = \"orders > 0\"\n");
    std::fs::write(folder.path().join("p.toml"), more).expect("a file");
    let day = day_of_2024(200);
    run_ok(folder.path(), &["run", "p.toml", "--as-of", &day]);
    let since = grouping(&folder.path().join("out/latest"), "in_any_since");
    assert!(since.len() > 50 && since.values().all(|d| *d == day), "{since:?}");
}

/// The arms of a list by customer.
fn arms(run: &Path, list: &str) -> BTreeMap<String, String> {
    let frame = table(run, "targets");
    let rows =
        texts(&frame, "target").into_iter().zip(texts(&frame, "customer_id").into_iter().zip(texts(&frame, "arm")));
    rows.filter(|(target, _)| target == list).map(|(_, row)| row).collect()
}

fn run_lists(name: &str, lists: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = lay_out_csv(&Shop::new(21, 900));
    let (head, _) = crate::shop::PIPELINE.split_once("[[targets]]").expect("lists");
    let pipeline = format!("{}{lists}", head.replace("name = \"shop\"", &format!("name = \"{name}\"")));
    std::fs::write(folder.path().join("p.toml"), pipeline).expect("a file");
    let run = crate::shop::run(folder.path(), &[]);
    (folder, run)
}

fn list(name: &str, more: &str) -> String {
    format!("[[targets]]\nname = \"{name}\"\nwhere = \"orders >= 1\"\n{more}")
}

#[test]
fn control_groups_stay_and_are_independent() {
    let lists = list("one", "control_share = 0.3\n") + &list("two", "control_share = 0.3\n");
    let (_keep, run) = run_lists("stable", &lists);
    let (one, two) = (arms(&run, "one"), arms(&run, "two"));
    let control = |arms: &BTreeMap<String, String>| arms.values().filter(|a| *a == "control").count() as f64;
    let n = one.len() as f64;
    // a list without a channel holds those who gave some consent
    assert!(n > 500.0 && one.keys().eq(two.keys()), "{n}");
    for arms in [&one, &two] {
        let share = control(arms) / n;
        assert!((share - 0.3).abs() < 4.0 * (0.21 / n).sqrt(), "{share}");
    }
    // independent lists: 9 % are in both control groups, give or take four standard deviations
    let both = one.iter().filter(|(id, arm)| *arm == "control" && two[*id] == "control").count() as f64 / n;
    assert!((both - 0.09).abs() < 4.0 * (0.09 * 0.91 / n).sqrt(), "{both}");
    let other = list("two", "control_share = 0.3\n") + &list("zero", "") + &list("one", "control_share = 0.3\n");
    let (_keep, rerun) = run_lists("stable", &other);
    assert_eq!(arms(&rerun, "one"), one, "more lists in another order");
    let (_keep, wider) = run_lists("stable", &list("one", "control_share = 0.5\n"));
    let wider = arms(&wider, "one");
    assert!(
        one.iter().all(|(id, arm)| arm == "treatment" || wider[id] == "control"),
        "a larger share keeps who was in it"
    );
    let (_keep, renamed) = run_lists("another", &lists);
    let same = arms(&renamed, "one").iter().filter(|(id, arm)| one[*id] == **arm).count() as f64 / n;
    assert!((same - 0.58).abs() < 0.1, "another pipeline draws anew: {same}");
}

#[test]
fn nobody_or_everybody_in_the_control_group() {
    let lists =
        list("none", "control_share = 0.0\n") + &list("all", "control_share = 1.0\ncost_per_contact = 3\nbudget = 1\n");
    let (_keep, run) = run_lists("ends", &lists);
    assert!(arms(&run, "none").values().all(|a| a == "treatment"));
    let all = arms(&run, "all");
    assert!(all.values().all(|a| a == "control"));
    assert_eq!(all.len(), arms(&run, "none").len(), "who is not contacted costs nothing");
}

/// Rank by rank: budget, number and consent are kept to, and the best come first.
#[test]
fn lists_keep_to_their_limits() {
    let lists = list("budget", "cost_per_contact = 0.35\nbudget = 10\nchannel = \"email\"\n")
        + &list("short", "max_customers = 25\nrank_by = \"spend_net\"\n")
        + &list("email", "channel = \"email\"\noffer = \"mug\"\ncontrol_share = 0.0\n");
    let (_keep, run) = run_lists("limits", &lists);
    let targets = table(&run, "targets");
    let (names, ids) = (texts(&targets, "target"), texts(&targets, "customer_id"));
    let (ranks, costs, arms) = (numbers(&targets, "rank"), numbers(&targets, "cost"), texts(&targets, "arm"));
    let rows = |list: &str| (0..names.len()).filter(|row| names[*row] == list).collect::<Vec<_>>();
    for name in ["budget", "short", "email"] {
        let ranks: Vec<f64> = rows(name).iter().map(|row| ranks[*row]).collect();
        assert_eq!(ranks, (1..=ranks.len()).map(|r| r as f64).collect::<Vec<_>>(), "{name}");
    }
    // 28 contacts of 0.35 are 9.80; one more would be 10.15
    let budget = rows("budget");
    let treated = budget.iter().filter(|row| arms[**row] == "treatment").count();
    assert_eq!(treated, 28);
    let spent: f64 = budget.iter().map(|row| costs[*row]).sum();
    assert!((spent - 9.8).abs() < 1e-9, "{spent}");
    assert!(budget.iter().all(|row| costs[*row] == if arms[*row] == "control" { 0.0 } else { 0.35 }));
    assert!((quality(&run, "targets", "budget_cost") - 9.8).abs() < 1e-9);
    let value = |name: &str, column: &str| -> BTreeMap<String, f64> {
        let frame = table(&run, name);
        texts(&frame, "customer_id").into_iter().zip(numbers(&frame, column)).collect()
    };
    let (clv, spend) = (value("clv", "clv_365d"), value("customers", "spend_net"));
    let falling = |rows: &[usize], by: &BTreeMap<String, f64>| {
        let values: Vec<f64> =
            rows.iter().map(|row| by.get(&ids[*row]).copied().unwrap_or(f64::NEG_INFINITY)).collect();
        assert!(values.windows(2).all(|pair| pair[0] >= pair[1]), "{values:?}");
        values.last().copied().expect("a list")
    };
    let worst = falling(&budget, &clv);
    let listed: Vec<&String> = budget.iter().map(|row| &ids[*row]).collect();
    let people = ByCustomer::read(&run, "customers");
    let consents = |id: &String| people.text(id, "consent_email") == "true";
    let passed_over = clv.iter().filter(|(id, v)| **v > worst && !listed.contains(id) && consents(id)).count();
    assert_eq!(passed_over, 0, "nobody better was passed over");
    assert_eq!(rows("short").len(), 25);
    falling(&rows("short"), &spend);
    let customers = ByCustomer::read(&run, "customers");
    assert!(rows("email").iter().all(|row| customers.text(&ids[*row], "consent_email") == "true"));
    let consenting = texts(&table(&run, "customers"), "consent_email");
    let orders = numbers(&table(&run, "customers"), "orders");
    let expected = consenting.iter().zip(orders).filter(|(c, o)| *c == "true" && *o >= 1.0).count();
    assert_eq!(rows("email").len(), expected, "and all of them");
    for row in rows("email") {
        assert_eq!(texts(&targets, "offer")[row], "mug");
        let profit = numbers(&targets, "expected_profit")[row];
        let want = 0.05 * clv.get(&ids[row]).copied().unwrap_or(f64::NAN);
        assert!((profit - want).abs() < 1e-9 || (profit.is_nan() && want.is_nan()), "{profit} {want}");
        if row % 50 == 0 {
            let why = &texts(&targets, "why")[row];
            assert_eq!(*why, format!("orders {}", customers.text(&ids[row], "orders")), "what the rule looked at");
        }
    }
}

/// The window is the customer's own: weekday and hours of most orders.
#[test]
fn send_windows_follow_the_customer() {
    let rows = "customer_id,timestamp,amount\n\
        a,2024-05-06 10:15,5\na,2024-05-13 10:45,5\na,2024-05-08 18:00,5\nb,2024-05-11 23:30,5\nc,2024-05-12 00:00,5\n";
    let list = "[[targets]]\nname = \"all\"\nwhere = \"orders > 0\"\nrank_by = \"orders\"\n";
    let pipeline = format!("[pipeline]\nname = \"w\"\n[sources.transactions]\npath = \"orders.csv\"\n{list}");
    let folder = folder(&[("orders.csv", rows), ("p.toml", &pipeline)]);
    run_ok(folder.path(), &["run", "p.toml"]);
    let targets = ByCustomer::read(&folder.path().join("out/latest"), "targets");
    for (id, window) in [("a", "Monday 10:00-12:00"), ("b", "Saturday 22:00-24:00"), ("c", "Sunday 00:00-02:00")] {
        assert_eq!(targets.text(id, "send_window"), window, "{id}");
    }
    let customers = ByCustomer::read(&folder.path().join("out/latest"), "customers");
    assert_eq!(customers.line("a", &["favourite_weekday", "favourite_hour"]), "Monday 10");
}
