//! The contacts of every customer so far, for the contact policy.

use arrow::array::{Array, StringArray};
use rayon::prelude::*;

use crate::clean::{Arm, Campaign, Cleaned, Contact, DAY_MINUTES, Direction, NO_NAME};

use super::target::Policy;

/// Days for which a campaign without an end counts as running, and of the window of contacts, when nothing is said.
const WINDOW_DAYS: u32 = 30;

/// On which side of a running campaign a customer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Running {
    /// Contacted by it.
    Treatment,
    /// In its control group.
    Control,
}

/// The contacts of a customer.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Contacts {
    /// Within the window.
    pub(super) in_window: u32,
    /// Day of the last.
    pub(super) last: Option<i32>,
    /// In a campaign that hasn't ended; control before treatment.
    pub(super) running: Option<Running>,
}

/// The contacts of all customers, by row of the customers table.
#[derive(Debug)]
pub(super) struct ContactHistory {
    as_of: i32,
    rows: Vec<Contacts>,
}

impl ContactHistory {
    /// Rows of the contacts source that aren't control, and outbound interactions; one that names a campaign that the
    /// customer has a contact of is the same contact. None when there is neither source.
    pub(super) fn of(ids: &StringArray, cleaned: &Cleaned, policy: Option<&Policy>, as_of: i32) -> Option<Self> {
        if !cleaned.outreach.known && !cleaned.interactions.known {
            return None;
        }
        let look = Look::new(cleaned, policy, as_of);
        let rows = (0..ids.len())
            .into_par_iter()
            .map(|row| cleaned.customers.find(ids.value(row)).map_or_else(Contacts::default, |key| look.of(key)));
        Some(Self { as_of, rows: rows.collect() })
    }

    pub(super) fn of_row(&self, row: usize) -> Contacts {
        self.rows[row]
    }

    pub(super) fn as_of(&self) -> i32 {
        self.as_of
    }
}

/// What is looked at for each customer.
struct Look<'a> {
    cleaned: &'a Cleaned,
    as_of: i32,
    window_days: i32,
    /// Campaigns by their place among the ids of the contacts.
    campaigns: Vec<Option<&'a Campaign>>,
    /// Places of the campaigns of interactions among those of the contacts.
    same_campaign: Vec<Option<u32>>,
    /// Whether a touchpoint is a contact.
    is_contact: Vec<bool>,
}

impl<'a> Look<'a> {
    fn new(cleaned: &'a Cleaned, policy: Option<&Policy>, as_of: i32) -> Self {
        let (outreach, interactions) = (&cleaned.outreach, &cleaned.interactions);
        let place = |id: &String| outreach.campaign_ids.binary_search(id).ok().map(|place| place as u32);
        let named = policy.map_or(&[][..], |p| p.touchpoints.as_slice());
        let wanted = |touchpoint: &String| named.is_empty() || named.iter().any(|n| n.eq_ignore_ascii_case(touchpoint));
        Self {
            cleaned,
            as_of,
            window_days: policy.map_or(WINDOW_DAYS, |p| p.window_days) as i32,
            campaigns: outreach.campaign_ids.iter().map(|id| outreach.campaigns.get(id)).collect(),
            same_campaign: interactions.campaigns.iter().map(place).collect(),
            is_contact: interactions.touchpoints.iter().map(wanted).collect(),
        }
    }

    fn of(&self, customer: u64) -> Contacts {
        let mut found = Contacts::default();
        let contacts = self.cleaned.outreach.contacts.of(customer);
        for contact in contacts {
            self.add_contact(contact, &mut found);
        }
        for touch in self.cleaned.interactions.touches.of(customer) {
            let is_contact = self.is_contact.get(touch.touchpoint as usize).copied().unwrap_or(false);
            let campaign = match touch.campaign {
                NO_NAME => None,
                place => self.same_campaign.get(place as usize).copied().flatten(),
            };
            let is_known = campaign.is_some_and(|campaign| contacts.iter().any(|c| c.campaign == campaign));
            if touch.direction == Direction::Outbound && is_contact && !is_known {
                self.add_day(touch.minute.div_euclid(DAY_MINUTES), &mut found);
            }
        }
        found
    }

    fn add_contact(&self, contact: &Contact, found: &mut Contacts) {
        let campaign = self.campaigns.get(contact.campaign as usize).copied().flatten();
        let contacted = contact.contacted.map(|minute| minute.div_euclid(DAY_MINUTES));
        let start = campaign.map(|c| c.start);
        let day = contacted.or(start);
        let end = campaign.and_then(|c| c.end).or_else(|| Some(start.or(day)?.saturating_add(self.window_days)));
        if end.is_some_and(|end| end >= self.as_of) {
            let side = if contact.arm == Arm::Control { Running::Control } else { Running::Treatment };
            if found.running != Some(Running::Control) {
                found.running = Some(side);
            }
        }
        if let Some(day) = day.filter(|day| contact.arm != Arm::Control && *day <= self.as_of) {
            self.add_day(day, found);
        }
    }

    fn add_day(&self, day: i32, found: &mut Contacts) {
        if day > self.as_of - self.window_days {
            found.in_window += 1;
        }
        found.last = found.last.max(Some(day));
    }
}
