//! Lines of `run_quality` and of the console.

use crate::numerics::classify::{ProfitPoint, Scorer, best_cutoff};
use crate::table::Quality;

use super::learn::Learned;
use super::tables::Found;
use super::task::Task;

/// Lines about what was learned.
pub(super) fn quality(found: &Found<'_>) -> Vec<Quality> {
    let task = found.task;
    let line = |check: &str, measured: f64, note: String| {
        Quality::measured(task.source(), &format!("{}{check}", task.prefix()), measured, note)
    };
    let mut lines = Vec::new();
    if let Some(now) = found.cuts.iter().find(|cut| cut.purpose == "score") {
        let note = format!("customers known for less than {} days; not judged", task.min_tenure_days);
        lines.push(line("customers_too_new", now.too_new as f64, note));
        if task.active_within_days.is_some() {
            lines.push(line("customers_not_active", now.not_active as f64, "no recent purchase; not judged".into()));
        }
        if task.ended.is_some() {
            lines.push(line("customers_ended", now.ended as f64, "their contract has ended; not judged".into()));
        }
    }
    let Some(learned) = &found.learned else { return lines };
    let note = format!("customers × cuts learned from, {} of them with the outcome", learned.positives);
    lines.push(line("rows_learned", learned.rows as f64, note));
    for (name, error) in &learned.failed {
        lines.push(Quality { ok: false, ..line(&format!("{name}_failed"), 1.0, error.to_string()) });
    }
    if let Scorer::Logistic(model) = &learned.all_scorer {
        let note = "whether the logistic regression that is used reached its optimum";
        let is_converged = f64::from(u8::from(model.is_converged));
        lines.push(Quality { ok: model.is_converged, ..line("is_converged", is_converged, note.into()) });
    }
    let losses = learned.baselines.iter().map(|b| (b.test.log_loss.value, b.name));
    if let Some((loss, name)) = losses.min_by(|a, b| a.0.total_cmp(&b.0)) {
        let own = learned.chosen().test.log_loss.value;
        let note = format!("log loss of the used model in the test, against {name}, the best baseline");
        let limit = Quality::at_most(task.source(), &format!("{}log_loss", task.prefix()), own, loss, note);
        lines.push(limit);
    }
    if !learned.is_out_of_time && !task.is_label() {
        let note = "past cuts with a whole horizon after them: too few for a test out of time, customers were held out";
        lines.push(Quality { ok: false, ..line("cuts", 1.0, note.into()) });
    }
    lines.extend(profit(task, learned).map(|(cutoff, text)| line("threshold", cutoff, text)));
    lines
}

/// The threshold, and what contacting by it would have brought.
fn profit(task: &Task, learned: &Learned) -> Option<(f64, String)> {
    let offer = task.offer()?;
    let threshold = offer.threshold();
    let (probabilities, outcomes) = (&learned.chosen().probabilities, &learned.test_outcomes);
    let own = ProfitPoint::at(threshold, probabilities, outcomes, &offer);
    let all = ProfitPoint::at(f64::NEG_INFINITY, probabilities, outcomes, &offer);
    let best = best_cutoff(probabilities, outcomes, &offer);
    let text = format!(
        "probability from which a contact pays (contact_cost ÷ (success_share × benefit)); in the test it would have contacted \
         {:.1} % for {:.4} a customer, everyone {:.4}, the best cutoff with hindsight {:.4}",
        100.0 * own.contacted,
        own.profit_per_row,
        all.profit_per_row,
        best.profit_per_row
    );
    Some((if threshold.is_finite() { threshold } else { 1.0 }, text))
}

/// Lines for the console.
pub(super) fn summary(found: &Found<'_>) -> Vec<(String, String)> {
    let task = found.task;
    let title = task.name.as_ref().map_or_else(|| "churn".to_owned(), |name| format!("propensity {name}"));
    let Some(learned) = &found.learned else {
        return vec![(title, format!("no model of {}; run_quality says why", task.wording()))];
    };
    let chosen = learned.chosen();
    let auc = |e: &crate::numerics::classify::Evaluation| {
        e.auc.map_or_else(|| "-".to_owned(), |a| format!("{:.3} ({:.3} to {:.3})", a.value, a.lower, a.upper))
    };
    let others = learned.candidates.iter().enumerate().filter(|(at, _)| *at != learned.used);
    let others = others.map(|(_, c)| (c.learner.name(), &c.test));
    let others = others.chain(learned.baselines.iter().map(|b| (b.name, &b.test)));
    let others = others.map(|(name, e)| {
        let area = e.auc.map_or_else(|| "-".to_owned(), |a| format!("{:.3}", a.value));
        format!("{name} {area} / {:.4}", e.log_loss.value)
    });
    let test = if learned.is_out_of_time { "out of time" } else { "on customers held out" };
    let text = format!(
        "{}: {} wins {test}, AUC {}, log loss {:.4} ({}); {} customers judged",
        task.wording(),
        chosen.learner.name(),
        auc(&chosen.test),
        chosen.test.log_loss.value,
        others.collect::<Vec<_>>().join(", "),
        found.scored.customers.len()
    );
    vec![(title, text)]
}
