//! What is needed to know a model again: its outcome, data, choice and, where it has any, coefficients.

use serde_json::{Value, json};

use crate::numerics::classify::{Calibrator, EncodedColumn, Evaluation, Scorer};
use crate::table::format_day;

use super::learn::Learned;
use super::tables::Found;

/// A figure with few digits.
fn rounded(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}

/// The content for one outcome.
pub(super) fn content(found: &Found<'_>) -> Value {
    let task = found.task;
    let cuts = found.cuts.iter().filter(|cut| cut.purpose != "score");
    let cuts = cuts.map(|cut| json!({ "cut": format_day(cut.cut), "use": cut.purpose, "customers": cut.customers }));
    let learned = found.learned.as_ref();
    json!({
        "outcome": task.wording(),
        "horizon_days": if task.is_label() { Value::Null } else { json!(task.horizon_days) },
        "cuts": cuts.collect::<Vec<_>>(),
        "threshold": task.offer().map(|offer| offer.threshold()).filter(|t| t.is_finite()),
        "model": learned.map(model),
        "tests": learned.map(tests),
    })
}

fn model(learned: &Learned) -> Value {
    let calibration = match &learned.calibrator {
        Calibrator::Identity => json!({ "kind": "none" }),
        Calibrator::Platt { slope, shift } => {
            json!({ "kind": "platt", "slope": rounded(*slope), "shift": rounded(*shift) })
        }
        Calibrator::Isotonic { points } => {
            let points = points.iter().map(|(x, y)| [rounded(*x), rounded(*y)]).collect::<Vec<_>>();
            json!({ "kind": "isotonic", "points": points })
        }
    };
    let fit = match &learned.all_scorer {
        Scorer::Logistic(model) => {
            let name = |column: usize| {
                let (feature, kind) = &learned.all_encoder.columns()[column];
                let feature = &learned.all_encoder.names()[*feature];
                match kind {
                    EncodedColumn::Number => feature.clone(),
                    EncodedColumn::Missing => format!("{feature} is missing"),
                    EncodedColumn::Level(level) => format!("{feature} = {level}"),
                    EncodedColumn::Other => format!("{feature} is another"),
                }
            };
            let coefficients = model.coefficients.iter().enumerate();
            let coefficients = coefficients.map(|(at, b)| (name(at), json!(rounded(*b))));
            json!({
                "intercept": rounded(model.intercept),
                "coefficients": coefficients.collect::<serde_json::Map<_, _>>(),
                "log_likelihood": rounded(model.log_likelihood),
                "is_converged": model.is_converged,
            })
        }
        Scorer::Forest(_) => Value::Null,
    };
    json!({
        "learner": learned.chosen().learner.name(),
        "rows": learned.rows,
        "positives": learned.positives,
        "calibration": calibration,
        "fit": fit,
    })
}

fn tests(learned: &Learned) -> Value {
    let figures =
        |e: &Evaluation| json!({ "auc": e.auc.map(|a| rounded(a.value)), "log_loss": rounded(e.log_loss.value) });
    let models = learned.candidates.iter().map(|c| (c.learner.name().to_owned(), figures(&c.test)));
    let baselines = learned.baselines.iter().map(|b| (b.name.to_owned(), figures(&b.test)));
    json!({
        "how": if learned.is_out_of_time { "out of time" } else { "customers held out" },
        "results": models.chain(baselines).collect::<serde_json::Map<_, _>>(),
    })
}
