//! What ships works: every pipeline, and the documents that are generated from the code.

use crate::support::{acrm, root, run_ok, table};

/// Every pipeline file passes `check` and runs; nothing is written beside it.
#[test]
fn shipped_pipelines_check_and_run() {
    let mut seen = 0;
    for entry in std::fs::read_dir(root().join("pipelines")).expect("the folder").flatten() {
        let path = entry.path();
        if path.extension().is_none_or(|e| e != "toml") {
            continue;
        }
        seen += 1;
        let shown = path.display().to_string();
        let checked = run_ok(&root(), &["check", &shown]);
        assert!(checked.stdout.contains("are right"), "{shown}: {}", checked.stdout);
        let out = tempfile::tempdir().expect("a folder");
        let out_text = out.path().display().to_string();
        let ended = run_ok(&root(), &["run", &shown, "--out", &out_text]);
        assert!(ended.stdout.contains("published"), "{shown}: {}", ended.stdout);
        let run = out.path().join("latest");
        assert!(table(&run, "customers").height() > 0, "{shown}");
        // the shop has every source and section, so that it has every table
        let optional = [
            "basket",
            "purchase_",
            "category_moves",
            "trade_",
            "cohort",
            "journey_",
            "satisfaction",
            "silent_",
            "knowledge",
            "campaign_",
            "channel_response",
            "churn",
            "contact_policy",
            "next_best",
            "offer",
            "profit",
            "propensit",
            "target_",
            "uplift",
        ];
        for spec in acrm::registry::published_tables() {
            let asked = shown.ends_with("shop.toml") || !optional.iter().any(|start| spec.name.starts_with(start));
            assert!(!asked || run.join(format!("{}.parquet", spec.name)).exists(), "{shown}: {}", spec.name);
        }
        let comments = std::fs::read_to_string(&path).expect("text").lines().filter(|l| l.contains('#')).count();
        assert!(comments >= 5, "{shown} is commented for a first-time reader");
    }
    assert!(seen >= 1, "there are pipelines");
}

/// A generated document as the repository has it.
fn document(name: &str) -> String {
    let path = root().join("docs").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}; write it with `acrm schema`", path.display()))
}

#[test]
fn the_pipeline_reference_is_that_of_the_code() {
    let printed = run_ok(&root(), &["schema", "pipeline"]).stdout;
    assert!(
        document("pipeline.md") == printed,
        "docs/pipeline.md: write it anew: acrm schema pipeline > docs/pipeline.md"
    );
    for section in [
        "[pipeline]",
        "[sources.NAME]",
        "[clean]",
        "[rfm]",
        "[clv]",
        "[clusters]",
        "[[segments]]",
        "[[targets]]",
        "[[checks]]",
    ] {
        assert!(printed.contains(&format!("## `{section}`")), "{section}");
    }
}

#[test]
fn the_table_contracts_are_those_of_the_code() {
    let printed = run_ok(&root(), &["schema"]).stdout;
    assert!(document("tables.md") == printed, "docs/tables.md: write it anew: acrm schema > docs/tables.md");
}

/// The JSON Schema takes the pipelines that ship and knows every section.
#[test]
fn the_json_schema_knows_the_sections() {
    let text = run_ok(&root(), &["schema", "pipeline", "--format", "json"]).stdout;
    let schema: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let known = schema["properties"].as_object().expect("sections");
    assert_eq!(schema["additionalProperties"], false);
    for section in ["pipeline", "sources", "clean", "rfm", "clv", "clusters", "segments", "targets", "checks"] {
        assert!(known.contains_key(section), "{section}");
    }
    let references: Vec<_> =
        text.match_indices("#/$defs/").map(|(at, _)| text[at + 8..].split('"').next().expect("a name")).collect();
    assert!(!references.is_empty());
    for name in references {
        assert!(schema["$defs"].get(name).is_some(), "{name} is defined");
    }
}

/// The synthetic retailer runs with the pipeline written beside it, in both formats.
#[test]
fn the_synthetic_retailer_runs() {
    let folder = tempfile::tempdir().expect("a folder");
    for format in ["csv", "parquet"] {
        let arguments = ["synth", "--customers", "1500", "--out", format, "--format", format, "--seed", "4"];
        run_ok(folder.path(), &arguments);
        let pipeline = format!("{format}/pipeline.toml");
        run_ok(folder.path(), &["check", &pipeline]);
        let ended = run_ok(folder.path(), &["run", &pipeline]);
        assert!(ended.stdout.contains("as of 2025-12-31"), "{}", ended.stdout);
        let truth = std::fs::read_to_string(folder.path().join(format).join("truth.json")).expect("the truth");
        assert!(serde_json::from_str::<serde_json::Value>(&truth).is_ok());
    }
    // typed columns have no room for some of the dirt; people and their attributes are the same
    let [text, parquet] =
        ["csv", "parquet"].map(|format| table(&folder.path().join(format).join("out/latest"), "customers"));
    assert!(text.schema() == parquet.schema(), "{:?}\n{:?}", text.schema(), parquet.schema());
    for name in ["customer_id", "phone", "city", "birth_date"] {
        assert!(text.column(name).expect("it").equals_missing(parquet.column(name).expect("it")), "{name}");
    }
    assert_eq!(acrm(folder.path(), &["synth", "--customers", "0", "--out", "x"]).code, 2);
}
