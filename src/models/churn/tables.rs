//! What was found, as tables.

use arrow::array::{Array, BooleanArray, Date32Array, Float64Array, Int32Array, Int64Array, StringArray};

use crate::numerics::classify::{Bin, Evaluation, bins};
use crate::table::{Categories, Column, Table, TableBuilder, TableError, TableSpec};

use super::contract::{CHURN, PROPENSITIES};
use super::judge::Driver;
use super::learn::Learned;
use super::rows::CutCount;
use super::score::Scores;
use super::task::Task;

/// Parts of the calibration table.
const PARTS: usize = 10;

/// Everything that came of a task.
#[derive(Debug)]
pub(super) struct Found<'a> {
    pub(super) task: &'a Task,
    pub(super) cuts: Vec<CutCount>,
    pub(super) learned: Option<Learned>,
    pub(super) drivers: Vec<Driver>,
    pub(super) scored: Scored,
}

/// The customers who are judged.
#[derive(Debug)]
pub(super) struct Scored {
    /// Their rows of the customers table, ascending.
    pub(super) customers: Vec<u32>,
    pub(super) scores: Scores,
    pub(super) baseline: Vec<Option<f64>>,
    pub(super) expected_loss: Vec<Option<f64>>,
}

impl Scored {
    fn above(&self, task: &Task) -> BooleanArray {
        let threshold = task.offer().map(|offer| offer.threshold());
        self.scores.probabilities.iter().map(|p| threshold.map(|threshold| *p > threshold)).collect()
    }
}

/// The table of churn per customer.
pub(super) fn churn(found: &Found<'_>, ids: &StringArray) -> Result<Table, TableError> {
    let scored = &found.scored;
    let own = StringArray::from_iter_values(scored.customers.iter().map(|row| ids.value(*row as usize)));
    let mut builder = TableBuilder::new(&CHURN)
        .text("customer_id", own)
        .real("churn_probability", scored.scores.probabilities.clone())
        .real("churn_probability_baseline", scored.baseline.iter().copied().collect::<Float64Array>())
        .score("churn_decile", scored.scores.deciles.clone())
        .with("churn_above_threshold", Column::Flag(scored.above(found.task)))
        .real("churn_expected_loss", scored.expected_loss.iter().copied().collect::<Float64Array>());
    for (number, words) in scored.scores.reasons.iter().enumerate() {
        builder = builder.category(&format!("churn_reason_{}", number + 1), words.clone());
    }
    builder.build()
}

/// The table of propensities per customer: all customers, empty cells for those who are not judged.
pub(super) fn propensities(all: &[Found<'_>], ids: &StringArray) -> Result<Table, TableError> {
    let mut builder = TableBuilder::new(&PROPENSITIES).text("customer_id", ids.clone());
    for found in all {
        let scored = &found.scored;
        let mut place = vec![None; ids.len()];
        scored.customers.iter().enumerate().for_each(|(at, row)| place[*row as usize] = Some(at as i64));
        let place = Int64Array::from(place);
        let name = found.task.name.as_deref().unwrap_or_default();
        let reals = |values: Float64Array| Column::Real(values).take(&place);
        builder = builder
            .with(format!("propensity_{name}"), reals(scored.scores.probabilities.clone().into()))
            .with(format!("propensity_{name}_baseline"), reals(scored.baseline.iter().copied().collect()))
            .with(
                format!("propensity_{name}_decile"),
                Column::Score(Int32Array::from(scored.scores.deciles.clone())).take(&place),
            )
            .with(format!("propensity_{name}_above_threshold"), Column::Flag(scored.above(found.task)).take(&place));
        for (number, words) in scored.scores.reasons.iter().enumerate() {
            let name = format!("propensity_{name}_reason_{}", number + 1);
            builder = builder.with(name, Column::Category(words.clone()).take(&place));
        }
    }
    builder.build()
}

/// The columns that the table of propensities has for a name.
pub(super) fn propensity_columns(name: &str) -> Vec<(&'static str, String)> {
    let patterns = PROPENSITIES.columns.iter().map(|c| c.name).filter(|n| n.contains("{name}"));
    patterns.map(|pattern| (PROPENSITIES.name, pattern.replace("{name}", name))).collect()
}

/// A table of several tasks; the names of the propensities stand first.
fn builder(spec: &'static TableSpec, names: &[Option<&str>]) -> TableBuilder {
    let builder = TableBuilder::new(spec);
    if spec.column("propensity").is_none() { builder } else { builder.category("propensity", words(names.to_vec())) }
}

fn words(words: Vec<Option<&str>>) -> Categories {
    Categories::from_words(&words)
}

/// A row of the table of models.
struct ModelRow<'a> {
    task: Option<&'a str>,
    model: &'static str,
    kind: &'static str,
    is_used: bool,
    sample: &'static str,
    test: &'static str,
    calibration: &'static str,
    evaluation: Evaluation,
    is_converged: Option<bool>,
    note: String,
}

fn model_rows<'a>(found: &Found<'a>) -> Vec<ModelRow<'a>> {
    let Some(learned) = &found.learned else { return Vec::new() };
    let task = found.task.name.as_deref();
    let test = if learned.is_out_of_time { "out of time" } else { "customers held out" };
    let mut rows = Vec::new();
    for (number, candidate) in learned.candidates.iter().enumerate() {
        let is_converged = match &candidate.scorer {
            crate::numerics::classify::Scorer::Logistic(model) => Some(model.is_converged),
            crate::numerics::classify::Scorer::Forest(_) => None,
        };
        for (sample, evaluation) in [("train", candidate.train), ("test", candidate.test)] {
            rows.push(ModelRow {
                task,
                model: candidate.learner.name(),
                kind: "model",
                is_used: number == learned.used,
                sample,
                test,
                calibration: candidate.calibration,
                evaluation,
                is_converged,
                note: String::new(),
            });
        }
    }
    for baseline in &learned.baselines {
        rows.push(ModelRow {
            task,
            model: baseline.name,
            kind: "baseline",
            is_used: false,
            sample: "test",
            test,
            calibration: "none",
            evaluation: baseline.test,
            is_converged: baseline.is_converged,
            note: match baseline.name {
                "p_alive" => "BG/NBD or MBG/NBD, the more likely, fitted to the same histories".to_owned(),
                "days_since_last" => "logistic regression on it alone".to_owned(),
                _ => "share of the outcome among the training rows".to_owned(),
            },
        });
    }
    rows
}

/// The table of models.
pub(super) fn models(spec: &'static TableSpec, all: &[Found<'_>]) -> Result<Table, TableError> {
    let rows = all.iter().flat_map(model_rows).collect::<Vec<_>>();
    let word = |of: fn(&ModelRow<'_>) -> &'static str| words(rows.iter().map(|r| Some(of(r))).collect());
    let real =
        |of: &dyn Fn(&Evaluation) -> Option<f64>| rows.iter().map(|r| of(&r.evaluation)).collect::<Float64Array>();
    builder(spec, &rows.iter().map(|r| r.task).collect::<Vec<_>>())
        .category("model", word(|r| r.model))
        .category("kind", word(|r| r.kind))
        .with("is_used", Column::Flag(rows.iter().map(|r| Some(r.is_used)).collect()))
        .category("sample", word(|r| r.sample))
        .category("test", word(|r| r.test))
        .category("calibration", word(|r| r.calibration))
        .count("rows", rows.iter().map(|r| r.evaluation.rows as i64).collect::<Vec<_>>())
        .count("positives", rows.iter().map(|r| r.evaluation.positives as i64).collect::<Vec<_>>())
        .real("auc", real(&|e| e.auc.map(|a| a.value)))
        .real("auc_lower", real(&|e| e.auc.map(|a| a.lower)))
        .real("auc_upper", real(&|e| e.auc.map(|a| a.upper)))
        .real("log_loss", real(&|e| Some(e.log_loss.value)))
        .real("log_loss_lower", real(&|e| Some(e.log_loss.lower)))
        .real("log_loss_upper", real(&|e| Some(e.log_loss.upper)))
        .real("brier", real(&|e| Some(e.brier)))
        .real("ks", real(&|e| e.ks))
        .real("average_precision", real(&|e| e.average_precision))
        .real("lift_top_decile", real(&|e| e.lift_top_decile))
        .with("is_converged", Column::Flag(rows.iter().map(|r| r.is_converged).collect()))
        .text("note", rows.iter().map(|r| r.note.as_str()).collect::<Vec<_>>())
        .build()
}

/// The calibration of the used models.
pub(super) fn calibration(spec: &'static TableSpec, all: &[Found<'_>]) -> Result<Table, TableError> {
    let mut rows: Vec<(Option<&str>, Bin)> = Vec::new();
    for found in all {
        if let Some(learned) = &found.learned {
            let own = bins(&learned.chosen().probabilities, &learned.test_outcomes, PARTS);
            rows.extend(own.into_iter().map(|bin| (found.task.name.as_deref(), bin)));
        }
    }
    let count = |of: fn(&Bin) -> usize| rows.iter().map(|(_, b)| of(b) as i64).collect::<Vec<_>>();
    let real = |of: fn(&Bin) -> f64| rows.iter().map(|(_, b)| of(b)).collect::<Vec<_>>();
    builder(spec, &rows.iter().map(|(name, _)| *name).collect::<Vec<_>>())
        .count("decile", count(|b| b.number))
        .count("rows", count(|b| b.rows))
        .count("positives", count(|b| b.positives))
        .real("lowest", real(|b| b.lowest))
        .real("highest", real(|b| b.highest))
        .real("predicted", real(|b| b.predicted))
        .real("observed", real(|b| b.observed.value))
        .real("observed_lower", real(|b| b.observed.lower))
        .real("observed_upper", real(|b| b.observed.upper))
        .real("captured", real(|b| b.captured.unwrap_or(0.0)))
        .build()
}

/// The drivers of all models.
pub(super) fn drivers(spec: &'static TableSpec, all: &[Found<'_>]) -> Result<Table, TableError> {
    let rows = all.iter().flat_map(|f| f.drivers.iter().map(|d| (f.task.name.as_deref(), d))).collect::<Vec<_>>();
    let mut ranks = Vec::with_capacity(rows.len());
    for (at, (name, driver)) in rows.iter().enumerate() {
        let follows = at > 0 && (rows[at - 1].0, rows[at - 1].1.model) == (*name, driver.model);
        ranks.push(if follows { ranks[at - 1] + 1 } else { 1_i64 });
    }
    builder(spec, &rows.iter().map(|(name, _)| *name).collect::<Vec<_>>())
        .category("model", words(rows.iter().map(|(_, d)| Some(d.model)).collect()))
        .count("rank", ranks)
        .text("feature", rows.iter().map(|(_, d)| d.feature.as_str()).collect::<Vec<_>>())
        .real("auc_drop", rows.iter().map(|(_, d)| d.importance.auc_drop).collect::<Vec<_>>())
        .real("log_loss_rise", rows.iter().map(|(_, d)| d.importance.log_loss_rise).collect::<Vec<_>>())
        .text("direction", rows.iter().map(|(_, d)| d.direction.as_str()).collect::<Vec<_>>())
        .real("coefficient", rows.iter().map(|(_, d)| d.coefficient).collect::<Float64Array>())
        .build()
}

/// The days that were looked at.
pub(super) fn cuts(spec: &'static TableSpec, all: &[Found<'_>]) -> Result<Table, TableError> {
    let rows = all.iter().flat_map(|f| f.cuts.iter().map(|c| (f.task.name.as_deref(), c))).collect::<Vec<_>>();
    let count = |of: fn(&CutCount) -> i64| rows.iter().map(|(_, c)| of(c)).collect::<Vec<_>>();
    let some = |of: fn(&CutCount) -> Option<i64>| rows.iter().map(|(_, c)| of(c)).collect::<Int64Array>();
    let day = |of: fn(&CutCount) -> Option<i32>| rows.iter().map(|(_, c)| of(c)).collect::<Date32Array>();
    builder(spec, &rows.iter().map(|(name, _)| *name).collect::<Vec<_>>())
        .day("cut", day(|c| Some(c.cut)))
        .day("outcome_from", day(|c| c.outcome.map(|o| o.0)))
        .day("outcome_until", day(|c| c.outcome.map(|o| o.1)))
        .category("use", words(rows.iter().map(|(_, c)| Some(c.purpose)).collect()))
        .count("customers", count(|c| c.customers))
        .count("positives", some(|c| c.positives))
        .count("too_new", count(|c| c.too_new))
        .count("not_active", count(|c| c.not_active))
        .count("ended", count(|c| c.ended))
        .count("orders_before", count(|c| c.orders_before))
        .count("orders_after", some(|c| c.orders_after))
        .build()
}
