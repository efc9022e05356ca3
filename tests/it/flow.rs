//! The registry keeps its promises: unique names, one-way flow, declared columns, working examples, one folder each.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use acrm::registry::{ANALYSES, IDENTITY_TABLES, backtest_tables, published_tables};
use acrm::stage::INPUTS;

use crate::support::{acrm, folder, root, run_ok, table};

const ORDERS: &str = "customer_id,timestamp,amount\n1,2024-01-01,10\n1,2024-02-01,20\n2,2024-01-15,5\n3,2024-03-01,7\n";
const PIPELINE: &str = "[pipeline]\nname = \"t\"\n[sources.transactions]\npath = \"orders.csv\"\n";

#[test]
fn names_are_unique() {
    let analyses: BTreeSet<_> = ANALYSES.iter().map(|a| a.name()).collect();
    assert_eq!(analyses.len(), ANALYSES.len());
    let tables: Vec<_> =
        published_tables().chain(IDENTITY_TABLES.iter().copied()).chain(backtest_tables()).map(|t| t.name).collect();
    assert_eq!(tables.iter().collect::<BTreeSet<_>>().len(), tables.len());
    for spec in published_tables().chain(IDENTITY_TABLES.iter().copied()).chain(backtest_tables()) {
        let columns: BTreeSet<_> = spec.columns.iter().map(|c| c.name).collect();
        assert_eq!(columns.len(), spec.columns.len(), "{}", spec.name);
    }
}

#[test]
fn data_flow_one_way() {
    let mut made: BTreeSet<&str> = INPUTS.iter().copied().collect();
    let mut layer = None;
    for analysis in ANALYSES {
        for read in analysis.reads() {
            assert!(made.contains(read), "{} reads {read}, which nothing before it makes", analysis.name());
        }
        assert!(layer <= Some(analysis.layer()), "{} stands after a later layer", analysis.name());
        layer = Some(analysis.layer());
        made.extend(analysis.makes().iter().map(|t| t.name));
    }
}

/// A column that a later table fills is a column of that table, of the same kind, and a later analysis makes it.
#[test]
fn filled_columns_are_made_later() {
    let mut found = 0;
    for (place, analysis) in ANALYSES.iter().enumerate() {
        for column in analysis.makes().iter().flat_map(|table| table.columns) {
            let Some(maker) = column.filled_by else { continue };
            let later = ANALYSES[place + 1..].iter().flat_map(|a| a.makes()).find(|table| table.name == maker);
            let made = later.and_then(|table| table.column(column.name)).expect("a later table has the column");
            assert_eq!(made.kind, column.kind, "{}", column.name);
            found += 1;
        }
    }
    assert_eq!(found, 3, "lifecycle, satisfaction and knowledge coverage stand in the profile");
}

#[test]
fn every_column_says_what_it_means() {
    let banned = ["recency", "frequency"];
    for spec in published_tables().chain(IDENTITY_TABLES.iter().copied()).chain(backtest_tables()) {
        assert!(!spec.about.is_empty() && !spec.row.is_empty() && !spec.example.is_empty(), "{}", spec.name);
        for column in spec.columns {
            assert!(!column.meaning.is_empty(), "{}.{}", spec.name, column.name);
            assert!(!banned.contains(&column.name), "{}.{}", spec.name, column.name);
            let snake = column.name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "_{}H".contains(c));
            assert!(snake, "{}.{}", spec.name, column.name);
        }
    }
}

/// The examples in the docs are pipelines that pass `acrm check` and run.
#[test]
fn every_example_works() {
    for analysis in ANALYSES {
        assert!(!analysis.about().is_empty());
        let shared = analysis.shared_section().map(|shared| shared.example);
        for example in [analysis.example()].into_iter().chain(shared) {
            let pipeline = format!("{PIPELINE}{example}");
            let folder = folder(&[("orders.csv", ORDERS), ("p.toml", &pipeline)]);
            run_ok(folder.path(), &["check", "p.toml"]);
            run_ok(folder.path(), &["run", "p.toml"]);
        }
    }
}

/// What is published has just the declared columns, in the declared order.
#[test]
fn published_columns_are_the_declared_ones() {
    let more = "[sources.customers]\npath = \"people.csv\"\n[sources.interactions]\npath = \"touches.csv\"\n\
        [sources.feedback]\npath = \"answers.csv\"\n[sources.contacts]\npath = \"contacts.csv\"\n\
        [churn]\n[[propensity]]\nname = \"any\"\noutcome = \"purchase\"\n[cohorts]\n[patterns]\n[profitability]\n[journey]\n[offers]\n[[uplift]]\nname = \"any\"\n\
        [[segments]]\nname = \"any\"\nwhere = \"orders > 0\"\n\
        [[targets]]\nname = \"all\"\nwhere = \"orders > 0\"\n[targeting]\n";
    let folder = folder(&[
        ("orders.csv", ORDERS),
        ("people.csv", "customer_id,city\n1,Bonn\n2,Kiel\n"),
        ("touches.csv", "customer_id,timestamp,touchpoint\n1,2024-01-15,call\n"),
        ("answers.csv", "customer_id,timestamp,score,instrument\n1,2024-01-20,9,nps\n"),
        ("contacts.csv", "campaign_id,customer_id,contacted_at,arm\nC1,1,2024-01-10,treatment\nC1,2,,control\n"),
        ("p.toml", &format!("{PIPELINE}{more}")),
    ]);
    run_ok(folder.path(), &["run", "p.toml"]);
    for spec in published_tables() {
        let frame = table(&folder.path().join("out/latest"), spec.name);
        let mut last = 0;
        for name in frame.get_column_names() {
            let declared = spec.column(name).unwrap_or_else(|| panic!("{}.{name} is not declared", spec.name));
            let place = spec.columns.iter().position(|c| c.name == declared.name).expect("declared");
            assert!(place >= last, "{}.{name} is out of order", spec.name);
            last = place;
        }
    }
}

/// Folders in the order of the flow: each may use those to its left.
const FLOW: [&str; 20] = [
    "numerics",
    "notation",
    "linkage",
    "survey",
    "table",
    "history",
    "source",
    "clean",
    "purchases",
    "stage",
    "features",
    "models",
    "segments",
    "targets",
    "registry",
    "config",
    "sink",
    "engine",
    "report",
    "cli",
];

fn sources(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder").map(|e| e.expect("an entry").path()) {
        if entry.is_dir() {
            found.extend(sources(&entry));
        } else if entry.extension().is_some_and(|e| e == "rs") {
            let text = std::fs::read_to_string(&entry).expect("text");
            let shown = entry.strip_prefix(root().join("src")).expect("inside src").display().to_string();
            found.push((shown, text));
        }
    }
    found
}

#[test]
fn modules_use_only_those_to_their_left() {
    let place = |name: &str| FLOW.iter().position(|f| *f == name);
    for (path, text) in sources(&root().join("src")) {
        let own = path.split(['/', '.']).next().unwrap_or_default();
        let Some(own_place) = place(own) else {
            assert!(["lib", "main", "synth"].contains(&own), "{path}: where in the flow is it?");
            continue;
        };
        for used in text.split("crate::").skip(1) {
            let module = used.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
            let allowed = place(module).is_none_or(|p| p <= own_place) || (own == "cli" && module == "synth");
            assert!(allowed, "{path} uses crate::{module}");
            assert!(module != "synth" || own == "cli", "{path} uses crate::synth");
        }
    }
}

/// Adding an analysis touches its folder, one `mod` line beside it and one line of the registry: no other file
/// names an analysis' folder.
#[test]
fn an_analysis_is_one_folder_one_mod_line_and_one_registry_line() {
    let layers = ["features", "models", "segments", "targets"];
    let files: BTreeMap<String, String> = sources(&root().join("src")).into_iter().collect();
    for layer in layers {
        let parent = &files[&format!("{layer}/mod.rs")];
        for entry in std::fs::read_dir(root().join("src").join(layer)).expect("a layer").flatten() {
            if !entry.path().is_dir() {
                continue;
            }
            let name = entry.file_name().to_string_lossy().into_owned();
            assert_eq!(parent.matches(&format!("mod {name};")).count(), 1, "{layer}/mod.rs has one line for {name}");
            let own = format!("{layer}/{name}/");
            let reference = format!("{layer}::{name}");
            for (path, text) in files.iter().filter(|(path, _)| !path.starts_with(&own)) {
                let count = text.matches(&reference).count();
                let expected = usize::from(path == "registry.rs");
                assert_eq!(count, expected, "{path} names {reference}");
            }
        }
    }
    let registry = &files["registry.rs"];
    for analysis in ANALYSES {
        let type_name = format!("{analysis:?}");
        assert_eq!(registry.matches(&format!("&{type_name}")).count(), 1, "{type_name} stands once in ANALYSES");
    }
}

#[test]
fn no_module_is_a_junk_drawer() {
    for (path, text) in sources(&root().join("src")) {
        assert!(text.lines().count() <= 500, "{path} has {} lines", text.lines().count());
        let name = path.rsplit('/').next().unwrap_or_default();
        assert!(!["util.rs", "utils.rs", "misc.rs", "helpers.rs", "common.rs"].contains(&name), "{path}");
        assert!(path == "main.rs" || text.starts_with("//!"), "{path} does not say what it is for");
    }
}

#[test]
fn schema_lists_every_table() {
    let folder = folder(&[]);
    let all = run_ok(folder.path(), &["schema"]).stdout;
    for spec in published_tables() {
        assert!(all.contains(&format!("## {}\n", spec.name)));
        assert!(run_ok(folder.path(), &["schema", spec.name]).stdout.contains(spec.about));
        let json = run_ok(folder.path(), &["schema", spec.name, "--format", "json"]).stdout;
        assert!(json.contains(spec.about));
    }
    let wrong = acrm(folder.path(), &["schema", "custmers"]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.stderr.contains("did you mean `customers`?"), "{}", wrong.stderr);
}
