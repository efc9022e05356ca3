//! Contacts to studies: who was in which group of which campaign.

use arrow::array::{Array, StringArray};
use rayon::prelude::*;

use crate::clean::{Arm, Campaign, Cleaned, Contact, DAY_MINUTES, Outreach};

use super::options::CampaignsOptions;
use super::study::{Member, Study, USUAL_DAYS, Variant, Window};

/// Name of a treatment that has none.
const TREATMENT: &str = "treatment";

/// Name of the group of a campaign whose contacts tell no arm.
const CONTACTED: &str = "contacted";

/// The campaigns with contacts, in the order of their ids; `only` keeps one.
pub(super) fn studies(
    ids: &StringArray,
    cleaned: &Cleaned,
    as_of: i32,
    options: &CampaignsOptions,
    only: Option<&str>,
) -> Vec<Study> {
    let outreach = &cleaned.outreach;
    let mut drafts = drafts(outreach, as_of, options);
    let mut members = Members::new(&drafts);
    let keys: Vec<Option<u64>> =
        (0..ids.len()).into_par_iter().map(|row| cleaned.customers.find(ids.value(row))).collect();
    for (row, key) in keys.iter().enumerate() {
        if let Some(key) = key {
            members.take(*key, Some(row as u32), outreach, &mut drafts);
        }
    }
    for key in strangers(cleaned, &keys) {
        members.take(key, None, outreach, &mut drafts);
    }
    members.count_overlaps(&mut drafts);
    drafts.retain(|draft| !draft.study.members.is_empty() || draft.study.in_both > 0);
    let studies = drafts.into_iter().map(|draft| draft.study);
    studies.filter(|study| only.is_none_or(|only| study.id == only)).collect()
}

/// Keys of contacts that no row of the customers table has, in the order of their ids.
fn strangers(cleaned: &Cleaned, known: &[Option<u64>]) -> Vec<u64> {
    let mut known: Vec<u64> = known.iter().flatten().copied().collect();
    known.sort_unstable();
    let mut others: Vec<u64> =
        cleaned.outreach.contacts.customers().filter(|key| known.binary_search(key).is_err()).collect();
    others.sort_unstable();
    cleaned.customers.order(&others).into_iter().map(|at| others[at as usize]).collect()
}

/// A study while its members are being collected.
struct Draft {
    study: Study,
    /// Whether any contact of it tells an arm.
    has_arms: bool,
    /// Whether a column says yes or no to a response.
    tells_response: bool,
    /// Whether a response has a time.
    dates_response: bool,
}

fn drafts(outreach: &Outreach, as_of: i32, options: &CampaignsOptions) -> Vec<Draft> {
    let count = outreach.campaign_ids.len();
    let mut first_days: Vec<Option<i32>> = vec![None; count];
    let (mut has_arms, mut tells, mut dates) = (vec![false; count], vec![false; count], vec![false; count]);
    for contact in outreach.contacts.rows() {
        let at = contact.campaign as usize;
        has_arms[at] |= contact.arm != Arm::Unknown;
        tells[at] |= contact.response.is_some();
        dates[at] |= contact.responded.is_some();
        let day = contact.contacted.map(|minute| minute.div_euclid(DAY_MINUTES));
        first_days[at] = [first_days[at], day].into_iter().flatten().min();
    }
    let draft = |(at, id): (usize, &String)| {
        let campaign = outreach.campaigns.get(id).cloned();
        let window = window(campaign.as_ref(), first_days[at], as_of, options);
        let study = Study {
            id: id.clone(),
            campaign,
            window,
            variants: Vec::new(),
            members: Vec::new(),
            in_both: 0,
            without_arm: 0,
            contacted_controls: 0,
            overlapping: Vec::new(),
            purchases: Vec::new(),
            spend_before: Vec::new(),
            rfm_before: Vec::new(),
            days_before: Vec::new(),
        };
        Draft { study, has_arms: has_arms[at], tells_response: tells[at], dates_response: dates[at] }
    };
    outreach.campaign_ids.iter().enumerate().map(draft).collect()
}

fn window(
    campaign: Option<&Campaign>,
    first_contact: Option<i32>,
    as_of: i32,
    options: &CampaignsOptions,
) -> Option<Window> {
    let start = campaign.map(|campaign| campaign.start).or(first_contact)?;
    let told = campaign.and_then(|campaign| campaign.end).map(|end| end - start + 1).filter(|days| *days > 0);
    let days = options.window_days.map(|days| days as i32).or(told).unwrap_or(USUAL_DAYS);
    Some(Window { start, days, seen_days: (as_of - start + 1).clamp(0, days) })
}

/// The group that a contact names: a plain yes is a treatment without a name of its own.
fn named_group<'a>(contact: &Contact, outreach: &'a Outreach) -> Option<(&'a str, bool)> {
    let name = outreach.variants.get(contact.variant as usize).map_or("", |name| name.trim());
    match contact.arm {
        Arm::Treatment => match name.to_lowercase().as_str() {
            "" | "1" | "1.0" | "true" | "t" | "yes" | "y" => Some((TREATMENT, false)),
            _ => Some((name, false)),
        },
        Arm::Control => Some((name, true)),
        Arm::Unknown => None,
    }
}

/// Sorts contacts into groups, customer by customer.
struct Members {
    /// Per campaign: how many of its members each other campaign treated in the same days.
    overlaps: Vec<Vec<u64>>,
    own: Vec<Contact>,
    treated_by: Vec<u32>,
}

impl Members {
    fn new(drafts: &[Draft]) -> Self {
        Self { overlaps: vec![vec![0; drafts.len()]; drafts.len()], own: Vec::new(), treated_by: Vec::new() }
    }

    /// Takes in all contacts of a customer.
    fn take(&mut self, key: u64, row: Option<u32>, outreach: &Outreach, drafts: &mut [Draft]) {
        let contacts = outreach.contacts.of(key);
        if contacts.is_empty() {
            return;
        }
        self.own.clear();
        self.own.extend_from_slice(contacts);
        self.own.sort_by_key(|contact| contact.campaign);
        self.treated_by.clear();
        let treats = |contact: &&Contact| contact.arm != Arm::Control;
        self.treated_by.extend(self.own.iter().filter(treats).map(|contact| contact.campaign));
        self.treated_by.dedup();
        for own in self.own.chunk_by(|a, b| a.campaign == b.campaign) {
            let campaign = own[0].campaign;
            let window = drafts[campaign as usize].study.window;
            let mut overlaps = false;
            for other in self.treated_by.iter().filter(|other| **other != campaign) {
                let both = window.zip(drafts[*other as usize].study.window);
                if both.is_some_and(|(a, b)| a.overlaps(b)) {
                    overlaps = true;
                    self.overlaps[campaign as usize][*other as usize] += 1;
                }
            }
            drafts[campaign as usize].assign((key, row), own, overlaps, outreach);
        }
    }

    fn count_overlaps(&self, drafts: &mut [Draft]) {
        let ids: Vec<String> = drafts.iter().map(|draft| draft.study.id.clone()).collect();
        for (draft, counts) in drafts.iter_mut().zip(&self.overlaps) {
            let others = counts.iter().zip(&ids).filter(|(count, _)| **count > 0);
            draft.study.overlapping = others.map(|(count, id)| (id.clone(), *count)).collect();
        }
    }
}

impl Draft {
    /// Puts a customer into their group, or counts why not. `contacts` are theirs in this campaign.
    fn assign(&mut self, (key, row): (u64, Option<u32>), contacts: &[Contact], overlaps: bool, outreach: &Outreach) {
        let study = &mut self.study;
        let mut group: Option<u16> = None;
        for contact in contacts {
            let named = match (named_group(contact, outreach), self.has_arms) {
                (Some(named), _) => named,
                (None, false) => (CONTACTED, false),
                (None, true) => continue,
            };
            let number = variant_number(&mut study.variants, named);
            match group {
                Some(known) if known != number => {
                    study.in_both += 1;
                    return;
                }
                _ => group = Some(number),
            }
        }
        let Some(variant) = group else {
            study.without_arm += 1;
            return;
        };
        let is_control = study.variants[usize::from(variant)].is_control;
        let dated = contacts.iter().filter(|contact| contact.contacted.is_some()).count();
        study.contacted_controls += u64::from(is_control && dated > 0);
        let told = contacts.iter().filter_map(|contact| contact.response).reduce(|a, b| a || b);
        // a time of response says something of those who could respond only
        let dates = !self.tells_response && self.dates_response && !is_control;
        let dated_response = dates.then(|| contacts.iter().any(|contact| contact.responded.is_some()));
        study.members.push(Member {
            key,
            row,
            variant,
            dated_contacts: u16::try_from(dated).unwrap_or(u16::MAX),
            contacts: u16::try_from(contacts.len()).unwrap_or(u16::MAX),
            response: told.or(dated_response),
            overlaps,
        });
    }
}

/// The number of a group by its name, new or known. Large and small letters are one, and so are all control groups.
fn variant_number(variants: &mut Vec<Variant>, (name, is_control): (&str, bool)) -> u16 {
    let alike = |other: &str| other.to_lowercase() == name.to_lowercase();
    let same = |variant: &Variant| variant.is_control == is_control && (is_control || alike(&variant.name));
    let known = variants.iter().position(same);
    let number = known.unwrap_or_else(|| {
        variants.push(Variant { name: name.to_owned(), is_control });
        variants.len() - 1
    });
    number as u16
}
