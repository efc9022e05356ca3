//! The e-mail challenge of Hillstrom (2008): average effects per arm against independently computed figures.

use std::path::PathBuf;

use acrm::numerics::experiments::{Difference, Moments, ShareTest, cuped, relative_lift};
use acrm::numerics::surveys::inference::Confidence;

use crate::family::close;
use crate::reference::table;

/// Arm, outcomes and history of each customer; `None` where the data are not there.
fn customers() -> Option<Vec<(String, [f64; 3], f64)>> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data/hillstrom/hillstrom.csv");
    let text = std::fs::read_to_string(path).ok()?;
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next()?.split(',').collect();
    let place = |name: &str| names.iter().position(|own| *own == name).expect("a column");
    let [arm, history] = ["segment", "history"].map(place);
    let outcomes = ["visit", "conversion", "spend"].map(place);
    // a history segment such as "7) $1,000 +" holds a comma
    let cells = |line: &str| -> Vec<String> {
        let mut parts = vec![String::new()];
        for (at, piece) in line.split('"').enumerate() {
            for (more, text) in piece.split(|c| c == ',' && at % 2 == 0).enumerate() {
                if more > 0 {
                    parts.push(String::new());
                }
                parts.last_mut().expect("one at least").push_str(text);
            }
        }
        parts
    };
    let row = |line: &str| {
        let cells = cells(line);
        let number = |at: usize| cells[at].parse::<f64>().expect("a number");
        (cells[arm].clone(), outcomes.map(number), number(history))
    };
    Some(lines.map(row).collect())
}

#[test]
fn hillstrom_average_effects() {
    let (Some(reference), Some(customers)) = (table("uplift/hillstrom_ate.csv"), customers()) else { return };
    let confidence = Confidence::default();
    for row in reference.rows() {
        let (arm, outcome) = (row.text("arm"), row.text("outcome"));
        let at = ["visit", "conversion", "spend"].iter().position(|name| *name == outcome).expect("an outcome");
        let is_treated = |own: &str| own == arm || (arm == "Any E-Mail" && own != "No E-Mail");
        let split = |of: &dyn Fn(&str) -> bool| -> (Vec<f64>, Vec<f64>) {
            customers.iter().filter(|(own, ..)| of(own)).map(|(_, outcomes, history)| (outcomes[at], *history)).unzip()
        };
        let (treated, before) = split(&is_treated);
        let (control, before_control) = split(&|own| own == "No E-Mail");
        let [first, second] = [&treated, &control].map(|values| Moments::of(values).expect("finite").expect("some"));
        let found = Difference::of(Some(&first), Some(&second), confidence).expect("both groups");
        let test = found.test.expect("variation");
        let adjusted = cuped((&treated, &before), (&control, &before_control), confidence).expect("a covariate");
        for (name, got) in [
            ("n_t", first.customers as f64),
            ("n_c", second.customers as f64),
            ("mean_t", first.mean),
            ("mean_c", second.mean),
            ("ate", found.effect),
            ("se", test.standard_error),
            ("ci_lo", test.normal.lower),
            ("ci_hi", test.normal.upper),
            ("welch_df", test.degrees),
            ("ci_lo_t", test.lower),
            ("ci_hi_t", test.upper),
            ("z", test.z),
            ("p_value_z", test.p_normal),
            ("relative_lift", relative_lift(found.effect, second.mean).expect("a mean above zero")),
            ("cuped_theta_history", adjusted.theta),
            ("cuped_ate", adjusted.effect),
            ("cuped_se", adjusted.test.standard_error),
        ] {
            // a chance of 1e-113 changes by more than its z does
            let tolerance = if name == "p_value_z" { 1e-9 } else { 2e-11 };
            close(&format!("{arm} {outcome} {name}"), got, row.value(name), tolerance, 1e-300);
        }
        if row.has("z_pooled") {
            let yes = |values: &[f64]| (values.iter().sum::<f64>() as u64, values.len() as u64);
            let shares = ShareTest::of(yes(&treated), yes(&control), confidence).expect("both groups");
            close("z pooled", shares.z.expect("variation"), row.value("z_pooled"), 2e-11, 0.0);
            close("p pooled", shares.p.expect("variation"), row.value("p_value_pooled"), 2e-9, 1e-300);
        }
    }
}
