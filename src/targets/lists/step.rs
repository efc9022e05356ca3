//! Rules, gates, worth, competition, control groups, tables.

use crate::stage::{Output, StageError, StageInputs, Step};
use crate::table::{Money, Table, display_real};

use super::activation::files;
use super::compete::Competition;
use super::design::design;
use super::gates::Gates;
use super::matched::Matched;
use super::measured::Lifts;
use super::outcome::Outcome;
use super::quality::{of_list, of_night};
use super::settle::Settlement;
use super::tables::Lists;
use super::target::{Policy, Target};
use super::walk::walk;
use super::what_if::what_if;
use super::worth::Margins;

#[derive(Debug)]
pub(super) struct TargetsStep {
    pub(super) targets: Vec<Target>,
    /// None without `[targeting]`: each list is then made on its own.
    pub(super) policy: Option<Policy>,
    /// `[clv] margin`, where it is a number.
    pub(super) margin: Option<f64>,
}

impl Step for TargetsStep {
    fn run(&self, inputs: &StageInputs<'_>) -> Result<Output, StageError> {
        let customers: &Table = inputs.tables.get("customers")?;
        let ids = customers.text("customer_id")?;
        let gates = Gates::new(&self.targets, self.policy.as_ref(), inputs)?;
        let margins = Margins::of(inputs.tables, self.margin)?;
        let lifts = Lifts::of(inputs.tables)?;
        let matched = self.targets.iter().map(|t| Matched::of(t, &gates, &margins, &lifts, inputs));
        let mut matched = matched.collect::<Result<Vec<_>, _>>()?;
        let mut output = Output::default();
        let places = match &self.policy {
            Some(policy) => self.compete(policy, &gates, &mut matched, inputs, &mut output)?,
            None => {
                let each = self.targets.iter().zip(&mut matched);
                each.map(|(target, matched)| walk(target, matched, inputs)).collect::<Result<Vec<_>, _>>()?
            }
        };
        let lists = Lists::new(&self.targets, &matched, &places, inputs.tables, ids);
        output.tables.push(lists.targets()?);
        for (target, matched) in self.targets.iter().zip(&matched) {
            output.quality.extend(of_list(target, matched));
        }
        if !self.targets.is_empty() {
            output.tables.extend([lists.candidates()?, lists.exclusions()?]);
            let (table, warnings) = design(&lists)?;
            output.tables.push(table);
            output.quality.extend(warnings);
        }
        if let Some(policy) = &self.policy {
            output.tables.push(gates.table()?);
            if let Some(activation) = &policy.activation {
                output.files = files(&lists, activation)?;
            }
        }
        Ok(output)
    }
}

impl TargetsStep {
    /// Makes all lists together; adds what that gives to the output.
    fn compete(
        &self,
        policy: &Policy,
        gates: &Gates<'_>,
        matched: &mut [Matched],
        inputs: &StageInputs<'_>,
        output: &mut Output,
    ) -> Result<Vec<Vec<usize>>, StageError> {
        let competition = Competition::of(&self.targets, policy, gates, matched)?;
        let places = Settlement::new(&self.targets, policy, inputs)?.settle(&competition, matched);
        output.tables.push(what_if(&self.targets, &competition, policy.what_if)?);
        let lists = || self.targets.iter().zip(&*matched);
        let spent = lists().map(|(t, m)| t.cost.saturating_mul(m.count(Outcome::Treatment) as i64)).sum();
        output.quality.extend(of_night(&self.targets, policy, &competition, spent));
        let profit: f64 = lists()
            .flat_map(|(t, m)| {
                let treated = (0..m.rows.len()).filter(|at| m.outcomes[*at] == Outcome::Treatment);
                treated.filter_map(|at| m.worth[at].profit(t.contact_cost()))
            })
            .sum();
        let listed: usize = places.iter().map(Vec::len).sum();
        let won = &competition.won;
        let mut text = format!(
            "{listed} on {} lists, cost {}, expected profit {}, at most {} % below the best plan",
            self.targets.len(),
            display_real(Money(spent).to_f64()),
            display_real((profit * 100.0).round() / 100.0),
            display_real((won.gap() * 1e4).ceil() / 100.0)
        );
        if policy.budget.is_some() {
            text.push_str(&format!(
                ", one unit of budget more would earn {}",
                display_real((won.prices.budget * 100.0).round() / 100.0)
            ));
        }
        output.summary.push(("targeting".to_owned(), text));
        Ok(places)
    }
}
