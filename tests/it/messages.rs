//! What is said, where, and how: quiet runs, JSON logs, help, completions, pipes that close.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::{acrm, folder, run_ok};

const ORDERS: &str =
    "customer_id,timestamp,amount\n1,2024-01-01,10\n1,2024-02-01,20\n2,2024-01-15,5\n,2024-03-01,7\n3,2024-03-01,7\n";
const PIPELINE: &str = "[pipeline]\nname = \"said\"\ncurrency = \"EUR\"\n[sources.transactions]\npath = \"orders.csv\"\n\
    [[segments]]\nname = \"many\"\nwhere = \"orders >= 2\"\n[[targets]]\nname = \"few\"\nwhere = \"orders = 1\"\n";

fn shop() -> tempfile::TempDir {
    folder(&[("orders.csv", ORDERS), ("p.toml", PIPELINE)])
}

/// The summary: what was read, refused, fitted, published, and the largest segments.
#[test]
fn a_run_is_summed_up() {
    let folder = shop();
    let ended = run_ok(folder.path(), &["run", "p.toml"]);
    for words in [
        "said as of 2024-03-01",
        "rows read",
        "quarantined",
        "42.00",
        "bg_nbd: r ",
        "gamma_gamma: p ",
        "largest segments",
        "published 18 tables",
        "out/as_of=2024-03-01",
        "customers 3",
    ] {
        assert!(ended.stdout.contains(words), "{words}: {}", ended.stdout);
    }
    assert!(ended.stderr.lines().all(|l| l.starts_with("warning")), "stderr carries warnings only: {}", ended.stderr);
    assert!(!ended.stdout.contains('\u{1b}') && !ended.stderr.contains('\u{1b}'), "no colours into a pipe");
    let checked = run_ok(folder.path(), &["check", "p.toml"]);
    assert!(checked.stdout.contains("are right") && checked.stdout.contains("customer_id"), "{}", checked.stdout);
}

#[test]
fn check_writes_nothing() {
    let folder = shop();
    run_ok(folder.path(), &["check", "p.toml"]);
    assert!(!folder.path().join("out").exists());
}

#[test]
fn quiet_says_nothing_but_errors() {
    let folder = shop();
    for arguments in [["run", "p.toml", "--quiet"], ["--quiet", "run", "p.toml"], ["check", "p.toml", "-q"]] {
        let ended = run_ok(folder.path(), &arguments);
        assert_eq!((ended.stdout.as_str(), ended.stderr.as_str()), ("", ""), "{arguments:?}");
    }
    let ended = run_ok(folder.path(), &["run", "p.toml", "--quiet", "--log-format", "json"]);
    assert_eq!((ended.stdout.as_str(), ended.stderr.as_str()), ("", ""), "in JSON, too");
    let ended = acrm(folder.path(), &["run", "none.toml", "--quiet"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (2, ""));
    assert!(ended.stderr.contains("none.toml"), "errors are said all the same");
}

/// Runs a command on a terminal of its own; what it shows, or nothing where there is no `script`.
fn on_a_terminal(folder: &Path, arguments: &str, no_colour: &str) -> Option<String> {
    let command = format!("'{}' {arguments}", env!("CARGO_BIN_EXE_acrm"));
    let mut script = Command::new("script");
    script.args(["-qec", &command, "/dev/null"]).current_dir(folder).env("NO_COLOR", no_colour).env("TERM", "xterm");
    match script.output() {
        Ok(output) => Some(String::from_utf8_lossy(&output.stdout).into_owned()),
        Err(_) => {
            println!("skipped: no `script` to make a terminal");
            None
        }
    }
}

/// On a terminal there are bars for the stages, and errors have colours unless NO_COLOR is set.
#[test]
fn a_terminal_shows_bars_and_colours() {
    let folder = shop();
    let Some(shown) = on_a_terminal(folder.path(), "run p.toml", "") else { return };
    assert!(shown.contains("\u{1b}[") && shown.contains("as of 2024-03-01"), "bars come and go: {shown:?}");
    let quiet = on_a_terminal(folder.path(), "run p.toml --quiet", "").unwrap_or_default();
    assert_eq!(quiet, "");
    std::fs::write(folder.path().join("p.toml"), PIPELINE.replace("name = \"said\"", "nmae = \"said\""))
        .expect("a file");
    let coloured = on_a_terminal(folder.path(), "check p.toml", "").unwrap_or_default();
    let plain = on_a_terminal(folder.path(), "check p.toml", "1").unwrap_or_default();
    assert!(coloured.contains("\u{1b}[") && coloured.contains("nmae"), "{coloured:?}");
    assert!(!plain.contains('\u{1b}') && plain.contains("unknown key `nmae`"), "{plain:?}");
}

#[track_caller]
fn every_line_is_json(text: &str) -> Vec<serde_json::Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"))).collect()
}

#[test]
fn logs_in_json() {
    let folder = shop();
    let ended = run_ok(folder.path(), &["run", "p.toml", "--log-format", "json"]);
    let lines = every_line_is_json(&ended.stderr);
    assert!(lines.iter().any(|l| l["stage"] == "read and clean" && l["event"] == "begin"), "{}", ended.stderr);
    assert!(lines.iter().any(|l| l["level"] == "warning"), "{}", ended.stderr);
    let manifest = every_line_is_json(&ended.stdout);
    assert_eq!((manifest.len(), &manifest[0]["as_of"]), (1, &"2024-03-01".into()));
    std::fs::write(folder.path().join("p.toml"), PIPELINE.replace("orders >= 2", "ordrs >= 2")).expect("a file");
    for arguments in [["run", "p.toml", "--log-format=json"], ["check", "p.toml", "--log-format=json"]] {
        let ended = acrm(folder.path(), &arguments);
        let lines = every_line_is_json(&ended.stderr);
        let message = lines.last().expect("an error")["message"].as_str().expect("text").to_owned();
        assert_eq!((ended.code, &lines.last().expect("an error")["level"]), (2, &"error".into()));
        assert!(message.contains("p.toml:8:10") && message.contains("did you mean `orders`?"), "{message}");
    }
    for arguments in [["--log-format=json", "run", "none.toml"], ["--log-format=json", "walk", "p.toml"]] {
        let ended = acrm(folder.path(), &arguments);
        assert_eq!(ended.code, 2);
        assert!(!every_line_is_json(&ended.stderr).is_empty(), "{arguments:?}");
    }
}

#[test]
fn wrong_usage_ends_with_2() {
    let folder = shop();
    for arguments in [
        &["run"][..],
        &["walk"],
        &[],
        &["run", "p.toml", "--as-of", "01.03.2024"],
        &["run", "p.toml", "--threads", "0"],
        &["run", "p.toml", "--log-format", "xml"],
        &["schema", "nothing"],
        &["completions", "cmd"],
        &["explain", "out/latest", "--customer", "1"],
    ] {
        let ended = acrm(folder.path(), arguments);
        assert_eq!(ended.code, 2, "{arguments:?}: {}", ended.stderr);
        assert!(!ended.stderr.is_empty() && ended.stdout.is_empty(), "{arguments:?}");
    }
    let near = acrm(folder.path(), &["chek", "p.toml"]);
    assert!(near.code == 2 && near.stderr.contains("'check'"), "the nearest command is named: {}", near.stderr);
}

/// Help says what a command is for, shows an example of each, and names the exit codes.
#[test]
fn help_has_examples() {
    let here = Path::new(".");
    let all = run_ok(here, &["--help"]).stdout;
    for words in
        ["Examples:", "acrm run pipelines/shop.toml", "Exit codes:", "--quiet", "--log-format", "Run a pipeline"]
    {
        assert!(all.contains(words), "{words}: {all}");
    }
    for command in ["run", "check", "explain", "synth", "schema", "completions"] {
        assert!(all.contains(&format!("  {command} ")), "{command}: {all}");
        let help = run_ok(here, &[command, "--help"]).stdout;
        assert!(help.contains("Usage:"), "{command}: {help}");
        assert!(
            help.contains("Example") && help.contains(&format!("acrm {command} ")),
            "{command} has an example: {help}"
        );
    }
    let run = run_ok(here, &["run", "--help"]).stdout;
    insta::assert_snapshot!(run.lines().take_while(|l| !l.starts_with("Examples")).collect::<Vec<_>>().join("\n"));
    assert!(run_ok(here, &["--version"]).stdout.starts_with("acrm 0."));
}

#[test]
fn completions_of_every_shell() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ended = run_ok(Path::new("."), &["completions", shell]);
        assert!(ended.stdout.contains("explain") && ended.stdout.contains("log-format"), "{shell}");
        assert_eq!(ended.stderr, "");
    }
    let bash = run_ok(Path::new("."), &["completions", "bash"]).stdout;
    let folder = folder(&[("acrm.bash", &bash)]);
    match Command::new("bash").args(["-n", "acrm.bash"]).current_dir(folder.path()).status() {
        Ok(status) => assert!(status.success(), "bash reads its completions"),
        Err(_) => println!("skipped: no bash"),
    }
}

/// A reader that goes away early (`acrm schema | head -1`) is no failure and no panic.
#[test]
fn a_pipe_that_closes() {
    let folder = shop();
    run_ok(folder.path(), &["run", "p.toml"]);
    for arguments in [
        &["schema"][..],
        &["schema", "--format", "json"],
        &["--help"],
        &["run", "--help"],
        &["completions", "zsh"],
        &["run", "p.toml"],
        &["check", "p.toml"],
        &["explain", "out/latest", "--customer", "1"],
    ] {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let child = Command::new(env!("CARGO_BIN_EXE_acrm"))
            .args(arguments)
            .current_dir(folder.path())
            .stdout(writer)
            .stderr(Stdio::piped())
            .output()
            .expect("it starts");
        let message = String::from_utf8_lossy(&child.stderr);
        assert_eq!(child.status.code(), Some(0), "{arguments:?}: {message}");
        assert!(!message.contains("panicked") && !message.contains("Broken pipe"), "{arguments:?}: {message}");
    }
}

/// Stderr that is full or gone does not stop the nightly run.
#[test]
fn a_stderr_that_takes_nothing() {
    let folder = shop();
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("a device");
    let status = Command::new(env!("CARGO_BIN_EXE_acrm"))
        .args(["run", "p.toml", "--log-format", "json"])
        .current_dir(folder.path())
        .stdout(Stdio::null())
        .stderr(full)
        .status()
        .expect("it starts");
    assert!(status.success());
    assert!(folder.path().join("out/latest/customers.parquet").exists());
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("a device");
    let ended = Command::new(env!("CARGO_BIN_EXE_acrm")).arg("schema").stdout(full).output().expect("it starts");
    assert_eq!(ended.status.code(), Some(1), "results that can't be written are a failure");
    assert!(String::from_utf8_lossy(&ended.stderr).contains("No space left"), "and that is said");
}

/// Every figure of a customer, and why each rule did or didn't match.
#[test]
fn a_customer_is_explained() {
    let folder = shop();
    run_ok(folder.path(), &["run", "p.toml"]);
    let one = run_ok(folder.path(), &["explain", "out/latest", "--customer", "1"]).stdout;
    for words in ["customers", "orders", "clv", "p_alive", "rfm_segment", "many", "orders = 2", "few"] {
        assert!(one.contains(words), "{words}: {one}");
    }
    let two = run_ok(folder.path(), &["explain", "out/as_of=2024-03-01", "--customer", "2"]).stdout;
    assert!(two.contains("rank"), "{two}");
    let none = acrm(folder.path(), &["explain", "out/latest", "--customer", "01"]);
    assert_eq!(none.code, 2);
    assert!(none.stderr.contains("no customer `01`") && none.stderr.contains("leading zeros"), "{}", none.stderr);
    let nowhere = acrm(folder.path(), &["explain", "out", "--customer", "1"]);
    assert_eq!(nowhere.code, 2);
    assert!(nowhere.stderr.contains("no published run"), "{}", nowhere.stderr);
}

/// What went in is written down: files with their hashes, counts, parameters, warnings, versions.
#[test]
fn the_manifest_says_what_went_in() {
    let folder = shop();
    run_ok(folder.path(), &["run", "p.toml"]);
    let run = folder.path().join("out/latest");
    let read = |name: &str| std::fs::read_to_string(run.join(name)).expect("a file");
    let manifest: serde_json::Value = serde_json::from_str(&read("manifest.json")).expect("JSON");
    let digest = |text: &str| {
        use sha2::{Digest, Sha256};
        Sha256::digest(text.as_bytes()).iter().map(|b| format!("{b:02x}")).collect::<String>()
    };
    let input = &manifest["inputs"][0];
    assert_eq!(input["file"], "orders.csv");
    assert_eq!(input["bytes"], ORDERS.len());
    assert_eq!(input["sha256"], digest(ORDERS));
    assert_eq!(manifest["pipeline_sha256"], digest(PIPELINE));
    assert_eq!(read("pipeline.toml"), PIPELINE);
    assert_eq!((&manifest["currency"], &manifest["acrm_version"]), (&"EUR".into(), &env!("CARGO_PKG_VERSION").into()));
    let places = manifest["balance"][0]["places"].as_array().expect("places");
    let place = |name: &str| places.iter().find(|p| p[0] == name).expect("a place").clone();
    assert_eq!(place("read"), serde_json::json!(["read", 5, "49.00"]));
    assert_eq!(place("quarantined"), serde_json::json!(["quarantined", 1, "7.00"]));
    assert!(manifest["models"]["clv"]["purchases"]["parameters"]["r"].is_number());
    assert!(!manifest["warnings"].as_array().expect("a list").is_empty(), "a fit to three customers is warned of");
    for entry in manifest["tables"].as_array().expect("tables") {
        let path = run.join(format!("{}.parquet", entry["table"].as_str().expect("a name")));
        assert_eq!(entry["bytes"], std::fs::metadata(path).expect("written").len());
    }
}
