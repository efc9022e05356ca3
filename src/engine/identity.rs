//! Persons from run to run: what the one before knew, and the tables that this one leaves.

use std::path::Path;

use arrow::array::{Date32Array, Float64Array, StringArray};

use crate::clean::{IDENTITIES, IDENTITY_LOG, IDENTITY_REVIEW, Identity};
use crate::linkage::{EventKind, FittedLinkage, Known, KnownRecord, StableId};
use crate::sink::{previous_run, read_columns};
use crate::stage::ModelFile;
use crate::table::{Categories, Column, Quality, Table, TableBuilder, TableError, format_day};

/// Name of the model file.
const MODEL: &str = "identity";

/// What the newest run before a day knew of persons; nothing when it looked for none.
///
/// # Errors
/// When the run is there and can't be read.
pub(super) fn known_persons(out: &Path, day: i32) -> Result<Option<Known>, String> {
    let Some(folder) = previous_run(out, &format_day(day)) else { return Ok(None) };
    let model = folder.join("models").join(format!("{MODEL}.json"));
    let Ok(text) = std::fs::read_to_string(&model) else { return Ok(None) };
    let damaged = |e: &dyn std::fmt::Display| format!("{}: {e}", model.display());
    let saved: serde_json::Value = serde_json::from_str(&text).map_err(|e| damaged(&e))?;
    let fitted: FittedLinkage = serde_json::from_value(saved["model"].clone()).map_err(|e| damaged(&e))?;
    let mut known = Known::new();
    known.model = Some(fitted);
    let names = ["source_customer_id", "person_id", "household_id", "first_seen", "fingerprint"];
    let table = folder.join("identities.parquet");
    let columns = read_columns(&table, &names).map_err(|e| e.to_string())?;
    let [Some(ids), Some(persons), Some(households), Some(Column::Day(days)), Some(fingerprints)] = columns.as_slice()
    else {
        return Err(format!("{}: its columns are not those of this version", table.display()));
    };
    let text = |column: &Column, row: usize| column.display(row);
    for row in 0..ids.len() {
        let bad = |what: &str| format!("{}, row {}: no {what}", table.display(), row + 1);
        let household = (!households.is_null(row)).then(|| text(households, row).parse::<StableId>());
        let record = KnownRecord {
            person: text(persons, row).parse().map_err(|_| bad("person id"))?,
            household: household.transpose().map_err(|_| bad("household id"))?,
            first_seen: days.value(row),
            fingerprint: u64::from_str_radix(&text(fingerprints, row), 16).map_err(|_| bad("fingerprint"))?,
        };
        known.push(&text(ids, row), record);
    }
    for retired in saved["retired"].as_array().into_iter().flatten().filter_map(serde_json::Value::as_str) {
        known.retire(retired.parse().map_err(|e| damaged(&e))?);
    }
    Ok(Some(known))
}

/// The model of a run that found persons, with the ids that name nobody any more.
pub(super) fn model_file(identity: &Identity) -> ModelFile {
    let retired = identity.resolution.known.retired().iter().map(ToString::to_string).collect::<Vec<_>>();
    let model = serde_json::to_value(&identity.resolution.model).unwrap_or_default();
    ModelFile { name: MODEL, content: serde_json::json!({ "model": model, "retired": retired }) }
}

/// The tables of a run that found persons.
///
/// # Errors
/// When a table breaks its contract.
pub(super) fn tables(identity: &Identity) -> Result<Vec<Table>, TableError> {
    Ok(vec![identities(identity)?, log(identity)?, review(identity)?])
}

fn identities(identity: &Identity) -> Result<Table, TableError> {
    let mut known = identity.resolution.known.iter().collect::<Vec<_>>();
    known.sort_unstable_by_key(|(id, _)| *id);
    let records = || known.iter().map(|(_, record)| record);
    let household = |record: &&KnownRecord| record.household.map(|id| id.to_string());
    TableBuilder::new(&IDENTITIES)
        .text("source_customer_id", known.iter().map(|(id, _)| *id).collect::<Vec<_>>())
        .text("person_id", records().map(|r| r.person.to_string()).collect::<Vec<_>>())
        .text("household_id", records().map(|r| household(&r)).collect::<StringArray>())
        .day("first_seen", records().map(|r| Some(r.first_seen)).collect::<Date32Array>())
        .text("fingerprint", records().map(|r| format!("{:016x}", r.fingerprint)).collect::<Vec<_>>())
        .build()
}

fn log(identity: &Identity) -> Result<Table, TableError> {
    let shared: std::collections::BTreeSet<StableId> =
        identity.resolution.persons.iter().filter(|p| p.records > 1).map(|p| p.id).collect();
    let told = |e: &&crate::linkage::IdentityEvent| e.kind != EventKind::Created || shared.contains(&e.person);
    let events = identity.resolution.events.iter().filter(told).collect::<Vec<_>>();
    let record = |row: u32| identity.records[row as usize].as_str();
    let kinds = events.iter().map(|e| Some(e.kind.as_str())).collect::<Vec<_>>();
    let reasons = events.iter().map(|e| e.reason.as_ref().map(|r| r.as_str())).collect::<Vec<_>>();
    TableBuilder::new(&IDENTITY_LOG)
        .day("day", events.iter().map(|e| Some(e.day)).collect::<Date32Array>())
        .category("change", Categories::from_words(&kinds))
        .text("person_id", events.iter().map(|e| e.person.to_string()).collect::<Vec<_>>())
        .text("other_person_id", events.iter().map(|e| e.other_person.map(|p| p.to_string())).collect::<StringArray>())
        .text("source_customer_id", events.iter().map(|e| record(e.record)).collect::<Vec<_>>())
        .text("linked_with", events.iter().map(|e| e.linked_with.map(record)).collect::<StringArray>())
        .category("reason", Categories::from_words(&reasons))
        .real("probability", events.iter().map(|e| e.score).collect::<Float64Array>())
        .build()
}

fn review(identity: &Identity) -> Result<Table, TableError> {
    let pairs = &identity.resolution.review;
    let record = |row: u32| identity.records[row as usize].as_str();
    let reasons = pairs.iter().map(|p| Some(p.reason.as_str())).collect::<Vec<_>>();
    TableBuilder::new(&IDENTITY_REVIEW)
        .text("left_customer_id", pairs.iter().map(|p| record(p.left)).collect::<Vec<_>>())
        .text("right_customer_id", pairs.iter().map(|p| record(p.right)).collect::<Vec<_>>())
        .real("probability", pairs.iter().map(|p| p.probability).collect::<Vec<_>>())
        .real("match_weight", pairs.iter().map(|p| p.weight).collect::<Vec<_>>())
        .category("reason", Categories::from_words(&reasons))
        .text("agreement", pairs.iter().map(|p| p.agreement.as_str()).collect::<Vec<_>>())
        .build()
}

/// The figures of the resolution as lines of `run_quality`.
pub(super) fn quality(identity: &Identity) -> Vec<Quality> {
    let s = &identity.resolution.summary;
    let line = |check: &str, count: u64, note: &str| Quality::measured("identity", check, count as f64, note);
    let mut lines = vec![
        line("records", s.records, "customer ids of all sources"),
        line("persons", s.persons, "persons they are"),
        line("records_compared_anew", s.fresh_records, "records that are new or have changed"),
        line("pairs_compared", s.compared_pairs, "pairs that share a blocking key"),
        line("links_by_rule", s.exact_links, "links by an exact rule"),
        line("links_by_model", s.model_links, "links by the Fellegi-Sunter model"),
        line("links_refused", s.refused_links, "links that would join different people in a chain; in identity_review"),
        line("pairs_for_review", s.review_pairs, "rows of identity_review"),
        line("shared_emails_ignored", s.ignored.emails, "addresses that more than `most_sharers` records share"),
        line("shared_phones_ignored", s.ignored.phones, "numbers that more than `most_sharers` records share"),
        line("blocks_skipped", s.skipped_blocks, "groups of records too large to compare"),
    ];
    if s.households > 0 {
        lines.push(line("households", s.households, "households of these persons"));
    }
    let note = if s.model_pinned {
        "the model of an earlier run; `refit = true` fits a new one"
    } else {
        "rounds of expectation and maximisation; did the fit end on its own?"
    };
    lines.push(Quality { ok: s.converged, ..line("em_iterations", s.em_iterations.into(), note) });
    lines
}
