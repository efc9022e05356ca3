//! Rows, learning, scores.

use crate::stage::{ModelFile, Output, StageError, StageInputs, Step, customer_column};
use crate::table::{Categories, Quality};

use super::baselines::ByDays;
use super::contract::{
    CHURN_CALIBRATION, CHURN_CUTS, CHURN_DRIVERS, CHURN_MODELS, PROPENSITY_CALIBRATION, PROPENSITY_CUTS,
    PROPENSITY_DRIVERS, PROPENSITY_MODELS,
};
use super::cuts::cuts;
use super::judge::drivers;
use super::labels::{Labelled, Picked};
use super::leaks::leaks;
use super::learn::{Learned, MIN_RARER, learn};
use super::model_file::content;
use super::past::{Past, SeenRows};
use super::quality::{quality, summary};
use super::rows::{CutCount, Learning, RowSource};
use super::score::{Scores, score};
use super::tables::{self, Found, Scored, propensity_columns};
use super::task::{Outcome, Task};

#[derive(Debug)]
pub(super) struct ChurnStep {
    /// None when the section is not there.
    pub(super) task: Option<Task>,
}

#[derive(Debug)]
pub(super) struct PropensityStep {
    pub(super) tasks: Vec<Task>,
}

impl Step for ChurnStep {
    fn is_idle(&self) -> bool {
        self.task.is_none()
    }

    fn run(&self, inputs: &StageInputs<'_>) -> Result<Output, StageError> {
        let Some(task) = &self.task else { return Ok(Output::default()) };
        let ids = inputs.tables.get("customers")?.text("customer_id")?;
        let (found, quality) = run(task, inputs)?;
        let model = ModelFile { name: "churn", content: content(&found) };
        let summary = summary(&found);
        let table = tables::churn(&found, ids)?;
        let all = [found];
        let tables = vec![
            table,
            tables::models(&CHURN_MODELS, &all)?,
            tables::calibration(&CHURN_CALIBRATION, &all)?,
            tables::drivers(&CHURN_DRIVERS, &all)?,
            tables::cuts(&CHURN_CUTS, &all)?,
        ];
        Ok(Output { tables, models: vec![model], quality, summary, ..Output::default() })
    }
}

impl Step for PropensityStep {
    fn expanded_columns(&self) -> Vec<(&'static str, String)> {
        self.tasks.iter().flat_map(|task| propensity_columns(task.name.as_deref().unwrap_or_default())).collect()
    }

    fn is_idle(&self) -> bool {
        self.tasks.is_empty()
    }

    fn run(&self, inputs: &StageInputs<'_>) -> Result<Output, StageError> {
        if self.tasks.is_empty() {
            return Ok(Output::default());
        }
        let ids = inputs.tables.get("customers")?.text("customer_id")?;
        let mut out = Output::default();
        let mut all = Vec::new();
        let mut contents = serde_json::Map::new();
        for task in &self.tasks {
            let (found, quality) = run(task, inputs)?;
            out.quality.extend(quality);
            out.summary.extend(summary(&found));
            contents.insert(task.name.clone().unwrap_or_default(), content(&found));
            all.push(found);
        }
        out.models.push(ModelFile { name: "propensity", content: contents.into() });
        out.tables = vec![
            tables::propensities(&all, ids)?,
            tables::models(&PROPENSITY_MODELS, &all)?,
            tables::calibration(&PROPENSITY_CALIBRATION, &all)?,
            tables::drivers(&PROPENSITY_DRIVERS, &all)?,
            tables::cuts(&PROPENSITY_CUTS, &all)?,
        ];
        Ok(out)
    }
}

/// Does everything for one outcome.
fn run<'a>(task: &'a Task, inputs: &StageInputs<'_>) -> Result<(Found<'a>, Vec<Quality>), StageError> {
    let (found, mut lines) = match &task.outcome {
        Outcome::Label { column, positive } => labelled(task, column, positive.as_deref(), inputs)?,
        _ => in_time(task, inputs)?,
    };
    lines.extend(quality(&found));
    Ok((found, lines))
}

/// An outcome within the horizon after past days.
fn in_time<'a>(task: &'a Task, inputs: &StageInputs<'_>) -> Result<(Found<'a>, Vec<Quality>), StageError> {
    let past = Past::of(task, inputs)?;
    let as_of = inputs.run.as_of;
    let days = match past.first_day()? {
        Some(first) => cuts(as_of, first, task.horizon_days, task.min_tenure_days, task.cuts),
        None => Vec::new(),
    };
    let (seen, mut counts) = past.learning(&days, task.max_rows)?;
    let learning = Learning {
        source: &SeenRows { past: &past, cuts: &days, seen: &seen },
        outcomes: seen.iter().map(|s| s.outcome).collect(),
        cuts: seen.iter().map(|s| s.cut).collect(),
        hashes: seen.iter().map(|s| past.hash(s.customer)).collect(),
    };
    let mut lines = unused(task, &past.unused);
    let (now, now_counts) = past.now()?;
    counts.reverse();
    counts.extend(now_counts);
    let today = [as_of];
    let rows = SeenRows { past: &past, cuts: &today, seen: &now };
    let customers = now.iter().map(|s| s.customer).collect::<Vec<_>>();
    let found = found(task, &learning, &rows, customers, counts, inputs, &mut lines)?;
    Ok((found, lines))
}

/// An outcome that a column holds.
fn labelled<'a>(
    task: &'a Task,
    label: &str,
    positive: Option<&str>,
    inputs: &StageInputs<'_>,
) -> Result<(Found<'a>, Vec<Quality>), StageError> {
    let labelled = Labelled::of(task, label, positive, inputs)?;
    let known = (0..labelled.outcomes.len()).filter(|row| labelled.outcomes[*row].is_some()).collect::<Vec<_>>();
    // a hash of the id draws the rows where there are too many
    let share = task.max_rows as f64 / known.len().max(1) as f64;
    let limit = (share.min(1.0) * u64::MAX as f64) as u64;
    let drawn = known.iter().copied().filter(|row| labelled.hashes[*row] <= limit).collect::<Vec<_>>();
    let outcomes = drawn.iter().map(|row| labelled.outcomes[*row] == Some(true)).collect::<Vec<_>>();
    let picked = Picked { source: &labelled, rows: drawn };
    let learning = Learning {
        cuts: vec![0; outcomes.len()],
        hashes: picked.rows.iter().map(|row| labelled.hashes[*row]).collect(),
        outcomes,
        source: &picked,
    };
    let as_of = inputs.run.as_of;
    let count = |purpose, customers: usize, positives: Option<i64>| CutCount {
        cut: as_of,
        outcome: None,
        purpose,
        customers: customers as i64,
        positives,
        too_new: 0,
        not_active: 0,
        ended: 0,
        orders_before: 0,
        orders_after: None,
    };
    let positives = learning.outcomes.iter().filter(|o| **o).count() as i64;
    let counts =
        vec![count("both", learning.outcomes.len(), Some(positives)), count("score", labelled.outcomes.len(), None)];
    let source = task.source();
    let line = |check: &str, count: usize, note: String| {
        Quality::measured(source, &format!("{}{check}", task.prefix()), count as f64, note)
    };
    let without = labelled.outcomes.len() - known.len();
    let mut lines =
        vec![line("customers_without_label", without, format!("`{label}` is empty; judged, not learned from"))];
    if !labelled.texts.is_empty() {
        let note = format!("columns of free text or lists, not used: {}", labelled.texts.join(", "));
        lines.push(line("text_columns", labelled.texts.len(), note));
    }
    let customers = (0..labelled.outcomes.len() as u32).collect();
    let found = found(task, &learning, &labelled, customers, counts, inputs, &mut lines)?;
    Ok((found, lines))
}

/// Learns and scores; without enough to learn from there are no scores, and `run_quality` says so.
fn found<'a>(
    task: &'a Task,
    learning: &Learning<'_>,
    rows: &dyn RowSource,
    customers: Vec<u32>,
    cuts: Vec<CutCount>,
    inputs: &StageInputs<'_>,
    lines: &mut Vec<Quality>,
) -> Result<Found<'a>, StageError> {
    let rarer = learning.rarer();
    let empty = Found {
        task,
        cuts,
        learned: None,
        drivers: Vec::new(),
        scored: Scored {
            customers: Vec::new(),
            scores: score_nobody(),
            baseline: Vec::new(),
            expected_loss: Vec::new(),
        },
    };
    let check = format!("{}rows_of_the_rarer_outcome", task.prefix());
    if rarer < MIN_RARER {
        let note =
            format!("of {} rows; at least {MIN_RARER} are needed to learn {}", learning.outcomes.len(), task.wording());
        let line = Quality::measured(task.source(), &check, rarer as f64, note);
        lines.push(Quality { ok: false, limit: Some(MIN_RARER as f64), ..line });
        return Ok(empty);
    }
    let all = (0..learning.source.len()).collect::<Vec<_>>();
    lines.extend(leaks(task, &learning.source.columns(&all).features(), learning));
    let learned = match learn(task, learning) {
        Ok(learned) => learned,
        Err(failed) => {
            for (name, error) in failed {
                let check = format!("{}{name}_failed", task.prefix());
                lines.push(Quality { ok: false, ..Quality::measured(task.source(), &check, 1.0, error.to_string()) });
            }
            return Ok(empty);
        }
    };
    let scores = score(&learned, rows);
    let baseline = baseline(task, &learned, learning, rows, &customers, inputs);
    let expected_loss = expected_loss(task, &scores, &customers, inputs);
    Ok(Found {
        drivers: drivers(&learned, learning),
        learned: Some(learned),
        scored: Scored { customers, scores, baseline, expected_loss },
        ..empty
    })
}

/// Columns without rows.
fn score_nobody() -> Scores {
    let none = || Categories::from_codes(Vec::new(), Vec::new());
    Scores { probabilities: Vec::new(), deciles: Vec::new(), reasons: vec![none(), none(), none()] }
}

/// The probability without the model: by P(alive) where `[clv]` gives it for the horizon, by the days since the last
/// purchase, or the share of the outcome.
fn baseline(
    task: &Task,
    learned: &Learned,
    learning: &Learning<'_>,
    rows: &dyn RowSource,
    customers: &[u32],
    inputs: &StageInputs<'_>,
) -> Vec<Option<f64>> {
    let buys = match task.outcome {
        Outcome::Lapse if task.ended.is_none() => Some(false),
        Outcome::Purchase => Some(true),
        _ => None,
    };
    let column = format!("p_purchase_{}d", task.horizon_days);
    if let (Some(buys), Ok(bought)) = (buys, customer_column(inputs.tables, &column)) {
        let one = |row: &u32| bought.number(*row as usize).map(|p| if buys { p } else { 1.0 - p });
        return customers.iter().map(one).collect();
    }
    let all = (0..learning.source.len()).collect::<Vec<_>>();
    let own = (0..rows.len()).collect::<Vec<_>>();
    let by_days = ByDays::fit(learning, &all).zip(rows.days_since_last(&own));
    if let Some((fit, days)) = by_days {
        return fit.probabilities(&days).into_iter().map(Some).collect();
    }
    vec![Some(learned.positives as f64 / learned.rows as f64); customers.len()]
}

/// Probability × the value of the horizon that is nearest to the task's.
fn expected_loss(task: &Task, scores: &Scores, customers: &[u32], inputs: &StageInputs<'_>) -> Vec<Option<f64>> {
    let value = || {
        let clv = inputs.tables.get("clv").ok()?;
        let days = |name: &str| name.strip_prefix("clv_")?.strip_suffix('d')?.parse::<i32>().ok();
        let horizons = clv.columns().iter().filter_map(|(name, _)| Some((days(name)?, name)));
        let nearest = horizons.min_by_key(|(days, _)| ((days - task.horizon_days).abs(), *days))?.1;
        customer_column(inputs.tables, nearest).ok()
    };
    let value = value();
    let one = |(row, p): (&u32, &f64)| value.as_ref()?.number(*row as usize).map(|value| p * value);
    customers.iter().zip(&scores.probabilities).map(one).collect()
}

/// Says which attributes were not used, and how to use them.
fn unused(task: &Task, names: &[String]) -> Vec<Quality> {
    if names.is_empty() {
        return Vec::new();
    }
    let note = format!(
        "attributes that may have changed since the cuts, not used: {}; name in `features` those that stood still",
        names.join(", ")
    );
    vec![Quality::measured(task.source(), &format!("{}attributes_not_used", task.prefix()), names.len() as f64, note)]
}
