//! `acrm evaluate` and the tables of campaigns: planted effects, empty groups, real campaigns, the loop to the next night.

use std::collections::BTreeMap;
use std::path::Path;

use polars::prelude::DataFrame;

use crate::support::{acrm, close, files, folder, numbers, run_ok, same_files, shared, table, texts};

/// Rows of a table by some of its cells, joined by `|`.
struct Rows {
    frame: DataFrame,
    keys: Vec<String>,
}

impl Rows {
    fn of(run: &Path, name: &str, key: &[&str]) -> Self {
        let frame = table(run, name);
        let columns: Vec<Vec<String>> = key.iter().map(|column| texts(&frame, column)).collect();
        let joined = |row: usize| columns.iter().map(|column| column[row].as_str()).collect::<Vec<_>>().join("|");
        let keys = (0..frame.height()).map(joined).collect();
        Self { frame, keys }
    }

    fn row(&self, key: &str) -> usize {
        self.keys.iter().position(|own| own == key).unwrap_or_else(|| panic!("no row {key} in {:?}", self.keys))
    }

    fn number(&self, key: &str, column: &str) -> f64 {
        numbers(&self.frame, column)[self.row(key)]
    }

    fn text(&self, key: &str, column: &str) -> String {
        texts(&self.frame, column).swap_remove(self.row(key))
    }
}

const RESULT: [&str; 5] = ["campaign_id", "variant", "segment_by", "segment", "outcome"];

fn results(run: &Path) -> Rows {
    Rows::of(run, "campaign_results", &RESULT)
}

fn shop(customers: &str, seed: &str) -> tempfile::TempDir {
    let folder = folder(&[]);
    run_ok(folder.path(), &["synth", "--customers", customers, "--out", "shop", "--seed", seed]);
    let file = folder.path().join("shop/pipeline.toml");
    let text = std::fs::read_to_string(&file).expect("a pipeline");
    let options = "\n[campaigns]\nwindow_days = 28\ndays_since_last_bands = [59, 149, 299]\n\
        expected_treated_share = { C2025-SPRING = 0.5, C2025-AUTUMN = 0.75 }\n";
    std::fs::write(&file, text + options).expect("a pipeline");
    folder
}

/// The planted campaigns of a shop: counts are the truth's. Gives how many intervals cover the planted effect, of how many.
fn covered(folder: &Path) -> [u32; 2] {
    let run = folder.join("shop/out/evaluation/latest");
    let (found, checks) = (results(&run), Rows::of(&run, "campaign_checks", &["campaign_id", "check"]));
    let truth = std::fs::read_to_string(folder.join("shop/truth.json")).expect("the truth");
    let truth: serde_json::Value = serde_json::from_str(&truth).expect("JSON");
    let mut counts = [0, 0];
    for campaign in truth["campaigns"].as_array().expect("campaigns") {
        let id = campaign["plan"]["campaign_id"].as_str().expect("an id");
        let total = &campaign["total"];
        let key = |part: &str, outcome: &str| format!("{id}|treatment|{part}|{outcome}");
        for (group, column) in [("treated", "mean_treated"), ("control", "mean_control")] {
            let customers = total[group]["customers"].as_f64().expect("a count");
            assert_eq!(found.number(&key("|", "conversion"), group), customers, "{id} {group}");
            // orders that were taken back count here as none
            let converted = total[group]["converted"].as_f64().expect("a count") / customers;
            let spent = total[group]["spend_cents"].as_f64().expect("cents") / 100.0 / customers;
            close(&format!("{id} {group}"), found.number(&key("|", "conversion"), column), converted, 0.05);
            close(&format!("{id} {group}"), found.number(&key("|", "revenue"), column), spent, 0.08);
        }
        let mut parts = vec![("|".to_owned(), total)];
        if campaign["plan"]["segment_by"] == "days_since_last" {
            let labels = ["0-59 days", "60-149 days", "150-299 days", "over 299 days"];
            let segments = campaign["segments"].as_array().expect("segments");
            parts.extend(labels.iter().map(|label| format!("days_since_last|{label}")).zip(segments));
        }
        for (part, truth) in parts {
            for (outcome, name) in [("conversion", "true_conversion_effect"), ("revenue", "true_spend_effect")] {
                let truth = truth[name].as_f64().expect("an effect");
                for kind in ["", "bootstrap_", "cuped_"] {
                    let end = |end: &str| found.number(&key(&part, outcome), &format!("{kind}{end}"));
                    let (lower, upper) = (end("lower"), end("upper"));
                    // who has been silent for two months spent nothing in the month before: nothing to adjust by
                    if lower.is_finite() {
                        counts[0] += u32::from(lower <= truth && truth <= upper);
                        counts[1] += 1;
                    }
                }
            }
        }
        for check in ["sample_ratio_p", "balance_rfm_segment_p", "balance_days_since_last_p"] {
            assert!(checks.number(&format!("{id}|{check}"), "measured") > 0.001, "{id} {check}");
        }
    }
    counts
}

/// Two campaigns in each of six shops: the intervals cover the planted effects.
#[test]
fn planted_campaigns_are_found() {
    let mut counts = [0, 0];
    for seed in ["1", "2", "3", "4", "5", "6"] {
        let folder = shop("4000", seed);
        let ended = run_ok(folder.path(), &["evaluate", "shop/pipeline.toml"]);
        assert!(ended.stdout.contains("revenue by segment"), "{}", ended.stdout);
        let run = folder.path().join("shop/out/evaluation/latest");
        assert_eq!(run.join("plots").read_dir().expect("plots").count(), 4);
        assert_eq!(table(&run, "campaign_weeks").height(), 2 * 2 * 8);
        let own = covered(folder.path());
        counts = [counts[0] + own[0], counts[1] + own[1]];
    }
    // the intervals of a shop measure much the same, so they say as much as some four independent ones: three standard errors
    // below 95 % are 82 %
    assert!(f64::from(counts[0]) >= 0.82 * f64::from(counts[1]), "{counts:?}");
}

/// The nightly run makes the same tables, and a lift for each kind of campaign and segment.
#[test]
fn a_run_keeps_lifts_and_remembers_campaigns_that_are_gone() {
    let folder = shop("1500", "2");
    let pipeline = folder.path().join("shop/pipeline.toml");
    run_ok(folder.path(), &["run", "shop/pipeline.toml", "--as-of", "2025-12-30"]);
    let first = folder.path().join("shop/out/latest");
    let lifts = Rows::of(&first, "campaign_lifts", &["offer", "channel", "segment_by", "segment"]);
    assert_eq!(lifts.number("|||", "campaigns"), 2.0);
    assert_eq!(lifts.number("third item free|sms||", "campaigns"), 1.0);
    let weights = numbers(&lifts.frame, "evidence_weight");
    assert!(weights.iter().all(|weight| (0.0..=1.0).contains(weight)), "{weights:?}");
    let row = "third item free|sms|rfm_segment|At risk";
    let [own, shrunk, mean] = [
        lifts.number(row, "revenue_effect"),
        lifts.number(row, "revenue_effect_shrunk"),
        lifts.number("third item free|sms||", "revenue_effect_shrunk"),
    ];
    assert!(shrunk >= own.min(mean) - 1e-9 && shrunk <= own.max(mean) + 1e-9, "{own} {shrunk} {mean}");
    // the autumn campaign's contacts are no longer exported
    let text = std::fs::read_to_string(&pipeline).expect("a pipeline");
    let contacts = table(&folder.path().join("shop"), "contacts");
    let ids = texts(&contacts, "campaign_id");
    let columns = ["campaign_id", "customer_id", "contacted_at", "arm"].map(|column| texts(&contacts, column));
    let mut csv = String::from("campaign_id,customer_id,contacted_at,arm\n");
    for row in (0..ids.len()).filter(|row| ids[*row] == "C2025-SPRING") {
        csv.push_str(&columns.iter().map(|column| column[row].as_str()).collect::<Vec<_>>().join(","));
        csv.push('\n');
    }
    std::fs::write(folder.path().join("shop/contacts.csv"), csv).expect("a file");
    std::fs::write(&pipeline, text.replace("contacts.parquet", "contacts.csv")).expect("a pipeline");
    run_ok(folder.path(), &["run", "shop/pipeline.toml", "--as-of", "2025-12-31"]);
    let second = folder.path().join("shop/out/latest");
    let key = "C2025-AUTUMN|treatment|rfm_segment|At risk|revenue";
    let (before, after) = (results(&first), results(&second));
    for column in ["treated", "effect", "standard_error", "p_value_adjusted", "window_days"] {
        close(column, after.number(key, column), before.number(key, column), 1e-12);
    }
    assert!(after.text(key, "note").contains("kept from an earlier run"));
    let lifts = Rows::of(&second, "campaign_lifts", &["offer", "channel", "segment_by", "segment"]);
    assert_eq!(lifts.number("|||", "campaigns"), 2.0);
    close("lift", lifts.number(row, "revenue_effect_shrunk"), shrunk, 1e-9);
}

/// A trial of a letter in four towns, one row per customer.
const TRIAL: &str = "\
person,town,letter,answered
a1,Ahlen,yes,1
a2,Ahlen,yes,1
a3,Ahlen,yes,1
a4,Ahlen,yes,0
a5,Ahlen,no,1
a6,Ahlen,no,0
a7,Ahlen,no,0
b1,Bonn,yes,1
b2,Bonn,yes,0
c1,Celle,no,1
c2,Celle,no,0
c3,Celle,no,0
d1,Duren,yes,0
d2,Duren,yes,0
d3,Duren,no,0
d4,Duren,no,0
d5,Duren,no,0
";

fn trial(id: &str, town: &str, arm: &str, answer: &str, file: &str) -> String {
    format!(
        "[pipeline]\nname = \"trial\"\nas_of = \"2024-03-01\"\n\
         [sources.customers]\npath = \"{file}\"\ncolumns = {{ customer_id = \"{id}\", {town} = \"{town}\" }}\n\
         [sources.contacts]\npath = \"{file}\"\n\
         columns = {{ customer_id = \"{id}\", campaign_id = \"=trial\", arm = \"{arm}\", responded = \"{answer}\" }}\n\
         [campaigns]\nsegments_by = [\"{town}\"]\n"
    )
}

/// Towns without a control group or without letters have no effect: neither zero nor the rate of the others.
#[test]
fn a_segment_without_a_group_has_no_effect() {
    let pipeline = trial("person", "town", "letter", "answered", "rows.csv");
    let folder = folder(&[("rows.csv", TRIAL), ("p.toml", &pipeline)]);
    let ended = run_ok(folder.path(), &["evaluate", "p.toml"]);
    let found = results(&folder.path().join("out/evaluation/latest"));
    let key = |town: &str| format!("trial|treatment|town|{town}|response");
    close("Ahlen", found.number(&key("Ahlen"), "effect"), 0.75 - 1.0 / 3.0, 1e-12);
    for (town, reason) in [("Bonn", "no control"), ("Celle", "no treatment")] {
        assert!(found.number(&key(town), "effect").is_nan(), "{town}");
        assert!(found.number(&key(town), "p_value").is_nan(), "{town}");
        assert_eq!(found.text(&key(town), "note"), reason);
    }
    close("Bonn", found.number(&key("Bonn"), "mean_treated"), 0.5, 1e-12);
    assert_eq!(found.number(&key("Duren"), "effect"), 0.0);
    assert!(found.number(&key("Duren"), "p_value").is_nan());
    assert_eq!(found.text(&key("Duren"), "note"), "no response in either group");
    close("all", found.number("trial|treatment|||response", "effect"), 4.0 / 8.0 - 2.0 / 9.0, 1e-12);
    let mean = "trial|treatment|town||response";
    close("mean", found.number(mean, "effect"), 4.0 * (0.75 - 1.0 / 3.0) / 6.0, 1e-12);
    assert!(found.text(mean, "note").contains("5 of 17 customers are in segments without both groups"));
    assert_eq!(found.text("trial|treatment|||response", "is_tiny"), "true");
    assert!(ended.stdout.contains("can't tell: response"), "{}", ended.stdout);
}

/// The case of segments without a control group that other tools turned into NaN.
#[test]
fn segments_without_control_as_the_case_expects() {
    let Some(file) = shared("cases/76-uplift-empty-control/campaign.csv") else { return };
    let pipeline = trial("customer_id", "segment", "group", "responded", &file.display().to_string());
    let folder = folder(&[("p.toml", &pipeline)]);
    run_ok(folder.path(), &["run", "p.toml"]);
    let found = results(&folder.path().join("out/latest"));
    let key = |segment: &str| format!("trial|treatment|segment|{segment}|response");
    close("A", found.number(&key("A"), "effect"), 0.25, 1e-12);
    close("A", found.number(&key("A"), "z_pooled"), 0.790_569, 1e-6);
    close("A", found.number(&key("A"), "p_value_pooled"), 0.429_195, 1e-6);
    close("A", found.number(&key("A"), "p_value_exact"), 0.571_429, 1e-6);
    assert_eq!(found.number(&key("D"), "effect"), 0.0);
    for column in ["p_value", "p_value_pooled", "p_value_exact"] {
        assert!(found.number(&key("D"), column).is_nan(), "{column}");
    }
    for (segment, note) in [("A", ""), ("B", "no control"), ("C", "no treatment"), ("D", "no response in either group")]
    {
        assert_eq!(found.text(&key(segment), "note"), note);
        assert_eq!(
            found.number(&key(segment), "effect").is_nan(),
            note.starts_with("no c") || note.starts_with("no t")
        );
    }
    close("all", found.number("trial|treatment|||response", "effect"), 1.0 / 6.0, 1e-12);
    let mean = "trial|treatment|segment||response";
    close("mean", found.number(mean, "effect"), 0.15, 1e-12);
    assert!(found.text(mean, "note").contains("9 of 27 customers"), "{}", found.text(mean, "note"));
}

const ORDERS: &str = "customer_id,timestamp,amount\n\
    1,2024-01-05,10\n1,2024-03-02,30\n2,2024-01-15,5\n3,2024-02-01,7\n3,2024-03-12,9\n4,2024-01-09,8\n5,2024-02-20,12\n6,2024-03-20,6\n";

const CONTACTS: &str = "campaign_id,customer_id,contacted_at,arm\n\
    SPRING,1,2024-03-01 09:00,treatment\nSPRING,2,2024-03-01 09:00,treatment\nSPRING,3,,control\nSPRING,4,,control\n\
    SPRING,5,2024-03-01 09:00,treatment\nSPRING,5,,control\nSPRING,6,2024-03-01 10:00,control\nSPRING,9,,control\n\
    SUMMER,1,2024-03-10 09:00,treatment\nSUMMER,4,2024-03-10 09:00,treatment\n";

const CAMPAIGNS: &str = "campaign_id,start,end,channel,cost_per_contact\n\
    SPRING,2024-03-01,2024-03-14,email,0.50\nSUMMER,2024-03-10,2024-04-30,sms,0.10\n";

const PIPELINE: &str = "[pipeline]\nname = \"t\"\nas_of = \"2024-03-31\"\ncurrency = \"EUR\"\n\
    [sources.transactions]\npath = \"orders.csv\"\n[sources.contacts]\npath = \"contacts.csv\"\n\
    [sources.campaigns]\npath = \"campaigns.csv\"\n[campaigns]\nmargin = 0.5\n";

fn small() -> tempfile::TempDir {
    folder(&[("orders.csv", ORDERS), ("contacts.csv", CONTACTS), ("campaigns.csv", CAMPAIGNS), ("p.toml", PIPELINE)])
}

/// A small campaign by hand: 1 and 2 treated, 3, 4, 6 and the unknown 9 held back, 5 in both.
#[test]
fn everybody_assigned_counts_and_contamination_is_told() {
    let folder = small();
    run_ok(folder.path(), &["run", "p.toml"]);
    let run = folder.path().join("out/latest");
    let found = results(&run);
    let key = |outcome: &str| format!("SPRING|treatment|||{outcome}");
    assert_eq!([found.number(&key("revenue"), "treated"), found.number(&key("revenue"), "control")], [2.0, 4.0]);
    close("conversion", found.number(&key("conversion"), "effect"), 0.5 - 0.25, 1e-12);
    close("revenue", found.number(&key("revenue"), "effect"), 15.0 - 9.0 / 4.0, 1e-12);
    close("profit", found.number(&key("profit"), "effect"), 7.5 - 0.5 - 9.0 / 8.0, 1e-12);
    close("cost", found.number(&key("profit"), "contact_cost"), 1.0, 1e-12);
    close("roi", found.number(&key("profit"), "roi"), 2.0 * (7.0 - 1.125) / 1.0, 1e-12);
    assert_eq!(found.text(&key("revenue"), "is_final"), "true");
    assert_eq!(found.text("SUMMER|treatment|||revenue", "is_final"), "false");
    assert!(found.text("SUMMER|treatment|||revenue", "note").contains("no control"));
    assert!(found.text("SUMMER|treatment|||revenue", "note").contains("22 of 52 days"));
    close("treated alone", found.number("SUMMER|treatment|||revenue", "mean_treated"), 0.0, 1e-12);
    let checks = Rows::of(&run, "campaign_checks", &["campaign_id", "check"]);
    for (check, measured, ok) in [
        ("SPRING|in_both_groups", 1.0, "false"),
        ("SPRING|contacted_controls", 1.0, "false"),
        ("SPRING|without_arm", 0.0, "true"),
        ("SPRING|overlap_share", 2.0 / 6.0, "false"),
        ("SPRING|window_days_seen", 14.0, "true"),
        ("SUMMER|window_days_seen", 22.0, "false"),
        ("SUMMER|customers_control", 0.0, "false"),
    ] {
        close(check, checks.number(check, "measured"), measured, 1e-12);
        assert_eq!(checks.text(check, "ok"), ok, "{check}");
    }
    assert!(checks.text("SPRING|overlap_share", "note").contains("SUMMER 2"));
    // segments are those of the day before: 6 had not bought, and their purchase in the window moves them nowhere
    let none = "SPRING|treatment|days_since_last|no purchase before|conversion";
    assert_eq!([found.number(none, "treated"), found.number(none, "control")], [0.0, 2.0]);
    assert_eq!(found.number("SPRING|treatment|days_since_last|31-90 days|conversion", "treated"), 2.0);
}

#[test]
fn one_campaign_is_asked_for_by_its_id() {
    let folder = small();
    let ended = run_ok(folder.path(), &["evaluate", "p.toml", "--campaign", "SPRING", "--out", "other"]);
    assert!(ended.stdout.contains("SPRING") && !ended.stdout.contains("SUMMER:"), "{}", ended.stdout);
    let found = table(&folder.path().join("other/evaluation/latest"), "campaign_results");
    assert!(texts(&found, "campaign_id").iter().all(|id| id == "SPRING"));
    let ended = acrm(folder.path(), &["evaluate", "p.toml", "--campaign", "SPRNG"]);
    assert_eq!(ended.code, 2, "{}", ended.stderr);
    assert!(ended.stderr.contains("did you mean `SPRING`?"), "{}", ended.stderr);
}

#[test]
fn without_contacts_it_is_said_what_is_missing() {
    let pipeline = "[pipeline]\nname = \"t\"\n[sources.transactions]\npath = \"orders.csv\"\n";
    let folder = folder(&[("orders.csv", ORDERS), ("p.toml", pipeline)]);
    let ended = acrm(folder.path(), &["evaluate", "p.toml"]);
    assert_eq!(ended.code, 3, "{}", ended.stderr);
    assert!(ended.stderr.contains("[sources.contacts]"), "{}", ended.stderr);
    run_ok(folder.path(), &["run", "p.toml"]);
    assert!(!folder.path().join("out/latest/campaign_results.parquet").exists());
}

#[test]
fn wrong_options_are_told_at_their_place() {
    let wrong = "segments_by = [\"rfm_segmnt\"]\nconfidence = 2.0\nexpected_treated_share = 1.5\n\
        days_since_last_bands = [30, 30]\noutcomes = [\"visit\"]\n";
    let folder = small();
    std::fs::write(folder.path().join("p.toml"), format!("{PIPELINE}{wrong}")).expect("a pipeline");
    let ended = acrm(folder.path(), &["check", "p.toml"]);
    assert_eq!(ended.code, 2);
    for text in
        ["did you mean `rfm_segment`?", "`confidence`", "`expected_treated_share`", "must rise", "no column `visit`"]
    {
        assert!(ended.stderr.contains(text), "{text}\n{}", ended.stderr);
    }
}

#[test]
fn an_evaluation_is_the_same_with_any_threads_and_row_order() {
    let reversed = |text: &str| {
        let mut lines: Vec<&str> = text.lines().collect();
        lines[1..].reverse();
        lines.join("\n") + "\n"
    };
    let run = |orders: &str, contacts: &str, threads: &str| {
        let folder = folder(&[
            ("orders.csv", orders),
            ("contacts.csv", contacts),
            ("campaigns.csv", CAMPAIGNS),
            ("p.toml", PIPELINE),
        ]);
        run_ok(folder.path(), &["evaluate", "p.toml", "--threads", threads]);
        let mut found = files(&folder.path().join("out/evaluation/latest"));
        found.remove("manifest.json");
        found
    };
    let (one, other) = (run(ORDERS, CONTACTS, "1"), run(&reversed(ORDERS), &reversed(CONTACTS), "3"));
    assert!(one.keys().any(|name| name.ends_with("campaign_lifts.parquet")), "{:?}", one.keys());
    same_files("threads and order", &one, &other);
}

/// The e-mail challenge through the pipeline: every figure of the reference, arm by arm.
#[test]
fn the_email_challenge_gives_the_known_effects() {
    let (Some(file), Some(reference)) =
        (shared("data/hillstrom/hillstrom.csv"), shared("reference/uplift/hillstrom_ate.csv"))
    else {
        return;
    };
    let pipeline = format!(
        "[pipeline]\nname = \"email\"\nas_of = \"2008-03-20\"\ncurrency = \"USD\"\n\
         [sources.customers]\npath = \"{0}\"\ncolumns = {{ customer_id = \"#row\" }}\n\
         [sources.contacts]\npath = \"{0}\"\ncolumns = {{ customer_id = \"#row\", campaign_id = \"=email\", arm = \"segment\" }}\n\
         [clean]\ncontrol_arms = [\"No E-Mail\"]\n\
         [campaigns]\noutcomes = [\"visit\", \"conversion\", \"spend\"]\nsegments_by = [\"zip_code\", \"newbie\", \"channel\"]\n\
         covariate = \"history\"\nexpected_treated_share = 0.6667\n",
        file.display()
    );
    let folder = folder(&[("p.toml", &pipeline)]);
    let ended = run_ok(folder.path(), &["evaluate", "p.toml"]);
    assert!(ended.stdout.contains("Mens E-Mail: worked: spend +0.77 USD a head"), "{}", ended.stdout);
    let found = results(&folder.path().join("out/evaluation/latest"));
    let text = std::fs::read_to_string(reference).expect("a table");
    let mut lines = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let names = lines.next().expect("a header");
    let mut rows = 0;
    for cells in lines {
        let row: BTreeMap<&str, &str> = names.iter().copied().zip(cells).collect();
        let arm = if row["arm"] == "Any E-Mail" { "all treatments" } else { row["arm"] };
        let key = format!("email|{arm}|||{}", row["outcome"]);
        for (theirs, ours) in [
            ("n_t", "treated"),
            ("n_c", "control"),
            ("mean_t", "mean_treated"),
            ("mean_c", "mean_control"),
            ("ate", "effect"),
            ("se", "standard_error"),
            ("welch_df", "degrees_of_freedom"),
            ("ci_lo_t", "lower"),
            ("ci_hi_t", "upper"),
            ("z_pooled", "z_pooled"),
            ("p_value_pooled", "p_value_pooled"),
            ("relative_lift", "relative_lift"),
            ("cuped_theta_history", "cuped_theta"),
            ("cuped_ate", "cuped_effect"),
            ("cuped_se", "cuped_standard_error"),
        ] {
            if let Ok(want) = row[theirs].parse::<f64>() {
                close(&format!("{key} {ours}"), found.number(&key, ours), want, 1e-9);
            }
        }
        rows += 1;
    }
    assert!(rows >= 6);
}

/// Thirty campaigns of a real grocer without any control group: what the treated did, and no effect.
#[test]
fn campaigns_without_a_control_group_have_no_effect() {
    let Some(data) = shared("data/complete_journey") else { return };
    let data = data.display();
    let pipeline = format!(
        "[pipeline]\nname = \"grocer\"\nas_of = \"2017-12-31\"\ncurrency = \"USD\"\n\
         [sources.transactions]\npath = \"{data}/transactions.parquet\"\n\
         columns = {{ customer_id = \"household_id\", timestamp = \"transaction_timestamp\", transaction_id = \"basket_id\", amount = \"sales_value\" }}\n\
         [sources.campaigns]\npath = \"{data}/campaign_descriptions.parquet\"\n\
         columns = {{ campaign_id = \"campaign_id\", start = \"start_date\", end = \"end_date\", offer = \"campaign_type\" }}\n\
         [sources.contacts]\npath = \"{data}/campaigns.parquet\"\n\
         columns = {{ campaign_id = \"campaign_id\", customer_id = \"household_id\" }}\n"
    );
    let folder = folder(&[("p.toml", &pipeline)]);
    let ended = run_ok(folder.path(), &["evaluate", "p.toml"]);
    assert!(ended.stdout.contains("can't tell: there is no control group; revenue was"), "{}", ended.stdout);
    let frame = table(&folder.path().join("out/evaluation/latest"), "campaign_results");
    assert!(numbers(&frame, "effect").iter().all(|effect| effect.is_nan()));
    let [outcomes, by] = ["outcome", "segment_by"].map(|column| texts(&frame, column));
    let means = numbers(&frame, "mean_treated");
    let whole = (0..frame.height()).filter(|row| outcomes[*row] == "revenue" && by[*row].is_empty());
    let whole: Vec<f64> = whole.map(|row| means[row]).collect();
    assert_eq!(whole.len(), 27);
    assert!(whole.iter().filter(|mean| **mean > 50.0).count() > 20, "{whole:?}");
}

/// A direct mail campaign with its control group, one row per person.
#[test]
fn a_direct_mail_campaign_is_measured() {
    let Some(file) = shared("data/uplift_insurance/train.parquet") else { return };
    let pipeline = format!(
        "[pipeline]\nname = \"mail\"\nas_of = \"2020-01-31\"\n\
         [sources.customers]\npath = \"{0}\"\ncolumns = {{ customer_id = \"UNIQUE_ID\", PURCHASE = \"PURCHASE\", D_REGION_A = \"D_REGION_A\" }}\n\
         [sources.contacts]\npath = \"{0}\"\n\
         columns = {{ customer_id = \"UNIQUE_ID\", campaign_id = \"=mail\", arm = \"TREATMENT\", responded = \"PURCHASE\" }}\n",
        file.display()
    );
    let folder = folder(&[("p.toml", &pipeline)]);
    run_ok(folder.path(), &["evaluate", "p.toml"]);
    let found = results(&folder.path().join("out/evaluation/latest"));
    let key = "mail|treatment|||response";
    assert_eq!(found.number(key, "treated") + found.number(key, "control"), 10_000.0);
    assert!(found.number(key, "standard_error") > 0.0 && found.number(key, "p_value") <= 1.0);
}
