//! Pipelines without a transactions source: files that hold everything in one row per customer.

use crate::support::{acrm, folder, numbers, quality, run_ok, shared, table, texts};

const ANSWERS: &str = "age,group,visited\n31,A,1\n44,B,0\n31,A,1\n";

fn pipeline(sources: &str, as_of: &str) -> String {
    format!("[pipeline]\nname = \"t\"\n{as_of}{sources}")
}

const EVERYONE: &str = "[sources.customers]\npath = \"rows.csv\"\ncolumns = { customer_id = \"#row\" }\n\
    [sources.contacts]\npath = \"rows.csv\"\n\
    columns = { customer_id = \"#row\", campaign_id = \"=trial\", arm = \"group\", responded = \"visited\" }\n\
    [clean]\ncontrol_arms = [\"B\"]\n";

/// Rows that are alike are customers of their own, and bear the number of their line.
#[test]
fn rows_without_an_id_are_numbered_and_none_is_merged() {
    let text = pipeline(EVERYONE, "as_of = \"2024-03-01\"\n");
    let folder = folder(&[("rows.csv", ANSWERS), ("p.toml", &text)]);
    run_ok(folder.path(), &["run", "p.toml"]);
    let run = folder.path().join("out/latest");
    let customers = table(&run, "customers");
    assert_eq!(texts(&customers, "customer_id"), ["2", "3", "4"]);
    assert_eq!(numbers(&customers, "age"), [31.0, 44.0, 31.0]);
    assert_eq!(numbers(&customers, "orders"), [0.0; 3]);
    assert_eq!([quality(&run, "customers", "rows_accepted"), quality(&run, "contacts", "rows_accepted")], [3.0, 3.0]);
}

/// Customers alone tell no day, and the check says so; contacts might, and the run says that they don't.
#[test]
fn without_days_the_day_must_be_stated() {
    let text = pipeline("[sources.customers]\npath = \"rows.csv\"\ncolumns = { customer_id = \"#row\" }\n", "");
    let folder = folder(&[("rows.csv", ANSWERS), ("p.toml", &text)]);
    let ended = acrm(folder.path(), &["check", "p.toml"]);
    assert_eq!(ended.code, 2, "{}", ended.stderr);
    assert!(ended.stderr.contains("set as_of"), "{}", ended.stderr);
    run_ok(folder.path(), &["run", "p.toml", "--as-of", "2024-03-01"]);
}

#[test]
fn without_orders_the_day_must_be_stated() {
    let text = pipeline(EVERYONE, "");
    let folder = folder(&[("rows.csv", ANSWERS), ("p.toml", &text)]);
    let ended = acrm(folder.path(), &["run", "p.toml"]);
    assert_eq!(ended.code, 2, "{}", ended.stderr);
    assert!(ended.stderr.contains("set as_of"), "{}", ended.stderr);
    run_ok(folder.path(), &["run", "p.toml", "--as-of", "2024-03-01"]);
}

/// A constant stands for a day, too, and the newest answer is the day of the run.
#[test]
fn a_survey_without_dates_takes_the_day_that_the_pipeline_says() {
    let sources = "[sources.customers]\npath = \"rows.csv\"\ncolumns = { customer_id = \"#row\" }\n\
        [sources.feedback]\npath = \"rows.csv\"\n\
        columns = { customer_id = \"#row\", timestamp = \"=2024-06-30\", score = \"visited\", instrument = \"=csat\", scale = \"=0-1\" }\n";
    let folder = folder(&[("rows.csv", ANSWERS), ("p.toml", &pipeline(sources, ""))]);
    run_ok(folder.path(), &["run", "p.toml"]);
    assert!(folder.path().join("out/as_of=2024-06-30").exists());
}

#[test]
fn a_pipeline_that_names_neither_orders_nor_customers_is_refused() {
    let sources = "[sources.contacts]\npath = \"rows.csv\"\n";
    let folder = folder(&[("rows.csv", ANSWERS), ("p.toml", &pipeline(sources, ""))]);
    let ended = acrm(folder.path(), &["check", "p.toml"]);
    assert_eq!(ended.code, 2, "{}", ended.stderr);
    assert!(ended.stderr.contains("there is no `[sources.transactions]`"), "{}", ended.stderr);
}

/// 6,562 rows of the e-mail challenge equal another row; each is a customer all the same.
#[test]
fn the_email_challenge_keeps_each_of_its_rows() {
    let Some(file) = shared("data/hillstrom/hillstrom.csv") else { return };
    let sources = format!(
        "[sources.customers]\npath = \"{0}\"\ncolumns = {{ customer_id = \"#row\" }}\n[sources.contacts]\npath = \"{0}\"\n\
         columns = {{ customer_id = \"#row\", campaign_id = \"=email\", arm = \"segment\", responded = \"visit\" }}\n\
         [clean]\ncontrol_arms = [\"No E-Mail\"]\n",
        file.display()
    );
    let folder = folder(&[("p.toml", &pipeline(&sources, "as_of = \"2008-03-20\"\n"))]);
    run_ok(folder.path(), &["run", "p.toml"]);
    let run = folder.path().join("out/latest");
    assert_eq!(table(&run, "customers").height(), 64_000);
    assert_eq!(quality(&run, "contacts", "rows_accepted"), 64_000.0);
}
