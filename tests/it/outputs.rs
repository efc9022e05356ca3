//! Outputs that can't be written: a file in the way, no right to write, a full disk. What was published stays whole.

use std::path::Path;

use crate::failures::{ORDERS, PIPELINE, after_a_good_night, hidden, published, write};
use crate::support::{acrm, folder, run_ok};

/// The output path is a file, or leads through one.
#[test]
fn a_file_in_the_way_of_the_output() {
    let folder = folder(&[("orders.csv", ORDERS), ("p.toml", PIPELINE), ("taken", "a file\n")]);
    for out in ["taken", "taken/below"] {
        let ended = acrm(folder.path(), &["run", "p.toml", "--out", out]);
        assert_eq!(ended.code, 1, "{}", ended.stderr);
        assert!(ended.stderr.contains(out) && ended.stderr.contains("a file is in the way"), "{}", ended.stderr);
        assert!(ended.stderr.contains("--out"), "{}", ended.stderr);
    }
    assert_eq!(std::fs::read_to_string(folder.path().join("taken")).expect("there"), "a file\n");
    std::fs::create_dir(folder.path().join("out")).expect("a folder");
    write(folder.path(), "out/latest", "mine");
    let ended = run_ok(folder.path(), &["run", "p.toml"]);
    assert_eq!(
        std::fs::read_to_string(folder.path().join("out/latest")).expect("there"),
        "mine",
        "a user's file is left alone"
    );
    assert!(ended.stderr.contains("latest"), "and that is said: {}", ended.stderr);
}

/// A place where nobody can write.
#[test]
fn an_output_that_cannot_be_written() {
    let folder = folder(&[("orders.csv", ORDERS), ("p.toml", PIPELINE)]);
    for out in ["/proc/acrm-out", "/sys/acrm-out"] {
        let ended = acrm(folder.path(), &["run", "p.toml", "--out", out]);
        assert_eq!(ended.code, 1, "{out}: {}", ended.stderr);
        assert!(ended.stderr.contains(out) && ended.stderr.contains("--out"), "{}", ended.stderr);
    }
}

/// A small file system of our own, when the test may mount one.
struct SmallDisk(std::path::PathBuf);

impl SmallDisk {
    fn mount(place: &Path, options: &str) -> Option<Self> {
        std::fs::create_dir_all(place).expect("a folder");
        let done =
            std::process::Command::new("mount").args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(place).output();
        match done {
            Ok(output) if output.status.success() => Some(Self(place.to_path_buf())),
            _ => {
                println!("skipped: no right to mount a small disk");
                None
            }
        }
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg(&self.0).output();
    }
}

/// Orders of so many customers that their tables are larger than a small disk.
fn many_orders(seed: u64) -> String {
    let mut dice = crate::support::Dice::new(seed);
    let rows: String = (0..20_000)
        .map(|_| {
            format!(
                "{:x},{},{}\n",
                dice.below(1 << 40),
                crate::support::day_of_2024(dice.below(300) as u32),
                1 + dice.below(90_000)
            )
        })
        .collect();
    format!("customer_id,timestamp,amount\n{rows}")
}

#[test]
fn a_full_disk() {
    let folder = folder(&[("orders.csv", ORDERS), ("p.toml", PIPELINE)]);
    let Some(disk) = SmallDisk::mount(&folder.path().join("disk"), "size=600k") else { return };
    let out = disk.0.join("out");
    let out_text = out.display().to_string();
    run_ok(folder.path(), &["run", "p.toml", "--out", &out_text]);
    let before = published(&out);
    write(folder.path(), "orders.csv", many_orders(1));
    let ended = acrm(folder.path(), &["run", "p.toml", "--out", &out_text]);
    assert_eq!(ended.code, 1, "{}", ended.stderr);
    assert!(ended.stderr.contains("disk or quota is full") && ended.stderr.contains(&out_text), "{}", ended.stderr);
    assert_eq!(published(&out), before, "the earlier output is whole");
    assert!(hidden(&out).is_empty(), "{:?}", hidden(&out));
    write(folder.path(), "orders.csv", ORDERS);
    run_ok(folder.path(), &["run", "p.toml", "--out", &out_text]);
}

#[test]
fn a_read_only_disk() {
    let folder = folder(&[("orders.csv", ORDERS), ("p.toml", PIPELINE)]);
    let Some(disk) = SmallDisk::mount(&folder.path().join("disk"), "size=4m") else { return };
    let out = disk.0.join("out");
    let out_text = out.display().to_string();
    run_ok(folder.path(), &["run", "p.toml", "--out", &out_text]);
    let before = published(&out);
    let remounted = std::process::Command::new("mount").args(["-o", "remount,ro"]).arg(&disk.0).status();
    assert!(remounted.is_ok_and(|s| s.success()));
    let ended = acrm(folder.path(), &["run", "p.toml", "--out", &out_text]);
    assert_eq!(ended.code, 1, "{}", ended.stderr);
    assert!(ended.stderr.contains("read-only") && ended.stderr.contains("--out"), "{}", ended.stderr);
    assert_eq!(published(&out), before);
}

/// The same without any right to mount: files may not grow past a limit, as under a quota.
#[test]
fn files_that_may_not_grow() {
    let folder = after_a_good_night();
    let before = published(&folder.path().join("out"));
    write(folder.path(), "orders.csv", many_orders(2));
    let command = format!("trap '' XFSZ; ulimit -f 64; exec '{}' run p.toml", env!("CARGO_BIN_EXE_acrm"));
    let output =
        std::process::Command::new("bash").args(["-c", &command]).current_dir(folder.path()).output().expect("bash");
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{message}");
    assert!(message.contains(".parquet") && message.to_lowercase().contains("file too large"), "{message}");
    assert_eq!(published(&folder.path().join("out")), before, "the earlier output is whole");
    assert!(hidden(&folder.path().join("out")).is_empty());
    run_ok(folder.path(), &["run", "p.toml"]);
}
