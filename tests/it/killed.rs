//! `kill -9` at any moment: readers see the run before or the run after, whole, and the next run works.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::{files, run_ok, same_files};

/// How often a run is killed while it is at work.
const KILLS: u32 = 24;

/// Most runs that are started for that; some end before they are met.
const MOST_RUNS: u32 = 72;

/// The files of a run but for the manifest, which carries timings.
fn content(run: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = files(run);
    let manifest = found.remove("manifest.json").expect("a manifest");
    serde_json::from_slice::<serde_json::Value>(&manifest).expect("the manifest is whole");
    found
}

/// Waits until a run has written its last file into its hidden folder, or has ended.
fn until_all_is_written(out: &Path, child: &mut Child) {
    let written = || {
        let folders = std::fs::read_dir(out).expect("a folder").flatten();
        let mut building = folders.filter(|e| e.file_name().to_string_lossy().starts_with(".building"));
        building.any(|e| e.path().join("manifest.json").exists())
    };
    while !written() && child.try_wait().expect("a child").is_none() {
        std::thread::sleep(Duration::from_micros(200));
    }
}

#[test]
fn a_killed_run_leaves_the_published_one_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    run_ok(folder.path(), &["synth", "--customers", "4000", "--out", ".", "--format", "csv", "--seed", "9"]);
    let pipeline = folder.path().join("pipeline.toml");
    let text = std::fs::read_to_string(&pipeline).expect("a pipeline");
    let run = folder.path().join("out/as_of=2025-12-31");
    let started = Instant::now();
    run_ok(folder.path(), &["run", "pipeline.toml", "--quiet"]);
    let mut length = started.elapsed();
    let old = content(&run);
    // tonight's run of the same day differs, so that a mixture would show
    std::fs::write(&pipeline, text.replace("bins = 5", "bins = 4")).expect("a file");
    run_ok(folder.path(), &["run", "pipeline.toml", "--quiet", "--out", "apart"]);
    let new = content(&folder.path().join("apart/as_of=2025-12-31"));
    assert_ne!(old, new);
    let (mut killed, mut published, mut runs) = (0, 0, 0);
    while killed < KILLS && runs < MOST_RUNS {
        runs += 1;
        let mut child = Command::new(env!("CARGO_BIN_EXE_acrm"))
            .args(["run", "pipeline.toml", "--quiet"])
            .current_dir(folder.path())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        if runs % 2 == 0 {
            std::thread::sleep(length * (runs % 16) / 16);
        } else {
            // the last moments, when files are synced and folders are moved, are met on purpose
            until_all_is_written(&folder.path().join("out"), &mut child);
            std::thread::sleep(Duration::from_micros(u64::from(runs) * 150 % 3_000));
        }
        child.kill().expect("killed");
        let ended = child.wait().expect("a child");
        if ended.success() {
            length = length * 4 / 5;
        } else {
            killed += 1;
        }
        let seen = content(&run);
        let is_new = seen == new;
        assert!(is_new || seen == old, "a mixture is published: {:?}", seen.keys());
        assert!(!ended.success() || is_new, "a run that ended well is published");
        let latest = std::fs::read_link(folder.path().join("out/latest")).expect("a link");
        assert_eq!(latest, Path::new("as_of=2025-12-31"));
        same_files("through the link", &content(&folder.path().join("out/latest")), &seen);
        if is_new {
            published += 1;
            std::fs::write(&pipeline, &text).expect("a file");
            run_ok(folder.path(), &["run", "pipeline.toml", "--quiet"]);
            same_files("back to the old", &content(&run), &old);
            std::fs::write(&pipeline, text.replace("bins = 5", "bins = 4")).expect("a file");
        }
    }
    println!("{killed} of {runs} runs were killed at work, {published} had been published");
    assert!(killed >= KILLS / 3, "only {killed} of {runs} were killed while at work");
    run_ok(folder.path(), &["run", "pipeline.toml", "--quiet"]);
    same_files("the next run", &content(&run), &new);
    let left: Vec<String> = std::fs::read_dir(folder.path().join("out"))
        .expect("a folder")
        .flatten()
        .map(|e| e.file_name().to_string_lossy().into_owned())
        .filter(|n| !["as_of=2025-12-31", "latest", ".lock"].contains(&n.as_str()))
        .collect();
    assert!(left.is_empty(), "what killed runs left is cleared: {left:?}");
}

/// Killed before anything was ever published: nothing is there, and the next run works.
#[test]
fn a_first_run_that_is_killed() {
    let folder = tempfile::tempdir().expect("a folder");
    run_ok(folder.path(), &["synth", "--customers", "2000", "--out", ".", "--format", "csv"]);
    for millis in [1, 20, 80, 150] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_acrm"))
            .args(["run", "pipeline.toml", "--quiet"])
            .current_dir(folder.path())
            .spawn()
            .expect("it starts");
        std::thread::sleep(Duration::from_millis(millis));
        child.kill().expect("killed");
        if child.wait().expect("a child").success() {
            break;
        }
        let latest = folder.path().join("out/latest");
        if latest.exists() {
            content(&latest);
        }
    }
    run_ok(folder.path(), &["run", "pipeline.toml", "--quiet"]);
    assert!(folder.path().join("out/latest/customers.parquet").exists());
}
