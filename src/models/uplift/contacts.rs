//! Contacts to a trial: which campaigns, and who was treated in them.

use std::collections::BTreeMap;

use crate::clean::{Arm, Cleaned, Contact, DAY_MINUTES, Outreach};
use crate::stage::StageError;

use super::options::UpliftOptions;

/// Length of a window in days where neither options nor campaign tell one.
pub(super) const USUAL_DAYS: i32 = 28;

/// Days whose purchases count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    /// First day.
    pub(super) start: i32,
    /// Last day.
    pub(super) last: i32,
}

/// A campaign to learn from.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Chosen {
    pub(super) id: String,
    /// Its place among the ids of the contacts.
    pub(super) place: u32,
    /// None when nobody tells the start.
    pub(super) window: Option<Window>,
    /// Cost of a contact in currency units; 0 when not told.
    pub(super) cost: f64,
}

/// A customer in a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Member {
    /// Row of the customers table.
    pub(super) row: u32,
    /// Number among the chosen campaigns.
    pub(super) campaign: u32,
    pub(super) treated: bool,
}

/// The campaigns of a section.
///
/// # Errors
/// A campaign that is named and not known.
pub(super) fn campaigns(outreach: &Outreach, options: &UpliftOptions) -> Result<Vec<Chosen>, StageError> {
    let known = |id: &&String| !outreach.campaign_ids.contains(*id) && !outreach.campaigns.contains_key(*id);
    if let Some(id) = options.campaigns.iter().find(known) {
        let ids = outreach.campaign_ids.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        let name = &options.name;
        return Err(StageError::Data(format!(
            "[[uplift]] {name}: no contact is of a campaign `{id}`; there are: {ids}"
        )));
    }
    if let Some(variant) = options.variant.as_ref().filter(|variant| !outreach.variants.contains(variant)) {
        let arms = outreach.variants.join(", ");
        let name = &options.name;
        return Err(StageError::Data(format!(
            "[[uplift]] {name}: no contact is of an arm `{variant}`; there are: {arms}"
        )));
    }
    let told = |place: usize| {
        let campaign = outreach.campaigns.get(&outreach.campaign_ids[place]);
        let (offer, channel) = campaign.map_or((None, None), |c| (c.offer.as_deref(), c.channel.as_deref()));
        (offer, channel)
    };
    let fits = |place: &usize| {
        let (offer, channel) = told(*place);
        let named = options.campaigns.is_empty() || options.campaigns.contains(&outreach.campaign_ids[*place]);
        named
            && options.offer.as_deref().is_none_or(|wanted| offer == Some(wanted))
            && options.channel.as_deref().is_none_or(|wanted| channel == Some(wanted))
    };
    let mut places = (0..outreach.campaign_ids.len()).filter(fits).collect::<Vec<_>>();
    if options.campaigns.is_empty() && options.offer.is_none() && options.channel.is_none() {
        let mut counts = vec![0_u64; outreach.campaign_ids.len()];
        outreach.contacts.rows().iter().for_each(|contact| counts[contact.campaign as usize] += 1);
        let mut kinds: BTreeMap<_, u64> = BTreeMap::new();
        places.iter().for_each(|place| *kinds.entry(told(*place)).or_default() += counts[*place]);
        let most = kinds.iter().max_by(|a, b| a.1.cmp(b.1).then(b.0.cmp(a.0))).map(|(kind, _)| *kind);
        places.retain(|place| Some(told(*place)) == most);
    }
    Ok(places.into_iter().map(|place| chosen(outreach, place, options)).collect())
}

fn chosen(outreach: &Outreach, place: usize, options: &UpliftOptions) -> Chosen {
    let id = &outreach.campaign_ids[place];
    let campaign = outreach.campaigns.get(id);
    let first_contact = || {
        let own = outreach.contacts.rows().iter().filter(|contact| contact.campaign as usize == place);
        own.filter_map(|contact| contact.contacted).min().map(|minute| minute.div_euclid(DAY_MINUTES))
    };
    let start = campaign.map(|campaign| campaign.start).or_else(first_contact);
    let window = start.map(|start| {
        let told = campaign.and_then(|campaign| campaign.end).filter(|end| *end >= start);
        let days = options.window_days.map(|days| start + days as i32 - 1);
        Window { start, last: days.or(told).unwrap_or(start + USUAL_DAYS - 1) }
    });
    let cost = campaign.and_then(|campaign| campaign.cost_per_contact).unwrap_or_default();
    Chosen { id: id.clone(), place: place as u32, window, cost: cost as f64 / 10_000.0 }
}

/// Who was in the campaigns, and how many were left out because their arms contradict each other.
pub(super) fn members(
    cleaned: &Cleaned,
    keys: &[Option<u64>],
    chosen: &[Chosen],
    options: &UpliftOptions,
) -> (Vec<Member>, u64) {
    let outreach = &cleaned.outreach;
    let mut numbers = vec![None; outreach.campaign_ids.len()];
    chosen.iter().enumerate().for_each(|(number, campaign)| numbers[campaign.place as usize] = Some(number as u32));
    let (mut members, mut in_both) = (Vec::new(), 0);
    let mut own: Vec<(u32, bool)> = Vec::new();
    for (row, key) in keys.iter().enumerate() {
        let Some(key) = key else { continue };
        own.clear();
        own.extend(outreach.contacts.of(*key).iter().filter_map(|contact| {
            let number = numbers[contact.campaign as usize]?;
            Some((number, treats(outreach, contact, options)?))
        }));
        own.sort_unstable();
        own.dedup();
        for same in own.chunk_by(|a, b| a.0 == b.0) {
            match same {
                [(campaign, treated)] => {
                    members.push(Member { row: row as u32, campaign: *campaign, treated: *treated });
                }
                _ => in_both += 1,
            }
        }
    }
    (members, in_both)
}

/// Whether a contact is a treatment or a control; none for another treatment, or when it is not told.
fn treats(outreach: &Outreach, contact: &Contact, options: &UpliftOptions) -> Option<bool> {
    let variant = || outreach.variants.get(contact.variant as usize).map(String::as_str);
    match contact.arm {
        Arm::Treatment => options.variant.as_deref().is_none_or(|wanted| variant() == Some(wanted)).then_some(true),
        Arm::Control => Some(false),
        Arm::Unknown => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAMPAIGN: crate::clean::Campaign = crate::clean::Campaign {
        start: 100,
        end: Some(113),
        name: None,
        channel: None,
        cost_per_contact: Some(1_200),
        offer: None,
    };

    fn contact(customer: u64, campaign: u32, arm: Arm, variant: u32) -> Contact {
        let contacted = Some(90 * DAY_MINUTES);
        Contact { customer, contacted, campaign, arm, variant, responded: None, response: None }
    }

    fn outreach() -> Outreach {
        let offer = |text: &str| crate::clean::Campaign { offer: Some(text.to_owned()), ..CAMPAIGN };
        Outreach {
            known: true,
            campaigns: [("A".to_owned(), offer("tea")), ("B".to_owned(), offer("cake"))].into(),
            contacts: crate::clean::ByCustomer::new(vec![
                contact(1, 0, Arm::Treatment, 1),
                contact(1, 1, Arm::Control, 0),
                contact(2, 0, Arm::Control, 0),
                contact(2, 1, Arm::Treatment, 2),
                contact(3, 1, Arm::Treatment, 1),
                contact(3, 2, Arm::Unknown, 3),
            ]),
            campaign_ids: ["A", "B", "C"].map(str::to_owned).to_vec(),
            variants: ["control", "mail", "sms", ""].map(str::to_owned).to_vec(),
        }
    }

    #[test]
    fn campaigns_by_name_by_offer_or_those_with_most_contacts() {
        let ids = |options: &UpliftOptions| {
            campaigns(&outreach(), options).map(|found| found.into_iter().map(|c| c.id).collect::<Vec<_>>())
        };
        let none = UpliftOptions::default();
        assert_eq!(ids(&none).unwrap(), ["B"]);
        assert_eq!(ids(&UpliftOptions { offer: Some("tea".into()), ..none.clone() }).unwrap(), ["A"]);
        let named = UpliftOptions { campaigns: vec!["C".into(), "A".into()], ..none.clone() };
        assert_eq!(ids(&named).unwrap(), ["A", "C"]);
        let wrong = ids(&UpliftOptions { campaigns: vec!["D".into()], ..none.clone() }).unwrap_err().to_string();
        assert!(wrong.contains("`D`; there are: A, B, C"), "{wrong}");
        let wrong = ids(&UpliftOptions { variant: Some("letter".into()), ..none }).unwrap_err().to_string();
        assert!(wrong.contains("`letter`"), "{wrong}");
    }

    #[test]
    fn windows_are_the_options_the_campaigns_or_the_usual() {
        let window = |campaign: &str, window_days: Option<u32>| {
            let options = UpliftOptions { campaigns: vec![campaign.into()], window_days, ..UpliftOptions::default() };
            campaigns(&outreach(), &options).unwrap()[0].window
        };
        assert_eq!(window("A", None), Some(Window { start: 100, last: 113 }));
        assert_eq!(window("A", Some(7)), Some(Window { start: 100, last: 106 }));
        assert_eq!(window("C", None), Some(Window { start: 90, last: 117 }));
    }
}
