//! Journeys: the planted way to silence is found, every table adds up, and a case small enough to work out by hand.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::support::{Dice, acrm, close, folder, numbers, run_ok, same_files, table, table_bytes, texts};

/// A synthetic shop whose pipeline has the section, and its run.
fn shop() -> (tempfile::TempDir, PathBuf) {
    let folder = folder(&[]);
    run_ok(folder.path(), &["synth", "--customers", "3000", "--out", "shop", "--seed", "5"]);
    let pipeline = folder.path().join("shop/pipeline.toml");
    let text = std::fs::read_to_string(&pipeline).expect("a pipeline");
    std::fs::write(&pipeline, format!("{text}\n[journey]\n")).expect("a file");
    run_ok(folder.path(), &["run", "shop/pipeline.toml", "--quiet"]);
    let run = folder.path().join("shop/out/latest");
    (folder, run)
}

/// After a complaint and an unresolved call customers fall silent, and nothing else tells the silent from the active so
/// well; all tables add up.
#[test]
fn the_planted_way_to_silence_is_found() {
    let (folder, run) = shop();
    let truth = std::fs::read_to_string(folder.path().join("shop/truth.json")).expect("the truth");
    let truth: serde_json::Value = serde_json::from_str(&truth).expect("JSON");
    let number = |name: &str| truth["churn_journey"][name].as_f64().expect("a number");
    let planted = number("journeys_after_departure") + number("journeys_after_other_purchase");

    let paths = table(&run, "journey_paths");
    let [before, path] = ["before", "path"].map(|name| texts(&paths, name));
    let [lift, lower, rate, cases] = ["lift", "lift_lower", "case_rate", "cases"].map(|name| numbers(&paths, name));
    let ways = (0..before.len())
        .filter(|row| before[*row] == "silence" && path[*row].ends_with("complaint: open → call: unresolved"));
    let ways = ways.collect::<Vec<_>>();
    assert!(!ways.is_empty(), "{path:?}");
    let most = ways.iter().copied().max_by(|a, b| cases[*a].total_cmp(&cases[*b])).expect("a path");
    assert!(lift[most] > 3.0 && lower[most] > 2.0, "{}: {} from {}", path[most], lift[most], lower[most]);
    assert!(rate[most] > number("departure_rate_given_journey") - 0.15, "{}", rate[most]);
    let found: f64 = ways.iter().map(|row| cases[*row]).sum();
    assert!(found < planted, "{found} of {planted}");

    let differences = table(&run, "journey_differences");
    let what = texts(&differences, "what");
    let top = &what[..10];
    for expected in ["call: unresolved", "complaint: open", "complaint: open → call: unresolved"] {
        assert!(top.iter().any(|w| w == expected), "{expected}: {top:?}");
    }
    let row = what.iter().position(|w| w == "call: unresolved").expect("a row");
    assert!(numbers(&differences, "difference")[row] > 0.1 && numbers(&differences, "q_value")[row] < 1e-6);
    attribution_adds_up(&run);
    probabilities_add_up(&run);
    funnel_narrows(&run);
    experience_adds_up(&run);
}

fn attribution_adds_up(run: &Path) {
    let frame = table(run, "journey_attribution");
    let methods = texts(&frame, "method");
    let [purchases, revenue, share] = ["purchases", "revenue", "share"].map(|name| numbers(&frame, name));
    let mut sums: BTreeMap<&str, [f64; 3]> = BTreeMap::new();
    for row in 0..methods.len() {
        let sum = sums.entry(&methods[row]).or_default();
        [purchases[row], revenue[row], share[row]].into_iter().zip(sum).for_each(|(part, sum)| *sum += part);
    }
    assert_eq!(sums.keys().copied().collect::<Vec<_>>(), ["first", "last", "linear", "markov", "position"]);
    let bought: f64 = numbers(&table(run, "journey_funnel"), "customers")[1];
    for (method, [purchases, revenue, share]) in &sums {
        close(method, *purchases, sums["last"][0], 1e-9);
        close(method, *revenue, sums["last"][1], 1e-9);
        close(method, *share, 1.0, 1e-9);
        assert!(*purchases > bought, "{purchases} purchase days of {bought} customers");
    }
    let effects = numbers(&frame, "removal_effect");
    let is_effect =
        |row: usize| methods[row] != "markov" && effects[row].is_nan() || (0.0..=1.0).contains(&effects[row]);
    assert!((0..effects.len()).filter(|row| texts(&frame, "state")[*row] != "no touch").all(is_effect));
}

fn probabilities_add_up(run: &Path) {
    let frame = table(run, "journey_transitions");
    let mut sums: BTreeMap<String, f64> = BTreeMap::new();
    for (from, probability) in texts(&frame, "from_state").into_iter().zip(numbers(&frame, "probability")) {
        *sums.entry(from).or_default() += probability;
    }
    assert!(sums.len() > 10 && sums.contains_key("start") && !sums.contains_key("silence"), "{sums:?}");
    sums.iter().for_each(|(state, sum)| close(state, *sum, 1.0, 1e-9));
}

fn funnel_narrows(run: &Path) {
    let frame = table(run, "journey_funnel");
    assert_eq!(texts(&frame, "step_name"), ["inbound", "purchase", "purchase"]);
    let customers = numbers(&frame, "customers");
    assert!(customers.is_sorted_by(|a, b| a >= b) && customers[2] > 100.0, "{customers:?}");
    let median = numbers(&frame, "days_median");
    assert!(median[0].is_nan() && median[1] < median[2], "{median:?}");
}

/// Calls and complaints are human; among what came before silence there is more of them.
fn experience_adds_up(run: &Path) {
    let frame = table(run, "journey_experience");
    let [moments, kinds] = ["moment", "experience"].map(|name| texts(&frame, name));
    let shares = numbers(&frame, "share");
    let share = |moment: &str, kind: &str| {
        let row = (0..moments.len()).find(|row| moments[*row] == moment && kinds[*row] == kind);
        shares[row.unwrap_or_else(|| panic!("{moment}, {kind}"))]
    };
    for moment in ["all", "before first purchase", "before repeat purchase", "before silence", "before no silence"] {
        let sum: f64 = ["human", "mechanical", "functional", "unknown"].iter().map(|kind| share(moment, kind)).sum();
        close(moment, sum, 1.0, 1e-9);
    }
    assert!(share("before silence", "human") > 2.0 * share("before no silence", "human"));
}

const ORDERS: &str = "customer_id,timestamp,amount\n\
    a,2024-01-05 12:00,10\na,2024-01-05 18:00,5\na,2024-01-20 12:00,20\nb,2024-01-10 09:00,7\nc,2024-01-31 12:00,3\n";
const TOUCHES: &str = "customer_id,timestamp,touchpoint,outcome,direction,experience\n\
    a,2024-01-04 12:00,web,,inbound,mechanical\na,2024-01-18 12:00,call,resolved,inbound,human\n\
    b,2024-01-10 09:00,web,,inbound,mechanical\nb,2024-01-12 09:00,call,unresolved,inbound,human\n\
    stranger,2024-01-12 09:00,call,resolved,inbound,human\n";
const CONTACTS: &str = "campaign_id,customer_id,contacted_at,arm\n\
    spring,c,2024-01-30,treatment\nspring,b,2024-01-30,control\n";
const CAMPAIGNS: &str = "campaign_id,start,channel\nspring,2024-01-29,email\n";

/// Runs the shop of four with a `[journey]` section.
fn small(touches: &str, options: &str) -> tempfile::TempDir {
    let pipeline = format!(
        "[pipeline]\nname = \"t\"\nas_of = \"2024-06-30\"\n[sources.transactions]\npath = \"o.csv\"\n\
         [sources.interactions]\npath = \"i.csv\"\n[sources.contacts]\npath = \"k.csv\"\n\
         [sources.campaigns]\npath = \"g.csv\"\n[lifecycle]\ntypical_gap_days = 10\n[journey]\n{options}"
    );
    let files =
        [("o.csv", ORDERS), ("i.csv", touches), ("k.csv", CONTACTS), ("g.csv", CAMPAIGNS), ("p.toml", &pipeline)];
    let folder = folder(&files);
    run_ok(folder.path(), &["run", "p.toml"]);
    folder
}

/// Rows of a table as text.
fn rows(folder: &Path, name: &str, columns: &[&str]) -> Vec<String> {
    let frame = table(&folder.join("out/latest"), name);
    let columns = columns.iter().map(|column| texts(&frame, column)).collect::<Vec<_>>();
    (0..frame.height()).map(|row| columns.iter().map(|c| c[row].as_str()).collect::<Vec<_>>().join(" | ")).collect()
}

/// Worked out by hand: two orders of a day are one purchase, a touch of the same minute comes before it, a contact is a
/// touch unless the customer was held back.
#[test]
fn a_small_shop_by_hand() {
    let folder = small(TOUCHES, "funnel = [\"web\", \"purchase\", \"call: resolved\", \"purchase\"]\n");
    let moves = rows(folder.path(), "journey_transitions", &["from_state", "to_state", "transitions", "to_experience"]);
    let expected = [
        "start | email | 1 | unknown",
        "start | web | 2 | mechanical",
        "call: resolved | purchase | 1 | ",
        "call: unresolved | silence | 1 | ",
        "email | purchase | 1 | ",
        "web | purchase | 2 | ",
        "purchase | call: resolved | 1 | human",
        "purchase | call: unresolved | 1 | human",
        "purchase | silence | 2 | ",
    ];
    assert_eq!(moves, expected);
    let funnel = rows(folder.path(), "journey_funnel", &["step_name", "customers", "days_median"]);
    assert_eq!(funnel, ["web | 2 | ", "purchase | 2 | 0.5", "call: resolved | 1 | 13.0", "purchase | 1 | 2.0"]);
    let credits = rows(folder.path(), "journey_attribution", &["state", "method", "purchases", "revenue"]);
    for expected in ["web | last | 2.0 | 22.0", "call: resolved | linear | 1.0 | 20.0", "email | first | 1.0 | 3.0"] {
        assert!(credits.iter().any(|row| row == expected), "{expected}: {credits:?}");
    }
    let paths = rows(folder.path(), "journey_paths", &["before", "path", "cases", "controls"]);
    for expected in [
        "first purchase | web | 2 | 0",
        "repeat purchase | call: resolved | 1 | 0",
        "silence | call: unresolved | 1 | 0",
    ] {
        assert!(paths.iter().any(|row| row == expected), "{expected}: {paths:?}");
    }
}

#[test]
fn outcomes_can_be_left_out_and_groups_are_rules() {
    let options = "with_outcome = false\ncompare = { several = \"purchase_days >= 2\", one = \"purchase_days = 1\" }\n";
    let folder = small(TOUCHES, options);
    let differences =
        rows(folder.path(), "journey_differences", &["group_a", "group_b", "what", "customers_a", "customers_b"]);
    for expected in ["several | one | call | 1 | 1", "several | one | web → purchase | 1 | 1"] {
        assert!(differences.iter().any(|row| row == expected), "{expected}: {differences:?}");
    }
}

#[test]
fn rows_in_any_order_give_the_same_journeys() {
    let expected = small(TOUCHES, "");
    let expected = table_bytes(&expected.path().join("out/latest"), &[]);
    for seed in 1..4 {
        let mut lines = TOUCHES.lines().skip(1).collect::<Vec<_>>();
        Dice::new(seed).shuffle(&mut lines);
        let head = TOUCHES.lines().next().expect("a header");
        let folder = small(&format!("{head}\n{}\n", lines.join("\n")), "");
        same_files("shuffled touches", &expected, &table_bytes(&folder.path().join("out/latest"), &[]));
    }
}

#[test]
fn without_interactions_it_says_so() {
    let pipeline = "[pipeline]\nname = \"t\"\n[sources.transactions]\npath = \"o.csv\"\n[journey]\n";
    let folder = folder(&[("o.csv", ORDERS), ("p.toml", pipeline)]);
    let ended = run_ok(folder.path(), &["run", "p.toml"]);
    assert!(ended.stderr.contains("there is no source of interactions"), "{}", ended.stderr);
    assert!(!folder.path().join("out/latest/journey_paths.parquet").exists());
}

#[test]
fn wrong_options_are_refused() {
    let pipeline = "[pipeline]\nname = \"t\"\n[sources.transactions]\npath = \"o.csv\"\n[journey]\npath_steps = 9\n\
        silence_days = 20\ncompare = { rich = \"spend_nett > 5\" }\n";
    let folder = folder(&[("o.csv", ORDERS), ("p.toml", pipeline)]);
    let ended = acrm(folder.path(), &["check", "p.toml"]);
    assert_eq!(ended.code, 2);
    for message in
        ["`path_steps` is out of range", "`silence_days` is out of range", "spend_net", "needs two groups, found are 1"]
    {
        assert!(ended.stderr.contains(message), "{message}: {}", ended.stderr);
    }
}
