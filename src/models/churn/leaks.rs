//! Features that know too much.

use crate::numerics::classify::{Feature, separation};
use crate::table::Quality;

use super::rows::Learning;
use super::task::Task;

/// A feature that alone separates the outcomes better than this is mostly a consequence of the outcome.
const TOO_GOOD: f64 = 0.99;

/// Parts of names of columns that are filled only after what is predicted.
const AFTERWARDS: [&str; 9] =
    ["duration", "churn", "cancel", "closed_at", "terminat", "end_date", "ended_at", "exit_", "lapsed"];

/// Most rows that are looked at.
const MOST_ROWS: usize = 50_000;

/// A line of `run_quality` for each feature that gives the outcome away, and for each whose name says that it comes after.
pub(super) fn leaks(task: &Task, features: &[Feature<'_>], learning: &Learning<'_>) -> Vec<Quality> {
    let step = learning.outcomes.len().div_ceil(MOST_ROWS).max(1);
    let rows = (0..learning.outcomes.len()).step_by(step).collect::<Vec<_>>();
    let outcomes = rows.iter().map(|row| learning.outcomes[*row]).collect::<Vec<_>>();
    let mut found = Vec::new();
    for feature in features {
        let name = feature.name;
        let remedy = format!("if so, leave it out: exclude = [\"{name}\"] in {}", task.section());
        let check = format!("{}leak_{name}", task.prefix());
        let area = separation(feature, &rows, &outcomes).unwrap_or(0.5);
        if area > TOO_GOOD {
            let note = format!(
                "`{name}` alone separates the outcomes with this AUC: is it known only after the outcome? {remedy}"
            );
            found.push(Quality::at_most(task.source(), &check, area, TOO_GOOD, note));
        } else if task.is_label() && AFTERWARDS.iter().any(|part| name.contains(part)) {
            let note = format!("AUC of `{name}` alone; by its name it may be known only after the outcome: {remedy}");
            let line = Quality::measured(task.source(), &check, area, note);
            found.push(Quality { ok: false, ..line });
        }
    }
    found
}
