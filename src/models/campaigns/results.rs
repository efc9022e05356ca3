//! The figures of all comparisons, segments and outcomes of a study.

use rayon::prelude::*;

use crate::clean::id_hash;
use crate::numerics::experiments::{Unmeasured, holm, return_on_cost};
use crate::numerics::surveys::inference::{Confidence, normal_p};

use super::groupings::Grouping;
use super::measure::{Cell, Figures, Measuring};
use super::outcomes::{Outcome, PROFIT};
use super::study::{Comparison, Study};

/// A row of `campaign_results`.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct ResultRow {
    pub(super) campaign_id: String,
    pub(super) offer: Option<String>,
    pub(super) channel: Option<String>,
    pub(super) variant: String,
    pub(super) segment_by: Option<String>,
    pub(super) segment: Option<String>,
    pub(super) outcome: String,
    pub(super) start: Option<i32>,
    pub(super) window_end: Option<i32>,
    pub(super) window_days: Option<i64>,
    pub(super) is_final: bool,
    pub(super) contact_cost: Option<f64>,
    pub(super) incremental_profit: Option<f64>,
    pub(super) roi: Option<f64>,
    pub(super) figures: Figures,
}

/// Everything that rows of a study are made of.
pub(super) struct Material<'a> {
    pub(super) study: &'a Study,
    pub(super) outcomes: &'a [Outcome],
    pub(super) groupings: &'a [Grouping],
    /// Per member; empty without one.
    pub(super) covariate: &'a [f64],
    pub(super) confidence: Confidence,
}

/// Members of the treated and of the control group, by number.
#[derive(Debug, Clone, Default)]
struct Groups {
    treated: Vec<u32>,
    control: Vec<u32>,
}

impl Material<'_> {
    /// The rows, comparison by comparison, outcome by outcome: all customers, then the segments of each grouping, then their
    /// mean.
    pub(super) fn rows(&self) -> Vec<ResultRow> {
        let comparisons = self.study.comparisons();
        let tasks: Vec<(&Comparison, &Outcome)> = comparisons
            .iter()
            .flat_map(|comparison| self.outcomes.iter().map(move |outcome| (comparison, outcome)))
            .collect();
        let parts: Vec<Vec<ResultRow>> =
            tasks.par_iter().map(|(comparison, outcome)| self.rows_of(comparison, outcome)).collect();
        let mut rows: Vec<ResultRow> = parts.into_iter().flatten().collect();
        for outcome in self.outcomes {
            let mut own: Vec<&mut ResultRow> =
                rows.iter_mut().filter(|row| row.segment_by.is_none() && row.outcome == outcome.name).collect();
            // all treatments together are no further treatment
            let several = own.len() > 1;
            let last = own.len() - usize::from(several);
            adjust(&mut own[..last]);
            if let Some(all) = own.get_mut(last) {
                all.figures.p_value_adjusted = all.figures.p_value;
            }
        }
        rows
    }

    fn rows_of(&self, comparison: &Comparison, outcome: &Outcome) -> Vec<ResultRow> {
        let mut rows = vec![self.row(comparison, outcome, None, &self.everybody(comparison))];
        for grouping in self.groupings {
            let groups = self.by_segment(comparison, grouping);
            let segments = groups.iter().zip(&grouping.labels).filter(|(g, _)| g.treated.len() + g.control.len() > 0);
            let own: Vec<ResultRow> = segments
                .map(|(groups, label)| self.row(comparison, outcome, Some((&grouping.name, label)), groups))
                .collect();
            let mean = self.mean_row(&own);
            rows.extend(own);
            rows.extend(mean);
        }
        let mut segments: Vec<&mut ResultRow> = rows.iter_mut().filter(|row| row.segment.is_some()).collect();
        adjust(&mut segments);
        rows
    }

    fn everybody(&self, comparison: &Comparison) -> Groups {
        let mut groups = Groups::default();
        for (at, member) in self.study.members.iter().enumerate() {
            if self.study.is_control(member) {
                groups.control.push(at as u32);
            } else if comparison.variants.contains(&member.variant) {
                groups.treated.push(at as u32);
            }
        }
        groups
    }

    fn by_segment(&self, comparison: &Comparison, grouping: &Grouping) -> Vec<Groups> {
        let mut groups = vec![Groups::default(); grouping.labels.len()];
        for (at, (member, code)) in self.study.members.iter().zip(&grouping.codes).enumerate() {
            let own = &mut groups[*code as usize];
            if self.study.is_control(member) {
                own.control.push(at as u32);
            } else if comparison.variants.contains(&member.variant) {
                own.treated.push(at as u32);
            }
        }
        groups
    }

    fn cell(&self, outcome: &Outcome, groups: &Groups) -> Cell {
        let known = |member: &&u32| !outcome.values[**member as usize].is_nan();
        let values = |members: &[u32]| -> Vec<f64> {
            members.iter().filter(known).map(|member| outcome.values[*member as usize]).collect()
        };
        let complete = !self.covariate.is_empty();
        let before = |members: &[u32]| -> Vec<f64> {
            let own = members.iter().filter(|_| complete).filter(known);
            own.map(|member| self.covariate[*member as usize]).collect()
        };
        Cell {
            treated: values(&groups.treated),
            control: values(&groups.control),
            before_treated: before(&groups.treated),
            before_control: before(&groups.control),
        }
    }

    fn row(
        &self,
        comparison: &Comparison,
        outcome: &Outcome,
        segment: Option<(&str, &str)>,
        groups: &Groups,
    ) -> ResultRow {
        let study = self.study;
        let (by, label) = segment.unwrap_or_default();
        let name = [&study.id, &comparison.name, outcome.name.as_str(), by, label].join("\u{1f}");
        let how = Measuring {
            outcome: &outcome.name,
            scale: outcome.scale,
            confidence: self.confidence,
            seed: id_hash(&name),
        };
        let mut figures = self.cell(outcome, groups).figures(how);
        let treated = figures.treated as f64;
        let is_profit = outcome.name == PROFIT;
        let cost = is_profit.then(|| study.cost_of(&groups.treated));
        let incremental_profit = figures.effect.filter(|_| is_profit).map(|effect| effect * treated);
        figures.notes.extend(Some(outcome.note.clone()).filter(|note| !note.is_empty()));
        let is_final = !outcome.is_windowed || study.window.is_none_or(|window| window.is_complete());
        if let Some(window) = study.window.filter(|_| !is_final) {
            let note = format!("{} of {} days of the window seen: not final", window.seen_days, window.days);
            figures.notes.push(note);
        }
        let window = study.window;
        ResultRow {
            campaign_id: study.id.clone(),
            offer: study.offer().map(str::to_owned),
            channel: study.channel().map(str::to_owned),
            variant: comparison.name.clone(),
            segment_by: segment.map(|(by, _)| by.to_owned()),
            segment: segment.map(|(_, label)| label.to_owned()),
            outcome: outcome.name.clone(),
            start: window.map(|window| window.start),
            window_end: window.map(|window| window.last_day()),
            window_days: window.map(|window| i64::from(window.days)),
            is_final,
            contact_cost: cost,
            roi: incremental_profit.zip(cost).and_then(|(profit, cost)| return_on_cost(profit, cost)),
            incremental_profit,
            figures,
        }
    }

    /// The mean over segments that have both groups, weighted by their treated: `Σ n_s d_s / Σ n_s`.
    fn mean_row(&self, segments: &[ResultRow]) -> Option<ResultRow> {
        let measured = segments.iter().any(|row| row.figures.effect.is_some());
        let first = segments.first().filter(|_| measured && segments.len() > 1)?;
        let all: u64 = segments.iter().map(|row| row.figures.treated + row.figures.control).sum();
        let mut figures = Figures::default();
        let (mut effect, mut variance) = (0.0, Some(0.0));
        for own in segments.iter().map(|row| &row.figures) {
            let Some(of_segment) = own.effect else { continue };
            figures.treated += own.treated;
            figures.control += own.control;
            effect += own.treated as f64 * of_segment;
            let alike = own.treated > 1 && own.control > 1;
            let error = own.standard_error.or(alike.then_some(0.0));
            variance = variance.zip(error).map(|(sum, error): (f64, f64)| sum + (own.treated as f64 * error).powi(2));
            figures.is_tiny |= own.is_tiny;
        }
        let outside = all - figures.treated - figures.control;
        if outside > 0 {
            figures.notes.push(format!("{outside} of {all} customers are in segments without both groups"));
        }
        let total = figures.treated as f64;
        let effect = effect / total;
        figures.effect = Some(effect);
        if let Some(error) = variance.map(|variance| variance.sqrt() / total).filter(|error| *error > 0.0) {
            let half = self.confidence.z() * error;
            figures.standard_error = Some(error);
            (figures.lower, figures.upper) = (Some(effect - half), Some(effect + half));
            figures.p_value = Some(normal_p(effect / error));
            figures.p_value_adjusted = figures.p_value;
        } else {
            let reason = if variance.is_none() { Unmeasured::OneCustomer } else { Unmeasured::NoVariance };
            figures.notes.push(reason.to_string());
        }
        let row = ResultRow {
            segment: None,
            contact_cost: None,
            incremental_profit: None,
            roi: None,
            figures,
            ..first.clone()
        };
        Some(row)
    }
}

/// Corrects the chances of rows for one another.
fn adjust(rows: &mut [&mut ResultRow]) {
    let known: Vec<f64> = rows.iter().filter_map(|row| row.figures.p_value).collect();
    let mut adjusted = holm(&known).into_iter();
    for row in rows.iter_mut().filter(|row| row.figures.p_value.is_some()) {
        row.figures.p_value_adjusted = adjusted.next();
    }
}
