//! A run is visible whole or not at all, whatever happens to it.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::sink::folders::replace_in_two_steps;
use crate::sink::{Latest, Publication, Published, SinkError, previous_run};

const OUT_OF_CHILD: &str = "ACRM_TEST_OUT";

fn out() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("new").join("out");
    (folder, out)
}

fn publish(out: &Path, as_of: &str, content: &str) -> Published {
    let publication = Publication::begin(out).expect("begun");
    fs::write(publication.dir().join("table"), content).expect("written");
    publication.commit(as_of).expect("published")
}

fn content(out: &Path, run: &str) -> String {
    fs::read_to_string(out.join(run).join("table")).expect("published")
}

/// The names in a folder, sorted, without the lock.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").file_name());
    let mut names = entries.map(|name| name.to_string_lossy().into_owned()).collect::<Vec<_>>();
    names.retain(|name| name != ".lock");
    names.sort();
    names
}

#[test]
fn a_run_shows_when_it_is_committed() {
    let (_folder, out) = out();
    let publication = Publication::begin(&out).expect("begun");
    fs::create_dir(publication.dir().join("models")).expect("made");
    fs::write(publication.dir().join("models").join("clv.json"), "{}").expect("written");
    fs::write(publication.scratch_dir().expect("made").join("spill"), "x").expect("written");
    assert_eq!(names(&out), [".building"]);
    let published = publication.commit("2026-11-24").expect("published");
    assert!(!published.replaced && matches!(published.latest, Latest::ThisRun));
    assert_eq!(published.folder, out.join("as_of=2026-11-24"));
    assert_eq!(names(&out), ["as_of=2026-11-24", "latest"]);
    assert_eq!(names(&published.folder), ["models"]);
    assert_eq!(fs::read_link(out.join("latest")).expect("a link"), Path::new("as_of=2026-11-24"));
}

#[test]
fn a_rerun_takes_the_place_of_the_run() {
    let (_folder, out) = out();
    publish(&out, "2026-11-24", "first");
    let again = publish(&out, "2026-11-24", "second");
    assert!(again.replaced);
    assert_eq!(content(&out, "as_of=2026-11-24"), "second");
    assert_eq!(names(&out), ["as_of=2026-11-24", "latest"]);
}

#[test]
fn an_earlier_night_does_not_move_latest_back() {
    let (_folder, out) = out();
    publish(&out, "2026-11-24", "newest");
    let published = publish(&out, "2026-11-20", "backfill");
    assert!(matches!(&published.latest, Latest::LaterRun { as_of } if as_of == "2026-11-24"));
    assert_eq!(content(&out, "latest"), "newest");
    publish(&out, "2026-11-25", "newer");
    assert_eq!(content(&out, "latest"), "newer");
}

#[test]
fn a_dropped_run_leaves_what_was_there() {
    let (_folder, out) = out();
    publish(&out, "2026-11-24", "old");
    let publication = Publication::begin(&out).expect("begun");
    fs::write(publication.dir().join("table"), "half").expect("written");
    drop(publication);
    assert_eq!(names(&out), ["as_of=2026-11-24", "latest"]);
    assert_eq!(content(&out, "latest"), "old");
}

#[test]
fn a_second_run_is_refused() {
    let (_folder, out) = out();
    let first = Publication::begin(&out).expect("begun");
    let error = Publication::begin(&out).expect_err("locked");
    let process = std::process::id().to_string();
    assert!(matches!(&error, SinkError::Locked { holder, .. } if holder.as_ref() == Some(&process)), "{error:?}");
    assert!(error.to_string().contains(".lock is locked by another run"), "{error}");
    assert!(first.dir().exists(), "the refused run must not tidy up");
    drop(first);
    publish(&out, "2026-11-25", "now");
}

#[test]
fn leftovers_of_killed_runs_go() {
    let (_folder, out) = out();
    publish(&out, "2026-11-24", "old");
    for leftover in [".building", ".replaced-as_of=2026-11-24"] {
        fs::create_dir_all(out.join(leftover).join(".scratch")).expect("made");
    }
    symlink("nowhere", out.join(".latest-new")).expect("made");
    fs::write(out.join("notes.txt"), "a user's file").expect("written");
    drop(Publication::begin(&out).expect("begun"));
    assert_eq!(names(&out), ["as_of=2026-11-24", "latest", "notes.txt"]);
    assert_eq!(content(&out, "as_of=2026-11-24"), "old");
}

#[test]
fn without_exchange_the_old_run_is_put_back() {
    let (_folder, out) = out();
    publish(&out, "2026-11-24", "old");
    let place = out.join("as_of=2026-11-24");
    // killed between the two renames
    fs::rename(&place, out.join(".replaced-as_of=2026-11-24")).expect("moved");
    drop(Publication::begin(&out).expect("begun"));
    assert_eq!(content(&out, "as_of=2026-11-24"), "old");

    let built = out.join("built");
    assert!(replace_in_two_steps(&built, &place).is_err(), "nothing was built");
    assert_eq!(content(&out, "as_of=2026-11-24"), "old");
    fs::create_dir(&built).expect("made");
    fs::write(built.join("table"), "new").expect("written");
    let aside = replace_in_two_steps(&built, &place).expect("replaced");
    assert_eq!(content(&out, "as_of=2026-11-24"), "new");
    assert_eq!(fs::read_to_string(aside.join("table")).expect("whole"), "old");
}

#[test]
fn a_latest_that_is_no_link_is_left_alone() {
    let (_folder, out) = out();
    fs::create_dir_all(out.join("latest")).expect("made");
    let published = publish(&out, "2026-11-24", "new");
    assert!(matches!(published.latest, Latest::NotMoved(SinkError::LatestIsNoLink { .. })));
    assert_eq!(content(&out, "as_of=2026-11-24"), "new");
}

#[test]
fn the_previous_run_is_the_newest_before() {
    let (_folder, out) = out();
    assert_eq!(previous_run(&out, "2026-11-24"), None);
    for day in ["2026-11-20", "2026-11-24", "2026-11-22"] {
        publish(&out, day, day);
    }
    for name in ["as_of=2026-11-23-copy", "as_of=2026-13-01", "as_of=", "as_of=2026-11-21 (1)"] {
        fs::create_dir(out.join(name)).expect("made");
    }
    for (day, expected) in [("2026-11-24", "2026-11-22"), ("2026-11-23", "2026-11-22"), ("2027-01-01", "2026-11-24")] {
        assert_eq!(previous_run(&out, day), Some(out.join(format!("as_of={expected}"))));
    }
    assert_eq!(previous_run(&out, "2026-11-20"), None);
}

#[test]
fn bad_days_and_places_are_refused_with_a_remedy() {
    let (folder, out) = out();
    for text in ["2026-02-30", "yesterday", "2026-1-1", "../2026-11-24", "+002026-11-24"] {
        let error = Publication::begin(&out).expect("begun").commit(text).expect_err(text);
        assert!(matches!(error, SinkError::NotADate { .. }), "{error:?}");
    }
    assert!(names(&out).is_empty());
    let file = folder.path().join("file");
    fs::write(&file, "").expect("written");
    for place in [file.clone(), file.join("below")] {
        let error = Publication::begin(&place).expect_err("a file");
        assert!(matches!(error, SinkError::FileInTheWay { .. }), "{error:?}");
        assert!(error.to_string().contains("--out") && error.to_string().contains("file"), "{error}");
    }
    for (kind, words) in [
        (io::ErrorKind::PermissionDenied, "permission denied"),
        (io::ErrorKind::ReadOnlyFilesystem, "read-only"),
        (io::ErrorKind::StorageFull, "full"),
    ] {
        let text = SinkError::io("create", Path::new("/srv/out"), kind.into()).to_string();
        assert!(text.starts_with("cannot create /srv/out") && text.contains(words) && text.contains(';'), "{text}");
    }
}

/// Not a test of its own: the run that `a_killed_run_leaves_the_old_one` kills.
#[test]
#[ignore = "started by another test"]
#[expect(clippy::disallowed_methods, reason = "the test that starts this one names the folder so")]
fn child_that_never_commits() {
    let Some(out) = std::env::var_os(OUT_OF_CHILD) else { return };
    let publication = Publication::begin(Path::new(&out)).expect("begun");
    fs::write(publication.dir().join("table"), "half").expect("written");
    std::thread::sleep(Duration::from_mins(1));
}

#[test]
fn a_killed_run_leaves_the_old_one() {
    let (_folder, out) = out();
    publish(&out, "2026-11-24", "old");
    let mut child = Command::new(std::env::current_exe().expect("this program"))
        .args(["--ignored", "child_that_never_commits"])
        .env(OUT_OF_CHILD, &out)
        .stdout(Stdio::null())
        .spawn()
        .expect("started");
    let half = out.join(".building").join("table");
    for _ in 0..1000 {
        if half.exists() {
            break;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    assert!(half.exists(), "the child did not begin");
    assert!(matches!(Publication::begin(&out), Err(SinkError::Locked { .. })));
    child.kill().expect("killed");
    child.wait().expect("ended");
    assert_eq!(content(&out, "latest"), "old");
    publish(&out, "2026-11-24", "new");
    assert_eq!(content(&out, "latest"), "new");
    assert_eq!(names(&out), ["as_of=2026-11-24", "latest"]);
}
