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

/// Words of the control group, in small letters.
const CONTROL_WORDS: &[&str] = &["control", "control group", "holdout", "hold-out", "held back", "false", "no", "n"];

impl Arm {
    /// The arm that a text names: control by its words, by `control_arms` or by the number 0; unknown where it is empty;
    /// treatment by any other.
    pub(super) fn of(text: &str, control_arms: &[String]) -> Self {
        let text = text.trim();
        let is_control = control_arms.iter().any(|arm| arm.trim() == text)
            || CONTROL_WORDS.contains(&text.to_lowercase().as_str())
            || text.parse::<f64>().is_ok_and(|number| number == 0.0);
        match text {
            "" => Self::Unknown,
            _ if is_control => Self::Control,
            _ => Self::Treatment,
        }
    }
}

/// What a yes or no in words, letters or figures says; `None` for anything else.
pub(super) fn yes_or_no(text: &str) -> Option<bool> {
    match text.trim().to_lowercase().as_str() {
        "true" | "yes" | "y" | "1" | "1.0" => Some(true),
        "false" | "no" | "n" | "0" | "0.0" => Some(false),
        _ => None,
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
    /// Place of the arm as it is written among [`Outreach::variants`], or [`NO_NAME`].
    pub variant: u32,
    /// Minute of the response.
    pub responded: Option<i32>,
    /// Whether there was a response, where the source says so in words.
    pub response: Option<bool>,
}

impl Contact {
    /// Whether there was a response, by the word or by its time; `None` where the source tells neither.
    pub fn has_responded(&self) -> Option<bool> {
        self.response.or(self.responded.map(|_| true))
    }
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
    /// Arms as they are written, in byte order.
    pub variants: Vec<String>,
}

/// Collects campaigns and contacts; ids are numbered as they come.
#[derive(Debug, Default)]
pub(super) struct OutreachCollector {
    pub(super) campaigns: BTreeMap<String, Campaign>,
    pub(super) contacts: Vec<Contact>,
    pub(super) ids: Interner,
    pub(super) variants: Interner,
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
        let (variants, variant_ranks) = self.variants.ranks();
        let mut contacts = self.contacts;
        for contact in &mut contacts {
            contact.campaign = ranked(&ranks, contact.campaign);
            contact.variant = ranked(&variant_ranks, contact.variant);
        }
        Outreach { known, campaigns: self.campaigns, contacts: ByCustomer::new(contacts), campaign_ids, variants }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arms_are_told_by_words_numbers_and_the_pipeline() {
        let none = ["No E-Mail".to_owned()];
        let arms = ["treatment", "Mens E-Mail", "1.0", "yes", "Control ", "0", "0.0", "No E-Mail", "holdout", " "];
        let found = arms.map(|arm| Arm::of(arm, &none));
        use Arm::{Control as C, Treatment as T, Unknown as U};
        assert_eq!(found, [T, T, T, T, C, C, C, C, C, U]);
        assert_eq!(Arm::of("No E-Mail", &[]), T);
    }
}
