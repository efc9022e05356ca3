//! The tables.

use arrow::array::{Array, Float64Array, Int32Array, Int64Array, StringArray};

use crate::clean::Instrument;
use crate::numerics::surveys::{Ageing, AgeingOptions, SurveyError, age};
use crate::stage::{ModelFile, Output, StageError, StageInputs, Step, customer_column};
use crate::table::{Categories, Column, Quality, Table, TableBuilder, TableError, align, day_list};

use super::analysis::SatisfactionOptions;
use super::answers::Answers;
use super::contract::{SATISFACTION, SILENT_DETRACTORS};
use super::drivers::found;
use super::estimate::{Estimated, estimated};
use super::groups::groups;
use super::plots::plots;

#[derive(Debug)]
pub(super) struct SatisfactionStep {
    pub(super) options: SatisfactionOptions,
    /// Whether the section was written.
    pub(super) with_plots: bool,
}

impl Step for SatisfactionStep {
    fn run(&self, inputs: &StageInputs<'_>) -> Result<Output, StageError> {
        let (cleaned, as_of) = (inputs.cleaned, inputs.run.as_of);
        if !cleaned.feedback.known {
            return Ok(Output::default());
        }
        let fail = |error: SurveyError| StageError::Data(error.to_string());
        let customers = inputs.tables.get("customers")?;
        let ids = customers.text("customer_id")?;
        let answers = Answers::of(ids, cleaned, &self.options);
        let aged = self.aged(&answers, as_of).map_err(fail)?;
        let levels = aged.iter().map(|aged| aged.map(|aged| aged.level)).collect::<Vec<_>>();
        let estimated = estimated(&answers, &levels, customers, cleaned, as_of).map_err(fail)?;
        let view = View { ids, answers: &answers, aged: &aged, estimated: estimated.as_ref(), as_of };
        let groupings = groupings(inputs)?;
        let days = purchase_days(inputs, ids)?;
        let drivers = found(&answers, cleaned, &days).map_err(fail)?;
        let since = as_of - self.options.window_days as i32 + 1;
        let tables = vec![
            view.table()?,
            groups(&answers, &groupings, since)?,
            drivers.table()?,
            self.silent_detractors(&view, inputs)?,
        ];
        let quality = quality(&answers, estimated.as_ref(), tables[3].rows());
        let models = estimated.iter().map(|e| ModelFile { name: "satisfaction", content: e.content() }).collect();
        let plots = if self.with_plots { plots(&tables[1])? } else { Vec::new() };
        Ok(Output { tables, models, quality, plots, ..Output::default() })
    }
}

impl SatisfactionStep {
    fn aged(&self, answers: &Answers, as_of: i32) -> Result<Vec<Option<Ageing>>, SurveyError> {
        let index = answers.answers.iter().map(|answer| answer.index).collect::<Vec<_>>();
        let ages = answers.answers.iter().map(|answer| f64::from((as_of - answer.day()).max(0))).collect::<Vec<_>>();
        let options = AgeingOptions { half_life_days: self.options.half_life_days, ..AgeingOptions::default() };
        age(&answers.offsets, &index, &ages, options)
    }

    /// Valuable, unhappy, and silent for longer than their rhythm allows.
    fn silent_detractors(&self, view: &View<'_>, inputs: &StageInputs<'_>) -> Result<Table, StageError> {
        let customers = inputs.tables.get("customers")?;
        let spend = customers.column("spend_net")?.numbers();
        let days = customers.column("days_since_last")?.numbers();
        let stages = inputs.tables.get("lifecycle")?.categories("lifecycle")?.clone();
        let mut known = spend.iter().copied().filter(|value| value.is_finite()).collect::<Vec<_>>();
        known.sort_unstable_by(|a, b| b.total_cmp(a));
        let place = ((known.len() as f64 * self.options.valuable_share).ceil() as usize).max(1) - 1;
        let valuable_from = known.get(place).copied().unwrap_or(f64::INFINITY);
        let is_silent = |row: usize| matches!(stages.get(row), Some("slipping" | "lapsed" | "lost"));
        let mut rows = (0..view.ids.len())
            .filter(|row| spend[*row] >= valuable_from && spend[*row] > 0.0 && is_silent(*row))
            .filter_map(|row| Some((row, view.satisfaction(row)?)))
            .filter(|(_, (satisfaction, _))| *satisfaction < self.options.unhappy_below)
            .collect::<Vec<_>>();
        rows.sort_by(|(a, _), (b, _)| spend[*b].total_cmp(&spend[*a]).then_with(|| a.cmp(b)));
        let stage = rows.iter().map(|(row, _)| stages.get(*row)).collect::<Vec<_>>();
        let table = TableBuilder::new(&SILENT_DETRACTORS)
            .count("rank", (1..=rows.len() as i64).collect::<Vec<_>>())
            .text("customer_id", StringArray::from_iter_values(rows.iter().map(|(row, _)| view.ids.value(*row))))
            .real("value_to_date", rows.iter().map(|(row, _)| spend[*row]).collect::<Vec<_>>())
            .real("satisfaction", rows.iter().map(|(_, (satisfaction, _))| *satisfaction).collect::<Vec<_>>())
            .with("is_estimated", Column::Flag(rows.iter().map(|(_, (_, estimated))| Some(*estimated)).collect()))
            .category("lifecycle", Categories::from_words(&stage))
            .count("days_since_last", rows.iter().map(|(row, _)| days[*row] as i64).collect::<Vec<_>>());
        Ok(table.build()?)
    }
}

/// The groupings that figures are given for.
fn groupings(inputs: &StageInputs<'_>) -> Result<Vec<(&'static str, Option<Categories>)>, StageError> {
    let mut found = vec![("all", None)];
    for name in ["rfm_segment", "lifecycle", "favourite_channel"] {
        if let Column::Category(words) = customer_column(inputs.tables, name)? {
            found.push((name, Some(words)));
        }
    }
    Ok(found)
}

/// The purchase days of each row of the customers table.
fn purchase_days<'a>(inputs: &StageInputs<'a>, ids: &StringArray) -> Result<Vec<&'a [i32]>, StageError> {
    let history = inputs.tables.get("purchase_history")?;
    let lists = history.day_lists("days")?;
    let rows = align(ids, history.text("customer_id")?);
    let own = |row: usize| if rows.is_null(row) { &[][..] } else { day_list(lists, rows.value(row) as usize) };
    Ok((0..ids.len()).map(own).collect())
}

/// Everything that the table of customers is made of.
struct View<'a> {
    ids: &'a StringArray,
    answers: &'a Answers,
    aged: &'a [Option<Ageing>],
    estimated: Option<&'a Estimated>,
    as_of: i32,
}

impl View<'_> {
    fn estimate(&self, row: usize) -> Option<f64> {
        self.estimated.filter(|e| e.has_skill()).map(|e| e.estimate.predictions[row])
    }

    /// The level, or the estimate, with whether it is one.
    fn satisfaction(&self, row: usize) -> Option<(f64, bool)> {
        let level = self.aged[row].map(|aged| (aged.level, false));
        level.or_else(|| self.estimate(row).map(|estimate| (estimate, true)))
    }

    fn table(&self) -> Result<Table, TableError> {
        let rows = 0..self.ids.len();
        let real = |value: fn(Ageing) -> Option<f64>| {
            self.aged.iter().map(|aged| aged.and_then(value)).collect::<Float64Array>()
        };
        let newest = |row: usize| self.answers.of_row(row).last().map(|answer| i64::from(self.as_of - answer.day()));
        let nps = |row: usize| {
            let newest = self.answers.of_row(row).iter().rev().find(|answer| answer.instrument == Instrument::Nps);
            newest.map(|answer| answer.score as i32)
        };
        let satisfaction = |row: usize| self.satisfaction(row).map(|(satisfaction, _)| satisfaction);
        let is_estimated = |row: usize| Some(self.satisfaction(row).is_some_and(|(_, estimated)| estimated));
        TableBuilder::new(&SATISFACTION)
            .text("customer_id", self.ids.clone())
            .count("answers", rows.clone().map(|row| self.answers.of_row(row).len() as i64).collect::<Vec<_>>())
            .real("satisfaction_latest", real(|aged| Some(aged.latest)))
            .real("satisfaction_level", real(|aged| Some(aged.level)))
            .real("satisfaction_trend_90d", real(|aged| aged.trend_per_90_days))
            .count("answer_age_days", rows.clone().map(newest).collect::<Int64Array>())
            .score("nps_latest", rows.clone().map(nps).collect::<Int32Array>())
            .real("satisfaction_estimate", rows.clone().map(|row| self.estimate(row)).collect::<Float64Array>())
            .real("satisfaction", rows.clone().map(satisfaction).collect::<Float64Array>())
            .with("is_estimated", Column::Flag(rows.map(is_estimated).collect()))
            .build()
    }
}

fn quality(answers: &Answers, estimated: Option<&Estimated>, detractors: usize) -> Vec<Quality> {
    let line = |check: &str, measured: f64, note: String| Quality::measured("satisfaction", check, measured, note);
    let answered = (0..answers.rows()).filter(|row| !answers.of_row(*row).is_empty()).count();
    let mut lines = vec![
        line("customers_who_answered", answered as f64, format!("of {} customers", answers.rows())),
        line("silent_detractors", detractors as f64, "valuable, unhappy and silent".to_owned()),
    ];
    if answers.without_scale > 0 {
        let note = "answers without a known scale are left out: map `scale` or `instrument`".to_owned();
        lines.push(line("answers_without_scale", answers.without_scale as f64, note));
    }
    lines.extend(low_scores(answers));
    match estimated {
        None => lines.push(line("estimate_r2", 0.0, "too few answers to estimate the others from".to_owned())),
        Some(found) => {
            let skill = found.estimate.skill;
            let verdict = if found.has_skill() { "used" } else { "no better than the mean, so not used" };
            let note = format!(
                "of customers not seen, {verdict}; mean error {:.1} points, {:.1} with the mean alone",
                skill.mae, skill.baseline_mae
            );
            lines.push(line("estimate_r2", skill.r2.unwrap_or_default(), note));
        }
    }
    lines
}

/// Answers from which on a highest score tells something of the scale.
const TELLING_ANSWERS: usize = 3;

/// A warning when no answer to the NPS question is above the middle of its scale: more likely it was asked on another.
fn low_scores(answers: &Answers) -> Option<Quality> {
    const MIDDLE: f64 = 5.0;
    let scores = answers.answers.iter().filter(|a| a.instrument == Instrument::Nps).map(|a| a.score);
    let highest = scores.clone().fold(f64::NEG_INFINITY, f64::max);
    if scores.count() < TELLING_ANSWERS || highest > MIDDLE {
        return None;
    }
    let note = "no answer to the NPS question is above 5 of 10: was it asked on 1 to 5? then map `scale`";
    Some(Quality {
        ok: false,
        limit: Some(MIDDLE),
        ..Quality::measured("satisfaction", "nps_highest_score", highest, note)
    })
}
