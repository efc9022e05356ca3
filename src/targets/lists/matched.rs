//! The customers that a list's rule matches, with what may be done and what it would bring.

use rayon::prelude::*;

use crate::stage::{StageError, StageInputs};

use super::gates::{Gates, matches};
use super::measured::Lifts;
use super::outcome::Outcome;
use super::said::Said;
use super::target::Target;
use super::worth::{Appraiser, Margins, Source, Worth};

/// The customers that a rule matches, in the order of the customers table.
pub(super) struct Matched {
    /// Rows of the customers table.
    pub(super) rows: Vec<u32>,
    /// What becomes of each.
    pub(super) outcomes: Vec<Outcome>,
    /// What a contact of each is expected to bring.
    pub(super) worth: Vec<Worth>,
    /// Where the figures come from.
    pub(super) sources: Vec<Source>,
    pub(super) offers: Said,
    pub(super) channels: Said,
}

impl Matched {
    pub(super) fn of(
        target: &Target,
        gates: &Gates<'_>,
        margins: &Margins,
        lifts: &Lifts,
        inputs: &StageInputs<'_>,
    ) -> Result<Self, StageError> {
        let tables = inputs.tables;
        let customers = tables.get("customers")?.rows();
        let listed = matches(&target.rule, tables, customers)?;
        let barred = target.suppress.as_ref().map(|rule| matches(rule, tables, customers)).transpose()?;
        let barred = barred.unwrap_or_default();
        let rows: Vec<u32> = (0..customers as u32).filter(|row| listed[*row as usize]).collect();
        let (offers, channels) = (Said::of(&target.offer, tables)?, Said::of(&target.channel, tables)?);
        let gate_of: Vec<_> = channels.names().iter().map(|name| gates.channel(Some(name))).collect();
        let without = (!channels.is_said()).then(|| gates.channel(None));
        let decide = |row: &u32| {
            let row = *row as usize;
            let gate = channels.place(row).map(|place| &gate_of[place]).or(without.as_ref());
            gates.outcome(target, barred.get(row).copied().unwrap_or(false), gate, row)
        };
        let outcomes = rows.par_iter().map(decide).collect();
        let appraiser = Appraiser::new(target, tables, (&offers, &channels), margins, lifts)?;
        let worth = rows.par_iter().map(|row| appraiser.appraise(*row as usize)).collect();
        let sources = appraiser.sources;
        Ok(Self { rows, outcomes, worth, sources, offers, channels })
    }

    /// Places of those about whom nothing is decided yet.
    pub(super) fn open(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.rows.len()).filter(|at| self.outcomes[*at] == Outcome::Open)
    }

    /// How many ended so.
    pub(super) fn count(&self, outcome: Outcome) -> usize {
        self.outcomes.iter().filter(|o| **o == outcome).count()
    }

    /// Where the figure of a customer comes from.
    pub(super) fn source(&self, at: usize) -> Option<&Source> {
        self.sources.get(usize::from(self.worth[at].source))
    }
}
