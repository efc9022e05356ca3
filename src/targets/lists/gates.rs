//! Who may not be contacted, whatever it would earn: suppression, consent, address, holdout, contact policy.
//!
//! Nothing here can be switched off. A list can only be narrowed: suppression attributes are looked for by name, a
//! consent that isn't told is none, and a cell that can't be read counts against contacting.

use arrow::array::{Array, Date32Array, Int64Array, StringArray};

use crate::stage::{Rule, StageError, StageInputs, customer_column};
use crate::table::{Categories, Column, Table, TableBuilder, TableError, Tables};

use super::channels::{self, Consent, needed_address, says_no};
use super::contract::CONTACT_POLICY;
use super::control::is_held_out;
use super::history::{ContactHistory, Running};
use super::outcome::Outcome;
use super::target::{Policy, Target};

/// Attributes that always suppress.
const SUPPRESSION: [&str; 6] = ["do_not_contact", "unsubscribed", "opted_out", "opt_out", "suppressed", "deceased"];

/// What may stand before a channel's name in an attribute that suppresses for that channel.
const BEFORE_CHANNEL: [&str; 7] =
    ["do_not_contact", "unsubscribed", "opted_out", "opt_out", "suppressed", "deceased", "do_not"];

/// What may stand behind a suppressing attribute when it tells the time of it.
const TIMES: [&str; 4] = ["at", "on", "date", "day"];

/// The gates of a run.
pub(super) struct Gates<'a> {
    customers: &'a Table,
    ids: &'a StringArray,
    pipeline: &'a str,
    policy: Option<&'a Policy>,
    /// Columns that suppress, with their names.
    suppressing: Vec<(String, Column)>,
    /// Whom the rule of `[targeting]` suppresses; empty without one.
    by_rule: Vec<bool>,
    history: Option<ContactHistory>,
}

/// What one channel asks for.
pub(super) struct ChannelGate<'a> {
    consent: Consent<'a>,
    address: Option<&'a Column>,
    suppressing: Vec<&'a Column>,
}

/// Whether each customer matches a rule.
pub(super) fn matches(rule: &Rule, tables: &Tables, customers: usize) -> Result<Vec<bool>, StageError> {
    rule.evaluate(tables, customers)
        .map_err(|e| StageError::Rule { rule: rule.text().to_owned(), reason: e.to_string() })
}

impl<'a> Gates<'a> {
    pub(super) fn new(
        targets: &[Target],
        policy: Option<&'a Policy>,
        inputs: &StageInputs<'a>,
    ) -> Result<Self, StageError> {
        let customers: &'a Table = inputs.tables.get("customers")?;
        let ids = customers.text("customer_id")?;
        let always = |name: &str| {
            SUPPRESSION.iter().any(|word| {
                name.strip_prefix(word).is_some_and(|rest| {
                    rest.is_empty() || rest.strip_prefix('_').is_some_and(|rest| TIMES.contains(&rest))
                })
            })
        };
        let named = customers.columns().iter().filter(|(name, _)| always(name));
        let mut suppressing: Vec<(String, Column)> = named.cloned().collect();
        for name in policy.iter().flat_map(|p| &p.suppression) {
            if !suppressing.iter().any(|(known, _)| known == name) {
                suppressing.push((name.clone(), customer_column(inputs.tables, name)?));
            }
        }
        let by_rule = policy.and_then(|p| p.suppress.as_ref());
        let by_rule = by_rule.map(|rule| matches(rule, inputs.tables, ids.len())).transpose()?.unwrap_or_default();
        let waits = targets.iter().any(|t| t.cooldown_days > 0);
        let history =
            (policy.is_some() || waits).then(|| ContactHistory::of(ids, inputs.cleaned, policy, inputs.run.as_of));
        let pipeline = &inputs.run.pipeline;
        Ok(Self { customers, ids, pipeline, policy, suppressing, by_rule, history: history.flatten() })
    }

    /// What a channel asks for.
    pub(super) fn channel(&self, channel: Option<&str>) -> ChannelGate<'a> {
        let customers: &'a Table = self.customers;
        let of_channel = |name: &str| {
            let Some(channel) = channel else { return false };
            let rest = BEFORE_CHANNEL.iter().filter_map(|word| name.strip_prefix(word)?.strip_prefix('_'));
            let same = |rest: &str| {
                rest == channels::key(channel)
                    || (channels::kind(rest).is_some() && channels::kind(rest) == channels::kind(channel))
            };
            rest.into_iter().any(same)
        };
        let columns = customers.columns().iter();
        let suppressing = columns.filter(|(name, _)| of_channel(name)).map(|(_, column)| column).collect();
        let address = channel.filter(|_| self.policy.is_some()).and_then(|c| needed_address(customers, c));
        ChannelGate { consent: channels::consent(customers, channel), address, suppressing }
    }

    /// The attribute or rule that suppresses a customer, by its place among the names.
    fn suppressed_by(&self, row: usize) -> Option<usize> {
        let attribute = self.suppressing.iter().position(|(_, column)| !says_no(column, row));
        attribute.or_else(|| self.by_rule.get(row).copied().unwrap_or(false).then_some(self.suppressing.len()))
    }

    fn is_held_out(&self, row: usize) -> bool {
        self.policy.is_some_and(|p| is_held_out(self.pipeline, self.ids.value(row), p.global_holdout_share))
    }

    /// The first reason not to contact a customer; open when there is none.
    pub(super) fn outcome(
        &self,
        target: &Target,
        by_list: bool,
        gate: Option<&ChannelGate<'_>>,
        row: usize,
    ) -> Outcome {
        match self.suppressed_by(row) {
            Some(place) if place < self.suppressing.len() => return Outcome::Suppressed,
            Some(_) => return Outcome::SuppressedByRule,
            None if by_list => return Outcome::SuppressedByList,
            None => {}
        }
        let Some(gate) = gate else { return Outcome::NoChannel };
        if gate.suppressing.iter().any(|column| !says_no(column, row)) {
            return Outcome::Suppressed;
        }
        if !gate.consent.allows(row) {
            let unknown = matches!(gate.consent, Consent::Unknown);
            return if unknown { Outcome::ConsentUnknown } else { Outcome::NoConsent };
        }
        if gate.address.is_some_and(|column| column.display(row).trim().is_empty()) {
            return Outcome::NoAddress;
        }
        if self.is_held_out(row) {
            return Outcome::GlobalHoldout;
        }
        self.by_history(target, row)
    }

    fn by_history(&self, target: &Target, row: usize) -> Outcome {
        let Some(history) = &self.history else { return Outcome::Open };
        let own = history.of_row(row);
        let policy = self.policy;
        if policy.is_some_and(|p| p.exclusive_controls) && own.running == Some(Running::Control) {
            return Outcome::ControlOfCampaign;
        }
        if policy.is_some_and(|p| p.block_running) && own.running.is_some() {
            return Outcome::InCampaign;
        }
        if policy.and_then(|p| p.contacts_per_window).is_some_and(|most| own.in_window >= most) {
            return Outcome::ContactLimit;
        }
        let wait = target.cooldown_days.max(policy.map_or(0, |p| p.cooldown_days));
        let ago = own.last.map(|last| i64::from(history.as_of()) - i64::from(last));
        if ago.is_some_and(|ago| ago < i64::from(wait)) { Outcome::Cooldown } else { Outcome::Open }
    }

    /// How many further lists of tonight the window leaves room for.
    pub(super) fn room(&self, row: usize) -> usize {
        let most = self.policy.and_then(|p| p.contacts_per_window);
        let so_far = self.history.as_ref().map_or(0, |history| history.of_row(row).in_window);
        most.map_or(usize::MAX, |most| most.saturating_sub(so_far) as usize)
    }

    /// The table of the policy.
    pub(super) fn table(&self) -> Result<Table, TableError> {
        let rows = 0..self.ids.len();
        let known = |row: usize| self.history.as_ref().map(|history| history.of_row(row));
        let mut names: Vec<String> = self.suppressing.iter().map(|(name, _)| name.clone()).collect();
        names.push("suppress_where".to_owned());
        let suppressed = rows.clone().map(|row| self.suppressed_by(row).map_or(-1, |place| place as i32));
        let held_out: Vec<bool> = rows.clone().map(|row| self.is_held_out(row)).collect();
        let running = rows.clone().map(|row| match known(row).and_then(|own| own.running) {
            None => -1,
            Some(Running::Treatment) => 0,
            Some(Running::Control) => 1,
        });
        let running = Categories::from_codes(running.collect(), ["treatment", "control"].map(str::to_owned).to_vec());
        TableBuilder::new(&CONTACT_POLICY)
            .text("customer_id", self.ids.clone())
            .with("global_holdout", Column::Flag(held_out.into()))
            .category("suppressed_by", Categories::from_codes(suppressed.collect(), names))
            .count(
                "contacts_in_window",
                rows.clone().map(|row| known(row).map(|own| i64::from(own.in_window))).collect::<Int64Array>(),
            )
            .day("last_contact", rows.map(|row| known(row).and_then(|own| own.last)).collect::<Date32Array>())
            .category("running_campaign", running)
            .build()
    }
}
