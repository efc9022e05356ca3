//! Rule, rank, budget, control group.

use std::collections::BTreeSet;

use arrow::array::{Array, Float64Array, StringArray, StringBuilder};

use crate::stage::{Output, Rule, StageError, StageInputs, Step, customer_column};
use crate::table::{Categories, Column, Quality, Table, TableBuilder, TableError, Tables};

use super::contract::TARGETS;
use super::control::is_control;
use super::why::Why;

/// A checked target list.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) name: String,
    pub(super) rule: Rule,
    pub(super) channel: Option<String>,
    pub(super) offer: Option<String>,
    pub(super) consent: Option<String>,
    /// In ten-thousandths.
    pub(super) cost: i64,
    pub(super) budget: Option<i64>,
    pub(super) max_customers: Option<u64>,
    pub(super) control_share: f64,
    pub(super) rank_by: String,
    /// Whether `rank_by` is money to come, so that a profit can be expected.
    pub(super) is_value: bool,
    pub(super) assumed_uplift: f64,
}

#[derive(Debug)]
pub(super) struct TargetsStep {
    pub(super) targets: Vec<Target>,
}

/// One row of the table before it becomes columns.
struct Listed {
    target: usize,
    rank: i64,
    row: usize,
    expected_profit: Option<f64>,
    cost: i64,
    control: bool,
}

impl Step for TargetsStep {
    fn run(&self, inputs: &StageInputs<'_>) -> Result<Output, StageError> {
        let customers = inputs.tables.get("customers")?;
        let ids = customers.text("customer_id")?;
        let mut listed = Vec::new();
        let mut quality = Vec::new();
        for (number, target) in self.targets.iter().enumerate() {
            let list = target.list(number, ids, inputs, &mut quality)?;
            listed.extend(list);
        }
        let table = self.table(&listed, inputs.tables, ids)?;
        Ok(Output { tables: vec![table], quality, ..Output::default() })
    }
}

impl Target {
    fn list(
        &self,
        number: usize,
        ids: &StringArray,
        inputs: &StageInputs<'_>,
        quality: &mut Vec<Quality>,
    ) -> Result<Vec<Listed>, StageError> {
        let matched = self
            .rule
            .evaluate(inputs.tables, ids.len())
            .map_err(|e| StageError::Rule { rule: self.rule.text().to_owned(), reason: e.to_string() })?;
        let mut rows: Vec<usize> = (0..ids.len()).filter(|row| matched[*row]).collect();
        let matches = rows.len();
        self.keep_consenting(inputs.tables, &mut rows)?;
        let consenting = rows.len();
        let ranking = customer_column(inputs.tables, &self.rank_by)?.numbers();
        let value = |row: usize| Some(ranking[row]).filter(|v| !v.is_nan());
        let place = |row: usize| value(row).unwrap_or(f64::NEG_INFINITY);
        rows.sort_unstable_by(|a, b| place(*b).total_cmp(&place(*a)).then(a.cmp(b)));
        let mut spent = 0_i64;
        let mut listed = Vec::new();
        for row in rows {
            let control = is_control(&inputs.run.pipeline, &self.name, ids.value(row), self.control_share);
            let cost = if control { 0 } else { self.cost };
            let over_budget = self.budget.is_some_and(|budget| spent.saturating_add(cost) > budget);
            if over_budget || self.max_customers.is_some_and(|most| listed.len() as u64 >= most) {
                break;
            }
            spent = spent.saturating_add(cost);
            let units = |ten_thousandths: i64| crate::table::Money(ten_thousandths).to_f64();
            let profit = value(row).filter(|_| self.is_value).map(|v| self.assumed_uplift * v - units(self.cost));
            listed.push(Listed {
                target: number,
                rank: listed.len() as i64 + 1,
                row,
                expected_profit: profit,
                cost,
                control,
            });
        }
        quality.extend(self.counts(matches, consenting, &listed, spent));
        Ok(listed)
    }

    fn keep_consenting(&self, tables: &Tables, rows: &mut Vec<usize>) -> Result<(), StageError> {
        let Some(consent) = &self.consent else { return Ok(()) };
        let column = customer_column(tables, consent)?;
        let gave = |row: &usize| match &column {
            Column::Flag(flags) => !flags.is_null(*row) && flags.value(*row),
            Column::Count(numbers) => !numbers.is_null(*row) && numbers.value(*row) == 1,
            other => matches!(other.display(*row).to_lowercase().as_str(), "true" | "yes" | "y" | "1"),
        };
        rows.retain(gave);
        Ok(())
    }

    /// Where the matching customers went, as lines of `run_quality`.
    fn counts(&self, matches: usize, consenting: usize, listed: &[Listed], spent: i64) -> Vec<Quality> {
        let control = listed.iter().filter(|l| l.control).count();
        let line = |check: &str, count: usize, note: &str| {
            Quality::measured("targets", &format!("{}_{check}", self.name), count as f64, note)
        };
        let units = crate::table::Money(spent).to_f64();
        let name = format!("{}_cost", self.name);
        let cost = match self.budget {
            Some(budget) => {
                Quality::at_most("targets", &name, units, crate::table::Money(budget).to_f64(), "cost against budget")
            }
            None => Quality::measured("targets", &name, units, "cost of the contacts"),
        };
        vec![
            line("matched", matches, self.rule.text()),
            line("without_consent", matches - consenting, "matched, but gave no consent for the channel"),
            line("cut", consenting - listed.len(), "ranked below what budget or max_customers allows"),
            line("treatment", listed.len() - control, "to be contacted"),
            line("control", control, "held back, to measure the effect"),
            cost,
        ]
    }
}

impl TargetsStep {
    fn table(&self, listed: &[Listed], tables: &Tables, ids: &StringArray) -> Result<Table, TableError> {
        let customers = tables.get("customers")?;
        let codes = || listed.iter().map(|l| l.target as i32).collect::<Vec<_>>();
        let named = |name: &dyn Fn(&Target) -> Option<&String>| {
            let words =
                Categories::from_words(&self.targets.iter().map(|t| name(t).map(String::as_str)).collect::<Vec<_>>());
            let code = |l: &Listed| if words.codes.is_null(l.target) { -1 } else { words.codes.value(l.target) };
            Categories::from_codes(listed.iter().map(code).collect(), words.names.clone())
        };
        let profit: Float64Array = listed.iter().map(|l| l.expected_profit).collect();
        let arms = ["treatment", "control"].map(str::to_owned).to_vec();
        TableBuilder::new(&TARGETS)
            .category(
                "target",
                Categories::from_codes(codes(), self.targets.iter().map(|t| t.name.clone()).collect::<Vec<_>>()),
            )
            .count("rank", listed.iter().map(|l| l.rank).collect::<Vec<_>>())
            .text("customer_id", StringArray::from_iter_values(listed.iter().map(|l| ids.value(l.row))))
            .category("offer", named(&|t| t.offer.as_ref()))
            .category("channel", named(&|t| t.channel.as_ref()))
            .category("send_window", send_windows(listed, customers)?)
            .real("expected_profit", profit)
            .money("cost", listed.iter().map(|l| l.cost).collect::<Vec<_>>())
            .category("arm", Categories::from_codes(listed.iter().map(|l| i32::from(l.control)).collect(), arms))
            .text("why", self.reasons(listed, tables)?)
            .build()
    }
}

impl TargetsStep {
    /// Why each customer is listed.
    fn reasons(&self, listed: &[Listed], tables: &Tables) -> Result<StringArray, TableError> {
        let why = self.targets.iter().map(|t| Why::new(&t.rule, tables)).collect::<Result<Vec<_>, _>>()?;
        let mut reasons = StringBuilder::with_capacity(listed.len(), listed.len() * 32);
        let mut text = String::new();
        for l in listed {
            text.clear();
            why[l.target].write(l.row, &mut text);
            reasons.append_value(&text);
        }
        Ok(reasons.finish())
    }
}

/// Hours in a send window.
const WINDOW_HOURS: usize = 2;

/// Hours of a day, and one for an hour that is not known.
const HOUR_SLOTS: usize = 25;

/// `Tuesday 10:00-12:00`, from the weekday and hour of most orders; the weekday alone when hours are not known.
fn send_windows(listed: &[Listed], customers: &Table) -> Result<Categories, TableError> {
    let weekdays = customers.categories("favourite_weekday")?;
    let hours = customers.column("favourite_hour")?;
    let slot = |l: &Listed| {
        let weekday = (!weekdays.codes.is_null(l.row)).then(|| weekdays.codes.value(l.row) as usize)?;
        Some(weekday * HOUR_SLOTS + hours.number(l.row).map_or(HOUR_SLOTS - 1, |hour| hour as usize))
    };
    let shown = |slot: usize| {
        let weekday = &weekdays.names[slot / HOUR_SLOTS];
        let start = (slot % HOUR_SLOTS).min(24 - WINDOW_HOURS);
        match slot % HOUR_SLOTS {
            hour if hour == HOUR_SLOTS - 1 => weekday.clone(),
            _ => format!("{weekday} {start:02}:00-{:02}:00", start + WINDOW_HOURS),
        }
    };
    let names = (0..weekdays.names.len() * HOUR_SLOTS).map(shown).collect::<Vec<_>>();
    let sorted = names.iter().cloned().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>();
    let codes = names.iter().map(|n| sorted.binary_search(n).map_or(-1, |at| at as i32)).collect::<Vec<_>>();
    let codes = listed.iter().map(|l| slot(l).map_or(-1, |slot| codes[slot])).collect();
    Ok(Categories::from_codes(codes, sorted))
}
