//! Campaigns and who was in them, as they are kept.

use std::collections::BTreeMap;

use super::by_customer::{ByCustomer, OfCustomer};
use super::ids::Interner;
use super::interactions::ranked;

/// A campaign.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Campaign {
    /// First day; days since 1970-01-01.
    pub start: i32,
    /// Last day.
    pub end: Option<i32>,
    /// What people call it.
    pub name: Option<String>,
    /// How customers are reached.
    pub channel: Option<String>,
    /// Cost of one contact in ten-thousandths.
    pub cost_per_contact: Option<i64>,
    /// What is offered.
    pub offer: Option<String>,
}

/// On which side of an experiment a customer was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Arm {
    /// Contacted.
    Treatment,
    /// Held back.
    Control,
    /// Not said.
    Unknown,
}

impl Arm {
    pub(super) fn of(text: &str) -> Self {
        match text.trim().to_lowercase().as_str() {
            "treatment" | "treated" | "test" => Self::Treatment,
            "control" | "holdout" => Self::Control,
            _ => Self::Unknown,
        }
    }
}

/// A customer in a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Contact {
    /// Key of the customer.
    pub customer: u64,
    /// Minutes since 1970-01-01 00:00 business time, where told.
    pub contacted: Option<i32>,
    /// Place of the campaign among [`Outreach::campaign_ids`].
    pub campaign: u32,
    /// The arm.
    pub arm: Arm,
    /// Minute of the response.
    pub responded: Option<i32>,
}

impl OfCustomer for Contact {
    fn customer(&self) -> u64 {
        self.customer
    }

    fn given_to(self, customer: u64) -> Self {
        Self { customer, ..self }
    }
}

/// Campaigns and contacts until the as-of day.
#[derive(Debug, Default)]
pub struct Outreach {
    /// Whether there is a contacts source.
    pub known: bool,
    /// Campaigns by id. One that is named twice keeps the smallest row.
    pub campaigns: BTreeMap<String, Campaign>,
    /// Who was in which.
    pub contacts: ByCustomer<Contact>,
    /// Campaign ids of the contacts in byte order.
    pub campaign_ids: Vec<String>,
}

/// Collects campaigns and contacts; ids are numbered as they come.
#[derive(Debug, Default)]
pub(super) struct OutreachCollector {
    pub(super) campaigns: BTreeMap<String, Campaign>,
    pub(super) contacts: Vec<Contact>,
    pub(super) ids: Interner,
}

impl OutreachCollector {
    /// Takes a campaign; whether it is the first of its id.
    pub(super) fn campaign(&mut self, id: String, campaign: Campaign) -> bool {
        match self.campaigns.entry(id) {
            std::collections::btree_map::Entry::Vacant(free) => {
                free.insert(campaign);
                true
            }
            std::collections::btree_map::Entry::Occupied(mut known) => {
                let smaller = known.get().min(&campaign).clone();
                known.insert(smaller);
                false
            }
        }
    }

    /// Puts the ids in order, so that nothing depends on the order of the rows.
    pub(super) fn finish(self, known: bool) -> Outreach {
        let (campaign_ids, ranks) = self.ids.ranks();
        let mut contacts = self.contacts;
        contacts.iter_mut().for_each(|contact| contact.campaign = ranked(&ranks, contact.campaign));
        Outreach { known, campaigns: self.campaigns, contacts: ByCustomer::new(contacts), campaign_ids }
    }
}
