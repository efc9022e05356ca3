//! Studies to tables.

use rayon::prelude::*;

use crate::numerics::surveys::inference::Confidence;
use crate::stage::{Findings, Output, StageError, StageInputs, Step, nearest};
use crate::table::{Quality, Table, TableError};

use super::checks::{CheckRow, Checks, checks_table};
use super::evaluation::{NO_CONTACTS, evaluation, line};
use super::groupings::groupings;
use super::ledger::{Log, add_purchases};
use super::lifts::lifts_table;
use super::members::studies;
use super::options::CampaignsOptions;
use super::outcomes::outcomes;
use super::published::{kept, remembered, results_table};
use super::results::{Material, ResultRow};
use super::study::Study;
use super::weeks::{WeekRow, weeks, weeks_table};

/// Campaigns that the summary of a run tells of.
const TOLD: usize = 5;

#[derive(Debug)]
pub(super) struct CampaignsStep {
    pub(super) options: CampaignsOptions,
}

/// A study with its figures.
#[derive(Debug)]
pub(super) struct Measured {
    pub(super) study: Study,
    pub(super) rows: Vec<ResultRow>,
    pub(super) checks: Vec<CheckRow>,
    pub(super) weeks: Vec<WeekRow>,
}

impl Step for CampaignsStep {
    fn remembers(&self) -> Vec<(&'static str, String)> {
        remembered()
    }

    fn run(&self, inputs: &StageInputs<'_>) -> Result<Output, StageError> {
        if !inputs.cleaned.outreach.known {
            return Ok(Output::default());
        }
        let measured = self.measure(inputs, None)?;
        let tables = self.tables(inputs, &measured, true)?;
        if tables.is_empty() {
            return Ok(Output::default());
        }
        let mut newest: Vec<&Measured> = measured.iter().collect();
        newest.sort_by_key(|own| std::cmp::Reverse(own.study.window.map(|window| window.start)));
        let currency = &inputs.run.currency;
        let summary =
            newest.iter().take(TOLD).map(|own| (format!("campaign {}", own.study.id), line(own, self, currency)));
        let quality = measured.iter().flat_map(|own| &own.checks).filter_map(doubt);
        Ok(Output { tables, summary: summary.collect(), quality: quality.collect(), ..Output::default() })
    }

    fn evaluate(&self, inputs: &StageInputs<'_>, campaign: Option<&str>) -> Option<Result<Findings, StageError>> {
        Some(self.evaluated(inputs, campaign))
    }
}

impl CampaignsStep {
    fn evaluated(&self, inputs: &StageInputs<'_>, campaign: Option<&str>) -> Result<Findings, StageError> {
        let outreach = &inputs.cleaned.outreach;
        if !outreach.known || outreach.campaign_ids.is_empty() {
            return Err(StageError::Data(NO_CONTACTS.to_owned()));
        }
        if let Some(asked) = campaign.filter(|asked| !outreach.campaign_ids.iter().any(|id| id == asked)) {
            let known = outreach.campaign_ids.iter().map(String::as_str);
            let hint = match nearest(asked, known.clone()) {
                Some(id) => format!("did you mean `{id}`?"),
                None => format!("campaigns with contacts: {}", known.take(20).collect::<Vec<_>>().join(", ")),
            };
            return Err(StageError::Asked(format!("no contact is of a campaign `{asked}`\n  hint: {hint}")));
        }
        let measured = self.measure(inputs, campaign)?;
        let tables = self.tables(inputs, &measured, campaign.is_none())?;
        Ok(evaluation(tables, &measured, self, &inputs.run.currency))
    }

    pub(super) fn confidence(&self) -> Confidence {
        Confidence::new(self.options.confidence).unwrap_or_default()
    }

    fn measure(&self, inputs: &StageInputs<'_>, only: Option<&str>) -> Result<Vec<Measured>, StageError> {
        let (cleaned, as_of) = (inputs.cleaned, inputs.run.as_of);
        let customers = inputs.tables.get("customers")?;
        let ids = customers.text("customer_id")?;
        let mut studies = studies(ids, cleaned, as_of, &self.options, only);
        let log = add_purchases(&mut studies, cleaned)?;
        let measured =
            studies.into_par_iter().map(|study| self.measure_one(study, customers, log, cleaned.has_money, as_of));
        Ok(measured.collect::<Result<Vec<_>, _>>()?)
    }

    fn measure_one(
        &self,
        study: Study,
        customers: &Table,
        log: Log,
        has_money: bool,
        as_of: i32,
    ) -> Result<Measured, TableError> {
        let confidence = self.confidence();
        let outcomes = outcomes(&study, customers, &self.options, log, has_money)?;
        let (groupings, refused) = groupings(&study, customers, &self.options)?;
        let covariate = self.covariate(&study, customers, has_money)?;
        let material =
            Material { study: &study, outcomes: &outcomes, groupings: &groupings, covariate: &covariate, confidence };
        let rows = material.rows();
        let weeks = weeks(&study, as_of, has_money, confidence);
        let mut checks = Checks::new(&study);
        checks.groups(self.options.expected_share(&study.id), log.first_day);
        if study.has_control() {
            checks.balance(&groupings, &refused, &covariate);
            checks.effects(&rows, &weeks, &groupings);
        }
        let checks = checks.into_rows();
        Ok(Measured { study, rows, checks, weeks })
    }

    /// The covariate of each member: a column (its mean where empty), or the money of the time before.
    fn covariate(&self, study: &Study, customers: &Table, has_money: bool) -> Result<Vec<f64>, TableError> {
        let Some(name) = &self.options.covariate else {
            return Ok(if has_money { study.spend_before.clone() } else { Vec::new() });
        };
        let column = customers.column(name)?;
        let own: Vec<Option<f64>> = study
            .members
            .iter()
            .map(|member| column.number(member.row? as usize).filter(|number| number.is_finite()))
            .collect();
        let known: Vec<f64> = own.iter().flatten().copied().collect();
        if known.is_empty() {
            return Ok(Vec::new());
        }
        let mean = known.iter().sum::<f64>() / known.len() as f64;
        Ok(own.into_iter().map(|number| number.unwrap_or(mean)).collect())
    }

    /// The tables; lifts and what is kept of earlier runs only when all campaigns are looked at.
    fn tables(&self, inputs: &StageInputs<'_>, measured: &[Measured], all: bool) -> Result<Vec<Table>, TableError> {
        let mut rows: Vec<ResultRow> = measured.iter().flat_map(|own| own.rows.iter().cloned()).collect();
        if all {
            let ids = &inputs.cleaned.outreach.campaign_ids;
            rows.extend(kept(inputs.history, |id| ids.iter().any(|known| known == id)));
            rows.sort_by(|a, b| a.campaign_id.cmp(&b.campaign_id));
        }
        if rows.is_empty() && measured.is_empty() {
            return Ok(Vec::new());
        }
        let checks: Vec<CheckRow> = measured.iter().flat_map(|own| own.checks.iter().cloned()).collect();
        let weeks: Vec<WeekRow> = measured.iter().flat_map(|own| own.weeks.iter().cloned()).collect();
        let mut tables = vec![results_table(&rows)?, checks_table(&checks)?, weeks_table(&weeks)?];
        if all {
            tables.push(lifts_table(&rows, self.options.revenue())?);
        }
        Ok(tables)
    }
}

/// Checks that make a campaign's figures doubtful; others say what it is.
const SERIOUS: [&str; 4] = ["sample_ratio_p", "in_both_groups", "contacted_controls", "overlap_balance_p"];

/// A check that failed, for `run_quality`.
fn doubt(check: &CheckRow) -> Option<Quality> {
    if check.ok || !SERIOUS.contains(&check.check.as_str()) {
        return None;
    }
    let note = format!("{}: {}", check.campaign_id, check.note);
    let measured = Quality::measured("campaigns", &check.check, check.measured?, note);
    Some(Quality { limit: check.limit, ok: false, ..measured })
}
