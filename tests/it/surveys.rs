//! Surveys and field service, which have no transactions: NPS and CSAT against a direct count of the same files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::support::{acrm, close, duckdb, folder, numbers, quality, run_ok, shared, table, texts};

/// Runs a pipeline over files of the shared folder.
fn run(pipeline: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = folder(&[("p.toml", &format!("[pipeline]\nname = \"survey\"\n{pipeline}"))]);
    run_ok(folder.path(), &["run", "p.toml"]);
    let run = folder.path().join("out/latest").canonicalize().expect("a run");
    (folder, run)
}

/// Answers, score and interval of an instrument over all customers.
fn over_all(run: &Path, instrument: &str) -> [f64; 4] {
    let groups = table(run, "satisfaction_groups");
    let (grouping, of) = (texts(&groups, "grouping"), texts(&groups, "instrument"));
    let row = (0..groups.height()).find(|row| grouping[*row] == "all" && of[*row] == instrument);
    let row = row.unwrap_or_else(|| panic!("{instrument} among {of:?}"));
    ["answers", "score", "lower", "upper"].map(|name| numbers(&groups, name)[row])
}

/// Every source is balanced: rows read are accepted, merged, after the day or refused.
fn assert_balanced(run: &Path, sources: &[&str]) {
    for source in sources {
        let count = |check: &str| quality(run, source, check);
        let places =
            ["accepted", "merged", "out_of_window", "quarantined"].map(|place| count(&format!("rows_{place}")));
        assert_eq!(count("rows_read"), places.iter().sum::<f64>(), "{source}: {places:?}");
    }
}

#[test]
fn field_service_with_its_answers() {
    let (Some(visits), Some(answers)) =
        (shared("data/field_service_nps/serviceappointments.parquet"), shared("data/field_service_nps/nps.csv"))
    else {
        return;
    };
    let (visits, answers) = (visits.display(), answers.display());
    let (_keep, run) = run(&format!(
        "[sources.customers]\npath = \"{visits}\"\ncolumns = {{ customer_id = \"serviceappointment_id\" }}\n\
         [sources.interactions]\npath = \"{visits}\"\ncolumns = {{ customer_id = \"serviceappointment_id\", timestamp = \"on_site\", \
         touchpoint = \"work_type\", outcome = \"status\" }}\n\
         [sources.feedback]\npath = \"{answers}\"\ncolumns = {{ customer_id = \"serviceappointment_id\", \
         timestamp = \"submitted_at\", score = \"nps\", instrument = \"=nps\" }}\n\
         [satisfaction]\n[journey]\n[knowledge]\n"
    ));
    assert_balanced(&run, &["customers", "interactions", "feedback"]);
    let expected = duckdb(&format!(
        "WITH newest AS (SELECT serviceappointment_id AS id, arg_max(nps, submitted_at) AS nps \
         FROM read_csv('{answers}') WHERE nps BETWEEN 0 AND 10 AND nps = floor(nps) GROUP BY ALL) \
         SELECT count(*), 100.0 * (count(*) FILTER (nps >= 9) - count(*) FILTER (nps <= 6)) / count(*), \
         (SELECT count(*) FROM read_csv('{answers}') WHERE NOT (nps BETWEEN 0 AND 10 AND nps = floor(nps))) FROM newest"
    ));
    let Some(expected) = expected else { return };
    let expected = expected[0].iter().map(|cell| cell.parse::<f64>().expect("a number")).collect::<Vec<_>>();
    let [count, nps, lower, upper] = over_all(&run, "nps");
    assert_eq!(count, expected[0], "customers who answered");
    close("NPS", nps, expected[1], 1e-9);
    assert!(lower < nps && nps < upper && upper - lower < 6.0, "{lower} to {upper}");
    assert_eq!(quality(&run, "feedback", "quarantined_unreadable_score"), expected[2], "answers above 10 are refused");
    let journeys = table(&run, "journey_experience");
    assert!(journeys.height() > 0, "visits are touchpoints");
    assert!(numbers(&table(&run, "knowledge"), "knowledge_coverage").iter().all(|share| (0.0..=1.0).contains(share)));
    assert_eq!(table(&run, "knowledge").height(), table(&run, "customers").height());
    println!("field service: NPS {nps:.1} ({lower:.1} to {upper:.1}) of {count} customers");
}

/// What a column of a file holds.
fn column(path: &Path, name: &str) -> Vec<f64> {
    let text = std::fs::read_to_string(path).expect("a file");
    let mut lines = text.lines();
    let at = lines.next().expect("a header").split(',').position(|n| n == name).expect("the column");
    lines.map(|line| line.split(',').nth(at).expect("a cell").parse().expect("a number")).collect()
}

/// Each question of a survey is a column; each answer a row of the feedback.
#[test]
fn a_survey_with_a_column_per_question() {
    let Some(path) = shared("data/survey_csat/ecsi_mobi.csv") else { return };
    let file = path.display();
    let (_keep, run) = run(&format!(
        "[sources.customers]\npath = \"{file}\"\ncolumns = {{ customer_id = \"#row\" }}\n\
         [sources.feedback]\npath = \"{file}\"\n\
         columns = {{ customer_id = \"#row\", timestamp = \"=2001-05-01\" }}\n\
         unpivot = [{{ score = \"CUSL3\", instrument = \"=nps\" }}, \
         {{ score = \"CUSA1\", instrument = \"=csat\", scale = \"=1-10\" }}]\n\
         [satisfaction]\n[knowledge]\n"
    ));
    assert_balanced(&run, &["customers", "feedback"]);
    assert_eq!(quality(&run, "feedback", "rows_accepted"), 500.0, "two answers of each");
    let share = |values: &[f64], is: &dyn Fn(f64) -> bool| {
        values.iter().filter(|value| is(**value)).count() as f64 / values.len() as f64
    };
    let likely = column(&path, "CUSL3");
    let [count, nps, ..] = over_all(&run, "nps");
    assert_eq!(count, 250.0);
    close("NPS", nps, 100.0 * (share(&likely, &|v| v >= 9.0) - share(&likely, &|v| v <= 6.0)), 1e-9);
    let [count, csat, lower, upper] = over_all(&run, "csat");
    assert_eq!(count, 250.0);
    // three quarters up a scale from 1 to 10 is above 7
    close("CSAT", csat, share(&column(&path, "CUSA1"), &|v| v >= 8.0), 1e-9);
    assert!(lower < csat && csat < upper);
    println!("ECSI: NPS {nps:.1}, CSAT {csat:.3} ({lower:.3} to {upper:.3})");
}

#[test]
fn a_bank_survey_by_question() {
    let Some(path) = shared("data/survey_csat/bank_satisfaction.csv") else { return };
    let file = path.display();
    let questions = ["sat1", "sat2", "sat3", "sat4"];
    let each = questions.map(|q| format!("{{ score = \"{q}\", topic = \"={q}\" }}")).join(", ");
    let (_keep, run) = run(&format!(
        "[sources.customers]\npath = \"{file}\"\ncolumns = {{ customer_id = \"#row\" }}\n\
         [sources.feedback]\npath = \"{file}\"\n\
         columns = {{ customer_id = \"#row\", timestamp = \"=2001-05-01\", instrument = \"=csat\", scale = \"=1-10\" }}\n\
         unpivot = [{each}]\n[satisfaction]\n[knowledge]\n\
         [clusters]\nmethod = \"mixture\"\nfeatures = [\"qual1\", \"expe1\", \"loy1\"]\nk = 2\n"
    ));
    assert_eq!(numbers(&table(&run, "cluster_profiles"), "size").iter().sum::<f64>(), 250.0);
    assert_balanced(&run, &["customers", "feedback"]);
    let customers = table(&run, "satisfaction");
    let levels: BTreeMap<String, f64> =
        texts(&customers, "customer_id").into_iter().zip(numbers(&customers, "satisfaction_level")).collect();
    let answers = questions.map(|question| column(&path, question));
    for row in 0..250 {
        let given = answers.iter().map(|values| values[row]).filter(|score| (1.0..=10.0).contains(score));
        let index = given.map(|score| (score - 1.0) / 9.0 * 100.0).collect::<Vec<_>>();
        // the header is line 1
        let level = levels[&(row + 2).to_string()];
        if index.is_empty() {
            assert!(level.is_nan(), "row {row} answered nothing on the scale");
        } else {
            close(&format!("row {row}"), level, index.iter().sum::<f64>() / index.len() as f64, 1e-9);
        }
    }
    let drivers = texts(&table(&run, "satisfaction_drivers"), "driver");
    let outside = answers.iter().flatten().filter(|score| !(1.0..=10.0).contains(*score)).count();
    assert_eq!(quality(&run, "feedback", "rows_quarantined"), outside as f64, "zeros on a scale from 1 to 10");
    assert!(questions.iter().all(|q| drivers.contains(&format!("topic: {q}"))), "{drivers:?}");
    assert!(texts(&table(&run, "customers"), "gender").iter().all(|word| word == "male" || word == "female"));
}

/// What is wrong with `unpivot` is said with its place.
#[test]
fn a_question_that_is_not_there_is_said() {
    let feedback = |unpivot: &str| {
        format!(
            "[pipeline]\nname = \"t\"\nas_of = \"2024-05-01\"\n[sources.customers]\npath = \"s.csv\"\n\
             columns = {{ customer_id = \"id\" }}\n[sources.feedback]\npath = \"s.csv\"\n\
             columns = {{ customer_id = \"id\", timestamp = \"=2024-04-01\" }}\nunpivot = {unpivot}\n"
        )
    };
    let check = |unpivot: &str| {
        let folder = folder(&[("s.csv", "id,q1,q2\na,5,1\nb,4,2\n"), ("p.toml", &feedback(unpivot))]);
        acrm(folder.path(), &["run", "p.toml"])
    };
    let fine = check("[{ score = \"q1\", topic = \"=price\" }, { score = \"q2\", topic = \"=service\" }]");
    assert_eq!(fine.code, 0, "{}", fine.stderr);
    let missing = check("[{ score = \"q1\" }, { score = \"q3\" }]");
    assert!(missing.code == 3 && missing.stderr.contains("q3"), "{}", missing.stderr);
    let wrong = check("[{ scor = \"q1\" }]");
    assert!(wrong.code == 2 && wrong.stderr.contains("scor"), "{}", wrong.stderr);
}
