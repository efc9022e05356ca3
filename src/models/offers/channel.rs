//! Who responds through which channel.

use std::collections::BTreeMap;

use crate::clean::{Arm, Cleaned, Contact, DAY_MINUTES, Direction, NO_NAME, Touch};
use crate::table::Money;

/// Contacts and responses of a customer through a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reached {
    /// Place among the channels.
    pub(super) channel: usize,
    pub(super) contacts: u32,
    pub(super) responses: u32,
}

/// All contacts whose response is known.
#[derive(Debug)]
pub(super) struct Channels {
    /// Channels in byte order, in small letters.
    pub(super) names: Vec<String>,
    /// Mean cost of a contact in currency units, where known.
    pub(super) costs: Vec<Option<f64>>,
    reached: Vec<Reached>,
    starts: Vec<usize>,
}

/// One row of the sources, before the rows of one contact are put together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Row<'a> {
    channel: &'a str,
    contact: ContactKey,
    cost: Option<i64>,
    responded: bool,
}

/// What makes rows of one customer and channel one contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum ContactKey {
    /// A campaign of the contacts source.
    Campaign(u32),
    /// A campaign that only interactions name.
    Named(u32),
    /// A day.
    Day(i32),
}

/// What the sources say of channels, in the form that rows are read with.
struct Reader<'a> {
    cleaned: &'a Cleaned,
    /// Channel and cost of each campaign of the contacts.
    campaigns: Vec<(Option<String>, Option<i64>)>,
    /// Whether any contact of the contacts source responded.
    contacts_respond: bool,
    /// Touchpoints in small letters; none for one that never brings a response.
    touchpoints: Vec<Option<String>>,
    /// Whether each outcome is a response.
    is_response: Vec<bool>,
    /// For each campaign of the interactions its place among those of the contacts.
    shared: Vec<Option<u32>>,
}

fn small(text: &str) -> String {
    text.trim().to_lowercase()
}

impl<'a> Reader<'a> {
    fn new(cleaned: &'a Cleaned, response_outcomes: &[String]) -> Self {
        let (outreach, interactions) = (&cleaned.outreach, &cleaned.interactions);
        let campaign = |id: &String| {
            let known = outreach.campaigns.get(id);
            let channel = known.and_then(|campaign| campaign.channel.as_deref()).map(small);
            (channel, known.and_then(|campaign| campaign.cost_per_contact))
        };
        let wanted = response_outcomes.iter().map(|outcome| small(outcome)).collect::<Vec<_>>();
        let is_response = interactions.outcomes.iter().map(|outcome| wanted.contains(&small(outcome)));
        let is_response = is_response.collect::<Vec<_>>();
        let mut responsive = vec![false; interactions.touchpoints.len()];
        for touch in interactions.touches.rows() {
            let responds = is_response.get(touch.outcome as usize).copied().unwrap_or(false);
            if touch.direction == Direction::Outbound && responds {
                responsive[touch.touchpoint as usize] = true;
            }
        }
        let touchpoints = interactions.touchpoints.iter().zip(responsive).map(|(name, is)| is.then(|| small(name)));
        let place = |id: &String| outreach.campaign_ids.binary_search(id).ok().map(|at| at as u32);
        Self {
            cleaned,
            campaigns: outreach.campaign_ids.iter().map(campaign).collect(),
            contacts_respond: outreach.contacts.rows().iter().any(responded),
            touchpoints: touchpoints.collect(),
            is_response,
            shared: interactions.campaigns.iter().map(place).collect(),
        }
    }

    fn of_contact(&self, contact: &Contact) -> Option<Row<'_>> {
        let (channel, cost) = self.campaigns.get(contact.campaign as usize)?;
        let is_contact = self.contacts_respond && contact.arm != Arm::Control;
        Some(Row {
            channel: channel.as_deref().filter(|_| is_contact)?,
            contact: ContactKey::Campaign(contact.campaign),
            cost: *cost,
            responded: responded(contact),
        })
    }

    fn of_touch(&self, touch: &Touch) -> Option<Row<'_>> {
        let is_contact = touch.direction == Direction::Outbound && touch.outcome != NO_NAME;
        let channel = self.touchpoints.get(touch.touchpoint as usize)?.as_deref().filter(|_| is_contact)?;
        let contact = match self.shared.get(touch.campaign as usize) {
            Some(Some(campaign)) => ContactKey::Campaign(*campaign),
            Some(None) => ContactKey::Named(touch.campaign),
            None => ContactKey::Day(touch.minute.div_euclid(DAY_MINUTES)),
        };
        let cost = self.cleaned.interactions.has_costs.then_some(touch.cost);
        let responded = self.is_response.get(touch.outcome as usize).copied().unwrap_or(false);
        Some(Row { channel, contact, cost, responded })
    }

    /// The contacts of a customer, each once.
    fn rows(&self, key: u64) -> Vec<Row<'_>> {
        let contacts = self.cleaned.outreach.contacts.of(key).iter().filter_map(|contact| self.of_contact(contact));
        let touches = self.cleaned.interactions.touches.of(key).iter().filter_map(|touch| self.of_touch(touch));
        let mut rows = contacts.chain(touches).collect::<Vec<_>>();
        rows.sort_unstable();
        rows.dedup_by(|row, kept| {
            let is_one = (row.channel, row.contact) == (kept.channel, kept.contact);
            if is_one {
                kept.responded |= row.responded;
                kept.cost = kept.cost.max(row.cost);
            }
            is_one
        });
        rows
    }
}

fn responded(contact: &Contact) -> bool {
    contact.has_responded() == Some(true)
}

impl Channels {
    /// The contacts of each customer.
    pub(super) fn of(keys: &[Option<u64>], cleaned: &Cleaned, response_outcomes: &[String]) -> Self {
        let reader = Reader::new(cleaned, response_outcomes);
        let names = reader.campaigns.iter().map(|(channel, _)| channel).chain(&reader.touchpoints).flatten();
        let numbers: BTreeMap<&str, ()> = names.map(|name| (name.as_str(), ())).collect();
        let mut names = numbers.into_keys().map(str::to_owned).collect::<Vec<_>>();
        let (mut reached, mut starts) = (Vec::new(), vec![0]);
        let mut costs = vec![(0_i64, 0_u32); names.len()];
        for key in keys {
            let rows = key.map(|key| reader.rows(key)).unwrap_or_default();
            for own in rows.chunk_by(|a, b| a.channel == b.channel) {
                let Ok(channel) = names.binary_search_by(|name| name.as_str().cmp(own[0].channel)) else { continue };
                for cost in own.iter().filter_map(|row| row.cost) {
                    costs[channel] = (costs[channel].0.saturating_add(cost), costs[channel].1 + 1);
                }
                let responses = own.iter().filter(|row| row.responded).count() as u32;
                reached.push(Reached { channel, contacts: own.len() as u32, responses });
            }
            starts.push(reached.len());
        }
        let mut found = Self { names: Vec::new(), costs: Vec::new(), reached, starts };
        let used = (0..names.len()).filter(|at| found.reached.iter().any(|r| r.channel == *at)).collect::<Vec<_>>();
        for reached in &mut found.reached {
            reached.channel = used.binary_search(&reached.channel).unwrap_or_default();
        }
        let mean = |at: &usize| {
            let (sum, count) = costs[*at];
            (count > 0).then(|| Money(sum).to_f64() / f64::from(count))
        };
        found.costs = used.iter().map(mean).collect();
        found.names = used.iter().map(|at| std::mem::take(&mut names[*at])).collect();
        found
    }

    /// The channels that a customer was reached through.
    pub(super) fn of_row(&self, row: usize) -> &[Reached] {
        &self.reached[self.starts[row]..self.starts[row + 1]]
    }
}
