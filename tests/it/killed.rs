//! `kill -9` at any moment: readers see the run before or the run after, whole, and the next run works.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::{files, run_ok, same_files};

/// How often the run is killed, at moments spread over its length.
const KILLS: u32 = 24;

/// The files of a run but for the manifest, which carries timings.
fn content(run: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = files(run);
    let manifest = found.remove("manifest.json").expect("a manifest");
    serde_json::from_slice::<serde_json::Value>(&manifest).expect("the manifest is whole");
    found
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
    let length = started.elapsed();
    let old = content(&run);
    // tonight's run of the same day differs, so that a mixture would show
    std::fs::write(&pipeline, text.replace("bins = 5", "bins = 4")).expect("a file");
    run_ok(folder.path(), &["run", "pipeline.toml", "--quiet", "--out", "apart"]);
    let new = content(&folder.path().join("apart/as_of=2025-12-31"));
    assert_ne!(old, new);
    let (mut killed, mut finished) = (0, 0);
    for moment in 0..KILLS {
        let mut child = Command::new(env!("CARGO_BIN_EXE_acrm"))
            .args(["run", "pipeline.toml", "--quiet"])
            .current_dir(folder.path())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        // the end of a run, where files are moved, is met more often than its beginning
        let part = f64::from(moment + 1) / f64::from(KILLS);
        std::thread::sleep(Duration::from_secs_f64(length.as_secs_f64() * 1.05 * part.sqrt()));
        child.kill().expect("killed");
        let ended = child.wait().expect("a child");
        killed += u32::from(!ended.success());
        let seen = content(&run);
        let is_new = seen == new;
        assert!(is_new || seen == old, "after {:.0} % a mixture is published: {:?}", 100.0 * part, seen.keys());
        assert!(!ended.success() || is_new, "a run that ended well is published");
        let latest = std::fs::read_link(folder.path().join("out/latest")).expect("a link");
        assert_eq!(latest, Path::new("as_of=2025-12-31"));
        same_files("through the link", &content(&folder.path().join("out/latest")), &seen);
        if is_new {
            finished += 1;
            std::fs::write(&pipeline, &text).expect("a file");
            run_ok(folder.path(), &["run", "pipeline.toml", "--quiet"]);
            same_files("back to the old", &content(&run), &old);
            std::fs::write(&pipeline, text.replace("bins = 5", "bins = 4")).expect("a file");
        }
    }
    println!("{killed} of {KILLS} runs were killed, {finished} had been published");
    assert!(killed >= KILLS / 3, "only {killed} of {KILLS} were killed while at work");
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
