//! The tables.

use arrow::array::{Array, Date32Array, Float64Array, Int64Array};
use rayon::prelude::*;

use crate::clean::{Answer, Cleaned, DAY_MINUTES, Instrument};
use crate::numerics::lifecycle::{Cause, GapLogs, Move, Stage, Thresholds, typical_gap, walk};
use crate::stage::{ModelFile, Output, StageError, StageInputs, Step};
use crate::table::{Categories, Quality, Table, TableBuilder, TableError, align, civil_date, civil_day, day_list};

use super::analysis::LifecycleOptions;
use super::contract::{LIFECYCLE, LIFECYCLE_MOVES};
use super::plots::stages;

/// Months that the migration matrix goes back.
const MONTHS: usize = 12;

/// Typical gap when nobody has bought twice.
const NO_GAP_DAYS: f64 = 60.0;

/// Rows of the matrix: the stages, and none at the beginning.
const STATES: usize = Stage::ALL.len() + 1;

#[derive(Debug)]
pub(super) struct LifecycleStep {
    pub(super) options: LifecycleOptions,
    /// Whether the section was written.
    pub(super) with_plots: bool,
}

/// Where a customer stands, and where they stood at the end of each month.
#[derive(Debug, Clone, Copy)]
struct Standing {
    now: Option<Move>,
    rhythm_days: f64,
    last_purchase: i32,
    at_month_ends: [Option<Stage>; MONTHS + 1],
}

impl Step for LifecycleStep {
    fn run(&self, inputs: &StageInputs<'_>) -> Result<Output, StageError> {
        let customers = inputs.tables.get("customers")?;
        let history = inputs.tables.get("purchase_history")?;
        let days = history.day_lists("days")?;
        let ids = customers.text("customer_id")?;
        let rows = align(ids, history.text("customer_id")?);
        let logs = GapLogs::new();
        let found = typical_gap((0..days.len()).map(|row| day_list(days, row)), &logs);
        let typical = self.options.typical_gap_days.or(found.map(|(gap, _)| gap)).unwrap_or(NO_GAP_DAYS);
        let thresholds = Thresholds {
            typical_gap_days: typical,
            prior_gaps: self.options.prior_gaps,
            loyal_purchases: self.options.loyal_purchases,
            silences: [
                self.options.slipping_after_rhythms,
                self.options.lapsed_after_rhythms,
                self.options.lost_after_rhythms,
            ],
        };
        let as_of = inputs.run.as_of;
        let ends = month_ends(as_of);
        let answers = Answers::of(inputs.cleaned, self.options.good_answer);
        let standings = (0..rows.len()).into_par_iter().map(|row| {
            let days = if rows.is_null(row) { &[][..] } else { day_list(days, rows.value(row) as usize) };
            let answers = answers.of_customer(ids.value(row));
            standing(days, &answers, as_of, &ends, (&thresholds, &logs))
        });
        let standings = standings.collect::<Vec<_>>();
        let quality = quality(&standings, typical, found.map_or(0, |(_, gaps)| gaps));
        let content = serde_json::json!({
            "typical_gap_days": typical, "gaps": found.map_or(0, |(_, gaps)| gaps), "prior_gaps": thresholds.prior_gaps,
            "loyal_purchases": thresholds.loyal_purchases, "silences_rhythms": thresholds.silences,
            "good_answer": self.options.good_answer,
        });
        let tables = vec![table(ids.clone(), &standings, as_of)?, moves(&standings, &ends)?];
        let models = vec![ModelFile { name: "lifecycle", content }];
        let plots = if self.with_plots { vec![stages(by_stage(&standings))] } else { Vec::new() };
        Ok(Output { tables, models, quality, plots, ..Output::default() })
    }
}

/// Whether answers were good, by the id of the customer.
struct Answers<'a> {
    cleaned: &'a Cleaned,
    good_from: f64,
}

impl<'a> Answers<'a> {
    fn of(cleaned: &'a Cleaned, good_from: f64) -> Self {
        Self { cleaned, good_from }
    }

    /// Days with whether the answer was good, ascending; those without a scale are left out.
    fn of_customer(&self, id: &str) -> Vec<(i32, bool)> {
        if !self.cleaned.feedback.known {
            return Vec::new();
        }
        let Some(key) = self.cleaned.customers.find(id) else { return Vec::new() };
        let judged = |answer: &Answer| {
            let (low, best) = answer.scale?;
            let share = (answer.score - low) as f64 / (best - low) as f64;
            let is_good = answer.instrument != Instrument::Complaint && share >= self.good_from - 1e-9;
            Some((answer.minute.div_euclid(DAY_MINUTES), is_good))
        };
        self.cleaned.feedback.answers.of(key).iter().filter_map(judged).collect()
    }
}

fn standing(
    days: &[i32],
    answers: &[(i32, bool)],
    as_of: i32,
    ends: &[i32],
    (thresholds, logs): (&Thresholds, &GapLogs),
) -> Standing {
    let mut now = None;
    let mut at_month_ends = [None; MONTHS + 1];
    let rhythm_days = walk(days, answers, as_of, thresholds, logs, |step| {
        now = Some(step);
        let later = ends.partition_point(|end| *end < step.day);
        at_month_ends[later..].fill(Some(step.to));
    });
    Standing { now, rhythm_days, last_purchase: days.last().copied().unwrap_or_default(), at_month_ends }
}

/// The ends of the months before, and the as-of day.
fn month_ends(as_of: i32) -> Vec<i32> {
    let mut ends = vec![as_of];
    let mut last = as_of;
    while ends.len() <= MONTHS {
        last = civil_day(civil_date(last).first_of_month()) - 1;
        ends.push(last);
    }
    ends.reverse();
    ends
}

fn names() -> Vec<String> {
    Stage::ALL.map(|stage| stage.name().to_owned()).to_vec()
}

fn table(ids: arrow::array::StringArray, standings: &[Standing], as_of: i32) -> Result<Table, TableError> {
    let code = |stage: Option<Stage>| stage.map_or(-1, |stage| stage as i32);
    let stages = standings.iter().map(|s| code(Some(s.now.map_or(Stage::Prospect, |step| step.to)))).collect();
    let from = standings.iter().map(|s| code(s.now.and_then(|step| step.from))).collect();
    let causes = standings.iter().map(|s| s.now.map_or(Cause::Known, |step| step.cause) as i32).collect();
    let silence = |s: &Standing| s.now.map(|_| f64::from(as_of - s.last_purchase) / s.rhythm_days);
    TableBuilder::new(&LIFECYCLE)
        .text("customer_id", ids)
        .category("lifecycle", Categories::from_codes(stages, names()))
        .day("lifecycle_since", standings.iter().map(|s| s.now.map(|step| step.day)).collect::<Date32Array>())
        .category("lifecycle_from", Categories::from_codes(from, names()))
        .category("lifecycle_reason", Categories::from_codes(causes, Cause::ALL.map(|c| c.name().to_owned()).to_vec()))
        .real("rhythm_days", standings.iter().map(|s| s.now.map(|_| s.rhythm_days)).collect::<Float64Array>())
        .real("silence_rhythms", standings.iter().map(silence).collect::<Float64Array>())
        .build()
}

/// The migration matrix of each month, rows without customers left out.
fn moves(standings: &[Standing], ends: &[i32]) -> Result<Table, TableError> {
    let place = |stage: Option<Stage>| stage.map_or(0, |stage| stage as usize + 1);
    let mut counts = vec![[[0_i64; STATES]; STATES]; MONTHS];
    for standing in standings {
        for (month, pair) in standing.at_month_ends.windows(2).enumerate() {
            counts[month][place(pair[0])][place(pair[1])] += 1;
        }
    }
    let (mut months, mut from, mut to, mut customers) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (month, matrix) in counts.iter().enumerate() {
        for (was, row) in matrix.iter().enumerate() {
            for (is, count) in row.iter().enumerate().skip(1).filter(|(_, count)| **count > 0) {
                months.push(ends[month + 1]);
                from.push(was as i32 - 1);
                to.push(is as i32 - 1);
                customers.push(*count);
            }
        }
    }
    TableBuilder::new(&LIFECYCLE_MOVES)
        .day("month_end", months)
        .category("from_stage", Categories::from_codes(from, names()))
        .category("to_stage", Categories::from_codes(to, names()))
        .count("customers", Int64Array::from(customers))
        .build()
}

/// Customers in each stage.
fn by_stage(standings: &[Standing]) -> [usize; Stage::ALL.len()] {
    let mut counts = [0; Stage::ALL.len()];
    for standing in standings {
        counts[standing.now.map_or(Stage::Prospect, |step| step.to) as usize] += 1;
    }
    counts
}

fn quality(standings: &[Standing], typical: f64, gaps: u64) -> Vec<Quality> {
    let note = format!("geometric mean of {gaps} gaps between purchase days; `[lifecycle] typical_gap_days` keeps it");
    let mut lines = vec![Quality::measured("lifecycle", "typical_gap_days", typical, note)];
    for (stage, count) in Stage::ALL.into_iter().zip(by_stage(standings)) {
        let check = format!("{}_customers", stage.name().replace(' ', "_"));
        lines.push(Quality::measured("lifecycle", &check, count as f64, "customers in this stage"));
    }
    lines
}
